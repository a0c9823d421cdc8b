//! The rules that look at one element alone, whose properties are read once for all of them.

use std::sync::Arc;

use super::scope::CheckScope;
use super::{schema, spells, validity, values};

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for node in scope.nodes.clone() {
        let properties = node.properties();
        schema::node(scope, node, &properties);
        values::node(scope, node, &properties);
        spells::node(scope, node, &properties);
        validity::node(scope, node, &properties);
    }
    let plans = Arc::clone(&scope.plans);
    for edge in scope.edges.clone() {
        if let Some(plan) = plans.of_type(edge.type_id()) {
            schema::edge(scope, edge, plan);
            values::edge(scope, edge, plan);
        }
        validity::edge(scope, edge);
    }
}
