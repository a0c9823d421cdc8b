//! From the bytes of a CSV file to its rows: size, encoding, quotes, even rows.

use std::borrow::Cow;
use std::io::{self, Read};

use crate::exchange::fault::Fault;
use crate::exchange::limits::{CELL_BYTES, COLUMNS, FAULTS, ROW_BYTES, TABLE_BYTES, TABLE_ROWS};

/// One row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Its number in a spreadsheet: the header is row 1.
    pub(crate) number: u64,
    pub(crate) cells: csv::StringRecord,
    /// Whether it has another number of cells than the header.
    pub(crate) ragged: bool,
}

/// A table as it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawTable {
    /// Name of the table: the file name without `.csv`.
    pub(crate) name: String,
    /// File name.
    pub(crate) file: String,
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// Follows quotes and separators through a byte stream, so that what is endless is met before it is read.
#[derive(Default)]
struct Watch {
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

impl Watch {
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
                b',' if !self.quoted => (self.cell, self.column) = (0, self.column + 1),
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
}

/// Reads a table. Faults of the file as a whole leave the table out; uneven rows do not.
pub(crate) fn read_table(
    file: &str,
    reader: impl Read,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<RawTable>> {
    let bytes = match read_watched(file, reader)? {
        Ok(bytes) => bytes,
        Err(fault) => {
            faults.push(*fault);
            return Ok(None);
        }
    };
    match decode(file, &bytes) {
        Ok(text) => Ok(split(file, &text, faults)),
        Err(fault) => {
            faults.push(*fault);
            Ok(None)
        }
    }
}

/// All bytes, unless a limit is passed, a NUL is met or a quote stays open.
fn read_watched(file: &str, mut reader: impl Read) -> io::Result<Result<Vec<u8>, Box<Fault>>> {
    let mut bytes = Vec::new();
    let mut chunk = vec![0_u8; 1 << 16];
    let mut watch = Watch::default();
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = chunk.get(..count).unwrap_or(&[]);
        bytes.extend_from_slice(read);
        if let Some(stop) = watch.look(read) {
            return Ok(Err(Box::new(stopped(file, &bytes, &stop))));
        }
    }
    if watch.quoted {
        let fault = Fault::new(
            file,
            "csv",
            "a quote is opened and never closed",
            "close it, or double it inside a value",
        );
        return Ok(Err(Box::new(fault.at(watch.opened))));
    }
    Ok(Ok(bytes))
}

fn stopped(file: &str, bytes: &[u8], stop: &Stop) -> Fault {
    match *stop {
        Stop::Nul { .. } if matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]) => {
            Fault::new(file, "encoding", "the file is UTF-16", "save it as CSV UTF-8")
        }
        Stop::Nul { row } => {
            Fault::new(file, "csv", "a NUL byte stands in the text", "remove it; is this a CSV file?").at(row)
        }
        Stop::Cell { row, column } => {
            let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
            let header = String::from_utf8_lossy(line.get(..line.len().min(CELL_BYTES)).unwrap_or_default());
            let name =
                header.trim_start_matches('\u{FEFF}').trim_end().split(',').nth(column).map(str::to_owned);
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
        Stop::Bytes => too_large(file, &format!("{TABLE_BYTES} bytes (256 MiB)")),
        Stop::Rows => too_large(file, &format!("{TABLE_ROWS} rows")),
    }
}

/// The fault of a row with more cells than any table may have columns.
pub(in crate::exchange) fn too_many_columns(file: &str, row: u64) -> Fault {
    let message = format!("the row has more than {COLUMNS} cells, the limit of a table");
    Fault::new(file, "csv", message, "keep the columns of the table; is this a CSV file?").at(row)
}

fn too_large(file: &str, limit: &str) -> Fault {
    let message = format!("the table has more than {limit}, the limit of one that is read as a whole");
    Fault::new(file, "csv", message, "split it, and import the parts one after the other in the mode append")
}

