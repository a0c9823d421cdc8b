//! Files of format 1, and what a migration that was killed left of them.

use std::fs;
use std::path::{Path, PathBuf};

use super::format::Format;
use super::staging::sync_folder;
use crate::store::error::StoreError;

/// The witness of the present format, until `FORMAT` says that it counts.
pub(in crate::store) const NEXT_HEAD: &str = "HEAD.2";

/// The folder that holds the data: `sled`, but for an exchange that was killed between its renames.
pub(in crate::store) fn data_folder(store: &Path) -> PathBuf {
    let [data, new, old] = ["sled", "sled.new", "sled.old"].map(|name| store.join(name));
    if data.exists() || !old.exists() {
        data
    } else if new.exists() {
        new
    } else {
        old
    }
}

/// Where the witness lies.
pub(in crate::store) fn head_path(store: &Path, format: &Format) -> PathBuf {
    let next = store.join(NEXT_HEAD);
    if format.format > 1 && next.exists() { next } else { store.join("HEAD") }
}

/// Ends a migration that was killed after it counted.
pub(in crate::store) fn finish_migration(store: &Path) -> Result<(), StoreError> {
    let next = store.join(NEXT_HEAD);
    if next.exists() {
        fs::rename(&next, store.join("HEAD")).map_err(StoreError::io(&next))?;
        sync_folder(store)?;
    }
    Ok(())
}

/// Removes what is left of format 1 in a store of the present one.
pub(in crate::store) fn remove_leftovers(store: &Path) -> Result<(), StoreError> {
    for folder in ["sled", "sled.new", "sled.old"].map(|name| store.join(name)) {
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(StoreError::io(&folder))?;
        }
    }
    Ok(())
}
