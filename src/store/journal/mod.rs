//! What was changed, when, and by which command?

pub(in crate::store) mod archive;
mod entries;

pub(in crate::store) use entries::{
    BodyV1, Heading, chain_after, chain_start, entries, entry_of, history, last_commit, visit,
};
pub use entries::{ChangeCounts, Former, HistoryEntry, JournalEntry, Touch};
