//! Version 1 of the records on disk. Field order is the format: these structs are frozen.

use std::sync::Arc;

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use crate::graph::{
    Catalogue, Change, ChangeSet, EdgeId, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeId, NodeRecord,
    Properties, Property, Spell, TypeId,
};
use crate::store::engine::envelope::{Flaw, Record};
use crate::value::{Bound, Date, Day, Precision, Validity, Value};

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) enum PrecisionV1 {
    Year,
    Month,
    Day,
}

impl From<Precision> for PrecisionV1 {
    fn from(precision: Precision) -> Self {
        match precision {
            Precision::Year => Self::Year,
            Precision::Month => Self::Month,
            Precision::Day => Self::Day,
        }
    }
}

impl From<PrecisionV1> for Precision {
    fn from(precision: PrecisionV1) -> Self {
        match precision {
            PrecisionV1::Year => Self::Year,
            PrecisionV1::Month => Self::Month,
            PrecisionV1::Day => Self::Day,
        }
    }
}

/// A date: days since 1970-01-01 and its precision. An earlier program could write days beyond the calendar, which are
/// no dates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::store) struct DateV1(Date);

impl Encode for DateV1 {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.0.first_day().number().encode(encoder)?;
        PrecisionV1::from(self.0.precision()).encode(encoder)
    }
}

impl<Context> Decode<Context> for DateV1 {
    fn decode<D: Decoder<Context = Context>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let (day, precision) = (i32::decode(decoder)?, PrecisionV1::decode(decoder)?);
        let date = Day::from_number(day).and_then(|first| Date::new(first, precision.into()));
        let beyond = || DecodeError::OtherString(format!("day {day} from 1970-01-01 is not in the calendar"));
        date.map(Self).ok_or_else(beyond)
    }
}

bincode::impl_borrow_decode!(DateV1);

impl From<Date> for DateV1 {
    fn from(date: Date) -> Self {
        Self(date)
    }
}

impl From<DateV1> for Date {
    fn from(date: DateV1) -> Self {
        date.0
    }
}

/// One end of a validity (S1).
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) enum BoundV1 {
    Unknown,
    Open,
    Known(DateV1),
}

impl From<Bound> for BoundV1 {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::Unknown => Self::Unknown,
            Bound::Open => Self::Open,
            Bound::Known(date) => Self::Known(date.into()),
        }
    }
}

impl From<BoundV1> for Bound {
    fn from(bound: BoundV1) -> Self {
        match bound {
            BoundV1::Unknown => Self::Unknown,
            BoundV1::Open => Self::Open,
            BoundV1::Known(date) => Self::Known(date.into()),
        }
    }
}

/// A validity (S1).
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct ValidityV1 {
    from: BoundV1,
    to: BoundV1,
    attested: Vec<DateV1>,
}

impl From<&Validity> for ValidityV1 {
    fn from(validity: &Validity) -> Self {
        let attested = validity.attested.iter().map(|date| (*date).into()).collect();
        Self { from: validity.from.into(), to: validity.to.into(), attested }
    }
}

impl From<ValidityV1> for Validity {
    fn from(validity: ValidityV1) -> Self {
        let attested = validity.attested.into_iter().map(Date::from).collect();
        Self { from: validity.from.into(), to: validity.to.into(), attested }
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) enum ValueV1 {
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    Date(DateV1),
    List(Vec<ValueV1>),
}

impl From<&Value> for ValueV1 {
    fn from(value: &Value) -> Self {
        match value {
            Value::Boolean(truth) => Self::Boolean(*truth),
            Value::Integer(number) => Self::Integer(*number),
            Value::Float(number) => Self::Float(*number),
            Value::Text(text) => Self::Text(text.to_string()),
            Value::Date(date) => Self::Date((*date).into()),
            Value::List(values) => Self::List(values.iter().map(Self::from).collect()),
        }
    }
}

impl From<ValueV1> for Value {
    fn from(value: ValueV1) -> Self {
        match value {
            ValueV1::Boolean(truth) => Self::Boolean(truth),
            ValueV1::Integer(number) => Self::Integer(number),
            ValueV1::Float(number) => Self::Float(number),
            ValueV1::Text(text) => Self::Text(text.into()),
            ValueV1::Date(date) => Self::Date(date.into()),
            ValueV1::List(values) => Self::List(values.into_iter().map(Self::from).collect()),
        }
    }
}

/// One spell of a dated property (S3).
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct SpellV1 {
    validity: ValidityV1,
    value: ValueV1,
    qualifiers: Vec<(u16, ValueV1)>,
}

/// What an element holds under one key.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) enum PropertyV1 {
    Fixed(ValueV1),
    Dated(Vec<SpellV1>),
}

