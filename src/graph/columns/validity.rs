//! Starts, ends and attestations, four bytes a date.

use std::ops::Range;

use crate::value::{Bound, Date, Jagged, Precision};

/// An open end, packed.
pub(in crate::graph) const OPEN: i32 = i32::MAX;
/// An unknown end, packed.
pub(in crate::graph) const UNKNOWN: i32 = i32::MIN;

/// One end of a validity in four bytes: four times the number of the first day plus the precision, the
/// greatest number for an open end, the least for an unknown one.
pub(crate) fn pack_bound(bound: Bound) -> i32 {
    match bound {
        Bound::Open => OPEN,
        Bound::Unknown => UNKNOWN,
        Bound::Known(date) => pack_date(date),
    }
}

/// A date as [`pack_bound`] writes it.
pub(crate) fn pack_date(date: Date) -> i32 {
    date.first_day().number() * 4 + date.precision() as i32
}

pub(in crate::graph) fn unpack_bound(packed: i32) -> Bound {
    match packed {
        OPEN => Bound::Open,
        UNKNOWN => Bound::Unknown,
        packed => Bound::Known(unpack_date(packed)),
    }
}

/// The date that [`pack_date`] wrote.
fn unpack_date(packed: i32) -> Date {
    let precision = match packed.rem_euclid(4) {
        0 => Precision::Year,
        1 => Precision::Month,
        _ => Precision::Day,
    };
    Date::from_first_day(packed.div_euclid(4), precision)
}

/// The days on which elements are attested: a jagged array over the rows that have any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attestations {
    /// The rows that have any, ascending.
    pub(crate) rows: Vec<u32>,
    /// The dates of each of these rows, as [`pack_date`] writes them.
    pub(crate) dates: Jagged<i32>,
}

impl Attestations {
    /// Adds those of a row after all before.
    pub(crate) fn push(&mut self, row: u32, dates: impl IntoIterator<Item = i32>) {
        self.rows.push(row);
        self.dates.push(dates);
    }

    pub(in crate::graph) fn of(&self, row: u32) -> Vec<Date> {
        let place = self.rows.binary_search(&row);
        place.map_or_else(
            |_| Vec::new(),
            |place| self.dates.of(place).iter().map(|date| unpack_date(*date)).collect(),
        )
    }

    /// Those of a range of rows, after the `first` rows of another run.
    pub(in crate::graph) fn add(&mut self, first: u32, other: &Self, range: &Range<u32>) {
        let from = other.rows.partition_point(|row| *row < range.start);
        let to = other.rows.partition_point(|row| *row < range.end);
        for place in from..to {
            self.push(first + other.rows[place] - range.start, other.dates.of(place).iter().copied());
        }
    }
}
