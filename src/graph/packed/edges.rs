//! Edges, column by column.

use std::ops::Range;

use super::{PackError, node_ix, number};
use crate::graph::columns::RowGroup;
use crate::graph::{EdgeId, EdgeRecord, NodeId, NodeIx, Properties, TypeId};

/// Edges in the order of source, type, target and id, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EdgeColumns {
    pub(crate) sources: Vec<u64>,
    pub(crate) types: Vec<u16>,
    pub(crate) targets: Vec<u64>,
    pub(crate) ids: Vec<u64>,
    pub(crate) elements: RowGroup,
}

impl EdgeColumns {
    /// Packs edges that are in order.
    pub(crate) fn pack(edges: &[EdgeRecord]) -> Self {
        Self {
            sources: edges.iter().map(|edge| edge.source.get()).collect(),
            types: edges.iter().map(|edge| edge.edge_type.get()).collect(),
            targets: edges.iter().map(|edge| edge.target.get()).collect(),
            ids: edges.iter().map(|edge| edge.id.get()).collect(),
            elements: RowGroup::pack(edges.iter().map(|edge| (&edge.validity, &edge.properties))),
        }
    }
}

impl EdgeColumns {
    /// The rows that leave a node.
    pub(crate) fn rows_of(&self, source: u64) -> Range<usize> {
        self.sources.partition_point(|own| *own < source)..self.sources.partition_point(|own| *own <= source)
    }

    /// One edge.
    pub(crate) fn record(&self, row: usize) -> EdgeRecord {
        EdgeRecord { properties: self.elements.properties(number(row)), ..self.ends(row) }
    }

    /// One edge without its properties.
    pub(crate) fn ends(&self, row: usize) -> EdgeRecord {
        EdgeRecord {
            id: EdgeId::new(self.ids[row]),
            edge_type: TypeId::new(self.types[row]),
            source: NodeId::new(self.sources[row]),
            target: NodeId::new(self.targets[row]),
            validity: self.elements.validity(number(row)),
            properties: Properties::new(),
        }
    }
}

/// The place of an edge in the order of a packed part: source, type, target, id.
pub(super) type Place = (NodeIx, TypeId, NodeIx, u32);

/// Edges in order whose ends have been looked up: what takes time, on whichever core.
#[derive(Debug, Default)]
pub(crate) struct LinkedEdges {
    pub(super) ids: Vec<u32>,
    pub(super) types: Vec<TypeId>,
    pub(super) sources: Vec<NodeIx>,
    pub(super) targets: Vec<NodeIx>,
    pub(super) elements: RowGroup,
}

impl LinkedEdges {
    /// Looks up the ends of edges among ascending ids of nodes.
    pub(crate) fn of(nodes: &[NodeId], edges: EdgeColumns) -> Result<Self, PackError> {
        let count = edges.ids.len();
        let (mut sources, mut targets) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut ids = Vec::with_capacity(count);
        let mut source = None;
        for ((from, to), id) in edges.sources.iter().zip(&edges.targets).zip(&edges.ids) {
            let (from, to, edge) = (NodeId::new(*from), NodeId::new(*to), EdgeId::new(*id));
            // The edges of one source come one after the other.
            let near = source.filter(|(known, _)| *known == from).map(|(_, ix)| ix);
            let ends = near.or_else(|| node_ix(nodes, from)).zip(node_ix(nodes, to));
            let (near, far) = ends.ok_or(PackError::Dangling { edge, from, to })?;
            source = Some((from, near));
            sources.push(near);
            targets.push(far);
            ids.push(u32::try_from(*id).map_err(|_| PackError::Full)?);
        }
        let types = edges.types.into_iter().map(TypeId::new).collect();
        let linked = Self { ids, types, sources, targets, elements: edges.elements };
        match (1..count).find(|at| linked.place(at - 1) >= linked.place(*at)) {
            Some(at) => Err(PackError::EdgeOrder(EdgeId::new(edges.ids[at]))),
            None => Ok(linked),
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn place(&self, at: usize) -> Place {
        (self.sources[at], self.types[at], self.targets[at], self.ids[at])
    }
}
