//! The table of derived ties of one snapshot.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::index::TieIndex;
use crate::graph::{EdgeIx, EdgeRef, NodeIx, NodeRef, Snapshot};
use crate::relations::{Direction, Role, Scale, caption};
use crate::value::{Bound, Extent, Truth, Value, Window};

/// How many arrangements over a limit are named.
const NAMED: usize = 5;

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

impl Tie {
    /// Whether it certainly holds on some day of the window, or with `possible` may hold (S1).
    #[must_use]
    pub fn holds_in(&self, window: Window, possible: bool) -> bool {
        match self.extent.holds_in(window) {
            Truth::True => true,
            Truth::Unknown => possible,
            Truth::False => false,
        }
    }
}

/// The row behind a tie.
enum Row<'t> {
    Node(NodeRef<'t>),
    Edge(EdgeRef<'t>),
}

/// One tie of a table, beside the state that it was derived from.
#[derive(Clone, Copy)]
pub struct TieRef<'t> {
    snapshot: &'t Snapshot,
    tie: &'t Tie,
}

impl Deref for TieRef<'_> {
    type Target = Tie;

    fn deref(&self) -> &Tie {
        self.tie
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

impl<'t> TieRef<'t> {
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
    /// A start that is not known is written `by-2010-01-01`, the first day on which the tie certainly holds,
    /// or `after-1997-03-14`, the first one on which it may; so no two spells share an id.
    #[must_use]
    pub fn id(self) -> String {
        let code = |node: Option<NodeRef<'_>>| node.and_then(NodeRef::text_id).unwrap_or_default();
        let basis = self.text_id().unwrap_or_default();
        let start = match (self.from, self.extent.certain) {
            (Bound::Known(date), _) => date.to_string(),
            (Bound::Open, _) => "..".to_owned(),
            (Bound::Unknown, Some(certain)) => format!("by-{}", certain.from),
            (Bound::Unknown, None) => format!("after-{}", self.extent.possible.from),
        };
        format!("{}:{basis}:{}:{}:{start}", self.basis.kind(), code(self.source()), code(self.target()))
    }

    fn row(self) -> Option<Row<'t>> {
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
        match self.row()? {
            Row::Node(node) => node.text_id(),
            Row::Edge(edge) => edge.text_id(),
        }
    }

    /// The arrangement that it belongs to.
    #[must_use]
    pub fn arrangement(self) -> Option<NodeIx> {
        let under = |power: NodeRef<'_>| power.out_edges_of("UNDER").next().map(|edge| edge.target_ix());
        match (self.basis, self.row()?) {
            (Basis::Arrangement(node), _) => Some(node),
            (_, Row::Node(power)) => under(power),
            (Basis::Act(_), Row::Edge(edge)) if edge.edge_type() == "GRANTED_BY" => under(edge.source()),
            (Basis::Act(_), Row::Edge(edge)) => Some(edge.target_ix()),
            (Basis::Subordination(_), _) => None,
            (_, Row::Edge(edge)) => {
                Some(self.snapshot.find("Arrangement", edge.value("arrangement")?.as_text()?)?.ix())
            }
        }
    }

    /// A property of its basis, else of its arrangement.
    #[must_use]
    pub fn value(self, key: &str) -> Option<Value> {
        let own = match self.row()? {
            Row::Node(node) => node.value(key),
            Row::Edge(edge) => edge.value(key),
        };
        own.or_else(|| self.snapshot.node_at(self.arrangement()?)?.value(key))
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

/// How ties are derived.
#[derive(Clone, Debug, PartialEq)]
pub struct TieOptions {
    /// Scale of the directions. Default: rank.
    pub scale: Scale,
    /// Whether a rank that is not recorded is taken from the level (S21). Default: no.
    pub rank_from_level: bool,
    /// Arrangements in which more governments cooperate at once are not expanded into pairs (S35).
    /// Default: 5,000.
    pub max_parties: usize,
    /// Where the parties of all arrangements make more pairs together, the largest arrangements are not
    /// expanded (S35). Default: 12,500,000, the pairs of 5,000 parties; they take about 2 GiB.
    pub max_pairs: usize,
    /// Only ties that possibly hold in this window; `None` = all.
    pub within: Option<Window>,
}

impl Default for TieOptions {
    fn default() -> Self {
        Self {
            scale: Scale::Rank,
            rank_from_level: false,
            max_parties: 5_000,
            max_pairs: 12_500_000,
            within: None,
        }
    }
}

/// All derived ties of a snapshot, sorted by source, target, start and basis.
///
/// It keeps the snapshot: a later state may give the same indices to other nodes.
#[derive(Clone, Debug)]
pub struct TieTable {
    snapshot: Arc<Snapshot>,
    ties: Vec<Tie>,
    unexpanded: Vec<NodeIx>,
    /// What is over a limit: parties of one arrangement, pairs of all.
    limits: (usize, usize),
    /// Built when first asked for, on one core (see `workers`).
    index: OnceLock<TieIndex>,
}

impl PartialEq for TieTable {
    fn eq(&self, other: &Self) -> bool {
        self.ties == other.ties && self.unexpanded == other.unexpanded
    }
}

impl TieTable {
    pub(super) fn new(
        snapshot: Arc<Snapshot>,
        ties: Vec<Tie>,
        unexpanded: Vec<NodeIx>,
        options: &TieOptions,
    ) -> Self {
        let limits = (options.max_parties, options.max_pairs);
        Self { snapshot, ties, unexpanded, limits, index: OnceLock::new() }
    }

    /// The state that the ties follow from, and that all indices of the table belong to.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    fn index(&self) -> &TieIndex {
        self.index.get_or_init(|| TieIndex::of(&self.ties))
    }

    fn beside<'t>(&'t self, tie: &'t Tie) -> TieRef<'t> {
        TieRef { snapshot: &self.snapshot, tie }
    }

    /// The ties.
    pub fn ties(&self) -> impl ExactSizeIterator<Item = TieRef<'_>> {
        self.ties.iter().map(|tie| self.beside(tie))
    }

    fn at<'t>(&'t self, places: &'t [u32]) -> impl Iterator<Item = TieRef<'t>> {
        places.iter().filter_map(|at| self.ties.get(*at as usize)).map(|tie| self.beside(tie))
    }

    /// The ties of one government.
    pub fn of(&self, government: NodeIx) -> impl Iterator<Item = TieRef<'_>> {
        self.at(self.index().of_government(government))
    }

    /// The ties of the cooperating pairs of one arrangement.
    pub fn of_arrangement(&self, arrangement: NodeIx) -> impl Iterator<Item = TieRef<'_>> {
        self.at(self.index().of_arrangement(arrangement))
    }

    /// The ties that hold in a window: certainly, or with `possible` also possibly (S1).
    pub fn holding(&self, window: Window, possible: bool) -> impl Iterator<Item = TieRef<'_>> {
        self.ties().filter(move |tie| tie.holds_in(window, possible))
    }

    /// Arrangements over a limit, which are not expanded into pairs.
    #[must_use]
    pub fn unexpanded(&self) -> &[NodeIx] {
        &self.unexpanded
    }

    /// Says which of these arrangements are not expanded into pairs, and by which limits; `None` where all are.
    #[must_use]
    pub fn unexpanded_among(&self, wanted: impl Fn(NodeIx) -> bool) -> Option<String> {
        let cut: Vec<NodeIx> = self.unexpanded.iter().copied().filter(|ix| wanted(*ix)).collect();
        let named = cut.iter().take(NAMED).filter_map(|ix| self.snapshot.node_at(*ix));
        let mut names: Vec<String> = named.map(caption).collect();
        if cut.len() > NAMED {
            names.push(format!("{} more", cut.len() - NAMED));
        }
        let (parties, pairs) = self.limits;
        (!cut.is_empty()).then(|| {
            format!(
                "arrangements not expanded into pairs (S35), {} in number: {}; the limits are {parties} governments that \
                 cooperate in one arrangement at once, and {pairs} pairs of all arrangements together",
                cut.len(),
                names.join(", ")
            )
        })
    }
}
