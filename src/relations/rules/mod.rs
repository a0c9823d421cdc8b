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
mod unique;
mod validity;
mod values;
mod whole;

use crate::graph::{ChangeSet, CommitRule, Snapshot, Violation};
use crate::workers;
use fault::in_order;
use groups::{ACROSS, Group, SINGLE};
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

/// Changes that make a part of a check that is shared among the cores.
const SHARED: usize = 4_096;
/// Most parts: enough to keep all cores busy until the end.
const MOST_PARTS: usize = 64;

impl DomainRules {
    /// Checks a change and tells how many elements were looked at. A large change is looked at on all threads of the
    /// library, with the same outcome.
    #[must_use]
    pub fn check_counted(self, before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Checked {
        let parts = if workers::count() > 1 { (changes.len() / SHARED).min(MOST_PARTS) } else { 0 };
        self.check_in_parts(before, after, changes, parts)
    }

    /// As [`DomainRules::check_counted`], in so many parts, whatever the size of the change.
    #[doc(hidden)]
    #[must_use]
    pub fn check_in_parts(
        self,
        before: &Snapshot,
        after: &Snapshot,
        changes: &ChangeSet,
        parts: usize,
    ) -> Checked {
        let mut scope = CheckScope::of(before, after, changes);
        if parts < 2 {
            let groups = SINGLE.iter().copied().chain(ACROSS.iter().map(|across| across.group));
            groups.for_each(|group| group(&mut scope));
            return scope.finish();
        }
        let single = |mut part: CheckScope<'_>| {
            SINGLE.iter().for_each(|group| group(&mut part));
            part.finish()
        };
        let across = |(group, mut scope): (Group, CheckScope<'_>)| {
            group(&mut scope);
            scope.finish()
        };
        let (shares, groups) = (scope.parts(parts), ACROSS.iter().map(|across| across.group));
        let groups: Vec<(Group, CheckScope<'_>)> = groups.map(|group| (group, scope.again())).collect();
        let found = workers::both(|| workers::map(shares, single), || workers::map(groups, across));
        Checked::all(found.0.into_iter().chain(found.1))
    }
}

impl Checked {
    fn all(parts: impl Iterator<Item = Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            all.violations.extend(part.violations);
            all.visited += part.visited;
        }
        Self { violations: in_order(all.violations), ..all }
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
