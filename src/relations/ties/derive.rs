//! From what is stored to ties: spells, limits, order (S4, S6, S12, S13).

use crate::relations::vocabulary::label;
use std::sync::Arc;

use super::arrangements::{Expansion, expand, largest_expanded};
use super::bilateral::{BilateralTies, EdgeTypes};
use super::dyads::Repeats;
use super::options::TieOptions;
use super::spells::Spells;
use super::table::{Derived, TieTable};
use super::tie::Tie;
use crate::graph::{EdgeIx, NodeIx, Snapshot};
use crate::relations::{Classifier, TierSchemes};
use crate::workers;

/// Edges that one task reads: enough to hide its cost, few enough to share the work.
const EDGES_PER_TASK: usize = 1 << 16;

impl TieTable {
    /// Derives all ties of a snapshot, which the table keeps.
    ///
    /// Every tie lies within the validity of its basis and of both governments. A party row with both ends
    /// unknown and no attestation takes part whenever its arrangement holds; rows of a power likewise. An
    /// arrangement over a limit of the options is listed in [`TieTable::unexpanded`] instead of being paired;
    /// its approvals and acts remain.
    ///
    /// With `within` the table holds the ties of that window that the whole table would hold without limits,
    /// spells included; the limits count who takes part in the window. Cost: linear in nodes, edges and pairs;
    /// for a window of one day a pair costs two comparisons unless rank or hierarchy changed in its time.
    #[must_use]
    pub fn derive(snapshot: &Arc<Snapshot>, schemes: &TierSchemes, options: &TieOptions) -> Self {
        let derived = workers::run(|| all_ties(snapshot, schemes, options));
        Self::new(Arc::clone(snapshot), derived, options)
    }
}

/// All ties of a snapshot.
fn all_ties(snapshot: &Snapshot, schemes: &TierSchemes, options: &TieOptions) -> Derived {
    let classifier = Classifier::new(snapshot, schemes, options.scale, options.rank_from_level);
    let spells = Spells::new(snapshot, &classifier, options.within);
    let arrangements: Vec<NodeIx> = snapshot.nodes_with(label::ARRANGEMENT).map(|node| node.ix()).collect();
    let largest = largest_expanded(&spells, &arrangements, options);
    let expansions: Vec<Expansion> = workers::flat_map(&arrangements, |ix| {
        snapshot.node_at(*ix).map(|node| expand(&spells, node, options.max_parties, largest))
    });
    let mut unexpanded = Vec::new();
    let mut ties = Vec::new();
    let mut acts = BilateralTies::of(snapshot);
    for expansion in expansions {
        unexpanded.extend(expansion.over_limit.then_some(expansion.arrangement));
        acts.note_pairs(expansion.arrangement, &expansion.pairs);
        ties.extend(expansion.ties);
    }
    ties.extend(acts.powers(&spells));
    let repeats = Repeats::of(snapshot);
    ties.extend(repeats.ties(&spells, &acts));
    ties.extend(of_edges(snapshot, &spells, &acts, &repeats));
    let key = |tie: &Tie| (tie.source, tie.target, tie.extent.possible, tie.basis);
    if !ties.is_sorted_by_key(key) {
        workers::sort_by_key(&mut ties, key);
    }
    Derived { ties, unexpanded, repeated: repeats.count() }
}

/// Bare dyads, acts and subordinations, read in parallel.
fn of_edges(
    snapshot: &Snapshot,
    spells: &Spells<'_>,
    acts: &BilateralTies<'_>,
    repeats: &Repeats,
) -> Vec<Tie> {
    let types = EdgeTypes::of(snapshot);
    let tasks = snapshot.edge_bound().div_ceil(EDGES_PER_TASK);
    let parts: Vec<Vec<Tie>> = workers::map(0..tasks, |task| {
        let mut ties = Vec::new();
        let edges = task * EDGES_PER_TASK..(task + 1) * EDGES_PER_TASK;
        let edges = edges.map(EdgeIx::from_position).filter(|row| !repeats.has(*row));
        for edge in edges.filter_map(|row| snapshot.edge_at(row)) {
            acts.edge(spells, &types, edge, &mut ties);
        }
        ties
    });
    let mut ties = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for mut part in parts {
        ties.append(&mut part);
    }
    ties
}
