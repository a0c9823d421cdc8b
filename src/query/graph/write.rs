//! Writing: what a query makes, changes and removes, until it is one change set.

use std::collections::BTreeMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::{Changed, Graph, Summary};
use crate::graph::{
    Change, ChangeSet, EdgeId, EdgeIx, EdgeRecord, KeyId, LabelId, Name, NameKind, NodeId, NodeIx,
    NodeRecord, Properties, Property, TypeId,
};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::values::{Datum, EdgeKey};
use crate::value::{Bound, Validity, Value};

type Written<T> = Result<T, QueryError>;

fn full(error: impl ToString) -> QueryError {
    QueryError::runtime(ErrorClass::ConstraintVerificationFailed, "Full", error.to_string())
}

impl Graph<'_> {
    fn number(&mut self, kind: NameKind, text: &str) -> Written<u16> {
        let changes = self.changes();
        let known = match kind {
            NameKind::Label => changes.catalogue.label(text).map(LabelId::get),
            NameKind::EdgeType => changes.catalogue.edge_type(text).map(TypeId::get),
            NameKind::Key => changes.catalogue.key(text).map(KeyId::get),
        };
        if let Some(number) = known {
            return Ok(number);
        }
        let number = changes.catalogue.number_of(kind, text).map_err(full)?;
        changes.names.push(Name { kind, number, text: text.into() });
        Ok(number)
    }

    /// Makes a node.
    pub(in crate::query) fn create_node(
        &mut self,
        labels: &[Arc<str>],
        validity: Validity,
    ) -> Written<NodeIx> {
        let mut numbers = Vec::new();
        for label in labels {
            numbers.push(LabelId::new(self.number(NameKind::Label, label)?));
        }
        numbers.sort_unstable();
        numbers.dedup();
        let (ix, (next, _)) = (self.node_bound(), self.snapshot.next_ids());
        let changes = self.changes();
        let id = NodeId::new(next + u64::from(changes.new_nodes));
        changes.new_nodes += 1;
        changes.summary.nodes_created += 1;
        changes.summary.labels_added += numbers.len() as u64;
        let record = NodeRecord { id, labels: numbers, validity, properties: Properties::new() };
        changes.nodes.insert(ix, Changed { record, removed: false });
        Ok(NodeIx::new(ix))
    }

    /// Makes an edge.
    pub(in crate::query) fn create_edge(
        &mut self,
        edge_type: &str,
        (source, target): (NodeIx, NodeIx),
        validity: Validity,
    ) -> Written<EdgeKey> {
        self.live_node(source)?;
        self.live_node(target)?;
        let edge_type = TypeId::new(self.number(NameKind::EdgeType, edge_type)?);
        let ids = (self.node_id(source), self.node_id(target));
        let (bound, (_, next)) = (self.snapshot.edge_bound(), self.snapshot.next_ids());
        let changes = self.changes();
        let new = changes.ends.len();
        let row = EdgeIx::from_position(bound + new).get();
        let id = EdgeId::new(next + new as u64);
        changes.ends.push((source, target));
        changes.out.entry(source.get()).or_default().push(row);
        changes.arriving.entry(target.get()).or_default().push(row);
        changes.summary.edges_created += 1;
        let properties = Properties::new();
        let record = EdgeRecord { id, edge_type, source: ids.0, target: ids.1, validity, properties };
        changes.edges.insert(row, Changed { record, removed: false });
        Ok(EdgeKey::stored(row))
    }

    /// The record of a node, to be changed.
    fn edit_node(&mut self, node: NodeIx) -> Written<&mut NodeRecord> {
        self.live_node(node)?;
        let snapshot = self.snapshot;
        let missing =
            || QueryError::runtime(ErrorClass::EntityNotFound, "EntityNotFound", "this node is not there");
        let changes = self.changes();
        Ok(match changes.nodes.entry(node.get()) {
            Entry::Occupied(known) => &mut known.into_mut().record,
            Entry::Vacant(free) => {
                let record = snapshot.node_at(node).ok_or_else(missing)?.to_record();
                &mut free.insert(Changed { record, removed: false }).record
            }
        })
    }

    /// The record of an edge, to be changed.
    fn edit_edge(&mut self, edge: EdgeKey) -> Written<&mut EdgeRecord> {
        let missing =
            |what: &str| QueryError::runtime(ErrorClass::EntityNotFound, "DeletedEntityAccess", what);
        if edge.table != 0 {
            return Err(missing("derived ties are never written (S12)"));
        }
        if !self.is_live_edge(edge) {
            return Err(missing("the query has deleted this edge already"));
        }
        let snapshot = self.snapshot;
        let changes = self.changes();
        Ok(match changes.edges.entry(edge.row) {
            Entry::Occupied(known) => &mut known.into_mut().record,
            Entry::Vacant(free) => {
                let stored = snapshot.edge_at(EdgeIx::new(edge.row));
                let record = stored.ok_or_else(|| missing("this edge is not there"))?.to_record();
                &mut free.insert(Changed { record, removed: false }).record
            }
        })
    }

    fn properties_mut(&mut self, element: &Datum) -> Written<&mut Properties> {
        match element {
            Datum::Node(node) => self.edit_node(*node).map(|record| &mut record.properties),
            Datum::Edge(edge) => self.edit_edge(*edge).map(|record| &mut record.properties),
            other => {
                let message = format!("only nodes and edges are written, found {}", other.type_name());
                Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
            }
        }
    }

    /// Sets a property, or removes it where there is no value. A dated property gets another latest value (S17).
    pub(in crate::query) fn set_property(
        &mut self,
        element: &Datum,
        key: &str,
        value: Option<Value>,
    ) -> Written<()> {
        if crate::query::bind::is_validity(key) && !self.catalogue().schema().is_empty() {
            return self.set_bound(element, key == "valid_from", value);
        }
        if value.is_none() && self.catalogue().key(key).is_none() {
            return self.properties_mut(element).map(drop);
        }
        let key = KeyId::new(self.number(NameKind::Key, key)?);
        let properties = self.properties_mut(element)?;
        match value {
            None => {
                properties.remove(key);
            }
            Some(value) => {
                let property = match properties.get(key) {
                    Some(Property::Dated(spells)) if !spells.is_empty() => {
                        let mut spells = spells.to_vec();
                        if let Some(last) = spells.last_mut() {
                            last.value = value;
                        }
                        Property::Dated(spells.into())
                    }
                    _ => Property::Fixed(value),
                };
                properties.insert(key, property);
            }
        }
        self.changes().summary.properties_set += 1;
        Ok(())
    }

    /// Sets an end of the validity; without a value it is unknown.
    fn set_bound(&mut self, element: &Datum, from: bool, value: Option<Value>) -> Written<()> {
        let bad = |message: String| QueryError::runtime(ErrorClass::Type, "InvalidPropertyType", message);
        let bound = match &value {
            None => Bound::Unknown,
            Some(Value::Date(date)) => Bound::Known(*date),
            Some(Value::Text(text)) => {
                text.parse().map_err(|error: crate::value::DateError| bad(error.to_string()))?
            }
            Some(other) => return Err(bad(format!("a validity ends with a date, found {other}"))),
        };
        let validity = self.validity(element).unwrap_or(Validity::ALWAYS);
        let (start, end) = if from { (bound, validity.to) } else { (validity.from, bound) };
        let changed = Validity::new(start, end, validity.attested).map_err(|error| bad(error.to_string()))?;
        match element {
            Datum::Node(node) => self.edit_node(*node)?.validity = changed,
            Datum::Edge(edge) => self.edit_edge(*edge)?.validity = changed,
            _ => {}
        }
        self.changes().summary.properties_set += 1;
        Ok(())
    }

    /// Removes all properties.
    pub(in crate::query) fn clear(&mut self, element: &Datum) -> Written<()> {
        *self.properties_mut(element)? = Properties::new();
        Ok(())
    }

    pub(in crate::query) fn add_label(&mut self, node: NodeIx, label: &str) -> Written<()> {
        let label = LabelId::new(self.number(NameKind::Label, label)?);
        let labels = &mut self.edit_node(node)?.labels;
        if let Err(at) = labels.binary_search(&label) {
            labels.insert(at, label);
            self.changes().summary.labels_added += 1;
        }
        Ok(())
    }

    pub(in crate::query) fn remove_label(&mut self, node: NodeIx, label: &str) -> Written<()> {
        let Some(label) = self.catalogue().label(label) else { return Ok(()) };
        let labels = &mut self.edit_node(node)?.labels;
        if let Ok(at) = labels.binary_search(&label) {
            labels.remove(at);
            self.changes().summary.labels_removed += 1;
        }
        Ok(())
    }

    /// Removes an edge; one that is removed already stays so.
    pub(in crate::query) fn delete_edge(&mut self, edge: EdgeKey) -> Written<()> {
        if edge.table == 0 && !self.is_live_edge(edge) {
            return Ok(());
        }
        self.edit_edge(edge)?;
        let changes = self.changes();
        if let Some(changed) = changes.edges.get_mut(&edge.row) {
            changed.removed = true;
            changes.summary.edges_deleted += 1;
        }
        Ok(())
    }

    /// Removes a node; its edges are looked at when the query ends.
    pub(in crate::query) fn delete_node(&mut self, node: NodeIx, detach: bool) -> Written<()> {
        if self.live_node(node).is_err() {
            return Ok(());
        }
        if detach {
            let edges: Vec<EdgeKey> =
                self.out_edges(node).chain(self.in_edges(node)).map(|own| own.edge).collect();
            edges.into_iter().try_for_each(|edge| self.delete_edge(edge))?;
        }
        self.edit_node(node)?;
        let changes = self.changes();
        if let Some(changed) = changes.nodes.get_mut(&node.get()) {
            changed.removed = true;
            changes.summary.nodes_deleted += 1;
        }
        Ok(())
    }

    /// The changes as one set, in the order in which it applies; `None` if nothing was written.
    pub(in crate::query) fn finish(mut self) -> Written<Option<(ChangeSet, Summary)>> {
        self.refuse_loose_ends()?;
        let snapshot = self.snapshot;
        let Some(changes) = self.changes.take() else { return Ok(None) };
        let (mut removed_edges, mut removed_nodes) = (BTreeMap::new(), BTreeMap::new());
        let (mut nodes, mut edges) = (BTreeMap::new(), BTreeMap::new());
        for changed in changes.nodes.into_values() {
            let id = changed.record.id;
            match (changed.removed, snapshot.node(id).is_some()) {
                (false, _) => drop(nodes.insert(id, Change::PutNode(changed.record))),
                (true, true) => drop(removed_nodes.insert(id, Change::RemoveNode(id))),
                (true, false) => {}
            }
        }
        for changed in changes.edges.into_values() {
            let id = changed.record.id;
            match (changed.removed, snapshot.edge(id).is_some()) {
                (false, _) => drop(edges.insert(id, Change::PutEdge(changed.record))),
                (true, true) => drop(removed_edges.insert(id, Change::RemoveEdge(id))),
                (true, false) => {}
            }
        }
        let all = removed_edges.into_values().chain(removed_nodes.into_values());
        let all = all.chain(nodes.into_values()).chain(edges.into_values()).collect();
        let (node, edge) = snapshot.next_ids();
        let next = (node + u64::from(changes.new_nodes), edge + changes.ends.len() as u64);
        let set = ChangeSet::from_parts(snapshot.commit(), next, changes.names, all);
        Ok(Some((set, changes.summary)))
    }

    /// A node that is deleted must have no edges.
    fn refuse_loose_ends(&self) -> Written<()> {
        let Some(changes) = &self.changes else { return Ok(()) };
        for (row, _) in changes.nodes.iter().filter(|(_, changed)| changed.removed) {
            let node = NodeIx::new(*row);
            if self.out_edges(node).chain(self.in_edges(node)).next().is_some() {
                let message = "a node that is deleted still has edges";
                let error = QueryError::runtime(
                    ErrorClass::ConstraintVerificationFailed,
                    "DeleteConnectedNode",
                    message,
                );
                return Err(error.hint("write DETACH DELETE, or end it at a date (S18)"));
            }
        }
        Ok(())
    }
}
