//! Functions of many rows: counts, sums, means, extremes, lists, percentiles, deviations.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::hash::RandomState;

use crate::query::error::{ErrorClass, QueryError};
use crate::query::syntax::ast::BinaryOp;
use crate::query::values::{Datum, GroupKey, arithmetic, order};

/// An aggregate function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum AggregateFunction {
    CountAll,
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Collect,
    PercentileDisc,
    PercentileCont,
    /// Standard deviation of a sample, and of a whole population.
    StDev,
    StDevP,
}

const NAMES: [(&str, AggregateFunction); 10] = [
    ("count", AggregateFunction::Count),
    ("sum", AggregateFunction::Sum),
    ("avg", AggregateFunction::Avg),
    ("min", AggregateFunction::Min),
    ("max", AggregateFunction::Max),
    ("collect", AggregateFunction::Collect),
    ("percentileDisc", AggregateFunction::PercentileDisc),
    ("percentileCont", AggregateFunction::PercentileCont),
    ("stDev", AggregateFunction::StDev),
    ("stDevP", AggregateFunction::StDevP),
];

impl AggregateFunction {
    /// The function of a name, whatever its case.
    pub(in crate::query) fn find(name: &str) -> Option<Self> {
        NAMES.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, function)| *function)
    }

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }

    /// How many arguments it takes.
    pub(in crate::query) fn arguments(self) -> usize {
        match self {
            Self::CountAll => 0,
            Self::PercentileDisc | Self::PercentileCont => 2,
            _ => 1,
        }
    }
}

/// What has been gathered of a group.
#[derive(Debug)]
pub(in crate::query) struct Accumulator {
    function: AggregateFunction,
    count: i64,
    /// Sum, extreme.
    value: Datum,
    items: Vec<Datum>,
    seen: Option<HashSet<GroupKey, RandomState>>,
    percentile: f64,
}

impl Accumulator {
    pub(in crate::query) fn new(function: AggregateFunction, distinct: bool) -> Self {
        Self {
            function,
            count: 0,
            value: Datum::Null,
            items: Vec::new(),
            seen: distinct.then(HashSet::default),
            percentile: 0.0,
        }
    }

    /// Takes a row in.
    pub(in crate::query) fn add(&mut self, arguments: &[Datum]) -> Result<(), QueryError> {
        let Some(value) = arguments.first() else {
            self.count += 1;
            return Ok(());
        };
        if let Some(share) = arguments.get(1) {
            self.percentile = share_of(share)?;
        }
        if value.is_null() {
            return Ok(());
        }
        if let Some(seen) = &mut self.seen
            && !seen.insert(GroupKey(value.clone()))
        {
            return Ok(());
        }
        self.count += 1;
        match self.function {
            AggregateFunction::CountAll | AggregateFunction::Count => {}
            AggregateFunction::Sum | AggregateFunction::Avg => self.sum(value)?,
            AggregateFunction::Min => self.extreme(value, Ordering::Less),
            AggregateFunction::Max => self.extreme(value, Ordering::Greater),
            AggregateFunction::Collect => self.items.push(value.clone()),
            AggregateFunction::PercentileDisc
            | AggregateFunction::PercentileCont
            | AggregateFunction::StDev
            | AggregateFunction::StDevP => {
                number(value)?;
                self.items.push(value.clone());
            }
        }
        Ok(())
    }

    fn sum(&mut self, value: &Datum) -> Result<(), QueryError> {
        if !matches!(value, Datum::Duration(_)) {
            number(value)?;
        }
        let sum =
            if self.value.is_null() { value.clone() } else { arithmetic(BinaryOp::Add, &self.value, value)? };
        self.value = sum;
        Ok(())
    }

    fn extreme(&mut self, value: &Datum, wanted: Ordering) {
        if self.value.is_null() || order(value, &self.value) == wanted {
            self.value = value.clone();
        }
    }

    /// The value of the group.
    pub(in crate::query) fn finish(self) -> Result<Datum, QueryError> {
        Ok(match self.function {
            AggregateFunction::CountAll | AggregateFunction::Count => Datum::Integer(self.count),
            AggregateFunction::Sum if self.value.is_null() => Datum::Integer(0),
            AggregateFunction::Avg if self.count > 0 => {
                arithmetic(BinaryOp::Divide, &as_float(self.value), &Datum::Float(self.count as f64))?
            }
            AggregateFunction::Sum
            | AggregateFunction::Avg
            | AggregateFunction::Min
            | AggregateFunction::Max => self.value,
            AggregateFunction::Collect => Datum::list(self.items),
            AggregateFunction::PercentileDisc => self.percentile_disc(),
            AggregateFunction::PercentileCont => self.percentile_cont()?,
            AggregateFunction::StDev => deviation(&self.items, 1)?,
            AggregateFunction::StDevP => deviation(&self.items, 0)?,
        })
    }

    fn sorted(&self) -> Vec<Datum> {
        let mut sorted = self.items.clone();
        sorted.sort_by(order);
        sorted
    }

    /// The smallest value with at least that share of all at or below it.
    fn percentile_disc(&self) -> Datum {
        let sorted = self.sorted();
        let place = (self.percentile * sorted.len() as f64).ceil() as usize;
        sorted.get(place.saturating_sub(1)).cloned().unwrap_or(Datum::Null)
    }

    /// Between the two values next to that share, in proportion.
    fn percentile_cont(&self) -> Result<Datum, QueryError> {
        let sorted = self.sorted();
        let Some(last) = sorted.len().checked_sub(1) else { return Ok(Datum::Null) };
        let place = self.percentile * last as f64;
        let (below, above) = (place.floor() as usize, place.ceil() as usize);
        let (low, high) = (number(&sorted[below])?, number(&sorted[above.min(last)])?);
        Ok(Datum::Float(low + (high - low) * (place - place.floor())))
    }
}

fn as_float(value: Datum) -> Datum {
    if let Datum::Integer(number) = value { Datum::Float(number as f64) } else { value }
}

fn number(value: &Datum) -> Result<f64, QueryError> {
    match value {
        Datum::Integer(number) => Ok(*number as f64),
        Datum::Float(number) => Ok(*number),
        other => {
            let message = format!("this aggregate needs numbers, found {}", other.type_name());
            Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
        }
    }
}

fn share_of(value: &Datum) -> Result<f64, QueryError> {
    let share = number(value)?;
    if (0.0..=1.0).contains(&share) {
        return Ok(share);
    }
    let message = format!("a percentile lies between 0 and 1, found {share}");
    Err(QueryError::runtime(ErrorClass::Argument, "NumberOutOfRange", message))
}

/// Standard deviation by two passes; 0 for fewer than two values.
fn deviation(items: &[Datum], less: usize) -> Result<Datum, QueryError> {
    let numbers = items.iter().map(number).collect::<Result<Vec<f64>, _>>()?;
    if numbers.len() < 2 {
        return Ok(Datum::Float(0.0));
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|number| (number - mean) * (number - mean)).sum();
    Ok(Datum::Float((squares / (numbers.len() - less) as f64).sqrt()))
}
