//! A snapshot behind the read door: its packed columns, and what has changed since.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::adjacency::Adjacency;
use super::batch::{Batch, ChangedRow, Ends, Rows};
use super::{DegreeStatistics, EdgeEnds, GraphRead, Morsel, Part, PropertyCow, ReadResult, TimeFilter};
use crate::graph::columns::RowGroups;
use crate::graph::delta::DeltaEntry;
use crate::graph::packed::{RowSet, in_order, run_of, runs};
use crate::graph::{
    Catalogue, EdgeDirection, EdgeId, EdgeIx, EdgeRef, KeyId, LabelId, NodeId, NodeIx, NodeRef, Snapshot,
    TypeId,
};
use crate::value::{AsOf, Span, Validity};

/// Changed elements of one batch.
const CHANGED_ROWS: usize = 2_048;

/// What is worked out of a state when first asked for.
#[derive(Debug, Default)]
pub(in crate::graph) struct Derived {
    pub(super) delta: OnceLock<DeltaRows>,
    interrupted: OnceLock<Vec<(NodeIx, Vec<Span>)>>,
}

/// What has changed since the graph was packed, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DeltaRows {
    pub(super) nodes: Touched,
    pub(super) edges: Touched,
    pub(super) labels: BTreeMap<LabelId, i64>,
    pub(super) types: BTreeMap<TypeId, i64>,
}

/// Elements of one kind that were changed, added or removed, by ascending index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Touched {
    /// Packed rows that no longer stand for their elements.
    pub(super) packed: Vec<u32>,
    /// Elements that are there.
    pub(super) present: Vec<u32>,
}

impl Touched {
    /// The packed rows of a range that still stand for their elements: all, or those of a set.
    fn untouched(&self, range: &Range<u32>, set: Option<&RowSet>) -> Rows {
        let from = self.packed.partition_point(|row| *row < range.start);
        let mut gone = self.packed[from..].iter().take_while(|row| **row < range.end).peekable();
        let whole = set.is_none_or(|set| set.count_within(range) == range.len());
        if whole && gone.peek().is_none() {
            return Rows::All(range.len() as u32);
        }
        let mut stands = |row: &u32| {
            while gone.next_if(|gone| **gone < *row).is_some() {}
            gone.next_if(|gone| **gone == *row).is_none()
        };
        let rows: Vec<u32> = match set {
            None => range.clone().filter(&mut stands).map(|row| row - range.start).collect(),
            Some(set) => set.within(range.clone()).filter(&mut stands).map(|row| row - range.start).collect(),
        };
        Rows::Some(rows)
    }

    /// The parts of the elements of one kind; `set` are the packed rows that are asked for, `None` = all.
    fn morsels<N: Copy>(
        &self,
        name: Option<N>,
        packed: &RowGroups,
        set: impl Fn(&Range<u32>) -> usize,
    ) -> Vec<Morsel<N>> {
        let groups = (0..packed.groups()).filter_map(|at| Some((at, packed.group(at)?.1)));
        let groups = groups.map(|(at, range)| (Part::Group(at as u32), set(&range)));
        let firsts = (0..self.present.len()).step_by(CHANGED_ROWS);
        let changed = firsts.map(|first| {
            let end = self.present.len().min(first + CHANGED_ROWS);
            (Part::Changed { first: first as u32, end: end as u32 }, end - first)
        });
        let parts = groups.chain(changed).filter(|(_, rows)| *rows > 0);
        parts.map(|(part, rows)| Morsel { name, part, rows: rows as u32 }).collect()
    }

    fn present(&self, first: u32, end: u32) -> &[u32] {
        self.present.get(first as usize..end as usize).unwrap_or_default()
    }
}

impl Snapshot {
    /// What has changed since the graph was packed; worked out when first asked for.
    fn delta_rows(&self) -> &DeltaRows {
        self.derived.delta.get_or_init(|| DeltaRows::of(&self.packed, &self.delta))
    }

    /// Indices of nodes among which are all that bear a label, ascending: packed ones by the label's rows.
    pub(in crate::graph) fn near_label(&self, label: LabelId) -> impl Iterator<Item = NodeIx> {
        let packed = self.packed.rows_with(label).into_iter().flat_map(|set| set.within(0..u32::MAX));
        merged(packed, self.delta_rows().nodes.present.iter().copied()).map(NodeIx::new)
    }

