//! The store itself: what it holds while it is open.

use super::base::Base;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::base::WriterState;
use super::care::migrate::{self, AppliedStep};
use super::care::steps::{SchemaStep, Step};
use super::error::StoreError;
use super::files::format::FORMAT_STEPS;
use super::files::head::Witness;
use super::files::lock::Lock;
use super::files::quiesce::Quiesce;
use super::files::reader_copy::{Beside, ReaderCopy};
use super::files::witness::read_witnesses;
use super::journal::{self, HistoryEntry, JournalEntry};
use super::load;
use crate::graph::{Snapshot, Subject};

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing: one process at a time.
    ReadWrite,
    /// Reading. The store stays byte for byte as it is: what is small is copied to a private place, what is large is
    /// never changed, so that any number of readers may do so at once, also beside a writer. What it commits later
    /// is not seen.
    ReadOnly,
}

/// What a program brings to a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// All schema steps that the program knows. A new store gets them all; without any it has no schema
    /// and never gets one.
    pub schema_steps: Vec<SchemaStep>,
    /// Schema steps of the program's own, in a sequence of their own: they only add to the others. A program that does
    /// not know them opens the store all the same, and reads them there.
    pub own_steps: Vec<SchemaStep>,
    /// A change set with more changes is written to chunks at once. Default = 20,000.
    pub bulk_changes: usize,
    /// A log with more changes is merged into chunks. Default = 100,000: opening replays the log.
    pub merge_operations: usize,
    /// A log with more bytes is merged likewise. Default = 8 MiB: every opening copies the log.
    pub merge_bytes: usize,
    /// Edges or journal entries of a full chunk, and four times its nodes: what is read and written at once.
    /// Default = 1,024; may differ from opening to opening.
    pub chunk_rows: usize,
    /// Bytes of edges that a bulk load sorts in memory, and two thirds as many of incoming ones; more go to the
    /// disk as sorted runs. Default = 96 MiB.
    pub sort_bytes: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            schema_steps: Vec::new(),
            own_steps: Vec::new(),
            bulk_changes: 20_000,
            merge_operations: 100_000,
            merge_bytes: 8 * 1024 * 1024,
            chunk_rows: 1_024,
            sort_bytes: 96 * 1024 * 1024,
        }
    }
}

impl StoreOptions {
    /// The default limits with these schema steps.
    #[must_use]
    pub fn with_schema(schema_steps: Vec<SchemaStep>) -> Self {
        Self { schema_steps, ..Self::default() }
    }

    pub(super) fn steps(&self) -> Vec<Step<'_>> {
        let schema = self.schema_steps.iter().map(Step::from);
        FORMAT_STEPS.into_iter().chain(schema).chain(self.own_steps.iter().map(Step::own)).collect()
    }
}

/// A graph on disk.
///
/// One writer and any number of readers: [`Store::snapshot`] never waits for a writer, and what it
/// returned never changes. Dropping the store closes it.
///
/// ```
/// use intergov::store::{Access, CommitNote, Store, StoreOptions};
/// use intergov::value::{Validity, Value};
///
/// # let folder = tempfile::tempdir()?;
/// let path = folder.path().join("delta");
/// let options = StoreOptions::default();
/// let store = Store::create(&path, &options)?;
/// let before = store.snapshot()?;
/// let mut draft = before.draft();
/// let city = draft.create_node(&["Government"], Validity::ALWAYS)?;
/// draft.set_node(city, "name", Value::text("杭州市"))?;
/// let note = CommitNote { actor: "me", command: "example", summary: "one city" };
/// store.commit(&draft.finish(), &note, &[])?;
/// drop(store);
///
/// let store = Store::open(&path, Access::ReadOnly, &options)?;
/// assert_eq!(store.snapshot()?.node_count(), 1);
/// assert_eq!(store.journal()?[0].actor, "me");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Store {
    // Closed in this order: the lock goes last.
    base: RwLock<Arc<Base>>,
    pub(super) copy: Option<ReaderCopy>,
    /// The present state, once it has been asked for.
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    writer: Mutex<WriterState>,
    path: PathBuf,
    limits: StoreOptions,
    /// What `HEAD` said at opening.
    pub(super) witnessed: Witness,
    /// For a reader: the writer of the store at opening, with its process id where it could be read.
    pub(super) beside: Option<Option<u32>>,
    /// For a writer: what keeps readers out while files change.
    pub(super) quiesce: Option<Arc<Quiesce>>,
    pub(super) lock: Option<Lock>,
}

