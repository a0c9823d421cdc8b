//! What was changed, when, and by which command?

pub(in crate::store) mod archive;
mod entry;
mod read;

#[cfg(test)]
pub(in crate::store) use entry::EntryV1;
pub(in crate::store) use entry::{BodyV1, Heading, chain_after, chain_start};
pub use entry::{ChangeCounts, Former, HistoryEntry, JournalEntry, Touch};
pub(in crate::store) use read::{entries, entry_of, history, last_commit, visit};