impl From<&Property> for PropertyV1 {
    fn from(property: &Property) -> Self {
        match property {
            Property::Fixed(value) => Self::Fixed(value.into()),
            Property::Dated(spells) => Self::Dated(spells.iter().map(SpellV1::from).collect()),
        }
    }
}

impl From<PropertyV1> for Property {
    fn from(property: PropertyV1) -> Self {
        match property {
            PropertyV1::Fixed(value) => Self::Fixed(value.into()),
            PropertyV1::Dated(spells) => Self::Dated(spells.into_iter().map(Spell::from).collect()),
        }
    }
}

impl From<&Spell> for SpellV1 {
    fn from(spell: &Spell) -> Self {
        let qualifiers = spell.qualifiers.iter().map(|(key, value)| (key.get(), value.into()));
        Self {
            validity: (&spell.validity).into(),
            value: (&spell.value).into(),
            qualifiers: qualifiers.collect(),
        }
    }
}

impl From<SpellV1> for Spell {
    fn from(spell: SpellV1) -> Self {
        let qualifiers = spell.qualifiers.into_iter().map(|(key, value)| (KeyId::new(key), value.into()));
        Self { validity: spell.validity.into(), value: spell.value.into(), qualifiers: qualifiers.collect() }
    }
}

/// Properties by key.
type PropertiesV1 = Vec<(u16, PropertyV1)>;

fn pack_properties(properties: &Properties) -> PropertiesV1 {
    properties.iter().map(|(key, property)| (key.get(), property.into())).collect()
}

fn unpack_properties(properties: PropertiesV1) -> Properties {
    properties.into_iter().map(|(key, property)| (KeyId::new(key), property.into())).collect()
}

/// A node outside a chunk.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct NodeV1 {
    id: u64,
    labels: Vec<u16>,
    validity: ValidityV1,
    properties: PropertiesV1,
}

impl NodeV1 {
    pub(in crate::store) fn id(&self) -> NodeId {
        NodeId::new(self.id)
    }
}

impl From<&NodeRecord> for NodeV1 {
    fn from(node: &NodeRecord) -> Self {
        Self {
            id: node.id.get(),
            labels: node.labels.iter().map(|label| label.get()).collect(),
            validity: (&node.validity).into(),
            properties: pack_properties(&node.properties),
        }
    }
}

impl From<NodeV1> for NodeRecord {
    fn from(node: NodeV1) -> Self {
        Self {
            id: NodeId::new(node.id),
            labels: node.labels.into_iter().map(LabelId::new).collect(),
            validity: node.validity.into(),
            properties: unpack_properties(node.properties),
        }
    }
}

/// An edge outside a chunk.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct EdgeV1 {
    id: u64,
    edge_type: u16,
    source: u64,
    target: u64,
    validity: ValidityV1,
    properties: PropertiesV1,
}

impl EdgeV1 {
    pub(in crate::store) fn id(&self) -> EdgeId {
        EdgeId::new(self.id)
    }
}

impl From<&EdgeRecord> for EdgeV1 {
    fn from(edge: &EdgeRecord) -> Self {
        Self {
            id: edge.id.get(),
            edge_type: edge.edge_type.get(),
            source: edge.source.get(),
            target: edge.target.get(),
            validity: (&edge.validity).into(),
            properties: pack_properties(&edge.properties),
        }
    }
}

impl From<EdgeV1> for EdgeRecord {
    fn from(edge: EdgeV1) -> Self {
        Self {
            id: EdgeId::new(edge.id),
            edge_type: TypeId::new(edge.edge_type),
            source: NodeId::new(edge.source),
            target: NodeId::new(edge.target),
            validity: edge.validity.into(),
            properties: unpack_properties(edge.properties),
        }
    }
}

/// One change of a transaction.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) enum ChangeV1 {
    PutNode(NodeV1),
    RemoveNode(u64),
    PutEdge(EdgeV1),
    RemoveEdge(u64),
}

impl From<&Change> for ChangeV1 {
    fn from(change: &Change) -> Self {
        match change {
            Change::PutNode(node) => Self::PutNode(node.into()),
            Change::RemoveNode(id) => Self::RemoveNode(id.get()),
            Change::PutEdge(edge) => Self::PutEdge(edge.into()),
            Change::RemoveEdge(id) => Self::RemoveEdge(id.get()),
        }
    }
}

impl From<ChangeV1> for Change {
    fn from(change: ChangeV1) -> Self {
        match change {
            ChangeV1::PutNode(node) => Self::PutNode(node.into()),
            ChangeV1::RemoveNode(id) => Self::RemoveNode(NodeId::new(id)),
            ChangeV1::PutEdge(edge) => Self::PutEdge(edge.into()),
            ChangeV1::RemoveEdge(id) => Self::RemoveEdge(EdgeId::new(id)),
        }
    }
}

