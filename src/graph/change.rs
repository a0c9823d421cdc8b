//! Changes to the graph: collected in a draft, committed as a change set.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::limits::{LimitError, Measured, check_names, told};
use super::{
    Catalogue, CatalogueError, EdgeId, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeId, NodeRecord,
    Properties, Property, Snapshot, Subject, TypeId,
};
use crate::value::{Validity, Value};

/// One change; an element is always written whole.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Change {
    PutNode(NodeRecord),
    RemoveNode(NodeId),
    PutEdge(EdgeRecord),
    RemoveEdge(EdgeId),
}

/// What one transaction changes, made for one state of the graph.
///
/// Order: removed edges, removed nodes, nodes, edges; each by ascending id. Applying it therefore never
/// meets an edge before its ends.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangeSet {
    base: u64,
    next_node: u64,
    next_edge: u64,
    names: Vec<Name>,
    changes: Vec<Change>,
}

impl ChangeSet {
    /// Puts a change set together from its parts, as a log holds them. [`Snapshot::apply`] refuses parts that no draft
    /// would give.
    #[must_use]
    pub fn from_parts(base: u64, next_ids: (u64, u64), names: Vec<Name>, changes: Vec<Change>) -> Self {
        Self { base, next_node: next_ids.0, next_edge: next_ids.1, names, changes }
    }

    /// Number of the commit that it was made for.
    #[must_use]
    pub fn base(&self) -> u64 {
        self.base
    }

    /// The next free node id and edge id after it.
    #[must_use]
    pub fn next_ids(&self) -> (u64, u64) {
        (self.next_node, self.next_edge)
    }

    /// Names that it adds to the catalogue, in the order of their numbers.
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The changes in order.
    pub(super) fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The changes in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Change> {
        self.changes.iter()
    }

    /// How many changes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.names.is_empty()
    }

    /// Whether a commit takes what it puts, under the names of the state after it.
    pub(super) fn check_limits(&self, catalogue: &Catalogue) -> Result<(), LimitError> {
        if !self.names.is_empty() {
            check_names(catalogue)?;
        }
        self.iter().try_for_each(|change| match change {
            Change::PutNode(node) => Measured::node(node, catalogue).check(catalogue).map(drop),
            Change::PutEdge(edge) => Measured::edge(edge, catalogue).check(catalogue).map(drop),
            Change::RemoveNode(_) | Change::RemoveEdge(_) => Ok(()),
        })
    }
}

/// A change that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The change set was made for another state.
    #[error(
        "the change was made for commit {found}, but the graph is at commit {expected}; read again and retry"
    )]
    Base {
        /// The graph's commit.
        expected: u64,
        /// The change set's.
        found: u64,
    },
    /// No such node.
    #[error("there is no node {0}")]
    NoSuchNode(NodeId),
    /// No such edge.
    #[error("there is no edge {0}")]
    NoSuchEdge(EdgeId),
    /// An edge that leaves or arrives nowhere.
    #[error("edge {edge} joins {from} and {to}, one of which does not exist")]
    NoSuchEnd {
        /// The edge.
        edge: EdgeId,
        /// The node that it leaves.
        from: NodeId,
        /// The node at which it arrives.
        to: NodeId,
    },
    /// Changes out of order, or an element that is there twice.
    #[error(
        "{at} stands out of order or twice; a change set has removed edges, removed nodes, nodes and edges, each once and \
         by ascending id"
    )]
    Order {
        /// The element at fault.
        at: String,
    },
    /// An element whose id is neither there nor a new one, or which is removed as well.
    #[error(
        "{at} is not there, is removed by the same change, or has an id outside the new ones from {first} to before {next}; \
         let the draft give ids"
    )]
    ForeignId {
        /// The element at fault.
        at: String,
        /// The first id that was free.
        first: u64,
        /// The next free id after the change.
        next: u64,
    },
    /// A next free id that no draft would leave.
    #[error(
        "the next free {what} id would go from {first} to {next} with {new} new elements; let the draft give ids"
    )]
    NextId {
        /// Of nodes or of edges.
        what: &'static str,
        /// The next free id before the change.
        first: u64,
        /// The next free id after it.
        next: u64,
        /// New elements.
        new: u64,
    },
    /// A label, edge type or property key whose number was never given.
    #[error("{at} has the {kind} number {number}, which has no name; let the draft give numbers")]
    UnknownName {
        /// The element at fault.
        at: String,
        /// What is numbered.
        kind: NameKind,
        /// The number.
        number: u16,
    },
    /// Labels that are not in order.
    #[error("{at} has a label twice or its labels out of order; give each once, by ascending number")]
    Labels {
        /// The element at fault.
        at: String,
    },
    /// A number that is not finite.
    #[error(
        "{}“{key}” of {} holds {number}; a number must be finite: leave out what is not known",
        qualifier.as_ref().map(|name| format!("“{name}” of a value of ")).unwrap_or_default(), told(.subject)
    )]
    NotFinite {
        /// The element.
        subject: Subject,
        /// The key.
        key: String,
        /// The key of the qualifier, where it qualifies a value under the key.
        qualifier: Option<String>,
        /// The number: `NaN`, `inf` or `-inf`.
        number: String,
    },
    /// A node with edges cannot be removed.
    #[error("node {0} still has edges; remove them first, or end the node at a date (S18)")]
    StillTied(NodeId),
    /// More elements than an index can number.
    #[error("the graph is full: at most 4,294,967,294 nodes and as many edges")]
    Full,
    /// A name that does not fit.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// More than an element or a graph may hold.
    #[error(transparent)]
    Limit(#[from] LimitError),
}

