//! Typed columns: how properties and validities of many elements lie in memory.

use std::collections::HashMap;
use std::ops::Range;

use super::bits::Bits;
use super::cells::{Cells, CellsBuilder};
use super::{KeyId, Properties, Property};
use crate::value::{Bound, Date, Day, Precision, Span, Truth, Validity, Window};

/// The values of one key in some rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnPart {
    /// The rows that have a value, ascending; `None` = all.
    pub(crate) rows: Option<Vec<u32>>,
    /// Their cells.
    pub(crate) cells: Cells,
}

/// Validities and properties of some rows, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ElementColumns {
    /// Starts, as [`pack_bound`] writes them.
    pub(crate) from: Vec<i32>,
    /// Ends likewise.
    pub(crate) to: Vec<i32>,
    /// Rows with attestations, ascending.
    pub(crate) attested: Vec<(u32, Box<[Date]>)>,
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
                elements.attested.push((row, validity.attested.as_slice().into()));
            }
            for (key, property) in properties.iter() {
                let (rows, cells) = columns.entry(key).or_default();
                rows.push(row);
                cells.push(property.clone());
            }
        }
        let count = elements.from.len();
        let part = |(key, (rows, cells)): (KeyId, (Vec<u32>, Vec<Property>))| {
            let rows = (rows.len() < count).then_some(rows);
            (key, ColumnPart { rows, cells: Cells::pack(cells) })
        };
        elements.columns = columns.into_iter().map(part).collect();
        elements.columns.sort_unstable_by_key(|(key, _)| *key);
        elements
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.from.len()
    }

    /// Validity and properties of one row.
    pub(crate) fn row(&self, row: u32) -> (Validity, Properties) {
        let end =
            |ends: &[i32]| ends.get(row as usize).map_or(Bound::Unknown, |packed| unpack_bound(*packed));
        let attested = self.attested.binary_search_by_key(&row, |(own, _)| *own);
        let attested = attested.map_or_else(|_| Vec::new(), |at| self.attested[at].1.to_vec());
        let held = |(key, part): &(KeyId, ColumnPart)| {
            let place = match &part.rows {
                None => row as usize,
                Some(rows) => rows.binary_search(&row).ok()?,
            };
            Some((*key, part.cells.get(place)?))
        };
        let properties = self.columns.iter().filter_map(held).collect();
        (Validity { from: end(&self.from), to: end(&self.to), attested }, properties)
    }
}

/// Which rows have a value.
#[derive(Clone, Debug)]
enum Rows {
    All,
    Some(Bits),
}

/// The values of one key.
#[derive(Clone, Debug)]
struct Column {
    rows: Rows,
    cells: Cells,
}

impl Column {
    fn place(&self, row: u32) -> Option<usize> {
        match &self.rows {
            Rows::All => Some(row as usize),
            Rows::Some(bits) => bits.contains(row).then(|| bits.rank(row)),
        }
    }

    fn get(&self, row: u32) -> Option<Property> {
        self.cells.get(self.place(row)?)
    }

    fn part(&self, range: &Range<u32>) -> Option<ColumnPart> {
        let Rows::Some(bits) = &self.rows else {
            let cells = self.cells.slice(range.start as usize..range.end as usize);
            return Some(ColumnPart { rows: None, cells });
        };
        let places = bits.rank(range.start)..bits.rank(range.end);
        let all = places.len() == range.len();
        let rows = range.clone().filter(|row| bits.contains(*row)).map(|row| row - range.start);
        let rows = if all { None } else { Some(rows.collect()) };
        (!places.is_empty()).then(|| ColumnPart { rows, cells: self.cells.slice(places) })
    }
}

/// Collects one column.
#[derive(Default)]
struct ColumnBuilder {
    words: Vec<u64>,
    cells: CellsBuilder,
}

impl ColumnBuilder {
    fn mark(&mut self, row: u32) {
        let word = row as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (row % 64);
    }

    fn push(&mut self, row: u32, property: &Property) {
        self.mark(row);
        self.cells.push(property);
    }

    fn extend(&mut self, first: u32, count: u32, part: ColumnPart) {
        match part.rows {
            Some(rows) => rows.iter().for_each(|row| self.mark(first + row)),
            None => (first..first + count).for_each(|row| self.mark(row)),
        }
        self.cells.extend(part.cells);
    }

    fn finish(self, count: u32) -> Column {
        let bits = Bits::from_words(self.words);
        let rows = if bits.len() == count as usize { Rows::All } else { Rows::Some(bits) };
        Column { rows, cells: self.cells.finish() }
    }
}

/// All properties of many elements, one column a key.
#[derive(Clone, Debug, Default)]
pub(super) struct PropertyColumns {
    columns: Vec<(KeyId, Column)>,
}

impl PropertyColumns {
    fn column(&self, key: KeyId) -> Option<&Column> {
        let at = self.columns.binary_search_by_key(&key, |(own, _)| *own).ok()?;
        Some(&self.columns[at].1)
    }

    pub(super) fn get(&self, row: u32, key: KeyId) -> Option<Property> {
        self.column(key)?.get(row)
    }

    pub(super) fn all(&self, row: u32) -> Properties {
        let present = |(key, column): &(KeyId, Column)| Some((*key, column.get(row)?));
        self.columns.iter().filter_map(present).collect()
    }

    /// Calls `see` with every row and text under a key, row by row.
    pub(super) fn texts(&self, key: KeyId, rows: Range<u32>, mut see: impl FnMut(u32, &str)) {
        let Some(column) = self.column(key) else { return };
        for row in rows {
            let Some(place) = column.place(row) else { continue };
            column.cells.texts_at(place, |text| see(row, text));
        }
    }

