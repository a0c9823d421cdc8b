//! What may be committed? The schema and the rules of the domain, checked where a change touches them.
//!
//! Every group of rules looks at the changed elements and their neighbours only, so that the cost of a
//! commit follows the change and not the store; [`DomainRules::check_counted`] tells how many elements
//! were looked at. All faults are reported at once, in the order of their elements.

mod arrangements;
mod bodies;
mod codes;
mod currencies;
mod declared;
mod elements;
mod figures;
mod flows;
mod forest;
mod ids;
mod lines;
mod parties;
mod plan;
mod powers;
mod schema;
mod scope;
mod settings;
mod spells;
mod succession;
mod validity;
mod values;
mod whole;

use crate::graph::{ChangeSet, CommitRule, EdgeRef, NodeRef, Snapshot, Violation};
use plan::Plans;
use scope::Scope;

pub use whole::check_whole;

/// The schema and the rules of the domain as one rule of a commit.
#[derive(Clone, Copy, Debug, Default)]
pub struct DomainRules;

/// What a check found and how much it looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Breaches and warnings, by element, rule, column and message.
    pub violations: Vec<Violation>,
    /// How many nodes and edges were looked at, repeated looks counted again.
    pub visited: u64,
}

/// One group of rules.
type Group = fn(&mut Scope<'_>);

/// Groups whose faults follow from an element and its neighbours.
const SINGLE: &[Group] = &[
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
type Keys<'k> = dyn FnMut(&[&str]) + 'k;

/// A group that finds elements anywhere in the graph that do not go together, and what they have in common.
struct Across {
    group: Group,
    node: Option<fn(&Plans<'_>, NodeRef<'_>, &mut Keys<'_>)>,
    edge: Option<fn(&Plans<'_>, EdgeRef<'_>, &mut Keys<'_>)>,
}

/// Groups that look across the graph.
const ACROSS: &[Across] = &[
    Across { group: ids::check, node: Some(ids::node_keys), edge: Some(ids::edge_keys) },
    Across { group: codes::check, node: Some(codes::keys), edge: None },
    Across { group: powers::check, node: Some(powers::keys), edge: None },
    Across { group: flows::alternatives, node: None, edge: Some(flows::keys) },
];

impl DomainRules {
    /// Checks a change and tells how many elements were looked at.
    #[must_use]
    pub fn check_counted(self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Checked {
        let mut scope = Scope::of(before, after, changes);
        for group in SINGLE.iter().copied().chain(ACROSS.iter().map(|across| across.group)) {
            group(&mut scope);
        }
        scope.finish()
    }
}

impl CommitRule for DomainRules {
    fn check(&self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Vec<Violation> {
        self.check_counted(before, after, changes).violations
    }

    fn check_whole(&self, state: &Snapshot) -> Vec<Violation> {
        check_whole(state)
    }
}

/// The rules that a commit is held against.
#[must_use]
pub fn rules() -> Vec<Box<dyn CommitRule>> {
    vec![Box::new(DomainRules)]
}
