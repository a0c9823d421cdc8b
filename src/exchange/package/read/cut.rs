//! Where may a table be cut, so that its parts can be read at once?
//!
//! Only after a row. What quotes do to a row is decided as the `csv` crate decides it, with which a table is read as a
//! whole: a quote counts at the start of a cell and inside a quoted one.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter};

use crate::exchange::limits::CELL_BYTES;

/// A table that cannot be cut with certainty: it is read as a whole, which says what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Uncut;

/// Bytes of whole rows.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CutPiece {
    pub(super) bytes: Vec<u8>,
    /// Number of its first row as a spreadsheet counts them: the first row of the file is 1.
    pub(super) first_row: u64,
}

/// Cuts a file into blocks at the ends of rows.
pub(super) struct Cutter<R> {
    reader: R,
    /// Bytes to read at a time, and so about the size of a block.
    size: usize,
    separator: u8,
    rest: Vec<u8>,
    next_row: u64,
    begun: bool,
    ended: bool,
}

impl<R: Read> Cutter<R> {
    pub(super) fn new(reader: R, size: usize, separator: u8) -> Self {
        let rest = Vec::new();
        Self { reader, size: size.max(1), separator, rest, next_row: 1, begun: false, ended: false }
    }

    /// The next block; none at the end of the file.
    ///
    /// # Errors
    /// Of the system, and [`Uncut`].
    pub(super) fn next(&mut self) -> io::Result<Result<Option<CutPiece>, Uncut>> {
        loop {
            if self.ended && self.rest.is_empty() {
                return Ok(Ok(None));
            }
            if !self.ended {
                let wanted = self.size as u64;
                let count = self.reader.by_ref().take(wanted).read_to_end(&mut self.rest)?;
                self.ended = (count as u64) < wanted;
            }
            if !self.begun && (self.ended || self.rest.len() >= 3) {
                self.begun = true;
                if self.rest.starts_with(b"\xEF\xBB\xBF") {
                    self.rest.drain(..3);
                }
            }
            let Some(rows) = self.begun.then(|| scan(&self.rest, self.separator, self.ended)) else {
                continue;
            };
            let rows = match rows {
                Ok(rows) => rows,
                Err(uncut) => return Ok(Err(uncut)),
            };
            if rows.end > 0 {
                let rest = self.rest.split_off(rows.end);
                let bytes = std::mem::replace(&mut self.rest, rest);
                let first_row = self.next_row;
                self.next_row += rows.count;
                return Ok(Ok(Some(CutPiece { bytes, first_row })));
            }
        }
    }
}

/// The whole rows at the start of some bytes.
#[derive(Clone, Copy, Default)]
struct WholeRows {
    /// Where the last one ends.
    end: usize,
    count: u64,
}

impl WholeRows {
    fn take(&mut self, end: usize) -> Result<(), Uncut> {
        // A row that is longer than a cell may be may hold such a cell.
        if end - self.end > CELL_BYTES {
            return Err(Uncut);
        }
        *self = Self { end, count: self.count + 1 };
        Ok(())
    }
}

/// Finds the whole rows; `last` says that nothing follows the bytes.
fn scan(bytes: &[u8], separator: u8, last: bool) -> Result<WholeRows, Uncut> {
    if memchr(0, bytes).is_some() {
        return Err(Uncut);
    }
    let mut rows = match memchr(b'"', bytes) {
        None => scan_plain(bytes),
        Some(_) => scan_quoted(bytes, separator, last),
    }?;
    if bytes.len() - rows.end > CELL_BYTES {
        return Err(Uncut);
    }
    if last && rows.end < bytes.len() {
        if bytes.last() == Some(&b'\r') {
            return Err(Uncut);
        }
        rows.take(bytes.len())?;
    }
    Ok(rows)
}

fn scan_plain(bytes: &[u8]) -> Result<WholeRows, Uncut> {
    let mut rows = WholeRows::default();
    for at in memchr_iter(b'\n', bytes) {
        rows.take(at + 1)?;
    }
    let whole = bytes.get(..rows.end).unwrap_or_default();
    if memchr_iter(b'\r', whole).any(|at| whole.get(at + 1) != Some(&b'\n')) {
        return Err(Uncut);
    }
    Ok(rows)
}

/// Where in a cell a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CutState {
    Start,
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell: its end, or half of a doubled quote.
    Closing,
}

fn scan_quoted(bytes: &[u8], separator: u8, last: bool) -> Result<WholeRows, Uncut> {
    let mut rows = WholeRows::default();
    let mut within = CutState::Start;
    let mut odd = false;
    for (at, byte) in bytes.iter().enumerate() {
        odd ^= *byte == b'"';
        within = match (within, *byte) {
            (CutState::Start | CutState::Closing, b'"') => CutState::Quoted,
            (CutState::Quoted, b'"') => CutState::Closing,
            (CutState::Quoted, _) => CutState::Quoted,
            (_, byte) if byte == separator => CutState::Start,
            (_, b'\n') => {
                // A reader of whole tables counts every quote: it sees one open here, and says so.
                if odd {
                    return Err(Uncut);
                }
                rows.take(at + 1)?;
                CutState::Start
            }
            (_, b'\r') => match bytes.get(at + 1) {
                Some(b'\n') => CutState::Plain,
                None if !last => break,
                _ => return Err(Uncut),
            },
            // Blanks before the separator do no harm.
            (CutState::Closing, b' ' | b'\t') => CutState::Closing,
            // Text after a closing quote is a fault.
            (CutState::Closing, _) => return Err(Uncut),
            _ => CutState::Plain,
        };
    }
    if last && odd { Err(Uncut) } else { Ok(rows) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, size: usize) -> Result<Vec<(String, u64)>, Uncut> {
        let mut cutter = Cutter::new(text.as_bytes(), size, b',');
        let mut blocks = Vec::new();
        while let Some(block) = cutter.next().unwrap()? {
            blocks.push((String::from_utf8(block.bytes).unwrap(), block.first_row));
        }
        Ok(blocks)
    }

    #[test]
    fn blocks_end_with_their_rows_at_every_size() {
        let text = "\u{FEFF}id,name\r\na,\"two\nlines, \"\"quoted\"\"\"\r\n\n乙,x\nb,5\"\"6\nlast,\"\"";
        let rows = [
            "id,name\r\n",
            "a,\"two\nlines, \"\"quoted\"\"\"\r\n",
            "\n",
            "乙,x\n",
            "b,5\"\"6\n",
            "last,\"\"",
        ];
        for size in 1..=text.len() + 1 {
            let blocks = cut(text, size).unwrap();
            let mut row = 0;
            for (block, first) in blocks {
                assert_eq!(first as usize, row + 1, "size {size}");
                let mut whole = String::new();
                while whole.len() < block.len() {
                    whole += rows[row];
                    row += 1;
                }
                assert_eq!(whole, block, "size {size}");
            }
            assert_eq!(row, rows.len(), "size {size}");
        }
    }

    #[test]
    fn what_cannot_be_cut_with_certainty_is_not_cut() {
        let long = format!("a,{}\n", "x".repeat(CELL_BYTES));
        let cases =
            ["a,b\0\n", "a,\"b\nc,d\n", "a,b\"c\nd,e\"\n", "a,b\rc,d\n", "a,\"b\"\rc,d\n", "a,b\r", &long];
        for text in cases {
            for size in [1, 3, 1 << 21] {
                assert_eq!(cut(text, size), Err(Uncut), "{:?} by {size}", text.get(..10));
                if text.len() > 100 {
                    break;
                }
            }
        }
    }
}
