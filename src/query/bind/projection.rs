//! WITH and RETURN: items, groups, order, and how many rows go on.

use std::sync::Arc;

use super::aggregate::{Collector, any, contains_aggregate};
use super::scope::{Scope, Variable};
use super::{Binder, Bound, Columns, Type};
use crate::query::error::QueryError;
use crate::query::functions::AggregateFunction;
use crate::query::plan::{Aggregate, Ex, ExKind, Op, Slot, TimeNumber};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{Expr, ExprKind, Projection, ProjectionItem};
use crate::query::values::Datum;

/// An item with its name and its slot.
struct Item<'e> {
    name: Arc<str>,
    expr: Option<&'e Expr>,
    slot: Slot,
    of: Type,
    time: Option<TimeNumber>,
    aggregated: bool,
}

impl Binder<'_> {
    pub(super) fn returns(
        &mut self,
        op: Op,
        projection: &Projection,
        scope: &mut Scope,
        range: TextRange,
    ) -> Bound<(Op, Columns)> {
        if projection.all && scope.is_empty() {
            let message = "RETURN * needs a variable, and there is none";
            return Err(QueryError::syntax("NoVariablesInScope", range, message));
        }
        let (op, _) = self.projection(op, projection, scope, false)?;
        let columns = scope.iter().map(|variable| (Arc::clone(&variable.name), variable.slot)).collect();
        Ok((op, columns))
    }

    /// Binds a projection; `scope` becomes what can be seen after it, the second result what its WHERE sees.
    pub(super) fn projection(
        &mut self,
        op: Op,
        projection: &Projection,
        scope: &mut Scope,
        aliased: bool,
    ) -> Bound<(Op, Scope)> {
        check_items(projection, scope)?;
        let grouped = projection.items.iter().any(|item| contains_aggregate(&item.expr));
        let (mut op, items) = if grouped {
            self.grouped_items(op, projection, scope)?
        } else {
            self.plain_items(op, projection, scope)?
        };
        let mut after = Scope::default();
        let mut seen = if grouped { Scope::default() } else { scope.clone() };
        for item in &items {
            let (name, slot, of, time) = (Arc::clone(&item.name), item.slot, item.of.clone(), item.time);
            let variable = Variable { name, slot, of, time };
            after.add(variable.clone());
            seen.add(variable);
        }
        if projection.distinct {
            op = Op::Distinct { input: Box::new(op), slots: items.iter().map(|item| item.slot).collect() };
        }
        if !projection.order.is_empty() {
            let visible = if projection.distinct { &after } else { &seen };
            op = self.order(op, projection, (&*scope, visible), &items, grouped)?;
        }
        if aliased {
            check_aliases(projection)?;
        }
        if let Some(count) = &projection.skip {
            op = Op::Skip { input: Box::new(op), count: self.count(count, "SKIP")? };
        }
        if let Some(count) = &projection.limit {
            op = Op::Limit { input: Box::new(op), count: self.count(count, "LIMIT")? };
        }
        *scope = after;
        Ok((op, seen))
    }

    fn plain_items<'e>(
        &mut self,
        op: Op,
        projection: &'e Projection,
        scope: &Scope,
    ) -> Bound<(Op, Vec<Item<'e>>)> {
        let mut items = starred(projection, scope);
        let mut computed = Vec::new();
        for item in &projection.items {
            let (ex, of) = self.plain(&item.expr, scope)?;
            let (slot, time) = match (&ex.kind, &item.expr.kind) {
                // A variable keeps its slot under another name.
                (ExKind::Slot(slot), ExprKind::Variable(name)) => {
                    (*slot, scope.find(name).and_then(|variable| variable.time))
                }
                _ => {
                    let slot = self.slot();
                    computed.push((slot, ex));
                    (slot, self.time)
                }
            };
            items.push(Item {
                name: name_of(item),
                expr: Some(&item.expr),
                slot,
                of,
                time,
                aggregated: false,
            });
        }
        let op = if computed.is_empty() { op } else { Op::Project { input: Box::new(op), items: computed } };
        Ok((op, items))
    }

    fn grouped_items<'e>(
        &mut self,
        op: Op,
        projection: &'e Projection,
        scope: &Scope,
    ) -> Bound<(Op, Vec<Item<'e>>)> {
        let mut keys = Vec::new();
        let mut items: Vec<Item<'e>> = starred(projection, scope);
        for item in &mut items {
            let slot = self.slot();
            keys.push((slot, Ex::slot(item.slot, TextRange::default())));
            item.slot = slot;
        }
        let starred = items.len();
        for item in &projection.items {
            let slot = self.slot();
            let aggregated = contains_aggregate(&item.expr);
            let (mut of, mut time) = (Type::Any, self.time);
            if !aggregated {
                let (ex, own) = self.plain(&item.expr, scope)?;
                if let ExprKind::Variable(name) = &item.expr.kind {
                    time = scope.find(name).and_then(|variable| variable.time);
                }
                keys.push((slot, ex));
                of = own;
            }
            items.push(Item { name: name_of(item), expr: Some(&item.expr), slot, of, time, aggregated });
        }
        let mut known: Vec<(Expr, Slot, Type)> = Vec::new();
        for item in items.iter().filter(|item| !item.aggregated) {
            let expr = item.expr.cloned().unwrap_or(Expr {
                kind: ExprKind::Variable(Arc::clone(&item.name)),
                range: TextRange::default(),
            });
            if is_simple(&expr) {
                known.push((expr, item.slot, item.of.clone()));
            }
        }
        let mut aggregates = Vec::new();
        let mut computed = Vec::new();
        for item in items.iter_mut().skip(starred).filter(|item| item.aggregated) {
            let Some(expr) = item.expr else { continue };
            let (ex, of) = self.mixed(expr, scope, known.clone(), &mut aggregates)?;
            // An item that is an aggregate and nothing else needs no computation.
            match ex.kind {
                ExKind::Slot(slot) => item.slot = slot,
                _ => computed.push((item.slot, ex)),
            }
            item.of = of;
        }
        let mut op = Op::Aggregate { input: Box::new(op), keys, aggregates };
        if !computed.is_empty() {
            op = Op::Project { input: Box::new(op), items: computed };
        }
        Ok((op, items))
    }

    /// An expression with aggregates in it.
    fn mixed(
        &mut self,
        expr: &Expr,
        scope: &Scope,
        known: Vec<(Expr, Slot, Type)>,
        found: &mut Vec<Aggregate>,
    ) -> Bound<(Ex, Type)> {
        let inner_from = self.slots;
        self.aggregates =
            Some(Collector { known, found: std::mem::take(found), open: true, grouped: true, inner_from });
        let bound = self.expr(expr, scope);
        if let Some(collector) = self.aggregates.take() {
            *found = collector.found;
        }
        bound
    }

    fn order(
        &mut self,
        op: Op,
        projection: &Projection,
        (before, seen): (&Scope, &Scope),
        items: &[Item<'_>],
        grouped: bool,
    ) -> Bound<Op> {
        let mut keys = Vec::new();
        let mut op = op;
        for item in &projection.order {
            let whole = items.iter().find(|own| {
                own.expr.is_some_and(|expr| *expr == item.expr && !matches!(expr.kind, ExprKind::Variable(_)))
            });
            let key = match whole {
                Some(own) => Ex::slot(own.slot, item.expr.range),
                None if grouped && contains_aggregate(&item.expr) => {
                    self.sorted_aggregate(&mut op, &item.expr, (before, seen), items)?
                }
                None => self.sorted(&item.expr, seen, items)?,
            };
            keys.push((key, item.descending));
        }
        let mut live = seen.live();
        live.extend(items.iter().map(|item| item.slot));
        live.sort_unstable();
        live.dedup();
        let first = match (&projection.skip, &projection.limit) {
            (None, Some(limit)) => Some(self.count(limit, "LIMIT")?),
            _ => None,
        };
        Ok(Op::Sort { input: Box::new(op), keys, live, first })
    }

    /// A sort key without aggregates; what an item computes is not computed again.
    fn sorted(&mut self, expr: &Expr, seen: &Scope, items: &[Item<'_>]) -> Bound<Ex> {
        let known = items.iter().filter_map(|item| {
            let expr = item.expr.filter(|expr| !matches!(expr.kind, ExprKind::Variable(_)))?;
            Some((expr.clone(), item.slot, item.of.clone()))
        });
        let inner_from = self.slots;
        self.aggregates = Some(Collector {
            known: known.collect(),
            found: Vec::new(),
            open: false,
            grouped: false,
            inner_from,
        });
        let bound = self.expr(expr, seen);
        self.aggregates = None;
        Ok(bound?.0)
    }

    /// A sort key with aggregates: they are gathered with those of the items.
    fn sorted_aggregate(
        &mut self,
        op: &mut Op,
        expr: &Expr,
        (before, seen): (&Scope, &Scope),
        items: &[Item<'_>],
    ) -> Bound<Ex> {
        // What is in an item, and not an item, differs within a group; what is in no item cannot be seen.
        let mut scope = Scope::default();
        for variable in before.iter() {
            let used = |item: &Item<'_>| {
                let of =
                    |part: &Expr| matches!(&part.kind, ExprKind::Variable(name) if *name == variable.name);
                !item.aggregated && item.expr.is_some_and(|expr| any(expr, &mut |part| of(part)))
            };
            if items.iter().any(used) {
                scope.add(variable.clone());
            }
        }
        seen.iter().for_each(|variable| scope.add(variable.clone()));
        let mut known: Vec<(Expr, Slot, Type)> = Vec::new();
        for item in items {
            let name = ExprKind::Variable(Arc::clone(&item.name));
            known.push((Expr { kind: name, range: TextRange::default() }, item.slot, item.of.clone()));
            let simple = item.expr.filter(|expr| is_simple(expr) || is_aggregate(expr));
            known.extend(simple.map(|expr| (expr.clone(), item.slot, item.of.clone())));
        }
        let mut found = Vec::new();
        let mut new_aggregates = Vec::new();
        any(expr, &mut |part| {
            let new = is_aggregate(part) && !known.iter().any(|(own, ..)| own == part);
            new_aggregates.extend(new.then(|| part.clone()));
            false
        });
        for aggregate in &new_aggregates {
            self.refuse_hidden(aggregate, seen)?;
        }
        let (ex, _) = self.mixed(expr, &scope, known, &mut found)?;
        if let Some(aggregates) = aggregates_of(op) {
            aggregates.append(&mut found);
        }
        Ok(ex)
    }

    /// An aggregate of ORDER BY alone may only count rows: what it would gather is gone.
    fn refuse_hidden(&mut self, aggregate: &Expr, seen: &Scope) -> Bound<()> {
        let ExprKind::Call { arguments, .. } = &aggregate.kind else { return Ok(()) };
        for argument in arguments {
            self.plain(argument, seen)?;
        }
        let message = "ORDER BY sorts by aggregates that are items";
        Err(QueryError::syntax("InvalidAggregation", aggregate.range, message)
            .hint("make it an item with AS"))
    }

    /// The number of SKIP or LIMIT: it belongs to no row.
    fn count(&mut self, expr: &Expr, by: &str) -> Bound<Ex> {
        if any(expr, &mut |part| matches!(part.kind, ExprKind::Variable(_))) {
            let message = format!("{by} must be the same for all rows: no variable can stand in it");
            return Err(QueryError::syntax("NonConstantExpression", expr.range, message));
        }
        let (ex, of) = self.plain(expr, &Scope::default())?;
        if let ExprKind::Negate(inner) = &expr.kind
            && matches!(inner.kind, ExprKind::Integer(_))
        {
            let message = format!("{by} must not be negative");
            return Err(QueryError::syntax("NegativeIntegerArgument", expr.range, message));
        }
        let float = matches!(&ex.kind, ExKind::Constant(Datum::Float(_)));
        if float || !of.may_be(&Type::Integer) {
            let message = format!("{by} needs an integer, found {}", of.name());
            return Err(QueryError::syntax("InvalidArgumentType", expr.range, message));
        }
        Ok(ex)
    }
}

/// The aggregates that an operator gathers, or one below it within the same projection.
fn aggregates_of(op: &mut Op) -> Option<&mut Vec<Aggregate>> {
    match op {
        Op::Aggregate { aggregates, .. } => Some(aggregates),
        Op::Project { input, .. } => aggregates_of(input),
        _ => None,
    }
}

/// The variables that `*` stands for.
fn starred<'e>(projection: &Projection, scope: &Scope) -> Vec<Item<'e>> {
    if !projection.all {
        return Vec::new();
    }
    let mut names: Vec<&str> = scope.names().collect();
    names.sort_unstable();
    names.dedup();
    let variables = names.into_iter().filter_map(|name| scope.find(name));
    variables
        .map(|variable| Item {
            name: Arc::clone(&variable.name),
            expr: None,
            slot: variable.slot,
            of: variable.of.clone(),
            time: variable.time,
            aggregated: false,
        })
        .collect()
}

fn name_of(item: &ProjectionItem) -> Arc<str> {
    match (&item.alias, &item.expr.kind) {
        (Some(alias), _) => Arc::clone(&alias.text),
        (None, ExprKind::Variable(name)) => Arc::clone(name),
        (None, _) => Arc::clone(&item.written.0),
    }
}

/// What is the same within a group where it is grouped by: a variable, or a property of one.
fn is_simple(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Property(target, _) => matches!(target.kind, ExprKind::Variable(_)),
        _ => false,
    }
}

