//! One immutable state of the graph.

use std::ops::Range;
use std::sync::Arc;

use super::columns::RowGroups;
use super::delta::{Counts, Delta, DeltaEntry};
use super::merge::merged;
use super::packed::{EdgeColumns, LinkedEdges, NodeColumns, PackError, Packed, PackedBuilder, TextIndex};
use super::read::Derived;
use super::{
    Catalogue, ChangeError, ChangeSet, EdgeId, EdgeIx, EdgeRecord, EdgeRef, KeyId, NodeId, NodeIx,
    NodeRecord, NodeRef, RankBitmap, TypeId,
};
use crate::value::AsOf;
use crate::workers;

/// Beyond this many changed elements, and beyond an eighth of the packed part, a delta is folded into a new packed part.
const DELTA_LIMIT: usize = 4_096;
/// Beyond this many it is folded in any case.
const DELTA_MOST: usize = 200_000;

/// One immutable state of the graph, shared by any number of readers.
///
/// Cloning is cheap. Indices ([`NodeIx`], [`EdgeIx`]) are dense positions of this snapshot alone; an
/// index of a removed element stays unused.
///
/// petgraph's algorithms run on `&Snapshot`. Its `page_rank` takes every index below the bound for a node and so gives
/// wrong ranks where a removed node has left a gap; [`Snapshot::compact`] closes gaps, and the
/// networks of the module `network` have none.
#[derive(Clone, Debug)]
pub struct Snapshot {
    commit: u64,
    next_node: u64,
    next_edge: u64,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) packed: Arc<Packed>,
    pub(super) delta: Arc<Delta>,
    counts: Counts,
    pub(super) derived: Arc<Derived>,
}

impl Snapshot {
    /// The empty graph of commit 0 under a catalogue.
    #[must_use]
    pub fn empty(catalogue: Arc<Catalogue>) -> Self {
        Self::on(Packed::default(), 0, (0, 0), catalogue)
    }

    /// A graph of whole records at a commit, with the next free ids of nodes and edges.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEnd`] for an edge whose ends are not among the nodes, [`ChangeError::Full`].
    pub fn from_records(
        commit: u64,
        next_ids: (u64, u64),
        catalogue: Arc<Catalogue>,
        mut nodes: Vec<NodeRecord>,
        mut edges: Vec<EdgeRecord>,
    ) -> Result<Self, ChangeError> {
        nodes.sort_unstable_by_key(|node| node.id);
        edges.sort_unstable_by_key(|edge| (edge.source, edge.edge_type, edge.target, edge.id));
        let mut builder = SnapshotBuilder::new(nodes.len(), edges.len());
        nodes.into_iter().try_for_each(|node| builder.0.node(node))?;
        edges.into_iter().try_for_each(|edge| builder.0.edge(edge))?;
        Ok(builder.finish(commit, next_ids, catalogue)?)
    }

    fn on(
        packed: Packed,
        commit: u64,
        (next_node, next_edge): (u64, u64),
        catalogue: Arc<Catalogue>,
    ) -> Self {
        let (nodes, edges) = (packed.node_ids.len(), packed.edge_count());
        let counts = Counts {
            node_bound: NodeIx::from_position(nodes).get(),
            edge_bound: EdgeIx::from_position(edges).get(),
            nodes,
            edges,
        };
        let (packed, delta) = (Arc::new(packed), Arc::default());
        let derived = Arc::default();
        Self { commit, next_node, next_edge, catalogue, packed, delta, counts, derived }
    }

    /// Number of the commit that made this state; 0 is the empty store.
    #[must_use]
    pub fn commit(&self) -> u64 {
        self.commit
    }

    /// The next free node id and edge id.
    #[must_use]
    pub fn next_ids(&self) -> (u64, u64) {
        (self.next_node, self.next_edge)
    }

