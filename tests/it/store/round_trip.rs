//! What is written is what is read, through the log, its merges and bulk commits.

use intergov::graph::{Change, ChangeSet, EdgeId, NodeId, Snapshot, Subject};
use intergov::store::{Access, Former, Store, StoreError, StoreOptions, Touch};
use intergov::value::{Validity, Value};
use proptest::prelude::*;

use super::sample::{NOTE, any_history, chain_of, change, engine_of, same_records, small_limits};

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_store_holds_what_a_graph_in_memory_holds(history in any_history(), reopen in 1_usize..5) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let options = small_limits();
        let mut store = Store::create(&path, &options).unwrap();
        let mut reference = Snapshot::clone(&store.snapshot().unwrap());
        for (number, steps) in history.iter().enumerate() {
            let changes = change(&reference, steps);
            let committed = store.commit(&changes, &NOTE, &[]).unwrap();
            if !changes.is_empty() {
                reference = reference.apply(&changes).unwrap();
            }
            prop_assert_eq!(committed.commit, reference.commit());
            if number % reopen == 0 {
                drop(store);
                store = Store::open(&path, Access::ReadWrite, &options).unwrap();
                prop_assert!(same_records(&store.snapshot().unwrap(), &reference));
            }
        }
        let report = store.verify(&[]).unwrap();
        prop_assert!(report.is_clean(), "{:?}", report.findings);
        prop_assert_eq!(store.journal().unwrap().len() as u64, reference.commit());
        drop(store);
        let store = Store::open(&path, Access::ReadOnly, &options).unwrap();
        prop_assert!(same_records(&store.snapshot().unwrap(), &reference));
        prop_assert!(store.snapshot().unwrap().holds_same(&reference));
        let report = store.verify(&[]).unwrap();
        prop_assert!(report.is_clean(), "{:?}", report.findings);
    }
}

/// More edges at one node than fit into a chunk, more chunks than one, records of many parts.
#[test]
fn a_hub_and_large_texts_come_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = StoreOptions::default();
    let store = Store::create(&path, &options).unwrap();
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    let hub = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    for number in 0..10_000_i64 {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        let (from, to) = if number % 3 == 0 { (node, hub) } else { (hub, node) };
        let edge = draft.create_edge("PAYS", from, to, Validity::UNKNOWN).unwrap();
        draft.set_edge(edge, "amount", Value::Integer(number)).unwrap();
    }
    // Text that does not compress, larger than a part: a sequence of multiples by a large prime.
    let noise: String =
        (0..40_000_u64).map(|n| format!("{:016x}", (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    draft.set_node(hub, "note", Value::text(&noise)).unwrap();
    let changes = draft.finish();
    let reference = before.apply(&changes).unwrap();
    store.commit(&changes, &NOTE, &[]).unwrap();
    let chunks = store.stats().unwrap().chunks;
    // 3 of nodes, at least 2 of the hub and 1 of the others, at least 1 of incoming edges.
    assert!(chunks > 6, "{chunks} chunks");
    // A small change afterwards goes to the log, then into the touched chunks only.
    let changes = chain_of(&reference, 30, "late");
    let reference = reference.apply(&changes).unwrap();
    store.commit(&changes, &NOTE, &[]).unwrap();
    assert!(store.stats().unwrap().log_operations > 0);
    store.merge().unwrap();
    assert_eq!(store.stats().unwrap().log_operations, 0);
    assert!(store.verify(&[]).unwrap().is_clean());
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &options).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &reference));
    // sled writes no file of its own for large pages: those it would never sync.
    assert_eq!(std::fs::read_dir(engine_of(&path).join("blobs")).unwrap().count(), 0);
}

#[test]
fn the_history_of_an_element_tells_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    let first = store.snapshot().unwrap();
    let mut draft = first.draft();
    let city = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    let other = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    draft.set_node(city, "rank", Value::text("prefectural")).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    let second = store.snapshot().unwrap();
    let mut draft = second.draft();
    draft.set_node(city, "rank", Value::text("sub-provincial")).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    let third = store.snapshot().unwrap();
    let mut draft = third.draft();
    draft.remove_node(other).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();

    let history = store.history(Subject::Node(city)).unwrap();
    assert_eq!(history.iter().map(|entry| entry.entry.commit).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(history[0].touch, Touch::Created);
    let Touch::Changed { before: Some(Former::Node(before)) } = &history[1].touch else {
        panic!("{:?}", history[1].touch)
    };
    assert_eq!(**before, second.node(city).unwrap().to_record());
    let history = store.history(Subject::Node(other)).unwrap();
    assert!(matches!(history[1].touch, Touch::Removed { before: Some(_) }));
    let journal = store.journal().unwrap();
    assert_eq!((journal[0].actor.as_str(), journal[0].summary.as_str()), ("tester", "一次更改"));
    assert_eq!((journal[0].counts.created_nodes, journal[2].counts.removed_nodes), (2, 1));
}

#[test]
fn a_reader_keeps_its_state_while_a_writer_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    let seen = store.snapshot().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| store.commit(&chain_of(&store.snapshot().unwrap(), 4, "b"), &NOTE, &[]).unwrap());
    });
    assert_eq!((seen.commit(), seen.node_count()), (1, 3));
    assert_eq!((store.snapshot().unwrap().commit(), store.snapshot().unwrap().node_count()), (2, 7));
}

#[test]
fn a_change_made_for_a_former_state_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    let changes = chain_of(&store.snapshot().unwrap(), 3, "a");
    store.commit(&changes, &NOTE, &[]).unwrap();
    let error = store.commit(&changes, &NOTE, &[]).unwrap_err();
    assert!(matches!(error, StoreError::Change(_)), "{error}");
    assert_eq!(store.snapshot().unwrap().commit(), 1);
}

/// What several threads may share.
#[test]
fn a_store_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Store>();
}

/// The log says only which edge went; at the next opening the chunks that held it are found all the same.
#[test]
fn an_edge_removed_or_moved_in_the_log_leaves_the_chunks_after_an_opening() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = small_limits();
    let store = Store::create(&path, &options).unwrap();
    let changes = chain_of(&store.snapshot().unwrap(), 30, "a");
    store.commit(&changes, &NOTE, &[]).unwrap();
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    draft.remove_edge(EdgeId::new(4)).unwrap();
    let removed = draft.finish();
    let mut moved = before.edge(EdgeId::new(20)).unwrap().to_record();
    (moved.source, moved.target) = (NodeId::new(2), NodeId::new(12));
    let changes: Vec<Change> = removed.iter().cloned().chain([Change::PutEdge(moved)]).collect();
    let changes = ChangeSet::from_parts(before.commit(), before.next_ids(), Vec::new(), changes);
    let reference = before.apply(&changes).unwrap();
    store.commit(&changes, &NOTE, &[]).unwrap();
    assert_eq!(store.stats().unwrap().log_operations, 2);
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &options).unwrap();
    store.merge().unwrap();
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &options).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &reference));
}
