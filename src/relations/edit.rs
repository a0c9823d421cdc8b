//! To correct or end one fact (S17, S18).

use std::sync::Arc;

use super::caption::{caption, edge_caption};
use crate::graph::{
    ChangeError, ColumnType, Draft, EdgeRef, NodeRef, Property, PropertyKind, PropertySpec, Spell, Subject,
};
use crate::value::{Bound, Date, Truth, Validity, ValidityError, Value, Window};

/// An edit that cannot be made; nothing is changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
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
    /// The text is no value of the property's type.
    #[error("“{text}” is no {wanted} for {key}")]
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
    /// The new spell would begin before the latest one.
    #[error(
        "{key} holds “{value}” from {from} on; a spell that begins {at} lies before it: import the history as rows of the table states"
    )]
    Earlier {
        /// The property.
        key: String,
        /// The latest value.
        value: String,
        /// Its start.
        from: String,
        /// The start that was asked for.
        at: Date,
    },
    /// It has ended already.
    #[error("{what} has ended {to} already")]
    Ended {
        /// The element.
        what: String,
        /// Its end.
        to: String,
    },
    /// Ties outlive the node.
    #[error("{what} still has {} that outlive {at}, for example {}; end them too with --with-ties (S18)", count_text(*count), first)]
    Outlived {
        /// The node.
        what: String,
        /// The date.
        at: Date,
        /// How many.
        count: usize,
        /// One of them.
        first: String,
    },
    /// The dates do not fit.
    #[error(transparent)]
    Validity(#[from] ValidityError),
    /// The change does not fit.
    #[error(transparent)]
    Change(#[from] ChangeError),
}

fn count_text(count: usize) -> String {
    if count == 1 { "1 edge".to_owned() } else { format!("{count} edges") }
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
    let id = draft.key(key)?;
    let before = node.property(key);
    let was =
        before.as_ref().and_then(Property::latest).map_or_else(|| "nothing".to_owned(), ToString::to_string);
    let property = match from {
        None => corrected(before, value),
        Some(from) => {
            let id_key = draft.key("id")?;
            opened(key, before, &node.validity(), value, from, id_key, node)?
        }
    };
    draft.edit_node(node.id())?.properties.insert(id, property);
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

/// The property with its latest value replaced.
fn corrected(before: Option<Property>, value: Value) -> Property {
    match before {
        Some(Property::Dated(spells)) => {
            let mut spells = spells.to_vec();
            if let Some(last) = spells.last_mut() {
                last.value = value;
            }
            Property::Dated(spells.into())
        }
        _ => Property::Fixed(value),
    }
}

/// The property with a new spell from a date on and the former one closed there.
fn opened(
    key: &str,
    before: Option<Property>,
    life: &Validity,
    value: Value,
    from: Date,
    id_key: crate::graph::KeyId,
    node: NodeRef<'_>,
) -> Result<Property, EditError> {
    let mut spells: Vec<Spell> = match before {
        Some(Property::Dated(spells)) => spells.to_vec(),
        Some(Property::Fixed(value)) => {
            let id = spell_id(node, key, &life.from.to_string());
            vec![Spell { validity: life.clone(), value, qualifiers: vec![(id_key, id)] }]
        }
        None => Vec::new(),
    };
    if let Some(last) = spells.last_mut() {
        if last.validity.from.date().is_some_and(|start| from.first_day() <= start.first_day()) {
            return Err(EditError::Earlier {
                key: key.to_owned(),
                value: last.value.to_string(),
                from: last.validity.from.to_string(),
                at: from,
            });
        }
        let kept = last.validity.attested.iter().copied().filter(|date| date.first_day() < from.first_day());
        last.validity = Validity::new(last.validity.from, Bound::Known(from), kept.collect())?;
    }
    let to = if life.to == Bound::Unknown { Bound::Unknown } else { life.to };
    let attested = if to == Bound::Unknown { vec![from] } else { Vec::new() };
    let id = spell_id(node, key, &from.to_string());
    spells.push(Spell {
        validity: Validity::new(Bound::Known(from), to, attested)?,
        value,
        qualifiers: vec![(id_key, id)],
    });
    Ok(Property::Dated(spells.into()))
}

fn spell_id(node: NodeRef<'_>, key: &str, from: &str) -> Value {
    Value::Text(Arc::from(format!("{}.{key}.{from}", node.text_id().unwrap_or_default())))
}

/// Ends a node at a date: it holds until then (S17, S18). With `with_ties` all edges that outlive it end too;
/// what was ended is returned, the node first.
///
/// # Errors
/// [`EditError::Outlived`] where edges outlive the node and are not to be ended; [`EditError`].
pub fn end_node(
    draft: &mut Draft<'_>,
    node: NodeRef<'_>,
    at: Date,
    reason: Option<&str>,
    with_ties: bool,
) -> Result<Vec<Subject>, EditError> {
    let validity = ended(&node.validity(), at, || caption(node))?;
    let outliving: Vec<EdgeRef<'_>> = node
        .out_edges()
        .chain(node.in_edges())
        .filter(|edge| edge.edge_type() != "SUCCEEDED_BY")
        .filter(|edge| {
            edge.validity().to != Bound::Unknown
                || edge.validity().holds_in(Window::on(at.first_day())) != Truth::False
        })
        .filter(|edge| edge.validity().extent().possible.to > at.first_day())
        .collect();
    if let (Some(first), false) = (outliving.first(), with_ties) {
        return Err(EditError::Outlived {
            what: caption(node),
            at,
            count: outliving.len(),
            first: edge_caption(*first),
        });
    }
    let mut touched = vec![Subject::Node(node.id())];
    for edge in outliving {
        end_edge(draft, edge, at, None)?;
        touched.push(Subject::Edge(edge.id()));
    }
    draft.edit_node(node.id())?.validity = validity;
    if let Some(reason) = reason {
        draft.set_node(node.id(), "end_reason", Value::text(reason))?;
    }
    Ok(touched)
}

/// Ends an edge at a date: "it stopped" (S17).
///
/// # Errors
/// [`EditError::Ended`], [`EditError::Validity`] where it begins later.
pub fn end_edge(
    draft: &mut Draft<'_>,
    edge: EdgeRef<'_>,
    at: Date,
    reason: Option<&str>,
) -> Result<(), EditError> {
    let validity = ended(&edge.validity(), at, || edge_caption(edge))?;
    draft.edit_edge(edge.id())?.validity = validity;
    if let Some(reason) = reason {
        draft.set_edge(edge.id(), "end_reason", Value::text(reason))?;
    }
    Ok(())
}

fn ended(validity: &Validity, at: Date, what: impl Fn() -> String) -> Result<Validity, EditError> {
    if let Bound::Known(to) = validity.to
        && to.first_day() <= at.first_day()
    {
        return Err(EditError::Ended { what: what(), to: to.to_string() });
    }
    let kept = validity.attested.iter().copied().filter(|date| date.first_day() < at.first_day());
    Ok(Validity::new(validity.from, Bound::Known(at), kept.collect())?)
}
