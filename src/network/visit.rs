//! The network as petgraph sees it.

use super::{Network, Rows};
use petgraph::data::DataMap;
use petgraph::visit::{
    Data, EdgeCount, EdgeIndexable, EdgeRef, GraphBase, GraphProp, IntoEdgeReferences, IntoEdges,
    IntoEdgesDirected, IntoNeighbors, IntoNeighborsDirected, IntoNodeIdentifiers, IntoNodeReferences,
    NodeCompactIndexable, NodeCount, NodeIndexable, Visitable,
};
use petgraph::{Directed, Direction};
use std::iter::Copied;
use std::ops::Range;
use std::slice::Iter;

/// An arc of a network as petgraph sees it.
///
/// petgraph decides by type whether a graph is directed, and a [`Network`] decides when it runs. So every
/// network is shown as a directed graph, and a tie of an undirected network as an arc each way; a loop is
/// one arc. Shortest paths, components, spanning trees and flows come out right; an algorithm that counts
/// edges counts an undirected tie twice. The id of an arc is the pair of its nodes, which is unique because
/// a network holds no parallel ties.
///
/// # Examples
/// ```
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
/// use petgraph::visit::EdgeRef;
///
/// let ties = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 5.0)];
/// let network = Network::from_ties(
///     Orientation::Directed, NetworkNode::numbered(3), &ties, ParallelRule::Sum, LoopRule::Drop)?;
/// let far = petgraph::algo::dijkstra(&network, 0, None, |arc| *arc.weight());
/// assert_eq!(far[&2], 2.0);
///
/// let tree = petgraph::algo::min_spanning_tree(&network);
/// assert_eq!(tree.filter(|part| matches!(part, petgraph::data::Element::Edge { .. })).count(), 2);
/// let (most, _) = petgraph::algo::ford_fulkerson(&network, 0, 2);
/// assert_eq!(most, 6.0);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ArcRef<'a> {
    source: u32,
    target: u32,
    weight: &'a f64,
}

impl EdgeRef for ArcRef<'_> {
    type NodeId = u32;
    type EdgeId = (u32, u32);
    type Weight = f64;

    fn source(&self) -> u32 {
        self.source
    }

    fn target(&self) -> u32 {
        self.target
    }

    fn weight(&self) -> &f64 {
        self.weight
    }

    fn id(&self) -> (u32, u32) {
        (self.source, self.target)
    }
}

/// The arcs of one node.
#[derive(Debug, Clone)]
pub struct NodeArcs<'a> {
    rows: &'a Rows,
    node: u32,
    places: Range<usize>,
    side: Direction,
}

impl<'a> Iterator for NodeArcs<'a> {
    type Item = ArcRef<'a>;

    fn next(&mut self) -> Option<ArcRef<'a>> {
        let (other, weight) = self.rows.at(self.places.next()?);
        Some(match self.side {
            Direction::Outgoing => ArcRef { source: self.node, target: other, weight },
            Direction::Incoming => ArcRef { source: other, target: self.node, weight },
        })
    }
}

/// All arcs of a network, by source and then by target.
#[derive(Debug, Clone)]
pub struct AllArcs<'a> {
    rows: &'a Rows,
    sources: Range<u32>,
    current: Option<NodeArcs<'a>>,
}

impl<'a> Iterator for AllArcs<'a> {
    type Item = ArcRef<'a>;

    fn next(&mut self) -> Option<ArcRef<'a>> {
        loop {
            if let Some(arc) = self.current.as_mut().and_then(Iterator::next) {
                return Some(arc);
            }
            let node = self.sources.next()?;
            let places = self.rows.range(node);
            self.current = Some(NodeArcs { rows: self.rows, node, places, side: Direction::Outgoing });
        }
    }
}

/// petgraph's own bit set, whose crate we do not name.
type VisitedNodes = <petgraph::csr::Csr<(), ()> as Visitable>::Map;

impl GraphBase for Network {
    type NodeId = u32;
    type EdgeId = (u32, u32);
}

impl GraphProp for Network {
    type EdgeType = Directed;
}

impl Data for Network {
    type NodeWeight = std::sync::Arc<str>;
    type EdgeWeight = f64;
}

impl NodeCount for Network {
    fn node_count(&self) -> usize {
        self.node_count()
    }
}

