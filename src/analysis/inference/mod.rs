//! How sure is a statement?

pub(super) mod robustness;
pub(super) mod trend;

pub use robustness::LARGEST;
pub use trend::{Trend, trend};
