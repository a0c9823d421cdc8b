//! The groups of rules, and what each of them looks at.

use super::compiled::CompiledSchema;
use super::scope::CheckScope;
use super::{
    arrangements, bodies, codes, declared, elements, figures, flows, forest, ids, parties, powers, settings,
    succession, unique, validity,
};
use crate::graph::{EdgeRef, NodeRef};

/// One group of rules.
pub(super) type Group = fn(&mut CheckScope<'_>);

/// Groups whose faults follow from an element and its neighbours.
pub(super) const SINGLE: &[Group] = &[
    elements::check,
    validity::check,
    figures::check,
    forest::check,
    succession::check,
    parties::check,
    arrangements::check,
    declared::check,
    bodies::check,
    flows::check,
    settings::check,
];

/// Takes a key; elements with the same one may break a rule together.
pub(super) type Keys<'k> = dyn FnMut(&[&str]) + 'k;

/// A group that finds elements anywhere in the graph that do not go together, and what they have in common.
pub(super) struct Across {
    pub(super) group: Group,
    pub(super) node: Option<fn(&CompiledSchema<'_>, NodeRef<'_>, &mut Keys<'_>)>,
    pub(super) edge: Option<fn(&CompiledSchema<'_>, EdgeRef<'_>, &mut Keys<'_>)>,
}

/// Groups that look across the graph.
pub(super) const ACROSS: &[Across] = &[
    Across { group: ids::check, node: Some(ids::node_keys), edge: Some(ids::edge_keys) },
    Across { group: codes::check, node: Some(codes::keys), edge: None },
    Across { group: unique::check, node: Some(unique::keys), edge: None },
    Across { group: powers::check, node: Some(powers::keys), edge: None },
    Across { group: flows::alternatives, node: None, edge: Some(flows::keys) },
];
