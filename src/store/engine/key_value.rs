//! The key-value engine: the only file that names sled.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use sled::transaction::{ConflictableTransactionError, TransactionError, Transactional};

use super::panic_guard::guarded;
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::format::{Format, SEGMENT_BYTES};
use crate::store::files::quiesce::Quiesce;
use crate::workers;

/// Bytes that sled may keep of its pages. A soft limit: sled goes beyond it while it writes.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// What sled says in one word where a checksum does not fit.
const UNFIT: &str = "a page, the page table snap.* or conf does not fit its checksum";

/// Bytes from which a value is worth a page that is made for it.
const LARGE_VALUE: usize = 1024;

/// Bytes up to which a data file may always grow, and how many times what it had when it was opened.
const ROOM: u64 = 16 * 1024 * 1024;
const GROWTH: u64 = 4;

/// How long closing waits for sled's own threads: 5 seconds at most.
const CLOSING_TRIES: u32 = 5_000;
const CLOSING_PAUSE: Duration = Duration::from_millis(1);

/// The named parts of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::store) enum Tree {
    Meta,
    Migrations,
    Dictionary,
    Nodes,
    AdjOut,
    AdjIn,
    Log,
    Journal,
    Index,
    Archive,
}

impl Tree {
    /// Those that the engine holds.
    pub(in crate::store) const KEPT: [Self; 5] =
        [Self::Meta, Self::Migrations, Self::Dictionary, Self::Log, Self::Journal];

    /// All by their number; in format 1 the engine held them all.
    pub(in crate::store) const ALL: [Self; 10] = [
        Self::Meta,
        Self::Migrations,
        Self::Dictionary,
        Self::Nodes,
        Self::AdjOut,
        Self::AdjIn,
        Self::Log,
        Self::Journal,
        Self::Index,
        Self::Archive,
    ];

    /// Its name on disk.
    pub(in crate::store) fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Migrations => "migrations",
            Self::Dictionary => "dictionary",
            Self::Nodes => "nodes",
            Self::AdjOut => "adj_out",
            Self::AdjIn => "adj_in",
            Self::Index => "index",
            Self::Log => "log",
            Self::Journal => "journal",
            Self::Archive => "archive",
        }
    }
}

/// One key to write or, without a value, to remove.
#[derive(Clone, Debug)]
pub(in crate::store) struct Write {
    pub(in crate::store) tree: Tree,
    pub(in crate::store) key: Vec<u8>,
    pub(in crate::store) value: Option<Vec<u8>>,
}

/// Whether sled has threads: those that it starts at first stay.
static HAS_THREADS: AtomicBool = AtomicBool::new(false);

struct Handles {
    // Trees before the database: fields are dropped in this order.
    trees: Vec<sled::Tree>,
    db: sled::Db,
}

/// How an engine is laid out: fixed when it is made.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Layout {
    pub(in crate::store) segment_bytes: usize,
    pub(in crate::store) trees: &'static [Tree],
}

impl Layout {
    /// That of the present format.
    pub(in crate::store) const PRESENT: Self = Self { segment_bytes: SEGMENT_BYTES, trees: &Tree::KEPT };

    /// That of a store whose `FORMAT` says so.
    pub(in crate::store) fn of(format: &Format) -> Self {
        let trees: &[Tree] = if format.format == 1 { &Tree::ALL } else { &Tree::KEPT };
        Self { segment_bytes: format.segment_bytes, trees }
    }
}

/// An open engine and our own descriptor of its data file.
pub(in crate::store) struct Engine {
    handles: Option<Handles>,
    trees: &'static [Tree],
    data: File,
    /// Bytes that the data file may grow to before a fresh one is due.
    room: u64,
    /// Where the store keeps its data file, to name in errors; a reader opens a copy.
    data_path: PathBuf,
    /// Closed while the files change; a private copy and a store in the making have none.
    quiesce: Option<Arc<Quiesce>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Engine").field(&self.data_path).finish()
    }
}

