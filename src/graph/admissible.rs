//! Which values may stand in the graph, whatever the label, the type or the schema?
//!
//! Numbers are finite: one that is not is not even equal to itself, so that every comparison of two states would find
//! a difference. Dates need no check, for none beyond the calendar can be made.

use super::{Catalogue, Change, ChangeError, ChangeSet, KeyId, Properties, Subject};
use crate::value::Value;

/// The first value in it that may not stand anywhere.
fn fault_in(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) if !number.is_finite() => Some(*number),
        Value::List(items) => items.iter().find_map(fault_in),
        _ => None,
    }
}

/// Whether all values of an element may stand in the graph. Lists must not lie deeper than the limit.
pub(crate) fn check_values(
    subject: Subject,
    properties: &Properties,
    catalogue: &Catalogue,
) -> Result<(), ChangeError> {
    let fault = properties.iter().find_map(|(key, property)| {
        let own = property.values().map(|value| (None, value));
        let qualifiers = property.spells().iter().flat_map(|spell| &spell.qualifiers);
        let mut all = own.chain(qualifiers.map(|(qualifier, value)| (Some(*qualifier), value)));
        all.find_map(|(qualifier, value)| Some((key, qualifier, fault_in(value)?)))
    });
    let Some((key, qualifier, number)) = fault else { return Ok(()) };
    let name = |key: KeyId| catalogue.key_name(key).to_owned();
    Err(ChangeError::NotFinite {
        subject,
        key: name(key),
        qualifier: qualifier.map(name),
        number: number.to_string(),
    })
}

impl ChangeSet {
    /// Whether all values that it puts may stand in the graph, under the names of the state after it.
    pub(super) fn check_values(&self, catalogue: &Catalogue) -> Result<(), ChangeError> {
        self.iter().try_for_each(|change| match change {
            Change::PutNode(node) => check_values(Subject::Node(node.id), &node.properties, catalogue),
            Change::PutEdge(edge) => check_values(Subject::Edge(edge.id), &edge.properties, catalogue),
            Change::RemoveNode(_) | Change::RemoveEdge(_) => Ok(()),
        })
    }
}
