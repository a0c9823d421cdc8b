//! What must be known of all rows before the first one is read.

/// What the cells of each column have in common.
#[derive(Default)]
pub(super) struct Survey {
    columns: Vec<SurveyedCells>,
    rows: u64,
    /// The number in the first cell of the first row.
    first: Option<u64>,
    /// Whether the first cells of the rows count on from there.
    counts: bool,
}

#[derive(Clone, Copy)]
struct SurveyedCells {
    is_empty: bool,
    is_whole: bool,
}

impl Survey {
    /// Looks at the next row.
    pub(super) fn look<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        for (at, cell) in cells.map(str::trim).enumerate() {
            if at == self.columns.len() {
                self.columns.push(SurveyedCells { is_empty: true, is_whole: true });
            }
            let is_number = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(column) = self.columns.get_mut(at) {
                column.is_empty &= cell.is_empty();
                column.is_whole &= is_number;
            }
            if at == 0 {
                let number = if is_number { cell.parse().ok() } else { None };
                if self.rows == 0 {
                    (self.first, self.counts) = (number, number.is_some());
                }
                self.counts &= number.is_some() && number == self.next_number();
            }
        }
        self.rows += 1;
    }

    /// The number that the next row has if the first column counts the rows.
    fn next_number(&self) -> Option<u64> {
        self.first?.checked_add(self.rows)
    }

    /// Takes what was seen of the rows that follow: the same as looking at them one by one.
    pub(super) fn extend(&mut self, further: Self) {
        if self.rows == 0 {
            *self = further;
            return;
        }
        if further.rows == 0 {
            return;
        }
        self.counts &= further.counts && further.first == self.next_number();
        for (own, other) in self.columns.iter_mut().zip(&further.columns) {
            own.is_empty &= other.is_empty;
            own.is_whole &= other.is_whole;
        }
        self.rows += further.rows;
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether no cell of a column holds anything.
    pub(super) fn is_empty(&self, at: usize) -> bool {
        self.columns.get(at).is_none_or(|cells| cells.is_empty)
    }

    /// Whether each cell of a column is a whole number.
    pub(super) fn is_whole(&self, at: usize) -> bool {
        self.columns.get(at).is_some_and(|cells| cells.is_whole)
    }

    /// Whether the first column counts the rows, from 0 or 1.
    pub(super) fn counts_rows(&self) -> bool {
        self.counts && self.first.is_some_and(|first| first <= 1)
    }
}
