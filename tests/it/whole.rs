//! The rules over a whole graph say what they say of the change that makes it.

use std::sync::Arc;

use intergov::exchange::ImportOptions;
use intergov::graph::{Change, ChangeSet, CommitRule, Draft, EdgeRef, NodeId, NodeRef, Snapshot};
use intergov::relations::{DomainRules, check_whole};
use intergov::value::{Bound, Date, Validity, Value};
use proptest::prelude::*;

use crate::exchange::{empty, fixture, import, planned, random};
use crate::toy::{BAD, with_row};

/// The whole graph as one change on an empty one.
fn by_change(snapshot: &Snapshot) -> Vec<String> {
    let nodes = snapshot.nodes().map(NodeRef::to_record).map(Change::PutNode);
    let edges = snapshot.edges().map(EdgeRef::to_record).map(Change::PutEdge);
    let all = ChangeSet::from_parts(0, snapshot.next_ids(), Vec::new(), nodes.chain(edges).collect());
    let start = Snapshot::empty(Arc::clone(snapshot.catalogue()));
    judged(&start, snapshot, &all)
}

/// What the rules say of a change: on one core as in parts on all of them.
fn judged(before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Vec<String> {
    let alone = DomainRules.check_in_parts(before, after, changes, 1);
    for parts in [2, 7] {
        assert_eq!(DomainRules.check_in_parts(before, after, changes, parts).violations, alone.violations);
    }
    assert_eq!(DomainRules.check(before, after, changes), alone.violations);
    alone.violations.iter().map(|found| format!("{found:?}")).collect()
}

fn by_whole(snapshot: &Snapshot) -> Vec<String> {
    check_whole(snapshot).iter().map(|found| format!("{found:?}")).collect()
}

#[test]
fn the_shipped_packages_get_the_same_verdict() {
    let mut warnings = 0;
    for name in ["toy", "china", "two-provinces"] {
        let Some(folder) = fixture(name) else { continue };
        let graph = import(&empty(), &folder, &ImportOptions::default());
        let found = by_whole(&graph);
        assert_eq!(found, by_change(&graph), "{name}");
        warnings += found.len();
    }
    assert!(warnings > 0, "the shipped data have warnings");
}

#[test]
fn every_bad_input_that_makes_a_graph_gets_the_same_verdict() {
    let mut breaches = 0;
    for bad in BAD {
        if let Ok(plan) = planned(&empty(), with_row(bad).path(), &ImportOptions::default()) {
            let graph = empty().apply(plan.changes()).unwrap();
            let found = by_whole(&graph);
            assert_eq!(found, by_change(&graph), "{}", bad.name);
            breaches += usize::from(check_whole(&graph).iter().any(|found| !found.warning));
        }
    }
    assert!(breaches >= 8, "only {breaches} bad inputs reach the rules");
}

/// A small world with much that is wrong in it: few ids, codes, dates and roles, so that they meet.
#[derive(Clone, Debug)]
struct World {
    nodes: Vec<(usize, usize, usize, usize, usize)>,
    edges: Vec<(usize, usize, usize, usize, usize)>,
    later: usize,
}

fn world() -> impl Strategy<Value = World> {
    let number = 0_usize..1_000;
    let five = || (number.clone(), number.clone(), number.clone(), number.clone(), number.clone());
    (prop::collection::vec(five(), 4..20), prop::collection::vec(five(), 0..40), 0_usize..12)
        .prop_map(|(nodes, edges, later)| World { nodes, edges, later })
}

fn pick<T: Clone>(from: &[T], at: usize) -> T {
    from[at % from.len()].clone()
}

fn life(at: usize) -> Validity {
    let date = |text: &str| Bound::Known(text.parse::<Date>().unwrap());
    let from = pick(&[Bound::Unknown, Bound::Open, date("1990"), date("1995-05"), date("2001")], at);
    let to = pick(&[Bound::Open, Bound::Unknown, date("1999"), date("2003-02"), date("1994")], at / 5);
    Validity { from, to, attested: Vec::new() }
}

const LABELS: [&str; 8] =
    ["Government", "Government", "Government", "Arrangement", "Body", "Region", "Power", "EntryRule"];
const TYPES: [&str; 14] = [
    "SUBORDINATE_TO",
    "SUBORDINATE_TO",
    "PARTY_TO",
    "PARTY_TO",
    "COOPERATES_WITH",
    "PAYS",
    "PART_OF",
    "MEMBER_OF",
    "DEFINED_BY",
    "OVER",
    "HELD_BY",
    "GRANTED_BY",
    "SUCCEEDED_BY",
    "TIE",
];

fn value(key: &str, at: usize) -> Value {
    let texts: &[&str] = match key {
        "id" | "arrangement" => &["a", "b", "c", "d", "e", "f"],
        "code" => &["cn:1", "cn:2", "cn:3"],
        "role" => &["member", "lead", "approver", "assistor", "guest"],
        "status" => &["admitted", "left"],
        "rank" | "level" => &["provincial", "prefectural", "county", "crown"],
        "scheme" => &["cn"],
        "declared_direction" => &["horizontal", "vertical", "diagonal"],
        "declared_form" => &["horizontal", "diagonal"],
        "origin" => &["cession", "transfer", "delegation"],
        "function" | "stage" | "fact" | "mechanism" | "kind" => &["contract", "whole", "absorbed", "x"],
        "preferred" => return Value::Boolean(at.is_multiple_of(2)),
        "weight" => return pick(&[Value::Float(1.0), Value::Float(-1.0), Value::text("heavy")], at),
        "domains" => return pick(&[Value::texts(["water"]), Value::texts(["wine", "water"])], at),
        "source" => return pick(&[Value::texts(["a"]), Value::texts(["nowhere"]), Value::text("a")], at),
        "lon" => return pick(&[Value::Float(10.0), Value::Float(200.0)], at),
        _ => &["x", "y"],
    };
    Value::text(pick(texts, at))
}

fn node_keys(label: &str) -> &'static [&'static str] {
    match label {
        "Government" => &["scheme", "code", "rank", "level", "lon", "source", "name"],
        "Arrangement" => &["name", "mechanism", "declared_form"],
        "Power" => &["function", "stage", "origin"],
        _ => &["name", "kind"],
    }
}

