//! petgraph's visit traits, so that its algorithms run on a snapshot as it is.
//!
//! Edge weights are unit: a stored edge has properties, not one weight. For weighted algorithms build a
//! network first.

use petgraph::Direction;
use petgraph::visit::{
    Data, EdgeRef as PetgraphEdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges, IntoEdgesDirected,
    IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences, NodeCount, NodeIndexable,
    NodeRef as PetgraphNodeRef, VisitMap, Visitable,
};

use super::{EdgeIx, NodeIx, Snapshot};

/// An edge as petgraph sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GraphEdgeReference {
    ix: EdgeIx,
    source: NodeIx,
    target: NodeIx,
}

impl PetgraphEdgeRef for GraphEdgeReference {
    type NodeId = NodeIx;
    type EdgeId = EdgeIx;
    type Weight = ();

    fn source(&self) -> NodeIx {
        self.source
    }

    fn target(&self) -> NodeIx {
        self.target
    }

    fn weight(&self) -> &() {
        &()
    }

    fn id(&self) -> EdgeIx {
        self.ix
    }
}

impl PetgraphNodeRef for NodeIx {
    type NodeId = Self;
    type Weight = ();

    fn id(&self) -> Self {
        *self
    }

    fn weight(&self) -> &() {
        &()
    }
}

/// Which nodes a traversal has seen.
#[derive(Clone, Debug, Default)]
pub struct GraphVisitMap(Vec<bool>);

impl VisitMap<NodeIx> for GraphVisitMap {
    fn visit(&mut self, node: NodeIx) -> bool {
        self.0.get_mut(node.position()).is_some_and(|seen| !std::mem::replace(seen, true))
    }

    fn is_visited(&self, node: &NodeIx) -> bool {
        self.0.get(node.position()).copied().unwrap_or(false)
    }

    fn unvisit(&mut self, node: NodeIx) -> bool {
        self.0.get_mut(node.position()).is_some_and(|seen| std::mem::replace(seen, false))
    }
}

impl GraphBase for Snapshot {
    type NodeId = NodeIx;
    type EdgeId = EdgeIx;
}

impl GraphProp for Snapshot {
    type EdgeType = petgraph::Directed;
}

impl Data for Snapshot {
    type NodeWeight = ();
    type EdgeWeight = ();
}

impl Visitable for Snapshot {
    type Map = GraphVisitMap;

    fn visit_map(&self) -> GraphVisitMap {
        GraphVisitMap(vec![false; Self::node_bound(self)])
    }

    fn reset_map(&self, map: &mut GraphVisitMap) {
        *map = self.visit_map();
    }
}

impl NodeCount for Snapshot {
    fn node_count(&self) -> usize {
        Self::node_count(self)
    }
}

impl NodeIndexable for Snapshot {
    fn node_bound(&self) -> usize {
        Self::node_bound(self)
    }

    fn to_index(&self, node: NodeIx) -> usize {
        node.position()
    }

    fn from_index(&self, position: usize) -> NodeIx {
        NodeIx::from_position(position)
    }
}

/// A boxed iterator over parts of a snapshot.
type Indices<'a, T> = Box<dyn Iterator<Item = T> + 'a>;

impl<'a> IntoNeighbors for &'a Snapshot {
    type Neighbors = Indices<'a, NodeIx>;

    fn neighbors(self, node: NodeIx) -> Self::Neighbors {
        self.neighbors_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoNeighborsDirected for &'a Snapshot {
    type NeighborsDirected = Indices<'a, NodeIx>;

    fn neighbors_directed(self, node: NodeIx, direction: Direction) -> Self::NeighborsDirected {
        Box::new(self.edges_directed(node, direction).map(move |edge| match direction {
            Direction::Outgoing => edge.target,
            Direction::Incoming => edge.source,
        }))
    }
}

impl<'a> IntoEdgeReferences for &'a Snapshot {
    type EdgeRef = GraphEdgeReference;
    type EdgeReferences = Indices<'a, GraphEdgeReference>;

    fn edge_references(self) -> Self::EdgeReferences {
        Box::new(self.edges().map(reference))
    }
}

impl<'a> IntoEdges for &'a Snapshot {
    type Edges = Indices<'a, GraphEdgeReference>;

    fn edges(self, node: NodeIx) -> Self::Edges {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoEdgesDirected for &'a Snapshot {
    type EdgesDirected = Indices<'a, GraphEdgeReference>;

    fn edges_directed(self, node: NodeIx, direction: Direction) -> Self::EdgesDirected {
        match direction {
            Direction::Outgoing => {
                Box::new(self.out_indices(node).filter_map(|ix| self.edge_at(ix)).map(reference))
            }
            Direction::Incoming => {
                Box::new(self.in_indices(node).filter_map(|ix| self.edge_at(ix)).map(reference))
            }
        }
    }
}

impl<'a> IntoNodeIdentifiers for &'a Snapshot {
    type NodeIdentifiers = Indices<'a, NodeIx>;

    fn node_identifiers(self) -> Self::NodeIdentifiers {
        Box::new(self.nodes().map(super::NodeRef::ix))
    }
}

impl<'a> IntoNodeReferences for &'a Snapshot {
    type NodeRef = NodeIx;
    type NodeReferences = Indices<'a, NodeIx>;

    fn node_references(self) -> Self::NodeReferences {
        self.node_identifiers()
    }
}

fn reference(edge: super::EdgeRef<'_>) -> GraphEdgeReference {
    GraphEdgeReference { ix: edge.ix(), source: edge.source_ix(), target: edge.target_ix() }
}
