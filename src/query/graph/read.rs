//! Reading: nodes, edges, labels, properties, extents.

use std::sync::Arc;

use super::{Graph, names_of};
use crate::graph::{EdgeIx, KeyId, LabelId, NodeId, NodeIx, Property, TypeId};
use crate::query::bind::is_validity;
use crate::query::error::{ErrorClass, QueryError};
use crate::query::values::{Datum, EdgeKey, Map, of_stored};
use crate::value::{AsOf, Bound, Validity};

/// An edge at a node, with the node at its other end.
#[derive(Clone, Copy, Debug)]
pub(in crate::query) struct Neighbour {
    pub(in crate::query) edge: EdgeKey,
    pub(in crate::query) node: NodeIx,
    pub(in crate::query) edge_type: TypeId,
}

fn deleted(what: &str) -> QueryError {
    let message = format!("the query has deleted this {what} already");
    QueryError::runtime(ErrorClass::EntityNotFound, "DeletedEntityAccess", message)
}

impl<'a> Graph<'a> {
    /// One more than the greatest index of a node.
    pub(in crate::query) fn node_bound(&self) -> u32 {
        let own = self.changes.as_ref().map_or(0, |changes| changes.new_nodes);
        NodeIx::from_position(self.snapshot.node_bound()).get() + own
    }

    /// Whether there is a node of an index now.
    pub(in crate::query) fn is_node(&self, node: NodeIx) -> bool {
        match self.changed_node(node) {
            Some(changed) => !changed.removed,
            None => self.snapshot.node_at(node).is_some(),
        }
    }

    /// An error where the query has deleted a node.
    pub(in crate::query) fn live_node(&self, node: NodeIx) -> Result<(), QueryError> {
        match self.changed_node(node) {
            Some(changed) if changed.removed => Err(deleted("node")),
            _ => Ok(()),
        }
    }

    pub(in crate::query) fn is_live_edge(&self, edge: EdgeKey) -> bool {
        edge.table != 0 || self.changed_edge(edge.row).is_none_or(|changed| !changed.removed)
    }

    /// The nodes that hold a text under a key, in any spell.
    pub(in crate::query) fn holding(&self, key: &str, text: &str) -> Vec<NodeIx> {
        let mut found: Vec<NodeIx> =
            self.snapshot.nodes_holding(key, text).into_iter().map(crate::graph::NodeRef::ix).collect();
        if let Some(changes) = &self.changes {
            // What was changed is asked whatever it holds now: the pattern tests each node again.
            found.extend(changes.nodes.keys().map(|row| NodeIx::new(*row)));
            found.sort_unstable();
            found.dedup();
        }
        found.retain(|node| self.is_node(*node));
        found
    }

    pub(in crate::query) fn node_id(&self, node: NodeIx) -> NodeId {
        let changed = self.changed_node(node).map(|changed| changed.record.id);
        changed
            .or_else(|| self.snapshot.node_at(node).map(crate::graph::NodeRef::id))
            .unwrap_or(NodeId::new(0))
    }

    pub(in crate::query) fn edge_id(&self, edge: EdgeKey) -> u64 {
        if edge.table != 0 {
            return u64::from(edge.row);
        }
        let changed = self.changed_edge(edge.row).map(|changed| changed.record.id);
        let stored = || self.snapshot.edge_at(EdgeIx::new(edge.row)).map(crate::graph::EdgeRef::id);
        changed.or_else(stored).map_or(0, crate::graph::EdgeId::get)
    }

    fn labels(&self, node: NodeIx) -> &[LabelId] {
        match self.changed_node(node) {
            Some(changed) => &changed.record.labels,
            None => self.snapshot.node_at(node).map_or(&[], crate::graph::NodeRef::labels),
        }
    }

    pub(in crate::query) fn label_names(&self, node: NodeIx) -> Vec<Arc<str>> {
        names_of(self.catalogue(), self.labels(node))
    }

    /// Whether a node has a label by its number.
    pub(in crate::query) fn has_label(&self, node: NodeIx, label: LabelId) -> bool {
        self.labels(node).contains(&label)
    }

    pub(in crate::query) fn has_labels(&self, node: NodeIx) -> bool {
        !self.labels(node).is_empty()
    }

    /// The type of an edge by its number; that of a tie has none.
    pub(in crate::query) fn type_of(&self, edge: EdgeKey) -> TypeId {
        match self.changed_edge(edge.row) {
            Some(changed) => changed.record.edge_type,
            None => self
                .snapshot
                .edge_at(EdgeIx::new(edge.row))
                .map_or(TypeId::new(u16::MAX), crate::graph::EdgeRef::type_id),
        }
    }

