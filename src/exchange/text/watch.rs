//! Limits of a file, met before it is read on: a file may be a pipe that never ends.

use std::io::{self, Read};

use super::TextForm;
use super::encoding::{is_wide, utf16_of};
use super::separator::Separator;
use crate::exchange::fault::Fault;
use crate::exchange::limits::{CELL_BYTES, COLUMNS, ROW_BYTES, TABLE_BYTES, TABLE_ROWS};

/// Bytes that are enough to see the first row.
const FIRST_ROW: usize = 1 << 16;

/// Follows quotes and separators through a byte stream, so that what is endless is met before it is read.
struct LimitCheck {
    separator: u8,
    quoted: bool,
    /// Bytes of the present cell, of its row, and of all.
    cell: usize,
    line: usize,
    bytes: usize,
    column: usize,
    row: u64,
    opened: u64,
}

/// What must not be read on.
enum Stop {
    Cell { row: u64, column: usize },
    Row { row: u64 },
    Columns { row: u64 },
    Bytes,
    Rows,
    Nul { row: u64 },
}

impl LimitCheck {
    fn new(separator: u8) -> Self {
        Self { separator, quoted: false, cell: 0, line: 0, bytes: 0, column: 0, row: 0, opened: 0 }
    }

    fn look(&mut self, bytes: &[u8]) -> Option<Stop> {
        for &byte in bytes {
            self.line += 1;
            match byte {
                0 => return Some(Stop::Nul { row: self.row + 1 }),
                b'"' => {
                    self.quoted = !self.quoted;
                    self.opened = self.row + 1;
                    self.cell += 1;
                }
                byte if byte == self.separator && !self.quoted => {
                    (self.cell, self.column) = (0, self.column + 1)
                }
                b'\n' if !self.quoted => {
                    (self.cell, self.line, self.column) = (0, 0, 0);
                    self.row += 1;
                }
                _ => self.cell += 1,
            }
            let row = self.row + 1;
            if self.cell > CELL_BYTES {
                return Some(Stop::Cell { row, column: self.column });
            }
            if self.column >= COLUMNS {
                return Some(Stop::Columns { row });
            }
            if self.line > ROW_BYTES {
                return Some(Stop::Row { row });
            }
        }
        self.bytes += bytes.len();
        // The header is a row too.
        match (self.bytes > TABLE_BYTES, self.row > TABLE_ROWS + 1) {
            (true, _) => Some(Stop::Bytes),
            (false, true) => Some(Stop::Rows),
            (false, false) => None,
        }
    }

    /// The fault of what must not be read on, or of a quote that is open at the end.
    fn fault(&self, file: &str, bytes: &[u8], stop: Option<&Stop>, ended: bool) -> Option<Box<Fault>> {
        if let Some(stop) = stop {
            return Some(Box::new(stopped(file, bytes, self.separator, stop)));
        }
        let remedy = "close it, or double it inside a value";
        let fault = || Fault::new(file, "csv", "a quote is opened and never closed", remedy).at(self.opened);
        (ended && self.quoted).then(|| Box::new(fault()))
    }
}

/// All bytes, unless a limit is passed, a NUL is met or a quote stays open.
pub(super) fn read_watched(
    file: &str,
    mut reader: impl Read,
    form: &TextForm,
) -> io::Result<Result<Vec<u8>, Box<Fault>>> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0_u8; 1 << 16];
    let mut watch: Option<LimitCheck> = None;
    let mut seen = 0;
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        bytes.extend_from_slice(chunk.get(..count).unwrap_or(&[]));
        if is_wide(form.encoding) || utf16_of(&bytes).is_some() {
            // Letters of two bytes are watched when they are read.
            if bytes.len() > TABLE_BYTES {
                return Ok(Err(Box::new(stopped(file, &bytes, Separator::COMMA.byte, &Stop::Bytes))));
            }
            if count == 0 {
                return Ok(Ok(bytes));
            }
            continue;
        }
        if watch.is_none() && (count == 0 || bytes.len() >= FIRST_ROW || bytes.contains(&b'\n')) {
            watch = Some(LimitCheck::new(form.delimiter.unwrap_or(Separator::of(&bytes).byte)));
        }
        let Some(watch) = &mut watch else { continue };
        let stop = watch.look(bytes.get(seen..).unwrap_or_default());
        seen = bytes.len();
        if let Some(fault) = watch.fault(file, &bytes, stop.as_ref(), count == 0) {
            return Ok(Err(fault));
        }
        if count == 0 {
            return Ok(Ok(bytes));
        }
    }
}

/// What is wrong with text that was read from letters of two bytes.
pub(super) fn watch_text(file: &str, text: &str, separator: u8) -> Option<Box<Fault>> {
    let mut watch = LimitCheck::new(separator);
    let stop = watch.look(text.as_bytes());
    watch.fault(file, text.as_bytes(), stop.as_ref(), true)
}

fn stopped(file: &str, bytes: &[u8], separator: u8, stop: &Stop) -> Fault {
    match *stop {
        Stop::Nul { row } => {
            Fault::new(file, "csv", "a NUL byte stands in the text", "remove it; is this a CSV file?").at(row)
        }
        Stop::Cell { row, column } => {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let header = String::from_utf8_lossy(line.get(..line.len().min(CELL_BYTES)).unwrap_or_default());
            let name = header
                .trim_start_matches('\u{FEFF}')
                .trim_end()
                .split(char::from(separator))
                .nth(column)
                .map(str::to_owned);
            let message = format!("a cell is longer than {CELL_BYTES} bytes (1 MiB)");
            let fault = Fault::new(file, "csv", message, "shorten it; is a quote missing?").at(row);
            match name.filter(|_| row > 1) {
                Some(name) => fault.of(name.trim_matches('"')),
                None => fault,
            }
        }
        Stop::Row { row } => {
            let message = format!("a row is longer than {ROW_BYTES} bytes (16 MiB)");
            Fault::new(file, "csv", message, "shorten it; is a quote missing?").at(row)
        }
        Stop::Columns { row } => too_many_columns(file, row),
        Stop::Bytes => table_too_large(file),
        Stop::Rows => too_large(file, &format!("{TABLE_ROWS} rows")),
    }
}

/// The fault of a row with more cells than any table may have columns.
pub(in crate::exchange) fn too_many_columns(file: &str, row: u64) -> Fault {
    let message = format!("the row has more than {COLUMNS} cells, the limit of a table");
    Fault::new(file, "csv", message, "keep the columns of the table; is this a CSV file?").at(row)
}

/// The fault of a table with more bytes than one may have that is held in memory.
pub(in crate::exchange) fn table_too_large(file: &str) -> Fault {
    too_large(file, &format!("{TABLE_BYTES} bytes (256 MiB)"))
}

fn too_large(file: &str, limit: &str) -> Fault {
    let message = format!("the table has more than {limit}, the limit of one that is read as a whole");
    Fault::new(file, "csv", message, "split it, and import the parts one after the other in the mode append")
}
