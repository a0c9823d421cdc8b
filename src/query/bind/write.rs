//! CREATE, MERGE, SET, REMOVE, DELETE and FOREACH.

use std::sync::Arc;

use super::scope::{Scope, Variable};
use super::{Binder, Bound, Type};
use crate::query::error::QueryError;
use crate::query::plan::{Ex, ExKind, Merge, Op, PathStep, Slot, Valid, Write};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{
    Arrow, Clause, ClauseKind, EdgePattern, Expr, ExprKind, LabelExpr, Name, NodePattern, PathPattern,
    RemoveItem, SetItem, ValidClause,
};

impl Binder<'_> {
    pub(super) fn writing(&mut self, op: Op, clause: &Clause, scope: &mut Scope) -> Bound<Op> {
        self.writes = true;
        let input = Box::new(op);
        Ok(match &clause.kind {
            ClauseKind::Create { patterns, valid } => {
                let valid = self.valid(valid.as_ref(), scope)?;
                let mut writes = Vec::new();
                for pattern in patterns {
                    self.create(pattern, scope, valid.as_ref(), false, &mut writes)?;
                }
                joined(*input, writes)
            }
            ClauseKind::Merge { pattern, on_create, on_match, valid } => {
                let valid = self.valid(valid.as_ref(), scope)?;
                self.merge(*input, pattern, (on_create, on_match), valid.as_ref(), scope)?
            }
            ClauseKind::Set { items, valid } => {
                let valid = self.valid(valid.as_ref(), scope)?;
                let writes: Bound<Vec<_>> =
                    items.iter().map(|item| self.set_item(item, valid.as_ref(), scope)).collect();
                Op::Write { input, writes: writes? }
            }
            ClauseKind::Remove(items) => {
                let writes: Bound<Vec<_>> = items.iter().map(|item| self.remove_item(item, scope)).collect();
                Op::Write { input, writes: writes? }
            }
            ClauseKind::Delete { detach, values } => {
                let values: Bound<Vec<_>> = values.iter().map(|value| self.deleted(value, scope)).collect();
                Op::Write { input, writes: vec![Write::Delete { values: values?, detach: *detach }] }
            }
            ClauseKind::Foreach { variable, list, clauses } => {
                self.foreach(input, variable, list, clauses, scope)?
            }
            _ => return Err(QueryError::not_supported("this clause", clause.range)),
        })
    }

    fn valid(&mut self, valid: Option<&ValidClause>, scope: &Scope) -> Bound<Option<Valid>> {
        let Some(valid) = valid else { return Ok(None) };
        let from = self.plain(&valid.from, scope)?.0;
        let to = valid.to.as_ref().map(|to| Ok(self.plain(to, scope)?.0)).transpose()?;
        Ok(Some(Valid { from, to }))
    }

    fn foreach(
        &mut self,
        input: Box<Op>,
        variable: &Name,
        list: &Expr,
        clauses: &[Clause],
        scope: &Scope,
    ) -> Bound<Op> {
        let (list_ex, of) = self.plain(list, scope)?;
        self.expect_type(&of, &Type::list(Type::Any), list.range, "FOREACH")?;
        let item = if let Type::List(item) = of { *item } else { Type::Any };
        let slot = self.slot();
        let mut inner = scope.clone();
        inner.add(Variable { name: Arc::clone(&variable.text), slot, of: item, time: self.time });
        let mut body = Op::Once;
        for clause in clauses {
            if !super::is_writing(&clause.kind) {
                let message = "only clauses that write can stand in FOREACH";
                return Err(QueryError::syntax("InvalidClauseComposition", clause.range, message));
            }
            body = Op::Eager { input: Box::new(body), live: inner.live() };
            body = self.clause(body, clause, &mut inner, false)?.0;
        }
        Ok(Op::Foreach { input, slot, list: list_ex, body: Box::new(body) })
    }

    /// Binds a pattern that is made; in a MERGE edges may have no direction.
    fn create(
        &mut self,
        pattern: &PathPattern,
        scope: &mut Scope,
        valid: Option<&Valid>,
        merge: bool,
        writes: &mut Vec<Write>,
    ) -> Bound<()> {
        if let Some(name) = pattern.variable.as_ref().filter(|name| scope.find(&name.text).is_some()) {
            return Err(self.already_bound(name));
        }
        let alone = pattern.steps.is_empty();
        let start = self.created_node(&pattern.start, alone, scope, valid, writes)?;
        let mut from = start;
        let mut steps = Vec::new();
        for (edge, node) in &pattern.steps {
            if let Some(name) = edge.variable.as_ref().filter(|name| scope.find(&name.text).is_some()) {
                return Err(self.already_bound(name));
            }
            let edge_type = self.created_type(edge, merge)?;
            let properties = self.created_properties(edge.properties.as_ref(), scope)?;
            let to = self.created_node(node, false, scope, valid, writes)?;
            let slot = self.slot();
            if let Some(name) = &edge.variable {
                scope.add(Variable { name: Arc::clone(&name.text), slot, of: Type::Edge, time: self.time });
            }
            let (source, target) = if edge.arrow == Arrow::In { (to, from) } else { (from, to) };
            let valid = valid.cloned();
            writes.push(Write::Edge { slot, edge_type, from: source, to: target, properties, valid });
            steps.push(PathStep { edge: slot, many: false });
            from = to;
        }
        if let Some(name) = &pattern.variable {
            let slot = self.slot();
            scope.add(Variable { name: Arc::clone(&name.text), slot, of: Type::Path, time: self.time });
            writes.push(Write::Path { slot, start, steps });
        }
        Ok(())
    }

    /// The one type of an edge that is made.
    fn created_type(&self, edge: &EdgePattern, merge: bool) -> Bound<Arc<str>> {
        if edge.length.is_some() {
            let message = "an edge that is made has no number of steps";
            return Err(QueryError::syntax("CreatingVarLength", edge.range, message));
        }
        let Some(LabelExpr::Name(name)) = &edge.types else {
            let message = "an edge that is made needs exactly one type: `-[:TYPE]->`";
            return Err(QueryError::syntax("NoSingleRelationshipType", edge.range, message));
        };
        if edge.arrow == Arrow::Both && !merge {
            let message = "an edge that is made needs a direction: `->` or `<-`";
            return Err(QueryError::syntax("RequiresDirectedRelationship", edge.range, message));
        }
        if super::is_tie_type(&name.text) && !self.context.catalogue.schema().is_empty() {
            let message = format!("{} ties are derived and never written (S12)", name.text);
            let error = QueryError::syntax("DerivedTie", name.range, message);
            return Err(
                error.hint("write an Arrangement with PARTY_TO, or COOPERATES_WITH between two governments")
            );
        }
        Ok(Arc::clone(&name.text))
    }

    fn created_node(
        &mut self,
        node: &NodePattern,
        alone: bool,
        scope: &mut Scope,
        valid: Option<&Valid>,
        writes: &mut Vec<Write>,
    ) -> Bound<Slot> {
        let plain = node.labels.is_none() && node.properties.is_none();
        if let Some(name) = &node.variable
            && let Some(variable) = scope.find(&name.text)
        {
            if alone || !plain {
                return Err(self.already_bound(name));
            }
            if !variable.of.may_be(&Type::Node) {
                return Err(self.type_conflict(name, &variable.of, "a node"));
            }
            return Ok(variable.slot);
        }
        if let Some(condition) = &node.condition {
            let message = "a node that is made has no WHERE";
            return Err(QueryError::syntax("UnexpectedSyntax", condition.range, message));
        }
        let labels =
            node.labels.as_ref().map_or(Ok(Vec::new()), |labels| created_labels(labels, node.range))?;
        let properties = self.created_properties(node.properties.as_ref(), scope)?;
        let slot = self.slot();
        if let Some(name) = &node.variable {
            scope.add(Variable { name: Arc::clone(&name.text), slot, of: Type::Node, time: self.time });
        }
        writes.push(Write::Node { slot, labels, properties, valid: valid.cloned() });
        Ok(slot)
    }

    fn created_properties(&mut self, properties: Option<&Expr>, scope: &Scope) -> Bound<Option<Ex>> {
        properties.map(|properties| Ok(self.plain(properties, scope)?.0)).transpose()
    }

    fn merge(
        &mut self,
        input: Op,
        pattern: &PathPattern,
        (on_create, on_match): (&[SetItem], &[SetItem]),
        valid: Option<&Valid>,
        scope: &mut Scope,
    ) -> Bound<Op> {
        let elements = std::iter::once(&pattern.start).chain(pattern.steps.iter().map(|(_, node)| node));
        let maps = elements.map(|node| &node.properties);
        let maps = maps.chain(pattern.steps.iter().map(|(edge, _)| &edge.properties)).flatten();
        if let Some(parameter) = maps.clone().find(|map| matches!(map.kind, ExprKind::Parameter(_))) {
            let message = "MERGE needs its properties one by one: `{key: $value}`";
            return Err(QueryError::syntax("InvalidParameterUse", parameter.range, message));
        }
        let before = scope.clone();
        let mut create = Vec::new();
        self.create(pattern, scope, valid, true, &mut create)?;
        // The pattern is bound twice: once to be found, once to be made, and both fill the same slots.
        let mut found = before.clone();
        // A name that MERGE makes is not a typing error.
        let told = self.unknown.len();
        let find =
            self.match_patterns(Op::Once, std::slice::from_ref(pattern), None, &mut found, self.time)?;
        self.unknown.truncate(told);
        let mut slots = Vec::new();
        let mut renamed = Vec::new();
        for variable in scope.iter().filter(|variable| before.find(&variable.name).is_none()) {
            slots.push(variable.slot);
            let own = found.find(&variable.name).map_or(variable.slot, |own| own.slot);
            renamed.push((variable.slot, Ex::slot(own, pattern.range)));
        }
        let find =
            if renamed.is_empty() { find } else { Op::Project { input: Box::new(find), items: renamed } };
        let mut given = Vec::new();
        for map in maps {
            given.push((self.plain(map, &before)?.0, map.range));
        }
        let set = |binder: &mut Self, items: &[SetItem]| -> Bound<Vec<Write>> {
            items.iter().map(|item| binder.set_item(item, None, scope)).collect()
        };
        let (on_create, on_match) = (set(self, on_create)?, set(self, on_match)?);
        Ok(Op::Merge(Box::new(Merge { input, find, slots, create, on_create, on_match, given })))
    }

    /// The slot of a variable that is written to.
    fn target(&self, name: &Name, scope: &Scope) -> Bound<Slot> {
        let Some(variable) = scope.find(&name.text) else {
            return Err(self.undefined(&name.text, name.range, scope));
        };
        if !variable.of.may_be(&Type::Node) && !variable.of.may_be(&Type::Edge) {
            let message =
                format!("`{}` is {}: only nodes and edges are written", name.text, variable.of.name());
            return Err(QueryError::syntax("InvalidArgumentType", name.range, message));
        }
        Ok(variable.slot)
    }

    fn set_item(&mut self, item: &SetItem, valid: Option<&Valid>, scope: &Scope) -> Bound<Write> {
        Ok(match item {
            SetItem::Property { target, key, value } => {
                let value = self.plain(value, scope)?.0;
                let target_ex = self.written(target, scope)?;
                let range = target.range.to(key.range);
                let valid = valid.cloned();
                Write::SetProperty { target: target_ex, key: Arc::clone(&key.text), value, valid, range }
            }
            SetItem::All { target, value, add } => {
                let (value_ex, of) = self.plain(value, scope)?;
                if ![Type::Map, Type::Node, Type::Edge].iter().any(|known| of.may_be(known)) {
                    let message =
                        format!("properties come from a map, a node or an edge, found {}", of.name());
                    return Err(QueryError::syntax("InvalidArgumentType", value.range, message));
                }
                Write::SetAll {
                    slot: self.target(target, scope)?,
                    value: value_ex,
                    add: *add,
                    range: value.range,
                }
            }
            SetItem::Labels { target, labels } => {
                Write::SetLabels { slot: self.target(target, scope)?, labels: texts(labels) }
            }
        })
    }

    /// An element whose property is written.
    fn written(&mut self, target: &Expr, scope: &Scope) -> Bound<Ex> {
        let (ex, of) = self.plain(target, scope)?;
        if [Type::Node, Type::Edge].iter().any(|known| of.may_be(known)) {
            return Ok(ex);
        }
        let message = format!("only nodes and edges are written, found {}", of.name());
        Err(QueryError::syntax("InvalidArgumentType", target.range, message))
    }

    fn remove_item(&mut self, item: &RemoveItem, scope: &Scope) -> Bound<Write> {
        Ok(match item {
            RemoveItem::Property { target, key } => {
                let range = target.range.to(key.range);
                let value = Ex { kind: ExKind::Constant(crate::query::values::Datum::Null), range };
                let target = self.written(target, scope)?;
                Write::SetProperty { target, key: Arc::clone(&key.text), value, valid: None, range }
            }
            RemoveItem::Labels { target, labels } => {
                Write::RemoveLabels { slot: self.target(target, scope)?, labels: texts(labels) }
            }
        })
    }

    fn deleted(&mut self, value: &Expr, scope: &Scope) -> Bound<Ex> {
        if let ExprKind::HasLabels(..) = value.kind {
            let message = "DELETE removes nodes and edges, not labels";
            return Err(
                QueryError::syntax("InvalidDelete", value.range, message).hint("write REMOVE n:Label")
            );
        }
        let (ex, of) = self.plain(value, scope)?;
        if [Type::Node, Type::Edge, Type::Path].iter().any(|known| of.may_be(known)) {
            return Ok(ex);
        }
        let message = format!("DELETE needs nodes, edges or paths, found {}", of.name());
        Err(QueryError::syntax("InvalidArgumentType", value.range, message))
    }
}

/// What is made after something else that is made in the same row.
fn joined(input: Op, mut writes: Vec<Write>) -> Op {
    match input {
        Op::Write { input, writes: mut before } if before.iter().all(Write::creates) => {
            before.append(&mut writes);
            Op::Write { input, writes: before }
        }
        input => Op::Write { input: Box::new(input), writes },
    }
}

fn texts(labels: &[Name]) -> Vec<Arc<str>> {
    labels.iter().map(|label| Arc::clone(&label.text)).collect()
}

/// The labels of a node that is made: all of them.
fn created_labels(labels: &LabelExpr, range: TextRange) -> Bound<Vec<Arc<str>>> {
    match labels {
        LabelExpr::Name(name) => Ok(vec![Arc::clone(&name.text)]),
        LabelExpr::And(items) => {
            let lists: Bound<Vec<_>> = items.iter().map(|item| created_labels(item, range)).collect();
            Ok(lists?.concat())
        }
        _ => {
            let message = "a node that is made has labels, and no choice of them: `:A:B`";
            Err(QueryError::syntax("UnexpectedSyntax", range, message))
        }
    }
}
