//! What may be committed? The schema and the rules of the domain, checked where a change touches them.
//!
//! Every group of rules looks at the changed elements and their neighbours only, so that the cost of a
//! commit follows the change and not the store; [`DomainRules::check_counted`] tells how many elements
//! were looked at. All faults are reported at once, in the order of their elements.

mod arrangements;
mod bodies;
mod codes;
mod compiled;
mod currencies;
mod declared;
mod elements;
mod fault;
mod figures;
mod flows;
mod forest;
mod groups;
mod ids;
mod lines;
mod parties;
mod powers;
mod schema;
mod scope;
mod settings;
mod spells;
mod succession;
mod validity;
mod values;
mod whole;

use crate::graph::{ChangeSet, CommitRule, Snapshot, Violation};
use groups::{ACROSS, SINGLE};
use scope::CheckScope;

#[cfg(feature = "exchange")]
pub(crate) use validity::FOLLOW_SUCCESSORS;
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

impl DomainRules {
    /// Checks a change and tells how many elements were looked at.
    #[must_use]
    pub fn check_counted(self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Checked {
        let mut scope = CheckScope::of(before, after, changes);
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

/// The rules that each commit is checked against.
#[must_use]
pub fn rules() -> Vec<Box<dyn CommitRule>> {
    vec![Box::new(DomainRules)]
}
