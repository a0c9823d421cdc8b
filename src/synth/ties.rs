//! Who cooperates with whom in a bare dyad, when, in what, and how strongly?

use std::ops::Range;

use super::chance::SplitMix;
use super::codebook::{DOMAINS, MECHANISMS};
use super::dates::{DateParts, Period, PeriodEnd};
use super::forest::{PROVINCIAL, VILLAGE};
use super::governments::LETTER;
use super::line::CsvRow;
use super::world::{Fate, World};

/// After so many pairs that cannot be, two provinces are taken.
const TRIES: usize = 16;

/// Rows of `cooperation`.
pub(super) fn cooperation(world: &World, rows: Range<u64>, chance: &mut SplitMix, out: &mut Vec<u8>) -> u64 {
    for row in rows.clone() {
        let (from, to, period) = tie(world, chance);
        let mut line = CsvRow::new(out);
        line.id("t", row).id(LETTER, u64::from(from)).id(LETTER, u64::from(to)).empty(1);
        if chance.percent(30) {
            line.text(&[chance.mostly_first(&MECHANISMS)])
        } else {
            line.empty(1)
        };
        domains(&mut line, chance);
        line.decimal((25.0 * chance.pareto()).min(9_999.0) as u64, 2).empty(2).period(period);
        // Who says that a source shows it in force names the source.
        if period.attested.is_some() {
            line.text(&[super::SOURCE])
        } else {
            line.empty(1)
        };
        line.empty(2).finish();
    }
    rows.end - rows.start
}

/// A list of one domain, seldom two or three.
pub(super) fn domains(line: &mut CsvRow<'_>, chance: &mut SplitMix) {
    let one = chance.mostly_first(&DOMAINS);
    let other = chance.mostly_first(&DOMAINS);
    let third = chance.mostly_first(&DOMAINS);
    match chance.below(20) {
        0..5 if other != one => line.text(&[one, ";", other]),
        5 if other != one && third != one && third != other => line.text(&[one, ";", other, ";", third]),
        _ => line.text(&[one]),
    };
}

/// Two governments that may cooperate, and when they do.
fn tie(world: &World, chance: &mut SplitMix) -> (u32, u32, Period) {
    for _ in 0..TRIES {
        let Some(from) = world.forest.draw(world.forest.all(), chance) else { continue };
        let Some(to) = partner(world, from, chance) else { continue };
        let fates = (world.fate(from), world.fate(to));
        if from == to || world.is_line((from, to), fates) {
            continue;
        }
        let period = Period::within(world.years, chance);
        if let Some(period) = clip(period, fates.0).and_then(|period| clip(period, fates.1)) {
            return (from, to, period);
        }
    }
    let (from, to) = two_provinces(world, chance);
    (from, to, Period::within(world.years, chance))
}

/// Any two provinces: neither stands under the other, and both are there at all times.
pub(super) fn two_provinces(world: &World, chance: &mut SplitMix) -> (u32, u32) {
    let provinces = world.forest.provinces();
    let from = chance.below(provinces.len() as u64) as usize;
    let step = 1 + chance.below(provinces.len() as u64 - 1) as usize;
    (provinces[from], provinces[(from + step) % provinces.len()])
}

/// One that a government cooperates with. Of a hundred draws 50 look under the same superior, 15 under
/// the superior's superior, 15 in the province, 20 anywhere; four of five look in the same tier. Where
/// nobody else is there they look further up.
pub(super) fn partner(world: &World, from: u32, chance: &mut SplitMix) -> Option<u32> {
    let forest = &world.forest;
    let superior = forest.superior(from);
    let mut above = match chance.below(100) {
        0..50 => superior,
        50..65 => forest.superior(superior),
        65..80 if forest.tier(from) > PROVINCIAL => forest.province(from),
        _ => 0,
    };
    let own = forest.tier(from);
    let tier = match chance.below(10) {
        0 if own > PROVINCIAL => own - 1,
        1 if own < VILLAGE => own + 1,
        _ => own,
    };
    loop {
        let among = forest.under(above, tier);
        let alone = usize::from(tier == own);
        if among.len() > alone {
            return forest.draw(among, chance);
        }
        if above == 0 {
            return None;
        }
        above = forest.superior(above);
    }
}

/// The part of a period in which a government is there; `None` if it must be drawn again. A period
/// that is cut keeps no unknown end: the end of the government is known.
fn clip(period: Period, fate: Fate) -> Option<Period> {
    let start = |when: DateParts, period: Period| match period.from {
        PeriodEnd::Known(from) if period.attested.is_none() => Some((when, from)),
        _ => None,
    };
    match fate {
        Fate::Founded(when) => {
            let (born, from) = start(when, period)?;
            (!from.is_before(born)).then_some(period)
        }
        Fate::Absorbed { at, .. } => {
            let (gone, from) = start(at, period)?;
            let to = match period.to {
                PeriodEnd::Known(to) if to.is_before(gone) => to,
                _ => gone,
            };
            from.is_before(to).then_some(Period { to: PeriodEnd::Known(to), ..period })
        }
        Fate::Steady | Fate::Renamed(_) | Fate::Promoted(_) | Fate::Moved { .. } => Some(period),
    }
}
