//! Opening: what is copied, what is compared, and what a killed process left.

use super::files::former_format;
use super::files::witness::{data_folder, read_witnesses};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::base::Base;
use super::base::WriterState;
use super::care::format1;
use super::care::migrate::{self};
use super::care::steps::{Step, StepKind};
use super::chunks::manifest::Manifest;
use super::chunks::pending::Pending;
use super::chunks::segments::Segments;
use super::engine::envelope::check_values;
use super::engine::{Engine, Layout, Tree};
use super::error::{MigrationError, StoreError};
use super::failpoint::failpoint;
use super::files::folder;
use super::files::head::{Head, Reading, Witness};
use super::files::lock::Lock;
use super::files::quiesce::Quiesce;
use super::files::reader_copy::{CopiedStore, copy_for_reader};
use super::handle::{Access, Store, StoreOptions};
use super::load;
use crate::files::is_unfinished;

/// How often a copy that does not open is made again, and how long is waited before. A disk that failed once, or a
/// file system that does not know our locks, is told apart from damage like that.
const TRIES: u32 = 4;
const PAUSE: Duration = Duration::from_millis(5);

impl Store {
    /// Opens a store; never makes one.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`], [`StoreError::Locked`] by another writer, [`StoreError::Busy`] for a reader
    /// beside a writer that never rests, [`StoreError::Corrupt`], [`StoreError::Lost`],
    /// [`StoreError::NewerFormat`], [`StoreError::OlderFormat`], [`StoreError::Migration`],
    /// [`StoreError::Io`]. The store stays as it was.
    pub fn open(path: &Path, access: Access, options: &StoreOptions) -> Result<Self, StoreError> {
        let steps = options.steps();
        let (store, pending) = Self::open_any(path, access, options, &steps)?;
        // A reader reads an older format as it is, and a schema step only adds to what it knows.
        let behind = pending.iter().next_back().filter(|_| access == Access::ReadWrite);
        match behind {
            None => Ok(store),
            Some(step) => {
                let writer = store.writer_state();
                let found = match step.kind {
                    StepKind::Format => writer.format,
                    StepKind::Schema => writer.schema,
                    StepKind::Own => {
                        let own = pending.iter().filter(|step| step.kind == StepKind::Own);
                        own.map(|step| step.number).min().map_or(0, |first| first - 1)
                    }
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
        if access == Access::ReadOnly {
            return again(path, || {
                let taken = copy_for_reader(path)?;
                Self::open_copy(path, taken, options, (steps, Access::ReadOnly))
            });
        }
        let lock = Lock::write(path)?;
        let quiesce = Arc::new(Quiesce::of_writer(path)?);
        quiesce.begin_write()?;
        failpoint("open.locked", path)?;
        let (mut store, pending) = again(path, || Self::open_for_writing(path, &quiesce, options, steps))?;
        (store.lock, store.quiesce) = (Some(lock), Some(Arc::clone(&quiesce)));
        quiesce.end_write()?;
        Ok((store, pending))
    }

    /// Opens what a reader took.
    fn open_copy<'a>(
        path: &Path,
        taken: CopiedStore,
        options: &StoreOptions,
        steps: (&[Step<'a>], Access),
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let CopiedStore { copy, format, reading, segments, writer } = taken;
        let named = data_folder(path, &reading);
        let engine = Engine::open(copy.path(), &named, Layout::of(&format), false)?;
        let (mut store, pending) = Self::compare(engine, segments, path, &reading, options, steps)?;
        store.copy = Some(copy);
        store.beside = writer;
        Ok((store, pending))
    }

    /// Opens a copy of the engine beside it, and lets `HEAD` name the copy once it is proved.
    fn open_for_writing<'a>(
        path: &Path,
        quiesce: &Arc<Quiesce>,
        options: &StoreOptions,
        steps: &[Step<'a>],
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let (format, reading) = read_witnesses(path)?;
        if format.format == 1 {
            // Only a migration goes on with it, and that writes everything elsewhere.
            quiesce.end_write()?;
            let opened = copy_for_reader(path)
                .and_then(|taken| Self::open_copy(path, taken, options, (steps, Access::ReadWrite)));
            quiesce.begin_write()?;
            return opened;
        }
        former_format::finish_migration(path)?;
        let segments = Segments::open_all(path)?;
        let former = data_folder(path, &reading);
        let number = folder::next_number(path)?;
        let copy = EngineCopy::create(&former, folder::engine_folder(path, number))?;
        failpoint("open.copied", path)?;
        let engine = Engine::open(&copy.folder, &former, Layout::of(&format), false)?.guarded_by(quiesce);
        failpoint("open.data", path)?;
        for tree in engine.trees() {
            check_values(&engine, *tree, |_| true)?;
        }
        let steps = (steps, Access::ReadWrite);
        let (store, pending) = Self::compare(engine, segments, path, &reading, options, steps)?;
        failpoint("open.loaded", path)?;
        // From here on `HEAD` may name it.
        copy.keep();
        store.witness_opened(path, &reading, number)?;
        // The store stands; what cannot be removed now goes at the next opening.
        let chain = store.writer_state().chain;
        drop(store.remove_unreferenced(chain));
        Ok((store, pending))
    }

    /// The store on an open engine, compared with what `HEAD` says, for reading only.
    pub(super) fn compare<'a>(
        engine: Engine,
        segments: Segments,
        path: &Path,
        reading: &Reading,
        options: &StoreOptions,
        (steps, access): (&[Step<'a>], Access),
    ) -> Result<(Self, Vec<Step<'a>>), StoreError> {
        let engine = Arc::new(engine);
        let applied = migrate::applied(&engine)?;
        let (last_format, last_schema) =
            (migrate::last_of(&applied, StepKind::Format), migrate::last_of(&applied, StepKind::Schema));
        let pending = migrate::pending(path, &applied, steps)?;
        let migration = |source: MigrationError| StoreError::Migration { path: path.to_owned(), source };
        let mut schema = migrate::schema_of(&applied).map_err(migration)?;
        if access == Access::ReadOnly {
            migrate::extend(&mut schema, &pending).map_err(migration)?;
        }
        let manifest = match reading.witness.folder {
            0 => format1::read_manifest(&engine)?,
            _ => Manifest::read(&engine, &segments).map_err(|error| older(&engine, path, reading, error))?,
        };
        let opened = load::open(&engine, manifest, path, reading, schema)?;
        if last_format < reading.witness.format || last_schema < reading.witness.schema {
            let detail = "it lost migration steps that HEAD witnessed";
            return Err(StoreError::corrupt(&engine.data_path(), detail));
        }
        let witnessed = reading.witness;
        let writer = WriterState {
            head: None,
            chain: opened.chain,
            archived: opened.manifest.archived(),
            alone: 0,
            witnessed: (opened.last == witnessed.commit).then_some((witnessed.nodes, witnessed.edges)),
            pending: Pending::default(),
            retry_merge_at: 0,
            schema: last_schema,
            format: last_format,
            unfinished: None,
        };
        let base = Base {
            engine,
            folder: witnessed.folder,
            manifest: Arc::new(opened.manifest),
            catalogue: opened.catalogue,
            last: opened.last,
        };
        let writer = WriterState { alone: base.alone_bytes()?, ..writer };
        Ok((Self::from_parts(base, writer, path, options, witnessed), pending))
    }

    /// Witnesses what was opened: the engine's new folder, and a commit that a killed process wrote and did not
    /// acknowledge.
    fn witness_opened(&self, path: &Path, reading: &Reading, number: u32) -> Result<(), StoreError> {
        let mut writer = self.writer_state();
        let base = Base { folder: number, ..Base::clone(&self.base()) };
        let mut witness = Witness { folder: number, directory: base.manifest.digest, ..reading.witness };
        if base.last > reading.witness.commit {
            let snapshot = self.loaded_by(&mut writer)?;
            witness = Self::witness_of(&base, &writer, writer.chain, snapshot.counts());
        }
        failpoint("settle.witness", path)?;
        base.engine.sync()?;
        folder::sync(&folder::engine_folder(path, number))?;
        super::files::staging::sync_folder(path)?;
        let mut head = Head::open(&path.join("HEAD"), reading)?;
        head.write_both(witness)?;
        failpoint("settle.witnessed", path)?;
        writer.head = Some(head);
        writer.witnessed = Some((witness.nodes, witness.edges));
        self.set_base(base);
        Ok(())
    }
}

/// Runs an opening again where it found damage that the disk may have made up, or says that the disk fails.
fn again<T>(path: &Path, mut open: impl FnMut() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let mut tries = TRIES;
    loop {
        tries -= 1;
        match open() {
            Err(error @ (StoreError::Corrupt { .. } | StoreError::Lost { .. })) => {
                if let Ok((_, reading)) = read_witnesses(path) {
                    folder::probe(&data_folder(path, &reading))?;
                }
                if tries == 0 {
                    return Err(error);
                }
                std::thread::sleep(PAUSE);
            }
            outcome => return outcome,
        }
    }
}

/// What is wrong if the manifest of an engine cannot be read: an older engine refers to segments that are gone.
fn older(engine: &Engine, path: &Path, reading: &Reading, error: StoreError) -> StoreError {
    let last = load::last_number(engine, Tree::Journal).ok().flatten();
    match (error, last) {
        (StoreError::Corrupt { .. }, Some(last)) if last < reading.witness.commit => {
            StoreError::Lost { path: path.to_owned(), from: last + 1, to: reading.witness.commit }
        }
        (error, _) => error,
    }
}

/// A copy of an engine that goes again unless it is kept.
struct EngineCopy {
    folder: PathBuf,
    kept: bool,
}

impl EngineCopy {
    fn create(from: &Path, to: PathBuf) -> Result<Self, StoreError> {
        fs::create_dir(&to).map_err(StoreError::io(&to))?;
        let copy = Self { folder: to, kept: false };
        folder::copy(from, &copy.folder)?;
        Ok(copy)
    }

    fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for EngineCopy {
    fn drop(&mut self) {
        if !self.kept {
            // The error that led here counts; the next opening for writing removes what is left.
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// Tells a path that holds no store from a store that has lost a file, and from one that is not shown to this user.
fn expect_store(path: &Path) -> Result<(), StoreError> {
    let not = |reason| Err(StoreError::NotAStore { path: path.to_owned(), reason });
    let is_there = |path: &Path| path.try_exists().map_err(StoreError::io(path));
    if !is_there(path)? {
        return not("there is nothing");
    }
    if !path.is_dir() {
        return not("it is not a folder");
    }
    let missing = |name: &str| Err(StoreError::corrupt(&path.join(name), "the file is missing"));
    match (is_there(&path.join("FORMAT"))?, is_there(&path.join("HEAD"))?) {
        (true, true) => Ok(()),
        (true, false) if path.join(former_format::NEXT_HEAD).exists() => Ok(()),
        (true, false) => missing("HEAD"),
        (false, _) if is_unfinished(path) => not("its making was cut off, or goes on; make it there again"),
        (false, true) => missing("FORMAT"),
        (false, false) => not("it has neither of the files FORMAT and HEAD"),
    }
}
