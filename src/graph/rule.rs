//! Where a domain says what may be committed.

use std::fmt;

use super::{ChangeSet, EdgeId, NodeId, Snapshot};

/// The element that breaks a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Subject {
    Node(NodeId),
    Edge(EdgeId),
}

/// One breach of a rule: what, on which element, which rule, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}
