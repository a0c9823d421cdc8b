//! One immutable state of the graph.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::base::Base;
use super::index::TextIndex;
use super::{
    Catalogue, Change, ChangeError, ChangeSet, EdgeId, EdgeIx, EdgeRecord, EdgeRef, KeyId, NodeId, NodeIx,
    NodeRecord, NodeRef, Property, TypeId,
};

/// Beyond this many changed elements an overlay is folded into a new base.
const OVERLAY_LIMIT: usize = 4_096;

/// What has changed since the base was packed.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    pub(super) nodes: BTreeMap<NodeIx, Option<Arc<NodeRecord>>>,
    edges: BTreeMap<EdgeIx, Option<Arc<EdgeRecord>>>,
    node_by_id: HashMap<NodeId, NodeIx>,
    edge_by_id: HashMap<EdgeId, EdgeIx>,
    /// Edges of touched nodes, complete, in the order of the base.
    out_edges: HashMap<NodeIx, Vec<EdgeIx>>,
    in_edges: HashMap<NodeIx, Vec<EdgeIx>>,
}

/// Where texts are found among the elements of the overlay.
#[derive(Debug, Default)]
struct OverlayTexts {
    nodes: TextIndex,
    edges: TextIndex,
}

/// One immutable state of the graph, shared by any number of readers.
///
/// Cloning is cheap. Indices ([`NodeIx`], [`EdgeIx`]) are dense positions of this snapshot alone; an
/// index of a removed element stays unused.
#[derive(Clone, Debug)]
pub struct Snapshot {
    commit: u64,
    next_node: u64,
    next_edge: u64,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) base: Arc<Base>,
    pub(super) overlay: Arc<Overlay>,
    node_bound: u32,
    edge_bound: u32,
    node_count: usize,
    edge_count: usize,
    texts: Arc<OverlayTexts>,
}

impl Snapshot {
    /// The empty graph of commit 0 under a catalogue.
    #[must_use]
    pub fn empty(catalogue: Arc<Catalogue>) -> Self {
        Self::pack(0, (0, 0), catalogue, Vec::new(), Vec::new()).0
    }

    /// A graph of whole records at a commit, with the next free ids of nodes and edges.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEnd`] for an edge whose ends are not among the nodes.
    pub fn from_records(
        commit: u64,
        next_ids: (u64, u64),
        catalogue: Arc<Catalogue>,
        nodes: Vec<NodeRecord>,
        edges: Vec<EdgeRecord>,
    ) -> Result<Self, ChangeError> {
        let (snapshot, dangling) = Self::pack(commit, next_ids, catalogue, nodes, edges);
        match dangling.first() {
            Some(edge) => Err(ChangeError::NoSuchEnd { edge: edge.id, from: edge.source, to: edge.target }),
            None => Ok(snapshot),
        }
    }

    fn pack(
        commit: u64,
        (next_node, next_edge): (u64, u64),
        catalogue: Arc<Catalogue>,
        nodes: Vec<NodeRecord>,
        edges: Vec<EdgeRecord>,
    ) -> (Self, Vec<EdgeRecord>) {
        let (base, dangling) = Base::build(nodes, edges);
        let (node_count, edge_count) = (base.node_ids.len(), base.edge_ids.len());
        let snapshot = Self {
            commit,
            next_node,
            next_edge,
            catalogue,
            node_bound: NodeIx::from_position(node_count).get(),
            edge_bound: EdgeIx::from_position(edge_count).get(),
            node_count,
            edge_count,
            base: Arc::new(base),
            overlay: Arc::default(),
            texts: Arc::default(),
        };
        (snapshot, dangling)
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
        self.node_count
    }