fn edge_keys(edge_type: &str) -> &'static [&'static str] {
    match edge_type {
        "PARTY_TO" | "MEMBER_OF" => &["role", "status"],
        "COOPERATES_WITH" => &["weight", "arrangement", "declared_direction", "domains", "source"],
        "PAYS" => &["fact", "preferred", "arrangement", "kind"],
        _ => &["kind"],
    }
}

fn build(world: &World) -> Snapshot {
    let mut graph = empty();
    let mut ids: Vec<NodeId> = Vec::new();
    let (first, second) = world.nodes.split_at(world.later.min(world.nodes.len() - 1));
    // What comes in a second change lies beside the packed part.
    for part in [first, second] {
        let mut draft = graph.draft();
        for (label, id, code, dates, which) in part {
            let label = pick(&LABELS, *label);
            let node = draft.create_node(&[label], life(*dates)).unwrap();
            put_node(&mut draft, node, "id", *id);
            for (at, key) in node_keys(label).iter().enumerate() {
                if (which >> at) % 4 != 0 {
                    put_node(&mut draft, node, key, code / (at + 1));
                }
            }
            ids.push(node);
        }
        graph = next(&graph, &draft.finish());
    }
    let (first, second) = world.edges.split_at(world.edges.len() / 2);
    for part in [first, second] {
        let mut draft = graph.draft();
        for (edge_type, from, to, dates, which) in part {
            let edge_type = pick(&TYPES, *edge_type);
            let edge =
                draft.create_edge(edge_type, pick(&ids, *from), pick(&ids, *to), life(*dates)).unwrap();
            draft.set_edge(edge, "id", value("id", *which)).unwrap();
            for (at, key) in edge_keys(edge_type).iter().enumerate() {
                if (which >> at) % 3 != 0 {
                    draft.set_edge(edge, key, value(key, dates / (at + 1))).unwrap();
                }
            }
        }
        graph = next(&graph, &draft.finish());
    }
    graph
}

fn next(graph: &Snapshot, changes: &ChangeSet) -> Snapshot {
    let after = graph.apply(changes).unwrap();
    judged(graph, &after, changes);
    after
}

fn put_node(draft: &mut Draft<'_>, node: NodeId, key: &str, at: usize) {
    draft.set_node(node, key, value(key, at)).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn worlds_full_of_breaches_get_the_same_verdict(world in world()) {
        let graph = build(&world);
        prop_assert_eq!(by_whole(&graph), by_change(&graph));
    }

    #[test]
    fn random_graphs_get_the_same_verdict(plan in random::domain()) {
        let graph = random::build(&plan, true);
        prop_assert_eq!(by_whole(&graph), by_change(&graph));
    }
}
