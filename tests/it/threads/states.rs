//! A result belongs to one state, whatever is committed meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use intergov::graph::{Draft, NodeId};
use intergov::relations::{Mechanism, NewArrangement, NewGovernment, Role, TieOptions, Writer};
use intergov::store::CommitNote;
use intergov::study::{Moment, NodeSelection, Selection, Slice, StudyError};
use intergov::value::{Date, Validity};
use intergov::{Database, Error};

const NOTE: CommitNote<'static> = CommitNote { actor: "test", command: "test", summary: "test" };

/// An arrangement of two new governments, and the three nodes.
fn pair(draft: &mut Draft<'_>, codes: [&str; 2], id: &str) -> Result<[NodeId; 3], Error> {
    let mut writer = Writer::new(draft);
    let mut found = |code| {
        let government = NewGovernment { rank: Some("prefectural"), ..NewGovernment::new("cn", code, code) };
        writer.found_government(&government, Validity::ALWAYS)
    };
    let [one, other] = [found(codes[0])?, found(codes[1])?];
    let arrangement = NewArrangement::new(id, id, Mechanism::Contract);
    let arrangement = writer.add_arrangement(&arrangement, Validity::ALWAYS)?;
    for party in [one, other] {
        writer.add_party(party, arrangement, Role::Member, Validity::ALWAYS)?;
    }
    Ok([one, other, arrangement])
}

/// The text ids of the ends of the only tie.
fn ends(db: &Database) -> [String; 2] {
    let table = db.ties(&TieOptions::default()).unwrap();
    let tie = table.ties().next().unwrap();
    assert_eq!(table.ties().len(), 1);
    [tie.source(), tie.target()].map(|end| end.unwrap().text_id().unwrap().to_string())
}

#[test]
fn ties_are_read_in_the_state_that_they_follow_from() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Database::create(folder.path().join("store")).unwrap();
    for db in [Database::in_memory().unwrap(), disk] {
        let mut junk = None;
        db.write(&NOTE, |draft| {
            junk = Some(draft.create_node(&["Mark"], Validity::ALWAYS)?);
            pair(draft, ["a", "b"], "pact").map(drop)
        })
        .unwrap();
        let before = db.snapshot().unwrap();
        let held = db.ties(&TieOptions::default()).unwrap();
        // Indices move: a gap at the beginning, then so many nodes that the state is packed again.
        db.write(&NOTE, |draft| {
            draft.remove_node(junk.unwrap())?;
            (0..5_000).try_for_each(|_| draft.create_node(&["Mark"], Validity::ALWAYS).map(drop))?;
            Ok::<_, Error>(())
        })
        .unwrap();
        assert_eq!(ends(&db), ["a", "b"]);
        // What was derived before still says what it said, and its state can be asked again.
        assert!(Arc::ptr_eq(held.snapshot(), &before));
        assert_eq!(held.ties().next().unwrap().source().unwrap().text_id().as_deref(), Some("a"));
        let again = db.ties_of(&before, &TieOptions::default());
        assert!(Arc::ptr_eq(again.snapshot(), &before));
        assert_eq!(*again, *held);
        let network = db.network(Moment::new(Date::year(2010).unwrap()), Selection::default()).unwrap();
        let name =
            |ix: &_| network.counted.ties.snapshot().node_at(*ix).unwrap().text_id().unwrap().to_string();
        assert_eq!(network.governments.iter().map(name).collect::<Vec<_>>(), ["a", "b"]);
    }
}

#[test]
fn a_merge_numbers_anew_and_the_ties_follow() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::create(folder.path().join("store")).unwrap();
    let mut junk = None;
    db.write(&NOTE, |draft| {
        junk = Some(draft.create_node(&["Mark"], Validity::ALWAYS)?);
        Ok::<_, Error>(())
    })
    .unwrap();
    db.write(&NOTE, |draft| pair(draft, ["a", "b"], "pact").map(drop)).unwrap();
    db.write(&NOTE, |draft| Ok::<_, Error>(draft.remove_node(junk.unwrap())?)).unwrap();
    assert_eq!(ends(&db), ["a", "b"]);
    let commit = db.snapshot().unwrap().commit();
    db.merge().unwrap();
    assert_eq!(db.snapshot().unwrap().commit(), commit);
    let table = db.ties(&TieOptions::default()).unwrap();
    assert!(Arc::ptr_eq(table.snapshot(), &db.snapshot().unwrap()));
    assert_eq!(ends(&db), ["a", "b"]);
}

