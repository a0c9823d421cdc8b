//! The clauses between the first and RETURN.

use std::sync::Arc;

use super::scope::{Scope, Variable};
use super::{Binder, Bound, Columns, Place, Type};
use crate::query::error::QueryError;
use crate::query::plan::Op;
use crate::query::syntax::ast::{Clause, ClauseKind, Name, Query};

impl Binder<'_> {
    /// A clause; `alone` where it is the whole query.
    pub(super) fn clause(
        &mut self,
        op: Op,
        clause: &Clause,
        scope: &mut Scope,
        alone: bool,
    ) -> Bound<(Op, Option<Columns>)> {
        let op = match &clause.kind {
            ClauseKind::Match { optional, patterns, time, condition } => {
                let time = match time {
                    Some(time) => Some(self.time_of(time)?),
                    None => self.time,
                };
                let condition = condition.as_ref();
                if *optional {
                    let before = scope.live();
                    let inner = self.match_patterns(Op::Once, patterns, condition, scope, time)?;
                    let slots = scope.live().into_iter().filter(|slot| !before.contains(slot)).collect();
                    Op::Optional { input: Box::new(op), inner: Box::new(inner), slots }
                } else {
                    self.match_patterns(op, patterns, condition, scope, time)?
                }
            }
            ClauseKind::Unwind { list, variable } => {
                let (list_ex, of) = self.plain(list, scope)?;
                if scope.find(&variable.text).is_some() {
                    return Err(self.already_bound(variable));
                }
                let item = if let Type::List(item) = of { *item } else { Type::Any };
                let slot = self.slot();
                scope.add(Variable { name: Arc::clone(&variable.text), slot, of: item, time: self.time });
                Op::Unwind { input: Box::new(op), list: list_ex, slot }
            }
            ClauseKind::With { projection, condition } => {
                let (op, seen) = self.projection(op, projection, scope, true)?;
                match condition {
                    Some(condition) => {
                        let condition = self.condition(condition, &seen)?;
                        Op::Filter { input: Box::new(op), condition }
                    }
                    None => op,
                }
            }
            ClauseKind::Call(call) => return self.procedure(op, call, scope, alone),
            ClauseKind::Subquery { query, imports } => {
                self.call_subquery(op, query, imports.as_deref(), scope)?
            }
            _ => self.writing(op, clause, scope)?,
        };
        Ok((op, None))
    }

    pub(super) fn already_bound(&self, name: &Name) -> QueryError {
        let message = format!("the variable `{}` is there already", name.text);
        QueryError::syntax("VariableAlreadyBound", name.range, message).hint("take another name")
    }

    /// `CALL { … }`: a WITH at its start, or the names in parentheses, say what it sees.
    fn call_subquery(
        &mut self,
        op: Op,
        query: &Query,
        imports: Option<&[Name]>,
        scope: &mut Scope,
    ) -> Bound<Op> {
        let imported = match imports {
            None => importing_scope(query, scope),
            Some(names) => {
                let mut inner = Scope::default();
                for name in names {
                    match scope.find(&name.text) {
                        Some(variable) => inner.add(variable.clone()),
                        None => return Err(self.undefined(&name.text, name.range, scope)),
                    }
                }
                inner
            }
        };
        let (inner, columns) = self.query(query, &imported, Place::Call)?;
        let returns = columns.is_some();
        for (name, slot) in columns.unwrap_or_default() {
            if scope.find(&name).is_some() {
                let message = format!("the subquery returns `{name}`, which is there already");
                return Err(QueryError::syntax("VariableAlreadyBound", query.range, message)
                    .hint("give the column another name with AS"));
            }
            scope.add(Variable { name, slot, of: Type::Any, time: self.time });
        }
        Ok(Op::Apply { input: Box::new(op), inner: Box::new(inner), returns })
    }
}

/// What the WITH at the start of a subquery may name: everything outside, or nothing where it starts otherwise.
fn importing_scope(query: &Query, scope: &Scope) -> Scope {
    match query.first.first().map(|clause| &clause.kind) {
        Some(ClauseKind::With { .. }) => scope.clone(),
        _ => Scope::default(),
    }
}
