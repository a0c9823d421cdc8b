//! What do the cells of one row mean: its id, values, references and ends?

use std::collections::HashMap;

use crate::exchange::cell::{id_fault, read_cell, visible};
use crate::exchange::fault::Fault;
use crate::exchange::package::schema::{RowLocation, TableColumn};
use crate::exchange::remarks::{Oddity, invisible, name_of_nothing, sentinel};
use crate::exchange::suggest::suggest;
use crate::graph::{ColumnType, EdgeSpec, NodeId, PropertyKind, PropertySpec, Schema};
use crate::relations::vocabulary::label;
use crate::value::{Value, nearest};

/// How many known ids are compared for a near one.
pub(in crate::exchange) const NEAR_IDS: usize = 5_000;

/// What the reader of a row must know of the package around it, and where the faults go.
pub(in crate::exchange) trait RowContext<'a> {
    /// The schema of the store.
    fn schema(&self) -> &'a Schema;

    /// All nodes with the label and id.
    fn find(&self, label: &str, id: &str) -> Vec<NodeId>;

    /// Takes a fault.
    fn fault(&mut self, fault: Fault);

    /// Takes the fault that no row of these labels has the id; its remedy is still to be found, see
    /// [`suggest_id`].
    fn unknown_id(&mut self, fault: Fault, labels: &[&str], id: &str);

    /// Takes what is strange about a cell, or about a row where the column is empty.
    fn remark(&mut self, place: &RowLocation, column: &str, oddity: Oddity, example: &str);

    /// Notes dates that are hardly meant.
    fn note_dates(&mut self, place: &RowLocation, from: &str, to: &str) {
        for (column, cell) in [("valid_from", from), ("valid_to", to)] {
            if let Some(word) = sentinel(cell) {
                self.remark(place, column, Oddity::Sentinel(word), cell);
            }
        }
    }

    /// Notes a name that is hardly meant.
    fn note_name(&mut self, place: &RowLocation, column: &str, cell: &str) {
        if let Some(character) = invisible(cell) {
            self.remark(place, column, Oddity::Invisible, &visible(cell, character));
        }
        if let Some(word) = name_of_nothing(cell).filter(|_| column == "name") {
            self.remark(place, column, Oddity::NameOfNothing(word), cell);
        }
    }

    /// Whether an id can name a row of a table.
    fn check_id(&mut self, place: &RowLocation, id: &str, table: &str) -> bool {
        let wrong = if id.is_empty() {
            place.fault("S22", "the row has no id", format!("give it one, unique in {table}"))
        } else if let Some(wrong) = id_fault(id) {
            place.fault(wrong.rule, wrong.message, wrong.remedy)
        } else {
            return true;
        };
        self.fault(wrong.of("id"));
        false
    }

    /// Whether an id can name a row, and no row above has it.
    fn names_row(
        &mut self,
        id: &str,
        place: &RowLocation,
        seen: &mut HashMap<String, u64>,
        table: &str,
    ) -> bool {
        if !self.check_id(place, id, table) {
            return false;
        }
        let first = *seen.entry(id.to_owned()).or_insert(place.row);
        if first != place.row {
            self.repeated_id(place, id, first);
        }
        first == place.row
    }

    /// Notes that a row above has the id.
    fn repeated_id(&mut self, place: &RowLocation, id: &str, first: u64) {
        self.fault(place.repeated_id(id, first));
    }

    /// Notes that a cell is empty that must not be.
    fn missing(&mut self, place: &RowLocation, column: &str) {
        let remedy = "every row of this table needs it";
        self.fault(place.fault("schema", format!("“{column}” is missing"), remedy).of(column));
    }

    /// Notes that a state stands in its own column and in `states.csv`.
    fn stated_twice(&mut self, place: &RowLocation, column: &str) {
        let message = format!("“{column}” is given here and in states.csv");
        let remedy = "leave the cell empty where the value changes in time, or remove the rows of states.csv";
        self.fault(place.fault("S3", message, remedy).of(column));
    }

    /// Reads a cell and checks its codebook and what it refers to; the faults are noted.
    fn read_value(
        &mut self,
        place: &RowLocation,
        column: &TableColumn<'_>,
        cell: &str,
    ) -> Result<Option<Value>, ()> {
        let value = read_cell(cell, column.column_type).map_err(|wrong| {
            let fault = place.fault(wrong.rule, wrong.message, wrong.remedy).of(column.name);
            let is_date = column.column_type == ColumnType::Date;
            self.fault(if is_date { fault.of_date(cell) } else { fault });
        })?;
        let Some(value) = value else { return Ok(None) };
        match (column.name, column.column_type) {
            ("name" | "name_en" | "aliases" | "code", _) => self.note_name(place, column.name, cell),
            (_, ColumnType::Date) => {
                if let Some(word) = sentinel(cell) {
                    self.remark(place, column.name, Oddity::Sentinel(word), cell);
                }
            }
            _ => {}
        }
        let schema = self.schema();
        let codebook: &[String] = match (column.spec, column.name) {
            (Some(spec), _) => schema.codebook(spec),
            (None, "confidence") => &schema.confidence,
            _ => &[],
        };
        let mut right = true;
        for text in value
            .texts_of()
            .filter(|text| !codebook.is_empty() && !codebook.iter().any(|known| known == text))
        {
            let message = format!("“{text}” is not in the codebook of {}", column.name);
            let known = codebook.iter().map(String::as_str);
            let remedy = suggest(text, known, || format!("write one of {}", codebook.join(", ")));
            self.fault(place.fault("codebook", message, remedy).of(column.name));
            right = false;
        }
        if self.check_references(place, column, &value) && right { Ok(Some(value)) } else { Err(()) }
    }

    /// Whether there is a row for every id that a value names.
    fn check_references(&mut self, place: &RowLocation, column: &TableColumn<'_>, value: &Value) -> bool {
        let targets: Vec<&str> = match (column.spec, column.name) {
            (Some(spec), _) => spec.target.iter().map(String::as_str).collect(),
            (None, "source") if self.schema().label(label::SOURCE).is_some() => vec![label::SOURCE],
            _ => Vec::new(),
        };
        let mut right = true;
        for id in value.texts_of().filter(|_| !targets.is_empty()) {
            if targets.iter().all(|label| self.find(label, id).is_empty()) {
                let message = format!("there is no {} “{id}”", targets.join(" or "));
                self.unknown_id(place.fault("reference", message, "").of(column.name), &targets, id);
                right = false;
            }
        }
        right
    }

    /// The property that a row of a table of spells names, if its label has such a state or observation.
    fn spell_property(
        &mut self,
        place: &RowLocation,
        (label, name): (&str, &str),
        kind: PropertyKind,
    ) -> Option<&'a PropertySpec> {
        let schema = self.schema();
        let Some(spec) = schema.label(label) else {
            let labels = schema.labels.iter().map(|spec| spec.name.as_str());
            let remedy = suggest(label, labels, || "name a label of the schema".to_owned());
            self.fault(place.fault("schema", format!("there is no label “{label}”"), remedy).of("label"));
            return None;
        };
        let mut known = spec.properties.iter().filter(|property| property.kind == kind);
        let found = known.clone().find(|property| property.key == name);
        if found.is_none() {
            let what = if kind == PropertyKind::State { "state" } else { "observation" };
            let message = format!("“{name}” is not a known {what} of {label}");
            let names: Vec<&str> = known.by_ref().map(|property| property.key.as_str()).collect();
            let remedy = suggest(name, names.iter().copied(), || match names.as_slice() {
                [] => format!("{label} has none; use a column of its table"),
                names => format!("write one of {}", names.join(", ")),
            });
            self.fault(place.fault("S3", message, remedy).of("property"));
        }
        found
    }

    /// The nodes that a row of an edge's table joins; what is wrong is noted.
    fn ends(
        &mut self,
        place: &RowLocation,
        written: (&str, &str),
        spec: &EdgeSpec,
    ) -> Option<(NodeId, NodeId)> {
        let from = self.candidates(place, "from", written.0, spec.ends.iter().map(|(from, _)| from.as_str()));
        let to = self.candidates(place, "to", written.1, spec.ends.iter().map(|(_, to)| to.as_str()));
        let (from, to) = (from?, to?);
        let mut pairs: Vec<(NodeId, NodeId)> = Vec::new();
        for (from_label, to_label) in &spec.ends {
            for (_, source) in from.iter().filter(|(label, _)| label == from_label) {
                for (_, target) in to.iter().filter(|(label, _)| label == to_label) {
                    if !pairs.contains(&(*source, *target)) {
                        pairs.push((*source, *target));
                    }
                }
            }
        }
        match pairs.as_slice() {
            &[pair] => Some(pair),
            [] => {
                let ends: Vec<String> = spec.ends.iter().map(|(from, to)| format!("{from} → {to}")).collect();
                let message = format!("{} does not join “{}” and “{}”", spec.name, written.0, written.1);
                let remedy = format!("its ends are {}", ends.join(" or "));
                self.fault(place.fault("schema", message, remedy).of("to"));
                None
            }
            _ => {
                let (column, id, labels) =
                    if to.len() > 1 { ("to", written.1, &to) } else { ("from", written.0, &from) };
                let labels: Vec<&str> = labels.iter().map(|(label, _)| *label).collect();
                let message = format!("“{id}” names several rows: a {}", labels.join(", a "));
                let first = labels.first().copied().unwrap_or_default();
                self.fault(place.fault("reference", message, format!("write {first}/{id}")).of(column));
                None
            }
        }
    }

    /// The nodes that a cell may name, with the label under which each was found.
    fn candidates<'l>(
        &mut self,
        place: &RowLocation,
        column: &str,
        id: &str,
        labels: impl Iterator<Item = &'l str>,
    ) -> Option<Vec<(&'l str, NodeId)>> {
        let mut labels: Vec<&'l str> = labels.collect();
        labels.sort_unstable();
        labels.dedup();
        if id.is_empty() {
            let message = format!("“{column}” is missing");
            self.fault(place.fault("reference", message, "name the id of a row").of(column));
            return None;
        }
        let mut found: Vec<(&str, NodeId)> = Vec::new();
        for label in &labels {
            found.extend(self.find(label, id).into_iter().map(|node| (*label, node)));
        }
        if found.is_empty()
            && let Some((label, id)) = id.split_once('/')
            && let Some(label) = labels.iter().find(|known| **known == label)
        {
            found.extend(self.find(label, id).into_iter().map(|node| (*label, node)));
        }
        if found.is_empty() {
            let message = format!("there is no {} “{id}”", labels.join(" or "));
            self.unknown_id(place.fault("reference", message, "").of(column), &labels, id);
            return None;
        }
        Some(found)
    }
}