    /// The same of the edges of a type.
    pub(in crate::graph) fn near_type(&self, edge_type: TypeId) -> impl Iterator<Item = EdgeIx> {
        let packed = self.packed.rows_of(edge_type).into_iter().flat_map(|set| set.within(0..u32::MAX));
        merged(packed, self.delta_rows().edges.present.iter().copied()).map(EdgeIx::new)
    }

    /// The edges of a node and type in an orientation, in the order of the lists.
    pub(in crate::graph) fn edges_at(
        &self,
        node: NodeIx,
        edge_type: TypeId,
        orientation: EdgeDirection,
    ) -> impl Iterator<Item = EdgeIx> + use<'_> {
        let touched = self.delta.edges_at(node, orientation == EdgeDirection::Out);
        let (mut places, mut list) = (0..0, &[][..]);
        match touched {
            Some(edges) => {
                let type_at = |at: u32| self.type_of(edges[at as usize]);
                let run = run_of(&(0..edges.len() as u32), edge_type, type_at);
                list = &edges[run.start as usize..run.end as usize];
            }
            None => {
                let type_at = |at| self.packed.type_at(at, orientation);
                places = run_of(&self.packed.places(node, orientation), edge_type, type_at);
            }
        }
        places.map(move |at| self.packed.edge_at(at, orientation)).chain(list.iter().copied())
    }

    fn type_of(&self, edge: EdgeIx) -> TypeId {
        match self.delta.edge(edge) {
            DeltaEntry::Changed(edge) => edge.edge_type,
            _ => self.packed.edge_type(edge),
        }
    }

    /// The other end of an edge that leaves or reaches a node.
    fn far_end(&self, edge: EdgeIx, orientation: EdgeDirection) -> NodeIx {
        match (self.delta.edge(edge), orientation) {
            (DeltaEntry::Changed(edge), EdgeDirection::Out) => self.ix_of(edge.target),
            (DeltaEntry::Changed(edge), EdgeDirection::In) => self.ix_of(edge.source),
            (_, EdgeDirection::Out) => self.packed.edge_targets[edge.position()],
            (_, EdgeDirection::In) => self.packed.edge_sources[edge.position()],
        }
    }

    /// Whether the existence of a node is interrupted throughout a window (S10).
    fn is_absent(&self, node: NodeIx, as_of: AsOf) -> bool {
        let interrupted = self.derived.interrupted.get_or_init(|| {
            let mut nodes = self.interrupted();
            nodes.sort_unstable_by_key(|(node, _)| *node);
            nodes.dedup_by_key(|(node, _)| *node);
            nodes
        });
        let own = interrupted.binary_search_by_key(&node, |(node, _)| *node);
        own.is_ok_and(|at| as_of.is_within_any(&interrupted[at].1))
    }

    /// Whether a node that is there counts by its dates.
    fn node_counts(&self, node: NodeRef<'_>, time: TimeFilter<'_>) -> bool {
        match time {
            TimeFilter::All => true,
            TimeFilter::Mask(mask) => mask.nodes.contains(node.ix().get()),
            TimeFilter::AsOf(as_of) => {
                let Some(window) = as_of.window() else { return true };
                let packed = node.changed.is_none().then_some(&self.packed.nodes);
                let stated = packed.and_then(|nodes| nodes.holds_in(node.ix().get(), window));
                stated.unwrap_or_else(|| as_of.includes(node.extent())) && !self.is_absent(node.ix(), as_of)
            }
        }
    }

    /// Whether an edge that is there counts by its dates.
    fn edge_counts(&self, edge: EdgeIx, time: TimeFilter<'_>) -> bool {
        match time {
            TimeFilter::All => true,
            TimeFilter::Mask(mask) => mask.edges.contains(edge.get()),
            TimeFilter::AsOf(as_of) => {
                let Some(window) = as_of.window() else { return true };
                self.edge_at(edge).is_some_and(|edge| {
                    let packed = edge.changed.is_none().then_some(&self.packed.edges);
                    let stated = packed.and_then(|edges| edges.holds_in(edge.ix().get(), window));
                    let ends = [edge.source_ix(), edge.target_ix()];
                    stated.unwrap_or_else(|| as_of.includes(edge.extent()))
                        && !ends.iter().any(|end| self.is_absent(*end, as_of))
                })
            }
        }
    }

    /// Adds the lists of a node that was touched since the graph was packed.
    fn expand_touched(
        &self,
        edges: &[EdgeIx],
        types: &[TypeId],
        (orientation, time): (EdgeDirection, TimeFilter<'_>),
        adjacency: &mut Adjacency<'_>,
    ) {
        let type_at = |at: u32| self.type_of(edges[at as usize]);
        runs(0..edges.len() as u32, types, type_at, |edge_type, run| {
            let edges = edges[run.start as usize..run.end as usize].iter();
            let edges = edges.filter(|edge| self.edge_counts(**edge, time));
            let mut found: Vec<(NodeIx, EdgeIx)> =
                edges.map(|edge| (self.far_end(*edge, orientation), *edge)).collect();
            // The lists are in the order of permanent ids, which is nearly always that of indices.
            if !found.is_sorted_by_key(|(node, _)| *node) {
                found.sort_by_key(|(node, _)| *node);
            }
            adjacency.push_own(edge_type, found);
        });
    }
}

