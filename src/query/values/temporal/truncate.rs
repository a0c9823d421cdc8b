//! `date.truncate('month', d)` and the like: the start of the period that a time lies in.

use super::build::{Base, Kind, finish};
use super::civil::{of_week, weekday};
use super::zone::ZoneName;
use super::{Civil, SECOND, Temporal};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::values::Datum;

/// The start of the unit in which a time lies, changed by the parts of a map.
pub(in crate::query) fn truncate(
    kind: Kind,
    unit: &str,
    time: &Temporal,
    parts: &Datum,
) -> Result<Datum, QueryError> {
    let fail = |message: String| QueryError::runtime(ErrorClass::Argument, "InvalidArgumentValue", message);
    let (day, nanos) = match (time.date(), time.time()) {
        (Some(day), nanos) => match date_start(unit, day) {
            Some(day) => (Some(day), nanos.map(|_| 0)),
            None => (Some(day), nanos),
        },
        (None, nanos) => (None, nanos),
    };
    let known = time.date().is_some_and(|day| date_start(unit, day).is_some());
    let nanos = match (known, time_unit(unit)) {
        (true, _) => Some(0),
        (false, Some(length)) => nanos.map(|nanos| nanos - nanos % length),
        (false, None) => return Err(fail(format!("{} has no unit `{unit}` to be cut to", time.type_name()))),
    };
    let missing = kind.has_date() && day.is_none() || kind.has_time() && nanos.is_none();
    if missing || !known && kind == Kind::Date {
        return Err(fail(format!("{} cannot be cut to `{unit}` here", time.type_name())));
    }
    let base = Base { day, nanos: nanos.or(Some(0)), zone: time.zone().map(ZoneName::from), truncated: true };
    let empty = std::sync::Arc::default();
    let parts = match parts {
        Datum::Map(parts) => parts,
        _ => &empty,
    };
    finish(kind, base, parts)
}

/// The first day of a period; `None` for a unit shorter than a day.
fn date_start(unit: &str, day: i64) -> Option<i64> {
    let civil = Civil::of(day);
    let year = |year: i64| Civil { year, month: 1, day: 1 }.number();
    Some(match unit {
        "millennium" => year(civil.year.div_euclid(1000) * 1000),
        "century" => year(civil.year.div_euclid(100) * 100),
        "decade" => year(civil.year.div_euclid(10) * 10),
        "year" => year(civil.year),
        "weekYear" => of_week(civil.week().0, 1, 1)?,
        "quarter" => Civil { month: civil.quarter() * 3 - 2, day: 1, ..civil }.number(),
        "month" => Civil { day: 1, ..civil }.number(),
        "week" => day - weekday(day) + 1,
        "day" => day,
        _ => return None,
    })
}

/// Nanoseconds of a unit of a day.
fn time_unit(unit: &str) -> Option<i64> {
    Some(match unit {
        "day" => super::DAY,
        "hour" => 3_600 * SECOND,
        "minute" => 60 * SECOND,
        "second" => SECOND,
        "millisecond" => 1_000_000,
        "microsecond" => 1_000,
        _ => return None,
    })
}
