//! Why a file or a folder did not get to its place.

use std::io;
use std::path::{Path, PathBuf};

/// Why a file or a folder was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// Something is there, and it was not allowed to write over it.
    #[error("{} is there already; name another file, or allow to overwrite it", path.display())]
    Exists {
        /// What is there.
        path: PathBuf,
    },
    /// A folder that holds something already.
    #[error("{} is not empty; name another folder, or allow to overwrite it", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// A folder where a file was to be written.
    #[error("{} is a folder; name a file", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// It would be written over what it is made of.
    #[error("{} is part of what is read, {}; name another path", path.display(), input.display())]
    Input {
        /// What was to be written.
        path: PathBuf,
        /// What is read.
        input: PathBuf,
    },
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
}

impl FileError {
    /// An error of the system on a path.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
