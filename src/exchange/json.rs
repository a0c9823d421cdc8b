//! A property as JSON, exactly: for the dump and for what the tables of a package cannot hold.
//!
//! Numbers without point or exponent are integers, others floats; a date is `{"date": "2010-03"}`;
//! dated values are `{"spells": [{"value": …, "from": …, "to": …, "attested": […], "with": {…}}]}`.

use serde_json::{Map, Number, Value as Json};

use crate::graph::{Catalogue, KeyId, Properties, Property, Spell};
use crate::value::{Bound, Validity, Value};

/// Gives the number of a key, or says why there is none.
pub(super) type KeyNumbers<'k> = dyn FnMut(&str) -> Result<KeyId, String> + 'k;

/// JSON that is not a property.
#[derive(Debug, thiserror::Error)]
pub(super) enum JsonFault {
    #[error("it is not JSON ({0})")]
    Json(#[from] serde_json::Error),
    #[error(
        "{found} is a whole number beyond 64 bits; write it as text, or with a decimal point where it may be rounded"
    )]
    Whole { found: String },
    #[error("{found} is not {wanted}")]
    Shape { found: String, wanted: &'static str },
    #[error(transparent)]
    Validity(#[from] crate::value::ValidityError),
    #[error("{0}")]
    Name(String),
}

impl JsonFault {
    fn shape(found: &Json, wanted: &'static str) -> Self {
        let found: String = found.to_string().chars().take(60).collect();
        Self::Shape { found, wanted }
    }
}

/// Reads JSON, and refuses whole numbers that the parser would round.
pub(super) fn read_json(text: &[u8]) -> Result<Json, JsonFault> {
    let json = serde_json::from_slice(text)?;
    match whole_beyond(text) {
        Some(found) => {
            Err(JsonFault::Whole { found: String::from_utf8_lossy(found).chars().take(60).collect() })
        }
        None => Ok(json),
    }
}

/// The first number in a JSON text without point or exponent that is not an integer of 64 bits.
fn whole_beyond(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [] => return None,
            [b'"', string @ ..] => after_string(string),
            [b'-' | b'0'..=b'9', ..] => {
                let is_part = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                let end = text.iter().position(|byte| !is_part(byte)).unwrap_or(text.len());
                let (number, rest) = text.split_at(end);
                let is_whole = !number.iter().any(|byte| b".eE".contains(byte));
                if is_whole && std::str::from_utf8(number).ok()?.parse::<i64>().is_err() {
                    return Some(number);
                }
                rest
            }
            [_, rest @ ..] => rest,
        };
    }
}

/// What follows a string after its first quotation mark.
fn after_string(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [b'\\', _, rest @ ..] => rest,
            [b'"', rest @ ..] => return rest,
            [_, rest @ ..] => rest,
            [] => return text,
        };
    }
}

fn value_to_json(value: &Value) -> Json {
    let object =
        |key: &str, text: String| Json::Object(Map::from_iter([(key.to_owned(), Json::String(text))]));
    match value {
        Value::Boolean(truth) => Json::Bool(*truth),
        Value::Integer(number) => Json::Number((*number).into()),
        Value::Float(number) => match Number::from_f64(*number) {
            Some(number) => Json::Number(number),
            None => object("float", number.to_string()),
        },
        Value::Text(text) => Json::String(text.to_string()),
        Value::Date(date) => object("date", date.to_string()),
        Value::List(values) => Json::Array(values.iter().map(value_to_json).collect()),
    }
}

fn value_from_json(json: &Json) -> Result<Value, JsonFault> {
    let wrong =
        || JsonFault::shape(json, "a value: true, 1, 1.5, \"text\", {\"date\": …} or a list of these");
    Ok(match json {
        Json::Bool(truth) => Value::Boolean(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None if number.is_f64() => Value::Float(number.as_f64().ok_or_else(wrong)?),
            None => return Err(wrong()),
        },
        Json::String(text) => Value::Text(text.as_str().into()),
        Json::Array(values) => Value::List(values.iter().map(value_from_json).collect::<Result<_, _>>()?),
        Json::Object(object) => match (object.get("date"), object.get("float")) {
            (Some(Json::String(date)), None) => Value::Date(date.parse().map_err(|_| wrong())?),
            (None, Some(Json::String(number))) => Value::Float(number.parse().map_err(|_| wrong())?),
            _ => return Err(wrong()),
        },
        Json::Null => return Err(wrong()),
    })
}

/// Writes `from`, `to` and `attested`; what is unknown is left out.
pub(super) fn put_validity(into: &mut Map<String, Json>, validity: &Validity) {
    for (key, bound) in [("from", validity.from), ("to", validity.to)] {
        if bound != Bound::Unknown {
            into.insert(key.to_owned(), Json::String(bound.to_string()));
        }
    }
    if !validity.attested.is_empty() {
        let dates = validity.attested.iter().map(|date| Json::String(date.to_string()));
        into.insert("attested".to_owned(), Json::Array(dates.collect()));
    }
}

/// Reads what [`put_validity`] writes.
pub(super) fn get_validity(object: &Map<String, Json>) -> Result<Validity, JsonFault> {
    let text = |key: &str| match object.get(key) {
        None => Ok(""),
        Some(Json::String(text)) => Ok(text.as_str()),
        Some(other) => Err(JsonFault::shape(other, "a date in quotes")),
    };
    let attested = match object.get("attested") {
        None => String::new(),
        Some(Json::Array(dates)) => {
            let texts = dates
                .iter()
                .map(|date| date.as_str().ok_or_else(|| JsonFault::shape(date, "a date in quotes")));
            texts.collect::<Result<Vec<_>, _>>()?.join(";")
        }
        Some(other) => return Err(JsonFault::shape(other, "a list of dates")),
    };
    Ok(Validity::parse(text("from")?, text("to")?, &attested)?)
}

