//! Elements asked for one by one, wherever they lie.

use std::sync::Arc;

use super::{Catalogue, EdgeRecord, NodeId, NodeRecord, TypeId};

/// Which edges of a node are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeDirection {
    /// Those that leave it.
    Out,
    /// Those that arrive at it.
    In,
}

/// How much of an edge is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Contents {
    /// Ends, type and dates: the properties stay empty.
    Ends,
    /// All that it holds.
    Whole,
}

/// Reads single elements of one state of the graph, so that a question about one government need not load all.
///
/// Asking for many elements at once is cheaper than one after the other.
pub trait PointRead {
    /// Why the elements cannot be read.
    type Error;

    /// Labels, types, keys and the schema.
    fn catalogue(&self) -> &Arc<Catalogue>;

    /// Number of the commit of the state, and its next free ids of nodes and edges.
    fn position(&self) -> (u64, (u64, u64));

    /// Those of the nodes that are there, by id.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn nodes(&self, ids: &[NodeId]) -> Result<Vec<NodeRecord>, Self::Error>;

    /// The edges of these types at these nodes, each once; all types where none are named. Without properties
    /// where only ends and dates matter, which costs less.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn edges(
        &self,
        nodes: &[NodeId],
        orientation: EdgeDirection,
        types: &[TypeId],
        what: Contents,
    ) -> Result<Vec<EdgeRecord>, Self::Error>;

    /// Nodes that may be found by a text: folded (S24), by id and by what the schema declares as searched. Some
    /// of them may hold another text: the caller compares.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn found_by(&self, text: &str) -> Result<Vec<NodeId>, Self::Error>;

    /// Nodes of a label that the schema declares as listed.
    ///
    /// # Errors
    /// Where they cannot be read.
    fn listed(&self, label: &str) -> Result<Vec<NodeId>, Self::Error>;
}