impl EdgeCount for Network {
    fn edge_count(&self) -> usize {
        self.outgoing().len()
    }
}

impl NodeIndexable for Network {
    fn node_bound(&self) -> usize {
        self.node_count()
    }

    fn to_index(&self, node: u32) -> usize {
        node as usize
    }

    fn from_index(&self, index: usize) -> u32 {
        index as u32
    }
}

impl NodeCompactIndexable for Network {}

impl Visitable for Network {
    type Map = VisitedNodes;

    fn visit_map(&self) -> VisitedNodes {
        VisitedNodes::with_capacity(self.node_count())
    }

    fn reset_map(&self, map: &mut VisitedNodes) {
        map.clear();
        map.grow(self.node_count());
    }
}

/// The weight of a node is its code.
impl DataMap for Network {
    fn node_weight(&self, node: u32) -> Option<&std::sync::Arc<str>> {
        self.codes().get(node as usize)
    }

    fn edge_weight(&self, (source, target): (u32, u32)) -> Option<&f64> {
        let place = self.place_of(source, target)?;
        Some(self.outgoing().at(place).1)
    }
}

/// Arcs are numbered by source, then by target.
impl EdgeIndexable for Network {
    fn edge_bound(&self) -> usize {
        self.outgoing().len()
    }

    /// The number of an arc of this network; that of no arc for a pair without one.
    fn to_index(&self, (source, target): (u32, u32)) -> usize {
        self.place_of(source, target).unwrap_or(self.outgoing().len())
    }

    fn from_index(&self, index: usize) -> (u32, u32) {
        let source = self.outgoing().row_of(index);
        (source, self.outgoing().at(index).0)
    }
}

impl Network {
    /// Where an arc stands among all arcs.
    fn place_of(&self, source: u32, target: u32) -> Option<usize> {
        if source as usize >= self.node_count() {
            return None;
        }
        let within = self.out_neighbours(source).binary_search(&target).ok()?;
        Some(self.outgoing().range(source).start + within)
    }
}

/// A node and its code.
impl<'a> IntoNodeReferences for &'a Network {
    type NodeRef = (u32, &'a std::sync::Arc<str>);
    type NodeReferences = std::iter::Zip<Range<u32>, Iter<'a, std::sync::Arc<str>>>;

    fn node_references(self) -> Self::NodeReferences {
        self.node_ids().zip(self.codes())
    }
}

impl IntoNodeIdentifiers for &Network {
    type NodeIdentifiers = Range<u32>;

    fn node_identifiers(self) -> Range<u32> {
        self.node_ids()
    }
}

impl<'a> IntoNeighbors for &'a Network {
    type Neighbors = Copied<Iter<'a, u32>>;

    fn neighbors(self, node: u32) -> Self::Neighbors {
        self.out_neighbours(node).iter().copied()
    }
}

impl<'a> IntoNeighborsDirected for &'a Network {
    type NeighborsDirected = Copied<Iter<'a, u32>>;

    fn neighbors_directed(self, node: u32, side: Direction) -> Self::NeighborsDirected {
        match side {
            Direction::Outgoing => self.out_neighbours(node).iter().copied(),
            Direction::Incoming => self.in_neighbours(node).iter().copied(),
        }
    }
}

impl<'a> IntoEdgeReferences for &'a Network {
    type EdgeRef = ArcRef<'a>;
    type EdgeReferences = AllArcs<'a>;

    fn edge_references(self) -> AllArcs<'a> {
        AllArcs { rows: self.outgoing(), sources: self.node_ids(), current: None }
    }
}

impl<'a> IntoEdges for &'a Network {
    type Edges = NodeArcs<'a>;

    fn edges(self, node: u32) -> NodeArcs<'a> {
        self.edges_directed(node, Direction::Outgoing)
    }
}

impl<'a> IntoEdgesDirected for &'a Network {
    type EdgesDirected = NodeArcs<'a>;

    fn edges_directed(self, node: u32, side: Direction) -> NodeArcs<'a> {
        let rows = match side {
            Direction::Outgoing => self.outgoing(),
            Direction::Incoming => self.incoming(),
        };
        NodeArcs { rows, node, places: rows.range(node), side }
    }
}
