//! A bare list means the same, and the same is wrong with it and strange about it, whether it is planned or loaded in
//! blocks.

use std::sync::atomic::AtomicBool;

use intergov::exchange::{
    BulkError, BulkOptions, TiesOptions, Undated, Unsuited, bulk_ties, locate, plan_ties,
};
use intergov::graph::{Subject, Violation};
use intergov::store::CommitNote;
use intergov::{BulkImport, Database};
use proptest::prelude::*;

use super::bulk::InMemory;
use super::{Folder, empty};

/// Loads a list in blocks of some size and holds it against the planner.
fn same_as_planned(text: &str, options: &TiesOptions, block_bytes: usize) {
    let folder = Folder::new();
    folder.write("t.csv", text);
    let start = empty();
    let planned = plan_ties(&start, "t.csv", text.as_bytes(), options);
    let never = AtomicBool::new(false);
    let mut sink = InMemory::new(&start);
    let bulk = BulkOptions { block_bytes, threads: 2, ..BulkOptions::new(&never) };
    let path = folder.path().join("t.csv");
    let loaded = bulk_ties((&path, "t.csv"), &start, &mut sink, (options, &bulk), folder.path(), &mut |_| {});
    match (planned, loaded) {
        (Ok(plan), Ok(loaded)) => {
            let graph = start.apply(&sink.draft.finish()).unwrap();
            let expected = start.apply(plan.changes()).unwrap();
            assert!(expected.holds_same(&graph), "{text}");
            assert_eq!(loaded.warnings(), plan.warnings(), "{text}");
            let counts = (plan.nodes().added as u64, plan.edges().added as u64);
            assert_eq!((loaded.nodes(), loaded.edges()), counts);
            let breach = |subject| Violation {
                subject,
                rule: "S1",
                column: None,
                message: "wrong".to_owned(),
                remedy: "correct it".to_owned(),
                warning: false,
            };
            let all = |graph: &intergov::graph::Snapshot| -> Vec<Violation> {
                let nodes = graph.nodes().map(|node| breach(Subject::Node(node.id())));
                nodes.chain(graph.edges().map(|edge| breach(Subject::Edge(edge.id())))).collect()
            };
            let mut expected: Vec<String> =
                all(&expected).iter().map(|own| locate(&plan, own).to_string()).collect();
            let found = loaded.locate(&graph, &all(&graph)).unwrap();
            let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
            expected.sort();
            found.sort();
            assert_eq!(found, expected, "{text}");
        }
        (Err(expected), Err(BulkError::Faults(found))) => {
            assert_eq!(found.to_string(), expected.to_string(), "{text}");
        }
        // What only the planner can read or word is left to it.
        (_, Err(BulkError::Unsuited { .. })) if text.contains(['\r', '\\']) || is_of_planner(text) => {}
        (planned, loaded) => {
            panic!("{text}\nplanned: {:?}, loaded: {:?}", planned.map(drop), loaded.map(drop))
        }
    }
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "the tables of a list are removed");
}

/// Whether the header of a list is at fault, or quotes stand where they open no cell.
fn is_of_planner(text: &str) -> bool {
    let start = empty();
    match plan_ties(&start, "t.csv", text.as_bytes(), &TiesOptions::default()) {
        Ok(_) => false,
        Err(faults) => faults.faults().iter().any(|fault| fault.row == Some(1) || fault.rule == "csv"),
    }
}

#[test]
fn lists_load_as_they_are_planned() {
    let usual = TiesOptions::default();
    let unknown = TiesOptions { undated: Undated::Unknown, ..TiesOptions::default() };
    let mut dates = TiesOptions::default();
    dates.text.dates = Some(intergov::value::DateForm::DotDayMonthYear);
    for text in [
        "from,to,year,weight\na,b,2010,1\n\n\nb,c,2011,2.5\na,b,2010,1\n",
        "\u{FEFF}Source;Target;Type;Id;Weight\na;b;Undirected;0;1,5\nb;\"c;d\";Directed;1;2\n",
        "sep=;\nfrom;to;source\na;b;X;Y\na;b;\"X;Y\"\n",
        "from\tto\tvalid_from\tvalid_to\na\tb\t22.07.1946\t9999-12-31\nNA\tb\t2001\t..\n",
        "from,to\na,b\nb,a\n",
        "from,to\n",
        ",from,to,,extra\n0,a,b,,\n1,b,c,,\n",
        "from,to,year\na,a,2010\n",
        "from,to,year\na,b,2010\nA,c,2011\na,c\n,c,2012\na,\u{200B}c,2012\n",
        "from,to,year,weight\na,b,soon,0\na,b,201003,-1\na,c,NA,NA\n",
        "from,to,id\na,b,x\na,c,x\n",
        "from,to,note\na,b,\"two\nlines, \"\"quoted\"\"\"\nc,d,x\n",
        "from,to,mechanism,domains\na,b,contracts,water;wine\nb,c,contract,water\n",
        "from,to,source\na,b,Gazette 2010\nb,c,Gazette 2010;Other\n",
    ] {
        for options in [&usual, &unknown, &dates] {
            for block in [1, 40, 1 << 20] {
                same_as_planned(text, options, block);
            }
        }
    }
}

