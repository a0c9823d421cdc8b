//! Typed columns of a run of elements: how validities and properties lie in a chunk and in memory.

use std::collections::HashMap;
use std::ops::Range;

use super::bits::Bits;
use super::cells::{Cells, CellsBuilder};
use super::read::PropertyRef;
use super::{KeyId, Properties, Property};
use crate::value::{Bound, Date, Precision, Validity};

/// The values of one key in some rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnPart {
    /// The rows that have a value; `None` = all.
    pub(crate) rows: Option<Bits>,
    /// Their cells.
    pub(crate) cells: Cells,
}

impl ColumnPart {
    /// A column of which these of `count` rows, ascending, have cells.
    pub(crate) fn of(rows: Vec<u32>, count: usize, cells: Cells) -> Self {
        Self { rows: (rows.len() < count).then(|| Bits::of(rows)), cells }
    }

    fn place(&self, row: u32) -> Option<usize> {
        match &self.rows {
            None => Some(row as usize),
            Some(rows) => rows.contains(row).then(|| rows.rank(row)),
        }
    }

    fn get(&self, row: u32) -> Option<Property> {
        self.cells.get(self.place(row)?)
    }

    /// The rows of a range; `None` where no row of it has a value.
    fn slice(&self, range: &Range<u32>) -> Option<Self> {
        let Some(bits) = &self.rows else {
            let cells = self.cells.slice(range.start as usize..range.end as usize);
            return Some(Self { rows: None, cells });
        };
        let places = bits.rank(range.start)..bits.rank(range.end);
        let rows = range.clone().filter(|row| bits.contains(*row)).map(|row| row - range.start).collect();
        (!places.is_empty()).then(|| Self::of(rows, range.len(), self.cells.slice(places)))
    }
}

/// The days on which elements are attested, one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attestations {
    /// The rows that have any, ascending.
    pub(crate) rows: Vec<u32>,
    /// Where those of each row end in `dates`.
    pub(crate) ends: Vec<u32>,
    /// The dates, as [`pack_date`] writes them.
    pub(crate) dates: Vec<i32>,
}

impl Attestations {
    /// Adds those of a row after all before.
    pub(crate) fn push(&mut self, row: u32, dates: impl IntoIterator<Item = i32>) {
        self.rows.push(row);
        self.dates.extend(dates);
        self.ends.push(u32::try_from(self.dates.len()).unwrap_or(u32::MAX));
    }

    fn at(&self, place: usize) -> &[i32] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        &self.dates[start..self.ends[place] as usize]
    }

    /// How many dates each row has.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = usize> {
        (0..self.rows.len()).map(|place| self.at(place).len())
    }

    fn of(&self, row: u32) -> Vec<Date> {
        let place = self.rows.binary_search(&row);
        place.map_or_else(
            |_| Vec::new(),
            |place| self.at(place).iter().map(|date| unpack_date(*date)).collect(),
        )
    }

    /// Those of a range of rows, put behind `first` rows of another run.
    fn add(&mut self, first: u32, other: &Self, range: &Range<u32>) {
        let from = other.rows.partition_point(|row| *row < range.start);
        let to = other.rows.partition_point(|row| *row < range.end);
        for place in from..to {
            self.push(first + other.rows[place] - range.start, other.at(place).iter().copied());
        }
    }
}

/// Validities and properties of some rows, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ElementColumns {
    /// Starts, as [`pack_bound`] writes them.
    pub(crate) from: Vec<i32>,
    /// Ends likewise.
    pub(crate) to: Vec<i32>,
    /// Attestations.
    pub(crate) attested: Attestations,
    /// Columns in the order of their keys.
    pub(crate) columns: Vec<(KeyId, ColumnPart)>,
}

