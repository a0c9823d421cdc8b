//! What is different in another state that was made from the same packed part?

use std::sync::Arc;

use super::{NodeIx, Snapshot};

impl Snapshot {
    /// Whether both are one state: not another one with the same commit, whose indices may differ.
    pub(crate) fn is_same_state(&self, other: &Self) -> bool {
        self.shares_indices(other) && Arc::ptr_eq(&self.delta, &other.delta)
    }

    /// Whether an index that both states use means the same node or edge in both.
    pub(crate) fn shares_indices(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.packed, &other.packed)
    }

    /// Nodes that are not the same in both states, in order: made, changed, removed. What it costs follows from the
    /// changes between the two. `None` if the states do not share their indices.
    pub(crate) fn nodes_changed_since(&self, former: &Self) -> Option<Vec<NodeIx>> {
        let mut changed = self.shares_indices(former).then(|| self.delta.nodes_differing(&former.delta))?;
        changed.sort_unstable();
        Some(changed)
    }
}
