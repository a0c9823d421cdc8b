//! Nodes, column by column.

use std::collections::HashMap;

use super::number;
use crate::graph::columns::RowGroup;
use crate::graph::{LabelId, NodeId, NodeRecord};

/// Nodes in ascending order of their ids, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NodeColumns {
    pub(crate) ids: Vec<u64>,
    /// The sets of labels that occur.
    pub(crate) label_sets: Vec<Box<[LabelId]>>,
    /// The set of each node.
    pub(crate) labels: Vec<u32>,
    pub(crate) elements: RowGroup,
}

impl NodeColumns {
    /// Packs nodes that are sorted by id.
    pub(crate) fn pack(nodes: &[NodeRecord]) -> Self {
        let mut sets = LabelSets::default();
        let labels = nodes.iter().map(|node| sets.number(&node.labels)).collect();
        let elements = RowGroup::pack(nodes.iter().map(|node| (&node.validity, &node.properties)));
        Self {
            ids: nodes.iter().map(|node| node.id.get()).collect(),
            label_sets: sets.sets,
            labels,
            elements,
        }
    }
}

impl NodeColumns {
    /// One node.
    pub(crate) fn record(&self, row: usize) -> NodeRecord {
        let (validity, properties) = self.elements.row(number(row));
        let labels = self.label_sets[self.labels[row] as usize].to_vec();
        NodeRecord { id: NodeId::new(self.ids[row]), labels, validity, properties }
    }
}

/// Numbers for sets of labels.
#[derive(Debug, Default)]
pub(super) struct LabelSets {
    pub(super) sets: Vec<Box<[LabelId]>>,
    numbers: HashMap<Box<[LabelId]>, u32>,
}

impl LabelSets {
    pub(super) fn number(&mut self, labels: &[LabelId]) -> u32 {
        if let Some(number) = self.numbers.get(labels) {
            return *number;
        }
        // There are no more sets than nodes.
        let number = number(self.sets.len());
        self.sets.push(labels.into());
        self.numbers.insert(labels.into(), number);
        number
    }
}
