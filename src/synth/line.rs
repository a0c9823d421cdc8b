//! How is a row written without a string for each cell?

use super::dates::{Period, PeriodEnd};

/// A row of a table in the making: cells in order, each closed by a comma. No text of this data set has
/// a comma, a quote or a line feed.
pub(super) struct CsvRow<'o>(&'o mut Vec<u8>);

impl<'o> CsvRow<'o> {
    /// The next row.
    pub(super) fn new(out: &'o mut Vec<u8>) -> Self {
        Self(out)
    }

    /// A cell of parts.
    pub(super) fn text(&mut self, parts: &[&str]) -> &mut Self {
        for part in parts {
            self.0.extend_from_slice(part.as_bytes());
        }
        self.close()
    }

    /// So many empty cells.
    pub(super) fn empty(&mut self, cells: usize) -> &mut Self {
        self.0.extend(std::iter::repeat_n(b',', cells));
        self
    }

    /// An id: a letter and a number of at least seven digits.
    pub(super) fn id(&mut self, letter: &str, number: u64) -> &mut Self {
        self.open_id(letter, number).close()
    }

    /// An id with something after it.
    pub(super) fn id_and(&mut self, letter: &str, number: u64, rest: &str) -> &mut Self {
        self.open_id(letter, number).text(&[rest])
    }

    fn open_id(&mut self, letter: &str, number: u64) -> &mut Self {
        self.0.extend_from_slice(letter.as_bytes());
        self.digits(number, 7)
    }

    /// A number of so many decimals, given as a whole number of the last of them.
    pub(super) fn decimal(&mut self, number: u64, decimals: usize) -> &mut Self {
        let scale = 10_u64.pow(decimals as u32);
        self.digits(number / scale, 1);
        self.0.push(b'.');
        self.digits(number % scale, decimals).close()
    }

    /// `valid_from`, `valid_to`, `attested`.
    pub(super) fn period(&mut self, period: Period) -> &mut Self {
        self.end(period.from).end(period.to);
        if let Some(date) = period.attested {
            date.write(self.0);
        }
        self.close()
    }

    fn end(&mut self, end: PeriodEnd) -> &mut Self {
        match end {
            PeriodEnd::Known(date) => date.write(self.0),
            PeriodEnd::Open => self.0.extend_from_slice(b".."),
            PeriodEnd::Unknown => {}
        }
        self.close()
    }

    /// Ends the row in place of the last comma.
    pub(super) fn finish(&mut self) {
        if let Some(last) = self.0.last_mut() {
            *last = b'\n';
        }
    }

    fn close(&mut self) -> &mut Self {
        self.0.push(b',');
        self
    }

    /// Digits, with zeros before them.
    fn digits(&mut self, number: u64, least: usize) -> &mut Self {
        let mut digits = [b'0'; 20];
        let (mut left, mut at) = (number, digits.len());
        while left > 0 || digits.len() - at < least {
            at -= 1;
            digits[at] = b'0' + (left % 10) as u8;
            left /= 10;
        }
        self.0.extend_from_slice(&digits[at..]);
        self
    }
}
