//! The rules that look at one element alone, whose properties are read once for all of them.

use std::sync::Arc;

use super::scope::CheckScope;
use super::{schema, spells, validity, values};

pub(super) fn check(scope: &mut CheckScope<'_>) {
    let elements = Arc::clone(&scope.elements);
    for node in elements.nodes.iter().copied() {
        let properties = node.properties();
        schema::node(scope, node, &properties);
        values::node(scope, node, &properties);
        spells::node(scope, node, &properties);
        validity::node(scope, node, &properties);
    }
    let plans = Arc::clone(&scope.plans);
    for edge in elements.edges.iter().copied() {
        if let Some(plan) = plans.of_type(edge.type_id()) {
            schema::edge(scope, edge, plan);
            values::edge(scope, edge, plan);
        }
        validity::edge(scope, edge);
    }
}
