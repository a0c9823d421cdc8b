//! `LOCK`: who writes? Held by the one writer for as long as the store is open, or for a moment by one who looks
//! at a large store without copying it; before a looker's process id stands an `r`.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::StoreError;

/// How often a writer looks again while readers look whether there is one, and how long it sleeps in between.
const TRIES: u32 = 400;
const PAUSE: Duration = Duration::from_millis(5);

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock for writing and leaves this process's id in the file.
    ///
    /// A writer in the way is an error at once; readers hold the lock only while they look, so they are
    /// waited for.
    pub(super) fn write(store: &Path, path: &Path) -> Result<Self, StoreError> {
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(StoreError::io(path))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => {
                    return Self::noting(file, "").map_err(StoreError::io(path));
                }
                Err(TryLockError::WouldBlock) => match file.try_lock_shared() {
                    Ok(()) => file.unlock().map_err(StoreError::io(path))?,
                    Err(TryLockError::WouldBlock) if is_looker(&mut file) => {}
                    Err(TryLockError::WouldBlock) => return Err(locked(store, &mut file)),
                    Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
                },
                Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
            }
            std::thread::sleep(PAUSE);
        }
        Err(StoreError::Locked { path: store.to_owned(), pid: None })
    }

    /// Takes the lock to look at a store in place, where nobody holds it and its file can be written.
    pub(super) fn alone(path: &Path) -> Option<Self> {
        let file = File::options().read(true).write(true).open(path).ok()?;
        file.try_lock().ok()?;
        Self::noting(file, LOOKER).ok()
    }

    /// A lock that is held, with this process's id in its file.
    fn noting(mut file: File, mark: &str) -> std::io::Result<Self> {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(format!("{mark}{}", std::process::id()).as_bytes())?;
        Ok(Self { file })
    }

    /// The process id of the store's writer, where there is a writer; `Some(None)` where it left none.
    pub(super) fn writer_of(store: &Path) -> Result<Option<Option<u32>>, StoreError> {
        let path = Self::path_in(store);
        // Without the file nobody has written here since it was lost.
        let Ok(mut file) = File::open(&path) else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => file.unlock().map(|()| None).map_err(StoreError::io(&path)),
            Err(TryLockError::WouldBlock) if is_looker(&mut file) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(pid_in(&mut file))),
            Err(TryLockError::Error(error)) => Err(StoreError::io(&path)(error)),
        }
    }

    /// Where the lock file of a store lies.
    pub(super) fn path_in(store: &Path) -> PathBuf {
        store.join("LOCK")
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A process id left behind does no harm: the lock itself ends with the descriptor.
        drop(self.file.set_len(0));
        drop(self.file.unlock());
    }
}

fn locked(store: &Path, file: &mut File) -> StoreError {
    StoreError::Locked { path: store.to_owned(), pid: pid_in(file) }
}

/// Before the process id of one who looks.
const LOOKER: &str = "r";

fn text_in(file: &mut File) -> Option<String> {
    let mut text = String::new();
    file.rewind().and_then(|()| file.read_to_string(&mut text)).ok().map(|_| text)
}

fn is_looker(file: &mut File) -> bool {
    text_in(file).is_some_and(|text| text.starts_with(LOOKER))
}

/// The process id that the holder left; `None` where the file cannot be read while it is locked.
fn pid_in(file: &mut File) -> Option<u32> {
    text_in(file)?.trim().trim_start_matches(LOOKER).parse().ok()
}
