//! From rows of ties to rows of a package.

use std::collections::BTreeSet;

use crate::exchange::cell::split_list;
use crate::exchange::fault::Fault;
use crate::exchange::limits::SUGGESTED;
use crate::exchange::package::{RawTable, Row};
use crate::exchange::suggest::suggest;
use crate::relations::{Kind, LookupError, Names};
use crate::value::Date;

/// Columns of a tie as they are written and as the table of COOPERATES_WITH names them.
const COLUMNS: [(&str, &str); 15] = [
    ("id", "id"),
    ("from", "from"),
    ("to", "to"),
    ("arrangement", "arrangement"),
    ("mechanism", "mechanism"),
    ("domains", "domains"),
    ("domain", "domains"),
    ("weight", "weight"),
    ("direction", "declared_direction"),
    ("declared_direction", "declared_direction"),
    ("valid_from", "valid_from"),
    ("valid_to", "valid_to"),
    ("attested", "attested"),
    ("confidence", "confidence"),
    ("note", "note"),
];

/// The tables that rows of ties become.
pub(super) struct Translation {
    ties: RawTable,
    governments: RawTable,
    sources: RawTable,
}

/// Where the columns of the file stand.
struct Header {
    /// Position in the file and name in the package.
    columns: Vec<(usize, &'static str)>,
    from: usize,
    to: usize,
    year: Option<usize>,
    source: Option<usize>,
}

impl Translation {
    pub(super) fn of(raw: &RawTable, names: &Names, found: bool, faults: &mut Vec<Fault>) -> Self {
        let table = |name: &str, header: &[&str]| RawTable {
            name: name.to_owned(),
            file: raw.file.clone(),
            header: header.iter().map(|name| (*name).to_owned()).collect(),
            rows: Vec::new(),
        };
        let mut translation = Self {
            ties: table("cooperation", &[]),
            governments: table(
                "governments",
                &["id", "scheme", "code", "name", "valid_from", "valid_to", "note"],
            ),
            sources: table("sources", &["id", "citation"]),
        };
        let Some(header) = Header::of(raw, faults) else { return translation };
        translation.ties.header = header.columns.iter().map(|(_, name)| (*name).to_owned()).collect();
        if header.year.is_some() {
            translation.ties.header.extend(["valid_from".to_owned(), "valid_to".to_owned()]);
        }
        translation.ties.header.extend(header.source.map(|_| "source".to_owned()));
        let mut founded = BTreeSet::new();
        let mut cited = BTreeSet::new();
        for row in raw.rows.iter().filter(|row| !row.ragged) {
            let mut reader = RowReader { raw, row, header: &header, names, faults };
            let Some((cells, new)) = reader.read(found) else { continue };
            for text in new.into_iter().filter(|text| founded.insert(text.clone())) {
                let note = format!("founded by {}, which gives no dates", raw.file);
                let cells = [&text, "local", &text, &text, "..", "..", &note].into_iter().collect();
                translation.governments.rows.push(Row { number: row.number, cells, ragged: false });
            }
            for id in header.source.and_then(|at| row.cells.get(at)).map(split_list).unwrap_or_default() {
                if names.snapshot().find("Source", &id).is_none() && cited.insert(id.clone()) {
                    let cells = [&id, &id].into_iter().collect();
                    translation.sources.rows.push(Row { number: row.number, cells, ragged: false });
                }
            }
            translation.ties.rows.push(Row { number: row.number, cells, ragged: false });
        }
        translation
    }

    pub(super) fn into_tables(self) -> Vec<RawTable> {
        [self.governments, self.sources, self.ties]
            .into_iter()
            .filter(|table| !table.rows.is_empty())
            .collect()
    }
}

impl Header {
    fn of(raw: &RawTable, faults: &mut Vec<Fault>) -> Option<Self> {
        let names: Vec<String> = raw.header.iter().map(|name| name.to_lowercase()).collect();
        let position = |wanted: &str| names.iter().position(|name| name == wanted);
        // Network files call the ends source and target; then there is no column for the provenance.
        let (from, to, source) = match (position("from"), position("to")) {
            (Some(from), Some(to)) => (Some(from), Some(to), position("source")),
            (None, None) => (position("source"), position("target"), None),
            (from, to) => (from, to, None),
        };
        let mut columns = Vec::new();
        for (at, name) in names.iter().enumerate() {
            if [from, to, source, position("year")].contains(&Some(at)) {
                continue;
            }
            match COLUMNS.iter().find(|(own, _)| own == name) {
                Some((_, column)) => columns.push((at, *column)),
                None => {
                    let known = COLUMNS.iter().map(|(own, _)| *own).chain(["year", "source"]);
                    let remedy = suggest(name, known.clone(), || {
                        format!("its columns are {}", known.collect::<Vec<_>>().join(", "))
                    });
                    let message = format!("“{name}” is no column of a list of ties");
                    faults.push(Fault::new(&raw.file, "package", message, remedy).at(1).of(name));
                }
            }
        }
        let (Some(from), Some(to)) = (from, to) else {
            let message = "the columns from and to are missing";
            let remedy = "name the two governments of each tie in columns from and to (or source and target)";
            faults.push(Fault::new(&raw.file, "package", message, remedy).at(1));
            return None;
        };
        columns.extend([(from, "from"), (to, "to")]);
        let year = position("year");
        if year.is_some() && columns.iter().any(|(_, name)| name.starts_with("valid_")) {
            let message = "there is a column year beside valid_from or valid_to";
            faults.push(Fault::new(&raw.file, "package", message, "keep one way of dating").at(1).of("year"));
            return None;
        }
        Some(Self { columns, from, to, year, source })
    }
}

struct RowReader<'r> {
    raw: &'r RawTable,
    row: &'r Row,
    header: &'r Header,
    names: &'r Names,
    faults: &'r mut Vec<Fault>,
}

