//! Of lists.

use super::{Function, Result, Takes, any, boolean, first, integer, wrong};
use crate::query::bind::Type;
use crate::query::error::{ErrorClass, QueryError};
use crate::query::execute::Run;
use crate::query::values::Datum;

pub(super) const TABLE: &[Function] = &[
    Function::new("size", &[Takes::ListOrText], integer, |_, arguments| match &arguments[0] {
        Datum::List(items) => Ok(Datum::Integer(items.len() as i64)),
        Datum::Text(text) => Ok(Datum::Integer(text.chars().count() as i64)),
        other => Err(wrong("size", Takes::ListOrText, other)),
    }),
    Function::new("isEmpty", &[Takes::Any], boolean, |_, arguments| match &arguments[0] {
        Datum::List(items) => Ok(Datum::Boolean(items.is_empty())),
        Datum::Text(text) => Ok(Datum::Boolean(text.is_empty())),
        Datum::Map(entries) => Ok(Datum::Boolean(entries.is_empty())),
        other => Err(wrong("isEmpty", Takes::ListOrText, other)),
    }),
    Function::new("head", &[Takes::List], item, |_, arguments| {
        Ok(items("head", &arguments[0])?.first().cloned().unwrap_or(Datum::Null))
    }),
    Function::new("last", &[Takes::List], item, |_, arguments| {
        Ok(items("last", &arguments[0])?.last().cloned().unwrap_or(Datum::Null))
    }),
    Function::new("tail", &[Takes::List], first, |_, arguments| {
        Ok(Datum::list(items("tail", &arguments[0])?.iter().skip(1).cloned()))
    }),
    Function::new("reverse", &[Takes::ListOrText], first, |_, arguments| match &arguments[0] {
        Datum::List(items) => Ok(Datum::list(items.iter().rev().cloned())),
        Datum::Text(text) => Ok(Datum::text(&text.chars().rev().collect::<String>())),
        other => Err(wrong("reverse", Takes::ListOrText, other)),
    }),
    Function::new("range", &[Takes::Any, Takes::Any, Takes::Any], integers, range).at_least(2),
];

fn item(types: &[Type]) -> Type {
    if let Some(Type::List(of)) = types.first() { Type::clone(of) } else { any(types) }
}

fn integers(_: &[Type]) -> Type {
    Type::list(Type::Integer)
}

fn items<'a>(name: &str, value: &'a Datum) -> std::result::Result<&'a [Datum], QueryError> {
    if let Datum::List(items) = value { Ok(items) } else { Err(wrong(name, Takes::List, value)) }
}

/// Numbers that a list may have: what does not fit memory is not a list.
const LONGEST: i128 = 10_000_000;

fn range(_: &Run<'_>, arguments: &[Datum]) -> Result {
    let whole = |value: &Datum| match value {
        Datum::Integer(number) => Ok(*number),
        other => {
            let message = format!("`range` needs integers, found {}", other.type_name());
            Err(QueryError::runtime(ErrorClass::Argument, "InvalidArgumentType", message))
        }
    };
    let (start, end) = (whole(&arguments[0])?, whole(&arguments[1])?);
    let step = arguments.get(2).map_or(Ok(1), whole)?;
    let fail = |message: &str| QueryError::runtime(ErrorClass::Argument, "NumberOutOfRange", message);
    if step == 0 {
        return Err(fail("the step of `range` must not be 0"));
    }
    let count = (i128::from(end) - i128::from(start)) / i128::from(step) + 1;
    let empty = if step > 0 { start > end } else { start < end };
    if empty {
        return Ok(Datum::list([]));
    }
    if count > LONGEST {
        return Err(fail("this `range` has more than 10 million numbers"));
    }
    let numbers = (0..count).map(|at| i128::from(start) + at * i128::from(step));
    Ok(Datum::list(numbers.map(|number| i64::try_from(number).map_or(Datum::Null, Datum::Integer))))
}
