//! From what is stored to ties: spells, limits, order (S4, S6, S12, S13).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::acts::{Acts, EdgeTypes};
use super::arrangements::{Expansion, expand, largest_expanded};
use super::dyads::Repeats;
use super::held::{Held, joined};
use super::table::{TieOptions, TieTable};
use super::tie::{Basis, Tie};
use crate::graph::{EdgeIx, NodeIx, Snapshot};
use crate::relations::direction::{ClassifierAt, DirectionSpell};
use crate::relations::{Classifier, Direction, Role, TierSchemes};
use crate::value::{Span, Truth, Window};
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

/// What follows from a snapshot.
pub(super) struct Derived {
    /// All ties, in the order of the table.
    pub(super) ties: Vec<Tie>,
    /// Arrangements that are not expanded.
    pub(super) unexpanded: Vec<NodeIx>,
    /// Rows of dyads that repeat or overlap another row.
    pub(super) repeated: usize,
}

/// All ties of a snapshot.
fn all_ties(snapshot: &Snapshot, schemes: &TierSchemes, options: &TieOptions) -> Derived {
    let classifier = Classifier::new(snapshot, schemes, options.scale, options.rank_from_level);
    let spells = Spells::new(snapshot, &classifier, options.within);
    let arrangements: Vec<NodeIx> = snapshot.nodes_with("Arrangement").map(|node| node.ix()).collect();
    let largest = largest_expanded(&spells, &arrangements, options);
    let expansions: Vec<Expansion> = workers::flat_map(&arrangements, |ix| {
        snapshot.node_at(*ix).map(|node| expand(&spells, node, options.max_parties, largest))
    });
    let mut unexpanded = Vec::new();
    let mut ties = Vec::new();
    let mut acts = Acts::of(snapshot);
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
fn of_edges(snapshot: &Snapshot, spells: &Spells<'_>, acts: &Acts<'_>, repeats: &Repeats) -> Vec<Tie> {
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

/// What two governments have with each other, whenever they do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bond {
    pub(super) source: NodeIx,
    pub(super) target: NodeIx,
    pub(super) symmetric: bool,
    pub(super) roles: (Role, Role),
}

impl Bond {
    /// One spell of it.
    pub(super) fn tie(&self, basis: Basis, direction: Direction, inferred: bool, held: &Held) -> Tie {
        Tie {
            source: self.source,
            target: self.target,
            direction,
            symmetric: self.symmetric,
            inferred,
            from: held.from(),
            to: held.to(),
            extent: held.extent,
            basis,
            roles: self.roles,
        }
    }
}

/// Cuts what two governments have with each other into spells of one direction (S4).
pub(super) struct Spells<'a> {
    pub(super) snapshot: &'a Snapshot,
    classifier: &'a Classifier,
    /// Where the window is one day.
    at: Option<ClassifierAt<'a>>,
    within: Option<Window>,
    /// When each government exists; `None` for other nodes.
    lives: Vec<Option<Held>>,
    /// The days within which a government's life changes nothing, see [`Held::settled`]: kept apart because
    /// most ties ask no more, and small because they ask at random.
    settled: Vec<Option<Span>>,
    /// The days on which a government did not exist between two spells of its existence.
    interrupted: HashMap<NodeIx, Vec<Span>>,
}

impl<'a> Spells<'a> {
    fn new(snapshot: &'a Snapshot, classifier: &'a Classifier, within: Option<Window>) -> Self {
        let mut lives = vec![None; snapshot.node_bound()];
        for node in snapshot.nodes_with("Government") {
            lives[node.ix().position()] = Some(Held::of_node(node));
        }
        let settled = lives.iter().map(|life| life.as_ref().and_then(Held::settled)).collect();
        let at = within.and_then(Window::only_day).map(|day| classifier.at(day));
        let interrupted = snapshot.interrupted().into_iter().collect();
        Self { snapshot, classifier, at, within, lives, settled, interrupted }
    }

    /// When a government exists; `None` for what is no government.
    pub(super) fn life(&self, node: NodeIx) -> Option<&Held> {
        self.lives.get(node.position())?.as_ref()
    }

    /// The part of a time in which both governments exist; `None` where one of them is no government.
    pub(super) fn alive(&self, held: &Held, (a, b): (NodeIx, NodeIx)) -> Option<Held> {
        let settled = |ix: NodeIx| self.settled.get(ix.position()).copied().flatten();
        let outlasts = |ix| settled(ix).is_some_and(|life| life.covers(held.extent.possible));
        if outlasts(a) && outlasts(b) {
            return Some(*held);
        }
        held.and(self.life(a)?)?.and(self.life(b)?)
    }

    /// The parts of a time in which the existence of neither government is interrupted.
    pub(super) fn uninterrupted(&self, held: &Held, (a, b): (NodeIx, NodeIx)) -> Vec<Held> {
        if self.interrupted.is_empty() {
            return vec![*held];
        }
        let of = |ix| self.interrupted.get(&ix).map_or(&[][..], Vec::as_slice);
        held.outside(of(a)).iter().flat_map(|held| held.outside(of(b))).collect()
    }

    /// Whether what holds in a time can matter to the window that is asked for.
    pub(super) fn in_window(&self, held: &Held) -> bool {
        self.within.is_none_or(|window| held.extent.holds_in(window) != Truth::False)
    }

    /// Adds the spells of a bond at each of the times at which it holds, which do not join each other, under
    /// the basis that `basis_of` gives a spell of its direction; `None` = no tie in that direction.
    pub(super) fn push(
        &self,
        bond: &Bond,
        times: &[Held],
        basis_of: impl Fn(Direction) -> Option<Basis>,
        ties: &mut Vec<Tie>,
    ) {
        let pair = (bond.source, bond.target);
        let mut keep = |direction: Direction, inferred: bool, held: &Held| {
            for held in self.uninterrupted(held, pair).iter().filter(|held| self.in_window(held)) {
                let basis = basis_of(direction);
                ties.extend(basis.map(|basis| bond.tie(basis, direction, inferred, held)));
            }
        };
        if bond.source == bond.target || !times.iter().any(|held| self.in_window(held)) {
            return;
        }
        if let [held] = times {
            let mut cut = |spell: DirectionSpell| {
                let held = held.clip(spell.span);
                held.iter().for_each(|held| keep(spell.direction, spell.inferred, held));
            };
            let span = held.extent.possible;
            return match &self.at {
                Some(at) => at.spell(pair, span).into_iter().for_each(&mut cut),
                None => self.classifier.directions(pair, span).into_iter().for_each(&mut cut),
            };
        }
        // Times that do not join as a whole, because nobody knows of the days between them, may have parts in
        // one direction that do.
        let mut parts: BTreeMap<Direction, (bool, Vec<Held>)> = BTreeMap::new();
        for held in times {
            for spell in self.classifier.directions(pair, held.extent.possible) {
                let (inferred, all) = parts.entry(spell.direction).or_default();
                *inferred |= spell.inferred;
                all.extend(held.clip(spell.span));
            }
        }
        for (direction, (inferred, all)) in parts {
            joined(all).iter().for_each(|held| keep(direction, inferred, held));
        }
    }
}
