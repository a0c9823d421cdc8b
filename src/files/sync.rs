//! What must be on the disk before a name is.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::names::parent_of;

/// Brings the names in a folder to the disk; where folders cannot be opened there is nothing to do.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

/// Brings the name of a file or a folder to the disk.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    sync_folder(parent_of(path))
}

/// Brings all files and names below a folder to the disk, and the names in it.
pub(super) fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sync_tree(&entry.path())?;
        } else if kind.is_file() {
            // Windows syncs only what is open for writing.
            File::options().read(true).write(cfg!(windows)).open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(folder)
}
