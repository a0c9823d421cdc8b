//! What is a change in the making, and how is it read?

mod edit;
mod element;
mod sink;
mod text_ids;

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::Arc;

use super::{
    Catalogue, Change, ChangeError, ChangeSet, EdgeId, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeId,
    NodeRecord, Properties, Snapshot, TypeId,
};
use crate::value::{IntoValue, Validity};
use text_ids::TextIds;

pub use edit::{EdgeEdit, NodeEdit};
pub use element::{DraftEdge, DraftNode};

/// The state that a draft began with.
#[derive(Clone, Debug)]
enum Origin<'a> {
    Borrowed(&'a Snapshot),
    Shared(Arc<Snapshot>),
}

impl Deref for Origin<'_> {
    type Target = Snapshot;

    fn deref(&self) -> &Snapshot {
        match self {
            Self::Borrowed(snapshot) => snapshot,
            Self::Shared(snapshot) => snapshot,
        }
    }
}

/// A change in the making: reads the state that it began with and its own changes.
///
/// It is read as a [`Snapshot`] is: [`Draft::node`], [`Draft::nodes_with`], [`Draft::find`] give elements with the same
/// getters. What a call costs follows from the element that it names, not from the number of changes.
///
/// ```
/// use std::sync::Arc;
/// use intergov::graph::{Catalogue, Draft, Snapshot};
/// use intergov::value::Validity;
///
/// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
/// let mut draft = Draft::new(&empty);
/// let city = draft.create_node_with(&["City"], Validity::ALWAYS, [("id", "hz"), ("name", "杭州市")])?;
/// let person = draft.create_node(&["Person"], Validity::ALWAYS)?;
/// draft.set_node(person, "age", 41)?;
/// draft.create_edge("LIVES_IN", person, city, Validity::ALWAYS)?;
///
/// let found = draft.find("City", "hz").and_then(|id| draft.node(id)).ok_or("no city")?;
/// assert_eq!(found.get::<String>("name")?.as_deref(), Some("杭州市"));
/// assert_eq!(found.in_edges_of("LIVES_IN").count(), 1);
///
/// let state = empty.apply(&draft.finish())?;
/// assert_eq!(state.node(person).ok_or("no person")?.get::<u8>("age")?, Some(41));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    snapshot: Origin<'a>,
    catalogue: Arc<Catalogue>,
    names: Vec<Name>,
    next_node: u64,
    next_edge: u64,
    nodes: BTreeMap<NodeId, Option<NodeRecord>>,
    edges: BTreeMap<EdgeId, Option<EdgeRecord>>,
    /// Edges that the draft made, at both their ends.
    made_at: HashMap<NodeId, Vec<EdgeId>>,
    node_ids: TextIds<NodeId>,
    edge_ids: TextIds<EdgeId>,
    /// The key of text ids, once it has a number.
    id_key: Option<KeyId>,
}

