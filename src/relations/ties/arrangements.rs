//! Which parties of an arrangement pair (S5, S6, S8).

use std::collections::BTreeSet;

use super::derive::{Bond, Spells};
use super::held::Held;
use super::party::{Party, parties};
use super::table::{Basis, Tie};
use crate::graph::{NodeIx, NodeRef};
use crate::relations::{Direction, Pairing};

/// What one arrangement gives.
pub(super) struct Expansion {
    pub(super) arrangement: NodeIx,
    pub(super) ties: Vec<Tie>,
    /// The pairs that cooperate in it, lower index first.
    pub(super) pairs: Vec<(NodeIx, NodeIx)>,
    pub(super) over_limit: bool,
}

/// Pairs the parties of an arrangement. One (arrangement, pair) gives one tie a spell, whatever the number of
/// rows and roles that the two have in it (S8).
pub(super) fn expand(spells: &Spells<'_>, arrangement: NodeRef<'_>, max_parties: usize) -> Expansion {
    let mut parties = parties(arrangement);
    parties.retain(|party| spells.life(party.government).is_some());
    let mut ties = Vec::new();
    approvals(spells, &parties, &mut ties);
    parties.retain(|party| party.role.cooperates());
    let governments: BTreeSet<NodeIx> = parties.iter().map(|party| party.government).collect();
    let over_limit = governments.len() > max_parties;
    let mut pairs = Vec::new();
    if !over_limit {
        let mut bonds = bonds(arrangement.ix(), &parties);
        bonds.sort_by_key(|bond| {
            let pair = unordered(bond);
            (pair, bond.held.extent.possible, !bond.symmetric, bond.source, bond.roles)
        });
        for rows in bonds.chunk_by(|a, b| unordered(a) == unordered(b)) {
            pairs.extend(rows.first().map(unordered));
            cooperate(spells, rows, &mut ties);
        }
    }
    Expansion { arrangement: arrangement.ix(), ties, pairs, over_limit }
}

fn unordered(bond: &Bond) -> (NodeIx, NodeIx) {
    ordered(bond.source, bond.target)
}

/// The lower index first (S13).
pub(super) fn ordered(a: NodeIx, b: NodeIx) -> (NodeIx, NodeIx) {
    if a <= b { (a, b) } else { (b, a) }
}

/// One bond for every two rows whose roles pair.
fn bonds(arrangement: NodeIx, parties: &[Party]) -> Vec<Bond> {
    let basis = Basis::Arrangement(arrangement);
    let mut bonds = Vec::new();
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
            bonds.push(Bond { basis, source, target, symmetric, roles: (first.role, second.role), held });
        }
    }
    bonds
}

/// The ties of one pair. Rows that overlap or touch are one spell; it is oriented where all rows of the pair
/// are oriented the same way, and symmetric otherwise.
fn cooperate(spells: &Spells<'_>, rows: &[Bond], ties: &mut Vec<Tie>) {
    let Some(first) = rows.first() else { return };
    if let [only] = rows {
        return spells.push(only, ties);
    }
    let one_way = rows.iter().all(|row| !row.symmetric && row.source == first.source);
    let mut joined = Vec::new();
    for row in rows {
        row.held.join_to(&mut joined);
    }
    joined.sort_by_key(|held: &Held| held.extent.possible);
    for held in joined {
        // The roles are those of the earliest row of the spell.
        let own = rows.iter().find(|row| row.held.extent.possible.intersect(held.extent.possible).is_some());
        let own = own.unwrap_or(first);
        let (source, target) = unordered(own);
        let bond = match (one_way, own.source == source) {
            (true, _) | (false, true) => Bond { symmetric: !one_way, held, ..*own },
            (false, false) => {
                let roles = (own.roles.1, own.roles.0);
                Bond { source, target, symmetric: true, roles, held, ..*own }
            }
        };
        spells.push(&bond, ties);
    }
}

/// Approvals and mandates tie along the line of command only (S6), the superior to each cooperating party.
fn approvals(spells: &Spells<'_>, parties: &[Party], ties: &mut Vec<Tie>) {
    let vertical = |basis: Basis| move |direction| (direction == Direction::Vertical).then_some(basis);
    for above in parties.iter().filter(|party| party.role.pairing() == Pairing::Above) {
        let mut own: Vec<Bond> = parties
            .iter()
            .filter(|party| party.role.cooperates() && party.government != above.government)
            .filter_map(|party| {
                Some(Bond {
                    basis: Basis::Act(above.row),
                    source: above.government,
                    target: party.government,
                    symmetric: false,
                    roles: (above.role, party.role),
                    held: above.held().and(party.held())?,
                })
            })
            .collect();
        own.sort_by_key(|bond| (bond.target, bond.held.extent.possible, bond.roles));
        for rows in own.chunk_by(|a, b| a.target == b.target) {
            let Some(first) = rows.first() else { continue };
            let mut joined = Vec::new();
            rows.iter().for_each(|row| row.held.join_to(&mut joined));
            for held in joined {
                spells.push_as(&Bond { held, ..*first }, vertical(first.basis), ties);
            }
        }
    }
}
