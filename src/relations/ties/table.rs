//! The table of derived ties of one snapshot.

use std::sync::Arc;

use crate::graph::{EdgeIx, NodeIx, Snapshot};
use crate::relations::{Direction, Role, Scale};
use crate::value::{Bound, Extent, Truth, Value, Window};

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
    /// A power that moved from one government to another.
    Power(NodeIx),
    /// An approval or mandate along the line of command: the `PARTY_TO` edge of the superior (S6).
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
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// Where it leaves; of a symmetric tie the lower index (S13).
    pub source: NodeIx,
    /// Where it arrives.
    pub target: NodeIx,
    /// Its direction.
    pub direction: Direction,
    /// Whether it has no orientation (S13).
    pub symmetric: bool,
    /// Its start as it is shown.
    pub from: Bound,
    /// Its end as it is shown.
    pub to: Bound,
    /// The days on which it certainly and possibly holds.
    pub extent: Extent,
    /// What it follows from.
    pub basis: Basis,
    /// The roles of source and target.
    pub roles: (Role, Role),
}

impl Tie {
    /// Its id: basis, pair and start (S12).
    #[must_use]
    pub fn id(&self, snapshot: &Snapshot) -> String {
        let code = |ix: NodeIx| snapshot.node_at(ix).and_then(|node| node.text_id()).unwrap_or_default();
        let basis = self.text_id(snapshot).unwrap_or_default();
        format!("{}:{basis}:{}:{}:{}", self.basis.kind(), code(self.source), code(self.target), self.from)
    }

    /// The text id of its basis.
    #[must_use]
    pub fn text_id(&self, snapshot: &Snapshot) -> Option<Arc<str>> {
        match self.basis {
            Basis::Arrangement(node) | Basis::Power(node) => snapshot.node_at(node)?.text_id(),
            Basis::Dyad(edge)
            | Basis::Assistance(edge)
            | Basis::Flow(edge)
            | Basis::Act(edge)
            | Basis::Subordination(edge) => snapshot.edge_at(edge)?.text_id(),
        }
    }

    /// The arrangement that it belongs to.
    #[must_use]
    pub fn arrangement(&self, snapshot: &Snapshot) -> Option<NodeIx> {
        match self.basis {
            Basis::Arrangement(node) => Some(node),
            Basis::Act(edge) => Some(snapshot.edge_at(edge)?.target_ix()),
            Basis::Power(node) => {
                snapshot.node_at(node)?.out_edges_of("UNDER").next().map(|edge| edge.target_ix())
            }
            Basis::Dyad(edge) | Basis::Assistance(edge) | Basis::Flow(edge) => {
                let id = snapshot.edge_at(edge)?.value("arrangement")?;
                Some(snapshot.find("Arrangement", id.as_text()?)?.ix())
            }
            Basis::Subordination(_) => None,
        }
    }

    /// A property of its basis, else of its arrangement.
    #[must_use]
    pub fn value(&self, snapshot: &Snapshot, key: &str) -> Option<Value> {
        let own = match self.basis {
            Basis::Arrangement(node) | Basis::Power(node) => snapshot.node_at(node)?.value(key),
            Basis::Dyad(edge)
            | Basis::Assistance(edge)
            | Basis::Flow(edge)
            | Basis::Act(edge)
            | Basis::Subordination(edge) => snapshot.edge_at(edge)?.value(key),
        };
        own.or_else(|| snapshot.node_at(self.arrangement(snapshot)?)?.value(key))
    }
}

/// How ties are derived.
#[derive(Clone, Debug, PartialEq)]
pub struct TieOptions {
    /// Scale of the directions. Default: rank.
    pub scale: Scale,
    /// Whether a rank that is not recorded is taken from the level (S21). Default: no.
    pub rank_from_level: bool,
    /// Arrangements with more parties are not expanded into pairs. Default: 200.
    pub max_parties: usize,
    /// Only ties that possibly hold in this window; `None` = all.
    pub within: Option<Window>,
}

impl Default for TieOptions {
    fn default() -> Self {
        Self { scale: Scale::Rank, rank_from_level: false, max_parties: 200, within: None }
    }
}

/// All derived ties of a snapshot, sorted by source, target, start and basis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TieTable {
    pub(super) ties: Vec<Tie>,
    pub(super) by_government: Vec<Vec<u32>>,
    pub(super) unexpanded: Vec<NodeIx>,
}

impl TieTable {
    /// The ties.
    #[must_use]
    pub fn ties(&self) -> &[Tie] {
        &self.ties
    }

    /// The ties of one government.
    pub fn of(&self, government: NodeIx) -> impl Iterator<Item = &Tie> {
        let own = self.by_government.get(government.position());
        own.into_iter().flatten().filter_map(|at| self.ties.get(*at as usize))
    }

    /// The ties that hold in a window: certainly, or with `possible` also possibly (S1).
    pub fn holding(&self, window: Window, possible: bool) -> impl Iterator<Item = &Tie> {
        self.ties.iter().filter(move |tie| match tie.extent.holds_in(window) {
            Truth::True => true,
            Truth::Unknown => possible,
            Truth::False => false,
        })
    }

    /// Arrangements with more parties than the limit, which are not expanded into pairs.
    #[must_use]
    pub fn unexpanded(&self) -> &[NodeIx] {
        &self.unexpanded
    }
}