impl<'a> Draft<'a> {
    /// A draft on a state.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        Self::on(Origin::Borrowed(snapshot))
    }

    /// A draft that keeps the state that it began with.
    #[must_use]
    pub fn keeping(snapshot: Arc<Snapshot>) -> Draft<'static> {
        Draft::on(Origin::Shared(snapshot))
    }

    fn on(snapshot: Origin<'a>) -> Self {
        let (next_node, next_edge) = snapshot.next_ids();
        let catalogue = Arc::clone(snapshot.catalogue());
        let id_key = catalogue.key("id");
        Self {
            snapshot,
            catalogue,
            names: Vec::new(),
            next_node,
            next_edge,
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
            made_at: HashMap::new(),
            node_ids: TextIds::default(),
            edge_ids: TextIds::default(),
            id_key,
        }
    }

    /// The state that the draft began with.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    /// Labels, types and keys as the draft leaves them.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    fn intern(&mut self, kind: NameKind, text: &str) -> Result<u16, ChangeError> {
        // The catalogue is copied for the first new name only: a state may have 60,000 of them.
        if let Some(number) = self.catalogue.number(kind, text) {
            return Ok(number);
        }
        let number = Arc::make_mut(&mut self.catalogue).number_of(kind, text)?;
        self.names.push(Name { kind, number, text: text.into() });
        if kind == NameKind::Key && text == "id" {
            self.id_key = Some(KeyId::new(number));
        }
        Ok(number)
    }

    /// The number of a property key, given now if it has none yet.
    ///
    /// # Errors
    /// [`CatalogueError::Full`](super::CatalogueError::Full).
    pub fn key(&mut self, name: &str) -> Result<KeyId, ChangeError> {
        self.intern(NameKind::Key, name).map(KeyId::new)
    }

    /// Makes a node.
    ///
    /// # Errors
    /// [`ChangeError::Full`], or a label that the catalogue cannot take.
    pub fn create_node(&mut self, labels: &[&str], validity: Validity) -> Result<NodeId, ChangeError> {
        let labels: Result<Vec<_>, _> =
            labels.iter().map(|name| self.intern(NameKind::Label, name).map(LabelId::new)).collect();
        let mut labels = labels?;
        labels.sort_unstable();
        labels.dedup();
        let id = NodeId::new(next(&mut self.next_node)?);
        self.nodes.insert(id, Some(NodeRecord { id, labels, validity, properties: Properties::new() }));
        Ok(id)
    }

    /// Makes a node with fixed properties. Of one array all values have one type: write the first as
    /// [`Value::from`](crate::value::Value), and the others `.into()`.
    ///
    /// # Errors
    /// As [`Draft::create_node`] and [`Draft::set_node`]; the draft then stays as it was, but for names.
    pub fn create_node_with<K: AsRef<str>, V: IntoValue>(
        &mut self,
        labels: &[&str],
        validity: Validity,
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Result<NodeId, ChangeError> {
        let properties = self.fixed(properties)?;
        let id = self.create_node(labels, validity)?;
        self.edit_node(id)?.properties = properties;
        Ok(id)
    }

    /// Makes an edge.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`] for an end that is not there, [`ChangeError::Full`], or a type that
    /// the catalogue cannot take.
    pub fn create_edge(
        &mut self,
        edge_type: &str,
        source: NodeId,
        target: NodeId,
        validity: Validity,
    ) -> Result<EdgeId, ChangeError> {
        let edge_type = TypeId::new(self.intern(NameKind::EdgeType, edge_type)?);
        for end in [source, target] {
            if self.node(end).is_none() {
                return Err(ChangeError::NoSuchNode(end));
            }
        }
        let id = EdgeId::new(next(&mut self.next_edge)?);
        let properties = Properties::new();
        self.edges.insert(id, Some(EdgeRecord { id, edge_type, source, target, validity, properties }));
        self.note_made(id, [source, target]);
        Ok(id)
    }

    /// Notes an edge that the draft makes at its ends, at each once.
    fn note_made(&mut self, edge: EdgeId, ends: [NodeId; 2]) {
        for end in ends {
            let made = self.made_at.entry(end).or_default();
            // A new edge has the greatest id; one that is written again may have any.
            if made.last() < Some(&edge) {
                made.push(edge);
            } else if let Err(at) = made.binary_search(&edge) {
                made.insert(at, edge);
            }
        }
    }

    /// Makes an edge with fixed properties, as [`Draft::create_node_with`] a node.
    ///
    /// # Errors
    /// As [`Draft::create_edge`] and [`Draft::set_edge`]; the draft then stays as it was, but for names.
    pub fn create_edge_with<K: AsRef<str>, V: IntoValue>(
        &mut self,
        edge_type: &str,
        (source, target): (NodeId, NodeId),
        validity: Validity,
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Result<EdgeId, ChangeError> {
        let properties = self.fixed(properties)?;
        let id = self.create_edge(edge_type, source, target, validity)?;
        self.edit_edge(id)?.properties = properties;
        Ok(id)
    }

    /// What was changed, ready to be committed.
    #[must_use]
    pub fn finish(self) -> ChangeSet {
        let mut changes = Vec::with_capacity(self.nodes.len() + self.edges.len());
        let (mut put_nodes, mut put_edges) = (Vec::new(), Vec::new());
        for (id, edge) in self.edges {
            match edge {
                Some(edge) => put_edges.push(Change::PutEdge(edge)),
                // An edge that was made and removed in the same draft never existed.
                None if self.snapshot.edge(id).is_some() => changes.push(Change::RemoveEdge(id)),
                None => {}
            }
        }
        for (id, node) in self.nodes {
            match node {
                Some(node) => put_nodes.push(Change::PutNode(node)),
                None if self.snapshot.node(id).is_some() => changes.push(Change::RemoveNode(id)),
                None => {}
            }
        }
        changes.append(&mut put_nodes);
        changes.append(&mut put_edges);
        let next_ids = (self.next_node, self.next_edge);
        ChangeSet::from_parts(self.snapshot.commit(), next_ids, self.names, changes)
    }
}

/// Takes the next free id.
fn next(free: &mut u64) -> Result<u64, ChangeError> {
    if *free >= u64::from(u32::MAX) {
        return Err(ChangeError::Full);
    }
    *free += 1;
    Ok(*free - 1)
}

impl Snapshot {
    /// A draft on this state; see [`Draft`].
    #[must_use]
    pub fn draft(&self) -> Draft<'_> {
        Draft::new(self)
    }
}
