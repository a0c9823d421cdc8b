//! Expressions: names become slots, and types that cannot fit are refused.

use std::sync::Arc;

use super::scope::{Scope, Variable};
use super::{Binder, Bound, Place, Type};
use crate::query::error::{ErrorClass, QueryError, did_you_mean};
use crate::query::functions::AggregateFunction;
use crate::query::plan::{Ex, ExKind, Labels, Op};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{
    BinaryOp, CompareOp, Expr, ExprKind, LabelExpr, MapItem, Name, Query, SubqueryKind,
};
use crate::query::values::Datum;

pub(super) type Typed = (Ex, Type);

impl Binder<'_> {
    pub(super) fn expr(&mut self, expr: &Expr, scope: &Scope) -> Bound<Typed> {
        // A pattern is a value where a condition is made of it, and nowhere else.
        let conditional = match &expr.kind {
            ExprKind::Binary(op, ..) => matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor),
            ExprKind::Call { name, .. } => name.text.eq_ignore_ascii_case("exists"),
            ExprKind::Not(_) | ExprKind::Pattern(_) => true,
            _ => false,
        };
        let exists = matches!(expr.kind, ExprKind::Call { .. }) && conditional;
        let now = self.conditional && conditional || exists;
        let before = std::mem::replace(&mut self.conditional, now);
        let bound = self.expr_within(expr, scope);
        self.conditional = before;
        bound
    }

    fn expr_within(&mut self, expr: &Expr, scope: &Scope) -> Bound<Typed> {
        if let Some(found) = self.collected(expr, scope)? {
            return Ok(found);
        }
        let range = expr.range;
        let (kind, of) = match &expr.kind {
            ExprKind::Null => (ExKind::Constant(Datum::Null), Type::Null),
            ExprKind::Boolean(truth) => (ExKind::Constant(Datum::Boolean(*truth)), Type::Boolean),
            ExprKind::Integer(number) => (ExKind::Constant(Datum::Integer(*number)), Type::Integer),
            ExprKind::Float(number) => (ExKind::Constant(Datum::Float(*number)), Type::Float),
            ExprKind::Text(text) => (ExKind::Constant(Datum::Text(Arc::clone(text))), Type::Text),
            ExprKind::Parameter(name) => {
                if !self.context.parameters.contains(name) {
                    return Err(self.missing_parameter(name, range));
                }
                (ExKind::Parameter(Arc::clone(name)), Type::Any)
            }
            ExprKind::Variable(name) => return self.variable(name, range, scope),
            ExprKind::List(items) => self.list(items, scope)?,
            ExprKind::Map(entries) => {
                let entry = |binder: &mut Self, (key, value): &(Name, Expr)| {
                    Ok((Arc::clone(&key.text), binder.expr(value, scope)?.0))
                };
                let entries: Bound<Vec<_>> = entries.iter().map(|item| entry(self, item)).collect();
                (ExKind::Map(entries?), Type::Map)
            }
            ExprKind::Not(inner) => {
                let inner = self.boolean(inner, scope, "NOT")?;
                (ExKind::Not(Box::new(inner)), Type::Boolean)
            }
            ExprKind::Negate(inner) => {
                let (inner, of) = self.sign(inner, scope, "-")?;
                (ExKind::Negate(inner), of)
            }
            ExprKind::Plus(inner) => {
                let (inner, of) = self.sign(inner, scope, "+")?;
                (ExKind::Plus(inner), of)
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, left, right, scope)?,
            ExprKind::Compare(first, chain) => self.comparison(first, chain, scope)?,
            ExprKind::IsNull(inner, negated) => {
                (ExKind::IsNull(Box::new(self.expr(inner, scope)?.0), *negated), Type::Boolean)
            }
            _ => self.compound(expr, scope)?,
        };
        Ok((Ex { kind, range }, of))
    }

    /// What has parts of several kinds.
    fn compound(&mut self, expr: &Expr, scope: &Scope) -> Bound<(ExKind, Type)> {
        match &expr.kind {
            ExprKind::Property(target, key) => self.property(target, key, scope),
            ExprKind::HasLabels(target, labels) => self.has_labels(target, labels, scope),
            ExprKind::Index(target, at) => self.index(target, at, scope),
            ExprKind::Slice(target, first, last) => {
                let (target, of) = self.expr(target, scope)?;
                self.expect_type(&of, &Type::list(Type::Any), target.range, "a slice")?;
                let bound = |binder: &mut Self, bound: &Option<Box<Expr>>| {
                    bound.as_ref().map(|bound| Ok(Box::new(binder.expr(bound, scope)?.0))).transpose()
                };
                let (first, last) = (bound(self, first)?, bound(self, last)?);
                Ok((ExKind::Slice(Box::new(target), first, last), of))
            }
            ExprKind::Call { name, distinct, arguments } => {
                self.call(name, *distinct, arguments, scope, expr.range)
            }
            ExprKind::CountAll => Err(self.misplaced_aggregate(expr.range)),
            ExprKind::Case { subject, arms, otherwise } => {
                self.case(subject.as_deref(), arms, otherwise.as_deref(), scope)
            }
            ExprKind::MapProjection { variable, items } => self.map_projection(variable, items, scope),
            _ => self.scoped(expr, scope),
        }
    }

    /// What has variables of its own; aggregates cannot stand in it.
    fn scoped(&mut self, expr: &Expr, scope: &Scope) -> Bound<(ExKind, Type)> {
        match &expr.kind {
            ExprKind::ListComprehension { variable, list, condition, map } => {
                let (list, slot, item, inner) = self.loop_over(variable, list, scope)?;
                let condition = self.loop_condition(condition.as_deref(), &inner)?;
                let mapped = map.as_ref().map(|map| self.plain(map, &inner)).transpose()?;
                let of = mapped.as_ref().map_or(item, |(_, of)| of.clone());
                let map = mapped.map(|(map, _)| Box::new(map));
                Ok((ExKind::ListComprehension { slot, list: Box::new(list), condition, map }, Type::list(of)))
            }
            ExprKind::Quantifier { kind, variable, list, condition } => {
                let (list, slot, _, inner) = self.loop_over(variable, list, scope)?;
                let condition = self.loop_condition(condition.as_deref(), &inner)?;
                let list = Box::new(list);
                Ok((ExKind::Quantifier { kind: *kind, slot, list, condition }, Type::Boolean))
            }
            ExprKind::Reduce { accumulator, init, variable, list, body } => {
                let (init, _) = self.expr(init, scope)?;
                let (list, slot, _, mut inner) = self.loop_over(variable, list, scope)?;
                let own = self.slot();
                let name = Arc::clone(&accumulator.text);
                inner.add(Variable { name, slot: own, of: Type::Any, time: None });
                let (body, of) = self.plain(body, &inner)?;
                let (init, list, body) = (Box::new(init), Box::new(list), Box::new(body));
                Ok((ExKind::Reduce { accumulator: own, init, slot, list, body }, of))
            }
            ExprKind::PatternComprehension { pattern, condition, map } => {
                let mut inner = scope.clone();
                let condition = condition.as_deref();
                let time = self.time;
                let plan = self.without_aggregates(|binder| {
                    binder.match_patterns(
                        Op::Once,
                        std::slice::from_ref(pattern),
                        condition,
                        &mut inner,
                        time,
                    )
                })?;
                let (map, of) = self.plain(map, &inner)?;
                let value = Some(Box::new(map));
                let kind = SubqueryKind::Collect;
                Ok((ExKind::Subquery { kind, plan: Box::new(plan), value }, Type::list(of)))
            }
            ExprKind::Pattern(pattern) => {
                if pattern.shortest.is_none() {
                    if !self.conditional {
                        let message = "a pattern is a condition and no value";
                        return Err(QueryError::syntax("UnexpectedSyntax", expr.range, message)
                            .hint("write EXISTS { … }, COUNT { … } or a pattern comprehension"));
                    }
                    self.refuse_new_variables(pattern, scope)?;
                }
                let mut inner = scope.clone();
                let time = self.time;
                let plan = self.without_aggregates(|binder| {
                    binder.match_patterns(Op::Once, std::slice::from_ref(pattern), None, &mut inner, time)
                })?;
                let (kind, value, of) = match pattern.shortest {
                    None => (SubqueryKind::Exists, None, Type::Boolean),
                    Some(_) => return self.shortest_value(plan, pattern),
                };
                Ok((ExKind::Subquery { kind, plan: Box::new(plan), value }, of))
            }
            ExprKind::Subquery(kind, query) => self.subquery(*kind, query, scope, expr.range),
            _ => Err(QueryError::not_supported("this expression", expr.range)),
        }
    }

    fn subquery(
        &mut self,
        kind: SubqueryKind,
        query: &Query,
        scope: &Scope,
        range: TextRange,
    ) -> Bound<(ExKind, Type)> {
        let (plan, columns) =
            self.without_aggregates(|binder| binder.query(query, scope, Place::Expression))?;
        let of = match kind {
            SubqueryKind::Exists => Type::Boolean,
            SubqueryKind::Count => Type::Integer,
            SubqueryKind::Collect => Type::list(Type::Any),
        };
        let value = match (kind, columns.as_deref()) {
            (SubqueryKind::Collect, Some([(_, slot)])) => Some(Box::new(Ex::slot(*slot, range))),
            (SubqueryKind::Collect, _) => {
                let message = "COLLECT { … } needs a RETURN of exactly one column";
                return Err(QueryError::syntax("InvalidClauseComposition", range, message));
            }
            _ => None,
        };
        Ok((ExKind::Subquery { kind, plan: Box::new(plan), value }, of))
    }

    fn variable(&mut self, name: &Arc<str>, range: TextRange, scope: &Scope) -> Bound<Typed> {
        match scope.find(name) {
            Some(variable) => Ok((Ex::slot(variable.slot, range), variable.of.clone())),
            None => Err(self.undefined(name, range, scope)),
        }
    }

    pub(super) fn undefined(&self, name: &str, range: TextRange, scope: &Scope) -> QueryError {
        let message = format!("there is no variable `{name}` here");
        QueryError::syntax("UndefinedVariable", range, message).maybe_hint(did_you_mean(name, scope.names()))
    }

    fn list(&mut self, items: &[Expr], scope: &Scope) -> Bound<(ExKind, Type)> {
        let mut of: Option<Type> = None;
        let mut bound = Vec::new();
        for item in items {
            let (item, own) = self.expr(item, scope)?;
            bound.push(item);
            of = Some(of.map_or(own.clone(), |of| of.join(own)));
        }
        Ok((ExKind::List(bound), Type::list(of.unwrap_or(Type::Any))))
    }

    /// Refuses what cannot be of a type.
    pub(super) fn expect_type(&self, of: &Type, wanted: &Type, range: TextRange, by: &str) -> Bound<()> {
        if of.may_be(wanted) {
            return Ok(());
        }
        let message = format!("{by} needs {}, found {}", wanted.name(), of.name());
        Err(QueryError::syntax("InvalidArgumentType", range, message))
    }

    fn boolean(&mut self, expr: &Expr, scope: &Scope, by: &str) -> Bound<Ex> {
        let (ex, of) = self.expr(expr, scope)?;
        self.expect_type(&of, &Type::Boolean, expr.range, by)?;
        Ok(ex)
    }

    fn sign(&mut self, expr: &Expr, scope: &Scope, by: &str) -> Bound<(Box<Ex>, Type)> {
        let (ex, of) = self.expr(expr, scope)?;
        if !of.may_be(&Type::Time) {
            self.expect_type(&of, &Type::Number, expr.range, by)?;
        }
        Ok((Box::new(ex), of))
    }

    fn binary(&mut self, op: BinaryOp, left: &Expr, right: &Expr, scope: &Scope) -> Bound<(ExKind, Type)> {
        let by = op.form().0;
        if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor) {
            let (a, b) = (self.boolean(left, scope, by)?, self.boolean(right, scope, by)?);
            return Ok((ExKind::Binary(op, Box::new(a), Box::new(b)), Type::Boolean));
        }
        let ((a, of_a), (b, of_b)) = (self.expr(left, scope)?, self.expr(right, scope)?);
        let of = match op {
            BinaryOp::In => {
                self.expect_type(&of_b, &Type::list(Type::Any), right.range, by)?;
                Type::Boolean
            }
            BinaryOp::StartsWith | BinaryOp::EndsWith | BinaryOp::Contains | BinaryOp::Regex => Type::Boolean,
            BinaryOp::Add | BinaryOp::Concatenate => self.sum(&of_a, &of_b, left, right)?,
            _ => self.product(op, &of_a, &of_b, left, right)?,
        };
        Ok((ExKind::Binary(op, Box::new(a), Box::new(b)), of))
    }

    fn sum(&self, a: &Type, b: &Type, left: &Expr, right: &Expr) -> Bound<Type> {
        if let (Type::List(_), _) | (_, Type::List(_)) = (a, b) {
            let item = |of: &Type| if let Type::List(item) = of { Type::clone(item) } else { of.clone() };
            return Ok(Type::list(item(a).join(item(b))));
        }
        for (of, expr) in [(a, left), (b, right)] {
            let refused = matches!(of, Type::Node | Type::Edge | Type::Path | Type::Map)
                || *of == Type::Boolean
                    && !matches!((a, b), (Type::Text | Type::Any, _) | (_, Type::Text | Type::Any));
            if refused {
                let message = format!("`+` does not add {}", of.name());
                return Err(QueryError::syntax("InvalidArgumentType", expr.range, message));
            }
        }
        Ok(match (a, b) {
            (Type::Text, _) | (_, Type::Text) => Type::Text,
            (Type::Integer, Type::Integer) => Type::Integer,
            (Type::Integer | Type::Float | Type::Number, Type::Integer | Type::Float | Type::Number) => {
                Type::Number
            }
            _ => Type::Any,
        })
    }

    fn product(&self, op: BinaryOp, a: &Type, b: &Type, left: &Expr, right: &Expr) -> Bound<Type> {
        for (of, expr) in [(a, left), (b, right)] {
            if !of.may_be(&Type::Time) {
                self.expect_type(of, &Type::Number, expr.range, &format!("`{}`", op.form().0))?;
            }
        }
        Ok(match (op, a, b) {
            (BinaryOp::Power, ..) => Type::Float,
            (_, Type::Integer, Type::Integer) => Type::Integer,
            (_, Type::Integer | Type::Float | Type::Number, Type::Integer | Type::Float | Type::Number) => {
                Type::Number
            }
            _ => Type::Any,
        })
    }

    fn comparison(
        &mut self,
        first: &Expr,
        chain: &[(CompareOp, Expr)],
        scope: &Scope,
    ) -> Bound<(ExKind, Type)> {
        let (first, _) = self.expr(first, scope)?;
        let chain: Bound<Vec<_>> =
            chain.iter().map(|(op, operand)| Ok((*op, self.expr(operand, scope)?.0))).collect();
        Ok((ExKind::Compare(Box::new(first), chain?), Type::Boolean))
    }

    fn property(&mut self, target: &Expr, key: &Name, scope: &Scope) -> Bound<(ExKind, Type)> {
        let (bound, of) = self.expr(target, scope)?;
        let known = [Type::Map, Type::Node, Type::Edge, Type::Time];
        if !known.iter().any(|known| of.may_be(known)) {
            let message = format!("{} has no properties", of.name());
            // The kit calls it an error of the text where a path is meant, and of types elsewhere.
            let class = if of == Type::Path { ErrorClass::Syntax } else { ErrorClass::Type };
            return Err(QueryError::early(class, "InvalidArgumentType", target.range, message));
        }
        if matches!(of, Type::Node | Type::Edge) {
            self.warn_unknown("property", &key.text, key.range);
        }
        let time = match &target.kind {
            ExprKind::Variable(name) => scope.find(name).map_or(self.time, |variable| variable.time),
            _ => self.time,
        };
        Ok((ExKind::Property(Box::new(bound), Arc::clone(&key.text), time), Type::Any))
    }

    fn has_labels(&mut self, target: &Expr, labels: &LabelExpr, scope: &Scope) -> Bound<(ExKind, Type)> {
        let (bound, of) = self.expr(target, scope)?;
        if !of.may_be(&Type::Node) && !of.may_be(&Type::Edge) {
            let message = format!("{} has no labels", of.name());
            return Err(QueryError::syntax("InvalidArgumentType", target.range, message));
        }
        let what = if of == Type::Edge { "edge type" } else { "label" };
        let labels = self.labels(labels, what);
        Ok((ExKind::HasLabels(Box::new(bound), labels), Type::Boolean))
    }

    /// Labels or types, each told if the graph does not have it.
    pub(super) fn labels(&mut self, labels: &LabelExpr, what: &'static str) -> Labels {
        match labels {
            LabelExpr::Any => Labels::Any,
            LabelExpr::Not(inner) => Labels::Not(Box::new(self.labels(inner, what))),
            LabelExpr::And(items) => Labels::And(items.iter().map(|item| self.labels(item, what)).collect()),
            LabelExpr::Or(items) => Labels::Or(items.iter().map(|item| self.labels(item, what)).collect()),
            LabelExpr::Name(name) => {
                self.warn_unknown(what, &name.text, name.range);
                Labels::Name(Arc::clone(&name.text))
            }
        }
    }

    fn index(&mut self, target: &Expr, at: &Expr, scope: &Scope) -> Bound<(ExKind, Type)> {
        let ((bound, of), (at_bound, at_of)) = (self.expr(target, scope)?, self.expr(at, scope)?);
        let item = match &of {
            Type::List(item) => {
                if !at_of.may_be(&Type::Integer) {
                    let message = format!("an index of a list needs an integer, found {}", at_of.name());
                    return Err(QueryError::early(
                        ErrorClass::Type,
                        "InvalidArgumentType",
                        at.range,
                        message,
                    ));
                }
                Type::clone(item)
            }
            Type::Any | Type::Null | Type::Map | Type::Node | Type::Edge => Type::Any,
            other => {
                let message = format!("{} has no items", other.name());
                return Err(QueryError::early(
                    ErrorClass::Type,
                    "InvalidArgumentType",
                    target.range,
                    message,
                ));
            }
        };
        Ok((ExKind::Index(Box::new(bound), Box::new(at_bound)), item))
    }

    fn case(
        &mut self,
        subject: Option<&Expr>,
        arms: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        scope: &Scope,
    ) -> Bound<(ExKind, Type)> {
        let subject = subject.map(|subject| Ok(Box::new(self.expr(subject, scope)?.0))).transpose()?;
        let mut of = Type::Null;
        let mut bound = Vec::new();
        for (when, then) in arms {
            let (when, _) = self.expr(when, scope)?;
            let (then, own) = self.expr(then, scope)?;
            of = of.join(own);
            bound.push((when, then));
        }
        let otherwise = match otherwise {
            Some(otherwise) => {
                let (ex, own) = self.expr(otherwise, scope)?;
                of = of.join(own);
                Some(Box::new(ex))
            }
            None => None,
        };
        Ok((ExKind::Case { subject, arms: bound, otherwise }, of))
    }

    fn map_projection(&mut self, variable: &Name, items: &[MapItem], scope: &Scope) -> Bound<(ExKind, Type)> {
        let (base, _) = self.variable(&variable.text, variable.range, scope)?;
        let time = scope.find(&variable.text).and_then(|variable| variable.time);
        let mut entries = Vec::new();
        let mut all = false;
        for item in items {
            match item {
                MapItem::All => all = true,
                MapItem::Property(key) => {
                    let kind = ExKind::Property(Box::new(base.clone()), Arc::clone(&key.text), time);
                    entries.push((Arc::clone(&key.text), Ex { kind, range: key.range }));
                }
                MapItem::Variable(name) => {
                    entries.push((Arc::clone(&name.text), self.variable(&name.text, name.range, scope)?.0));
                }
                MapItem::Entry(key, value) => {
                    entries.push((Arc::clone(&key.text), self.expr(value, scope)?.0))
                }
            }
        }
        Ok((ExKind::MapProjection { base: Box::new(base), all, entries }, Type::Map))
    }

    /// A list that is walked through, and the scope with the variable that takes its items.
    fn loop_over(&mut self, variable: &Name, list: &Expr, scope: &Scope) -> Bound<(Ex, usize, Type, Scope)> {
        let (bound, of) = self.expr(list, scope)?;
        self.expect_type(&of, &Type::list(Type::Any), list.range, "IN")?;
        let item = if let Type::List(item) = of { *item } else { Type::Any };
        let mut inner = scope.clone();
        let slot = self.slot();
        let time = self.time;
        inner.add(Variable { name: Arc::clone(&variable.text), slot, of: item.clone(), time });
        Ok((bound, slot, item, inner))
    }

    fn loop_condition(&mut self, condition: Option<&Expr>, scope: &Scope) -> Bound<Option<Box<Ex>>> {
        condition.map(|condition| Ok(Box::new(self.condition(condition, scope)?))).transpose()
    }

    /// An expression in which no aggregate may stand.
    pub(super) fn plain(&mut self, expr: &Expr, scope: &Scope) -> Bound<Typed> {
        self.without_aggregates(|binder| binder.expr(expr, scope))
    }

    /// A condition of WHERE.
    pub(super) fn condition(&mut self, expr: &Expr, scope: &Scope) -> Bound<Ex> {
        let before = std::mem::replace(&mut self.conditional, true);
        let bound = self.plain(expr, scope);
        self.conditional = before;
        let (bound, of) = bound?;
        self.expect_type(&of, &Type::Boolean, expr.range, "WHERE")?;
        Ok(bound)
    }

    fn misplaced_aggregate(&self, range: TextRange) -> QueryError {
        let message = "an aggregate cannot stand here";
        QueryError::syntax("InvalidAggregation", range, message).hint("aggregate in WITH first")
    }

    fn call(
        &mut self,
        name: &Name,
        distinct: bool,
        arguments: &[Expr],
        scope: &Scope,
        range: TextRange,
    ) -> Bound<(ExKind, Type)> {
        if AggregateFunction::find(&name.text).is_some() {
            return Err(self.misplaced_aggregate(range));
        }
        if distinct {
            let message = format!("`{}` is not an aggregate: DISTINCT cannot stand in it", name.text);
            return Err(QueryError::syntax("UnexpectedSyntax", name.range, message));
        }
        self.function(name, arguments, scope, range)
    }
}
