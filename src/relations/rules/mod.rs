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
mod figures;
mod flows;
mod forest;
mod ids;
mod parties;
mod powers;
mod schema;
mod scope;
mod spells;
mod succession;
mod validity;
mod values;

use crate::graph::{ChangeSet, CommitRule, Snapshot, Violation};
use scope::Scope;

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

/// All groups, in the order in which they are checked.
const GROUPS: &[Group] = &[
    schema::check,
    values::check,
    ids::check,
    spells::check,
    validity::check,
    codes::check,
    figures::check,
    forest::check,
    succession::check,
    parties::check,
    arrangements::check,
    declared::check,
    bodies::check,
    powers::check,
    flows::check,
];

impl DomainRules {
    /// Checks a change and tells how many elements were looked at.
    #[must_use]
    pub fn check_counted(self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Checked {
        let mut scope = Scope::of(before, after, changes);
        for group in GROUPS {
            group(&mut scope);
        }
        scope.finish()
    }
}

impl CommitRule for DomainRules {
    fn check(&self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Vec<Violation> {
        self.check_counted(before, after, changes).violations
    }
}

/// The rules that a commit is held against.
#[must_use]
pub fn rules() -> Vec<Box<dyn CommitRule>> {
    vec![Box::new(DomainRules)]
}
