//! Who stands where, and who above whom: tier schemes, ranks over time, the dated hierarchy, the direction of a tie.

mod direction;
mod hierarchy;
mod rank_table;
mod tiers;

pub use direction::{Classifier, ClassifierAt, Direction, DirectionSpell};
pub use hierarchy::{Hierarchy, HierarchyAt, Superior};
pub use tiers::{Scale, Tier, TierSchemes};
