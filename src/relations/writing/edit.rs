//! To correct one value as it is typed (S17).

use super::{WriteError, Writer};
use crate::graph::{ChangeError, ColumnType, Draft, NodeRef, PropertyKind, PropertySpec};
use crate::relations::caption;
use crate::value::{Date, Value};

/// An edit that cannot be made; nothing is changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The label declares no such property.
    #[error("{label} has no property {key}; it has {}", known.join(", "))]
    NoProperty {
        /// The label.
        label: String,
        /// What was asked for.
        key: String,
        /// What it has.
        known: Vec<String>,
    },
    /// The text is not a value of the property's type.
    #[error("“{text}” is not a valid {wanted} for {key}")]
    Value {
        /// The property.
        key: String,
        /// What was written.
        text: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// A fixed property has no dates.
    #[error("{key} holds for the whole life (S3) and takes no date; leave the date out to correct it")]
    Fixed {
        /// The property.
        key: String,
    },
    /// An observation belongs to a period and a source.
    #[error(
        "{key} is an observation (S3): its period and source belong to it; import a row of the table observations"
    )]
    Observation {
        /// The property.
        key: String,
    },
    /// The state cannot be written so.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The change does not fit.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

/// Sets a property of a node and says what was and what is.
///
/// A state with a date opens a spell there and closes the former one; without a date the latest value is
/// corrected, as is a fixed property (S17).
///
/// # Errors
/// [`EditError`].
pub fn set_value(
    draft: &mut Draft<'_>,
    node: NodeRef<'_>,
    key: &str,
    text: &str,
    from: Option<Date>,
) -> Result<String, EditError> {
    let spec = spec_of(node, key)?;
    let value = read_value(&spec, text)?;
    match (spec.kind, from) {
        (PropertyKind::Observation, _) => return Err(EditError::Observation { key: key.to_owned() }),
        (PropertyKind::Fixed, Some(_)) => return Err(EditError::Fixed { key: key.to_owned() }),
        (PropertyKind::Fixed | PropertyKind::State, _) => {}
    }
    let was = node.value(key).map_or_else(|| "nothing".to_owned(), |value| value.to_string());
    if spec.kind == PropertyKind::State {
        Writer::new(draft).set_state(node.id(), key, value, from)?;
    } else {
        draft.set_node(node.id(), key, value)?;
    }
    let since = from.map_or_else(String::new, |from| format!(" from {from}"));
    Ok(format!("{}: {key} was {was}, is {text}{since}", caption(node)))
}

/// The declaration of a property on one of a node's labels; a node without declared labels takes text.
fn spec_of(node: NodeRef<'_>, key: &str) -> Result<PropertySpec, EditError> {
    let catalogue = node.snapshot().catalogue();
    let labels: Vec<&str> = node.labels().iter().map(|label| catalogue.label_name(*label)).collect();
    let specs: Vec<&PropertySpec> = labels
        .iter()
        .filter_map(|label| catalogue.schema().label(label))
        .flat_map(|label| &label.properties)
        .collect();
    if let Some(spec) = specs.iter().find(|spec| spec.key == key) {
        return Ok((*spec).clone());
    }
    let common = ["confidence", "note", "source"];
    if !specs.is_empty() && !common.contains(&key) {
        let known = specs.iter().map(|spec| spec.key.clone()).chain(common.map(str::to_owned)).collect();
        return Err(EditError::NoProperty { label: labels.join(" "), key: key.to_owned(), known });
    }
    Ok(PropertySpec {
        key: key.to_owned(),
        kind: PropertyKind::Fixed,
        column_type: if key == "source" { ColumnType::TextList } else { ColumnType::Text },
        required: false,
        search: false,
        values: Vec::new(),
        values_of: None,
        target: Vec::new(),
        doc: String::new(),
    })
}

fn read_value(spec: &PropertySpec, text: &str) -> Result<Value, EditError> {
    let wrong = |wanted| EditError::Value { key: spec.key.clone(), text: text.to_owned(), wanted };
    Ok(match spec.column_type {
        ColumnType::Text | ColumnType::Reference => Value::text(text),
        ColumnType::TextList => Value::texts(text.split(';').map(str::trim).filter(|part| !part.is_empty())),
        ColumnType::Integer => Value::Integer(text.parse().map_err(|_| wrong("whole number"))?),
        ColumnType::Float => {
            let number: f64 = text.parse().map_err(|_| wrong("number"))?;
            if !number.is_finite() {
                return Err(wrong("finite number"));
            }
            Value::Float(number)
        }
        ColumnType::Boolean => Value::Boolean(text.parse().map_err(|_| wrong("true or false"))?),
        ColumnType::Date => Value::Date(text.parse().map_err(|_| wrong("date"))?),
    })
}
