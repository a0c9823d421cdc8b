//! Values at their edges: dates over the whole calendar stay what they are, and numbers that are not finite come in by
//! no door.

use intergov::graph::{
    ChangeError, Draft, EdgeId, GraphSink, NameKind, NewEdge, NewNode, NodeId, Properties, Property,
    Snapshot, Spell, Subject, TypeId,
};
use intergov::store::{Access, Store, StoreError, StoreOptions};
use intergov::value::{Bound, Date, Day, Precision, Validity, Value};
use proptest::prelude::*;

use super::sample::{NOTE, same_records, small_limits};

fn date() -> impl Strategy<Value = Date> {
    let ends = [Day::FIRST.number(), Day::LAST.number(), -719_529, -719_528, -719_162, -1, 0];
    let day = prop_oneof![Day::FIRST.number()..=Day::LAST.number(), prop::sample::select(ends.to_vec()),];
    let precision = prop::sample::select(vec![Precision::Year, Precision::Month, Precision::Day]);
    (day, precision)
        .prop_map(|(day, precision)| Date::new(Day::from_number(day).unwrap(), precision).unwrap())
}

fn put(draft: &mut Draft<'_>, dates: &[Date]) {
    let validity = |from: Date, to: Date| {
        let both = Validity::new(Bound::Known(from), Bound::Known(to), vec![from]);
        both.unwrap_or_else(|_| Validity::new(Bound::Unknown, Bound::Open, vec![to, from]).unwrap())
    };
    let mut before = None;
    for pair in dates.windows(2) {
        let held = validity(pair[0], pair[1]);
        let node = draft.create_node(&["X"], held.clone()).unwrap();
        draft.set_node(node, "date", pair[0]).unwrap();
        draft.set_node(node, "list", Value::List([pair[1].into(), Value::Integer(7)].into())).unwrap();
        let spell = Spell {
            validity: held.clone(),
            value: pair[1].into(),
            qualifiers: vec![(draft.key("since").unwrap(), pair[0].into())],
        };
        let key = draft.key("dated").unwrap();
        draft.edit_node(node).unwrap().properties.insert(key, Property::Dated([spell].into()));
        if let Some(before) = before.replace(node) {
            draft.create_edge("Y", before, node, held).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Through the log, a merge, a bulk commit, a compaction, and each opening.
    #[test]
    fn every_date_stays_what_it_is(dates in prop::collection::vec(date(), 2..12)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let mut store = Store::create(&path, &StoreOptions::default()).unwrap();
        for options in [StoreOptions::default(), small_limits()] {
            let state = store.snapshot().unwrap();
            let mut draft = state.draft();
            put(&mut draft, &dates);
            let changes = draft.finish();
            let after = state.apply(&changes).unwrap();
            store.commit(&changes, &NOTE, &[]).unwrap();
            prop_assert!(same_records(&store.snapshot().unwrap(), &after));
            prop_assert!(same_records(&store.snapshot().unwrap(), &after.compact().unwrap()));
            drop(store);
            Store::compact(&path, &options, &mut |_| ()).unwrap();
            store = Store::open(&path, Access::ReadWrite, &options).unwrap();
            prop_assert!(same_records(&store.snapshot().unwrap(), &after));
            prop_assert!(store.verify(&[]).unwrap().is_clean());
        }
    }
}

fn not_finite(subject: Subject, key: &str, qualifier: Option<&str>, number: &str) -> ChangeError {
    let qualifier = qualifier.map(str::to_owned);
    ChangeError::NotFinite { subject, key: key.to_owned(), qualifier, number: number.to_owned() }
}

fn spell(value: Value, qualifiers: Vec<(intergov::graph::KeyId, Value)>) -> Property {
    Property::Dated([Spell { validity: Validity::ALWAYS, value, qualifiers }].into())
}

#[test]
fn a_number_that_is_not_finite_is_refused_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    let before = store.snapshot().unwrap();
    let refused = |put: &dyn Fn(&mut Draft<'_>, NodeId, EdgeId)| {
        let mut draft = before.draft();
        let node = draft.create_node(&["Own"], Validity::ALWAYS).unwrap();
        let edge = draft.create_edge("OWN", node, node, Validity::ALWAYS).unwrap();
        put(&mut draft, node, edge);
        let changes = draft.finish();
        let in_memory = before.apply(&changes).unwrap_err();
        let Err(StoreError::Change(on_disk)) = store.commit(&changes, &NOTE, &[]) else { panic!("taken") };
        assert_eq!(in_memory, on_disk);
        in_memory
    };
    let (node, edge) = (Subject::Node(NodeId::new(0)), Subject::Edge(EdgeId::new(0)));
    let error = refused(&|draft, at, _| draft.set_node(at, "w", f64::NAN).unwrap());
    assert_eq!(error, not_finite(node, "w", None, "NaN"));
    assert_eq!(
        error.to_string(),
        "“w” of node n0 holds NaN; a number must be finite: leave out what is not known"
    );
    let error = refused(&|draft, _, at| draft.set_edge(at, "w", f64::INFINITY).unwrap());
    assert_eq!(error, not_finite(edge, "w", None, "inf"));
    let deep = Value::List([1.0.into(), Value::List([f64::NEG_INFINITY.into()].into())].into());
    let error = refused(&|draft, at, _| draft.set_node(at, "w", deep.clone()).unwrap());
    assert_eq!(error, not_finite(node, "w", None, "-inf"));
    let error = refused(&|draft, at, _| {
        let key = draft.key("w").unwrap();
        draft.edit_node(at).unwrap().properties.insert(key, spell(f64::NAN.into(), Vec::new()));
    });
    assert_eq!(error, not_finite(node, "w", None, "NaN"));
    let error = refused(&|draft, _, at| {
        let (key, weight) = (draft.key("w").unwrap(), draft.key("weight").unwrap());
        let held = spell(1.0.into(), vec![(weight, f64::NAN.into())]);
        draft.edit_edge(at).unwrap().properties.insert(key, held);
    });
    assert_eq!(error, not_finite(edge, "w", Some("weight"), "NaN"));
    assert_eq!(
        error.to_string(),
        "“weight” of a value of “w” of edge e0 holds NaN; a number must be finite: leave out what is not known"
    );
    assert!(same_records(&store.snapshot().unwrap(), &before));
    // What is finite passes, to its last bit.
    let mut draft = before.draft();
    let node = draft.create_node(&["Own"], Validity::ALWAYS).unwrap();
    for (key, number) in [("a", f64::MAX), ("b", f64::MIN), ("c", 5e-324), ("d", -0.0)] {
        draft.set_node(node, key, number).unwrap();
    }
    store.commit(&draft.finish(), &NOTE, &[]).unwrap();
    assert!(store.verify(&[]).unwrap().is_clean());
}

#[test]
fn a_bulk_load_refuses_numbers_that_are_not_finite() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(&folder.path().join("store"), &StoreOptions::default()).unwrap();
    let mut load = store.bulk().unwrap();
    let key = intergov::graph::KeyId::new(load.name(NameKind::Key, "w").unwrap());
    let edge_type = TypeId::new(load.name(NameKind::EdgeType, "OWN").unwrap());
    let node = |properties| NewNode { labels: Vec::new(), validity: Validity::ALWAYS, properties };
    let held = |number: f64| -> Properties { [(key, Property::Fixed(number.into()))].into_iter().collect() };
    let refused = |outcome: Result<(), StoreError>| match outcome {
        Err(StoreError::Change(error)) => error,
        other => panic!("{other:?}"),
    };
    let error = refused(load.nodes(vec![node(held(1.0)), node(held(f64::NAN))]).map(drop));
    assert_eq!(error, not_finite(Subject::Node(NodeId::new(1)), "w", None, "NaN"));
    let first = load.nodes(vec![node(held(-0.0))]).unwrap();
    let (validity, properties) = (Validity::ALWAYS, held(f64::INFINITY));
    let error =
        refused(load.edges(vec![NewEdge { edge_type, source: first, target: first, validity, properties }]));
    assert_eq!(error, not_finite(Subject::Edge(EdgeId::new(0)), "w", None, "inf"));
    drop(load);
    assert_eq!(Snapshot::node_count(&store.snapshot().unwrap()), 0);
}
