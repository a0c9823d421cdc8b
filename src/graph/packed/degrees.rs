//! What the packed part of a graph answers: runs of one type, rows of a label or type, degrees.

use std::collections::HashMap;
use std::ops::Range;

use super::Packed;
use super::row_sets::{RowSet, RowSets};
use crate::graph::read::{DegreeStatistics, PackedNeighbours};
use crate::graph::{EdgeDirection, LabelId, NodeIx, TypeId};

/// The first place of a range for which `is_before` is no longer true.
fn partition(range: &Range<u32>, mut is_before: impl FnMut(u32) -> bool) -> u32 {
    let Range { mut start, mut end } = range.clone();
    while start < end {
        let middle = start + (end - start) / 2;
        if is_before(middle) {
            start = middle + 1;
        } else {
            end = middle;
        }
    }
    start
}

/// The places of one type in a range that is sorted by type.
pub(in crate::graph) fn run_of(
    range: &Range<u32>,
    wanted: TypeId,
    type_at: impl Fn(u32) -> TypeId,
) -> Range<u32> {
    let start = partition(range, |at| type_at(at) < wanted);
    start..partition(&(start..range.end), |at| type_at(at) <= wanted)
}

/// Types that are asked for, ascending and each once; none = all.
pub(in crate::graph) fn in_order(types: &[TypeId]) -> Vec<TypeId> {
    let mut types = types.to_vec();
    types.sort_unstable();
    types.dedup();
    types
}

/// The runs of a range that is sorted by type: those of the types (ascending), or all if none are named.
pub(in crate::graph) fn runs(
    range: Range<u32>,
    types: &[TypeId],
    type_at: impl Fn(u32) -> TypeId,
    mut see: impl FnMut(TypeId, Range<u32>),
) {
    let mut rest = range;
    if types.is_empty() {
        while !rest.is_empty() {
            let own = type_at(rest.start);
            let end = partition(&rest, |at| type_at(at) <= own);
            see(own, rest.start..end);
            rest.start = end;
        }
    }
    for wanted in types {
        let run = run_of(&rest, *wanted, &type_at);
        rest.start = run.end;
        if !run.is_empty() {
            see(*wanted, run);
        }
    }
}

/// Degree statistics by label (`None` = all nodes), type, and whether the edges leave.
#[derive(Debug, Default)]
pub(in crate::graph) struct Degrees(HashMap<(Option<LabelId>, TypeId, bool), DegreeStatistics>);

impl Degrees {
    fn of(packed: &Packed) -> Self {
        let mut degrees = Self::default();
        for node in (0..packed.node_ids.len()).map(NodeIx::from_position) {
            for orientation in [EdgeDirection::Out, EdgeDirection::In] {
                let type_at = |at| packed.type_at(at, orientation);
                runs(packed.places(node, orientation), &[], type_at, |edge_type, run| {
                    let labels = packed.labels(node).iter().copied().map(Some);
                    for label in labels.chain([None]) {
                        let key = (label, edge_type, orientation == EdgeDirection::Out);
                        let own = degrees.0.entry(key).or_default();
                        let count = run.len() as u64;
                        own.edges += count;
                        own.nodes += 1;
                        own.most = own.most.max(count);
                    }
                });
            }
        }
        degrees
    }
}

impl Packed {
    /// The places of a node's edges in an orientation.
    pub(in crate::graph) fn places(&self, node: NodeIx, orientation: EdgeDirection) -> Range<u32> {
        match orientation {
            EdgeDirection::Out => self.out_edges(node),
            EdgeDirection::In => self.in_places(node),
        }
    }

    /// The type of the edge at a place.
    pub(in crate::graph) fn type_at(&self, place: u32, orientation: EdgeDirection) -> TypeId {
        self.edge_type(self.edge_at(place, orientation))
    }

    /// The neighbours of all nodes in an orientation, by place. Those that edges come from are put in order when first
    /// asked for: four bytes an edge.
    pub(in crate::graph) fn neighbours(&self, orientation: EdgeDirection) -> PackedNeighbours<'_> {
        match orientation {
            EdgeDirection::Out => PackedNeighbours { nodes: &self.edge_targets, edges: None },
            EdgeDirection::In => {
                let source = |edge: &crate::graph::EdgeIx| self.edge_sources[edge.position()];
                let nodes = self.in_sources.get_or_init(|| self.in_edges.iter().map(source).collect());
                PackedNeighbours { nodes, edges: Some(&self.in_edges) }
            }
        }
    }

    /// The nodes that bear a label.
    pub(in crate::graph) fn rows_with(&self, label: LabelId) -> Option<&RowSet> {
        let sets = self.label_rows.get_or_init(|| {
            let count = NodeIx::from_position(self.node_ids.len()).get();
            RowSets::of(count, |see| {
                for row in 0..count {
                    self.labels(NodeIx::new(row)).iter().for_each(|label| see(row, label.get()));
                }
            })
        });
        sets.get(label.get())
    }

    /// The edges of a type.
    pub(in crate::graph) fn rows_of(&self, edge_type: TypeId) -> Option<&RowSet> {
        let sets = self.type_rows.get_or_init(|| {
            let count = NodeIx::from_position(self.edge_count()).get();
            RowSets::of(count, |see| {
                (0_u32..).zip(&self.edge_types).for_each(|(row, own)| see(row, own.get()))
            })
        });
        sets.get(edge_type.get())
    }

    /// Degree statistics, worked out when first asked for.
    pub(in crate::graph) fn statistics(
        &self,
        label: Option<LabelId>,
        edge_type: TypeId,
        orientation: EdgeDirection,
    ) -> DegreeStatistics {
        let degrees = self.degrees.get_or_init(|| Degrees::of(self));
        let key = (label, edge_type, orientation == EdgeDirection::Out);
        degrees.0.get(&key).copied().unwrap_or_default()
    }
}
