//! A store made as small as a fresh one: the log in chunks, and all blocks in one segment.

use std::path::Path;
use std::sync::Arc;

use super::stats::bytes_in;
use crate::store::chunks::checkpoint::Folding;
use crate::store::chunks::manifest::Manifest;
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::handle::{Access, Store, StoreOptions};

/// What [`Store::compact`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompactReport {
    /// The commit of the store; compaction makes none.
    pub commit: u64,
    /// Bytes of all files of the store before.
    pub bytes_before: u64,
    /// Bytes of all files of the store now.
    pub bytes_after: u64,
}

impl Store {
    /// Merges the log into chunks and writes all blocks that count to one segment, so that the store opens as fast
    /// and is as small as a fresh one. No commit is made: the state, the journal and all ids stay. Needs as
    /// much free space as the fresh segment takes.
    ///
    /// What was written is read back before it takes the place of what was there; a process killed at any moment
    /// leaves the one or the other. `progress` is told the bytes written.
    ///
    /// # Errors
    /// As [`Store::open`] for writing; [`StoreError::Corrupt`] if what is to be copied is damaged, and
    /// the store stays as it was.
    pub fn compact(
        path: &Path,
        options: &StoreOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<CompactReport, StoreError> {
        let store = Self::open(path, Access::ReadWrite, options)?;
        let bytes_before = bytes_in(path)?;
        store.merge()?;
        failpoint("compact.begun", path)?;
        {
            let mut writer = store.writer()?;
            let base = store.base();
            let segment = store.new_segment()?;
            let manifest = Manifest::clone(&base.manifest);
            let catalogue = Arc::clone(&base.catalogue);
            store.checkpoint(&mut writer, manifest, catalogue, segment, None, &mut Folding::all(progress))?;
        }
        failpoint("compact.done", path)?;
        let commit = store.base().last;
        drop(store);
        let bytes_after = bytes_in(path)?;
        Ok(CompactReport { commit, bytes_before, bytes_after })
    }
}
