//! One derived tie: what it is, and what it follows from.

use crate::relations::vocabulary::{edge, label};
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::graph::{EdgeIx, EdgeRef, KeyId, NodeIx, NodeRef, Snapshot};
use crate::relations::{Direction, Role};
use crate::value::{Bound, Extent, Value};

/// What a tie follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Two parties of an arrangement.
    Arrangement(NodeIx),
    /// A `COOPERATES_WITH` edge of its own.
    Dyad(EdgeIx),
    /// An `ASSISTS` edge of its own.
    Assistance(EdgeIx),
    /// A `PAYS` edge of its own.
    Flow(EdgeIx),
    /// A power that moved from one government to another outside the line of command (S14).
    Power(NodeIx),
    /// An act along the line of command: the `PARTY_TO` edge of an approver or mandator, or the `GRANTED_BY`
    /// edge of a power that was delegated (S6).
    Act(EdgeIx),
    /// A direct subordination (S6).
    Subordination(EdgeIx),
}

impl Basis {
    /// Its kind as a word.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Arrangement(_) => "arrangement",
            Self::Dyad(_) => "dyad",
            Self::Assistance(_) => "assistance",
            Self::Flow(_) => "flow",
            Self::Power(_) => "power",
            Self::Act(_) => "act",
            Self::Subordination(_) => "subordination",
        }
    }
}

/// One derived tie: a maximal interval in which its basis holds, both take part, and the direction stays (S4).
///
/// Its indices belong to the state that the table was derived from: [`TieRef`] reads them there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tie {
    /// Where it leaves; of a symmetric tie the lower index (S13).
    pub source: NodeIx,
    /// Where it arrives.
    pub target: NodeIx,
    /// Its direction.
    pub direction: Direction,
    /// Whether it has no orientation (S13).
    pub symmetric: bool,
    /// Whether the direction rests on a rank that was taken from the level (S21).
    pub inferred: bool,
    /// Its start as it is shown; unknown where it may have begun later than it possibly holds.
    pub from: Bound,
    /// Its end as it is shown.
    pub to: Bound,
    /// The days on which it certainly and possibly holds.
    pub extent: Extent,
    /// What it follows from.
    pub basis: Basis,
    /// The roles of source and target. A power moves from `transfer-from` to `transfer-to`; a subordination
    /// stands between `mandator` and `member`.
    pub roles: (Role, Role),
}

/// The row behind a tie.
enum Row<'t> {
    Node(NodeRef<'t>),
    Edge(EdgeRef<'t>),
}

impl Row<'_> {
    fn value(&self, key: KeyId) -> Option<Value> {
        let property = match self {
            Self::Node(node) => node.property_of(key),
            Self::Edge(edge) => edge.property_of(key),
        };
        property?.latest().cloned()
    }
}

/// What a tie says, and where it says it.
pub(super) struct Statement<'t> {
    own: Option<Row<'t>>,
    pub(super) arrangement: Option<NodeRef<'t>>,
}

impl Statement<'_> {
    /// A property of the basis.
    pub(super) fn own(&self, key: Option<KeyId>) -> Option<Value> {
        self.own.as_ref()?.value(key?)
    }

    /// A property of the basis, else of the arrangement.
    pub(super) fn value(&self, key: Option<KeyId>) -> Option<Value> {
        self.own(key).or_else(|| Row::Node(self.arrangement?).value(key?))
    }
}

/// One tie of a table, beside the state that it was derived from.
#[derive(Clone, Copy)]
pub struct TieRef<'t> {
    snapshot: &'t Snapshot,
    tie: Tie,
    row: u32,
}

impl Deref for TieRef<'_> {
    type Target = Tie;

    fn deref(&self) -> &Tie {
        &self.tie
    }
}

impl fmt::Debug for TieRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tie.fmt(f)
    }
}

impl PartialEq for TieRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.tie == other.tie
    }
}

/// Both ends by text id, the direction, what it follows from, and its dates as they are shown.
#[cfg(feature = "serde")]
impl serde::Serialize for TieRef<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let text_id = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::text_id).map(|id| id.to_string());
        let mut tie = serializer.serialize_struct("Tie", 9)?;
        tie.serialize_field("id", &self.id())?;
        tie.serialize_field("source", &text_id(self.source()))?;
        tie.serialize_field("target", &text_id(self.target()))?;
        tie.serialize_field("direction", &self.direction)?;
        tie.serialize_field("symmetric", &self.symmetric)?;
        tie.serialize_field("basis", self.basis.kind())?;
        tie.serialize_field("roles", &[self.roles.0.to_string(), self.roles.1.to_string()])?;
        tie.serialize_field("from", &self.from)?;
        tie.serialize_field("to", &self.to)?;
        tie.end()
    }
}

