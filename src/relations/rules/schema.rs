//! What the schema declares: labels and their required properties, ends of edges. What it does not declare
//! is free.

use std::sync::Arc;

use super::compiled::{CompiledProperty, CompiledType};
use super::fault::{Fault, edge_subject, node_subject};
use super::scope::CheckScope;
use crate::graph::{EdgeRef, LabelSpec, NodeRef, Properties, PropertySpec};
use crate::relations::{caption, edge_caption};

/// Checks a node that has these properties.
pub(super) fn node(scope: &mut CheckScope<'_>, node: NodeRef<'_>, properties: &Properties) {
    let plans = Arc::clone(&scope.plans);
    for plan in plans.of_node(node) {
        for CompiledProperty { spec, key, .. } in plan.properties.iter().filter(|plan| plan.spec.required) {
            let held = key.and_then(|key| properties.get(key)?.latest());
            if held.is_none() {
                let label = plan.spec.name.to_lowercase();
                let message = format!("the {label} {} has no {}", caption(node), spec.key);
                scope.error(node_subject(node), missing(spec, message));
            }
        }
    }
}

/// Checks what an edge is and what it joins.
pub(super) fn edge(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, plan: &CompiledType<'_>) {
    if plan.derived {
        derived(scope, edge);
    }
    if let Some(spec) = plan.spec
        && !plan.joins(edge.source().labels(), edge.target().labels())
    {
        check_ends(scope, edge, &spec.ends);
    }
}

/// Says that an edge lacks a property that it must have.
pub(super) fn edge_lacks(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, spec: &PropertySpec) {
    let message = format!("{} has no {}", edge_caption(edge), spec.key);
    scope.error(edge_subject(edge), missing(spec, message));
}

fn missing(spec: &PropertySpec, message: String) -> Fault {
    let remedy = if spec.values.is_empty() {
        format!("write its {}", spec.key)
    } else {
        format!("write one of {}", spec.values.join(", "))
    };
    Fault::new("schema", message, remedy).of(&spec.key)
}

/// The declarations of the labels that a node has.
pub(super) fn declared_labels(node: NodeRef<'_>) -> impl Iterator<Item = &LabelSpec> {
    let catalogue = node.snapshot().catalogue();
    node.labels().iter().filter_map(|label| catalogue.schema().label(catalogue.label_name(*label)))
}

/// A tie is derived, never typed in (S12).
fn derived(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>) {
    let message = format!("{} is a derived tie and cannot be written", edge_caption(edge));
    let remedy = "write what it follows from: both as parties of an Arrangement (PARTY_TO), or a bare \
                  COOPERATES_WITH; the direction follows from ranks and hierarchy";
    scope.error(edge_subject(edge), Fault::new("S12", message, remedy));
}

fn check_ends(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, ends: &[(String, String)]) {
    let labels =
        |node: NodeRef<'_>| -> Vec<String> { declared_labels(node).map(|spec| spec.name.clone()).collect() };
    let (sources, targets) = (labels(edge.source()), labels(edge.target()));
    // An end whose labels are not declared is the user's own, and so is the edge.
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
