//! What are the governments called?
//!
//! A name is a first and a second character of the lists below and the word of its tier. The first 4,096
//! of a tier bear different names; after them names come again, as those of real townships do.

use super::chance::{SplitMix, Stream};
use super::world::World;

const FIRST: &str = "安宝长昌成春大德东定方丰富广桂海汉和恒洪华淮怀惠嘉建江金锦景静开兰乐丽凌龙隆茂\
                     明宁南盘平青清庆泉荣瑞三沙石双松太天桐万文武西新兴";
const SECOND: &str = "安坝北滨昌川城池村渡峰冈港沟谷关河湖化江津口兰岭林陵龙楼门泥宁盘坪平坡浦\
                      桥曲泉山水寺塔台潭塘田亭湾溪县乡阳野义邑营原源苑云寨州庄";

/// How many names a tier has before they come again.
const NAMES: u64 = 64 * 64;

/// Type in English and the word that ends the name in Chinese, by tier; a government that is renamed goes
/// on to the next one.
const FORMS: [&[(&str, &str)]; 6] = [
    &[("central government", "国")],
    &[("province", "省"), ("autonomous region", "自治区"), ("municipality", "市")],
    &[("prefecture-level city", "市"), ("autonomous prefecture", "自治州"), ("prefecture", "地区")],
    &[("county", "县"), ("district", "区"), ("county-level city", "市")],
    &[("town", "镇"), ("township", "乡"), ("subdistrict", "街道")],
    &[("village", "村"), ("community", "社区")],
];

/// A name in parts, and the type that it ends with.
#[derive(Clone, Copy)]
pub(super) struct NameParts {
    pub(super) stem: [&'static str; 2],
    pub(super) form: (&'static str, &'static str),
}

/// The name of a government; after a change of name the later one.
pub(super) fn name(world: &World, at: u32, later: bool) -> NameParts {
    let tier = world.forest.tier(at);
    let mut own = SplitMix::of(world.seed, Stream::Names, u64::from(tier));
    // An odd factor sends the numbers of a tier to as many other numbers.
    let (factor, shift) = (own.bits() | 1, own.bits());
    let number = (world.forest.ordinal(at) as u64).wrapping_mul(factor).wrapping_add(shift) % NAMES;
    let forms = FORMS[usize::from(tier)];
    let form = form(world, at, forms.len()) + usize::from(later);
    let stem = [character(FIRST, number / 64), character(SECOND, number % 64)];
    NameParts { stem, form: forms[form % forms.len()] }
}

fn form(world: &World, at: u32, forms: usize) -> usize {
    // A stream of its own, beside those of the tiers.
    let mut chance = SplitMix::of(world.seed, Stream::Names, (1 << 40) + u64::from(at));
    if chance.percent(60) { 0 } else { chance.below(forms as u64) as usize }
}

/// A character of a list; each takes three bytes.
fn character(list: &'static str, at: u64) -> &'static str {
    let at = at as usize * 3;
    list.get(at..at + 3).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_lists_hold_64_different_characters_of_three_bytes() {
        for list in [FIRST, SECOND] {
            let characters: BTreeSet<char> = list.chars().collect();
            assert_eq!((characters.len(), list.len()), (64, 3 * 64), "{list}");
        }
    }
}
