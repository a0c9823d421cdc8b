//! Laws of packages: import and export are inverse, the same graph gives the same bytes, and each mode of
//! import does what it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use intergov::exchange::{
    ElementChangeKind, ImportMode, ImportOptions, Metadata, Package, WriteOptions, codebook, write_package,
    write_template,
};
use intergov::graph::{Catalogue, Property, Snapshot};
use intergov::value::Value;
use proptest::prelude::*;

use super::random::{build, domain, free};
use super::{Folder, empty, fixture, import, planned, schema};

fn bytes(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

/// Exports, imports and exports again: the same graph, the same bytes.
fn assert_round_trip(graph: &Snapshot, into: &Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) =
        (folder.path().join("first"), folder.path().join("second"), folder.path().join("third"));
    write_package(graph, &first, &WriteOptions::default()).unwrap();
    write_package(graph, &second, &WriteOptions::default()).unwrap();
    assert_eq!(bytes(&first), bytes(&second), "the same graph was written twice");
    let back = import(into, &first, &ImportOptions::default());
    assert!(back.holds_same(graph), "{} nodes, {} edges", back.node_count(), back.edge_count());
    write_package(&back, &third, &WriteOptions::default()).unwrap();
    assert_eq!(bytes(&first), bytes(&third), "written, read and written again");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_survives_without_a_schema(plan in free()) {
        let start = Snapshot::empty(Arc::new(Catalogue::default()));
        assert_round_trip(&build(&plan, false), &start);
    }

    #[test]
    fn any_graph_of_the_domain_survives(plan in domain()) {
        assert_round_trip(&build(&plan, true), &empty());
    }
}

#[test]
fn the_shipped_data_survive_export_and_import() {
    for name in ["toy", "china"] {
        let Some(folder) = fixture(name) else { continue };
        let graph = import(&empty(), &folder, &ImportOptions::default());
        assert!(graph.node_count() > 0 && graph.edge_count() > 0);
        assert_round_trip(&graph, &empty());
    }
}

#[test]
fn the_shipped_rows_are_all_there() {
    let Some(folder) = fixture("china") else { return };
    let graph = import(&empty(), &folder, &ImportOptions::default());
    // Rows of the files, counted by the reader of the standard library alone: no cell holds a line feed.
    let rows = |table: &str| fs::read_to_string(folder.join(table)).unwrap().lines().count() - 1;
    assert_eq!(graph.nodes_with("Government").count(), rows("governments.csv"));
    assert_eq!(graph.nodes_with("Arrangement").count(), rows("arrangements.csv"));
    assert_eq!(graph.edges_of("PARTY_TO").count(), rows("parties.csv"));
    let spells = |kind: &str| -> usize {
        let keys = ["code", "name", "name_en", "level", "rank", "type"];
        let of = |node: intergov::graph::NodeRef<'_>| {
            node.properties().iter().map(|(_, property)| property.spells().len()).sum::<usize>()
                - keys
                    .iter()
                    .filter_map(|key| node.property(key))
                    .map(|held| held.spells().len())
                    .sum::<usize>()
        };
        let all: usize = graph
            .nodes()
            .flat_map(|node| {
                node.properties().iter().map(|(_, held)| held.spells().len()).collect::<Vec<_>>()
            })
            .sum();
        let observed: usize = graph.nodes().map(of).sum();
        if kind == "observations" { observed } else { all - observed }
    };
    assert_eq!(spells("observations"), rows("observations.csv"));
    assert_eq!(spells("states"), rows("states.csv"));
    let chaohu = graph.find("Government", "cn:341400").unwrap();
    assert_eq!(chaohu.value("name"), Some(Value::text("巢湖市")));
}

