//! How does the graph stay on disk?
//!
//! All data lie in sled as packed, checksummed values; a small witness file beside it catches a store
//! that lost what it had acknowledged. One writer at a time; readers hold an immutable
//! [`Snapshot`](crate::graph::Snapshot) and are never in the way. Layout, write protocol and what each
//! kind of damage gives are in `docs/storage.md`. sled and bincode are named in this folder only.

mod archive;
mod backup;
mod bulk;
mod cache;
mod chunk_writer;
mod chunks;
mod codec;
mod columns;
mod commit;
mod compact;
mod container;
mod copy;
mod engine;
mod envelope;
mod error;
mod failpoint;
mod format;
#[cfg(feature = "fuzzing")]
mod fuzz;
mod gate;
#[cfg(test)]
mod golden;
mod head;
mod journal;
mod live;
mod load;
mod lock;
mod manifest;
mod merge;
mod migrate;
mod open;
mod place;
mod quiet;
mod reader;
mod records;
mod repair;
mod stats;
mod swap;
mod texts;
mod upgrade;
mod verify;

pub use backup::BackupReport;
pub use bulk::{BulkLoad, Watch};
pub use commit::{CommitNote, Committed};
pub use compact::CompactReport;
pub use copy::Beside;
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
pub use reader::ChunkReader;
pub use repair::Repaired;
pub use stats::{PartBytes, StoreStats};
pub use upgrade::Migration;
pub use verify::{Finding, VerifyReport};