impl<'t> TieRef<'t> {
    pub(super) fn new(snapshot: &'t Snapshot, tie: Tie, row: u32) -> Self {
        Self { snapshot, tie, row }
    }

    /// Its row in the table, from 0.
    #[must_use]
    pub fn row(self) -> usize {
        self.row as usize
    }

    /// The state that its indices belong to.
    #[must_use]
    pub fn snapshot(self) -> &'t Snapshot {
        self.snapshot
    }

    /// The government where it leaves.
    #[must_use]
    pub fn source(self) -> Option<NodeRef<'t>> {
        self.snapshot.node_at(self.tie.source)
    }

    /// The government where it arrives.
    #[must_use]
    pub fn target(self) -> Option<NodeRef<'t>> {
        self.snapshot.node_at(self.tie.target)
    }

    /// Its id: kind and id of the basis, codes of the pair, start (S12).
    ///
    /// A start that is not known is written `by-2010-01-01`, the day by which the tie has begun, or
    /// `after-1997-03-14`, the first one on which it may hold; so no two spells share an id.
    #[must_use]
    pub fn id(self) -> String {
        let code = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::text_id).unwrap_or_default();
        let basis = self.text_id().unwrap_or_default();
        let start = match (self.from, self.extent.begun()) {
            (Bound::Known(date), _) => date.to_string(),
            (Bound::Open, _) => "..".to_owned(),
            (Bound::Unknown, Some(begun)) => format!("by-{begun}"),
            (Bound::Unknown, None) => format!("after-{}", self.extent.possible.from),
        };
        format!("{}:{basis}:{}:{}:{start}", self.basis.kind(), code(self.source()), code(self.target()))
    }

    fn stated_by(self) -> Option<Row<'t>> {
        match self.basis {
            Basis::Arrangement(node) | Basis::Power(node) => self.snapshot.node_at(node).map(Row::Node),
            Basis::Dyad(edge)
            | Basis::Assistance(edge)
            | Basis::Flow(edge)
            | Basis::Act(edge)
            | Basis::Subordination(edge) => self.snapshot.edge_at(edge).map(Row::Edge),
        }
    }

    /// The text id of its basis.
    #[must_use]
    pub fn text_id(self) -> Option<Arc<str>> {
        match self.stated_by()? {
            Row::Node(node) => node.text_id(),
            Row::Edge(edge) => edge.text_id(),
        }
    }

    /// The arrangement that it belongs to.
    #[must_use]
    pub fn arrangement(self) -> Option<NodeIx> {
        let under = |power: NodeRef<'_>| power.out_edges_of(edge::UNDER).next().map(|edge| edge.target_ix());
        match (self.basis, self.stated_by()?) {
            (Basis::Arrangement(node), _) => Some(node),
            (_, Row::Node(power)) => under(power),
            (Basis::Act(_), Row::Edge(edge)) if edge.edge_type() == edge::GRANTED_BY => under(edge.source()),
            (Basis::Act(_), Row::Edge(edge)) => Some(edge.target_ix()),
            (Basis::Subordination(_), _) => None,
            (_, Row::Edge(edge)) => {
                Some(self.snapshot.find(label::ARRANGEMENT, edge.value("arrangement")?.as_text()?)?.ix())
            }
        }
    }

    /// A property of its basis.
    #[must_use]
    pub fn own_value(self, key: &str) -> Option<Value> {
        self.stated_by()?.value(self.snapshot.catalogue().key(key)?)
    }

    /// A property of its basis, else of its arrangement.
    #[must_use]
    pub fn value(self, key: &str) -> Option<Value> {
        self.statement().value(self.snapshot.catalogue().key(key))
    }

    /// Basis and arrangement, found once for several properties.
    pub(super) fn statement(self) -> Statement<'t> {
        let arrangement = self.arrangement().and_then(|ix| self.snapshot.node_at(ix));
        Statement { own: self.stated_by(), arrangement }
    }

    /// The mechanism of its basis, else of its arrangement.
    #[must_use]
    pub fn mechanism(self) -> Option<String> {
        self.value("mechanism").map(|mechanism| mechanism.to_string())
    }

    /// The domains of its basis or arrangement, in the order of the row.
    #[must_use]
    pub fn domains(self) -> Vec<String> {
        let domains = self.value("domains");
        domains.iter().flat_map(Value::texts_of).map(str::to_owned).collect()
    }
}
