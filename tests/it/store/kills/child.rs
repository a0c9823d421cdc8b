//! The writing process of the kill tests: commits, merges, bulk commits, openings and migrations, and by turns
//! a new store, a bulk load, a backup, its restoring, a store of format 1 migrated, an engine made again, a compaction
//! and a repair, each told to the parent.
//!
//! What it does depends on nothing but the state, so that the parent can do the same in memory.

use std::io::Write;
use std::path::Path;

use intergov::graph::{ChangeSet, Draft, EdgeId, NodeId, Snapshot};
use intergov::store::{Access, SchemaStep, Store, StoreError, StoreOptions};
use intergov::value::{Validity, Value};

use super::super::bulk::{feed, hub};
use super::super::formats::former_store;
use super::super::sample::{NOTE, Numbers, copy_store, engine_of};

/// Where the child writes.
pub(super) const STORE: &str = "INTERGOV_TEST_STORE_TO_WRITE";

/// The first round, from 0: what it does after its commits depends on its number.
pub(super) const FIRST_ROUND: &str = "INTERGOV_TEST_FIRST_ROUND";
/// After so many rounds all comes again.
pub(super) const ROUNDS: u64 = 8;
const COMMITS_A_ROUND: u64 = 4;

/// How the name of what is about to be removed begins.
pub(super) const GONE: &str = "gone-";

/// Each so many commits one is a migration.
const COMMITS_A_STEP: u64 = 12;
/// After so many steps there are no more.
pub(super) const STEPS: u32 = 60;

/// Limits that make log records, merges and bulk commits alternate.
pub(super) fn options(steps: u32) -> StoreOptions {
    let step = |number| SchemaStep {
        number,
        name: format!("step {number}"),
        text: format!(
            "number = {number}\nname = \"step {number}\"\n[[label]]\nname = \"L{number}\"\n\
             table = \"l{number}\"\ndoc = \"a label\"\nproperties = []\n"
        ),
    };
    let schema_steps = (1..=steps).map(step).collect();
    StoreOptions {
        schema_steps,
        bulk_changes: 30,
        merge_operations: 60,
        chunk_rows: 10,
        sort_bytes: 2_000,
        ..StoreOptions::default()
    }
}

fn is_migration(commit: u64) -> bool {
    commit % COMMITS_A_STEP == COMMITS_A_STEP - 1 && commit < COMMITS_A_STEP * u64::from(STEPS - 1)
}

/// How many schema steps a store has after a commit.
pub(super) fn steps_after(commit: u64) -> u32 {
    u32::try_from(1 + (commit + 1) / COMMITS_A_STEP).unwrap().min(STEPS)
}

/// Opens a store with as many steps as it has.
pub(super) fn open_as_it_is(path: &Path, access: Access) -> Result<Store, StoreError> {
    match Store::open(path, access, &options(STEPS)) {
        Err(StoreError::OlderFormat { found, .. }) => Store::open(path, access, &options(found)),
        other => other,
    }
}

/// The change of a commit.
pub(super) fn change_of(snapshot: &Snapshot) -> ChangeSet {
    let commit = snapshot.commit() + 1;
    if is_migration(commit) {
        return ChangeSet::from_parts(snapshot.commit(), snapshot.next_ids(), Vec::new(), Vec::new());
    }
    let mark = Value::Integer(i64::try_from(commit).unwrap());
    let mut numbers = Numbers(commit);
    let mut draft = snapshot.draft();
    let mut nodes: Vec<NodeId> = snapshot.nodes().map(|node| node.id()).collect();
    nodes.sort_unstable();
    let created = [1, 2, 5, 1, 25, 3, 90][usize::try_from(commit % 7).unwrap()];
    for _ in 0..created {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        draft.set_node(node, "commit", mark.clone()).unwrap();
        if !nodes.is_empty() {
            let far = nodes[numbers.place(nodes.len())];
            draft.create_edge("PAYS", node, far, Validity::UNKNOWN).unwrap();
        }
    }
    if let Some(node) = nodes.first() {
        // Every element of a transaction says which one it was: a half-applied one would show.
        draft.set_node(*node, "commit", mark).unwrap();
        if commit.is_multiple_of(5) {
            // A record of several parts: text that does not compress.
            let noise: String = (0..7_000).map(|_| format!("{:08x}", numbers.next(1 << 31))).collect();
            draft.set_node(*node, "note", Value::text(&noise)).unwrap();
        }
    }
    if nodes.len() > 400 {
        for id in nodes.iter().skip(1).take(150) {
            remove_with_ties(&mut draft, snapshot, *id);
        }
    }
    draft.finish()
}

fn remove_with_ties(draft: &mut Draft<'_>, snapshot: &Snapshot, id: NodeId) {
    let node = snapshot.node(id).unwrap();
    let old = node.out_edges().chain(node.in_edges()).map(|edge| edge.id());
    let first = snapshot.next_ids().1;
    // Ties that the draft itself made may lead to it too; an edge of two removed nodes is met twice.
    for edge in old.chain((first..first + 100).map(EdgeId::new)) {
        if draft.edge_record(edge).is_some_and(|edge| edge.source == id || edge.target == id) {
            draft.remove_edge(edge).unwrap();
        }
    }
    draft.remove_node(id).unwrap();
}

