//! The store itself: made, opened, read, closed.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::commit::{CommitNote, Transaction, Writer, now_millis};
use super::copy::ReaderCopy;
use super::engine::{Engine, Write};
use super::error::{MigrationError, StoreError};
use super::failpoint::hit;
use super::format::{FORMAT, FORMAT_STEPS, Format, SEGMENT_BYTES};
use super::head::{Head, Reading, Witness};
use super::journal::{self, HistoryEntry, JournalEntry, chain_start};
use super::load::load;
use super::lock::Lock;
use super::manifest::{Manifest, read_garbage};
use super::merge::{Pending, clean, clean_unfinished};
use super::migrate::{self, AppliedStep, SchemaStep, Step, StepKind};
use crate::graph::{ChangeSet, Snapshot, Subject};

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing: one process at a time.
    ReadWrite,
    /// Reading. The store stays byte for byte as it is: a private copy of its data is opened, so that any
    /// number of readers may do so at once, though not beside a writer.
    ReadOnly,
}

/// What a program brings to a store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// All schema steps that the program knows. A new store gets them all; without any it has no schema
    /// and never gets one.
    pub schema_steps: Vec<SchemaStep>,
    /// A change set with more changes is written to chunks at once. Default = 20,000.
    pub bulk_changes: usize,
    /// A log with more changes is merged into chunks. Default = 100,000: opening replays the log.
    pub merge_operations: usize,
    /// Nodes or edges of a full chunk: what is read and written at once. Default = 4,096; may differ from
    /// opening to opening.
    pub chunk_rows: usize,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { schema_steps: Vec::new(), bulk_changes: 20_000, merge_operations: 100_000, chunk_rows: 4_096 }
    }
}

impl StoreOptions {
    /// The default limits with these schema steps.
    #[must_use]
    pub fn with_schema(schema_steps: Vec<SchemaStep>) -> Self {
        Self { schema_steps, ..Self::default() }
    }

    fn steps(&self) -> Vec<Step<'_>> {
        let schema = self.schema_steps.iter().map(Step::from);
        FORMAT_STEPS.into_iter().chain(schema).collect()
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
    engine: Engine,
    _copy: Option<ReaderCopy>,
    snapshot: RwLock<Arc<Snapshot>>,
    writer: Mutex<Writer>,
    path: PathBuf,
    limits: StoreOptions,
    _lock: Option<Lock>,
}

