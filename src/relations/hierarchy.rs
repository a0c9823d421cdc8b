//! Who is subordinate to whom, when.

use std::collections::BTreeSet;

use crate::graph::{EdgeIx, NodeIx, Snapshot};
use crate::value::{Day, Extent, Truth, Window};

/// Superiors are never further up than this; a longer chain is a cycle.
const DEPTH: usize = 32;

/// One subordination of a government.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Superior {
    /// The superior.
    pub government: NodeIx,
    /// The edge.
    pub edge: EdgeIx,
    /// When it holds.
    pub extent: Extent,
}

/// The dated hierarchy of one snapshot: direct superiors by `SUBORDINATE_TO`.
#[derive(Clone, Debug, Default)]
pub struct Hierarchy {
    superiors: Vec<Vec<Superior>>,
}

impl Hierarchy {
    /// Reads the hierarchy of a snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let mut superiors = vec![Vec::new(); snapshot.node_bound()];
        for edge in snapshot.edges_of("SUBORDINATE_TO") {
            let extent = edge.validity().extent();
            superiors[edge.source_ix().position()].push(Superior {
                government: edge.target_ix(),
                edge: edge.ix(),
                extent,
            });
        }
        Self { superiors }
    }

    /// All direct superiors that a government ever had.
    #[must_use]
    pub fn superiors(&self, government: NodeIx) -> &[Superior] {
        self.superiors.get(government.position()).map_or(&[], Vec::as_slice)
    }

    /// The direct superior on a day: one that certainly holds, else one that possibly holds.
    #[must_use]
    pub fn superior_at(&self, government: NodeIx, day: Day) -> Option<NodeIx> {
        let own = self.superiors(government);
        let held =
            |wanted: Truth| own.iter().find(|superior| superior.extent.holds_in(Window::on(day)) == wanted);
        held(Truth::True).or_else(|| held(Truth::Unknown)).map(|superior| superior.government)
    }

    /// All superiors on a day, the direct one first.
    #[must_use]
    pub fn ancestors_at(&self, government: NodeIx, day: Day) -> Vec<NodeIx> {
        let mut chain = Vec::new();
        let mut at = government;
        while let Some(superior) = self.superior_at(at, day) {
            if chain.len() >= DEPTH || chain.contains(&superior) {
                break;
            }
            chain.push(superior);
            at = superior;
        }
        chain
    }

    /// Whether the first is subordinate to the second on a day, at any distance.
    #[must_use]
    pub fn is_subordinate(&self, government: NodeIx, superior: NodeIx, day: Day) -> bool {
        self.ancestors_at(government, day).contains(&superior)
    }

    /// Days on which the chain of superiors may change.
    #[must_use]
    pub fn change_days(&self, government: NodeIx) -> BTreeSet<Day> {
        let mut days = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![government];
        while let Some(at) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            for superior in self.superiors(at) {
                let spans = [Some(superior.extent.possible), superior.extent.certain];
                days.extend(spans.into_iter().flatten().flat_map(|span| [span.from, span.to]));
                open.push(superior.government);
            }
        }
        days
    }
}
