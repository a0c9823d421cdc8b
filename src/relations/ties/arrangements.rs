//! Which parties of an arrangement pair (S5, S6, S8).

use crate::relations::vocabulary::edge;
use hashbrown::HashMap;

use super::clipped_validity::{ClippedValidity, joined};
use super::options::TieOptions;
use super::party::{Party, parties};
use super::spells::{Spells, TiePair, ordered};
use super::tie::{Basis, Tie};
use crate::graph::{NodeIx, NodeRef};
use crate::relations::{Direction, Pairing};
use crate::value::Day;
use crate::workers;

/// What one arrangement gives.
pub(super) struct Expansion {
    pub(super) arrangement: NodeIx,
    pub(super) ties: Vec<Tie>,
    /// The pairs that cooperate in it, lower index first.
    pub(super) pairs: Vec<(NodeIx, NodeIx)>,
    pub(super) over_limit: bool,
}

/// Pairs the parties of an arrangement, unless more than `max_parties` governments cooperate in it at once or it
/// is larger than the `largest` one. One (arrangement, pair) gives one tie a spell, whatever the number of rows
/// and roles that the two have in it (S8).
pub(super) fn expand(
    spells: &Spells<'_>,
    arrangement: NodeRef<'_>,
    max_parties: usize,
    largest: Option<Size>,
) -> Expansion {
    let mut parties = present(spells, arrangement);
    let mut ties = Vec::new();
    approvals(spells, &parties, &mut ties);
    parties.retain(|party| party.role.cooperates());
    let size = Size { pairs: row_pairs(parties.len()), arrangement: arrangement.ix() };
    let over_limit =
        most_at_once(spells, &parties) > max_parties || largest.is_some_and(|largest| size > largest);
    let mut pairs = Vec::new();
    if !over_limit {
        let mut rows = rows(&parties);
        rows.sort_by_key(|(bond, held)| {
            (bond.pair(), held.extent.possible, !bond.symmetric, bond.source, bond.roles)
        });
        for of_pair in rows.chunk_by(|(a, _), (b, _)| a.pair() == b.pair()) {
            pairs.extend(of_pair.first().map(|(bond, _)| bond.pair()));
            cooperate(spells, Basis::Arrangement(arrangement.ix()), of_pair, &mut ties);
        }
    }
    Expansion { arrangement: arrangement.ix(), ties, pairs, over_limit }
}

/// How much an arrangement adds to the pairs of all; of two that add the same the later one is larger.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Size {
    pairs: usize,
    arrangement: NodeIx,
}

/// The largest arrangement that is still expanded, where all together have too many pairs: the fewest are left
/// out. `None` if none is.
pub(super) fn largest_expanded(
    spells: &Spells<'_>,
    arrangements: &[NodeIx],
    options: &TieOptions,
) -> Option<Size> {
    let node_at = |ix: &NodeIx| spells.snapshot.node_at(*ix);
    // All rows that there are: a bound that costs little.
    let rows = |node: NodeRef<'_>| row_pairs(node.in_edges_of(edge::PARTY_TO).count());
    let most = arrangements.iter().filter_map(node_at).map(rows).fold(0_usize, usize::saturating_add);
    if most <= options.max_pairs {
        return None;
    }
    let size = |node: NodeRef<'_>| {
        let mut parties = present(spells, node);
        parties.retain(|party| party.role.cooperates());
        let counts = most_at_once(spells, &parties) <= options.max_parties;
        counts.then(|| Size { pairs: row_pairs(parties.len()), arrangement: node.ix() })
    };
    let mut sizes: Vec<Size> = workers::flat_map(arrangements, |ix| node_at(ix).and_then(size));
    sizes.sort_unstable();
    let mut all = 0_usize;
    let fits = |size: &&Size| {
        all = all.saturating_add(size.pairs);
        all <= options.max_pairs
    };
    let kept = sizes.iter().take_while(fits).count();
    if kept == sizes.len() {
        return None;
    }
    let none = Size { pairs: 0, arrangement: NodeIx::new(0) };
    Some(kept.checked_sub(1).and_then(|at| sizes.get(at)).copied().unwrap_or(none))
}

/// The most pairs that rows can make.
fn row_pairs(rows: usize) -> usize {
    rows * rows.saturating_sub(1) / 2
}

/// The rows of governments.
fn present(spells: &Spells<'_>, arrangement: NodeRef<'_>) -> Vec<Party> {
    let mut parties = parties(arrangement);
    parties.retain(|party| spells.life(party.government).is_some());
    parties
}

