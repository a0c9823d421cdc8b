//! Nodes of a GraphML: their ids and their attributes.

use std::collections::{BTreeSet, HashMap};

use super::NodeMeasure;
use super::document::{AttributeType, AttributeValue, Attributes, Domain};
use super::values::{cell_of, declare_further, list_text, value_on};
use crate::graph::{KeyId, NodeIx, NodeRef, Property, Snapshot};
use crate::relations::vocabulary::label;
use crate::relations::{Provinces, TierSchemes};
use crate::value::{Bound, Day, Validity, Value};

/// Stable node ids: `n_` and the text id, other characters than ASCII letters, digits, `.` and `-` as
/// `_XXXX_`; `Label/id` where the node is not a government; `n1`, `n2` … where there is no text id.
pub(super) fn node_ids(snapshot: &Snapshot) -> HashMap<NodeIx, String> {
    let mut nodes: Vec<NodeRef<'_>> = snapshot.nodes().collect();
    nodes.sort_by_key(|node| node.id());
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut unnamed = 0_usize;
    let mut ids = HashMap::with_capacity(nodes.len());
    for node in nodes {
        let base = match node.text_id() {
            Some(id) if node.has_label(label::GOVERNMENT) => format!("n_{}", encode(&id)),
            Some(id) => {
                let label = node.labels().first().map_or("", |label| snapshot.catalogue().label_name(*label));
                format!("n_{}", encode(&format!("{label}/{id}")))
            }
            None => {
                unnamed += 1;
                format!("n{unnamed}")
            }
        };
        let free = |id: &String| !taken.contains(id);
        let counted = (2..).map(|count| format!("{base}.{count}"));
        let id = std::iter::once(base.clone()).chain(counted).find(free).unwrap_or_default();
        taken.insert(id.clone());
        ids.insert(node.ix(), id);
    }
    ids
}

/// Text as part of an XML name.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '-') {
            encoded.push(character);
        } else {
            encoded.push_str(&format!("_{:04X}_", u32::from(character)));
        }
    }
    encoded
}

/// Attributes that every node has, in order.
const FIXED: [(&str, AttributeType); 21] = [
    ("label", AttributeType::Text),
    ("name_en", AttributeType::Text),
    ("gov_id", AttributeType::Text),
    ("row_id", AttributeType::Text),
    ("node_type", AttributeType::Text),
    ("labels", AttributeType::Text),
    ("scheme", AttributeType::Text),
    ("level", AttributeType::Text),
    ("rank", AttributeType::Text),
    ("type", AttributeType::Text),
    ("province", AttributeType::Text),
    ("province_id", AttributeType::Text),
    ("lon", AttributeType::Double),
    ("lat", AttributeType::Double),
    ("valid_from", AttributeType::Text),
    ("valid_to", AttributeType::Text),
    ("attested", AttributeType::Text),
    ("sources", AttributeType::Text),
    ("confidence", AttributeType::Text),
    ("note", AttributeType::Text),
    ("aliases", AttributeType::Text),
];

/// Keys that the fixed attributes hold.
const HELD: [&str; 14] = [
    "id",
    "name",
    "name_en",
    "code",
    "scheme",
    "level",
    "rank",
    "type",
    "lon",
    "lat",
    "source",
    "confidence",
    "note",
    "aliases",
];

/// Names that readers take for something else.
const RESERVED: [&str; 16] = [
    "id",
    "x",
    "y",
    "z",
    "xpos",
    "ypos",
    "zpos",
    "size",
    "r",
    "g",
    "b",
    "color",
    "nodelabel",
    "suid",
    "selected",
    "shared name",
];

/// How nodes are described.
pub(super) struct NodeSheet<'s> {
    pub(super) columns: Attributes,
    /// Further properties: key and the kind of its attribute.
    further: Vec<(KeyId, AttributeType)>,
    /// Measures, after all properties.
    measures: &'s [NodeMeasure],
    provinces: Provinces<'s>,
    day: Option<Day>,
}

impl<'s> NodeSheet<'s> {
    /// Attributes of governments alone.
    pub(super) fn of_governments(snapshot: &'s Snapshot, schemes: &'s TierSchemes, day: Option<Day>) -> Self {
        let mut columns = Attributes::new(Domain::Node);
        for (name, kind) in FIXED {
            columns.add(name, kind);
        }
        Self { columns, further: Vec::new(), measures: &[], provinces: Provinces::of(snapshot, schemes), day }
    }

