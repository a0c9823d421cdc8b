//! Single elements of a state that is in memory, for what is cut out of it.

use std::convert::Infallible;
use std::sync::Arc;

use crate::graph::{
    Catalogue, Contents, EdgeDirection, EdgeRecord, EdgeRef, NodeId, NodeRecord, NodeRef, PointRead,
    Properties, Snapshot, TypeId,
};

/// A state in memory, read element by element. Texts are found as they are written, by id alone.
pub(crate) struct Loaded<'a>(pub(crate) &'a Snapshot);

impl PointRead for Loaded<'_> {
    type Error = Infallible;

    fn catalogue(&self) -> &Arc<Catalogue> {
        self.0.catalogue()
    }

    fn position(&self) -> (u64, (u64, u64)) {
        (self.0.commit(), self.0.next_ids())
    }

    fn nodes(&self, ids: &[NodeId]) -> Result<Vec<NodeRecord>, Infallible> {
        let mut found: Vec<NodeRecord> =
            ids.iter().filter_map(|id| self.0.node(*id)).map(NodeRef::to_record).collect();
        found.sort_unstable_by_key(|node| node.id);
        found.dedup_by_key(|node| node.id);
        Ok(found)
    }

    fn edges(
        &self,
        nodes: &[NodeId],
        orientation: EdgeDirection,
        types: &[TypeId],
        what: Contents,
    ) -> Result<Vec<EdgeRecord>, Infallible> {
        let mut found = Vec::new();
        let wanted = |edge: &EdgeRef<'_>| types.is_empty() || types.contains(&edge.type_id());
        for node in nodes.iter().filter_map(|id| self.0.node(*id)) {
            match orientation {
                EdgeDirection::Out => found.extend(node.out_edges().filter(wanted)),
                EdgeDirection::In => found.extend(node.in_edges().filter(wanted)),
            }
        }
        found.sort_unstable_by_key(|edge| edge.id());
        found.dedup_by_key(|edge| edge.id());
        let record = |edge: EdgeRef<'_>| match what {
            Contents::Whole => edge.to_record(),
            Contents::Ends => EdgeRecord {
                id: edge.id(),
                edge_type: edge.type_id(),
                source: edge.source().id(),
                target: edge.target().id(),
                validity: edge.validity(),
                properties: Properties::new(),
            },
        };
        Ok(found.into_iter().map(record).collect())
    }

    fn found_by(&self, text: &str) -> Result<Vec<NodeId>, Infallible> {
        Ok(self.0.nodes_holding("id", text).into_iter().map(NodeRef::id).collect())
    }

    fn listed(&self, label: &str) -> Result<Vec<NodeId>, Infallible> {
        Ok(self.0.nodes_with(label).map(NodeRef::id).collect())
    }
}