/// Two ascending sequences as one; what both have comes once.
fn merged(one: impl Iterator<Item = u32>, other: impl Iterator<Item = u32>) -> impl Iterator<Item = u32> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    std::iter::from_fn(move || match (one.peek().copied(), other.peek().copied()) {
        (Some(a), Some(b)) => {
            if a <= b {
                one.next();
            }
            if b <= a {
                other.next();
            }
            Some(a.min(b))
        }
        (Some(_), None) => one.next(),
        (None, _) => other.next(),
    })
}

/// A packed count and what has changed since.
fn with_change(packed: usize, change: Option<&i64>) -> usize {
    let change = change.copied().unwrap_or(0);
    usize::try_from(packed as i64 + change).unwrap_or(0)
}

impl GraphRead for Snapshot {
    fn catalogue(&self) -> &Arc<Catalogue> {
        self.catalogue()
    }

    fn bounds(&self) -> (usize, usize) {
        (self.node_bound(), self.edge_bound())
    }

    fn count_nodes(&self, label: Option<LabelId>) -> ReadResult<usize> {
        Ok(label.map_or(self.node_count(), |label| {
            let packed = self.packed.rows_with(label).map_or(0, RowSet::len);
            with_change(packed, self.delta_rows().labels.get(&label))
        }))
    }

    fn count_edges(&self, edge_type: Option<TypeId>) -> ReadResult<usize> {
        Ok(edge_type.map_or(self.edge_count(), |edge_type| {
            let packed = self.packed.rows_of(edge_type).map_or(0, RowSet::len);
            with_change(packed, self.delta_rows().types.get(&edge_type))
        }))
    }

    fn degree_statistics(
        &self,
        label: Option<LabelId>,
        edge_type: TypeId,
        orientation: EdgeDirection,
    ) -> Option<DegreeStatistics> {
        Some(self.packed.statistics(label, edge_type, orientation))
    }

    fn node_morsels(&self, label: Option<LabelId>) -> ReadResult<Vec<Morsel<LabelId>>> {
        let set = label.map(|label| self.packed.rows_with(label));
        Ok(self.delta_rows().nodes.morsels(label, &self.packed.nodes, |range| match set {
            None => range.len(),
            Some(set) => set.map_or(0, |set| set.count_within(range)),
        }))
    }

    fn edge_morsels(&self, edge_type: Option<TypeId>) -> ReadResult<Vec<Morsel<TypeId>>> {
        let set = edge_type.map(|edge_type| self.packed.rows_of(edge_type));
        Ok(self.delta_rows().edges.morsels(edge_type, &self.packed.edges, |range| match set {
            None => range.len(),
            Some(set) => set.map_or(0, |set| set.count_within(range)),
        }))
    }

