//! What rows are read against: schema, ids of nodes, numbers of keys.

use std::collections::HashMap;

use super::names::Names;
use crate::exchange::fault::Fault;
use crate::exchange::package::{Place, Reading};
use crate::exchange::remarks::{Oddity, Remarks};
use crate::graph::{KeyId, NodeId, Schema};

/// What is known before the rows of a table are read.
pub(super) struct Ground<'s> {
    pub(super) schema: &'s Schema,
    pub(super) names: Names,
    pub(super) keys: HashMap<String, KeyId>,
    /// Id of the first node; the others follow in the order of their numbers.
    pub(super) first: u64,
}

impl<'s> Ground<'s> {
    pub(super) fn new(schema: &'s Schema) -> Self {
        Self { schema, names: Names::default(), keys: HashMap::new(), first: 0 }
    }

    pub(super) fn key(&self, name: &str) -> Option<KeyId> {
        self.keys.get(name).copied()
    }

    /// The id of a node.
    pub(super) fn node(&self, number: u32) -> NodeId {
        NodeId::new(self.first + u64::from(number))
    }
}

/// A fault whose remedy may have to be looked for: by whom, and for which labels and id.
pub(super) struct Noted {
    pub(super) fault: Fault,
    pub(super) wanted: Option<(Vec<String>, String)>,
}

/// Reads the rows of one block and keeps what is wrong with them.
pub(super) struct BlockReading<'g, 's> {
    pub(super) ground: &'g Ground<'s>,
    pub(super) noted: Vec<Noted>,
    pub(super) remarks: Remarks,
    /// How many cells were strange.
    pub(super) strange: usize,
}

impl<'g, 's> BlockReading<'g, 's> {
    pub(super) fn new(ground: &'g Ground<'s>) -> Self {
        Self { ground, noted: Vec::new(), remarks: Remarks::default(), strange: 0 }
    }
}

impl<'s> Reading<'s> for BlockReading<'_, 's> {
    fn schema(&self) -> &'s Schema {
        self.ground.schema
    }

    fn find(&self, label: &str, id: &str) -> Vec<NodeId> {
        let found = self.ground.names.table(label).and_then(|table| table.find(id));
        found.map(|number| self.ground.node(number)).into_iter().collect()
    }

    /// All keys of a table are named before its rows are read.
    fn key(&mut self, _: &Place, name: &str) -> Option<KeyId> {
        self.ground.key(name)
    }

    fn fault(&mut self, fault: Fault) {
        self.noted.push(Noted { fault, wanted: None });
    }

    fn remark(&mut self, place: &Place, column: &str, oddity: Oddity, example: &str) {
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
