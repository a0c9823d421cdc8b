//! What dead processes left, found and removed by the next process at the same place.
//!
//! Under the present names the lock tells: no process holds it, so the one that made it is dead. What earlier programs left has
//! none, and is removed only where all of this holds: it has the name that such a program gave it for the very place
//! where is worked, it holds nothing but what that program wrote, no engine has it open, and nothing in it has been
//! touched for a day. A whole store that only lacks its name is never removed.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::Once;
use std::time::{Duration, SystemTime};

use super::making::{Locked, lock_of};
use super::names::{READER, are_digits, is_making, parent_of};
use super::registry::remove;

/// Nothing of a live process stands still for so long.
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Removes what was in the making beside a path, and for it, and is dead.
pub(super) fn clear_beside(path: &Path) {
    clear_in(parent_of(path));
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return };
    for entry in entries(parent_of(path)) {
        let found = entry.file_name();
        if found.to_str().is_some_and(|found| is_old(name, found, &entry.path())) {
            remove(&entry.path());
        }
    }
}

/// Removes what was in the making in a folder and is dead.
pub(super) fn clear_in(folder: &Path) {
    for entry in entries(folder).filter(|entry| is_making(&entry.file_name())) {
        remove_dead(&entry.path());
    }
}

/// Removes the copies of dead readers from the folder for temporary files, once a process.
pub(super) fn clear_copies(temporary: &Path) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        clear_copies_now(temporary);
        clear_copies_now(&std::env::temp_dir());
    });
}

fn clear_copies_now(temporary: &Path) {
    for entry in entries(temporary) {
        let name = entry.file_name();
        let Some(rest) = name.to_str().and_then(|name| name.strip_prefix(READER)) else { continue };
        let path = entry.path();
        if are_digits(rest, 16) {
            remove_dead(&path);
        } else if let Some((process, salt)) = rest.split_once('-')
            && process.bytes().all(|byte| byte.is_ascii_digit())
            && are_digits(salt, 16)
            && is_given_up(&path)
        {
            remove(&path);
        }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    fs::read_dir(folder).into_iter().flatten().flatten()
}

/// Removes something that carries a lock while it lives, if no process holds the lock.
fn remove_dead(path: &Path) {
    // Held while it is removed, so that no other process takes it for live or removes it as well.
    if let Ok(Locked::Held(_lock)) = lock_of(path) {
        remove(path);
    }
}

/// Whether something is what an earlier program left that worked at the path of this name.
fn is_old(name: &str, found: &str, path: &Path) -> bool {
    let rest = |prefix: &str| found.strip_prefix(prefix)?.strip_prefix(name);
    let by_chance = |rest: &str| (1..=8).any(|count| are_digits(rest, count));
    let mark = if let Some(rest) = rest(".").and_then(|rest| rest.strip_prefix(".new-")) {
        let tables =
            |name: &str| name.ends_with(".csv") || name == "datapackage.json" || name == "CODEBOOK.md";
        !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()) && holds_only(path, tables)
    } else if let Some(rest) = rest("").and_then(|rest| rest.strip_prefix(".making-")) {
        let parts = |name: &str| ["sled", "HEAD", "LOCK", "TURN", "QUIET"].contains(&name);
        by_chance(rest) && holds_only(path, parts)
    } else if rest("") == Some(".part") {
        begins_with(path, b"intergov backup\n")
    } else if rest("") == Some(".partial") {
        begins_with(path, b"{\"intergov\":\"dump\"")
    } else {
        false
    };
    mark && is_given_up(path)
}

/// Removes what an earlier program had in the making under a name of the caller's, if it was not touched for a day
/// and no engine has it open.
#[cfg(feature = "cli")]
pub(crate) fn remove_given_up(path: &Path) {
    if is_given_up(path) {
        remove(path);
    }
}

fn holds_only(folder: &Path, known: impl Fn(&str) -> bool) -> bool {
    folder.symlink_metadata().is_ok_and(|found| found.is_dir())
        && entries(folder).all(|entry| entry.file_name().to_str().is_some_and(&known))
}

fn begins_with(path: &Path, bytes: &[u8]) -> bool {
    let is_file = path.symlink_metadata().is_ok_and(|found| found.is_file());
    let mut found = vec![0; bytes.len()];
    is_file && File::open(path).and_then(|mut file| file.read_exact(&mut found)).is_ok() && found == bytes
}

