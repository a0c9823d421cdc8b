//! What a change touches, and where faults are collected.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use hashbrown::{HashMap, HashSet};

use super::Checked;
use super::compiled::CompiledSchema;
use super::fault::{Fault, in_order};
use super::lines::Lines;
use crate::graph::{
    Change, ChangeSet, EdgeId, EdgeRef, NodeIx, NodeRef, Property, Snapshot, Subject, TypeId, Violation,
};
use crate::relations::TierSchemes;
use crate::value::{Date, Day, Span, Validity};

/// Most texts of a slot that are remembered.
const REMEMBERED: usize = 4_096;
/// Neighbouring elements that stay in one part, where there are enough of them.
const BLOCK: usize = 64;

/// A change between two states, the elements that it touches, and the faults found so far.
pub(super) struct CheckScope<'a> {
    pub(super) before: &'a Snapshot,
    pub(super) after: &'a Snapshot,
    /// What is looked at.
    pub(super) elements: Arc<Elements<'a>>,
    /// What the schema asks for.
    pub(super) plans: Arc<CompiledSchema<'a>>,
    /// Ids of the changed edges; none where everything counts as changed.
    changed: Option<Arc<HashSet<EdgeId>>>,
    /// Edges by their ends, where everything counts as changed.
    lines: Option<&'a Lines>,
    schemes: Arc<OnceLock<Arc<TierSchemes>>>,
    /// Texts that were found right, by slot.
    right: RefCell<Vec<HashSet<Box<str>>>>,
    found: Vec<Violation>,
    visited: Cell<u64>,
}

/// The elements that a change touches, or a part of them.
#[derive(Default)]
pub(super) struct Elements<'a> {
    /// Nodes that were made or changed, as they are now.
    pub(super) nodes: Vec<NodeRef<'a>>,
    /// Edges that were made or changed, as they are now.
    pub(super) edges: Vec<EdgeRef<'a>>,
    by_type: HashMap<TypeId, Vec<EdgeRef<'a>>>,
    /// Ends of edges that were made, changed or removed: edge type → nodes that are still there, once each.
    ends: BTreeMap<&'a str, Vec<NodeIx>>,
}

impl<'a> Elements<'a> {
    fn of(before: &'a Snapshot, after: &'a Snapshot, changes: &'a ChangeSet) -> Self {
        let mut elements = Self::default();
        let mut touch = |edge: Option<EdgeRef<'a>>| {
            let Some(edge) = edge else { return };
            let ends = [edge.source().id(), edge.target().id()];
            let there = ends.into_iter().filter_map(|id| after.node(id)).map(NodeRef::ix);
            elements.ends.entry(edge.edge_type()).or_default().extend(there);
        };
        for change in changes {
            match change {
                Change::PutNode(node) => elements.nodes.extend(after.node(node.id)),
                Change::RemoveNode(_) => {}
                Change::PutEdge(edge) => {
                    let now = after.edge(edge.id);
                    elements.edges.extend(now);
                    touch(now);
                    touch(before.edge(edge.id));
                }
                Change::RemoveEdge(id) => touch(before.edge(*id)),
            }
        }
        for ends in elements.ends.values_mut() {
            ends.sort_unstable();
            ends.dedup();
        }
        elements.by_type()
    }

    fn by_type(mut self) -> Self {
        for edge in &self.edges {
            self.by_type.entry(edge.type_id()).or_default().push(*edge);
        }
        self
    }

    /// The same in so many parts: each element, and each end of an edge, belongs to one of them.
    fn parts(&self, count: usize) -> Vec<Self> {
        let block = ((self.nodes.len() + self.edges.len()) / count / BLOCK).clamp(1, BLOCK);
        let part_of = |ix: NodeIx| ix.position() / block % count;
        let mut parts: Vec<Self> = (0..count).map(|_| Self::default()).collect();
        for node in &self.nodes {
            parts[part_of(node.ix())].nodes.push(*node);
        }
        for (at, edge) in self.edges.iter().enumerate() {
            parts[at / block % count].edges.push(*edge);
        }
        for (edge_type, ends) in &self.ends {
            for end in ends {
                parts[part_of(*end)].ends.entry(*edge_type).or_default().push(*end);
            }
        }
        parts.into_iter().map(Self::by_type).collect()
    }
}