impl Store {
    /// A store on what was opened, for reading only.
    pub(super) fn from_parts(
        base: Base,
        writer: WriterState,
        path: &Path,
        limits: &StoreOptions,
        witnessed: Witness,
    ) -> Self {
        Self {
            base: RwLock::new(Arc::new(base)),
            copy: None,
            snapshot: RwLock::default(),
            writer: Mutex::new(writer),
            path: path.to_owned(),
            limits: limits.clone(),
            witnessed,
            beside: None,
            quiesce: None,
            lock: None,
        }
    }

    /// The present state; cheap once it is loaded, and never waits for a writer.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Io`] where it cannot be read.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, StoreError> {
        match self.loaded() {
            Some(snapshot) => Ok(snapshot),
            None => {
                let mut writer = self.writer_state();
                self.loaded_by(&mut writer)
            }
        }
    }

    /// Whether the graph has been loaded: then looking at it costs no reading.
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.loaded().is_some()
    }

    /// The present state, if it is in memory.
    pub(super) fn loaded(&self) -> Option<Arc<Snapshot>> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(Arc::clone)
    }

    /// The present state, loaded where it is not in memory yet.
    pub(super) fn loaded_by(&self, writer: &mut WriterState) -> Result<Arc<Snapshot>, StoreError> {
        if let Some(snapshot) = self.loaded() {
            return Ok(snapshot);
        }
        let (snapshot, pending) = load::load(&self.base(), &self.path, writer.witnessed)?;
        writer.pending = pending;
        let snapshot = Arc::new(snapshot);
        self.publish(Arc::clone(&snapshot));
        Ok(snapshot)
    }

    pub(super) fn publish(&self, snapshot: Arc<Snapshot>) {
        self.replace(Some(snapshot));
    }

    /// Puts another state in the place of the present one; `None` = it is loaded when it is asked for.
    pub(super) fn replace(&self, snapshot: Option<Arc<Snapshot>>) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// What lies on the disk now. What is held stays readable, whatever is written later.
    pub(super) fn base(&self) -> Arc<Base> {
        Arc::clone(&self.base.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set_base(&self, base: Base) {
        *self.base.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(base);
    }

    /// All commits in order (S23).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the journal is damaged or has a gap.
    pub fn journal(&self) -> Result<Vec<JournalEntry>, StoreError> {
        self.read_with_retry(journal::entries)
    }

    /// The commits that touched a node or an edge, in order (S23). Reads the whole journal.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the journal is damaged or has a gap.
    pub fn history(&self, subject: Subject) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read_with_retry(|base| journal::history(base, subject))
    }

    /// Reads what the engine holds without waiting for a writer. The writer may move it meanwhile, so that it is no
    /// longer where it was looked for: then it is read again while the writer waits.
    pub(super) fn read_with_retry<T>(
        &self,
        read: impl Fn(&Base) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        match read(&self.base()) {
            Err(StoreError::Corrupt { .. } | StoreError::Lost { .. }) => {
                let _writer = self.writer_state();
                read(&self.base())
            }
            outcome => outcome,
        }
    }

    /// The format and schema steps that the store has behind it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn applied_steps(&self) -> Result<Vec<AppliedStep>, StoreError> {
        Ok(migrate::applied(&self.base().engine)?.iter().map(AppliedStep::from).collect())
    }

    /// For a store that was opened for reading: the writer beside which it was, and the state that it
    /// shows; `None` without a writer.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the last journal entry is damaged.
    pub fn beside(&self) -> Result<Option<Beside>, StoreError> {
        let Some(writer) = self.beside else { return Ok(None) };
        let base = self.base();
        let commit = journal::last_commit(&base.engine, &base.manifest)?;
        let entry = journal::entry_of(&base.engine, &base.manifest, commit)?;
        Ok(Some(Beside { writer, commit, committed_at_millis: entry.map(|entry| entry.at_millis()) }))
    }

    /// Whether a reader stands still with a lock of the store in its hands. The first write waited five seconds for
    /// it; later ones do not wait.
    #[must_use]
    pub fn is_held_up(&self) -> bool {
        self.quiesce.as_ref().is_some_and(|quiesce| quiesce.is_held_up())
    }

    /// The last commit that this handle shows.
    #[must_use]
    pub fn commit_shown(&self) -> u64 {
        self.base().last
    }

    /// The last commit of a store that its writer has acknowledged, read without opening it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Io`], also if the writer is changing the files.
    pub fn witnessed_commit(path: &Path) -> Result<u64, StoreError> {
        read_witnesses(path).map(|(_, reading)| reading.witness.commit)
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn limits(&self) -> &StoreOptions {
        &self.limits
    }

    /// What only the writer touches; waits for the present writer of this process.
    pub(super) fn writer_state(&self) -> MutexGuard<'_, WriterState> {
        // A rule that panicked leaves the writer as it was: it is changed only after a write.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is a reader, on a copy that nothing changes.
    pub(super) fn is_reader(&self) -> bool {
        self.lock.is_none()
    }
}
