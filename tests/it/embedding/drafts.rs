//! A draft reads as the state that it becomes.

use std::collections::BTreeSet;
use std::sync::Arc;

use intergov::graph::{Catalogue, Draft, EdgeId, NodeId, Snapshot};
use intergov::value::{Validity, Value};
use proptest::prelude::*;

/// One step of a caller; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Node(usize),
    Edge(usize, usize, usize),
    SetNode(usize, usize, Option<i64>),
    SetEdge(usize, usize, Option<i64>),
    Name(usize, usize),
    NameEdge(usize, usize),
    Date(usize, i16),
    RemoveEdge(usize),
    Detach(usize),
}

const LABELS: [&str; 3] = ["City", "Person", "Road"];
const TYPES: [&str; 2] = ["KNOWS", "LEADS_TO"];
const KEYS: [&str; 3] = ["a", "b", "id"];

fn step() -> impl Strategy<Value = Step> {
    let place = 0..12_usize;
    prop_oneof![
        3 => (0..3_usize).prop_map(Step::Node),
        4 => (place.clone(), place.clone(), 0..2_usize).prop_map(|(a, b, of)| Step::Edge(a, b, of)),
        2 => (place.clone(), 0..2_usize, prop::option::of(0..3_i64)).prop_map(|(at, key, to)| Step::SetNode(at, key, to)),
        2 => (place.clone(), 0..2_usize, prop::option::of(0..3_i64)).prop_map(|(at, key, to)| Step::SetEdge(at, key, to)),
        2 => (place.clone(), 0..4_usize).prop_map(|(at, name)| Step::Name(at, name)),
        2 => (place.clone(), 0..4_usize).prop_map(|(at, name)| Step::NameEdge(at, name)),
        1 => (place.clone(), 1990..2020_i16).prop_map(|(at, year)| Step::Date(at, year)),
        1 => place.clone().prop_map(Step::RemoveEdge),
        1 => place.prop_map(Step::Detach),
    ]
}

fn pick<T: Copy>(all: &[T], at: usize) -> Option<T> {
    (!all.is_empty()).then(|| all[at % all.len()])
}

fn walk(draft: &mut Draft<'_>, steps: &[Step]) {
    for step in steps {
        let nodes: Vec<NodeId> = draft.nodes().map(|node| node.id()).collect();
        let edges: Vec<EdgeId> = draft.edges().map(|edge| edge.id()).collect();
        match step {
            Step::Node(label) => drop(draft.create_node(&[LABELS[*label]], Validity::ALWAYS).unwrap()),
            Step::Edge(a, b, of) => {
                if let (Some(a), Some(b)) = (pick(&nodes, *a), pick(&nodes, *b)) {
                    draft.create_edge(TYPES[*of], a, b, Validity::ALWAYS).unwrap();
                }
            }
            Step::SetNode(at, key, to) => {
                if let Some(node) = pick(&nodes, *at) {
                    draft.set_node(node, KEYS[*key], *to).unwrap();
                }
            }
            Step::SetEdge(at, key, to) => {
                if let Some(edge) = pick(&edges, *at) {
                    draft.set_edge(edge, KEYS[*key], *to).unwrap();
                }
            }
            Step::Name(at, name) => {
                if let Some(node) = pick(&nodes, *at) {
                    draft.set_node(node, "id", format!("x{name}")).unwrap();
                }
            }
            Step::NameEdge(at, name) => {
                if let Some(edge) = pick(&edges, *at) {
                    draft.edit_edge(edge).unwrap();
                    draft.set_edge(edge, "id", format!("x{name}")).unwrap();
                }
            }
            Step::Date(at, year) => {
                if let Some(node) = pick(&nodes, *at) {
                    let since = Validity::since(intergov::value::Date::year(*year).unwrap());
                    draft.set_node_validity(node, since).unwrap();
                }
            }
            Step::RemoveEdge(at) => {
                if let Some(edge) = pick(&edges, *at) {
                    draft.remove_edge(edge).unwrap();
                }
            }
            Step::Detach(at) => {
                if let Some(node) = pick(&nodes, *at) {
                    draft.detach_node(node).unwrap();
                }
            }
        }
    }
}

type Seen = (Vec<String>, BTreeSet<(EdgeId, String)>, BTreeSet<(EdgeId, String)>);

/// What a draft says of everything.
fn of_draft(draft: &Draft<'_>) -> BTreeSet<(NodeId, Seen)> {
    let nodes = LABELS.iter().flat_map(|label| draft.nodes_with(label));
    nodes
        .map(|node| {
            let held = KEYS.map(|key| format!("{:?}", node.value(key)));
            let held = held.into_iter().chain([format!("{:?} {:?}", node.validity(), node.labels())]);
            let out = TYPES.iter().flat_map(|of| node.out_edges_of(of));
            let out = out.map(|edge| {
                (edge.id(), format!("{} {} {:?}", edge.edge_type(), edge.target_id(), edge.value("a")))
            });
            let arriving =
                node.in_edges().map(|edge| (edge.id(), format!("{} {:?}", edge.source_id(), edge.text_id())));
            (node.id(), (held.collect(), out.collect(), arriving.collect()))
        })
        .collect()
}

