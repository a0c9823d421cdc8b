//! The bulk load and the planner mean the same by the same package, and find the same wrong with it.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use intergov::exchange::{
    BulkError, BulkLoaded, BulkOptions, BulkProgress, ImportOptions, Package, Unsuited, WriteOptions,
    bulk_load, can_bulk, locate, plan_import, write_package,
};
use intergov::graph::{
    BulkEdge, BulkNode, BulkSink, ChangeError, Draft, LabelId, NameKind, NodeId, Snapshot, Subject, TypeId,
    Violation,
};
use proptest::prelude::*;

use super::{Folder, empty, fixture, import, random, schema};

/// A sink that puts everything into a draft.
pub(super) struct InMemory<'a> {
    pub(super) draft: Draft<'a>,
    labels: Vec<String>,
    types: Vec<String>,
    batches: usize,
}

impl<'a> InMemory<'a> {
    pub(super) fn new(start: &'a Snapshot) -> Self {
        Self { draft: start.draft(), labels: Vec::new(), types: Vec::new(), batches: 0 }
    }
}

impl BulkSink for InMemory<'_> {
    type Error = ChangeError;

    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, ChangeError> {
        let names = match kind {
            NameKind::Key => return self.draft.key(text).map(|key| key.get()),
            NameKind::Label => &mut self.labels,
            NameKind::EdgeType => &mut self.types,
        };
        let at = names.iter().position(|name| name == text).unwrap_or_else(|| {
            names.push(text.to_owned());
            names.len() - 1
        });
        Ok(u16::try_from(at).unwrap())
    }

    fn nodes(&mut self, batch: Vec<BulkNode>) -> Result<NodeId, ChangeError> {
        self.batches += 1;
        let mut first = None;
        for BulkNode { labels, validity, properties } in batch {
            let name = |label: &LabelId| self.labels[usize::from(label.get())].as_str();
            let labels: Vec<&str> = labels.iter().map(name).collect();
            let id = self.draft.create_node(&labels, validity)?;
            self.draft.edit_node(id)?.properties = properties;
            first.get_or_insert(id);
        }
        Ok(first.unwrap())
    }

    fn edges(&mut self, batch: Vec<BulkEdge>) -> Result<(), ChangeError> {
        self.batches += 1;
        for BulkEdge { edge_type, source, target, validity, properties } in batch {
            let name = |number: TypeId| self.types[usize::from(number.get())].clone();
            let id = self.draft.create_edge(&name(edge_type), source, target, validity)?;
            self.draft.edit_edge(id)?.properties = properties;
        }
        Ok(())
    }
}

type Loaded = Result<(Snapshot, BulkLoaded), BulkError<ChangeError>>;

fn load_by(folder: &Path, block_bytes: usize) -> Loaded {
    let never = AtomicBool::new(false);
    let start = empty();
    let mut sink = InMemory::new(&start);
    let options = BulkOptions { block_bytes, threads: 3, ..BulkOptions::new(&never) };
    let mut last = BulkProgress::default();
    let loaded = bulk_load(folder, &schema(), &mut sink, &options, &mut |done| {
        assert!(done.bytes >= last.bytes && done.rows >= last.rows);
        last = done;
    })?;
    assert_eq!(last.bytes, last.bytes_in_all, "all bytes are told");
    Ok((start.apply(&sink.draft.finish()).unwrap(), loaded))
}

/// Loads a package in blocks of some size and holds it against the planner.
pub(super) fn same_as_planned(folder: &Path, block_bytes: usize) {
    let package = Package::read(folder, &schema()).unwrap();
    let planned = plan_import(&empty(), &package, &ImportOptions::default());
    match (planned, load_by(folder, block_bytes)) {
        (Ok(plan), Ok((graph, loaded))) => {
            assert!(empty().apply(plan.changes()).unwrap().holds_same(&graph), "blocks of {block_bytes}");
            assert_eq!(loaded.warnings(), plan.warnings(), "blocks of {block_bytes}");
            assert_eq!(
                (loaded.nodes(), loaded.edges()),
                (plan.nodes().added as u64, plan.edges().added as u64)
            );
        }
        (Err(expected), Err(BulkError::Faults(found))) => {
            assert_eq!(found.to_string(), expected.to_string(), "blocks of {block_bytes}");
        }
        (planned, loaded) => panic!("planned: {:?}, loaded: {:?}", planned.map(drop), loaded.map(drop)),
    }
}

