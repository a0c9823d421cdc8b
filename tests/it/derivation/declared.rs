//! A declared direction or form is checked by the rule (S4, S7, S21).

use intergov::graph::{ChangeSet, Violation};
use intergov::relations::rules;
use intergov::value::Value;

use super::world::{World, china};

/// What the rules say of a world's declarations.
fn said(world: &World) -> Vec<Violation> {
    let graph = world.build();
    let empty = intergov::graph::Snapshot::empty(std::sync::Arc::clone(graph.snapshot.catalogue()));
    let nodes = graph.snapshot.nodes().map(|node| intergov::graph::Change::PutNode(node.to_record()));
    let edges = graph.snapshot.edges().map(|edge| intergov::graph::Change::PutEdge(edge.to_record()));
    let changes =
        ChangeSet::from_parts(0, graph.snapshot.next_ids(), Vec::new(), nodes.chain(edges).collect());
    let mut found: Vec<Violation> =
        rules().iter().flat_map(|rule| rule.check(&empty, &graph.snapshot, &changes)).collect();
    found.retain(|violation| {
        violation.column.as_deref().is_some_and(|column| column.starts_with("declared_"))
    });
    found
}

fn declares(a: &str, b: &str, direction: &str) -> Vec<Violation> {
    let mut world = china();
    world.edge(
        "COOPERATES_WITH",
        a,
        b,
        ("2000", "..", ""),
        &[("declared_direction", Value::text(direction))],
    );
    said(&world)
}

#[test]
fn a_true_declaration_is_passed() {
    for (a, b, direction) in [
        ("Suzhou", "Wuxi", "horizontal"),
        ("Shanghai", "Suzhou", "diagonal"),
        ("Jiangsu", "Suzhou", "vertical"),
    ] {
        assert_eq!(declares(a, b, direction), [], "{a}–{b}");
    }
}

#[test]
fn a_contradiction_names_both_governments_their_ranks_the_rule_and_the_remedy() {
    let found = declares("Shanghai", "Suzhou", "horizontal");
    assert_eq!(found.len(), 1);
    let text = found[0].to_string();
    for part in ["Shanghai", "Suzhou", "provincial", "prefectural", "diagonal", "S21"] {
        assert!(text.contains(part), "{part} is missing in: {text}");
    }
    assert!(!found[0].warning);
    let led = declares("Jiangsu", "Suzhou", "diagonal");
    assert!(led[0].to_string().contains("vertical"), "{}", led[0]);
}

#[test]
fn a_declaration_that_is_true_by_level_alone_is_refused_and_told_so() {
    let found = declares("Hangzhou", "Huzhou", "horizontal");
    assert_eq!(found.len(), 1);
    assert!(!found[0].warning && found[0].remedy.contains("by level"), "{}", found[0]);
}

#[test]
fn a_declared_form_is_held_against_the_pairs() {
    let council = |form: &str| {
        let mut world = china();
        world.council("A", "2000", &["Shanghai", "Suzhou", "Wuxi"]);
        world.set("A", "declared_form", Value::text(form));
        said(&world)
    };
    assert_eq!(council("multilateral-cross"), []);
    let found = council("horizontal");
    assert_eq!(found.len(), 1);
    assert!(found[0].message.contains("multilateral-cross") && found[0].rule == "S7", "{}", found[0]);
}
