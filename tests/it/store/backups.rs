//! Backup, then restore, is the identity; a backup that was cut or altered is never restored.

use std::fs;
use std::path::Path;

use intergov::graph::Subject;
use intergov::store::{Access, Store, StoreError, StoreOptions};
use proptest::prelude::*;

use super::sample::copy_store;
use super::sample::{NOTE, any_history, chain_of, change, same_records, small_limits};

fn ignored(_: u64) {}

/// Everything of a store, under its own ids, in another one.
fn expect_same(one: &Store, other: &Store) {
    assert!(same_records(&one.snapshot().unwrap(), &other.snapshot().unwrap()));
    assert_eq!(one.journal().unwrap(), other.journal().unwrap());
    assert_eq!(one.applied_steps().unwrap(), other.applied_steps().unwrap());
    let subjects = one.snapshot().unwrap().nodes().map(|node| Subject::Node(node.id())).collect::<Vec<_>>();
    for subject in subjects.into_iter().take(5) {
        assert_eq!(one.history(subject).unwrap(), other.history(subject).unwrap());
    }
    let report = other.verify(&[]).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn backup_then_restore_is_the_identity(history in any_history(), read_only in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let (path, file) = (folder.path().join("store"), folder.path().join("file"));
        let mut store = Store::create(&path, &small_limits()).unwrap();
        for steps in &history {
            store.commit(&change(&store.snapshot().unwrap(), steps), &NOTE, &[]).unwrap();
        }
        if read_only {
            drop(store);
            store = Store::open(&path, Access::ReadOnly, &small_limits()).unwrap();
        }
        let mut told = 0;
        let made = store.backup(&file, &mut |bytes| told = bytes).unwrap();
        prop_assert_eq!(made.bytes, fs::metadata(&file).unwrap().len());
        prop_assert!(told > 0 && told <= made.bytes);
        let target = folder.path().join("restored");
        let back = Store::restore(&file, &target, &small_limits(), &mut ignored).unwrap();
        prop_assert_eq!(made, back);
        let restored = Store::open(&target, Access::ReadWrite, &small_limits()).unwrap();
        expect_same(&store, &restored);
        // Life goes on: the next commit gets the same number and the same new ids.
        let next = chain_of(&restored.snapshot().unwrap(), 3, "next");
        prop_assert_eq!(&next, &chain_of(&store.snapshot().unwrap(), 3, "next"));
        restored.commit(&next, &NOTE, &[]).unwrap();
        prop_assert!(restored.verify(&[]).unwrap().is_clean());
        // Beside the file and the two stores nothing is left.
        prop_assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
}

/// What merges left behind is not copied: two stores of the same content make backups of one size.
#[test]
fn garbage_stays_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &small_limits()).unwrap();
    for round in 0..20 {
        store.commit(&chain_of(&store.snapshot().unwrap(), 9, &format!("r{round}")), &NOTE, &[]).unwrap();
    }
    let (file, again) = (folder.path().join("one"), folder.path().join("two"));
    let first = store.backup(&file, &mut ignored).unwrap();
    let live: u64 = store.stats().unwrap().parts.iter().map(|part| part.values).sum();
    assert_eq!(first.values, live);
    Store::restore(&file, &folder.path().join("restored"), &small_limits(), &mut ignored).unwrap();
    let restored = Store::open(&folder.path().join("restored"), Access::ReadOnly, &small_limits()).unwrap();
    let second = restored.backup(&again, &mut ignored).unwrap();
    assert_eq!((first.values, first.bytes), (second.values, second.bytes));
}

/// Backups of a store while another thread commits without a pause: each is one commit, whole.
#[test]
fn a_live_store_is_backed_up_as_of_one_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &small_limits()).unwrap();
    let states = std::sync::Mutex::new(vec![store.snapshot().unwrap()]);
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut round = 0;
            while !done.load(std::sync::atomic::Ordering::SeqCst) {
                let before = store.snapshot().unwrap();
                let changes = chain_of(&before, 1 + round % 12, &format!("round {round}"));
                store.commit(&changes, &NOTE, &[]).unwrap();
                states.lock().unwrap().push(store.snapshot().unwrap());
                round += 1;
            }
        });
        let mut last = 0;
        for number in 0..8 {
            let (file, target) = (folder.path().join(format!("{number}")), folder.path().join("restored"));
            let least = store.snapshot().unwrap().commit();
            let made = store.backup(&file, &mut ignored).unwrap();
            assert!(made.commit >= least);
            Store::restore(&file, &target, &small_limits(), &mut ignored).unwrap();
            let restored = Store::open(&target, Access::ReadOnly, &small_limits()).unwrap();
            let snapshot = restored.snapshot().unwrap();
            assert_eq!((snapshot.commit(), snapshot.node_count() as u64), (made.commit, made.nodes));
            while states.lock().unwrap().len() as u64 <= made.commit {
                std::thread::yield_now();
            }
            let state = std::sync::Arc::clone(&states.lock().unwrap()[usize::try_from(made.commit).unwrap()]);
            assert!(same_records(&snapshot, &state), "commit {}", made.commit);
            assert!(restored.verify(&[]).unwrap().is_clean());
            drop(restored);
            fs::remove_dir_all(&target).unwrap();
            last = made.commit;
        }
        done.store(true, std::sync::atomic::Ordering::SeqCst);
        writer.join().unwrap();
        assert!(last > 8, "the writer was kept out: {last} commits");
    });
    assert!(store.verify(&[]).unwrap().is_clean());
}

