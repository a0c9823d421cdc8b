//! From what the graph holds to values of a query, and back.

use std::sync::Arc;

use super::Datum;
use super::temporal::Temporal;
use crate::query::error::{ErrorClass, QueryError};
use crate::value::{Date, Day, Precision, Value};

/// The value of a stored one.
pub(in crate::query) fn of_stored(value: &Value) -> Datum {
    match value {
        Value::Boolean(truth) => Datum::Boolean(*truth),
        Value::Integer(number) => Datum::Integer(*number),
        Value::Float(number) => Datum::Float(*number),
        Value::Text(text) => Datum::Text(Arc::clone(text)),
        Value::Date(date) if date.precision() == Precision::Day => {
            Datum::temporal(Temporal::Date(i64::from(date.first_day().number())))
        }
        Value::Date(date) => Datum::Period(*date),
        Value::List(items) => Datum::list(items.iter().map(of_stored)),
    }
}

/// The value as a property holds it; `None` for null, which removes a property.
pub(in crate::query) fn to_stored(value: &Datum) -> Result<Option<Value>, QueryError> {
    let stored = match value {
        Datum::Null => return Ok(None),
        Datum::Boolean(truth) => Value::Boolean(*truth),
        Datum::Integer(number) => Value::Integer(*number),
        Datum::Float(number) => Value::Float(*number),
        Datum::Text(text) => Value::text(text),
        Datum::Period(date) => Value::Date(*date),
        Datum::Temporal(time) => Value::Date(day_of(time, value)?),
        Datum::List(items) => {
            let items = items.iter().map(|item| to_stored(item)?.ok_or_else(|| refused(item)));
            Value::List(items.collect::<Result<_, _>>()?)
        }
        other => return Err(refused(other)),
    };
    Ok(Some(stored))
}

fn day_of(time: &Temporal, value: &Datum) -> Result<Date, QueryError> {
    let Temporal::Date(day) = time else { return Err(refused(value)) };
    let day = i32::try_from(*day).ok().and_then(Day::from_number);
    day.and_then(|day| Date::new(day, Precision::Day)).ok_or_else(|| {
        let message =
            format!("the date {time} lies outside the years -9999 to 9999 that a property can hold");
        QueryError::runtime(ErrorClass::Type, "InvalidPropertyType", message)
    })
}

fn refused(value: &Datum) -> QueryError {
    let message = match value {
        Datum::Null => "a property cannot hold a list with null in it".to_owned(),
        other => format!("a property cannot hold {}", other.type_name()),
    };
    let hint = match value {
        Datum::Temporal(_) | Datum::Duration(_) => "store its text: `toString(x)`",
        _ => "a property holds booleans, numbers, texts, dates and lists of these",
    };
    QueryError::runtime(ErrorClass::Type, "InvalidPropertyType", message).hint(hint)
}