    /// Labels, types and keys.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// How many nodes there are.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.counts.nodes
    }

    /// How many edges there are.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.counts.edges
    }

    /// Counts of nodes and edges.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.counts.nodes as u64, self.counts.edges as u64)
    }

    /// One more than the greatest node index; removed nodes leave gaps below it.
    #[must_use]
    pub fn node_bound(&self) -> usize {
        self.counts.node_bound as usize
    }

    /// One more than the greatest edge index; removed edges leave gaps below it.
    #[must_use]
    pub fn edge_bound(&self) -> usize {
        self.counts.edge_bound as usize
    }

    /// All nodes in the order of their indices.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.counts.node_bound).filter_map(|ix| self.node_at(NodeIx::new(ix)))
    }

    /// All edges in the order of their indices.
    pub fn edges(&self) -> impl Iterator<Item = EdgeRef<'_>> {
        (0..self.counts.edge_bound).filter_map(|ix| self.edge_at(EdgeIx::new(ix)))
    }

    /// All nodes with a label, in the order of their indices.
    pub fn nodes_with(&self, label: &str) -> impl Iterator<Item = NodeRef<'_>> {
        let label = self.catalogue.label(label).into_iter();
        label.flat_map(|label| {
            let nodes = self.near_label(label).filter_map(|ix| self.node_at(ix));
            nodes.filter(move |node| node.labels().contains(&label))
        })
    }

    /// All edges of a type, in the order of their indices.
    pub fn edges_of(&self, edge_type: &str) -> impl Iterator<Item = EdgeRef<'_>> {
        let edge_type = self.catalogue.edge_type(edge_type).into_iter();
        edge_type.flat_map(|edge_type| {
            let edges = self.near_type(edge_type).filter_map(|ix| self.edge_at(ix));
            edges.filter(move |edge| edge.type_id() == edge_type)
        })
    }

    /// The node of a permanent id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<NodeRef<'_>> {
        self.node_at(self.delta.node_ix(&self.packed, id)?)
    }

    /// The edge of a permanent id.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<EdgeRef<'_>> {
        self.edge_at(self.delta.edge_ix(&self.packed, id)?)
    }

    /// The node of an index; `None` for a removed one.
    #[must_use]
    pub fn node_at(&self, ix: NodeIx) -> Option<NodeRef<'_>> {
        if ix.get() >= self.counts.node_bound {
            return None;
        }
        let changed = match self.delta.node(ix) {
            DeltaEntry::Removed => return None,
            DeltaEntry::Changed(record) => Some(record),
            DeltaEntry::Packed => None,
        };
        Some(NodeRef { snapshot: self, ix, changed })
    }

    /// The edge of an index; `None` for a removed one.
    #[must_use]
    pub fn edge_at(&self, ix: EdgeIx) -> Option<EdgeRef<'_>> {
        if ix.get() >= self.counts.edge_bound {
            return None;
        }
        let changed = match self.delta.edge(ix) {
            DeltaEntry::Removed => return None,
            DeltaEntry::Changed(record) => Some(record),
            DeltaEntry::Packed => None,
        };
        Some(EdgeRef { snapshot: self, ix, changed })
    }

    /// The node with a text id among those of a label; the first one where several have it.
    #[must_use]
    pub fn find(&self, label: &str, id: &str) -> Option<NodeRef<'_>> {
        let label = self.catalogue.label(label)?;
        self.nodes_holding("id", id).into_iter().find(|node| node.labels().contains(&label))
    }

    /// The edge with a text id among those of a type; the first one where several have it.
    #[must_use]
    pub fn find_edge(&self, edge_type: &str, id: &str) -> Option<EdgeRef<'_>> {
        let edge_type = self.catalogue.edge_type(edge_type)?;
        self.edges_holding("id", id).into_iter().find(|edge| edge.type_id() == edge_type)
    }

    /// All nodes that hold a text under a key, in whatever spell, in the order of their indices.
    ///
    /// The index behind it is built when a key is first asked for, once for all states that share their
    /// packed part: eight bytes a text.
    #[must_use]
    pub fn nodes_holding(&self, key: &str, text: &str) -> Vec<NodeRef<'_>> {
        let Some(key) = self.catalogue.key(key) else { return Vec::new() };
        let rows = self.node_rows_with(key, text).into_iter();
        rows.filter_map(|ix| self.node_at(NodeIx::new(ix))).collect()
    }

    /// All edges that hold a text under a key, in the order of their indices; as
    /// [`Snapshot::nodes_holding`].
    #[must_use]
    pub fn edges_holding(&self, key: &str, text: &str) -> Vec<EdgeRef<'_>> {
        let Some(key) = self.catalogue.key(key) else { return Vec::new() };
        let rows = self.edge_rows_with(key, text).into_iter();
        rows.filter_map(|ix| self.edge_at(EdgeIx::new(ix))).collect()
    }

    /// Indices of the nodes that hold a text under a key, ascending.
    pub(super) fn node_rows_with(&self, key: KeyId, text: &str) -> Vec<u32> {
        let (packed, delta) = (&self.packed, &self.delta);
        let packed = packed_rows_with(&packed.node_texts, &packed.nodes, key, text);
        let packed =
            packed.into_iter().filter(|row| matches!(delta.node(NodeIx::new(*row)), DeltaEntry::Packed));
        let changed = delta.nodes_holding(key, text).filter(
            |ix| matches!(delta.node(*ix), DeltaEntry::Changed(node) if holds(&node.properties, key, text)),
        );
        in_order(packed.chain(changed.map(NodeIx::get)))
    }

    /// Indices of the edges that hold a text under a key, ascending.
    pub(super) fn edge_rows_with(&self, key: KeyId, text: &str) -> Vec<u32> {
        let (packed, delta) = (&self.packed, &self.delta);
        let packed = packed_rows_with(&packed.edge_texts, &packed.edges, key, text);
        let packed =
            packed.into_iter().filter(|row| matches!(delta.edge(EdgeIx::new(*row)), DeltaEntry::Packed));
        let changed = delta.edges_holding(key, text).filter(
            |ix| matches!(delta.edge(*ix), DeltaEntry::Changed(edge) if holds(&edge.properties, key, text)),
        );
        in_order(packed.chain(changed.map(EdgeIx::get)))
    }

    /// The index of an end; an edge has its ends for as long as it is there.
    pub(super) fn ix_of(&self, id: NodeId) -> NodeIx {
        self.delta.node_ix(&self.packed, id).unwrap_or_default()
    }

    pub(super) fn out_indices(&self, node: NodeIx) -> impl Iterator<Item = EdgeIx> + use<'_> {
        let touched = self.delta.edges_at(node, true);
        let packed = if touched.is_some() { 0..0 } else { self.packed.out_edges(node) };
        touched.into_iter().flat_map(|list| list.iter().copied()).chain(packed.map(EdgeIx::new))
    }

    pub(super) fn in_indices(&self, node: NodeIx) -> impl Iterator<Item = EdgeIx> + use<'_> {
        let touched = self.delta.edges_at(node, false);
        let packed = if touched.is_some() { &[] } else { self.packed.in_edges(node) };
        touched.into_iter().flat_map(|list| list.iter()).chain(packed).copied()
    }

    /// The nodes and edges that count: those that hold in a window under a reading (S1, S28). A filter over this
    /// state, not a copy of it; both cores work on it.
    #[must_use]
    pub fn holding(&self, as_of: AsOf) -> TemporalMask {
        let node =
            |row: u32| self.node_at(NodeIx::new(row)).is_some_and(|node| as_of.includes(node.extent()));
        let edge =
            |row: u32| self.edge_at(EdgeIx::new(row)).is_some_and(|edge| as_of.includes(edge.extent()));
        let nodes = self.delta.nodes().map(|(ix, _)| ix.get());
        let edges = self.delta.edges().map(|(ix, _)| ix.get());
        let holding = TemporalMask {
            nodes: rows_holding(&self.packed.nodes, as_of, self.counts.node_bound, (nodes, node)),
            edges: rows_holding(&self.packed.edges, as_of, self.counts.edge_bound, (edges, edge)),
        };
        holding.without_interrupted(self, as_of)
    }

    /// The state after a change set.
    ///
    /// # Errors
    /// [`ChangeError`] where the change set was not made for this state, names what is not there, puts more than
    /// an element may hold (see [`limits`](super::limits)) or a number that is not finite; this snapshot stays as it is in any case.
    pub fn apply(&self, changes: &ChangeSet) -> Result<Self, ChangeError> {
        self.expect_base(changes)?;
        let mut catalogue = Arc::clone(&self.catalogue);
        changes.names().iter().try_for_each(|name| Arc::make_mut(&mut catalogue).adopt(name))?;
        changes.check_limits(&catalogue)?;
        changes.fits(self, &catalogue)?;
        changes.check_values(&catalogue)?;
        Self { catalogue, ..self.clone() }.followed_by(changes)
    }

    fn expect_base(&self, changes: &ChangeSet) -> Result<(), ChangeError> {
        let (expected, found) = (self.commit, changes.base());
        if expected == found { Ok(()) } else { Err(ChangeError::Base { expected, found }) }
    }

    /// As [`Snapshot::apply`], for changes that were committed before, under the limits of their time, and for a state
    /// that is not needed any more: uniquely owned parts are reused instead of cloned.
    ///
    /// # Errors
    /// As [`Snapshot::apply`].
    pub(crate) fn followed_by(self, changes: &ChangeSet) -> Result<Self, ChangeError> {
        self.expect_base(changes)?;
        let limit =
            ((self.packed.node_ids.len() + self.packed.edge_count()) / 8).clamp(DELTA_LIMIT, DELTA_MOST);
        if changes.len() > limit {
            return self.merged_with(changes);
        }
        let Self { commit, mut catalogue, packed, delta, mut counts, derived, .. } = self;
        for name in changes.names() {
            Arc::make_mut(&mut catalogue).adopt(name)?;
        }
        let former = derived.can_follow().then(|| Arc::clone(&delta));
        let mut delta = Arc::unwrap_or_clone(delta);
        delta.take(&packed, &mut counts, changes.iter())?;
        let (next_node, next_edge) = changes.next_ids();
        let (commit, delta) = (commit + 1, Arc::new(delta));
        let derived = former
            .map(|former| derived.followed(&packed, &former, &delta))
            .map_or_else(Arc::default, Arc::new);
        let next = Self { commit, next_node, next_edge, catalogue, packed, delta, counts, derived };
        if next.delta.len() > limit { next.compact() } else { Ok(next) }
    }

    /// The state after a change that is so large that its delta would be folded at once.
    pub(super) fn merged_with(self, changes: &ChangeSet) -> Result<Self, ChangeError> {
        let Self { commit, mut catalogue, packed, .. } = self.compact()?;
        for name in changes.names() {
            Arc::make_mut(&mut catalogue).adopt(name)?;
        }
        Ok(Self::on(merged(&packed, changes)?, commit + 1, changes.next_ids(), catalogue))
    }

    /// The same state without a delta: indices are dense, and everything is in its columns.
    ///
    /// # Errors
    /// [`ChangeError::Full`].
    pub fn compact(&self) -> Result<Self, ChangeError> {
        if self.delta.len() == 0 {
            return Ok(self.clone());
        }
        let packed = self.folded()?;
        let catalogue = Arc::clone(&self.catalogue);
        Ok(Self::on(packed, self.commit, (self.next_node, self.next_edge), catalogue))
    }

    /// Packed part and delta as one packed part: runs of rows without a change are copied column by column.
    fn folded(&self) -> Result<Packed, PackError> {
        let mut builder = PackedBuilder::with_capacity(self.counts.nodes, self.counts.edges);
        let mut nodes: Vec<NodeIx> = self.nodes().map(NodeRef::ix).collect();
        let id_of = |ix: &NodeIx| self.node_at(*ix).map(NodeRef::id);
        if !nodes.is_sorted_by_key(id_of) {
            nodes.sort_unstable_by_key(id_of);
        }
        let is_base = |ix: NodeIx| matches!(self.delta.node(ix), DeltaEntry::Packed);
        let mut run = 0..0;
        for ix in &nodes {
            let row = ix.get();
            if is_base(*ix) && run.end == row && !run.is_empty() {
                run.end += 1;
                continue;
            }
            builder.copy_nodes(&self.packed, &std::mem::replace(&mut run, 0..0))?;
            match self.delta.node(*ix) {
                DeltaEntry::Changed(node) => builder.node(node.clone())?,
                _ => run = row..row + 1,
            }
        }
        builder.copy_nodes(&self.packed, &run)?;
        let mut run = 0..0;
        for edge in nodes.iter().flat_map(|node| self.out_indices(*node)) {
            let row = edge.get();
            match self.delta.edge(edge) {
                DeltaEntry::Changed(record) => {
                    builder.copy_edges(&self.packed, &std::mem::replace(&mut run, 0..0))?;
                    builder.edge(record.clone())?;
                }
                _ if run.end == row && !run.is_empty() => run.end += 1,
                _ => {
                    builder.copy_edges(&self.packed, &std::mem::replace(&mut run, row..row + 1))?;
                }
            }
        }
        builder.copy_edges(&self.packed, &run)?;
        builder.finish()
    }

    /// The state column by column, where it is [compact](Snapshot::compact).
    pub(crate) fn columns(&self) -> Columns<'_> {
        Columns(&self.packed)
    }
}

