//! The engine's folders `sled-N`, of which `HEAD` names one, and what is copied of them.
//!
//! The engine repairs its files when it is opened, and takes what it cannot read for the end of its log. So it never
//! opens the only copy: a writer copies the folder under the next number, opens the copy, compares it with `HEAD`,
//! and only then lets `HEAD` name it. A reader copies it to a place of its own.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::staging::sync_folder;
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;

/// Where the engine of a store lies under a number; number 0 is that of format 1.
pub(in crate::store) fn engine_folder(store: &Path, number: u32) -> PathBuf {
    match number {
        0 => store.join("sled"),
        _ => store.join(format!("sled-{number}")),
    }
}

/// The number in the name of an engine's folder.
fn number_of(path: &Path) -> Option<u32> {
    let name = path.file_name()?.to_str()?;
    name.strip_prefix("sled-")?
        .parse()
        .ok()
        .filter(|number| engine_folder(Path::new(""), *number) == Path::new(name))
}

/// The numbers of the engine's folders that are there, in order.
pub(in crate::store) fn numbers(store: &Path) -> Result<Vec<u32>, StoreError> {
    let all = others(store, 0)?;
    let mut numbers: Vec<u32> = all.iter().filter_map(|path| number_of(path)).collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Folders of an engine other than this one: former ones, and copies that were never taken.
pub(in crate::store) fn others(store: &Path, number: u32) -> Result<Vec<PathBuf>, StoreError> {
    let mut others = Vec::new();
    for entry in fs::read_dir(store).map_err(StoreError::io(store))? {
        let path = entry.map_err(StoreError::io(store))?.path();
        if number_of(&path).is_some_and(|own| own != number) {
            others.push(path);
        }
    }
    others.sort();
    Ok(others)
}

/// Removes the other folders. The caller keeps readers out.
pub(in crate::store) fn remove_others(store: &Path, number: u32) -> Result<(), StoreError> {
    for folder in others(store, number)? {
        failpoint("folder.remove", &folder)?;
        fs::remove_dir_all(&folder).map_err(StoreError::io(&folder))?;
    }
    Ok(())
}

/// Copies the files of an engine into an empty folder.
pub(in crate::store) fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(from).map_err(StoreError::io(from))? {
        let path = entry.map_err(StoreError::io(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            fs::create_dir(&target).map_err(StoreError::io(&target))?;
            copy(&path, &target)?;
        } else if !is_half_written(&path) {
            failpoint("folder.copy", &path)?;
            fs::copy(&path, &target).map_err(StoreError::io(&path))?;
        }
    }
    Ok(())
}

/// Brings the files of a folder, and their names, to the disk.
pub(in crate::store) fn sync(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(StoreError::io(folder))? {
        let path = entry.map_err(StoreError::io(folder))?.path();
        if path.is_dir() {
            sync(&path)?;
        } else {
            failpoint("folder.sync", &path)?;
            fs::File::open(&path).and_then(|file| file.sync_all()).map_err(StoreError::io(&path))?;
        }
    }
    sync_folder(folder)
}

/// Reads every byte of the files of a folder, so that a disk that does not answer is told apart from files that
/// are damaged.
pub(in crate::store) fn probe(folder: &Path) -> Result<(), StoreError> {
    let mut buffer = vec![0; 1 << 16];
    for entry in fs::read_dir(folder).map_err(StoreError::io(folder))? {
        let path = entry.map_err(StoreError::io(folder))?.path();
        if path.is_dir() {
            probe(&path)?;
        } else {
            let mut file = fs::File::open(&path).map_err(StoreError::io(&path))?;
            while file.read(&mut buffer).map_err(StoreError::io(&path))? > 0 {}
        }
    }
    Ok(())
}

/// Whether a file is a page table of the engine that a killed process had not finished: the engine would take it
/// for the newest.
fn is_half_written(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("snap.") && name.ends_with(".generating")
}

/// A number that no folder of an engine has.
pub(in crate::store) fn next_number(store: &Path) -> Result<u32, StoreError> {
    let numbers = numbers(store)?;
    Ok(numbers.last().map_or(1, |last| last.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_told_by_their_names() {
        let store = tempfile::tempdir().unwrap();
        for name in ["sled", "sled-1", "sled-2", "sled-03", "sled-x", "sled-12"] {
            fs::create_dir(store.path().join(name)).unwrap();
        }
        let names = |number: u32| -> Vec<String> {
            let paths = others(store.path(), number).unwrap();
            paths.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
        };
        assert_eq!(names(2), ["sled-1", "sled-12"]);
        remove_others(store.path(), 12).unwrap();
        assert_eq!(names(0), ["sled-12"]);
        assert!(store.path().join("sled-03").exists());
    }

    #[test]
    fn a_copy_has_all_files_but_half_a_page_table() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("a"), folder.path().join("b"));
        fs::create_dir_all(from.join("blobs")).unwrap();
        fs::create_dir(&to).unwrap();
        for name in ["db", "snap.01", "snap.02.generating", "blobs/1"] {
            fs::write(from.join(name), name).unwrap();
        }
        copy(&from, &to).unwrap();
        sync(&to).unwrap();
        for (name, there) in
            [("db", true), ("snap.01", true), ("snap.02.generating", false), ("blobs/1", true)]
        {
            assert_eq!(to.join(name).exists(), there, "{name}");
        }
    }
}
