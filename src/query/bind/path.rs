//! In which order are the nodes and edges of patterns found?
//!
//! A path starts at a node that is known, else at one that a text finds, else at one with labels; from there it grows in
//! both directions. Each condition is asked as soon as all that it names is there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::pattern::{Matching, has_labels};
use crate::query::plan::{
    Ex, ExKind, Expand, ExpandMany, Labels, Op, PathStep, Shortest as ShortestOp, Slot, TimeNumber,
};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{Arrow, CompareOp, Length, Shortest};

pub(super) struct BoundNode {
    pub(super) slot: Slot,
    pub(super) labels: Option<Labels>,
    /// Properties that the node must have.
    pub(super) seek: Vec<(Arc<str>, Ex)>,
    pub(super) range: TextRange,
}

pub(super) struct BoundEdge {
    pub(super) slot: Slot,
    /// The variable that holds the edge already.
    pub(super) same_as: Option<Slot>,
    pub(super) types: Option<Labels>,
    pub(super) arrow: Arrow,
    pub(super) length: Option<Length>,
    /// What each of many edges must fulfil, with the slot in which it is seen.
    pub(super) condition: Option<(Slot, Ex)>,
}

pub(super) struct BoundPath {
    pub(super) nodes: Vec<BoundNode>,
    pub(super) edges: Vec<BoundEdge>,
    pub(super) variable: Option<Slot>,
    pub(super) shortest: Option<Shortest>,
}

pub(super) struct Planner {
    op: Op,
    bound: BTreeSet<Slot>,
    /// Edges of this MATCH that are found, and whether each is a list.
    edges: Vec<Slot>,
    /// Conditions with what they wait for.
    waiting: Vec<(Ex, Option<BTreeSet<Slot>>)>,
    /// Slots of the variables that a condition may wait for.
    known: BTreeSet<Slot>,
    time: Option<TimeNumber>,
}

impl Planner {
    pub(super) fn new(op: Op, matching: &Matching) -> Self {
        Self {
            op,
            bound: matching.before.clone(),
            edges: Vec::new(),
            waiting: Vec::new(),
            known: BTreeSet::new(),
            time: matching.time,
        }
    }

    pub(super) fn conditions(&mut self, conditions: Vec<Ex>) {
        for condition in conditions {
            let mut slots = BTreeSet::new();
            let known = slots_of(&condition, &mut slots);
            self.waiting.push((condition, known.then_some(slots)));
        }
    }

    /// Plans all paths: those that begin at what is known first.
    pub(super) fn plan(mut self, paths: Vec<BoundPath>) -> Op {
        let mut paths = paths;
        let mut own = BTreeSet::new();
        for path in &paths {
            own.extend(path.nodes.iter().map(|node| node.slot));
            own.extend(path.edges.iter().map(|edge| edge.slot));
            own.extend(path.variable);
        }
        // Slots within an expression are never bound here, and none is waited for.
        self.known = own;
        self.apply();
        while !paths.is_empty() {
            let at = (0..paths.len()).min_by_key(|at| (self.start_cost(&paths[*at]).1, *at)).unwrap_or(0);
            let path = paths.remove(at);
            self.path(path);
        }
        for (condition, _) in std::mem::take(&mut self.waiting) {
            self.filter(condition);
        }
        self.op
    }

    /// The node at which a path starts, and how many nodes that may mean.
    fn start_cost(&self, path: &BoundPath) -> (usize, u8) {
        let cost = |node: &BoundNode| {
            let sought = node.seek.iter().any(|(_, value)| self.is_ready(value));
            if self.bound.contains(&node.slot) {
                0
            } else if sought {
                1
            } else if node.labels.is_some() {
                2
            } else {
                3
            }
        };
        let costs = path.nodes.iter().map(cost).enumerate();
        costs.min_by_key(|(at, cost)| (*cost, *at)).unwrap_or((0, 3))
    }

    /// Whether the value of an expression is known now.
    fn is_ready(&self, value: &Ex) -> bool {
        let mut slots = BTreeSet::new();
        slots_of(value, &mut slots) && slots.is_subset(&self.bound)
    }

    fn path(&mut self, path: BoundPath) {
        if let Some(shortest) = path.shortest {
            return self.shortest(path, shortest);
        }
        let (start, _) = self.start_cost(&path);
        let BoundPath { mut nodes, edges, variable, .. } = path;
        self.find(&mut nodes[start]);
        for (at, edge) in edges.iter().enumerate().skip(start) {
            self.step(nodes[at].slot, edge, &mut nodes[at + 1], false);
        }
        for (at, edge) in edges.iter().enumerate().take(start).rev() {
            self.step(nodes[at + 1].slot, edge, &mut nodes[at], true);
        }
        let Some(slot) = variable else { return };
        let steps = edges.iter().map(|edge| PathStep { edge: edge.slot, many: edge.length.is_some() });
        let input = Box::new(self.take());
        self.op = Op::Path { input, slot, start: nodes[0].slot, steps: steps.collect() };
        self.bound.insert(slot);
        self.apply();
    }

    fn take(&mut self) -> Op {
        std::mem::replace(&mut self.op, Op::Once)
    }

    /// Finds a node that is not reached over an edge.
    fn find(&mut self, node: &mut BoundNode) {
        let labels = node.labels.take();
        if self.bound.contains(&node.slot) {
            return self.labelled(node.slot, labels, node.range);
        }
        let ready = node.seek.iter().position(|(_, value)| self.is_ready(value));
        let seek = ready.map(|at| node.seek.swap_remove(at));
        let (input, slot, time) = (Box::new(self.take()), node.slot, self.time);
        self.op = Op::Scan { input, slot, labels, seek, time };
        self.bound.insert(slot);
        self.apply();
    }