#[test]
fn the_shipped_packages_load_as_they_are_planned() {
    for name in ["toy", "china", "two-provinces"] {
        let Some(folder) = fixture(name) else { continue };
        for block in [64, 1_000, 1 << 21] {
            same_as_planned(&folder, block);
        }
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
        same_as_planned(folder.path(), block);
    }
}

#[test]
fn ids_are_made_as_they_are_planned() {
    let folder = Folder::small();
    folder.write(
        "cooperation.csv",
        "id,from,to,valid_from\n,cn:1,cn:2,2001\n,cn:1,cn:2,2001\nCOOPERATES_WITH.cn:1.cn:2.2001.3,cn:1,cn:2,2002\n\
         ,cn:1,Government/cn:2,2001\n,cn:1,cn:2,..\n_:7,cn:2,cn:1,\n,cn:2,cn:1,\nCOOPERATES_WITH.cn:2.cn:1,cn:1,cn:2,\n",
    );
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n_:9,Y,contract\n");
    folder.write("parties.csv", "from,to,role\ncn:1,x,member\ncn:1,x,lead\ncn:1,x,member\ncn:2,_:9,lead\n");
    for block in [1, 40, 100, 1 << 21] {
        same_as_planned(folder.path(), block);
    }
    let (graph, _) = load_by(folder.path(), 1).unwrap();
    assert!(graph.find_edge("COOPERATES_WITH", "COOPERATES_WITH.cn:1.cn:2.2001.4").is_some());
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
        let package = Package::read(folder.path(), &schema()).unwrap();
        assert!(plan_import(&empty(), &package, &ImportOptions::default()).is_err(), "{file}: {contents}");
        for block in [1, 50, 1 << 21] {
            same_as_planned(folder.path(), block);
        }
    }
}

#[test]
fn ends_that_the_type_does_not_join_are_refused() {
    let folder = Folder::small();
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n");
    folder.write("bodies.csv", "id,name,kind\nb,B,forum\ncn:1,C,forum\n");
    folder.write("part_of.csv", "id,from,to\np,x,b\nq,b,cn:1\nr,b,Government/cn:1\ns,b,Body/cn:1\n");
    same_as_planned(folder.path(), 64);
    folder.write("part_of.csv", "id,from,to\nr,b,Government/cn:1\ns,b,Body/cn:1\n");
    same_as_planned(folder.path(), 64);
}

#[test]
fn many_faults_are_counted() {
    let folder = Folder::small();
    let rows: String = (0..10_500).map(|row| format!("c{row},cn:1,cn:2,much\n")).collect();
    folder.write("cooperation.csv", format!("id,from,to,weight\n{rows}"));
    same_as_planned(folder.path(), 4_000);
}

#[test]
fn what_only_the_planner_reads_is_told() {
    let (chinese, _, _) = encoding_rs_gb18030("id,scheme,code,name\ncn:3,cn,cn:3,上海市\n");
    let cases: [(&str, Vec<u8>, Unsuited); 9] = [
        ("extra_nodes.csv", b"id,labels\n".to_vec(), Unsuited::ExtraTable),
        ("governments.csv", chinese, Unsuited::Encoding),
        ("bodies.csv", b"id,name,kind\nb,B\0,forum\n".to_vec(), Unsuited::Nul),
        ("bodies.csv", b"id,name,kind\nb,\"B,forum\nc,C,forum\n".to_vec(), Unsuited::LooseQuote),
        ("bodies.csv", b"id,name,kind\nb,\"B\"x,forum\n".to_vec(), Unsuited::LooseQuote),
        ("bodies.csv", b"id;name;kind\nb;B;forum\n".to_vec(), Unsuited::Separator),
        ("memberships.csv", b"id,from,to,role\nm,cn:1,b,member\n".to_vec(), Unsuited::Undated),
        ("bodies.csv", b"id,name,kind\rb,B,forum\r".to_vec(), Unsuited::BareReturn),
        (
            "bodies.csv",
            format!("id,name,kind\nb,{},forum\n", "x".repeat(1 << 20)).into_bytes(),
            Unsuited::LongRow,
        ),
    ];
    for (file, contents, expected) in cases {
        let folder = Folder::small();
        folder.write("bodies.csv", "id,name,kind,valid_from\nb,B,forum,2001\n");
        folder.write(file, contents);
        match load_by(folder.path(), 1 << 21) {
            Err(BulkError::Unsuited { path, why }) => {
                assert_eq!(why, expected);
                assert!(path.ends_with(file));
            }
            other => panic!("{file}: {:?}", other.map(drop)),
        }
    }
}

