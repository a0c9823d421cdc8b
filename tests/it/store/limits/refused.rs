//! What a commit does not take, on disk and in memory alike, and what it just takes.

use std::sync::Arc;

use intergov::exchange::{dump, load};
use intergov::graph::limits::{ATTESTATIONS, ELEMENT_BYTES, LABELS, LIST_DEPTH, LimitError, NAMES_BYTES};
use intergov::graph::{
    Catalogue, ChangeError, ChangeSet, Draft, GraphSink, NameKind, NewEdge, NewNode, NodeId, Properties,
    Property, Snapshot, Spell, Subject, TypeId,
};
use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::{Bound, Date, Day, Precision, Validity, Value};

use super::super::sample::{NOTE, chain_of, same_records};

fn long(bytes: usize) -> Value {
    Value::Text("y".repeat(bytes).into())
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(Value::Integer(1), |inner, _| Value::List([inner].into()))
}

fn attested(dates: usize) -> Validity {
    let day = |number| Date::new(Day::from_number(number).unwrap(), Precision::Day).unwrap();
    let dates = i32::try_from(dates).unwrap();
    Validity { from: Bound::Unknown, to: Bound::Unknown, attested: (0..dates).map(day).collect() }
}

/// A change of one node, and another one that is small.
fn change(state: &Snapshot, put: impl FnOnce(&mut Draft<'_>, NodeId)) -> ChangeSet {
    let mut draft = state.draft();
    draft.create_node(&["Small"], Validity::ALWAYS).unwrap();
    let node = draft.create_node(&["Large"], Validity::ALWAYS).unwrap();
    put(&mut draft, node);
    draft.finish()
}

/// What is said of a change, which is the same on disk and in memory and leaves everything as it was.
fn refused(store: &Store, make: impl Fn(&mut Draft<'_>, NodeId)) -> LimitError {
    let before = store.snapshot().unwrap();
    let changes = change(&before, &make);
    let Err(ChangeError::Limit(in_memory)) = before.apply(&changes) else { panic!("taken in memory") };
    let Err(StoreError::Change(ChangeError::Limit(on_disk))) = store.commit(&changes, &NOTE, &[]) else {
        panic!("taken on disk")
    };
    assert_eq!(in_memory, on_disk);
    let after = store.snapshot().unwrap();
    assert!(same_records(&after, &before));
    assert_eq!(store.journal().unwrap().len() as u64, before.commit());
    in_memory
}

#[test]
fn what_is_too_large_is_refused_by_name_size_and_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &StoreOptions::default()).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    // Nodes 0 to 2 are there, node 3 is the small one.
    let subject = Subject::Node(NodeId::new(4));
    // By hand: 16 for the node, 3 ends and counts of its validity, the label's number 1 and its 5 letters, the
    // key's number 1 and its 4 letters, 1 for a fixed value, 1 for a text, 5 for its length.
    let around = 16 + 3 + 6 + 5 + 1 + 1 + 5;
    let error = refused(&store, |draft, node| {
        draft.set_node(node, "note", long(ELEMENT_BYTES + 1 - around)).unwrap();
    });
    let (bytes, of_key) = (ELEMENT_BYTES + 1, ELEMENT_BYTES + 1 - around + 7);
    assert_eq!(error, LimitError::Element { subject, bytes, key: "note".to_owned(), of_key });
    assert_eq!(
        error.to_string(),
        "node n4 takes 67108865 bytes, 67108835 of them under “note”; an element may take at most 67108864: \
         store less in it, or spread it over several"
    );
    let error = refused(&store, |draft, node| draft.set_node(node, "tree", deep(LIST_DEPTH + 1)).unwrap());
    assert_eq!(error, LimitError::Depth { subject, key: "tree".to_owned() });
    let error = refused(&store, |draft, node| {
        draft.edit_node(node).unwrap().validity = attested(ATTESTATIONS + 1);
    });
    assert_eq!(error, LimitError::Attestations { subject, key: None, dates: 1_048_577 });
    let error = refused(&store, |draft, node| {
        let spell = Spell { validity: attested(ATTESTATIONS + 1), value: 1.into(), qualifiers: Vec::new() };
        let key = draft.key("rank").unwrap();
        draft.edit_node(node).unwrap().properties.insert(key, Property::Dated([spell].into()));
    });
    assert!(error.to_string().starts_with("“rank” of node n4 is attested on 1048577 dates; at most 1048576"));
    let error = refused(&store, |draft, node| {
        let labels = &mut draft.edit_node(node).unwrap().labels;
        labels.resize(LABELS + 1, labels[0]);
    });
    assert_eq!(error, LimitError::Labels { subject, labels: 65_537 });
    let error = refused(&store, |draft, node| {
        draft.set_node(node, &"k".repeat(NAMES_BYTES), 1).unwrap();
    });
    // Labels “Government”, “Small”, “Large”, the type “PAYS”, the keys “id” and “amount”.
    assert_eq!(error, LimitError::Names { bytes: NAMES_BYTES + 10 + 5 + 5 + 4 + 2 + 6 });
    // The store goes on.
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "b"), &NOTE, &[]).unwrap();
    store.merge().unwrap();
    assert!(store.verify(&[]).unwrap().is_clean());
}