#[test]
fn a_selection_means_the_same_node_in_every_state() {
    let db = Database::in_memory().unwrap();
    let mut nodes = Vec::new();
    db.write(&NOTE, |draft| {
        let junk = draft.create_node(&["Mark"], Validity::ALWAYS)?;
        nodes.extend(pair(draft, ["a", "b"], "pact")?);
        nodes.push(junk);
        Ok::<_, Error>(())
    })
    .unwrap();
    let [a, b, _, junk] = nodes[..] else { panic!("{nodes:?}") };
    db.write(&NOTE, |draft| {
        draft.remove_node(junk)?;
        (0..5_000).try_for_each(|_| draft.create_node(&["Mark"], Validity::ALWAYS).map(drop))?;
        Ok::<_, Error>(())
    })
    .unwrap();
    let of = |of: NodeId| {
        let nodes = NodeSelection { of: Some(of), ..NodeSelection::default() };
        db.network(Moment::new(Date::year(2010).unwrap()), Selection { nodes, ..Selection::default() })
    };
    for id in [a, b] {
        let chosen = of(id).unwrap();
        assert_eq!((chosen.network.node_count(), chosen.network.tie_count()), (2, 1));
    }
    let error = of(junk).unwrap_err();
    assert!(matches!(error, Error::Study(StudyError::NoSuchNode(id)) if id == junk), "{error}");
}

#[test]
fn a_change_for_a_former_state_is_one_conflict_on_disk_and_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Database::create(folder.path().join("store")).unwrap();
    for db in [Database::in_memory().unwrap(), disk] {
        let before = db.snapshot().unwrap();
        let mut draft = before.draft();
        draft.create_node(&["Mark"], Validity::ALWAYS).unwrap();
        let changes = draft.finish();
        db.commit(&changes, &NOTE).unwrap();
        let error = db.commit(&changes, &NOTE).unwrap_err();
        assert!(matches!(error, Error::Conflict { made_for: 0, present: 1 }), "{error}");
        assert_eq!(db.snapshot().unwrap().node_count(), 1);
    }
}

/// Reads networks beside a writer, each of whose commits leaves one tie: between its own pair. The ties of one state on
/// the indices of another would join nobody.
fn none_is_torn(reads: usize) {
    let db = Database::in_memory().unwrap();
    let mut last: Option<[NodeId; 3]> = None;
    let mut number = 0;
    let mut next = || {
        number += 1;
        let mut made = None;
        db.write(&NOTE, |draft| {
            if let Some([one, other, arrangement]) = last {
                for edge in draft.edges_at(arrangement) {
                    draft.remove_edge(edge.id)?;
                }
                [arrangement, one, other].into_iter().try_for_each(|node| draft.remove_node(node))?;
            }
            let codes = [format!("a{number}"), format!("b{number}")];
            made = Some(pair(draft, [&codes[0], &codes[1]], &format!("pact{number}"))?);
            Ok::<_, Error>(())
        })
        .unwrap();
        last = made;
    };
    next();
    let (done, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let whole = |slice: &Slice| {
        let codes = [0, 1].map(|node| slice.network.code(node).map(|code| code[1..].to_owned()));
        slice.network.node_count() == 2 && slice.network.tie_count() == 1 && codes[0] == codes[1]
    };
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while done.fetch_add(1, Ordering::Relaxed) < reads {
                    let slice =
                        db.network(Moment::new(Date::year(2010).unwrap()), Selection::default()).unwrap();
                    if !whole(&slice) {
                        stop.store(true, Ordering::Relaxed);
                        panic!("a state that no commit had: {slice:?}");
                    }
                }
                stop.store(true, Ordering::Relaxed);
            });
        }
        while !stop.load(Ordering::Relaxed) {
            next();
        }
    });
    assert!(number > 10, "only {number} commits beside the readers");
}

#[test]
fn a_network_beside_a_writer_is_that_of_one_commit() {
    none_is_torn(2_000);
}

#[test]
#[ignore = "a million reads: minutes with --release, hours without"]
fn a_million_networks_beside_a_writer_are_each_that_of_one_commit() {
    none_is_torn(1_000_000);
}
