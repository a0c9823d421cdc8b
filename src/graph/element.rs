//! A node or an edge as it stands in a snapshot.

use super::delta::DeltaEntry;
use super::read::PropertyRef;
use super::{
    EdgeDirection, EdgeId, EdgeIx, EdgeRecord, KeyId, LabelId, NodeId, NodeIx, NodeRecord, Properties,
    Property, Snapshot, TypeId,
};
use crate::value::Validity;

/// A node of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct NodeRef<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) ix: NodeIx,
    pub(super) changed: Option<&'a NodeRecord>,
}

impl<'a> NodeRef<'a> {
    /// Its permanent id.
    #[must_use]
    pub fn id(self) -> NodeId {
        self.changed.map_or_else(|| self.snapshot.packed.node_ids[self.ix.position()], |node| node.id)
    }

    /// Its index in the snapshot.
    #[must_use]
    pub fn ix(self) -> NodeIx {
        self.ix
    }

    /// The snapshot that it belongs to.
    #[must_use]
    pub fn snapshot(self) -> &'a Snapshot {
        self.snapshot
    }

    /// Its labels, sorted.
    #[must_use]
    pub fn labels(self) -> &'a [LabelId] {
        self.changed.map_or_else(|| self.snapshot.packed.labels(self.ix), |node| &node.labels)
    }

    /// Whether it has a label.
    #[must_use]
    pub fn has_label(self, name: &str) -> bool {
        self.snapshot.catalogue.label(name).is_some_and(|label| self.labels().contains(&label))
    }

    /// When it exists.
    #[must_use]
    pub fn validity(self) -> Validity {
        match self.changed {
            Some(node) => node.validity.clone(),
            None => self.snapshot.packed.nodes.validity(self.ix.get()),
        }
    }

    /// What it holds under a key of the catalogue.
    #[must_use]
    pub fn property_of(self, key: KeyId) -> Option<Property> {
        match self.changed {
            Some(node) => node.properties.get(key).cloned(),
            None => self.snapshot.packed.nodes.property(self.ix.get(), key),
        }
    }

    /// The same where it lies: nothing is copied.
    #[must_use]
    pub fn property_ref(self, key: KeyId) -> Option<PropertyRef<'a>> {
        match self.changed {
            Some(changed) => changed.properties.get(key).map(PropertyRef::from),
            None => self.snapshot.packed.nodes.property_ref(self.ix.get(), key),
        }
    }

    pub(super) fn key(self, name: &str) -> Option<KeyId> {
        self.snapshot.catalogue.key(name)
    }

    /// All its properties.
    #[must_use]
    pub fn properties(self) -> Properties {
        match self.changed {
            Some(node) => node.properties.clone(),
            None => self.snapshot.packed.nodes.properties(self.ix.get()),
        }
    }

    /// Edges that leave it, by type, target and id.
    pub fn out_edges(self) -> impl Iterator<Item = EdgeRef<'a>> {
        let snapshot = self.snapshot;
        snapshot.out_indices(self.ix).filter_map(move |ix| snapshot.edge_at(ix))
    }

    /// Edges that arrive at it, by type, source and id.
    pub fn in_edges(self) -> impl Iterator<Item = EdgeRef<'a>> {
        let snapshot = self.snapshot;
        snapshot.in_indices(self.ix).filter_map(move |ix| snapshot.edge_at(ix))
    }

    /// Edges of a type that leave it.
    pub fn out_edges_of(self, edge_type: &str) -> impl Iterator<Item = EdgeRef<'a>> {
        self.edges_of(edge_type, EdgeDirection::Out)
    }

    /// Edges of a type that arrive at it.
    pub fn in_edges_of(self, edge_type: &str) -> impl Iterator<Item = EdgeRef<'a>> {
        self.edges_of(edge_type, EdgeDirection::In)
    }

    /// Edges of a type that lead from here to a node, by id. They are searched for in the edges that leave it, which are in
    /// order: the cost grows with the logarithm of their number.
    pub fn out_edges_to(self, edge_type: &str, target: NodeId) -> impl Iterator<Item = EdgeRef<'a>> {
        let snapshot = self.snapshot;
        let edge_type = snapshot.catalogue.edge_type(edge_type).into_iter();
        let edges = edge_type.flat_map(move |edge_type| snapshot.edges_between(self.ix, (edge_type, target)));
        edges.filter_map(move |ix| snapshot.edge_at(ix))
    }

    fn edges_of(self, edge_type: &str, orientation: EdgeDirection) -> impl Iterator<Item = EdgeRef<'a>> {
        let snapshot = self.snapshot;
        let edge_type = snapshot.catalogue.edge_type(edge_type).into_iter();
        let edges = edge_type.flat_map(move |edge_type| snapshot.edges_at(self.ix, edge_type, orientation));
        edges.filter_map(move |ix| snapshot.edge_at(ix))
    }

    /// The whole node on its own.
    #[must_use]
    pub fn to_record(self) -> NodeRecord {
        NodeRecord {
            id: self.id(),
            labels: self.labels().to_vec(),
            validity: self.validity(),
            properties: self.properties(),
        }
    }
}