impl Engine {
    /// Opens the engine in a folder, which errors call `named`; makes it there only with `create`.
    ///
    /// sled silently makes what is missing, so that a lost data file would come back as an empty store:
    /// what must exist is looked for first.
    pub(in crate::store) fn open(
        folder: &Path,
        named: &Path,
        layout: Layout,
        create: bool,
    ) -> Result<Self, StoreError> {
        let data_path = named.join("db");
        if !create && !folder.join("db").is_file() {
            return Err(StoreError::corrupt(&data_path, "the file is missing"));
        }
        // sled panics on such a clock wherever it is set up, although it only names a folder by it that is not used.
        if SystemTime::now() < SystemTime::UNIX_EPOCH {
            return Err(StoreError::Clock { path: named.to_owned() });
        }
        // sled starts threads once, at its first opening, and waits for ever where it got none.
        if !HAS_THREADS.load(Ordering::Relaxed) {
            workers::expect_thread().map_err(StoreError::NoThreads)?;
        }
        let opened = guarded(|| -> sled::Result<Handles> {
            let config = sled::Config::new()
                .path(folder)
                .segment_size(layout.segment_bytes)
                .cache_capacity(CACHE_BYTES)
                .flush_every_ms(None)
                .use_compression(false);
            let db = config.open()?;
            let trees = layout.trees.iter().map(|tree| db.open_tree(tree.name()));
            Ok(Handles { trees: trees.collect::<Result<_, _>>()?, db })
        });
        // While it opens, any of its files may be the one at fault.
        let handles = flatten(named, opened)?;
        HAS_THREADS.store(true, Ordering::Relaxed);
        let data = File::options().read(true).write(true).open(folder.join("db"));
        let data = data.map_err(StoreError::io(&data_path))?;
        let mut engine =
            Self { handles: Some(handles), trees: layout.trees, data, room: 0, data_path, quiesce: None };
        engine.room = ROOM.max(engine.bytes()?.saturating_mul(GROWTH));
        Ok(engine)
    }

    /// Makes an empty engine in a folder, for a test.
    #[cfg(test)]
    pub(in crate::store) fn scratch(folder: &Path) -> Self {
        Self::open(folder, folder, Layout::PRESENT, true).unwrap()
    }

    /// From now on readers are kept out of the files from a write to the next [`Engine::rest`].
    pub(in crate::store) fn guarded_by(mut self, quiesce: &Arc<Quiesce>) -> Self {
        self.quiesce = Some(Arc::clone(quiesce));
        self
    }

    /// Bytes of the data file.
    fn bytes(&self) -> Result<u64, StoreError> {
        Ok(self.data.metadata().map_err(StoreError::io(&self.data_path))?.len())
    }

    /// Whether the data file has grown so far that a fresh one is due: every opening copies it, and the engine
    /// writes a segment again only once half of it is dead.
    pub(in crate::store) fn is_overgrown(&self) -> Result<bool, StoreError> {
        Ok(self.bytes()? > self.room)
    }

    /// The engine's data file, to name in errors.
    pub(in crate::store) fn data_path(&self) -> PathBuf {
        self.data_path.clone()
    }

    fn call<T>(&self, work: impl FnOnce(&Handles) -> sled::Result<T>) -> Result<T, StoreError> {
        let path = &self.data_path;
        let Some(handles) = &self.handles else {
            return Err(StoreError::corrupt(path, "the engine is closed"));
        };
        flatten(path, guarded(|| work(handles)))
    }

    /// Where a tree stands among those of this engine.
    fn at(&self, tree: Tree) -> Result<usize, StoreError> {
        let at = self.trees.iter().position(|own| *own == tree);
        at.ok_or_else(|| StoreError::corrupt(&self.data_path, format!("it has no tree {}", tree.name())))
    }

