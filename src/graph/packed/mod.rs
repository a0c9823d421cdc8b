//! What does a graph look like that was packed at once?
//!
//! Columns of nodes and edges, adjacency in both orientations, and indexes that are made when first asked for: rows by
//! label and type, texts, degrees.

mod builder;
mod csr;
mod degrees;
mod edges;
mod nodes;
mod ordered_index;
mod row_sets;
mod text_index;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

pub(super) use builder::PackedBuilder;
use csr::range;
use degrees::Degrees;
pub(super) use degrees::{in_order, run_of, runs};
pub(crate) use edges::{EdgeColumns, LinkedEdges};
use nodes::LabelSets;
pub(crate) use nodes::NodeColumns;
pub(super) use ordered_index::{Entry, OrderedIndex};
pub(super) use row_sets::RowSet;
use row_sets::RowSets;
pub(super) use text_index::TextIndex;

use super::columns::RowGroups;
use super::{EdgeDirection, EdgeId, EdgeIx, LabelId, NodeId, NodeIx, TypeId};

/// What cannot be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackError {
    #[error("edge {edge} joins {from} and {to}, one of which does not exist")]
    Dangling { edge: EdgeId, from: NodeId, to: NodeId },
    #[error("node {0} is out of order or there twice")]
    NodeOrder(NodeId),
    #[error("edge {0} is out of order or there twice")]
    EdgeOrder(EdgeId),
    #[error("there are more than 4,294,967,294 nodes or edges")]
    Full,
}

/// Nodes by ascending id; edges by source, type, target and id, so that a node's outgoing edges are a
/// range (compressed sparse rows). The incoming ones are a second index over the same edges.
#[derive(Debug, Default)]
pub(in crate::graph) struct Packed {
    pub(in crate::graph) node_ids: Arc<Vec<NodeId>>,
    pub(super) label_sets: Vec<Box<[LabelId]>>,
    pub(super) node_labels: Vec<u32>,
    pub(in crate::graph) nodes: RowGroups,
    /// Ids fit four bytes: a draft refuses more.
    pub(super) edge_ids: Vec<u32>,
    pub(in crate::graph) edge_types: Vec<TypeId>,
    pub(in crate::graph) edge_sources: Vec<NodeIx>,
    pub(in crate::graph) edge_targets: Vec<NodeIx>,
    pub(in crate::graph) edges: RowGroups,
    pub(super) edge_by_id: OnceLock<Vec<EdgeIx>>,
    pub(in crate::graph) node_texts: TextIndex,
    pub(in crate::graph) edge_texts: TextIndex,
    pub(in crate::graph) node_orders: OrderedIndex,
    pub(super) out_offsets: Vec<u32>,
    pub(super) in_offsets: Vec<u32>,
    pub(in crate::graph) in_edges: Vec<EdgeIx>,
    /// What is worked out when first asked for: the sources of `in_edges`, the nodes of each label, the edges of each
    /// type, degrees.
    pub(in crate::graph) in_sources: OnceLock<Vec<NodeIx>>,
    pub(in crate::graph) label_rows: OnceLock<RowSets>,
    pub(in crate::graph) type_rows: OnceLock<RowSets>,
    pub(in crate::graph) degrees: OnceLock<Degrees>,
}

impl Packed {
    pub(in crate::graph) fn node_ix(&self, id: NodeId) -> Option<NodeIx> {
        node_ix(&self.node_ids, id)
    }

    pub(in crate::graph) fn labels(&self, node: NodeIx) -> &[LabelId] {
        &self.label_sets[self.node_labels[node.position()] as usize]
    }

    pub(in crate::graph) fn edge_id(&self, edge: EdgeIx) -> EdgeId {
        EdgeId::new(u64::from(self.edge_ids[edge.position()]))
    }

    pub(in crate::graph) fn edge_type(&self, edge: EdgeIx) -> TypeId {
        self.edge_types[edge.position()]
    }

    pub(in crate::graph) fn edge_count(&self) -> usize {
        self.edge_ids.len()
    }

