//! A change set that no draft gave: it is refused with what is wrong, and the store stays sound.

use intergov::Database;
use intergov::Error;
use intergov::graph::{
    Change, ChangeError, ChangeSet, EdgeId, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeId, NodeRecord,
    Properties, Property, Snapshot, Spell, TypeId,
};
use intergov::value::{Validity, Value};

use super::sample::NOTE;

/// Three nodes, the first two of them joined; the third is removed again.
fn fill(db: &Database) {
    db.write(&NOTE, |draft| {
        let nodes: Vec<NodeId> =
            (0..3).map(|_| draft.create_node(&["Own"], Validity::ALWAYS)).collect::<Result<_, _>>()?;
        draft.set_node(nodes[0], "title", Value::text("甲"))?;
        draft.create_edge("JOINS", nodes[0], nodes[1], Validity::ALWAYS)?;
        Ok::<_, Error>(())
    })
    .unwrap();
    db.write(&NOTE, |draft| Ok::<_, Error>(draft.remove_node(NodeId::new(2))?)).unwrap();
}

fn node(id: u64, labels: &[u16]) -> NodeRecord {
    NodeRecord {
        id: NodeId::new(id),
        labels: labels.iter().copied().map(LabelId::new).collect(),
        validity: Validity::ALWAYS,
        properties: Properties::new(),
    }
}

fn edge(id: u64, edge_type: u16, source: u64, target: u64) -> EdgeRecord {
    EdgeRecord {
        id: EdgeId::new(id),
        edge_type: TypeId::new(edge_type),
        source: NodeId::new(source),
        target: NodeId::new(target),
        validity: Validity::ALWAYS,
        properties: Properties::new(),
    }
}

fn with(mut node: NodeRecord, key: u16, property: Property) -> NodeRecord {
    node.properties.insert(KeyId::new(key), property);
    node
}

/// A set of changes, with the next free ids and the names that it brings.
type Parts = ((u64, u64), Vec<Name>, Vec<Change>);