#[test]
fn edges_without_an_id_get_one_from_type_ends_role_start_and_a_counter() {
    let folder = Folder::small();
    folder.write("arrangements.csv", "id,name,mechanism\nx,X,contract\n");
    folder.write(
        "parties.csv",
        "from,to,role,valid_from\ncn:1,x,member,2010\ncn:1,x,member,2010\ncn:2,x,lead,\n",
    );
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let mut ids: Vec<String> =
        graph.edges_of("PARTY_TO").map(|edge| edge.text_id().unwrap().to_string()).collect();
    ids.sort();
    assert_eq!(ids, ["PARTY_TO.cn:1.x.member.2010", "PARTY_TO.cn:1.x.member.2010.2", "PARTY_TO.cn:2.x.lead"]);
    // The counter counts rows of the package: importing it again makes the same ids and changes nothing.
    let options = ImportOptions { mode: ImportMode::Update, ..ImportOptions::default() };
    let plan = planned(&graph, folder.path(), &options).unwrap();
    assert!(plan.changes().is_empty());
    assert_eq!((plan.nodes().unchanged, plan.edges().unchanged), (3, 3));
    assert_round_trip(&graph, &empty());
}

#[test]
fn an_id_in_two_tables_is_written_with_its_label() {
    let folder = Folder::small();
    folder.write("bodies.csv", "id,name,kind\ncn:1,Office,office\nb,Council,forum\n");
    folder.write("part_of.csv", "id,from,to\ne1,cn:1,Government/cn:1\ne2,b,Body/cn:1\n");
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let above = |id: &str| {
        let body = graph.find("Body", id).unwrap();
        let edge = body.out_edges_of("PART_OF").next().unwrap();
        edge.target().has_label("Government")
    };
    assert!(above("cn:1"));
    assert!(!above("b"));
    assert_round_trip(&graph, &empty());
}

fn mode(mode: ImportMode) -> ImportOptions {
    ImportOptions { mode, ..ImportOptions::default() }
}

#[test]
fn update_replaces_rows_keeps_other_columns_and_other_rows() {
    let folder = Folder::small();
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let change = Folder::new();
    change.write("governments.csv", "id,scheme,code,name\ncn:2,cn,cn:2,乙市\ncn:3,cn,cn:3,丙\n");
    change.write(
        "states.csv",
        "id,label,of,property,value,valid_from,valid_to\ns,Government,cn:1,level,provincial,1990,..\n",
    );
    let plan = planned(&graph, change.path(), &mode(ImportMode::Update)).unwrap();
    assert_eq!((plan.nodes().added, plan.nodes().changed, plan.nodes().removed), (1, 2, 0));
    let mut shown: Vec<String> = plan.differences(&graph).map(|difference| difference.to_string()).collect();
    shown.sort();
    assert_eq!(
        shown,
        [
            "+ Government cn:3",
            "~ Government cn:1\n    level: “” → “provincial [1990, ..)”",
            "~ Government cn:2\n    name: “乙” → “乙市”",
        ]
    );
    let after = graph.apply(plan.changes()).unwrap();
    let second = after.find("Government", "cn:2").unwrap();
    assert_eq!(second.value("name"), Some(Value::text("乙市")));
    assert_eq!(second.value("rank"), Some(Value::text("prefectural")), "a column that is not there stays");
    let spells = after.find("Government", "cn:1").unwrap().property("level").unwrap();
    assert_eq!(spells.spells().len(), 1);
}

#[test]
fn append_takes_new_rows_and_refuses_changed_ones() {
    let folder = Folder::small();
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    folder.append("governments.csv", "cn:3,cn,cn:3,丙,county\n");
    let plan = planned(&graph, folder.path(), &mode(ImportMode::Append)).unwrap();
    assert_eq!((plan.nodes().added, plan.nodes().unchanged, plan.changes().len()), (1, 2, 1));
    folder.replace("governments.csv", "乙", "乙市");
    let faults = planned(&graph, folder.path(), &mode(ImportMode::Append)).unwrap_err();
    assert_eq!(
        faults.faults()[0].to_string(),
        "governments.csv, row 3, column id: the store has “cn:2” with other contents (S22); import with the \
         mode update to replace it, or give the new row another id"
    );
}

