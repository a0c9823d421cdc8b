//! The store itself: made, opened, read, closed.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::archive::last_archived;
use super::bulk::{SPILL, remove_spill};
use super::commit::{Writer, now_millis};
use super::copy::{Beside, ReaderCopy, Taken, take};
use super::engine::Engine;
use super::error::{MigrationError, StoreError};
use super::failpoint::hit;
use super::format::{FORMAT, FORMAT_STEPS, Format, SEGMENT_BYTES};
use super::gate::Gate;
use super::head::{Head, Reading, Witness};
use super::journal::{self, HistoryEntry, JournalEntry, chain_start};
use super::load;
use super::lock::Lock;
use super::manifest::{Manifest, read_garbage};
use super::merge::Pending;
use super::merge::{clean, clean_unfinished};
use super::migrate::{self, AppliedStep, SchemaStep, Step, StepKind};
use super::place::{Making, write_witnesses};
use super::swap;
use crate::graph::{Catalogue, Snapshot, Subject};

/// How often a reader beside a writer copies anew where the copy does not fit, and how long it sleeps before.
const COPIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(50);

/// What a store is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reading and writing: one process at a time.
    ReadWrite,
    /// Reading. The store stays byte for byte as it is: a private copy of its data is opened, so that any
    /// number of readers may do so at once, also beside a writer. What it commits later is not seen.
    ReadOnly,
    /// Reading for a moment, as a command does: a store of 16 MiB and more that nobody else has open is read in
    /// place, for a copy would take longer than the look. A writer waits meanwhile, two seconds at most. Any
    /// other store is read as with [`Access::ReadOnly`].
    Look,
}

