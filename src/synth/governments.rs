//! Which rows does each government have: itself, its superior, its changes, what became of it?

use std::ops::Range;

use super::chance::{SplitMix, Stream};
use super::dates::{DateParts, Period, PeriodEnd};
use super::forest::{PREFECTURAL, PROVINCIAL};
use super::line::CsvRow;
use super::names::{NameParts, name};
use super::world::{Fate, World};
use crate::relations::vocabulary::label;

/// The letter of the ids and codes of governments.
pub(super) const LETTER: &str = "g";

/// Half ranks by tier, for those that are promoted; empty where there is none.
const HALF_RANKS: [&str; 6] = ["", "", "sub-provincial", "sub-prefectural", "sub-county", ""];

/// Corners of the plane and its sides, in hundred-thousandths of a degree.
const WEST: i64 = 7_800_000;
const SOUTH: i64 = 2_200_000;
const SIDES: (i64, i64) = (5_000_000, 2_400_000);

/// How far a government lies from its superior at most, in thousandths of a province's cell.
const REACH: [i64; 6] = [0, 0, 400, 100, 25, 6];

/// Rows of `governments`.
pub(super) fn governments(world: &World, rows: Range<u64>, out: &mut Vec<u8>) -> u64 {
    for at in ids(&rows) {
        let fate = world.fate(at);
        let called = name(world, at, false);
        let (lon, lat) = place(world, at);
        let mut line = CsvRow::new(out);
        line.id(LETTER, u64::from(at)).text(&["cn"]).id_and("cn:s", u64::from(at), "");
        let renamed = matches!(fate, Fate::Renamed(_));
        // What changes stands in `states`, and its cell here is empty.
        if renamed {
            line.empty(1)
        } else {
            line.text(&full(called))
        };
        line.empty(1).text(&[world.forest.level(at)]);
        if matches!(fate, Fate::Promoted(_)) {
            line.empty(1)
        } else {
            line.text(&[rank(world, at)])
        };
        if renamed {
            line.empty(1)
        } else {
            line.text(&[called.form.0])
        };
        // No other names, and no interruption.
        line.decimal(lon as u64, 5).decimal(lat as u64, 5).empty(2);
        line.period(world.life(at, fate)).text(&[super::SOURCE]).empty(2).finish();
    }
    rows.end - rows.start
}

/// Rows of `subordination`: each to its superior; one that moves to the first and then to the other.
pub(super) fn subordination(world: &World, rows: Range<u64>, out: &mut Vec<u8>) -> u64 {
    let mut written = 0;
    for at in ids(&rows).filter(|at| *at > 0) {
        let fate = world.fate(at);
        let life = world.life(at, fate);
        let mut row = |part: &str, to: u32, period: Period| {
            let mut line = CsvRow::new(out);
            line.id_and("s", u64::from(at), part).id(LETTER, u64::from(at)).id(LETTER, u64::from(to));
            line.period(period).empty(3).finish();
            written += 1;
        };
        match fate {
            Fate::Moved { to, at: when } => {
                row(".1", world.forest.superior(at), Period { to: PeriodEnd::Known(when), ..life });
                row(".2", to, Period::new(PeriodEnd::Known(when), life.to));
            }
            _ => row("", world.forest.superior(at), life),
        }
    }
    written
}

/// Rows of `states`: two spells of each property that changes.
pub(super) fn states(world: &World, rows: Range<u64>, out: &mut Vec<u8>) -> u64 {
    let mut written = 0;
    for at in ids(&rows) {
        let fate = world.fate(at);
        let life = world.life(at, fate);
        let mut spells = |property: &str, when: DateParts, before: &[&str], after: &[&str]| {
            let halves = [
                (".1", before, Period { to: PeriodEnd::Known(when), ..life }),
                (".2", after, Period::new(PeriodEnd::Known(when), life.to)),
            ];
            for (number, value, period) in halves {
                let mut line = CsvRow::new(out);
                line.id_and(LETTER, u64::from(at), &format!(".{property}{number}"));
                line.text(&[label::GOVERNMENT]).id(LETTER, u64::from(at)).text(&[property]).text(value);
                line.period(period).text(&["effective"]).text(&[super::SOURCE]).empty(2).finish();
                written += 1;
            }
        };
        match fate {
            Fate::Renamed(when) => {
                let (before, after) = (name(world, at, false), name(world, at, true));
                spells("name", when, &full(before), &full(after));
                spells("type", when, &[before.form.0], &[after.form.0]);
            }
            Fate::Promoted(when) => {
                let half = HALF_RANKS[usize::from(world.forest.tier(at))];
                spells("rank", when, &[world.forest.level(at)], &[half]);
            }
            Fate::Steady | Fate::Moved { .. } | Fate::Founded(_) | Fate::Absorbed { .. } => {}
        }
    }
    written
}

/// Rows of `succession`.
pub(super) fn succession(world: &World, rows: Range<u64>, out: &mut Vec<u8>) -> u64 {
    let mut written = 0;
    for at in ids(&rows) {
        if let Fate::Absorbed { by, at: when } = world.fate(at) {
            let mut line = CsvRow::new(out);
            line.id_and(LETTER, u64::from(at), ".end").id(LETTER, u64::from(at)).id(LETTER, u64::from(by));
            line.text(&["absorbed"]).text(&["1"]).text(&["effective"]);
            line.period(Period::new(PeriodEnd::Known(when), PeriodEnd::Open))
                .text(&[super::SOURCE])
                .empty(2)
                .finish();
            written += 1;
        }
    }
    written
}

fn ids(rows: &Range<u64>) -> Range<u32> {
    rows.start as u32..rows.end as u32
}

fn full(name: NameParts) -> [&'static str; 3] {
    [name.stem[0], name.stem[1], name.form.1]
}

/// The rank of its level; one prefecture of twenty stands half a rank higher.
fn rank(world: &World, at: u32) -> &'static str {
    let level = world.forest.level(at);
    let higher = world.forest.tier(at) == PREFECTURAL
        && SplitMix::of(world.seed, Stream::Government, (1 << 40) + u64::from(at)).percent(5);
    if higher { HALF_RANKS[usize::from(PREFECTURAL)] } else { level }
}

/// Longitude and latitude in hundred-thousandths of a degree. Provinces are cells of a grid, numbered to
/// and fro so that neighbours in number are neighbours in place; what stands under a government lies
/// around it.
fn place(world: &World, at: u32) -> (i64, i64) {
    let forest = &world.forest;
    let side = (1..).find(|side| side * side >= forest.provinces().len() as i64).unwrap_or(1);
    let (width, height) = (SIDES.0 / side, SIDES.1 / side);
    let (mut lon, mut lat) = (0, 0);
    let mut up = at;
    while forest.tier(up) > PROVINCIAL {
        let reach = REACH[usize::from(forest.tier(up))];
        let mut chance = SplitMix::of(world.seed, Stream::Place, u64::from(up));
        let mut around = |cell: i64| {
            let most = cell * reach / 1000;
            chance.below(2 * most as u64 + 1) as i64 - most
        };
        lon += around(width);
        lat += around(height);
        up = forest.superior(up);
    }
    if forest.tier(up) < PROVINCIAL {
        return (WEST + SIDES.0 / 2, SOUTH + SIDES.1 / 2);
    }
    let cell = forest.ordinal(up) as i64;
    let (row, column) = (cell / side, cell % side);
    let column = if row % 2 == 0 { column } else { side - 1 - column };
    (WEST + column * width + width / 2 + lon, SOUTH + row * height + height / 2 + lat)
}
