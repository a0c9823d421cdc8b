//! The packer of rows: for memory, for chunks and for the rows of a load, which are bytes that were sorted on disk.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::hash::Hash;

use super::chunk::ColumnChunk;
use super::data::{ColumnData, REPEATS};
use super::row_group::RowGroup;
use super::text_lists::{MANY_LISTS, TextListPacker, TextLists};
use crate::graph::{KeyId, Property};
use crate::value::Value;

/// What decides about the form of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CellKind {
    Boolean,
    Integer,
    Float,
    Text,
    /// A list of texts alone.
    Texts,
    Other,
}

/// What a cell holds, without a copy.
#[derive(Clone, Debug)]
pub(crate) enum CellValue<'a> {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(&'a str),
    Texts(Vec<&'a str>),
    Other,
}

/// A property that is packed, wherever it lies.
pub(crate) trait Cell<'a>: Copy {
    /// Why it cannot be read.
    type Error;
    /// Equal for cells that hold the same to the last bit, and for no others.
    type Identity: Eq + Hash;

    fn kind(self) -> CellKind;
    fn identity(self) -> Self::Identity;
    fn value(self) -> Result<CellValue<'a>, Self::Error>;
    fn property(self) -> Result<Property, Self::Error>;
}

/// A property in memory, as [`Cell::identity`] tells it from others.
#[derive(PartialEq, Eq, Hash)]
pub(crate) enum PropertyIdentity<'a> {
    Text(&'a str),
    /// The debug form tells -0.0 from 0.0 and every kind of value from every other.
    Other(String),
}

impl<'a> Cell<'a> for &'a Property {
    type Error = Infallible;
    type Identity = PropertyIdentity<'a>;

    fn kind(self) -> CellKind {
        let Property::Fixed(value) = self else { return CellKind::Other };
        match value {
            Value::Boolean(_) => CellKind::Boolean,
            Value::Integer(_) => CellKind::Integer,
            Value::Float(_) => CellKind::Float,
            Value::Text(_) => CellKind::Text,
            Value::List(items) if items.iter().all(|item| item.as_text().is_some()) => CellKind::Texts,
            Value::List(_) | Value::Date(_) => CellKind::Other,
        }
    }

    fn identity(self) -> PropertyIdentity<'a> {
        match self {
            Property::Fixed(Value::Text(text)) => PropertyIdentity::Text(text),
            other => PropertyIdentity::Other(format!("{other:?}")),
        }
    }

    fn value(self) -> Result<CellValue<'a>, Infallible> {
        let Property::Fixed(value) = self else { return Ok(CellValue::Other) };
        Ok(match value {
            Value::Boolean(truth) => CellValue::Boolean(*truth),
            Value::Integer(number) => CellValue::Integer(*number),
            Value::Float(number) => CellValue::Float(*number),
            Value::Text(text) => CellValue::Text(text),
            Value::List(items) => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_text).collect();
                texts.map_or(CellValue::Other, CellValue::Texts)
            }
            Value::Date(_) => CellValue::Other,
        })
    }

    fn property(self) -> Result<Property, Infallible> {
        Ok(self.clone())
    }
}

/// Cells in the tightest form that holds them exactly.
///
/// # Errors
/// If a cell cannot be read.
pub(super) fn pack<'a, C: Cell<'a>>(cells: &[C]) -> Result<ColumnData, C::Error> {
    let first = cells.first().map_or(CellKind::Boolean, |cell| cell.kind());
    let kind = if cells.iter().all(|cell| cell.kind() == first) { first } else { CellKind::Other };
    Ok(match kind {
        CellKind::Boolean => ColumnData::Boolean(values(cells, |value| match value {
            CellValue::Boolean(truth) => Some(truth),
            _ => None,
        })?),
        CellKind::Integer => ColumnData::Integer(values(cells, |value| match value {
            CellValue::Integer(number) => Some(number),
            _ => None,
        })?),
        CellKind::Float => ColumnData::Float(values(cells, |value| match value {
            CellValue::Float(number) => Some(number),
            _ => None,
        })?),
        CellKind::Text => {
            let texts: Vec<&str> = values(cells, |value| match value {
                CellValue::Text(text) => Some(text),
                _ => None,
            })?;
            match ColumnData::of_texts(&texts) {
                Some(packed) => packed,
                None => ColumnData::Any(properties(cells)?),
            }
        }
        CellKind::Texts | CellKind::Other => pack_others(cells)?,
    })
}

