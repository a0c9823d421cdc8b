//! What the writing commands change, and what they leave alone.

use super::{Place, fixture};

fn dump(place: &Place, store: &str) -> String {
    place.run(&["dump", store]).succeeds().stdout()
}

#[test]
fn a_state_changes_at_a_date_and_its_ties_turn_with_it() {
    let place = Place::toy();
    let run = place.run(&["set", "toy", "甲二市", "rank", "sub-provincial", "--from", "2008"]).succeeds();
    assert!(run.stdout().is_empty(), "{run}");
    assert!(run.stderr().contains("rank was prefectural, is sub-provincial from 2008; commit 2"), "{run}");
    let council = |date: &str| {
        let run = place.run(&["ties", "toy", "甲二市", "--as-of", date]).succeeds();
        let rows = run.columns(["arrangement", "direction"]);
        rows.into_iter().find(|row| row[0] == "COUNCIL").map(|row| row[1].clone())
    };
    // Equal rank until 2005, unequal until 2008, equal again.
    assert_eq!(council("2004").as_deref(), Some("horizontal"));
    assert_eq!(council("2007").as_deref(), Some("diagonal"));
    assert_eq!(council("2008").as_deref(), Some("horizontal"));
    let run = place.run(&["history", "toy", "甲二市"]).succeeds();
    let history = run.columns(["commit", "actor", "command", "change"]);
    assert_eq!(history.len(), 2);
    assert_eq!(
        history[1],
        ["2", "tester", "set toy 甲二市 rank sub-provincial --from 2008", "it and its edges: +0 ~1 -0"]
    );
}

#[test]
fn an_arrangement_that_ends_ties_nobody_afterwards() {
    let place = Place::toy();
    let run = place.run(&["end", "toy", "COUNCIL", "--at", "2015", "--with-ties", "--reason", "lapsed"]);
    let run = run.succeeds();
    assert!(run.stderr().contains("COUNCIL) ends 2015"), "{run}");
    let ties = |date: &str| {
        let run = place.run(&["ties", "toy", "toy-delta", "--as-of", date, "--reading", "certain"]);
        run.succeeds().rows().len()
    };
    assert_eq!((ties("2014"), ties("2015")), (1, 0));
    let row = place.run(&["list", "toy", "arrangement", "--where", "end_reason=lapsed"]).succeeds();
    assert_eq!(row.columns(["id", "valid_to"]), [["COUNCIL", "2015"]]);
    place.run(&["end", "toy", "COUNCIL", "--at", "2016"]).fails(5);
}

#[test]
fn one_row_of_an_edge_type_ends_alone() {
    let place = Place::toy();
    place.run(&["end", "toy", "MEMBER_OF/m-2", "--at", "2007"]).succeeds();
    let members = |date: &str| {
        let run = place.run(&["analyze", "toy", "members", "--region", "toy-delta", "--as-of", date]);
        run.succeeds().columns(["members"]).concat()
    };
    assert_eq!(members("2006"), ["3"]);
    assert_eq!(members("2007"), ["2"]);
    assert_eq!(place.run(&["history", "toy", "MEMBER_OF/m-2"]).succeeds().rows().len(), 2);
    place.run(&["end", "toy", "MEMBER_OF/m-9", "--at", "2007"]).fails(4);
}

#[test]
fn a_package_leaves_and_comes_back_the_same() {
    let place = Place::toy();
    place.run(&["export", "toy", "--format", "package", "-o", "out"]).succeeds();
    place.run(&["import", "again", "out"]).succeeds();
    let open =
        |store: &str| intergov::Database::open_read_only(place.path(store)).unwrap().snapshot().unwrap();
    assert!(open("toy").holds_same(&open("again")));
    place.run(&["export", "toy", "--format", "package", "-o", "out"]).fails(1);
    place.run(&["export", "toy", "--format", "package", "-o", "out", "--overwrite"]).succeeds();
}

