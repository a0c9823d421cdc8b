//! A bare list means the same, and the same is wrong with it and strange about it, whether it is read in blocks of any size
//! or as a whole, and it means what a naive reader says.

use std::collections::HashMap;
use std::path::Path;

use intergov::Database;
use intergov::exchange::{ImportMode, ImportOptions, ImportSource, Undated};
use proptest::prelude::*;

use super::{Folder, empty, planned, planned_in_blocks};
use crate::ties::NOTE;

/// Reads a list from a file in blocks of some size, and from its text as a whole.
fn same_in_blocks(text: &str, options: &ImportOptions, block_bytes: usize) {
    let folder = Folder::new();
    folder.write("t.csv", text);
    let path = folder.path().join("t.csv");
    let expected = planned(&empty(), ImportSource::list("t.csv", text.as_bytes()), options);
    match (expected, planned_in_blocks(&empty(), &path, options, block_bytes)) {
        (Ok(one), Ok(other)) => {
            assert!(one.after().holds_same(other.after()), "{text}");
            assert_eq!(one.warnings(), other.warnings(), "{text}");
            assert_eq!((one.nodes(), one.edges()), (other.nodes(), other.edges()), "{text}");
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string(), "{text}"),
        (one, other) => panic!("{text}: {:?} and {:?}", one.map(drop), other.map(drop)),
    }
}

#[test]
fn lists_are_the_same_in_blocks() {
    let usual = ImportOptions::default();
    let unknown = ImportOptions { undated: Undated::Unknown, ..ImportOptions::default() };
    let mut dates = ImportOptions::default();
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
                same_in_blocks(text, options, block);
            }
        }
    }
}

#[test]
fn odd_lists_are_the_same_in_blocks() {
    for text in [
        "a,b\nb,c\n",
        "from,to,too\na,b,c\n",
        "from to\na b\n",
        "from,to\r\na,b\rc,d\r\n",
        "from,to\na,\"b\"c\n",
        "from,to\na,b\nb,\"c\n",
        "USA CAN 1\nCAN MEX 2\n",
        "dl n=2 format=edgelist1\nlabels:\na,b\ndata:\na b 1\n",
        "<graphml/>",
    ] {
        for block in [1, 12, 1 << 20] {
            same_in_blocks(text, &ImportOptions::default(), block);
        }
    }
}

#[test]
fn a_list_goes_into_any_database_and_leaves_no_file() {
    let folder = Folder::new();
    folder.write("t.csv", "from,to,year\na,b,2010\nb,NA,2011\n");
    let path = folder.path().join("t.csv");
    let options = ImportOptions::default();
    let disk = Database::create(folder.path().join("db")).unwrap();
    let done = disk.import(&path, &options, &NOTE).unwrap();
    assert_eq!((done.nodes.added, done.edges.added, done.warnings.len()), (3, 2, 1));
    let memory = Database::in_memory().unwrap();
    let source = ImportSource::list("t.csv", std::fs::File::open(&path).unwrap());
    assert_eq!(memory.import(source, &options, &NOTE).unwrap(), done);
    assert!(disk.snapshot().unwrap().holds_same(&memory.snapshot().unwrap()));
    // The same list again: its ties are known, and so are its governments.
    let append = ImportOptions { mode: ImportMode::Append, ..ImportOptions::default() };
    for db in [&disk, &memory] {
        let again = db.import(&path, &append, &NOTE).unwrap();
        assert_eq!((again.edges.unchanged, again.edges.added, again.nodes.added), (2, 0, 0));
    }
    let left: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// A naive reading of rows of from, to and year: how many governments, and the ids of ties with their years.
fn naive(rows: &[(&str, &str, u16)]) -> (usize, Vec<(String, String)>) {
    let mut governments: Vec<&str> = rows.iter().flat_map(|(from, to, _)| [*from, *to]).collect();
    governments.sort_unstable();
    governments.dedup();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let ties = rows.iter().map(|(from, to, year)| {
        let id = format!("COOPERATES_WITH.{from}.{to}.{year}");
        let count = counts.entry(id.clone()).or_default();
        *count += 1;
        let id = if *count == 1 { id } else { format!("{id}.{count}") };
        (id, format!("[{year}, {})", year + 1))
    });
    let mut ties: Vec<_> = ties.collect();
    ties.sort();
    (governments.len(), ties)
}

fn ties_of(path: &Path, block_bytes: usize) -> (usize, Vec<(String, String)>) {
    let plan = planned_in_blocks(&empty(), path, &ImportOptions::default(), block_bytes).unwrap();
    let tie = |edge: intergov::graph::EdgeRef<'_>| {
        (edge.text_id().unwrap().to_string(), edge.validity().to_string())
    };
    let mut ties: Vec<_> = plan.after().edges_of("COOPERATES_WITH").map(tie).collect();
    ties.sort();
    (plan.after().nodes_with("Government").count(), ties)
}

fn cell() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["a", "b", "c", "d", "A", "长沙市", "NA", "x y", "e\u{301}", ""])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_lists_are_the_same_in_blocks(
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
        same_in_blocks(&text, &ImportOptions::default(), block);
    }

    #[test]
    fn a_list_means_what_a_naive_reader_says(
        rows in prop::collection::vec(
            (prop::sample::select(vec!["a", "b", "c", "长沙"]), prop::sample::select(vec!["d", "e", "f"]), 2000_u16..2004),
            1..30,
        ),
        block in 1_usize..300,
    ) {
        let folder = Folder::new();
        let lines: String = rows.iter().map(|(from, to, year)| format!("{from},{to},{year}\n")).collect();
        folder.write("t.csv", format!("from,to,year\n{lines}"));
        prop_assert_eq!(ties_of(&folder.path().join("t.csv"), block), naive(&rows));
    }
}
