//! What rows are read against: the schema, the state before, the nodes that ids name, the numbers of keys.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::extras::Extras;
use super::lives::Lives;
use super::names::{TableIds, TableNames};
use super::options::{ImportMode, ImportOptions};
use crate::exchange::cell::BLANK;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::read::{NEAR_IDS, RowContext, suggest_id};
use crate::exchange::package::schema::RowLocation;
use crate::exchange::remarks::{Oddity, Remarks};
use crate::graph::{EdgeRef, KeyId, LabelId, LabelSpec, NewEdge, NodeId, Schema, Snapshot, TypeId};

/// What an import has found out before it reads a row.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) names: TableIds,
    pub(super) keys: HashMap<String, KeyId>,
    pub(super) extras: Extras,
    pub(super) lives: Lives,
    /// New edges of `extra_edges`, with file and row.
    pub(super) extra_edges: Vec<(NewEdge, String, u64)>,
    /// Nodes of the store that rows stand for.
    pub(super) kept: HashSet<NodeId>,
    /// Nodes of the store that this import removes.
    pub(super) removed: HashSet<NodeId>,
    /// Under `replace-package`: whether the package has a table of states, observations, extra properties.
    pub(super) replaces_states: bool,
    pub(super) replaces_observations: bool,
    pub(super) replaces_extras: bool,
}

/// What is known before the rows of a table are read.
pub(in crate::exchange::package) struct Known<'k> {
    pub(super) schema: &'k Schema,
    pub(super) before: &'k Snapshot,
    pub(super) options: &'k ImportOptions,
    pub(super) found: Findings,
    /// Types of the edges of the store; worked out when first asked for.
    stored_types: OnceLock<HashSet<TypeId>>,
}

impl<'k> Known<'k> {
    pub(super) fn new(before: &'k Snapshot, options: &'k ImportOptions) -> Self {
        Self::with(before, options, Findings::default())
    }

    pub(super) fn with(before: &'k Snapshot, options: &'k ImportOptions, found: Findings) -> Self {
        let schema = before.catalogue().schema();
        Self { schema, before, options, found, stored_types: OnceLock::new() }
    }

    /// Whether the store has edges of a type.
    pub(super) fn has_edges(&self, edge_type: &str) -> bool {
        let types = || self.before.edges().map(EdgeRef::type_id).collect();
        let number = self.before.catalogue().edge_type(edge_type);
        number.is_some_and(|number| self.stored_types.get_or_init(types).contains(&number))
    }

    /// The number of a key, if it has one.
    pub(in crate::exchange::package) fn key(&self, name: &str) -> Option<KeyId> {
        self.found.keys.get(name).copied().or_else(|| self.before.catalogue().key(name))
    }

    /// Whether a node is one of the store.
    pub(super) fn is_stored(&self, node: NodeId) -> bool {
        node.get() < self.before.next_ids().0
    }

    /// Whether rows of the store that the package does not name go away.
    pub(super) fn replaces(&self) -> bool {
        self.options.mode == ImportMode::ReplacePackage
    }

    /// All nodes with the label, or in the table, and the id: in the package or in what stays of the store.
    pub(super) fn find(&self, label: &str, id: &str) -> Vec<NodeId> {
        let found = self.found.names.find(label, id);
        if !found.is_empty() || id.starts_with(BLANK) || self.before.node_count() == 0 {
            return found;
        }
        let stored = self.before.find(label, id).map(|node| node.id());
        stored.into_iter().filter(|node| !self.found.removed.contains(node)).collect()
    }

