//! What does each name of a query mean? Scopes, types, and the plan that follows from the clauses.

mod aggregate;
mod call;
mod clause;
mod expr;
mod path;
mod pattern;
mod projection;
mod scope;
mod types;
mod write;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::error::{ErrorClass, QueryError};
use super::plan::{BoundTime, Op, Plan, Slot, TimeNumber};
use super::procedures::Procedures;
use super::syntax::TextRange;
use super::syntax::ast::{Clause, ClauseKind, Query, ReadingWord, Statement, TimeClause, When};
use crate::graph::Catalogue;
use crate::value::{Persist, Reading};
use scope::Scope;

pub(super) use types::Type;

/// Steps of a plan: each calls the next, and the stack has an end.
const MOST_STEPS: usize = 400;

type Bound<T> = Result<T, QueryError>;

/// What binding needs to know of the world.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) procedures: &'a Procedures,
    /// Names of the parameters that are given.
    pub(super) parameters: &'a BTreeSet<Arc<str>>,
    /// What counts where a clause of time does not say it.
    pub(super) reading: Reading,
}

/// What is told of an arrow on ties that have no direction (S13).
pub(super) const SYMMETRIC: &str = "symmetric tie";

/// A name in a query that the graph does not have: it silently matches nothing, so it is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct UnknownName {
    pub(super) what: &'static str,
    pub(super) name: Arc<str>,
    pub(super) near: Option<String>,
    pub(super) range: TextRange,
}

/// Resolves the names of a statement.
pub(super) fn bind(statement: &Statement, context: Context<'_>) -> Bound<(Plan, Vec<UnknownName>)> {
    let mut binder = Binder::new(context);
    if let Some(time) = &statement.query.time {
        binder.time = Some(binder.time_of(time)?);
    }
    let (root, columns) = binder.query(&statement.query, &Scope::default(), Place::Top)?;
    let steps = root.steps();
    if steps > MOST_STEPS {
        let message = format!("the query takes {steps} steps, and at most {MOST_STEPS} can be run");
        return Err(QueryError::syntax("TooDeep", statement.query.range, message)
            .hint("divide it, or give its values as a list: UNWIND $rows AS row …"));
    }
    let plan = Plan {
        root,
        columns: columns.unwrap_or_default(),
        slots: binder.slots,
        times: binder.times,
        writes: binder.writes,
        ties: binder.ties,
        prefix: statement.prefix,
    };
    Ok((plan, binder.unknown))
}

/// Where a query stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Top,
    /// Within `CALL { … }`.
    Call,
    /// Within an expression: it may end without RETURN.
    Expression,
}

struct Binder<'a> {
    context: Context<'a>,
    slots: usize,
    times: Vec<BoundTime>,
    /// The clause of time of the whole query.
    time: Option<TimeNumber>,
    unknown: Vec<UnknownName>,
    writes: bool,
    /// Set while the items of a projection are bound that may aggregate.
    aggregates: Option<aggregate::Collector>,
    /// Whether derived ties are named.
    ties: bool,
    /// Whether a pattern may stand for whether it is there.
    conditional: bool,
}

type Columns = Vec<(Arc<str>, Slot)>;

impl<'a> Binder<'a> {
    fn new(context: Context<'a>) -> Self {
        Self {
            context,
            slots: 0,
            times: Vec::new(),
            time: None,
            unknown: Vec::new(),
            writes: false,
            aggregates: None,
            ties: false,
            conditional: false,
        }
    }

    fn slot(&mut self) -> Slot {
        self.slots += 1;
        self.slots - 1
    }

    /// A query with its unions, and its columns if it returns any.
    fn query(&mut self, query: &Query, outer: &Scope, place: Place) -> Bound<(Op, Option<Columns>)> {
        let own_time = match (&query.time, place) {
            (Some(time), Place::Call | Place::Expression) => Some(self.time_of(time)?),
            _ => self.time,
        };
        let before = std::mem::replace(&mut self.time, own_time);
        let bound = self.union(query, outer, place);
        self.time = before;
        bound
    }

