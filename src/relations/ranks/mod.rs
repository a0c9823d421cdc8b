//! Which rank does a government have, which superior, and which direction does a tie of two have, on each day?

mod direction;
mod hierarchy;
mod rank_table;
mod tiers;

pub use direction::{Classifier, ClassifierAt, Direction, DirectionSpell};
pub use hierarchy::{Hierarchy, HierarchyAt, Superior};
pub use tiers::{Scale, Tier, TierSchemes};
