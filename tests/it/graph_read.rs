//! The read door: whatever it answers is what a walk over all nodes and edges finds, on states with and without
//! changes since they were packed, with removed elements, several labels, and values of every type.

use std::collections::BTreeMap;
use std::sync::Arc;

use intergov::graph::{
    Batch, Catalogue, EdgeDirection, EdgeId, EdgeIx, EdgeRef, GraphRead, KeyId, LabelId, NodeId, NodeIx,
    NodeRef, Property, Schema, Snapshot, Spell, TimeFilter, TypeId,
};
use intergov::value::{AsOf, Date, Reading, Validity, Value};
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

const LABELS: [&str; 3] = ["City", "Body", "Person"];
const TYPES: [&str; 3] = ["PAYS", "KNOWS", "SITS_ON"];
const KEYS: [&str; 3] = ["id", "mixed", "mostly"];

/// Cities whose existence a state interrupts, edges that last as their source does, edges that show a node to be alive.
const SCHEMA: &str = r#"
number = 1
name = "toy"
label = [
  { name = "City", table = "cities", interrupted_by = "mixed" },
  { name = "Body", table = "bodies", lasts = "always" },
]
edge = [
  { name = "PAYS", table = "payments", ends = [], lasts = "source" },
  { name = "SITS_ON", table = "seats", ends = [], shows = ["source", "target"] },
]
"#;

/// One change; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    AddNode(u8, u8),
    AddEdge(usize, usize, u8, u8),
    EditNode(usize, u8),
    EditEdge(usize, u8),
    RemoveEdge(usize),
    RemoveNode(usize),
    Pack,
}

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = prop_oneof![
        4 => (any::<u8>(), any::<u8>()).prop_map(|(labels, value)| Step::AddNode(labels, value)),
        9 => (any::<usize>(), any::<usize>(), any::<u8>(), any::<u8>())
            .prop_map(|(a, b, kind, value)| Step::AddEdge(a, b, kind, value)),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(at, value)| Step::EditNode(at, value)),
        2 => (any::<usize>(), any::<u8>()).prop_map(|(at, value)| Step::EditEdge(at, value)),
        2 => any::<usize>().prop_map(Step::RemoveEdge),
        1 => any::<usize>().prop_map(Step::RemoveNode),
        1 => (0_u8..1).prop_map(|_| Step::Pack),
    ];
    prop::collection::vec(prop::collection::vec(step, 0..16), 0..10)
}

fn pick<T: Copy>(items: &[T], at: usize) -> Option<T> {
    (!items.is_empty()).then(|| items[at % items.len()])
}

fn validity(number: u8) -> Validity {
    let (from, to, attested) = [
        ("", "", ""),
        ("..", "..", ""),
        ("2001", "2010", ""),
        ("2005-06", "", "2007;2009-03-01"),
        ("", "2004", ""),
        ("1999", "..", ""),
    ][usize::from(number) % 6];
    Validity::parse(from, to, attested).unwrap()
}

/// Values of every type, by number.
fn property(number: u8, qualifier: KeyId) -> Property {
    let fixed = Property::Fixed;
    let spell = |from: &str, to: &str, value: Value| Spell {
        validity: Validity::parse(from, to, "").unwrap(),
        value,
        qualifiers: vec![(qualifier, Value::Boolean(true))],
    };
    match number % 9 {
        0 => fixed(Value::Integer(i64::from(number) - 100)),
        1 => fixed(Value::Float(f64::from(number) / 4.0)),
        2 => fixed(Value::Boolean(number > 99)),
        3 => fixed(Value::text(["长三角", "east", "west"][usize::from(number) % 3])),
        4 => fixed(Value::Date(Date::year(1900 + i16::from(number)).unwrap())),
        5 => fixed(Value::texts(["a", ["b", "c"][usize::from(number) % 2]])),
        6 => fixed(Value::List(Arc::from([Value::Integer(1), Value::text("x")]))),
        7 => fixed(Value::text(&format!("t{number:04}"))),
        _ => Property::Dated(Arc::from([
            spell("2001", "2006", Value::Integer(1)),
            spell("2006", "", Value::text("east")),
        ])),
    }
}

