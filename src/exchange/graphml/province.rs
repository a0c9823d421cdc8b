//! In which province does a government lie at a date?

use crate::graph::{NodeIx, NodeRef, Snapshot};
use crate::relations::{Hierarchy, Scale, TierSchemes};
use crate::value::Day;

/// Finds the government just below the top of a scheme: a province, a state.
pub(super) struct Provinces {
    hierarchy: Hierarchy,
    schemes: TierSchemes,
}

impl Provinces {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self { hierarchy: Hierarchy::of(snapshot), schemes: TierSchemes::of(snapshot) }
    }

    /// The government of the first level above or at a node, on the day or lately.
    pub(super) fn above<'s>(&self, node: NodeRef<'s>, day: Option<Day>) -> Option<NodeRef<'s>> {
        let snapshot = node.snapshot();
        let chain = match day {
            Some(day) => self.hierarchy.ancestors_at(node.ix(), day),
            None => self.latest_chain(node.ix()),
        };
        let line = std::iter::once(node.ix()).chain(chain).filter_map(|ix| snapshot.node_at(ix));
        line.into_iter().find(|node| self.ordinal(*node, day) == Some(1.0))
    }

    /// The place of a government's level in its scheme: 0 is the top.
    fn ordinal(&self, node: NodeRef<'_>, day: Option<Day>) -> Option<f64> {
        let value = |key: &str| super::values::value_on(&node.property(key)?, day);
        let (scheme, level) = (value("scheme")?, value("level")?);
        Some(self.schemes.tier(Scale::Level, scheme.as_text()?, level.as_text()?)?.ordinal)
    }

    /// The line of the superiors that began last.
    fn latest_chain(&self, government: NodeIx) -> Vec<NodeIx> {
        let mut chain = Vec::new();
        let mut at = government;
        while let Some(superior) =
            self.hierarchy.superiors(at).iter().max_by_key(|own| own.extent.possible.from)
        {
            if superior.government == government || chain.contains(&superior.government) {
                break;
            }
            chain.push(superior.government);
            at = superior.government;
        }
        chain
    }
}
