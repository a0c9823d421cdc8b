//! Which arrangements are there, with how many parties, in which roles?

use std::ops::Range;

use super::chance::{SplitMix, Stream};
use super::codebook::{DOMAIN_WORDS, ORIGINS, PURPOSES};
use super::dates::{DateParts, Period, PeriodEnd};
use super::governments::LETTER;
use super::line::CsvRow;
use super::names::name;
use super::ties::{domains, partner, two_provinces};
use super::world::{Fate, World};

/// No arrangement has more parties.
pub(super) const MOST_PARTIES: u64 = 120;

/// After so many candidates that will not do, the nearest number that is free takes part.
const TRIES: usize = 12;

/// An act: how often of a hundred, its mechanisms, its words, and the roles of the first party, the second,
/// and the others in turn.
struct ActPattern {
    share: u64,
    mechanism: &'static str,
    word: &'static str,
    first: &'static str,
    others: &'static [&'static str],
}

const ACTS: [ActPattern; 7] = [
    ActPattern {
        share: 40, mechanism: "contract", word: "合作协议", first: "member", others: &["member"]
    },
    ActPattern {
        share: 28,
        mechanism: "administrative-coordination",
        word: "联席会议",
        first: "lead",
        others: &["member"],
    },
    ActPattern {
        share: 10,
        mechanism: "counterpart-assistance",
        word: "对口支援",
        first: "assistor",
        others: &["recipient", "recipient", "assistor"],
    },
    ActPattern {
        share: 8,
        mechanism: "joint-development-zone",
        word: "共建园区",
        first: "developer",
        others: &["host-government"],
    },
    ActPattern {
        share: 5,
        mechanism: "contract",
        word: "补偿协议",
        first: "payer",
        others: &["payee", "payer"],
    },
    ActPattern {
        share: 5,
        mechanism: "functional-integration",
        word: "一体化",
        first: "ceding",
        others: &["ceding"],
    },
    ActPattern { share: 4, mechanism: "plan", word: "区域规划", first: "lead", others: &["member"] },
];

/// What both tables of an arrangement must agree on.
struct Core {
    act: &'static ActPattern,
    period: Period,
    founders: (u32, u32),
}

impl Core {
    fn of(world: &World, arrangement: u64) -> (Self, SplitMix) {
        let mut chance = SplitMix::of(world.seed, Stream::Arrangements, arrangement);
        let mut lot = chance.below(100);
        let mut chosen = &ACTS[0];
        for act in &ACTS {
            chosen = act;
            if lot < act.share {
                break;
            }
            lot -= act.share;
        }
        let period = Period::within(world.years, &mut chance);
        let founders = founders(world, &mut chance);
        (Self { act: chosen, period, founders }, chance)
    }
}

/// Two that may cooperate at any time.
fn founders(world: &World, chance: &mut SplitMix) -> (u32, u32) {
    for _ in 0..TRIES {
        let Some(one) = world.forest.draw(world.forest.all(), chance) else { continue };
        let Some(other) = partner(world, one, chance) else { continue };
        if one != other && fits(world, one) && fits(world, other) && !is_line(world, one, other) {
            return (one, other);
        }
    }
    two_provinces(world, chance)
}

/// Whether it is there at all times and keeps its superior.
fn fits(world: &World, at: u32) -> bool {
    matches!(world.fate(at), Fate::Steady | Fate::Renamed(_) | Fate::Promoted(_))
}

fn is_line(world: &World, a: u32, b: u32) -> bool {
    world.is_line((a, b), (Fate::Steady, Fate::Steady))
}

/// Rows of `arrangements`.
pub(super) fn arrangements(world: &World, rows: Range<u64>, out: &mut Vec<u8>) -> u64 {
    for row in rows.clone() {
        let (core, mut chance) = Core::of(world, row);
        let stems = [core.founders.0, core.founders.1].map(|at| name(world, at, false).stem);
        let (_, word) = chance.mostly_first(&DOMAIN_WORDS);
        let mut line = CsvRow::new(out);
        line.id("a", row);
        line.text(&[stems[0][0], stems[0][1], stems[1][0], stems[1][1], word, core.act.word]);
        line.empty(1).text(&[core.act.mechanism]).empty(1);
        let meets = core.act.mechanism == "administrative-coordination";
        if meets {
            line.text(&[chance.one_of(&["regular", "irregular"])])
        } else {
            line.empty(1)
        };
        domains(&mut line, &mut chance);
        line.text(&[chance.one_of(&PURPOSES)]).text(&[chance.mostly_first(&ORIGINS)]).empty(2);
        let lapses = matches!(core.period.to, PeriodEnd::Known(_)) && chance.percent(30);
        if lapses {
            line.text(&["lapsed"])
        } else {
            line.empty(1)
        };
        line.empty(3).period(core.period).text(&[super::SOURCE]).empty(2).finish();
    }
    rows.end - rows.start
}

