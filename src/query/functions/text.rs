//! Of texts; positions count characters.

use super::{Function, Result, Takes, a_text, integer, texts, wrong};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::execute::Run;
use crate::query::values::Datum;

/// A function from text to text.
macro_rules! of_text {
    ($name:literal, $run:expr) => {
        Function::new($name, &[Takes::Text], a_text, |_, arguments| {
            let run: fn(&str) -> String = $run;
            Ok(Datum::text(&run(text($name, &arguments[0])?)))
        })
    };
}

pub(super) const TABLE: &[Function] = &[
    of_text!("toUpper", str::to_uppercase),
    of_text!("upper", str::to_uppercase),
    of_text!("toLower", str::to_lowercase),
    of_text!("lower", str::to_lowercase),
    of_text!("trim", |text| text.trim().to_owned()),
    of_text!("btrim", |text| text.trim().to_owned()),
    of_text!("ltrim", |text| text.trim_start().to_owned()),
    of_text!("rtrim", |text| text.trim_end().to_owned()),
    of_text!("normalize", crate::value::normalize),
    of_text!("fold", crate::value::fold),
    Function::new("char_length", &[Takes::Text], integer, length),
    Function::new("character_length", &[Takes::Text], integer, length),
    Function::new("replace", &[Takes::Text, Takes::Text, Takes::Text], a_text, |_, arguments| {
        let (own, from) = (text("replace", &arguments[0])?, text("replace", &arguments[1])?);
        let to = text("replace", &arguments[2])?;
        Ok(Datum::text(&if from.is_empty() { own.to_owned() } else { own.replace(from, to) }))
    }),
    Function::new("split", &[Takes::Text, Takes::Any], texts, split),
    Function::new("substring", &[Takes::Text, Takes::Integer, Takes::Integer], a_text, substring).at_least(2),
    Function::new("left", &[Takes::Text, Takes::Integer], a_text, |_, arguments| {
        let count = count("left", &arguments[1])?;
        Ok(Datum::text(&text("left", &arguments[0])?.chars().take(count).collect::<String>()))
    }),
    Function::new("right", &[Takes::Text, Takes::Integer], a_text, |_, arguments| {
        let (own, count) = (text("right", &arguments[0])?, count("right", &arguments[1])?);
        let skipped = own.chars().count().saturating_sub(count);
        Ok(Datum::text(&own.chars().skip(skipped).collect::<String>()))
    }),
];

fn text<'a>(name: &str, value: &'a Datum) -> std::result::Result<&'a str, QueryError> {
    if let Datum::Text(text) = value { Ok(text) } else { Err(wrong(name, Takes::Text, value)) }
}

/// How many characters; none fewer than none.
fn count(name: &str, value: &Datum) -> std::result::Result<usize, QueryError> {
    match value {
        Datum::Integer(number) => usize::try_from(*number).map_err(|_| {
            let message = format!("`{name}` counts characters, found {number}");
            QueryError::runtime(ErrorClass::Argument, "NumberOutOfRange", message)
        }),
        other => Err(wrong(name, Takes::Integer, other)),
    }
}

fn length(_: &Run<'_>, arguments: &[Datum]) -> Result {
    Ok(Datum::Integer(text("char_length", &arguments[0])?.chars().count() as i64))
}

fn substring(_: &Run<'_>, arguments: &[Datum]) -> Result {
    let own = text("substring", &arguments[0])?;
    let start = count("substring", &arguments[1])?;
    let most = arguments.get(2).map_or(Ok(usize::MAX), |value| count("substring", value))?;
    Ok(Datum::text(&own.chars().skip(start).take(most).collect::<String>()))
}

fn split(_: &Run<'_>, arguments: &[Datum]) -> Result {
    let own = text("split", &arguments[0])?;
    let separators: Vec<&str> = match &arguments[1] {
        Datum::List(items) => {
            items.iter().map(|item| text("split", item)).collect::<std::result::Result<_, _>>()?
        }
        one => vec![text("split", one)?],
    };
    if separators.iter().any(|separator| separator.is_empty()) {
        return Ok(Datum::list(own.chars().map(|letter| Datum::text(letter.encode_utf8(&mut [0; 4])))));
    }
    let (mut parts, mut rest) = (Vec::new(), own);
    let next = |rest: &str| {
        let found = separators.iter().filter_map(|separator| Some((rest.find(separator)?, separator.len())));
        found.min()
    };
    while let Some((at, length)) = next(rest) {
        parts.push(Datum::text(&rest[..at]));
        rest = &rest[at + length..];
    }
    parts.push(Datum::text(rest));
    Ok(Datum::list(parts))
}
