//! What is rebuilt: only what follows from the rest, and exactly that.

use intergov::graph::{Contents, EdgeDirection, NodeId, PointRead, Snapshot};
use intergov::store::{Access, Store, StoreError, StoreOptions};
use proptest::prelude::*;

use super::sample::{NOTE, any_history, change, same_records, small_limits};

/// What single reads give: edges in both orientations, and who is found by its id.
fn reads(store: &Store, state: &Snapshot) -> Vec<String> {
    let reader = store.reader().unwrap();
    let ids: Vec<NodeId> = state.nodes().map(|node| node.id()).collect();
    let mut found = Vec::new();
    for orientation in [EdgeDirection::Out, EdgeDirection::In] {
        found.push(format!("{:?}", reader.edges(&ids, orientation, &[], Contents::Whole).unwrap()));
    }
    found.push(format!("{:?}", reader.nodes(&ids).unwrap()));
    for node in state.nodes() {
        if let Some(id) = node.text_id() {
            assert!(reader.found_by(&id).unwrap().contains(&node.id()), "{id}");
        }
    }
    found
}

/// The same from the graph in memory.
fn expected(state: &Snapshot) -> Vec<String> {
    let mut edges: Vec<_> = state.edges().map(|edge| edge.to_record()).collect();
    edges.sort_by_key(|edge| edge.id);
    let mut nodes: Vec<_> = state.nodes().map(|node| node.to_record()).collect();
    nodes.sort_by_key(|node| node.id);
    vec![format!("{edges:?}"), format!("{edges:?}"), format!("{nodes:?}")]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn single_reads_are_those_of_the_whole_graph_before_and_after_a_repair(history in any_history()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let store = Store::create(&path, &small_limits()).unwrap();
        let mut state = Snapshot::clone(&store.snapshot().unwrap());
        for steps in &history {
            let changes = change(&state, steps);
            store.commit(&changes, &NOTE, &[]).unwrap();
            if !changes.is_empty() {
                state = state.apply(&changes).unwrap();
            }
        }
        drop(store);
        let store = Store::open(&path, Access::ReadWrite, &small_limits()).unwrap();
        prop_assert_eq!(reads(&store, &state), expected(&state));
        prop_assert!(!store.is_loaded());
        store.repair().unwrap();
        prop_assert!(same_records(&store.snapshot().unwrap(), &state));
        prop_assert_eq!(reads(&store, &state), expected(&state));
        let report = store.verify(&[]).unwrap();
        prop_assert!(report.is_clean() && report.orphans == 0, "{:?}", report);
    }
}

#[test]
fn a_reader_may_not_repair() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    drop(Store::create(&path, &StoreOptions::default()).unwrap());
    let store = Store::open(&path, Access::ReadOnly, &StoreOptions::default()).unwrap();
    assert!(matches!(store.repair(), Err(StoreError::ReadOnly { .. })));
}
