//! Where a bulk load puts what it reads: elements in batches, never a whole graph at once.

use super::{LabelId, NameKind, NodeId, Properties, TypeId};
use crate::value::Validity;

/// A node to be loaded; the sink gives it its id.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkNode {
    /// Its labels, sorted.
    pub labels: Vec<LabelId>,
    /// When it exists.
    pub validity: Validity,
    /// Its properties.
    pub properties: Properties,
}

/// An edge to be loaded; the sink gives it its id once all edges are known.
#[derive(Clone, Debug, PartialEq)]
pub struct BulkEdge {
    /// Its type.
    pub edge_type: TypeId,
    /// Where it leaves.
    pub source: NodeId,
    /// Where it arrives.
    pub target: NodeId,
    /// When it holds.
    pub validity: Validity,
    /// Its properties.
    pub properties: Properties,
}

/// Takes a graph in whose parts arrive in batches, nodes before the edges that join them.
///
/// Memory stays bounded by the batches: a sink on disk writes what it has taken. Nothing is visible to
/// readers before the load as a whole is committed.
pub trait BulkSink {
    /// Why the sink cannot go on.
    type Error;

    /// The number of a label, edge type or property key, given now if it has none yet.
    ///
    /// # Errors
    /// Where the catalogue is full.
    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, Self::Error>;

    /// Takes nodes, which get consecutive ids in their order; the first of these ids.
    ///
    /// # Errors
    /// Where the graph is full or the disk refuses.
    fn nodes(&mut self, batch: Vec<BulkNode>) -> Result<NodeId, Self::Error>;

    /// Takes edges in any order. Their ends must have been given to [`BulkSink::nodes`].
    ///
    /// # Errors
    /// Where an end is not there, the graph is full or the disk refuses.
    fn edges(&mut self, batch: Vec<BulkEdge>) -> Result<(), Self::Error>;
}