/// Applies the steps as one transaction.
fn commit(state: &Snapshot, steps: &[Step]) -> Snapshot {
    let mut draft = state.draft();
    let mut nodes: Vec<NodeId> = state.nodes().map(NodeRef::id).collect();
    let mut edges: Vec<EdgeId> = state.edges().map(EdgeRef::id).collect();
    let keys: Vec<KeyId> = KEYS.iter().map(|key| draft.key(key).unwrap()).collect();
    for step in steps {
        match step {
            Step::AddNode(labels, value) => {
                let own: Vec<&str> = (0..3).filter(|at| labels >> at & 1 == 1).map(|at| LABELS[at]).collect();
                let node = draft.create_node(&own, validity(*value)).unwrap();
                draft.set_node(node, "id", Value::text(&format!("n{:03}", node.get() % 40))).unwrap();
                if value % 4 > 0 {
                    draft
                        .edit_node(node)
                        .unwrap()
                        .properties
                        .insert(keys[2], Property::Fixed(Value::Integer(i64::from(*value))));
                }
                nodes.push(node);
            }
            Step::AddEdge(a, b, kind, value) => {
                if let Some((a, b)) = pick(&nodes, *a).zip(pick(&nodes, *b)) {
                    let edge =
                        draft.create_edge(TYPES[usize::from(*kind) % 3], a, b, validity(*value)).unwrap();
                    draft.edit_edge(edge).unwrap().properties.insert(keys[1], property(*value, keys[0]));
                    edges.push(edge);
                }
            }
            Step::EditNode(at, value) => {
                if let Some(node) = pick(&nodes, *at) {
                    let mut record = draft.edit_node(node).unwrap();
                    record.properties.insert(keys[1], property(*value, keys[0]));
                    record.validity = validity(value / 2);
                }
            }
            Step::EditEdge(at, value) => {
                if let Some(edge) = pick(&edges, *at) {
                    let mut record = draft.edit_edge(edge).unwrap();
                    record.properties.insert(keys[2], property(*value, keys[0]));
                    record.validity = validity(value / 3);
                }
            }
            Step::RemoveEdge(at) => {
                if let Some(edge) = pick(&edges, *at) {
                    draft.remove_edge(edge).unwrap();
                    edges.retain(|own| *own != edge);
                }
            }
            Step::RemoveNode(at) => {
                if let Some(node) = pick(&nodes, *at) {
                    for edge in draft.edges_at(node) {
                        draft.remove_edge(edge.id).unwrap();
                        edges.retain(|own| *own != edge.id);
                    }
                    draft.remove_node(node).unwrap();
                    nodes.retain(|own| *own != node);
                }
            }
            Step::Pack => {}
        }
    }
    let after = state.apply(&draft.finish()).unwrap();
    if steps.iter().any(|step| matches!(step, Step::Pack)) { after.compact().unwrap() } else { after }
}

fn filters() -> Vec<AsOf> {
    let date = |text: &str, reading| AsOf::date(text.parse().unwrap(), reading);
    vec![
        AsOf::ALL,
        date("2003", Reading::Certain),
        date("2008", Reading::default()),
        date("2020", Reading::Possible),
    ]
}

fn labels(state: &Snapshot) -> impl Iterator<Item = Option<LabelId>> {
    LABELS.iter().filter_map(|name| state.catalogue().label(name)).map(Some).chain([None])
}

fn types(state: &Snapshot) -> impl Iterator<Item = Option<TypeId>> {
    TYPES.iter().filter_map(|name| state.catalogue().edge_type(name)).map(Some).chain([None])
}

fn node_counts(node: NodeRef<'_>, as_of: AsOf) -> bool {
    as_of.includes(node.extent()) && !node.is_interrupted(as_of)
}

fn edge_counts(edge: EdgeRef<'_>, as_of: AsOf) -> bool {
    as_of.includes(edge.extent()) && !edge.is_interrupted(as_of)
}

/// What a batch holds under every key, compared with the element itself.
fn columns_agree<Ix>(
    batch: &Batch<'_, Ix>,
    row: u32,
    own: (&dyn Fn(KeyId) -> Option<Property>, &Validity),
    state: &Snapshot,
) {
    for key in KEYS.iter().filter_map(|key| state.catalogue().key(key)) {
        let found = batch.column(key).and_then(|column| column.get(row));
        assert_eq!(found.map(|property| property.to_property()), own.0(key));
        let latest = found.and_then(|property| property.latest());
        assert_eq!(latest.map(|value| value.to_value()), own.0(key).and_then(|own| own.latest().cloned()));
    }
    assert_eq!(&batch.validity(row), own.1);
    assert_eq!(batch.bounds(row), (own.1.from, own.1.to));
}