fn spell_to_json(catalogue: &Catalogue, spell: &Spell) -> Json {
    let mut object = Map::new();
    object.insert("value".to_owned(), value_to_json(&spell.value));
    put_validity(&mut object, &spell.validity);
    if !spell.qualifiers.is_empty() {
        let mut named: Vec<_> = spell
            .qualifiers
            .iter()
            .map(|(key, value)| (catalogue.key_name(*key).to_owned(), value_to_json(value)))
            .collect();
        named.sort_by(|a, b| a.0.cmp(&b.0));
        object.insert("with".to_owned(), Json::Object(named.into_iter().collect()));
    }
    Json::Object(object)
}

fn spell_from_json(keys: &mut KeyNumbers<'_>, json: &Json) -> Result<Spell, JsonFault> {
    let wrong = || JsonFault::shape(json, "a spell: {\"value\": …, \"from\": …, \"to\": …}");
    let object = json.as_object().ok_or_else(wrong)?;
    let value = value_from_json(object.get("value").ok_or_else(wrong)?)?;
    let validity = get_validity(object)?;
    let mut qualifiers: Vec<(KeyId, Value)> = Vec::new();
    if let Some(with) = object.get("with") {
        for (key, value) in with.as_object().ok_or_else(wrong)? {
            qualifiers.push((keys(key).map_err(JsonFault::Name)?, value_from_json(value)?));
        }
    }
    qualifiers.sort_by_key(|(key, _)| *key);
    Ok(Spell { validity, value, qualifiers })
}

/// One property.
pub(super) fn property_to_json(catalogue: &Catalogue, property: &Property) -> Json {
    match property {
        Property::Fixed(value) => value_to_json(value),
        Property::Dated(spells) => {
            let spells = spells.iter().map(|spell| spell_to_json(catalogue, spell)).collect();
            Json::Object(Map::from_iter([("spells".to_owned(), Json::Array(spells))]))
        }
    }
}

/// Reads what [`property_to_json`] writes.
pub(super) fn property_from_json(keys: &mut KeyNumbers<'_>, json: &Json) -> Result<Property, JsonFault> {
    match json.get("spells") {
        Some(Json::Array(spells)) => {
            let spells = spells.iter().map(|spell| spell_from_json(keys, spell));
            Ok(Property::Dated(spells.collect::<Result<Vec<_>, _>>()?.into()))
        }
        Some(other) => Err(JsonFault::shape(other, "a list of spells")),
        None => value_from_json(json).map(Property::Fixed),
    }
}

/// All properties, by key name.
pub(super) fn properties_to_json<'a>(
    catalogue: &Catalogue,
    properties: impl Iterator<Item = (KeyId, &'a Property)>,
) -> Map<String, Json> {
    let mut named: Vec<_> = properties
        .map(|(key, property)| (catalogue.key_name(key).to_owned(), property_to_json(catalogue, property)))
        .collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    named.into_iter().collect()
}

/// Reads what [`properties_to_json`] writes.
pub(super) fn properties_from_json(keys: &mut KeyNumbers<'_>, json: &Json) -> Result<Properties, JsonFault> {
    let object = json.as_object().ok_or_else(|| JsonFault::shape(json, "an object of properties"))?;
    let mut properties = Properties::new();
    for (key, value) in object {
        let property = property_from_json(keys, value)?;
        properties.insert(keys(key).map_err(JsonFault::Name)?, property);
    }
    Ok(properties)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_beyond_64_bits_are_refused() {
        for text in [
            "9223372036854775808",
            "-9223372036854775809",
            "18446744073709551616",
            "123456789012345678901234567890",
            r#"{"a\\":[1,"\"",-99999999999999999999]}"#,
        ] {
            assert!(matches!(read_json(text.as_bytes()), Err(JsonFault::Whole { .. })), "{text}");
        }
        assert_eq!(
            read_json(b"[1,18446744073709551616]").unwrap_err().to_string(),
            "18446744073709551616 is a whole number beyond 64 bits; write it as text, or with a decimal point where \
             it may be rounded"
        );
    }

    #[test]
    fn other_numbers_are_what_they_say() {
        let read = |text: &str| value_from_json(&read_json(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(read("9223372036854775807"), Value::Integer(i64::MAX));
        assert_eq!(read("-9223372036854775808"), Value::Integer(i64::MIN));
        assert_eq!(read("18446744073709551616.0"), Value::Float(18_446_744_073_709_551_616.0));
        assert_eq!(read("1e19"), Value::Float(1e19));
        let text = r#"["99999999999999999999","\\",7]"#;
        let list = [Value::text("99999999999999999999"), Value::text("\\"), Value::Integer(7)];
        assert_eq!(read(text), Value::List(list.into()));
    }

    #[test]
    fn a_negative_zero_keeps_its_sign() {
        let text = value_to_json(&Value::Float(-0.0)).to_string();
        assert_eq!(text, "-0.0");
        let back = value_from_json(&read_json(text.as_bytes()).unwrap()).unwrap();
        assert!(matches!(back, Value::Float(zero) if zero.is_sign_negative()));
    }
}
