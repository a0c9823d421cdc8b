//! The writing process of the kill tests: commits, merges, bulk commits, openings, migrations and new
//! stores by turns, each told to the parent.
//!
//! What it does depends on nothing but the state, so that the parent can do the same in memory.

use std::io::Write;
use std::path::Path;

use intergov::graph::{ChangeSet, Draft, EdgeId, NodeId, Snapshot};
use intergov::store::{Access, SchemaStep, Store, StoreError, StoreOptions};
use intergov::value::{Validity, Value};

use super::super::sample::{NOTE, Numbers};

/// Where the child writes.
pub(super) const STORE: &str = "INTERGOV_TEST_STORE_TO_WRITE";

/// Each so many commits one is a migration.
const COMMITS_A_STEP: u64 = 12;
/// After so many steps there are no more.
const STEPS: u32 = 60;

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
    StoreOptions { schema_steps, bulk_changes: 30, merge_operations: 60, chunk_rows: 40 }
}

fn is_migration(commit: u64) -> bool {
    commit % COMMITS_A_STEP == COMMITS_A_STEP - 1 && commit < COMMITS_A_STEP * u64::from(STEPS - 1)
}

/// How many schema steps a store has after a commit.
pub(super) fn steps_after(commit: u64) -> u32 {
    u32::try_from(1 + (commit + 1) / COMMITS_A_STEP).unwrap().min(STEPS)
}

/// Opens a store with as many steps as it has.
pub(super) fn open_as_it_is(path: &Path) -> Result<Store, StoreError> {
    match Store::open(path, Access::ReadWrite, &options(STEPS)) {
        Err(StoreError::OlderFormat { found, .. }) => Store::open(path, Access::ReadWrite, &options(found)),
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
        if draft.edge(edge).is_some_and(|edge| edge.source == id || edge.target == id) {
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
    // A test that fails kills its child; this is for a child whose parent is gone.
    for round in 0..20_000_u32 {
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

/// One opening, a few commits, and by turns a migration and a new store beside.
fn write_for_a_while(path: &Path, round: u32) -> Result<(), StoreError> {
    tell("operation open");
    let mut store = open_as_it_is(path)?;
    tell(&format!("holds {}", store.snapshot()?.commit()));
    for _ in 0..8 {
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
    if round.is_multiple_of(2) {
        let beside = path.with_file_name("beside");
        if beside.exists() {
            // A removal that is killed must not look like half a store.
            let gone = path.with_file_name(format!("gone-{}-{round}", std::process::id()));
            std::fs::rename(&beside, &gone).unwrap();
            std::fs::remove_dir_all(gone).unwrap();
        }
        tell("operation create");
        drop(Store::create(&beside, &options(1))?);
        tell("outside");
    }
    Ok(())
}
