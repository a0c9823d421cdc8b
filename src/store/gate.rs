//! `TURN` and `QUIET`: when may the engine's files be copied beside a running writer?
//!
//! `QUIET` is held exclusively while the files change, and shared while somebody copies them, so that a copy
//! is never torn. `TURN` is taken first by either and given back as soon as `QUIET` is held: who comes first
//! goes first, so that neither a busy writer nor a crowd of readers keeps the other out. A copy that took
//! longer than [`LEASE`] is thrown away, and a writer that has waited for longer goes on: a reader that hangs
//! stops nobody. `TURN` and `QUIET` hold no data.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::StoreError;

/// How long a copy may take.
const LEASE: Duration = Duration::from_secs(25);
/// How long a writer waits for copies; more than a lease, so that every copy in its way is void.
const WRITER_WAITS: Duration = Duration::from_secs(30);
/// How long a reader waits for a pause of the writer.
const READER_WAITS: Duration = Duration::from_secs(60);
/// Between two looks at a lock.
const PAUSE: Duration = Duration::from_micros(200);

/// The two lock files of a store.
#[derive(Debug)]
pub(super) struct Gate {
    turn: File,
    quiet: File,
    place: PathBuf,
}

impl Gate {
    /// The gate of a store for its writer, made where it is not there.
    pub(super) fn of_writer(store: &Path) -> Result<Self, StoreError> {
        let open = |name: &str| {
            let path = store.join(name);
            writable(&path).map_err(StoreError::io(&path))
        };
        Ok(Self { turn: open("TURN")?, quiet: open("QUIET")?, place: store.join("QUIET") })
    }

    /// The gate of a store for a reader. `None` where there is none and none can be made, as on a medium
    /// that cannot be written: then nobody writes there either.
    pub(super) fn of_reader(store: &Path) -> Option<Self> {
        let open = |name: &str| {
            let path = store.join(name);
            writable(&path).or_else(|_| File::open(&path)).ok()
        };
        Some(Self { turn: open("TURN")?, quiet: open("QUIET")?, place: store.join("QUIET") })
    }

    /// Waits until nobody copies, and keeps copiers out until [`Gate::open`].
    pub(super) fn close(&self) -> Result<(), StoreError> {
        // Where the wait is in vain, a reader hangs: its copy is void by now.
        let turn = self.take(&self.turn, File::try_lock, WRITER_WAITS)?;
        self.take(&self.quiet, File::try_lock, WRITER_WAITS)?;
        if turn { self.turn.unlock().map_err(StoreError::io(&self.place)) } else { Ok(()) }
    }

    /// Lets copiers in again.
    pub(super) fn open(&self) -> Result<(), StoreError> {
        self.quiet.unlock().map_err(StoreError::io(&self.place))
    }

    /// Runs `copy` while the writer rests. `None` where the writer did not rest in time, or the copying took
    /// too long to be trusted.
    pub(super) fn in_quiet<T>(
        &self,
        copy: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        if !self.take(&self.turn, File::try_lock, READER_WAITS)? {
            return Ok(None);
        }
        let mut since = Instant::now();
        let shared = |file: &File| {
            // Before the lock, so that a pause of this process in between counts.
            since = Instant::now();
            file.try_lock_shared()
        };
        let held = self.take(&self.quiet, shared, READER_WAITS)?;
        self.turn.unlock().map_err(StoreError::io(&self.place))?;
        if !held {
            return Ok(None);
        }
        let copied = copy();
        self.quiet.unlock().map_err(StoreError::io(&self.place))?;
        let copied = copied?;
        Ok((since.elapsed() < LEASE).then_some(copied))
    }

    /// Looks at a lock until it is taken or the time is over.
    fn take(
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
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

    use super::super::engine::{Engine, Tree, Write};
    use super::*;

    const SEGMENT: usize = 4 * 1024 * 1024;

    /// The engine keeps copiers out while it is opened, from the first write to the rest, and no longer.
    #[test]
    fn an_engine_lets_nobody_copy_between_its_first_write_and_its_rest() {
        let folder = tempfile::tempdir().unwrap();
        drop(Engine::open(folder.path(), folder.path(), SEGMENT, true).unwrap());
        let gate = Gate::of_writer(folder.path()).unwrap();
        let engine = Engine::open_behind(gate, folder.path(), SEGMENT).unwrap();
        let reader = Gate::of_reader(folder.path()).unwrap();
        let kept_out = || match reader.quiet.try_lock_shared() {
            Ok(()) => reader.quiet.unlock().map(|()| false).unwrap(),
            Err(error) => matches!(error, TryLockError::WouldBlock),
        };
        assert!(kept_out());
        engine.rest().unwrap();
        assert!(!kept_out());
        let write = Write { tree: Tree::Meta, key: vec![1], value: Some(vec![2]) };
        for write_one in [Engine::transact, Engine::fill] {
            write_one(&engine, std::slice::from_ref(&write)).unwrap();
            assert!(kept_out());
            engine.sync().unwrap();
            assert!(kept_out());
            engine.rest().unwrap();
            assert!(!kept_out());
        }
        engine.get(Tree::Meta, &[1]).unwrap();
        assert!(!kept_out());
        // Who holds the turn waits for quiet; a process that ends gives both back.
        engine.fill(&[write]).unwrap();
        drop(engine);
        assert_eq!(reader.in_quiet(|| Ok(7)).unwrap(), Some(7));
    }

    /// A writer that never rests for long and a crowd of readers that overlap: all of them get through, and
    /// no reader sees the writer at work.
    #[test]
    fn nobody_is_kept_out_and_nobody_copies_while_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (writing, done) = (AtomicBool::new(false), AtomicBool::new(false));
        let (writes, copies) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            let readers: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        let gate = Gate::of_reader(folder.path()).unwrap();
                        for _ in 0..25 {
                            let seen = gate.in_quiet(|| {
                                for _ in 0..10 {
                                    assert!(!writing.load(Ordering::SeqCst));
                                    std::thread::sleep(Duration::from_micros(100));
                                }
                                Ok(())
                            });
                            assert_eq!(seen.unwrap(), Some(()));
                            copies.fetch_add(1, Ordering::SeqCst);
                        }
                    })
                })
                .collect();
            scope.spawn(|| {
                let gate = Gate::of_writer(folder.path()).unwrap();
                while !done.load(Ordering::SeqCst) {
                    gate.close().unwrap();
                    writing.store(true, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_micros(500));
                    writing.store(false, Ordering::SeqCst);
                    gate.open().unwrap();
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