/// Text as an old spreadsheet writes it.
fn encoding_rs_gb18030(text: &str) -> (Vec<u8>, (), ()) {
    (encoding_rs::GB18030.encode(text).0.into_owned(), (), ())
}

#[test]
fn a_load_is_worth_it_for_large_packages_of_declared_tables() {
    let folder = Folder::small();
    let size = std::fs::metadata(folder.path().join("governments.csv")).unwrap().len();
    assert!(can_bulk(folder.path(), &schema(), size).unwrap());
    assert!(!can_bulk(folder.path(), &schema(), size + 1).unwrap());
    folder.write("extra_edges.csv", "id,type,from,to\n");
    assert!(!can_bulk(folder.path(), &schema(), 0).unwrap());
}

#[test]
fn a_load_stops_when_it_is_asked_to() {
    let folder = Folder::small();
    let rows: String = (0..5_000).map(|row| format!("c{row},cn:1,cn:2\n")).collect();
    folder.write("cooperation.csv", format!("id,from,to\n{rows}"));
    for stop_after in [0_u64, 2, 1_000] {
        let stop = AtomicBool::new(stop_after == 0);
        let start = empty();
        let mut sink = InMemory::new(&start);
        let options = BulkOptions { block_bytes: 100, ..BulkOptions::new(&stop) };
        let read = Cell::new(0);
        let result = bulk_load(folder.path(), &schema(), &mut sink, &options, &mut |done| {
            read.set(done.rows);
            if done.rows >= stop_after {
                stop.store(true, Ordering::Relaxed);
            }
        });
        assert!(matches!(result, Err(BulkError::Cancelled)), "after {stop_after}");
        assert!(read.get() < stop_after + 20, "{} rows were read after {stop_after}", read.get());
    }
}

#[test]
fn breaches_are_found_at_their_rows() {
    let Some(folder) = fixture("toy") else { return };
    let package = Package::read(&folder, &schema()).unwrap();
    let plan = plan_import(&empty(), &package, &ImportOptions::default()).unwrap();
    let planned = empty().apply(plan.changes()).unwrap();
    let breach = |subject, column: &str| Violation {
        subject,
        rule: "S1",
        column: Some(column.to_owned()),
        message: "wrong".to_owned(),
        remedy: "correct it".to_owned(),
        warning: false,
    };
    let all = |graph: &Snapshot| -> Vec<Violation> {
        let nodes = graph.nodes().map(|node| Subject::Node(node.id()));
        let subjects: Vec<Subject> =
            nodes.chain(graph.edges().map(|edge| Subject::Edge(edge.id()))).collect();
        subjects.iter().flat_map(|subject| [breach(*subject, "rank"), breach(*subject, "note")]).collect()
    };
    let mut expected: Vec<String> = all(&planned).iter().map(|own| locate(&plan, own).to_string()).collect();
    let (graph, loaded) = load_by(&folder, 200).unwrap();
    let found = loaded.locate(&graph, &all(&graph)).unwrap();
    let mut found: Vec<String> = found.iter().map(ToString::to_string).collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    assert!(expected.iter().any(|fault| fault.starts_with("states.csv")));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_packages_load_as_they_are_planned(plan in random::domain(), block in 1_usize..400) {
        let graph = random::build(&plan, true);
        let folder = Folder::new();
        let written = folder.path().join("package");
        if write_package(&graph, &written, &WriteOptions::default()).is_ok() {
            for extra in ["extra_nodes", "extra_edges", "extra_properties"] {
                let path = written.join(format!("{extra}.csv"));
                if path.is_file() {
                    std::fs::remove_file(path).unwrap();
                }
            }
            let description = written.join("datapackage.json");
            if description.is_file() {
                std::fs::remove_file(description).unwrap();
            }
            same_as_planned(&written, block);
        }
    }
}

#[test]
fn every_row_of_a_shipped_package_arrives_once() {
    let Some(folder) = fixture("toy") else { return };
    let planned = import(&empty(), &folder, &ImportOptions::default());
    let (graph, _) = load_by(&folder, 512).unwrap();
    let count = |graph: &Snapshot| -> HashMap<String, usize> {
        let mut types = HashMap::new();
        graph.edges().for_each(|edge| *types.entry(edge.edge_type().to_owned()).or_default() += 1);
        types
    };
    assert_eq!(count(&planned), count(&graph));
}
