//! The graph in memory: a state reached by many small changes is the state packed at once, neighbour lists
//! agree in both orientations, and petgraph's algorithms run on a snapshot.

use std::sync::Arc;

use intergov::graph::{Catalogue, ChangeError, Days, EdgeId, Element, NodeId, Property, Snapshot, Turn};
use intergov::value::{Reading, Validity, Value};
use petgraph::algo::{dijkstra, has_path_connecting, is_cyclic_directed, kosaraju_scc, toposort};
use proptest::prelude::{Strategy, any, prop, prop_oneof, proptest};

#[derive(Clone, Debug)]
enum Step {
    AddNode(u8),
    AddEdge(usize, usize, u8),
    SetNode(usize, i64),
    SetEdge(usize, i64),
    RemoveEdge(usize),
    RemoveNode(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => any::<u8>().prop_map(Step::AddNode),
        6 => (any::<usize>(), any::<usize>(), any::<u8>()).prop_map(|(a, b, kind)| Step::AddEdge(a, b, kind)),
        2 => (any::<usize>(), any::<i64>()).prop_map(|(at, value)| Step::SetNode(at, value)),
        2 => (any::<usize>(), any::<i64>()).prop_map(|(at, value)| Step::SetEdge(at, value)),
        2 => any::<usize>().prop_map(Step::RemoveEdge),
        1 => any::<usize>().prop_map(Step::RemoveNode),
    ];
    prop::collection::vec(step, 0..60)
}

fn pick<T: Copy>(items: &[T], at: usize) -> Option<T> {
    (!items.is_empty()).then(|| items[at % items.len()])
}

/// One step as a transaction of its own; steps on nothing change nothing.
fn take(state: &Snapshot, step: &Step) -> Snapshot {
    let nodes: Vec<NodeId> = state.nodes().map(|node| node.id()).collect();
    let edges: Vec<EdgeId> = state.edges().map(|edge| edge.id()).collect();
    let mut draft = state.draft();
    match step {
        Step::AddNode(label) => {
            let label = ["Government", "Body", "Person"][usize::from(*label) % 3];
            let node = draft.create_node(&[label], Validity::UNKNOWN).unwrap();
            draft.set_node(node, "id", Value::text(&format!("x{}", node.get()))).unwrap();
        }
        Step::AddEdge(a, b, kind) => {
            if let Some((a, b)) = pick(&nodes, *a).zip(pick(&nodes, *b)) {
                let kind = ["PAYS", "ASSISTS"][usize::from(*kind) % 2];
                draft.create_edge(kind, a, b, Validity::ALWAYS).unwrap();
            }
        }
        Step::SetNode(at, value) => {
            if let Some(node) = pick(&nodes, *at) {
                draft.set_node(node, "size", Value::Integer(*value)).unwrap();
            }
        }
        Step::SetEdge(at, value) => {
            if let Some(edge) = pick(&edges, *at) {
                draft.set_edge(edge, "amount_minor", Value::Integer(*value)).unwrap();
            }
        }
        Step::RemoveEdge(at) => {
            if let Some(edge) = pick(&edges, *at) {
                draft.remove_edge(edge).unwrap();
            }
        }
        Step::RemoveNode(at) => {
            if let Some(node) = pick(&nodes, *at) {
                let node_ref = state.node(node).unwrap();
                let mut ties: Vec<EdgeId> =
                    node_ref.out_edges().chain(node_ref.in_edges()).map(|edge| edge.id()).collect();
                ties.sort_unstable();
                ties.dedup();
                for edge in ties {
                    draft.remove_edge(edge).unwrap();
                }
                draft.remove_node(node).unwrap();
            }
        }
    }
    state.apply(&draft.finish()).unwrap()
}

fn packed(state: &Snapshot) -> Snapshot {
    Snapshot::from_records(
        state.commit(),
        state.next_ids(),
        Arc::clone(state.catalogue()),
        state.nodes().map(|node| node.to_record()).collect(),
        state.edges().map(|edge| edge.to_record()).collect(),
    )
    .unwrap()
}

proptest! {
    #[test]
    fn small_changes_add_up_to_the_packed_state(steps in steps()) {
        let mut state = Snapshot::empty(Arc::new(Catalogue::default()));
        for step in &steps {
            state = take(&state, step);
        }
        let packed = packed(&state);
        assert!(state.holds_same(&packed));
        assert_eq!(state.nodes().count(), state.node_count());
        assert_eq!(state.edges().count(), state.edge_count());
        let neighbours = |state: &Snapshot| -> Vec<(NodeId, Vec<EdgeId>, Vec<EdgeId>)> {
            let ids = |edges: &mut dyn Iterator<Item = EdgeId>| edges.collect::<Vec<_>>();
            let mut lists: Vec<_> = state
                .nodes()
                .map(|node| {
                    let out = ids(&mut node.out_edges().map(|edge| edge.id()));
                    (node.id(), out, ids(&mut node.in_edges().map(|edge| edge.id())))
                })
                .collect();
            lists.sort_unstable();
            lists
        };
        assert_eq!(neighbours(&state), neighbours(&packed));
        for node in state.nodes() {
            assert!(node.out_edges().all(|edge| edge.source().id() == node.id()));
            assert!(node.in_edges().all(|edge| edge.target().id() == node.id()));
        }
    }
}

