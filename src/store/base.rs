//! What an open store consists of: what lies on the disk, and what its writer knows beside it.

use std::sync::Arc;

use super::chunks::manifest::Manifest;
use super::chunks::pending::Pending;
use super::engine::Engine;
use super::error::StoreError;
use super::files::head::Head;
use crate::graph::Catalogue;

/// What lies on the disk at one moment: the engine with the log and the newest journal, and the blocks.
#[derive(Clone, Debug)]
pub(super) struct Base {
    pub(super) engine: Arc<Engine>,
    /// The folder of the engine.
    pub(super) folder: u32,
    pub(super) manifest: Arc<Manifest>,
    /// Names and schema as of the merged commit.
    pub(super) catalogue: Arc<Catalogue>,
    /// The last commit.
    pub(super) last: u64,
}

/// What only the writer touches.
#[derive(Debug)]
pub(super) struct WriterState {
    pub(super) head: Option<Head>,
    pub(super) chain: u64,
    /// The last commit whose journal entry is in a block.
    pub(super) archived: u64,
    /// Bytes of the journal entries that are not.
    pub(super) alone: u64,
    /// Counts of nodes and edges that the witness names for the last commit, where it does.
    pub(super) witnessed: Option<(u64, u64)>,
    /// What the log touches; known once the graph is loaded.
    pub(super) pending: Pending,
    /// Changes in the log from which merging is tried again after it failed.
    pub(super) retry_merge_at: usize,
    pub(super) schema: u32,
    pub(super) format: u32,
    /// The commit whose writing has begun and not ended.
    pub(super) unfinished: Option<u64>,
}

impl WriterState {
    /// Notes that what decides about a commit is being written. If the disk stops it, nothing more is written until
    /// the store is opened again; whatever fails before or after leaves the state known, and the next change may
    /// come.
    pub(super) fn write_decisive<T>(
        &mut self,
        commit: u64,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.unfinished = Some(commit);
        let done = work(self)?;
        self.unfinished = None;
        Ok(done)
    }
}
