//! `LOCK`: one writer, or any number of readers while they copy.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::StoreError;

/// How often a writer looks again while readers copy the store, and how long it sleeps in between.
const TRIES: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    writer: bool,
}

impl Lock {
    /// Takes the lock for writing and leaves this process's id in the file.
    ///
    /// A writer in the way is an error at once; readers hold the lock only while they copy, so they are
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
                    return Ok(Self { file, writer: true });
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

    /// Takes the lock beside other readers. `None` where there is no file and none can be made, as on a
    /// medium that cannot be written: then nobody writes there either.
    pub(super) fn read(store: &Path, path: &Path) -> Result<Option<Self>, StoreError> {
        let Ok(mut file) = File::open(path)
            .or_else(|_| File::options().read(true).write(true).create(true).truncate(false).open(path))
        else {
            return Ok(None);
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(Some(Self { file, writer: false })),
            Err(TryLockError::WouldBlock) => Err(locked(store, &mut file)),
            Err(TryLockError::Error(error)) => Err(StoreError::io(path)(error)),
        }
    }

    /// Where the lock file of a store lies.
    pub(super) fn path_in(store: &Path) -> PathBuf {
        store.join("LOCK")
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.writer {
            // A process id left behind does no harm: the lock itself ends with the descriptor.
            drop(self.file.set_len(0));
        }
        drop(self.file.unlock());
    }
}

fn locked(store: &Path, file: &mut File) -> StoreError {
    let mut text = String::new();
    // Where the file cannot be read while it is locked, the message does without the id.
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    let pid = read.ok().and_then(|_| text.trim().parse().ok());
    StoreError::Locked { path: store.to_owned(), pid }
}