    fn node_batch(&self, morsel: &Morsel<LabelId>, time: TimeFilter<'_>) -> ReadResult<Batch<'_, NodeIx>> {
        let counts = |ix: u32| self.node_at(NodeIx::new(ix)).is_some_and(|node| self.node_counts(node, time));
        Ok(match morsel.part {
            Part::Group(at) => {
                let Some((group, range)) = self.packed.nodes.group(at as usize) else {
                    return Ok(Batch::changed_nodes(Vec::new(), Rows::All(0)));
                };
                let set = morsel.name.and_then(|label| self.packed.rows_with(label));
                let rows = self.delta_rows().nodes.untouched(&range, set);
                let rows = if matches!(time, TimeFilter::All) {
                    rows
                } else {
                    rows.keep(|row| counts(range.start + row))
                };
                Batch::packed_nodes(group, range.start, rows)
            }
            Part::Changed { first, end } => {
                let nodes = self.delta_rows().nodes.present(first, end).iter().map(|ix| NodeIx::new(*ix));
                let nodes = nodes.filter_map(|ix| match self.delta.node(ix) {
                    DeltaEntry::Changed(node) => Some((ix, node)),
                    _ => None,
                });
                let wanted = |node: &crate::graph::NodeRecord| {
                    morsel.name.is_none_or(|label| node.labels.contains(&label))
                };
                let nodes: Vec<ChangedRow<'_>> = nodes
                    .filter(|(ix, node)| wanted(node) && counts(ix.get()))
                    .map(|(ix, node)| ChangedRow::node(ix, node))
                    .collect();
                let rows = Rows::All(nodes.len() as u32);
                Batch::changed_nodes(nodes, rows)
            }
        })
    }

    fn edge_batch(&self, morsel: &Morsel<TypeId>, time: TimeFilter<'_>) -> ReadResult<Batch<'_, EdgeIx>> {
        Ok(match morsel.part {
            Part::Group(at) => {
                let Some((group, range)) = self.packed.edges.group(at as usize) else {
                    return Ok(Batch::changed_edges(Vec::new(), Rows::All(0), Ends::default()));
                };
                let set = morsel.name.and_then(|edge_type| self.packed.rows_of(edge_type));
                let rows = self.delta_rows().edges.untouched(&range, set);
                let rows = if matches!(time, TimeFilter::All) {
                    rows
                } else {
                    rows.keep(|row| self.edge_counts(EdgeIx::new(range.start + row), time))
                };
                let places = range.start as usize..range.end as usize;
                let ends = Ends {
                    types: Cow::Borrowed(&self.packed.edge_types[places.clone()]),
                    sources: Cow::Borrowed(&self.packed.edge_sources[places.clone()]),
                    targets: Cow::Borrowed(&self.packed.edge_targets[places]),
                };
                Batch::packed_edges(group, range.start, rows, ends)
            }
            Part::Changed { first, end } => {
                let edges = self.delta_rows().edges.present(first, end).iter().map(|ix| EdgeIx::new(*ix));
                let edges = edges.filter_map(|ix| match self.delta.edge(ix) {
                    DeltaEntry::Changed(edge) => Some((ix, edge)),
                    _ => None,
                });
                let wanted = |edge_type: TypeId| morsel.name.is_none_or(|wanted| edge_type == wanted);
                let edges: Vec<_> = edges
                    .filter(|(ix, edge)| wanted(edge.edge_type) && self.edge_counts(*ix, time))
                    .collect();
                let ends = Ends {
                    types: edges.iter().map(|(_, edge)| edge.edge_type).collect(),
                    sources: edges.iter().map(|(_, edge)| self.ix_of(edge.source)).collect(),
                    targets: edges.iter().map(|(_, edge)| self.ix_of(edge.target)).collect(),
                };
                let rows = Rows::All(edges.len() as u32);
                Batch::changed_edges(
                    edges.into_iter().map(|(ix, edge)| ChangedRow::edge(ix, edge)).collect(),
                    rows,
                    ends,
                )
            }
        })
    }

    fn expand(
        &self,
        nodes: &[NodeIx],
        types: &[TypeId],
        orientation: EdgeDirection,
        time: TimeFilter<'_>,
    ) -> ReadResult<Adjacency<'_>> {
        let types = in_order(types);
        let packed = self.packed.neighbours(orientation);
        let mut adjacency = Adjacency::new(packed, nodes.len());
        let type_at = |at| self.packed.type_at(at, orientation);
        for node in nodes {
            if let Some(edges) = self.delta.edges_at(*node, orientation == EdgeDirection::Out) {
                self.expand_touched(edges, &types, (orientation, time), &mut adjacency);
            } else {
                runs(self.packed.places(*node, orientation), &types, type_at, |edge_type, run| {
                    if matches!(time, TimeFilter::All) {
                        return adjacency.push_packed(edge_type, run);
                    }
                    let edges =
                        run.map(|at| (packed.nodes[at as usize], self.packed.edge_at(at, orientation)));
                    adjacency.push_own(edge_type, edges.filter(|(_, edge)| self.edge_counts(*edge, time)));
                });
            }
            adjacency.close();
        }
        Ok(adjacency)
    }

    fn degrees(
        &self,
        nodes: &[NodeIx],
        types: &[TypeId],
        orientation: EdgeDirection,
        time: TimeFilter<'_>,
    ) -> ReadResult<Vec<u32>> {
        let types = in_order(types);
        let of = |node: &NodeIx| {
            let touched = self.delta.edges_at(*node, orientation == EdgeDirection::Out);
            let edge_at = |at: u32| match touched {
                Some(edges) => edges[at as usize],
                None => self.packed.edge_at(at, orientation),
            };
            let places =
                touched.map_or_else(|| self.packed.places(*node, orientation), |edges| 0..edges.len() as u32);
            let counts = |run: Range<u32>| match time {
                TimeFilter::All => run.len(),
                _ => run.filter(|at| self.edge_counts(edge_at(*at), time)).count(),
            };
            if types.is_empty() {
                return counts(places) as u32;
            }
            let mut degree = 0;
            runs(places, &types, |at| self.type_of(edge_at(at)), |_, run| degree += counts(run));
            degree as u32
        };
        Ok(nodes.iter().map(of).collect())
    }

    fn test_nodes(
        &self,
        nodes: &[NodeIx],
        label: Option<LabelId>,
        time: TimeFilter<'_>,
    ) -> ReadResult<Vec<bool>> {
        let test = |node: NodeRef<'_>| {
            label.is_none_or(|label| node.labels().contains(&label)) && self.node_counts(node, time)
        };
        Ok(nodes.iter().map(|node| self.node_at(*node).is_some_and(test)).collect())
    }

