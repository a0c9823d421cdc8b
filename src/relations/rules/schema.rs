//! What the schema declares: labels and their required properties, ends of edges. What it does not declare
//! is free.

use super::scope::{Fault, Scope, edge_subject, node_subject};
use crate::graph::{EdgeRef, LabelSpec, NodeRef, Property};
use crate::relations::caption::{caption, edge_caption};

/// Types of the derived ties, which are never stored.
const DERIVED: [&str; 5] = ["TIE", "VERTICAL", "HORIZONTAL", "DIAGONAL", "UNCLASSIFIED"];

pub(super) fn check(scope: &mut Scope<'_>) {
    let schema = scope.after.catalogue().schema();
    for node in scope.nodes.clone() {
        for spec in declared_labels(node) {
            for property in spec.properties.iter().filter(|property| property.required) {
                let held = node.property(&property.key);
                if held.as_ref().and_then(Property::latest).is_none() {
                    let message =
                        format!("the {} {} has no {}", spec.name.to_lowercase(), caption(node), property.key);
                    let remedy = if property.values.is_empty() {
                        format!("write its {}", property.key)
                    } else {
                        format!("write one of {}", property.values.join(", "))
                    };
                    scope.error(node_subject(node), Fault::new("schema", message, remedy).of(&property.key));
                }
            }
        }
    }
    for edge in scope.edges.clone() {
        if DERIVED.contains(&edge.edge_type()) {
            derived(scope, edge);
        }
        let Some(spec) = schema.edge(edge.edge_type()) else { continue };
        check_ends(scope, edge, &spec.ends);
        for property in spec.properties.iter().filter(|property| property.required) {
            if edge.value(&property.key).is_none() {
                let message = format!("{} has no {}", edge_caption(edge), property.key);
                let remedy = if property.values.is_empty() {
                    format!("write its {}", property.key)
                } else {
                    format!("write one of {}", property.values.join(", "))
                };
                scope.error(edge_subject(edge), Fault::new("schema", message, remedy).of(&property.key));
            }
        }
    }
}

/// The declarations of the labels that a node has.
pub(super) fn declared_labels(node: NodeRef<'_>) -> impl Iterator<Item = &LabelSpec> {
    let catalogue = node.snapshot().catalogue();
    node.labels().iter().filter_map(|label| catalogue.schema().label(catalogue.label_name(*label)))
}

/// A tie is derived, never typed in (S12).
fn derived(scope: &mut Scope<'_>, edge: EdgeRef<'_>) {
    let message = format!("{} is a derived tie and cannot be written", edge_caption(edge));
    let remedy = "write what it follows from: both as parties of an Arrangement (PARTY_TO), or a bare \
                  COOPERATES_WITH; the direction follows from ranks and hierarchy";
    scope.error(edge_subject(edge), Fault::new("S12", message, remedy));
}

fn check_ends(scope: &mut Scope<'_>, edge: EdgeRef<'_>, ends: &[(String, String)]) {
    let labels =
        |node: NodeRef<'_>| -> Vec<String> { declared_labels(node).map(|spec| spec.name.clone()).collect() };
    let (sources, targets) = (labels(edge.source()), labels(edge.target()));
    // An end whose labels nobody declared is the user's own, and so is the edge.
    let free = sources.is_empty() || targets.is_empty();
    if free || ends.iter().any(|(from, to)| sources.contains(from) && targets.contains(to)) {
        return;
    }
    let allowed: Vec<String> = ends.iter().map(|(from, to)| format!("from {from} to {to}")).collect();
    let message = format!(
        "{} goes from {} to {}, but {} goes {}",
        edge_caption(edge),
        sources.join(":"),
        targets.join(":"),
        edge.edge_type(),
        allowed.join(" or "),
    );
    let reversed = ends.iter().any(|(from, to)| targets.contains(from) && sources.contains(to));
    let remedy = if reversed { "turn it round" } else { "use another edge type, or other ends" };
    scope.error(edge_subject(edge), Fault::new("schema", message, remedy));
}
