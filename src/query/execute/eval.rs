//! The values of expressions.

use std::cmp::Ordering;
use std::sync::Arc;

use super::{Done, Flow, Frame, Run, operators};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::plan::{Ex, ExKind, Op, TimeNumber};
use crate::query::procedures::ParameterType;
use crate::query::syntax::ast::{BinaryOp, CompareOp, QuantifierKind, SubqueryKind};
use crate::query::values::{Datum, Map, arithmetic, compare, equals, negate, truth};

/// A value of the wrong type, met when the query runs.
fn wrong(by: &str, wanted: &str, found: &Datum) -> QueryError {
    let message = format!("{by} needs {wanted}, found {}", found.type_name());
    QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message)
}

impl Run<'_> {
    /// The value of an expression in a row.
    pub(in crate::query) fn eval(&mut self, ex: &Ex, frame: &mut Frame) -> Done<Datum> {
        match &ex.kind {
            ExKind::Slot(slot) => Ok(frame[*slot].clone()),
            ExKind::Constant(value) => Ok(value.clone()),
            ExKind::Property(target, key, time) => {
                self.property(target, key, *time, frame).map_err(|error| error.at(ex.range))
            }
            ExKind::Compare(first, chain) => self.comparison(first, chain, frame),
            _ => self.computed(ex, frame).map_err(|error| error.at(ex.range)),
        }
    }

    /// Whether a condition is true; neither false nor unknown is.
    pub(super) fn is_true(&mut self, ex: &Ex, frame: &mut Frame) -> Done<bool> {
        match self.eval(ex, frame)? {
            Datum::Boolean(truth) => Ok(truth),
            Datum::Null => Ok(false),
            other => Err(wrong("a condition", "a boolean", &other).at(ex.range)),
        }
    }

    fn boolean(&mut self, by: &str, ex: &Ex, frame: &mut Frame) -> Done<Option<bool>> {
        match self.eval(ex, frame)? {
            Datum::Boolean(truth) => Ok(Some(truth)),
            Datum::Null => Ok(None),
            other => Err(wrong(by, "a boolean", &other)),
        }
    }

    fn computed(&mut self, ex: &Ex, frame: &mut Frame) -> Done<Datum> {
        match &ex.kind {
            ExKind::Parameter(name) => Ok(self.parameters.get(name).cloned().unwrap_or(Datum::Null)),
            ExKind::HasLabels(target, labels) => match self.eval(target, frame)? {
                Datum::Null => Ok(Datum::Null),
                Datum::Node(node) => Ok(Datum::Boolean(self.node_has(node, labels))),
                Datum::Edge(edge) => Ok(Datum::Boolean(self.edge_has(edge, labels))),
                other => Err(wrong("`:`", "a node or an edge", &other)),
            },
            ExKind::Not(inner) => Ok(truth(self.boolean("NOT", inner, frame)?.map(|truth| !truth))),
            ExKind::Negate(inner) => negate(&self.eval(inner, frame)?),
            ExKind::Plus(inner) => match self.eval(inner, frame)? {
                value @ (Datum::Null | Datum::Integer(_) | Datum::Float(_) | Datum::Duration(_)) => Ok(value),
                other => Err(wrong("`+`", "a number", &other)),
            },
            ExKind::Binary(op, left, right) => self.binary(*op, left, right, frame),
            ExKind::IsNull(inner, negated) => {
                Ok(Datum::Boolean(self.eval(inner, frame)?.is_null() != *negated))
            }
            ExKind::List(items) => {
                let items: Done<Vec<Datum>> = items.iter().map(|item| self.eval(item, frame)).collect();
                Ok(Datum::list(items?))
            }
            ExKind::Map(entries) => {
                let entries: Done<Map> = entries
                    .iter()
                    .map(|(key, value)| Ok((Arc::clone(key), self.eval(value, frame)?)))
                    .collect();
                Ok(Datum::Map(Arc::new(entries?)))
            }
            ExKind::Call(function, arguments) => {
                let values: Done<Vec<Datum>> =
                    arguments.iter().map(|argument| self.eval(argument, frame)).collect();
                let values = values?;
                if function.strict && values.iter().any(Datum::is_null) {
                    return Ok(Datum::Null);
                }
                (function.run)(self, &values)
            }
            _ => self.structured(ex, frame),
        }
    }

    fn structured(&mut self, ex: &Ex, frame: &mut Frame) -> Done<Datum> {
        match &ex.kind {
            ExKind::Index(target, at) => {
                let (target, at) = (self.eval(target, frame)?, self.eval(at, frame)?);
                self.index(&target, &at)
            }
            ExKind::Slice(target, first, last) => {
                self.slice(target, first.as_deref(), last.as_deref(), frame)
            }
            ExKind::Case { subject, arms, otherwise } => {
                let subject = subject.as_ref().map(|subject| self.eval(subject, frame)).transpose()?;
                for (when, then) in arms {
                    let hit = match &subject {
                        Some(subject) => equals(subject, &self.eval(when, frame)?) == Some(true),
                        None => self.is_true(when, frame)?,
                    };
                    if hit {
                        return self.eval(then, frame);
                    }
                }
                otherwise.as_ref().map_or(Ok(Datum::Null), |otherwise| self.eval(otherwise, frame))
            }
            ExKind::MapProjection { base, all, entries } => {
                let base = self.eval(base, frame)?;
                if base.is_null() {
                    return Ok(Datum::Null);
                }
                let mut map = match &base {
                    Datum::Map(own) if *all => Map::clone(own),
                    _ if *all => self.graph.properties(&base)?,
                    _ => Map::new(),
                };
                for (key, value) in entries {
                    map.insert(Arc::clone(key), self.eval(value, frame)?);
                }
                Ok(Datum::Map(Arc::new(map)))
            }
            ExKind::ListComprehension { slot, list, condition, map } => {
                let Some(items) = self.list("IN", list, frame)? else { return Ok(Datum::Null) };
                let mut kept = Vec::new();
                for item in items.iter() {
                    frame[*slot] = item.clone();
                    if condition.as_ref().map_or(Ok(true), |condition| self.is_true(condition, frame))? {
                        kept.push(
                            map.as_ref().map_or_else(|| Ok(item.clone()), |map| self.eval(map, frame))?,
                        );
                    }
                }
                Ok(Datum::list(kept))
            }
            ExKind::Quantifier { kind, slot, list, condition } => {
                self.quantifier(*kind, *slot, list, condition.as_deref(), frame)
            }
            ExKind::Reduce { accumulator, init, slot, list, body } => {
                let init = self.eval(init, frame)?;
                let Some(items) = self.list("IN", list, frame)? else { return Ok(Datum::Null) };
                frame[*accumulator] = init;
                for item in items.iter() {
                    frame[*slot] = item.clone();
                    frame[*accumulator] = self.eval(body, frame)?;
                }
                Ok(frame[*accumulator].clone())
            }
            ExKind::Subquery { kind, plan, value } => self.subquery(*kind, plan, value.as_deref(), frame),
            _ => Ok(Datum::Null),
        }
    }

    /// A plan that is run for one value. What it writes into the frame belongs to it alone.
    fn subquery(
        &mut self,
        kind: SubqueryKind,
        plan: &Op,
        value: Option<&Ex>,
        frame: &mut Frame,
    ) -> Done<Datum> {
        let mut inner = frame.clone();
        let mut count = 0;
        let mut items = Vec::new();
        operators::run(plan, self, &mut inner, &mut |run, frame| {
            count += 1;
            if let Some(value) = value {
                items.push(run.eval(value, frame)?);
            }
            Ok(if kind == SubqueryKind::Exists { Flow::Enough } else { Flow::More })
        })?;
        Ok(match kind {
            SubqueryKind::Exists => Datum::Boolean(count > 0),
            SubqueryKind::Count => Datum::Integer(count),
            SubqueryKind::Collect => Datum::list(items),
        })
    }

    fn property(
        &mut self,
        target: &Ex,
        key: &str,
        time: Option<TimeNumber>,
        frame: &mut Frame,
    ) -> Done<Datum> {
        // A slot is read in place: its value need not be copied.
        if let ExKind::Slot(slot) = target.kind {
            return self.property_of(&frame[slot], key, time);
        }
        let value = self.eval(target, frame)?;
        self.property_of(&value, key, time)
    }

    fn property_of(&self, value: &Datum, key: &str, time: Option<TimeNumber>) -> Done<Datum> {
        match value {
            Datum::Null => Ok(Datum::Null),
            Datum::Node(_) | Datum::Edge(_) => self.graph.property(value, key, self.time(time)),
            Datum::Map(entries) => Ok(entries.get(key).cloned().unwrap_or(Datum::Null)),
            Datum::Temporal(own) => own.field(key).ok_or_else(|| no_part(value, key)),
            Datum::Duration(own) => own.field(key).ok_or_else(|| no_part(value, key)),
            Datum::Period(date) => {
                let day = i64::from(date.first_day().number());
                let whole = crate::query::values::temporal::Temporal::Date(day);
                let known = match date.precision() {
                    crate::value::Precision::Year => key == "year",
                    _ => matches!(key, "year" | "month" | "quarter"),
                };
                // A year has no month: what the source does not say is not known.
                if known { whole.field(key).ok_or_else(|| no_part(value, key)) } else { Ok(Datum::Null) }
            }
            other => Err(wrong("a property", "a map, a node or an edge", other)),
        }
    }

    fn comparison(&mut self, first: &Ex, chain: &[(CompareOp, Ex)], frame: &mut Frame) -> Done<Datum> {
        let mut left = self.eval(first, frame)?;
        let mut result = Some(true);
        for (op, operand) in chain {
            let right = self.eval(operand, frame)?;
            let holds = compared(*op, &left, &right);
            result = and(result, holds);
            if result == Some(false) {
                return Ok(Datum::Boolean(false));
            }
            left = right;
        }
        Ok(truth(result))
    }

    fn binary(&mut self, op: BinaryOp, left: &Ex, right: &Ex, frame: &mut Frame) -> Done<Datum> {
        match op {
            BinaryOp::And => {
                let a = self.boolean("AND", left, frame)?;
                if a == Some(false) {
                    return Ok(Datum::Boolean(false));
                }
                Ok(truth(and(a, self.boolean("AND", right, frame)?)))
            }
            BinaryOp::Or => {
                let a = self.boolean("OR", left, frame)?;
                if a == Some(true) {
                    return Ok(Datum::Boolean(true));
                }
                let b = self.boolean("OR", right, frame)?;
                Ok(truth(and(a.map(|a| !a), b.map(|b| !b)).map(|neither| !neither)))
            }
            BinaryOp::Xor => {
                let (a, b) = (self.boolean("XOR", left, frame)?, self.boolean("XOR", right, frame)?);
                Ok(truth(a.zip(b).map(|(a, b)| a != b)))
            }
            _ => {
                let (a, b) = (self.eval(left, frame)?, self.eval(right, frame)?);
                match op {
                    BinaryOp::In => contained(&a, &b),
                    BinaryOp::StartsWith | BinaryOp::EndsWith | BinaryOp::Contains => {
                        Ok(text_test(op, &a, &b))
                    }
                    BinaryOp::Regex => Err(QueryError::runtime(
                        ErrorClass::NotSupported,
                        "NotSupported",
                        "`=~` is not supported by this version",
                    )
                    .hint("write STARTS WITH, ENDS WITH or CONTAINS")),
                    _ => arithmetic(op, &a, &b),
                }
            }
        }
    }

    fn quantifier(
        &mut self,
        kind: QuantifierKind,
        slot: usize,
        list: &Ex,
        condition: Option<&Ex>,
        frame: &mut Frame,
    ) -> Done<Datum> {
        let Some(items) = self.list("IN", list, frame)? else { return Ok(Datum::Null) };
        let (mut yes, mut no, mut unknown) = (0_usize, 0_usize, 0_usize);
        for item in items.iter() {
            frame[slot] = item.clone();
            let holds = match condition {
                Some(condition) => self.boolean("WHERE", condition, frame)?,
                None => {
                    if let Datum::Boolean(truth) = item {
                        Some(*truth)
                    } else {
                        None
                    }
                }
            };
            match holds {
                Some(true) => yes += 1,
                Some(false) => no += 1,
                None => unknown += 1,
            }
        }
        let known = unknown == 0;
        Ok(truth(match kind {
            QuantifierKind::All if no > 0 => Some(false),
            QuantifierKind::All => known.then_some(true),
            QuantifierKind::Any if yes > 0 => Some(true),
            QuantifierKind::Any => known.then_some(false),
            QuantifierKind::None if yes > 0 => Some(false),
            QuantifierKind::None => known.then_some(true),
            QuantifierKind::Single if yes > 1 => Some(false),
            QuantifierKind::Single => known.then_some(yes == 1),
        }))
    }

    /// The items of a list; `None` for null.
    fn list(&mut self, by: &str, ex: &Ex, frame: &mut Frame) -> Done<Option<Arc<[Datum]>>> {
        match self.eval(ex, frame)? {
            Datum::List(items) => Ok(Some(items)),
            Datum::Null => Ok(None),
            other => Err(wrong(by, "a list", &other).at(ex.range)),
        }
    }

    fn index(&self, target: &Datum, at: &Datum) -> Done<Datum> {
        match (target, at) {
            (Datum::Null, _) | (_, Datum::Null) => Ok(Datum::Null),
            (Datum::List(items), Datum::Integer(at)) => {
                let place = if *at < 0 { at + items.len() as i64 } else { *at };
                let item = usize::try_from(place).ok().and_then(|place| items.get(place));
                Ok(item.cloned().unwrap_or(Datum::Null))
            }
            (Datum::Map(entries), Datum::Text(key)) => Ok(entries.get(key).cloned().unwrap_or(Datum::Null)),
            (Datum::Node(_) | Datum::Edge(_), Datum::Text(key)) => self.graph.property(target, key, None),
            (Datum::List(_), other) => Err(wrong("an index of a list", "an integer", other)),
            (Datum::Map(_) | Datum::Node(_) | Datum::Edge(_), other) => {
                let message = format!("a key is a text, found {}", other.type_name());
                Err(QueryError::runtime(ErrorClass::Type, "MapElementAccessByNonString", message))
            }
            (other, _) => Err(wrong("`[…]`", "a list or a map", other)),
        }
    }

    fn slice(
        &mut self,
        target: &Ex,
        first: Option<&Ex>,
        last: Option<&Ex>,
        frame: &mut Frame,
    ) -> Done<Datum> {
        let items = self.list("a slice", target, frame)?;
        let mut bounds = [0, i64::MAX];
        for (bound, ex) in bounds.iter_mut().zip([first, last]) {
            match ex.map(|ex| self.eval(ex, frame)).transpose()? {
                None => {}
                Some(Datum::Integer(at)) => *bound = at,
                Some(Datum::Null) => return Ok(Datum::Null),
                Some(other) => return Err(wrong("a bound of a slice", "an integer", &other)),
            }
        }
        let Some(items) = items else { return Ok(Datum::Null) };
        let length = items.len() as i64;
        let place = |at: i64| if at < 0 { (at + length).max(0) } else { at.min(length) };
        let (from, to) = (place(bounds[0]) as usize, place(bounds[1]) as usize);
        Ok(Datum::list(items.get(from..to.max(from)).unwrap_or_default().iter().cloned()))
    }

    /// An argument of a procedure; a whole number may stand for a float.
    pub(super) fn argument(&mut self, ex: &Ex, wanted: ParameterType, frame: &mut Frame) -> Done<Datum> {
        let value = self.eval(ex, frame)?;
        Ok(match (wanted, value) {
            (ParameterType::Float, Datum::Integer(number)) => Datum::Float(number as f64),
            (_, value) => value,
        })
    }
}

