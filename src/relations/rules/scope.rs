//! What a change touches, and where faults are collected.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::Checked;
use crate::graph::{Change, ChangeSet, EdgeRef, NodeIx, NodeRef, Snapshot, Subject, Violation};
use crate::value::{Date, Day, Span, Validity};

/// A change between two states, the elements that it touches, and the faults found so far.
pub(super) struct Scope<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) after: &'a Snapshot,
    /// Nodes that were made or changed, as they are now.
    pub(super) nodes: Vec<NodeRef<'a>>,
    /// Edges that were made or changed, as they are now.
    pub(super) edges: Vec<EdgeRef<'a>>,
    /// Ends of edges that were made, changed or removed: edge type → nodes that are still there.
    ends: BTreeMap<&'a str, BTreeSet<NodeIx>>,
    found: Vec<Violation>,
    visited: Cell<u64>,
}

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

impl<'a> Scope<'a> {
    pub(super) fn of(before: &'a Snapshot, after: &'a Snapshot, changes: &'a ChangeSet) -> Self {
        let mut scope = Self {
            before,
            after,
            nodes: Vec::new(),
            edges: Vec::new(),
            ends: BTreeMap::new(),
            found: Vec::new(),
            visited: Cell::new(0),
        };
        for change in changes {
            match change {
                Change::PutNode(node) => scope.nodes.extend(after.node(node.id)),
                Change::RemoveNode(_) => {}
                Change::PutEdge(edge) => {
                    let now = after.edge(edge.id);
                    scope.edges.extend(now);
                    scope.touch(now);
                    scope.touch(before.edge(edge.id));
                }
                Change::RemoveEdge(id) => scope.touch(before.edge(*id)),
            }
        }
        scope.visit(scope.nodes.len() + scope.edges.len());
        scope
    }

    fn touch(&mut self, edge: Option<EdgeRef<'a>>) {
        let Some(edge) = edge else { return };
        let ends = [edge.source().id(), edge.target().id()];
        let there = ends.into_iter().filter_map(|id| self.after.node(id)).map(NodeRef::ix);
        self.ends.entry(edge.edge_type()).or_default().extend(there);
    }

    /// Counts elements that are looked at.
    pub(super) fn visit(&self, elements: usize) {
        self.visited.set(self.visited.get() + elements as u64);
    }

    /// Changed nodes of a label.
    pub(super) fn changed(&self, label: &str) -> Vec<NodeRef<'a>> {
        let Some(label) = self.after.catalogue().label(label) else { return Vec::new() };
        self.nodes.iter().filter(|node| node.labels().contains(&label)).copied().collect()
    }

    /// Changed edges of a type.
    pub(super) fn changed_edges(&self, edge_type: &str) -> Vec<EdgeRef<'a>> {
        let Some(wanted) = self.after.catalogue().edge_type(edge_type) else { return Vec::new() };
        self.edges.iter().filter(|edge| edge.type_id() == wanted).copied().collect()
    }

    /// Nodes of a label that were changed themselves, or at which an edge of one of these types was made,
    /// changed or removed.
    pub(super) fn touched(&self, label: &str, edge_types: &[&str]) -> Vec<NodeRef<'a>> {
        let Some(label) = self.after.catalogue().label(label) else { return Vec::new() };
        let ends = edge_types.iter().filter_map(|edge_type| self.ends.get(edge_type)).flatten().copied();
        let all: BTreeSet<NodeIx> = self.nodes.iter().map(|node| node.ix()).chain(ends).collect();
        self.visit(all.len());
        let nodes = all.into_iter().filter_map(|ix| self.after.node_at(ix));
        nodes.filter(|node| node.labels().contains(&label)).collect()
    }

    /// Edges of a type that leave a node.
    pub(super) fn leaving(&self, node: NodeRef<'a>, edge_type: &str) -> Vec<EdgeRef<'a>> {
        let edges: Vec<EdgeRef<'a>> = node.out_edges_of(edge_type).collect();
        self.visit(edges.len());
        edges
    }

    /// Edges of a type that arrive at a node.
    pub(super) fn arriving(&self, node: NodeRef<'a>, edge_type: &str) -> Vec<EdgeRef<'a>> {
        let edges: Vec<EdgeRef<'a>> = node.in_edges_of(edge_type).collect();
        self.visit(edges.len());
        edges
    }

    /// Whether the validity of a node is another one than before; true for a new node.
    pub(super) fn moved_in_time(&self, node: NodeRef<'_>) -> bool {
        self.before.node(node.id()).is_none_or(|old| old.validity() != node.validity())
    }

    pub(super) fn error(&mut self, subject: Subject, fault: Fault) {
        self.report(subject, fault, false);
    }

    pub(super) fn warn(&mut self, subject: Subject, fault: Fault) {
        self.report(subject, fault, true);
    }

    fn report(&mut self, subject: Subject, fault: Fault, warning: bool) {
        let Fault { rule, column, message, remedy } = fault;
        self.found.push(Violation { subject, rule, column, message, remedy, warning });
    }

    pub(super) fn finish(mut self) -> Checked {
        self.found.sort_by(order);
        self.found.dedup();
        Checked { violations: self.found, visited: self.visited.get() }
    }
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

/// The latest text under a key of a node.
pub(super) fn text(node: NodeRef<'_>, key: &str) -> Option<String> {
    node.value(key).and_then(|value| value.as_text().map(str::to_owned))
}

/// The text under a key of an edge.
pub(super) fn edge_text(edge: EdgeRef<'_>, key: &str) -> Option<String> {
    edge.value(key).and_then(|value| value.as_text().map(str::to_owned))
}

/// Whether every day that one date names lies before every day that the other names: what is certain.
///
/// `2010` is not certainly before `2010-03`, because the coarser date may mean the finer one.
pub(super) fn certainly_before(a: Date, b: Date) -> bool {
    a.last_day() < b.first_day()
}

/// The days on which two things certainly hold together.
pub(super) fn together(a: &Validity, b: &Validity) -> Option<Span> {
    a.extent().certain.zip(b.extent().certain).and_then(|(a, b)| a.intersect(b))
}

/// Whether both are so undated that they certainly hold on no day, and nothing says that they exclude
/// each other.
pub(super) fn both_undated(a: &Validity, b: &Validity) -> bool {
    let (a, b) = (a.extent(), b.extent());
    a.certain.is_none() && b.certain.is_none() && a.possible.intersect(b.possible).is_some()
}

/// `from 1997-06-18 to 2011-08-21`: the days of a span in a sentence, both included.
pub(super) fn days(span: Span) -> String {
    match (span.from, span.to) {
        (Day::MIN, Day::MAX) => "at all times".to_owned(),
        (Day::MIN, to) => format!("until {}", to.previous()),
        (from, Day::MAX) => format!("from {from} on"),
        (from, to) if from.next() == to => format!("on {from}"),
        (from, to) => format!("from {from} to {}", to.previous()),
    }
}
