//! How does a bare list of ties — from, to, when — become a graph?
//!
//! A CSV file, one row a cooperation of two governments, named by id, code or name, is the shortest way in. Each
//! becomes a COOPERATES_WITH edge (S8); its direction is derived like any other (S6, S7). Lists are read as other
//! programs write them where the meaning is certain, and what was taken for what is said.

mod columns;
mod dl;
mod ends;
mod name_set;
mod rows;
mod survey;

use std::io::Read;

use ends::listed;

pub(super) use columns::{Header, is_known};
pub(super) use rows::{TieRow, Translator};
pub(super) use survey::Survey;

use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::{ImportMode, ImportOptions, ImportPlan, Undated, plan_tables};
use crate::exchange::remarks::in_order_of_files;
use crate::exchange::text::{RawTable, Row, TextForm, read_text, table_of};
use crate::graph::{Schema, Snapshot};
use crate::relations::Names;

/// Whether governments that the store does not know are founded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Founding {
    /// In a store without governments all are founded; in any other an unknown one is a fault.
    #[default]
    InEmptyStore,
    /// Always; the import names them.
    Always,
    /// Never.
    Never,
}

/// How to read a bare list of ties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TiesOptions {
    /// Whether unknown governments are founded: with the text as id, code and name, scheme `local`,
    /// rank and level unknown, and no limit in time. Default: only in a store without governments.
    pub create_governments: Founding,
    /// What happens to ties that the store has already. Default: [`ImportMode::Create`].
    pub mode: ImportMode,
    /// How the text is written. Default: as the file shows.
    pub text: TextForm,
    /// What a list without any date means. Default: its ties hold always.
    pub undated: Undated,
    /// Our name of a column and the name that the file has for it. Where any is given, columns that mean nothing are
    /// left out. Default: by the names that programs usually give.
    pub columns: Vec<(String, String)>,
}

/// Plans the import of a bare list of ties.
///
/// Columns: `from`, `to` (or `source`, `target` where these two stand alone, or another usual pair), and any of `id`,
/// `valid_from`, `valid_to`, `attested`, `year` (= from that year until the next), `domains` or `domain`,
/// `mechanism`, `weight`, `direction`, `arrangement`, `source`, `confidence`, `note`. A source that is no
/// row of the store is made one. `docs/exchange.md` shows what is read of the files of other programs.
///
/// # Errors
/// All faults at once, with `file`, row and column.
pub fn plan_ties(
    snapshot: &Snapshot,
    file: &str,
    reader: impl Read,
    options: &TiesOptions,
) -> Result<ImportPlan, ImportFaults> {
    let mut faults = Vec::new();
    let schema = snapshot.catalogue().schema();
    if schema.edge("COOPERATES_WITH").is_none() {
        let message = "the store has no domain schema, so that ties have no meaning in it";
        faults.push(Fault::new(file, "schema", message, "make a store with `init`"));
    }
    let Some(raw) = read_list(file, reader, &options.text, &mut faults) else {
        return Err(faults.into_iter().collect());
    };
    let mut survey = Survey::default();
    for row in raw.rows.iter().filter(|row| !row.ragged) {
        survey.look(row.cells.iter());
    }
    if raw.rows.is_empty() && faults.is_empty() {
        faults.push(no_tie(file));
    }
    let mut warnings = raw.warnings.clone();
    let header = (file, raw.header_row, raw.header.as_slice());
    let has_orientation = keeps_orientation(schema);
    let header = Header::of(header, &survey, options, has_orientation, (&mut faults, &mut warnings));
    let Some(header) = header else { return Err(faults.into_iter().collect()) };
    let names = Names::of(snapshot);
    let founds = founds(snapshot, options.create_governments);
    let form = (file, raw.separator);
    let mut translator = Translator::new(form, &header, &names, options, (founds, has_orientation));
    let mut tables = Tables::new(file, translator.header());
    for row in raw.rows.iter().filter(|row| !row.ragged) {
        if let Some(tie) = translator.row(row.number, &row.cells) {
            tables.push(row.number, tie);
        }
    }
    let is_first = snapshot.nodes_with("Government").next().is_none();
    let note = (!is_first && !translator.founded().is_empty()).then(|| new_governments(translator.founded()));
    let (found, remarks) = translator.finish();
    faults.extend(found);
    let import = ImportOptions { mode: options.mode, ..ImportOptions::default() };
    let mut plan = plan_tables(snapshot, tables.into_tables(), faults, &import)?;
    // What the tables say of names was said of the file's own columns.
    plan.warnings.retain(|warning| warning.column.as_deref().is_none_or(|name| !is_of_government(name)));
    warnings.append(&mut plan.warnings);
    plan.warnings = in_order_of_files(warnings, remarks);
    plan.notes.extend(note);
    Ok(plan)
}

