//! From one type to another.

use super::{Function, Result, Takes, a_text, any, boolean, float, integer, wrong};
use crate::query::bind::Type;
use crate::query::execute::Run;
use crate::query::values::{Datum, equals, text_of};

pub(super) const TABLE: &[Function] = &[
    Function::new("toInteger", &[Takes::Any], integer, |_, arguments| to_integer(&arguments[0])),
    Function::new("toIntegerOrNull", &[Takes::Any], integer, |_, arguments| {
        Ok(to_integer(&arguments[0]).unwrap_or(Datum::Null))
    }),
    Function::new("toFloat", &[Takes::Any], float, |_, arguments| to_float(&arguments[0])),
    Function::new("toFloatOrNull", &[Takes::Any], float, |_, arguments| {
        Ok(to_float(&arguments[0]).unwrap_or(Datum::Null))
    }),
    Function::new("toBoolean", &[Takes::Any], boolean, |_, arguments| to_boolean(&arguments[0])),
    Function::new("toBooleanOrNull", &[Takes::Any], boolean, |_, arguments| {
        Ok(to_boolean(&arguments[0]).unwrap_or(Datum::Null))
    }),
    Function::new("toString", &[Takes::Any], a_text, |_, arguments| to_text(&arguments[0])),
    Function::new("toStringOrNull", &[Takes::Any], a_text, |_, arguments| {
        Ok(to_text(&arguments[0]).unwrap_or(Datum::Null))
    }),
    Function::new("coalesce", &[Takes::Any], coalesced, coalesce).endless().lenient(),
    Function::new("nullIf", &[Takes::Any, Takes::Any], any, |_, arguments| {
        let same = equals(&arguments[0], &arguments[1]) == Some(true);
        Ok(if same { Datum::Null } else { arguments[0].clone() })
    })
    .lenient(),
    Function::new("valueType", &[Takes::Any], a_text, |_, arguments| Ok(Datum::text(type_of(&arguments[0]))))
        .lenient(),
];

fn coalesced(types: &[Type]) -> Type {
    types.iter().cloned().fold(Type::Null, Type::join)
}

fn coalesce(_: &Run<'_>, arguments: &[Datum]) -> Result {
    Ok(arguments.iter().find(|value| !value.is_null()).cloned().unwrap_or(Datum::Null))
}

fn to_integer(value: &Datum) -> Result {
    // Within the range of i64, as a double has it.
    let whole = |number: f64| {
        let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&number);
        if fits { Datum::Integer(number.trunc() as i64) } else { Datum::Null }
    };
    match value {
        Datum::Integer(_) => Ok(value.clone()),
        Datum::Float(number) => Ok(whole(*number)),
        Datum::Boolean(truth) => Ok(Datum::Integer(i64::from(*truth))),
        Datum::Text(text) => {
            let text = text.trim();
            let number = text.parse().map(Datum::Integer).ok();
            let decimal = || parsed(text).map(whole);
            Ok(number.or_else(decimal).unwrap_or(Datum::Null))
        }
        other => Err(wrong("toInteger", Takes::Number, other)),
    }
}

/// A decimal number; the words that Rust reads as numbers are none.
fn parsed(text: &str) -> Option<f64> {
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    (digits && plain).then(|| text.parse().ok())?
}

fn to_float(value: &Datum) -> Result {
    match value {
        Datum::Float(_) => Ok(value.clone()),
        Datum::Integer(number) => Ok(Datum::Float(*number as f64)),
        Datum::Text(text) => Ok(parsed(text.trim()).map_or(Datum::Null, Datum::Float)),
        other => Err(wrong("toFloat", Takes::Number, other)),
    }
}

fn to_boolean(value: &Datum) -> Result {
    match value {
        Datum::Boolean(_) => Ok(value.clone()),
        Datum::Integer(number) => Ok(Datum::Boolean(*number != 0)),
        Datum::Text(text) => Ok(match text.trim().to_lowercase().as_str() {
            "true" => Datum::Boolean(true),
            "false" => Datum::Boolean(false),
            _ => Datum::Null,
        }),
        other => Err(wrong("toBoolean", Takes::Boolean, other)),
    }
}

fn to_text(value: &Datum) -> Result {
    text_of(value).map(Datum::Text).ok_or_else(|| wrong("toString", Takes::Text, value))
}

fn type_of(value: &Datum) -> &'static str {
    match value {
        Datum::Null => "NULL",
        Datum::Boolean(_) => "BOOLEAN NOT NULL",
        Datum::Integer(_) => "INTEGER NOT NULL",
        Datum::Float(_) => "FLOAT NOT NULL",
        Datum::Text(_) => "STRING NOT NULL",
        Datum::Period(_) => "DATE NOT NULL",
        Datum::Temporal(time) => match time.type_name() {
            "a date" => "DATE NOT NULL",
            "a local time" => "LOCAL TIME NOT NULL",
            "a time" => "ZONED TIME NOT NULL",
            "a local datetime" => "LOCAL DATETIME NOT NULL",
            _ => "ZONED DATETIME NOT NULL",
        },
        Datum::Duration(_) => "DURATION NOT NULL",
        Datum::List(_) => "LIST<ANY> NOT NULL",
        Datum::Map(_) => "MAP NOT NULL",
        Datum::Node(_) => "NODE NOT NULL",
        Datum::Edge(_) => "RELATIONSHIP NOT NULL",
        Datum::Path(_) => "PATH NOT NULL",
    }
}
