//! Random graphs, and changes to them.

use std::fs;
use std::path::{Path, PathBuf};

use intergov::graph::{ChangeSet, Draft, EdgeId, NodeId, Property, Snapshot, Spell};
use intergov::store::{CommitNote, StoreOptions};
use intergov::value::{Bound, Date, Validity, Value};
use proptest::prelude::*;

pub(crate) const NOTE: CommitNote<'static> =
    CommitNote { actor: "tester", command: "test", summary: "一次更改" };

/// Limits so small that every path is taken: the log, its merge, and bulk commits.
pub(crate) fn small_limits() -> StoreOptions {
    StoreOptions {
        schema_steps: Vec::new(),
        bulk_changes: 8,
        merge_operations: 20,
        chunk_rows: 3,
        sort_bytes: 200,
        ..StoreOptions::default()
    }
}

/// A sequence of numbers that looks random: the linear congruence of Knuth's MMIX.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    pub(crate) fn place(&mut self, below: usize) -> usize {
        usize::try_from(self.next(below as u64)).unwrap()
    }
}

/// One step of a random change; indices are taken modulo what there is.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Node { label: u8, validity: Validity },
    Edge { kind: u8, from: usize, to: usize, validity: Validity },
    SetNode { at: usize, key: u8, value: Value },
    SetEdge { at: usize, key: u8, value: Value },
    Spells { at: usize, key: u8, spells: Vec<(Validity, Value)> },
    Unset { at: usize, key: u8 },
    DropNode { at: usize },
    DropEdge { at: usize },
}

fn any_date() -> impl Strategy<Value = Date> {
    (1900_i16..2030, 1_u8..13, 1_u8..29, 0_u8..3).prop_map(|(year, month, day, precision)| {
        let text = match precision {
            0 => format!("{year:04}"),
            1 => format!("{year:04}-{month:02}"),
            _ => format!("{year:04}-{month:02}-{day:02}"),
        };
        text.parse().unwrap()
    })
}

fn any_validity() -> impl Strategy<Value = Validity> {
    let bound = || prop_oneof![Just(Bound::Unknown), Just(Bound::Open), any_date().prop_map(Bound::Known)];
    (bound(), bound(), prop::collection::vec(any_date(), 0..3))
        .prop_map(|(from, to, attested)| Validity::new(from, to, attested).unwrap_or(Validity::UNKNOWN))
}

fn any_value() -> impl Strategy<Value = Value> {
    let scalar = || {
        prop_oneof![
            any::<bool>().prop_map(Value::Boolean),
            any::<i64>().prop_map(Value::Integer),
            (-1e12_f64..1e12).prop_map(Value::Float),
            "[a-z长三角区域合作]{0,12}".prop_map(|text| Value::text(&text)),
            any_date().prop_map(Value::Date),
        ]
    };
    let list = prop::collection::vec(scalar(), 0..4).prop_map(|values| Value::List(values.into()));
    prop_oneof![8 => scalar(), 1 => list, 1 => Just(Value::text(&"长文本 ".repeat(900)))]
}

fn any_step() -> impl Strategy<Value = Step> {
    let at = || any::<prop::sample::Index>().prop_map(|index| index.index(1 << 20));
    prop_oneof![
        4 => (0_u8..4, any_validity()).prop_map(|(label, validity)| Step::Node { label, validity }),
        4 => (0_u8..3, at(), at(), any_validity())
            .prop_map(|(kind, from, to, validity)| Step::Edge { kind, from, to, validity }),
        3 => (at(), 0_u8..5, any_value()).prop_map(|(at, key, value)| Step::SetNode { at, key, value }),
        2 => (at(), 0_u8..5, any_value()).prop_map(|(at, key, value)| Step::SetEdge { at, key, value }),
        1 => (at(), 0_u8..5, prop::collection::vec((any_validity(), any_value()), 1..4))
            .prop_map(|(at, key, spells)| Step::Spells { at, key, spells }),
        1 => (at(), 0_u8..5).prop_map(|(at, key)| Step::Unset { at, key }),
        1 => at().prop_map(|at| Step::DropNode { at }),
        1 => at().prop_map(|at| Step::DropEdge { at }),
    ]
}

/// The transactions of a random history.
pub(crate) fn any_history() -> impl Strategy<Value = Vec<Vec<Step>>> {
    prop::collection::vec(prop::collection::vec(any_step(), 1..14), 1..12)
}

/// Elements of the state, and of the draft on it.
struct Known {
    nodes: Vec<NodeId>,
    edges: Vec<(EdgeId, NodeId, NodeId)>,
}

/// The change set that steps make of a state.
pub(crate) fn change(snapshot: &Snapshot, steps: &[Step]) -> ChangeSet {
    let mut draft = snapshot.draft();
    let mut known = Known {
        nodes: snapshot.nodes().map(|node| node.id()).collect(),
        edges: snapshot.edges().map(|edge| (edge.id(), edge.source().id(), edge.target().id())).collect(),
    };
    for step in steps {
        take(&mut draft, &mut known, step);
    }
    draft.finish()
}