impl ElementColumns {
    /// Packs rows.
    pub(crate) fn pack<'a>(rows: impl Iterator<Item = (&'a Validity, &'a Properties)>) -> Self {
        let mut elements = Self::default();
        let mut columns: HashMap<KeyId, (Vec<u32>, Vec<Property>)> = HashMap::new();
        for (row, (validity, properties)) in (0_u32..).zip(rows) {
            elements.from.push(pack_bound(validity.from));
            elements.to.push(pack_bound(validity.to));
            if !validity.attested.is_empty() {
                elements.attested.push(row, validity.attested.iter().map(|date| pack_date(*date)));
            }
            for (key, property) in properties.iter() {
                let (rows, cells) = columns.entry(key).or_default();
                rows.push(row);
                cells.push(property.clone());
            }
        }
        let count = elements.from.len();
        let columns = columns.into_iter();
        elements.columns = columns
            .map(|(key, (rows, cells))| (key, ColumnPart::of(rows, count, Cells::pack(cells))))
            .collect();
        elements.columns.sort_unstable_by_key(|(key, _)| *key);
        elements
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.from.len()
    }

    /// When a row holds.
    pub(super) fn validity(&self, row: u32) -> Validity {
        let (from, to) = self.bounds(row);
        Validity { from, to, attested: self.attested.of(row) }
    }

    /// What a row holds.
    pub(super) fn properties(&self, row: u32) -> Properties {
        self.columns.iter().filter_map(|(key, part)| Some((*key, part.get(row)?))).collect()
    }

    /// Validity and properties of one row.
    pub(crate) fn row(&self, row: u32) -> (Validity, Properties) {
        (self.validity(row), self.properties(row))
    }

    /// Start and end of a row.
    pub(super) fn bounds(&self, row: u32) -> (Bound, Bound) {
        let end =
            |ends: &[i32]| ends.get(row as usize).map_or(Bound::Unknown, |packed| unpack_bound(*packed));
        (end(&self.from), end(&self.to))
    }

    /// The column of a key.
    pub(super) fn column(&self, key: KeyId) -> Option<&ColumnPart> {
        let at = self.columns.binary_search_by_key(&key, |(own, _)| *own).ok()?;
        Some(&self.columns[at].1)
    }

    /// What a row holds under a key.
    pub(super) fn property(&self, row: u32, key: KeyId) -> Option<Property> {
        self.column(key)?.get(row)
    }

    /// The same where it lies.
    pub(super) fn property_ref(&self, row: u32, key: KeyId) -> Option<PropertyRef<'_>> {
        let column = self.column(key)?;
        column.cells.get_ref(column.place(row)?)
    }

    /// Calls `see` with every row of a range and text under a key, row by row.
    pub(super) fn texts(&self, key: KeyId, rows: Range<u32>, mut see: impl FnMut(u32, &str)) {
        let Some(column) = self.column(key) else { return };
        for row in rows {
            let Some(place) = column.place(row) else { continue };
            column.cells.texts_at(place, |text| see(row, text));
        }
    }

    /// Some of the rows.
    pub(crate) fn slice(&self, range: &Range<u32>) -> Self {
        Self::joined(&[(self, range.clone())])
    }

    /// Ranges of several runs, one behind the other.
    pub(super) fn joined(parts: &[(&Self, Range<u32>)]) -> Self {
        let mut joined = Self::default();
        let mut columns: HashMap<KeyId, (Vec<u32>, CellsBuilder)> = HashMap::new();
        let mut first = 0;
        for (part, range) in parts {
            let rows = range.start as usize..range.end as usize;
            joined.from.extend_from_slice(&part.from[rows.clone()]);
            joined.to.extend_from_slice(&part.to[rows]);
            joined.attested.add(first, &part.attested, range);
            for (key, column) in &part.columns {
                let Some(slice) = column.slice(range) else { continue };
                let (rows, cells) = columns.entry(*key).or_default();
                match slice.rows {
                    None => rows.extend((first..).take(range.len())),
                    Some(own) => rows.extend(own.iter().map(|row| first + row)),
                }
                cells.extend(slice.cells);
            }
            first += range.len() as u32;
        }
        let columns = columns.into_iter();
        joined.columns = columns
            .map(|(key, (rows, cells))| (key, ColumnPart::of(rows, first as usize, cells.finish())))
            .collect();
        joined.columns.sort_unstable_by_key(|(key, _)| *key);
        joined
    }
}

/// An open end, packed.
pub(super) const OPEN: i32 = i32::MAX;
/// An unknown end, packed.
pub(super) const UNKNOWN: i32 = i32::MIN;

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

fn unpack_bound(packed: i32) -> Bound {
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
