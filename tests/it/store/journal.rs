//! Does the journal tell the same, however its entries lie: alone, in blocks, and in the midst of packing?

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use intergov::graph::{Snapshot, Subject};
use intergov::store::{
    Access, CALLS, Fault, HistoryEntry, JournalEntry, Store, StoreError, StoreOptions, arm,
};
use intergov::value::{Validity, Value};
use proptest::prelude::*;

use super::sample::{NOTE, any_history, change, copy_store, small_limits};

/// Limits under which every entry stands alone and no log is merged.
fn apart() -> StoreOptions {
    StoreOptions { merge_operations: usize::MAX, chunk_rows: 4_096, ..small_limits() }
}

/// Blocks of so many entries.
fn blocks_of(rows: usize) -> StoreOptions {
    StoreOptions { chunk_rows: rows, ..small_limits() }
}

/// The journal but for the clock, which two stores read at different moments.
fn journal(store: &Store) -> Vec<JournalEntry> {
    let entries = store.journal().unwrap().into_iter();
    entries.map(|entry| JournalEntry { at_millis: 0, ..entry }).collect()
}

fn history(store: &Store, subject: Subject) -> Vec<HistoryEntry> {
    let entries = store.history(subject).unwrap().into_iter();
    entries
        .map(|mut entry| {
            entry.entry.at_millis = 0;
            entry
        })
        .collect()
}

/// Values in a part of the engine.
fn values_in(store: &Store, part: &str) -> u64 {
    store.stats().unwrap().parts.iter().find(|own| own.part == part).unwrap().values
}

/// A store of one node, on which every further commit changes one property.
fn counting(path: &Path, options: &StoreOptions, commits: i64) -> Store {
    let store = Store::create(path, options).unwrap();
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    for _ in 1..commits {
        count_on(&store).unwrap();
    }
    store
}

fn count_on(store: &Store) -> Result<u64, StoreError> {
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    let node = before.nodes().next().unwrap().id();
    let next = i64::try_from(before.commit() + 1).unwrap();
    draft.set_node(node, "gdp", Value::Integer(next)).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).map(|committed| committed.commit)
}

/// Each commit once and in order.
fn expect_commits(store: &Store, last: u64) {
    let commits: Vec<u64> = store.journal().unwrap().iter().map(|entry| entry.commit).collect();
    assert_eq!(commits, (1..=last).collect::<Vec<_>>());
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.journal_entries, store.stats().unwrap().journal_entries), (last, last));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn a_packed_journal_tells_what_one_of_single_entries_tells(
        history_of in any_history(),
        moments in prop::collection::vec(0_u8..4, 12),
        rows in 1_usize..4,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packed");
        let mut packed = Store::create(&path, &blocks_of(rows)).unwrap();
        let single = Store::create(&folder.path().join("single"), &apart()).unwrap();
        let mut subjects: Vec<Subject> = Vec::new();
        // The same again with other ids, so that there are more commits than one block holds.
        for (steps, moment) in history_of.iter().chain(&history_of).zip(moments.iter().cycle()) {
            let state: Arc<Snapshot> = single.snapshot().unwrap();
            let changes = change(&state, steps);
            single.commit(&changes, &NOTE, &[]).unwrap();
            packed.commit(&changes, &NOTE, &[]).unwrap();
            let after = single.snapshot().unwrap();
            subjects.extend(after.nodes().map(|node| Subject::Node(node.id())));
            subjects.extend(after.edges().map(|edge| Subject::Edge(edge.id())));
            match moment {
                0 => packed.merge().unwrap(),
                1 => {
                    drop(packed);
                    packed = Store::open(&path, Access::ReadWrite, &blocks_of(rows)).unwrap();
                }
                _ => {}
            }
            prop_assert_eq!(journal(&packed), journal(&single));
        }
        subjects.sort_unstable();
        subjects.dedup();
        for subject in subjects {
            prop_assert_eq!(history(&packed, subject), history(&single, subject));
        }
        let commits = single.snapshot().unwrap().commit();
        expect_commits(&packed, commits);
        prop_assert_eq!(values_in(&single, "archive"), 0);
        // At most a block and the four that always do stand alone.
        prop_assert!(values_in(&packed, "journal") <= rows as u64 + 4);
        drop(packed);
        let reader = Store::open(&path, Access::ReadOnly, &blocks_of(rows)).unwrap();
        prop_assert_eq!(journal(&reader), journal(&single));
    }
}

