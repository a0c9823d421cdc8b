//! How does the graph stay on disk?
//!
//! All data lie in sled as packed, checksummed values; a small witness file beside it catches a store
//! that lost what it had acknowledged. One writer at a time; readers hold an immutable
//! [`Snapshot`](crate::graph::Snapshot) and are never in the way. Layout, write protocol and what each
//! kind of damage gives are in `docs/storage.md`. sled and bincode are named in this folder only.

mod chunks;
mod columns;
mod commit;
mod copy;
mod engine;
mod envelope;
mod error;
mod failpoint;
mod format;
#[cfg(feature = "fuzzing")]
mod fuzz;
#[cfg(test)]
mod golden;
mod head;
mod journal;
mod load;
mod lock;
mod manifest;
mod merge;
mod migrate;
mod open;
mod quiet;
mod records;
mod stats;
mod verify;

pub use commit::{CommitNote, Committed};
pub use error::{MigrationError, StoreError};
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub use failpoint::{Armed, CALLS, Fault, STAGES, arm, set_clock};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use fuzz::{fuzz_chunk, fuzz_head, fuzz_value};
pub use journal::{ChangeCounts, Former, HistoryEntry, JournalEntry, Touch};
pub use migrate::{AppliedStep, SchemaStep, StepKind};
pub use open::{Access, Store, StoreOptions};
pub use stats::{PartBytes, StoreStats};
pub use verify::{Finding, VerifyReport};
