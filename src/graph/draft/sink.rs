//! A draft as the place where an import puts what it reads.

use super::{Draft, EdgeId, EdgeRecord, NameKind, NodeId, NodeRecord};
use crate::graph::{Change, ChangeError, GraphSink, NewEdge, NewNode};

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
            (id, NodeRecord { id, labels, validity, properties })
        });
        for (id, record) in records {
            self.node_ids.note(&record.properties, self.id_key, id);
            self.nodes.insert(id, Some(record));
        }
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
            EdgeRecord { id, edge_type, source, target, validity, properties }
        });
        for record in records {
            self.put_edge(record);
        }
        Ok(())
    }

    fn change(&mut self, change: Change) -> Result<(), ChangeError> {
        match change {
            Change::PutNode(node) => {
                let id = node.id;
                *self.edit_node(id)? = node;
            }
            Change::PutEdge(edge) => {
                self.edge(edge.id).ok_or(ChangeError::NoSuchEdge(edge.id))?;
                self.put_edge(edge);
            }
            Change::RemoveNode(id) => self.remove_node(id)?,
            Change::RemoveEdge(id) => self.remove_edge(id)?,
        }
        Ok(())
    }
}

/// The next free id after `count` ids.
fn after(first: u64, count: usize) -> Result<u64, ChangeError> {
    let next = first + count as u64;
    if next < u64::from(u32::MAX) { Ok(next) } else { Err(ChangeError::Full) }
}

impl Draft<'_> {
    /// Writes an edge whole, its ends too.
    fn put_edge(&mut self, edge: EdgeRecord) {
        self.edge_ids.note(&edge.properties, self.id_key, edge.id);
        if self.snapshot.edge(edge.id).is_none() {
            self.note_made(edge.id, [edge.source, edge.target]);
        }
        self.edges.insert(edge.id, Some(edge));
    }
}