    fn node_properties(&self, nodes: &[NodeIx], key: KeyId) -> ReadResult<Vec<Option<PropertyCow<'_>>>> {
        let read = |node: &NodeIx| self.node_at(*node)?.property_ref(key).map(PropertyCow::Borrowed);
        Ok(nodes.iter().map(read).collect())
    }

    fn edge_properties(&self, edges: &[EdgeIx], key: KeyId) -> ReadResult<Vec<Option<PropertyCow<'_>>>> {
        let read = |edge: &EdgeIx| self.edge_at(*edge)?.property_ref(key).map(PropertyCow::Borrowed);
        Ok(edges.iter().map(read).collect())
    }

    fn labels(&self, node: NodeIx) -> ReadResult<Cow<'_, [LabelId]>> {
        Ok(Cow::Borrowed(self.node_at(node).map_or(&[][..], NodeRef::labels)))
    }

    fn ends(&self, edge: EdgeIx) -> ReadResult<Option<EdgeEnds>> {
        Ok(self.edge_at(edge).map(|edge| EdgeEnds {
            edge_type: edge.type_id(),
            source: edge.source_ix(),
            target: edge.target_ix(),
        }))
    }

    fn node_validity(&self, node: NodeIx) -> ReadResult<Option<Validity>> {
        Ok(self.node_at(node).map(NodeRef::validity))
    }

    fn edge_validity(&self, edge: EdgeIx) -> ReadResult<Option<Validity>> {
        Ok(self.edge_at(edge).map(EdgeRef::validity))
    }

    fn node_id(&self, node: NodeIx) -> ReadResult<Option<NodeId>> {
        Ok(self.node_at(node).map(NodeRef::id))
    }

    fn edge_id(&self, edge: EdgeIx) -> ReadResult<Option<EdgeId>> {
        Ok(self.edge_at(edge).map(EdgeRef::id))
    }

    fn nodes_with_text(&self, key: KeyId, text: &str) -> ReadResult<Vec<NodeIx>> {
        Ok(self.node_rows_with(key, text).into_iter().map(NodeIx::new).collect())
    }

    fn edges_with_text(&self, key: KeyId, text: &str) -> ReadResult<Vec<EdgeIx>> {
        Ok(self.edge_rows_with(key, text).into_iter().map(EdgeIx::new).collect())
    }
}