    /// The edge of an id. The order of the ids is worked out when first asked for.
    pub(in crate::graph) fn edge_ix(&self, id: EdgeId) -> Option<EdgeIx> {
        let wanted = u32::try_from(id.get()).ok()?;
        let id_of = |ix: &EdgeIx| self.edge_ids[ix.position()];
        let order = self.edge_by_id.get_or_init(|| {
            let mut order: Vec<EdgeIx> = (0..self.edge_ids.len()).map(EdgeIx::from_position).collect();
            // On one core: a task that waits for this order could be taken up in the midst of a parallel sort.
            if !self.edge_ids.is_sorted() {
                order.sort_unstable_by_key(id_of);
            }
            order
        });
        // Ids without gaps stand at their own place.
        let guess = order.get(wanted as usize).filter(|ix| id_of(ix) == wanted);
        guess.copied().or_else(|| order.binary_search_by_key(&wanted, id_of).ok().map(|at| order[at]))
    }

    pub(in crate::graph) fn out_edges(&self, node: NodeIx) -> Range<u32> {
        range(&self.out_offsets, node)
    }

    /// The places of the edges that arrive at a node, among all by target.
    pub(in crate::graph) fn in_places(&self, node: NodeIx) -> Range<u32> {
        range(&self.in_offsets, node)
    }

    /// The edge at a place of an orientation.
    pub(in crate::graph) fn edge_at(&self, place: u32, orientation: EdgeDirection) -> EdgeIx {
        match orientation {
            EdgeDirection::Out => EdgeIx::new(place),
            EdgeDirection::In => self.in_edges[place as usize],
        }
    }

    pub(in crate::graph) fn in_edges(&self, node: NodeIx) -> &[EdgeIx] {
        let range = self.in_places(node);
        self.in_edges.get(range.start as usize..range.end as usize).unwrap_or(&[])
    }

    pub(in crate::graph) fn offsets(&self, out: bool) -> &[u32] {
        if out { &self.out_offsets } else { &self.in_offsets }
    }

    /// The edges of a range of places in the order by target.
    pub(in crate::graph) fn arriving(
        &self,
        range: &Range<u32>,
    ) -> impl Iterator<Item = (NodeId, TypeId, NodeId, EdgeId)> {
        let node = |ix: NodeIx| self.node_ids[ix.position()];
        let edges = self.in_edges[range.start as usize..range.end as usize].iter();
        edges.map(move |edge| {
            let at = edge.position();
            let (source, target) = (node(self.edge_sources[at]), node(self.edge_targets[at]));
            (source, self.edge_type(*edge), target, self.edge_id(*edge))
        })
    }

    /// Nodes of a range of positions.
    pub(in crate::graph) fn node_columns(&self, range: &Range<u32>) -> NodeColumns {
        let rows = range.start as usize..range.end as usize;
        let mut sets = LabelSets::default();
        let labels = self.node_labels[rows.clone()].iter();
        NodeColumns {
            ids: self.node_ids[rows].iter().map(|id| id.get()).collect(),
            labels: labels.map(|set| sets.number(&self.label_sets[*set as usize])).collect(),
            label_sets: sets.sets,
            elements: self.nodes.columns(range),
        }
    }

    /// Edges of a range of positions.
    pub(in crate::graph) fn edge_columns(&self, range: &Range<u32>) -> EdgeColumns {
        let rows = range.start as usize..range.end as usize;
        let id = |ix: &NodeIx| self.node_ids[ix.position()].get();
        EdgeColumns {
            sources: self.edge_sources[rows.clone()].iter().map(id).collect(),
            types: self.edge_types[rows.clone()].iter().map(|own| own.get()).collect(),
            targets: self.edge_targets[rows.clone()].iter().map(id).collect(),
            ids: self.edge_ids[rows].iter().map(|id| u64::from(*id)).collect(),
            elements: self.edges.columns(range),
        }
    }
}

/// Ids mostly have no gaps, so that a node stands at the place of its id.
fn node_ix(ids: &[NodeId], id: NodeId) -> Option<NodeIx> {
    let place = usize::try_from(id.get()).ok()?;
    if ids.get(place) == Some(&id) {
        return Some(NodeIx::from_position(place));
    }
    ids.binary_search(&id).ok().map(NodeIx::from_position)
}

fn number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
}
