//! The engine's folder exchanged for a fresh one, and what a process killed meanwhile left.
//!
//! The fresh folder is written whole as `sled.new`; then `sled` becomes `sled.old`, `sled.new` becomes `sled`,
//! and `sled.old` goes. `sled` is missing between the two renames only, when `sled.new` is whole.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::place::sync_folder;

const DATA: &str = "sled";
const NEW: &str = "sled.new";
const OLD: &str = "sled.old";

/// Where the fresh folder is written.
pub(super) fn fresh_folder(store: &Path) -> PathBuf {
    store.join(NEW)
}

/// The folder that holds the data: `sled`, but for an exchange that was killed between its renames.
pub(super) fn data_folder(store: &Path) -> PathBuf {
    let [data, new, old] = [DATA, NEW, OLD].map(|name| store.join(name));
    if data.exists() || !old.exists() {
        data
    } else if new.exists() {
        new
    } else {
        old
    }
}

/// Exchanges the folders. The caller holds the lock, and keeps readers out.
pub(super) fn exchange(store: &Path) -> Result<(), StoreError> {
    let [data, new, old] = [DATA, NEW, OLD].map(|name| store.join(name));
    for (from, to) in [(&data, &old), (&new, &data)] {
        fs::rename(from, to).map_err(StoreError::io(from))?;
        sync_folder(store)?;
    }
    fs::remove_dir_all(&old).map_err(StoreError::io(&old))
}

/// Ends an exchange whose first rename was done, and removes what any other one left.
pub(super) fn settle(store: &Path) -> Result<(), StoreError> {
    let data = store.join(DATA);
    let present = data_folder(store);
    if present != data {
        fs::rename(&present, &data).map_err(StoreError::io(&present))?;
        sync_folder(store)?;
    }
    // Without the data the store is damaged: whatever is left may be all that there is.
    if !data.exists() {
        return Ok(());
    }
    for left in [NEW, OLD].map(|name| store.join(name)) {
        if left.exists() {
            fs::remove_dir_all(&left).map_err(StoreError::io(&left))?;
        }
    }
    Ok(())
}
