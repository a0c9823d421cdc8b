//! Care for a database on disk: backup, restore, migration, compaction, verification, the journal.

use std::path::{Path, PathBuf};

use super::Database;
use crate::error::Error;
use crate::graph::Subject;
use crate::store::{
    AppliedStep, BackupReport, Beside, CommitNote, CompactReport, HistoryEntry, JournalEntry, Rebuilt,
    Repaired, Store, StoreStats, VerifyReport,
};

/// A migrated database, and what was done.
#[derive(Debug)]
pub struct Migrated {
    /// It, open for writing.
    pub database: Database,
    /// The steps that were applied; empty = it had them all, and nothing was written.
    pub steps: Vec<AppliedStep>,
    /// The backup of the store before them; `None` if there was nothing to do.
    pub backup: Option<PathBuf>,
}

impl Database {
    /// Opens a database of an older program for writing and applies the steps of format and schema that it has
    /// not yet: all of them or none. A backup is written before, to `backup` or beside the store as
    /// `DB.before-migration-N.backup`; nothing is written where there is nothing to apply.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::backup`].
    pub fn migrate(
        path: impl AsRef<Path>,
        note: &CommitNote<'_>,
        backup: Option<&Path>,
    ) -> Result<Migrated, Error> {
        Self::builder().migrate(path, note, backup)
    }

    /// Makes a store of a backup in a new or empty folder. `progress` is told the bytes read.
    ///
    /// # Errors
    /// [`Error::Store`] where there is anything at the path already, or the backup is damaged or newer.
    pub fn restore(
        file: impl AsRef<Path>,
        path: impl AsRef<Path>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<BackupReport, Error> {
        Ok(Store::restore(file.as_ref(), path.as_ref(), &Self::builder().options(), progress)?)
    }

    /// Makes a store as small, and its opening as fast, as a fresh one's. No commit is made. `progress` is told
    /// the bytes written.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub fn compact(path: impl AsRef<Path>, progress: &mut dyn FnMut(u64)) -> Result<CompactReport, Error> {
        Ok(Store::compact(path.as_ref(), &Self::builder().options(), progress)?)
    }

    /// Moves the log of small commits into chunks now, so that the next opening has nothing to replay.
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`].
    pub fn merge(&self) -> Result<(), Error> {
        Ok(self.store("log to merge")?.merge()?)
    }

    /// Every part of the store read and compared with the others, and all rules over all that is stored.
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`] where a file cannot be read; damage is a finding of the report.
    pub fn verify(&self) -> Result<VerifyReport, Error> {
        Ok(self.store("files to verify")?.verify(&self.rule_list())?)
    }

    /// Makes again what provably follows from the rest; see [`Store::repair`].
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`].
    pub fn repair(&self) -> Result<Repaired, Error> {
        Ok(self.store("files to repair")?.repair()?)
    }

    /// Makes a store open again whose engine is damaged, from the copy of what it held; see [`Store::rebuild`].
    ///
    /// # Errors
    /// [`Error::Store`] if the copy, `HEAD` or a segment is damaged too; the store stays as it was.
    pub fn rebuild(path: impl AsRef<Path>) -> Result<Rebuilt, Error> {
        Ok(Store::rebuild(path.as_ref(), &Self::builder().options())?)
    }

    /// Writes the whole store to one file, as of one commit, journal included; writers go on meanwhile.
    /// `progress` is told the bytes written.
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`]: the file is there already, the store is damaged, the disk is full …
    pub fn backup(
        &self,
        file: impl AsRef<Path>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<BackupReport, Error> {
        Ok(self.store("files to back up")?.backup(file.as_ref(), progress)?)
    }

    /// For a database that was opened for reading: the writer beside which it was, and the commit that it
    /// shows; `None` if no writer was active.
    ///
    /// # Errors
    /// [`Error::Store`] where the last journal entry is damaged.
    pub fn beside(&self) -> Result<Option<Beside>, Error> {
        match self.store_if_any() {
            Some(store) => Ok(store.beside()?),
            None => Ok(None),
        }
    }

    /// Whether a reader stands still with a lock of the store in its hands: see [`Store::is_held_up`].
    #[must_use]
    pub fn is_held_up(&self) -> bool {
        self.store_if_any().is_some_and(|store| store.is_held_up())
    }

    /// Counts, and bytes by part.
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`].
    pub fn stats(&self) -> Result<StoreStats, Error> {
        Ok(self.store("bytes to count")?.stats()?)
    }

    /// All commits in order (S23).
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`].
    pub fn journal(&self) -> Result<Vec<JournalEntry>, Error> {
        Ok(self.store("journal")?.journal()?)
    }

    /// The commits that touched one element, in order.
    ///
    /// # Errors
    /// [`Error::InMemory`], [`Error::Store`].
    pub fn history(&self, subject: Subject) -> Result<Vec<HistoryEntry>, Error> {
        Ok(self.store("journal")?.history(subject)?)
    }
}
