//! Some rows of a table at a time, wherever they come from.

use super::rows::TextRows;
use crate::exchange::text::RawRow;

/// Whole rows of a table.
pub(in crate::exchange) enum Block<'t> {
    /// Text of a file, and the number of its first row.
    Text {
        /// The rows.
        text: String,
        /// The first row of the file is 1.
        first_row: u64,
        /// What separates the cells.
        separator: u8,
    },
    /// Rows of a table that was read as a whole.
    Whole(&'t [RawRow]),
    /// Rows that were made of those of another table.
    Made {
        /// The rows.
        rows: MadeRows,
        /// Bytes of the block that they were made of.
        bytes: usize,
    },
}

impl Block<'_> {
    /// How many bytes were read for it.
    pub(in crate::exchange) fn bytes(&self) -> usize {
        match self {
            Self::Text { text, .. } => text.len(),
            Self::Whole(rows) => rows.iter().map(bytes_of).sum(),
            Self::Made { bytes, .. } => *bytes,
        }
    }

    /// Its rows, before the first one.
    pub(in crate::exchange) fn rows(&self) -> RowCursor<'_> {
        match self {
            Self::Text { text, first_row, separator } => {
                RowCursor::Text(TextRows::new(text, *first_row, *separator))
            }
            Self::Whole(rows) => RowCursor::Whole { rows, next: 0 },
            Self::Made { rows, .. } => RowCursor::Made { rows, next: 0 },
        }
    }
}

/// About how many bytes a row takes in its file.
pub(in crate::exchange) fn bytes_of(row: &RawRow) -> usize {
    row.cells.as_slice().len() + row.cells.len()
}

/// Rows of equally many cells, side by side in one text.
#[derive(Debug, Default)]
pub(in crate::exchange) struct MadeRows {
    width: usize,
    text: String,
    ends: Vec<usize>,
    numbers: Vec<u64>,
}

impl MadeRows {
    /// No row yet; each is to have so many cells.
    pub(in crate::exchange) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Adds a row; what it has fewer cells than others is empty.
    pub(in crate::exchange) fn push<'c>(&mut self, number: u64, cells: impl Iterator<Item = &'c str>) {
        for cell in cells.chain(std::iter::repeat("")).take(self.width) {
            self.text.push_str(cell);
            self.ends.push(self.text.len());
        }
        self.numbers.push(number);
    }

    fn cell(&self, row: usize, at: usize) -> &str {
        let place = row * self.width + at;
        let end = self.ends.get(place).copied().filter(|_| at < self.width);
        let start = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        end.and_then(|end| self.text.get(start..end)).unwrap_or_default()
    }
}

/// Walks through the rows of a block.
pub(in crate::exchange) enum RowCursor<'b> {
    /// Of a text.
    Text(TextRows<'b>),
    /// Of a table that was read as a whole; `next` is behind the present one.
    Whole {
        /// All rows.
        rows: &'b [RawRow],
        /// The next one.
        next: usize,
    },
    /// Rows that were made; likewise.
    Made {
        /// All rows.
        rows: &'b MadeRows,
        /// The next one.
        next: usize,
    },
}

impl RowCursor<'_> {
    /// Goes to the next row; false at the end.
    pub(in crate::exchange) fn advance(&mut self) -> bool {
        match self {
            Self::Text(rows) => rows.advance(),
            Self::Whole { rows, next } => {
                *next += 1;
                *next <= rows.len()
            }
            Self::Made { rows, next } => {
                *next += 1;
                *next <= rows.numbers.len()
            }
        }
    }

    /// Number of the present row as a spreadsheet counts them.
    pub(in crate::exchange) fn number(&self) -> u64 {
        match self {
            Self::Text(rows) => rows.number(),
            Self::Whole { rows, next } => present(rows, *next).map_or(0, |row| row.number),
            Self::Made { rows, next } => present(&rows.numbers, *next).copied().unwrap_or(0),
        }
    }

    /// How many cells the present row has.
    pub(in crate::exchange) fn len(&self) -> usize {
        match self {
            Self::Text(rows) => rows.len(),
            Self::Whole { rows, next } => present(rows, *next).map_or(0, |row| row.cells.len()),
            Self::Made { rows, .. } => rows.width,
        }
    }

    /// A cell of the present row; empty where there is none.
    pub(in crate::exchange) fn cell(&self, at: Option<usize>) -> &str {
        let Some(at) = at else { return "" };
        match self {
            Self::Text(rows) => rows.cell(at),
            Self::Whole { rows, next } => {
                present(rows, *next).and_then(|row| row.cells.get(at)).unwrap_or_default()
            }
            Self::Made { rows, next } => next.checked_sub(1).map_or("", |row| rows.cell(row, at)),
        }
    }

    /// All cells of the present row.
    pub(in crate::exchange) fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.cell(Some(at)))
    }
}

fn present<T>(rows: &[T], next: usize) -> Option<&T> {
    rows.get(next.checked_sub(1)?)
}
