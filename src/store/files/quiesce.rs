//! `TURN` and `QUIET`: when may the engine's files be copied beside a running writer?
//!
//! `QUIET` is held exclusively while the files change, and shared while a reader copies them, so that a copy is
//! never torn. `TURN` is taken first by either and given back as soon as `QUIET` is held: they are served in the
//! order in which they come, so that neither a busy writer nor a crowd of readers keeps the other out.
//!
//! A copy takes milliseconds. A reader that holds `QUIET` for longer than [`WRITER_WAITS`] stands still (it was
//! stopped, or its disk does not answer). The writer waits for it once. Then it writes without `QUIET`, keeps `TURN`
//! meanwhile, and leaves a mark in the file `QUIET`: a reader that finds the mark behind its copy makes sure
//! that nothing was written meanwhile. The mark goes when the writer gets `QUIET` again.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::error::StoreError;

/// How long a copy beside a writer may take.
const LEASE: Duration = Duration::from_secs(4);
/// How long a writer waits for copies; more than a lease, so that every copy in its way is void.
const WRITER_WAITS: Duration = Duration::from_secs(5);
/// How long a reader waits for a pause of the writer.
const READER_WAITS: Duration = Duration::from_secs(60);
/// Between two looks at a lock.
const PAUSE: Duration = Duration::from_micros(200);

/// The two lock files of a store.
#[derive(Debug)]
pub(in crate::store) struct Quiesce {
    turn: File,
    quiet: File,
    place: PathBuf,
    state: Mutex<State>,
}

/// What a writer holds.
#[derive(Debug, Default)]
struct State {
    writing: bool,
    turn: bool,
    /// It waited in vain for a lock, and waits no longer for this one until it gets it.
    overdue: [bool; 2],
    /// Whether the mark may stand in `QUIET`.
    marked: bool,
}

/// What a reader got of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Copied<T> {
    /// A copy during which nothing was written.
    Exact(T),
    /// Something may have been written while it was copied.
    Void,
    /// The writer did not rest in time.
    Refused,
}

impl Quiesce {
    /// The quiesce of a store for its writer, made where it is not there.
    pub(in crate::store) fn of_writer(store: &Path) -> Result<Self, StoreError> {
        let open = |name: &str| {
            let path = store.join(name);
            writable(&path).map_err(StoreError::io(&path))
        };
        Ok(Self::from_files(open("TURN")?, open("QUIET")?, store))
    }

    /// The quiesce of a store for a reader. `None` if there is none: then the store lies on a medium that cannot be
    /// written, or nothing has written to it since the files were lost. A reader makes no file.
    pub(in crate::store) fn of_reader(store: &Path) -> Option<Self> {
        let open = |name: &str| File::open(store.join(name)).ok();
        Some(Self::from_files(open("TURN")?, open("QUIET")?, store))
    }

