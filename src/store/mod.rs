//! How does the graph stay on disk?
//!
//! Packed chunks of the graph lie in immutable segment files; the log of small commits, the newest journal entries
//! and the root of the directory lie in sled, which is copied before it is opened. A small witness file catches a store
//! that lost what it had acknowledged. One writer at a time; readers hold an immutable
//! [`Snapshot`](crate::graph::Snapshot) and are never in the way. Layout and write protocol are in
//! `docs/storage.md`, what damage and faults give in `docs/reliability.md`. sled and bincode are named in this folder only.

mod base;
mod bulk;
mod care;
mod chunks;
mod clock;
mod commit;
mod create;
mod engine;
mod error;
mod failpoint;
mod files;
mod handle;
mod journal;
mod layout;
mod load;
mod open;
mod reader;

pub use bulk::BulkLoad;
pub use care::{
    AppliedStep, BackupReport, CompactReport, Finding, Migration, PartBytes, Rebuilt, Repaired, SchemaStep,
    StepKind, StoreStats, VerifyReport,
};
pub use commit::{CommitNote, Committed};
pub use error::{MigrationError, StoreError};
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub use failpoint::{Armed, CALLS, Fault, STAGES, arm, set_clock};
pub use files::reader_copy::Beside;
pub use handle::{Access, Store, StoreOptions};
pub use journal::{ChangeCounts, Former, HistoryEntry, JournalEntry, Touch};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use layout::fuzz::{fuzz_chunk, fuzz_head, fuzz_value};
pub use reader::ChunkReader;
