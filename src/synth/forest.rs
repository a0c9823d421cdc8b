//! Which governments are there, who stands under whom, and how active is each?

use std::ops::Range;

use super::chance::{SplitMix, Stream};

/// Levels of the scheme `cn` from the top, and at most how many governments stand on each: about as many
/// as in China. The last has no limit.
const TIERS: [(&str, usize); 6] = [
    ("national", 1),
    ("provincial", 31),
    ("prefectural", 333),
    ("county", 2_850),
    ("township", 38_600),
    ("village", usize::MAX),
];

/// How much more active than a village the governments of a level are, on average. The top is laid over
/// the others and cooperates with none.
const ACTIVITY: [f64; TIERS.len()] = [0.0, 1024.0, 512.0, 128.0, 32.0, 16.0];

pub(super) const PROVINCIAL: u8 = 1;
pub(super) const PREFECTURAL: u8 = 2;
pub(super) const VILLAGE: u8 = 5;

/// Governments in depth-first order: a superior comes before all that stand under it, and these follow it
/// without a gap. About 22 bytes a government.
///
/// Two guides shorten the search in tables that no cache holds; they change no result.
pub(super) struct Forest {
    tier: Vec<u8>,
    /// The direct superior; the top is its own.
    superior: Vec<u32>,
    /// One past the last that stands under it.
    end: Vec<u32>,
    /// All governments by tier, then in depth-first order.
    by_tier: Vec<u32>,
    /// Where each tier begins in `by_tier`.
    first: [usize; TIERS.len() + 1],
    /// Sum of the activity of all before each position of `by_tier`.
    activity: Vec<u64>,
    /// How many of each tier come before every [`STRIDE`]-th government.
    before: Vec<[u32; TIERS.len()]>,
    /// The first position of `by_tier` whose sum reaches each of so many equal shares of all activity.
    shares: Vec<u32>,
}

const STRIDE: usize = 64;
const MOST_SHARES: usize = 1 << 16;

impl Forest {
    /// The forest of so many governments.
    pub(super) fn grow(governments: u32, seed: u64) -> Self {
        let counts = counts(governments as usize);
        let mut first = [0; TIERS.len() + 1];
        for (tier, count) in counts.iter().enumerate() {
            first[tier + 1] = first[tier] + count;
        }
        let mut forest = Self {
            tier: Vec::with_capacity(governments as usize),
            superior: Vec::with_capacity(governments as usize),
            end: Vec::with_capacity(governments as usize),
            by_tier: vec![0; governments as usize],
            first,
            activity: Vec::with_capacity(governments as usize + 1),
            before: Vec::new(),
            shares: Vec::new(),
        };
        let mut chance = SplitMix::of(seed, Stream::Branches, 0);
        let cuts: Vec<Vec<usize>> =
            counts.windows(2).map(|pair| cuts(pair[0], pair[1], &mut chance)).collect();
        if governments > 0 {
            forest.add(&cuts, 0, 0, 0);
        }
        forest.weigh(seed);
        forest.guide();
        forest
    }

    /// Adds a government and all under it.
    fn add(&mut self, cuts: &[Vec<usize>], tier: usize, ordinal: usize, superior: u32) {
        let at = self.count();
        self.by_tier[self.first[tier] + ordinal] = at;
        self.tier.push(tier as u8);
        self.superior.push(superior);
        self.end.push(0);
        for under in cuts.get(tier).map_or(0..0, |own| own[ordinal]..own[ordinal + 1]) {
            self.add(cuts, tier + 1, under, at);
        }
        self.end[at as usize] = self.count();
    }

    /// Gives every government its activity: what its level has, times a Pareto number.
    fn weigh(&mut self, seed: u64) {
        let mut sum = 0;
        self.activity.push(sum);
        for &at in &self.by_tier {
            let mean = ACTIVITY[usize::from(self.tier[at as usize])];
            sum += (mean * SplitMix::of(seed, Stream::Activity, u64::from(at)).pareto()) as u64;
            self.activity.push(sum);
        }
    }

    /// Makes the guides.
    fn guide(&mut self) {
        let mut counts = [0; TIERS.len()];
        for (at, tier) in self.tier.iter().enumerate() {
            if at % STRIDE == 0 {
                self.before.push(counts);
            }
            counts[usize::from(*tier)] += 1;
        }
        self.before.push(counts);
        let all = u128::from(self.all_activity());
        let shares = self.by_tier.len().next_power_of_two().min(MOST_SHARES);
        let mut at = 0;
        for share in 0..=shares {
            let mark = (all * share as u128).div_ceil(shares as u128) as u64;
            while self.activity[at] < mark {
                at += 1;
            }
            self.shares.push(at as u32);
        }
    }

    /// The activity of all together.
    fn all_activity(&self) -> u64 {
        self.activity.last().copied().unwrap_or(0)
    }

    /// How many of a tier come before a government.
    fn rank(&self, tier: u8, at: u32) -> usize {
        let tier = usize::from(tier);
        let block = at as usize / STRIDE;
        let [from, to] =
            [block, (block + 1).min(self.before.len() - 1)].map(|block| self.before[block][tier] as usize);
        let own = &self.by_tier[self.first[tier] + from..self.first[tier] + to];
        from + own.partition_point(|other| *other < at)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.tier.len() as u32
    }

    /// The tier of a government, 0 = top.
    pub(super) fn tier(&self, at: u32) -> u8 {
        self.tier[at as usize]
    }

