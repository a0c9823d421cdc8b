//! The engine's folder exchanged for a fresh one, and what a process killed meanwhile left.
//!
//! The fresh folder is written whole as `sled.new`; then `sled` becomes `sled.old`, `sled.new` becomes `sled`,
//! and `sled.old` goes. `sled` is missing between the two renames only, when `sled.new` is whole.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::failpoint::hit;
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
    hit("swap.begun", store)?;
    for (from, to, done) in [(&data, &old, "swap.parted"), (&new, &data, "swap.placed")] {
        fs::rename(from, to).map_err(StoreError::io(from))?;
        sync_folder(store)?;
        hit(done, store)?;
    }
    fs::remove_dir_all(&old).map_err(StoreError::io(&old))?;
    hit("swap.cleared", store)
}

/// Ends an exchange whose first rename was done, and removes what any other one left.
pub(super) fn settle(store: &Path) -> Result<(), StoreError> {
    let data = store.join(DATA);
    let present = data_folder(store);
    let left = [NEW, OLD].map(|name| store.join(name));
    if left.iter().all(|folder| !folder.exists()) {
        return Ok(());
    }
    hit("settle.swap", store)?;
    if present != data {
        fs::rename(&present, &data).map_err(StoreError::io(&present))?;
        sync_folder(store)?;
    }
    // Without the data the store is damaged: whatever is left may be all that there is.
    if !data.exists() {
        return Ok(());
    }
    for folder in left.iter().filter(|folder| folder.exists()) {
        fs::remove_dir_all(folder).map_err(StoreError::io(folder))?;
    }
    Ok(())
}
