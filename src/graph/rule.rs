//! Where a domain says what may be committed.

use std::fmt;
use std::sync::Arc;

use super::{Change, ChangeSet, EdgeId, EdgeRef, NodeId, NodeRef, Snapshot};

/// The element that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "lowercase"))]
#[expect(missing_docs, reason = "each says itself")]
pub enum Subject {
    Node(NodeId),
    Edge(EdgeId),
}

/// One breach of a rule: what, on which element, which rule, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Violation {
    /// The element at fault.
    pub subject: Subject,
    /// Number of the rule, e.g. `S11`, or `schema`.
    pub rule: &'static str,
    /// Property or column at fault, where it is one.
    pub column: Option<String>,
    /// What is wrong, with names, codes and ranks.
    pub message: String,
    /// What to do next.
    pub remedy: String,
    /// Whether it only warns: a warning does not stop the commit.
    pub warning: bool,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}); {}", self.message, self.rule, self.remedy)
    }
}

/// A rule that is checked when a transaction commits.
///
/// It sees the state before and after, and the change between them, so that its cost can follow the
/// change instead of the store.
pub trait CommitRule: Send + Sync {
    /// All breaches and warnings that the change brings.
    fn check(&self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Vec<Violation>;

    /// All breaches and warnings of a whole state, as if it were written in one commit.
    ///
    /// A rule that can look at a state without a record of each element says how; else the whole state is made
    /// into a change.
    fn check_whole(&self, state: &Snapshot) -> Vec<Violation> {
        let nodes = state.nodes().map(NodeRef::to_record).map(Change::PutNode);
        let edges = state.edges().map(EdgeRef::to_record).map(Change::PutEdge);
        let all = ChangeSet::from_parts(0, state.next_ids(), Vec::new(), nodes.chain(edges).collect());
        let empty = Snapshot::empty(Arc::clone(state.catalogue()));
        self.check(&empty, state, &all)
    }
}
