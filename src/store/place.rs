//! Where a store is made: beside its place, and moved there when it is whole.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::failpoint::hit;

/// A folder in the making beside the place of a store; dropped before [`Making::finish`] it is removed.
#[derive(Debug)]
pub(super) struct Making {
    folder: PathBuf,
    place: PathBuf,
    finished: bool,
}

impl Making {
    /// Makes the folder; anything at the place itself but an empty folder is an error.
    pub(super) fn beside(place: &Path) -> Result<Self, StoreError> {
        let occupied = match fs::read_dir(place) {
            Ok(mut entries) => entries.next().is_some(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
            Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => true,
            Err(error) => return Err(StoreError::io(place)(error)),
        };
        if occupied {
            return Err(StoreError::AlreadyExists { path: place.to_owned() });
        }
        let salt = RandomState::new().hash_one((std::process::id(), place));
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".making-{:x}", salt >> 32));
        let folder = place.with_file_name(name);
        fs::create_dir_all(&folder).map_err(StoreError::io(&folder))?;
        Ok(Self { folder, place: place.to_owned(), finished: false })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Moves the folder to its place.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        sync_folder(&self.folder)?;
        hit("making.whole", &self.folder)?;
        if self.place.exists() {
            // Empty, as was checked; whoever filled it meanwhile keeps it, for only an empty folder goes.
            fs::remove_dir(&self.place)
                .map_err(|_| StoreError::AlreadyExists { path: self.place.clone() })?;
        }
        fs::rename(&self.folder, &self.place).map_err(StoreError::io(&self.place))?;
        self.finished = true;
        hit("making.moved", &self.place)?;
        sync_parent(&self.place)
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if !self.finished {
            // The error that led here counts; what is left of the attempt carries a name that nobody opens.
            drop(fs::remove_dir_all(&self.folder));
        }
    }
}

/// Brings the names in a folder to the disk; where folders cannot be opened there is nothing to do.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    if cfg!(windows) {
        return Ok(());
    }
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io(folder))
}

/// Brings the name of a file or folder to the disk.
pub(super) fn sync_parent(path: &Path) -> Result<(), StoreError> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent),
        None => sync_folder(Path::new(".")),
    }
}
