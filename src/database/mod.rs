//! The front door: how does a program open, read, write, import, export and measure a database?

mod around;
mod builder;
mod care;
#[cfg(feature = "exchange")]
mod export;
#[cfg(feature = "exchange")]
mod import;
#[cfg(feature = "analysis")]
mod measure;
mod news;
#[cfg(all(feature = "analysis", feature = "exchange"))]
mod node_measures;
mod query;
mod turn;
mod write;

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::error::Error;
use crate::graph::{CommitRule, Schema, Snapshot};
use crate::relations::{Names, TieOptions, TieTable, TierSchemes};
use crate::store::Store;
use crate::study::{Moment, Selection, Slice, Study, Subjects};

pub use builder::Builder;
pub use care::Migrated;
#[cfg(feature = "exchange")]
pub use import::Imported;
pub use news::CommitEvent;
pub use write::Transaction;

use news::{Reader, Subscribers};
use turn::WriteLock;

/// Tie tables that are kept for the next question.
const KEPT_TABLES: usize = 4;

/// A graph of intergovernmental relations: on disk or in memory, with the domain's schema and rules or without.
///
/// Any number of threads may read; one writes at a time, and others wait for it. What a [`Snapshot`] shows never changes.
///
/// Parallel work runs on threads of the library alone, so that every call may come from any thread, a worker of a
/// rayon pool too: that worker sleeps until the call is done. What the caller hands in – rules, watches, the closure of
/// [`Database::write`] – may read this database, and must not write to it: [`Error::Nested`] says so on the same thread.
///
/// ```
/// use intergov::store::CommitNote;
/// use intergov::value::Validity;
/// use intergov::{Database, Error};
///
/// let db = Database::in_memory()?;
/// let (province, committed) = db.write(&CommitNote::by("example"), |draft| {
///     let said = [("id", "cn:320000"), ("scheme", "cn"), ("code", "cn:320000"), ("name", "江苏省")];
///     Ok::<_, Error>(draft.create_node_with(&["Government"], Validity::ALWAYS, said)?)
/// })?;
/// assert_eq!(committed.commit, 1);
/// let snapshot = db.snapshot()?;
/// let province = snapshot.node(province).ok_or("no province")?;
/// assert_eq!(province.get::<String>("name")?.as_deref(), Some("江苏省"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Database {
    backing: Backing,
    rules: Vec<Box<dyn CommitRule>>,
    /// Held for a moment only: nothing is derived meanwhile.
    tables: Mutex<Vec<(TieOptions, Arc<TieTable>)>>,
    /// Of the state that they were last asked for; held for a moment only.
    names: Mutex<Option<Arc<Names>>>,
    turn: WriteLock,
    subscribers: Subscribers,
}

enum Backing {
    Disk(Arc<Store>),
    Reader(Reader),
    Memory(RwLock<Arc<Snapshot>>),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

impl Database {
    fn on(backing: Backing, rules: Vec<Box<dyn CommitRule>>) -> Self {
        let (tables, names, turn, subscribers) = Default::default();
        Self { backing, rules, tables, names, turn, subscribers }
    }

    /// For a schema and rules of the program's own beside those of the domain.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Makes a database with the domain's schema in a new or empty folder.
    ///
    /// # Errors
    /// [`Error::Store`] where there is anything at the path already, or the disk refuses.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().create(path)
    }

