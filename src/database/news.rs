//! What is committed is told to those who subscribe, and a reader follows a writer.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::{Backing, Database};
use crate::error::Error;
use crate::graph::{Change, ChangeSet, Subject};
use crate::store::{Access, Store, StoreOptions};

/// A commit, as it is told to subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitEvent {
    /// Number of the commit.
    pub commit: u64,
    /// Nodes and edges that it wrote or removed; `None` if a load replaced everything.
    pub subjects: Option<Arc<[Subject]>>,
}

/// The ends to which commits are told.
#[derive(Debug, Default)]
pub(super) struct Subscribers(Mutex<Vec<Sender<CommitEvent>>>);

impl Subscribers {
    fn all(&self) -> MutexGuard<'_, Vec<Sender<CommitEvent>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store that is open for reading, which may be opened again at a newer commit.
pub(super) struct Reader {
    store: RwLock<Arc<Store>>,
    path: PathBuf,
    options: StoreOptions,
}

impl Reader {
    pub(super) fn open(path: PathBuf, options: StoreOptions) -> Result<Self, Error> {
        let store = Arc::new(Store::open(&path, Access::ReadOnly, &options)?);
        Ok(Self { store: RwLock::new(store), path, options })
    }

    /// The store as it is shown now.
    pub(super) fn now(&self) -> Arc<Store> {
        Arc::clone(&self.store.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Database {
    /// The commits of this database from now on, made by any thread of this process. The receiver waits, polls, or ends
    /// with the database; dropping it unsubscribes.
    ///
    /// ```
    /// use intergov::Database;
    /// use intergov::store::CommitNote;
    /// use intergov::value::Validity;
    ///
    /// let db = Database::in_memory_without_schema();
    /// let commits = db.subscribe();
    /// let mut change = db.begin()?;
    /// change.create_node(&["City"], Validity::ALWAYS)?;
    /// change.commit(&CommitNote::by("example"))?;
    /// assert_eq!(commits.try_iter().map(|event| event.commit).collect::<Vec<_>>(), [1]);
    /// # Ok::<(), intergov::Error>(())
    /// ```
    #[must_use]
    pub fn subscribe(&self) -> Receiver<CommitEvent> {
        let (sender, receiver) = channel();
        self.subscribers.all().push(sender);
        receiver
    }

    /// Tells subscribers of a commit. Without `changes` everything may be another.
    pub(super) fn announce(&self, commit: u64, changes: Option<&ChangeSet>) {
        let mut subscribers = self.subscribers.all();
        if subscribers.is_empty() {
            return;
        }
        let subjects = changes.map(|changes| changes.iter().map(subject).collect());
        let event = CommitEvent { commit, subjects };
        subscribers.retain(|subscriber| subscriber.send(event.clone()).is_ok());
    }

    /// Shows what another process has committed meanwhile, and says whether there was anything: for a database that was
    /// opened for reading. One that writes, or lives in memory, always shows the present state.
    ///
    /// Snapshots that were taken before stay as they are. It costs one small read where nothing is new, else an opening.
    ///
    /// # Errors
    /// As [`Database::open_read_only`]; the former state then stays.
    pub fn refresh(&self) -> Result<bool, Error> {
        let Backing::Reader(reader) = &self.backing else { return Ok(false) };
        let shown = reader.now();
        // What cannot be read for a moment, while the writer writes it, is told by the opening.
        if Store::witnessed_commit(&reader.path).is_ok_and(|commit| commit == shown.commit_shown()) {
            return Ok(false);
        }
        let newer = Arc::new(Store::open(&reader.path, Access::ReadOnly, &reader.options)?);
        let commit = newer.commit_shown();
        *reader.store.write().unwrap_or_else(PoisonError::into_inner) = newer;
        if commit == shown.commit_shown() {
            return Ok(false);
        }
        self.announce(commit, None);
        Ok(true)
    }
}

fn subject(change: &Change) -> Subject {
    match change {
        Change::PutNode(node) => Subject::Node(node.id),
        Change::RemoveNode(id) => Subject::Node(*id),
        Change::PutEdge(edge) => Subject::Edge(edge.id),
        Change::RemoveEdge(id) => Subject::Edge(*id),
    }
}
