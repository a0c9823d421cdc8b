//! Reads the lines of a dump.

use std::io::{self, BufRead, Read};

use serde_json::{Map, Value as Json};

use super::VERSION;
use crate::exchange::json::{JsonFault, get_validity, properties_from_json, read_json};
use crate::graph::limits::LINE_BYTES;
use crate::graph::{ChangeError, ChangeSet, Draft, NodeId, Properties, Snapshot};
use crate::watch::{Cancelled, Stage, Watch};

/// Lines after which the watch is looked at.
const LINES: u64 = 1_024;

/// A dump that cannot be read; nothing was loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DumpError {
    /// The stream fails.
    #[error("cannot read the dump: {0}")]
    Read(#[from] io::Error),
    /// Its watch was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Not a dump, or of another version.
    #[error("line 1 is not a header of a dump of version {VERSION}; write the dump with this version")]
    Header,
    /// The graph holds something already.
    #[error("a dump is loaded into an empty store, but this one has {nodes} nodes; make a new one")]
    NotEmpty {
        /// Nodes that are there.
        nodes: usize,
    },
    /// A line that is not a node or an edge.
    #[error("line {line} of the dump: {message}; the file is damaged or was changed by hand")]
    Line {
        /// Its number.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// Fewer or more lines than the header says.
    #[error(
        "the header says {nodes} nodes and {edges} edges, but {found_nodes} and {found_edges} follow; \
         the file is cut off or was changed by hand"
    )]
    Counts {
        /// Nodes by the header.
        nodes: u64,
        /// Edges by the header.
        edges: u64,
        /// Nodes read.
        found_nodes: u64,
        /// Edges read.
        found_edges: u64,
    },
}

/// The change that makes an empty graph hold what a dump holds.
///
/// # Errors
/// [`DumpError`], with the line where one is at fault.
pub fn load(mut from: impl BufRead, into: &Snapshot) -> Result<ChangeSet, DumpError> {
    if into.node_count() > 0 {
        return Err(DumpError::NotEmpty { nodes: into.node_count() });
    }
    let mut line = Vec::new();
    next_line(&mut from, &mut line, 1)?;
    let header: Map<String, Json> = serde_json::from_slice(&line).map_err(|_| DumpError::Header)?;
    let count = |key: &str| header.get(key).and_then(Json::as_u64);
    let known =
        header.get("intergov").and_then(Json::as_str) == Some("dump") && count("version") == Some(VERSION);
    let (Some(nodes), Some(edges), true) = (count("nodes"), count("edges"), known) else {
        return Err(DumpError::Header);
    };
    let mut loader = Loader { draft: into.draft(), nodes: Vec::new(), edges: 0 };
    let (watch, mut bytes, mut number) = (Watch::current(), line.len() as u64, 1_u64);
    while next_line(&mut from, &mut line, number + 1)? {
        number += 1;
        bytes += line.len() as u64 + 1;
        if number.is_multiple_of(LINES) {
            watch.check()?;
            watch.tell(Stage::Reading, bytes, 0);
        }
        loader.take(&line).map_err(|error| DumpError::Line { line: number, message: error.to_string() })?;
    }
    let found_nodes = u64::try_from(loader.nodes.len()).unwrap_or(u64::MAX);
    if (found_nodes, loader.edges) != (nodes, edges) {
        return Err(DumpError::Counts { nodes, edges, found_nodes, found_edges: loader.edges });
    }
    Ok(loader.draft.finish())
}

/// The next line without its end; false at the end of the file.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>, number: u64) -> Result<bool, DumpError> {
    line.clear();
    let read = from.by_ref().take(LINE_BYTES).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if u64::try_from(read).is_ok_and(|read| read >= LINE_BYTES) {
        let message = format!("it is longer than {LINE_BYTES} bytes");
        return Err(DumpError::Line { line: number, message });
    }
    Ok(read > 0)
}

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
enum LineFault {
    #[error("it is neither a node nor an edge")]
    Kind,
    #[error("node {found} stands where node {expected} is expected")]
    Order { found: u64, expected: u64 },
    #[error("its end {0} is not a node above")]
    End(u64),
    #[error(transparent)]
    Contents(#[from] JsonFault),
    #[error(transparent)]
    Change(#[from] ChangeError),
}

struct Loader<'a> {
    draft: Draft<'a>,
    nodes: Vec<NodeId>,
    edges: u64,
}

impl Loader<'_> {
    fn take(&mut self, line: &[u8]) -> Result<(), LineFault> {
        let json = read_json(line)?;
        let object = json.as_object().ok_or(LineFault::Kind)?;
        match (object.get("node"), object.get("edge")) {
            (Some(place), None) => self.take_node(place.as_u64().ok_or(LineFault::Kind)?, object),
            (None, Some(Json::Array(ends))) => self.take_edge(ends, object),
            _ => Err(LineFault::Kind),
        }
    }

    fn properties(&mut self, object: &Map<String, Json>) -> Result<Properties, LineFault> {
        match object.get("properties") {
            Some(json) => {
                let keys = &mut |name: &str| self.draft.key(name).map_err(|error| error.to_string());
                Ok(properties_from_json(keys, json)?)
            }
            None => Ok(Properties::new()),
        }
    }

    fn take_node(&mut self, found: u64, object: &Map<String, Json>) -> Result<(), LineFault> {
        let expected = u64::try_from(self.nodes.len()).unwrap_or(u64::MAX).saturating_add(1);
        if found != expected {
            return Err(LineFault::Order { found, expected });
        }
        let labels = object.get("labels").and_then(Json::as_array).ok_or(LineFault::Kind)?;
        let labels: Option<Vec<&str>> = labels.iter().map(Json::as_str).collect();
        let id = self.draft.create_node(&labels.ok_or(LineFault::Kind)?, get_validity(object)?)?;
        let properties = self.properties(object)?;
        self.draft.edit_node(id)?.properties = properties;
        self.nodes.push(id);
        Ok(())
    }

    fn take_edge(&mut self, ends: &[Json], object: &Map<String, Json>) -> Result<(), LineFault> {
        let [from, to] = ends else { return Err(LineFault::Kind) };
        let end = |json: &Json| {
            let place = json.as_u64().ok_or(LineFault::Kind)?;
            let at = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
            at.and_then(|at| self.nodes.get(at)).copied().ok_or(LineFault::End(place))
        };
        let (source, target) = (end(from)?, end(to)?);
        let edge_type = object.get("type").and_then(Json::as_str).ok_or(LineFault::Kind)?;
        let id = self.draft.create_edge(edge_type, source, target, get_validity(object)?)?;
        let properties = self.properties(object)?;
        self.draft.edit_edge(id)?.properties = properties;
        self.edges += 1;
        Ok(())
    }
}
