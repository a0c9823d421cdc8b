//! What is cut out of a store to answer about one government answers as the whole graph does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use intergov::Database;
use intergov::exchange::ImportOptions;
use intergov::graph::{NodeId, NodeIx, NodeRef, Snapshot};
use intergov::relations::{
    Mechanism, Members, Names, NewArrangement, Provinces, Reach, Role, TieOptions, TieRef, TieTable,
    TierSchemes, Writer,
};
use intergov::store::CommitNote;
use intergov::value::{Validity, Value};

const NOTE: CommitNote<'static> = CommitNote { actor: "tester", command: "test", summary: "test" };

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Everything that is shown of a tie.
fn line(snapshot: &Snapshot, provinces: &Provinces<'_>, tie: TieRef<'_>) -> String {
    let text = |ix: NodeIx| snapshot.node_at(ix).and_then(|node| node.text_id()).unwrap_or_default();
    let arrangement = tie.arrangement().map(text);
    let day = tie
        .extent
        .possible
        .to
        .previous()
        .min("2019-12-31".parse::<intergov::value::Date>().unwrap().last_day());
    let of_province = [tie.source, tie.target].map(|ix| provinces.province(ix, day).map(text));
    format!(
        "{} {} {:?} {:?} {} {:?} {:?} {:?} {:?} {:?} {of_province:?}",
        tie.id(),
        tie.direction,
        tie.from,
        tie.to,
        tie.symmetric,
        tie.extent,
        tie.roles,
        tie.domains(),
        arrangement,
        tie.value("source"),
    )
}

/// The ties that concern a node of this text id: its own, or those among the members of a group.
fn ties_of(snapshot: &Arc<Snapshot>, label: &str, id: &str) -> Vec<String> {
    let schemes = TierSchemes::of(snapshot);
    let table = TieTable::derive(snapshot, &schemes, &TieOptions::default());
    let provinces = Provinces::of(snapshot, &schemes);
    let node = snapshot.find(label, id).unwrap();
    let members: Vec<NodeIx> = Members::of(node).iter().map(|member| member.government()).collect();
    let concerns = |tie: &TieRef<'_>| {
        let own = tie.source == node.ix() || tie.target == node.ix();
        own || (members.contains(&tie.source) && members.contains(&tie.target))
    };
    let mut lines: Vec<String> =
        table.ties().filter(concerns).map(|tie| line(snapshot, &provinces, tie)).collect();
    lines.sort();
    lines
}

/// The edges at a node, with the other ends.
fn edges_of(node: NodeRef<'_>) -> Vec<String> {
    let edges = node.out_edges().chain(node.in_edges());
    let mut lines: Vec<String> = edges
        .map(|edge| {
            format!("{:?} {:?} {:?}", edge.to_record(), edge.source().to_record(), edge.target().to_record())
        })
        .collect();
    lines.sort();
    lines
}

/// A store of a fixture, with something of it changed in the log.
fn store_of(name: &str, folder: &Path) -> PathBuf {
    let path = folder.join(name);
    let db = Database::create(&path).unwrap();
    db.import(&fixture(name), &ImportOptions::default(), &NOTE).unwrap();
    // Only a large import goes to the chunks by itself.
    db.merge().unwrap();
    let snapshot = db.snapshot().unwrap();
    let mut draft = snapshot.draft();
    for node in snapshot.nodes_with("Government").step_by(7) {
        draft.set_node(node.id(), "note", Value::text("changed later")).unwrap();
        for edge in node.out_edges().step_by(3) {
            draft.set_edge(edge.id(), "note", Value::text("changed later")).unwrap();
        }
    }
    db.commit(&draft.finish(), &NOTE).unwrap();
    path
}

#[test]
fn a_cut_answers_as_the_whole_graph() {
    let folder = tempfile::tempdir().unwrap();
    for (name, step) in [("toy", 1), ("two-provinces", 1), ("china", 23)] {
        let path = store_of(name, folder.path());
        let whole = Database::open_read_only(&path).unwrap().snapshot().unwrap();
        let db = Database::open_read_only(&path).unwrap();
        let loaded = Database::open_read_only(&path).unwrap();
        loaded.snapshot().unwrap();
        let mut ties = 0;
        for label in ["Government", "Region", "Body"] {
            for node in whole.nodes_with(label).step_by(step) {
                let id = node.text_id().unwrap();
                let cut = db.around(&id, Reach::Ties).unwrap().unwrap();
                assert!(cut.node_count() < whole.node_count() || name != "china");
                let expected = ties_of(&whole, label, &id);
                assert_eq!(ties_of(&cut, label, &id), expected, "{name} {id}");
                ties += expected.len();
                let cut = db.around(&id, Reach::Edges).unwrap().unwrap();
                assert_eq!(edges_of(cut.find(label, &id).unwrap()), edges_of(node), "{name} {id}");
                // The same out of the state in memory, and of a store that is not loaded.
                for db in [&loaded, &db] {
                    let cut = db.neighbourhood(&[node.id()], Reach::Ties).unwrap();
                    assert_eq!(ties_of(&cut, label, &id), expected, "{name} {id}");
                    let cut = db.neighbourhood(&[node.id()], Reach::Edges).unwrap();
                    assert_eq!(edges_of(cut.find(label, &id).unwrap()), edges_of(node), "{name} {id}");
                }
            }
        }
        assert!(ties > 10, "{name}: {ties}");
    }
}

#[test]
fn ties_of_one_government_follow_a_commit() {
    let db = Database::in_memory().unwrap();
    db.import(&fixture("two-provinces"), &ImportOptions::default(), &NOTE).unwrap();
    let count = |db: &Database, id: NodeId| {
        let table = db.ties_around(&[id], &TieOptions::default()).unwrap();
        let own = table.snapshot().node(id).unwrap().ix();
        let around = table.ties().filter(|tie| tie.source == own || tie.target == own).count();
        let table = db.ties(&TieOptions::default()).unwrap();
        let own = table.snapshot().node(id).unwrap().ix();
        assert_eq!(around, table.ties().filter(|tie| tie.source == own || tie.target == own).count());
        around
    };
    let snapshot = db.snapshot().unwrap();
    let mut governments = snapshot.nodes_with("Government").map(NodeRef::id);
    let [one, other] = [governments.next().unwrap(), governments.next().unwrap()];
    let before = count(&db, one);
    let mut change = db.begin().unwrap();
    let mut writer = Writer::new(&mut change);
    let pact = NewArrangement::new("new-pact", "pact", Mechanism::Contract);
    let pact = writer.add_arrangement(&pact, Validity::since("2010".parse().unwrap())).unwrap();
    for party in [one, other] {
        writer.add_party(party, pact, Role::Member, Validity::UNKNOWN).unwrap();
    }
    change.commit(&NOTE).unwrap();
    assert_eq!(count(&db, one), before + 1);
}

#[test]
fn whatever_names_a_node_finds_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = store_of("china", folder.path());
    let db = Database::open_read_only(&path).unwrap();
    for text in ["cn:330100", "330100", "杭州市", "杭州", "Ｈangzhou", "HANGZHOU"] {
        let cut = db.around(text, Reach::Names).unwrap().unwrap_or_else(|| panic!("{text}"));
        assert!(cut.node_count() < 20);
        let found = Names::of(&cut).government(text, None).unwrap();
        assert_eq!(cut.node_at(found).unwrap().text_id().as_deref(), Some("cn:330100"), "{text}");
    }
    assert!(db.around("nowhere at all", Reach::Ties).unwrap().is_none());
}
