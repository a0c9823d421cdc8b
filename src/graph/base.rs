//! The packed part of a snapshot: columns, and adjacency in both orientations.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::ParallelSliceMut;

use super::column::{ElementColumns, ElementsBuilder, PropertyColumns, ValidityColumn, elements_of};
use super::index::TextIndex;
use super::{EdgeId, EdgeIx, EdgeRecord, LabelId, NodeId, NodeIx, NodeRecord, TypeId};

/// Nodes in ascending order of their ids, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NodeColumns {
    pub(crate) ids: Vec<u64>,
    /// The sets of labels that occur.
    pub(crate) label_sets: Vec<Box<[LabelId]>>,
    /// The set of each node.
    pub(crate) labels: Vec<u16>,
    pub(crate) elements: ElementColumns,
}

impl NodeColumns {
    /// Packs nodes that are sorted by id.
    pub(crate) fn pack(nodes: &[NodeRecord]) -> Self {
        let mut sets = LabelSets::default();
        let labels = nodes.iter().map(|node| sets.number(&node.labels)).collect();
        let elements = ElementColumns::pack(nodes.iter().map(|node| (&node.validity, &node.properties)));
        Self {
            ids: nodes.iter().map(|node| node.id.get()).collect(),
            label_sets: sets.sets,
            labels,
            elements,
        }
    }
}

/// Edges in the order of source, type, target and id, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EdgeColumns {
    pub(crate) sources: Vec<u64>,
    pub(crate) types: Vec<u16>,
    pub(crate) targets: Vec<u64>,
    pub(crate) ids: Vec<u64>,
    pub(crate) elements: ElementColumns,
}

impl EdgeColumns {
    /// Packs edges that are in order.
    pub(crate) fn pack(edges: &[EdgeRecord]) -> Self {
        Self {
            sources: edges.iter().map(|edge| edge.source.get()).collect(),
            types: edges.iter().map(|edge| edge.edge_type.get()).collect(),
            targets: edges.iter().map(|edge| edge.target.get()).collect(),
            ids: edges.iter().map(|edge| edge.id.get()).collect(),
            elements: ElementColumns::pack(edges.iter().map(|edge| (&edge.validity, &edge.properties))),
        }
    }
}

impl NodeColumns {
    /// One node.
    pub(crate) fn record(&self, row: usize) -> NodeRecord {
        let (validity, properties) = self.elements.row(u32::try_from(row).unwrap_or(u32::MAX));
        let labels = self.label_sets[usize::from(self.labels[row])].to_vec();
        NodeRecord { id: NodeId::new(self.ids[row]), labels, validity, properties }
    }
}

impl EdgeColumns {
    /// The rows that leave a node.
    pub(crate) fn rows_of(&self, source: u64) -> Range<usize> {
        self.sources.partition_point(|own| *own < source)..self.sources.partition_point(|own| *own <= source)
    }

    /// One edge.
    pub(crate) fn record(&self, row: usize) -> EdgeRecord {
        let (validity, properties) = self.elements.row(u32::try_from(row).unwrap_or(u32::MAX));
        EdgeRecord {
            id: EdgeId::new(self.ids[row]),
            edge_type: TypeId::new(self.types[row]),
            source: NodeId::new(self.sources[row]),
            target: NodeId::new(self.targets[row]),
            validity,
            properties,
        }
    }
}

/// What cannot be packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackError {
    #[error("edge {edge} joins {from} and {to}, one of which does not exist")]
    Dangling { edge: EdgeId, from: NodeId, to: NodeId },
    #[error("node {0} is out of order or there twice")]
    NodeOrder(NodeId),
    #[error("edge {0} is out of order or there twice")]
    EdgeOrder(EdgeId),
    #[error("there are more than 4,294,967,294 nodes or edges, or more than 65,536 sets of labels")]
    Full,
}

/// Numbers for sets of labels.
#[derive(Debug, Default)]
struct LabelSets {
    sets: Vec<Box<[LabelId]>>,
    numbers: HashMap<Box<[LabelId]>, u16>,
}

impl LabelSets {
    fn number(&mut self, labels: &[LabelId]) -> u16 {
        if let Some(number) = self.numbers.get(labels) {
            return *number;
        }
        // Beyond all numbers the last set would be shared; `BaseBuilder::nodes` refuses that many.
        let number = u16::try_from(self.sets.len()).unwrap_or(u16::MAX);
        self.sets.push(labels.into());
        self.numbers.insert(labels.into(), number);
        number
    }
}

