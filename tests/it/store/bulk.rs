//! A bulk load gives the store that single commits give, or none.

use std::collections::HashMap;
use std::sync::Arc;

use intergov::graph::{
    GraphSink, KeyId, LabelId, NameKind, NewEdge, NewNode, NodeId, Properties, Property, Snapshot, TypeId,
};
use intergov::store::{Access, Fault, Store, StoreError, StoreOptions, arm};
use intergov::value::{Validity, Value};

use proptest::prelude::*;

use super::sample::{NOTE, any_history, chain_of, change, copy_store, same_records};

/// Limits at which chunks are cut often, and edges go to the disk in many runs where chunks are small.
fn options(chunk_rows: usize) -> StoreOptions {
    StoreOptions { chunk_rows, sort_bytes: chunk_rows * 100, ..StoreOptions::default() }
}

/// A hub with parallel edges, larger than a chunk of any of the sizes below.
pub(super) fn hub() -> Snapshot {
    let empty = Snapshot::empty(Arc::default());
    let state = empty.apply(&chain_of(&empty, 90, "a")).unwrap();
    let mut draft = state.draft();
    let nodes: Vec<NodeId> = state.nodes().map(|node| node.id()).collect();
    for (at, far) in nodes.iter().enumerate() {
        for (source, target) in [(nodes[40], *far), (*far, nodes[41]), (nodes[40], nodes[at / 30])] {
            draft.create_edge(["PAYS", "ASSISTS"][at % 2], source, target, Validity::ALWAYS).unwrap();
        }
    }
    state.apply(&draft.finish()).unwrap()
}

/// Loads all elements of a state; permanent ids become what the sink gives.
pub(super) fn feed(
    state: &Snapshot,
    sink: &mut impl GraphSink<Error = StoreError>,
    batch: usize,
) -> Result<(), StoreError> {
    let catalogue = state.catalogue();
    for name in catalogue.names() {
        assert_eq!(sink.name(name.kind, &name.text)?, name.number);
    }
    sink.name(NameKind::Label, "Another")?;
    let nodes: Vec<_> = state.nodes().map(|node| node.to_record()).collect();
    let mut ids = HashMap::new();
    for nodes in nodes.chunks(batch) {
        let rows = nodes.iter().cloned().map(|node| NewNode {
            labels: node.labels,
            validity: node.validity,
            properties: node.properties,
        });
        let first = sink.nodes(rows.collect())?.get();
        ids.extend(nodes.iter().map(|node| node.id).zip((first..).map(NodeId::new)));
    }
    let mut edges: Vec<_> = state.edges().map(|edge| edge.to_record()).collect();
    // Any order will do.
    edges.reverse();
    for edges in edges.chunks(batch) {
        let rows = edges.iter().cloned().map(|edge| NewEdge {
            edge_type: edge.edge_type,
            source: ids[&edge.source],
            target: ids[&edge.target],
            validity: edge.validity,
            properties: edge.properties,
        });
        sink.edges(rows.collect())?;
    }
    Ok(())
}

/// Loads a state in bulk and goes on from there.
fn same_in_bulk(state: &Snapshot, chunk_rows: usize, batch: usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let store = Store::create(&path, &options(chunk_rows)).unwrap();
    let mut load = store.bulk().unwrap();
    feed(state, &mut load, batch).unwrap();
    load.finish(&mut |_, _| true).unwrap();
    assert!(load.snapshot().unwrap().holds_same(state), "{chunk_rows}");
    assert_eq!(load.commit(&NOTE, None).unwrap(), 1);
    assert!(store.snapshot().unwrap().holds_same(state));
    assert!(store.verify(&[]).unwrap().is_clean());
    // Small commits go on from there, also after an opening.
    let changes = chain_of(&store.snapshot().unwrap(), 5, "later");
    let expected = store.snapshot().unwrap().apply(&changes).unwrap();
    store.commit(&changes, &NOTE, &[]).unwrap();
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &options(chunk_rows)).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected));
    store.merge().unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected));
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{report:?}");
    let counts = store.journal().unwrap()[0].counts;
    assert_eq!(
        (counts.created_nodes, counts.created_edges),
        (state.node_count() as u64, state.edge_count() as u64)
    );
    assert!(!path.join("spill").exists());
}

