//! What has changed since the packed part was packed.

use std::sync::Arc;

use super::packed::Packed;
use super::shared_map::SharedMap;
use super::{
    Change, ChangeError, EdgeId, EdgeIx, EdgeRecord, KeyId, NodeId, NodeIx, NodeRecord, Properties, Property,
    TypeId,
};
use crate::value::{Value, text_hash};

/// Positions of elements that may hold a text, by key and hash.
type Texts = SharedMap<(KeyId, u32), Arc<Vec<u32>>>;

/// Changed, added and removed elements over a packed part. A clone costs little, whatever has changed.
#[derive(Clone, Debug, Default)]
pub(super) struct Delta {
    nodes: SharedMap<NodeIx, Option<Arc<NodeRecord>>>,
    edges: SharedMap<EdgeIx, Option<Arc<EdgeRecord>>>,
    node_by_id: SharedMap<NodeId, NodeIx>,
    edge_by_id: SharedMap<EdgeId, EdgeIx>,
    /// Edges of touched nodes, complete, in the order of the packed part.
    out_edges: SharedMap<NodeIx, Arc<Vec<EdgeIx>>>,
    in_edges: SharedMap<NodeIx, Arc<Vec<EdgeIx>>>,
    node_texts: Texts,
    edge_texts: Texts,
}

/// An edge that comes to the list of a node in one orientation, or goes from it.
#[derive(Clone, Copy, Debug)]
struct ListChange {
    node: NodeIx,
    out: bool,
    edge: EdgeIx,
    is_added: bool,
}

impl ListChange {
    /// The changes of the lists of both ends.
    fn of_both(edge: EdgeIx, (source, target): (NodeIx, NodeIx), is_added: bool) -> [Self; 2] {
        [(source, true), (target, false)].map(|(node, out)| Self { node, out, edge, is_added })
    }
}

/// How many elements and positions there are, packed part and delta together.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) node_bound: u32,
    pub(super) edge_bound: u32,
    pub(super) nodes: usize,
    pub(super) edges: usize,
}

/// What the delta says of an element.
pub(super) enum DeltaEntry<'a, R> {
    /// Nothing: it is as the packed part has it.
    Packed,
    Changed(&'a R),
    Removed,
}

fn is_same<R>(own: &Option<Arc<R>>, other: &Option<Arc<R>>) -> bool {
    match (own, other) {
        (Some(own), Some(other)) => Arc::ptr_eq(own, other),
        (own, other) => own.is_none() && other.is_none(),
    }
}

fn standing<R>(entry: Option<&Option<Arc<R>>>) -> DeltaEntry<'_, R> {
    match entry {
        None => DeltaEntry::Packed,
        Some(None) => DeltaEntry::Removed,
        Some(Some(record)) => DeltaEntry::Changed(record),
    }
}

impl Delta {
    /// How many elements it says something of.
    pub(super) fn len(&self) -> usize {
        self.nodes.len() + self.edges.len()
    }

    /// What it says of nodes, in no order; `None` for removed ones.
    pub(super) fn nodes(&self) -> impl Iterator<Item = (NodeIx, Option<&NodeRecord>)> {
        self.nodes.iter().map(|(ix, node)| (*ix, node.as_deref()))
    }

    /// Nodes of which two deltas over one packed part say something else, in no order.
    pub(super) fn nodes_differing(&self, other: &Self) -> Vec<NodeIx> {
        self.nodes.differing(&other.nodes, is_same)
    }

    /// Edges likewise.
    pub(super) fn edges_differing(&self, other: &Self) -> Vec<EdgeIx> {
        self.edges.differing(&other.edges, is_same)
    }

    /// What it says of edges, likewise.
    pub(super) fn edges(&self) -> impl Iterator<Item = (EdgeIx, Option<&EdgeRecord>)> {
        self.edges.iter().map(|(ix, edge)| (*ix, edge.as_deref()))
    }

