//! Breaches of rules: what is wrong with which element, in a fixed order.

use std::cmp::Ordering;

use crate::graph::{EdgeRef, NodeRef, Subject, Violation};

/// A breach of a rule before it has its element.
pub(super) struct Fault {
    rule: &'static str,
    column: Option<String>,
    message: String,
    remedy: String,
}

impl Fault {
    pub(super) fn new(rule: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { rule, column: None, message: message.into(), remedy: remedy.into() }
    }

    /// The same fault in a column.
    pub(super) fn of(self, column: &str) -> Self {
        Self { column: Some(column.to_owned()), ..self }
    }
}

impl Fault {
    /// The breach by an element.
    pub(super) fn at(self, subject: Subject, warning: bool) -> Violation {
        let Self { rule, column, message, remedy } = self;
        Violation { subject, rule, column, message, remedy, warning }
    }
}

/// Breaches by element, rule, column and message, each once.
pub(super) fn in_order(mut found: Vec<Violation>) -> Vec<Violation> {
    found.sort_by(order);
    found.dedup();
    found
}

fn order(a: &Violation, b: &Violation) -> Ordering {
    let key = |own: &Violation| (own.subject, own.rule);
    key(a).cmp(&key(b)).then_with(|| (&a.column, &a.message).cmp(&(&b.column, &b.message)))
}

/// The node as the subject of a fault.
pub(super) fn node_subject(node: NodeRef<'_>) -> Subject {
    Subject::Node(node.id())
}

/// The edge as the subject of a fault.
pub(super) fn edge_subject(edge: EdgeRef<'_>) -> Subject {
    Subject::Edge(edge.id())
}
