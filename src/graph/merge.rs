//! A large change: its records are sorted and merged with the packed columns, in one pass and without maps by element.

use std::ops::Range;

use super::packed::{Packed, PackedBuilder};
use super::{Change, ChangeError, ChangeSet, EdgeId, EdgeIx, EdgeRecord, NodeId, NodeIx, NodeRecord};

/// The changes of a set, by kind; each kind by ascending id.
#[derive(Default)]
struct Sorted<'c> {
    removed_edges: Vec<EdgeId>,
    removed_nodes: Vec<NodeId>,
    nodes: Vec<&'c NodeRecord>,
    edges: Vec<&'c EdgeRecord>,
}

impl<'c> Sorted<'c> {
    fn of(changes: &'c ChangeSet) -> Self {
        let mut sorted = Self::default();
        for change in changes {
            match change {
                Change::RemoveEdge(id) => sorted.removed_edges.push(*id),
                Change::RemoveNode(id) => sorted.removed_nodes.push(*id),
                Change::PutNode(node) => sorted.nodes.push(node),
                Change::PutEdge(edge) => sorted.edges.push(edge),
            }
        }
        sorted
    }
}

/// The packed part of a state after a change.
///
/// # Errors
/// As [`Snapshot::apply`](super::Snapshot::apply), for changes that are in the order of a change set.
pub(super) fn merged(packed: &Packed, changes: &ChangeSet) -> Result<Packed, ChangeError> {
    let changes = Sorted::of(changes);
    let gone = rows_that_go(packed, &changes)?;
    let (nodes, edges) =
        (packed.node_ids.len() + changes.nodes.len(), packed.edge_count() + changes.edges.len());
    let mut builder = PackedBuilder::with_capacity(nodes, edges);
    merge_nodes(packed, &changes, &mut builder)?;
    merge_edges(packed, &changes, &gone, &mut builder)?;
    Ok(builder.finish()?)
}

/// The rows of edges that are removed or written again, ascending; fails where something to be removed is not there or a
/// node to be removed still has edges.
fn rows_that_go(packed: &Packed, changes: &Sorted<'_>) -> Result<Vec<u32>, ChangeError> {
    let mut rows = Vec::new();
    for id in &changes.removed_edges {
        rows.push(packed.edge_ix(*id).ok_or(ChangeError::NoSuchEdge(*id))?.get());
    }
    for id in &changes.removed_nodes {
        let node = packed.node_ix(*id).ok_or(ChangeError::NoSuchNode(*id))?;
        let edges = packed.out_edges(node).map(EdgeIx::new).chain(packed.in_edges(node).iter().copied());
        let is_removed = |edge: EdgeIx| changes.removed_edges.binary_search(&packed.edge_id(edge)).is_ok();
        if !edges.into_iter().all(is_removed) {
            return Err(ChangeError::StillTied(*id));
        }
    }
    // Ids that are new lie beyond those of the packed part: only the others are looked up.
    let last = (0..packed.edge_count()).map(|row| packed.edge_id(EdgeIx::from_position(row))).max();
    let known = changes.edges.partition_point(|edge| Some(edge.id) <= last);
    let written = changes.edges.iter().take(known).filter_map(|edge| packed.edge_ix(edge.id));
    rows.extend(written.map(EdgeIx::get));
    rows.sort_unstable();
    rows.dedup();
    Ok(rows)
}

/// All nodes by ascending id.
fn merge_nodes(
    packed: &Packed,
    changes: &Sorted<'_>,
    builder: &mut PackedBuilder,
) -> Result<(), ChangeError> {
    let removed = changes.removed_nodes.iter().map(|id| (*id, None));
    let written = changes.nodes.iter().map(|node| (node.id, Some(*node)));
    let mut touched: Vec<(NodeId, Option<&NodeRecord>)> = removed.chain(written).collect();
    touched.sort_by_key(|(id, _)| *id);
    let mut next = 0;
    for (id, record) in touched {
        let rest = packed.node_ids.get(next..).unwrap_or_default();
        let at = next + rest.partition_point(|own| *own < id);
        builder.copy_nodes(packed, &number(next..at))?;
        next = at + usize::from(packed.node_ids.get(at) == Some(&id));
        record.into_iter().try_for_each(|node| builder.node(node.clone()))?;
    }
    Ok(builder.copy_nodes(packed, &number(next..packed.node_ids.len()))?)
}

/// All edges by source, type, target and id.
fn merge_edges(
    packed: &Packed,
    changes: &Sorted<'_>,
    gone: &[u32],
    builder: &mut PackedBuilder,
) -> Result<(), ChangeError> {
    let mut edges = changes.edges.clone();
    edges.sort_unstable_by_key(|edge| (edge.source, edge.edge_type, edge.target, edge.id));
    let mut next = 0;
    for edge in edges {
        let at = place_of(packed, edge);
        copy_edges(packed, next..at, gone, builder)?;
        next = at.max(next);
        builder.edge(edge.clone())?;
    }
    copy_edges(packed, next..packed.edge_count(), gone, builder)
}

/// The row of the packed part before which an edge stands.
fn place_of(packed: &Packed, edge: &EdgeRecord) -> usize {
    // A node that the packed part does not have is a new one, whose id is beyond all others.
    let Some(source) = packed.node_ix(edge.source) else { return packed.edge_count() };
    let rows = packed.out_edges(source);
    let key = |row: u32| {
        let ix = EdgeIx::new(row);
        let target =
            packed.edge_targets.get(ix.position()).and_then(|node| packed.node_ids.get(node.position()));
        (packed.edge_type(ix), target.copied(), packed.edge_id(ix))
    };
    let own = (edge.edge_type, Some(edge.target), edge.id);
    let (mut low, mut high) = (rows.start, rows.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if key(middle) < own { low = middle + 1 } else { high = middle }
    }
    low as usize
}