#[test]
#[ignore = "the writing process of the kill tests; it is started by them"]
fn writing_child() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let path = Path::new(&path);
    let first: u64 = std::env::var(FIRST_ROUND).unwrap().parse().unwrap();
    // A test that fails kills its child; this is for a child whose parent is gone.
    for round in first..20_000 {
        match write_for_a_while(path, round) {
            // An injected error: the store must be opened again.
            Ok(()) | Err(StoreError::Io { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn tell(what: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{what}").unwrap();
    output.flush().unwrap();
}

/// One opening, a few commits, a merge, and by turns something else.
fn write_for_a_while(path: &Path, round: u64) -> Result<(), StoreError> {
    tell("operation open");
    let mut store = open_as_it_is(path, Access::ReadWrite)?;
    tell(&format!("holds {}", store.snapshot()?.commit()));
    for _ in 0..COMMITS_A_ROUND {
        let before = store.snapshot()?;
        if is_migration(before.commit() + 1) {
            drop(store);
            tell("operation migrate");
            let options = options(steps_after(before.commit() + 1));
            store = Store::migrate(path, &options, &NOTE, None)?.store;
            tell(&format!("acknowledged {}", before.commit() + 1));
            continue;
        }
        let changes = change_of(&before);
        tell("operation commit");
        let committed = store.commit(&changes, &NOTE, &[])?;
        tell(&format!("acknowledged {}", committed.commit));
    }
    tell("operation merge");
    store.merge()?;
    tell("outside");
    match round % ROUNDS {
        0 => create(&path.with_file_name("created"))?,
        1 => load(&path.with_file_name("loaded"))?,
        2 => back_up(&store, &path.with_file_name("backup"))?,
        3 => restore(&store, &path.with_file_name("backup"), &path.with_file_name("restored"))?,
        4 => carry_over(&path.with_file_name("former"))?,
        5 => {
            let harmed = path.with_file_name("harmed");
            clear(&harmed);
            store.merge()?;
            // Half a copy, which a kill leaves, is not a store.
            let copied = path.with_file_name(format!("{GONE}harmed-{}", std::process::id()));
            copy_store(path, &copied);
            std::fs::rename(&copied, &harmed).unwrap();
            rebuild(&harmed)?;
        }
        6 => {
            let steps = steps_after(store.snapshot()?.commit());
            drop(store);
            tell("operation compact");
            Store::compact(path, &options(steps), &mut |_| {})?;
        }
        _ => {
            tell("operation repair");
            store.repair()?;
        }
    }
    tell("outside");
    Ok(())
}

/// Brings a store of format 1 to the present one.
fn carry_over(path: &Path) -> Result<(), StoreError> {
    clear(path);
    let copied = path.with_file_name(format!("{GONE}copy-{}", std::process::id()));
    copy_store(&former_store(), &copied);
    std::fs::rename(&copied, path).unwrap();
    tell("operation leave-format-1");
    Store::migrate(path, &options(0), &NOTE, None).map(drop)
}

/// Makes an engine again whose files are gone.
fn rebuild(path: &Path) -> Result<(), StoreError> {
    std::fs::write(engine_of(path).join("db"), "gone").unwrap();
    tell("operation rebuild");
    Store::rebuild(path, &options(STEPS)).map(drop)
}

/// Removes what an earlier round made. A removal that is killed must not look like half of something.
fn clear(path: &Path) {
    if path.exists() {
        let gone = path.with_file_name(format!("{GONE}{}", std::process::id()));
        std::fs::rename(path, &gone).unwrap();
        if gone.is_dir() { std::fs::remove_dir_all(gone) } else { std::fs::remove_file(gone) }.unwrap();
    }
}

fn create(path: &Path) -> Result<(), StoreError> {
    clear(path);
    tell("operation create");
    Store::create(path, &options(1)).map(drop)
}

fn load(path: &Path) -> Result<(), StoreError> {
    create(path)?;
    tell("outside");
    let store = open_as_it_is(path, Access::ReadWrite)?;
    tell("operation load");
    let mut load = store.bulk()?;
    feed(&hub(), &mut load, 20)?;
    load.finish(&mut |_, _| true)?;
    load.commit(&NOTE, None).map(drop)
}

fn back_up(store: &Store, file: &Path) -> Result<(), StoreError> {
    clear(file);
    tell("operation backup");
    store.backup(file, &mut |_| {}).map(drop)
}

fn restore(store: &Store, file: &Path, path: &Path) -> Result<(), StoreError> {
    if !file.exists() {
        back_up(store, file)?;
        tell("outside");
    }
    clear(path);
    tell("operation restore");
    Store::restore(file, path, &options(STEPS), &mut |_| {}).map(drop)
}
