//! `LOCK`: who writes? Held by the one writer for as long as the store is open.

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
                    let pid = std::process::id().to_string();
                    let noted = file
                        .set_len(0)
                        .and_then(|()| file.rewind())
                        .and_then(|()| file.write_all(pid.as_bytes()));
                    noted.map_err(StoreError::io(path))?;
                    return Ok(Self { file });
                }
                Err(TryLockError::WouldBlock) => match file.try_lock_shared() {
                    Ok(()) => file.unlock().map_err(StoreError::io(path))?,
                    Err(TryLockError::WouldBlock) => return Err(locked(store, &mut file)),
                    Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
                },
                Err(TryLockError::Error(error)) => return Err(StoreError::io(path)(error)),
            }
            std::thread::sleep(PAUSE);
        }
        Err(StoreError::Locked { path: store.to_owned(), pid: None })
    }

    /// The process id of the store's writer, where there is a writer; `Some(None)` where it left none.
    pub(super) fn writer_of(store: &Path) -> Result<Option<Option<u32>>, StoreError> {
        let path = Self::path_in(store);
        // Without the file nobody has written here since it was lost.
        let Ok(mut file) = File::open(&path) else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => file.unlock().map(|()| None).map_err(StoreError::io(&path)),
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

/// The process id that the writer left; `None` where the file cannot be read while it is locked.
fn pid_in(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    read.ok().and_then(|_| text.trim().parse().ok())
}
