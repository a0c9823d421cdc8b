//! A row group: validities and properties of some rows, column by column, in a chunk as in memory.

use std::collections::HashMap;
use std::ops::Range;

use super::chunk::ColumnChunk;
use super::data::ColumnDataBuilder;
use super::packer::RowGroupBuilder;
use super::validity::{Attestations, pack_bound, pack_date, unpack_bound};
use crate::graph::read::PropertyRef;
use crate::graph::{KeyId, Properties, Property};
use crate::value::{Bound, Validity};

/// Validities and properties of some rows, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RowGroup {
    /// Starts, as [`pack_bound`] writes them.
    pub(crate) from: Vec<i32>,
    /// Ends likewise.
    pub(crate) to: Vec<i32>,
    /// Attestations.
    pub(crate) attested: Attestations,
    /// Columns in the order of their keys.
    pub(crate) columns: Vec<(KeyId, ColumnChunk)>,
}

impl RowGroup {
    /// Packs rows.
    pub(crate) fn pack<'a>(rows: impl Iterator<Item = (&'a Validity, &'a Properties)>) -> Self {
        let mut builder = RowGroupBuilder::default();
        let mut attested = Vec::new();
        for (validity, properties) in rows {
            attested.clear();
            attested.extend(validity.attested.iter().map(|date| pack_date(*date)));
            builder.row((pack_bound(validity.from), pack_bound(validity.to)), &attested);
            properties.iter().for_each(|(key, property)| builder.cell(key, property));
        }
        let Ok(group) = builder.finish();
        group
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.from.len()
    }

    /// When a row holds.
    pub(in crate::graph) fn validity(&self, row: u32) -> Validity {
        let (from, to) = self.bounds(row);
        Validity { from, to, attested: self.attested.of(row) }
    }

    /// What a row holds.
    pub(in crate::graph) fn properties(&self, row: u32) -> Properties {
        self.columns.iter().filter_map(|(key, part)| Some((*key, part.get(row)?))).collect()
    }

    /// Validity and properties of one row.
    pub(crate) fn row(&self, row: u32) -> (Validity, Properties) {
        (self.validity(row), self.properties(row))
    }

    /// Start and end of a row.
    pub(in crate::graph) fn bounds(&self, row: u32) -> (Bound, Bound) {
        let end =
            |ends: &[i32]| ends.get(row as usize).map_or(Bound::Unknown, |packed| unpack_bound(*packed));
        (end(&self.from), end(&self.to))
    }

    /// The column of a key.
    pub(in crate::graph) fn column(&self, key: KeyId) -> Option<&ColumnChunk> {
        let at = self.columns.binary_search_by_key(&key, |(own, _)| *own).ok()?;
        Some(&self.columns[at].1)
    }

    /// What a row holds under a key.
    pub(in crate::graph) fn property(&self, row: u32, key: KeyId) -> Option<Property> {
        self.column(key)?.get(row)
    }

    /// The same where it lies.
    pub(in crate::graph) fn property_ref(&self, row: u32, key: KeyId) -> Option<PropertyRef<'_>> {
        let column = self.column(key)?;
        column.cells.get_ref(column.place(row)?)
    }

    /// Calls `see` with every row of a range and text under a key, row by row.
    pub(in crate::graph) fn texts(&self, key: KeyId, rows: Range<u32>, mut see: impl FnMut(u32, &str)) {
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

    /// Joins ranges of several row groups into one.
    pub(in crate::graph) fn joined(parts: &[(&Self, Range<u32>)]) -> Self {
        let mut joined = Self::default();
        let mut columns: HashMap<KeyId, (Vec<u32>, ColumnDataBuilder)> = HashMap::new();
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
            .map(|(key, (rows, cells))| (key, ColumnChunk::of(rows, first as usize, cells.finish())))
            .collect();
        joined.columns.sort_unstable_by_key(|(key, _)| *key);
        joined
    }
}
