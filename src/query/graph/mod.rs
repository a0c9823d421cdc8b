//! How does a query see the graph, with what it has written itself?
//!
//! Nodes and edges are named by dense indices: those of the snapshot, and beyond its bound those that the query made.

mod read;
mod ties;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use crate::graph::{Catalogue, EdgeRecord, Name, NodeIx, NodeRecord, Snapshot};
use crate::relations::TieTable;

pub(super) use read::Neighbour;
pub(super) use ties::DIRECTIONS;

/// A state and the changes of one query.
pub(super) struct Graph<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) changes: Option<Box<Changes>>,
    /// The derived ties of the snapshot, where the query names them.
    ties: Option<Arc<TieTable>>,
}

/// An element that a query made, changed or removed.
#[derive(Debug)]
struct Changed<T> {
    record: T,
    removed: bool,
}

/// What a query has written.
pub(super) struct Changes {
    catalogue: Catalogue,
    names: Vec<Name>,
    nodes: HashMap<u32, Changed<NodeRecord>>,
    edges: HashMap<u32, Changed<EdgeRecord>>,
    /// Ends of the edges that the query made.
    ends: Vec<(NodeIx, NodeIx)>,
    /// Edges that the query made, at the nodes that they leave and at which they arrive.
    out: HashMap<u32, Vec<u32>>,
    arriving: HashMap<u32, Vec<u32>>,
    new_nodes: u32,
    pub(super) summary: Summary,
}

/// How many elements a query has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says itself")]
#[non_exhaustive]
pub struct Summary {
    pub nodes_created: u64,
    pub nodes_deleted: u64,
    pub edges_created: u64,
    pub edges_deleted: u64,
    pub properties_set: u64,
    pub labels_added: u64,
    pub labels_removed: u64,
}

impl Summary {
    /// Whether nothing was changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl<'a> Graph<'a> {
    pub(super) fn new(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, changes: None, ties: None }
    }

    /// The names of the state and of what was written.
    pub(super) fn catalogue(&self) -> &Catalogue {
        self.changes.as_ref().map_or_else(|| self.snapshot.catalogue().as_ref(), |changes| &changes.catalogue)
    }

    fn changes(&mut self) -> &mut Changes {
        let snapshot = self.snapshot;
        self.changes.get_or_insert_with(|| {
            Box::new(Changes {
                catalogue: Catalogue::clone(snapshot.catalogue()),
                names: Vec::new(),
                nodes: HashMap::new(),
                edges: HashMap::new(),
                ends: Vec::new(),
                out: HashMap::new(),
                arriving: HashMap::new(),
                new_nodes: 0,
                summary: Summary::default(),
            })
        })
    }

    fn changed_node(&self, node: NodeIx) -> Option<&Changed<NodeRecord>> {
        self.changes.as_ref()?.nodes.get(&node.get())
    }

    fn changed_edge(&self, row: u32) -> Option<&Changed<EdgeRecord>> {
        self.changes.as_ref()?.edges.get(&row)
    }
}

/// Labels of a node by their names, in the order of names.
fn names_of(catalogue: &Catalogue, labels: &[crate::graph::LabelId]) -> Vec<Arc<str>> {
    let mut names: Vec<Arc<str>> = labels.iter().map(|label| catalogue.label_name(*label).into()).collect();
    names.sort_unstable();
    names
}