    pub(in crate::query) fn edge_type(&self, edge: EdgeKey) -> &str {
        if let Some(tie) = self.tie(edge) {
            return tie.direction.edge_type();
        }
        self.catalogue().type_name(self.type_of(edge))
    }

    /// Where an edge leaves and where it arrives.
    pub(in crate::query) fn ends(&self, edge: EdgeKey) -> (NodeIx, NodeIx) {
        if let Some(tie) = self.tie(edge) {
            return (tie.source, tie.target);
        }
        let bound = EdgeIx::from_position(self.snapshot.edge_bound()).get();
        if let (Some(changes), Some(new)) = (&self.changes, edge.row.checked_sub(bound)) {
            return changes.ends.get(new as usize).copied().unwrap_or_default();
        }
        let stored = self.snapshot.edge_at(EdgeIx::new(edge.row));
        stored.map_or_else(Default::default, |edge| (edge.source_ix(), edge.target_ix()))
    }

    /// Edges that leave a node.
    pub(in crate::query) fn out_edges(&self, node: NodeIx) -> impl Iterator<Item = Neighbour> + use<'a> {
        let stored =
            self.snapshot.node_at(node).into_iter().flat_map(|node| node.out_edges()).map(|edge| Neighbour {
                edge: EdgeKey::stored(edge.ix().get()),
                node: edge.target_ix(),
                edge_type: edge.type_id(),
            });
        self.with_changes(stored, node, true)
    }

    /// Edges that arrive at a node.
    pub(in crate::query) fn in_edges(&self, node: NodeIx) -> impl Iterator<Item = Neighbour> + use<'a> {
        let stored =
            self.snapshot.node_at(node).into_iter().flat_map(|node| node.in_edges()).map(|edge| Neighbour {
                edge: EdgeKey::stored(edge.ix().get()),
                node: edge.source_ix(),
                edge_type: edge.type_id(),
            });
        self.with_changes(stored, node, false)
    }

    /// Stored edges without those that were removed, and those that were made.
    fn with_changes<S: Iterator<Item = Neighbour>>(
        &self,
        stored: S,
        node: NodeIx,
        out: bool,
    ) -> Either<S, std::vec::IntoIter<Neighbour>> {
        let Some(changes) = &self.changes else {
            return Either::Stored(stored);
        };
        let bound = EdgeIx::from_position(self.snapshot.edge_bound()).get();
        let mut all: Vec<Neighbour> = stored.filter(|own| self.is_live_edge(own.edge)).collect();
        let lists = if out { &changes.out } else { &changes.arriving };
        for row in lists.get(&node.get()).into_iter().flatten() {
            let edge = EdgeKey::stored(*row);
            if self.is_live_edge(edge) {
                let (source, target) = changes.ends.get((row - bound) as usize).copied().unwrap_or_default();
                let node = if out { target } else { source };
                all.push(Neighbour { edge, node, edge_type: self.type_of(edge) });
            }
        }
        Either::Collected(all.into_iter())
    }

    /// What an element holds under a key of the catalogue.
    fn property_of(&self, element: &Datum, key: KeyId) -> Result<Option<Property>, QueryError> {
        match element {
            Datum::Node(node) => match self.changed_node(*node) {
                Some(changed) if changed.removed => Err(deleted("node")),
                Some(changed) => Ok(changed.record.properties.get(key).cloned()),
                None => Ok(self.snapshot.node_at(*node).and_then(|node| node.property_of(key))),
            },
            Datum::Edge(edge) => match self.changed_edge(edge.row) {
                Some(changed) if changed.removed => Err(deleted("edge")),
                Some(changed) => Ok(changed.record.properties.get(key).cloned()),
                None => {
                    Ok(self.snapshot.edge_at(EdgeIx::new(edge.row)).and_then(|edge| edge.property_of(key)))
                }
            },
            _ => Ok(None),
        }
    }

    /// The value under a key at a time, or the latest (S3).
    pub(in crate::query) fn property(
        &self,
        element: &Datum,
        key: &str,
        time: Option<AsOf>,
    ) -> Result<Datum, QueryError> {
        if let Datum::Edge(edge) = element
            && let Some(tie) = self.tie(*edge)
        {
            return self.tie_property(tie, key);
        }
        let found = match self.catalogue().key(key) {
            Some(key) => self.property_of(element, key)?,
            None => None,
        };
        let Some(property) = found else {
            if is_validity(key) {
                return Ok(self.bound_of(element, key == "valid_from"));
            }
            return match element {
                Datum::Node(node) => self.live_node(*node).map(|()| Datum::Null),
                Datum::Edge(edge) if !self.is_live_edge(*edge) => Err(deleted("edge")),
                _ => Ok(Datum::Null),
            };
        };
        let value = match time.and_then(AsOf::last_day) {
            Some(day) => property.at(day),
            None => property.latest(),
        };
        Ok(value.map_or(Datum::Null, of_stored))
    }

    /// When an element holds.
    pub(in crate::query) fn validity(&self, element: &Datum) -> Option<Validity> {
        match element {
            Datum::Node(node) => match self.changed_node(*node) {
                Some(changed) => Some(changed.record.validity.clone()),
                None => self.snapshot.node_at(*node).map(crate::graph::NodeRef::validity),
            },
            Datum::Edge(edge) => match self.changed_edge(edge.row) {
                Some(changed) => Some(changed.record.validity.clone()),
                None => self.snapshot.edge_at(EdgeIx::new(edge.row)).map(crate::graph::EdgeRef::validity),
            },
            _ => None,
        }
    }

    /// A known end of the validity as a date.
    fn bound_of(&self, element: &Datum, from: bool) -> Datum {
        let Some(validity) = self.validity(element) else { return Datum::Null };
        let bound = if from { validity.from } else { validity.to };
        match bound {
            Bound::Known(date) => of_stored(&crate::value::Value::Date(date)),
            Bound::Open | Bound::Unknown => Datum::Null,
        }
    }

    /// Whether an element counts at a time.
    pub(in crate::query) fn holds(&self, element: &Datum, time: AsOf) -> bool {
        if let Datum::Edge(EdgeKey { table: super::ties::TIES, row }) = element {
            return self.tie_holds(*row, time);
        }
        let extent = match element {
            Datum::Node(node) if self.changed_node(*node).is_none() => {
                self.snapshot.node_at(*node).map(crate::graph::NodeRef::extent)
            }
            Datum::Edge(edge) if self.changed_edge(edge.row).is_none() => {
                self.snapshot.edge_at(EdgeIx::new(edge.row)).map(crate::graph::EdgeRef::extent)
            }
            other => self.validity(other).map(|validity| validity.extent()),
        };
        extent.is_some_and(|extent| time.includes(extent))
    }

    /// All properties by name; the latest values.
    pub(in crate::query) fn properties(&self, element: &Datum) -> Result<Map, QueryError> {
        match element {
            Datum::Node(node) => self.live_node(*node)?,
            Datum::Edge(edge) if !self.is_live_edge(*edge) => return Err(deleted("edge")),
            _ => {}
        }
        Ok(self.last_properties(element))
    }

    /// All properties by name, also of what the query has deleted.
    pub(in crate::query) fn last_properties(&self, element: &Datum) -> Map {
        if let Datum::Edge(edge) = element
            && let Some(tie) = self.tie(*edge)
        {
            return self.tie_properties(tie);
        }
        let catalogue = self.catalogue();
        let properties = match element {
            Datum::Node(node) => match self.changed_node(*node) {
                Some(changed) => changed.record.properties.clone(),
                None => {
                    self.snapshot.node_at(*node).map(crate::graph::NodeRef::properties).unwrap_or_default()
                }
            },
            Datum::Edge(edge) => match self.changed_edge(edge.row) {
                Some(changed) => changed.record.properties.clone(),
                None => self
                    .snapshot
                    .edge_at(EdgeIx::new(edge.row))
                    .map(crate::graph::EdgeRef::properties)
                    .unwrap_or_default(),
            },
            _ => return Map::new(),
        };
        let values = properties.iter().filter_map(|(key, property)| {
            Some((catalogue.key_name(key).into(), of_stored(property.latest()?)))
        });
        values.collect()
    }
}

/// Edges of the snapshot as they are, or with the changes of the query.
enum Either<A, B> {
    Stored(A),
    Collected(B),
}

impl<A: Iterator<Item = Neighbour>, B: Iterator<Item = Neighbour>> Iterator for Either<A, B> {
    type Item = Neighbour;

    fn next(&mut self) -> Option<Neighbour> {
        match self {
            Self::Stored(edges) => edges.next(),
            Self::Collected(edges) => edges.next(),
        }
    }
}
