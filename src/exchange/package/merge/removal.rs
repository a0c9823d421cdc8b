//! What `replace-package` takes out of the store.

use super::MergeOutcome;
use super::known::Known;
use crate::exchange::fault::Fault;
use crate::exchange::package::read::PackageTable;
use crate::exchange::package::schema::TableKind;
use crate::exchange::package::schema::layout::{EXTRA_NODES, EXTRA_PROPERTIES, OBSERVATIONS, STATES};
use crate::graph::{Draft, EdgeRef, NodeId, Snapshot};

/// Whether the package has a table. Spells that two rows of one node make are not a table of their own.
fn has(tables: &[PackageTable<'_>], name: &str) -> bool {
    let is_whole = |table: &PackageTable<'_>| table.kind.table() != STATES || table.file.starts_with(STATES);
    tables.iter().any(|table| table.kind.table() == name && is_whole(table))
}

impl Known<'_> {
    /// Finds the nodes that go away, before anything refers to them.
    pub(super) fn mark_removed(&mut self, tables: &[PackageTable<'_>]) {
        if !self.replaces() {
            return;
        }
        self.found.replaces_states = has(tables, STATES);
        self.found.replaces_observations = has(tables, OBSERVATIONS);
        self.found.replaces_extras = has(tables, EXTRA_PROPERTIES);
        let extra = has(tables, EXTRA_NODES);
        let mut removed = Vec::new();
        for node in self.before.nodes() {
            let replaced = self.table_label(node.labels()).map_or(extra, |spec| has(tables, &spec.table));
            if replaced && !self.found.kept.contains(&node.id()) {
                removed.push(node.id());
            }
        }
        self.found.removed.extend(removed);
    }

    /// Stored nodes whose spells are replaced although no row of the package stands for them.
    pub(super) fn stripped(&self) -> Vec<NodeId> {
        let found = &self.found;
        let strips = found.replaces_states || found.replaces_observations || found.replaces_extras;
        if !self.replaces() || !strips {
            return Vec::new();
        }
        let all = self.before.nodes().filter(|node| self.table_label(node.labels()).is_some());
        let others = all.map(|node| node.id());
        others.filter(|id| !found.kept.contains(id) && !found.removed.contains(id)).collect()
    }
}

impl MergeOutcome {
    /// Removes the edges of replaced tables that no row stands for, then the nodes.
    pub(super) fn remove(&mut self, draft: &mut Draft<'_>, before: &Snapshot, tables: &[PackageTable<'_>]) {
        let extra = tables.iter().any(|table| matches!(table.kind, TableKind::ExtraEdges));
        let schema = before.catalogue().schema();
        for edge in before.edges() {
            if self.kept_edges.contains(&edge.id()) {
                continue;
            }
            let spec = schema.edge(edge.edge_type());
            if spec.map_or(extra, |spec| has(tables, &spec.table)) {
                self.edges.removed += usize::from(draft.remove_edge(edge.id()).is_ok());
            } else {
                self.refuse_orphan(&edge);
            }
        }
        let mut removed: Vec<NodeId> = self.found.removed.iter().copied().collect();
        removed.sort_unstable();
        for node in removed {
            self.nodes.removed += usize::from(draft.remove_node(node).is_ok());
        }
    }

    fn refuse_orphan(&mut self, edge: &EdgeRef<'_>) {
        let ends = [edge.source(), edge.target()];
        let Some(gone) = ends.into_iter().find(|end| self.found.removed.contains(&end.id())) else { return };
        let message = format!(
            "“{}” is not in the package, but {} {} still joins it",
            gone.text_id().unwrap_or_default(),
            edge.edge_type(),
            edge.text_id().unwrap_or_default()
        );
        let remedy = "add the row, or give the package the table of these edges too";
        self.faults.push(Fault::new("", "S18", message, remedy));
    }
}
