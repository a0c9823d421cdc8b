//! BilateralTies that stand on their own: bare dyads, assistance, flows, powers, subordination (S6, S8, S14).

use crate::relations::vocabulary::{edge, label};
use std::collections::{BTreeMap, HashSet};

use super::clipped_validity::{ClippedValidity, joined};
use super::dyads;
use super::party::arrangement_held;
use super::spells::ordered;
use super::spells::{Spells, TiePair};
use super::tie::{Basis, Tie};
use crate::graph::{EdgeIx, EdgeRef, KeyId, NodeIx, NodeRef, Snapshot, TypeId};
use crate::relations::{Direction, Role};

/// The numbers of the edge types that give ties.
pub(super) struct EdgeTypes {
    dyad: Option<TypeId>,
    assistance: Option<TypeId>,
    flow: Option<TypeId>,
    subordination: Option<TypeId>,
}

impl EdgeTypes {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let number = |name: &str| snapshot.catalogue().edge_type(name);
        Self {
            dyad: number(edge::COOPERATES_WITH),
            assistance: number(edge::ASSISTS),
            flow: number(edge::PAYS),
            subordination: number(edge::SUBORDINATE_TO),
        }
    }
}

/// Reads acts, knowing which pairs the arrangements tie already.
pub(super) struct BilateralTies<'a> {
    snapshot: &'a Snapshot,
    /// Number of the property that names an act's arrangement.
    arrangement: Option<KeyId>,
    /// Pairs that an arrangement ties, so that an act inside it adds attributes and not a tie (S8).
    paired: HashSet<(NodeIx, NodeIx, NodeIx)>,
}

impl<'a> BilateralTies<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, arrangement: snapshot.catalogue().key("arrangement"), paired: HashSet::new() }
    }

    pub(super) fn note_pairs(&mut self, arrangement: NodeIx, pairs: &[(NodeIx, NodeIx)]) {
        self.paired.extend(pairs.iter().map(|(low, high)| (arrangement, *low, *high)));
    }

    fn is_paired(&self, arrangement: NodeIx, a: NodeIx, b: NodeIx) -> bool {
        let (low, high) = ordered(a, b);
        self.paired.contains(&(arrangement, low, high))
    }

    /// The ties of one edge; none for types that give none, and none for a payment to an arrangement, whose
    /// payee is not named.
    pub(super) fn edge(
        &self,
        spells: &Spells<'_>,
        types: &EdgeTypes,
        edge: EdgeRef<'_>,
        ties: &mut Vec<Tie>,
    ) {
        let own = Some(edge.type_id());
        let one_way = |roles| {
            let (source, target) = (edge.source_ix(), edge.target_ix());
            TiePair { source, target, symmetric: false, roles }
        };
        let (basis, bond) = if own == types.dyad {
            (Basis::Dyad(edge.ix()), dyads::bond(edge))
        } else if own == types.assistance {
            (Basis::Assistance(edge.ix()), one_way((Role::Assistor, Role::Recipient)))
        } else if own == types.flow {
            (Basis::Flow(edge.ix()), one_way((Role::Payer, Role::Payee)))
        } else if own == types.subordination {
            return subordination(spells, edge, ties);
        } else {
            return;
        };
        if let Some(held) = self.held(spells, edge, &bond).filter(|held| spells.in_window(held)) {
            spells.push(&bond, &[held], |_| Some(basis), ties);
        }
    }

    /// When an act holds: within the lives of both and of the arrangement that it names; `None` if it never does, or
    /// the arrangement ties the two already.
    fn held(&self, spells: &Spells<'_>, edge: EdgeRef<'_>, bond: &TiePair) -> Option<ClippedValidity> {
        let held = spells.alive(&ClippedValidity::of_edge(edge), (bond.source, bond.target))?;
        match self.arrangement_of(edge) {
            Some(arrangement) if self.is_paired(arrangement.ix(), bond.source, bond.target) => None,
            Some(arrangement) => held.and(&arrangement_held(arrangement)),
            None => Some(held),
        }
    }

    /// When a row of a dyad holds.
    pub(super) fn dyad_held(&self, spells: &Spells<'_>, edge: EdgeRef<'_>) -> Option<ClippedValidity> {
        self.held(spells, edge, &dyads::bond(edge))
    }

    /// The arrangement that an act names.
    fn arrangement_of(&self, edge: EdgeRef<'_>) -> Option<NodeRef<'a>> {
        let named = edge.property_of(self.arrangement?)?;
        self.snapshot.find(label::ARRANGEMENT, named.latest()?.as_text()?)
    }

    /// Powers that one government gave another: across the line a tie by the power, along it an act (S6, S14).
    pub(super) fn powers(&self, spells: &Spells<'_>) -> Vec<Tie> {
        let mut ties = Vec::new();
        for power in self.snapshot.nodes_with(label::POWER) {
            let whole = ClippedValidity::of_node(power);
            let under: Vec<NodeIx> = power.out_edges_of(edge::UNDER).map(EdgeRef::target_ix).collect();
            // Several rows of one giver and holder are one bond.
            let mut bonds: BTreeMap<(NodeIx, NodeIx), (EdgeIx, Vec<ClippedValidity>)> = BTreeMap::new();
            for grant in power.out_edges_of(edge::GRANTED_BY) {
                for holding in power.out_edges_of(edge::HELD_BY) {
                    let pair = (grant.target_ix(), holding.target_ix());
                    let held = ClippedValidity::of_row(&grant.validity(), &whole)
                        .and_then(|given| given.and(&ClippedValidity::of_row(&holding.validity(), &whole)?))
                        .and_then(|held| spells.alive(&held, pair));
                    if let Some(held) = held {
                        bonds.entry(pair).or_insert((grant.ix(), Vec::new())).1.push(held);
                    }
                }
            }
            for ((source, target), (grant, times)) in bonds {
                let paired = under.iter().any(|arrangement| self.is_paired(*arrangement, source, target));
                let basis_of = |direction| match direction {
                    Direction::Vertical => Some(Basis::Act(grant)),
                    Direction::Horizontal | Direction::Diagonal | Direction::Unclassified => {
                        (!paired).then_some(Basis::Power(power.ix()))
                    }
                };
                let roles = (Role::TransferFrom, Role::TransferTo);
                let bond = TiePair { source, target, symmetric: false, roles };
                spells.push(&bond, &joined(times), basis_of, &mut ties);
            }
        }
        ties
    }
}

/// A direct subordination, from the superior to the subordinate (S6). Its direction needs no reading.
fn subordination(spells: &Spells<'_>, edge: EdgeRef<'_>, ties: &mut Vec<Tie>) {
    let (source, target) = (edge.target_ix(), edge.source_ix());
    let held = spells.alive(&ClippedValidity::of_edge(edge), (source, target));
    let Some(held) = held.filter(|held| source != target && spells.in_window(held)) else { return };
    let bond = TiePair { source, target, symmetric: false, roles: (Role::Mandator, Role::Member) };
    for held in spells.uninterrupted(held, (source, target)) {
        ties.push(bond.tie(Basis::Subordination(edge.ix()), Direction::Vertical, false, &held));
    }
}
