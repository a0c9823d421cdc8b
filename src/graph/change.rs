//! Changes to the graph, as a transaction commits them.

use std::sync::Arc;

use super::limits::{LimitError, Measured, check_names, told};
use super::{
    Catalogue, CatalogueError, EdgeId, EdgeRecord, Name, NameKind, NodeId, NodeRecord, Properties, Property,
    Snapshot, Subject,
};

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

impl<'a> IntoIterator for &'a ChangeSet {
    type Item = &'a Change;
    type IntoIter = std::slice::Iter<'a, Change>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Snapshot {
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