/// Entries that a store without blocks left alone are packed with its next commit, all of them.
#[test]
fn a_journal_of_single_entries_is_packed_with_the_next_commit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = counting(&path, &apart(), 40);
    assert_eq!((values_in(&store, "journal"), values_in(&store, "archive")), (40, 0));
    let before = journal(&store);
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &blocks_of(10)).unwrap();
    assert_eq!(count_on(&store).unwrap(), 41);
    // Three blocks of ten; 11 are fewer than a block and four.
    assert_eq!((values_in(&store, "journal"), values_in(&store, "archive")), (11, 3));
    assert_eq!(journal(&store)[..40], before);
    expect_commits(&store, 41);
    // A copy in one file and a fresh folder hold the same.
    let backup = folder.path().join("backup");
    store.backup(&backup, &mut |_| {}).unwrap();
    let again = folder.path().join("again");
    Store::restore(&backup, &again, &blocks_of(10), &mut |_| {}).unwrap();
    let restored = Store::open(&again, Access::ReadWrite, &blocks_of(10)).unwrap();
    assert_eq!(restored.journal().unwrap(), store.journal().unwrap());
    drop(store);
    Store::compact(&path, &blocks_of(10), &mut |_| {}).unwrap();
    let store = Store::open(&path, Access::ReadWrite, &blocks_of(10)).unwrap();
    assert_eq!(store.journal().unwrap(), restored.journal().unwrap());
    expect_commits(&store, 41);
}

/// What lies there at each call of a commit that packs, as a killed process would leave it.
#[test]
fn a_process_killed_while_it_packs_leaves_each_entry_once() {
    let mut copies = 0;
    for call in CALLS {
        for nth in 1.. {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("store");
            let store = counting(&path, &blocks_of(10), 13);
            assert_eq!(values_in(&store, "archive"), 0);
            let copy = folder.path().join("copy");
            let (from, to) = (path.clone(), copy.clone());
            let armed = arm(&path, call, nth, Fault::Call(Arc::new(move || copy_store(&from, &to))));
            assert_eq!(count_on(&store).unwrap(), 14);
            let fired = armed.has_fired();
            drop(armed);
            assert_eq!(values_in(&store, "archive"), 1);
            if !fired {
                break;
            }
            copies += 1;
            let store = Store::open(&copy, Access::ReadWrite, &blocks_of(10)).unwrap();
            let last = store.snapshot().unwrap().commit();
            assert!(last == 13 || last == 14, "{call} {nth}: {last}");
            expect_commits(&store, last);
            count_on(&store).unwrap();
            expect_commits(&store, last + 1);
        }
    }
    // At least the two transactions and the sync between them.
    assert!(copies >= 4, "{copies}");
}

/// A refused packing does not undo the commit before it, and stops the writing.
#[test]
fn a_refused_packing_leaves_the_commit_and_each_entry_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = counting(&path, &blocks_of(10), 13);
    let armed = arm(&path, "data.write", 2, Fault::FULL);
    assert_eq!(count_on(&store).unwrap(), 14);
    assert!(armed.has_fired());
    drop(armed);
    assert!(matches!(count_on(&store), Err(StoreError::Unfinished { commit: 14, .. })));
    assert_eq!(store.journal().unwrap().len(), 14);
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &blocks_of(10)).unwrap();
    assert_eq!(values_in(&store, "archive"), 0);
    count_on(&store).unwrap();
    assert_eq!(values_in(&store, "archive"), 1);
    expect_commits(&store, 15);
}

/// Reading the journal while the writer of the same process packs it: whole at each moment.
#[test]
fn a_journal_is_read_whole_while_it_is_packed() {
    let folder = tempfile::tempdir().unwrap();
    let store = counting(&folder.path().join("store"), &blocks_of(2), 10);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut readings = 0;
            let mut before = 10;
            while !done.load(Ordering::SeqCst) || readings < 3 {
                let commits: Vec<u64> = store.journal().unwrap().iter().map(|entry| entry.commit).collect();
                assert!(commits.len() >= before && commits.iter().copied().eq(1..=commits.len() as u64));
                before = commits.len();
                readings += 1;
            }
        });
        for _ in 0..400 {
            count_on(&store).unwrap();
        }
        done.store(true, Ordering::SeqCst);
        reader.join().unwrap();
    });
    expect_commits(&store, 410);
}
