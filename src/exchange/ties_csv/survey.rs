//! What must be known of all rows before the first one is read.

/// What the cells of each column have in common.
#[derive(Default)]
pub(in crate::exchange) struct Survey {
    columns: Vec<Cells>,
    rows: u64,
    /// Whether the first column counts the rows, and from where.
    first: Option<u64>,
    counts: bool,
}

#[derive(Clone, Copy)]
struct Cells {
    is_empty: bool,
    is_whole: bool,
}

impl Survey {
    /// Looks at the next row.
    pub(in crate::exchange) fn look<'c>(&mut self, cells: impl Iterator<Item = &'c str>) {
        for (at, cell) in cells.map(str::trim).enumerate() {
            if at == self.columns.len() {
                self.columns.push(Cells { is_empty: true, is_whole: true });
            }
            let is_number = !cell.is_empty() && cell.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(column) = self.columns.get_mut(at) {
                column.is_empty &= cell.is_empty();
                column.is_whole &= is_number;
            }
            if at == 0 {
                let number = if is_number { cell.parse().ok() } else { None };
                if self.rows == 0 {
                    self.first = number.filter(|number| *number <= 1);
                    self.counts = self.first.is_some();
                }
                self.counts &= number == self.first.map(|first| first + self.rows);
            }
        }
        self.rows += 1;
    }

    /// How many rows there are.
    pub(in crate::exchange) fn rows(&self) -> u64 {
        self.rows
    }

    /// Whether no cell of a column holds anything.
    pub(in crate::exchange) fn is_empty(&self, at: usize) -> bool {
        self.columns.get(at).is_none_or(|cells| cells.is_empty)
    }

    /// Whether each cell of a column is a whole number.
    pub(in crate::exchange) fn is_whole(&self, at: usize) -> bool {
        self.columns.get(at).is_some_and(|cells| cells.is_whole)
    }

    /// Whether the first column counts the rows, from 0 or 1.
    pub(in crate::exchange) fn counts_rows(&self) -> bool {
        self.counts
    }
}