    fn union(&mut self, query: &Query, outer: &Scope, place: Place) -> Bound<(Op, Option<Columns>)> {
        let first = self.single(&query.first, outer, place)?;
        if query.unions.is_empty() {
            return Ok(first);
        }
        let (op, Some(columns)) = first else {
            return Err(self.unfinished(query.range));
        };
        let mut parts = vec![(op, slots_of(&columns))];
        let kinds: BTreeSet<bool> = query.unions.iter().map(|(all, ..)| *all).collect();
        for (_, clauses, range) in &query.unions {
            if kinds.len() > 1 {
                let message = "UNION and UNION ALL cannot stand in one query";
                return Err(QueryError::syntax("InvalidClauseComposition", *range, message)
                    .hint("put one of them into CALL { … }"));
            }
            let (op, Some(own)) = self.single(clauses, outer, place)? else {
                return Err(self.unfinished(*range));
            };
            let mut slots = Vec::new();
            for (name, _) in &columns {
                let Some((_, slot)) = own.iter().find(|(other, _)| other == name) else {
                    return Err(different(*range, &columns, &own));
                };
                slots.push(*slot);
            }
            if own.len() != columns.len() {
                return Err(different(*range, &columns, &own));
            }
            parts.push((op, slots));
        }
        let columns: Columns = columns.into_iter().map(|(name, _)| (name, self.slot())).collect();
        let op = Op::Union { parts, slots: slots_of(&columns), distinct: kinds.contains(&false) };
        Ok((op, Some(columns)))
    }

    fn unfinished(&self, range: TextRange) -> QueryError {
        QueryError::syntax("InvalidClauseComposition", range, "each part of a UNION must end with RETURN")
    }

    /// Clauses from the first to RETURN.
    fn single(&mut self, clauses: &[Clause], outer: &Scope, place: Place) -> Bound<(Op, Option<Columns>)> {
        check_composition(clauses, place)?;
        let mut scope = outer.clone();
        let mut op = Op::Once;
        let mut columns = None;
        let mut wrote = false;
        for (index, clause) in clauses.iter().enumerate() {
            let writes = is_writing(&clause.kind);
            if place == Place::Expression && writes {
                let message = "a subquery in an expression cannot write";
                return Err(QueryError::syntax("InvalidClauseComposition", clause.range, message));
            }
            // What reads after a write sees all of it, and what writes after a read none of it. CREATE after CREATE reads
            // nothing that the other has written for another row.
            let creates = |clause: &Clause| matches!(clause.kind, ClauseKind::Create { .. });
            let goes_on = index > 0 && creates(clause) && creates(&clauses[index - 1]);
            if index > 0 && (writes || wrote) && !goes_on {
                op = Op::Eager { input: Box::new(op), live: scope.live() };
            }
            wrote = writes;
            if let ClauseKind::Return(projection) = &clause.kind {
                let (next, own) = self.returns(op, projection, &mut scope, clause.range)?;
                (op, columns) = (next, Some(own));
            } else {
                let alone = clauses.len() == 1 && place == Place::Top;
                let (next, own) = self.clause(op, clause, &mut scope, alone)?;
                op = next;
                columns = own.or(columns);
            }
        }
        Ok((op, columns))
    }

    /// Takes a clause of time in.
    fn time_of(&mut self, time: &TimeClause) -> Bound<TimeNumber> {
        let reading = match time.reading {
            None => self.context.reading,
            Some(ReadingWord::Certain) => Reading::Certain,
            Some(ReadingWord::Possible) => Reading::Possible,
            Some(ReadingWord::Presumed(None)) => Reading::Presumed(self.context.reading.persist()),
            Some(ReadingWord::Presumed(Some(years))) => Reading::Presumed(Persist::Years(years)),
        };
        let scope = Scope::default();
        let (first, last) = match &time.when {
            When::AsOf(date) => (self.expr(date, &scope)?.0, None),
            When::During(first, last) => (self.expr(first, &scope)?.0, Some(self.expr(last, &scope)?.0)),
        };
        self.times.push(BoundTime { first, last, reading, range: time.range });
        Ok(self.times.len() - 1)
    }