    /// The level of a government, as the scheme names it.
    pub(super) fn level(&self, at: u32) -> &'static str {
        TIERS[usize::from(self.tier(at))].0
    }

    /// The direct superior at first; the top is its own.
    pub(super) fn superior(&self, at: u32) -> u32 {
        self.superior[at as usize]
    }

    /// The province of a government; the top is its own.
    pub(super) fn province(&self, at: u32) -> u32 {
        let mut at = at;
        while self.tier(at) > PROVINCIAL {
            at = self.superior(at);
        }
        at
    }

    /// Whether one stands somewhere above the other, at first.
    pub(super) fn is_above(&self, above: u32, below: u32) -> bool {
        above < below && below < self.end[above as usize]
    }

    /// Whether nobody stands under it.
    pub(super) fn is_leaf(&self, at: u32) -> bool {
        self.end[at as usize] == at + 1
    }

    /// The next government under the same superior.
    pub(super) fn next_sibling(&self, at: u32) -> Option<u32> {
        let next = self.end[at as usize];
        (next < self.end[self.superior(at) as usize]).then_some(next)
    }

    /// How many of its tier come before it.
    pub(super) fn ordinal(&self, at: u32) -> usize {
        self.rank(self.tier(at), at)
    }

    /// The provinces.
    pub(super) fn provinces(&self) -> &[u32] {
        &self.by_tier[self.first[1]..self.first[2]]
    }

    /// Those of a tier that stand under a government: positions for [`Forest::draw`].
    pub(super) fn under(&self, above: u32, tier: u8) -> Range<usize> {
        let first = self.first[usize::from(tier)];
        first + self.rank(tier, above + 1)..first + self.rank(tier, self.end[above as usize])
    }

    /// The positions of all.
    pub(super) fn all(&self) -> Range<usize> {
        0..self.by_tier.len()
    }

    /// One of these positions, each as likely as it is active; `None` if none of them is.
    pub(super) fn draw(&self, among: Range<usize>, chance: &mut SplitMix) -> Option<u32> {
        let (before, after) = (self.activity[among.start], self.activity[among.end]);
        if before == after {
            return None;
        }
        let mark = before + chance.below(after - before);
        // The last position whose sum is not above the mark: its share of the whole tells about where.
        let shares = self.shares.len() as u128 - 1;
        let share = (u128::from(mark) * shares / u128::from(self.all_activity())) as usize;
        let from = among.start.max((self.shares[share] as usize).saturating_sub(1));
        let to = among.end.min(self.shares[share + 1] as usize);
        let sums = &self.activity[from + 1..=to];
        Some(self.by_tier[from + sums.partition_point(|sum| *sum <= mark)])
    }
}

/// How many stand on each tier. Small forests have as many provinces as governments in each, so that
/// neither is lost; in larger ones the tiers are filled from the top.
fn counts(governments: usize) -> [usize; TIERS.len()] {
    let mut counts = [0; TIERS.len()];
    let mut left = governments;
    for (tier, (_, most)) in TIERS.iter().enumerate() {
        let most = if tier == usize::from(PROVINCIAL) { left.isqrt().clamp(2, *most) } else { *most };
        counts[tier] = left.min(most);
        left -= counts[tier];
    }
    counts
}

/// Shares those of a tier among their superiors: the n-th has those from the n-th cut to the next. The
/// greatest share is at most about three times the least.
fn cuts(superiors: usize, below: usize, chance: &mut SplitMix) -> Vec<usize> {
    let mut sums = vec![0];
    for _ in 0..superiors {
        sums.push(sums.last().copied().unwrap_or(0) + 8 + chance.below(17));
    }
    let all = u128::from(sums.last().copied().unwrap_or(0)).max(1);
    sums.iter().map(|sum| (below as u128 * u128::from(*sum) / all) as usize).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_grows_a_forest_of_that_size_without_gaps() {
        for governments in (1..=3_000).chain([50_000]) {
            let forest = Forest::grow(governments, 3);
            assert_eq!(forest.count(), governments);
            for at in 1..governments {
                let superior = forest.superior(at);
                assert!(superior < at && forest.is_above(superior, at), "{at} of {governments}");
                assert_eq!(forest.tier(superior) + 1, forest.tier(at), "{at} of {governments}");
            }
            assert!(governments < 3 || forest.provinces().len() >= 2);
        }
    }

    #[test]
    fn the_guides_change_no_result() {
        for governments in [1, 2, 3, 63, 64, 65, 128, 4_000] {
            let forest = Forest::grow(governments, 5);
            for (above, tier) in (0..governments).flat_map(|at| (0..=VILLAGE).map(move |tier| (at, tier))) {
                let found: Vec<u32> =
                    forest.under(above, tier).map(|position| forest.by_tier[position]).collect();
                let wanted: Vec<u32> =
                    (above + 1..forest.end[above as usize]).filter(|at| forest.tier(*at) == tier).collect();
                assert_eq!(found, wanted, "{above} {tier} of {governments}");
                // Each draw is the one whose part of the sums holds the mark.
                let among = forest.under(above, tier);
                let (mut chance, mut same) =
                    (SplitMix::of(1, Stream::Ties, 0), SplitMix::of(1, Stream::Ties, 0));
                let Some(drawn) = forest.draw(among.clone(), &mut chance) else { continue };
                let (before, after) = (forest.activity[among.start], forest.activity[among.end]);
                let mark = before + same.below(after - before);
                let holds = |position: &usize| {
                    (forest.activity[*position]..forest.activity[*position + 1]).contains(&mark)
                };
                assert_eq!(among.clone().find(holds).map(|position| forest.by_tier[position]), Some(drawn));
            }
        }
    }

    #[test]
    fn a_million_governments_have_the_tiers_of_china() {
        assert_eq!(counts(1_000_000), [1, 31, 333, 2_850, 38_600, 958_185]);
    }
}