/// Edges of a range of rows, without those that go.
fn copy_edges(
    packed: &Packed,
    rows: Range<usize>,
    gone: &[u32],
    builder: &mut PackedBuilder,
) -> Result<(), ChangeError> {
    let rows = number(rows);
    let from = gone.partition_point(|row| *row < rows.start);
    let within = gone.get(from..).unwrap_or_default().iter().copied().take_while(|row| *row < rows.end);
    let mut start = rows.start;
    for end in within.chain([rows.end]) {
        builder.copy_edges(packed, &(start..end))?;
        start = end + 1;
    }
    Ok(())
}

/// Rows as the columns number them.
fn number(rows: Range<usize>) -> Range<u32> {
    NodeIx::from_position(rows.start).get()..NodeIx::from_position(rows.end).get()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::graph::{Catalogue, Draft, Snapshot};
    use crate::value::{Validity, Value};

    /// Applies random steps to a draft: nodes and edges that are made, written again and removed.
    fn change(draft: &mut Draft<'_>, steps: &[(u8, u64, u64, i64)]) {
        for (what, one, other, value) in steps {
            let (next_node, next_edge) = draft.snapshot().next_ids();
            let (node, end) = (NodeId::new(one % (next_node + 3)), NodeId::new(other % (next_node + 3)));
            let edge = EdgeId::new(one % (next_edge + 3));
            // A step that cannot be is left out.
            let _ = match what % 6 {
                0 => draft.create_node(&[["A", "B"][(value % 2) as usize]], Validity::ALWAYS).map(drop),
                1 => {
                    draft.create_edge(["S", "T"][(value % 2) as usize], node, end, Validity::ALWAYS).map(drop)
                }
                2 => draft.set_node(node, "name", Value::text(&format!("n{value}"))),
                3 => draft.set_edge(edge, "weight", Value::Integer(*value)),
                4 => draft.remove_edge(edge),
                _ => match draft.edges_at(node).is_empty() {
                    true => draft.remove_node(node),
                    false => Ok(()),
                },
            };
        }
    }

    fn steps(count: usize) -> impl Strategy<Value = Vec<(u8, u64, u64, i64)>> {
        prop::collection::vec((any::<u8>(), any::<u64>(), any::<u64>(), 0..50_i64), 0..count)
    }

    proptest! {
        #[test]
        fn a_merged_change_gives_what_an_overlay_gives(
            first in steps(400), second in steps(300), moves in any::<bool>()
        ) {
            let empty = Snapshot::empty(Arc::new(Catalogue::default()));
            let mut draft = empty.draft();
            change(&mut draft, &first);
            let before = empty.apply(&draft.finish()).unwrap();
            let mut draft = before.draft();
            change(&mut draft, &second);
            let moved = before.edges().next().map(|edge| edge.id()).filter(|_| moves);
            // A draft keeps the ends of an edge; a change set from elsewhere need not.
            let moved = moved.filter(|edge| draft.edit_edge(*edge).is_ok()).zip(before.nodes().last());
            let end_of = |change: &Change| match (change, &moved) {
                (Change::PutEdge(edge), Some((id, end))) if edge.id == *id => {
                    Change::PutEdge(EdgeRecord { target: end.id(), ..edge.clone() })
                }
                (change, _) => change.clone(),
            };
            let drafted = draft.finish();
            let (names, ends) = (drafted.names().to_vec(), drafted.iter().map(end_of).collect());
            let changes = ChangeSet::from_parts(drafted.base(), drafted.next_ids(), names, ends);
            match (before.apply(&changes), before.clone().merged_with(&changes)) {
                (Ok(one), Ok(other)) => {
                    let (one, other) = (one.compact().unwrap(), other.compact().unwrap());
                    prop_assert_eq!(one.counts(), other.counts());
                    prop_assert_eq!(one.next_ids(), other.next_ids());
                    let nodes = |state: &Snapshot| state.nodes().map(|node| node.to_record()).collect::<Vec<_>>();
                    let edges = |state: &Snapshot| state.edges().map(|edge| edge.to_record()).collect::<Vec<_>>();
                    prop_assert_eq!(nodes(&one), nodes(&other));
                    prop_assert_eq!(edges(&one), edges(&other));
                    for node in one.nodes() {
                        let twin = other.node(node.id()).unwrap();
                        prop_assert!(node.in_edges().map(|edge| edge.id()).eq(twin.in_edges().map(|edge| edge.id())));
                    }
                }
                (Err(one), Err(other)) => prop_assert_eq!(one.to_string(), other.to_string()),
                (one, other) => prop_assert!(false, "{:?} and {:?}", one.map(drop), other.map(drop)),
            }
        }

        #[test]
        fn what_cannot_be_applied_cannot_be_merged(first in steps(60), removed in 0..40_u64, is_edge in any::<bool>()) {
            let empty = Snapshot::empty(Arc::new(Catalogue::default()));
            let mut draft = empty.draft();
            change(&mut draft, &first);
            let before = empty.apply(&draft.finish()).unwrap();
            let change = match is_edge {
                true => Change::RemoveEdge(EdgeId::new(removed)),
                false => Change::RemoveNode(NodeId::new(removed)),
            };
            let changes =
                ChangeSet::from_parts(before.commit(), before.next_ids(), Vec::new(), vec![change]);
            let texts = [before.apply(&changes), before.clone().merged_with(&changes)]
                .map(|state| state.map(|state| state.counts()).map_err(|error| error.to_string()));
            prop_assert_eq!(&texts[0], &texts[1]);
        }
    }
}
