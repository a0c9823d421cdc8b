//! What becomes of each government in time?

use super::SynthOptions;
use super::chance::{SplitMix, Stream};
use super::dates::{DateParts, Period, PeriodEnd};
use super::forest::{Forest, PREFECTURAL, VILLAGE};

/// The forest, its years, and the seed that all else follows from.
pub(super) struct World {
    pub(super) forest: Forest,
    pub(super) seed: u64,
    /// First and last year.
    pub(super) years: (u16, u16),
}

/// The one change in the life of a government.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    /// None.
    Steady,
    /// Another name and type.
    Renamed(DateParts),
    /// Half a rank up.
    Promoted(DateParts),
    /// Another superior of the same tier.
    Moved { to: u32, at: DateParts },
    /// It begins within the years.
    Founded(DateParts),
    /// It ends, and a neighbour goes on with its territory.
    Absorbed { by: u32, at: DateParts },
}

/// How many of a thousand governments each fate may befall: 16 in all.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lot {
    Steady,
    Renamed,
    Promoted,
    Moved,
    Founded,
    Absorbed,
}

impl World {
    pub(super) fn new(options: &SynthOptions) -> Self {
        Self {
            forest: Forest::grow(options.governments, options.seed),
            seed: options.seed,
            years: (options.first_year, options.last_year),
        }
    }

    fn lot(&self, at: u32) -> (Lot, SplitMix) {
        let mut chance = SplitMix::of(self.seed, Stream::Fate, u64::from(at));
        let lot = match chance.below(1000) {
            _ if self.forest.tier(at) < PREFECTURAL => Lot::Steady,
            0..4 => Lot::Renamed,
            4..7 => Lot::Promoted,
            7..10 => Lot::Moved,
            10..13 => Lot::Founded,
            13..16 => Lot::Absorbed,
            _ => Lot::Steady,
        };
        (lot, chance)
    }

    /// What becomes of it. Those with others under them neither move nor begin nor end.
    pub(super) fn fate(&self, at: u32) -> Fate {
        let forest = &self.forest;
        let (lot, mut chance) = self.lot(at);
        if lot == Lot::Steady {
            return Fate::Steady;
        }
        let (first, last) = self.years;
        let year = (first + 1 + chance.below(u64::from(last - first)) as u16).min(last);
        let when = DateParts::day_of(year, &mut chance);
        let superior = forest.superior(at);
        match lot {
            Lot::Renamed => Fate::Renamed(when),
            Lot::Promoted if forest.tier(at) < VILLAGE => Fate::Promoted(when),
            Lot::Moved if forest.is_leaf(at) => match forest.next_sibling(superior) {
                Some(to) if !forest.is_leaf(to) => Fate::Moved { to, at: when },
                _ => Fate::Steady,
            },
            Lot::Founded if forest.is_leaf(at) => Fate::Founded(when),
            Lot::Absorbed if forest.is_leaf(at) => {
                let by = at - 1;
                let neighbours = forest.superior(by) == superior && forest.is_leaf(by);
                let lives = neighbours && !matches!(self.lot(by).0, Lot::Founded | Lot::Absorbed);
                if lives { Fate::Absorbed { by, at: when } } else { Fate::Steady }
            }
            _ => Fate::Steady,
        }
    }

    /// When a government is there. Superiors are older than those under them; most begin before the years.
    pub(super) fn life(&self, at: u32, fate: Fate) -> Period {
        let mut chance = SplitMix::of(self.seed, Stream::Government, u64::from(at));
        let tier = u16::from(self.forest.tier(at));
        let year = self.years.0 - 36 + 5 * tier + chance.below(5) as u16;
        let known = DateParts::of(year, &mut chance);
        let unknown = tier > 0 && chance.percent(5);
        let to = if let Fate::Absorbed { at, .. } = fate { PeriodEnd::Known(at) } else { PeriodEnd::Open };
        match fate {
            Fate::Founded(at) => Period::new(PeriodEnd::Known(at), to),
            _ if unknown => {
                Period { from: PeriodEnd::Unknown, to, attested: Some(DateParts::year(self.years.0 - 1)) }
            }
            _ => Period::new(PeriodEnd::Known(known), to),
        }
    }

    /// Whether two are leader and led, at first or later (纵向): what joins them is not cooperation.
    pub(super) fn is_line(&self, (a, b): (u32, u32), fates: (Fate, Fate)) -> bool {
        let moved = |fate: Fate, other: u32| matches!(fate, Fate::Moved { to, .. } if to == other);
        self.forest.is_above(a, b) || self.forest.is_above(b, a) || moved(fates.0, b) || moved(fates.1, a)
    }
}
