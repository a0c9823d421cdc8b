//! What a draft changes of elements that are there.

use std::ops::{Deref, DerefMut};

use super::text_ids::TextIds;
use super::{Draft, EdgeId, EdgeRecord, KeyId, NodeId, NodeRecord, TypeId};
use crate::graph::{ChangeError, Properties, Property};
use crate::value::{IntoValue, Validity};

/// A node that is changed in place. It keeps its id, whatever is written to the record.
#[derive(Debug)]
pub struct NodeEdit<'d> {
    record: &'d mut NodeRecord,
    id: NodeId,
    ids: &'d mut TextIds<NodeId>,
    key: Option<KeyId>,
}

impl Deref for NodeEdit<'_> {
    type Target = NodeRecord;

    fn deref(&self) -> &NodeRecord {
        self.record
    }
}

impl DerefMut for NodeEdit<'_> {
    fn deref_mut(&mut self) -> &mut NodeRecord {
        self.record
    }
}

impl Drop for NodeEdit<'_> {
    fn drop(&mut self) {
        self.record.id = self.id;
        self.ids.note(&self.record.properties, self.key, self.id);
    }
}

/// An edge that is changed in place. It keeps its id, type and ends, whatever is written to the record.
#[derive(Debug)]
pub struct EdgeEdit<'d> {
    record: &'d mut EdgeRecord,
    same: (EdgeId, TypeId, NodeId, NodeId),
    ids: &'d mut TextIds<EdgeId>,
    key: Option<KeyId>,
}

impl Deref for EdgeEdit<'_> {
    type Target = EdgeRecord;

    fn deref(&self) -> &EdgeRecord {
        self.record
    }
}

impl DerefMut for EdgeEdit<'_> {
    fn deref_mut(&mut self) -> &mut EdgeRecord {
        self.record
    }
}

impl Drop for EdgeEdit<'_> {
    fn drop(&mut self) {
        let record = &mut *self.record;
        (record.id, record.edge_type, record.source, record.target) = self.same;
        self.ids.note(&record.properties, self.key, record.id);
    }
}

