//! The values of one key in the rows of a row group.

use std::ops::Range;

use super::data::ColumnData;
use super::rank_bitmap::RankBitmap;
use crate::graph::Property;

/// The values of one key in some rows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ColumnChunk {
    /// The rows that have a value; `None` = all.
    pub(crate) rows: Option<RankBitmap>,
    /// Their cells.
    pub(crate) cells: ColumnData,
}

impl ColumnChunk {
    /// A column of which these of `count` rows, ascending, have cells.
    pub(crate) fn of(rows: Vec<u32>, count: usize, cells: ColumnData) -> Self {
        Self { rows: (rows.len() < count).then(|| RankBitmap::of(rows)), cells }
    }

    pub(in crate::graph) fn place(&self, row: u32) -> Option<usize> {
        match &self.rows {
            None => Some(row as usize),
            Some(rows) => rows.contains(row).then(|| rows.rank(row)),
        }
    }

    pub(in crate::graph) fn get(&self, row: u32) -> Option<Property> {
        self.cells.get(self.place(row)?)
    }

    /// The rows of a range; `None` if no row of it has a value.
    pub(in crate::graph) fn slice(&self, range: &Range<u32>) -> Option<Self> {
        let Some(bits) = &self.rows else {
            let cells = self.cells.slice(range.start as usize..range.end as usize);
            return Some(Self { rows: None, cells });
        };
        let places = bits.rank(range.start)..bits.rank(range.end);
        let rows = range.clone().filter(|row| bits.contains(*row)).map(|row| row - range.start).collect();
        (!places.is_empty()).then(|| Self::of(rows, range.len(), self.cells.slice(places)))
    }
}
