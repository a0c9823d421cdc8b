//! The state of a plan in the making, and the order of its steps.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::layout::{STATES, TableKind};
use super::plan::{ImportCounts, ImportMode, ImportOptions, ImportPlan, Undated};
use super::read::Package;
use super::reading::{NEAR_IDS, Reading, suggest_id};
use super::sheet::{Place, Sheet, said_undated};
use super::spells::NewSpell;
use crate::exchange::cell::BLANK;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::json::{JsonFault, property_from_json, read_json};
use crate::exchange::remarks::{Oddity, Remarks, in_order_of_files};
use crate::graph::{
    ChangeError, Draft, EdgeId, KeyId, NodeId, NodeRecord, Properties, Property, Schema, Snapshot, Subject,
};

/// Values outside the columns of their table: key, JSON, place.
pub(super) type Extra<'a> = (&'a str, &'a str, Place);

pub(super) struct Planner<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) schema: &'a Schema,
    pub(super) options: &'a ImportOptions,
    pub(super) draft: Draft<'a>,
    pub(super) faults: ImportFaults,
    /// Label → id → nodes of the package.
    pub(super) named: HashMap<String, HashMap<&'a str, Vec<NodeId>>>,
    /// Nodes of the store that this import removes.
    pub(super) removed: HashSet<NodeId>,
    /// Nodes that rows of the package stand for.
    pub(super) kept: HashSet<NodeId>,
    pub(super) spells: HashMap<NodeId, Vec<NewSpell<'a>>>,
    /// (table, id of the row) → values of `extra_properties`.
    pub(super) extras: BTreeMap<(&'a str, &'a str), Vec<Extra<'a>>>,
    pub(super) rows: BTreeMap<Subject, Place>,
    pub(super) spell_rows: BTreeMap<(Subject, String), Place>,
    /// Type → id → edge of the store.
    pub(super) stored_edges: HashMap<String, HashMap<Arc<str>, EdgeId>>,
    /// Under `replace-package`: whether the package has a table of states, observations, extra properties.
    pub(super) replaces_states: bool,
    pub(super) replaces_observations: bool,
    pub(super) replaces_extras: bool,
    pub(super) notes: Vec<String>,
    /// What is said of the way the files were read.
    pub(super) warnings: Vec<Fault>,
    pub(super) remarks: Remarks,
    pub(super) nodes: ImportCounts,
    pub(super) edges: ImportCounts,
}

impl<'a> Reading<'a> for Planner<'a> {
    fn schema(&self) -> &'a Schema {
        self.schema
    }

    /// In the package or in what stays of the store.
    fn find(&self, label: &str, id: &str) -> Vec<NodeId> {
        if let Some(nodes) = self.named.get(label).and_then(|ids| ids.get(id)) {
            return nodes.clone();
        }
        if id.starts_with(BLANK) {
            return Vec::new();
        }
        let stored = self.snapshot.find(label, id).map(|node| node.id());
        stored.into_iter().filter(|node| !self.removed.contains(node)).collect()
    }

    fn key(&mut self, place: &Place, name: &str) -> Option<KeyId> {
        match self.draft.key(name) {
            Ok(key) => Some(key),
            Err(error) => {
                self.refuse(place, &error);
                None
            }
        }
    }

    fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    fn remark(&mut self, place: &Place, column: &str, oddity: Oddity, example: &str) {
        self.remarks.note(&place.file, place.row, column, oddity, example);
    }

    fn unknown_id(&mut self, fault: Fault, labels: &[&str], id: &str) {
        let stored: Vec<Arc<str>> = labels
            .iter()
            .flat_map(|label| self.snapshot.nodes_with(label))
            .filter(|node| !self.removed.contains(&node.id()))
            .filter_map(|node| node.text_id())
            .take(NEAR_IDS)
            .collect();
        let named = labels.iter().filter_map(|label| self.named.get(*label)).flat_map(HashMap::keys).copied();
        let known = named.take(NEAR_IDS).chain(stored.iter().map(AsRef::as_ref));
        let known = self.faults.is_short().then_some(known);
        let remedy = suggest_id(self.schema, labels, id, known);
        self.faults.push(Fault { remedy, ..fault });
    }
}