/// A change in the making: reads the state that it began with and its own changes.
///
/// ```
/// use std::sync::Arc;
/// use intergov::graph::{Catalogue, Draft, Snapshot};
/// use intergov::value::{Validity, Value};
///
/// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
/// let mut draft = Draft::new(&empty);
/// let city = draft.create_node(&["Government"], Validity::ALWAYS)?;
/// draft.set_node(city, "name", Value::text("杭州市"))?;
/// let state = empty.apply(&draft.finish())?;
/// assert_eq!(state.node(city).and_then(|node| node.value("name")), Some(Value::text("杭州市")));
/// # Ok::<(), intergov::graph::ChangeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    snapshot: &'a Snapshot,
    catalogue: Catalogue,
    names: Vec<Name>,
    pub(super) next_node: u64,
    pub(super) next_edge: u64,
    pub(super) nodes: BTreeMap<NodeId, Option<NodeRecord>>,
    pub(super) edges: BTreeMap<EdgeId, Option<EdgeRecord>>,
}

impl<'a> Draft<'a> {
    /// A draft on a state.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot) -> Self {
        let (next_node, next_edge) = snapshot.next_ids();
        Self {
            snapshot,
            catalogue: Catalogue::clone(snapshot.catalogue()),
            names: Vec::new(),
            next_node,
            next_edge,
            nodes: BTreeMap::new(),
            edges: BTreeMap::new(),
        }
    }

    /// The state that the draft began with.
    #[must_use]
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    pub(super) fn intern(&mut self, kind: NameKind, text: &str) -> Result<u16, ChangeError> {
        let (number, new) = self.catalogue.intern(kind, text)?;
        if new {
            self.names.push(Name { kind, number, text: text.into() });
        }
        Ok(number)
    }

    /// The number of a property key, given now if it has none yet.
    ///
    /// # Errors
    /// [`CatalogueError::Full`].
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
        if self.next_node >= u64::from(u32::MAX) {
            return Err(ChangeError::Full);
        }
        let id = NodeId::new(self.next_node);
        self.next_node += 1;
        self.nodes.insert(id, Some(NodeRecord { id, labels, validity, properties: Properties::new() }));
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
            let there = match self.nodes.get(&end) {
                Some(changed) => changed.is_some(),
                None => self.snapshot.node(end).is_some(),
            };
            if !there {
                return Err(ChangeError::NoSuchNode(end));
            }
        }
        if self.next_edge >= u64::from(u32::MAX) {
            return Err(ChangeError::Full);
        }
        let id = EdgeId::new(self.next_edge);
        self.next_edge += 1;
        let properties = Properties::new();
        self.edges.insert(id, Some(EdgeRecord { id, edge_type, source, target, validity, properties }));
        Ok(id)
    }

    /// The node as the draft leaves it.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<NodeRecord> {
        match self.nodes.get(&id) {
            Some(changed) => changed.clone(),
            None => self.snapshot.node(id).map(super::NodeRef::to_record),
        }
    }

    /// The edge as the draft leaves it.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<EdgeRecord> {
        match self.edges.get(&id) {
            Some(changed) => changed.clone(),
            None => self.snapshot.edge(id).map(super::EdgeRef::to_record),
        }
    }

    /// Labels, types and keys as the draft leaves them.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The edges at a node as the draft leaves them, in both orientations, by id.
    ///
    /// Cost: the node's edges in the snapshot and all edges that the draft changed.
    #[must_use]
    pub fn edges_at(&self, id: NodeId) -> Vec<EdgeRecord> {
        let stored = self.snapshot.node(id).into_iter();
        let stored = stored.flat_map(|node| node.out_edges().chain(node.in_edges()));
        let stored = stored.filter(|edge| !self.edges.contains_key(&edge.id()));
        let changed = self.edges.values().flatten().filter(|edge| edge.source == id || edge.target == id);
        let mut edges: Vec<EdgeRecord> =
            stored.map(super::EdgeRef::to_record).chain(changed.cloned()).collect();
        edges.sort_unstable_by_key(|edge| edge.id);
        edges.dedup_by_key(|edge| edge.id);
        edges
    }

    /// The node with a text id among those of a label, as the draft leaves it.
    ///
    /// Cost: all nodes that the draft changed.
    #[must_use]
    pub fn find(&self, label: &str, id: &str) -> Option<NodeId> {
        let (label, key) = (self.catalogue.label(label)?, self.catalogue.key("id")?);
        let named = |node: &NodeRecord| {
            let own = node.properties.get(key).and_then(Property::latest).and_then(Value::as_text);
            own == Some(id) && node.labels.contains(&label)
        };
        let changed = self.nodes.values().flatten().find(|node| named(node)).map(|node| node.id);
        changed.or_else(|| {
            let stored = self.snapshot.nodes_holding("id", id).into_iter();
            let stored = stored.filter(|node| !self.nodes.contains_key(&node.id()));
            stored.filter(|node| node.labels().contains(&label)).map(super::NodeRef::id).next()
        })
    }

    /// Changes a node in place.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn edit_node(&mut self, id: NodeId) -> Result<&mut NodeRecord, ChangeError> {
        if !self.nodes.contains_key(&id) {
            let node = self.snapshot.node(id).map(super::NodeRef::to_record);
            self.nodes.insert(id, Some(node.ok_or(ChangeError::NoSuchNode(id))?));
        }
        self.nodes.get_mut(&id).and_then(Option::as_mut).ok_or(ChangeError::NoSuchNode(id))
    }

    /// Changes an edge in place; its ends and type stay what they are.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`].
    pub fn edit_edge(&mut self, id: EdgeId) -> Result<&mut EdgeRecord, ChangeError> {
        if !self.edges.contains_key(&id) {
            let edge = self.snapshot.edge(id).map(super::EdgeRef::to_record);
            self.edges.insert(id, Some(edge.ok_or(ChangeError::NoSuchEdge(id))?));
        }
        self.edges.get_mut(&id).and_then(Option::as_mut).ok_or(ChangeError::NoSuchEdge(id))
    }

    /// Sets a fixed property of a node.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`], or a key that the catalogue cannot take.
    pub fn set_node(&mut self, id: NodeId, key: &str, value: Value) -> Result<(), ChangeError> {
        let key = self.key(key)?;
        self.edit_node(id)?.properties.insert(key, Property::Fixed(value));
        Ok(())
    }

    /// Sets a fixed property of an edge.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`], or a key that the catalogue cannot take.
    pub fn set_edge(&mut self, id: EdgeId, key: &str, value: Value) -> Result<(), ChangeError> {
        let key = self.key(key)?;
        self.edit_edge(id)?.properties.insert(key, Property::Fixed(value));
        Ok(())
    }

    /// Removes a node: "it was never so" (S18). Its edges must be removed too.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn remove_node(&mut self, id: NodeId) -> Result<(), ChangeError> {
        self.node(id).ok_or(ChangeError::NoSuchNode(id))?;
        self.nodes.insert(id, None);
        Ok(())
    }

    /// Removes an edge: "it was never so" (S18).
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`].
    pub fn remove_edge(&mut self, id: EdgeId) -> Result<(), ChangeError> {
        self.edge(id).ok_or(ChangeError::NoSuchEdge(id))?;
        self.edges.insert(id, None);
        Ok(())
    }

    /// The change set, in the order in which it applies.
    #[must_use]
    pub fn finish(self) -> ChangeSet {
        let mut changes = Vec::with_capacity(self.nodes.len() + self.edges.len());
        let (mut put_nodes, mut put_edges) = (Vec::new(), Vec::new());
        for (id, edge) in self.edges {
            match edge {
                // A caller that edits a record in place may have touched its id.
                Some(edge) => put_edges.push(Change::PutEdge(EdgeRecord { id, ..edge })),
                // An edge that was made and removed in the same draft never existed.
                None if self.snapshot.edge(id).is_some() => changes.push(Change::RemoveEdge(id)),
                None => {}
            }
        }
        for (id, node) in self.nodes {
            match node {
                Some(node) => put_nodes.push(Change::PutNode(NodeRecord { id, ..node })),
                None if self.snapshot.node(id).is_some() => changes.push(Change::RemoveNode(id)),
                None => {}
            }
        }
        changes.append(&mut put_nodes);
        changes.append(&mut put_edges);
        ChangeSet {
            base: self.snapshot.commit(),
            next_node: self.next_node,
            next_edge: self.next_edge,
            names: self.names,
            changes,
        }
    }
}

impl<'a> IntoIterator for &'a ChangeSet {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Snapshot {
    /// A draft on this state; see [`Draft`].
    #[must_use]
    pub fn draft(&self) -> Draft<'_> {
        Draft::new(self)
    }

    /// Whether two states hold the same nodes and edges under the same names, whatever their permanent
    /// ids, commit numbers and indices.
    #[must_use]
    pub fn holds_same(&self, other: &Self) -> bool {
        let lines = |snapshot: &Self| {
            let mut lines: Vec<String> = snapshot.describe().collect();
            lines.sort_unstable();
            lines
        };
        self.node_count() == other.node_count()
            && self.edge_count() == other.edge_count()
            && lines(self) == lines(other)
    }

    /// One line an element: text ids, names and values, no permanent ids or numbers.
    fn describe(&self) -> impl Iterator<Item = String> {
        let catalogue = Arc::clone(self.catalogue());
        let properties = move |properties: &Properties| {
            let mut texts: Vec<String> = properties
                .iter()
                .map(|(key, property)| match property {
                    Property::Fixed(value) => format!("{}={value:?}", catalogue.key_name(key)),
                    Property::Dated(spells) => {
                        let spells = spells.iter().map(|spell| {
                            let mut qualifiers: Vec<_> = spell
                                .qualifiers
                                .iter()
                                .map(|(key, value)| format!("{}={value:?}", catalogue.key_name(*key)))
                                .collect();
                            qualifiers.sort_unstable();
                            format!("{:?}{:?}{qualifiers:?}", spell.validity, spell.value)
                        });
                        format!("{}={:?}", catalogue.key_name(key), spells.collect::<Vec<_>>())
                    }
                })
                .collect();
            texts.sort_unstable();
            texts.join(",")
        };
        let labels = |node: super::NodeRef<'_>| {
            let mut names: Vec<&str> =
                node.labels().iter().map(|label| self.catalogue().label_name(*label)).collect();
            names.sort_unstable();
            names.join(":")
        };
        let of_edges = properties.clone();
        let nodes = self.nodes().map(move |node| {
            format!("({} {:?} {})", labels(node), node.validity(), properties(&node.properties()))
        });
        let edges = self.edges().map(move |edge| {
            let end =
                |node: super::NodeRef<'_>| format!("{}/{}", labels(node), node.text_id().unwrap_or_default());
            let (source, target) = (end(edge.source()), end(edge.target()));
            let held = of_edges(&edge.properties());
            format!("[{source} {} {target} {:?} {held}]", edge.edge_type(), edge.validity())
        });
        nodes.chain(edges)
    }
}
