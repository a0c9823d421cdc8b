//! The packed part of a snapshot: columns, and adjacency in both orientations.

use std::collections::HashMap;

use super::column::{PropertyColumns, ValidityColumn};
use super::index::TextIndex;
use super::{EdgeId, EdgeIx, EdgeRecord, LabelId, NodeId, NodeIx, NodeRecord, TypeId};

/// Nodes by ascending id; edges by source, type, target and id, so that a node's outgoing edges are a
/// range (compressed sparse rows). The incoming ones are a second index over the same edges.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) node_ids: Vec<NodeId>,
    pub(super) node_labels: Vec<Box<[LabelId]>>,
    pub(super) node_validity: ValidityColumn,
    pub(super) node_properties: PropertyColumns,
    pub(super) edge_ids: Vec<EdgeId>,
    pub(super) edge_types: Vec<TypeId>,
    pub(super) edge_sources: Vec<NodeIx>,
    pub(super) edge_targets: Vec<NodeIx>,
    pub(super) edge_validity: ValidityColumn,
    pub(super) edge_properties: PropertyColumns,
    pub(super) edge_by_id: HashMap<EdgeId, EdgeIx>,
    pub(super) node_texts: TextIndex,
    pub(super) edge_texts: TextIndex,
    out_offsets: Vec<u32>,
    in_offsets: Vec<u32>,
    in_edges: Vec<EdgeIx>,
}

impl Base {
    /// Packs records. Edges whose ends are not among the nodes are returned, not packed.
    pub(super) fn build(mut nodes: Vec<NodeRecord>, edges: Vec<EdgeRecord>) -> (Self, Vec<EdgeRecord>) {
        nodes.sort_unstable_by_key(|node| node.id);
        let node_ids: Vec<NodeId> = nodes.iter().map(|node| node.id).collect();
        let ix_of = |id: NodeId| node_ids.binary_search(&id).ok().map(NodeIx::from_position);
        let mut placed: Vec<(NodeIx, NodeIx, EdgeRecord)> = Vec::with_capacity(edges.len());
        let mut dangling = Vec::new();
        for edge in edges {
            match (ix_of(edge.source), ix_of(edge.target)) {
                (Some(source), Some(target)) => placed.push((source, target, edge)),
                _ => dangling.push(edge),
            }
        }
        placed.sort_unstable_by_key(|(source, target, edge)| (*source, edge.edge_type, *target, edge.id));
        let edge_targets: Vec<NodeIx> = placed.iter().map(|(_, target, _)| *target).collect();
        let edge_sources: Vec<NodeIx> = placed.iter().map(|(source, _, _)| *source).collect();
        let (in_offsets, mut in_edges) = by_target(node_ids.len(), &edge_targets);
        for run in in_offsets.windows(2) {
            in_edges[run[0] as usize..run[1] as usize].sort_unstable_by_key(|ix| {
                let (source, _, edge) = &placed[ix.position()];
                (edge.edge_type, *source, edge.id)
            });
        }
        let base = Self {
            node_labels: nodes.iter().map(|node| node.labels.clone().into_boxed_slice()).collect(),
            node_validity: ValidityColumn::build(nodes.iter().map(|node| &node.validity)),
            node_properties: PropertyColumns::build(nodes.iter().map(|node| &node.properties)),
            edge_ids: placed.iter().map(|(_, _, edge)| edge.id).collect(),
            edge_types: placed.iter().map(|(_, _, edge)| edge.edge_type).collect(),
            edge_validity: ValidityColumn::build(placed.iter().map(|(_, _, edge)| &edge.validity)),
            edge_properties: PropertyColumns::build(placed.iter().map(|(_, _, edge)| &edge.properties)),
            edge_by_id: (0..).zip(&placed).map(|(ix, (_, _, edge))| (edge.id, EdgeIx::new(ix))).collect(),
            node_texts: TextIndex::default(),
            edge_texts: TextIndex::default(),
            out_offsets: offsets(node_ids.len(), &edge_sources),
            node_ids,
            edge_sources,
            edge_targets,
            in_offsets,
            in_edges,
        };
        (base, dangling)
    }

    pub(super) fn node_ix(&self, id: NodeId) -> Option<NodeIx> {
        self.node_ids.binary_search(&id).ok().map(NodeIx::from_position)
    }

    pub(super) fn out_edges(&self, node: NodeIx) -> std::ops::Range<u32> {
        range(&self.out_offsets, node)
    }

    pub(super) fn in_edges(&self, node: NodeIx) -> &[EdgeIx] {
        let range = range(&self.in_offsets, node);
        self.in_edges.get(range.start as usize..range.end as usize).unwrap_or(&[])
    }
}

fn range(offsets: &[u32], node: NodeIx) -> std::ops::Range<u32> {
    match offsets.get(node.position()..node.position() + 2) {
        Some(&[start, end]) => start..end,
        _ => 0..0,
    }
}

/// Where each node's run begins in a sequence sorted by node.
fn offsets(nodes: usize, sorted: &[NodeIx]) -> Vec<u32> {
    let mut offsets = vec![0_u32; nodes + 1];
    for node in sorted {
        offsets[node.position() + 1] += 1;
    }
    for at in 1..offsets.len() {
        offsets[at] += offsets[at - 1];
    }
    offsets
}

/// A counting sort of edges by target; within a target they stay in edge order.
fn by_target(nodes: usize, targets: &[NodeIx]) -> (Vec<u32>, Vec<EdgeIx>) {
    let offsets = offsets(nodes, targets);
    let mut next = offsets.clone();
    let mut edges = vec![EdgeIx::default(); targets.len()];
    for (ix, target) in (0..).zip(targets) {
        let slot = &mut next[target.position()];
        edges[*slot as usize] = EdgeIx::new(ix);
        *slot += 1;
    }
    (offsets, edges)
}