#[test]
fn replace_package_removes_what_its_tables_no_longer_name() {
    let folder = Folder::small();
    folder.write("bodies.csv", "id,name,kind\nb,Council,forum\n");
    folder.write("memberships.csv", "id,from,to\nm1,cn:1,b\nm2,cn:2,b\n");
    folder.write(
        "states.csv",
        "id,label,of,property,value,valid_from,valid_to\ns,Government,cn:1,level,provincial,1990,..\n",
    );
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let smaller = Folder::new();
    smaller.write("governments.csv", "id,scheme,code,name\ncn:1,cn,cn:1,甲\n");
    let faults = planned(&graph, smaller.path(), &mode(ImportMode::ReplacePackage)).unwrap_err();
    assert_eq!(
        faults.faults()[0].to_string(),
        "store: “cn:2” is not in the package, but MEMBER_OF m2 still joins it (S18); add the row, or give the \
         package the table of these edges too"
    );
    smaller.write("memberships.csv", "id,from,to\nm1,cn:1,b\n");
    let plan = planned(&graph, smaller.path(), &mode(ImportMode::ReplacePackage)).unwrap();
    let removed = plan.differences(&graph).filter(|own| own.kind == ElementChangeKind::Removed);
    assert_eq!(removed.map(|own| own.id).collect::<Vec<_>>(), ["m2", "cn:2"]);
    let after = graph.apply(plan.changes()).unwrap();
    assert_eq!((after.node_count(), after.edge_count()), (2, 1), "the table of bodies stays");
    let first = after.find("Government", "cn:1").unwrap();
    assert_eq!(first.value("rank"), None, "a replaced row holds what it says, nothing else");
    assert_eq!(
        first.property("level").unwrap().spells().len(),
        1,
        "the table of states is not in the package"
    );
}

#[test]
fn a_replaced_package_is_as_if_it_were_imported_first() {
    let Some(folder) = fixture("china") else { return };
    let graph = import(&empty(), &folder, &ImportOptions::default());
    let again = import(&graph, &folder, &mode(ImportMode::ReplacePackage));
    assert!(again.holds_same(&graph));
    let small = Folder::small();
    let other = import(
        &import(&empty(), small.path(), &ImportOptions::default()),
        &folder,
        &mode(ImportMode::ReplacePackage),
    );
    assert!(other.holds_same(&graph));
}

#[test]
fn an_edge_follows_its_government_to_the_one_that_absorbed_it() {
    let folder = Folder::new();
    folder.write(
        "governments.csv",
        "id,scheme,code,name,valid_from,valid_to\nold,cn,1,旧,1990,2011-08\nnew,cn,2,新,1990,..\nfar,cn,3,远,1990,..\n",
    );
    folder.write("succession.csv", "id,from,to,kind,valid_from,valid_to\ns,old,new,absorbed,2011-08,..\n");
    folder.write("arrangements.csv", "id,name,mechanism,valid_from,valid_to\nx,X,contract,2000,..\n");
    folder.write(
        "parties.csv",
        "id,from,to,role,valid_from,valid_to\np,old,x,member,2000,..\nq,far,x,member,2000,..\n",
    );
    let options = ImportOptions { follow_successors: true, ..ImportOptions::default() };
    let plan = planned(&empty(), folder.path(), &options).unwrap();
    assert_eq!(plan.notes(), ["PARTY_TO p goes on at new from 2011-08, when old ended (S11)"]);
    let graph = empty().apply(plan.changes()).unwrap();
    let mut rows: Vec<(String, String, String)> = graph
        .edges_of("PARTY_TO")
        .map(|edge| {
            (
                edge.text_id().unwrap().to_string(),
                edge.source().text_id().unwrap().to_string(),
                edge.validity().to_string(),
            )
        })
        .collect();
    rows.sort();
    let row = |id: &str, from: &str, when: &str| (id.to_owned(), from.to_owned(), when.to_owned());
    assert_eq!(
        rows,
        [
            row("p", "old", "[2000, 2011-08)"),
            row("p+new", "new", "[2011-08, ..)"),
            row("q", "far", "[2000, ..)")
        ]
    );
    folder.replace("succession.csv", "absorbed", "split");
    assert!(
        planned(&empty(), folder.path(), &options).unwrap().notes().is_empty(),
        "a split has no single successor"
    );
}

