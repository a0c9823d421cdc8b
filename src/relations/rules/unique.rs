//! No two nodes of a label hold the same value under a key that the schema declares unique.

use std::sync::Arc;

use hashbrown::HashMap;

use super::compiled::CompiledSchema;
use super::fault::{Fault, node_subject};
use super::groups::Keys;
use super::scope::CheckScope;
use crate::graph::{IndexSpec, NodeRef, Property};
use crate::relations::caption;
use crate::value::Value;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    let after = scope.after;
    let catalogue = Arc::clone(after.catalogue());
    for spec in catalogue.schema().indexes.iter().filter(|spec| spec.unique) {
        one(scope, spec);
    }
}

/// The values of a node that no other node may hold.
pub(super) fn keys(_: &CompiledSchema<'_>, node: NodeRef<'_>, take: &mut Keys<'_>) {
    for spec in node.snapshot().catalogue().schema().indexes.iter().filter(|spec| spec.unique) {
        if node.has_label(&spec.label) {
            let values = held(spec, node);
            values.iter().for_each(|(text, _)| take(&[&spec.label, &spec.key, text]));
        }
    }
}

fn one(scope: &mut CheckScope<'_>, spec: &IndexSpec) {
    let mut seen: HashMap<String, NodeRef<'_>> = HashMap::new();
    for node in scope.changed(&spec.label) {
        // An element that takes a value which another one keeps is looked at.
        if scope.keeps(node, &[&spec.key]) {
            continue;
        }
        for (text, value) in held(spec, node) {
            let stored = scope.before.nodes_by(&spec.label, &spec.key, value.clone()).unwrap_or_default();
            scope.visit(1 + stored.len());
            let now = stored.into_iter().filter_map(|old| scope.after.node(old.id()));
            let mut others = now.filter(|old| {
                old.id() != node.id()
                    && old.has_label(&spec.label)
                    && held(spec, *old).iter().any(|(own, _)| *own == text)
            });
            let stored = others.next();
            let earlier = seen.insert(text, node).filter(|other| other.id() != node.id());
            if let Some(other) = earlier.or(stored) {
                let message = format!(
                    "“{}” of {} is unique, and {value} stands for two of them: {} {} and {} {}",
                    spec.key,
                    spec.label,
                    other.id(),
                    caption(other),
                    node.id(),
                    caption(node)
                );
                let remedy = "give one of them another value, or remove one";
                scope.error(node_subject(node), Fault::new("unique", message, remedy).of(&spec.key));
            }
        }
    }
}

/// What a node holds for an index, each value once, with the text that equal values have in common.
fn held(spec: &IndexSpec, node: NodeRef<'_>) -> Vec<(String, Value)> {
    let property = node.property(&spec.key);
    let values = property.iter().flat_map(Property::values);
    let mut held: Vec<(String, Value)> =
        values.filter_map(|value| Some((spec.kind.canonical(value)?, value.clone()))).collect();
    held.sort_by(|a, b| a.0.cmp(&b.0));
    held.dedup_by(|a, b| a.0 == b.0);
    held
}