/// A compact state, column by column.
#[derive(Clone, Copy)]
pub(crate) struct Columns<'a>(&'a Packed);

impl<'a> Columns<'a> {
    /// Ids of the nodes in the order of their indices: ascending.
    pub(crate) fn node_ids(self) -> &'a [NodeId] {
        &self.0.node_ids
    }

    /// Nodes of a range of indices.
    pub(crate) fn nodes(self, range: &Range<u32>) -> NodeColumns {
        self.0.node_columns(range)
    }

    /// Where the outgoing (`out`) or incoming edges of each node begin, and the end of the last.
    pub(crate) fn offsets(self, out: bool) -> &'a [u32] {
        self.0.offsets(out)
    }

    /// Edges of a range of [`Columns::offsets`]`(true)`.
    pub(crate) fn edges(self, range: &Range<u32>) -> EdgeColumns {
        self.0.edge_columns(range)
    }

    /// Source, type, target and id of the edges of a range of [`Columns::offsets`]`(false)`.
    pub(crate) fn arriving(
        self,
        range: &Range<u32>,
    ) -> impl Iterator<Item = (NodeId, TypeId, NodeId, EdgeId)> {
        self.0.arriving(range)
    }
}

/// Which elements of a [`Snapshot`] hold in a window, by index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemporalMask {
    /// The nodes that hold.
    pub nodes: RankBitmap,
    /// The edges that hold. Whether their ends hold is another question.
    pub edges: RankBitmap,
}