    /// The trees that this engine has.
    pub(in crate::store) fn trees(&self) -> &'static [Tree] {
        self.trees
    }

    /// The value of a key.
    pub(in crate::store) fn get(&self, tree: Tree, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        failpoint("data.read", &self.data_path)?;
        let at = self.at(tree)?;
        self.call(|handles| Ok(handles.trees[at].get(key)?.map(|value| value.to_vec())))
    }

    /// The greatest key of a tree.
    pub(in crate::store) fn last_key(&self, tree: Tree) -> Result<Option<Vec<u8>>, StoreError> {
        let at = self.at(tree)?;
        self.call(|handles| Ok(handles.trees[at].last()?.map(|(key, _)| key.to_vec())))
    }

    /// Visits the keys from `from` on in ascending order until the visitor returns false.
    pub(in crate::store) fn scan(
        &self,
        tree: Tree,
        from: &[u8],
        mut visit: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), StoreError> {
        failpoint("data.read", &self.data_path)?;
        let at = self.at(tree)?;
        self.call(|handles| {
            for item in handles.trees[at].range(from..) {
                let (key, value) = item?;
                if !visit(&key, &value) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Keeps readers from copying the files from now on.
    pub(in crate::store) fn begin_write(&self) -> Result<(), StoreError> {
        self.quiesce.as_ref().map_or(Ok(()), |quiesce| quiesce.begin_write())
    }

    /// Hands all that was written to the operating system and lets readers copy the files.
    pub(in crate::store) fn end_write(&self) -> Result<(), StoreError> {
        let Some(quiesce) = self.quiesce.as_ref().filter(|quiesce| quiesce.is_writing()) else {
            return Ok(());
        };
        let flushed = self.call(|handles| handles.db.flush().map(drop));
        quiesce.end_write()?;
        flushed
    }

    /// Writes all or nothing, over all trees.
    pub(in crate::store) fn transact(&self, writes: &[Write]) -> Result<(), StoreError> {
        self.begin_write()?;
        failpoint("data.write", &self.data_path)?;
        let places: Vec<usize> = writes.iter().map(|write| self.at(write.tree)).collect::<Result<_, _>>()?;
        self.call(|handles| {
            let outcome = handles.trees[..].transaction(|views| {
                for (write, at) in writes.iter().zip(&places) {
                    let view = &views[*at];
                    match &write.value {
                        Some(value) => drop(view.insert(write.key.as_slice(), value.as_slice())?),
                        None => drop(view.remove(write.key.as_slice())?),
                    }
                }
                Ok::<(), ConflictableTransactionError<()>>(())
            });
            match outcome {
                Ok(()) => Ok(()),
                Err(TransactionError::Storage(error)) => Err(error),
                // The closure above never aborts.
                Err(TransactionError::Abort(())) => Ok(()),
            }
        })
    }

    /// Writes one after the other; a process killed in between leaves some of them, and keys without their
    /// values. Only for keys that nothing refers to yet, or no longer.
    ///
    /// The engine splits a page in two when it gets its 17th key, and writes a page again with all its values
    /// after ten changes. Large values in ascending order of their keys, many at once, are therefore written in
    /// two rounds: new keys without values first, which make pages of eight; then every value once. That
    /// halves the file.
    pub(in crate::store) fn fill(&self, writes: &[Write]) -> Result<(), StoreError> {
        self.begin_write()?;
        let large = |write: &&Write| write.value.as_ref().is_some_and(|value| value.len() > LARGE_VALUE);
        for write in writes.iter().filter(large) {
            let at = self.at(write.tree)?;
            self.call(|handles| handles.trees[at].insert(write.key.as_slice(), &[]).map(drop))?;
        }
        for write in writes {
            failpoint("data.fill", &self.data_path)?;
            let at = self.at(write.tree)?;
            self.call(|handles| {
                let tree = &handles.trees[at];
                match &write.value {
                    Some(value) => tree.insert(write.key.as_slice(), value.as_slice()).map(drop),
                    None => tree.remove(write.key.as_slice()).map(drop),
                }
            })?;
        }
        Ok(())
    }

    /// Brings all that was written to the disk.
    ///
    /// sled's flush hands its buffers to the operating system but syncs neither the file's length nor
    /// the disk's cache, hence our own descriptor.
    pub(in crate::store) fn sync(&self) -> Result<(), StoreError> {
        failpoint("data.flush", &self.data_path)?;
        self.call(|handles| handles.db.flush().map(drop))?;
        failpoint("data.sync", &self.data_path)?;
        self.data.sync_data().map_err(StoreError::io(&self.data_path))
    }

    /// Names of the trees that are there but are not ours.
    pub(in crate::store) fn unknown_trees(&self) -> Result<Vec<String>, StoreError> {
        self.call(|handles| {
            let names = handles.db.tree_names().into_iter();
            let names = names.map(|name| String::from_utf8_lossy(&name).into_owned());
            let own = |name: &String| self.trees.iter().any(|tree| tree.name() == name);
            Ok(names.filter(|name| !own(name) && name != "__sled__default").collect())
        })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Closing writes what is left in buffers. Where the lock fails, it is closed all the same; the quiesce
        // opens with its descriptors.
        drop(self.begin_write());
        let handles = self.handles.take();
        // Closing a damaged engine may panic; whatever was acknowledged is on disk already.
        drop(guarded(move || drop(handles)));
        // sled's own threads hold its file a moment longer. The next process that holds our lock must find it still.
        for _ in 0..CLOSING_TRIES {
            if self.data.try_lock().is_ok() {
                break;
            }
            std::thread::sleep(CLOSING_PAUSE);
        }
    }
}

fn flatten<T>(path: &Path, outcome: Result<sled::Result<T>, String>) -> Result<T, StoreError> {
    match outcome {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(translate(path, error)),
        Err(panic) => Err(StoreError::corrupt(path, format!("the engine stopped at it ({panic})"))),
    }
}

fn translate(path: &Path, error: sled::Error) -> StoreError {
    use std::io::ErrorKind;
    match error {
        // sled reads beyond the end of a file that was cut.
        sled::Error::Io(source)
            if matches!(source.kind(), ErrorKind::UnexpectedEof | ErrorKind::InvalidData) =>
        {
            StoreError::corrupt(path, format!("it ends too early ({source})"))
        }
        // sled hands on what the system said as text with its quotation marks.
        sled::Error::Io(source) if source.raw_os_error().is_none() && source.kind() != ErrorKind::Other => {
            StoreError::Io { path: path.to_owned(), source: source.kind().into() }
        }
        sled::Error::Io(source) => StoreError::Io { path: path.to_owned(), source },
        sled::Error::Corruption { .. } => StoreError::corrupt(path, UNFIT),
        other => StoreError::corrupt(path, other.to_string()),
    }
}
