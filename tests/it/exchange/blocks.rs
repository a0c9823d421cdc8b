//! A package means the same, and the same is wrong with it, however its tables are cut, whether they are cut at all, and
//! wherever its rows go.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use intergov::exchange::{
    BlockReader, Fault, ImportError, ImportFaults, ImportMode, ImportOptions, ImportPlan, ImportSource,
    WriteOptions, draft_import, write_package,
};
use intergov::graph::{NodeId, Snapshot, Subject, Violation};
use intergov::{Database, Error, Stage, Watch};
use proptest::prelude::*;

use super::{Folder, empty, fixture, import, planned, planned_in_blocks, random, readers};
use crate::ties::NOTE;

/// Options by which each table is read as a whole, by the `csv` crate.
fn whole(options: &ImportOptions) -> ImportOptions {
    let mut options = options.clone();
    options.text.delimiter = Some(b',');
    options
}

fn same(one: Result<ImportPlan, ImportFaults>, other: Result<ImportPlan, ImportFaults>, told: &str) {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            assert!(one.after().holds_same(other.after()), "{told}");
            assert_eq!(one.warnings(), other.warnings(), "{told}");
            assert_eq!((one.nodes(), one.edges()), (other.nodes(), other.edges()), "{told}");
            assert_eq!(one.notes(), other.notes(), "{told}");
        }
        (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string(), "{told}"),
        (one, other) => panic!("{told}: {:?} and {:?}", one.map(drop), other.map(drop)),
    }
}

/// Imports a folder in blocks of some size, and as a whole.
pub(super) fn same_in_blocks(folder: &Path, block_bytes: usize) {
    same_into(&empty(), folder, &ImportOptions::default(), block_bytes);
}

fn same_into(into: &Snapshot, folder: &Path, options: &ImportOptions, block_bytes: usize) {
    let expected = planned(into, folder, &whole(options));
    let found = planned_in_blocks(into, folder, options, block_bytes);
    same(expected, found, &format!("blocks of {block_bytes}"));
    let files = ImportSource::files(readers(folder).unwrap());
    let read = planned_in_blocks(into, files, options, block_bytes);
    let expected = planned(into, folder, options);
    match (expected, read) {
        // A fault of the folder as a whole names it.
        (Err(one), Err(other)) => {
            let place = format!("{}: ", folder.display());
            assert_eq!(one.to_string().replace(&place, "package: "), other.to_string());
        }
        (expected, read) => same(expected, read, &format!("readers, in blocks of {block_bytes}")),
    }
}

/// Imports a folder into a new store on disk, and into a database in memory.
fn same_on_disk(folder: &Path) {
    let place = Folder::new();
    let disk = Database::create(place.path().join("db")).unwrap();
    let memory = Database::in_memory().unwrap();
    let options = ImportOptions::default();
    match (disk.import(folder, &options, &NOTE), memory.import(folder, &options, &NOTE)) {
        (Ok(one), Ok(other)) => {
            assert_eq!(one, other);
            assert!(disk.snapshot().unwrap().holds_same(&memory.snapshot().unwrap()));
        }
        (Err(one), Err(other)) => {
            assert_eq!(one.to_string(), other.to_string());
            assert_eq!(disk.snapshot().unwrap().commit(), 0);
        }
        (one, other) => panic!("{one:?} and {other:?}"),
    }
}

#[test]
fn the_shipped_packages_are_the_same_in_blocks_and_on_disk() {
    for name in ["toy", "china", "two-provinces"] {
        let Some(folder) = fixture(name) else { continue };
        for block in [64, 1_000, 1 << 21] {
            same_in_blocks(&folder, block);
        }
        same_on_disk(&folder);
    }
}

#[test]
fn blocks_may_end_anywhere() {
    let folder = Folder::new();
    folder.write(
        "governments.csv",
        "\u{FEFF}id,scheme,code,name,valid_from\r\n\r\n\
         cn:1,cn,cn:1,\"甲\r\n城\",1990\r\ncn:2,cn,cn:2,\"乙, \"\"旧\"\"\",\r\n\n\"cn:3\",cn,cn:3,丙\"\"丁,..",
    );
    folder.write("bodies.csv", "");
    folder.write("meetings.csv", "\n\n");
    folder.write(
        "cooperation.csv",
        "from,to,domains,weight,valid_to\ncn:1,cn:2,\"water;trade\",1.5,\n\ncn:3,cn:1,,,\n",
    );
    for block in 1..260 {
        same_in_blocks(folder.path(), block);
    }
}