fn batches_are_the_walk(state: &Snapshot, as_of: AsOf) {
    let door: &dyn GraphRead = state;
    let mask = state.holding(as_of);
    for time in [TimeFilter::from(as_of), TimeFilter::Mask(&mask)] {
        for label in labels(state) {
            let walk = state.nodes().filter(|node| label.is_none_or(|label| node.labels().contains(&label)));
            let walk: Vec<NodeIx> = walk.filter(|node| node_counts(*node, as_of)).map(NodeRef::ix).collect();
            let mut found = Vec::new();
            for morsel in door.node_morsels(label).unwrap() {
                let batch = door.node_batch(&morsel, time).unwrap();
                assert!(batch.rows().len() <= morsel.most_rows());
                assert!(batch.rows().iter().all(|row| (row as usize) < batch.group_len()));
                for row in batch.rows().iter() {
                    let node = state.node_at(batch.node(row)).unwrap();
                    columns_agree(&batch, row, (&|key| node.property_of(key), &node.validity()), state);
                    found.push(node.ix());
                }
            }
            found.sort_unstable();
            assert_eq!(found, walk, "{label:?} {as_of:?}");
        }
        for edge_type in types(state) {
            let walk = state.edges().filter(|edge| edge_type.is_none_or(|own| edge.type_id() == own));
            let walk: Vec<EdgeIx> = walk.filter(|edge| edge_counts(*edge, as_of)).map(EdgeRef::ix).collect();
            let mut found = Vec::new();
            for morsel in door.edge_morsels(edge_type).unwrap() {
                let batch = door.edge_batch(&morsel, time).unwrap();
                assert!(batch.rows().len() <= morsel.most_rows());
                for row in batch.rows().iter() {
                    let edge = state.edge_at(batch.edge(row)).unwrap();
                    columns_agree(&batch, row, (&|key| edge.property_of(key), &edge.validity()), state);
                    let at = row as usize;
                    let ends = (batch.types()[at], batch.sources()[at], batch.targets()[at]);
                    assert_eq!(ends, (edge.type_id(), edge.source_ix(), edge.target_ix()));
                    found.push(edge.ix());
                }
            }
            found.sort_unstable();
            assert_eq!(found, walk, "{edge_type:?} {as_of:?}");
        }
    }
}

/// The edges of a walk that a list of neighbours should have: by type, other end and id.
fn neighbours(
    state: &Snapshot,
    node: NodeIx,
    types: &[TypeId],
    (orientation, as_of): (EdgeDirection, AsOf),
) -> Vec<(TypeId, NodeIx, EdgeIx)> {
    let ends = |edge: EdgeRef<'_>| match orientation {
        EdgeDirection::Out => (edge.source_ix(), edge.target_ix()),
        EdgeDirection::In => (edge.target_ix(), edge.source_ix()),
    };
    let own = state.edges().filter(|edge| ends(*edge).0 == node && edge_counts(*edge, as_of));
    let own = own.filter(|edge| types.is_empty() || types.contains(&edge.type_id()));
    let mut own: Vec<_> = own.map(|edge| (edge.type_id(), ends(edge).1, edge.id(), edge.ix())).collect();
    own.sort_unstable();
    own.into_iter().map(|(edge_type, far, _, ix)| (edge_type, far, ix)).collect()
}

fn expansion_is_the_walk(state: &Snapshot, as_of: AsOf) {
    let door: &dyn GraphRead = state;
    let mask = state.holding(as_of);
    let all: Vec<TypeId> = types(state).flatten().collect();
    let choices =
        [vec![], all.clone(), all.iter().rev().take(2).copied().collect(), all.into_iter().take(1).collect()];
    // Removed nodes, one that never was, and the last one twice.
    let mut nodes: Vec<NodeIx> = (0..=state.node_bound()).map(NodeIx::from_position).collect();
    nodes.extend(nodes.last().copied());
    for time in [TimeFilter::from(as_of), TimeFilter::Mask(&mask)] {
        for (types, orientation) in
            choices.iter().flat_map(|types| [(types, EdgeDirection::Out), (types, EdgeDirection::In)])
        {
            let adjacency = door.expand(&nodes, types, orientation, time).unwrap();
            let degrees = door.degrees(&nodes, types, orientation, time).unwrap();
            assert_eq!(adjacency.len(), nodes.len());
            assert_eq!(adjacency.edge_count(), degrees.iter().sum::<u32>() as usize);
            for (at, node) in nodes.iter().enumerate() {
                let mut found = Vec::new();
                for list in adjacency.of(at) {
                    assert!(!list.is_empty() && list.nodes.is_sorted());
                    for far in list.nodes {
                        let to = list.to(*far);
                        assert_eq!(to.len(), list.nodes.iter().filter(|own| *own == far).count());
                        assert!(list.nodes[to].iter().all(|own| own == far));
                    }
                    found.extend(
                        (0..list.len())
                            .map(|place| (list.edge_type, list.nodes[place], list.edges.at(place))),
                    );
                }
                assert_eq!(found, neighbours(state, *node, types, (orientation, as_of)));
                assert_eq!((adjacency.degree(at), degrees[at] as usize), (found.len(), found.len()));
            }
        }
    }
}

