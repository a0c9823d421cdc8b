//! Where a store is made: beside its place, and moved there when it is whole.

use std::path::{Path, PathBuf};

use crate::files::{self, NewFolder};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;

/// A folder in the making that becomes a store; dropped before [`Staging::finish`] it is removed.
#[derive(Debug)]
pub(in crate::store) struct Staging {
    folder: NewFolder<'static>,
    place: PathBuf,
}

impl Staging {
    /// Makes the folder; anything at the place itself but an empty folder is an error.
    pub(in crate::store) fn beside(place: &Path) -> Result<Self, StoreError> {
        let folder = NewFolder::at(place, files::STORE)?;
        Ok(Self { folder, place: place.to_owned() })
    }

    pub(in crate::store) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the folder to its place.
    pub(in crate::store) fn finish(self) -> Result<(), StoreError> {
        failpoint("making.whole", self.folder.path())?;
        self.folder.install()?;
        failpoint("making.moved", &self.place)
    }
}

/// Brings the names in a folder to the disk.
pub(in crate::store) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    files::sync_folder(folder).map_err(StoreError::io(folder))
}
