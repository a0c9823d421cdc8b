//! A compacted store tells the same and is as small as a fresh one; a compaction killed anywhere is either
//! done or not.

use std::fs;
use std::path::Path;

use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::Value;

use super::sample::{NOTE, chain_of, copy_store, engine_of, same_records, segments_of, small_limits};

fn ignored(_: u64) {}

fn options() -> StoreOptions {
    StoreOptions { chunk_rows: 40, ..small_limits() }
}

/// A store whose segments hold more than what counts.
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
        assert!(same_records(&store.snapshot().unwrap(), &reference));
        assert_eq!(segments_of(&killed).len(), segments_of(&path).len() - 1, "the new one is gone");
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
    // What counts; beside it the copy of the engine with up to 2 MiB of journal entries, and the engine's own room.
    let live: u64 = stats.parts.iter().map(|part| part.bytes).sum();
    assert!(live > 16 * 1024 * 1024, "{stats:?}");
    assert!(report.bytes_after < live + 4 * 1024 * 1024, "{report:?}, {live} bytes count");
    assert!(report.bytes_after < report.bytes_before, "{report:?}");
    assert_eq!(segments_of(&path).len(), 1);
}

/// The files that a process leaves that is killed while it makes a new state the store's: before `HEAD` names it,
/// after one of its slots does, and after both do.
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
    let head = |store: &Path| fs::read(store.join("HEAD")).unwrap();
    let (before, after) = (head(&path), head(&compacted));
    let half = [&after[..4096], &before[4096..]].concat();
    let states: [(&str, &[u8], &Path, &Path, bool); 5] = [
        ("half an engine", &before, &path, &compacted, true),
        ("a whole engine", &before, &path, &compacted, false),
        ("one slot", &half, &compacted, &path, false),
        ("both slots", &after, &compacted, &path, false),
        ("the former engine half removed", &after, &compacted, &path, true),
    ];
    for (what, head, present, other, partial) in states {
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let state = folder.path().join("state");
            copy_store(present, &state);
            fs::write(state.join("HEAD"), head).unwrap();
            let stray = state.join(engine_of(other).file_name().unwrap());
            copy_store(&engine_of(other), &stray);
            for segment in segments_of(other) {
                fs::copy(&segment, state.join("segments").join(segment.file_name().unwrap())).unwrap();
            }
            if partial {
                fs::write(stray.join("db"), "half").unwrap();
                fs::remove_file(stray.join("conf")).unwrap();
            }
            let store = Store::open(&state, access, &options()).unwrap();
            assert!(same_records(&store.snapshot().unwrap(), &reference), "{what}");
            assert!(store.verify(&[]).unwrap().is_clean(), "{what}");
            drop(store);
            if access == Access::ReadWrite {
                assert!(!stray.exists(), "{what}");
                assert_eq!(segments_of(&state).len(), segments_of(present).len(), "{what}");
                engine_of(&state);
                Store::compact(&state, &options(), &mut ignored).unwrap();
            }
            fs::remove_dir_all(&state).unwrap();
        }
    }
    // The data gone for good: nothing is invented, and what is left stays.
    fs::rename(engine_of(&path), path.join("sled-99")).unwrap();
    for access in [Access::ReadOnly, Access::ReadWrite] {
        let error = Store::open(&path, access, &options()).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    }
    assert!(path.join("sled-99/db").exists());
}

/// Damage is found before anything takes the place of what is there.
#[test]
fn a_damaged_store_is_not_compacted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    wasteful(&path);
    let mut refused = 0;
    for part in 0..24 {
        let damaged = folder.path().join("damaged");
        copy_store(&path, &damaged);
        let data =
            if part % 2 == 0 { engine_of(&damaged).join("db") } else { segments_of(&damaged)[0].clone() };
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
                assert!(segments_of(&damaged).contains(&data) || engine_of(&damaged).join("db").exists());
            }
        }
        fs::remove_dir_all(&damaged).unwrap();
    }
    println!("{refused} of 24 refused");
    assert!(refused > 0);
}
