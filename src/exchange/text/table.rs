//! The rows of a table as they were written.

use std::io::{self, Read};

use super::TextForm;
use super::encoding::{Decoded, decode, is_wide, utf16_of};
use super::quotes::text_after_quote;
use super::separator::Separator;
use super::watch::{read_watched, watch_text};
use crate::exchange::fault::Fault;
use crate::exchange::limits::FAULTS;

/// One row of a table.
#[derive(Clone, Debug)]
pub(crate) struct RawRow {
    /// Its number in a spreadsheet: the header is row 1.
    pub(crate) number: u64,
    pub(crate) cells: csv::StringRecord,
}

/// A table as it was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawTable {
    /// Name of the table: the file name without `.csv`.
    pub(crate) name: String,
    /// File name.
    pub(crate) file: String,
    pub(crate) header: Vec<String>,
    /// Number of the header's row.
    pub(crate) header_row: u64,
    pub(crate) rows: Vec<RawRow>,
    /// What separates its cells.
    pub(crate) separator: u8,
    /// What is to be said of the way it was read.
    pub(crate) warnings: Vec<Fault>,
}

/// The text of a file, and what is to be said of the way it was read.
pub(crate) struct FileText {
    pub(crate) text: String,
    warning: Option<Fault>,
    was_wide: bool,
}

/// Reads the text of a file; faults leave it out.
pub(crate) fn read_text(
    file: &str,
    reader: impl Read,
    form: &TextForm,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<FileText>> {
    let bytes = match read_watched(file, reader, form)? {
        Ok(bytes) => bytes,
        Err(fault) => {
            faults.push(*fault);
            return Ok(None);
        }
    };
    let was_wide = is_wide(form.encoding) || utf16_of(&bytes).is_some();
    match decode(file, &bytes, form.encoding) {
        Ok(Decoded { text, warning }) => Ok(Some(FileText { text: text.into_owned(), warning, was_wide })),
        Err(found) => {
            faults.extend(found);
            Ok(None)
        }
    }
}

/// Reads a table. Faults of the file as a whole leave the table out; uneven rows do not.
pub(crate) fn read_table(
    file: &str,
    reader: impl Read,
    form: &TextForm,
    faults: &mut Vec<Fault>,
) -> io::Result<Option<RawTable>> {
    let text = read_text(file, reader, form, faults)?;
    Ok(text.and_then(|text| table_of(file, text, form, faults)))
}

/// The table that a text holds.
pub(in crate::exchange) fn table_of(
    file: &str,
    FileText { text, warning, was_wide }: FileText,
    form: &TextForm,
    faults: &mut Vec<Fault>,
) -> Option<RawTable> {
    let mut separator = Separator::of(text.as_bytes());
    let told = if form.delimiter.is_some() { None } else { separator.warning(file) };
    separator.byte = form.delimiter.unwrap_or(separator.byte);
    if let Some(fault) = if was_wide { watch_text(file, &text, separator.byte) } else { None } {
        faults.push(*fault);
        return None;
    }
    let mut table = split(file, &text, separator, faults);
    if let Some(table) = &mut table {
        table.warnings.extend(warning.into_iter().chain(told));
    }
    table
}

/// The fault of a row with another number of cells than the header.
pub(in crate::exchange) fn ragged_row(file: &str, row: u64, cells: usize, header: usize) -> Fault {
    let message = format!("the row has {cells} cells, the header has {header}");
    let remedy = "give every row a cell for each column; quote a cell that holds a comma";
    Fault::new(file, "csv", message, remedy).at(row)
}

/// The fault of a row in which text follows a closing quote, if it does.
fn loose_text(file: &str, row: u64, text: &str, separator: u8, header: &[String]) -> Option<Fault> {
    let (cell, shown) = text_after_quote(text, separator)?;
    let message = format!("text follows a closing quote: {shown}");
    let remedy = "write a quote inside a quoted cell twice (\"\"), without a backslash";
    let fault = Fault::new(file, "csv", message, remedy).at(row);
    Some(match header.get(cell) {
        Some(name) => fault.of(name),
        None => fault,
    })
}

fn split(file: &str, text: &str, separator: Separator, faults: &mut Vec<Fault>) -> Option<RawTable> {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(separator.byte);
    let mut reader = builder.from_reader(text.as_bytes());
    let (mut number, mut uneven) = (0, 0);
    let mut rows = Vec::new();
    let (mut header, mut header_row): (Vec<String>, u64) = (Vec::new(), 0);
    let mut record = csv::StringRecord::new();
    let mut declared = separator.declared;
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
        if std::mem::take(&mut declared) {
            continue;
        }
        let end = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        let raw = text.get(start..end).unwrap_or_default();
        faults.extend(loose_text(file, number, raw, separator.byte, &header));
        if header.is_empty() {
            header = record.iter().map(|name| name.trim().to_owned()).collect();
            header_row = number;
            continue;
        }
        let ragged = record.len() != header.len();
        if ragged {
            uneven += 1;
        }
        if ragged && uneven <= FAULTS {
            faults.push(ragged_row(file, number, record.len(), header.len()));
        }
        rows.push(RawRow { number, cells: record.clone() });
    }
    if uneven > FAULTS {
        let message =
            format!("{} further rows have another number of cells than the header", uneven - FAULTS);
        faults.push(Fault::new(file, "csv", message, "give every row a cell for each column"));
    }
    let name = file.strip_suffix(".csv").unwrap_or(file).to_owned();
    let (file, separator) = (file.to_owned(), separator.byte);
    Some(RawTable { name, file, header, header_row, rows, separator, warnings: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Option<RawTable>, Vec<String>) {
        let mut faults = Vec::new();
        let table = read_table("t.csv", bytes, &TextForm::default(), &mut faults).unwrap();
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
        let table = table.unwrap();
        assert_eq!(table.rows[0].cells.get(1), Some("长江三角洲城市经济协调会"));
        assert_eq!(
            table.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "t.csv: the file is not UTF-8 and was read as gb18030: “长江三角洲城市经济协调会” (encoding); check these \
                 words; save the file as CSV UTF-8 if they are wrong"
            ]
        );
        let mut broken = "id,name\na,长江三角洲城市经济协调会\n".as_bytes().to_vec();
        broken.remove(12);
        let (table, faults) = read(&broken);
        assert!(table.is_none());
        assert_eq!(
            faults,
            [
                "t.csv, row 2: “\u{FFFD}江三角洲城市经济协调会” is not UTF-8 (encoding); the rest of the file is: correct the \
              row, or save the whole file as CSV UTF-8"
            ]
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

    #[test]
    fn a_row_that_names_the_separator_is_no_row_of_the_table() {
        let (table, faults) = read("\u{FEFF}sep=;\r\nid;name\r\na;\"b;c\"\r\n".as_bytes());
        let table = table.unwrap();
        assert!(faults.is_empty());
        assert_eq!(
            (table.header, table.header_row, table.rows[0].number),
            (vec!["id".into(), "name".into()], 2, 3)
        );
        assert_eq!(table.rows[0].cells.get(1), Some("b;c"));
    }
}