/// Nodes by ascending id; edges by source, type, target and id, so that a node's outgoing edges are a
/// range (compressed sparse rows). The incoming ones are a second index over the same edges.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) node_ids: Vec<NodeId>,
    label_sets: Vec<Box<[LabelId]>>,
    node_labels: Vec<u16>,
    pub(super) node_validity: ValidityColumn,
    pub(super) node_properties: PropertyColumns,
    /// Ids fit four bytes: a draft refuses more.
    edge_ids: Vec<u32>,
    edge_types: Vec<u16>,
    pub(super) edge_sources: Vec<NodeIx>,
    pub(super) edge_targets: Vec<NodeIx>,
    pub(super) edge_validity: ValidityColumn,
    pub(super) edge_properties: PropertyColumns,
    edge_by_id: OnceLock<Vec<EdgeIx>>,
    pub(super) node_texts: TextIndex,
    pub(super) edge_texts: TextIndex,
    out_offsets: Vec<u32>,
    in_offsets: Vec<u32>,
    in_edges: Vec<EdgeIx>,
}

impl Base {
    pub(super) fn node_ix(&self, id: NodeId) -> Option<NodeIx> {
        node_ix(&self.node_ids, id)
    }

    pub(super) fn labels(&self, node: NodeIx) -> &[LabelId] {
        &self.label_sets[usize::from(self.node_labels[node.position()])]
    }

    pub(super) fn edge_id(&self, edge: EdgeIx) -> EdgeId {
        EdgeId::new(u64::from(self.edge_ids[edge.position()]))
    }

    pub(super) fn edge_type(&self, edge: EdgeIx) -> TypeId {
        TypeId::new(self.edge_types[edge.position()])
    }

    pub(super) fn edge_count(&self) -> usize {
        self.edge_ids.len()
    }

    /// The edge of an id. The order of the ids is worked out when first asked for.
    pub(super) fn edge_ix(&self, id: EdgeId) -> Option<EdgeIx> {
        let wanted = u32::try_from(id.get()).ok()?;
        let id_of = |ix: &EdgeIx| self.edge_ids[ix.position()];
        let order = self.edge_by_id.get_or_init(|| {
            let mut order: Vec<EdgeIx> = (0..self.edge_ids.len()).map(EdgeIx::from_position).collect();
            if !self.edge_ids.is_sorted() {
                order.par_sort_unstable_by_key(id_of);
            }
            order
        });
        // Ids without gaps stand at their own place.
        let guess = order.get(wanted as usize).filter(|ix| id_of(ix) == wanted);
        guess.copied().or_else(|| order.binary_search_by_key(&wanted, id_of).ok().map(|at| order[at]))
    }

    pub(super) fn out_edges(&self, node: NodeIx) -> Range<u32> {
        range(&self.out_offsets, node)
    }

    pub(super) fn in_edges(&self, node: NodeIx) -> &[EdgeIx] {
        let range = range(&self.in_offsets, node);
        self.in_edges.get(range.start as usize..range.end as usize).unwrap_or(&[])
    }

    pub(super) fn offsets(&self, out: bool) -> &[u32] {
        if out { &self.out_offsets } else { &self.in_offsets }
    }