/// How many governments take part at once in the window that is asked for, at the most.
fn most_at_once(spells: &Spells<'_>, parties: &[Party]) -> usize {
    let mut steps: Vec<(Day, bool, NodeIx)> = Vec::with_capacity(parties.len() * 2);
    for party in parties.iter().filter(|party| spells.in_window(party.held())) {
        let days = party.extent().possible;
        steps.extend([(days.from, true, party.government), (days.to, false, party.government)]);
    }
    // On one day those that leave are counted before those that come.
    steps.sort_unstable();
    let mut there: HashMap<NodeIx, usize> = HashMap::new();
    let mut most = 0;
    for (_, comes, government) in steps {
        let rows = there.entry(government).or_default();
        *rows = if comes { *rows + 1 } else { rows.saturating_sub(1) };
        if *rows == 0 {
            there.remove(&government);
        }
        most = most.max(there.len());
    }
    most
}

impl TiePair {
    /// Its governments without regard to orientation.
    fn pair(&self) -> (NodeIx, NodeIx) {
        ordered(self.source, self.target)
    }
}

/// One bond for every two rows whose roles pair, and when both take part.
fn rows(parties: &[Party]) -> Vec<(TiePair, ClippedValidity)> {
    let mut rows = Vec::new();
    for (at, a) in parties.iter().enumerate() {
        for b in parties.iter().skip(at + 1).filter(|b| b.government != a.government) {
            let (first, second, symmetric) = match (a.role.pairing(), b.role.pairing()) {
                (Pairing::Mutual, Pairing::Mutual) if a.government <= b.government => (a, b, true),
                (Pairing::Mutual, Pairing::Mutual) => (b, a, true),
                (Pairing::From(own), Pairing::To(act)) if own == act => (a, b, false),
                (Pairing::To(own), Pairing::From(act)) if own == act => (b, a, false),
                _ => continue,
            };
            let Some(held) = first.held().and(second.held()) else { continue };
            let (source, target) = (first.government, second.government);
            rows.push((TiePair { source, target, symmetric, roles: (first.role, second.role) }, held));
        }
    }
    rows
}

/// The ties of one pair. Rows that overlap or touch are one spell; it is oriented where all rows of the pair
/// are oriented the same way, and symmetric otherwise. Its roles are those of the pair's earliest row.
fn cooperate(spells: &Spells<'_>, basis: Basis, rows: &[(TiePair, ClippedValidity)], ties: &mut Vec<Tie>) {
    let Some((first, held)) = rows.first() else { return };
    if rows.len() == 1 {
        return spells.push(first, &[*held], |_| Some(basis), ties);
    }
    let one_way = rows.iter().all(|(row, _)| !row.symmetric && row.source == first.source);
    let (source, target) = first.pair();
    let bond = match (one_way, first.source == source) {
        (true, _) => *first,
        (false, true) => TiePair { symmetric: true, ..*first },
        (false, false) => TiePair { source, target, symmetric: true, roles: (first.roles.1, first.roles.0) },
    };
    let times = joined(rows.iter().map(|(_, held)| *held).collect());
    spells.push(&bond, &times, |_| Some(basis), ties);
}

/// Approvals and mandates tie along the line of command only (S6), the superior to each cooperating party.
fn approvals(spells: &Spells<'_>, parties: &[Party], ties: &mut Vec<Tie>) {
    for above in parties.iter().filter(|party| party.role.pairing() == Pairing::Above) {
        let basis = |direction| (direction == Direction::Vertical).then_some(Basis::Act(above.row));
        let below = parties.iter().filter(|party| party.role.cooperates());
        let mut rows: Vec<(TiePair, ClippedValidity)> = below
            .filter(|party| party.government != above.government)
            .filter_map(|party| {
                let (source, target) = (above.government, party.government);
                let roles = (above.role, party.role);
                Some((TiePair { source, target, symmetric: false, roles }, above.held().and(party.held())?))
            })
            .collect();
        rows.sort_by_key(|(bond, held)| (bond.target, held.extent.possible, bond.roles));
        for of_party in rows.chunk_by(|(a, _), (b, _)| a.target == b.target) {
            let Some((first, _)) = of_party.first() else { continue };
            let times = joined(of_party.iter().map(|(_, held)| *held).collect());
            spells.push(first, &times, basis, ties);
        }
    }
}
