//! How do groups of governments hang together, and how apart?

pub(super) mod participation;
pub(super) mod partition;

pub use participation::{Participation, participation};
pub use partition::{Part, partition};