/// Forged parts for the state of [`fill`], and whether an error is the right one.
/// What is forged, with what, and whether an error is the one for it.
type Forged = (&'static str, Parts, fn(&ChangeError) -> bool);

fn forged(state: &Snapshot) -> Vec<Forged> {
    let catalogue = state.catalogue();
    let own = catalogue.label("Own").unwrap().get();
    let joins = catalogue.edge_type("JOINS").unwrap().get();
    let (labels, keys) = [NameKind::Label, NameKind::Key]
        .map(|kind| catalogue.names().filter(|name| name.kind == kind).count())
        .into();
    let (no_label, no_key) = (u16::try_from(labels).unwrap(), u16::try_from(keys).unwrap());
    let (nodes, edges) = state.next_ids();
    assert_eq!((nodes, edges), (3, 1));
    let put = Change::PutNode;
    let one = |change: Change| (state.next_ids(), Vec::new(), vec![change]);
    let next = |ids, changes| (ids, Vec::new(), changes);
    let fixed = |value: &str| Property::Fixed(Value::text(value));
    let spell = Spell {
        validity: Validity::ALWAYS,
        value: Value::text("x"),
        qualifiers: vec![(KeyId::new(no_key), Value::text("y"))],
    };
    let label = |number, text: &str| Name { kind: NameKind::Label, number, text: text.into() };
    vec![
        ("ids would be given twice", next((1, 1), vec![put(node(0, &[own]))]), |error| {
            matches!(error, ChangeError::NextId { what: "node", .. })
        }),
        ("ids of edges would be given twice", next((3, 0), vec![put(node(0, &[own]))]), |error| {
            matches!(error, ChangeError::NextId { what: "edge", .. })
        }),
        ("a new node takes the next id with it", next((3, 1), vec![put(node(3, &[own]))]), |error| {
            matches!(error, ChangeError::ForeignId { .. })
        }),
        ("no id would be left", next((u64::from(u32::MAX), 1), vec![put(node(3, &[own]))]), |error| {
            matches!(error, ChangeError::NextId { .. })
        }),
        ("ids beyond all", next((u64::MAX, 1), vec![put(node(u64::MAX - 1, &[own]))]), |error| {
            matches!(error, ChangeError::Full)
        }),
        ("a removed node comes back", one(put(node(2, &[own]))), |error| {
            matches!(error, ChangeError::ForeignId { .. })
        }),
        ("a label without a name", one(put(node(0, &[no_label]))), |error| {
            matches!(error, ChangeError::UnknownName { kind: NameKind::Label, .. })
        }),
        ("a label twice", one(put(node(0, &[own, own]))), |error| {
            matches!(error, ChangeError::Labels { .. })
        }),
        ("a key without a name", one(put(with(node(0, &[own]), no_key, fixed("x")))), |error| {
            matches!(error, ChangeError::UnknownName { kind: NameKind::Key, .. })
        }),
        (
            "a qualifier without a name",
            one(put(with(node(0, &[own]), 0, Property::Dated([spell].into())))),
            |error| matches!(error, ChangeError::UnknownName { kind: NameKind::Key, .. }),
        ),
        ("a type without a name", one(Change::PutEdge(edge(0, joins + 900, 0, 1))), |error| {
            matches!(error, ChangeError::UnknownName { kind: NameKind::EdgeType, .. })
        }),
        ("an end that is not there", one(Change::PutEdge(edge(0, joins, 0, 2))), |error| {
            matches!(error, ChangeError::NoSuchEnd { .. })
        }),
        ("a node twice", next((3, 1), vec![put(node(0, &[own])), put(node(0, &[own]))]), |error| {
            matches!(error, ChangeError::Order { .. })
        }),
        (
            "an edge removed and written",
            next((3, 1), vec![Change::RemoveEdge(EdgeId::new(0)), Change::PutEdge(edge(0, joins, 0, 1))]),
            |error| matches!(error, ChangeError::ForeignId { .. }),
        ),
        (
            "edges before nodes",
            next((3, 1), vec![Change::PutEdge(edge(0, joins, 0, 1)), put(node(0, &[own]))]),
            |error| matches!(error, ChangeError::Order { .. }),
        ),
        ("a node with an edge goes", one(Change::RemoveNode(NodeId::new(0))), |error| {
            matches!(error, ChangeError::StillTied(_))
        }),
        ("a node goes that is not there", one(Change::RemoveNode(NodeId::new(2))), |error| {
            matches!(error, ChangeError::NoSuchNode(_))
        }),
        ("a name with another number", ((3, 1), vec![label(no_label + 1, "Far")], Vec::new()), |error| {
            matches!(error, ChangeError::Catalogue(_))
        }),
        ("a second number for a name", ((3, 1), vec![label(no_label, "Own")], Vec::new()), |error| {
            matches!(error, ChangeError::Catalogue(_))
        }),
    ]
}

#[test]
fn parts_that_no_draft_gives_are_refused_and_the_store_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    for db in [Database::in_memory().unwrap(), Database::create(&path).unwrap()] {
        fill(&db);
        let state = db.snapshot().unwrap();
        for (what, (next_ids, names, changes), is_right) in forged(&state) {
            let forged = ChangeSet::from_parts(state.commit(), next_ids, names, changes);
            match db.commit(&forged, &NOTE) {
                Err(Error::Change(error)) => assert!(is_right(&error), "{what}: {error}"),
                other => panic!("{what}: {other:?}"),
            }
        }
        // The next draft gives the next ids, and nothing is written over.
        let mut made = None;
        db.write(&NOTE, |draft| {
            made = Some(draft.create_node(&["Own"], Validity::ALWAYS)?);
            Ok::<_, Error>(())
        })
        .unwrap();
        assert_eq!(made, Some(NodeId::new(3)));
        let now = db.snapshot().unwrap();
        assert_eq!((now.node_count(), now.edge_count()), (3, 1));
    }
    let report = Database::open(&path).unwrap().verify().unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
}

#[test]
fn a_record_edited_in_place_keeps_its_id() {
    let db = Database::in_memory().unwrap();
    fill(&db);
    db.write(&NOTE, |draft| {
        draft.edit_node(NodeId::new(1))?.id = NodeId::new(0);
        Ok::<_, Error>(())
    })
    .unwrap();
    let title = |id: u64| db.snapshot().unwrap().node(NodeId::new(id)).unwrap().value("title");
    assert_eq!((title(0), title(1)), (Some(Value::text("甲")), None));
}

/// What a draft makes and removes again leaves ids unused; that is not a forgery.
#[test]
fn ids_that_a_draft_left_unused_are_not_missed() {
    let db = Database::in_memory().unwrap();
    fill(&db);
    db.write(&NOTE, |draft| {
        for _ in 0..1_000 {
            let node = draft.create_node(&["Own"], Validity::ALWAYS)?;
            draft.remove_node(node)?;
        }
        draft.create_node(&["Own"], Validity::ALWAYS).map(drop)?;
        Ok::<_, Error>(())
    })
    .unwrap();
    assert_eq!(db.snapshot().unwrap().next_ids().0, 1_004);
}