/// The same of a state.
fn of_state(state: &Snapshot) -> BTreeSet<(NodeId, Seen)> {
    let nodes = LABELS.iter().flat_map(|label| state.nodes_with(label));
    nodes
        .map(|node| {
            let held = KEYS.map(|key| format!("{:?}", node.value(key)));
            let held = held.into_iter().chain([format!("{:?} {:?}", node.validity(), node.labels())]);
            let out = TYPES.iter().flat_map(|of| node.out_edges_of(of));
            let out = out.map(|edge| {
                (edge.id(), format!("{} {} {:?}", edge.edge_type(), edge.target().id(), edge.value("a")))
            });
            let arriving = node
                .in_edges()
                .map(|edge| (edge.id(), format!("{} {:?}", edge.source().id(), edge.text_id())));
            (node.id(), (held.collect(), out.collect(), arriving.collect()))
        })
        .collect()
}

proptest! {
    #[test]
    fn a_draft_reads_as_the_state_that_it_becomes(
        stored in prop::collection::vec(step(), 0..40),
        changed in prop::collection::vec(step(), 0..40),
    ) {
        let empty = Snapshot::empty(Arc::new(Catalogue::default()));
        let mut draft = empty.draft();
        walk(&mut draft, &stored);
        let before = empty.apply(&draft.finish()).unwrap();
        let mut draft = before.draft();
        walk(&mut draft, &changed);
        let read = of_draft(&draft);
        let counts = (draft.nodes().count(), draft.edges().count(), TYPES.map(|of| draft.edges_of(of).count()));
        let found: Vec<bool> = LABELS
            .iter()
            .flat_map(|label| (0..4).map(move |name| (label, name)))
            .map(|(label, name)| draft.find(label, &format!("x{name}")).is_some())
            .collect();
        let edges: Vec<bool> = TYPES
            .iter()
            .flat_map(|of| (0..4).map(move |name| (of, name)))
            .map(|(of, name)| draft.find_edge(of, &format!("x{name}")).is_some())
            .collect();
        let after = before.apply(&draft.finish()).unwrap();
        prop_assert_eq!(read, of_state(&after));
        prop_assert_eq!(counts, (after.node_count(), after.edge_count(), TYPES.map(|of| after.edges_of(of).count())));
        let stored: Vec<bool> = LABELS
            .iter()
            .flat_map(|label| (0..4).map(move |name| (label, name)))
            .map(|(label, name)| after.find(label, &format!("x{name}")).is_some())
            .collect();
        prop_assert_eq!(found, stored);
        let stored: Vec<bool> = TYPES
            .iter()
            .flat_map(|of| (0..4).map(move |name| (of, name)))
            .map(|(of, name)| after.find_edge(of, &format!("x{name}")).is_some())
            .collect();
        prop_assert_eq!(edges, stored);
    }
}

#[test]
fn an_edit_in_place_keeps_the_id_type_and_ends() {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    let [a, b] =
        ["a", "b"].map(|id| draft.create_node_with(&["City"], Validity::ALWAYS, [("id", id)]).unwrap());
    let edge = draft.create_edge("KNOWS", a, b, Validity::ALWAYS).unwrap();
    let mut edit = draft.edit_edge(edge).unwrap();
    (edit.source, edit.target, edit.id) = (b, b, EdgeId::new(7));
    drop(edit);
    draft.edit_node(a).unwrap().id = b;
    assert_eq!(draft.edge(edge).map(|edge| (edge.source_id(), edge.target_id())), Some((a, b)));
    assert_eq!(draft.find("City", "a"), Some(a));
    let state = empty.apply(&draft.finish()).unwrap();
    assert_eq!(state.edge(edge).unwrap().source().id(), a);
}

#[test]
fn what_is_not_of_the_type_asked_for_says_so() {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = empty.draft();
    let said = [("name", Value::from("湖州")), ("hours", 3.into()), ("none", Value::from(vec![1, 2]))];
    let city = draft.create_node_with(&["City"], Validity::ALWAYS, said).unwrap();
    let node = draft.node(city).unwrap();
    assert_eq!(node.get::<u8>("hours").unwrap(), Some(3));
    assert_eq!(node.get::<f64>("hours").unwrap(), Some(3.0));
    assert_eq!(node.get::<Vec<i64>>("none").unwrap(), Some(vec![1, 2]));
    assert_eq!(node.get::<String>("nothing").unwrap(), None);
    let error = node.get::<bool>("name").unwrap_err();
    assert_eq!(error.to_string(), "“name” of node n0: the text “湖州” is not true or false");
}
