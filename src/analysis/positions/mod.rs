//! Which place has a government among others?

pub(super) mod brokerage;
pub(super) mod brokers;
pub(super) mod ei_index;
pub(super) mod structural_holes;

pub use brokerage::{Brokerage, Roles, brokerage};
pub use brokers::{BrokeredPair, brokered_pairs};
pub use ei_index::{EiIndex, ei_index};
pub use structural_holes::{StructuralHoles, structural_holes};