#[test]
fn a_hub_is_loaded_in_pieces() {
    let state = hub();
    for (chunk_rows, batch) in [(1, 7), (5, 1_000), (40, 33), (4_096, 100_000)] {
        same_in_bulk(&state, chunk_rows, batch);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_bulk_load_is_the_same_graph(history in any_history(), chunk_rows in 1_usize..20, batch in 1_usize..50) {
        let mut state = Snapshot::empty(Arc::default());
        for steps in &history {
            state = state.apply(&change(&state, steps)).unwrap();
        }
        same_in_bulk(&state, chunk_rows, batch);
    }
}

#[test]
fn a_load_that_is_dropped_or_called_off_leaves_the_store_as_it_was() {
    let state = hub();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let store = Store::create(&path, &options(10)).unwrap();
    let mut load = store.bulk().unwrap();
    feed(&state, &mut load, 50).unwrap();
    drop(load);
    let mut load = store.bulk().unwrap();
    feed(&state, &mut load, 50).unwrap();
    let stopped = load.finish(&mut |done, total| done * 2 < total);
    assert!(matches!(stopped, Err(StoreError::Cancelled)));
    drop(load);
    assert_eq!(store.snapshot().unwrap().node_count(), 0);
    assert!(!path.join("spill").exists());
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    assert!(matches!(store.bulk(), Err(StoreError::NotEmpty { .. })));
    drop(store);
    let store = Store::open(&path, Access::ReadWrite, &options(10)).unwrap();
    assert!(store.verify(&[]).unwrap().is_clean());
    assert_eq!(store.stats().unwrap().nodes, 3);
}

/// A store that has become empty: its removed elements do not come back, their ids are not given again, and
/// nothing is left of their chunks.
#[test]
fn a_load_takes_the_place_of_what_was_removed() {
    let state = hub();
    for merged in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let store = Store::create(&path, &options(10)).unwrap();
        store.commit(&chain_of(&store.snapshot().unwrap(), 30, "old"), &NOTE, &[]).unwrap();
        store.merge().unwrap();
        store.commit(&chain_of(&store.snapshot().unwrap(), 5, "late"), &NOTE, &[]).unwrap();
        let before = store.snapshot().unwrap();
        let mut draft = before.draft();
        before.edges().for_each(|edge| draft.remove_edge(edge.id()).unwrap());
        before.nodes().for_each(|node| draft.remove_node(node.id()).unwrap());
        store.commit(&draft.finish(), &NOTE, &[]).unwrap();
        if merged {
            store.merge().unwrap();
        }
        let mut load = store.bulk().unwrap();
        feed(&state, &mut load, 50).unwrap();
        load.finish(&mut |_, _| true).unwrap();
        assert_eq!(load.commit(&NOTE, None).unwrap(), 4);
        drop(store);
        let store = Store::open(&path, Access::ReadWrite, &options(10)).unwrap();
        let loaded = store.snapshot().unwrap();
        assert!(loaded.holds_same(&state), "merged {merged}");
        assert!(loaded.nodes().all(|node| node.id().get() >= before.next_ids().0));
        assert!(loaded.edges().all(|edge| edge.id().get() >= before.next_ids().1));
        let report = store.verify(&[]).unwrap();
        assert!(report.is_clean() && report.orphans == 0, "merged {merged}: {report:?}");
        assert_eq!(store.stats().unwrap().log_operations, 0);
    }
}