fn counts_are_the_walk(state: &Snapshot) {
    let door: &dyn GraphRead = state;
    assert_eq!(door.bounds(), (state.node_bound(), state.edge_bound()));
    for label in labels(state) {
        let walk = state.nodes().filter(|node| label.is_none_or(|label| node.labels().contains(&label)));
        assert_eq!(door.count_nodes(label).unwrap(), walk.count());
    }
    for edge_type in types(state) {
        let walk = state.edges().filter(|edge| edge_type.is_none_or(|own| edge.type_id() == own));
        assert_eq!(door.count_edges(edge_type).unwrap(), walk.count());
    }
    for name in LABELS.iter().chain(["Nothing"].iter()) {
        let walk: Vec<NodeIx> = state.nodes().filter(|node| node.has_label(name)).map(NodeRef::ix).collect();
        assert_eq!(state.nodes_with(name).map(NodeRef::ix).collect::<Vec<_>>(), walk);
    }
    for name in TYPES.iter().chain(["NOTHING"].iter()) {
        let walk: Vec<EdgeIx> =
            state.edges().filter(|edge| edge.edge_type() == *name).map(EdgeRef::ix).collect();
        assert_eq!(state.edges_of(name).map(EdgeRef::ix).collect::<Vec<_>>(), walk);
        for node in state.nodes() {
            let of = |edge: &EdgeRef<'_>| edge.edge_type() == *name;
            let ids =
                |edges: &mut dyn Iterator<Item = EdgeRef<'_>>| edges.map(EdgeRef::id).collect::<Vec<_>>();
            assert_eq!(ids(&mut node.out_edges_of(name)), ids(&mut node.out_edges().filter(of)));
            assert_eq!(ids(&mut node.in_edges_of(name)), ids(&mut node.in_edges().filter(of)));
            for target in state.nodes() {
                let to = |edge: &EdgeRef<'_>| of(edge) && edge.target_ix() == target.ix();
                let found = ids(&mut node.out_edges_to(name, target.id()));
                assert_eq!(found, ids(&mut node.out_edges().filter(to)));
            }
        }
    }
}

/// Degree statistics are those of the packed state.
fn statistics_are_the_walk(state: &Snapshot) {
    let state = &state.compact().unwrap();
    let door: &dyn GraphRead = state;
    for label in labels(state) {
        for edge_type in types(state).flatten() {
            for orientation in [EdgeDirection::Out, EdgeDirection::In] {
                let nodes =
                    state.nodes().filter(|node| label.is_none_or(|label| node.labels().contains(&label)));
                let degrees = nodes.map(|node| {
                    neighbours(state, node.ix(), &[edge_type], (orientation, AsOf::ALL)).len() as u64
                });
                let degrees: Vec<u64> = degrees.filter(|degree| *degree > 0).collect();
                let found = door.degree_statistics(label, edge_type, orientation).unwrap();
                let walk =
                    (degrees.iter().sum(), degrees.len() as u64, degrees.iter().max().copied().unwrap_or(0));
                assert_eq!((found.edges, found.nodes, found.most), walk);
            }
        }
    }
}

