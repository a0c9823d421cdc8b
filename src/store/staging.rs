//! Where a store is made: beside its place, and moved there when it is whole.

use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::failpoint::hit;
use crate::files::{self, NewFolder};

/// A folder in the making that becomes a store; dropped before [`Making::finish`] it is removed.
#[derive(Debug)]
pub(super) struct Making {
    folder: NewFolder<'static>,
    place: PathBuf,
}

impl Making {
    /// Makes the folder; anything at the place itself but an empty folder is an error.
    pub(super) fn beside(place: &Path) -> Result<Self, StoreError> {
        let folder = NewFolder::at(place, files::STORE)?;
        Ok(Self { folder, place: place.to_owned() })
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the folder to its place.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        hit("making.whole", self.folder.path())?;
        self.folder.install()?;
        hit("making.moved", &self.place)
    }
}

/// Brings the names in a folder to the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    files::sync_folder(folder).map_err(StoreError::io(folder))
}