fn take(draft: &mut Draft<'_>, known: &mut Known, step: &Step) {
    let labels = ["Government", "Body", "区域", "Source"];
    let kinds = ["SUBORDINATE_TO", "PAYS", "合作"];
    let keys = ["id", "name", "rank", "gdp", "备注"];
    let node = |known: &Known, at: usize| known.nodes.get(at % known.nodes.len().max(1)).copied();
    let edge = |known: &Known, at: usize| known.edges.get(at % known.edges.len().max(1)).copied();
    match step {
        Step::Node { label, validity } => {
            let label = labels[usize::from(*label)];
            known.nodes.push(draft.create_node(&[label, "Thing"], validity.clone()).unwrap());
        }
        Step::Edge { kind, from, to, validity } => {
            if let Some((from, to)) = node(known, *from).zip(node(known, *to)) {
                let kind = kinds[usize::from(*kind)];
                known.edges.push((draft.create_edge(kind, from, to, validity.clone()).unwrap(), from, to));
            }
        }
        Step::SetNode { at, key, value } => {
            if let Some(id) = node(known, *at) {
                draft.set_node(id, keys[usize::from(*key)], value.clone()).unwrap();
            }
        }
        Step::SetEdge { at, key, value } => {
            if let Some((id, ..)) = edge(known, *at) {
                draft.set_edge(id, keys[usize::from(*key)], value.clone()).unwrap();
            }
        }
        Step::Spells { at, key, spells } => {
            let source = draft.key("source").unwrap();
            let key = draft.key(keys[usize::from(*key)]).unwrap();
            let spell = |(validity, value): &(Validity, Value)| Spell {
                validity: validity.clone(),
                value: value.clone(),
                qualifiers: vec![(source, Value::text("论文"))],
            };
            if let Some(id) = node(known, *at) {
                let spells = spells.iter().map(spell).collect();
                draft.edit_node(id).unwrap().properties.insert(key, Property::Dated(spells));
            }
        }
        Step::Unset { at, key } => {
            let key = draft.key(keys[usize::from(*key)]).unwrap();
            if let Some(id) = node(known, *at) {
                draft.edit_node(id).unwrap().properties.remove(key);
            }
        }
        Step::DropNode { at } => {
            if let Some(id) = node(known, *at) {
                for (edge, ..) in known.edges.extract_if(.., |(_, from, to)| *from == id || *to == id) {
                    draft.remove_edge(edge).unwrap();
                }
                known.nodes.retain(|node| *node != id);
                draft.remove_node(id).unwrap();
            }
        }
        Step::DropEdge { at } => {
            if let Some((id, ..)) = edge(known, *at) {
                known.edges.retain(|(edge, ..)| *edge != id);
                draft.remove_edge(id).unwrap();
            }
        }
    }
}

/// Whether two states hold the same elements under the same permanent ids and numbers.
pub(crate) fn same_records(one: &Snapshot, other: &Snapshot) -> bool {
    let names = |snapshot: &Snapshot| snapshot.catalogue().names().collect::<Vec<_>>();
    let nodes = |snapshot: &Snapshot| {
        let mut nodes: Vec<_> = snapshot.nodes().map(|node| node.to_record()).collect();
        nodes.sort_by_key(|node| node.id);
        nodes
    };
    let edges = |snapshot: &Snapshot| {
        let mut edges: Vec<_> = snapshot.edges().map(|edge| edge.to_record()).collect();
        edges.sort_by_key(|edge| edge.id);
        edges
    };
    one.commit() == other.commit()
        && one.next_ids() == other.next_ids()
        && names(one) == names(other)
        && nodes(one) == nodes(other)
        && edges(one) == edges(other)
}

/// A change that adds `count` nodes in a row, each tied to the one before.
pub(crate) fn chain_of(snapshot: &Snapshot, count: usize, tag: &str) -> ChangeSet {
    let mut draft = snapshot.draft();
    let mut before = None;
    for number in 0..count {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        draft.set_node(node, "id", Value::text(&format!("{tag}-{number}"))).unwrap();
        if let Some(before) = before {
            let edge = draft.create_edge("PAYS", before, node, Validity::UNKNOWN).unwrap();
            draft.set_edge(edge, "amount", Value::Integer(i64::try_from(number).unwrap())).unwrap();
        }
        before = Some(node);
    }
    draft.finish()
}

/// The folder of a store's engine, of which there is one while nothing writes.
pub(crate) fn engine_of(store: &Path) -> PathBuf {
    let paths = fs::read_dir(store).unwrap().map(|entry| entry.unwrap().path());
    let mut engines = paths.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("sled-"));
    let engine = engines.next().unwrap();
    assert!(engines.next().is_none());
    engine
}

/// The segment files of a store, the largest first.
pub(crate) fn segments_of(store: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(store.join("segments")).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<PathBuf> = paths.collect();
    segments.sort_by_key(|path| (std::cmp::Reverse(path.metadata().unwrap().len()), path.clone()));
    segments
}

/// Copies a store as it lies there, open or not.
pub(crate) fn copy_store(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_store(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
