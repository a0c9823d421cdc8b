//! Aggregates: which expressions group, which are gathered, and what may stand beside them.

use super::expr::Typed;
use super::scope::Scope;
use super::{Binder, Bound, Type};
use crate::query::error::QueryError;
use crate::query::functions::AggregateFunction;
use crate::query::plan::{Aggregate, Ex, Slot};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{Expr, ExprKind};

/// What is known while the items of a projection are bound.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// Expressions that are computed already, with their slots.
    pub(super) known: Vec<(Expr, Slot, Type)>,
    pub(super) found: Vec<Aggregate>,
    /// Whether an aggregate may stand here.
    pub(super) open: bool,
    /// Whether what is not in `known` must be the same for a whole group.
    pub(super) grouped: bool,
    /// The first slot that is taken within the expression: variables of comprehensions have it or a later one.
    pub(super) inner_from: Slot,
}

impl Binder<'_> {
    /// Binds with aggregates refused, and nothing known of groups.
    pub(super) fn without_aggregates<T>(&mut self, bind: impl FnOnce(&mut Self) -> Bound<T>) -> Bound<T> {
        let Some(mut collector) = self.aggregates.take() else { return bind(self) };
        let open = std::mem::replace(&mut collector.open, false);
        // What is grouped stays known.
        self.aggregates = Some(collector);
        let bound = bind(self);
        if let Some(collector) = &mut self.aggregates {
            collector.open = open;
        }
        bound
    }

    /// An expression that is computed already, or an aggregate; `None` for any other.
    pub(super) fn collected(&mut self, expr: &Expr, scope: &Scope) -> Bound<Option<Typed>> {
        let Some(collector) = &self.aggregates else { return Ok(None) };
        if let Some((_, slot, of)) = collector.known.iter().find(|(known, ..)| known == expr) {
            return Ok(Some((Ex::slot(*slot, expr.range), of.clone())));
        }
        let (function, distinct, arguments): (_, _, &[Expr]) = match &expr.kind {
            ExprKind::CountAll => (AggregateFunction::CountAll, false, &[]),
            ExprKind::Call { name, distinct, arguments } => match AggregateFunction::find(&name.text) {
                Some(function) => (function, *distinct, arguments),
                None => return Ok(None),
            },
            ExprKind::Variable(name)
                if collector.grouped
                    && scope.find(name).is_some_and(|variable| {
                        !collector.known.iter().any(|(_, slot, _)| *slot == variable.slot)
                            && variable.slot < collector.inner_from
                    }) =>
            {
                let message =
                    format!("`{name}` differs within a group: it is neither grouped by nor aggregated");
                return Err(QueryError::syntax("AmbiguousAggregationExpression", expr.range, message)
                    .hint("make it an item of its own in a WITH before"));
            }
            _ => return Ok(None),
        };
        if !collector.open {
            return Ok(None);
        }
        self.aggregate(function, distinct, arguments, scope, expr.range).map(Some)
    }

    fn aggregate(
        &mut self,
        function: AggregateFunction,
        distinct: bool,
        arguments: &[Expr],
        scope: &Scope,
        range: TextRange,
    ) -> Bound<Typed> {
        if arguments.len() != function.arguments() {
            let message =
                format!("this aggregate takes {} arguments, found {}", function.arguments(), arguments.len());
            return Err(QueryError::syntax("InvalidNumberOfArguments", range, message));
        }
        let outer = self.aggregates.take();
        let mut bound = Vec::new();
        let mut types = Vec::new();
        for argument in arguments {
            if contains_aggregate(argument) {
                let message = "an aggregate cannot stand in another one";
                return Err(QueryError::syntax("NestedAggregation", argument.range, message)
                    .hint("aggregate in WITH first"));
            }
            if contains_random(argument) {
                let message = "an aggregate of random numbers has no meaning that can be repeated";
                return Err(QueryError::syntax("NonConstantExpression", argument.range, message));
            }
            let (ex, of) = self.expr(argument, scope)?;
            bound.push(ex);
            types.push(of);
        }
        self.aggregates = outer;
        let slot = self.slot();
        let of = match function {
            AggregateFunction::CountAll | AggregateFunction::Count => Type::Integer,
            AggregateFunction::Collect => Type::list(types.first().cloned().unwrap_or(Type::Any)),
            AggregateFunction::Min | AggregateFunction::Max => types.first().cloned().unwrap_or(Type::Any),
            AggregateFunction::StDev | AggregateFunction::StDevP => Type::Float,
            _ => Type::Any,
        };
        if let Some(collector) = &mut self.aggregates {
            collector.found.push(Aggregate { function, distinct, arguments: bound, slot, range });
        }
        Ok((Ex::slot(slot, range), of))
    }
}

