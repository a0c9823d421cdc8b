//! The packed part of a snapshot: columns, and adjacency in both orientations.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::column::ElementColumns;
use super::elements::Elements;
use super::index::TextIndex;
use super::read::Degrees;
use super::row_sets::RowSets;
use super::{
    EdgeId, EdgeIx, EdgeRecord, LabelId, NodeId, NodeIx, NodeRecord, Orientation, Properties, TypeId,
};
use crate::workers;

/// Nodes in ascending order of their ids, column by column.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NodeColumns {
    pub(crate) ids: Vec<u64>,
    /// The sets of labels that occur.
    pub(crate) label_sets: Vec<Box<[LabelId]>>,
    /// The set of each node.
    pub(crate) labels: Vec<u32>,
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
        let (validity, properties) = self.elements.row(number(row));
        let labels = self.label_sets[self.labels[row] as usize].to_vec();
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

fn number(row: usize) -> u32 {
    u32::try_from(row).unwrap_or(u32::MAX)
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
    #[error("there are more than 4,294,967,294 nodes or edges")]
    Full,
}

/// Numbers for sets of labels.
#[derive(Debug, Default)]
struct LabelSets {
    sets: Vec<Box<[LabelId]>>,
    numbers: HashMap<Box<[LabelId]>, u32>,
}

impl LabelSets {
    fn number(&mut self, labels: &[LabelId]) -> u32 {
        if let Some(number) = self.numbers.get(labels) {
            return *number;
        }
        // There are no more sets than nodes.
        let number = number(self.sets.len());
        self.sets.push(labels.into());
        self.numbers.insert(labels.into(), number);
        number
    }
}

/// Nodes by ascending id; edges by source, type, target and id, so that a node's outgoing edges are a
/// range (compressed sparse rows). The incoming ones are a second index over the same edges.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) node_ids: Arc<Vec<NodeId>>,
    label_sets: Vec<Box<[LabelId]>>,
    node_labels: Vec<u32>,
    pub(super) nodes: Elements,
    /// Ids fit four bytes: a draft refuses more.
    edge_ids: Vec<u32>,
    pub(super) edge_types: Vec<TypeId>,
    pub(super) edge_sources: Vec<NodeIx>,
    pub(super) edge_targets: Vec<NodeIx>,
    pub(super) edges: Elements,
    edge_by_id: OnceLock<Vec<EdgeIx>>,
    pub(super) node_texts: TextIndex,
    pub(super) edge_texts: TextIndex,
    out_offsets: Vec<u32>,
    in_offsets: Vec<u32>,
    pub(super) in_edges: Vec<EdgeIx>,
    /// What is worked out when first asked for: the sources of `in_edges`, the nodes of each label, the edges of each
    /// type, degrees.
    pub(super) in_sources: OnceLock<Vec<NodeIx>>,
    pub(super) label_rows: OnceLock<RowSets>,
    pub(super) type_rows: OnceLock<RowSets>,
    pub(super) degrees: OnceLock<Degrees>,
}

impl Base {
    pub(super) fn node_ix(&self, id: NodeId) -> Option<NodeIx> {
        node_ix(&self.node_ids, id)
    }

    pub(super) fn labels(&self, node: NodeIx) -> &[LabelId] {
        &self.label_sets[self.node_labels[node.position()] as usize]
    }

    pub(super) fn edge_id(&self, edge: EdgeIx) -> EdgeId {
        EdgeId::new(u64::from(self.edge_ids[edge.position()]))
    }

    pub(super) fn edge_type(&self, edge: EdgeIx) -> TypeId {
        self.edge_types[edge.position()]
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

    pub(super) fn out_edges(&self, node: NodeIx) -> Range<u32> {
        range(&self.out_offsets, node)
    }

    /// The places of the edges that arrive at a node, among all by target.
    pub(super) fn in_places(&self, node: NodeIx) -> Range<u32> {
        range(&self.in_offsets, node)
    }

    /// The edge at a place of an orientation.
    pub(super) fn edge_at(&self, place: u32, orientation: Orientation) -> EdgeIx {
        match orientation {
            Orientation::Out => EdgeIx::new(place),
            Orientation::In => self.in_edges[place as usize],
        }
    }

    pub(super) fn in_edges(&self, node: NodeIx) -> &[EdgeIx] {
        let range = self.in_places(node);
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
            labels: labels.map(|set| sets.number(&self.label_sets[*set as usize])).collect(),
            label_sets: sets.sets,
            elements: self.nodes.columns(range),
        }
    }

