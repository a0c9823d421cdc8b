//! What to write, and what was written.

use std::collections::HashMap;

use crate::exchange::package::Metadata;
use crate::graph::NodeId;
use crate::value::Window;

/// Which part of the graph is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GraphView {
    /// Governments, and the ties derived between them (S4–S7).
    #[default]
    Ties,
    /// All nodes and all stored edges.
    Stored,
    /// All nodes, stored edges and derived ties; `derived` tells them apart.
    All,
}

/// What becomes of several ties between two governments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ParallelTies {
    /// One edge for each pair, orientation and direction; its weight is the sum of what its ties give (S32).
    #[default]
    Merge,
    /// One edge for each tie; its weight is what it gives to its pair.
    Keep,
}

/// What becomes of characters that XML 1.0 forbids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InvalidCharacters {
    /// Each is replaced by U+FFFD, and their number reported.
    #[default]
    Replace,
    /// The export fails.
    Refuse,
}

/// A number of governments that is written as an attribute of the nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeMeasure {
    /// Its name.
    pub name: String,
    /// The value of each government that has one.
    pub values: HashMap<NodeId, f64>,
}

/// How to write a GraphML.
#[derive(Clone, Debug, Default)]
pub struct GraphmlOptions {
    /// Which part of the graph. Default: governments and derived ties.
    pub view: GraphView,
    /// What becomes of parallel ties. Default: merged.
    pub parallel: ParallelTies,
    /// Only what holds in the window, under the reading of the selection; properties read as on its last day.
    /// Default: everything, with the latest values and a warning.
    pub window: Option<Window>,
    /// Measures that are written as attributes of the nodes. Default: none.
    pub measures: Vec<NodeMeasure>,
    /// Whether governments without a tie are left out of the view of ties. Default: no.
    pub leave_out_isolates: bool,
    /// Title, licences and sources for the graph's own data.
    pub metadata: Metadata,
    /// Whether whole numbers are written as text, for readers that hold every number as a double.
    /// Default: no.
    pub integers_as_text: bool,
    /// What becomes of forbidden characters. Default: replaced.
    pub invalid: InvalidCharacters,
}

/// What was written, and what was not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// Nodes written.
    pub nodes: usize,
    /// Edges written.
    pub edges: usize,
    /// What a reader of the file should know.
    pub warnings: Vec<String>,
    /// What the file does not hold, and how many of it.
    pub left_out: Vec<(String, usize)>,
}

impl ExportReport {
    /// Notes what was left out, if anything.
    pub(super) fn leave_out(&mut self, what: &str, count: usize) {
        if count > 0 {
            self.left_out.push((what.to_owned(), count));
        }
    }
}
