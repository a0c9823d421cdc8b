//! What can go wrong between the graph and the disk.

use std::io;
use std::path::{Path, PathBuf};

use super::care::steps::StepKind;
use crate::files::FileError;
use crate::graph::{ChangeError, Violation};

/// What to do about damage.
pub(super) const RESTORE: &str = "keep a copy of the folder as it is, then repair the store, restore the last \
                                  backup or load the last dump";

/// Why a store could not be made, opened, read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The path holds no store.
    #[error("{} is not a store: {reason}; check the path, or create a store there", path.display())]
    NotAStore {
        /// What was opened.
        path: PathBuf,
        /// What is missing.
        reason: &'static str,
    },
    /// A store is only made in a new or empty folder, and a backup writes over nothing.
    #[error("{} exists already; nothing is written over: choose another path", path.display())]
    AlreadyExists {
        /// Where the store or the backup was to be made.
        path: PathBuf,
    },
    /// A backup into the store that it is made of.
    #[error("{} is part of the store {}; choose a path outside of it", path.display(), store.display())]
    Within {
        /// Where the backup was to be made.
        path: PathBuf,
        /// The store.
        store: PathBuf,
    },
    /// Another process, or another part of this one, holds the store.
    #[error(
        "{} is in use by {}; wait until it has finished, or end it", path.display(),
        holder(*.pid)
    )]
    Locked {
        /// The store.
        path: PathBuf,
        /// Process id of the writer, where it could be read.
        pid: Option<u32>,
    },
    /// A reader found no moment at which it could copy the store beside its writer.
    #[error(
        "{} could not be copied beside {}: it did not rest, or the copying took too long; try again, wait \
         until it has finished, or read a backup", path.display(), holder(*.pid)
    )]
    Busy {
        /// The store.
        path: PathBuf,
        /// Process id of the writer, where it could be read.
        pid: Option<u32>,
    },
    /// A bulk load goes into an empty store only.
    #[error("{} holds a graph already; load into a new store, or import in steps", path.display())]
    NotEmpty {
        /// The store.
        path: PathBuf,
    },
    /// A step of a bulk load out of its order, or after one that failed.
    #[error("the bulk load {problem}; begin it again")]
    Load {
        /// Why it cannot go on.
        problem: &'static str,
    },
    /// The work was called off; the store is as it was.
    #[error("called off; nothing was written")]
    Cancelled,
    /// A write to a store that was opened for reading.
    #[error("{} was opened read-only; open it for writing", path.display())]
    ReadOnly {
        /// The store.
        path: PathBuf,
    },
    /// A file of the store is damaged.
    #[error("{} is damaged: {detail}; {advice}", file.display())]
    Corrupt {
        /// The file or folder at fault.
        file: PathBuf,
        /// What does not fit.
        detail: String,
        /// What to do next.
        advice: &'static str,
    },
    /// The store no longer holds what it had acknowledged.
    #[error(
        "{} lost the commits {from} to {to}: its witness file HEAD names them, its data end before; {}",
        path.display(), RESTORE
    )]
    Lost {
        /// The store.
        path: PathBuf,
        /// First lost commit.
        from: u64,
        /// Last lost commit.
        to: u64,
    },
    /// The store was written by a newer program.
    #[error(
        "{} has format {found}, this program knows formats up to {known}; use a newer program", path.display()
    )]
    NewerFormat {
        /// The store.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format known here.
        known: u32,
    },
    /// The store was written by an older program and must be migrated first.
    #[error(
        "{} is at {kind} step {found}, this program works with step {known}; run migrate, which backs it up before",
        path.display()
    )]
    OlderFormat {
        /// The store.
        path: PathBuf,
        /// Whether its format or its schema is behind.
        kind: StepKind,
        /// Its last step.
        found: u32,
        /// The step that is needed.
        known: u32,
    },
    /// The migrations of the store and of the program do not fit together.
    #[error("{}: {source}", path.display())]
    Migration {
        /// The store.
        path: PathBuf,
        /// What does not fit.
        source: MigrationError,
    },
    /// The operating system refused.
    #[error("{}: {source}; {}", path.display(), what_to_do(source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The operating system starts no threads, of which the engine needs some.
    #[error(
        "the system starts no more threads ({0}), and a store needs a few; end other programs, or raise the limit of \
         processes and threads"
    )]
    NoThreads(io::Error),
    /// The clock of the machine shows a time before 1970, with which the engine does not start.
    #[error(
        "{} was not opened: the clock of this machine stands before 1970, with which its engine does not start; set \
         the clock, then try again", path.display()
    )]
    Clock {
        /// The store, or its part that was to be opened.
        path: PathBuf,
    },
    /// The change breaks rules; nothing was written.
    #[error("{}", rules_text(.0))]
    Rules(Vec<Violation>),
    /// The change does not fit the graph; nothing was written.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// One record is larger than the store takes; nothing was written.
    #[error("{what} takes {bytes} bytes, a record may take {limit}; store less text in one element")]
    TooLarge {
        /// The record.
        what: String,
        /// Its size, uncompressed.
        bytes: usize,
        /// The greatest size.
        limit: usize,
    },
    /// A chunk was packed so that it could not be read again: a fault of this program. It was not stored, and what was
    /// there stays.
    #[error(
        "the chunk of {rows} elements from number {first} on could not be read back: {detail}; \
         nothing was written over: dump the store, and report the fault of this program"
    )]
    Unreadable {
        /// Its first element.
        first: u64,
        /// How many there are.
        rows: usize,
        /// What does not fit.
        detail: String,
    },
    /// A former write stopped half-way, so that the state on disk is not known.
    #[error(
        "{} could not finish writing commit {commit}; close the store and open it again to see what it holds",
        path.display()
    )]
    Unfinished {
        /// The store.
        path: PathBuf,
        /// The commit that was being written.
        commit: u64,
    },
}