#[test]
fn a_rank_is_inferred_from_the_level_only_when_asked_and_marked() {
    let folder = Folder::new();
    folder.write("governments.csv", "id,scheme,code,name,level\na,cn,1,甲,county\n");
    let plain = import(&empty(), folder.path(), &ImportOptions::default());
    assert_eq!(plain.find("Government", "a").unwrap().property("rank"), None);
    let options = ImportOptions { rank_from_level: true, ..ImportOptions::default() };
    let graph = import(&empty(), folder.path(), &options);
    let rank = graph.find("Government", "a").unwrap().property("rank").unwrap();
    assert_eq!(rank.latest(), Some(&Value::text("county")));
    let Property::Dated(spells) = rank else { panic!("an inferred rank carries a note") };
    let note = graph.catalogue().key("note").unwrap();
    assert_eq!(spells[0].qualifier(note), Some(&Value::text("inferred from level (S21)")));
}

#[test]
fn a_template_is_an_empty_package_with_a_codebook() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine");
    write_template(&schema(), &path).unwrap();
    let tables = schema().labels.len() + schema().edges.len() + 2;
    assert_eq!(fs::read_dir(&path).unwrap().count(), tables + 3, "with codebook, description and example");
    let header = fs::read_to_string(path.join("parties.csv")).unwrap();
    assert_eq!(
        header,
        "id,from,to,role,responsibility,gain,valid_from,valid_to,attested,source,confidence,note\n"
    );
    let package = Package::read(&path, &schema()).unwrap();
    assert_eq!(package.metadata().version.as_deref(), Some("0.1.0"));
    let refused = planned(&empty(), &path, &ImportOptions::default()).unwrap_err().to_string();
    assert!(refused.contains("no table of the package has a row"), "{refused}");
    let replace = ImportOptions { mode: ImportMode::ReplacePackage, ..ImportOptions::default() };
    assert!(planned(&empty(), &path, &replace).unwrap().changes().is_empty());
    let text = fs::read_to_string(path.join("CODEBOOK.md")).unwrap();
    assert_eq!(text, codebook(&schema()));
    assert!(text.contains("### governments.csv · Government 政府"));
    assert!(text.contains("`administrative-coordination` 行政协调"));
    for spec in schema().labels.iter().flat_map(|spec| &spec.properties) {
        assert!(text.contains(&format!("`{}`", spec.key)), "{}", spec.key);
    }
    let refused = write_template(&schema(), &path).unwrap_err().to_string();
    assert!(refused.ends_with("is not empty; name another folder, or allow to overwrite it"), "{refused}");
}

#[test]
fn only_what_the_package_owns_is_overwritten() {
    let folder = Folder::small();
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    folder.write("README.md", "mine");
    folder.write("bodies.csv", "id,name,kind\n");
    let refused = write_package(&graph, folder.path(), &WriteOptions::default()).unwrap_err().to_string();
    assert!(refused.contains("is not empty"), "{refused}");
    let metadata = Metadata { title: Some("小三角".to_owned()), ..Metadata::default() };
    let options = WriteOptions { overwrite: true, metadata, ..WriteOptions::default() };
    let report = write_package(&graph, folder.path(), &options).unwrap();
    assert_eq!(report.tables, [("governments".to_owned(), 2)]);
    assert_eq!(fs::read_to_string(folder.path().join("README.md")).unwrap(), "mine");
    assert!(!folder.path().join("bodies.csv").exists(), "a table that the graph does not have");
    let package = Package::read(folder.path(), &schema()).unwrap();
    assert_eq!(package.metadata().title.as_deref(), Some("小三角"));
    let siblings = fs::read_dir(folder.path().parent().unwrap()).unwrap();
    let name = folder.path().file_name().unwrap().to_str().unwrap().to_owned();
    let left = siblings.filter(|entry| {
        let entry = entry.as_ref().unwrap().file_name().to_str().unwrap().to_owned();
        entry.starts_with(&format!(".{name}."))
    });
    assert_eq!(left.count(), 0, "no temporary folder is left");
}

#[test]
fn tables_for_excel_begin_with_a_byte_order_mark() {
    let folder = Folder::small();
    let graph = import(&empty(), folder.path(), &ImportOptions::default());
    let marked = folder.path().join("marked");
    write_package(&graph, &marked, &WriteOptions { byte_order_mark: true, ..WriteOptions::default() })
        .unwrap();
    assert!(fs::read(marked.join("governments.csv")).unwrap().starts_with(b"\xEF\xBB\xBFid,scheme"));
    assert!(import(&empty(), &marked, &ImportOptions::default()).holds_same(&graph));
}