#[test]
fn ids_are_made_and_counted() {
    let folder = Folder::small();
    folder.write(
        "cooperation.csv",
        "id,from,to,valid_from\n,cn:1,cn:2,2001\n,cn:1,cn:2,2001\nCOOPERATES_WITH.cn:1.cn:2.2001.3,cn:1,cn:2,2002\n\
         ,cn:1,Government/cn:2,2001\n,cn:1,cn:2,..\n_:7,cn:2,cn:1,\n,cn:2,cn:1,\nCOOPERATES_WITH.cn:2.cn:1,cn:1,cn:2,\n",
    );
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n_:9,Y,contract\n");
    folder.write("parties.csv", "from,to,role\ncn:1,x,member\ncn:1,x,lead\ncn:1,x,member\ncn:2,_:9,lead\n");
    for block in [1, 40, 100, 1 << 21] {
        same_in_blocks(folder.path(), block);
    }
    same_on_disk(folder.path());
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let mut ids: Vec<String> = graph
        .edges_of("COOPERATES_WITH")
        .map(|edge| edge.text_id().map(|id| id.to_string()).unwrap_or_default())
        .collect();
    ids.sort();
    let made = |end: &str| format!("COOPERATES_WITH.{end}");
    assert_eq!(
        ids,
        [
            String::new(),
            made("cn:1.cn:2"),
            made("cn:1.cn:2.2001"),
            made("cn:1.cn:2.2001.2"),
            made("cn:1.cn:2.2001.3"),
            made("cn:1.cn:2.2001.4"),
            made("cn:2.cn:1"),
            made("cn:2.cn:1.2"),
        ]
    );
    // Imported again, the same rows get the same ids.
    let append = ImportOptions { mode: ImportMode::Append, ..ImportOptions::default() };
    std::fs::write(
        folder.path().join("cooperation.csv"),
        "id,from,to,valid_from\n,cn:1,cn:2,2001\n,cn:1,cn:2,2001\nCOOPERATES_WITH.cn:1.cn:2.2001.3,cn:1,cn:2,2002\n",
    )
    .unwrap();
    std::fs::remove_file(folder.path().join("arrangements.csv")).unwrap();
    std::fs::remove_file(folder.path().join("parties.csv")).unwrap();
    for block in [1, 60, 1 << 21] {
        let plan = planned_in_blocks(&graph, folder.path(), &append, block).unwrap();
        assert_eq!((plan.edges().unchanged, plan.edges().added), (3, 0));
        same_into(&graph, folder.path(), &append, block);
    }
}

