//! A file or a folder in the making: its name, its lock, its entry in the registry.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::registry::{Entry, remove};

/// How often another name is tried where one is taken, or is taken away before it is locked.
const TRIES: u32 = 16;

/// Something in the making; dropping it removes it, unless it was kept.
#[derive(Debug)]
pub(super) struct Staging {
    path: PathBuf,
    entry: Option<Entry>,
    /// Held as long as it is in the making; `None` if the system cannot lock it. It is the file itself.
    lock: Option<File>,
}

impl Staging {
    /// Makes a folder under a name that is not taken.
    pub(super) fn folder(name: impl Fn() -> PathBuf, builder: &DirBuilder) -> io::Result<Self> {
        Self::under(name, |path| {
            builder.create(path)?;
            lock_of(path)
        })
    }

    /// Makes a file under a name that is not taken.
    pub(super) fn file(name: impl Fn() -> PathBuf, options: &OpenOptions) -> io::Result<(Self, File)> {
        let mut made = None;
        let making = Self::under(name, |path| {
            let file = options.open(path)?;
            let lock = try_lock(file.try_clone()?);
            made = Some(file);
            lock
        })?;
        made.map(|file| (making, file)).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn under(
        name: impl Fn() -> PathBuf,
        mut make: impl FnMut(&Path) -> io::Result<Locked>,
    ) -> io::Result<Self> {
        let mut tries = TRIES;
        loop {
            let path = name();
            tries -= 1;
            // Entered before it is there: the process may be ended at any moment.
            let entry = Entry::of(&path);
            let taken = match make(&path) {
                Ok(Locked::Held(lock)) if path.symlink_metadata().is_ok() => {
                    return Ok(Self { path, entry: Some(entry), lock: Some(lock) });
                }
                Ok(Locked::Unknown) => return Ok(Self { path, entry: Some(entry), lock: None }),
                // A process that clears up took it for dead in the moment between its making and its lock.
                Ok(_) => io::ErrorKind::NotFound.into(),
                Err(error) => error,
            };
            drop(entry);
            let again = matches!(taken.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound);
            let parent_is_there = path.parent().is_none_or(Path::exists);
            if !again || !parent_is_there || tries == 0 {
                return Err(taken);
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it another name, under which it still is in the making.
    pub(super) fn rename(&mut self, path: PathBuf) -> io::Result<()> {
        fs::rename(&self.path, &path)?;
        if let Some(entry) = &self.entry {
            entry.rename(&path);
        }
        self.path = path;
        Ok(())
    }

    /// It has got to its place, or must stay for the next process: dropping it removes nothing.
    pub(super) fn keep(mut self) {
        self.entry = None;
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if self.entry.is_some() {
            // The error that led here counts; what is left is dead once its lock is gone.
            remove(&self.path);
        }
        self.lock = None;
    }
}

/// What became of trying to lock something.
pub(super) enum Locked {
    /// No other process holds it.
    Held(File),
    /// A live process holds it.
    CopiedStore,
    /// The system cannot lock it.
    Unknown,
}

/// Tries to lock a file or a folder that is there.
pub(super) fn lock_of(path: &Path) -> io::Result<Locked> {
    let kind = path.symlink_metadata()?.file_type();
    let opened = if kind.is_dir() {
        // With the dot a path that has become something else meanwhile is refused, and does not block.
        File::open(path.join("."))
    } else if kind.is_file() {
        File::open(path)
    } else {
        return Ok(Locked::Unknown);
    };
    match opened {
        Ok(file) => try_lock(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(error),
        // A folder cannot be opened everywhere.
        Err(_) => Ok(Locked::Unknown),
    }
}

fn try_lock(file: File) -> io::Result<Locked> {
    match file.try_lock() {
        Ok(()) => Ok(Locked::Held(file)),
        Err(TryLockError::WouldBlock) => Ok(Locked::CopiedStore),
        Err(TryLockError::Error(_)) => Ok(Locked::Unknown),
    }
}