/// A graph of which everything counts as made by one change.
pub(super) struct WholeGraph<'a> {
    /// Nothing, under the same names.
    pub(super) before: Snapshot,
    pub(super) after: &'a Snapshot,
    pub(super) plans: Arc<CompiledSchema<'a>>,
    pub(super) lines: Lines,
    pub(super) schemes: Arc<OnceLock<Arc<TierSchemes>>>,
}

impl<'a> CheckScope<'a> {
    pub(super) fn of(before: &'a Snapshot, after: &'a Snapshot, changes: &'a ChangeSet) -> Self {
        let elements = Elements::of(before, after, changes);
        let changed = elements.edges.iter().map(|edge| edge.id()).collect();
        let plans = Arc::new(CompiledSchema::of(after.catalogue()));
        let scope = Self::on((before, after), elements, plans, Arc::default());
        Self { changed: Some(Arc::new(changed)), ..scope }.begin()
    }

    /// A part of a graph of which everything counts as made by one change.
    pub(super) fn of_all(
        whole: &'a WholeGraph<'a>,
        nodes: Vec<NodeRef<'a>>,
        edges: Vec<EdgeRef<'a>>,
    ) -> Self {
        let (plans, schemes) = (Arc::clone(&whole.plans), Arc::clone(&whole.schemes));
        let elements = Elements { nodes, edges, ..Elements::default() }.by_type();
        let scope = Self::on((&whole.before, whole.after), elements, plans, schemes);
        Self { lines: Some(&whole.lines), ..scope }.begin()
    }

    fn on(
        (before, after): (&'a Snapshot, &'a Snapshot),
        elements: Elements<'a>,
        plans: Arc<CompiledSchema<'a>>,
        schemes: Arc<OnceLock<Arc<TierSchemes>>>,
    ) -> Self {
        let right = RefCell::new(vec![HashSet::new(); plans.slots()]);
        let elements = Arc::new(elements);
        let (changed, lines, found, visited) = Default::default();
        Self { before, after, elements, plans, changed, lines, schemes, right, found, visited }
    }

    /// The change in so many parts. A group of rules whose faults follow from an element and its neighbours finds in all
    /// parts together what it finds in the whole.
    pub(super) fn parts(&self, count: usize) -> Vec<Self> {
        self.elements.parts(count).into_iter().map(|part| self.looking_at(Arc::new(part)).begin()).collect()
    }

    /// The whole change for one group more; its elements have been counted before.
    pub(super) fn again(&self) -> Self {
        self.looking_at(Arc::clone(&self.elements))
    }

    fn looking_at(&self, elements: Arc<Elements<'a>>) -> Self {
        let (plans, schemes) = (Arc::clone(&self.plans), Arc::clone(&self.schemes));
        let scope = Self::on((self.before, self.after), Elements::default(), plans, schemes);
        Self { elements, changed: self.changed.clone(), lines: self.lines, ..scope }
    }

    fn begin(self) -> Self {
        self.visit(self.elements.nodes.len() + self.elements.edges.len());
        self
    }

    /// Whether a node was there before with the same labels, the same life, and the same under these keys.
    pub(super) fn keeps(&self, node: NodeRef<'_>, keys: &[&str]) -> bool {
        self.before.node(node.id()).is_some_and(|former| {
            former.labels() == node.labels()
                && former.validity() == node.validity()
                && keys.iter().all(|key| former.property(key) == node.property(key))
        })
    }

    /// Whether an edge was made or changed.
    pub(super) fn is_changed(&self, edge: EdgeRef<'_>) -> bool {
        self.changed.as_ref().is_none_or(|changed| changed.contains(&edge.id()))
    }

    /// Whether a node was there before.
    pub(super) fn existed(&self, node: NodeRef<'_>) -> bool {
        self.before.node(node.id()).is_some()
    }

    /// All tier schemes, the store's own ones too: read when first asked for, on one core (see `workers`).
    pub(super) fn schemes(&self) -> Arc<TierSchemes> {
        Arc::clone(self.schemes.get_or_init(|| Arc::new(TierSchemes::of(self.after))))
    }

