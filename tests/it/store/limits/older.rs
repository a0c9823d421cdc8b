//! Stores that an earlier program wrote and could not read, or not write on with. Their backups lie in `../formats`:
//! they were written by the program that did not cut chunks by what they hold unpacked.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use intergov::graph::{Catalogue, ChangeSet, Snapshot};
use intergov::store::{Access, Store, StoreOptions};
use intergov::value::{Validity, Value};

use super::super::sample::{NOTE, same_records};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/it/store/formats/{name}.backup"))
}

fn text(number: usize, bytes: usize) -> Value {
    Value::Text(format!("{number:04}:{}", "0,".repeat(bytes / 2)).into())
}

/// The first commit: 256 nodes and 1,024 edges, whose texts take over 64 MiB of each and pack to less than 512 KiB.
fn long_texts(state: &Snapshot) -> ChangeSet {
    let mut draft = state.draft();
    let nodes: Vec<_> = (0..256)
        .map(|number| {
            let node = draft.create_node(&["Grid"], Validity::ALWAYS).unwrap();
            draft.set_node(node, "cells", text(number, 264_000)).unwrap();
            node
        })
        .collect();
    for number in 0..1_024 {
        let edge = draft.create_edge("R", nodes[0], nodes[0], Validity::ALWAYS).unwrap();
        draft.set_edge(edge, "series", text(number, 66_000)).unwrap();
    }
    draft.finish()
}

/// 256 lists of the same item, 4,230,976 items in all.
fn long_lists(state: &Snapshot) -> ChangeSet {
    let mut draft = state.draft();
    for more in 0..256 {
        let node = draft.create_node(&["L"], Validity::ALWAYS).unwrap();
        let list = vec![Value::Text("a".into()); 16_400 + more];
        draft.set_node(node, "list", Value::List(list.into())).unwrap();
    }
    draft.finish()
}

/// 256 commits of a node each: texts of 600 kB, 77 MB in all, and whole numbers under the same key.
fn mixed(state: &Snapshot) -> ChangeSet {
    let mut draft = state.draft();
    let number = usize::try_from(state.commit()).unwrap();
    let node = draft.create_node(&["M"], Validity::ALWAYS).unwrap();
    let value =
        if number.is_multiple_of(2) { text(number, 600_000) } else { Value::Integer(state.commit() as i64) };
    draft.set_node(node, "value", value).unwrap();
    draft.finish()
}

fn empty() -> Snapshot {
    Snapshot::empty(Arc::new(Catalogue::default()))
}

/// With the bounds that the stores were written with, but for the log: it is merged after 300 changes.
fn options() -> StoreOptions {
    StoreOptions { merge_operations: 300, ..StoreOptions::default() }
}

fn restored(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    Store::restore(&file(name), &path, &options(), &mut |_| ()).unwrap();
    (folder, path)
}

/// Opens a restored store, compares, and lives on with it: a commit, a merge, a compaction. Then the same is written
/// now, and read.
fn lives_on(name: &str, make: impl Fn(&Snapshot) -> ChangeSet) {
    let made = make(&empty());
    let expected = empty().apply(&made).unwrap();
    let (folder, path) = restored(name);
    let store = Store::open(&path, Access::ReadWrite, &options()).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected));
    let mut draft = expected.draft();
    let first = expected.nodes().next().unwrap().id();
    draft.set_node(first, "note", Value::text("later")).unwrap();
    let changes = draft.finish();
    let later = expected.apply(&changes).unwrap();
    store.commit(&changes, &NOTE, &[]).unwrap();
    store.merge().unwrap();
    drop(store);
    Store::compact(&path, &options(), &mut |_| ()).unwrap();
    let store = Store::open(&path, Access::ReadOnly, &options()).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &later));
    drop((store, later));

    let path = folder.path().join("now");
    let store = Store::create(&path, &options()).unwrap();
    store.commit(&made, &NOTE, &[]).unwrap();
    store.merge().unwrap();
    drop(store);
    let store = Store::open(&path, Access::ReadOnly, &options()).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected));
}

#[test]
fn chunks_that_unpack_to_more_than_64_mib_are_read() {
    lives_on("long_texts", long_texts);
}

#[test]
fn chunks_with_more_than_four_million_items_are_read() {
    lives_on("long_lists", long_lists);
}

/// By itself, after so many changes, and writing goes on.
#[test]
fn a_log_that_could_not_be_merged_is_merged() {
    let mut expected = empty();
    for _ in 0..256 {
        expected = expected.apply(&mixed(&expected)).unwrap();
    }
    let (_folder, path) = restored("mixed");
    let options = StoreOptions { merge_operations: 257, ..options() };
    let store = Store::open(&path, Access::ReadWrite, &options).unwrap();
    for _ in 0..3 {
        let mut draft = expected.draft();
        draft.create_node(&["X"], Validity::ALWAYS).unwrap();
        let changes = draft.finish();
        expected = expected.apply(&changes).unwrap();
        store.commit(&changes, &NOTE, &[]).unwrap();
    }
    assert_eq!(store.stats().unwrap().log_operations, 1);
    drop(store);
    let store = Store::open(&path, Access::ReadOnly, &options).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected));
}