/// How many parties each arrangement has: two, and a share of the rest that follows a Pareto number.
/// Their sum is exact.
pub(super) fn sizes(world: &World, arrangements: u64, parties: u64) -> Vec<u8> {
    let most = MOST_PARTIES.min(u64::from(world.forest.count()));
    let weight = |at: u64| (64.0 * SplitMix::of(world.seed, Stream::Sizes, at).pareto()) as u64;
    let all: u128 = (0..arrangements).map(|at| u128::from(weight(at))).sum();
    let extra = u128::from(parties.saturating_sub(2 * arrangements));
    let (mut sum, mut given) = (0_u128, 0_u128);
    let mut sizes = Vec::with_capacity(arrangements as usize);
    let mut left = extra as u64;
    for at in 0..arrangements {
        sum += u128::from(weight(at));
        let own = (extra * sum / all - given) as u64;
        given += u128::from(own);
        let size = (2 + own).min(most);
        left -= size - 2;
        sizes.push(size as u8);
    }
    // What the greatest had to leave goes to the others in turn.
    while left > 0 {
        let before = left;
        for size in sizes.iter_mut().filter(|size| u64::from(**size) < most) {
            if left > 0 {
                *size += 1;
                left -= 1;
            }
        }
        if left == before {
            break;
        }
    }
    sizes
}

/// Rows of `parties` of some arrangements; `first` is the number of the first row.
pub(super) fn parties(world: &World, of: Range<u64>, sizes: &[u8], first: u64, out: &mut Vec<u8>) -> u64 {
    let mut row = first;
    for arrangement in of {
        let (core, _) = Core::of(world, arrangement);
        let mut chance = SplitMix::of(world.seed, Stream::Parties, arrangement);
        for (at, role) in members(world, &core, usize::from(sizes[arrangement as usize]), &mut chance) {
            let mut line = CsvRow::new(out);
            line.id("p", row).id(LETTER, u64::from(at)).id("a", arrangement).text(&[role]).empty(2);
            let period =
                if fits(world, at) { taking_part(world, core.period, &mut chance) } else { Period::UNDATED };
            line.period(period).empty(3).finish();
            row += 1;
        }
    }
    row - first
}

/// Who takes part in which role. One that stands above or below another who cooperates approves or
/// observes: leader and led make no cooperation (S7).
fn members(world: &World, core: &Core, size: usize, chance: &mut SplitMix) -> Vec<(u32, &'static str)> {
    let others = core.act.others;
    let mut members = vec![(core.founders.0, core.act.first), (core.founders.1, others[0])];
    let mut cooperating = vec![core.founders.0, core.founders.1];
    while members.len() < size {
        let free = |at: u32| members.iter().all(|(other, _)| *other != at);
        let at = newcomer(world, core, chance, &free);
        let above = cooperating.iter().any(|other| world.forest.is_above(at, *other));
        let below = cooperating.iter().any(|other| world.forest.is_above(*other, at));
        let aside = below || !fits(world, at) || chance.percent(3);
        let role = match (above, aside) {
            (true, _) => chance.one_of(&["approver", "mandator"]),
            (false, true) => chance.mostly_first(&["observer", "meeting-host", "applicant"]),
            (false, false) => {
                cooperating.push(at);
                others[(members.len() - 1) % others.len()]
            }
        };
        members.push((at, role));
    }
    members
}

/// One that does not take part yet: near the founders, else the superior of one, else any.
fn newcomer(world: &World, core: &Core, chance: &mut SplitMix, free: &impl Fn(u32) -> bool) -> u32 {
    let superior = world.forest.superior(core.founders.0);
    if chance.percent(4) && free(superior) {
        return superior;
    }
    for _ in 0..TRIES {
        let near = if chance.percent(50) { core.founders.0 } else { core.founders.1 };
        if let Some(at) = partner(world, near, chance)
            && free(at)
        {
            return at;
        }
    }
    let count = u64::from(world.forest.count());
    let start = chance.below(count);
    (0..count).map(|step| ((start + step) % count) as u32).find(|at| free(*at)).unwrap_or(superior)
}

/// Most rows say no dates of their own and hold as long as the arrangement; one of five joins later.
fn taking_part(world: &World, whole: Period, chance: &mut SplitMix) -> Period {
    let later = 1 + chance.below(4) as u16;
    match (whole.from, whole.to) {
        (PeriodEnd::Known(from), PeriodEnd::Open)
            if chance.percent(20) && from.year + later <= world.years.1 =>
        {
            Period::new(PeriodEnd::Known(DateParts::year(from.year + later)), PeriodEnd::Open)
        }
        (PeriodEnd::Known(_), PeriodEnd::Known(_)) if chance.percent(20) => Period::new(whole.from, whole.to),
        _ => Period::UNDATED,
    }
}
