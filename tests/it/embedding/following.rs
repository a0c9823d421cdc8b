//! What follows commits is what would be made from nothing: names, and the ties around a government.

use std::collections::BTreeSet;
use std::sync::Arc;

use intergov::graph::{Draft, NodeId, NodeRef, Snapshot};
use intergov::relations::{Kind, Names, TieOptions, TieTable};
use intergov::value::{Date, Validity, Value};
use intergov::{CommitNote, Database, Error};
use proptest::prelude::*;

use super::both;

const NOTE: CommitNote<'static> = CommitNote::by("test");

/// Names that differ in width, case, marks and the word for the place, so that every way of finding them is taken.
const NAMES: [&str; 8] =
    ["南川区", "南川", "Hangzhou", "ＨＡＮＧＺＨＯＵ City", "Zürich", "Zurich", "浙江省", "-"];
const KINDS: [Kind; 2] = [Kind::Government, Kind::Arrangement];

/// One step of a commit: what is done, to which of the nodes that are there, with which word and in which year.
type Step = (u8, usize, usize, i16);

fn since(year: i16) -> Validity {
    Validity::since(year.to_string().parse::<Date>().unwrap())
}

/// Does one step; what rules or the graph refuse is left out.
fn step(draft: &mut Draft<'_>, there: &[NodeId], made: &mut u32, (what, at, word, year): Step) {
    let one = there.get(at % there.len().max(1)).copied();
    let other = there.get((at / 7 + 1) % there.len().max(1)).copied();
    let text = NAMES[word % NAMES.len()];
    match (what % 8, one, other) {
        (1, Some(one), _) => drop(draft.set_node(one, "name", text)),
        (2, Some(one), _) => drop(draft.set_node(one, "aliases", Value::Text(text.into()))),
        (3, Some(one), _) => drop(draft.set_node(one, "code", format!("xx:{}", word % 5).as_str())),
        (4, Some(one), _) => drop(draft.remove_node(one)),
        (5, Some(one), Some(other)) => {
            drop(draft.create_edge("COOPERATES_WITH", one, other, since(year)));
        }
        (6, Some(one), Some(other)) => {
            let arrangement =
                draft.create_node_with(&["Arrangement"], since(year), [("name", text)]).unwrap();
            for party in BTreeSet::from([one, other]) {
                drop(draft.create_edge("PARTY_TO", party, arrangement, Validity::UNKNOWN));
            }
        }
        (7, Some(one), Some(other)) => {
            drop(draft.create_edge("SUBORDINATE_TO", one, other, since(year)));
        }
        _ => {
            *made += 1;
            let id = format!("xx:{made}");
            let said = [("id", id.as_str()), ("scheme", "cn"), ("code", id.as_str()), ("name", text)];
            draft.create_node_with(&["Government"], since(year), said).unwrap();
        }
    }
}

/// All that names say, of every text that might mean something.
fn told(names: &Names) -> Vec<String> {
    let mut told = vec![format!("{} {}", names.len(), names.is_empty())];
    let codes: Vec<String> = (0..8).map(|number| format!("xx:{number}")).collect();
    let texts = NAMES.iter().copied().chain(codes.iter().map(String::as_str));
    for text in texts.chain(["南川市", "zuerich", "浙江省南川", "7", "hangzhoo"]) {
        for at in [None, Some("1995".parse::<Date>().unwrap().first_day())] {
            for kinds in [&KINDS[..], &KINDS[..1]] {
                told.push(format!("{text} {:?}", names.find(kinds, text, at)));
            }
        }
    }
    told
}

/// The ties of a government, by permanent ids.
fn ties_of(table: &TieTable, id: NodeId) -> Vec<String> {
    let snapshot = table.snapshot();
    let id_of = |ix| snapshot.node_at(ix).map(NodeRef::id);
    let Some(own) = snapshot.node(id) else { return Vec::new() };
    let ties = table.ties().filter(|tie| tie.source == own.ix() || tie.target == own.ix());
    let mut lines: Vec<String> = ties
        .map(|tie| {
            let ends = (id_of(tie.source), id_of(tie.target), tie.arrangement().map(id_of));
            format!("{} {ends:?} {} {:?} {:?} {:?}", tie.id(), tie.direction, tie.from, tie.to, tie.extent)
        })
        .collect();
    lines.sort();
    lines
}

fn check(db: &Database, former: &[Arc<Snapshot>]) {
    let snapshot = db.snapshot().unwrap();
    let names = db.names().unwrap();
    let expected = told(&Names::of(&snapshot));
    assert_eq!(told(&names), expected);
    // Backwards and forwards again, over several commits.
    for state in former.iter().take(1).chain(former.last()) {
        let back = names.followed(state);
        assert_eq!(told(&back), told(&Names::of(state)));
        assert_eq!(told(&back.followed(&snapshot)), expected);
    }
    let whole = db.ties(&TieOptions::default()).unwrap();
    for node in snapshot.nodes_with("Government") {
        let around = db.ties_around(&[node.id()], &TieOptions::default()).unwrap();
        assert_eq!(ties_of(&around, node.id()), ties_of(&whole, node.id()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_follows_commits_is_what_would_be_made_from_nothing(
        commits in prop::collection::vec(
            prop::collection::vec((any::<u8>(), 0..500_usize, 0..40_usize, 1980..2005_i16), 1..6),
            1..8,
        ),
    ) {
        both(|db| {
            let (mut made, mut former) = (0, Vec::new());
            for steps in &commits {
                let before = db.snapshot().unwrap();
                let there: Vec<NodeId> = before.nodes_with("Government").map(NodeRef::id).collect();
                // Each step for itself, so that one that breaks a rule stops no other.
                for own in steps {
                    let written = db.write(&NOTE, |draft| {
                        step(draft, &there, &mut made, *own);
                        Ok::<_, Error>(())
                    });
                    drop(written);
                }
                check(db, &former);
                former.push(before);
            }
        });
    }
}

#[test]
fn names_are_kept_for_the_next_question_and_follow_a_merge() {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::create(folder.path().join("store")).unwrap();
    let write = |number: u32| {
        let steps = |draft: &mut Draft<'_>| {
            step(draft, &[], &mut { number }, (0, 0, 2, 1990));
            Ok::<_, Error>(())
        };
        db.write(&NOTE, steps).unwrap();
    };
    write(1);
    let first = db.names().unwrap();
    assert!(Arc::ptr_eq(&first, &db.names().unwrap()));
    write(2);
    assert!(first.find(&KINDS, "xx:3", None).is_err());
    assert!(db.names().unwrap().find(&KINDS, "xx:3", None).is_ok());
    db.merge().unwrap();
    write(3);
    let names = db.names().unwrap();
    for id in ["xx:2", "xx:3", "xx:4"] {
        let found = names.find(&KINDS, id, None).unwrap().node;
        assert_eq!(names.snapshot().node_at(found).unwrap().text_id().as_deref(), Some(id));
    }
}
