//! How does a bare list of ties — from, to, when — become a graph?
//!
//! A CSV file, one row a cooperation of two governments, named by id, code or name, is the shortest way in. Each
//! becomes a COOPERATES_WITH edge (S8); its direction is derived like any other (S6, S7). Lists are read as other
//! programs write them where the meaning is certain, and what was taken for what is said.

mod columns;
mod dl;
mod ends;
mod list;
mod name_set;
mod rows;
mod survey;
mod translate;

use std::io::Read;

use ends::listed;

pub(in crate::exchange) use list::{ListText, open_list, read_text_list};

use crate::exchange::fault::Fault;
use crate::exchange::package::Founding;
use crate::exchange::text::{RawRow, RawTable, TextForm, read_text, table_of};
use crate::graph::{Schema, Snapshot};
use crate::relations::vocabulary::{edge, label};
use columns::is_known;

/// Columns of a government that a list fills with a name of its own.
pub(in crate::exchange) const GOVERNMENT_NAMES: [&str; 2] = ["name", "code"];

/// Whether the schema has a place for the orientation of a tie.
fn keeps_orientation(schema: &Schema) -> bool {
    schema
        .edge(edge::COOPERATES_WITH)
        .is_some_and(|spec| spec.properties.iter().any(|own| own.key == "oriented"))
}

fn founds(snapshot: &Snapshot, founding: Founding) -> bool {
    match founding {
        Founding::Always => true,
        Founding::Never => false,
        Founding::InEmptyStore => snapshot.nodes_with(label::GOVERNMENT).next().is_none(),
    }
}

fn no_tie(file: &str) -> Fault {
    Fault::new(file, "package", "the list has no tie", "write a row for each pair of governments")
}

fn new_governments(founded: &[(String, u64)]) -> String {
    let (count, names) = (founded.len(), listed(founded));
    match count {
        1 => format!("1 government that the store did not have was founded: {names}"),
        _ => format!("{count} governments that the store did not have were founded: {names}"),
    }
}

/// The rows of a list, whichever of the usual kinds of file it is.
fn read_list(
    file: &str,
    reader: &mut dyn Read,
    form: &TextForm,
    faults: &mut Vec<Fault>,
) -> Option<RawTable> {
    let text = match read_text(file, reader, form, faults) {
        Ok(text) => text?,
        Err(error) => {
            faults.push(Fault::new(file, "file", format!("it cannot be read: {error}"), "check the file"));
            return None;
        }
    };
    if text.text.trim_start().starts_with('<') {
        let remedy = "name a CSV file with a row for each tie";
        faults.push(Fault::new(file, "csv", "it is XML, such as GraphML, not CSV", remedy));
        return None;
    }
    if dl::is_dl(&text.text) {
        return dl::read(file, &text.text, faults);
    }
    let mut raw = table_of(file, text, form, faults)?;
    if form.delimiter.is_none() {
        split_at_blanks(&mut raw);
    }
    take_first_row(&mut raw);
    Some(raw)
}

/// Splits rows at blanks where nothing else separates cells, as igraph and UCINET write them.
fn split_at_blanks(raw: &mut RawTable) {
    let [header] = raw.header.as_slice() else { return };
    let header: Vec<String> = header.split_whitespace().map(str::to_owned).collect();
    let width = header.len();
    let is_even = |row: &RawRow| row.cells.iter().flat_map(str::split_whitespace).count() == width;
    if width < 2 || !raw.rows.iter().all(is_even) {
        return;
    }
    for row in &mut raw.rows {
        row.cells = row.cells.iter().flat_map(str::split_whitespace).collect();
    }
    (raw.header, raw.separator) = (header, b' ');
    let message = "blanks separate the cells: they were read so";
    raw.warnings.push(Fault::new(&raw.file, "csv", message, "check the columns").warned());
}

/// Takes the first row for a tie where it cannot be a header: two names and a weight.
fn take_first_row(raw: &mut RawTable) {
    let [from, to, weight] = raw.header.as_slice() else { return };
    // Four digits may be a year.
    let is_weight = weight.parse::<f64>().is_ok_and(|weight| weight.is_finite())
        && !(weight.len() == 4 && weight.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_weight || is_known(from) || is_known(to) {
        return;
    }
    let cells: csv::StringRecord = raw.header.iter().collect();
    raw.rows.insert(0, RawRow { number: raw.header_row, cells });
    raw.header = ["from", "to", "weight"].map(str::to_owned).to_vec();
    let message = "the first row names no columns: its cells are read as from, to and weight";
    let remedy = "put a row from,to,weight above it if this is right";
    raw.warnings.push(Fault::new(&raw.file, "package", message, remedy).at(raw.header_row).warned());
}

/// The columns of the tables that ties make.
const GOVERNMENT: [&str; 7] = ["id", "scheme", "code", "name", "valid_from", "valid_to", "note"];
const SOURCE: [&str; 2] = ["id", "citation"];

/// The cells of a founded government.
fn government<'c>(name: &'c str, note: &'c str) -> [&'c str; 7] {
    [name, "local", name, name, "..", "..", note]
}

/// The note of a founded government.
fn founded_by(file: &str) -> String {
    format!("founded by {file}, which gives no dates")
}
