//! Sums, differences, products, quotients, remainders and powers.

use std::sync::Arc;

use super::Datum;
use crate::query::error::{ErrorClass, QueryError};
use crate::query::syntax::ast::BinaryOp;

fn overflow() -> QueryError {
    let message = "the result does not fit a whole number of 64 bits";
    QueryError::runtime(ErrorClass::Arithmetic, "IntegerOverflow", message)
        .hint("calculate with floats: `1.0 * x`")
}

/// The value of an arithmetic operator; null where an operand is null.
pub(in crate::query) fn arithmetic(op: BinaryOp, a: &Datum, b: &Datum) -> Result<Datum, QueryError> {
    match (op, a, b) {
        (BinaryOp::Add | BinaryOp::Concatenate, Datum::List(_), _) | (BinaryOp::Add, _, Datum::List(_)) => {
            Ok(append(a, b))
        }
        (_, Datum::Null, _) | (_, _, Datum::Null) => Ok(Datum::Null),
        (BinaryOp::Concatenate, Datum::Text(a), Datum::Text(b)) => Ok(Datum::Text(format!("{a}{b}").into())),
        (BinaryOp::Add, Datum::Text(_), _) | (BinaryOp::Add, _, Datum::Text(_)) => joined(a, b),
        (_, Datum::Integer(a), Datum::Integer(b)) => whole(op, *a, *b),
        (_, Datum::Integer(a), Datum::Float(b)) => Ok(Datum::Float(float(op, *a as f64, *b))),
        (_, Datum::Float(a), Datum::Integer(b)) => Ok(Datum::Float(float(op, *a, *b as f64))),
        (_, Datum::Float(a), Datum::Float(b)) => Ok(Datum::Float(float(op, *a, *b))),
        _ => super::temporal::arithmetic(op, a, b)?.ok_or_else(|| refused(op, a, b)),
    }
}

fn refused(op: BinaryOp, a: &Datum, b: &Datum) -> QueryError {
    let message = format!("`{}` does not join {} and {}", op.form().0, a.type_name(), b.type_name());
    QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message)
}

/// A list and what is put before or after it.
fn append(a: &Datum, b: &Datum) -> Datum {
    let items = |value: &Datum| match value {
        Datum::List(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    if a.is_null() || b.is_null() {
        return Datum::Null;
    }
    let mut all = items(a);
    all.extend(items(b));
    Datum::list(all)
}

/// A text and a text, number or boolean.
fn joined(a: &Datum, b: &Datum) -> Result<Datum, QueryError> {
    let text = |value: &Datum| match value {
        Datum::Text(text) => Some(Arc::clone(text)),
        Datum::Integer(_) | Datum::Float(_) | Datum::Boolean(_) | Datum::Temporal(_) | Datum::Period(_) => {
            super::text_of(value)
        }
        Datum::Duration(_) => super::text_of(value),
        _ => None,
    };
    match (text(a), text(b)) {
        (Some(left), Some(right)) => Ok(Datum::Text(format!("{left}{right}").into())),
        _ => Err(refused(BinaryOp::Add, a, b)),
    }
}

fn whole(op: BinaryOp, a: i64, b: i64) -> Result<Datum, QueryError> {
    let by_zero =
        || QueryError::runtime(ErrorClass::Arithmetic, "DivisionByZero", "a whole number is divided by zero");
    let result = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Subtract => a.checked_sub(b),
        BinaryOp::Multiply => a.checked_mul(b),
        BinaryOp::Divide if b == 0 => return Err(by_zero()),
        BinaryOp::Divide => a.checked_div(b),
        BinaryOp::Remainder if b == 0 => return Err(by_zero()),
        BinaryOp::Remainder => a.checked_rem(b).or(Some(0)),
        _ => return Ok(Datum::Float(float(op, a as f64, b as f64))),
    };
    result.map(Datum::Integer).ok_or_else(overflow)
}

fn float(op: BinaryOp, a: f64, b: f64) -> f64 {
    match op {
        BinaryOp::Add => a + b,
        BinaryOp::Subtract => a - b,
        BinaryOp::Multiply => a * b,
        BinaryOp::Divide => a / b,
        BinaryOp::Remainder => a % b,
        // One result on all systems.
        _ => libm::pow(a, b),
    }
}

/// The value with the other sign.
pub(in crate::query) fn negate(value: &Datum) -> Result<Datum, QueryError> {
    match value {
        Datum::Null => Ok(Datum::Null),
        Datum::Integer(number) => number.checked_neg().map(Datum::Integer).ok_or_else(overflow),
        Datum::Float(number) => Ok(Datum::Float(-number)),
        Datum::Duration(value) => Ok(Datum::duration(value.negated())),
        other => {
            let message = format!("`-` needs a number, found {}", other.type_name());
            Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
        }
    }
}