fn points_are_the_elements(state: &Snapshot, as_of: AsOf) {
    let door: &dyn GraphRead = state;
    let nodes: Vec<NodeIx> = (0..=state.node_bound()).map(NodeIx::from_position).collect();
    let edges: Vec<EdgeIx> = (0..=state.edge_bound()).map(EdgeIx::from_position).collect();
    for key in KEYS.iter().filter_map(|key| state.catalogue().key(key)) {
        let found = door
            .node_properties(&nodes, key)
            .unwrap()
            .into_iter()
            .map(|own| own.map(|own| own.get().to_property()));
        let walk = nodes.iter().map(|ix| state.node_at(*ix).and_then(|node| node.property_of(key)));
        assert!(found.eq(walk));
        let found = door
            .edge_properties(&edges, key)
            .unwrap()
            .into_iter()
            .map(|own| own.map(|own| own.get().to_property()));
        let walk = edges.iter().map(|ix| state.edge_at(*ix).and_then(|edge| edge.property_of(key)));
        assert!(found.eq(walk));
        for text in ["n003", "east", "t0007", "absent"] {
            let holds = |property: Option<Property>| {
                property.is_some_and(|own| own.values().any(|own| own.as_text() == Some(text)))
            };
            let walk: Vec<NodeIx> =
                state.nodes().filter(|node| holds(node.property_of(key))).map(NodeRef::ix).collect();
            assert_eq!(door.nodes_with_text(key, text).unwrap(), walk);
            let walk: Vec<EdgeIx> =
                state.edges().filter(|edge| holds(edge.property_of(key))).map(EdgeRef::ix).collect();
            assert_eq!(door.edges_with_text(key, text).unwrap(), walk);
        }
    }
    for label in labels(state) {
        let found = door.test_nodes(&nodes, label, as_of.into()).unwrap();
        let walk = nodes.iter().map(|ix| {
            state.node_at(*ix).is_some_and(|node| {
                label.is_none_or(|label| node.labels().contains(&label)) && node_counts(node, as_of)
            })
        });
        assert!(found.into_iter().eq(walk));
    }
    for ix in nodes {
        let node = state.node_at(ix);
        assert_eq!(door.node_id(ix).unwrap(), node.map(NodeRef::id));
        assert_eq!(door.node_validity(ix).unwrap(), node.map(NodeRef::validity));
        assert_eq!(door.labels(ix).unwrap(), node.map_or(&[][..], NodeRef::labels));
    }
    for ix in edges {
        let edge = state.edge_at(ix);
        assert_eq!(door.edge_id(ix).unwrap(), edge.map(EdgeRef::id));
        assert_eq!(door.edge_validity(ix).unwrap(), edge.map(EdgeRef::validity));
        let ends = door.ends(ix).unwrap().map(|ends| (ends.edge_type, ends.source, ends.target));
        assert_eq!(ends, edge.map(|edge| (edge.type_id(), edge.source_ix(), edge.target_ix())));
    }
}

proptest! {
    #[test]
    fn every_answer_is_that_of_a_walk(commits in steps()) {
        let mut schema = Schema::default();
        schema.extend_from_toml(SCHEMA).unwrap();
        let mut state = Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema))));
        for steps in &commits {
            state = commit(&state, steps);
        }
        counts_are_the_walk(&state);
        statistics_are_the_walk(&state);
        for as_of in filters() {
            batches_are_the_walk(&state, as_of);
            expansion_is_the_walk(&state, as_of);
            points_are_the_elements(&state, as_of);
        }
    }
}

/// As many paths of two steps as there are pairs of an arriving and a leaving edge at the node between: counted by degrees
/// in one pass, and by walking each.
#[test]
fn paths_of_two_steps_are_counted_by_degrees() {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    let nodes: Vec<NodeId> =
        (0..200).map(|_| draft.create_node(&["City"], Validity::ALWAYS).unwrap()).collect();
    for at in 0..3_000_usize {
        let (a, b) = (nodes[at * 7 % 200], nodes[(at * at + 3) % 200]);
        draft.create_edge(TYPES[at % 2], a, b, Validity::ALWAYS).unwrap();
    }
    let changes = draft.finish();
    let state = empty.apply(&changes).unwrap().compact().unwrap();
    let door: &dyn GraphRead = &state;
    let pays = [state.catalogue().edge_type("PAYS").unwrap()];
    let all: Vec<NodeIx> = state.nodes().map(NodeRef::ix).collect();
    let degrees = |orientation| door.degrees(&all, &pays, orientation, TimeFilter::All).unwrap();
    let (arriving, leaving) = (degrees(EdgeDirection::In), degrees(EdgeDirection::Out));
    let product: u64 = arriving.iter().zip(&leaving).map(|(a, b)| u64::from(*a) * u64::from(*b)).sum();
    let mut paths: BTreeMap<EdgeIx, u64> = BTreeMap::new();
    for first in state.edges_of("PAYS") {
        paths.insert(first.ix(), first.target().out_edges_of("PAYS").count() as u64);
    }
    assert_eq!(product, paths.values().sum::<u64>());
}
