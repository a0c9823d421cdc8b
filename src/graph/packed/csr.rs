//! Compressed sparse rows: where the edges of each node lie.

use std::ops::Range;

use crate::graph::{EdgeIx, NodeIx, TypeId};

pub(super) fn range(offsets: &[u32], node: NodeIx) -> Range<u32> {
    match offsets.get(node.position()..node.position() + 2) {
        Some(&[start, end]) => start..end,
        _ => 0..0,
    }
}

/// Where each node's run begins in a sequence sorted by node.
pub(super) fn offsets(nodes: usize, sorted: &[NodeIx]) -> Vec<u32> {
    let mut offsets = vec![0_u32; nodes + 1];
    for node in sorted {
        offsets[node.position() + 1] += 1;
    }
    for at in 1..offsets.len() {
        offsets[at] += offsets[at - 1];
    }
    offsets
}

/// A counting sort of edges by target; within a target by type, then in edge order: by source and id.
pub(super) fn by_target(nodes: usize, targets: &[NodeIx], types: &[TypeId]) -> (Vec<u32>, Vec<EdgeIx>) {
    let offsets = offsets(nodes, targets);
    let mut next = offsets.clone();
    let mut edges = vec![EdgeIx::default(); targets.len()];
    for (ix, target) in (0..).zip(targets) {
        let slot = &mut next[target.position()];
        edges[*slot as usize] = EdgeIx::new(ix);
        *slot += 1;
    }
    let type_of = |ix: &EdgeIx| types[ix.position()];
    for run in offsets.windows(2) {
        let run = &mut edges[run[0] as usize..run[1] as usize];
        if !run.is_sorted_by_key(type_of) {
            run.sort_by_key(type_of);
        }
    }
    (offsets, edges)
}
