//! Where an import puts what it reads: elements in batches, never a whole graph at once.

use super::{Change, LabelId, NameKind, NodeId, Properties, TypeId};
use crate::value::Validity;

/// A node to be made; the sink gives it its id.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNode {
    /// Its labels, sorted.
    pub labels: Vec<LabelId>,
    /// When it exists.
    pub validity: Validity,
    /// Its properties.
    pub properties: Properties,
}

/// An edge to be made; the sink gives it its id.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEdge {
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
/// readers before the whole is committed.
pub trait GraphSink {
    /// Why the sink cannot go on.
    type Error: std::fmt::Display + Send;

    /// The number of a label, edge type or property key, given now if it has none yet.
    ///
    /// # Errors
    /// If the catalogue is full.
    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, Self::Error>;

    /// Takes nodes. They get consecutive ids in their order, from the next free one of the state on; the first of them.
    ///
    /// # Errors
    /// If the graph is full or the disk refuses.
    fn nodes(&mut self, batch: Vec<NewNode>) -> Result<NodeId, Self::Error>;

    /// Takes edges in any order. Their ends must be there or have been given to [`GraphSink::nodes`].
    ///
    /// # Errors
    /// If an end is not there, the graph is full or the disk refuses.
    fn edges(&mut self, batch: Vec<NewEdge>) -> Result<(), Self::Error>;

    /// Takes an element of the state as it is from now on, whole, or its removal.
    ///
    /// # Errors
    /// If it is not there, or the sink takes new elements only.
    fn change(&mut self, change: Change) -> Result<(), Self::Error>;
}
