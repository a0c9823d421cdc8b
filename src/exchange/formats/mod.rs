//! Which formats of other programs are there, and where is each?
//!
//! A format that goes out has a folder or a file here: `graphml`, and the tables of `networks`. A format that comes in
//! makes tables of a package, as `edge_list` does; what their rows mean is said in `package`.

mod edge_list;
mod graphml;
mod networks;

pub(super) use edge_list::{GOVERNMENT_NAMES, ListText, open_list, read_text_list};

pub use graphml::{
    ExportReport, GraphView, GraphmlOptions, InvalidCharacters, NodeMeasure, ParallelTies, write_graphml,
};
pub use networks::{NetworkTable, TableReport, write_networks};
