//! How does the graph look in Gephi, Cytoscape, igraph, NetworkX and graph-tool?
//!
//! One strict profile that all of them read alike: see `docs/exchange.md`. What it cannot hold is in the
//! [`ExportReport`].

mod document;
mod nodes;
mod options;
mod stored;
mod ties;
mod values;
mod view;

pub use options::{ExportReport, GraphView, GraphmlOptions, InvalidCharacters, NodeMeasure, ParallelTies};
pub use view::write_graphml;
