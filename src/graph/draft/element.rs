//! A node or an edge as a draft leaves it.

use super::text_ids::latest;
use super::{Draft, EdgeId, EdgeRecord, NodeId, NodeRecord, TypeId};
use crate::graph::{EdgeRef, KeyId, LabelId, NodeRef, Properties, Property};
use crate::value::{Validity, Value};

/// A node as a draft leaves it, with the getters of [`NodeRef`].
#[derive(Clone, Copy, Debug)]
pub struct DraftNode<'d> {
    draft: &'d Draft<'d>,
    form: Form<NodeRef<'d>, &'d NodeRecord>,
}

/// An edge as a draft leaves it, with the getters of [`EdgeRef`].
#[derive(Clone, Copy, Debug)]
pub struct DraftEdge<'d> {
    draft: &'d Draft<'d>,
    form: Form<EdgeRef<'d>, &'d EdgeRecord>,
}

/// Where an element stands.
#[derive(Clone, Copy, Debug)]
enum Form<S, W> {
    /// In the state that the draft began with, and the draft leaves it so.
    Stored(S),
    /// In the draft.
    Written(W),
}

impl<'d> DraftNode<'d> {
    /// Its permanent id; of a new node the one that it will have.
    #[must_use]
    pub fn id(self) -> NodeId {
        match self.form {
            Form::Stored(node) => node.id(),
            Form::Written(node) => node.id,
        }
    }

    /// Its labels, sorted.
    #[must_use]
    pub fn labels(self) -> &'d [LabelId] {
        match self.form {
            Form::Stored(node) => node.labels(),
            Form::Written(node) => &node.labels,
        }
    }

    /// Whether it has a label.
    #[must_use]
    pub fn has_label(self, name: &str) -> bool {
        self.draft.catalogue.label(name).is_some_and(|label| self.labels().contains(&label))
    }

    /// When it exists.
    #[must_use]
    pub fn validity(self) -> Validity {
        match self.form {
            Form::Stored(node) => node.validity(),
            Form::Written(node) => node.validity.clone(),
        }
    }

    /// What it holds under a key of the catalogue.
    #[must_use]
    pub fn property_of(self, key: KeyId) -> Option<Property> {
        match self.form {
            Form::Stored(node) => node.property_of(key),
            Form::Written(node) => node.properties.get(key).cloned(),
        }
    }

    /// All its properties.
    #[must_use]
    pub fn properties(self) -> Properties {
        match self.form {
            Form::Stored(node) => node.properties(),
            Form::Written(node) => node.properties.clone(),
        }
    }

    /// Edges that leave it: those of the state, then those that the draft made.
    pub fn out_edges(self) -> impl Iterator<Item = DraftEdge<'d>> {
        let id = self.id();
        let stored = self.draft.snapshot.node(id).into_iter().flat_map(NodeRef::out_edges);
        self.draft.left(stored).chain(self.draft.made(id).filter(move |edge| edge.source_id() == id))
    }

    /// Edges that arrive at it, likewise.
    pub fn in_edges(self) -> impl Iterator<Item = DraftEdge<'d>> {
        let id = self.id();
        let stored = self.draft.snapshot.node(id).into_iter().flat_map(NodeRef::in_edges);
        self.draft.left(stored).chain(self.draft.made(id).filter(move |edge| edge.target_id() == id))
    }

    /// Edges of a type that leave it.
    pub fn out_edges_of(self, edge_type: &str) -> impl Iterator<Item = DraftEdge<'d>> {
        let wanted = self.draft.catalogue.edge_type(edge_type);
        self.out_edges().filter(move |edge| Some(edge.type_id()) == wanted)
    }

    /// Edges of a type that arrive at it.
    pub fn in_edges_of(self, edge_type: &str) -> impl Iterator<Item = DraftEdge<'d>> {
        let wanted = self.draft.catalogue.edge_type(edge_type);
        self.in_edges().filter(move |edge| Some(edge.type_id()) == wanted)
    }

    /// The whole node on its own.
    #[must_use]
    pub fn to_record(self) -> NodeRecord {
        match self.form {
            Form::Stored(node) => node.to_record(),
            Form::Written(node) => node.clone(),
        }
    }
}

impl<'d> DraftEdge<'d> {
    /// Its permanent id; of a new edge the one that it will have.
    #[must_use]
    pub fn id(self) -> EdgeId {
        match self.form {
            Form::Stored(edge) => edge.id(),
            Form::Written(edge) => edge.id,
        }
    }

    /// Its type's number.
    #[must_use]
    pub fn type_id(self) -> TypeId {
        match self.form {
            Form::Stored(edge) => edge.type_id(),
            Form::Written(edge) => edge.edge_type,
        }
    }

