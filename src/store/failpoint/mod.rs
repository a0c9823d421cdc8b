//! Where can a write or an opening be stopped, so that a test sees what is left?
//!
//! The store names its stages as it enters them: `failpoint::failpoint("commit.logged", path)?`. Without the
//! feature `failpoints`, which only the tests of this crate switch on, that is nothing. With it a test says
//! at which hit of which stage the process dies, stands still, gets an error of the operating system, or
//! runs what the test wants. A stage lasts until the next one is entered or the commit is acknowledged.

#[cfg(not(feature = "failpoints"))]
mod disabled;
#[cfg(feature = "failpoints")]
mod enabled;

#[cfg(not(feature = "failpoints"))]
pub(super) use disabled::{clock, failpoint};
#[cfg(feature = "failpoints")]
pub use enabled::{Armed, CALLS, Fault, STAGES, arm, set_clock};
#[cfg(feature = "failpoints")]
pub(super) use enabled::{clock, failpoint};