    /// How many edges there are.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edge_count
    }

    /// One more than the greatest node index; removed nodes leave gaps below it.
    #[must_use]
    pub fn node_bound(&self) -> usize {
        self.node_bound as usize
    }

    /// One more than the greatest edge index; removed edges leave gaps below it.
    #[must_use]
    pub fn edge_bound(&self) -> usize {
        self.edge_bound as usize
    }

    /// All nodes in the order of their indices.
    pub fn nodes(&self) -> impl Iterator<Item = NodeRef<'_>> {
        (0..self.node_bound).filter_map(|ix| self.node_at(NodeIx::new(ix)))
    }

    /// All edges in the order of their indices.
    pub fn edges(&self) -> impl Iterator<Item = EdgeRef<'_>> {
        (0..self.edge_bound).filter_map(|ix| self.edge_at(EdgeIx::new(ix)))
    }

    /// All nodes with a label, in the order of their indices.
    pub fn nodes_with(&self, label: &str) -> impl Iterator<Item = NodeRef<'_>> {
        let label = self.catalogue.label(label);
        self.nodes().filter(move |node| label.is_some_and(|label| node.labels().contains(&label)))
    }

    /// All edges of a type, in the order of their indices.
    pub fn edges_of(&self, edge_type: &str) -> impl Iterator<Item = EdgeRef<'_>> {
        let edge_type = self.catalogue.edge_type(edge_type);
        self.edges().filter(move |edge| edge_type.is_some_and(|wanted| edge.type_id() == wanted))
    }

    /// The node of a permanent id.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<NodeRef<'_>> {
        let ix = self.overlay.node_by_id.get(&id).copied().or_else(|| self.base.node_ix(id))?;
        self.node_at(ix)
    }

    /// The edge of a permanent id.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<EdgeRef<'_>> {
        let added = self.overlay.edge_by_id.get(&id);
        let ix = added.or_else(|| self.base.edge_by_id.get(&id)).copied()?;
        self.edge_at(ix)
    }

    /// The node of an index; `None` for a removed one.
    #[must_use]
    pub fn node_at(&self, ix: NodeIx) -> Option<NodeRef<'_>> {
        if ix.get() >= self.node_bound {
            return None;
        }
        let changed = match self.overlay.nodes.get(&ix) {
            Some(None) => return None,
            Some(Some(record)) => Some(record.as_ref()),
            None => None,
        };
        Some(NodeRef { snapshot: self, ix, changed })
    }

    /// The edge of an index; `None` for a removed one.
    #[must_use]
    pub fn edge_at(&self, ix: EdgeIx) -> Option<EdgeRef<'_>> {
        if ix.get() >= self.edge_bound {
            return None;
        }
        let changed = match self.overlay.edges.get(&ix) {
            Some(None) => return None,
            Some(Some(record)) => Some(record.as_ref()),
            None => None,
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
    /// The index behind it is built when a key is first asked for: that of the packed part once for all
    /// states that share it, that of the changed part once a state.
    #[must_use]
    pub fn nodes_holding(&self, key: &str, text: &str) -> Vec<NodeRef<'_>> {
        let Some(key) = self.catalogue.key(key) else { return Vec::new() };
        let packed = self.base.node_texts.of(key, self.packed_nodes(key));
        let changed = self.overlay.nodes.iter().filter_map(|(ix, node)| {
            node.as_ref().and_then(|node| Some((ix.get(), node.properties.get(key)?.clone())))
        });
        let changed = self.texts.nodes.of(key, changed);
        let packed = packed.get(text).into_iter().flatten().map(|at| NodeIx::new(*at));
        let packed = packed.filter(|ix| !self.overlay.nodes.contains_key(ix));
        let changed = changed.get(text).into_iter().flatten().map(|at| NodeIx::new(*at));
        let mut found: Vec<NodeIx> = packed.chain(changed).collect();
        found.sort_unstable();
        found.into_iter().filter_map(|ix| self.node_at(ix)).collect()
    }

    /// All edges that hold a text under a key, in the order of their indices; as
    /// [`Snapshot::nodes_holding`].
    #[must_use]
    pub fn edges_holding(&self, key: &str, text: &str) -> Vec<EdgeRef<'_>> {
        let Some(key) = self.catalogue.key(key) else { return Vec::new() };
        let packed = self.base.edge_texts.of(key, self.packed_edges(key));
        let changed = self.overlay.edges.iter().filter_map(|(ix, edge)| {
            edge.as_ref().and_then(|edge| Some((ix.get(), edge.properties.get(key)?.clone())))
        });
        let changed = self.texts.edges.of(key, changed);
        let packed = packed.get(text).into_iter().flatten().map(|at| EdgeIx::new(*at));
        let packed = packed.filter(|ix| !self.overlay.edges.contains_key(ix));
        let changed = changed.get(text).into_iter().flatten().map(|at| EdgeIx::new(*at));
        let mut found: Vec<EdgeIx> = packed.chain(changed).collect();
        found.sort_unstable();
        found.into_iter().filter_map(|ix| self.edge_at(ix)).collect()
    }

    fn packed_nodes(&self, key: KeyId) -> impl Iterator<Item = (u32, Property)> + use<'_> {
        let rows = 0..NodeIx::from_position(self.base.node_ids.len()).get();
        rows.filter_map(move |row| Some((row, self.base.node_properties.get(row, key)?)))
    }

    fn packed_edges(&self, key: KeyId) -> impl Iterator<Item = (u32, Property)> + use<'_> {
        let rows = 0..EdgeIx::from_position(self.base.edge_ids.len()).get();
        rows.filter_map(move |row| Some((row, self.base.edge_properties.get(row, key)?)))
    }

    pub(super) fn out_indices(&self, node: NodeIx) -> impl Iterator<Item = EdgeIx> + use<'_> {
        let touched = self.overlay.out_edges.get(&node);
        let packed = if touched.is_some() { 0..0 } else { self.base.out_edges(node) };
        touched.into_iter().flatten().copied().chain(packed.map(EdgeIx::new))
    }

    pub(super) fn in_indices(&self, node: NodeIx) -> impl Iterator<Item = EdgeIx> + use<'_> {
        let touched = self.overlay.in_edges.get(&node);
        let packed = if touched.is_some() { &[] } else { self.base.in_edges(node) };
        touched.into_iter().flatten().chain(packed).copied()
    }

    /// The state after a change set.
    ///
    /// # Errors
    /// [`ChangeError`] where the change set was not made for this state or names what is not there;
    /// this snapshot stays as it is in any case.
    pub fn apply(&self, changes: &ChangeSet) -> Result<Self, ChangeError> {
        if changes.base() != self.commit {
            return Err(ChangeError::Base { expected: self.commit, found: changes.base() });
        }
        let mut catalogue = Arc::clone(&self.catalogue);
        for name in changes.names() {
            Arc::make_mut(&mut catalogue).adopt(name)?;
        }
        let mut next = Self { catalogue, commit: self.commit + 1, texts: Arc::default(), ..self.clone() };
        (next.next_node, next.next_edge) = changes.next_ids();
        if self.overlay.nodes.len() + self.overlay.edges.len() + changes.len() > OVERLAY_LIMIT {
            return next.repack(changes);
        }
        let mut overlay = Overlay::clone(&self.overlay);
        for change in changes.iter() {
            next.overlay_change(&mut overlay, change)?;
        }
        next.overlay = Arc::new(overlay);
        Ok(next)
    }

    /// The same state without an overlay and with the changes applied to whole records.
    fn repack(self, changes: &ChangeSet) -> Result<Self, ChangeError> {
        let mut nodes: BTreeMap<NodeId, NodeRecord> =
            self.nodes().map(|node| (node.id(), node.to_record())).collect();
        let mut edges: BTreeMap<EdgeId, EdgeRecord> =
            self.edges().map(|edge| (edge.id(), edge.to_record())).collect();
        for change in changes.iter() {
            match change {
                Change::PutNode(node) => drop(nodes.insert(node.id, node.clone())),
                Change::RemoveNode(id) => drop(nodes.remove(id).ok_or(ChangeError::NoSuchNode(*id))?),
                Change::PutEdge(edge) => drop(edges.insert(edge.id, edge.clone())),
                Change::RemoveEdge(id) => drop(edges.remove(id).ok_or(ChangeError::NoSuchEdge(*id))?),
            }
        }
        Self::from_records(
            self.commit,
            (self.next_node, self.next_edge),
            self.catalogue,
            nodes.into_values().collect(),
            edges.into_values().collect(),
        )
    }

    fn overlay_change(&mut self, overlay: &mut Overlay, change: &Change) -> Result<(), ChangeError> {
        match change {
            Change::PutNode(node) => {
                let known = self.ix_of(overlay, node.id);
                let ix = known.unwrap_or_else(|| {
                    self.node_bound += 1;
                    self.node_count += 1;
                    NodeIx::new(self.node_bound - 1)
                });
                overlay.node_by_id.insert(node.id, ix);
                overlay.nodes.insert(ix, Some(Arc::new(node.clone())));
            }
            Change::RemoveNode(id) => {
                let ix = self.ix_of(overlay, *id).ok_or(ChangeError::NoSuchNode(*id))?;
                if self
                    .touched(overlay, ix, true)
                    .iter()
                    .chain(self.touched(overlay, ix, false).iter())
                    .next()
                    .is_some()
                {
                    return Err(ChangeError::StillTied(*id));
                }
                overlay.nodes.insert(ix, None);
                self.node_count -= 1;
            }
            Change::PutEdge(edge) => self.overlay_edge(overlay, edge)?,
            Change::RemoveEdge(id) => {
                self.unlink(overlay, *id)?;
                self.edge_count -= 1;
            }
        }
        Ok(())
    }

    fn overlay_edge(&mut self, overlay: &mut Overlay, edge: &EdgeRecord) -> Result<(), ChangeError> {
        let ends = self.ix_of(overlay, edge.source).zip(self.ix_of(overlay, edge.target));
        let missing = ChangeError::NoSuchEnd { edge: edge.id, from: edge.source, to: edge.target };
        let (source, target) = ends.ok_or(missing)?;
        let ix = if self.edge_ix(overlay, edge.id).is_some() {
            self.unlink(overlay, edge.id)?
        } else {
            self.edge_bound += 1;
            self.edge_count += 1;
            EdgeIx::new(self.edge_bound - 1)
        };
        overlay.edge_by_id.insert(edge.id, ix);
        overlay.edges.insert(ix, Some(Arc::new(edge.clone())));
        // Neighbour lists keep the base's order: by type, far end, id.
        for (near, out) in [(source, true), (target, false)] {
            let mut list = self.touched(overlay, near, out);
            let key = |overlay: &Overlay, ix: EdgeIx| self.sort_key(overlay, ix, out);
            let own = key(overlay, ix);
            let at = list.partition_point(|other| key(overlay, *other) < own);
            list.insert(at, ix);
            if out { &mut overlay.out_edges } else { &mut overlay.in_edges }.insert(near, list);
        }
        Ok(())
    }

    /// Takes an edge out of the lists of both ends and marks it removed.
    fn unlink(&self, overlay: &mut Overlay, id: EdgeId) -> Result<EdgeIx, ChangeError> {
        let ix = self.edge_ix(overlay, id).ok_or(ChangeError::NoSuchEdge(id))?;
        let (source, target) = match overlay.edges.get(&ix) {
            Some(Some(edge)) => {
                let ends = self.ix_of(overlay, edge.source).zip(self.ix_of(overlay, edge.target));
                ends.ok_or(ChangeError::NoSuchEdge(id))?
            }
            _ => (self.base.edge_sources[ix.position()], self.base.edge_targets[ix.position()]),
        };
        for (near, out) in [(source, true), (target, false)] {
            let mut list = self.touched(overlay, near, out);
            list.retain(|other| *other != ix);
            if out { &mut overlay.out_edges } else { &mut overlay.in_edges }.insert(near, list);
        }
        overlay.edges.insert(ix, None);
        Ok(ix)
    }

    pub(super) fn ix_of(&self, overlay: &Overlay, id: NodeId) -> Option<NodeIx> {
        let ix = overlay.node_by_id.get(&id).copied().or_else(|| self.base.node_ix(id))?;
        (!matches!(overlay.nodes.get(&ix), Some(None))).then_some(ix)
    }

    fn edge_ix(&self, overlay: &Overlay, id: EdgeId) -> Option<EdgeIx> {
        let ix = overlay.edge_by_id.get(&id).or_else(|| self.base.edge_by_id.get(&id)).copied()?;
        (!matches!(overlay.edges.get(&ix), Some(None))).then_some(ix)
    }

    /// The complete list of a node's edges in one orientation.
    fn touched(&self, overlay: &Overlay, node: NodeIx, out: bool) -> Vec<EdgeIx> {
        let lists = if out { &overlay.out_edges } else { &overlay.in_edges };
        match lists.get(&node) {
            Some(list) => list.clone(),
            None if out => self.base.out_edges(node).map(EdgeIx::new).collect(),
            None => self.base.in_edges(node).to_vec(),
        }
    }

    /// Order of an edge in a list of its `out` or `in` neighbours.
    fn sort_key(&self, overlay: &Overlay, ix: EdgeIx, out: bool) -> (TypeId, NodeId, EdgeId) {
        match overlay.edges.get(&ix) {
            Some(Some(edge)) => (edge.edge_type, if out { edge.target } else { edge.source }, edge.id),
            _ => {
                let far = if out { &self.base.edge_targets } else { &self.base.edge_sources }[ix.position()];
                let position = ix.position();
                (
                    self.base.edge_types[position],
                    self.base.node_ids[far.position()],
                    self.base.edge_ids[position],
                )
            }
        }
    }
}
