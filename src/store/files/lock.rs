//! `LOCK`: which process writes? The writer holds it exclusively for as long as the store is open, and leaves its
//! process id in it. Readers take no lock for longer than it takes to see whether there is a writer.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::store::error::StoreError;

/// How often a writer looks again while readers see whether there is a writer, and how long it sleeps in between.
const TRIES: u32 = 400;
const PAUSE: Duration = Duration::from_millis(5);

/// A held lock; dropping it lets go.
#[derive(Debug)]
pub(in crate::store) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of a store and leaves this process's id in the file.
    ///
    /// A writer in the way is an error at once; readers are in the way for a moment only, so they are waited for.
    pub(in crate::store) fn write(store: &Path) -> Result<Self, StoreError> {
        let path = Self::path_in(store);
        let io = |error| StoreError::io(&path)(error);
        let mut file = options(store).open(&path).map_err(io)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Self::noting(file).map_err(io),
                Err(TryLockError::WouldBlock) => match file.try_lock_shared() {
                    Ok(()) => file.unlock().map_err(io)?,
                    Err(TryLockError::WouldBlock) => {
                        return Err(StoreError::Locked { path: store.to_owned(), pid: pid_in(&mut file) });
                    }
                    Err(TryLockError::Error(error)) => return Err(io(error)),
                },
                Err(TryLockError::Error(error)) => return Err(io(error)),
            }
            std::thread::sleep(PAUSE);
        }
        Err(StoreError::Locked { path: store.to_owned(), pid: None })
    }

    /// A lock that is held, with this process's id in its file.
    fn noting(mut file: File) -> std::io::Result<Self> {
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(std::process::id().to_string().as_bytes())?;
        Ok(Self { file })
    }

    /// The process id of the store's writer; `Some(None)` if it left none, `None` without a writer, or where the file
    /// may not be read.
    pub(in crate::store) fn writer_of(store: &Path) -> Result<Option<Option<u32>>, StoreError> {
        let path = Self::path_in(store);
        // Without the file nothing has written here since it was lost.
        let Ok(mut file) = File::open(&path) else { return Ok(None) };
        match file.try_lock_shared() {
            Ok(()) => file.unlock().map(|()| None).map_err(StoreError::io(&path)),
            Err(TryLockError::WouldBlock) => Ok(Some(pid_in(&mut file))),
            Err(TryLockError::Error(error)) => Err(StoreError::io(&path)(error)),
        }
    }

    /// Where the lock file of a store lies.
    pub(in crate::store) fn path_in(store: &Path) -> PathBuf {
        store.join("LOCK")
    }
}

/// How the file is made: open to those who may write the store and to no others, for a process that can read the
/// file can lock the writer out with it.
fn options(store: &Path) -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let shared = store.metadata().is_ok_and(|folder| folder.permissions().mode() & 0o020 > 0);
        options.mode(if shared { 0o660 } else { 0o600 });
    }
    options
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A process id left behind does no harm: the lock itself ends with the descriptor.
        drop(self.file.set_len(0));
        drop(self.file.unlock());
    }
}

/// The process id that the holder left; `None` if the file cannot be read while it is locked.
fn pid_in(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().and_then(|()| file.read_to_string(&mut text)).ok()?;
    // A reader of the present program's forerunner left an r before its process id.
    text.trim().trim_start_matches('r').parse().ok()
}
