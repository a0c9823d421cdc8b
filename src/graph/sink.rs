//! Where an import puts what it reads: elements in batches, never a whole graph at once.

use super::{
    Change, ChangeError, Draft, EdgeId, EdgeRecord, LabelId, NameKind, NodeId, NodeRecord, Properties, TypeId,
};
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

impl GraphSink for Draft<'_> {
    type Error = ChangeError;

    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, ChangeError> {
        self.intern(kind, text)
    }

    fn nodes(&mut self, batch: Vec<NewNode>) -> Result<NodeId, ChangeError> {
        let first = self.next_node;
        self.next_node = after(first, batch.len())?;
        let records = (first..).map(NodeId::new).zip(batch).map(|(id, node)| {
            let NewNode { labels, validity, properties } = node;
            (id, Some(NodeRecord { id, labels, validity, properties }))
        });
        self.nodes.extend(records);
        Ok(NodeId::new(first))
    }

    fn edges(&mut self, batch: Vec<NewEdge>) -> Result<(), ChangeError> {
        let first = self.next_edge;
        let bound = self.next_node;
        // Whether older ends are still there is seen when the change is applied.
        let ends = batch.iter().flat_map(|edge| [edge.source, edge.target]);
        if let Some(missing) = ends.into_iter().find(|end| end.get() >= bound) {
            return Err(ChangeError::NoSuchNode(missing));
        }
        self.next_edge = after(first, batch.len())?;
        let records = (first..).map(EdgeId::new).zip(batch).map(|(id, edge)| {
            let NewEdge { edge_type, source, target, validity, properties } = edge;
            (id, Some(EdgeRecord { id, edge_type, source, target, validity, properties }))
        });
        self.edges.extend(records);
        Ok(())
    }

    fn change(&mut self, change: Change) -> Result<(), ChangeError> {
        match change {
            Change::PutNode(node) => {
                let id = node.id;
                *self.edit_node(id)? = node;
            }
            Change::PutEdge(edge) => {
                let id = edge.id;
                *self.edit_edge(id)? = edge;
            }
            Change::RemoveNode(id) => self.remove_node(id)?,
            Change::RemoveEdge(id) => self.remove_edge(id)?,
        }
        Ok(())
    }
}

/// The next free id after so many.
fn after(first: u64, count: usize) -> Result<u64, ChangeError> {
    let next = first + count as u64;
    if next < u64::from(u32::MAX) { Ok(next) } else { Err(ChangeError::Full) }
}