/// A load of several of the engine's segments, so that chunks are on the disk before anything refers to them.
#[test]
fn what_a_killed_load_left_goes_with_the_next_opening() {
    let state = {
        let state = hub();
        let mut draft = state.draft();
        for (at, node) in state.nodes().enumerate() {
            // Text that does not compress: multiples of a large prime.
            let noise = (at as u64 * 9_000..(at as u64 + 1) * 9_000)
                .map(|n| format!("{:016x}", n.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            draft.set_node(node.id(), "noise", Value::text(&noise.collect::<String>())).unwrap();
        }
        state.apply(&draft.finish()).unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let (path, killed) = (folder.path().join("db"), folder.path().join("killed"));
    let store = Store::create(&path, &options(10)).unwrap();
    let copy = {
        let (path, killed) = (path.clone(), killed.clone());
        move || copy_store(&path, &killed)
    };
    let armed = arm(&path, "load.links", 1, Fault::Call(Arc::new(copy)));
    let mut load = store.bulk().unwrap();
    feed(&state, &mut load, 50).unwrap();
    load.finish(&mut |_, _| true).unwrap();
    assert!(armed.has_fired());
    drop(load);
    drop(store);
    assert!(killed.join("spill").exists());
    for (access, orphans_left) in [(Access::ReadOnly, true), (Access::ReadWrite, false)] {
        let store = Store::open(&killed, access, &options(10)).unwrap();
        let report = store.verify(&[]).unwrap();
        assert!(report.is_clean() && (report.orphans > 0) == orphans_left, "{access:?}: {report:?}");
        assert_eq!(store.snapshot().unwrap().commit(), 0);
    }
    assert!(!killed.join("spill").exists());
}

/// An edge of the first type that a load knows, between two nodes.
fn edge_between(source: u64, target: u64) -> NewEdge {
    let [source, target] = [source, target].map(NodeId::new);
    let (edge_type, validity, properties) = (TypeId::new(0), Validity::ALWAYS, Properties::new());
    NewEdge { edge_type, source, target, validity, properties }
}

/// A node with these labels, by number.
fn node_with(labels: &[u16]) -> NewNode {
    let labels = labels.iter().copied().map(LabelId::new).collect();
    NewNode { labels, validity: Validity::ALWAYS, properties: Properties::new() }
}

#[test]
fn an_edge_to_nowhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("db"), &options(10)).unwrap();
    let mut load = store.bulk().unwrap();
    load.name(NameKind::EdgeType, "PAYS").unwrap();
    let error = load.edges(vec![edge_between(0, 1)]).unwrap_err();
    assert!(error.to_string().contains("there is no node n0"), "{error}");
    drop(load);

    // An id of before the load is nowhere too, though it lies below those of the load.
    let state = store.snapshot().unwrap();
    let mut draft = state.draft();
    let gone = draft.create_node(&["Place"], Validity::ALWAYS).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    let state = store.snapshot().unwrap();
    let mut draft = state.draft();
    draft.remove_node(gone).unwrap();
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    let mut load = store.bulk().unwrap();
    load.name(NameKind::EdgeType, "PAYS").unwrap();
    let first = load.nodes(vec![node_with(&[0])]).unwrap().get();
    assert!(first > gone.get());
    let error = load.edges(vec![edge_between(first, gone.get())]).unwrap_err();
    assert!(error.to_string().contains(&format!("there is no node {gone}")), "{error}");
}

#[test]
fn numbers_that_the_load_did_not_give_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("db"), &options(10)).unwrap();
    let mut load = store.bulk().unwrap();
    for label in ["Place", "Thing"] {
        load.name(NameKind::Label, label).unwrap();
    }
    let refused = |result: Result<(), StoreError>, what: &str| {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(what), "{error}");
    };
    let mut unkeyed = node_with(&[0]);
    unkeyed.properties.insert(KeyId::new(7), Property::Fixed(Value::Integer(1)));
    refused(load.nodes(vec![node_with(&[2])]).map(drop), "has the label number 2, which has no name");
    refused(load.nodes(vec![node_with(&[1, 0])]).map(drop), "its labels out of order");
    refused(load.nodes(vec![unkeyed]).map(drop), "has the property key number 7, which has no name");
    let first = load.nodes(vec![node_with(&[0, 1])]).unwrap().get();
    refused(load.edges(vec![edge_between(first, first)]), "has the edge type number 0, which has no name");
    load.name(NameKind::EdgeType, "PAYS").unwrap();
    load.edges(vec![edge_between(first, first)]).unwrap();
    load.finish(&mut |_, _| true).unwrap();
    load.commit(&NOTE, None).unwrap();
    // What was refused left nothing behind, not even a count.
    let state = store.snapshot().unwrap();
    assert_eq!((state.node_count(), state.edge_count()), (1, 1));
    assert!(store.verify(&[]).unwrap().is_clean());
}

#[test]
fn a_load_is_committed_once_it_is_finished_and_not_after_it_failed() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("db"), &options(10)).unwrap();
    let begun = || {
        let mut load = store.bulk().unwrap();
        load.name(NameKind::Label, "Place").unwrap();
        load.nodes(vec![node_with(&[0])]).unwrap();
        load
    };
    let refused = |error: StoreError, problem: &str| {
        assert!(error.to_string().contains(problem), "{error}");
    };
    refused(begun().commit(&NOTE, None).unwrap_err(), "is not finished");
    let mut load = begun();
    load.finish(&mut |_, _| true).unwrap();
    refused(load.nodes(vec![node_with(&[0])]).unwrap_err(), "is finished");
    drop(load);
    let mut load = begun();
    {
        let _armed = arm(&store.path().join("spill"), "file.write", 1, Fault::BROKEN);
        load.name(NameKind::EdgeType, "PAYS").unwrap();
        let id = load.nodes(vec![node_with(&[0])]).unwrap().get();
        let many = (0..200).map(|_| edge_between(id, id)).collect();
        assert!(matches!(load.edges(many), Err(StoreError::Io { .. })));
    }
    refused(load.finish(&mut |_, _| true).unwrap_err(), "failed in an earlier step");
    refused(load.commit(&NOTE, None).unwrap_err(), "failed in an earlier step");
    assert_eq!(store.snapshot().unwrap().commit(), 0);
}