/// Whether an expression is an aggregate and nothing around it.
fn is_aggregate(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::CountAll => true,
        ExprKind::Call { name, .. } => AggregateFunction::find(&name.text).is_some(),
        _ => false,
    }
}

/// Whether each expression of a WITH has a name.
fn check_aliases(projection: &Projection) -> Bound<()> {
    let unnamed =
        |item: &&ProjectionItem| item.alias.is_none() && !matches!(item.expr.kind, ExprKind::Variable(_));
    let Some(item) = projection.items.iter().find(unnamed) else { return Ok(()) };
    let message = "an expression in WITH needs a name";
    Err(QueryError::syntax("NoExpressionAlias", item.expr.range, message).hint("give it one: `… AS name`"))
}

/// Whether no two items have the same name.
fn check_items(projection: &Projection, scope: &Scope) -> Bound<()> {
    let mut names: Vec<Arc<str>> = Vec::new();
    if projection.all {
        names.extend(scope.names().map(Arc::from));
        names.sort_unstable();
        names.dedup();
    }
    for item in &projection.items {
        let range = item.alias.as_ref().map_or(item.expr.range, |alias| alias.range);
        let name = name_of(item);
        if names.contains(&name) {
            let message = format!("two columns have the name `{name}`");
            return Err(QueryError::syntax("ColumnNameConflict", range, message)
                .hint("give one another name with AS"));
        }
        names.push(name);
    }
    Ok(())
}