    fn from_files(turn: File, quiet: File, store: &Path) -> Self {
        let marked = quiet.metadata().is_ok_and(|file| file.len() > 0);
        let state = Mutex::new(State { marked, ..State::default() });
        Self { turn, quiet, place: store.join("QUIET"), state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether readers are kept out.
    pub(in crate::store) fn is_writing(&self) -> bool {
        self.state().writing
    }

    /// Whether a reader stands still and holds a lock, so that the writer works without it.
    pub(in crate::store) fn is_held_up(&self) -> bool {
        self.state().overdue != [false; 2]
    }

    /// Waits until no reader copies, and keeps readers out until [`Quiesce::end_write`].
    pub(in crate::store) fn begin_write(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        if state.writing {
            return Ok(());
        }
        let patience = |overdue: bool| if overdue { Duration::ZERO } else { WRITER_WAITS };
        state.turn = self.lock_within(&self.turn, File::try_lock, patience(state.overdue[0]))?;
        let quiet = self.lock_within(&self.quiet, File::try_lock, patience(state.overdue[1]))?;
        state.overdue = [!state.turn, !quiet];
        if state.marked == quiet {
            self.quiet.set_len(u64::from(!quiet)).map_err(StoreError::io(&self.place))?;
            state.marked = !quiet;
        }
        if quiet {
            self.release_turn(&mut state)?;
        }
        state.writing = true;
        Ok(())
    }

    fn release_turn(&self, state: &mut State) -> Result<(), StoreError> {
        if std::mem::take(&mut state.turn) {
            self.turn.unlock().map_err(StoreError::io(&self.place))?;
        }
        Ok(())
    }

    /// Lets readers in again.
    pub(in crate::store) fn end_write(&self) -> Result<(), StoreError> {
        let mut state = self.state();
        if !std::mem::take(&mut state.writing) {
            return Ok(());
        }
        self.release_turn(&mut state)?;
        self.quiet.unlock().map_err(StoreError::io(&self.place))
    }

    /// Runs `copy` while the writer rests. `version` tells what the writer changes whenever it writes; `beside` says
    /// whether there is a writer at all, for only then a slow copy is void.
    pub(in crate::store) fn copy_while_idle<T, V: PartialEq>(
        &self,
        beside: bool,
        version: impl Fn() -> Result<V, StoreError>,
        copy: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Copied<T>, StoreError> {
        if !self.lock_within(&self.turn, File::try_lock, READER_WAITS)? {
            return Ok(Copied::Refused);
        }
        let mut since = Instant::now();
        let shared = |file: &File| {
            // Before the lock, so that a pause of this process in between counts.
            since = Instant::now();
            file.try_lock_shared()
        };
        let held = self.lock_within(&self.quiet, shared, READER_WAITS)?;
        let before = held.then(&version).transpose();
        self.turn.unlock().map_err(StoreError::io(&self.place))?;
        let Some(before) = before? else { return Ok(Copied::Refused) };
        let copied = copy();
        let marked = self.quiet.metadata().map_or(true, |file| file.len() > 0);
        self.quiet.unlock().map_err(StoreError::io(&self.place))?;
        if marked {
            // The writer holds the turn while it writes without quiet.
            let turn = self.lock_within(&self.turn, File::try_lock, READER_WAITS)?;
            let same = version().is_ok_and(|after| after == before);
            if turn {
                self.turn.unlock().map_err(StoreError::io(&self.place))?;
            }
            if !turn || !same {
                return Ok(Copied::Void);
            }
        }
        if beside && since.elapsed() >= LEASE {
            return Ok(Copied::Void);
        }
        copied.map(Copied::Exact)
    }

    /// Looks at a lock until it is taken or the time is over.
    fn lock_within(
        &self,
        file: &File,
        mut lock: impl FnMut(&File) -> Result<(), TryLockError>,
        patience: Duration,
    ) -> Result<bool, StoreError> {
        let since = Instant::now();
        loop {
            match lock(file) {
                Ok(()) => return Ok(true),
                Err(TryLockError::WouldBlock) if since.elapsed() >= patience => return Ok(false),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(StoreError::io(&self.place)(error)),
            }
        }
    }
}

fn writable(path: &Path) -> std::io::Result<File> {
    File::options().read(true).write(true).create(true).truncate(false).open(path)
}
#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use super::*;
    use crate::store::engine::{Engine, Tree, Write};

    /// The engine keeps copiers out while it is opened, from the first write to the rest, and no longer.
    #[test]
    fn no_reader_copies_between_the_first_write_of_an_engine_and_its_rest() {
        let folder = tempfile::tempdir().unwrap();
        let quiesce = Arc::new(Quiesce::of_writer(folder.path()).unwrap());
        quiesce.begin_write().unwrap();
        let engine = Engine::scratch(folder.path()).guarded_by(&quiesce);
        let reader = Quiesce::of_reader(folder.path()).unwrap();
        let kept_out = || match reader.quiet.try_lock_shared() {
            Ok(()) => reader.quiet.unlock().map(|()| false).unwrap(),
            Err(error) => matches!(error, TryLockError::WouldBlock),
        };
        assert!(kept_out());
        engine.end_write().unwrap();
        assert!(!kept_out());
        let write = Write { tree: Tree::Meta, key: vec![1], value: Some(vec![2]) };
        for write_one in [Engine::transact, Engine::fill] {
            write_one(&engine, std::slice::from_ref(&write)).unwrap();
            assert!(kept_out());
            engine.sync().unwrap();
            assert!(kept_out());
            engine.end_write().unwrap();
            assert!(!kept_out());
        }
        engine.get(Tree::Meta, &[1]).unwrap();
        assert!(!kept_out());
        // A process that ends gives both back.
        engine.fill(&[write]).unwrap();
        drop((engine, quiesce));
        assert_eq!(reader.copy_while_idle(true, || Ok(0), || Ok(7)).unwrap(), Copied::Exact(7));
    }

    /// A reader that stands still delays the first write by the bound, and no other one; what is copied meanwhile
    /// is exact or void.
    #[test]
    fn a_reader_that_stands_still_holds_the_writer_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let quiesce = Quiesce::of_writer(folder.path()).unwrap();
        let still = Quiesce::of_reader(folder.path()).unwrap();
        still.quiet.lock_shared().unwrap();
        quiesce.begin_write().unwrap();
        quiesce.end_write().unwrap();
        assert!(quiesce.is_held_up());
        let since = Instant::now();
        for _ in 0..100 {
            quiesce.begin_write().unwrap();
            quiesce.end_write().unwrap();
        }
        assert!(since.elapsed() < WRITER_WAITS, "it waited again");
        let reader = Quiesce::of_reader(folder.path()).unwrap();
        let version = std::cell::Cell::new(0);
        let read = |write: bool| {
            let copy = || {
                quiesce.begin_write()?;
                version.set(version.get() + u32::from(write));
                quiesce.end_write()
            };
            reader.copy_while_idle(true, || Ok(version.get()), copy).unwrap()
        };
        assert_eq!((read(false), read(true)), (Copied::Exact(()), Copied::Void));
        // It moves again: everything is as before.
        still.quiet.unlock().unwrap();
        quiesce.begin_write().unwrap();
        assert!(!quiesce.is_held_up());
        quiesce.end_write().unwrap();
        assert_eq!(reader.copy_while_idle(true, || Ok(0), || Ok(7)).unwrap(), Copied::Exact(7));
    }

    /// A writer that never rests for long and a crowd of readers that overlap: all of them get through, and
    /// no reader sees the writer at work.
    #[test]
    fn no_process_is_kept_out_and_no_reader_copies_while_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (writing, done) = (AtomicBool::new(false), AtomicBool::new(false));
        let (writes, copies) = (AtomicU32::new(0), AtomicU32::new(0));
        drop(Quiesce::of_writer(folder.path()).unwrap());
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let quiesce = Quiesce::of_reader(folder.path()).unwrap();
                        for _ in 0..25 {
                            let seen = quiesce.copy_while_idle(
                                true,
                                || Ok(0),
                                || {
                                    for _ in 0..10 {
                                        assert!(!writing.load(Ordering::SeqCst));
                                        std::thread::sleep(Duration::from_micros(100));
                                    }
                                    Ok(())
                                },
                            );
                            assert_eq!(seen.unwrap(), Copied::Exact(()));
                            copies.fetch_add(1, Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            scope.spawn(|| {
                let quiesce = Quiesce::of_writer(folder.path()).unwrap();
                while !done.load(Ordering::SeqCst) {
                    quiesce.begin_write().unwrap();
                    writing.store(true, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_micros(500));
                    writing.store(false, Ordering::SeqCst);
                    quiesce.end_write().unwrap();
                    writes.fetch_add(1, Ordering::SeqCst);
                }
            });
            let ended: Vec<_> = readers.into_iter().map(|reader| reader.join()).collect();
            done.store(true, Ordering::SeqCst);
            assert!(ended.iter().all(Result::is_ok));
        });
        let (writes, copies) = (writes.into_inner(), copies.into_inner());
        assert_eq!(copies, 100);
        // Between two copies of one reader a waiting writer has its turn.
        assert!(writes >= 25, "{writes} writes beside {copies} copies");
    }
}
