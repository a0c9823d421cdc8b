//! Stored edges as edges of a GraphML.

use super::document::{AttributeType, AttributeValue, Attributes};
use super::nodes::validity;
use super::values::{cell_of, declare_further, list_text, value_on};
use crate::graph::{EdgeRef, KeyId, Snapshot};
use crate::value::Day;

/// Keys that other attributes hold.
const HELD: [&str; 5] = ["id", "source", "confidence", "note", "weight"];

/// Names that readers, or our own attributes, take for something else.
const RESERVED: [&str; 18] = [
    "id",
    "label",
    "edgelabel",
    "color",
    "r",
    "g",
    "b",
    "interaction",
    "name",
    "source",
    "target",
    "directed",
    "undirected",
    "suid",
    "selected",
    "shared name",
    "shared interaction",
    "direction",
];

/// Further attributes of edges: one for each property that a stored edge has.
pub(super) struct StoredSheet {
    further: Vec<(KeyId, AttributeType)>,
    day: Option<Day>,
}

impl StoredSheet {
    /// Declares the attributes after those in `columns`.
    pub(super) fn declare(snapshot: &Snapshot, day: Option<Day>, columns: &mut Attributes) -> Self {
        let elements = snapshot.edges().map(EdgeRef::properties);
        let further = declare_further(snapshot.catalogue(), elements, &HELD, &RESERVED, columns);
        Self { further, day }
    }

    /// How many attributes it declared.
    pub(super) fn len(&self) -> usize {
        self.further.len()
    }

    /// The attributes of an edge: those of [`SHARED`] in order, then the declared ones.
    pub(super) fn cells(&self, id: &str, edge: EdgeRef<'_>) -> Vec<Option<AttributeValue>> {
        let value = |key: &str| edge.property(key).and_then(|property| value_on(&property, self.day));
        let [from, to, attested] = validity(&edge.validity());
        let edge_type = || Some(AttributeValue::Text(edge.edge_type().to_owned()));
        let mut cells = vec![
            Some(AttributeValue::Text(id.to_owned())),
            edge_type(),
            edge_type(),
            edge.text_id().map(|id| AttributeValue::Text(id.to_string())),
            Some(AttributeValue::Boolean(false)),
            Some(AttributeValue::Boolean(false)),
            value("weight").and_then(|value| value.as_number()).map(AttributeValue::Double),
            from,
            to,
            attested,
            value("source").map(|value| list_text(&value)),
            value("confidence").map(|value| AttributeValue::Text(value.to_string())),
            value("note").map(|value| AttributeValue::Text(value.to_string())),
        ];
        cells.extend(
            self.further.iter().map(|(key, kind)| cell_of(&edge.property_of(*key)?, *kind, self.day)),
        );
        cells
    }
}

/// Attributes that derived and stored edges share, in order.
pub(super) const SHARED: [(&str, AttributeType); 13] = [
    // The XML id again: igraph 1.0 loses it.
    ("edge_id", AttributeType::Text),
    ("edgelabel", AttributeType::Text),
    ("interaction", AttributeType::Text),
    ("row_id", AttributeType::Text),
    ("undirected", AttributeType::Boolean),
    ("derived", AttributeType::Boolean),
    ("weight", AttributeType::Double),
    ("valid_from", AttributeType::Text),
    ("valid_to", AttributeType::Text),
    ("attested", AttributeType::Text),
    ("sources", AttributeType::Text),
    ("confidence", AttributeType::Text),
    ("note", AttributeType::Text),
];