/// What a number of the dictionary names.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) enum NameKindV1 {
    Label,
    EdgeType,
    Key,
}

impl From<NameKind> for NameKindV1 {
    fn from(kind: NameKind) -> Self {
        match kind {
            NameKind::Label => Self::Label,
            NameKind::EdgeType => Self::EdgeType,
            NameKind::Key => Self::Key,
        }
    }
}

impl From<NameKindV1> for NameKind {
    fn from(kind: NameKindV1) -> Self {
        match kind {
            NameKindV1::Label => Self::Label,
            NameKindV1::EdgeType => Self::EdgeType,
            NameKindV1::Key => Self::Key,
        }
    }
}

/// A name of the dictionary: label, edge type or property key.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct NameV1 {
    kind: NameKindV1,
    number: u16,
    text: String,
}

impl Record for NameV1 {}

impl From<&Name> for NameV1 {
    fn from(name: &Name) -> Self {
        Self { kind: name.kind.into(), number: name.number, text: name.text.to_string() }
    }
}

impl From<NameV1> for Name {
    fn from(name: NameV1) -> Self {
        Self { kind: name.kind.into(), number: name.number, text: Arc::from(name.text) }
    }
}

/// The operations of one transaction: a record of the log.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct OperationsV1 {
    base: u64,
    next_node: u64,
    next_edge: u64,
    names: Vec<NameV1>,
    changes: Vec<ChangeV1>,
}

impl Record for OperationsV1 {}

impl From<&ChangeSet> for OperationsV1 {
    fn from(changes: &ChangeSet) -> Self {
        let (next_node, next_edge) = changes.next_ids();
        Self {
            base: changes.base(),
            next_node,
            next_edge,
            names: changes.names().iter().map(NameV1::from).collect(),
            changes: changes.iter().map(ChangeV1::from).collect(),
        }
    }
}

impl From<OperationsV1> for ChangeSet {
    fn from(operations: OperationsV1) -> Self {
        Self::from_parts(
            operations.base,
            (operations.next_node, operations.next_edge),
            operations.names.into_iter().map(Name::from).collect(),
            operations.changes.into_iter().map(Change::from).collect(),
        )
    }
}

/// Eight bytes of a key as a number, big-endian.
pub(in crate::store) fn number_of(key: &[u8]) -> Result<u64, Flaw> {
    let bytes = key.first_chunk::<8>().filter(|_| key.len() == 8);
    bytes.map(|bytes| u64::from_be_bytes(*bytes)).ok_or_else(|| Flaw::new("the key has another length"))
}

/// Where a kind of names stands in [`crate::store::chunks::state::StateV2::names`].
pub(in crate::store) fn place_of(kind: NameKind) -> usize {
    match kind {
        NameKind::Label => 0,
        NameKind::EdgeType => 1,
        NameKind::Key => 2,
    }
}

/// Key of a name in the dictionary.
pub(in crate::store) fn name_key(kind: NameKind, number: u16) -> Vec<u8> {
    [&[place_of(kind) as u8][..], &number.to_be_bytes()].concat()
}

/// How many labels, edge types and keys there are.
pub(in crate::store) fn counts_of(catalogue: &Catalogue) -> [u32; 3] {
    let mut counts = [0; 3];
    for name in catalogue.names() {
        counts[place_of(name.kind)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::envelope::{decode, encode};

    /// What an earlier program wrote: the number of a day, then the precision.
    fn read(day: i32, precision: PrecisionV1) -> Result<Date, Flaw> {
        decode::<DateV1>(&encode(&(day, precision), "a date").unwrap()).map(Date::from)
    }

    #[test]
    fn a_day_beyond_the_calendar_is_an_error() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(read(-4_371_587, PrecisionV1::Year).unwrap(), date("-9999"));
        assert_eq!(read(2_932_896, PrecisionV1::Day).unwrap(), date("9999-12-31"));
        for day in [i32::MIN, -4_371_588, 2_932_897, 1_000_000_000, i32::MAX] {
            for precision in [PrecisionV1::Year, PrecisionV1::Month, PrecisionV1::Day] {
                let Flaw(told) = read(day, precision).unwrap_err();
                assert!(
                    told.contains(&format!("day {day} from 1970-01-01 is not in the calendar")),
                    "{told}"
                );
            }
        }
    }

    #[test]
    fn a_date_is_written_as_its_day_and_precision() {
        let date: Date = "2010-03".parse().unwrap();
        // 2010-03-01 is 14,669 days after 1970-01-01.
        let former = encode(&(14_669_i32, PrecisionV1::Month), "a date").unwrap();
        assert_eq!(encode(&DateV1::from(date), "a date").unwrap(), former);
    }
}
