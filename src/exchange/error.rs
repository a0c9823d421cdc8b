//! What stops a file from being read or written at all.

use crate::study::StudyError;
use std::io;
use std::path::{Path, PathBuf};

use crate::files::FileError;
use crate::watch::Cancelled;

/// A file that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// What is to be written cannot be selected or weighed.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A package folder that does not exist.
    #[error("{} is not a folder; name a folder with CSV tables", path.display())]
    NoFolder {
        /// The path.
        path: PathBuf,
    },
    /// A folder that holds something already.
    #[error("{} is not empty; name another folder, or allow to overwrite it", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A folder that is being written by another process, or whose writing was cut off.
    #[error("{} is being written, or its writing was cut off; write it again", path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// A value that a table cannot hold and that a reader would refuse.
    #[error(
        "{element}: the value of “{key}” is longer than 1 MiB, the limit of a cell (csv); shorten it, or write a dump"
    )]
    CellTooLong {
        /// The row that it belongs to.
        element: String,
        /// Its property.
        key: String,
    },
    /// Characters that the format forbids, where the caller asked to refuse them.
    #[error(
        "{count} characters are forbidden in XML 1.0 (control characters, U+FFFE, U+FFFF); correct the data, or let them be replaced by U+FFFD"
    )]
    ForbiddenCharacters {
        /// How many.
        count: usize,
    },
    /// A synthetic data set that no forest of governments allows.
    #[error("there cannot be {what}; {remedy}")]
    Impossible {
        /// What was asked for.
        what: String,
        /// What can be asked for.
        remedy: String,
    },
    /// Its watch was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// A stream that cannot be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

impl From<FileError> for ExchangeError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::NotEmpty { path } => Self::NotEmpty { path },
            FileError::Exists { path } | FileError::Folder { path } => {
                Self::Io { action: "write the folder", path, source: io::ErrorKind::NotADirectory.into() }
            }
            FileError::Input { path, .. } => Self::Io {
                action: "write over its own source",
                path,
                source: io::ErrorKind::InvalidInput.into(),
            },
            FileError::Io { action, path, source } => Self::Io { action, path, source },
        }
    }
}

impl ExchangeError {
    /// An error of the system on a path.
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
