//! What a killed process left beside its store: each thing whole, or not there.

use std::fs;
use std::path::{Path, PathBuf};

use intergov::graph::Snapshot;
use intergov::store::{Access, Store};

use super::super::bulk::hub;
use super::super::formats::{former_state, migrated_state};
use super::super::sample::{NOTE, same_records};
use super::child::{GONE, STEPS, open_as_it_is, options};

/// Looks at all that lies beside a store, whose states are known by their commits, and removes it.
pub(super) fn expect_whole_or_nothing(store: &Path, states: &[Snapshot], told: &str) {
    let folder = store.parent().unwrap();
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries.iter().filter(|path| *path != store) {
        match path.file_name().unwrap().to_str().unwrap() {
            "created" => expect_empty(path, told),
            "loaded" => expect_loaded(path, told),
            "backup" => {
                let target = folder.join("restored from it");
                Store::restore(path, &target, &options(STEPS), &mut |_| {})
                    .unwrap_or_else(|error| panic!("{told}: {error}"));
                expect_state(&target, states, told);
                fs::remove_dir_all(target).unwrap();
            }
            "restored" => expect_state(path, states, told),
            "former" => expect_carried_over(path, told),
            // Before it is made again it does not open; then it is one of the states.
            "harmed" => {
                if open_as_it_is(path, Access::ReadOnly).is_ok() {
                    expect_state(path, states, told);
                } else {
                    Store::rebuild(path, &options(STEPS)).unwrap_or_else(|error| panic!("{told}: {error}"));
                    expect_state(path, states, told);
                }
            }
            // A store or a backup that was being made carries a name that nothing opens; who does finds all of it or
            // an error. The next one that is made at the place removes it.
            name if name.contains(".making-") => {
                if let Ok(store) = open_as_it_is(path, Access::ReadWrite) {
                    assert!(store.verify(&[]).unwrap().is_clean(), "{told}: {name}");
                }
            }
            // A migration that is begun again looks at its own backup.
            name if name.starts_with("store.before-migration-") => continue,
            name if name.starts_with("former.before-migration-") => {}
            name => {
                let known = name == "temporary" || name.starts_with(GONE);
                assert!(known, "{told}: {name} is left");
            }
        }
        // What a dead process left may have gone with the next one that worked there.
        if path.exists() {
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }.unwrap();
        }
    }
}

fn expect_empty(path: &Path, told: &str) {
    let store = open_as_it_is(path, Access::ReadWrite).unwrap_or_else(|error| panic!("{told}: {error}"));
    assert_eq!(store.snapshot().unwrap().node_count(), 0, "{told}");
    assert!(store.verify(&[]).unwrap().is_clean(), "{told}");
}

/// An empty store or the whole load, and nothing else in its chunks.
fn expect_loaded(path: &Path, told: &str) {
    let store = open_as_it_is(path, Access::ReadWrite).unwrap_or_else(|error| panic!("{told}: {error}"));
    assert!(!path.join("spill").exists(), "{told}");
    let snapshot = store.snapshot().unwrap();
    match snapshot.commit() {
        0 => assert_eq!((snapshot.node_count(), snapshot.edge_count()), (0, 0), "{told}"),
        commit => assert!(commit == 1 && snapshot.holds_same(&hub()), "{told}: {commit}"),
    }
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean() && report.orphans == 0, "{told}: {report:?}");
    assert_eq!(report.journal_entries, snapshot.commit(), "{told}");
}

/// A store of format 1 or of the present one; the next migration ends what was begun.
fn expect_carried_over(path: &Path, told: &str) {
    let seen =
        Store::open(path, Access::ReadOnly, &options(0)).unwrap_or_else(|error| panic!("{told}: {error}"));
    let seen = seen.snapshot().unwrap();
    assert!([former_state(), migrated_state()].iter().any(|state| same_records(&seen, state)), "{told}");
    let done =
        Store::migrate(path, &options(0), &NOTE, None).unwrap_or_else(|error| panic!("{told}: {error}"));
    assert!(same_records(&done.store.snapshot().unwrap(), &migrated_state()), "{told}");
    let report = done.store.verify(&[]).unwrap();
    assert!(report.is_clean() && report.orphans == 0, "{told}: {report:?}");
}

/// One of the states, whole.
fn expect_state(path: &Path, states: &[Snapshot], told: &str) {
    let store = open_as_it_is(path, Access::ReadWrite).unwrap_or_else(|error| panic!("{told}: {error}"));
    let snapshot = store.snapshot().unwrap();
    let state = &states[usize::try_from(snapshot.commit()).unwrap()];
    assert!(same_records(&snapshot, state), "{told}: {}", path.display());
    assert!(store.verify(&[]).unwrap().is_clean(), "{told}: {}", path.display());
}
