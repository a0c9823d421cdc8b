//! A reader's private copy of the engine's files, so that reading changes nothing in the store.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::open::is_half_written;

/// The copy; dropping it removes it.
#[derive(Debug)]
pub(super) struct ReaderCopy {
    folder: PathBuf,
}

impl ReaderCopy {
    /// Copies the engine's folder into the folder for temporary files.
    pub(super) fn of(data: &Path) -> Result<Self, StoreError> {
        let salt = RandomState::new().hash_one(data);
        let folder = std::env::temp_dir().join(format!("intergov-reader-{}-{salt:016x}", std::process::id()));
        make_private(&folder)?;
        let copy = Self { folder };
        copy_folder(data, &copy.folder)?;
        Ok(copy)
    }

    pub(super) fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for ReaderCopy {
    fn drop(&mut self) {
        // Nothing depends on it; the system clears its folder for temporary files.
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// Makes a folder that only its owner may enter.
fn make_private(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(StoreError::io(folder))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(from).map_err(StoreError::io(from))? {
        let path = entry.map_err(StoreError::io(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            make_private(&target)?;
            copy_folder(&path, &target)?;
        } else if !is_half_written(&path) {
            fs::copy(&path, &target).map_err(StoreError::io(&path))?;
        }
    }
    Ok(())
}
