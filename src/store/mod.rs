//! How does the graph stay on disk?
//!
//! Packed chunks of the graph lie in immutable segment files; the log of small commits, the newest journal entries
//! and the root of the directory lie in sled, which is copied before it is opened. A small witness file catches a store
//! that lost what it had acknowledged. One writer at a time; readers hold an immutable
//! [`Snapshot`](crate::graph::Snapshot) and are never in the way. Layout and write protocol are in
//! `docs/storage.md`, what damage and faults give in `docs/reliability.md`. sled and bincode are named in this folder only.

mod archive;
mod backup;
mod bulk;
mod cache;
mod checkpoint;
mod chunk_writer;
mod chunks;
mod codec;
mod columns;
mod commit;
mod compact;
mod container;
mod create;
mod engine;
mod envelope;
mod error;
mod failpoint;
mod folder;
mod format;
mod format1;
#[cfg(feature = "fuzzing")]
mod fuzz;
#[cfg(test)]
mod golden;
mod handle;
mod head;
mod journal;
mod load;
mod lock;
mod manifest;
mod merge;
mod migrate;
mod open;
mod panic_guard;
mod quiesce;
mod reader;
mod reader_copy;
mod rebuild;
mod records;
mod repair;
mod segment;
mod segments;
mod staging;
mod stats;
mod text_index;
mod upgrade;
mod verify;

pub use backup::BackupReport;
pub use bulk::BulkLoad;
pub use commit::{CommitNote, Committed};
pub use compact::CompactReport;
pub use error::{MigrationError, StoreError};
#[cfg(feature = "failpoints")]
#[doc(hidden)]
pub use failpoint::{Armed, CALLS, Fault, STAGES, arm, set_clock};
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub use fuzz::{fuzz_chunk, fuzz_head, fuzz_value};
pub use handle::{Access, Store, StoreOptions};
pub use journal::{ChangeCounts, Former, HistoryEntry, JournalEntry, Touch};
pub use migrate::{AppliedStep, SchemaStep, StepKind};
pub use reader::ChunkReader;
pub use reader_copy::Beside;
pub use rebuild::Rebuilt;
pub use repair::Repaired;
pub use stats::{PartBytes, StoreStats};
pub use upgrade::Migration;
pub use verify::{Finding, VerifyReport};