/// a → b → c → a and d → a; e alone.
fn triangle_with_tail() -> (Snapshot, Vec<NodeId>) {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    let nodes: Vec<NodeId> =
        (0..5).map(|_| draft.create_node(&["Government"], Validity::ALWAYS).unwrap()).collect();
    for (a, b) in [(0, 1), (1, 2), (2, 0), (3, 0)] {
        draft.create_edge("PAYS", nodes[a], nodes[b], Validity::ALWAYS).unwrap();
    }
    let changes = draft.finish();
    (empty.apply(&changes).unwrap(), nodes)
}

#[test]
fn petgraphs_algorithms_run_on_a_snapshot() {
    let (state, nodes) = triangle_with_tail();
    let ix = |at: usize| state.node(nodes[at]).unwrap().ix();
    let steps = dijkstra(&state, ix(3), None, |_| 1_u32);
    assert_eq!([steps[&ix(0)], steps[&ix(1)], steps[&ix(2)]], [1, 2, 3]);
    assert!(!steps.contains_key(&ix(4)));
    let mut sizes: Vec<usize> = kosaraju_scc(&state).iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [1, 1, 3]);
    assert!(
        has_path_connecting(&state, ix(3), ix(2), None) && !has_path_connecting(&state, ix(2), ix(3), None)
    );
    assert!(is_cyclic_directed(&state));
    assert!(toposort(&state, None).is_err());
}

#[test]
fn a_reader_keeps_the_state_that_it_took() {
    let (before, nodes) = triangle_with_tail();
    let mut draft = before.draft();
    draft.set_node(nodes[0], "name", Value::text("杭州市")).unwrap();
    let after = before.apply(&draft.finish()).unwrap();
    assert_eq!(before.node(nodes[0]).unwrap().property("name"), None);
    assert_eq!(after.node(nodes[0]).unwrap().property("name"), Some(Property::Fixed(Value::text("杭州市"))));
    assert_eq!((before.commit(), after.commit()), (1, 2));
}

#[test]
fn changes_that_do_not_fit_are_refused() {
    let (state, nodes) = triangle_with_tail();
    let mut draft = state.draft();
    draft.set_node(nodes[0], "name", Value::text("甲")).unwrap();
    let stale = draft.clone().finish();
    let next = state.apply(&draft.finish()).unwrap();
    assert_eq!(next.apply(&stale).unwrap_err(), ChangeError::Base { expected: 2, found: 1 });
    let mut draft = state.draft();
    draft.remove_node(nodes[0]).unwrap();
    assert_eq!(state.apply(&draft.finish()).unwrap_err(), ChangeError::StillTied(nodes[0]));
    assert_eq!(
        state.draft().remove_node(NodeId::new(99)).unwrap_err(),
        ChangeError::NoSuchNode(NodeId::new(99))
    );
}

#[test]
fn nodes_are_found_by_label_and_id() {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    let city = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    draft.set_node(city, "id", Value::text("cn:330100")).unwrap();
    let state = empty.apply(&draft.finish()).unwrap();
    assert_eq!(state.find("Government", "cn:330100").map(|node| node.id()), Some(city));
    assert!(state.find("Body", "cn:330100").is_none());
}

#[test]
fn two_days_differ_by_what_began_ended_or_changed() {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    let valid = |from: &str, to: &str| Validity::parse(from, to, "").unwrap();
    let kept = draft.create_node(&["Government"], valid("1950", "..")).unwrap();
    let ended = draft.create_node(&["Government"], valid("1950", "2011-08-22")).unwrap();
    draft.create_edge("SUCCEEDED_BY", ended, kept, valid("2011-08-22", "..")).unwrap();
    let body = draft.create_node(&["Body"], Validity::parse("1997", "", "2010").unwrap()).unwrap();
    let key = draft.key("rank").unwrap();
    let spell = |value: &str, from: &str, to: &str| intergov::graph::Spell {
        validity: valid(from, to),
        value: Value::text(value),
        qualifiers: Vec::new(),
    };
    let spells = [spell("prefectural", "1950", "1994"), spell("sub-provincial", "1994", "..")];
    draft.edit_node(kept).unwrap().properties.insert(key, Property::Dated(spells.into()));
    let state = empty.apply(&draft.finish()).unwrap();
    let body = Element::Node(state.node(body).unwrap().ix());
    let day = |text: &str| text.parse::<intergov::value::Date>().unwrap().last_day();
    let between = |before: &str, after: &str| {
        state.differences(Days { before: day(before), after: day(after), reading: Reading::Certain })
    };
    assert_eq!(between("2000", "2005"), []);
    let turns: Vec<Turn> = between("1990", "2015").into_iter().map(|difference| difference.turn).collect();
    let (before, after) = (Some(Value::text("prefectural")), Some(Value::text("sub-provincial")));
    assert_eq!(turns, [Turn::Changed { key, before, after }, Turn::Ended, Turn::Began]);
    // A body last seen in 2010 has not been shown to end by 2015.
    let days = Days { before: day("2010"), after: day("2015"), reading: Reading::Certain };
    assert!(state.differences(days).iter().all(|difference| difference.element != body));
    assert_eq!(state.undetermined(days), 1);
}