/// What `pick` takes of cells that are all of the kind that it takes.
fn values<'a, C: Cell<'a>, T>(
    cells: &[C],
    pick: impl Fn(CellValue<'a>) -> Option<T>,
) -> Result<Vec<T>, C::Error> {
    cells.iter().filter_map(|cell| cell.value().map(&pick).transpose()).collect()
}

/// Few different values, or lists of texts of which many differ, or neither.
fn pack_others<'a, C: Cell<'a>>(cells: &[C]) -> Result<ColumnData, C::Error> {
    let coded = coded(cells);
    let many = coded.as_ref().is_none_or(|(_, different)| different.len() > MANY_LISTS);
    let lists = if many { lists_of(cells)? } else { None };
    Ok(match (coded, lists) {
        (_, Some(lists)) => ColumnData::TextLists(lists),
        (Some((codes, different)), None) => {
            ColumnData::Dictionary { codes, dictionary: properties(&different)? }
        }
        (None, None) => ColumnData::Any(properties(cells)?),
    })
}

/// The number of each cell, and the cells that differ; `None` if too many do.
fn coded<'a, C: Cell<'a>>(cells: &[C]) -> Option<(Vec<u16>, Vec<C>)> {
    let most = (cells.len() / REPEATS).max(1);
    let mut known: HashMap<C::Identity, u16> = HashMap::new();
    let mut different = Vec::new();
    let mut codes = Vec::with_capacity(cells.len());
    for cell in cells {
        // One number less than there are, so that a slice may mark a place as free.
        let next = u16::try_from(different.len()).unwrap_or(u16::MAX);
        let code = *known.entry(cell.identity()).or_insert(next);
        if code == next {
            if different.len() >= most || next == u16::MAX {
                return None;
            }
            different.push(*cell);
        }
        codes.push(code);
    }
    Some((codes, different))
}

/// The items of lists of texts, if they repeat.
fn lists_of<'a, C: Cell<'a>>(cells: &[C]) -> Result<Option<TextLists>, C::Error> {
    let mut packer = TextListPacker::default();
    for cell in cells {
        let items = match cell.value()? {
            CellValue::Texts(items) => Some(items.into_iter().map(Some)),
            _ => None,
        };
        if !packer.push(items) {
            return Ok(None);
        }
    }
    Ok(packer.finish())
}

fn properties<'a, C: Cell<'a>>(cells: &[C]) -> Result<Vec<Property>, C::Error> {
    cells.iter().map(|cell| cell.property()).collect()
}

/// Puts a row group together, row by row.
pub(crate) struct RowGroupBuilder<C> {
    group: RowGroup,
    columns: BTreeMap<KeyId, (Vec<u32>, Vec<C>)>,
}

impl<C> Default for RowGroupBuilder<C> {
    fn default() -> Self {
        Self { group: RowGroup::default(), columns: BTreeMap::new() }
    }
}

impl<'a, C: Cell<'a>> RowGroupBuilder<C> {
    /// Begins a row: start, end and the dates on which it is attested, packed.
    pub(crate) fn row(&mut self, (from, to): (i32, i32), attested: &[i32]) {
        if !attested.is_empty() {
            let row = self.group.len() as u32;
            self.group.attested.push(row, attested.iter().copied());
        }
        self.group.from.push(from);
        self.group.to.push(to);
    }

    /// Adds a cell to the row that was begun last; a row has one cell a key.
    pub(crate) fn cell(&mut self, key: KeyId, cell: C) {
        let row = self.group.len().saturating_sub(1) as u32;
        let (rows, cells) = self.columns.entry(key).or_default();
        rows.push(row);
        cells.push(cell);
    }

    /// The row group.
    ///
    /// # Errors
    /// If a cell cannot be read.
    pub(crate) fn finish(self) -> Result<RowGroup, C::Error> {
        let Self { mut group, columns } = self;
        let count = group.len();
        for (key, (rows, cells)) in columns {
            group.columns.push((key, ColumnChunk::of(rows, count, pack(&cells)?)));
        }
        Ok(group)
    }
}
