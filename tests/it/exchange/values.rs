//! Values at their edges: years before 0 in both forms, whole numbers beyond 64 bits, zeros with a sign.

use std::sync::Arc;

use intergov::exchange::{
    GraphView, GraphmlOptions, ImportOptions, WriteOptions, dump, load, write_graphml, write_package,
};
use intergov::graph::Snapshot;
use intergov::value::{Date, Validity, Value};

use super::{Folder, empty, import};

const HEADER: &str =
    r#"{"intergov":"dump","version":1,"nodes":1,"edges":0,"labels":["X"],"types":[],"keys":["w"]}"#;

/// The graph of a dump with one node that holds a value under `w`.
fn of_dump(node: &str) -> Result<Snapshot, String> {
    let start = Snapshot::empty(Arc::default());
    let changes =
        load(format!("{HEADER}\n{node}\n").as_bytes(), &start).map_err(|error| error.to_string())?;
    start.apply(&changes).map_err(|error| error.to_string())
}

fn to_dump(graph: &Snapshot) -> String {
    let mut out = Vec::new();
    dump(graph, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn years_before_zero_are_read_in_both_forms() {
    let of = |from: &str, to: &str| {
        let node = format!(
            r#"{{"node":1,"labels":["X"],"from":"{from}","to":"{to}","properties":{{"w":{{"date":"{to}"}}}}}}"#
        );
        of_dump(&node).unwrap()
    };
    let graph = of("-000221", "-000206-10");
    assert!(graph.holds_same(&of("-0221", "-0206-10")));
    let node = graph.nodes().next().unwrap();
    let year = |year| Date::year(year).unwrap();
    assert_eq!(node.validity().from, year(-221).into());
    assert!(to_dump(&graph).contains(r#""from":"-000221","to":"-000206-10""#));
    assert!(of_dump(to_dump(&graph).lines().nth(1).unwrap()).unwrap().holds_same(&graph));
}

#[test]
fn packages_hold_years_before_zero() {
    let of = |from: &str| {
        let folder = Folder::small();
        folder.write(
            "governments.csv",
            format!(
                "id,scheme,code,name,rank,valid_from,valid_to\ncn:1,cn,cn:1,秦,provincial,{from},0000-02-29\n"
            ),
        );
        import(&empty(), folder.path(), &ImportOptions::default())
    };
    let graph = of("-000221");
    assert!(graph.holds_same(&of("-0221")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    write_package(&graph, &path, &WriteOptions::default()).unwrap();
    assert!(import(&empty(), &path, &ImportOptions::default()).holds_same(&graph));
}

#[test]
fn whole_numbers_beyond_64_bits_are_refused() {
    let told = |number: &str| {
        let node = format!(r#"{{"node":1,"labels":["X"],"properties":{{"w":[1,{number}]}}}}"#);
        of_dump(&node).map(|graph| to_dump(&graph))
    };
    for number in ["18446744073709551616", "9223372036854775808", "-9223372036854775809"] {
        let error = told(number).unwrap_err();
        let expected =
            format!("line 2 of the dump: {number} is a whole number beyond 64 bits; write it as text, or");
        assert!(error.starts_with(&expected), "{error}");
    }
    assert!(told("9223372036854775807").unwrap().contains("[1,9223372036854775807]"));
    let folder = Folder::small();
    folder.write("extra_nodes.csv", "id,labels,properties\na,X,\"{\"\"w\"\":18446744073709551616}\"\n");
    let faults = folder.faults();
    assert!(faults.iter().any(|fault| fault.contains("is a whole number beyond 64 bits")), "{faults:?}");
}

#[test]
fn numbers_that_are_not_finite_are_refused_by_element_and_key() {
    for number in ["NaN", "inf", "-inf"] {
        let node = format!(r#"{{"node":1,"labels":["X"],"properties":{{"w":{{"float":"{number}"}}}}}}"#);
        assert_eq!(
            of_dump(&node).unwrap_err(),
            format!("“w” of node n0 holds {number}; a number must be finite: leave out what is not known")
        );
    }
    let folder = Folder::small();
    folder
        .write("extra_nodes.csv", "id,labels,properties\na,X,\"{\"\"w\"\":{\"\"float\"\":\"\"NaN\"\"}}\"\n");
    let db = intergov::Database::in_memory().unwrap();
    let refused =
        db.import(folder.path(), &ImportOptions::default(), &crate::ties::NOTE).unwrap_err().to_string();
    assert!(refused.contains("“w” of node") && refused.contains("must be finite"), "{refused}");
}

#[test]
fn a_zero_keeps_its_sign_in_every_format() {
    let is_negative = |graph: &Snapshot, label: &str, key: &str| {
        let node = graph.nodes_with(label).next().unwrap();
        matches!(node.value(key), Some(Value::Float(zero)) if zero == 0.0 && zero.is_sign_negative())
    };
    let start = empty();
    let mut draft = start.draft();
    let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
    for (key, value) in [("id", "a"), ("scheme", "cn"), ("code", "a"), ("name", "甲")] {
        draft.set_node(node, key, value).unwrap();
    }
    draft.set_node(node, "lat", -0.0).unwrap();
    draft.set_node(node, "own", -0.0).unwrap();
    let graph = start.apply(&draft.finish()).unwrap();
    let text = to_dump(&graph);
    assert!(text.contains(r#""lat":-0.0"#), "{text}");
    let loaded = start.apply(&load(text.as_bytes(), &start).unwrap()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    write_package(&graph, &path, &WriteOptions::default()).unwrap();
    let table = std::fs::read_to_string(path.join("governments.csv")).unwrap();
    assert!(table.split([',', '\n']).any(|cell| cell == "-0"), "{table}");
    for graph in [&loaded, &import(&start, &path, &ImportOptions::default())] {
        for key in ["lat", "own"] {
            assert!(is_negative(graph, "Government", key), "{key}");
        }
    }
    let mut out = Vec::new();
    let stored = GraphmlOptions { view: GraphView::Stored, ..GraphmlOptions::default() };
    write_graphml(&super::graphml::study(&graph, false), &stored, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(out.matches(">-0<").count(), 2, "{out}");
}
