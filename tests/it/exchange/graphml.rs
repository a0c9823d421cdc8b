//! GraphML: what other readers see, and what is said about the rest.

use std::collections::BTreeMap;

use intergov::exchange::{GraphmlOptions, ImportOptions, write_graphml};
use intergov::graph::Snapshot;
use intergov::relations::{TieOptions, TieTable, TierSchemes};
use intergov::value::Window;

use super::{empty, fixture, import};

/// Where a run leaves the file for other programs to read; see `tests/consumers`.
const KEEP: &str = "INTERGOV_KEEP_GRAPHML";

fn ties(graph: &Snapshot) -> TieTable {
    TieTable::derive(graph, &TierSchemes::of(graph), &TieOptions::default())
}

#[test]
fn try_china() {
    let Some(folder) = fixture("china") else { return };
    let graph = import(&empty(), &folder, &ImportOptions::default());
    for (name, options) in [
        (
            "2010",
            GraphmlOptions {
                window: Some(Window::as_of("2010".parse().unwrap())),
                ..GraphmlOptions::default()
            },
        ),
        ("all", GraphmlOptions { view: intergov::exchange::GraphView::All, ..GraphmlOptions::default() }),
    ] {
        let mut out = Vec::new();
        let report = write_graphml(&graph, &ties(&graph), &options, &mut out).unwrap();
        println!("{report:#?}");
        std::fs::write(format!("/tmp/{name}.graphml"), &out).unwrap();
    }
}