#[test]
fn a_dump_loads_as_what_it_was() {
    let place = Place::toy();
    place.run(&["dump", "toy", "-o", "all.jsonl"]).succeeds();
    assert_eq!(place.read("all.jsonl"), dump(&place, "toy"));
    place.run(&["load", "copy", "all.jsonl"]).succeeds();
    assert_eq!(dump(&place, "copy"), dump(&place, "toy"));
    place.run(&["load", "copy", "all.jsonl"]).fails(5);
    let cut: String = place.read("all.jsonl").lines().take(5).map(|line| format!("{line}\n")).collect();
    place.write("cut.jsonl", &cut);
    place.run(&["load", "cut", "cut.jsonl"]).fails(5);
    assert!(!place.path("cut").exists());
}

#[test]
fn a_dry_run_tells_every_change_and_writes_nothing() {
    let place = Place::toy();
    let before = dump(&place, "toy");
    let table = "id,name,name_en,mechanism,domains,valid_from,valid_to,attested,source,confidence,note\n\
        COUNCIL,甲省两市联席会,Council of the two cities of Jia,administrative-coordination,economy,2004,..,,s-1,medium,\n";
    place.write("more/arrangements.csv", table);
    let run = place.run(&["import", "toy", "more", "--mode", "update", "--dry-run"]).succeeds();
    assert_eq!(run.rows(), [["changed", "Arrangement", "COUNCIL", "validity", "[2003, ..)", "[2004, ..)"]]);
    assert!(run.stderr().contains("nothing was written"), "{run}");
    assert_eq!(dump(&place, "toy"), before);
    let run = place.run(&["import", "fresh", &fixture("two-provinces"), "--dry-run"]).succeeds();
    assert_eq!(run.rows().len(), 27);
    assert!(!place.path("fresh").exists());
    place.run(&["import", "toy", "more", "--mode", "update"]).succeeds();
    assert_ne!(dump(&place, "toy"), before);
}

#[test]
fn a_template_is_a_package_that_imports() {
    let place = Place::empty();
    place.run(&["init", "mine", "--template"]).succeeds();
    assert!(place.read("mine/CODEBOOK.md").contains("Arrangement"));
    assert!(place.read("mine/governments.csv").starts_with("id,"));
    place.run(&["import", "db", "mine"]).fails(5);
    assert!(!place.path("db").exists(), "a package without a row makes no store");
    place.run(&["import", "example", "mine/example"]).succeeds();
    let ties = place.run(&["ties", "example", "杭州", "--as-of", "2012", "--format", "csv"]).succeeds();
    assert_eq!(ties.columns(["other_code", "arrangement"]), [["330500", "HH-2010"]]);
    for table in ["governments", "arrangements", "parties"] {
        let rows = place.read(&format!("mine/example/{table}.csv"));
        assert!(place.read("mine/CODEBOOK.md").contains(&rows), "the codebook shows {table} as it is");
    }
    let header = place.read("mine/governments.csv");
    place.write(
        "mine/governments.csv",
        &format!("{}\na,local,a,A{}\n", header.trim(), ",".repeat(header.matches(',').count() - 3)),
    );
    place.run(&["import", "db", "mine"]).succeeds();
    place.run(&["init", "mine", "--template"]).fails(1);
    place.run(&["init", "db"]).fails(1);
}

#[test]
fn a_bare_table_of_ties_is_enough() {
    let place = Place::empty();
    place.write("ties.csv", "from,to,year\n甲,乙,2010\n乙,丙,2011\n");
    place.run(&["import", "db", "ties.csv"]).succeeds();
    let run = place.run(&["ties", "db", "乙", "--as-of", "2010"]).succeeds();
    assert_eq!(run.columns(["direction", "other_name"]), [["unclassified", "甲"]]);
}

#[test]
fn graphml_is_written_whole_and_not_over_another_file() {
    let place = Place::toy();
    let run = place.run(&["export", "toy", "--as-of", "2006", "-o", "toy.graphml"]).succeeds();
    assert!(run.stdout().is_empty(), "{run}");
    assert!(run.stderr().contains("7 nodes"), "{run}");
    let text = place.read("toy.graphml");
    assert!(text.contains("甲一市") && text.trim_end().ends_with("</graphml>"));
    place.run(&["export", "toy", "--as-of", "2006", "-o", "toy.graphml"]).fails(2);
    place.run(&["export", "toy", "--as-of", "2006", "-o", "toy.graphml", "--overwrite"]).succeeds();
    assert_eq!(place.read("toy.graphml"), text);
}