#[test]
fn what_only_the_planner_reads_of_a_list_is_told() {
    for (text, expected) in [
        ("a,b\nb,c\n", Unsuited::Header),
        ("from,to,too\na,b,c\n", Unsuited::Header),
        ("from to\na b\n", Unsuited::Header),
        ("from,to\r\na,b\rc,d\r\n", Unsuited::BareReturn),
        ("from,to\na,\"b\"c\n", Unsuited::LooseQuote),
    ] {
        let folder = Folder::new();
        folder.write("t.csv", text);
        let (start, never) = (empty(), AtomicBool::new(false));
        let mut sink = InMemory::new(&start);
        let bulk = BulkOptions::new(&never);
        let path = folder.path().join("t.csv");
        let options = TiesOptions::default();
        let loaded =
            bulk_ties((&path, "t.csv"), &start, &mut sink, (&options, &bulk), folder.path(), &mut |_| {});
        match loaded {
            Err(BulkError::Unsuited { why, .. }) => assert_eq!(why, expected, "{text}"),
            other => panic!("{text}: {:?}", other.map(drop)),
        }
    }
}

#[test]
fn a_database_takes_a_large_list_in_blocks() {
    let folder = Folder::new();
    folder.write("t.csv", "from,to,year\na,b,2010\nb,NA,2011\n");
    let never = AtomicBool::new(false);
    let bulk = BulkImport { least_bytes: 0, ..BulkImport::new(&never) };
    let note = CommitNote { actor: "me", command: "import", summary: "a list" };
    let path = folder.path().join("t.csv");
    let ties = TiesOptions::default();
    let db = Database::create(folder.path().join("db")).unwrap();
    let done = db.import_ties_in_bulk((&path, "t.csv"), &ties, &note, &bulk, &mut |_| {}).unwrap().unwrap();
    assert_eq!((done.nodes.added, done.edges.added, done.warnings.len()), (3, 2, 1));
    // Into a store that holds something, and where it is small, the planner takes it.
    let again = db.import_ties_in_bulk((&path, "t.csv"), &ties, &note, &bulk, &mut |_| {}).unwrap();
    assert_eq!(again, None);
    let other = Database::create(folder.path().join("other")).unwrap();
    let usual = BulkImport::new(&never);
    let small = other.import_ties_in_bulk((&path, "t.csv"), &ties, &note, &usual, &mut |_| {}).unwrap();
    assert_eq!(small, None);
    other.import_ties("t.csv", std::fs::File::open(&path).unwrap(), &ties, &note).unwrap();
    assert!(db.snapshot().unwrap().holds_same(&other.snapshot().unwrap()));
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

fn cell() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "d", "A", "长沙市", "NA", "x y", "e\u{301}", ""])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_lists_load_as_they_are_planned(
        rows in prop::collection::vec(
            (
                cell(),
                cell(),
                prop::sample::select(vec!["2010", "2011", "", "2010.0", "NA", "9999"]),
                prop::sample::select(vec!["1", "2.5", "", "0", "NaN", "\"1,5\""]),
                prop::sample::select(vec!["", "n", "\"q\"\"q\"", "\"l\nm\""]),
            ),
            0..12,
        ),
        block in 1_usize..200,
    ) {
        let mut text = "from,to,year,weight,note\n".to_owned();
        for (from, to, year, weight, note) in rows {
            text.push_str(&[from, to, year, weight, note].join(","));
            text.push('\n');
        }
        same_as_planned(&text, &TiesOptions::default(), block);
    }
}
