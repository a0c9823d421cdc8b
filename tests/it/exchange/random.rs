//! Random graphs: odd ids, labels and keys, values of every type, with and without the domain's schema.

use std::sync::Arc;

use intergov::graph::{Catalogue, Draft, NodeId, Property, Snapshot, Spell};
use intergov::value::{Bound, Date, Day, Precision, Validity, Value};
use proptest::prelude::*;

use super::empty;

/// A value in the making.
pub(crate) fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Boolean),
        any::<i64>().prop_map(Value::Integer),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        text().prop_map(|text| Value::Text(text.into())),
        date().prop_map(Value::Date),
    ];
    leaf.prop_recursive(1, 6, 3, |inner| {
        prop::collection::vec(inner, 0..3).prop_map(|list| Value::List(list.into()))
    })
}

/// Text: ordinary, Chinese, separators of tables, and anything at all.
pub(crate) fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("长江三角洲城市经济协调会".to_owned()),
        Just("a;b\\c, \"d\"\r\n e".to_owned()),
        Just("=1+1".to_owned()),
        Just(String::new()),
        any::<String>(),
    ]
}

fn date() -> impl Strategy<Value = Date> {
    let precision = prop_oneof![Just(Precision::Year), Just(Precision::Month), Just(Precision::Day)];
    let own = -700_000_i32..2_900_000;
    let day = prop_oneof![3 => own, 1 => Day::FIRST.number()..=Day::LAST.number()];
    (day, precision)
        .prop_map(|(day, precision)| Date::new(Day::from_number(day).unwrap(), precision).unwrap())
}

fn validity() -> impl Strategy<Value = Validity> {
    let bound = || prop_oneof![Just(Bound::Unknown), Just(Bound::Open), date().prop_map(Bound::Known)];
    (bound(), bound(), prop::collection::vec(date(), 0..2)).prop_map(|(from, to, attested)| {
        Validity::new(from, to, attested).or_else(|_| Validity::new(from, Bound::Open, Vec::new())).unwrap()
    })
}

/// A spell before its keys have numbers.
type PlannedSpell = (Validity, Value, Vec<(&'static str, Value)>);

/// What an element holds under a key.
#[derive(Clone, Debug)]
enum Held {
    Fixed(Value),
    Dated(Vec<PlannedSpell>),
}

fn held() -> impl Strategy<Value = Held> {
    let qualifier = (prop::sample::select(vec!["id", "note", "unit", "weird key"]), value());
    let spell = (validity(), value(), prop::collection::vec(qualifier, 0..3));
    prop_oneof![
        3 => value().prop_map(Held::Fixed),
        1 => prop::collection::vec(spell, 0..3).prop_map(Held::Dated),
    ]
}

#[derive(Clone, Debug)]
pub(crate) struct Element {
    labels: Vec<&'static str>,
    id: Option<String>,
    validity: Validity,
    held: Vec<(&'static str, Held)>,
}

fn ids() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        Just(None),
        prop::sample::select(vec![
            "a",
            "b",
            "Body/a",
            "_:1",
            " padded ",
            "",
            "数据",
            "extra_nodes/a",
            "x\ny"
        ])
        .prop_map(|id| Some(id.to_owned())),
        "[a-z]{1,3}".prop_map(Some),
    ]
}

fn element(labels: Vec<Vec<&'static str>>, keys: Vec<&'static str>) -> impl Strategy<Value = Element> {
    let held = prop::collection::vec((prop::sample::select(keys), held()), 0..5);
    (prop::sample::select(labels), ids(), validity(), held).prop_map(|(labels, id, validity, held)| Element {
        labels,
        id,
        validity,
        held,
    })
}

/// Nodes and edges to build a graph from.
pub(crate) type Plan = (Vec<Element>, Vec<(Element, usize, usize)>);

fn plan(
    labels: Vec<Vec<&'static str>>,
    types: Vec<Vec<&'static str>>,
    keys: Vec<&'static str>,
) -> impl Strategy<Value = Plan> {
    let nodes = prop::collection::vec(element(labels, keys.clone()), 1..8);
    let edges = prop::collection::vec((element(types, keys), any::<usize>(), any::<usize>()), 0..8);
    (nodes, edges)
}

/// A graph under no schema.
pub(crate) fn free() -> impl Strategy<Value = Plan> {
    plan(
        vec![vec!["Person"], vec!["Person", "Firm;Ltd"], vec![], vec!["Government"], vec!["标签 a/b"]],
        vec![vec!["KNOWS"], vec!["odd type"], vec!["PART_OF"]],
        vec!["name", "id too", "spells", "rank", "note", "source"],
    )
}

/// A graph under the domain's schema that its codebooks allow.
pub(crate) fn domain() -> impl Strategy<Value = Plan> {
    plan(
        vec![
            vec!["Government"],
            vec!["Body"],
            vec!["Person"],
            vec!["Body", "Firm"],
            vec!["Government", "Capital"],
        ],
        vec![vec!["SUBORDINATE_TO"], vec!["PART_OF"], vec!["MERGED_INTO"], vec!["KNOWS"]],
        vec!["name_en", "level", "rank", "type", "lon", "aliases", "population", "gdp", "note", "colour"],
    )
}

fn put(draft: &mut Draft<'_>, held: &Held) -> Property {
    match held {
        Held::Fixed(value) => Property::Fixed(value.clone()),
        Held::Dated(spells) => {
            let spells = spells.iter().map(|(validity, value, with)| {
                let mut qualifiers: Vec<_> =
                    with.iter().map(|(key, value)| (draft.key(key).unwrap(), value.clone())).collect();
                qualifiers.sort_by_key(|(key, _)| *key);
                qualifiers.dedup_by_key(|(key, _)| *key);
                Spell { validity: validity.clone(), value: value.clone(), qualifiers }
            });
            Property::Dated(spells.collect::<Vec<_>>().into())
        }
    }
}

/// The graph of a plan; nodes of the schema get what it requires.
pub(crate) fn build((nodes, edges): &Plan, with_schema: bool) -> Snapshot {
    let start = if with_schema { empty() } else { Snapshot::empty(Arc::new(Catalogue::default())) };
    let mut draft = start.draft();
    let mut made: Vec<NodeId> = Vec::new();
    for node in nodes {
        let id = draft.create_node(&node.labels, node.validity.clone()).unwrap();
        for (key, held) in &node.held {
            let (key, property) = (draft.key(key).unwrap(), put(&mut draft, held));
            draft.edit_node(id).unwrap().properties.insert(key, property);
        }
        if let Some(text) = &node.id {
            draft.set_node(id, "id", Value::Text(text.as_str().into())).unwrap();
        }
        if with_schema {
            for (key, value) in [("scheme", "cn"), ("code", "c"), ("name", "名"), ("kind", "forum")] {
                draft.set_node(id, key, Value::text(value)).unwrap();
            }
        }
        made.push(id);
    }
    for (edge, from, to) in edges {
        let (from, to) = (made[from % made.len()], made[to % made.len()]);
        let id = draft.create_edge(edge.labels[0], from, to, edge.validity.clone()).unwrap();
        for (key, held) in &edge.held {
            let (key, property) = (draft.key(key).unwrap(), put(&mut draft, held));
            draft.edit_edge(id).unwrap().properties.insert(key, property);
        }
        if let Some(text) = &edge.id {
            draft.set_edge(id, "id", Value::Text(text.as_str().into())).unwrap();
        }
    }
    start.apply(&draft.finish()).unwrap()
}