/// What to do about an id that no row of these labels has; `known` are ids that rows of them have, where
/// looking for a near one still pays.
pub(in crate::exchange) fn suggest_id<'k>(
    schema: &Schema,
    labels: &[&str],
    id: &str,
    known: Option<impl Iterator<Item = &'k str>>,
) -> String {
    let tables = labels.iter().filter_map(|label| schema.label(label));
    let tables: Vec<String> = tables.map(|spec| format!("{}.csv", spec.table)).collect();
    let otherwise = if tables.is_empty() {
        "add the row".to_owned()
    } else {
        // Where a name was written instead of an id, a further row would double what is there.
        format!("write the id of a row of {}, not its name, or add the row", tables.join(" or "))
    };
    match known.and_then(|known| nearest(id, known, 1).first().copied()) {
        Some(near) => format!("did you mean “{near}”? else {otherwise}"),
        None => otherwise,
    }
}

/// The parts of the id of an edge that was written without one (S22): type, ends, role, start.
pub(in crate::exchange) fn edge_id_parts<'p>(
    edge_type: &'p str,
    ends: (&'p str, &'p str),
    role: &'p str,
    valid_from: &'p str,
) -> [&'p str; 5] {
    [edge_type, bare(ends.0), bare(ends.1), role, valid_from.trim_matches('.')]
}

/// The id behind `Label/id`.
fn bare(written: &str) -> &str {
    match written.split_once('/') {
        Some((label, id))
            if label.chars().all(char::is_alphanumeric)
                && label.chars().next().is_some_and(char::is_uppercase) =>
        {
            id
        }
        _ => written,
    }
}
