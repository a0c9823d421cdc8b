//! What a commit is checked for costs what the change touches, not what the store holds.

use std::sync::Arc;

use intergov::graph::{
    Catalogue, ChangeSet, EdgeId, EdgeRecord, KeyId, NodeId, NodeRecord, Property, Snapshot,
};
use intergov::relations::DomainRules;
use intergov::value::{Validity, Value};

use crate::exchange::schema;

/// Governments under each superior.
const FANOUT: u64 = 30;

/// A forest of so many governments, each subordinate to another and tied to the next.
fn forest(governments: u64) -> Snapshot {
    let empty = Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema()))));
    // The names come from one small change, so that they have their numbers.
    let mut draft = empty.draft();
    let nodes = [0, 1].map(|_| draft.create_node(&["Government"], Validity::ALWAYS).unwrap());
    for edge_type in ["SUBORDINATE_TO", "COOPERATES_WITH"] {
        draft.create_edge(edge_type, nodes[0], nodes[1], Validity::ALWAYS).unwrap();
    }
    let keys = ["id", "scheme", "code", "name"].map(|key| draft.key(key).unwrap());
    let named = empty.apply(&draft.finish()).unwrap();
    let catalogue = named.catalogue();
    let label = catalogue.label("Government").unwrap();
    let [line, tie] = ["SUBORDINATE_TO", "COOPERATES_WITH"].map(|name| catalogue.edge_type(name).unwrap());
    let text = |key: KeyId, text: String| (key, Property::Fixed(Value::Text(text.into())));
    let node = |n: u64| NodeRecord {
        id: NodeId::new(n),
        labels: vec![label],
        validity: Validity::ALWAYS,
        properties: [
            text(keys[0], format!("g{n:07}")),
            text(keys[1], "xx".to_owned()),
            text(keys[2], format!("xx:{n:07}")),
            text(keys[3], format!("第{n}县")),
        ]
        .into_iter()
        .collect(),
    };
    let edge = |id: u64, edge_type, source: u64, target: u64| EdgeRecord {
        id: EdgeId::new(id),
        edge_type,
        source: NodeId::new(source),
        target: NodeId::new(target),
        validity: Validity::ALWAYS,
        properties: [text(keys[0], format!("e{id:08}"))].into_iter().collect(),
    };
    let nodes = (0..governments).map(node).collect();
    let lines = (1..governments).map(|n| edge(2 * n, line, n, (n - 1) / FANOUT));
    let ties = (1..governments).map(|n| edge(2 * n + 1, tie, n - 1, n));
    let next_ids = (governments, 2 * governments + 2);
    Snapshot::from_records(1, next_ids, Arc::clone(catalogue), nodes, lines.chain(ties).collect()).unwrap()
}

/// A government renamed, one founded under it, and a tie of the two.
fn small_change(state: &Snapshot) -> ChangeSet {
    let mut draft = state.draft();
    let old = state.find("Government", "g0000500").unwrap().id();
    draft.set_node(old, "name", Value::text("新名")).unwrap();
    let new = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    for (key, value) in [("id", "new"), ("scheme", "xx"), ("code", "xx:new"), ("name", "新县")] {
        draft.set_node(new, key, Value::text(value)).unwrap();
    }
    draft.create_edge("SUBORDINATE_TO", new, old, Validity::ALWAYS).unwrap();
    draft.create_edge("COOPERATES_WITH", new, old, Validity::ALWAYS).unwrap();
    draft.finish()
}

/// How many elements the rules look at for the small change.
fn visited(governments: u64) -> u64 {
    let before = forest(governments);
    let changes = small_change(&before);
    let after = before.apply(&changes).unwrap();
    let checked = DomainRules.check_counted(&before, &after, &changes);
    let errors: Vec<_> = checked.violations.iter().filter(|violation| !violation.warning).collect();
    assert!(errors.is_empty(), "{errors:?}");
    checked.visited
}

#[test]
fn checks_cost_what_a_change_touches() {
    let small = visited(1_000);
    assert_eq!(visited(20_000), small);
    assert!(small > 0 && small < 200, "{small}");
}

#[test]
#[ignore = "needs a gigabyte of memory and a minute; the continuous integration runs it by name"]
fn checks_cost_the_same_in_a_million_governments() {
    assert_eq!(visited(1_000_000), visited(1_000));
}

/// Who ends with thousands of ties changes every entry of one list; each stays where it is in it.
#[test]
fn a_hub_ends_with_all_its_ties() {
    use intergov::relations::{EndReason, NewGovernment, Outliving, Writer};
    use intergov::value::{Bound, Date, Validity};

    const TIES: usize = 4_000;
    let empty = crate::exchange::empty();
    let mut draft = empty.draft();
    let mut writer = Writer::new(&mut draft);
    let mut governments = Vec::new();
    for at in 0..=TIES {
        let (id, name) = (format!("g:{at}"), format!("G{at}"));
        governments.push(
            writer.found_government(&NewGovernment::new("local", &id, &name), Validity::ALWAYS).unwrap(),
        );
    }
    for (at, other) in governments[1..].iter().enumerate() {
        let ends = if at % 2 == 0 { (governments[0], *other) } else { (*other, governments[0]) };
        draft.create_edge("COOPERATES_WITH", ends.0, ends.1, Validity::ALWAYS).unwrap();
    }
    let before = empty.apply(&draft.finish()).unwrap();
    let date: Date = "2019".parse().unwrap();
    let mut draft = before.draft();
    let reason = Some(EndReason::Merged);
    let ended = Writer::new(&mut draft).end_node(governments[0], date, reason, Outliving::End).unwrap();
    assert_eq!(ended.edges.len(), TIES);
    let after = before.apply(&draft.finish()).unwrap();
    let hub = |state: &Snapshot| {
        let hub = state.node(governments[0]).unwrap();
        let ids = |out: bool| -> Vec<_> {
            if out {
                hub.out_edges().map(|edge| edge.id()).collect()
            } else {
                hub.in_edges().map(|edge| edge.id()).collect()
            }
        };
        (ids(true), ids(false))
    };
    assert_eq!(hub(&before), hub(&after));
    assert_eq!(hub(&after).0.len() + hub(&after).1.len(), TIES);
    assert!(after.edges().all(|edge| edge.validity().to == Bound::Known(date)));
    assert_eq!(after.edge_count(), TIES);
}