    /// Whether a row holds a text under a key, in whatever spell.
    pub(super) fn holds(&self, key: KeyId, row: u32, text: &str) -> bool {
        let mut held = false;
        self.texts(key, row..row + 1, |_, own| held |= own == text);
        held
    }

    fn parts(&self, range: &Range<u32>) -> Vec<(KeyId, ColumnPart)> {
        self.columns.iter().filter_map(|(key, column)| Some((*key, column.part(range)?))).collect()
    }
}

/// Validities of many elements: each end in four bytes, attestations apart.
#[derive(Clone, Debug, Default)]
pub(super) struct ValidityColumn {
    from: Vec<i32>,
    to: Vec<i32>,
    attested: Attestations,
}

/// Attestations of the rows that have any, one behind the other.
#[derive(Clone, Debug, Default)]
struct Attestations {
    rows: Vec<u32>,
    /// Where those of each row end in `dates`.
    ends: Vec<u32>,
    dates: Vec<i32>,
}

impl Attestations {
    fn push(&mut self, row: u32, dates: &[Date]) {
        self.rows.push(row);
        self.dates.extend(dates.iter().map(|date| pack_date(*date)));
        self.ends.push(u32::try_from(self.dates.len()).unwrap_or(u32::MAX));
    }

    fn at(&self, place: usize) -> impl Iterator<Item = Date> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        self.dates[start..self.ends[place] as usize].iter().map(|date| unpack_date(*date))
    }

    fn of(&self, row: u32) -> Vec<Date> {
        self.rows.binary_search(&row).map_or_else(|_| Vec::new(), |place| self.at(place).collect())
    }
}

const OPEN: i32 = i32::MAX;
const UNKNOWN: i32 = i32::MIN;

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
pub(crate) fn unpack_date(packed: i32) -> Date {
    let precision = match packed.rem_euclid(4) {
        0 => Precision::Year,
        1 => Precision::Month,
        _ => Precision::Day,
    };
    Date::from_first_day(Day::from_number(packed.div_euclid(4)), precision)
}

impl ValidityColumn {
    pub(super) fn get(&self, row: u32) -> Validity {
        let position = row as usize;
        Validity {
            from: self.from.get(position).map_or(Bound::Unknown, |packed| unpack_bound(*packed)),
            to: self.to.get(position).map_or(Bound::Unknown, |packed| unpack_bound(*packed)),
            attested: self.attested.of(row),
        }
    }

    /// Whether a row holds on some day of a window.
    pub(super) fn holds_in(&self, row: u32, window: Window) -> Truth {
        let (from, to) = (self.from[row as usize], self.to[row as usize]);
        // With both ends known or open it certainly holds in between: no need to look at the attestations.
        let first = match from {
            UNKNOWN => return self.get(row).holds_in(window),
            OPEN => Day::MIN,
            from => Day::from_number(from.div_euclid(4)),
        };
        let end = match to {
            UNKNOWN => return self.get(row).holds_in(window),
            OPEN => Day::MAX,
            to => Day::from_number(to.div_euclid(4)),
        };
        let held = Span { from: first, to: end }.intersect(window.span());
        if held.is_some() { Truth::True } else { Truth::False }
    }
}

/// Collects validities and properties of many elements, run by run.
#[derive(Default)]
pub(super) struct ElementsBuilder {
    validity: ValidityColumn,
    columns: HashMap<KeyId, ColumnBuilder>,
}

impl ElementsBuilder {
    pub(super) fn reserve(&mut self, rows: usize) {
        self.validity.from.reserve_exact(rows);
        self.validity.to.reserve_exact(rows);
    }

    fn rows(&self) -> u32 {
        u32::try_from(self.validity.from.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn push(&mut self, validity: &Validity, properties: &Properties) {
        let row = self.rows();
        self.validity.from.push(pack_bound(validity.from));
        self.validity.to.push(pack_bound(validity.to));
        if !validity.attested.is_empty() {
            self.validity.attested.push(row, &validity.attested);
        }
        for (key, property) in properties.iter() {
            self.columns.entry(key).or_default().push(row, property);
        }
    }

    pub(super) fn extend(&mut self, more: ElementColumns) {
        let first = self.rows();
        let count = u32::try_from(more.len()).unwrap_or(u32::MAX);
        self.validity.from.extend_from_slice(&more.from);
        self.validity.to.extend_from_slice(&more.to);
        for (row, dates) in &more.attested {
            self.validity.attested.push(first + row, dates);
        }
        for (key, part) in more.columns {
            self.columns.entry(key).or_default().extend(first, count, part);
        }
    }

    pub(super) fn finish(self) -> (ValidityColumn, PropertyColumns) {
        let count = self.rows();
        let mut columns: Vec<_> =
            self.columns.into_iter().map(|(key, builder)| (key, builder.finish(count))).collect();
        columns.sort_unstable_by_key(|(key, _)| *key);
        (self.validity, PropertyColumns { columns })
    }
}

/// The rows of a range, column by column.
pub(super) fn elements_of(
    validity: &ValidityColumn,
    properties: &PropertyColumns,
    range: &Range<u32>,
) -> ElementColumns {
    let rows = range.start as usize..range.end as usize;
    let attested = &validity.attested;
    let first = attested.rows.partition_point(|row| *row < range.start);
    let last = attested.rows.partition_point(|row| *row < range.end);
    let of_place = |place: usize| (attested.rows[place] - range.start, attested.at(place).collect());
    ElementColumns {
        from: validity.from[rows.clone()].to_vec(),
        to: validity.to[rows].to_vec(),
        attested: (first..last).map(of_place).collect(),
        columns: properties.parts(range),
    }
}