impl Draft<'_> {
    /// Changes a node in place; its id stays what it is.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn edit_node(&mut self, id: NodeId) -> Result<NodeEdit<'_>, ChangeError> {
        let stored = || self.snapshot.node(id).map(crate::graph::NodeRef::to_record);
        let entry = self.nodes.entry(id).or_insert_with(stored);
        let record = entry.as_mut().ok_or(ChangeError::NoSuchNode(id))?;
        Ok(NodeEdit { record, id, ids: &mut self.node_ids, key: self.id_key })
    }

    /// Changes an edge in place; its id, ends and type stay what they are.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`].
    pub fn edit_edge(&mut self, id: EdgeId) -> Result<EdgeEdit<'_>, ChangeError> {
        let stored = || self.snapshot.edge(id).map(crate::graph::EdgeRef::to_record);
        let entry = self.edges.entry(id).or_insert_with(stored);
        let record = entry.as_mut().ok_or(ChangeError::NoSuchEdge(id))?;
        let same = (record.id, record.edge_type, record.source, record.target);
        Ok(EdgeEdit { record, same, ids: &mut self.edge_ids, key: self.id_key })
    }

    /// Sets a fixed property of a node; `None` removes what is under the key.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`], or a key that the catalogue cannot take.
    pub fn set_node(&mut self, id: NodeId, key: &str, value: impl IntoValue) -> Result<(), ChangeError> {
        match value.into_value() {
            Some(value) => self.set_node_property(id, key, Property::Fixed(value)),
            None => self.remove_node_property(id, key).map(drop),
        }
    }

    /// Sets a fixed property of an edge; `None` removes what is under the key.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`], or a key that the catalogue cannot take.
    pub fn set_edge(&mut self, id: EdgeId, key: &str, value: impl IntoValue) -> Result<(), ChangeError> {
        match value.into_value() {
            Some(value) => self.set_edge_property(id, key, Property::Fixed(value)),
            None => self.remove_edge_property(id, key).map(drop),
        }
    }

    /// Sets a property of a node, fixed or dated.
    ///
    /// # Errors
    /// As [`Draft::set_node`].
    pub fn set_node_property(
        &mut self,
        id: NodeId,
        key: &str,
        property: Property,
    ) -> Result<(), ChangeError> {
        let key = self.key(key)?;
        self.edit_node(id)?.properties.insert(key, property);
        Ok(())
    }

    /// Sets a property of an edge, fixed or dated.
    ///
    /// # Errors
    /// As [`Draft::set_edge`].
    pub fn set_edge_property(
        &mut self,
        id: EdgeId,
        key: &str,
        property: Property,
    ) -> Result<(), ChangeError> {
        let key = self.key(key)?;
        self.edit_edge(id)?.properties.insert(key, property);
        Ok(())
    }

    /// Removes what a node holds under a key, and returns it.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn remove_node_property(&mut self, id: NodeId, key: &str) -> Result<Option<Property>, ChangeError> {
        let held = self.node(id).ok_or(ChangeError::NoSuchNode(id))?.property(key).is_some();
        let Some(key) = self.catalogue.key(key).filter(|_| held) else { return Ok(None) };
        Ok(self.edit_node(id)?.properties.remove(key))
    }

    /// Removes what an edge holds under a key, and returns it.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`].
    pub fn remove_edge_property(&mut self, id: EdgeId, key: &str) -> Result<Option<Property>, ChangeError> {
        let held = self.edge(id).ok_or(ChangeError::NoSuchEdge(id))?.property(key).is_some();
        let Some(key) = self.catalogue.key(key).filter(|_| held) else { return Ok(None) };
        Ok(self.edit_edge(id)?.properties.remove(key))
    }

    /// Says when a node exists.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn set_node_validity(&mut self, id: NodeId, validity: Validity) -> Result<(), ChangeError> {
        self.edit_node(id)?.validity = validity;
        Ok(())
    }

    /// Says when an edge holds.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`].
    pub fn set_edge_validity(&mut self, id: EdgeId, validity: Validity) -> Result<(), ChangeError> {
        self.edit_edge(id)?.validity = validity;
        Ok(())
    }

    /// Removes a node: "it was never so" (S18). Its edges must be removed too.
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn remove_node(&mut self, id: NodeId) -> Result<(), ChangeError> {
        self.node(id).ok_or(ChangeError::NoSuchNode(id))?;
        self.nodes.insert(id, None);
        Ok(())
    }

    /// Removes a node with all its edges, and returns those: "it was never so" (S18).
    ///
    /// # Errors
    /// [`ChangeError::NoSuchNode`].
    pub fn detach_node(&mut self, id: NodeId) -> Result<Vec<EdgeId>, ChangeError> {
        let edges: Vec<EdgeId> = self.edges_at(id).iter().map(|edge| edge.id).collect();
        self.remove_node(id)?;
        edges.iter().try_for_each(|edge| self.remove_edge(*edge))?;
        Ok(edges)
    }

    /// Removes an edge: "it was never so" (S18).
    ///
    /// # Errors
    /// [`ChangeError::NoSuchEdge`].
    pub fn remove_edge(&mut self, id: EdgeId) -> Result<(), ChangeError> {
        self.edge(id).ok_or(ChangeError::NoSuchEdge(id))?;
        self.edges.insert(id, None);
        Ok(())
    }

    /// Fixed properties with the numbers of their keys.
    pub(super) fn fixed<K: AsRef<str>, V: IntoValue>(
        &mut self,
        properties: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Properties, ChangeError> {
        let mut fixed = Properties::new();
        for (key, value) in properties {
            if let Some(value) = value.into_value() {
                fixed.insert(self.key(key.as_ref())?, Property::Fixed(value));
            }
        }
        Ok(fixed)
    }
}
