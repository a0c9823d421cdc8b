//! Puts the packed part together.

use std::ops::Range;
use std::sync::Arc;

use super::csr::{by_target, offsets};
use super::edges::{EdgeColumns, LinkedEdges, Place};
use super::nodes::{LabelSets, NodeColumns};
use super::{PackError, Packed};
use crate::graph::{EdgeId, EdgeRecord, NodeId, NodeRecord};
use crate::workers;

/// Records that come one by one are packed in groups of this many rows.
const TOGETHER: usize = 2_048;

/// Rows from which a run is worth copying column by column.
const RUN: usize = 64;

/// Puts a packed part together from nodes, then edges, each in order, as runs or one by one.
#[derive(Default)]
pub(in crate::graph) struct PackedBuilder {
    packed: Packed,
    sets: LabelSets,
    /// The edge that came last.
    last: Option<Place>,
    /// Records that are not packed yet.
    nodes: Vec<NodeRecord>,
    edges: Vec<EdgeRecord>,
}

impl PackedBuilder {
    /// Room for this many nodes and edges.
    pub(in crate::graph) fn with_capacity(nodes: usize, edges: usize) -> Self {
        let packed = Packed {
            node_ids: Arc::new(Vec::with_capacity(nodes)),
            node_labels: Vec::with_capacity(nodes),
            edge_ids: Vec::with_capacity(edges),
            edge_types: Vec::with_capacity(edges),
            edge_sources: Vec::with_capacity(edges),
            edge_targets: Vec::with_capacity(edges),
            ..Packed::default()
        };
        Self { packed, ..Self::default() }
    }

    pub(in crate::graph) fn node(&mut self, node: NodeRecord) -> Result<(), PackError> {
        self.nodes.push(node);
        if self.nodes.len() < TOGETHER { Ok(()) } else { self.pack_nodes() }
    }

    fn pack_nodes(&mut self) -> Result<(), PackError> {
        let nodes = std::mem::take(&mut self.nodes);
        self.add_nodes(NodeColumns::pack(&nodes))
    }

    pub(in crate::graph) fn nodes(&mut self, more: NodeColumns) -> Result<(), PackError> {
        self.pack_nodes()?;
        self.add_nodes(more)
    }

    fn add_nodes(&mut self, more: NodeColumns) -> Result<(), PackError> {
        let packed = &mut self.packed;
        let ids = Arc::make_mut(&mut packed.node_ids);
        for id in more.ids.into_iter().map(NodeId::new) {
            if ids.last() >= Some(&id) {
                return Err(PackError::NodeOrder(id));
            }
            ids.push(id);
        }
        let numbers: Vec<u32> = more.label_sets.iter().map(|set| self.sets.number(set)).collect();
        packed.node_labels.extend(more.labels.iter().map(|set| numbers[*set as usize]));
        packed.nodes.push(more.elements);
        Ok(())
    }

    /// Ids of all nodes: no more may come.
    pub(in crate::graph) fn node_ids(&mut self) -> Result<Arc<Vec<NodeId>>, PackError> {
        self.pack_nodes()?;
        Ok(Arc::clone(&self.packed.node_ids))
    }

    pub(in crate::graph) fn edge(&mut self, edge: EdgeRecord) -> Result<(), PackError> {
        self.edges.push(edge);
        if self.edges.len() < TOGETHER { Ok(()) } else { self.pack_edges() }
    }

    fn pack_edges(&mut self) -> Result<(), PackError> {
        let edges = std::mem::take(&mut self.edges);
        let nodes = self.node_ids()?;
        self.add_edges(LinkedEdges::of(&nodes, EdgeColumns::pack(&edges))?)
    }

    pub(in crate::graph) fn edges(&mut self, more: LinkedEdges) -> Result<(), PackError> {
        self.pack_edges()?;
        self.add_edges(more)
    }

    fn add_edges(&mut self, more: LinkedEdges) -> Result<(), PackError> {
        let Some(last) = more.ids.len().checked_sub(1) else { return Ok(()) };
        if self.last.is_some_and(|before| before >= more.place(0)) {
            return Err(PackError::EdgeOrder(EdgeId::new(u64::from(more.ids[0]))));
        }
        self.last = Some(more.place(last));
        let packed = &mut self.packed;
        packed.edge_ids.extend(more.ids);
        packed.edge_types.extend(more.types);
        packed.edge_sources.extend(more.sources);
        packed.edge_targets.extend(more.targets);
        packed.edges.push(more.elements);
        Ok(())
    }

    /// Copies nodes of a packed part, column by column where a run of rows is long enough.
    pub(in crate::graph) fn copy_nodes(&mut self, from: &Packed, rows: &Range<u32>) -> Result<(), PackError> {
        for run in from.nodes.cut(rows) {
            let columns = from.node_columns(&run);
            if run.len() >= RUN {
                self.nodes(columns)?;
            } else {
                (0..run.len()).try_for_each(|row| self.node(columns.record(row)))?;
            }
        }
        Ok(())
    }

    /// Copies edges of a packed part whose ends are among the nodes, column by column where a run of rows is long enough.
    pub(in crate::graph) fn copy_edges(&mut self, from: &Packed, rows: &Range<u32>) -> Result<(), PackError> {
        for run in from.edges.cut(rows) {
            let columns = from.edge_columns(&run);
            if run.len() >= RUN {
                let nodes = self.node_ids()?;
                self.edges(LinkedEdges::of(&nodes, columns)?)?;
            } else {
                (0..run.len()).try_for_each(|row| self.edge(columns.record(row)))?;
            }
        }
        Ok(())
    }

    pub(in crate::graph) fn finish(mut self) -> Result<Packed, PackError> {
        self.pack_nodes()?;
        self.pack_edges()?;
        let Self { mut packed, sets, .. } = self;
        let most = u32::MAX as usize - 1;
        if packed.node_ids.len() > most || packed.edge_ids.len() > most {
            return Err(PackError::Full);
        }
        packed.label_sets = sets.sets;
        let count = packed.node_ids.len();
        let (leaving, arriving) = workers::both(
            || offsets(count, &packed.edge_sources),
            || by_target(count, &packed.edge_targets, &packed.edge_types),
        );
        packed.out_offsets = leaving;
        (packed.in_offsets, packed.in_edges) = arriving;
        Ok(packed)
    }
}
