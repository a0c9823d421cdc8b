//! Which column of a file is which column of the schema, and what is said of it?

use std::collections::HashMap;
use std::sync::Arc;

use super::layout::{TableColumn, TableKind};
use crate::exchange::fault::{Fault, ImportFaults, Setting};
use crate::exchange::limits::COLUMNS;
use crate::exchange::suggest::suggest;
use crate::exchange::text::{RawTable, too_many_columns};
use crate::relations::vocabulary::{edge, label};
use crate::value::{Bound, Date, Validity};

/// Where something was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::exchange) struct RowLocation {
    pub(in crate::exchange) file: Arc<str>,
    pub(in crate::exchange) row: u64,
}

impl RowLocation {
    pub(in crate::exchange) fn fault(
        &self,
        rule: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Fault {
        Fault::new(self.file.as_ref(), rule, message, remedy).at(self.row)
    }

    /// The fault that a row above has the id.
    pub(in crate::exchange) fn repeated_id(&self, id: &str, first: u64) -> Fault {
        let message = format!("the id “{id}” stands in row {first} already");
        self.fault("S22", message, "remove one of the rows, or give it another id").of("id")
    }

    /// Reads the three cells of a validity.
    pub(in crate::exchange) fn validity(
        &self,
        from: &str,
        to: &str,
        attested: &str,
    ) -> Result<Validity, Box<Fault>> {
        Validity::parse(from, to, attested).map_err(|error| {
            let wrong = |cell: &str| !cell.trim().is_empty() && Validity::parse(cell, "", "").is_err();
            let column = if wrong(from) {
                "valid_from"
            } else if wrong(to) || matches!(error, crate::value::ValidityError::Empty { .. }) {
                "valid_to"
            } else {
                "attested"
            };
            let rule = if column == "attested" { "S1" } else { "S2" };
            let message = error.to_string();
            // The error's text ends with its rule, which the fault states in its own place.
            let message = message.trim_end_matches(" (S1)").trim_end_matches(" (S2)").to_owned();
            let remedy = "correct the date, or leave the cell empty where it is not known";
            let cell = if column == "valid_to" { to } else { from };
            Box::new(self.fault(rule, message, remedy).of(column).of_date(cell))
        })
    }
}

/// Whether rows of a kind hold for a time of their own: a node, and an edge but a party, which lasts as its
/// arrangement does.
pub(in crate::exchange) fn has_time(kind: TableKind<'_>) -> bool {
    match kind {
        TableKind::Label(_) => true,
        TableKind::Edge(spec) => spec.name != edge::PARTY_TO,
        _ => false,
    }
}

/// What is said of a table without any column of dates (S31); sources have no time.
pub(in crate::exchange) fn said_undated(kind: TableKind<'_>, file: &str) -> Option<Fault> {
    let is_source = matches!(kind, TableKind::Label(spec) if spec.name == label::SOURCE);
    let message = "no column gives a date: its rows hold always";
    let remedy = "add columns valid_from and valid_to if they hold at some time only";
    let said = || Fault::new(file, "S31", message, remedy).warned().advised(Setting::Undated);
    (has_time(kind) && !is_source).then(said)
}

/// When an edge holds of which nothing is known but that it holds as long as both its ends do (S31).
pub(in crate::exchange) fn while_both(a: &Validity, b: &Validity) -> Validity {
    let known = |a: Bound, b: Bound, is_better: fn(Date, Date) -> bool| match (a, b) {
        (Bound::Known(a), Bound::Known(b)) => Bound::Known(if is_better(b, a) { b } else { a }),
        (Bound::Known(known), _) | (_, Bound::Known(known)) => Bound::Known(known),
        (Bound::Open, Bound::Open) => Bound::Open,
        _ => Bound::Unknown,
    };
    let from = known(a.from, b.from, |new, old| new.first_day() > old.first_day());
    let to = known(a.to, b.to, |new, old| new.first_day() < old.first_day());
    // Of two that never stood side by side the rules say so, where the start alone is given.
    Validity::new(from, to, Vec::new()).unwrap_or(Validity { from, ..Validity::UNKNOWN })
}

/// The columns of a kind of table, and where each stands in a header; what else stands there is noted.
pub(in crate::exchange) fn match_columns<'s>(
    kind: TableKind<'s>,
    table: &RawTable,
    faults: &mut ImportFaults,
) -> Vec<(TableColumn<'s>, Option<usize>)> {
    let columns: Vec<TableColumn<'s>> = kind.columns();
    if table.header.len() > COLUMNS {
        faults.push(too_many_columns(&table.file, 1));
        return columns.into_iter().map(|column| (column, None)).collect();
    }
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (at, name) in table.header.iter().enumerate() {
        if *places.entry(name).or_insert(at) != at {
            let message = format!("the column “{name}” stands in the header twice");
            faults.push(Fault::new(&table.file, "csv", message, "remove one of them").at(1).of(name));
        } else if name.is_empty() {
            let message = format!("column {} has no name", at + 1);
            faults.push(Fault::new(&table.file, "csv", message, "name or remove it").at(1));
        } else if !columns.iter().any(|column| column.name == name) {
            faults.push(unknown_column(kind, table, name, &columns));
        }
    }
    columns.into_iter().map(|column| (column, places.get(column.name).copied())).collect()
}

fn unknown_column(kind: TableKind<'_>, table: &RawTable, name: &str, columns: &[TableColumn<'_>]) -> Fault {
    let message = format!("“{name}” is not a column of {}", kind.table());
    let observed = kind.properties().iter().any(|spec| spec.key == name);
    let remedy = if observed {
        "write its values to observations.csv, one row a period".to_owned()
    } else {
        let names = columns.iter().map(|column| column.name);
        suggest(name, names.clone(), || format!("its columns are {}", names.collect::<Vec<_>>().join(", ")))
    };
    Fault::new(&table.file, "schema", message, remedy).at(1).of(name)
}