impl<'a> Planner<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, options: &'a ImportOptions) -> Self {
        Self {
            snapshot,
            schema: snapshot.catalogue().schema(),
            options,
            draft: snapshot.draft(),
            faults: ImportFaults::default(),
            named: HashMap::new(),
            removed: HashSet::new(),
            kept: HashSet::new(),
            spells: HashMap::new(),
            extras: BTreeMap::new(),
            rows: BTreeMap::new(),
            spell_rows: BTreeMap::new(),
            stored_edges: HashMap::new(),
            replaces_states: false,
            replaces_observations: false,
            replaces_extras: false,
            notes: Vec::new(),
            warnings: Vec::new(),
            remarks: Remarks::default(),
            nodes: ImportCounts::default(),
            edges: ImportCounts::default(),
        }
    }

    /// Names first, so that rows may refer to each other in any order; then contents; then edges.
    pub(super) fn run(&mut self, package: &'a Package) {
        let mut sheets = Vec::new();
        for table in &package.tables {
            self.warnings.extend_from_slice(&table.warnings);
            if let Some(kind) = TableKind::named(self.schema, &table.name) {
                let sheet = Sheet::new(kind, table, &mut self.faults);
                if self.is_always(&sheet) && !table.rows.is_empty() {
                    self.warnings.extend(said_undated(kind, &table.file));
                }
                sheets.push(sheet);
            }
        }
        let nodes = self.name_nodes(&sheets);
        self.mark_removed_nodes(&sheets);
        self.read_extras(&sheets);
        self.read_spells(&sheets);
        self.fill_nodes(&sheets, &nodes);
        self.fill_stored_nodes();
        self.index_stored_edges(&sheets);
        let edges = self.plan_edges(&sheets);
        self.remove_edges(&sheets, &edges);
        self.remove_nodes();
        self.report_unused_extras();
    }

    /// The plan, unless there are faults.
    pub(super) fn finish(mut self) -> Result<ImportPlan, ImportFaults> {
        if !self.faults.is_empty() {
            self.faults.sort();
            return Err(self.faults);
        }
        Ok(ImportPlan {
            changes: self.draft.finish(),
            rows: self.rows,
            spell_rows: self.spell_rows,
            nodes: self.nodes,
            edges: self.edges,
            notes: self.notes,
            warnings: in_order_of_files(self.warnings, self.remarks),
        })
    }

    /// A fault for a graph that cannot take more.
    pub(super) fn refuse(&mut self, place: &Place, error: &ChangeError) {
        self.faults.push(place.fault("graph", error.to_string(), "split the import or use fewer names"));
    }

    /// All nodes with the id in a table, or with a label.
    pub(super) fn find_in(&self, place: &str, id: &str) -> Vec<NodeId> {
        let found = self.find(place, id);
        let table = || self.schema.labels.iter().find(|spec| spec.table == place);
        match table().filter(|_| found.is_empty()) {
            Some(spec) => self.find(&spec.name, id),
            None => found,
        }
    }

    fn read_extras(&mut self, sheets: &[Sheet<'a>]) {
        for sheet in sheets.iter().filter(|sheet| matches!(sheet.kind, TableKind::ExtraProperties)) {
            for row in sheet.table.rows.iter().filter(|row| !row.ragged) {
                let (table, of) = (sheet.cell(row, "table"), sheet.cell(row, "of"));
                let (property, value) = (sheet.cell(row, "property"), sheet.cell(row, "value"));
                let values = self.extras.entry((table, of)).or_default();
                values.push((property, value, sheet.place(row)));
            }
        }
    }

    /// Takes the values of `extra_properties` for a row into its properties.
    pub(super) fn take_extras(&mut self, table: &'a str, id: &'a str, properties: &mut Properties) {
        for (key, json, place) in self.extras.remove(&(table, id)).unwrap_or_default() {
            let Some(number) = self.key(&place, key) else { continue };
            match self.property(json) {
                Ok(property) => drop(properties.insert(number, property)),
                Err(error) => {
                    let fault = place.fault("package", error.to_string(), "write the value as `dump` does");
                    self.faults.push(fault.of("value"));
                }
            }
        }
    }

    fn property(&mut self, json: &str) -> Result<Property, JsonFault> {
        property_from_json(&mut self.draft, &read_json(json.as_bytes())?)
    }

    /// Values for rows that stand in no table of the package: their elements are in the store, or unknown.
    fn fill_stored_nodes(&mut self) {
        let mut touched: Vec<NodeId> = self.spells.keys().copied().chain(self.stripped_nodes()).collect();
        let mut tables: HashMap<NodeId, (&'a str, &'a str)> = HashMap::new();
        for (table, of) in self.extras.keys().copied() {
            let Some(TableKind::Label(spec)) = TableKind::named(self.schema, table) else { continue };
            for node in self.find(&spec.name, of) {
                touched.push(node);
                tables.insert(node, (table, of));
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            let Some(mut record) = self.draft.node_record(id) else { continue };
            let before = record.clone();
            if self.replaces()
                && let Some(spec) = self.table_label(&record.labels)
            {
                record.properties = self.left_over(spec, false, &record.properties);
            }
            self.merge_spells(id, &mut record.properties);
            if let Some((table, of)) = tables.get(&id) {
                self.take_extras(table, of, &mut record.properties);
            }
            self.put_node(record, Some(&before));
        }
    }

    /// Writes a node whose contents are settled, and counts it.
    pub(super) fn put_node(&mut self, record: NodeRecord, before: Option<&NodeRecord>) {
        match before {
            Some(before) if *before == record => {
                self.nodes.unchanged += 1;
                return;
            }
            Some(_) => self.nodes.changed += 1,
            None => self.nodes.added += 1,
        }
        if let Ok(mut node) = self.draft.edit_node(record.id) {
            *node = record;
        }
    }

    fn report_unused_extras(&mut self) {
        for ((table, of), values) in std::mem::take(&mut self.extras) {
            for (_, _, place) in values {
                let message = format!("there is no row “{of}” in {table}");
                let fault: Fault = place.fault("package", message, "correct the id, or remove the row");
                self.faults.push(fault.of("of"));
            }
        }
    }

    /// Whether the rows of a table without dates hold always (S31).
    pub(super) fn is_always(&self, sheet: &Sheet<'_>) -> bool {
        self.options.undated == Undated::Always && sheet.is_undated()
    }

    /// Whether rows of the store that the package does not name go away.
    pub(super) fn replaces(&self) -> bool {
        self.options.mode == ImportMode::ReplacePackage
    }

    /// Whether a table with state spells is among the sheets.
    pub(super) fn has_states(sheets: &[Sheet<'_>]) -> bool {
        sheets.iter().any(|sheet| sheet.kind.table() == STATES)
    }
}