    /// Whether a text is right by a check that has no other outcome within this scope; a text of a slot
    /// that was found right is not checked again.
    pub(super) fn is_right(&self, slot: usize, text: &str, check: impl FnOnce() -> bool) -> bool {
        let known = self.right.borrow().get(slot).is_some_and(|known| known.contains(text));
        let right = known || check();
        if right
            && !known
            && let Some(known) = self.right.borrow_mut().get_mut(slot)
        {
            if known.len() == REMEMBERED {
                known.clear();
            }
            known.insert(text.into());
        }
        right
    }

    /// Counts elements that are looked at.
    pub(super) fn visit(&self, elements: usize) {
        self.visited.set(self.visited.get() + elements as u64);
    }

    /// Changed nodes of a label.
    pub(super) fn changed(&self, label: &str) -> Vec<NodeRef<'a>> {
        let Some(label) = self.after.catalogue().label(label) else { return Vec::new() };
        self.elements.nodes.iter().filter(|node| node.labels().contains(&label)).copied().collect()
    }

    /// Changed edges of a type.
    pub(super) fn changed_edges(&self, edge_type: &str) -> Vec<EdgeRef<'a>> {
        let wanted = self.after.catalogue().edge_type(edge_type);
        wanted.and_then(|wanted| self.elements.by_type.get(&wanted)).cloned().unwrap_or_default()
    }

    /// Changed edges of a type that have a property, and what they hold.
    pub(super) fn with_property(&self, edge_type: &str, key: &str) -> Vec<(EdgeRef<'a>, Property)> {
        let Some(key) = self.after.catalogue().key(key) else { return Vec::new() };
        let edges = self.changed_edges(edge_type).into_iter();
        edges.filter_map(|edge| Some((edge, edge.property_of(key)?))).collect()
    }

    /// Nodes of a label that were changed themselves, or at which an edge of one of these types was made,
    /// changed or removed.
    pub(super) fn touched(&self, label: &str, edge_types: &[&str]) -> Vec<NodeRef<'a>> {
        let Some(label) = self.after.catalogue().label(label) else { return Vec::new() };
        let Elements { nodes, ends, .. } = &*self.elements;
        let ends = edge_types.iter().filter_map(|edge_type| ends.get(edge_type)).flatten().copied();
        let mut all: Vec<NodeIx> = nodes.iter().map(|node| node.ix()).chain(ends).collect();
        all.sort_unstable();
        all.dedup();
        self.visit(all.len());
        let nodes = all.into_iter().filter_map(|ix| self.after.node_at(ix));
        nodes.filter(|node| node.labels().contains(&label)).collect()
    }

    /// Edges of a type that leave a node.
    pub(super) fn leaving(&self, node: NodeRef<'a>, edge_type: &str) -> Vec<EdgeRef<'a>> {
        let edges: Vec<EdgeRef<'a>> = match self.lines {
            Some(lines) => lines.leaving(node, edge_type).collect(),
            None => node.out_edges_of(edge_type).collect(),
        };
        self.visit(edges.len());
        edges
    }

    /// Edges of a type that arrive at a node.
    pub(super) fn arriving(&self, node: NodeRef<'a>, edge_type: &str) -> Vec<EdgeRef<'a>> {
        let edges: Vec<EdgeRef<'a>> = match self.lines {
            Some(lines) => lines.arriving(node, edge_type).collect(),
            None => node.in_edges_of(edge_type).collect(),
        };
        self.visit(edges.len());
        edges
    }

    /// Edges of a type that lead from one node to another, by id.
    pub(super) fn joining(
        &self,
        source: NodeRef<'a>,
        target: NodeRef<'a>,
        edge_type: &str,
    ) -> Vec<EdgeRef<'a>> {
        let edges: Vec<EdgeRef<'a>> = source.out_edges_to(edge_type, target.id()).collect();
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
        self.found.push(fault.at(subject, warning));
    }

    /// What was found, in the order of the checks.
    pub(super) fn into_found(self) -> Vec<Violation> {
        self.found
    }

    pub(super) fn finish(self) -> Checked {
        let visited = self.visited.get();
        Checked { violations: in_order(self.found), visited }
    }
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
    a.extent().certain().zip(b.extent().certain()).and_then(|(a, b)| a.intersect(b))
}

/// Whether both are so undated that they certainly hold on no day, and nothing says that they exclude
/// each other.
pub(super) fn both_undated(a: &Validity, b: &Validity) -> bool {
    let (a, b) = (a.extent(), b.extent());
    a.certain().is_none() && b.certain().is_none() && a.possible.intersect(b.possible).is_some()
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
