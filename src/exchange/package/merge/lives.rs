//! How long do nodes last, for edges without dates that last as long as both their ends (S31)?

use std::collections::HashMap;

use crate::graph::{NodeId, Snapshot};
use crate::value::{Bound, Validity};

/// Start and end of the nodes that an import makes or changes; kept only if an edge may ask.
#[derive(Debug, Default)]
pub(super) struct Lives {
    pub(super) are_kept: bool,
    /// Of new nodes, by ascending id.
    new: Vec<(Bound, Bound)>,
    changed: HashMap<NodeId, (Bound, Bound)>,
}

impl Lives {
    /// Notes the next new node.
    pub(super) fn add(&mut self, validity: &Validity) {
        if self.are_kept {
            self.new.push((validity.from, validity.to));
        }
    }

    /// Notes a node of the store that has changed.
    pub(super) fn change(&mut self, node: NodeId, validity: &Validity) {
        if self.are_kept {
            self.changed.insert(node, (validity.from, validity.to));
        }
    }

    /// When a node exists, without the days at which it is attested.
    pub(super) fn of(&self, node: NodeId, before: &Snapshot) -> Validity {
        let new = node.get().checked_sub(before.next_ids().0).and_then(|at| usize::try_from(at).ok());
        let known = match new {
            Some(at) => self.new.get(at),
            None => self.changed.get(&node),
        };
        match known {
            Some((from, to)) => Validity { from: *from, to: *to, ..Validity::UNKNOWN },
            None => before.node(node).map_or(Validity::ALWAYS, |node| node.validity()),
        }
    }
}