fn no_part(value: &Datum, key: &str) -> QueryError {
    let message = format!("{} has no part `{key}`", value.type_name());
    QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message)
}

/// Both; `None` is unknown.
fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    match (a, b) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

fn compared(op: CompareOp, a: &Datum, b: &Datum) -> Option<bool> {
    let nan = |value: &Datum| matches!(value, Datum::Float(number) if number.is_nan());
    match op {
        CompareOp::Equal => equals(a, b),
        CompareOp::NotEqual => equals(a, b).map(|equal| !equal),
        // Numbers compare with NaN, and no comparison holds.
        _ if (nan(a) || nan(b)) && number(a) && number(b) => Some(false),
        CompareOp::Less => compare(a, b).map(Ordering::is_lt),
        CompareOp::LessOrEqual => compare(a, b).map(Ordering::is_le),
        CompareOp::Greater => compare(a, b).map(Ordering::is_gt),
        CompareOp::GreaterOrEqual => compare(a, b).map(Ordering::is_ge),
    }
}

fn number(value: &Datum) -> bool {
    matches!(value, Datum::Integer(_) | Datum::Float(_))
}

/// Whether a list has an item that is equal.
fn contained(item: &Datum, list: &Datum) -> Done<Datum> {
    match list {
        Datum::Null => Ok(Datum::Null),
        Datum::List(items) => {
            let mut known = true;
            for own in items.iter() {
                match equals(item, own) {
                    Some(true) => return Ok(Datum::Boolean(true)),
                    Some(false) => {}
                    None => known = false,
                }
            }
            Ok(truth(known.then_some(false)))
        }
        other => Err(wrong("IN", "a list", other)),
    }
}

/// Tests of texts; null where one side is not a text.
fn text_test(op: BinaryOp, a: &Datum, b: &Datum) -> Datum {
    let (Datum::Text(a), Datum::Text(b)) = (a, b) else { return Datum::Null };
    Datum::Boolean(match op {
        BinaryOp::StartsWith => a.starts_with(&**b),
        BinaryOp::EndsWith => a.ends_with(&**b),
        _ => a.contains(&**b),
    })
}
