//! A text id is unique among the rows of its label or edge type (S22).

use std::sync::Arc;

use hashbrown::HashMap;

use super::compiled::CompiledSchema;
use super::fault::{Fault, edge_subject, node_subject};
use super::groups::Keys;
use super::schema::declared_labels;
use super::scope::{CheckScope, edge_text, text};
use crate::graph::{EdgeRef, NodeRef, Property};
use crate::relations::{caption, edge_caption};
use crate::value::Value;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    nodes(scope);
    edges(scope);
}

/// The id of a node among the rows of each of its labels.
pub(super) fn node_keys(plans: &CompiledSchema<'_>, node: NodeRef<'_>, take: &mut Keys<'_>) {
    let held = plans.id.and_then(|key| node.property_of(key));
    if let Some(id) = held.as_ref().and_then(Property::latest).and_then(Value::as_text) {
        plans.of_node(node).for_each(|plan| take(&[&plan.spec.name, id]));
    }
}

/// The id of an edge among the rows of its type.
pub(super) fn edge_keys(plans: &CompiledSchema<'_>, edge: EdgeRef<'_>, take: &mut Keys<'_>) {
    let held = plans.id.and_then(|key| edge.property_of(key));
    if let Some(id) = held.as_ref().and_then(Property::latest).and_then(Value::as_text) {
        take(&[edge.edge_type(), id]);
    }
}

fn nodes(scope: &mut CheckScope<'_>) {
    let mut seen: HashMap<(&str, Box<str>), NodeRef<'_>> = HashMap::new();
    let elements = Arc::clone(&scope.elements);
    for node in elements.nodes.iter().copied() {
        let Some(id) = text(node, "id") else { continue };
        // An element that takes an id which another one keeps is looked at.
        if scope.keeps(node, &["id"]) {
            continue;
        }
        for label in declared_labels(node).map(|spec| spec.name.as_str()) {
            scope.visit(1);
            let stored = scope
                .before
                .nodes_holding("id", &id)
                .into_iter()
                .filter_map(|old| scope.after.node(old.id()));
            let mut stored = stored.filter(|old| {
                old.id() != node.id() && old.has_label(label) && text(*old, "id").as_ref() == Some(&id)
            });
            let other = seen.insert((label, id.as_str().into()), node).or_else(|| stored.next());
            if let Some(other) = other {
                let message = format!(
                    "the id “{id}” stands for two rows of {label}: {} and {}",
                    caption(other),
                    caption(node)
                );
                let remedy =
                    "give one of them another id, or import with the mode `update` to replace the stored row";
                scope.error(node_subject(node), Fault::new("S22", message, remedy).of("id"));
            }
        }
    }
}

fn edges(scope: &mut CheckScope<'_>) {
    let mut seen: HashMap<(&str, Box<str>), EdgeRef<'_>> = HashMap::new();
    let schema = scope.after.catalogue().schema();
    let elements = Arc::clone(&scope.elements);
    for edge in elements.edges.iter().copied() {
        let edge_type = edge.edge_type();
        let (Some(_), Some(id)) = (schema.edge(edge_type), edge_text(edge, "id")) else { continue };
        scope.visit(1);
        let stored =
            scope.before.edges_holding("id", &id).into_iter().filter_map(|old| scope.after.edge(old.id()));
        let mut stored = stored.filter(|old| {
            old.id() != edge.id()
                && old.edge_type() == edge_type
                && edge_text(*old, "id").as_ref() == Some(&id)
        });
        let other = seen.insert((edge_type, id.as_str().into()), edge).or_else(|| stored.next());
        if let Some(other) = other {
            let message = format!(
                "the id “{id}” stands for two rows: {} and {}",
                edge_caption(other),
                edge_caption(edge)
            );
            let remedy =
                "give one of them another id, or import with the mode `update` to replace the stored row";
            scope.error(edge_subject(edge), Fault::new("S22", message, remedy).of("id"));
        }
    }
}