    /// Tells a label, type or key that the graph does not have.
    fn warn_unknown(&mut self, what: &'static str, name: &Arc<str>, range: TextRange) {
        use crate::graph::NameKind;
        let catalogue = self.context.catalogue;
        let (known, kind) = match what {
            "label" => (catalogue.label(name).is_some(), NameKind::Label),
            "edge type" => (catalogue.edge_type(name).is_some() || is_tie_type(name), NameKind::EdgeType),
            _ => (catalogue.key(name).is_some() || is_validity(name), NameKind::Key),
        };
        let schema = catalogue.schema();
        let declared = match kind {
            NameKind::Label => schema.label(name).is_some(),
            NameKind::EdgeType => schema.edge(name).is_some(),
            NameKind::Key => false,
        };
        if known || declared || self.unknown.iter().any(|own| own.name == *name && own.what == what) {
            return;
        }
        let names: Vec<Arc<str>> =
            catalogue.names().filter(|own| own.kind == kind).map(|own| own.text).collect();
        let near = super::error::did_you_mean(name, names.iter().map(AsRef::as_ref));
        self.unknown.push(UnknownName { what, name: Arc::clone(name), near, range });
    }

    fn missing_parameter(&self, name: &str, range: TextRange) -> QueryError {
        let message = format!("the parameter `${name}` is not given");
        let given = self.context.parameters.iter().map(AsRef::as_ref);
        QueryError::early(ErrorClass::ParameterMissing, "MissingParameter", range, message)
            .maybe_hint(super::error::did_you_mean(name, given))
    }
}

/// Types of derived ties (S12).
pub(super) fn is_tie_type(name: &str) -> bool {
    matches!(name, "VERTICAL" | "HORIZONTAL" | "DIAGONAL" | "UNCLASSIFIED" | "TIE")
}

/// Keys under which the validity of an element is read.
pub(super) fn is_validity(name: &str) -> bool {
    matches!(name, "valid_from" | "valid_to")
}

fn slots_of(columns: &Columns) -> Vec<Slot> {
    columns.iter().map(|(_, slot)| *slot).collect()
}

fn different(range: TextRange, one: &Columns, other: &Columns) -> QueryError {
    let names = |columns: &Columns| {
        columns.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let message =
        format!("the parts of a UNION return different columns: {} and {}", names(one), names(other));
    QueryError::syntax("DifferentColumnsInUnion", range, message).hint("give them the same names with AS")
}

/// Whether a clause changes the graph.
fn is_writing(kind: &ClauseKind) -> bool {
    match kind {
        ClauseKind::Create { .. }
        | ClauseKind::Merge { .. }
        | ClauseKind::Set { .. }
        | ClauseKind::Remove(_)
        | ClauseKind::Delete { .. }
        | ClauseKind::Foreach { .. } => true,
        ClauseKind::Subquery { query, .. } => {
            let own = query.first.iter().chain(query.unions.iter().flat_map(|(_, clauses, _)| clauses));
            own.into_iter().any(|clause| is_writing(&clause.kind))
        }
        _ => false,
    }
}

/// Whether clauses may follow each other as they do.
fn check_composition(clauses: &[Clause], place: Place) -> Bound<()> {
    let mut wrote = false;
    for clause in clauses {
        let reads =
            matches!(&clause.kind, ClauseKind::Match { optional: false, .. } | ClauseKind::Unwind { .. });
        let reads = reads || matches!(&clause.kind, ClauseKind::Match { .. } | ClauseKind::Call(_));
        if wrote && reads {
            let message = "a clause that reads cannot follow one that writes";
            return Err(QueryError::syntax("InvalidClauseComposition", clause.range, message)
                .hint("put WITH between them"));
        }
        wrote = is_writing(&clause.kind) || wrote && !matches!(clause.kind, ClauseKind::With { .. });
    }
    let Some(last) = clauses.last() else { return Ok(()) };
    let ends = match &last.kind {
        ClauseKind::Return(_) => true,
        ClauseKind::Call(_) => clauses.len() == 1 || place != Place::Expression,
        ClauseKind::With { .. } | ClauseKind::Unwind { .. } => false,
        ClauseKind::Match { .. } => place == Place::Expression,
        ClauseKind::Subquery { .. } => true,
        other => is_writing(other),
    };
    if ends {
        return Ok(());
    }
    let message = "the query ends with a clause that gives nothing";
    Err(QueryError::syntax("InvalidClauseComposition", last.range, message).hint("end it with RETURN"))
}
