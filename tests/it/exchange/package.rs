//! Laws of packages: import and export are inverse, the same graph gives the same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use intergov::exchange::{ImportOptions, WriteOptions, write_package};
use intergov::graph::Snapshot;

use super::{empty, fixture, import};

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect()
}

/// Exports, imports and exports again: the same graph, the same bytes.
fn assert_round_trip(graph: &Snapshot) {
    let folder = tempfile::tempdir().unwrap();
    let (first, second, third) =
        (folder.path().join("first"), folder.path().join("second"), folder.path().join("third"));
    write_package(graph, &first, &WriteOptions::default()).unwrap();
    write_package(graph, &second, &WriteOptions::default()).unwrap();
    assert_eq!(bytes(&first), bytes(&second), "the same graph was written twice");
    let back = import(&empty(), &first, &ImportOptions::default());
    assert!(back.holds_same(graph), "{} nodes, {} edges", back.node_count(), back.edge_count());
    write_package(&back, &third, &WriteOptions::default()).unwrap();
    assert_eq!(bytes(&first), bytes(&third), "written, read and written again");
}

#[test]
fn the_shipped_data_survive_export_and_import() {
    for name in ["toy", "china"] {
        let Some(folder) = fixture(name) else { continue };
        let graph = import(&empty(), &folder, &ImportOptions::default());
        assert!(graph.node_count() > 0 && graph.edge_count() > 0);
        assert_round_trip(&graph);
    }
}
