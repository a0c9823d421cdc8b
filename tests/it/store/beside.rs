//! Readers beside a writing process: each sees one commit, whole, and none older than what was there before.
//!
//! The writing process commits log records merges and bulk commits, one after the other without a pause.

use std::path::Path;
use std::time::{Duration, Instant};

use intergov::graph::Snapshot;
use intergov::store::{Access, Store, StoreError};
use intergov::value::{Validity, Value};

use super::busy::{Busy, change_of, options};
use super::sample::{NOTE, same_records};

/// The last commit that `HEAD` witnesses: slots of 68 bytes in blocks of 4 KiB, the commit in the first eight, the
/// checksum in the last four (docs/storage.md).
fn witnessed(path: &Path) -> u64 {
    let bytes = std::fs::read(path.join("HEAD")).unwrap();
    let slot = |slot: &[u8]| {
        let whole = crc32fast::hash(&slot[..64]).to_le_bytes() == slot[64..68];
        whole.then(|| u64::from_le_bytes(*slot.first_chunk().unwrap()))
    };
    bytes.chunks(4096).filter_map(slot).max().unwrap()
}

/// A store whose files take so long to copy that its writer would commit many times meanwhile.
fn large_store(path: &Path) -> Snapshot {
    let store = Store::create(path, &options()).unwrap();
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    for number in 0..48_u64 {
        // Text that does not compress: multiples of a large prime.
        let noise = (number * 32_000..(number + 1) * 32_000)
            .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        // The writer changes the first node in every commit.
        let text = if number == 0 { String::new() } else { noise.collect() };
        draft.set_node(node, "noise", Value::text(&text)).unwrap();
    }
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    Snapshot::clone(&store.snapshot().unwrap())
}

/// What came of the openings beside one writer.
#[derive(Default)]
struct Outcome {
    exact: u32,
    refused: u32,
    commits: u64,
    slowest: Duration,
}

/// Opens a store beside its busy writer a number of times.
fn read_one_store(opens: u32, outcome: &mut Outcome) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let mut reference = large_store(&path);
    let writing = Busy::start(&path);
    let first = writing.acknowledged();
    for _ in 0..opens {
        let before = witnessed(&path).max(writing.acknowledged());
        let since = Instant::now();
        let store = match Store::open(&path, Access::ReadOnly, &options()) {
            Ok(store) => store,
            Err(StoreError::Busy { pid, .. }) => {
                assert_eq!(pid, Some(writing.pid()));
                outcome.refused += 1;
                continue;
            }
            Err(error) => panic!("after commit {before}: {error}"),
        };
        outcome.slowest = outcome.slowest.max(since.elapsed());
        let beside = store.beside().unwrap().unwrap();
        let snapshot = store.snapshot().unwrap();
        assert!(snapshot.commit() >= before, "commit {} after {before}", snapshot.commit());
        assert_eq!((beside.commit, beside.writer), (snapshot.commit(), Some(writing.pid())));
        assert!(beside.committed_at_millis.is_some());
        while reference.commit() < snapshot.commit() {
            reference = reference.apply(&change_of(&reference)).unwrap();
        }
        assert!(same_records(&snapshot, &reference), "commit {} is not exact", snapshot.commit());
        assert_eq!(store.journal().unwrap().len() as u64, snapshot.commit());
        outcome.exact += 1;
    }
    let last = writing.kill();
    assert!(last - first >= u64::from(opens) / 2, "the writer was kept out: commits {first} to {last}");
    outcome.commits += last;
    let store = Store::open(&path, Access::ReadOnly, &options()).unwrap();
    assert_eq!(store.beside().unwrap(), None);
    assert!(store.snapshot().unwrap().commit() >= last);
}

/// Opens stores beside their writers a number of times. The writer of each makes it larger without end, so that
/// none is kept for long.
fn read_beside(opens: u32) {
    const OPENS_A_STORE: u32 = 40;
    let mut outcome = Outcome::default();
    let mut left = opens;
    while left > 0 {
        let now = left.min(OPENS_A_STORE);
        read_one_store(now, &mut outcome);
        left -= now;
    }
    let Outcome { exact, refused, commits, slowest } = outcome;
    println!("{exact} exact, {refused} refused, over {commits} commits; slowest opening {slowest:?}");
    assert!(exact + refused == opens && exact >= opens - opens / 10, "{refused} of {opens} were refused");
}

#[test]
fn readers_beside_a_busy_writer_see_one_commit_each() {
    read_beside(60);
}

#[test]
#[ignore = "takes minutes; the continuous integration runs it by name"]
fn read_a_thousand_times_beside_a_busy_writer() {
    read_beside(1_000);
}
