//! Does a whole graph keep the rules? As if one change had made it, in slices on all cores.
//!
//! Most rules look at an element and its neighbours: they run on slices of nodes and of edges. A rule that
//! finds two elements anywhere in the graph runs once, on those elements alone whose hashes meet.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use hashbrown::{DefaultHashBuilder, HashSet};

use super::compiled::CompiledSchema;
use super::fault::in_order;
use super::groups::{ACROSS, Across, Group, SINGLE};
use super::lines::Lines;
use super::scope::{CheckScope, WholeGraph};
use crate::graph::{EdgeIx, EdgeRef, NodeIx, NodeRef, Snapshot, Violation};
use crate::workers;

/// Elements that one thread looks at together.
const SLICE: usize = 1 << 17;

/// Checks a whole graph as if one change had made it: what
/// [`CommitRule::check`](crate::graph::CommitRule::check) of
/// [`DomainRules`](super::DomainRules) says of that change, by element, rule, column and message.
///
/// Runs on all threads of the library. Beside the graph it needs eight bytes an element, and the same
/// again for edges of the domain's sparse types.
#[must_use]
pub fn check_whole(snapshot: &Snapshot) -> Vec<Violation> {
    let whole = WholeGraph {
        before: Snapshot::empty(Arc::clone(snapshot.catalogue())),
        after: snapshot,
        plans: Arc::new(CompiledSchema::of(snapshot.catalogue())),
        lines: Lines::of(snapshot),
        schemes: Arc::default(),
    };
    let hasher = DefaultHashBuilder::default();
    let (nodes, edges) = (slices(snapshot.node_bound()), slices(snapshot.edge_bound()));
    let of_nodes = |slice: Range<usize>| {
        whole.check(slice.filter_map(|at| node_at(snapshot, at)).collect(), Vec::new(), SINGLE)
    };
    let of_edges = |slice: Range<usize>| {
        whole.check(Vec::new(), slice.filter_map(|at| edge_at(snapshot, at)).collect(), SINGLE)
    };
    let mut found = workers::flat_map(nodes, of_nodes);
    found.extend(workers::flat_map(edges, of_edges));
    found.extend(workers::flat_map(ACROSS, |across| whole.check_across(across, &hasher)));
    in_order(found)
}

fn node_at(snapshot: &Snapshot, at: usize) -> Option<NodeRef<'_>> {
    snapshot.node_at(NodeIx::from_position(at))
}

fn edge_at(snapshot: &Snapshot, at: usize) -> Option<EdgeRef<'_>> {
    snapshot.edge_at(EdgeIx::from_position(at))
}

fn slices(bound: usize) -> Vec<Range<usize>> {
    (0..bound).step_by(SLICE).map(|from| from..(from + SLICE).min(bound)).collect()
}

impl WholeGraph<'_> {
    fn check<'s>(
        &'s self,
        nodes: Vec<NodeRef<'s>>,
        edges: Vec<EdgeRef<'s>>,
        groups: &[Group],
    ) -> Vec<Violation> {
        let mut scope = CheckScope::of_all(self, nodes, edges);
        for group in groups {
            group(&mut scope);
        }
        scope.into_found()
    }

    /// Runs a rule on the elements that it may find together.
    fn check_across(&self, across: &Across, hasher: &DefaultHashBuilder) -> Vec<Violation> {
        let snapshot = self.after;
        let hash = |key: &[&str]| hasher.hash_one(key);
        let nodes = across.node.map_or_else(Vec::new, |keys_of| {
            meeting(snapshot.node_bound(), |at, keys| {
                if let Some(node) = node_at(snapshot, at) {
                    keys_of(&self.plans, node, &mut |key| keys.push(hash(key)));
                }
            })
        });
        let edges = across.edge.map_or_else(Vec::new, |keys_of| {
            meeting(snapshot.edge_bound(), |at, keys| {
                if let Some(edge) = edge_at(snapshot, at) {
                    keys_of(&self.plans, edge, &mut |key| keys.push(hash(key)));
                }
            })
        });
        let nodes: Vec<NodeRef<'_>> = nodes.into_iter().filter_map(|at| node_at(snapshot, at)).collect();
        let edges: Vec<EdgeRef<'_>> = edges.into_iter().filter_map(|at| edge_at(snapshot, at)).collect();
        if nodes.is_empty() && edges.is_empty() {
            return Vec::new();
        }
        self.check(nodes, edges, &[across.group])
    }
}

/// The elements of which a key meets that of another element, or of itself, in ascending order.
fn meeting(bound: usize, keys: impl Fn(usize, &mut Vec<u64>) + Sync) -> Vec<usize> {
    let of_slice = |slice: Range<usize>| {
        let mut own = Vec::new();
        slice.for_each(|at| keys(at, &mut own));
        own
    };
    let mut all: Vec<u64> = workers::flat_map(slices(bound), of_slice);
    workers::sort(&mut all);
    let met: HashSet<u64> = all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    drop(all);
    if met.is_empty() {
        return Vec::new();
    }
    let suspects = |slice: Range<usize>| {
        let mut own = Vec::new();
        slice
            .filter(|at| {
                own.clear();
                keys(*at, &mut own);
                own.iter().any(|key| met.contains(key))
            })
            .collect::<Vec<usize>>()
    };
    workers::flat_map(slices(bound), suspects)
}
