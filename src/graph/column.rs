//! Typed columns: how properties and validities of many elements lie in memory.

use std::collections::HashMap;
use std::sync::Arc;

use super::{KeyId, Properties, Property};
use crate::value::{Bound, Date, Day, Precision, Validity, Value};

/// The cells of one column, one for each row that has a value.
#[derive(Clone, Debug)]
enum Cells {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Text { codes: Vec<u32>, dictionary: Vec<Arc<str>> },
    Mixed(Vec<Property>),
}

/// The values of one key: rows in ascending order and their cells.
#[derive(Clone, Debug)]
struct Column {
    rows: Vec<u32>,
    cells: Cells,
}

impl Column {
    fn get(&self, row: u32) -> Option<Property> {
        // A column without gaps is read by position.
        let at = match self.rows.get(row as usize) {
            Some(&own) if own == row => row as usize,
            _ => self.rows.binary_search(&row).ok()?,
        };
        Some(match &self.cells {
            Cells::Boolean(cells) => Property::Fixed(Value::Boolean(*cells.get(at)?)),
            Cells::Integer(cells) => Property::Fixed(Value::Integer(*cells.get(at)?)),
            Cells::Float(cells) => Property::Fixed(Value::Float(*cells.get(at)?)),
            Cells::Text { codes, dictionary } => {
                let text = dictionary.get(*codes.get(at)? as usize)?;
                Property::Fixed(Value::Text(Arc::clone(text)))
            }
            Cells::Mixed(cells) => cells.get(at)?.clone(),
        })
    }
}

/// Collects the cells of one key in ascending row order.
#[derive(Default)]
struct ColumnBuilder {
    rows: Vec<u32>,
    cells: Vec<Property>,
}

impl ColumnBuilder {
    fn build(self) -> Column {
        Column { rows: self.rows, cells: pack(self.cells) }
    }
}

/// The tightest representation that holds all cells.
fn pack(cells: Vec<Property>) -> Cells {
    fn all<T>(cells: &[Property], read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
        let fixed = |cell: &Property| if let Property::Fixed(value) = cell { read(value) } else { None };
        cells.iter().map(fixed).collect()
    }
    if let Some(cells) = all(&cells, Value::as_boolean) {
        return Cells::Boolean(cells);
    }
    if let Some(cells) = all(&cells, Value::as_integer) {
        return Cells::Integer(cells);
    }
    let float = |value: &Value| if let Value::Float(number) = value { Some(*number) } else { None };
    if let Some(cells) = all(&cells, float) {
        return Cells::Float(cells);
    }
    let text = |value: &Value| if let Value::Text(text) = value { Some(Arc::clone(text)) } else { None };
    if let Some(texts) = all(&cells, text) {
        return dictionary_of(texts);
    }
    Cells::Mixed(cells)
}

fn dictionary_of(texts: Vec<Arc<str>>) -> Cells {
    let mut dictionary: Vec<Arc<str>> = Vec::new();
    let mut known: HashMap<Arc<str>, u32> = HashMap::new();
    let mut codes = Vec::with_capacity(texts.len());
    for text in texts {
        let next = u32::try_from(dictionary.len()).unwrap_or(u32::MAX);
        let code = *known.entry(Arc::clone(&text)).or_insert_with(|| {
            dictionary.push(text);
            next
        });
        codes.push(code);
    }
    Cells::Text { codes, dictionary }
}

/// All properties of many elements, one column a key.
#[derive(Clone, Debug, Default)]
pub(super) struct PropertyColumns {
    columns: Vec<(KeyId, Column)>,
}

impl PropertyColumns {
    /// Columns of the elements in row order.
    pub(super) fn build<'a>(rows: impl Iterator<Item = &'a Properties>) -> Self {
        let mut builders: HashMap<KeyId, ColumnBuilder> = HashMap::new();
        for (row, properties) in (0_u32..).zip(rows) {
            for (key, property) in properties.iter() {
                let builder = builders.entry(key).or_default();
                builder.rows.push(row);
                builder.cells.push(property.clone());
            }
        }
        let mut columns: Vec<_> = builders.into_iter().map(|(key, builder)| (key, builder.build())).collect();
        columns.sort_unstable_by_key(|(key, _)| *key);
        Self { columns }
    }

    pub(super) fn get(&self, row: u32, key: KeyId) -> Option<Property> {
        let at = self.columns.binary_search_by_key(&key, |(own, _)| *own).ok()?;
        self.columns[at].1.get(row)
    }

    pub(super) fn all(&self, row: u32) -> Properties {
        let present = |(key, column): &(KeyId, Column)| Some((*key, column.get(row)?));
        self.columns.iter().filter_map(present).collect()
    }
}

/// Validities of many elements: each end in four bytes, attestations apart.
#[derive(Clone, Debug, Default)]
pub(super) struct ValidityColumn {
    from: Vec<i32>,
    to: Vec<i32>,
    attested: Vec<(u32, Vec<Date>)>,
}

const OPEN: i32 = i32::MAX;
const UNKNOWN: i32 = i32::MIN;

fn pack_bound(bound: Bound) -> i32 {
    match bound {
        Bound::Open => OPEN,
        Bound::Unknown => UNKNOWN,
        Bound::Known(date) => date.first_day().number() * 4 + date.precision() as i32,
    }
}

fn unpack_bound(packed: i32) -> Bound {
    match packed {
        OPEN => Bound::Open,
        UNKNOWN => Bound::Unknown,
        packed => {
            let precision = match packed.rem_euclid(4) {
                0 => Precision::Year,
                1 => Precision::Month,
                _ => Precision::Day,
            };
            Bound::Known(Date::from_first_day(Day::from_number(packed.div_euclid(4)), precision))
        }
    }
}

impl ValidityColumn {
    pub(super) fn build<'a>(rows: impl Iterator<Item = &'a Validity>) -> Self {
        let mut column = Self::default();
        for (row, validity) in (0_u32..).zip(rows) {
            column.from.push(pack_bound(validity.from));
            column.to.push(pack_bound(validity.to));
            if !validity.attested.is_empty() {
                column.attested.push((row, validity.attested.clone()));
            }
        }
        column
    }

    pub(super) fn get(&self, row: u32) -> Validity {
        let position = row as usize;
        let attested = self.attested.binary_search_by_key(&row, |(own, _)| *own);
        Validity {
            from: self.from.get(position).map_or(Bound::Unknown, |packed| unpack_bound(*packed)),
            to: self.to.get(position).map_or(Bound::Unknown, |packed| unpack_bound(*packed)),
            attested: attested.map_or_else(|_| Vec::new(), |at| self.attested[at].1.clone()),
        }
    }
}