    /// Its type's name.
    #[must_use]
    pub fn edge_type(self) -> &'d str {
        self.draft.catalogue.type_name(self.type_id())
    }

    /// The id of the node that it leaves.
    #[must_use]
    pub fn source_id(self) -> NodeId {
        match self.form {
            Form::Stored(edge) => edge.source().id(),
            Form::Written(edge) => edge.source,
        }
    }

    /// The id of the node at which it arrives.
    #[must_use]
    pub fn target_id(self) -> NodeId {
        match self.form {
            Form::Stored(edge) => edge.target().id(),
            Form::Written(edge) => edge.target,
        }
    }

    /// The node that it leaves; `None` if the draft has removed it and not yet the edge.
    #[must_use]
    pub fn source(self) -> Option<DraftNode<'d>> {
        self.draft.node(self.source_id())
    }

    /// The node at which it arrives, likewise.
    #[must_use]
    pub fn target(self) -> Option<DraftNode<'d>> {
        self.draft.node(self.target_id())
    }

    /// When it holds.
    #[must_use]
    pub fn validity(self) -> Validity {
        match self.form {
            Form::Stored(edge) => edge.validity(),
            Form::Written(edge) => edge.validity.clone(),
        }
    }

    /// What it holds under a key of the catalogue.
    #[must_use]
    pub fn property_of(self, key: KeyId) -> Option<Property> {
        match self.form {
            Form::Stored(edge) => edge.property_of(key),
            Form::Written(edge) => edge.properties.get(key).cloned(),
        }
    }

    /// All its properties.
    #[must_use]
    pub fn properties(self) -> Properties {
        match self.form {
            Form::Stored(edge) => edge.properties(),
            Form::Written(edge) => edge.properties.clone(),
        }
    }

    /// The whole edge on its own.
    #[must_use]
    pub fn to_record(self) -> EdgeRecord {
        match self.form {
            Form::Stored(edge) => edge.to_record(),
            Form::Written(edge) => edge.clone(),
        }
    }
}

/// Getters that nodes and edges share.
macro_rules! reads {
    ($($name:ident)+) => {
        $(impl $name<'_> {
            pub(in crate::graph) fn key(self, name: &str) -> Option<KeyId> {
                self.draft.catalogue.key(name)
            }

            /// Whether this is its text id.
            fn bears(self, id: &str) -> bool {
                let value = match self.form {
                    Form::Written(record) => latest(&record.properties, self.draft.id_key).and_then(Value::as_text),
                    Form::Stored(_) => return self.text_id().as_deref() == Some(id),
                };
                value == Some(id)
            }
        })+
    };
}

reads! { DraftNode DraftEdge }