impl Store {
    /// Makes a store in a new or empty folder and opens it.
    ///
    /// It is made beside its place and moved there when it is whole, so that a process killed in between
    /// leaves no half a store.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] where there is anything at the path, [`StoreError::Migration`] for
    /// schema steps that do not fit together, [`StoreError::Io`].
    pub fn create(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let occupied = match fs::read_dir(path) {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => true,
            Err(error) => return Err(StoreError::io(path)(error)),
        };
        if occupied {
            return Err(StoreError::AlreadyExists { path: path.to_owned() });
        }
        let schema: Vec<Step<'_>> = options.schema_steps.iter().map(Step::from).collect();
        let numbers = schema.iter().map(|step| (step.number, step.name));
        migrate::check_sequence(StepKind::Schema, numbers, "in the program")
            .and_then(|()| migrate::schema_of_steps(&schema).map(drop))
            .map_err(|source| StoreError::Migration { path: path.to_owned(), source })?;
        let store = RandomState::new().hash_one((std::process::id(), now_millis()));
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".making-{:x}", store >> 32));
        let making = path.with_file_name(name);
        fs::create_dir_all(&making).map_err(StoreError::io(&making))?;
        let made = make(&making, store, options).and_then(|()| move_into_place(&making, path));
        if let Err(error) = made {
            // The first error counts; what is left of the attempt carries a name that nobody opens.
            drop(fs::remove_dir_all(&making));
            return Err(error);
        }
        Self::open(path, Access::ReadWrite, options)
    }

    /// Opens a store; never makes one.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::Locked`], [`StoreError::Corrupt`], [`StoreError::Lost`],
    /// [`StoreError::NewerFormat`], [`StoreError::OlderFormat`], [`StoreError::Migration`],
    /// [`StoreError::Io`].
    pub fn open(path: &Path, access: Access, options: &StoreOptions) -> Result<Self, StoreError> {
        let steps = options.steps();
        let (store, pending) = Self::open_any(path, access, options, &steps)?;
        match pending.last() {
            None => Ok(store),
            Some(step) => {
                let writer = store.writer.lock().unwrap_or_else(PoisonError::into_inner);
                let found = match step.kind {
                    StepKind::Format => writer.format,
                    StepKind::Schema => writer.schema,
                };
                let (kind, known) = (step.kind, step.number);
                Err(StoreError::OlderFormat { path: path.to_owned(), kind, found, known })
            }
        }
    }

    /// Opens a store of an older program, applies the steps that it has not yet, each recorded, as one
    /// commit, and returns it with those steps. Back the store up before.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::commit`].
    pub fn migrate(
        path: &Path,
        options: &StoreOptions,
        note: &CommitNote<'_>,
    ) -> Result<(Self, Vec<AppliedStep>), StoreError> {
        let steps = options.steps();
        let (store, pending) = Self::open_any(path, Access::ReadWrite, options, &steps)?;
        if pending.is_empty() {
            return Ok((store, Vec::new()));
        }
        let numbers: Vec<(StepKind, u32)> = pending.iter().map(|step| (step.kind, step.number)).collect();
        hit("migrate.begun", path)?;
        store.apply_steps(&pending, note)?;
        hit("migrate.written", path)?;
        drop(store);
        let store = Self::open(path, Access::ReadWrite, options)?;
        let applied = store.applied_steps()?;
        let new = applied.into_iter().filter(|step| numbers.contains(&(step.kind, step.number))).collect();
        Ok((store, new))
    }

    fn apply_steps(&self, pending: &[Step<'_>], note: &CommitNote<'_>) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        let before = self.snapshot()?;
        let nothing = ChangeSet::from_parts(before.commit(), before.next_ids(), Vec::new(), Vec::new());
        let after = before.apply(&nothing)?;
        let mut writes: Vec<Write> = Vec::new();
        for step in pending {
            writes.extend(step.writes(now_millis())?);
            match step.kind {
                StepKind::Format => writer.format = step.number,
                StepKind::Schema => writer.schema = step.number,
            }
        }
        let transaction =
            Transaction { before: &before, after: &after, changes: &nothing, note, steps: writes };
        self.write(&mut writer, transaction, Pending::default())
    }

    /// Opens a store whether or not all steps are applied, and returns those that are not.
    fn open_any<'a>(
        path: &Path,
        access: Access,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        expect_store(path)?;
        let lock = match access {
            Access::ReadWrite => Some(Lock::write(path, &Lock::path_in(path))?),
            Access::ReadOnly => Lock::read(path, &Lock::path_in(path))?,
        };
        hit("open.locked", path)?;
        let (format, reading) = read_witnesses(path)?;
        let data = path.join("sled");
        let (folder, copy, lock) = match access {
            Access::ReadWrite => {
                remove_half_written(&data)?;
                (data.clone(), None, lock)
            }
            Access::ReadOnly => {
                let copy = ReaderCopy::of(&data)?;
                // The copy is complete: writers need not wait for this reader any longer.
                drop(lock);
                (copy.path().to_owned(), Some(copy), None)
            }
        };
        let engine = Engine::open(&folder, &data, format.segment_bytes, false)?;
        hit("open.data", path)?;
        let applied = migrate::applied(&engine)?;
        let (last_format, last_schema) =
            (migrate::last_of(&applied, StepKind::Format), migrate::last_of(&applied, StepKind::Schema));
        let pending = migrate::pending(path, &applied, steps)?;
        let migration = |source: MigrationError| StoreError::Migration { path: path.to_owned(), source };
        let schema = migrate::schema_of(&applied).map_err(migration)?;
        let loaded = load(&engine, path, &reading, schema)?;
        if last_format < reading.witness.format || last_schema < reading.witness.schema {
            let detail = "it lost migration steps that HEAD witnessed";
            return Err(StoreError::corrupt(&engine.data_path(), detail));
        }
        let head = match access {
            Access::ReadWrite => Some(Head::open(&path.join("HEAD"))?),
            Access::ReadOnly => None,
        };
        let writer = Writer {
            head,
            chain: loaded.chain,
            manifest: loaded.manifest,
            pending: loaded.pending,
            schema: last_schema,
            format: last_format,
            unfinished: None,
        };
        let store = Self {
            engine,
            _copy: copy,
            snapshot: RwLock::new(Arc::new(loaded.snapshot)),
            writer: Mutex::new(writer),
            path: path.to_owned(),
            limits: options.clone(),
            _lock: lock,
        };
        hit("open.loaded", path)?;
        if access == Access::ReadWrite {
            store.settle(&reading)?;
        }
        Ok((store, pending))
    }

    /// Ends what a killed process began: witnesses a commit that it wrote, removes what a merge left.
    fn settle(&self, reading: &Reading) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        let snapshot = self.snapshot()?;
        if snapshot.commit() > reading.witness.commit || reading.slack > 1 {
            hit("settle.witness", &self.path)?;
            self.engine.sync()?;
            let witness = Self::witness(&writer, &snapshot, writer.chain);
            if let Some(head) = &mut writer.head {
                if reading.slack > 1 { head.write_both(witness) } else { head.write(witness) }?;
            }
        }
        hit("settle.clean", &self.path)?;
        if let Some(garbage) = read_garbage(&self.engine)? {
            clean(&self.engine, &writer.manifest, &garbage)?;
        }
        clean_unfinished(&self.engine, &writer.manifest)
    }

    /// The present state; cheap once it is loaded, and never waits for a writer.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Io`] where it cannot be read.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, StoreError> {
        Ok(Arc::clone(&self.snapshot.read().unwrap_or_else(PoisonError::into_inner)))
    }

    pub(super) fn publish(&self, snapshot: Arc<Snapshot>) {
        *self.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }

    /// All commits in order (S23).
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the journal is damaged or has a gap.
    pub fn journal(&self) -> Result<Vec<JournalEntry>, StoreError> {
        journal::entries(&self.engine)
    }

    /// The commits that touched a node or an edge, in order (S23). Reads the whole journal.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the journal is damaged or has a gap.
    pub fn history(&self, subject: Subject) -> Result<Vec<HistoryEntry>, StoreError> {
        journal::history(&self.engine, subject)
    }

    /// The format and schema steps that the store has behind it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn applied_steps(&self) -> Result<Vec<AppliedStep>, StoreError> {
        Ok(migrate::applied(&self.engine)?.iter().map(AppliedStep::from).collect())
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(super) fn limits(&self) -> &StoreOptions {
        &self.limits
    }

    pub(super) fn writer_state(&self) -> &Mutex<Writer> {
        &self.writer
    }
}

