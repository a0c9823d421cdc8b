//! Which edges of the domain's own types leave or arrive at a node, without its other edges?
//!
//! A government of ten thousand ties has one superior: rules that climb the hierarchy of a whole graph must
//! not pass over the ties at every step.

use crate::graph::{EdgeIx, EdgeRef, NodeRef, Snapshot, TypeId};
use crate::relations::vocabulary::edge;
use crate::workers;

/// Types whose edges rules ask for at their source.
const LEAVING: [&str; 10] = [
    edge::SUBORDINATE_TO,
    edge::PART_OF,
    edge::PARTY_TO,
    edge::MEMBER_OF,
    edge::ACTS_ON,
    edge::DEFINED_BY,
    edge::OF,
    edge::OVER,
    edge::HELD_BY,
    edge::GRANTED_BY,
];
/// Types whose edges rules ask for at their target.
const ARRIVING: [&str; 4] = [edge::PART_OF, edge::PARTY_TO, edge::MEMBER_OF, edge::OVER];
/// Edges that one thread looks at together.
const SLICE: usize = 1 << 18;

/// The edges of each of some types by one of their ends: (node, edge) in the order of the node's edges.
type ByEnd = Vec<Vec<(u32, u32)>>;

/// The edges of a whole graph by their ends.
#[derive(Debug, Default)]
pub(super) struct Lines {
    leaving: ByEnd,
    arriving: ByEnd,
}

impl Lines {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        Self { leaving: by_end(snapshot, &LEAVING, true), arriving: by_end(snapshot, &ARRIVING, false) }
    }

    /// Edges of a type that leave a node.
    pub(super) fn leaving<'a>(
        &self,
        node: NodeRef<'a>,
        edge_type: &str,
    ) -> impl Iterator<Item = EdgeRef<'a>> + use<'_, 'a> {
        at(&LEAVING, &self.leaving, node, edge_type)
    }

    /// Edges of a type that arrive at a node.
    pub(super) fn arriving<'a>(
        &self,
        node: NodeRef<'a>,
        edge_type: &str,
    ) -> impl Iterator<Item = EdgeRef<'a>> + use<'_, 'a> {
        at(&ARRIVING, &self.arriving, node, edge_type)
    }
}

fn at<'l, 'a>(
    types: &[&str],
    lines: &'l ByEnd,
    node: NodeRef<'a>,
    edge_type: &str,
) -> impl Iterator<Item = EdgeRef<'a>> + use<'l, 'a> {
    let (snapshot, ix) = (node.snapshot(), node.ix().get());
    let place = types.iter().position(|name| *name == edge_type);
    debug_assert!(place.is_some(), "edges of {edge_type} are not kept by this end");
    let own = place.and_then(|at| lines.get(at)).map_or(&[][..], Vec::as_slice);
    let own = own.get(own.partition_point(|(near, _)| *near < ix)..).unwrap_or_default();
    let edges = own.iter().take_while(move |(near, _)| *near == ix);
    edges.filter_map(|(_, edge)| snapshot.edge_at(EdgeIx::new(*edge)))
}

fn by_end(snapshot: &Snapshot, types: &[&str], out: bool) -> ByEnd {
    let wanted: Vec<Option<TypeId>> = types.iter().map(|name| snapshot.catalogue().edge_type(name)).collect();
    let of_slice = |slice: usize| {
        let mut lines = vec![Vec::new(); types.len()];
        for at in slice * SLICE..((slice + 1) * SLICE).min(snapshot.edge_bound()) {
            let ix = EdgeIx::from_position(at);
            let Some(edge) = snapshot.edge_at(ix) else { continue };
            let place = wanted.iter().position(|wanted| *wanted == Some(edge.type_id()));
            if let Some(own) = place.and_then(|place| lines.get_mut(place)) {
                let near = if out { edge.source_ix() } else { edge.target_ix() };
                own.push((near.get(), ix.get()));
            }
        }
        lines
    };
    let slices: Vec<ByEnd> = workers::map(0..snapshot.edge_bound().div_ceil(SLICE), of_slice);
    let mut all: ByEnd = vec![Vec::new(); types.len()];
    for slice in slices {
        all.iter_mut().zip(slice).for_each(|(all, own)| all.extend(own));
    }
    // As in the lists of a node: by the far end, then by id.
    let order = |(near, ix): &(u32, u32)| {
        let edge = snapshot.edge_at(EdgeIx::new(*ix));
        (*near, edge.map(|edge| (if out { edge.target() } else { edge.source() }.id(), edge.id())))
    };
    for edges in &mut all {
        workers::sort_by_key(edges, order);
    }
    all
}
