//! What a log touches, so that a merge writes only those chunks again.

use std::collections::BTreeSet;

use crate::graph::{Change, ChangeSet, EdgeId, NodeId, Snapshot};

/// What the log touches since the last merge.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Pending {
    pub(in crate::store) nodes: BTreeSet<u64>,
    pub(in crate::store) sources: BTreeSet<u64>,
    pub(in crate::store) targets: BTreeSet<u64>,
    /// Changes in the log.
    pub(in crate::store) operations: usize,
    /// Bytes that the log takes.
    pub(in crate::store) bytes: usize,
}

impl Pending {
    /// Adds what a change set touches; `ends` finds the ends that an edge had before.
    pub(in crate::store) fn record(
        &mut self,
        changes: &ChangeSet,
        ends: impl Fn(EdgeId) -> Option<(NodeId, NodeId)>,
    ) {
        self.operations += changes.len();
        for change in changes {
            let (id, now) = match change {
                Change::PutNode(node) => {
                    self.nodes.insert(node.id.get());
                    continue;
                }
                Change::RemoveNode(id) => {
                    self.nodes.insert(id.get());
                    continue;
                }
                Change::PutEdge(edge) => (edge.id, Some((edge.source, edge.target))),
                Change::RemoveEdge(id) => (*id, None),
            };
            for (source, target) in ends(id).into_iter().chain(now) {
                self.sources.insert(source.get());
                self.targets.insert(target.get());
            }
        }
    }

    /// Adds that edges arrive somewhere: where there are no chunks of incoming edges all are written.
    pub(in crate::store) fn record_targets(&mut self, snapshot: &Snapshot) {
        self.targets.extend(snapshot.nodes().next().map(|node| node.id().get()));
    }

    /// Adds what another one touches.
    pub(in crate::store) fn extend(&mut self, other: &Self) {
        self.nodes.extend(&other.nodes);
        self.sources.extend(&other.sources);
        self.targets.extend(&other.targets);
        self.operations += other.operations;
        self.bytes += other.bytes;
    }
}
