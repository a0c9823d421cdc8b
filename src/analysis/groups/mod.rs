//! How do groups of governments hang together, and how apart?

mod agreement;
pub(super) mod community;
mod leiden;
pub(super) mod participation;
pub(super) mod partition;
mod weighted;

pub use agreement::{Agreement, agreement};
pub use leiden::{Communities, Quality, leiden};
pub use participation::{Participation, participation};
pub use partition::{Part, partition};
