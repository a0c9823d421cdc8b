//! Nodes of a GraphML: their ids and their attributes.

use std::collections::{BTreeSet, HashMap};

use super::NodeMeasure;
use super::document::{Cell, Columns, Domain, Kind};
use super::values::{cell_of, declare_further, list_text, value_on};
use crate::graph::{KeyId, NodeIx, NodeRef, Property, Snapshot};
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
            Some(id) if node.has_label("Government") => format!("n_{}", encode(&id)),
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
const FIXED: [(&str, Kind); 21] = [
    ("label", Kind::Text),
    ("name_en", Kind::Text),
    ("gov_id", Kind::Text),
    ("row_id", Kind::Text),
    ("node_type", Kind::Text),
    ("labels", Kind::Text),
    ("scheme", Kind::Text),
    ("level", Kind::Text),
    ("rank", Kind::Text),
    ("type", Kind::Text),
    ("province", Kind::Text),
    ("province_id", Kind::Text),
    ("lon", Kind::Double),
    ("lat", Kind::Double),
    ("valid_from", Kind::Text),
    ("valid_to", Kind::Text),
    ("attested", Kind::Text),
    ("sources", Kind::Text),
    ("confidence", Kind::Text),
    ("note", Kind::Text),
    ("aliases", Kind::Text),
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
    pub(super) columns: Columns,
    /// Further properties: key and the kind of its attribute.
    further: Vec<(KeyId, Kind)>,
    /// Measures, after all properties.
    measures: &'s [NodeMeasure],
    provinces: Provinces<'s>,
    day: Option<Day>,
}

impl<'s> NodeSheet<'s> {
    /// Attributes of governments alone.
    pub(super) fn of_governments(snapshot: &'s Snapshot, schemes: &'s TierSchemes, day: Option<Day>) -> Self {
        let mut columns = Columns::new(Domain::Node);
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
            self.columns.add(&measure.name, Kind::Double);
        }
        self.measures = measures;
        self
    }

    /// The attributes of a node.
    pub(super) fn cells(&self, node: NodeRef<'_>) -> Vec<Option<Cell>> {
        let snapshot = node.snapshot();
        let value = |key: &str| node.property(key).and_then(|property| value_on(&property, self.day));
        let text = |key: &str| value(key).map(|value| Cell::Text(value.to_string()));
        let number = |key: &str| value(key).and_then(|value| value.as_number()).map(Cell::Double);
        let id = node.text_id().map(|id| id.to_string());
        let labels: Vec<&str> =
            node.labels().iter().map(|label| snapshot.catalogue().label_name(*label)).collect();
        let caption = text("name").or_else(|| id.clone().map(Cell::Text));
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
            id.map(Cell::Text),
            labels.first().map(|label| Cell::Text((*label).to_owned())),
            Some(Cell::Text(labels.iter().map(|label| format!(":{label}")).collect())),
            text("scheme"),
            text("level"),
            text("rank"),
            text("type"),
            province_name.map(Cell::Text),
            province_id.map(Cell::Text),
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
        cells.extend(measured.map(|value| value.copied().map(Cell::Double)));
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
pub(super) fn validity(validity: &Validity) -> [Option<Cell>; 3] {
    let bound = |bound: Bound| (bound != Bound::Unknown).then(|| Cell::Text(bound.to_string()));
    let dates = validity.attested.iter().map(|date| Value::text(&date.to_string())).collect();
    let attested = (!validity.attested.is_empty()).then(|| list_text(&Value::List(dates)));
    [bound(validity.from), bound(validity.to), attested]
}