    pub(super) fn node(&self, ix: NodeIx) -> DeltaEntry<'_, NodeRecord> {
        standing(self.nodes.get(&ix))
    }

    pub(super) fn edge(&self, ix: EdgeIx) -> DeltaEntry<'_, EdgeRecord> {
        standing(self.edges.get(&ix))
    }

    /// The complete list of a touched node's edges in one orientation.
    pub(super) fn edges_at(&self, node: NodeIx, out: bool) -> Option<&Arc<Vec<EdgeIx>>> {
        if out { self.out_edges.get(&node) } else { self.in_edges.get(&node) }
    }

    /// Changed nodes that may hold a text under a key.
    pub(super) fn nodes_holding(&self, key: KeyId, text: &str) -> impl Iterator<Item = NodeIx> {
        let found = self.node_texts.get(&(key, text_hash(text)));
        found.into_iter().flat_map(|found| found.iter()).map(|at| NodeIx::new(*at))
    }

    /// Changed edges that may hold a text under a key.
    pub(super) fn edges_holding(&self, key: KeyId, text: &str) -> impl Iterator<Item = EdgeIx> {
        let found = self.edge_texts.get(&(key, text_hash(text)));
        found.into_iter().flat_map(|found| found.iter()).map(|at| EdgeIx::new(*at))
    }

    /// The position of a node that is there.
    pub(super) fn node_ix(&self, packed: &Packed, id: NodeId) -> Option<NodeIx> {
        let ix = self.node_by_id.get(&id).copied().or_else(|| packed.node_ix(id))?;
        (!matches!(self.node(ix), DeltaEntry::Removed)).then_some(ix)
    }

    /// The position of an edge that is there.
    pub(super) fn edge_ix(&self, packed: &Packed, id: EdgeId) -> Option<EdgeIx> {
        let ix = self.edge_by_id.get(&id).copied().or_else(|| packed.edge_ix(id))?;
        (!matches!(self.edge(ix), DeltaEntry::Removed)).then_some(ix)
    }

    /// Takes changes in, in their order.
    pub(super) fn take<'c>(
        &mut self,
        packed: &Packed,
        counts: &mut Counts,
        changes: impl IntoIterator<Item = &'c Change>,
    ) -> Result<(), ChangeError> {
        let mut lists = Vec::new();
        changes.into_iter().try_for_each(|change| self.change(packed, counts, change, &mut lists))?;
        self.write_lists(packed, &mut lists);
        Ok(())
    }

    /// Takes one change in; what it changes in lists of edges is written later.
    fn change(
        &mut self,
        packed: &Packed,
        counts: &mut Counts,
        change: &Change,
        lists: &mut Vec<ListChange>,
    ) -> Result<(), ChangeError> {
        match change {
            Change::PutNode(node) => self.put_node(packed, counts, node),
            Change::RemoveNode(id) => {
                self.write_lists(packed, lists);
                let ix = self.node_ix(packed, *id).ok_or(ChangeError::NoSuchNode(*id))?;
                if [true, false].iter().any(|out| !self.list(packed, ix, *out).is_empty()) {
                    return Err(ChangeError::StillTied(*id));
                }
                if let Some(former) = self.nodes.insert(ix, None).flatten() {
                    turn_texts(&mut self.node_texts, Some(&former.properties), None, ix.get());
                }
                counts.nodes -= 1;
            }
            Change::PutEdge(edge) => self.put_edge(packed, counts, edge, lists)?,
            Change::RemoveEdge(id) => {
                self.unlink(packed, *id, lists)?;
                counts.edges -= 1;
            }
        }
        Ok(())
    }

    fn put_node(&mut self, packed: &Packed, counts: &mut Counts, node: &NodeRecord) {
        let ix = self.node_ix(packed, node.id).unwrap_or_else(|| {
            counts.node_bound += 1;
            counts.nodes += 1;
            NodeIx::new(counts.node_bound - 1)
        });
        self.node_by_id.insert(node.id, ix);
        let former = self.nodes.insert(ix, Some(Arc::new(node.clone()))).flatten();
        let former = former.as_ref().map(|former| &former.properties);
        turn_texts(&mut self.node_texts, former, Some(&node.properties), ix.get());
    }

    fn put_edge(
        &mut self,
        packed: &Packed,
        counts: &mut Counts,
        edge: &EdgeRecord,
        lists: &mut Vec<ListChange>,
    ) -> Result<(), ChangeError> {
        let ends = self.node_ix(packed, edge.source).zip(self.node_ix(packed, edge.target));
        let missing = ChangeError::NoSuchEnd { edge: edge.id, from: edge.source, to: edge.target };
        let (source, target) = ends.ok_or(missing)?;
        let known = self.edge_ix(packed, edge.id);
        if let Some(ix) = known.filter(|ix| self.joins(packed, *ix) == Some((edge.edge_type, source, target)))
        {
            // It stays where it is in the lists of its ends, which may be long.
            let former = self.edges.insert(ix, Some(Arc::new(edge.clone()))).flatten();
            let former = former.as_ref().map(|former| &former.properties);
            turn_texts(&mut self.edge_texts, former, Some(&edge.properties), ix.get());
            return Ok(());
        }
        let ix = if known.is_some() {
            self.unlink(packed, edge.id, lists)?
        } else {
            counts.edge_bound += 1;
            counts.edges += 1;
            EdgeIx::new(counts.edge_bound - 1)
        };
        turn_texts(&mut self.edge_texts, None, Some(&edge.properties), ix.get());
        self.edge_by_id.insert(edge.id, ix);
        self.edges.insert(ix, Some(Arc::new(edge.clone())));
        lists.extend(ListChange::of_both(ix, (source, target), true));
        Ok(())
    }

    /// Takes an edge out of the lists of both ends and marks it removed.
    fn unlink(
        &mut self,
        packed: &Packed,
        id: EdgeId,
        lists: &mut Vec<ListChange>,
    ) -> Result<EdgeIx, ChangeError> {
        let ix = self.edge_ix(packed, id).ok_or(ChangeError::NoSuchEdge(id))?;
        let (_, source, target) = self.joins(packed, ix).ok_or(ChangeError::NoSuchEdge(id))?;
        lists.extend(ListChange::of_both(ix, (source, target), false));
        if let Some(former) = self.edges.insert(ix, None).flatten() {
            turn_texts(&mut self.edge_texts, Some(&former.properties), None, ix.get());
        }
        Ok(ix)
    }

    /// Writes each list that changes once, however many of its edges do: a hub costs its edges, not their square.
    fn write_lists(&mut self, packed: &Packed, changes: &mut Vec<ListChange>) {
        // The sort is stable: of several changes of one edge in one list the last one counts.
        changes.sort_by_key(|change| (change.node, change.out, change.edge));
        for of_list in changes.chunk_by(|one, other| (one.node, one.out) == (other.node, other.out)) {
            let Some(ListChange { node, out, .. }) = of_list.first().copied() else { continue };
            let last: Vec<ListChange> = of_list
                .chunk_by(|one, other| one.edge == other.edge)
                .filter_map(|same| same.last().copied())
                .collect();
            let mut list = self.list(packed, node, out);
            list.retain(|own| last.binary_search_by_key(own, |change| change.edge).is_err());
            let mut added: Vec<EdgeIx> =
                last.iter().filter(|change| change.is_added).map(|change| change.edge).collect();
            added.sort_by_cached_key(|edge| self.sort_key(packed, *edge, out));
            let mut merged = Vec::with_capacity(list.len() + added.len());
            let mut rest = list.as_slice();
            for edge in added {
                let own = self.sort_key(packed, edge, out);
                let (before, after) =
                    rest.split_at(rest.partition_point(|other| self.sort_key(packed, *other, out) < own));
                merged.extend_from_slice(before);
                merged.push(edge);
                rest = after;
            }
            merged.extend_from_slice(rest);
            self.set_list(node, out, merged);
        }
        changes.clear();
    }

    /// The type and ends of an edge that is there.
    fn joins(&self, packed: &Packed, ix: EdgeIx) -> Option<(TypeId, NodeIx, NodeIx)> {
        match self.edge(ix) {
            DeltaEntry::Changed(edge) => {
                let (source, target) =
                    (self.node_ix(packed, edge.source)?, self.node_ix(packed, edge.target)?);
                Some((edge.edge_type, source, target))
            }
            _ => {
                let at = ix.position();
                Some((packed.edge_type(ix), packed.edge_sources[at], packed.edge_targets[at]))
            }
        }
    }

    /// The complete list of a node's edges in one orientation.
    fn list(&self, packed: &Packed, node: NodeIx, out: bool) -> Vec<EdgeIx> {
        match self.edges_at(node, out) {
            Some(list) => list.to_vec(),
            None if out => packed.out_edges(node).map(EdgeIx::new).collect(),
            None => packed.in_edges(node).to_vec(),
        }
    }

    fn set_list(&mut self, node: NodeIx, out: bool, list: Vec<EdgeIx>) {
        if out { &mut self.out_edges } else { &mut self.in_edges }.insert(node, Arc::new(list));
    }

    /// Order of an edge in a list of `out` or `in` neighbours: that of the packed part.
    fn sort_key(&self, packed: &Packed, ix: EdgeIx, out: bool) -> (TypeId, NodeId, EdgeId) {
        match self.edge(ix) {
            DeltaEntry::Changed(edge) => {
                (edge.edge_type, if out { edge.target } else { edge.source }, edge.id)
            }
            _ => {
                let far = if out { &packed.edge_targets } else { &packed.edge_sources }[ix.position()];
                (packed.edge_type(ix), packed.node_ids[far.position()], packed.edge_id(ix))
            }
        }
    }
}

/// Leads from the texts that an element holds now, and no longer from those that it held before. Keys under which
/// nothing changes cost nothing: many elements may share their texts.
fn turn_texts(texts: &mut Texts, former: Option<&Properties>, now: Option<&Properties>, at: u32) {
    let changed = |(key, property): &(KeyId, &Property), other: Option<&Properties>| {
        other.and_then(|other| other.get(*key)) != Some(*property)
    };
    let hashes = |property: &Property| -> Vec<u32> {
        property.values().filter_map(Value::as_text).map(text_hash).collect()
    };
    for (key, property) in former.into_iter().flat_map(Properties::iter).filter(|own| changed(own, now)) {
        hashes(property)
            .into_iter()
            .for_each(|hash| Arc::make_mut(texts.entry((key, hash))).retain(|own| *own != at));
    }
    for (key, property) in now.into_iter().flat_map(Properties::iter).filter(|own| changed(own, former)) {
        hashes(property).into_iter().for_each(|hash| Arc::make_mut(texts.entry((key, hash))).push(at));
    }
}
