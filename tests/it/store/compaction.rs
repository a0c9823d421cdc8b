//! A compacted store tells the same and is as small as a fresh one; a compaction killed anywhere is either
//! done or not.

use std::fs;
use std::path::{Path, PathBuf};

use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::Value;

use super::sample::copy_store;
use super::sample::{NOTE, chain_of, same_records, small_limits};

fn ignored(_: u64) {}

fn options() -> StoreOptions {
    StoreOptions { chunk_rows: 40, ..small_limits() }
}

/// A store whose engine holds far more than what counts.
fn wasteful(path: &Path) {
    let store = Store::create(path, &options()).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 30, "a"), &NOTE, &[]).unwrap();
    for round in 0..30_u64 {
        let before = store.snapshot().unwrap();
        let mut draft = before.draft();
        for node in before.nodes().take(5) {
            // Text that does not compress: multiples of a large prime.
            let noise = (round * 8_000..(round + 1) * 8_000)
                .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            draft.set_node(node.id(), "noise", Value::text(&noise.collect::<String>())).unwrap();
        }
        store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    }
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    for node in before.nodes().take(5) {
        draft.set_node(node.id(), "noise", Value::text("quiet")).unwrap();
    }
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
}

#[test]
fn compaction_keeps_all_that_is_told_and_gives_space_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    wasteful(&path);
    let reader = Store::open(&path, Access::ReadOnly, &options()).unwrap();
    let reference = reader.snapshot().unwrap();
    let mut states = 0;
    let report = Store::compact(&path, &options(), &mut |bytes| {
        assert!(bytes > 0);
        // The folder as a process killed here would leave it, and a reader beside it.
        let killed = folder.path().join(format!("killed {states}"));
        copy_store(&path, &killed);
        let store = Store::open(&killed, Access::ReadWrite, &options()).unwrap();
        assert!(same_records(&store.snapshot().unwrap(), &reference) && !killed.join("sled.new").exists());
        let beside = Store::open(&path, Access::ReadOnly, &options()).unwrap();
        assert!(same_records(&beside.snapshot().unwrap(), &reference));
        states += 1;
    })
    .unwrap();
    assert!(states > 0);
    println!("{report:?}");
    let store = Store::open(&path, Access::ReadWrite, &options()).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &reader.snapshot().unwrap()));
    assert_eq!(store.journal().unwrap(), reader.journal().unwrap());
    assert_eq!(report.commit, store.snapshot().unwrap().commit());
    let verified = store.verify(&[]).unwrap();
    assert!(verified.is_clean(), "{:?}", verified.findings);
    let stats = store.stats().unwrap();
    assert_eq!((stats.log_operations, stats.merged_commit), (0, stats.commit));
    drop(store);
    // What counts, and less than three of the engine's segments of 4 MiB beside it.
    let live: u64 = stats.parts.iter().map(|part| part.bytes).sum();
    assert!(live > 16 * 1024 * 1024, "{stats:?}");
    assert!(report.bytes_after < live + 12 * 1024 * 1024, "{report:?}, {live} bytes count");
    assert!(report.bytes_after < report.bytes_before / 2, "{report:?}");
}

/// The folders of a compaction killed at each of its steps, and whether the fresh one is whole then.
#[test]
fn every_state_that_a_killed_compaction_leaves_opens_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &options()).unwrap();
    for round in 0..6 {
        store.commit(&chain_of(&store.snapshot().unwrap(), 9, &format!("r{round}")), &NOTE, &[]).unwrap();
    }
    let reference = store.snapshot().unwrap();
    drop(store);
    let compacted = folder.path().join("compacted");
    copy_store(&path, &compacted);
    Store::compact(&compacted, &options(), &mut ignored).unwrap();
    let (old, new) = (path.join("sled"), compacted.join("sled"));
    let states: [(&str, &[(&Path, &str)]); 7] = [
        ("before the renames", &[(&old, "sled"), (&new, "sled.new")]),
        ("between the renames", &[(&old, "sled.old"), (&new, "sled.new")]),
        ("after the renames", &[(&old, "sled.old"), (&new, "sled")]),
        ("the fresh folder lost between the renames", &[(&old, "sled.old")]),
        ("another compaction after a killed one", &[(&old, "sled"), (&old, "sled.old"), (&new, "sled.new")]),
        ("not begun", &[(&old, "sled")]),
        ("done", &[(&new, "sled")]),
    ];
    for (what, folders) in states {
        for access in [Access::ReadOnly, Access::ReadWrite] {
            for partial in [false, true] {
                let state = folder.path().join("state");
                fs::create_dir(&state).unwrap();
                for file in ["FORMAT", "HEAD"] {
                    fs::copy(path.join(file), state.join(file)).unwrap();
                }
                for (from, name) in folders {
                    copy_store(from, &state.join(name));
                }
                // Before the first rename the fresh folder may be anything.
                let fresh = state.join("sled.new");
                if partial && state.join("sled").exists() && fresh.exists() {
                    fs::write(fresh.join("db"), "half").unwrap();
                }
                let store = Store::open(&state, access, &options()).unwrap();
                assert!(same_records(&store.snapshot().unwrap(), &reference), "{what}");
                assert!(store.verify(&[]).unwrap().is_clean(), "{what}");
                drop(store);
                if access == Access::ReadWrite {
                    let left: Vec<PathBuf> = ["sled.new", "sled.old"].map(|name| state.join(name)).into();
                    assert!(left.iter().all(|folder| !folder.exists()), "{what}");
                    Store::compact(&state, &options(), &mut ignored).unwrap();
                }
                fs::remove_dir_all(&state).unwrap();
            }
        }
    }
    // The data gone for good: nothing is invented, and what is left stays.
    fs::rename(&old, path.join("sled.new")).unwrap();
    for access in [Access::ReadOnly, Access::ReadWrite] {
        let error = Store::open(&path, access, &options()).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    }
    assert!(path.join("sled.new/db").exists());
}

/// Damage is found before the fresh folder takes the place of the former one.
#[test]
fn a_damaged_store_is_not_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    wasteful(&path);
    let mut refused = 0;
    for part in 0..24 {
        let damaged = folder.path().join("damaged");
        copy_store(&path, &damaged);
        let data = damaged.join("sled/db");
        let mut bytes = fs::read(&data).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        let at = used * part / 24;
        bytes[at..(at + 64).min(used)].iter_mut().for_each(|byte| *byte ^= 0x10);
        fs::write(&data, bytes).unwrap();
        match Store::compact(&damaged, &options(), &mut ignored) {
            Ok(_) => {
                let store = Store::open(&damaged, Access::ReadWrite, &options()).unwrap();
                assert!(store.verify(&[]).unwrap().is_clean(), "part {part}");
            }
            Err(error) => {
                refused += 1;
                assert!(
                    matches!(error, StoreError::Corrupt { .. } | StoreError::Lost { .. }),
                    "part {part}: {error}"
                );
                assert!(data.exists() && !damaged.join("sled.old").exists());
            }
        }
        fs::remove_dir_all(&damaged).unwrap();
    }
    println!("{refused} of 24 refused");
    assert!(refused > 0);
}
