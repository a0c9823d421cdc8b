//! How are the rows of a plan found?
//!
//! Each operator pushes the frame to what comes after it, row by row: nothing is copied until an operator must see all
//! rows. What comes after says when it has seen enough.

mod eval;
mod expand;
mod gather;
mod many;
mod operators;
mod predicate;
mod shortest;
mod write;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use super::error::{ErrorClass, QueryError};
use super::graph::Graph;
use super::plan::{BoundTime, Plan, TimeNumber};
use super::values::{Datum, temporal};
use crate::value::{AsOf, Date, Day, Precision, Window};
use crate::watch::Watch;

pub(super) use operators::run;

/// The values of the variables.
pub(super) type Frame = Vec<Datum>;

type Done<T> = Result<T, QueryError>;

/// Whether more rows are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    More,
    Enough,
}

/// What comes after an operator.
pub(super) type Sink<'s> = &'s mut dyn FnMut(&mut Run<'_>, &mut Frame) -> Done<Flow>;

/// A query that runs.
pub(super) struct Run<'a> {
    pub(super) graph: Graph<'a>,
    pub(super) parameters: &'a BTreeMap<Arc<str>, Datum>,
    /// What the clauses of time mean.
    times: Vec<AsOf>,
    /// The time of the statement in nanoseconds from 1970.
    pub(super) now: i128,
    seed: Cell<u64>,
    deadline: Option<Instant>,
    watch: Watch,
    steps: u32,
}

/// Steps after which the clock is looked at.
const STEPS: u32 = 4_096;

impl<'a> Run<'a> {
    pub(super) fn new(
        graph: Graph<'a>,
        parameters: &'a BTreeMap<Arc<str>, Datum>,
        seed: u64,
        deadline: Option<Instant>,
    ) -> Self {
        // A seed of 0 would give zeros for ever.
        let seed = Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let now = temporal::now();
        Self { graph, parameters, times: Vec::new(), now, seed, deadline, watch: Watch::current(), steps: 0 }
    }

    /// Computes what the clauses of time of a plan mean.
    pub(super) fn set_times(&mut self, plan: &Plan) -> Done<()> {
        for time in &plan.times {
            let as_of = self.as_of(time, plan.slots)?;
            self.times.push(as_of);
        }
        Ok(())
    }

    fn as_of(&mut self, time: &BoundTime, slots: usize) -> Done<AsOf> {
        let mut frame = vec![Datum::Null; slots];
        let first = self.date(&time.first, &mut frame)?;
        let window = match &time.last {
            None => Window::as_of(first),
            Some(last) => {
                let last = self.date(last, &mut frame)?;
                Window::during(first, last).map_err(|error| {
                    QueryError::runtime(ErrorClass::Argument, "InvalidPeriod", error.to_string())
                        .at(time.range)
                })?
            }
        };
        Ok(AsOf::new(Some(window), time.reading))
    }

    /// A date of an expression: a date, a text that names a period, or a year.
    fn date(&mut self, ex: &super::plan::Ex, frame: &mut Frame) -> Done<Date> {
        let value = self.eval(ex, frame)?;
        date_of(&value).map_err(|error| error.at(ex.range))
    }

    /// What a clause of time means; `None` = everything, whenever.
    fn time(&self, number: Option<TimeNumber>) -> Option<AsOf> {
        number.and_then(|number| self.times.get(number).copied())
    }

    /// The next random number from 0 to 1 (xorshift64*, Vigna, ACM TOMS 42(4), 2016).
    pub(super) fn random(&self) -> f64 {
        let mut state = self.seed.get();
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        self.seed.set(state);
        let bits = state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11;
        bits as f64 / (1_u64 << 53) as f64
    }

    /// Stops where the time is up or the caller wants no more; called once a row.
    fn step(&mut self) -> Done<()> {
        self.steps += 1;
        if self.steps < STEPS {
            return Ok(());
        }
        self.steps = 0;
        let stopped = |code, message: &str| Err(QueryError::runtime(ErrorClass::Stopped, code, message));
        if self.watch.is_cancelled() {
            return stopped("Cancelled", "the query was cancelled");
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return stopped("Timeout", "the query took longer than it was given; nothing was written");
        }
        Ok(())
    }
}

/// A date with its precision.
pub(super) fn date_of(value: &Datum) -> Done<Date> {
    let bad = |message: String| Err(QueryError::runtime(ErrorClass::Argument, "InvalidDate", message));
    match value {
        Datum::Period(date) => Ok(*date),
        Datum::Temporal(time) => {
            let day = time.date().and_then(|day| i32::try_from(day).ok()).and_then(Day::from_number);
            match day.and_then(|day| Date::new(day, Precision::Day)) {
                Some(date) => Ok(date),
                None => bad(format!("{time} is not a date of the years -9999 to 9999")),
            }
        }
        Datum::Text(text) => text.parse().or_else(|error: crate::value::DateError| bad(error.to_string())),
        Datum::Integer(year) => match i16::try_from(*year).ok().and_then(Date::year) {
            Some(date) => Ok(date),
            None => bad(format!("{year} is not a year from -9999 to 9999")),
        },
        other => bad(format!(
            "a date is needed, found {}; write '2010', '2010-03' or date('2010-03-01')",
            other.type_name()
        )),
    }
}