impl Snapshot {
    /// The edges of a type from a node to a target, by search in its list.
    fn edges_between(
        &self,
        node: NodeIx,
        wanted: (TypeId, NodeId),
    ) -> impl Iterator<Item = EdgeIx> + use<'_> {
        let (touched, packed) = match self.delta.edges_at(node, true) {
            Some(list) => (list.as_slice(), 0..0),
            None => (&[][..], self.packed.out_edges(node)),
        };
        let key = |ix: EdgeIx| self.edge_at(ix).map(|edge| (edge.type_id(), edge.target().id()));
        let first = touched.partition_point(|ix| key(*ix) < Some(wanted));
        let (mut from, mut to) = (packed.start, packed.end);
        while from < to {
            let middle = from + (to - from) / 2;
            if key(EdgeIx::new(middle)) < Some(wanted) { from = middle + 1 } else { to = middle }
        }
        let touched = touched.iter().skip(first).copied();
        touched.chain((from..packed.end).map(EdgeIx::new)).take_while(move |ix| key(*ix) == Some(wanted))
    }
}

/// An edge of a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct EdgeRef<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) ix: EdgeIx,
    pub(super) changed: Option<&'a EdgeRecord>,
}

impl<'a> EdgeRef<'a> {
    /// Its permanent id.
    #[must_use]
    pub fn id(self) -> EdgeId {
        self.changed.map_or_else(|| self.snapshot.packed.edge_id(self.ix), |edge| edge.id)
    }

    /// Its index in the snapshot.
    #[must_use]
    pub fn ix(self) -> EdgeIx {
        self.ix
    }

    /// Its type's number.
    #[must_use]
    pub fn type_id(self) -> TypeId {
        self.changed.map_or_else(|| self.snapshot.packed.edge_type(self.ix), |edge| edge.edge_type)
    }

    /// Its type's name.
    #[must_use]
    pub fn edge_type(self) -> &'a str {
        self.snapshot.catalogue.type_name(self.type_id())
    }

    /// Index of the node that it leaves.
    #[must_use]
    pub fn source_ix(self) -> NodeIx {
        match self.changed {
            Some(edge) => self.snapshot.ix_of(edge.source),
            None => self.snapshot.packed.edge_sources[self.ix.position()],
        }
    }

    /// Index of the node at which it arrives.
    #[must_use]
    pub fn target_ix(self) -> NodeIx {
        match self.changed {
            Some(edge) => self.snapshot.ix_of(edge.target),
            None => self.snapshot.packed.edge_targets[self.ix.position()],
        }
    }

    /// The node that it leaves.
    #[must_use]
    pub fn source(self) -> NodeRef<'a> {
        self.end(self.source_ix())
    }

    /// The node at which it arrives.
    #[must_use]
    pub fn target(self) -> NodeRef<'a> {
        self.end(self.target_ix())
    }

    fn end(self, ix: NodeIx) -> NodeRef<'a> {
        // An end exists as long as its edge does: `apply` refuses to remove a node that still has edges.
        let changed = match self.snapshot.delta.node(ix) {
            DeltaEntry::Changed(node) => Some(node),
            DeltaEntry::Packed | DeltaEntry::Removed => None,
        };
        NodeRef { snapshot: self.snapshot, ix, changed }
    }

    /// When it holds.
    #[must_use]
    pub fn validity(self) -> Validity {
        match self.changed {
            Some(edge) => edge.validity.clone(),
            None => self.snapshot.packed.edges.validity(self.ix.get()),
        }
    }

    /// What it holds under a key of the catalogue.
    #[must_use]
    pub fn property_of(self, key: KeyId) -> Option<Property> {
        match self.changed {
            Some(edge) => edge.properties.get(key).cloned(),
            None => self.snapshot.packed.edges.property(self.ix.get(), key),
        }
    }

    /// The same where it lies: nothing is copied.
    #[must_use]
    pub fn property_ref(self, key: KeyId) -> Option<PropertyRef<'a>> {
        match self.changed {
            Some(changed) => changed.properties.get(key).map(PropertyRef::from),
            None => self.snapshot.packed.edges.property_ref(self.ix.get(), key),
        }
    }

    pub(super) fn key(self, name: &str) -> Option<KeyId> {
        self.snapshot.catalogue.key(name)
    }

    /// All its properties.
    #[must_use]
    pub fn properties(self) -> Properties {
        match self.changed {
            Some(edge) => edge.properties.clone(),
            None => self.snapshot.packed.edges.properties(self.ix.get()),
        }
    }

    /// The whole edge on its own.
    #[must_use]
    pub fn to_record(self) -> EdgeRecord {
        EdgeRecord {
            id: self.id(),
            edge_type: self.type_id(),
            source: self.source().id(),
            target: self.target().id(),
            validity: self.validity(),
            properties: self.properties(),
        }
    }
}
