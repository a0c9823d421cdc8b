//! MATCH: the variables of patterns, and what their nodes and edges must fulfil.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::path::{BoundEdge, BoundNode, BoundPath, Planner};
use super::scope::{Scope, Variable};
use super::{Binder, Bound, SYMMETRIC, Type, UnknownName};
use crate::query::error::QueryError;
use crate::query::plan::{Ex, ExKind, Labels, Op, Slot, TimeNumber};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{
    Arrow, CompareOp, EdgePattern, Expr, ExprKind, LabelExpr, Name, NodePattern, PathPattern, SubqueryKind,
};

/// What is known of a MATCH while its patterns are bound.
#[derive(Default)]
pub(super) struct Matching {
    /// Slots that have their values before the MATCH.
    pub(super) before: BTreeSet<Slot>,
    /// Edge variables of this MATCH.
    pub(super) edges: BTreeSet<Arc<str>>,
    pub(super) time: Option<TimeNumber>,
}

impl Binder<'_> {
    /// Binds patterns that are matched together, and what they must fulfil.
    pub(super) fn match_patterns(
        &mut self,
        op: Op,
        patterns: &[PathPattern],
        condition: Option<&Expr>,
        scope: &mut Scope,
        time: Option<TimeNumber>,
    ) -> Bound<Op> {
        // What stands in the conditions of a MATCH is read at its date too.
        let own_time = std::mem::replace(&mut self.time, time);
        let planned = self.match_at(op, patterns, condition, scope, time);
        self.time = own_time;
        planned
    }

    fn match_at(
        &mut self,
        op: Op,
        patterns: &[PathPattern],
        condition: Option<&Expr>,
        scope: &mut Scope,
        time: Option<TimeNumber>,
    ) -> Bound<Op> {
        let before = scope.live().into_iter().collect();
        let mut matching = Matching { before, edges: BTreeSet::new(), time };
        let mut paths = Vec::new();
        for pattern in patterns {
            paths.push(self.path_variables(pattern, scope, &mut matching)?);
        }
        let mut conditions = Vec::new();
        for (pattern, path) in patterns.iter().zip(&mut paths) {
            self.path_conditions(pattern, path, scope, &mut conditions)?;
        }
        if let Some(condition) = condition {
            split(self.condition(condition, scope)?, &mut conditions);
        }
        let mut planner = Planner::new(op, &matching);
        planner.conditions(conditions);
        Ok(planner.plan(paths))
    }

    /// Gives each element of a path a slot.
    fn path_variables(
        &mut self,
        pattern: &PathPattern,
        scope: &mut Scope,
        matching: &mut Matching,
    ) -> Bound<BoundPath> {
        let mut nodes = vec![self.node_variable(&pattern.start, scope, matching)?];
        let mut edges = Vec::new();
        for (edge, node) in &pattern.steps {
            edges.push(self.edge_variable(edge, scope, matching)?);
            nodes.push(self.node_variable(node, scope, matching)?);
        }
        let variable = match &pattern.variable {
            Some(name) if scope.find(&name.text).is_some() => return Err(self.already_bound(name)),
            Some(name) => {
                let slot = self.slot();
                scope.add(Variable {
                    name: Arc::clone(&name.text),
                    slot,
                    of: Type::Path,
                    time: matching.time,
                });
                Some(slot)
            }
            None => None,
        };
        let variable = variable.or_else(|| pattern.shortest.map(|_| self.slot()));
        Ok(BoundPath { nodes, edges, variable, shortest: pattern.shortest })
    }

    /// A conflict of what a variable is with what it is used as.
    pub(super) fn type_conflict(&self, name: &Name, of: &Type, wanted: &str) -> QueryError {
        let message = format!("`{}` is {} and cannot be {wanted}", name.text, of.name());
        QueryError::syntax("VariableTypeConflict", name.range, message)
    }

    fn node_variable(
        &mut self,
        node: &NodePattern,
        scope: &mut Scope,
        matching: &Matching,
    ) -> Bound<BoundNode> {
        let mut bound = BoundNode { slot: 0, labels: None, seek: Vec::new(), range: node.range };
        let Some(name) = &node.variable else {
            bound.slot = self.slot();
            return Ok(bound);
        };
        match scope.find(&name.text) {
            Some(variable) if variable.of.may_be(&Type::Node) => bound.slot = variable.slot,
            Some(variable) => return Err(self.type_conflict(name, &variable.of, "a node")),
            None => {
                bound.slot = self.slot();
                let time = matching.time;
                scope.add(Variable { name: Arc::clone(&name.text), slot: bound.slot, of: Type::Node, time });
            }
        }
        Ok(bound)
    }

    fn edge_variable(
        &mut self,
        edge: &EdgePattern,
        scope: &mut Scope,
        matching: &mut Matching,
    ) -> Bound<BoundEdge> {
        let many = edge.length.is_some();
        let of = if many { Type::list(Type::Edge) } else { Type::Edge };
        let own = self.slot();
        let mut bound = BoundEdge {
            slot: own,
            same_as: None,
            types: None,
            arrow: edge.arrow,
            length: edge.length,
            condition: None,
        };
        let Some(name) = &edge.variable else { return Ok(bound) };
        if matching.edges.contains(&name.text) {
            let message =
                format!("a path meets no edge twice: `{}` stands for two edges of one MATCH", name.text);
            return Err(QueryError::syntax("RelationshipUniquenessViolation", name.range, message));
        }
        match scope.find(&name.text) {
            Some(variable) if variable.of.may_be(&of) => bound.same_as = Some(variable.slot),
            Some(variable) => {
                let wanted = if many { "a list of edges" } else { "an edge" };
                return Err(self.type_conflict(name, &variable.of, wanted));
            }
            None => {
                let time = matching.time;
                scope.add(Variable { name: Arc::clone(&name.text), slot: own, of, time });
            }
        }
        matching.edges.insert(Arc::clone(&name.text));
        Ok(bound)
    }

    /// Binds labels, types, properties and conditions of a path.
    fn path_conditions(
        &mut self,
        pattern: &PathPattern,
        path: &mut BoundPath,
        scope: &Scope,
        conditions: &mut Vec<Ex>,
    ) -> Bound<()> {
        let nodes = std::iter::once(&pattern.start).chain(pattern.steps.iter().map(|(_, node)| node));
        for (node, bound) in nodes.zip(&mut path.nodes) {
            bound.labels = node.labels.as_ref().map(|labels| self.labels(labels, "label"));
            if let Some(properties) = &node.properties {
                let entries = self.pattern_entries(properties, scope)?;
                for (key, value) in entries {
                    self.warn_unknown("property", &key.text, key.range);
                    conditions.push(self.property_equals(bound.slot, &key, value.clone(), scope));
                    bound.seek.push((key.text, value));
                }
            }
            if let Some(condition) = &node.condition {
                split(self.condition(condition, scope)?, conditions);
            }
        }
        for ((edge, _), bound) in pattern.steps.iter().zip(&mut path.edges) {
            bound.types = edge.types.as_ref().map(|types| self.labels(types, "edge type"));
            if let Some(types) = &edge.types {
                self.note_ties(types, edge);
            }
            self.edge_conditions(edge, bound, scope, conditions)?;
        }
        Ok(())
    }

    fn edge_conditions(
        &mut self,
        edge: &EdgePattern,
        bound: &mut BoundEdge,
        scope: &Scope,
        conditions: &mut Vec<Ex>,
    ) -> Bound<()> {
        // Each of many edges is seen in a slot of its own.
        let slot = if bound.length.is_some() { self.slot() } else { bound.slot };
        let mut own = Vec::new();
        if let Some(properties) = &edge.properties {
            for (key, value) in self.pattern_entries(properties, scope)? {
                self.warn_unknown("property", &key.text, key.range);
                own.push(self.property_equals(slot, &key, value, scope));
            }
        }
        if let Some(condition) = &edge.condition {
            let mut inner = scope.clone();
            if let (Some(name), true) = (&edge.variable, bound.length.is_some()) {
                inner.add(Variable { name: Arc::clone(&name.text), slot, of: Type::Edge, time: self.time });
            }
            split(self.condition(condition, &inner)?, &mut own);
        }
        if bound.length.is_none() {
            conditions.append(&mut own);
        } else {
            let joined = own.into_iter().reduce(|a, b| {
                let range = a.range;
                let op = crate::query::syntax::ast::BinaryOp::And;
                Ex { kind: ExKind::Binary(op, Box::new(a), Box::new(b)), range }
            });
            bound.condition = joined.map(|condition| (slot, condition));
        }
        Ok(())
    }

    /// `n.key = value`.
    fn property_equals(&self, slot: Slot, key: &Name, value: Ex, scope: &Scope) -> Ex {
        let range = key.range;
        let time =
            scope.iter().find(|variable| variable.slot == slot).map_or(self.time, |variable| variable.time);
        let property = ExKind::Property(Box::new(Ex::slot(slot, range)), Arc::clone(&key.text), time);
        let left = Box::new(Ex { kind: property, range });
        Ex { kind: ExKind::Compare(left, vec![(CompareOp::Equal, value)]), range }
    }

    /// The entries of the map of a pattern.
    fn pattern_entries(&mut self, properties: &Expr, scope: &Scope) -> Bound<Vec<(Name, Ex)>> {
        let ExprKind::Map(entries) = &properties.kind else {
            let message = "a pattern that is matched needs its properties one by one: `{key: $value}`";
            return Err(QueryError::syntax("InvalidParameterUse", properties.range, message));
        };
        entries.iter().map(|(key, value)| Ok((key.clone(), self.plain(value, scope)?.0))).collect()
    }

    /// Notes that derived ties are named; an arrow on symmetric ones sees half of them (S13).
    fn note_ties(&mut self, types: &LabelExpr, edge: &EdgePattern) {
        match types {
            LabelExpr::Any => {}
            LabelExpr::Not(inner) => self.note_ties(inner, edge),
            LabelExpr::And(items) | LabelExpr::Or(items) => {
                items.iter().for_each(|item| self.note_ties(item, edge));
            }
            LabelExpr::Name(name) if super::is_tie_type(&name.text) => {
                self.ties = true;
                if edge.arrow != Arrow::Both && &*name.text != "VERTICAL" {
                    let (what, name, range) = (SYMMETRIC, Arc::clone(&name.text), name.range);
                    self.unknown.push(UnknownName { what, name, near: None, range });
                }
            }
            LabelExpr::Name(_) => {}
        }
    }

    /// A pattern in an expression names only what is there.
    pub(super) fn refuse_new_variables(&self, pattern: &PathPattern, scope: &Scope) -> Bound<()> {
        let nodes = std::iter::once(&pattern.start).chain(pattern.steps.iter().map(|(_, node)| node));
        let names =
            nodes.map(|node| &node.variable).chain(pattern.steps.iter().map(|(edge, _)| &edge.variable));
        for name in names.flatten() {
            if scope.find(&name.text).is_none() {
                let error = self.undefined(&name.text, name.range, scope);
                return Err(
                    error.hint("a pattern in an expression names only what is there: write EXISTS { … }")
                );
            }
        }
        Ok(())
    }

    /// `shortestPath(…)` as a value: the path, or all paths.
    pub(super) fn shortest_value(&mut self, plan: Op, pattern: &PathPattern) -> Bound<(ExKind, Type)> {
        let Op::Shortest(shortest) = &plan else {
            let message = "`shortestPath` as a value needs nodes that are there already";
            return Err(QueryError::syntax("InvalidRelationshipPattern", pattern.range, message)
                .hint("match it: `MATCH p = shortestPath(…)`"));
        };
        let value = Some(Box::new(Ex::slot(shortest.path, pattern.range)));
        let all = shortest.all;
        let list = ExKind::Subquery { kind: SubqueryKind::Collect, plan: Box::new(plan), value };
        if all {
            return Ok((list, Type::list(Type::Path)));
        }
        let Some(head) = crate::query::functions::find("head") else {
            return Err(QueryError::not_supported("shortestPath as a value", pattern.range));
        };
        Ok((ExKind::Call(head, vec![Ex { kind: list, range: pattern.range }]), Type::Path))
    }
}

/// The parts of a condition that must all be true.
fn split(condition: Ex, into: &mut Vec<Ex>) {
    match condition.kind {
        ExKind::Binary(crate::query::syntax::ast::BinaryOp::And, a, b) => {
            split(*a, into);
            split(*b, into);
        }
        kind => into.push(Ex { kind, range: condition.range }),
    }
}

/// A test of labels as a condition.
pub(super) fn has_labels(slot: Slot, labels: Labels, range: TextRange) -> Ex {
    Ex { kind: ExKind::HasLabels(Box::new(Ex::slot(slot, range)), labels), range }
}
