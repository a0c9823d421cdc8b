//! Every format of the disk that was ever in use is opened: a backup and a store of each lie in `formats/`, written when
//! it was new. What it must hold is made here, by the same commits in memory.

use std::path::{Path, PathBuf};

use intergov::graph::{Catalogue, ChangeSet, PointRead, Property, Snapshot, Spell};
use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::{Validity, Value};

use super::sample::{NOTE, copy_store, same_records, small_limits};

fn formats() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/store/formats")
}

/// A store of format 1 as it lay on the disk, with a log and blocks of the journal.
pub(super) fn former_store() -> PathBuf {
    formats().join("1")
}

/// What it holds.
pub(super) fn former_state() -> Snapshot {
    let mut state = Snapshot::empty(std::sync::Arc::new(Catalogue::default()));
    for _ in 0..COMMITS {
        state = state.apply(&commit_of(&state)).unwrap();
    }
    state
}

/// What it holds once it was migrated: one commit more, which changes nothing.
pub(super) fn migrated_state() -> Snapshot {
    let state = former_state();
    let nothing = ChangeSet::from_parts(state.commit(), state.next_ids(), Vec::new(), Vec::new());
    state.apply(&nothing).unwrap()
}

fn file(format: u32) -> PathBuf {
    formats().join(format!("{format}.backup"))
}

fn validity(from: &str, to: &str, attested: &str) -> Validity {
    Validity::parse(from, to, attested).unwrap()
}

/// The commits of the stores in `formats/`: values of every kind and column, dates of every precision, elements that
/// are changed and removed, a log and chunks, blocks of the journal and single entries. Frozen.
fn commit_of(state: &Snapshot) -> ChangeSet {
    let mut draft = state.draft();
    let round = state.commit();
    let number = i64::try_from(round).unwrap();
    let kinds = [
        Value::Boolean(round.is_multiple_of(2)),
        Value::Integer(-7_000_000_000 * number),
        Value::Float(number as f64 / 8.0),
        Value::Float(std::f64::consts::PI * number as f64),
        Value::text(&format!("g{number:05}")),
        Value::text(&"长三角区域合作 ".repeat(round as usize % 40)),
        Value::Date("2010-05".parse().unwrap()),
        Value::texts(["water", ["economy", "transport"][round as usize % 2]]),
        Value::List([Value::Integer(number), Value::text("mixed")].into()),
    ];
    let spans = [
        validity("2004", "..", ""),
        validity("", "", "1997;2001-03;2010-05-09"),
        validity("1949-10-01", "2001-03", ""),
        validity("..", "2011", ""),
    ];
    let source = draft.key("source").unwrap();
    let nodes: Vec<_> = (0..4)
        .map(|at| {
            let label = ["Government", "区域"][at % 2];
            let node = draft.create_node(&[label, "Thing"], spans[at].clone()).unwrap();
            draft.set_node(node, "id", Value::text(&format!("n{number:03}-{at}"))).unwrap();
            draft.set_node(node, "value", kinds[(round as usize + at) % kinds.len()].clone()).unwrap();
            node
        })
        .collect();
    let spell = |at: usize| Spell {
        validity: spans[at].clone(),
        value: kinds[at].clone(),
        qualifiers: vec![(source, Value::text("论文"))],
    };
    let rank = draft.key("rank").unwrap();
    let spells = Property::Dated([spell(2), spell(0)].into());
    draft.edit_node(nodes[0]).unwrap().properties.insert(rank, spells);
    for (at, span) in spans.iter().enumerate() {
        let far = nodes[(at + 1) % 4];
        let edge = draft.create_edge(["PAYS", "合作"][at % 2], nodes[at], far, span.clone()).unwrap();
        draft.set_edge(edge, "weight", kinds[2 + at % 2].clone()).unwrap();
    }
    // Of what the commit before made one edge is removed and one node changed.
    if let Some(edge) = state.edges().last() {
        draft.remove_edge(edge.id()).unwrap();
    }
    if let Some(node) = state.nodes().last() {
        draft.set_node(node.id(), "value", Value::text("changed")).unwrap();
    }
    draft.finish()
}

const COMMITS: u64 = 20;
/// The commit that is the last one in the chunks; the log holds the others.
const MERGED: u64 = 15;