/// UTF-8 with or without byte-order mark, else GB18030.
fn decode<'b>(file: &str, bytes: &'b [u8]) -> Result<Cow<'b, str>, Box<Fault>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(Cow::Borrowed(text)),
        Err(error) => error,
    };
    // Mostly good UTF-8 is broken UTF-8: read as GB18030 it would turn into other characters.
    let lossy = String::from_utf8_lossy(bytes);
    let wide = lossy.chars().filter(|character| *character >= '\u{800}' && *character != '\u{FFFD}').count();
    let bad = lossy.chars().filter(|character| *character == '\u{FFFD}').count();
    let chinese = (wide <= 4 * bad)
        .then(|| encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes))
        .flatten();
    if let Some(text) = chinese {
        return Ok(text);
    }
    let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
    let row = 1 + u64::try_from(before.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u64::MAX);
    let fault =
        Fault::new(file, "encoding", "the text is neither UTF-8 nor GB18030", "save the file as CSV UTF-8");
    Err(Box::new(fault.at(row)))
}

/// The fault of a row with another number of cells than the header.
pub(in crate::exchange) fn ragged_row(file: &str, row: u64, cells: usize, header: usize) -> Fault {
    let message = format!("the row has {cells} cells, the header has {header}");
    let remedy = "give every row a cell for each column; quote a cell that holds a comma";
    Fault::new(file, "csv", message, remedy).at(row)
}

fn split(file: &str, text: &str, faults: &mut Vec<Fault>) -> Option<RawTable> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let (mut number, mut uneven) = (0, 0);
    let mut rows = Vec::new();
    let mut header: Vec<String> = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                faults.push(Fault::new(file, "csv", error.to_string(), "correct the row").at(number + 1));
                return None;
            }
        }
        // The reader passes over empty lines; a spreadsheet counts them.
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        // It stops between the two bytes that end a row of DOS.
        let within_ending = text.as_bytes().get(start.wrapping_sub(1)) == Some(&b'\r');
        let rest = if within_ending { rest.strip_prefix(b"\n").unwrap_or(rest) } else { rest };
        let blank =
            rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n');
        number += 1 + blank.count() as u64;
        if header.is_empty() {
            header = record.iter().map(|name| name.trim().to_owned()).collect();
            continue;
        }
        let ragged = record.len() != header.len();
        if ragged {
            uneven += 1;
        }
        if ragged && uneven <= FAULTS {
            faults.push(ragged_row(file, number, record.len(), header.len()));
        }
        rows.push(Row { number, cells: record.clone(), ragged });
    }
    if uneven > FAULTS {
        let message =
            format!("{} further rows have another number of cells than the header", uneven - FAULTS);
        faults.push(Fault::new(file, "csv", message, "give every row a cell for each column"));
    }
    let name = file.strip_suffix(".csv").unwrap_or(file).to_owned();
    Some(RawTable { name, file: file.to_owned(), header, rows })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Option<RawTable>, Vec<String>) {
        let mut faults = Vec::new();
        let table = read_table("t.csv", bytes, &mut faults).unwrap();
        (table, faults.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn rows_are_numbered_as_in_a_spreadsheet() {
        let (table, faults) = read(b"id,name\r\na,\"two\nlines\"\r\n\r\nb,x\r\n");
        let table = table.unwrap();
        assert!(faults.is_empty());
        assert_eq!(table.rows.iter().map(|row| row.number).collect::<Vec<_>>(), [2, 4]);
    }

    #[test]
    fn gb18030_is_recognised_and_broken_utf8_is_not_taken_for_it() {
        let (chinese, _, _) = encoding_rs::GB18030.encode("id,name\na,长江三角洲城市经济协调会\n");
        let (table, faults) = read(&chinese);
        assert!(faults.is_empty());
        assert_eq!(table.unwrap().rows[0].cells.get(1), Some("长江三角洲城市经济协调会"));
        let mut broken = "id,name\na,长江三角洲城市经济协调会\n".as_bytes().to_vec();
        broken.remove(12);
        let (table, faults) = read(&broken);
        assert!(table.is_none());
        assert_eq!(
            faults,
            ["t.csv, row 2: the text is neither UTF-8 nor GB18030 (encoding); save the file as CSV UTF-8"]
        );
    }

    #[test]
    fn an_open_quote_is_found_at_its_row() {
        let (_, faults) = read(b"id,name\na,b\nc,\"d\ne,f\n");
        assert_eq!(
            faults,
            ["t.csv, row 3: a quote is opened and never closed (csv); close it, or double it inside a value"]
        );
    }
}
