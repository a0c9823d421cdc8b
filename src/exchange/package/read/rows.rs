//! The cells of a text, row by row: as the `csv` crate reads them, without a copy where none is needed.

use memchr::memchr;

/// Walks through the rows of a text.
pub(in crate::exchange) struct TextRows<'b> {
    text: &'b str,
    separator: u8,
    at: usize,
    line: u64,
    number: u64,
    /// Where each cell of the present row begins and ends; behind the end of the text lie the cells that
    /// had to be put together.
    cells: Vec<(usize, usize)>,
    joined: String,
}

impl<'b> TextRows<'b> {
    /// The rows of a text whose first row has a number.
    pub(super) fn new(text: &'b str, first_row: u64, separator: u8) -> Self {
        let (cells, joined) = (Vec::new(), String::new());
        Self { text, separator, at: 0, line: first_row, number: first_row, cells, joined }
    }

    /// Goes to the next row; false at the end. Empty rows count and are passed over.
    pub(super) fn advance(&mut self) -> bool {
        let bytes = self.text.as_bytes();
        self.cells.clear();
        self.joined.clear();
        loop {
            match bytes.get(self.at) {
                None => return false,
                Some(b'\n') => self.line += 1,
                Some(b'\r') => {}
                Some(_) => break,
            }
            self.at += 1;
        }
        self.number = self.line;
        loop {
            let cell = if bytes.get(self.at) == Some(&b'"') { self.quoted() } else { self.plain(self.at) };
            self.cells.push(cell);
            match bytes.get(self.at) {
                Some(byte) if *byte == self.separator => self.at += 1,
                Some(b'\r') => {
                    self.at += 2;
                    self.line += 1;
                    return true;
                }
                Some(_) => {
                    self.at += 1;
                    self.line += 1;
                    return true;
                }
                None => return true,
            }
        }
    }

    /// A cell without quotes, up to the comma or the end of its row.
    fn plain(&mut self, start: usize) -> (usize, usize) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let ends = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r');
        self.at += rest.iter().position(ends).unwrap_or(rest.len());
        (start, self.at)
    }

    /// A cell that begins with a quote. What follows the closing quote belongs to it.
    fn quoted(&mut self) -> (usize, usize) {
        let text = self.text;
        let bytes = text.as_bytes();
        let start = self.at + 1;
        self.at = start;
        let joined = self.joined.len();
        loop {
            let rest = bytes.get(self.at..).unwrap_or_default();
            let from = self.at;
            let close = memchr(b'"', rest).map_or(bytes.len(), |at| from + at);
            self.at = (close + 1).min(bytes.len());
            let after = bytes.get(close + 1);
            let ends = matches!(after, None | Some(b'\n' | b'\r')) || after == Some(&self.separator);
            if ends && from == start {
                return (start, close);
            }
            self.joined.push_str(text.get(from..close).unwrap_or_default());
            if bytes.get(close + 1) == Some(&b'"') {
                self.joined.push('"');
                self.at += 1;
                continue;
            }
            let (from, to) = self.plain(self.at);
            self.joined.push_str(text.get(from..to).unwrap_or_default());
            return (text.len() + joined, text.len() + self.joined.len());
        }
    }

    /// Number of the present row as a spreadsheet counts them.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// How many cells the present row has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell of the present row; empty where there is none.
    pub(super) fn cell(&self, at: usize) -> &str {
        let Some((from, to)) = self.cells.get(at).copied() else { return "" };
        let length = self.text.len();
        let cell = if from >= length {
            self.joined.get(from - length..to - length)
        } else {
            self.text.get(from..to)
        };
        cell.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn own(text: &str) -> Vec<Vec<String>> {
        let mut rows = TextRows::new(text, 1, b',');
        let mut all = Vec::new();
        while rows.advance() {
            all.push((0..rows.len()).map(|at| rows.cell(at).to_owned()).collect());
        }
        all
    }

    fn by_csv(text: &str) -> Vec<Vec<String>> {
        let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let rows = reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect());
        rows.collect()
    }

    #[test]
    fn numbers_count_empty_rows_and_not_the_lines_of_a_cell() {
        let mut rows = TextRows::new("a,\"x\ny\"\r\n\r\n\nb\n", 7, b',');
        let mut numbers = Vec::new();
        while rows.advance() {
            numbers.push(rows.number());
        }
        assert_eq!(numbers, [7, 10]);
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(
            parts in prop::collection::vec(
                prop::sample::select(vec!["a", "长", "\"", "\"\"", ",", "\n", "\r\n", " ", ";", "\"b,\"", "\"x\ny\""]),
                0..24,
            )
        ) {
            let text = parts.concat();
            prop_assert_eq!(own(&text), by_csv(&text), "{:?}", text);
        }
    }
}
