//! Dumps: everything survives, byte for byte, and what is damaged is refused at its line.

use std::sync::Arc;

use intergov::exchange::{DumpError, ImportOptions, dump, load};
use intergov::graph::{Catalogue, Snapshot};
use proptest::prelude::*;

use super::random::{build, domain, free};
use super::{empty, fixture, import};

fn text(graph: &Snapshot) -> String {
    let mut out = Vec::new();
    let counts = dump(graph, &mut out).unwrap();
    assert_eq!((counts.nodes, counts.edges), (graph.node_count(), graph.edge_count()));
    String::from_utf8(out).unwrap()
}

fn back(text: &str, into: &Snapshot) -> Snapshot {
    into.apply(&load(text.as_bytes(), into).unwrap()).unwrap()
}

fn assert_survives(graph: &Snapshot, into: &Snapshot) {
    let first = text(graph);
    let loaded = back(&first, into);
    assert!(loaded.holds_same(graph));
    assert_eq!(text(&loaded), first);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_graph_survives(plan in free()) {
        assert_survives(&build(&plan, false), &Snapshot::empty(Arc::new(Catalogue::default())));
    }

    #[test]
    fn any_graph_of_the_domain_survives(plan in domain()) {
        assert_survives(&build(&plan, true), &empty());
    }
}

#[test]
fn the_shipped_data_survive() {
    for name in ["toy", "china"] {
        let Some(folder) = fixture(name) else { continue };
        assert_survives(&import(&empty(), &folder, &ImportOptions::default()), &empty());
    }
}

#[test]
fn a_dump_has_one_line_an_element_and_no_permanent_ids() {
    let start = Snapshot::empty(Arc::new(Catalogue::default()));
    let mut draft = start.draft();
    let gone = draft.create_node(&["Person"], intergov::value::Validity::ALWAYS).unwrap();
    let a = draft
        .create_node(&["Person"], "1949-10-01".parse().map(intergov::value::Validity::since).unwrap())
        .unwrap();
    draft.set_node(a, "name", "上海\n").unwrap();
    draft.set_node(a, "share", 2.0).unwrap();
    let b = draft.create_node(&[], intergov::value::Validity::UNKNOWN).unwrap();
    draft.create_edge("KNOWS", b, a, intergov::value::Validity::UNKNOWN).unwrap();
    draft.remove_node(gone).unwrap();
    let graph = start.apply(&draft.finish()).unwrap();
    let expected = concat!(
        r#"{"intergov":"dump","version":1,"nodes":2,"edges":1,"labels":["Person"],"types":["KNOWS"],"keys":["name","share"]}"#,
        "\n",
        r#"{"node":1,"labels":["Person"],"from":"1949-10-01","to":"..","properties":{"name":"上海\n","share":2.0}}"#,
        "\n",
        r#"{"node":2,"labels":[]}"#,
        "\n",
        r#"{"edge":[2,1],"type":"KNOWS"}"#,
        "\n",
    );
    assert_eq!(text(&graph), expected);
}

#[test]
fn what_is_no_dump_is_refused_where_it_goes_wrong() {
    let start = Snapshot::empty(Arc::new(Catalogue::default()));
    let refuse = |text: &str| load(text.as_bytes(), &start).unwrap_err().to_string();
    let header = r#"{"intergov":"dump","version":1,"nodes":1,"edges":0,"labels":[],"types":[],"keys":[]}"#;
    assert!(refuse("").starts_with("line 1 is not a header of a dump of version 1"));
    assert!(refuse(&header.replace(":1,\"nodes", ":2,\"nodes")).starts_with("line 1 is not a header"));
    assert_eq!(
        refuse(&format!("{header}\n")),
        "the header says 1 nodes and 0 edges, but 0 and 0 follow; the file is cut off or was changed by hand"
    );
    assert_eq!(
        refuse(&format!("{header}\n{{\"node\":2,\"labels\":[]}}\n")),
        "line 2 of the dump: node 2 stands where node 1 is expected; the file is damaged or was changed by hand"
    );
    assert!(
        refuse(&format!("{header}\n{{\"node\":1,\"lab")).starts_with("line 2 of the dump: it is not JSON")
    );
    let edge = format!("{header}\n{{\"node\":1,\"labels\":[]}}\n{{\"edge\":[1,7],\"type\":\"T\"}}\n");
    assert!(
        refuse(&edge).starts_with("line 3 of the dump: its end 7 is not a node above"),
        "{}",
        refuse(&edge)
    );
    let full = back(&format!("{header}\n{{\"node\":1,\"labels\":[]}}\n"), &start);
    assert!(matches!(load(header.as_bytes(), &full), Err(DumpError::NotEmpty { nodes: 1 })));
}
