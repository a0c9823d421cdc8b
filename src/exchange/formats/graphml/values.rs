//! Values of the graph as attribute values.

use std::collections::BTreeMap;

use super::document::{AttributeType, AttributeValue, Attributes};
use crate::graph::{Catalogue, KeyId, Properties, Property};
use crate::value::{Day, Value};

/// The value of a property on a day; without a day its latest (S3).
pub(super) fn value_on(property: &Property, day: Option<Day>) -> Option<Value> {
    match day {
        Some(day) => property.at(day).cloned(),
        None => property.latest().cloned(),
    }
}

/// The narrowest kind that holds all values of a property and what `known` holds.
fn kind_of(property: &Property, known: Option<AttributeType>) -> AttributeType {
    let of = |value: &Value| match value {
        Value::Boolean(_) => AttributeType::Boolean,
        Value::Integer(_) => AttributeType::Long,
        Value::Float(_) => AttributeType::Double,
        Value::Text(_) | Value::Date(_) | Value::List(_) => AttributeType::Text,
    };
    let kinds: Vec<AttributeType> = match property {
        Property::Fixed(value) => vec![of(value)],
        Property::Dated(spells) => spells.iter().map(|spell| of(&spell.value)).collect(),
    };
    kinds.into_iter().chain(known).reduce(widen).unwrap_or(AttributeType::Text)
}

fn widen(a: AttributeType, b: AttributeType) -> AttributeType {
    match (a, b) {
        (a, b) if a == b => a,
        (AttributeType::Long, AttributeType::Double) | (AttributeType::Double, AttributeType::Long) => {
            AttributeType::Double
        }
        _ => AttributeType::Text,
    }
}

/// Declares an attribute for each key that the elements hold and `held` does not name, in the order of the
/// names, of the narrowest kind that holds all its values.
pub(super) fn declare_further(
    catalogue: &Catalogue,
    elements: impl Iterator<Item = Properties>,
    held: &[&str],
    reserved: &[&str],
    columns: &mut Attributes,
) -> Vec<(KeyId, AttributeType)> {
    let mut kinds: BTreeMap<String, (KeyId, Option<AttributeType>)> = BTreeMap::new();
    for properties in elements {
        for (key, property) in properties.iter() {
            let name = catalogue.key_name(key);
            if !held.contains(&name) {
                let known = kinds.entry(name.to_owned()).or_insert((key, None));
                known.1 = Some(kind_of(property, known.1));
            }
        }
    }
    let mut further = Vec::with_capacity(kinds.len());
    for (name, (key, kind)) in kinds {
        let kind = kind.unwrap_or(AttributeType::Text);
        columns.add(&renamed(&name, reserved), kind);
        further.push((key, kind));
    }
    further
}

/// The value as an attribute of a kind.
pub(super) fn cell_of(property: &Property, kind: AttributeType, day: Option<Day>) -> Option<AttributeValue> {
    let value = value_on(property, day)?;
    Some(match (kind, &value) {
        (AttributeType::Boolean, Value::Boolean(truth)) => AttributeValue::Boolean(*truth),
        (AttributeType::Long, Value::Integer(number)) => AttributeValue::Long(*number),
        (AttributeType::Double, _) => AttributeValue::Double(value.as_number()?),
        (_, Value::List(_)) => list_text(&value),
        _ => AttributeValue::Text(value.to_string()),
    })
}

/// A list, or a single value, as JSON text.
pub(super) fn list_text(value: &Value) -> AttributeValue {
    fn json(value: &Value) -> serde_json::Value {
        match value {
            Value::Boolean(truth) => (*truth).into(),
            Value::Integer(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Text(_) | Value::Date(_) => value.to_string().into(),
            Value::List(values) => values.iter().map(json).collect(),
        }
    }
    let json = match value {
        Value::List(_) => json(value),
        single => serde_json::Value::Array(vec![json(single)]),
    };
    AttributeValue::Text(json.to_string())
}

/// The name, with `p_` before it where readers would take it for something else.
pub(super) fn renamed(name: &str, reserved: &[&str]) -> String {
    if reserved.contains(&name.to_lowercase().as_str()) { format!("p_{name}") } else { name.to_owned() }
}