    /// Attributes of all nodes with all their properties.
    pub(super) fn of_all(snapshot: &'s Snapshot, schemes: &'s TierSchemes, day: Option<Day>) -> Self {
        let mut sheet = Self::of_governments(snapshot, schemes, day);
        let elements = snapshot.nodes().map(NodeRef::properties);
        sheet.further = declare_further(snapshot.catalogue(), elements, &HELD, &RESERVED, &mut sheet.columns);
        sheet
    }

    /// The same with measures beside the properties.
    pub(super) fn with_measures(mut self, measures: &'s [NodeMeasure]) -> Self {
        for measure in measures {
            self.columns.add(&measure.name, AttributeType::Double);
        }
        self.measures = measures;
        self
    }

    /// The attributes of a node.
    pub(super) fn cells(&self, node: NodeRef<'_>) -> Vec<Option<AttributeValue>> {
        let snapshot = node.snapshot();
        let value = |key: &str| node.property(key).and_then(|property| value_on(&property, self.day));
        let text = |key: &str| value(key).map(|value| AttributeValue::Text(value.to_string()));
        let number = |key: &str| value(key).and_then(|value| value.as_number()).map(AttributeValue::Double);
        let id = node.text_id().map(|id| id.to_string());
        let labels: Vec<&str> =
            node.labels().iter().map(|label| snapshot.catalogue().label_name(*label)).collect();
        let caption = text("name").or_else(|| id.clone().map(AttributeValue::Text));
        let province = self.province(node);
        let province_name = province
            .and_then(|node| value_on(&node.property("name")?, self.day))
            .map(|name| name.to_string());
        let province_id = province.and_then(|node| node.text_id()).map(|id| id.to_string());
        let [from, to, attested] = validity(&node.validity());
        let mut cells = vec![
            caption,
            text("name_en"),
            text("code"),
            id.map(AttributeValue::Text),
            labels.first().map(|label| AttributeValue::Text((*label).to_owned())),
            Some(AttributeValue::Text(labels.iter().map(|label| format!(":{label}")).collect())),
            text("scheme"),
            text("level"),
            text("rank"),
            text("type"),
            province_name.map(AttributeValue::Text),
            province_id.map(AttributeValue::Text),
            number("lon"),
            number("lat"),
            from,
            to,
            attested,
            value("source").map(|value| list_text(&value)),
            text("confidence"),
            text("note"),
            value("aliases").map(|value| list_text(&value)),
        ];
        cells.extend(
            self.further.iter().map(|(key, kind)| cell_of(&node.property_of(*key)?, *kind, self.day)),
        );
        let measured = self.measures.iter().map(|own| own.values.get(&node.id()));
        cells.extend(measured.map(|value| value.copied().map(AttributeValue::Double)));
        debug_assert_eq!(cells.len(), self.columns.len());
        cells
    }

    /// The province of a government on the day; without a day, on the last day on which it may exist.
    fn province<'n>(&self, node: NodeRef<'n>) -> Option<NodeRef<'n>> {
        let last = match node.validity().extent().possible.to {
            Day::MAX => Day::LAST,
            to => to.previous(),
        };
        let province = self.provinces.province(node.ix(), self.day.unwrap_or(last))?;
        node.snapshot().node_at(province)
    }

    /// How many values in time the attributes leave out: those that do not hold on the day.
    pub(super) fn left_out(&self, node: NodeRef<'_>) -> usize {
        let properties = node.properties();
        let spells = properties.iter().map(|(_, property)| match property {
            Property::Fixed(_) => 0,
            Property::Dated(spells) => {
                let shown = usize::from(value_on(property, self.day).is_some());
                spells.len().saturating_sub(shown)
            }
        });
        spells.sum()
    }
}

/// `valid_from`, `valid_to` and `attested` as text.
pub(super) fn validity(validity: &Validity) -> [Option<AttributeValue>; 3] {
    let bound = |bound: Bound| (bound != Bound::Unknown).then(|| AttributeValue::Text(bound.to_string()));
    let dates = validity.attested.iter().map(|date| Value::text(&date.to_string())).collect();
    let attested = (!validity.attested.is_empty()).then(|| list_text(&Value::List(dates)));
    [bound(validity.from), bound(validity.to), attested]
}
