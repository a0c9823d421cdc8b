//! What `replace-package` takes out of the store, and what it leaves in.

use std::collections::HashSet;

use super::layout::{ELEMENT_COLUMNS, OBSERVATIONS, STATES, TableKind};
use super::planner::Planner;
use super::sheet::{Place, Sheet};
use crate::graph::{EdgeId, LabelId, LabelSpec, NodeId, Properties, Property, PropertyKind};

impl<'a> Planner<'a> {
    /// The label whose table a node is written to: the schema's, where it is the node's only one.
    pub(super) fn table_label(&self, labels: &[LabelId]) -> Option<&'a LabelSpec> {
        match labels {
            &[label] => self.schema.label(self.snapshot.catalogue().label_name(label)),
            _ => None,
        }
    }

    /// Finds the nodes that go away, before anything refers to them.
    pub(super) fn mark_removed_nodes(&mut self, sheets: &[Sheet<'a>]) {
        if !self.replaces() {
            return;
        }
        // Spells that two rows of one node make are no table of their own.
        let is_whole =
            |sheet: &Sheet<'_>| sheet.kind.table() != STATES || sheet.table.file.starts_with(STATES);
        let has = |table: &str| sheets.iter().any(|sheet| sheet.kind.table() == table && is_whole(sheet));
        self.replaces_states = has(STATES);
        self.replaces_observations = has(OBSERVATIONS);
        self.replaces_extras = has(super::layout::EXTRA_PROPERTIES);
        let extra = has(super::layout::EXTRA_NODES);
        for node in self.snapshot.nodes() {
            let replaced = self.table_label(node.labels()).map_or(extra, |spec| has(&spec.table));
            if replaced && !self.kept.contains(&node.id()) {
                self.removed.insert(node.id());
            }
        }
    }

    /// What a stored node keeps when its row, or its spells, are replaced.
    pub(super) fn left_over(&self, spec: &LabelSpec, own_table: bool, properties: &Properties) -> Properties {
        let catalogue = self.snapshot.catalogue();
        let stays = |name: &str, property: &Property| {
            let kind =
                spec.properties.iter().find(|property| property.key == name).map(|property| property.kind);
            let dated = matches!(property, Property::Dated(_));
            match kind {
                Some(PropertyKind::Observation) if dated => !self.replaces_observations,
                Some(PropertyKind::State) if dated => !self.replaces_states,
                Some(_) => !own_table,
                None if name == "id" || ELEMENT_COLUMNS.iter().any(|column| column.name == name) => {
                    !own_table
                }
                None => !self.replaces_extras,
            }
        };
        let kept = properties.iter().filter(|(key, property)| stays(catalogue.key_name(*key), property));
        kept.map(|(key, property)| (key, property.clone())).collect()
    }

    /// Stored nodes whose spells are replaced although no row of the package stands for them.
    pub(super) fn stripped_nodes(&self) -> Vec<NodeId> {
        if !self.replaces() || !(self.replaces_states || self.replaces_observations || self.replaces_extras) {
            return Vec::new();
        }
        let all = self.snapshot.nodes().filter(|node| self.table_label(node.labels()).is_some());
        all.map(|node| node.id()).filter(|id| !self.kept.contains(id) && !self.removed.contains(id)).collect()
    }

    /// Removes the edges of replaced tables that no row stands for.
    pub(super) fn remove_edges(&mut self, sheets: &[Sheet<'a>], kept: &HashSet<EdgeId>) {
        if !self.replaces() {
            return;
        }
        let has = |table: &str| sheets.iter().any(|sheet| sheet.kind.table() == table);
        let extra = sheets.iter().any(|sheet| matches!(sheet.kind, TableKind::ExtraEdges));
        for edge in self.snapshot.edges() {
            if kept.contains(&edge.id()) {
                continue;
            }
            let spec = self.schema.edge(edge.edge_type());
            if spec.map_or(extra, |spec| has(&spec.table)) {
                self.edges.removed += usize::from(self.draft.remove_edge(edge.id()).is_ok());
            } else {
                self.refuse_orphan(&edge);
            }
        }
    }

    fn refuse_orphan(&mut self, edge: &crate::graph::EdgeRef<'_>) {
        let gone = [edge.source(), edge.target()].into_iter().find(|end| self.removed.contains(&end.id()));
        if let Some(gone) = gone {
            let id = gone.text_id().unwrap_or_default();
            let message = format!(
                "“{id}” is not in the package, but {} {} still joins it",
                edge.edge_type(),
                edge.text_id().unwrap_or_default()
            );
            let remedy = "add the row, or give the package the table of these edges too";
            let place = Place { file: "".into(), row: 0 };
            let mut fault = place.fault("S18", message, remedy);
            fault.row = None;
            self.faults.push(fault);
        }
    }

    /// Removes the nodes that go away.
    pub(super) fn remove_nodes(&mut self) {
        let mut removed: Vec<NodeId> = self.removed.iter().copied().collect();
        removed.sort_unstable();
        for node in removed {
            self.nodes.removed += usize::from(self.draft.remove_node(node).is_ok());
        }
    }
}