    /// Edges of a range of positions.
    pub(super) fn edge_columns(&self, range: &Range<u32>) -> EdgeColumns {
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

fn range(offsets: &[u32], node: NodeIx) -> Range<u32> {
    match offsets.get(node.position()..node.position() + 2) {
        Some(&[start, end]) => start..end,
        _ => 0..0,
    }
}

/// The place of an edge in the order of a base: source, type, target, id.
type Place = (NodeIx, TypeId, NodeIx, u32);

/// Edges in order whose ends have been looked up: what takes time, on whichever core.
#[derive(Debug, Default)]
pub(crate) struct LinkedEdges {
    ids: Vec<u32>,
    types: Vec<TypeId>,
    sources: Vec<NodeIx>,
    targets: Vec<NodeIx>,
    elements: ElementColumns,
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

    fn place(&self, at: usize) -> Place {
        (self.sources[at], self.types[at], self.targets[at], self.ids[at])
    }
}

/// Records that come one by one are packed so many at a time.
const TOGETHER: usize = 2_048;

/// Puts a base together from nodes, then edges, each in order, as runs or one by one.
#[derive(Default)]
pub(super) struct BaseBuilder {
    base: Base,
    sets: LabelSets,
    /// The edge that came last.
    last: Option<Place>,
    /// Records that are not packed yet.
    nodes: Vec<NodeRecord>,
    edges: Vec<EdgeRecord>,
}

impl BaseBuilder {
    /// Room for so many nodes and edges.
    pub(super) fn with_capacity(nodes: usize, edges: usize) -> Self {
        let base = Base {
            node_ids: Arc::new(Vec::with_capacity(nodes)),
            node_labels: Vec::with_capacity(nodes),
            edge_ids: Vec::with_capacity(edges),
            edge_types: Vec::with_capacity(edges),
            edge_sources: Vec::with_capacity(edges),
            edge_targets: Vec::with_capacity(edges),
            ..Base::default()
        };
        Self { base, ..Self::default() }
    }

    pub(super) fn node(&mut self, node: NodeRecord) -> Result<(), PackError> {
        self.nodes.push(node);
        if self.nodes.len() < TOGETHER { Ok(()) } else { self.pack_nodes() }
    }

    fn pack_nodes(&mut self) -> Result<(), PackError> {
        let nodes = std::mem::take(&mut self.nodes);
        self.add_nodes(NodeColumns::pack(&nodes))
    }

    pub(super) fn nodes(&mut self, more: NodeColumns) -> Result<(), PackError> {
        self.pack_nodes()?;
        self.add_nodes(more)
    }

    fn add_nodes(&mut self, more: NodeColumns) -> Result<(), PackError> {
        let base = &mut self.base;
        let ids = Arc::make_mut(&mut base.node_ids);
        for id in more.ids.into_iter().map(NodeId::new) {
            if ids.last() >= Some(&id) {
                return Err(PackError::NodeOrder(id));
            }
            ids.push(id);
        }
        let numbers: Vec<u32> = more.label_sets.iter().map(|set| self.sets.number(set)).collect();
        base.node_labels.extend(more.labels.iter().map(|set| numbers[*set as usize]));
        base.nodes.push(more.elements);
        Ok(())
    }

    /// Ids of all nodes: no more may come.
    pub(super) fn node_ids(&mut self) -> Result<Arc<Vec<NodeId>>, PackError> {
        self.pack_nodes()?;
        Ok(Arc::clone(&self.base.node_ids))
    }

    pub(super) fn edge(&mut self, edge: EdgeRecord) -> Result<(), PackError> {
        self.edges.push(edge);
        if self.edges.len() < TOGETHER { Ok(()) } else { self.pack_edges() }
    }

    fn pack_edges(&mut self) -> Result<(), PackError> {
        let edges = std::mem::take(&mut self.edges);
        let nodes = self.node_ids()?;
        self.add_edges(LinkedEdges::of(&nodes, EdgeColumns::pack(&edges))?)
    }

    pub(super) fn edges(&mut self, more: LinkedEdges) -> Result<(), PackError> {
        self.pack_edges()?;
        self.add_edges(more)
    }

    fn add_edges(&mut self, more: LinkedEdges) -> Result<(), PackError> {
        let Some(last) = more.ids.len().checked_sub(1) else { return Ok(()) };
        if self.last.is_some_and(|before| before >= more.place(0)) {
            return Err(PackError::EdgeOrder(EdgeId::new(u64::from(more.ids[0]))));
        }
        self.last = Some(more.place(last));
        let base = &mut self.base;
        base.edge_ids.extend(more.ids);
        base.edge_types.extend(more.types);
        base.edge_sources.extend(more.sources);
        base.edge_targets.extend(more.targets);
        base.edges.push(more.elements);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Base, PackError> {
        self.pack_nodes()?;
        self.pack_edges()?;
        let Self { mut base, sets, .. } = self;
        let most = u32::MAX as usize - 1;
        if base.node_ids.len() > most || base.edge_ids.len() > most {
            return Err(PackError::Full);
        }
        base.label_sets = sets.sets;
        let count = base.node_ids.len();
        let (leaving, arriving) = workers::both(
            || offsets(count, &base.edge_sources),
            || by_target(count, &base.edge_targets, &base.edge_types),
        );
        base.out_offsets = leaving;
        (base.in_offsets, base.in_edges) = arriving;
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
fn by_target(nodes: usize, targets: &[NodeIx], types: &[TypeId]) -> (Vec<u32>, Vec<EdgeIx>) {
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
