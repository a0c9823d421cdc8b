//! Sums of times and durations.

use super::zone::ZoneName;
use super::{Civil, DAY, Duration, Temporal};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::syntax::ast::BinaryOp;
use crate::query::values::Datum;

/// The value of an operator between temporal values; `None` if it has none.
pub(in crate::query) fn arithmetic(op: BinaryOp, a: &Datum, b: &Datum) -> Result<Option<Datum>, QueryError> {
    let beyond = || {
        let message = "the result lies beyond the calendar";
        QueryError::runtime(ErrorClass::Arithmetic, "NumberOutOfRange", message)
    };
    let result = match (op, a, b) {
        (BinaryOp::Add, Datum::Duration(a), Datum::Duration(b)) => a.plus(**b).map(Datum::duration),
        (BinaryOp::Subtract, Datum::Duration(a), Datum::Duration(b)) => {
            a.plus(b.negated()).map(Datum::duration)
        }
        (BinaryOp::Add, Datum::Temporal(time), Datum::Duration(by))
        | (BinaryOp::Add, Datum::Duration(by), Datum::Temporal(time)) => time.plus(**by).map(Datum::temporal),
        (BinaryOp::Subtract, Datum::Temporal(time), Datum::Duration(by)) => {
            time.plus(by.negated()).map(Datum::temporal)
        }
        (BinaryOp::Multiply, Datum::Duration(duration), factor)
        | (BinaryOp::Multiply, factor, Datum::Duration(duration)) => {
            let Some(factor) = number(factor) else { return Ok(None) };
            duration.times(factor).map(Datum::duration)
        }
        (BinaryOp::Divide, Datum::Duration(duration), divisor) => {
            let Some(divisor) = number(divisor) else { return Ok(None) };
            duration.times(1.0 / divisor).map(Datum::duration)
        }
        _ => return Ok(None),
    };
    result.map(Some).ok_or_else(beyond)
}

fn number(value: &Datum) -> Option<f64> {
    match value {
        Datum::Integer(number) => Some(*number as f64),
        Datum::Float(number) => Some(*number),
        _ => None,
    }
}

impl Temporal {
    /// The time a duration later: months first, then days, then seconds. `None` beyond the calendar.
    pub(super) fn plus(&self, by: Duration) -> Option<Self> {
        let moved = |day: i64| Civil::of(day).plus_months(by.months)?.number().checked_add(by.days);
        let wrapped = |nanos: i64| {
            i64::try_from((i128::from(nanos) + by.total_nanos()).rem_euclid(i128::from(DAY))).ok()
        };
        Some(match self {
            Self::Date(day) => {
                let days = i64::try_from(by.total_nanos() / i128::from(DAY)).ok()?;
                Self::Date(within(moved(*day)?.checked_add(days)?)?)
            }
            Self::LocalTime(nanos) => Self::LocalTime(wrapped(*nanos)?),
            Self::Time(nanos, zone) => Self::Time(wrapped(*nanos)?, zone.clone()),
            Self::LocalDateTime(day, nanos) => {
                let (day, nanos) = carried(moved(*day)?, i128::from(*nanos) + by.total_nanos())?;
                Self::LocalDateTime(day, nanos)
            }
            Self::DateTime(day, nanos, zone) => {
                // Days are days of the calendar; seconds pass in the world.
                let name = ZoneName::from(zone);
                let day = moved(*day)?;
                let start = Self::DateTime(day, *nanos, name.at_local(day, *nanos));
                at_instant(start.instant() + by.total_nanos(), &name)?
            }
        })
    }
}

/// A datetime of an instant.
pub(super) fn at_instant(instant: i128, zone: &ZoneName) -> Option<Temporal> {
    let zone = zone.at_instant(instant);
    let local = instant + i128::from(zone.offset) * i128::from(super::SECOND);
    let (day, nanos) = carried(0, local)?;
    Some(Temporal::DateTime(day, nanos, zone))
}

/// A day and a time of day, of a day and any number of nanoseconds.
fn carried(day: i64, nanos: i128) -> Option<(i64, i64)> {
    let days = i64::try_from(nanos.div_euclid(i128::from(DAY))).ok()?;
    Some((within(day.checked_add(days)?)?, i64::try_from(nanos.rem_euclid(i128::from(DAY))).ok()?))
}

/// The day, if the calendar has it.
fn within(day: i64) -> Option<i64> {
    (day.abs() < 366_000_000_000)
        .then(|| Civil::of(day))
        .and_then(|civil| Civil::new(civil.year, civil.month, civil.day))
        .map(|_| day)
}