/// A small backup; the restoring of it is tried in a folder of its own.
struct Tried {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl Tried {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
        store.commit(&chain_of(&store.snapshot().unwrap(), 2, "a"), &NOTE, &[]).unwrap();
        let file = folder.path().join("file");
        store.backup(&file, &mut ignored).unwrap();
        let bytes = fs::read(file).unwrap();
        Self { folder, bytes }
    }

    /// The error that restoring these bytes gives.
    fn error(&self, bytes: &[u8], what: &str) -> StoreError {
        let file = self.folder.path().join("harmed");
        fs::write(&file, bytes).unwrap();
        let target = self.folder.path().join("target");
        let error = Store::restore(&file, &target, &StoreOptions::default(), &mut ignored);
        let error = error.err().unwrap_or_else(|| panic!("{what}: restored"));
        assert!(!target.exists(), "{what}");
        error
    }

    #[track_caller]
    fn refuses(&self, bytes: &[u8], what: &str) {
        let error = self.error(bytes, what);
        let named = matches!(&error, StoreError::Corrupt { file, .. } if file.ends_with("harmed"));
        assert!(named, "{what}: {error}");
    }
}

#[test]
fn every_cut_and_every_flipped_byte_of_a_backup_is_noticed() {
    let tried = Tried::new();
    println!("{} bytes", tried.bytes.len());
    assert!((600..6_000).contains(&tried.bytes.len()));
    for at in 0..tried.bytes.len() {
        let mut bytes = tried.bytes.clone();
        bytes[at] ^= 1 << (at % 8);
        tried.refuses(&bytes, &format!("byte {at} flipped"));
        tried.refuses(&tried.bytes[..at], &format!("cut to {at} bytes"));
    }
    let mut longer = tried.bytes.clone();
    longer.push(0);
    tried.refuses(&longer, "one byte more");
    tried.refuses(&tried.bytes.repeat(2), "twice");
    assert_eq!(fs::read_dir(tried.folder.path()).unwrap().count(), 3);
}

/// A section left out, taken twice or moved: each is whole, the file is not.
#[test]
fn sections_of_a_backup_are_counted_and_in_order() {
    let tried = Tried::new();
    // A section: header of 20 bytes with the length of its data in the last four, data, checksum.
    let mut sections = Vec::new();
    let mut at = 112;
    while tried.bytes[at..at + 4] != [0; 4] {
        let data = u32::from_le_bytes(*tried.bytes[at + 16..].first_chunk().unwrap()) as usize;
        sections.push(&tried.bytes[at..at + 24 + data]);
        at += 24 + data;
    }
    let (header, footer) = (&tried.bytes[..112], &tried.bytes[at..]);
    assert!(sections.len() >= 4 && footer.len() == 32);
    let file = |sections: &[&[u8]]| [header, &sections.concat(), footer].concat();
    assert_eq!(file(&sections), tried.bytes);
    tried.refuses(&file(&sections[1..]), "the first one left out");
    tried.refuses(&file(&sections[..sections.len() - 1]), "the last one left out");
    let mut swapped = sections.clone();
    swapped.swap(0, 1);
    tried.refuses(&file(&swapped), "two exchanged");
    let mut twice = sections.clone();
    twice.insert(1, sections[0]);
    tried.refuses(&file(&twice), "one twice");
}

/// The folders as a process killed while it restored would leave them: none of them opens.
#[test]
fn half_a_restored_store_does_not_open() {
    let tried = Tried::new();
    let folder = tried.folder.path();
    let mut seen = 0;
    Store::restore(&folder.join("file"), &folder.join("target"), &StoreOptions::default(), &mut |_| {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let making = names.filter(|name| name.to_string_lossy().starts_with(".target.making-"));
        let killed = folder.join(format!("killed {seen}"));
        copy_store(&folder.join(making.last().unwrap()), &killed);
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let error = Store::open(&killed, access, &StoreOptions::default()).unwrap_err();
            assert!(matches!(error, StoreError::Corrupt { .. } | StoreError::NotAStore { .. }), "{error}");
        }
        assert!(!folder.join("target").exists());
        seen += 1;
    })
    .unwrap();
    assert!(seen >= 4, "{seen} states");
}

#[test]
fn nothing_is_written_over() {
    let tried = Tried::new();
    let file = tried.folder.path().join("file");
    let options = StoreOptions::default();
    let store = Store::open(&tried.folder.path().join("store"), Access::ReadWrite, &options).unwrap();
    assert!(matches!(store.backup(&file, &mut ignored), Err(StoreError::AlreadyExists { .. })));
    assert_eq!(fs::read(&file).unwrap(), tried.bytes);
    let occupied = tried.folder.path().join("occupied");
    fs::create_dir(&occupied).unwrap();
    let restore = |target: &Path| Store::restore(&file, target, &options, &mut ignored);
    restore(&occupied).unwrap();
    assert!(matches!(restore(&occupied), Err(StoreError::AlreadyExists { .. })));
    assert!(matches!(restore(&file), Err(StoreError::AlreadyExists { .. })));
    let error = Store::restore(&tried.folder.path().join("none"), &occupied, &options, &mut ignored);
    assert!(matches!(error, Err(StoreError::Io { .. })));
}