/// An edge is refused likewise, and by a bulk load too.
#[test]
fn an_edge_and_a_bulk_load_have_the_same_limits() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    let empty = store.snapshot().unwrap();
    let mut draft = empty.draft();
    let node = draft.create_node(&["A"], Validity::ALWAYS).unwrap();
    let edge = draft.create_edge("R", node, node, Validity::ALWAYS).unwrap();
    draft.set_edge(edge, "tree", deep(LIST_DEPTH + 1)).unwrap();
    let changes = draft.finish();
    let expected = LimitError::Depth { subject: Subject::Edge(edge), key: "tree".to_owned() };
    assert_eq!(empty.apply(&changes).unwrap_err(), ChangeError::Limit(expected.clone()));

    let mut load = store.bulk().unwrap();
    let key = intergov::graph::KeyId::new(load.name(NameKind::Key, "tree").unwrap());
    load.name(NameKind::EdgeType, "R").unwrap();
    let held = |levels| -> Properties { [(key, Property::Fixed(deep(levels)))].into_iter().collect() };
    let node = |levels| NewNode { labels: Vec::new(), validity: Validity::ALWAYS, properties: held(levels) };
    let Err(StoreError::Change(ChangeError::Limit(error))) = load.nodes(vec![node(LIST_DEPTH + 1)]) else {
        panic!("taken")
    };
    assert_eq!(error, LimitError::Depth { subject: Subject::Node(NodeId::new(0)), key: "tree".to_owned() });
    let first = load.nodes(vec![node(LIST_DEPTH)]).unwrap();
    let edge = |levels| NewEdge {
        edge_type: TypeId::new(0),
        source: first,
        target: first,
        validity: Validity::ALWAYS,
        properties: held(levels),
    };
    let Err(StoreError::Change(ChangeError::Limit(error))) =
        load.edges(vec![edge(LIST_DEPTH), edge(LIST_DEPTH + 1)])
    else {
        panic!("taken")
    };
    assert!(matches!(error, LimitError::Depth { subject: Subject::Edge(_), .. }));
}

/// A text of characters that a dump writes as six bytes each; lists as deep as they may be; as many dates as there
/// may be.
#[test]
fn what_is_just_taken_comes_back_from_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = StoreOptions::default();
    let store = Store::create(&path, &options).unwrap();
    let mut expected = Snapshot::clone(&store.snapshot().unwrap());
    for value in [Value::Text("\0".repeat(11 << 20).into()), deep(LIST_DEPTH)] {
        let changes = change(&expected, |draft, node| {
            draft.set_node(node, "value", value.clone()).unwrap();
            if matches!(value, Value::List(_)) {
                draft.edit_node(node).unwrap().validity = attested(ATTESTATIONS);
                let spell = Spell {
                    validity: Validity::ALWAYS,
                    value: value.clone(),
                    qualifiers: vec![(draft.key("with").unwrap(), value.clone())],
                };
                let key = draft.key("dated").unwrap();
                draft.edit_node(node).unwrap().properties.insert(key, Property::Dated([spell].into()));
            }
        });
        expected = expected.apply(&changes).unwrap();
        store.commit(&changes, &NOTE, &[]).unwrap();
    }
    store.merge().unwrap();
    let mut text = Vec::new();
    dump(&store.snapshot().unwrap(), &mut text).unwrap();
    drop(store);
    let store = Store::open(&path, Access::ReadOnly, &options).unwrap();
    assert!(same_records(&store.snapshot().unwrap(), &expected));
    assert!(text.len() > 66 << 20);
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let back = empty.apply(&load(&text[..], &empty).unwrap()).unwrap();
    assert!(back.holds_same(&expected));
}

/// 65,600 nodes with two labels each, no two nodes with the same two.
#[test]
fn there_may_be_as_many_sets_of_labels_as_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let options = StoreOptions::default();
    let store = Store::create(&path, &options).unwrap();
    let names: Vec<String> = (0..400).map(|number| format!("l{number}")).collect();
    let before = store.snapshot().unwrap();
    let mut draft = before.draft();
    for (one, other) in (0..164).flat_map(|one| (0..400).map(move |other| (one, other))) {
        draft.create_node(&[&names[one], &names[other]], Validity::ALWAYS).unwrap();
    }
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    drop(store);
    let store = Store::open(&path, Access::ReadOnly, &options).unwrap();
    let state = store.snapshot().unwrap();
    let catalogue = state.catalogue();
    for (number, one, other) in [(399, 0, 399), (400, 1, 0), (65_599, 163, 399)] {
        let node = state.node(NodeId::new(number)).unwrap();
        let mut expected = [&names[one], &names[other]].map(|name| catalogue.label(name).unwrap());
        expected.sort_unstable();
        assert_eq!(node.labels(), expected);
    }
}
