//! What are governments, their ranks, their arrangements, and which ties follow from them?

mod direction;
mod hierarchy;
mod members;
mod role;
mod tiers;
mod ties;

pub use direction::{Classifier, Direction};
pub use hierarchy::{Hierarchy, Superior};
pub use members::{Members, Membership};
pub use role::{Act, Pairing, Role, RoleError};
pub use tiers::{Scale, Tier, TierSchemes};
pub use ties::{Basis, Tie, TieOptions, TieTable};