/// Whether an aggregate stands somewhere in an expression.
pub(super) fn contains_aggregate(expr: &Expr) -> bool {
    any(expr, &mut |expr| match &expr.kind {
        ExprKind::CountAll => true,
        ExprKind::Call { name, .. } => AggregateFunction::find(&name.text).is_some(),
        _ => false,
    })
}

fn contains_random(expr: &Expr) -> bool {
    any(
        expr,
        &mut |expr| matches!(&expr.kind, ExprKind::Call { name, .. } if name.text.eq_ignore_ascii_case("rand")),
    )
}

/// Whether something is true of an expression or of one within it; subqueries and patterns stand for themselves.
pub(super) fn any(expr: &Expr, test: &mut dyn FnMut(&Expr) -> bool) -> bool {
    if test(expr) {
        return true;
    }
    let mut found = false;
    each_part(&expr.kind, &mut |part| found = found || any(part, test));
    found
}

/// The expressions of which an expression is made.
fn each_part(kind: &ExprKind, visit: &mut dyn FnMut(&Expr)) {
    match kind {
        ExprKind::List(items) => items.iter().for_each(visit),
        ExprKind::Map(entries) => entries.iter().for_each(|(_, value)| visit(value)),
        ExprKind::Property(target, _) | ExprKind::HasLabels(target, _) => visit(target),
        ExprKind::Not(inner)
        | ExprKind::Negate(inner)
        | ExprKind::Plus(inner)
        | ExprKind::IsNull(inner, _) => visit(inner),
        ExprKind::Index(a, b) | ExprKind::Binary(_, a, b) => {
            visit(a);
            visit(b);
        }
        ExprKind::Slice(target, first, last) => {
            visit(target);
            first.iter().chain(last).for_each(|bound| visit(bound));
        }
        ExprKind::Compare(first, chain) => {
            visit(first);
            chain.iter().for_each(|(_, operand)| visit(operand));
        }
        ExprKind::Call { arguments, .. } => arguments.iter().for_each(visit),
        ExprKind::Case { subject, arms, otherwise } => {
            subject.iter().chain(otherwise).for_each(|part| visit(part));
            for (when, then) in arms {
                visit(when);
                visit(then);
            }
        }
        ExprKind::ListComprehension { list, condition, map, .. } => {
            visit(list);
            condition.iter().chain(map).for_each(|part| visit(part));
        }
        ExprKind::Quantifier { list, condition, .. } => {
            visit(list);
            condition.iter().for_each(|part| visit(part));
        }
        ExprKind::Reduce { init, list, body, .. } => {
            [init, list, body].into_iter().for_each(|part| visit(part))
        }
        ExprKind::MapProjection { items, .. } => {
            for item in items {
                if let crate::query::syntax::ast::MapItem::Entry(_, value) = item {
                    visit(value);
                }
            }
        }
        ExprKind::PatternComprehension { condition, map, .. } => {
            condition.iter().for_each(|part| visit(part));
            visit(map);
        }
        _ => {}
    }
}
