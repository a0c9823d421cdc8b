//! A folder that a new one replaced: foreign entries move to the new one, its own are removed.
//!
//! The former folder is first moved aside and then the new one to its place. A process killed in between leaves either
//! no folder at the place, then the former one comes back, or both, then what it began is ended.

use std::fs;
use std::io;
use std::path::Path;

use super::making::{Locked, lock_of};
use super::names::{FORMER, are_digits, parent_of, stem};
use super::sync::{sync_folder, sync_parent};

/// Ends the exchanges at a place that dead processes began.
pub(super) fn finish_exchanges(place: &Path, belongs: &dyn Fn(&str) -> bool) -> io::Result<()> {
    let stem = stem(place, FORMER);
    let Ok(entries) = fs::read_dir(parent_of(place)) else { return Ok(()) };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let digits = name.to_str().and_then(|name| name.strip_prefix(&stem));
        if !digits.is_some_and(|digits| are_digits(digits, 16)) {
            continue;
        }
        let former = entry.path();
        let Locked::Held(_lock) = lock_of(&former)? else { continue };
        if place.symlink_metadata().is_ok() {
            dissolve(&former, place, belongs)?;
        } else {
            fs::rename(&former, place)?;
            sync_parent(place)?;
        }
    }
    Ok(())
}

/// Moves what is foreign to the new folder and removes what belonged to the former one. What would meet something of
/// the same name stays where it is.
pub(super) fn dissolve(former: &Path, place: &Path, belongs: &dyn Fn(&str) -> bool) -> io::Result<()> {
    for entry in fs::read_dir(former)? {
        let entry = entry?;
        let name = entry.file_name();
        let own = !entry.file_type()?.is_dir() && name.to_str().is_some_and(belongs);
        if own {
            fs::remove_file(entry.path())?;
        } else if place.join(&name).symlink_metadata().is_err() {
            fs::rename(entry.path(), place.join(&name))?;
        }
    }
    sync_folder(place)?;
    match fs::remove_dir(former) {
        Err(error) if error.kind() != io::ErrorKind::DirectoryNotEmpty => Err(error),
        _ => sync_parent(place),
    }
}