impl RowReader<'_> {
    fn cell(&self, at: usize) -> &str {
        self.row.cells.get(at).unwrap_or_default()
    }

    fn fault(&mut self, column: &str, rule: &'static str, message: String, remedy: String) {
        self.faults.push(Fault::new(&self.raw.file, rule, message, remedy).at(self.row.number).of(column));
    }

    /// The row's cells in the package and the governments to found; `None` where it is at fault.
    fn read(&mut self, found: bool) -> Option<(csv::StringRecord, Vec<String>)> {
        let mut new = Vec::new();
        let date = self.date();
        let from = self.end("from", self.header.from, date, found, &mut new);
        let to = self.end("to", self.header.to, date, found, &mut new);
        let (from, to) = (from?, to?);
        if from == to {
            let message = format!("“{from}” cooperates with itself");
            self.fault("to", "S5", message, "name two governments, or remove the row".to_owned());
            return None;
        }
        let mut cells = csv::StringRecord::new();
        for (at, name) in &self.header.columns {
            match *name {
                "from" => cells.push_field(&from),
                "to" => cells.push_field(&to),
                _ => cells.push_field(self.cell(*at)),
            }
        }
        self.check_weight();
        if let Some(at) = self.header.year {
            let year = self.cell(at).trim().to_owned();
            let next = match year.parse::<Date>() {
                Ok(date) if year.len() == 4 => date.last_day().next().year().map(|next| format!("{next:04}")),
                _ => None,
            };
            if !year.is_empty() && next.is_none() {
                self.fault("year", "S2", format!("“{year}” is not a year"), "write 2010".to_owned());
                return None;
            }
            cells.push_field(&year);
            cells.push_field(&next.unwrap_or_default());
        }
        if let Some(at) = self.header.source {
            cells.push_field(self.cell(at));
        }
        Some((cells, new))
    }

    /// The date at which names are read: the start of the tie.
    fn date(&self) -> Option<Date> {
        let from = self.header.columns.iter().find(|(_, name)| *name == "valid_from").map(|(at, _)| *at);
        let at = from.or(self.header.year)?;
        self.cell(at).trim().parse().ok()
    }

    fn check_weight(&mut self) {
        let at = self.header.columns.iter().find(|(_, name)| *name == "weight").map(|(at, _)| *at);
        let Some(cell) = at.map(|at| self.cell(at).trim().to_owned()) else { return };
        if cell.parse::<f64>().is_ok_and(|weight| weight <= 0.0) {
            let message = format!("the weight {cell} is not above 0");
            self.fault("weight", "schema", message, "leave out ties that do not exist".to_owned());
        }
    }

    fn end(
        &mut self,
        column: &str,
        at: usize,
        date: Option<Date>,
        found: bool,
        new: &mut Vec<String>,
    ) -> Option<String> {
        let text = self.cell(at).trim().to_owned();
        if text.is_empty() {
            self.fault(column, "reference", format!("“{column}” is missing"), "name a government".to_owned());
            return None;
        }
        // A government may have ended within the period that the date names.
        let days = date.map(|date| [Some(date.last_day()), Some(date.first_day())]).unwrap_or_default();
        let look = |day| self.names.find_exactly(&[Kind::Government], &text, day).map(|found| found.node);
        let mut result = look(days[0]);
        if matches!(result, Err(LookupError::NotThen { .. })) {
            result = look(days[1]).or(result);
        }
        if matches!(result, Err(LookupError::NotFound { .. })) && !found && self.faults.len() < SUGGESTED {
            result = self.names.government(&text, days[0]);
        }
        match result {
            Ok(node) => {
                let id = self.names.snapshot().node_at(node).and_then(|node| node.text_id());
                if id.is_none() {
                    let message = format!("the government “{text}” has no id that a row could name");
                    self.fault(column, "S22", message, "give it one first".to_owned());
                }
                id.map(|id| id.to_string())
            }
            Err(LookupError::NotFound { .. }) if found => {
                new.push(text.clone());
                Some(text)
            }
            Err(error) => {
                let remedy = match &error {
                    LookupError::NotFound { .. } => {
                        "write its id, code or name, or let the import create unknown governments"
                    }
                    _ => "write the id of the one that is meant",
                };
                let rule = if matches!(error, LookupError::NotFound { .. }) { "reference" } else { "S11" };
                self.fault(column, rule, error.to_string(), remedy.to_owned());
                None
            }
        }
    }
}