    /// The label whose table a node is written to: the schema's, if it is the node's only one.
    pub(super) fn table_label(&self, labels: &[LabelId]) -> Option<&'k LabelSpec> {
        match labels {
            &[label] => self.schema.label(self.before.catalogue().label_name(label)),
            _ => None,
        }
    }

    /// Takes the faults of a block and finds the remedies that were left open.
    pub(super) fn settle(&self, noted: Vec<Noted>, faults: &mut ImportFaults) {
        for Noted { fault, wanted } in noted {
            let fault = match wanted {
                None => fault,
                Some((labels, id)) => {
                    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                    let remedy = self.remedy_of(&labels, &id, faults.is_short());
                    Fault { remedy, ..fault }
                }
            };
            faults.push(fault);
        }
    }

    /// What to do about an id that no row of these labels has.
    fn remedy_of(&self, labels: &[&str], id: &str, is_short: bool) -> String {
        let stored: Vec<_> = labels
            .iter()
            .filter(|_| is_short)
            .flat_map(|label| self.before.nodes_with(label))
            .filter(|node| !self.found.removed.contains(&node.id()))
            .filter_map(|node| node.text_id())
            .take(NEAR_IDS)
            .collect();
        let tables = labels.iter().filter_map(|label| self.found.names.table(label));
        let named = tables.flat_map(TableNames::ids).take(NEAR_IDS);
        let known = named.chain(stored.iter().map(AsRef::as_ref));
        suggest_id(self.schema, labels, id, is_short.then_some(known))
    }
}

/// A fault whose remedy may have to be looked for: by whom, and for which labels and id.
pub(super) struct Noted {
    pub(super) fault: Fault,
    pub(super) wanted: Option<(Vec<String>, String)>,
}

/// Reads the rows of one block and keeps what is wrong with them.
pub(in crate::exchange::package) struct BlockContext<'g, 's> {
    pub(super) known: &'g Known<'s>,
    pub(super) noted: Vec<Noted>,
    pub(super) remarks: Remarks,
    /// How many cells were strange.
    pub(in crate::exchange::package) strange: usize,
}

impl<'g, 's> BlockContext<'g, 's> {
    pub(super) fn new(known: &'g Known<'s>) -> Self {
        Self { known, noted: Vec::new(), remarks: Remarks::default(), strange: 0 }
    }

    /// Notes a row whose id the store has, where that may not be.
    pub(super) fn refuse_stored(&mut self, id: &str, place: &RowLocation, table: &str) {
        if self.known.options.mode == ImportMode::Create {
            self.fault(stored_already(id, place, table));
        }
    }

    /// Notes a row that says something else than the store.
    pub(super) fn refuse_changed(&mut self, place: &RowLocation, id: &str) {
        self.fault(stored_otherwise(id, place));
    }
}

/// The fault of a row of a table of nodes whose id a row above has.
pub(super) fn repeated(spec: &LabelSpec, place: &RowLocation, id: &str, first: u64) -> Fault {
    let mut fault = place.repeated_id(id, first);
    if spec.interrupted_by.is_some() {
        fault.remedy += "; one that ceased and came back has a row for each spell, with dates that lie apart";
    }
    fault
}

/// The fault of a row whose id the store has.
pub(super) fn stored_already(id: &str, place: &RowLocation, table: &str) -> Fault {
    let message = format!("the store has a row “{id}” of {table} already");
    let remedy = "import with the mode update to replace it, or append to add only new rows";
    place.fault("S22", message, remedy).of("id")
}

/// The fault of a row that says something else than the store.
pub(super) fn stored_otherwise(id: &str, place: &RowLocation) -> Fault {
    let message = format!("the store has “{id}” with other contents");
    let remedy = "import with the mode update to replace it, or give the new row another id";
    place.fault("S22", message, remedy).of("id")
}

impl<'s> RowContext<'s> for BlockContext<'_, 's> {
    fn schema(&self) -> &'s Schema {
        self.known.schema
    }

    fn find(&self, label: &str, id: &str) -> Vec<NodeId> {
        self.known.find(label, id)
    }

    fn fault(&mut self, fault: Fault) {
        self.noted.push(Noted { fault, wanted: None });
    }

    fn remark(&mut self, place: &RowLocation, column: &str, oddity: Oddity, example: &str) {
        self.strange += 1;
        self.remarks.note(&place.file, place.row, column, oddity, example);
    }

    /// How many faults stand before this one, and so whether near ids are looked for, is known when the
    /// blocks are put in order.
    fn unknown_id(&mut self, fault: Fault, labels: &[&str], id: &str) {
        let labels = labels.iter().map(|label| (*label).to_owned()).collect();
        self.noted.push(Noted { fault, wanted: Some((labels, id.to_owned())) });
    }
}