/// Whether something was not touched for a day, and no engine has it open: the engine locks its file `db`.
fn is_given_up(path: &Path) -> bool {
    let locks = ["db", "sled/db", "LOCK"].map(|name| path.join(name));
    is_old_through(path)
        && locks.iter().all(|lock| !lock.exists() || matches!(lock_of(lock), Ok(Locked::Held(_))))
}

/// Whether all below a path was last changed more than a day ago.
fn is_old_through(path: &Path) -> bool {
    let Ok(found) = path.symlink_metadata() else { return false };
    let age = found.modified().ok().and_then(|at| SystemTime::now().duration_since(at).ok());
    age.is_some_and(|age| age > DAY)
        && (!found.is_dir()
            || fs::read_dir(path).is_ok_and(|mut entries| {
                entries.all(|entry| entry.is_ok_and(|entry| is_old_through(&entry.path())))
            }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::FileTimes;

    /// A folder of files, all of them last changed this many hours ago.
    fn aged(folder: &Path, files: &[&str], hours: u64) {
        for file in files {
            let path = folder.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "x").unwrap();
        }
        age(folder, hours);
    }

    fn age(path: &Path, hours: u64) {
        if path.is_dir() {
            entries(path).for_each(|entry| age(&entry.path(), hours));
        }
        let at = SystemTime::now() - Duration::from_secs(hours * 3_600);
        File::open(path).unwrap().set_times(FileTimes::new().set_modified(at)).unwrap();
    }

    #[test]
    fn what_earlier_programs_left_goes_only_when_it_is_surely_dead() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (name, files, hours, goes) in [
            (".place.new-1", &["a.csv", "datapackage.json"][..], 25, true),
            (".place.new-2", &["a.csv"], 23, false),
            (".place.new-3", &["a.csv", "mine.txt"], 25, false),
            (".other.new-1", &["a.csv"], 25, false),
            (".place.new-x", &["a.csv"], 25, false),
            ("place.making-0123abcd", &["sled/db", "HEAD"], 25, true),
            // Whole: it only lacks its name.
            ("place.making-0123abce", &["sled/db", "HEAD", "FORMAT"], 25, false),
            ("place.making-0123abcf", &["sled/db"], 1, false),
        ] {
            aged(&at(name), files, hours);
            clear_beside(&at("place"));
            assert_eq!(!at(name).exists(), goes, "{name}");
        }
        for (name, text, hours, goes) in [
            ("place.part", "intergov backup\nand so on", 25, true),
            ("place.part", "intergov backup\nand so on", 1, false),
            ("place.part", "a film", 25, false),
            ("place.partial", "{\"intergov\":\"dump\",\"version\":1}", 25, true),
            ("place.partial", "my notes", 25, false),
        ] {
            fs::write(at(name), text).unwrap();
            age(&at(name), hours);
            clear_beside(&at("place"));
            assert_eq!(!at(name).exists(), goes, "{name}: {text}");
        }
    }

    #[test]
    fn what_an_engine_has_open_is_live_however_old_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("intergov-reader-1-0123456789abcdef");
        aged(&copy, &["db"], 100);
        let db = File::open(copy.join("db")).unwrap();
        db.try_lock().unwrap();
        clear_copies_now(folder.path());
        assert!(copy.exists());
        drop(db);
        clear_copies_now(folder.path());
        assert!(!copy.exists());
    }

    #[test]
    fn the_lock_tells_what_is_dead() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let names =
            [".a.making-0123456789abcdef", ".making-0123456789abcdef", "intergov-reader-0123456789abcdef"];
        let clear = || {
            clear_beside(&at("anything"));
            clear_copies_now(folder.path());
        };
        for name in names {
            fs::create_dir(at(name)).unwrap();
            fs::write(at(name).join("x"), "x").unwrap();
            let lock = File::open(at(name)).unwrap();
            lock.try_lock().unwrap();
            clear();
            assert!(at(name).join("x").exists(), "{name}");
            drop(lock);
            clear();
            assert!(!at(name).exists(), "{name}");
        }
        // A link of such a name is not what we made, and what it leads to least of all.
        #[cfg(unix)]
        {
            fs::create_dir(at("mine")).unwrap();
            fs::write(at("mine/x"), "x").unwrap();
            for name in names {
                std::os::unix::fs::symlink(at("mine"), at(name)).unwrap();
                clear();
                assert!(at("mine/x").exists() && at(name).symlink_metadata().is_ok(), "{name}");
            }
        }
    }
}