/// Migrations that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// An applied step has another text than the program's step of the same number.
    #[error(
        "{kind} step {number} ({name}) was applied with another text than this program has; steps are frozen \
         once released: use the program that made the store, or dump it there and load it here"
    )]
    Divergent {
        /// Format or schema.
        kind: StepKind,
        /// Its number.
        number: u32,
        /// Its name in the store.
        name: String,
    },
    /// A number in the sequence is not there.
    #[error("{kind} step {number} is missing {place}; steps are numbered from 1 without gaps")]
    Missing {
        /// Format or schema.
        kind: StepKind,
        /// The number that is not there.
        number: u32,
        /// Where: in the store or in the program.
        place: &'static str,
    },
    /// Two steps have the same number or the same name.
    #[error("{kind} step {number} ({name}) is there twice; give each step its own number and name")]
    Repeated {
        /// Format or schema.
        kind: StepKind,
        /// The number.
        number: u32,
        /// The name.
        name: String,
    },
    /// The store has a step that the program does not know.
    #[error(
        "the store has {kind} step {number} ({name}), which this program does not know; use a newer program"
    )]
    Newer {
        /// Format or schema.
        kind: StepKind,
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
    },
    /// The text of a schema step cannot be read.
    #[error("{kind} step {number} ({name}): {detail}")]
    Unreadable {
        /// The domain's or the program's own.
        kind: StepKind,
        /// Its number.
        number: u32,
        /// Its name.
        name: String,
        /// What the parser said.
        detail: String,
    },
}

impl StoreError {
    /// An error of the operating system at a path.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<'_> {
        move |source| Self::Io { path: path.to_owned(), source }
    }

    /// Damage to a file.
    pub(super) fn corrupt(file: &Path, detail: impl Into<String>) -> Self {
        Self::Corrupt { file: file.to_owned(), detail: detail.into(), advice: RESTORE }
    }
}

impl From<FileError> for StoreError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Exists { path } | FileError::NotEmpty { path } | FileError::Folder { path } => {
                Self::AlreadyExists { path }
            }
            FileError::Input { path, input } => Self::Within { path, store: input },
            FileError::Io { path, source, .. } => Self::Io { path, source },
        }
    }
}

/// What to do where the operating system refuses.
fn what_to_do(error: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;

    if too_many_open_files(error) {
        return "close other files, or raise the limit of open files (ulimit -n), then open the store again";
    }
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded => "make room there, then open the store again",
        Kind::FileTooLarge => {
            "raise the limit of a file's size (ulimit -f), or use a file system that takes larger files"
        }
        Kind::PermissionDenied => "get the right to read and write there",
        Kind::ReadOnlyFilesystem => "make the medium writable, or only read",
        Kind::NotFound | Kind::NotADirectory => "check the path",
        Kind::InvalidFilename => "choose a shorter path or name",
        Kind::CrossesDevices => "keep the store on one file system: copy it to a folder of its own first",
        Kind::DirectoryNotEmpty => "move what is in that folder elsewhere",
        Kind::StaleNetworkFileHandle => "mount the network file system again, then open the store again",
        Kind::OutOfMemory => "free memory or raise its limit, then open the store again",
        _ if is_link_loop(error) => "correct the symbolic links of the path: they lead in a circle",
        _ => "check the disk, then open the store again; where it fails again, restore the last backup",
    }
}

/// EMFILE and ENFILE, which the standard library gives no stable kind.
fn too_many_open_files(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

/// ELOOP, likewise; its number differs between systems.
fn is_link_loop(error: &io::Error) -> bool {
    let number = if cfg!(target_os = "linux") { 40 } else { 62 };
    cfg!(unix) && error.raw_os_error() == Some(number)
}

fn holder(pid: Option<u32>) -> String {
    pid.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
}

fn rules_text(violations: &[Violation]) -> String {
    match violations {
        [] => "the change breaks a rule".to_owned(),
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more)", rest.len()),
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_answered_with_its_own_remedy() {
        let cases = [
            (5, "check the disk"),
            (18, "one file system"),
            (23, "ulimit -n"),
            (24, "ulimit -n"),
            (27, "ulimit -f"),
            (28, "make room"),
            (36, "shorter path"),
            (39, "move what is in that folder"),
            (40, "symbolic links"),
            (116, "mount the network file system again"),
            (122, "make room"),
        ];
        for (number, expected) in cases {
            let error = io::Error::from_raw_os_error(number);
            assert!(what_to_do(&error).contains(expected), "{number}: {}", what_to_do(&error));
        }
    }
}