/// Bytes of data from which a copy costs more than a look.
const LARGE: u64 = 16 * 1024 * 1024;

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
            bulk_changes: 20_000,
            merge_operations: 100_000,
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
    copy: Option<ReaderCopy>,
    /// The present state, once somebody has asked for it.
    snapshot: RwLock<Option<Arc<Snapshot>>>,
    /// Held by whoever reads chunks, which must not be removed meanwhile.
    pins: Arc<()>,
    writer: Mutex<Writer>,
    path: PathBuf,
    limits: StoreOptions,
    /// What `HEAD` said at opening.
    witnessed: Witness,
    /// For a reader: the writer of the store at opening, with its process id where it could be read.
    beside: Option<Option<u32>>,
    lock: Option<Lock>,
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
        let making = Making::beside(path)?;
        let schema: Vec<Step<'_>> = options.schema_steps.iter().map(Step::from).collect();
        let numbers = schema.iter().map(|step| (step.number, step.name));
        migrate::check_sequence(StepKind::Schema, numbers, "in the program")
            .and_then(|()| migrate::schema_of_steps(&schema).map(drop))
            .map_err(|source| StoreError::Migration { path: path.to_owned(), source })?;
        let store = RandomState::new().hash_one((std::process::id(), now_millis()));
        make(making.folder(), store, options)?;
        making.finish()?;
        Self::open(path, Access::ReadWrite, options)
    }

    /// Opens a store; never makes one.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::Locked`] by another writer, [`StoreError::Busy`] for a reader
    /// beside a writer that never rests, [`StoreError::Corrupt`], [`StoreError::Lost`],
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

    /// Opens a store whether or not all steps are applied, and returns those that are not.
    pub(super) fn open_any<'a>(
        path: &Path,
        access: Access,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        expect_store(path)?;
        match access {
            Access::ReadWrite => return Self::open_in_place(path, options, steps),
            Access::Look => {
                if let Some(lock) = is_large(path).then(|| Lock::alone(&Lock::path_in(path))).flatten() {
                    return Self::look_in_place(path, lock, options, steps);
                }
            }
            Access::ReadOnly => {}
        }
        let mut tries = COPIES;
        loop {
            tries -= 1;
            let taken = take(path, || read_witnesses(path))?;
            let beside = taken.writer;
            match Self::open_copy(path, taken, options, steps) {
                // Whatever a writer may have done to the copy: damage of the store itself stays.
                Err(StoreError::Corrupt { .. } | StoreError::Lost { .. })
                    if beside.is_some() && tries > 0 =>
                {
                    std::thread::sleep(PAUSE);
                }
                outcome => return outcome,
            }
        }
    }

    fn open_in_place<'a>(
        path: &Path,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let lock = Lock::write(path, &Lock::path_in(path))?;
        let gate = Gate::of_writer(path)?;
        gate.close()?;
        swap::settle(path)?;
        hit("open.locked", path)?;
        let (format, reading) = read_witnesses(path)?;
        let data = path.join("sled");
        remove_half_written(&data)?;
        remove_spill(&path.join(SPILL))?;
        let engine = Engine::open_behind(gate, &data, format.segment_bytes)?;
        hit("open.data", path)?;
        let (mut store, pending) = Self::on(engine, path, &reading, options, steps)?;
        store.writer.get_mut().unwrap_or_else(PoisonError::into_inner).head =
            Some(Head::open(&path.join("HEAD"))?);
        store.lock = Some(lock);
        hit("open.loaded", path)?;
        store.settle(&reading)?;
        Ok((store, pending))
    }

    /// Opens for reading what nobody else has open. The engine may write its page table, nothing else is written.
    fn look_in_place<'a>(
        path: &Path,
        lock: Lock,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let gate = Gate::of_writer(path)?;
        gate.close()?;
        let (format, reading) = read_witnesses(path)?;
        let data = swap::data_folder(path);
        remove_half_written(&data)?;
        let engine = Engine::open_behind(gate, &data, format.segment_bytes)?;
        engine.rest()?;
        let (mut store, pending) = Self::on(engine, path, &reading, options, steps)?;
        store.lock = Some(lock);
        Ok((store, pending))
    }

    fn open_copy<'a>(
        path: &Path,
        taken: Taken<(Format, Reading)>,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let (format, reading) = taken.read;
        let engine = Engine::open(taken.copy.path(), &path.join("sled"), format.segment_bytes, false)?;
        let (mut store, pending) = Self::on(engine, path, &reading, options, steps)?;
        store.copy = Some(taken.copy);
        store.beside = taken.writer;
        Ok((store, pending))
    }

    /// The store on an open engine, for reading only.
    fn on<'a>(
        engine: Engine,
        path: &Path,
        reading: &Reading,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let applied = migrate::applied(&engine)?;
        let (last_format, last_schema) =
            (migrate::last_of(&applied, StepKind::Format), migrate::last_of(&applied, StepKind::Schema));
        let pending = migrate::pending(path, &applied, steps)?;
        let migration = |source: MigrationError| StoreError::Migration { path: path.to_owned(), source };
        let schema = migrate::schema_of(&applied).map_err(migration)?;
        let opened = load::open(&engine, path, reading, schema)?;
        if last_format < reading.witness.format || last_schema < reading.witness.schema {
            let detail = "it lost migration steps that HEAD witnessed";
            return Err(StoreError::corrupt(&engine.data_path(), detail));
        }
        let writer = Writer {
            head: None,
            chain: opened.chain,
            manifest: Arc::new(opened.manifest),
            last: opened.last,
            archived: last_archived(&engine)?,
            witnessed: (opened.last == reading.witness.commit)
                .then_some((reading.witness.nodes, reading.witness.edges)),
            catalogue: opened.catalogue,
            pending: Pending::default(),
            schema: last_schema,
            format: last_format,
            unfinished: None,
        };
        let store = Self {
            engine,
            copy: None,
            snapshot: RwLock::default(),
            pins: Arc::default(),
            writer: Mutex::new(writer),
            path: path.to_owned(),
            limits: options.clone(),
            witnessed: reading.witness,
            beside: None,
            lock: None,
        };
        Ok((store, pending))
    }

    /// Ends what a killed process began: witnesses a commit that it wrote, removes what a merge left.
    fn settle(&self, reading: &Reading) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        if writer.last > reading.witness.commit || reading.slack > 1 {
            let snapshot = self.loaded_by(&mut writer)?;
            hit("settle.witness", &self.path)?;
            self.engine.sync()?;
            let witness = Self::witness(&writer, writer.last, snapshot.counts(), writer.chain);
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
        match self.loaded() {
            Some(snapshot) => Ok(snapshot),
            None => {
                let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
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
    pub(super) fn loaded_by(&self, writer: &mut Writer) -> Result<Arc<Snapshot>, StoreError> {
        if let Some(snapshot) = self.loaded() {
            return Ok(snapshot);
        }
        let opened = (&*writer.manifest, &writer.catalogue, writer.last);
        let (snapshot, pending) = load::load(&self.engine, &self.path, opened, writer.witnessed)?;
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

    /// What a reader of chunks needs, and the pin that keeps them.
    pub(super) fn pinned(&self) -> (Arc<Manifest>, Arc<Catalogue>, u64, Arc<()>) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let (manifest, catalogue) = (Arc::clone(&writer.manifest), Arc::clone(&writer.catalogue));
        (manifest, catalogue, writer.last, Arc::clone(&self.pins))
    }

    /// Whether somebody reads chunks.
    pub(super) fn is_pinned(&self) -> bool {
        Arc::strong_count(&self.pins) > 1
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

    /// For a store that was opened for reading: the writer beside which it was, and the state that it
    /// shows; `None` where nobody was writing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the last journal entry is damaged.
    pub fn beside(&self) -> Result<Option<Beside>, StoreError> {
        let Some(writer) = self.beside else { return Ok(None) };
        let commit = journal::last_commit(&self.engine)?;
        let entry = journal::entry_of(&self.engine, commit)?;
        Ok(Some(Beside { writer, commit, committed_at_millis: entry.map(|entry| entry.at_millis()) }))
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

    /// What `HEAD` said when the store was opened.
    pub(super) fn witnessed(&self) -> Witness {
        self.witnessed
    }

    /// Whether this is a reader, on a copy that nobody changes.
    pub(super) fn is_reader(&self) -> bool {
        self.copy.is_some()
    }

    /// Closes the store but for its lock.
    pub(super) fn into_lock(self) -> Option<Lock> {
        self.lock
    }
}

/// Whether a copy of the data would cost more than a look.
fn is_large(path: &Path) -> bool {
    let data = swap::data_folder(path).join("db");
    data.metadata().is_ok_and(|data| data.len() >= LARGE)
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
    let there = [path.join("FORMAT"), path.join("HEAD"), swap::data_folder(path)].map(|file| file.exists());
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
    write_witnesses(folder, Format { format: FORMAT, segment_bytes: SEGMENT_BYTES, store }, witness)
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
