//! The folder in which a bulk load sorts.

use std::fs;
use std::path::{Path, PathBuf};

use crate::store::error::StoreError;

/// Where runs lie; whatever is found there at an opening for writing was left by a killed load.
pub(in crate::store) const SPILL: &str = "spill";

/// The folder of the runs; it goes with the load.
pub(in crate::store) struct Spill(PathBuf);

impl Spill {
    pub(in crate::store) fn create(store: &Path) -> Result<Self, StoreError> {
        let folder = store.join(SPILL);
        remove(&folder)?;
        fs::create_dir(&folder).map_err(StoreError::io(&folder))?;
        Ok(Self(folder))
    }

    pub(in crate::store) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Spill {
    fn drop(&mut self) {
        // What is left here goes at the next opening for writing at the latest.
        drop(remove(&self.0));
    }
}

/// Removes what a killed load left.
pub(in crate::store) fn remove(spill: &Path) -> Result<(), StoreError> {
    match fs::remove_dir_all(spill) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(spill)(error)),
        _ => Ok(()),
    }
}