/// Tells a path that holds no store from a store that has lost a file.
fn expect_store(path: &Path) -> Result<(), StoreError> {
    let not = |reason| Err(StoreError::NotAStore { path: path.to_owned(), reason });
    if !path.exists() {
        return not("there is nothing");
    }
    if !path.is_dir() {
        return not("it is not a folder");
    }
    let there = ["FORMAT", "HEAD", "sled"].map(|name| path.join(name).exists());
    match there {
        [false, false, false] => not("it has none of the files FORMAT, HEAD and sled/"),
        [false, ..] => Err(StoreError::corrupt(&path.join("FORMAT"), "the file is missing")),
        [_, false, _] => Err(StoreError::corrupt(&path.join("HEAD"), "the file is missing")),
        [_, _, false] => Err(StoreError::corrupt(&path.join("sled"), "the folder is missing")),
        [true, true, true] => Ok(()),
    }
}

/// Reads `FORMAT` and `HEAD`, which must be of one store.
fn read_witnesses(path: &Path) -> Result<(Format, Reading), StoreError> {
    let format = Format::read(path, &path.join("FORMAT"))?;
    let head = path.join("HEAD");
    let reading = Head::read(&head)?;
    if reading.witness.store != format.store {
        return Err(StoreError::corrupt(&head, "it belongs to another store than FORMAT"));
    }
    Ok((format, reading))
}

/// Writes all files of an empty store into a folder.
fn make(folder: &Path, store: u64, options: &StoreOptions) -> Result<(), StoreError> {
    let data = folder.join("sled");
    hit("create.begun", folder)?;
    fs::create_dir(&data).map_err(StoreError::io(&data))?;
    let engine = Engine::open(&data, &data, SEGMENT_BYTES, true)?;
    let mut writes = Manifest::new(store).writes(None)?;
    for step in options.steps() {
        writes.extend(step.writes(now_millis())?);
    }
    engine.transact(&writes)?;
    engine.sync()?;
    drop(engine);
    hit("create.data", folder)?;
    let schema = options.schema_steps.iter().map(|step| step.number).max().unwrap_or(0);
    let chain = chain_start(store);
    let witness = Witness { commit: 0, chain, nodes: 0, edges: 0, store, schema, format: FORMAT };
    Head::create(&folder.join("HEAD"), witness)?;
    fs::write(folder.join("LOCK"), "").map_err(StoreError::io(&folder.join("LOCK")))?;
    let format = Format { format: FORMAT, segment_bytes: SEGMENT_BYTES, store };
    format.create(&folder.join("FORMAT"))?;
    hit("create.files", folder)?;
    sync_folder(&data)?;
    sync_folder(folder)
}

fn move_into_place(made: &Path, path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        // Empty, as was checked; whoever filled it meanwhile keeps it, for only an empty folder goes.
        fs::remove_dir(path).map_err(|_| StoreError::AlreadyExists { path: path.to_owned() })?;
    }
    fs::rename(made, path).map_err(StoreError::io(path))?;
    hit("create.moved", path)?;
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent),
        None => sync_folder(Path::new(".")),
    }
}

/// Brings the names in a folder to the disk; where folders cannot be opened there is nothing to do.
fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(windows) {
        return Ok(());
    }
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io(folder))
}

/// Removes a page table that a killed process had not finished: sled would take it for the newest. A
/// finished one is never removed, for without it a damaged log may come back as an empty store.
fn remove_half_written(data: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(data).map_err(StoreError::io(data))? {
        let path = entry.map_err(StoreError::io(data))?.path();
        if is_half_written(&path) {
            fs::remove_file(&path).map_err(StoreError::io(&path))?;
        }
    }
    Ok(())
}

/// Whether a file is a page table in the making.
pub(super) fn is_half_written(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("snap.") && name.ends_with(".generating")
}
