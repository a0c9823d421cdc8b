//! What two governments have with each other, cut into spells of one direction (S4).

use crate::relations::vocabulary::label;
use std::collections::{BTreeMap, HashMap};

use super::clipped_validity::{ClippedValidity, joined};
use super::tie::{Basis, Tie};
use crate::graph::{NodeIx, Snapshot};
use crate::relations::{Classifier, ClassifierAt, Direction, DirectionSpell, Role};
use crate::value::{Span, Truth, Window};

/// What two governments have with each other, whenever they do.
#[derive(Clone, Copy, Debug)]
pub(super) struct TiePair {
    pub(super) source: NodeIx,
    pub(super) target: NodeIx,
    pub(super) symmetric: bool,
    pub(super) roles: (Role, Role),
}

impl TiePair {
    /// One spell of it.
    pub(super) fn tie(
        &self,
        basis: Basis,
        direction: Direction,
        inferred: bool,
        held: &ClippedValidity,
    ) -> Tie {
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
    lives: Vec<Option<ClippedValidity>>,
    /// The days within which a government's life changes nothing, see [`ClippedValidity::settled`]: kept apart because
    /// most ties ask no more, and small because they ask at random.
    settled: Vec<Option<Span>>,
    /// The days on which a government did not exist between two spells of its existence.
    interrupted: HashMap<NodeIx, Vec<Span>>,
}

impl<'a> Spells<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, classifier: &'a Classifier, within: Option<Window>) -> Self {
        let mut lives = vec![None; snapshot.node_bound()];
        for node in snapshot.nodes_with(label::GOVERNMENT) {
            lives[node.ix().position()] = Some(ClippedValidity::of_node(node));
        }
        let settled = lives.iter().map(|life| life.as_ref().and_then(ClippedValidity::settled)).collect();
        let at = within.and_then(Window::only_day).map(|day| classifier.at(day));
        let interrupted = snapshot.interrupted().into_iter().collect();
        Self { snapshot, classifier, at, within, lives, settled, interrupted }
    }

    /// When a government exists; `None` if the node is not a government.
    pub(super) fn life(&self, node: NodeIx) -> Option<&ClippedValidity> {
        self.lives.get(node.position())?.as_ref()
    }

    /// The part of a time in which both governments exist; `None` if one of them is not a government.
    pub(super) fn alive(&self, held: &ClippedValidity, (a, b): (NodeIx, NodeIx)) -> Option<ClippedValidity> {
        let settled = |ix: NodeIx| self.settled.get(ix.position()).copied().flatten();
        let outlasts = |ix| settled(ix).is_some_and(|life| life.covers(held.extent.possible));
        if outlasts(a) && outlasts(b) {
            return Some(*held);
        }
        held.and(self.life(a)?)?.and(self.life(b)?)
    }

    /// The parts of a time in which the existence of neither government is interrupted, as far as they can matter to the
    /// window that is asked for.
    pub(super) fn uninterrupted(
        &self,
        held: ClippedValidity,
        (a, b): (NodeIx, NodeIx),
    ) -> impl Iterator<Item = ClippedValidity> {
        let of = |ix| self.interrupted.get(&ix).map_or(&[][..], Vec::as_slice);
        let (of_a, of_b) = (of(a), of(b));
        held.outside(of_a).flat_map(move |held| held.outside(of_b)).filter(|held| self.in_window(held))
    }

    /// Whether what holds in a time can matter to the window that is asked for.
    pub(super) fn in_window(&self, held: &ClippedValidity) -> bool {
        self.within.is_none_or(|window| held.extent.holds_in(window) != Truth::False)
    }

    /// Adds the spells of a bond at each of the times at which it holds, which do not join each other, under
    /// the basis that `basis_of` gives a spell of its direction; `None` = no tie in that direction.
    pub(super) fn push(
        &self,
        bond: &TiePair,
        times: &[ClippedValidity],
        basis_of: impl Fn(Direction) -> Option<Basis>,
        ties: &mut Vec<Tie>,
    ) {
        let pair = (bond.source, bond.target);
        let mut keep = |direction: Direction, inferred: bool, held: &ClippedValidity| {
            for held in self.uninterrupted(*held, pair) {
                let basis = basis_of(direction);
                ties.extend(basis.map(|basis| bond.tie(basis, direction, inferred, &held)));
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
        // Times that do not join as a whole, because the days between them are not known, may have parts in
        // one direction that do.
        let mut parts: BTreeMap<Direction, (bool, Vec<ClippedValidity>)> = BTreeMap::new();
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

/// The lower index first (S13).
pub(super) fn ordered(a: NodeIx, b: NodeIx) -> (NodeIx, NodeIx) {
    if a <= b { (a, b) } else { (b, a) }
}