/// The rows below a bound that count: `holds` is asked for those of unknown dates, and for those that changed.
fn rows_holding(
    packed: &RowGroups,
    as_of: AsOf,
    bound: u32,
    (changed, holds): (impl Iterator<Item = u32>, impl Fn(u32) -> bool + Sync),
) -> RankBitmap {
    let word = |at: u32| {
        let mut word = 0_u64;
        packed.holding(at * u64::BITS..(at + 1) * u64::BITS, as_of.window(), |row, known| {
            let counts = known.unwrap_or_else(|| holds(row));
            word |= u64::from(counts) << (row % u64::BITS);
        });
        word
    };
    let mut words: Vec<u64> = workers::map(0..bound.div_ceil(u64::BITS), word);
    for row in changed {
        let word = &mut words[(row / u64::BITS) as usize];
        let bit = 1 << (row % u64::BITS);
        *word = if holds(row) { *word | bit } else { *word & !bit };
    }
    RankBitmap::from_words(words)
}

/// Packed rows that hold a text under a key, whether or not they still stand for their elements.
fn packed_rows_with(index: &TextIndex, elements: &RowGroups, key: KeyId, text: &str) -> Vec<u32> {
    let index = index.of(key, elements);
    index.candidates(text).filter(|row| elements.holds(key, *row, text)).collect()
}