impl<'a> Draft<'a> {
    /// The node as the draft leaves it.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<DraftNode<'_>> {
        let form = match self.nodes.get(&id) {
            Some(written) => Form::Written(written.as_ref()?),
            None => Form::Stored(self.snapshot.node(id)?),
        };
        Some(DraftNode { draft: self, form })
    }

    /// The edge as the draft leaves it.
    #[must_use]
    pub fn edge(&self, id: EdgeId) -> Option<DraftEdge<'_>> {
        let form = match self.edges.get(&id) {
            Some(written) => Form::Written(written.as_ref()?),
            None => Form::Stored(self.snapshot.edge(id)?),
        };
        Some(DraftEdge { draft: self, form })
    }

    /// The node as the draft leaves it, on its own.
    #[must_use]
    pub fn node_record(&self, id: NodeId) -> Option<NodeRecord> {
        self.node(id).map(DraftNode::to_record)
    }

    /// The edge as the draft leaves it, on its own.
    #[must_use]
    pub fn edge_record(&self, id: EdgeId) -> Option<EdgeRecord> {
        self.edge(id).map(DraftEdge::to_record)
    }

    /// All nodes: those that the draft leaves alone in the order of their indices, then those that it wrote by id.
    pub fn nodes(&self) -> impl Iterator<Item = DraftNode<'_>> {
        self.untouched(self.snapshot.nodes()).chain(self.written_nodes())
    }

    /// All edges, likewise.
    pub fn edges(&self) -> impl Iterator<Item = DraftEdge<'_>> {
        self.untouched_edges(self.snapshot.edges()).chain(self.written_edges())
    }

    /// All nodes with a label, likewise.
    pub fn nodes_with(&self, label: &str) -> impl Iterator<Item = DraftNode<'_>> {
        let number = self.catalogue.label(label);
        let has = move |node: &DraftNode<'_>| number.is_some_and(|label| node.labels().contains(&label));
        self.untouched(self.snapshot.nodes_with(label)).chain(self.written_nodes().filter(has))
    }

    /// All edges of a type, likewise.
    pub fn edges_of(&self, edge_type: &str) -> impl Iterator<Item = DraftEdge<'_>> {
        let wanted = self.catalogue.edge_type(edge_type);
        let is = move |edge: &DraftEdge<'_>| Some(edge.type_id()) == wanted;
        self.untouched_edges(self.snapshot.edges_of(edge_type)).chain(self.written_edges().filter(is))
    }

    /// The edges at a node as the draft leaves them, in both orientations, by id.
    #[must_use]
    pub fn edges_at(&self, id: NodeId) -> Vec<EdgeRecord> {
        let stored = self.snapshot.node(id).into_iter();
        let stored = stored.flat_map(|node| node.out_edges().chain(node.in_edges()));
        let mut edges: Vec<EdgeRecord> =
            self.left(stored).chain(self.made(id)).map(DraftEdge::to_record).collect();
        edges.sort_unstable_by_key(|edge| edge.id);
        edges.dedup_by_key(|edge| edge.id);
        edges
    }

    /// The node with a text id among those of a label; of several the first that the draft wrote, else the first stored.
    #[must_use]
    pub fn find(&self, label: &str, id: &str) -> Option<NodeId> {
        let label = self.catalogue.label(label)?;
        let mut written = self.node_ids.candidates(id).filter_map(|node| self.node(node));
        let written = written.find(|node| node.bears(id) && node.labels().contains(&label));
        let stored = || {
            let stored = self.snapshot.nodes_holding("id", id).into_iter();
            let mut stored = stored.filter(|node| !self.nodes.contains_key(&node.id()));
            stored.find(|node| node.labels().contains(&label)).map(NodeRef::id)
        };
        written.map(DraftNode::id).or_else(stored)
    }

    /// The edge with a text id among those of a type, likewise.
    #[must_use]
    pub fn find_edge(&self, edge_type: &str, id: &str) -> Option<EdgeId> {
        let edge_type = self.catalogue.edge_type(edge_type)?;
        let mut written = self.edge_ids.candidates(id).filter_map(|edge| self.edge(edge));
        let written = written.find(|edge| edge.bears(id) && edge.type_id() == edge_type);
        let stored = || {
            let stored = self.snapshot.edges_holding("id", id).into_iter();
            let mut stored = stored.filter(|edge| !self.edges.contains_key(&edge.id()));
            stored.find(|edge| edge.type_id() == edge_type).map(EdgeRef::id)
        };
        written.map(DraftEdge::id).or_else(stored)
    }

    /// Edges of the state as the draft leaves them.
    fn left<'d>(&'d self, stored: impl Iterator<Item = EdgeRef<'d>>) -> impl Iterator<Item = DraftEdge<'d>> {
        stored
            .filter_map(|edge| match self.edges.get(&edge.id()) {
                Some(written) => Some(Form::Written(written.as_ref()?)),
                None => Some(Form::Stored(edge)),
            })
            .map(|form| DraftEdge { draft: self, form })
    }

    /// Edges at a node that the draft made, by id.
    fn made(&self, node: NodeId) -> impl Iterator<Item = DraftEdge<'_>> {
        let made = self.made_at.get(&node).into_iter().flatten();
        made.filter_map(|id| self.edge(*id))
    }

    fn untouched<'d>(
        &'d self,
        nodes: impl Iterator<Item = NodeRef<'d>>,
    ) -> impl Iterator<Item = DraftNode<'d>> {
        let left = nodes.filter(|node| !self.nodes.contains_key(&node.id()));
        left.map(|node| DraftNode { draft: self, form: Form::Stored(node) })
    }

    fn untouched_edges<'d>(
        &'d self,
        edges: impl Iterator<Item = EdgeRef<'d>>,
    ) -> impl Iterator<Item = DraftEdge<'d>> {
        let left = edges.filter(|edge| !self.edges.contains_key(&edge.id()));
        left.map(|edge| DraftEdge { draft: self, form: Form::Stored(edge) })
    }

    fn written_nodes(&self) -> impl Iterator<Item = DraftNode<'_>> {
        let written = self.nodes.values().flatten();
        written.map(|node| DraftNode { draft: self, form: Form::Written(node) })
    }

    fn written_edges(&self) -> impl Iterator<Item = DraftEdge<'_>> {
        let written = self.edges.values().flatten();
        written.map(|edge| DraftEdge { draft: self, form: Form::Written(edge) })
    }
}
