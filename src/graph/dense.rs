//! A snapshot without gaps, for algorithms of petgraph that count on dense indices.

use petgraph::visit::{
    Data, EdgeCount, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected, IntoNeighbors,
    IntoNeighborsDirected, IntoNodeIdentifiers, NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};
use petgraph::{Directed, Direction};

use super::{EdgeIx, NodeIx, NodeRef, Snapshot};

/// A snapshot as petgraph sees it, with the nodes numbered from 0 without gaps.
///
/// An index of a removed node stays unused in a [`Snapshot`]; petgraph's `page_rank`, `connected_components` and
/// `floyd_warshall` take every number below the bound for a node. Ids are those of the snapshot; eight bytes a node.
///
/// ```
/// use std::sync::Arc;
/// use intergov::graph::{Catalogue, Snapshot};
/// use intergov::value::Validity;
///
/// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
/// let mut draft = empty.draft();
/// let nodes = [(); 4].map(|()| draft.create_node(&["City"], Validity::ALWAYS));
/// let [a, gap, b, c] = nodes;
/// for far in [b.clone()?, c?] {
///     draft.create_edge("LEADS_TO", far, a.clone()?, Validity::ALWAYS)?;
/// }
/// let before = empty.apply(&draft.finish())?;
/// let mut draft = before.draft();
/// draft.remove_node(gap?)?;
/// let state = before.apply(&draft.finish())?;
///
/// let dense = state.dense();
/// assert_eq!(petgraph::algo::connected_components(&dense), 1);
/// let ranks = petgraph::algo::page_rank(&dense, 0.85, 50);
/// assert_eq!(ranks.len(), 3);
/// assert!(ranks[0] > ranks[1]);
/// # Ok::<(), intergov::graph::ChangeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct DenseView<'a> {
    snapshot: &'a Snapshot,
    nodes: Vec<NodeIx>,
    /// The number of each index; of a gap that of the next node.
    numbers: Vec<u32>,
}

impl Snapshot {
    /// This state with its nodes numbered without gaps; see [`DenseView`].
    #[must_use]
    pub fn dense(&self) -> DenseView<'_> {
        let nodes: Vec<NodeIx> = self.nodes().map(NodeRef::ix).collect();
        let mut numbers = vec![0_u32; Self::node_bound(self)];
        let mut next = 0;
        for (at, number) in numbers.iter_mut().enumerate() {
            *number = next;
            next += u32::from(self.node_at(NodeIx::from_position(at)).is_some());
        }
        DenseView { snapshot: self, nodes, numbers }
    }
}

impl<'a> DenseView<'a> {
    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// The nodes in the order of their numbers.
    #[must_use]
    pub fn nodes(&self) -> &[NodeIx] {
        &self.nodes
    }
}

impl GraphBase for DenseView<'_> {
    type NodeId = NodeIx;
    type EdgeId = EdgeIx;
}

impl GraphProp for DenseView<'_> {
    type EdgeType = Directed;
}

impl Data for DenseView<'_> {
    type NodeWeight = ();
    type EdgeWeight = ();
}

impl NodeCount for DenseView<'_> {
    fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

impl EdgeCount for DenseView<'_> {
    fn edge_count(&self) -> usize {
        self.snapshot.edge_count()
    }
}

impl NodeIndexable for DenseView<'_> {
    fn node_bound(&self) -> usize {
        self.nodes.len()
    }

    fn to_index(&self, node: NodeIx) -> usize {
        self.numbers.get(node.position()).map_or(self.nodes.len(), |number| *number as usize)
    }

    fn from_index(&self, index: usize) -> NodeIx {
        self.nodes.get(index).copied().unwrap_or_default()
    }
}

impl NodeCompactIndexable for DenseView<'_> {}

impl Visitable for DenseView<'_> {
    type Map = <Snapshot as Visitable>::Map;

    fn visit_map(&self) -> Self::Map {
        self.snapshot.visit_map()
    }

    fn reset_map(&self, map: &mut Self::Map) {
        self.snapshot.reset_map(map);
    }
}

impl<'a> IntoNodeIdentifiers for &'a DenseView<'_> {
    type NodeIdentifiers = std::iter::Copied<std::slice::Iter<'a, NodeIx>>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        self.nodes.iter().copied()
    }
}

impl<'a> IntoNeighbors for &DenseView<'a> {
    type Neighbors = <&'a Snapshot as IntoNeighbors>::Neighbors;

    fn neighbors(self, node: NodeIx) -> Self::Neighbors {
        self.snapshot.neighbors(node)
    }
}

impl<'a> IntoNeighborsDirected for &DenseView<'a> {
    type NeighborsDirected = <&'a Snapshot as IntoNeighborsDirected>::NeighborsDirected;

    fn neighbors_directed(self, node: NodeIx, direction: Direction) -> Self::NeighborsDirected {
        self.snapshot.neighbors_directed(node, direction)
    }
}

impl<'a> IntoEdgeReferences for &DenseView<'a> {
    type EdgeRef = <&'a Snapshot as IntoEdgeReferences>::EdgeRef;
    type EdgeReferences = <&'a Snapshot as IntoEdgeReferences>::EdgeReferences;

    fn edge_references(self) -> Self::EdgeReferences {
        self.snapshot.edge_references()
    }
}

impl<'a> IntoEdges for &DenseView<'a> {
    type Edges = <&'a Snapshot as IntoEdges>::Edges;

    fn edges(self, node: NodeIx) -> Self::Edges {
        IntoEdges::edges(self.snapshot, node)
    }
}

impl<'a> IntoEdgesDirected for &DenseView<'a> {
    type EdgesDirected = <&'a Snapshot as IntoEdgesDirected>::EdgesDirected;

    fn edges_directed(self, node: NodeIx, direction: Direction) -> Self::EdgesDirected {
        self.snapshot.edges_directed(node, direction)
    }
}
