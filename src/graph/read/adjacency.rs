//! The neighbours of many nodes at once.

use std::ops::Range;

use crate::graph::{EdgeIx, NodeIx, TypeId};
use crate::value::Jagged;

/// Edges of one type at one node, and the nodes at their other ends: ascending by node, then by edge id, so that a node
/// is found by binary search and two lists are intersected in one pass.
#[derive(Clone, Copy, Debug)]
pub struct Neighbours<'a> {
    /// The type of all edges.
    pub edge_type: TypeId,
    /// The other end of each edge; a node stands there once for each edge to it.
    pub nodes: &'a [NodeIx],
    /// The edges, in the order of `nodes`.
    pub edges: EdgeList<'a>,
}

impl Neighbours<'_> {
    /// How many edges there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The places of the edges that lead to a node.
    #[must_use]
    pub fn to(&self, node: NodeIx) -> Range<usize> {
        self.nodes.partition_point(|own| *own < node)..self.nodes.partition_point(|own| *own <= node)
    }
}

/// Edges in the order of a list of neighbours.
#[derive(Clone, Copy, Debug)]
pub enum EdgeList<'a> {
    /// Edges with consecutive indices, from this one on.
    From(EdgeIx),
    /// Edges one by one.
    Listed(&'a [EdgeIx]),
}

impl EdgeList<'_> {
    /// The edge at a place below the length of the list.
    #[must_use]
    pub fn at(&self, place: usize) -> EdgeIx {
        match self {
            Self::From(first) => EdgeIx::from_position(first.position() + place),
            Self::Listed(edges) => edges.get(place).copied().unwrap_or(EdgeIx::new(u32::MAX)),
        }
    }
}

/// The packed neighbours of one orientation, over all nodes.
#[derive(Clone, Copy, Debug)]
pub(in crate::graph) struct PackedNeighbours<'a> {
    pub(in crate::graph) nodes: &'a [NodeIx],
    /// The edges of the places in `nodes`; `None` if an edge's index is its place.
    pub(in crate::graph) edges: Option<&'a [EdgeIx]>,
}

/// Where the edges of one type at one node lie.
#[derive(Clone, Debug)]
struct List {
    edge_type: TypeId,
    /// Places among the packed neighbours, or among the own ones.
    places: Range<u32>,
    is_packed: bool,
}

/// The neighbours of a list of nodes, in the order of that list: for each node a list for each type.
///
/// Where nothing has changed since the graph was packed and no time is asked for, the lists are slices of the graph
/// itself; else they are copies of what remains.
#[derive(Clone, Debug)]
pub struct Adjacency<'a> {
    packed: PackedNeighbours<'a>,
    /// The lists of each node.
    lists: Jagged<List>,
    nodes: Vec<NodeIx>,
    edges: Vec<EdgeIx>,
}

impl<'a> Adjacency<'a> {
    pub(in crate::graph) fn new(packed: PackedNeighbours<'a>, nodes: usize) -> Self {
        Self { packed, lists: Jagged::with_capacity(nodes), nodes: Vec::new(), edges: Vec::new() }
    }

    /// Adds places among the packed neighbours, all of one type, to the lists of the next node.
    pub(in crate::graph) fn push_packed(&mut self, edge_type: TypeId, places: Range<u32>) {
        if !places.is_empty() {
            self.lists.push_item(List { edge_type, places, is_packed: true });
        }
    }

    /// Adds neighbours of one type, in order, to the lists of the next node.
    pub(in crate::graph) fn push_own(
        &mut self,
        edge_type: TypeId,
        neighbours: impl IntoIterator<Item = (NodeIx, EdgeIx)>,
    ) {
        let start = self.nodes.len() as u32;
        for (node, edge) in neighbours {
            self.nodes.push(node);
            self.edges.push(edge);
        }
        let places = start..self.nodes.len() as u32;
        if !places.is_empty() {
            self.lists.push_item(List { edge_type, places, is_packed: false });
        }
    }

    /// Ends the lists of a node.
    pub(in crate::graph) fn close(&mut self) {
        self.lists.end_list();
    }

    /// How many nodes were asked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// Whether none were.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    fn lists_of(&self, at: usize) -> &[List] {
        self.lists.of(at)
    }

    /// The lists of the node at a place of the list of nodes, by ascending type; none of them is empty.
    pub fn of(&self, at: usize) -> impl Iterator<Item = Neighbours<'_>> {
        self.lists_of(at).iter().map(|list| {
            let places = list.places.start as usize..list.places.end as usize;
            let edge_type = list.edge_type;
            if !list.is_packed {
                let edges = EdgeList::Listed(&self.edges[places.clone()]);
                return Neighbours { edge_type, nodes: &self.nodes[places], edges };
            }
            let edges = match self.packed.edges {
                None => EdgeList::From(EdgeIx::new(list.places.start)),
                Some(edges) => EdgeList::Listed(&edges[places.clone()]),
            };
            Neighbours { edge_type, nodes: &self.packed.nodes[places], edges }
        })
    }

    /// How many edges the node at a place has in its lists.
    #[must_use]
    pub fn degree(&self, at: usize) -> usize {
        self.lists_of(at).iter().map(|list| list.places.len()).sum()
    }

    /// How many edges all lists have.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.lists.items().iter().map(|list| list.places.len()).sum()
    }
}