/// A changed file in a small package.
const WRONG: &[(&str, &str)] = &[
    ("bodies.csv", "id,name,kind,funktion\n"),
    ("governments.csv", "id,scheme,code,name,population\n"),
    ("bodies.csv", "id,name,kind,name,\n"),
    ("goverments.csv", "id\n"),
    ("datapackage.json", r#"{"resources": [{"path": "parties.csv"}]}"#),
    ("bodies.csv", "id,name,kind\nb,B,forum\nc,C,forum\nb,D,club\n,E,forum\n f,F,forum\n"),
    ("bodies.csv", "name,kind\nB,forum\n"),
    (
        "parties.csv",
        "id,from,to,role,source\np,cn:1,y1,member,\nq,cn;1,x,member,\nr,,x,member,\ns,cn:1,x,member,nowhere\n",
    ),
    (
        "cooperation.csv",
        "id,from,to,weight\na,cn:1,cn:2,1\nb,cn:1,cn:2,x\na,cn:9,cn:2,much\nb,cn:1,cn:2,2\n\tc,cn:1,cn:2,x\na,x\n",
    ),
    ("cooperation.csv", "id,from,to,weight\nc,cn:1,cn:2,\"1,5\"\n"),
    (
        "cooperation.csv",
        "id,from,to,mechanism,domains\nc,cn:1,cn:2,contracts,water;wine\nd,cn:1,cn:2,contracts,wine\n",
    ),
    ("parties.csv", "id,from,to\np,cn:1,x\n"),
    ("parties.csv", "id,from,to,role\np,cn:1,x,\nq,cn:1,x\nr,cn:1,x,a,b\n"),
    ("entry_rules.csv", "id,attribute,operator,threshold,reference\ne,gdp,>=,20,cn:9\n"),
    (
        "regions.csv",
        "id,name,approved_on,valid_from,valid_to,attested\n\
         a,A,2010/3/1,,,\nb,B,,2010-13,,\nc,C,,2010,2010-01-01,\nd,D,,2010,2012,2015\ne,E,,,十年,\n",
    ),
    (
        "arrangements.csv",
        "id,name,mechanism,domains,unknown_parties,confidence\n\
         a,A,contracts,,,\nb,B,contract,economy;enviroment,,\nc,C,contract,,3.5,\nd,D,contract,;,,sure\ne,,contract,,,\n",
    ),
    ("powers.csv", "id,function,stage,origin,revocable\np,tax,whole,people,yes\n"),
    (
        "states.csv",
        "id,label,of,property,value,valid_from,valid_to,date_kind\n\
         a,Government,cn:1,level,provincial,1990,..,\nb,Government,cn:1,lon,1,1990,..,\n\
         c,Government,cn:9,level,county,1990,..,\nd,Goverment,cn:1,level,county,1990,..,\n\
         e,Government,cn:1,level,,1990,..,\nf,Government,cn:1,rank,county,1990,..,\n\
         g,Government,cn:2,level,county,1990,..,heard\ng,Government,cn:2,level,county,1990,..,\n",
    ),
    (
        "observations.csv",
        "id,label,of,property,value,valid_from,valid_to\no,Government,cn:1,gdp,much,2010,2011\n",
    ),
    ("states.csv", "id,label,of,property,value\n\"a,Government\n"),
    ("bodies.csv", "id,name,kind\nb,B\n\nc,C,forum,more\n"),
    ("memberships.csv", "id,from,to\nm,cn:1,b\nn,cn:1,b,\n"),
];

#[test]
fn the_same_is_wrong() {
    for (file, contents) in WRONG {
        let folder = Folder::small();
        folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n");
        folder.write("bodies.csv", "id,name,kind\nb,B,forum\n");
        folder.write(file, contents);
        assert!(!folder.faults().is_empty(), "{file}: {contents}");
        for block in [1, 50, 1 << 21] {
            same_in_blocks(folder.path(), block);
        }
        same_on_disk(folder.path());
    }
}

#[test]
fn ends_that_the_type_does_not_join_are_refused() {
    let folder = Folder::small();
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n");
    folder.write("bodies.csv", "id,name,kind\nb,B,forum\ncn:1,C,forum\n");
    folder.write("part_of.csv", "id,from,to\np,x,b\nq,b,cn:1\nr,b,Government/cn:1\ns,b,Body/cn:1\n");
    same_in_blocks(folder.path(), 64);
    folder.write("part_of.csv", "id,from,to\nr,b,Government/cn:1\ns,b,Body/cn:1\n");
    same_in_blocks(folder.path(), 64);
}

#[test]
fn many_faults_are_counted() {
    let folder = Folder::small();
    let rows: String = (0..10_500).map(|row| format!("c{row},cn:1,cn:2,much\n")).collect();
    folder.write("cooperation.csv", format!("id,from,to,weight\n{rows}"));
    same_in_blocks(folder.path(), 4_000);
}

/// What cannot be cut is read as a whole, wherever in the file that is found out; the store is as if it had never begun.
#[test]
fn what_cannot_be_cut_is_read_as_a_whole() {
    let (chinese, _, _) = encoding_rs::GB18030.encode("id,scheme,code,name\ncn:3,cn,cn:3,上海市\n");
    let late = |row: &str| format!("id,name,kind\n{}{row}", "b0,B,forum\n".replace('0', "1"));
    let rows: String = (0..40).map(|row| format!("c{row},cn:1,cn:2\n")).collect();
    let cases: [(&str, Vec<u8>); 9] = [
        ("governments.csv", chinese.into_owned()),
        ("bodies.csv", late("b,B\0,forum\n").into_bytes()),
        ("bodies.csv", late("b,\"B,forum\nc,C,forum\n").into_bytes()),
        ("bodies.csv", late("b,\"B\"x,forum\n").into_bytes()),
        ("bodies.csv", b"id;name;kind\nb;B;forum\n".to_vec()),
        ("bodies.csv", b"id,name,kind\rb,B,forum\r".to_vec()),
        ("bodies.csv", late(&format!("b,{},forum\n", "x".repeat(1 << 20))).into_bytes()),
        ("cooperation.csv", format!("id,from,to\n{rows}d,cn:1,cn:2\re,cn:2,cn:1\r").into_bytes()),
        ("cooperation.csv", [format!("id,from,to\n{rows}").as_bytes(), b"\xFF,cn:1,cn:2\n"].concat()),
    ];
    for (file, contents) in cases {
        let folder = Folder::small();
        folder.write("memberships.csv", "id,from,to,role\n");
        folder.write(file, &contents);
        for block in [40, 1 << 21] {
            let form = String::from_utf8_lossy(&contents).contains(';');
            if !form {
                same_in_blocks(folder.path(), block);
            }
        }
        same_on_disk(folder.path());
    }
}

#[test]
fn tables_of_what_the_schema_does_not_declare_go_the_same_way() {
    let folder = Folder::small();
    folder.write("extra_nodes.csv", "id,labels,properties\np,Person;Mayor,\"{\"\"age\"\":40}\"\n_:q,,\n");
    folder.write(
        "extra_edges.csv",
        "id,type,from,to,properties\n,LEADS,extra_nodes/p,governments/cn:1,\n,LEADS,Person/p,Government/cn:1,\n\
         _:e,KNOWS,extra_nodes/p,extra_nodes/_:q,\"{\"\"since\"\":{\"\"date\"\":\"\"2010\"\"}}\"\n",
    );
    folder.write("extra_properties.csv", "table,of,property,value\ngovernments,cn:1,motto,\"\"\"x\"\"\"\n");
    same_on_disk(folder.path());
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    assert_eq!((graph.node_count(), graph.edge_count()), (4, 3));
    let ids = ["LEADS.extra_nodes/p.governments/cn:1", "LEADS.p.cn:1"];
    assert!(ids.iter().all(|id| graph.find_edge("LEADS", id).is_some()));
    folder.write(
        "extra_properties.csv",
        "table,of,property,value\ngovernments,cn:9,motto,1\ngovernments,cn:1,x,{\n",
    );
    let faults = folder.faults();
    assert_eq!(faults.len(), 2, "{faults:#?}");
}

#[test]
fn an_import_stops_when_it_is_asked_to() {
    let folder = Folder::small();
    let rows: String = (0..5_000).map(|row| format!("c{row},cn:1,cn:2\n")).collect();
    folder.write("cooperation.csv", format!("id,from,to\n{rows}"));
    for stop_after in [0_u64, 100, 10_000] {
        let (watch, read) = (Watch::new(), Arc::new(AtomicU64::new(0)));
        let (stop, seen) = (watch.clone(), Arc::clone(&read));
        let watch = watch.telling(move |progress| {
            assert!(progress.stage == Stage::Reading && progress.done <= progress.in_all);
            assert!(seen.swap(progress.done, Ordering::Relaxed) <= progress.done);
            if progress.done >= stop_after {
                stop.cancel();
            }
        });
        let (start, options) = (empty(), ImportOptions::default());
        let reader = BlockReader { block_bytes: 100, ..BlockReader::new(&watch) };
        let result = draft_import(&start, folder.path().into(), &options, reader);
        assert!(matches!(result, Err(ImportError::Cancelled(_))), "after {stop_after}");
        let read = read.load(Ordering::Relaxed);
        assert!(read < stop_after + 1_000, "{read} bytes were read after {stop_after}");
    }
}

/// Whatever the stage at which it is stopped, and whatever the store holds, an import that is stopped changes nothing.
#[test]
fn a_stopped_import_changes_nothing() {
    let place = Folder::new();
    let Some(toy) = fixture("toy") else { return };
    let folder = Folder::small();
    for (at, first) in [("empty", None), ("filled", Some(toy))] {
        let db = Database::create(place.path().join(at)).unwrap();
        if let Some(first) = first {
            db.import(&first, &ImportOptions::default(), &NOTE).unwrap();
        }
        let before = db.snapshot().unwrap();
        for wanted in ["reading", "checking"] {
            let (watch, is_empty) = (Watch::new(), before.node_count() == 0);
            let stop = watch.clone();
            let watch = watch.telling(move |progress| {
                let is_wanted = match progress.stage {
                    Stage::Reading => wanted == "reading",
                    Stage::Checking => wanted == "checking" && is_empty,
                    _ => wanted == "checking",
                };
                if is_wanted {
                    stop.cancel();
                }
            });
            let result = watch.run(|| db.import(folder.path(), &ImportOptions::default(), &NOTE));
            let is_stopped = watch.is_cancelled();
            assert_eq!(matches!(result, Err(Error::Cancelled(_))), is_stopped, "{at}, {wanted}: {result:?}");
            if is_stopped {
                assert_eq!(db.snapshot().unwrap().commit(), before.commit());
            }
        }
    }
}

fn breach(subject: Subject, column: &str) -> Violation {
    Violation {
        subject,
        rule: "S1",
        column: Some(column.to_owned()),
        message: "wrong".to_owned(),
        remedy: "correct it".to_owned(),
        warning: false,
    }
}

/// Every element of a shipped package is found at a row that names it, whatever the size of the blocks.
#[test]
fn breaches_are_found_at_their_rows() {
    let Some(folder) = fixture("toy") else { return };
    let located = |block_bytes: usize| -> Vec<(String, Fault)> {
        let (start, options, watch) = (empty(), ImportOptions::default(), Watch::new());
        let reader = BlockReader { block_bytes, ..BlockReader::new(&watch) };
        let (changes, read) = draft_import(&start, folder.as_path().into(), &options, reader).unwrap();
        let graph = start.apply(&changes).unwrap();
        let nodes = graph.nodes().map(|node| (Subject::Node(node.id()), node.text_id()));
        let edges = graph.edges().map(|edge| (Subject::Edge(edge.id()), edge.text_id()));
        let all: Vec<_> = nodes.chain(edges).collect();
        let breaches: Vec<Violation> = all.iter().map(|(subject, _)| breach(*subject, "note")).collect();
        let ids = all.iter().map(|(_, id)| id.as_ref().map(ToString::to_string).unwrap_or_default());
        ids.zip(read.locate(&graph, &breaches)).collect()
    };
    let found = located(200);
    assert_eq!(found, located(1 << 21));
    let text = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    for (id, fault) in &found {
        let row = usize::try_from(fault.row.unwrap()).unwrap();
        let line = text(&fault.file).lines().nth(row - 1).unwrap().to_owned();
        let is_made = id.contains('.') && !line.starts_with(id.as_str());
        assert!(is_made || line.starts_with(&format!("{id},")), "{id}: {}, {line}", fault.file);
    }
    let (start, options, watch) = (empty(), ImportOptions::default(), Watch::new());
    let reader = BlockReader::new(&watch);
    let (changes, read) = draft_import(&start, folder.as_path().into(), &options, reader).unwrap();
    let unknown = [breach(Subject::Node(NodeId::new(9_999)), "rank")];
    assert_eq!(read.locate(&start.apply(&changes).unwrap(), &unknown)[0].file, "");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A graph is written as a package; read in blocks of any size, it is that graph.
    #[test]
    fn a_package_is_the_graph_that_was_written(plan in random::domain(), block in 1_usize..400) {
        let graph = random::build(&plan, true);
        let folder = Folder::new();
        let written = folder.path().join("package");
        if write_package(&graph, &written, &WriteOptions::default()).is_ok() {
            same_in_blocks(&written, block);
            let replace = ImportOptions { mode: ImportMode::ReplacePackage, ..ImportOptions::default() };
            if let Ok(plan) = planned_in_blocks(&empty(), &written, &replace, block) {
                prop_assert!(plan.after().holds_same(&graph));
            }
        }
    }

    /// Into a graph that holds another one, each mode says the same in blocks of any size.
    #[test]
    fn every_mode_is_the_same_in_blocks(
        first in random::domain(),
        second in random::domain(),
        block in 1_usize..400,
        mode in prop::sample::select(vec![
            ImportMode::Create, ImportMode::Update, ImportMode::Append, ImportMode::ReplacePackage,
        ]),
    ) {
        let (into, other) = (random::build(&first, true), random::build(&second, true));
        let folder = Folder::new();
        let written = folder.path().join("package");
        if write_package(&other, &written, &WriteOptions::default()).is_ok() {
            let options = ImportOptions { mode, ..ImportOptions::default() };
            same_into(&into, &written, &options, block);
        }
    }
}
