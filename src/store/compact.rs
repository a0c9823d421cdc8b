//! A store made as small as a fresh one: the log in chunks, and the engine's folder written anew.

use std::fs;
use std::path::Path;

use super::engine::{Engine, Write};
use super::error::StoreError;
use super::failpoint::hit;
use super::format::Format;
use super::gate::Gate;
use super::journal;
use super::live::{Expected, Live, check_whole};
use super::open::{Access, Store, StoreOptions};
use super::place::sync_folder;
use super::stats::bytes_in;
use super::swap;

/// Bytes that are written to the fresh folder at once: many values, for the engine's pages, and few enough for
/// its buffers.
pub(super) const BATCH_BYTES: usize = 8 * 1024 * 1024;

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
    /// Merges the log into chunks and writes the engine's folder anew with what counts only, so that the
    /// store opens as fast and is as small as a fresh one. No commit is made: the state, the journal and all
    /// ids stay. Needs as much free space as the fresh store takes.
    ///
    /// The fresh folder is checked before it takes the place of the former one; a process killed at any
    /// moment leaves the one or the other. `progress` is told the bytes written.
    ///
    /// # Errors
    /// As [`Store::open`] for writing; [`StoreError::Corrupt`] where what is to be copied is damaged, and
    /// the store stays as it was.
    pub fn compact(
        path: &Path,
        options: &StoreOptions,
        progress: &mut dyn FnMut(u64),
    ) -> Result<CompactReport, StoreError> {
        let store = Self::open(path, Access::ReadWrite, options)?;
        let bytes_before = bytes_in(path)?;
        store.merge()?;
        hit("compact.begun", path)?;
        let commit = journal::last_commit(store.engine())?;
        let fresh = swap::fresh_folder(path);
        let filled = store.write_fresh(&fresh, progress);
        if let Err(error) = filled {
            // The first error counts; the next opening for writing removes what is left.
            drop(fs::remove_dir_all(&fresh));
            return Err(error);
        }
        // Nobody writes before the exchange is done: only the engine is closed.
        let lock = store.into_lock();
        let gate = Gate::of_writer(path)?;
        gate.close()?;
        swap::exchange(path)?;
        gate.open()?;
        drop(lock);
        Ok(CompactReport { commit, bytes_before, bytes_after: bytes_in(path)? })
    }

    fn write_fresh(&self, fresh: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), StoreError> {
        let writer = self.writer()?;
        let format = Format::read(self.path(), &self.path().join("FORMAT"))?;
        fs::create_dir(fresh).map_err(StoreError::io(fresh))?;
        let engine = Engine::open(fresh, fresh, format.segment_bytes, true)?;
        let mut batch: Vec<Write> = Vec::new();
        let (mut waiting, mut written) = (0, 0_u64);
        Live::of(&writer.manifest).visit(self.engine(), |tree, key, value| {
            batch.push(Write { tree, key: key.to_vec(), value: Some(value.to_vec()) });
            waiting += key.len() + value.len();
            if waiting >= BATCH_BYTES {
                engine.fill(&batch)?;
                engine.sync()?;
                batch.clear();
                written += waiting as u64;
                waiting = 0;
                progress(written);
            }
            Ok(())
        })?;
        engine.fill(&batch)?;
        let state = &writer.manifest.state;
        check_whole(
            &engine,
            Expected {
                store: state.store,
                commit: journal::last_commit(self.engine())?,
                chain: writer.chain,
                merged: state.merged,
            },
        )?;
        engine.sync()?;
        drop(engine);
        sync_folder(fresh)?;
        hit("compact.fresh", fresh)
    }
}
