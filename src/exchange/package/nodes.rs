//! Rows that are nodes: their names, then their contents.

use std::collections::HashMap;

use super::layout::TableKind;
use super::plan::ImportMode;
use super::planner::Planner;
use super::reading::{Reading, is_property};
use super::sheet::{Place, Sheet};
use crate::exchange::cell::{BLANK, split_list};
use crate::exchange::json::{properties_from_json, read_json};
use crate::exchange::text::Row;
use crate::graph::{
    KeyId, LabelSpec, NodeId, NodeRecord, Properties, Property, PropertyKind, Spell, Subject,
};
use crate::value::{Validity, Value};

/// A row that stands for a node.
pub(super) struct NodeRow<'a> {
    sheet: usize,
    row: &'a Row,
    id: NodeId,
    stored: bool,
}

impl<'a> Planner<'a> {
    /// Gives every node row its node, new or stored.
    pub(super) fn name_nodes(&mut self, sheets: &[Sheet<'a>]) -> Vec<NodeRow<'a>> {
        let mut nodes = Vec::new();
        let extra_stored = self.stored_extra_nodes(sheets);
        for (at, sheet) in sheets.iter().enumerate() {
            let mut seen = HashMap::new();
            for row in &sheet.table.rows {
                let labels = match sheet.kind {
                    TableKind::Label(spec) => vec![spec.name.clone()],
                    TableKind::ExtraNodes => split_list(sheet.cell(row, "labels")),
                    _ => break,
                };
                let id = sheet.cell(row, "id");
                let place = sheet.place(row);
                if !self.names_row(id, &place, &mut seen, sheet.kind.table()) {
                    continue;
                }
                let stored = match sheet.kind {
                    _ if id.starts_with(BLANK) => None,
                    TableKind::Label(spec) => self.snapshot.find(&spec.name, id).map(|node| node.id()),
                    _ => extra_stored.get(id).copied(),
                };
                self.refuse_stored(stored.is_some(), id, &place, sheet.kind.table());
                let Some(node) = stored.or_else(|| self.new_node(&labels, &place)) else { continue };
                // By its table a row is named beyond doubt, by its labels for short.
                for label in labels.into_iter().chain([sheet.kind.table().to_owned()]) {
                    self.named.entry(label).or_default().entry(id).or_default().push(node);
                }
                self.kept.insert(node);
                self.rows.insert(Subject::Node(node), place);
                if !row.ragged {
                    nodes.push(NodeRow { sheet: at, row, id: node, stored: stored.is_some() });
                }
            }
        }
        nodes
    }

    /// Nodes of the store that an export would write to `extra_nodes`, by text id.
    fn stored_extra_nodes(&self, sheets: &[Sheet<'a>]) -> HashMap<String, NodeId> {
        if !sheets.iter().any(|sheet| matches!(sheet.kind, TableKind::ExtraNodes)) {
            return HashMap::new();
        }
        let extra = self.snapshot.nodes().filter(|node| self.table_label(node.labels()).is_none());
        extra.filter_map(|node| Some((node.text_id()?.to_string(), node.id()))).collect()
    }

    pub(super) fn refuse_stored(&mut self, stored: bool, id: &str, place: &Place, table: &str) {
        if stored && self.options.mode == ImportMode::Create {
            let message = format!("the store has a row “{id}” of {table} already");
            let remedy = "import with the mode update to replace it, or append to add only new rows";
            self.faults.push(place.fault("S22", message, remedy).of("id"));
        }
    }

    fn new_node(&mut self, labels: &[String], place: &Place) -> Option<NodeId> {
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        match self.draft.create_node(&labels, Validity::UNKNOWN) {
            Ok(node) => Some(node),
            Err(error) => {
                self.refuse(place, &error);
                None
            }
        }
    }

    /// Writes the contents of all node rows.
    pub(super) fn fill_nodes(&mut self, sheets: &[Sheet<'a>], nodes: &[NodeRow<'a>]) {
        let dated = Self::has_states(sheets);
        for node in nodes {
            let Some(sheet) = sheets.get(node.sheet) else { continue };
            let before = if node.stored { self.draft.node_record(node.id) } else { None };
            let Some(current) = self.draft.node_record(node.id) else { continue };
            let base = match sheet.kind {
                TableKind::Label(spec) if self.replaces() => {
                    NodeRecord { properties: self.left_over(spec, true, &current.properties), ..current }
                }
                _ => current,
            };
            let base_validity = match () {
                () if node.stored && !self.replaces() => base.validity.clone(),
                () if self.is_always(sheet) => Validity::ALWAYS,
                () => Validity::UNKNOWN,
            };
            let validity = self.row_validity(sheet, node.row, &base_validity).unwrap_or(base_validity);
            let mut record = NodeRecord { validity, ..base };
            match sheet.kind {
                TableKind::Label(spec) => self.fill_node(sheet, node, spec, dated, &mut record),
                _ => self.fill_extra(sheet, node.row, &mut record.properties),
            }
            self.refuse_other(before.as_ref(), &record, &sheet.place(node.row), sheet.cell(node.row, "id"));
            let id = node.id;
            self.merge_spells(id, &mut record.properties);
            if let TableKind::Label(spec) = sheet.kind {
                self.take_extras(&spec.table, sheet.cell(node.row, "id"), &mut record.properties);
                self.check_required(sheet, node.row, spec, &record);
            }
            self.put_node(record, before.as_ref());
        }
    }

    /// Under `append` a row that the store has must say the same.
    fn refuse_other(&mut self, before: Option<&NodeRecord>, after: &NodeRecord, place: &Place, id: &str) {
        if self.options.mode == ImportMode::Append && before.is_some_and(|before| before != after) {
            self.refuse_changed(place, id);
        }
    }

    pub(super) fn refuse_changed(&mut self, place: &Place, id: &str) {
        let message = format!("the store has “{id}” with other contents");
        let remedy = "import with the mode update to replace it, or give the new row another id";
        self.faults.push(place.fault("S22", message, remedy).of("id"));
    }

    fn fill_node(
        &mut self,
        sheet: &Sheet<'a>,
        node: &NodeRow<'a>,
        spec: &'a LabelSpec,
        dated: bool,
        record: &mut NodeRecord,
    ) {
        let place = sheet.place(node.row);
        self.put_id(&place, sheet.cell(node.row, "id"), &mut record.properties);
        for (column, at) in &sheet.columns {
            let Some(at) = at.filter(|_| is_property(column)) else { continue };
            let cell = node.row.cells.get(at).unwrap_or_default();
            let Ok(value) = self.read_value(&place, column, cell) else { continue };
            let state = column.spec.is_some_and(|spec| spec.kind == PropertyKind::State);
            if state && dated && value.is_some() && self.has_spell(node.id, column.name) {
                self.stated_twice(&place, column.name);
                continue;
            }
            self.put_value(&place, column.name, value, state, &mut record.properties);
        }
        if spec.name == "Government" && self.options.rank_from_level {
            self.infer_rank(&place, sheet.cell(node.row, "id"), node.id, &mut record.properties);
        }
    }

    /// Sets or removes a fixed value. Spells of a state that the store holds stay where the cell is empty.
    fn put_value(
        &mut self,
        place: &Place,
        name: &str,
        value: Option<Value>,
        state: bool,
        properties: &mut Properties,
    ) {
        match value {
            Some(value) => {
                if let Some(key) = self.key(place, name) {
                    properties.insert(key, Property::Fixed(value));
                }
            }
            None => {
                let Some(key) = self.snapshot.catalogue().key(name) else { return };
                let spells = matches!(properties.get(key), Some(Property::Dated(_)));
                if !(state && spells) {
                    properties.remove(key);
                }
            }
        }
    }

    pub(super) fn put_id(&mut self, place: &Place, id: &str, properties: &mut Properties) {
        if !id.starts_with(BLANK)
            && let Some(key) = self.key(place, "id")
        {
            properties.insert(key, Property::Fixed(Value::Text(id.into())));
        }
    }

    /// Sets the fixed properties of an edge's row.
    pub(super) fn fill_edge(&mut self, sheet: &Sheet<'a>, row: &'a Row, properties: &mut Properties) {
        let place = sheet.place(row);
        for (column, at) in &sheet.columns {
            let Some(at) = at.filter(|_| is_property(column)) else { continue };
            let cell = row.cells.get(at).unwrap_or_default();
            if let Ok(value) = self.read_value(&place, column, cell) {
                let missing = value.is_none() && column.spec.is_some_and(|spec| spec.required);
                self.put_value(&place, column.name, value, false, properties);
                if missing {
                    self.missing(&place, column.name);
                }
            }
        }
        for spec in sheet.kind.properties().iter().filter(|spec| spec.required && !sheet.has(&spec.key)) {
            let key = self.snapshot.catalogue().key(&spec.key);
            if key.is_none_or(|key| properties.get(key).is_none()) {
                self.missing(&place, &spec.key);
            }
        }
    }

    /// Reads the `properties` cell of an extra table.
    pub(super) fn fill_extra(&mut self, sheet: &Sheet<'a>, row: &'a Row, properties: &mut Properties) {
        let place = sheet.place(row);
        let cell = sheet.cell(row, "properties");
        if sheet.has("properties") {
            *properties = Properties::new();
        }
        if !cell.is_empty() {
            let read = read_json(cell.as_bytes());
            let read = read.and_then(|json| properties_from_json(&mut self.draft, &json));
            match read {
                Ok(read) => *properties = read,
                Err(error) => {
                    let fault =
                        place.fault("package", error.to_string(), "write the properties as `dump` does");
                    self.faults.push(fault.of("properties"));
                }
            }
        }
        self.put_id(&place, sheet.cell(row, "id"), properties);
    }

    fn check_required(&mut self, sheet: &Sheet<'a>, row: &'a Row, spec: &LabelSpec, record: &NodeRecord) {
        for property in spec.properties.iter().filter(|property| property.required) {
            let key = self.draft.key(&property.key).ok();
            let written = !sheet.cell(row, &property.key).is_empty();
            if !written && key.is_none_or(|key| record.properties.get(key).is_none()) {
                self.missing(&sheet.place(row), &property.key);
            }
        }
    }

    /// Gives a government without a rank the name of its level, marked as inferred (S21).
    fn infer_rank(&mut self, place: &Place, id: &str, node: NodeId, properties: &mut Properties) {
        let (Some(rank), Some(level), Some(note)) =
            (self.key(place, "rank"), self.key(place, "level"), self.key(place, "note"))
        else {
            return;
        };
        if properties.get(rank).is_some() || self.has_spell(node, "rank") {
            return;
        }
        let mark = |note: KeyId| vec![(note, Value::text("inferred from level (S21)"))];
        let own = match properties.get(level) {
            Some(Property::Fixed(value)) => {
                vec![Spell { validity: Validity::ALWAYS, value: value.clone(), qualifiers: mark(note) }]
            }
            Some(Property::Dated(spells)) => spells.to_vec(),
            None => Vec::new(),
        };
        let package = self.spells_of(node, "level");
        let spells = own.into_iter().chain(package).map(|spell| Spell { qualifiers: mark(note), ..spell });
        let spells: Vec<Spell> = spells.collect();
        if !spells.is_empty() {
            properties.insert(rank, Property::Dated(spells.into()));
            self.notes.push(format!("the rank of {id} is inferred from its level (S21)"));
        }
    }
}