    /// Opens a database for reading and writing; never makes one.
    ///
    /// # Errors
    /// [`Error::Store`]: no store, locked by another process, damaged, newer than the program …
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open(path)
    }

    /// Opens a database for reading and writing, and makes it where there is nothing or an empty folder.
    ///
    /// # Errors
    /// As [`Database::open`] and [`Database::create`].
    pub fn open_or_create(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open_or_create(path)
    }

    /// Opens a database for reading, also beside a process that writes to it: the store stays byte for byte as
    /// it is. [`Database::beside`] tells which commit is seen, and [`Database::refresh`] shows newer ones.
    ///
    /// # Errors
    /// As [`Database::open`]; [`Error::Store`] too where a writer leaves no time to copy the store.
    pub fn open_read_only(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::builder().open_read_only(path)
    }

    /// A database in memory with the domain's schema and rules.
    ///
    /// # Errors
    /// [`Error::Schema`] where the schema that is compiled in is damaged.
    pub fn in_memory() -> Result<Self, Error> {
        Self::builder().in_memory()
    }

    /// A database in memory without any schema: a plain property graph.
    #[must_use]
    pub fn in_memory_without_schema() -> Self {
        Self::on(Backing::empty(Schema::default()), Vec::new())
    }

    /// The present state; it never changes.
    ///
    /// # Errors
    /// [`Error::Store`] where it cannot be read from the disk.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, Error> {
        match &self.backing {
            Backing::Disk(store) => Ok(store.snapshot()?),
            Backing::Reader(reader) => Ok(reader.now().snapshot()?),
            Backing::Memory(snapshot) => {
                Ok(Arc::clone(&snapshot.read().unwrap_or_else(PoisonError::into_inner)))
            }
        }
    }

    /// The derived ties of the present state; kept for the next question.
    ///
    /// # Errors
    /// As [`Database::snapshot`].
    pub fn ties(&self, options: &TieOptions) -> Result<Arc<TieTable>, Error> {
        Ok(self.ties_of(&self.snapshot()?, options))
    }

    /// The derived ties of a state that this database gave; kept for the next question about the same state.
    ///
    /// Threads that ask at the same time derive side by side, and all get the table that was ready first.
    pub fn ties_of(&self, snapshot: &Arc<Snapshot>, options: &TieOptions) -> Arc<TieTable> {
        // The same commit may be there twice: a merge renumbers its elements.
        let is_of = |table: &Arc<TieTable>| Arc::ptr_eq(table.snapshot(), snapshot);
        let known = |tables: &[(TieOptions, Arc<TieTable>)]| {
            let same = |(own, table): &&(TieOptions, _)| own == options && is_of(table);
            tables.iter().find(same).map(|(_, table)| Arc::clone(table))
        };
        if let Some(table) = known(&self.tables()) {
            return table;
        }
        let table = Arc::new(TieTable::derive(snapshot, &TierSchemes::of(snapshot), options));
        let mut tables = self.tables();
        if let Some(first) = known(&tables) {
            return first;
        }
        tables.retain(|(_, table)| is_of(table));
        tables.truncate(KEPT_TABLES - 1);
        tables.push((options.clone(), Arc::clone(&table)));
        table
    }

    fn tables(&self) -> MutexGuard<'_, Vec<(TieOptions, Arc<TieTable>)>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A selection applied to the present state: which governments and which ties count at each date.
    ///
    /// # Errors
    /// [`Error::Study`] where the selection names a node that is not there.
    pub fn study(&self, selection: Selection, subjects: Subjects) -> Result<Study, Error> {
        let ties = self.ties_of(&self.snapshot()?, &selection.tie_options());
        Ok(Study::new(ties, selection, subjects)?)
    }

    /// The network of a selection at a date.
    ///
    /// # Errors
    /// [`Error::Study`].
    pub fn network(&self, moment: Moment, selection: Selection) -> Result<Arc<Slice>, Error> {
        Ok(self.study(selection, Subjects::default())?.slice(moment)?)
    }

    fn store(&self, what: &'static str) -> Result<Arc<Store>, Error> {
        self.store_if_any().ok_or(Error::InMemory { what })
    }

    fn store_if_any(&self) -> Option<Arc<Store>> {
        match &self.backing {
            Backing::Disk(store) => Some(Arc::clone(store)),
            Backing::Reader(reader) => Some(reader.now()),
            Backing::Memory(_) => None,
        }
    }
}