    /// The edges of a range of places in the order by target.
    pub(super) fn arriving(
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
    pub(super) fn node_columns(&self, range: &Range<u32>) -> NodeColumns {
        let rows = range.start as usize..range.end as usize;
        let mut sets = LabelSets::default();
        let labels = self.node_labels[rows.clone()].iter();
        NodeColumns {
            ids: self.node_ids[rows].iter().map(|id| id.get()).collect(),
            labels: labels.map(|set| sets.number(&self.label_sets[usize::from(*set)])).collect(),
            label_sets: sets.sets,
            elements: elements_of(&self.node_validity, &self.node_properties, range),
        }
    }

    /// Edges of a range of positions.
    pub(super) fn edge_columns(&self, range: &Range<u32>) -> EdgeColumns {
        let rows = range.start as usize..range.end as usize;
        let id = |ix: &NodeIx| self.node_ids[ix.position()].get();
        EdgeColumns {
            sources: self.edge_sources[rows.clone()].iter().map(id).collect(),
            types: self.edge_types[rows.clone()].to_vec(),
            targets: self.edge_targets[rows.clone()].iter().map(id).collect(),
            ids: self.edge_ids[rows].iter().map(|id| u64::from(*id)).collect(),
            elements: elements_of(&self.edge_validity, &self.edge_properties, range),
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

fn range(offsets: &[u32], node: NodeIx) -> Range<u32> {
    match offsets.get(node.position()..node.position() + 2) {
        Some(&[start, end]) => start..end,
        _ => 0..0,
    }
}

/// Puts a base together from runs of nodes, then of edges, each in order.
#[derive(Default)]
pub(super) struct BaseBuilder {
    base: Base,
    sets: LabelSets,
    nodes: ElementsBuilder,
    edges: ElementsBuilder,
}

impl BaseBuilder {
    /// Room for so many nodes and edges.
    pub(super) fn with_capacity(nodes: usize, edges: usize) -> Self {
        let mut builder = Self::default();
        let base = &mut builder.base;
        base.node_ids.reserve_exact(nodes);
        base.node_labels.reserve_exact(nodes);
        base.edge_ids.reserve_exact(edges);
        base.edge_types.reserve_exact(edges);
        base.edge_sources.reserve_exact(edges);
        base.edge_targets.reserve_exact(edges);
        builder.nodes.reserve(nodes);
        builder.edges.reserve(edges);
        builder
    }

    fn take_node(&mut self, id: NodeId, labels: &[LabelId]) -> Result<(), PackError> {
        if self.base.node_ids.last() >= Some(&id) {
            return Err(PackError::NodeOrder(id));
        }
        self.base.node_ids.push(id);
        self.base.node_labels.push(self.sets.number(labels));
        Ok(())
    }

    pub(super) fn node(&mut self, node: &NodeRecord) -> Result<(), PackError> {
        self.take_node(node.id, &node.labels)?;
        self.nodes.push(&node.validity, &node.properties);
        Ok(())
    }

    pub(super) fn nodes(&mut self, more: NodeColumns) -> Result<(), PackError> {
        for (id, set) in more.ids.iter().zip(&more.labels) {
            self.take_node(NodeId::new(*id), &more.label_sets[usize::from(*set)])?;
        }
        self.nodes.extend(more.elements);
        Ok(())
    }

    fn take_edge(&mut self, link: (u64, u16, u64, u64)) -> Result<(), PackError> {
        let (from, edge_type, to, id) = link;
        let (from, to, edge) = (NodeId::new(from), NodeId::new(to), EdgeId::new(id));
        let base = &mut self.base;
        let ends = node_ix(&base.node_ids, from).zip(node_ix(&base.node_ids, to));
        let (source, target) = ends.ok_or(PackError::Dangling { edge, from, to })?;
        let id = u32::try_from(id).map_err(|_| PackError::Full)?;
        if let (Some(last_source), Some(last_target)) = (base.edge_sources.last(), base.edge_targets.last()) {
            let last_type = base.edge_types.last().copied().unwrap_or_default();
            let last_id = base.edge_ids.last().copied().unwrap_or_default();
            if (*last_source, last_type, *last_target, last_id) >= (source, edge_type, target, id) {
                return Err(PackError::EdgeOrder(edge));
            }
        }
        base.edge_ids.push(id);
        base.edge_types.push(edge_type);
        base.edge_sources.push(source);
        base.edge_targets.push(target);
        Ok(())
    }

    pub(super) fn edge(&mut self, edge: &EdgeRecord) -> Result<(), PackError> {
        let link = (edge.source.get(), edge.edge_type.get(), edge.target.get(), edge.id.get());
        self.take_edge(link)?;
        self.edges.push(&edge.validity, &edge.properties);
        Ok(())
    }

    pub(super) fn edges(&mut self, more: EdgeColumns) -> Result<(), PackError> {
        let ends = more.sources.iter().zip(&more.targets);
        for ((source, target), (edge_type, id)) in ends.zip(more.types.iter().zip(&more.ids)) {
            self.take_edge((*source, *edge_type, *target, *id))?;
        }
        self.edges.extend(more.elements);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Base, PackError> {
        let Self { mut base, sets, nodes, edges } = self;
        let most = u32::MAX as usize - 1;
        if base.node_ids.len() > most || base.edge_ids.len() > most || sets.sets.len() > usize::from(u16::MAX)
        {
            return Err(PackError::Full);
        }
        base.label_sets = sets.sets;
        let count = base.node_ids.len();
        // The columns of the nodes and the second orientation do not depend on each other.
        let ((nodes, edges), (in_offsets, in_edges)) = rayon::join(
            || (nodes.finish(), edges.finish()),
            || by_target(count, &base.edge_targets, &base.edge_types),
        );
        (base.node_validity, base.node_properties) = nodes;
        (base.edge_validity, base.edge_properties) = edges;
        base.out_offsets = offsets(count, &base.edge_sources);
        (base.in_offsets, base.in_edges) = (in_offsets, in_edges);
        Ok(base)
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

/// A counting sort of edges by target; within a target by type, then in edge order: by source and id.
fn by_target(nodes: usize, targets: &[NodeIx], types: &[u16]) -> (Vec<u32>, Vec<EdgeIx>) {
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
