//! How is a store saved, checked, mended, made smaller and brought to a newer format?

pub(in crate::store) mod backup;
mod compact;
pub(in crate::store) mod container;
pub(in crate::store) mod format1;
pub(in crate::store) mod migrate;
mod rebuild;
mod repair;
pub(in crate::store) mod stats;
pub(in crate::store) mod steps;
mod upgrade;
mod verify;

pub use backup::BackupReport;
pub use compact::CompactReport;
pub use migrate::AppliedStep;
pub use rebuild::Rebuilt;
pub use repair::Repaired;
pub use stats::{PartBytes, StoreStats};
pub use steps::{SchemaStep, StepKind};
pub use upgrade::Migration;
pub use verify::{Finding, VerifyReport};
