//! What a path stands for: a file or a folder to be made, or something that is only written to.

use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::error::FileError;
use super::names::parent_of;

/// How many links are followed: as many as Linux does.
const LINKS: u32 = 40;

/// Where a path leads once links are followed.
pub(super) enum Target {
    /// Nothing is there yet; absolute where its folder is there.
    Nothing(PathBuf),
    /// A regular file.
    File(PathBuf, Metadata),
    /// A folder.
    Folder(PathBuf, Metadata),
    /// A device, a pipe, a socket, or a file that this process has open under another name: written through.
    Through,
}

impl Target {
    pub(super) fn of(path: &Path) -> Result<Self, FileError> {
        let found = match fs::metadata(path) {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self::Nothing(end_of_links(path)?));
            }
            Err(error) => return Err(FileError::io("open", path)(error)),
        };
        if !(found.is_dir() || found.is_file()) || leads_to_a_descriptor(path) {
            return Ok(Self::Through);
        }
        let own = fs::canonicalize(path).map_err(FileError::io("open", path))?;
        Ok(if found.is_dir() { Self::Folder(own, found) } else { Self::File(own, found) })
    }
}

/// Where a chain of links ends, whether or not something is there.
fn end_of_links(path: &Path) -> Result<PathBuf, FileError> {
    let mut end = path.to_owned();
    for _ in 0..LINKS {
        match fs::read_link(&end) {
            Ok(next) => end = parent_of(&end).join(next),
            Err(_) => {
                let parent = fs::canonicalize(parent_of(&end)).ok();
                let absolute = parent.zip(end.file_name()).map(|(parent, name)| parent.join(name));
                return Ok(absolute.unwrap_or(end));
            }
        }
    }
    Err(FileError::io("follow the links of", path)(io::Error::other("too many links")))
}

/// Whether a path, as `/dev/stdout`, is another name of what a process has open already: there its name in the file
/// system, if it has one, is not what is meant.
fn leads_to_a_descriptor(path: &Path) -> bool {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(parent) = fs::canonicalize(parent_of(&path)) else { return false };
        if parent.starts_with("/proc") {
            return true;
        }
        match fs::read_link(&path) {
            Ok(next) => path = parent.join(next),
            Err(_) => return false,
        }
    }
    false
}

/// Refuses a path that is what is read, lies in it, or is another name of it.
pub(crate) fn refuse_input(path: &Path, inputs: &[&Path]) -> Result<(), FileError> {
    let own = match Target::of(path)? {
        Target::Through => return Ok(()),
        Target::Nothing(own) => own,
        Target::File(own, found) => {
            if let Some(input) = inputs.iter().find(|input| is_same(&found, input)) {
                return Err(FileError::Input { path: path.to_owned(), input: input.to_path_buf() });
            }
            own
        }
        Target::Folder(own, _) => own,
    };
    let holds = |input: &&&Path| fs::canonicalize(input).is_ok_and(|input| own.starts_with(input));
    match inputs.iter().find(holds) {
        Some(input) => Err(FileError::Input { path: path.to_owned(), input: input.to_path_buf() }),
        None => Ok(()),
    }
}

/// Whether two names are names of one file.
#[cfg(unix)]
fn is_same(found: &Metadata, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(other).is_ok_and(|other| (other.dev(), other.ino()) == (found.dev(), found.ino()))
}

#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Path) -> bool {
    false
}