/// Whether the schema has a place for the orientation of a tie.
pub(super) fn keeps_orientation(schema: &Schema) -> bool {
    schema.edge("COOPERATES_WITH").is_some_and(|spec| spec.properties.iter().any(|own| own.key == "oriented"))
}

fn founds(snapshot: &Snapshot, founding: Founding) -> bool {
    match founding {
        Founding::Always => true,
        Founding::Never => false,
        Founding::InEmptyStore => snapshot.nodes_with("Government").next().is_none(),
    }
}

pub(super) fn no_tie(file: &str) -> Fault {
    Fault::new(file, "package", "the list has no tie", "write a row for each pair of governments")
}

fn new_governments(founded: &[(String, u64)]) -> String {
    let (count, names) = (founded.len(), listed(founded));
    match count {
        1 => format!("1 government that the store did not have was founded: {names}"),
        _ => format!("{count} governments that the store did not have were founded: {names}"),
    }
}

pub(super) fn is_of_government(column: &str) -> bool {
    matches!(column, "name" | "code")
}

/// The rows of a list, whichever of the usual kinds of file it is.
fn read_list(file: &str, reader: impl Read, form: &TextForm, faults: &mut Vec<Fault>) -> Option<RawTable> {
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
    let is_even = |row: &Row| row.cells.iter().flat_map(str::split_whitespace).count() == width;
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

/// Takes the first row for a tie where it can be no header: two names and a weight.
fn take_first_row(raw: &mut RawTable) {
    let [from, to, weight] = raw.header.as_slice() else { return };
    // Four digits may be a year.
    let is_weight = weight.parse::<f64>().is_ok_and(|weight| weight.is_finite())
        && !(weight.len() == 4 && weight.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_weight || is_known(from) || is_known(to) {
        return;
    }
    let cells: csv::StringRecord = raw.header.iter().collect();
    raw.rows.insert(0, Row { number: raw.header_row, cells, ragged: false });
    raw.header = ["from", "to", "weight"].map(str::to_owned).to_vec();
    let message = "the first row names no columns: its cells are read as from, to and weight";
    let remedy = "put a row from,to,weight above it if this is right";
    raw.warnings.push(Fault::new(&raw.file, "package", message, remedy).at(raw.header_row).warned());
}

/// The tables that rows of ties become.
struct Tables {
    ties: RawTable,
    governments: RawTable,
    sources: RawTable,
}

/// The columns of the tables that ties make.
pub(super) const GOVERNMENT: [&str; 7] = ["id", "scheme", "code", "name", "valid_from", "valid_to", "note"];
pub(super) const SOURCE: [&str; 2] = ["id", "citation"];

/// The cells of a founded government.
pub(super) fn government<'c>(name: &'c str, note: &'c str) -> [&'c str; 7] {
    [name, "local", name, name, "..", "..", note]
}

/// The note of a founded government.
pub(super) fn founded_by(file: &str) -> String {
    format!("founded by {file}, which gives no dates")
}

impl Tables {
    fn new(file: &str, header: Vec<String>) -> Self {
        let table = |name: &str, header: Vec<String>| RawTable {
            name: name.to_owned(),
            file: file.to_owned(),
            header,
            ..RawTable::default()
        };
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            ties: table("cooperation", header),
            governments: table("governments", owned(&GOVERNMENT)),
            sources: table("sources", owned(&SOURCE)),
        }
    }

    fn push(&mut self, number: u64, tie: TieRow) {
        let note = founded_by(&self.ties.file);
        let row = |cells| Row { number, cells, ragged: false };
        for name in &tie.governments {
            self.governments.rows.push(row(government(name, &note).into_iter().collect()));
        }
        for id in &tie.sources {
            self.sources.rows.push(row([id, id].into_iter().collect()));
        }
        self.ties.rows.push(row(tie.cells));
    }

    fn into_tables(self) -> Vec<RawTable> {
        let tables = [self.governments, self.sources, self.ties];
        tables.into_iter().filter(|table| !table.rows.is_empty()).collect()
    }
}