fn limits() -> StoreOptions {
    StoreOptions { bulk_changes: 1_000, merge_operations: 100_000, ..small_limits() }
}

/// The format that the program writes.
const PRESENT: u32 = 2;

/// What a store of a format must hold, and that one can go on with it.
fn expect_alive(path: &Path, format: u32) {
    let expected = former_state();
    let store = Store::open(path, Access::ReadWrite, &limits()).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected), "{format}");
    assert_eq!(store.journal().unwrap().len() as u64, COMMITS);
    let stats = store.stats().unwrap();
    assert_eq!((stats.commit, stats.merged_commit), (COMMITS, MERGED), "{format}");
    store.commit(&commit_of(&expected), &NOTE, &[]).unwrap();
    store.merge().unwrap();
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{format}: {:?}", report.findings);
}

#[test]
fn a_backup_of_every_format_holds_what_was_written_to_it() {
    let folder = tempfile::tempdir().unwrap();
    for format in 1..=PRESENT {
        let path = folder.path().join(format!("format-{format}"));
        Store::restore(&file(format), &path, &limits(), &mut |_| {}).unwrap();
        expect_alive(&path, format);
    }
}

#[test]
fn a_store_of_format_2_holds_what_was_written_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    copy_store(&formats().join("2"), &path);
    let store = Store::open(&path, Access::ReadOnly, &limits()).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &former_state()));
    drop(store);
    expect_alive(&path, 2);
}

/// A store of format 1 is read as it is, byte for byte untouched, and refuses to be written; migrated, it holds the
/// same, and its backup is one that the former program reads.
#[test]
fn a_store_of_format_1_is_read_and_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    copy_store(&former_store(), &path);
    let files = ["FORMAT", "HEAD", "sled/db", "sled/conf"].map(|name| path.join(name));
    let bytes = || files.clone().map(|file| std::fs::read(file).unwrap());
    let before = bytes();
    let read = |store: &Store, expected: &Snapshot| {
        assert!(same_records(&store.snapshot().unwrap(), expected));
        assert_eq!(store.journal().unwrap().len() as u64, expected.commit());
        let report = store.verify(&[]).unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
        let reader = store.reader().unwrap();
        let found = reader.found_by("n003-1").unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(reader.nodes(&found).unwrap()[0], expected.node(found[0]).unwrap().to_record());
    };
    let store = Store::open(&path, Access::ReadOnly, &limits()).unwrap();
    read(&store, &former_state());
    drop(store);
    let error = Store::open(&path, Access::ReadWrite, &limits()).unwrap_err();
    assert!(matches!(error, StoreError::OlderFormat { found: 1, known: 2, .. }), "{error}");
    assert!(bytes() == before);

    let done = Store::migrate(&path, &limits(), &NOTE, None).unwrap();
    assert_eq!(done.steps.iter().map(|step| step.number).collect::<Vec<_>>(), [2]);
    read(&done.store, &migrated_state());
    drop(done.store);
    let store = Store::open(&path, Access::ReadWrite, &limits()).unwrap();
    read(&store, &migrated_state());
    store.commit(&commit_of(&store.snapshot().unwrap()), &NOTE, &[]).unwrap();
    store.merge().unwrap();
    assert!(store.verify(&[]).unwrap().is_clean());
    // The layout of format 1 (docs/storage.md): its version and the format stand at 16 and 20.
    let backup = std::fs::read(done.backup.unwrap()).unwrap();
    assert_eq!((&backup[16..20], &backup[20..24]), (&[1, 0, 0, 0][..], &[1, 0, 0, 0][..]));
}

/// `cargo test --test it write_the_present_format -- --ignored`, once before a format is released.
#[test]
#[ignore = "writes a store and a backup of the present format into the folder of the tests"]
fn write_the_present_format() {
    let path = formats().join(PRESENT.to_string());
    let store = Store::create(&path, &limits()).unwrap();
    for _ in 0..COMMITS {
        store.commit(&commit_of(&store.snapshot().unwrap()), &NOTE, &[]).unwrap();
        if store.snapshot().unwrap().commit() == MERGED {
            store.merge().unwrap();
        }
    }
    store.backup(&file(PRESENT), &mut |_| {}).unwrap();
    assert!(file(PRESENT).is_file());
}