fn in_order(rows: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut rows: Vec<u32> = rows.collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

fn holds(properties: &super::Properties, key: KeyId, text: &str) -> bool {
    let mut values = properties.get(key).into_iter().flat_map(super::Property::values);
    values.any(|value| value.as_text() == Some(text))
}

/// Puts a snapshot together from columns, nodes first.
pub(crate) struct SnapshotBuilder(PackedBuilder);

impl SnapshotBuilder {
    /// A builder with room for this many nodes and edges.
    pub(crate) fn new(nodes: usize, edges: usize) -> Self {
        Self(PackedBuilder::with_capacity(nodes, edges))
    }

    /// Takes nodes whose ids are greater than all before.
    pub(crate) fn nodes(&mut self, nodes: NodeColumns) -> Result<(), PackError> {
        self.0.nodes(nodes)
    }

    /// Ids of all nodes, by which the ends of edges are found: no more may come.
    pub(crate) fn node_ids(&mut self) -> Result<Arc<Vec<NodeId>>, PackError> {
        self.0.node_ids()
    }

    /// Takes edges that come after all before.
    pub(crate) fn edges(&mut self, edges: LinkedEdges) -> Result<(), PackError> {
        self.0.edges(edges)
    }

    /// The state.
    pub(crate) fn finish(
        self,
        commit: u64,
        next_ids: (u64, u64),
        catalogue: Arc<Catalogue>,
    ) -> Result<Snapshot, PackError> {
        Ok(Snapshot::on(self.0.finish()?, commit, next_ids, catalogue))
    }
}

impl From<PackError> for ChangeError {
    fn from(error: PackError) -> Self {
        match error {
            PackError::Dangling { edge, from, to } => Self::NoSuchEnd { edge, from, to },
            // An id that is there twice was not given by a draft.
            PackError::NodeOrder(_) | PackError::EdgeOrder(_) | PackError::Full => Self::Full,
        }
    }
}