    fn labelled(&mut self, slot: Slot, labels: Option<Labels>, range: TextRange) {
        if let Some(labels) = labels {
            self.filter(has_labels(slot, labels, range));
        }
    }

    fn filter(&mut self, condition: Ex) {
        let input = Box::new(self.take());
        self.op = Op::Filter { input, condition };
    }

    fn expand(&mut self, from: Slot, edge: &BoundEdge, to: Slot, reversed: bool) -> Expand {
        let arrow = match (edge.arrow, reversed) {
            (Arrow::Out, true) => Arrow::In,
            (Arrow::In, true) => Arrow::Out,
            (arrow, _) => arrow,
        };
        Expand {
            input: self.take(),
            from,
            edge: edge.slot,
            to,
            into: self.bound.contains(&to),
            arrow,
            types: edge.types.clone(),
            unique: self.edges.clone(),
            time: self.time,
        }
    }

    /// From a node that is known over an edge to another.
    fn step(&mut self, from: Slot, edge: &BoundEdge, node: &mut BoundNode, reversed: bool) {
        let step = self.expand(from, edge, node.slot, reversed);
        self.op = match edge.length {
            None => Op::Expand(Box::new(step)),
            Some(length) => {
                let (min, max) = (length.min.unwrap_or(1), length.max.unwrap_or(u32::MAX));
                let condition = edge.condition.clone();
                Op::ExpandMany(Box::new(ExpandMany { step, min, max, condition, reversed }))
            }
        };
        self.bound.extend([edge.slot, node.slot]);
        self.edges.push(edge.slot);
        self.same(edge);
        let labels = node.labels.take();
        self.labelled(node.slot, labels, node.range);
        self.apply();
    }

    /// The edge that was found must be the one that a variable holds.
    fn same(&mut self, edge: &BoundEdge) {
        if let Some(same) = edge.same_as {
            let range = TextRange::default();
            let (own, same) = (Ex::slot(edge.slot, range), Ex::slot(same, range));
            let kind = ExKind::Compare(Box::new(own), vec![(CompareOp::Equal, same)]);
            self.filter(Ex { kind, range });
        }
    }

    fn shortest(&mut self, path: BoundPath, shortest: Shortest) {
        let BoundPath { mut nodes, mut edges, variable, .. } = path;
        let (Some(mut end), Some(mut start), Some(edge)) = (nodes.pop(), nodes.pop(), edges.pop()) else {
            return;
        };
        self.find(&mut start);
        self.find(&mut end);
        let step = self.expand(start.slot, &edge, end.slot, false);
        let length = edge.length.unwrap_or(Length { min: Some(1), max: Some(1) });
        let path = variable.unwrap_or(edge.slot);
        self.op = Op::Shortest(Box::new(ShortestOp {
            step,
            min: length.min.unwrap_or(1),
            max: length.max.unwrap_or(u32::MAX),
            condition: edge.condition,
            all: shortest == Shortest::All,
            path,
        }));
        self.bound.extend([edge.slot, path]);
        self.apply();
    }

    /// Asks the conditions that wait for nothing any more.
    fn apply(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for (condition, slots) in waiting {
            let ready = slots.as_ref().is_some_and(|slots| {
                slots.iter().all(|slot| self.bound.contains(slot) || !self.known.contains(slot))
            });
            if ready {
                self.filter(condition);
            } else {
                self.waiting.push((condition, slots));
            }
        }
    }
}

/// Collects the slots that an expression reads; false where a plan in it may read others.
fn slots_of(ex: &Ex, slots: &mut BTreeSet<Slot>) -> bool {
    match &ex.kind {
        ExKind::Constant(_) | ExKind::Parameter(_) => true,
        ExKind::Slot(slot) => {
            slots.insert(*slot);
            true
        }
        ExKind::Property(inner, ..)
        | ExKind::HasLabels(inner, _)
        | ExKind::Not(inner)
        | ExKind::Negate(inner)
        | ExKind::Plus(inner)
        | ExKind::IsNull(inner, _) => slots_of(inner, slots),
        ExKind::Index(a, b) | ExKind::Binary(_, a, b) => slots_of(a, slots) && slots_of(b, slots),
        ExKind::Slice(a, b, c) => slots_of(a, slots) && b.iter().chain(c).all(|bound| slots_of(bound, slots)),
        ExKind::Compare(first, chain) => {
            slots_of(first, slots) && chain.iter().all(|(_, operand)| slots_of(operand, slots))
        }
        ExKind::List(items) | ExKind::Call(_, items) => items.iter().all(|item| slots_of(item, slots)),
        ExKind::Map(entries) => entries.iter().all(|(_, value)| slots_of(value, slots)),
        ExKind::Case { subject, arms, otherwise } => {
            subject.iter().chain(otherwise).all(|part| slots_of(part, slots))
                && arms.iter().all(|(when, then)| slots_of(when, slots) && slots_of(then, slots))
        }
        ExKind::ListComprehension { list, condition, map, .. } => {
            slots_of(list, slots) && condition.iter().chain(map).all(|part| slots_of(part, slots))
        }
        ExKind::Quantifier { list, condition, .. } => {
            slots_of(list, slots) && condition.iter().all(|part| slots_of(part, slots))
        }
        ExKind::Reduce { .. } | ExKind::MapProjection { .. } | ExKind::Subquery { .. } => false,
    }
}
