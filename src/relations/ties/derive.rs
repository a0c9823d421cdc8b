//! From what is stored to ties (S4–S8, S12, S13).

use std::collections::{BTreeSet, HashMap, HashSet};

use super::party::{Held, Party, arrangement_held, parties};
use super::table::{Basis, Tie, TieOptions, TieTable};
use crate::graph::{EdgeRef, NodeIx, NodeRef, Snapshot};
use crate::relations::{Classifier, Direction, Pairing, Role, TierSchemes};
use crate::value::{Bound, Date, Day, Precision, Span, Truth};

impl TieTable {
    /// Derives all ties of a snapshot.
    ///
    /// A party row without dates takes part whenever its arrangement holds. An arrangement with more than
    /// `max_parties` parties is listed in [`TieTable::unexpanded`] instead.
    #[must_use]
    pub fn derive(snapshot: &Snapshot, schemes: &TierSchemes, options: &TieOptions) -> Self {
        let classifier = Classifier::new(snapshot, schemes, options.scale, options.rank_from_level);
        let mut work = Derivation {
            snapshot,
            classifier,
            options,
            table: Self::default(),
            days: HashMap::new(),
            paired: HashSet::new(),
        };
        for arrangement in snapshot.nodes_with("Arrangement") {
            work.arrangement(arrangement);
        }
        work.acts_of_their_own();
        work.powers();
        work.subordinations();
        work.finish()
    }
}

struct Derivation<'a> {
    snapshot: &'a Snapshot,
    classifier: Classifier<'a>,
    options: &'a TieOptions,
    table: TieTable,
    /// Days on which the direction of a government's ties may change.
    days: HashMap<NodeIx, BTreeSet<Day>>,
    /// Pairs that an arrangement ties, so that an act inside it adds attributes and not a tie (S8).
    paired: HashSet<(NodeIx, NodeIx, NodeIx)>,
}

impl Derivation<'_> {
    fn arrangement(&mut self, arrangement: NodeRef<'_>) {
        let parties = parties(arrangement);
        let cooperating: BTreeSet<NodeIx> =
            parties.iter().filter(|party| party.role.cooperates()).map(|party| party.government).collect();
        if cooperating.len() > self.options.max_parties {
            self.table.unexpanded.push(arrangement.ix());
            return;
        }
        let basis = Basis::Arrangement(arrangement.ix());
        for (at, first) in parties.iter().enumerate() {
            for second in &parties[at + 1..] {
                let Some((source, target, symmetric)) = oriented(first, second) else { continue };
                if let Some(held) = source.held.and(&target.held) {
                    let pair = (source.government, target.government);
                    self.note_pair(arrangement.ix(), pair);
                    self.push(basis, pair, (source.role, target.role), symmetric, held, None);
                }
            }
        }
        self.approvals(&parties);
    }

    /// Approvals and mandates tie along the line of command only (S6).
    fn approvals(&mut self, parties: &[Party]) {
        let above = parties.iter().filter(|party| party.role.pairing() == Pairing::Above);
        for superior in above {
            let mut reached: BTreeSet<NodeIx> = BTreeSet::new();
            for party in parties.iter().filter(|party| party.role.cooperates()) {
                if party.government == superior.government || !reached.insert(party.government) {
                    continue;
                }
                if let Some(held) = superior.held.and(&party.held) {
                    let pair = (superior.government, party.government);
                    let roles = (superior.role, party.role);
                    self.push(Basis::Act(superior.row), pair, roles, false, held, Some(Direction::Vertical));
                }
            }
        }
    }

    /// Bare dyads, assistance and flows that no arrangement ties already (S8).
    fn acts_of_their_own(&mut self) {
        for edge in self.snapshot.edges_of("COOPERATES_WITH") {
            self.act(edge, Basis::Dyad(edge.ix()), (Role::Member, Role::Member), true);
        }
        for edge in self.snapshot.edges_of("ASSISTS") {
            self.act(edge, Basis::Assistance(edge.ix()), (Role::Assistor, Role::Recipient), false);
        }
        for edge in self.snapshot.edges_of("PAYS") {
            if edge.target().has_label("Government") {
                self.act(edge, Basis::Flow(edge.ix()), (Role::Payer, Role::Payee), false);
            }
        }
    }

    fn act(&mut self, edge: EdgeRef<'_>, basis: Basis, roles: (Role, Role), symmetric: bool) {
        let arrangement = edge.value("arrangement");
        let arrangement =
            arrangement.as_ref().and_then(|id| self.snapshot.find("Arrangement", id.as_text()?));
        let (source, target) = (edge.source(), edge.target());
        if let Some(arrangement) = arrangement {
            let (low, high) = ordered(source.ix(), target.ix());
            if self.paired.contains(&(arrangement.ix(), low, high)) {
                return;
            }
        }
        let mut held = Some(Held::of(&edge.validity()));
        if let Some(arrangement) = arrangement {
            held = held.and_then(|held| held.and(&arrangement_held(arrangement)));
        }
        let ends = [source, target].map(|end| Held::of(&end.validity()));
        let held = ends.iter().fold(held, |held, end| held.and_then(|held| held.and(end)));
        let Some(held) = held else { return };
        let pair = if symmetric { ordered(source.ix(), target.ix()) } else { (source.ix(), target.ix()) };
        self.push(basis, pair, roles, symmetric, held, None);
    }

    /// A power that one government gave another: across, it is a transfer; along the line, a delegation (S6).
    fn powers(&mut self) {
        for power in self.snapshot.nodes_with("Power") {
            let governments = |edge_type: &str| -> Vec<EdgeRef<'_>> {
                power.out_edges_of(edge_type).filter(|edge| edge.target().has_label("Government")).collect()
            };
            let origin = power.value("origin").map(|origin| origin.to_string()).unwrap_or_default();
            let only = match origin.as_str() {
                "transfer" => None,
                "delegation" => Some(Direction::Vertical),
                _ => continue,
            };
            for giver in governments("GRANTED_BY") {
                for holder in governments("HELD_BY") {
                    let parts = [
                        power.validity(),
                        holder.validity(),
                        giver.target().validity(),
                        holder.target().validity(),
                    ];
                    let mut held = parts
                        .iter()
                        .filter(|validity| **validity != crate::value::Validity::UNKNOWN)
                        .map(Held::of);
                    let Some(first) = held.next() else { continue };
                    let Some(held) = held.try_fold(first, |all, part| all.and(&part)) else { continue };
                    let pair = (giver.target_ix(), holder.target_ix());
                    let roles = (Role::TransferFrom, Role::TransferTo);
                    self.push(Basis::Power(power.ix()), pair, roles, false, held, only);
                }
            }
        }
    }

    fn subordinations(&mut self) {
        for edge in self.snapshot.edges_of("SUBORDINATE_TO") {
            let held = Held::of(&edge.validity());
            let tie = Tie {
                source: edge.target_ix(),
                target: edge.source_ix(),
                direction: Direction::Vertical,
                symmetric: false,
                from: held.from,
                to: held.to,
                extent: held.extent,
                basis: Basis::Subordination(edge.ix()),
                roles: (Role::Mandator, Role::Member),
            };
            self.keep(tie);
        }
    }

    fn note_pair(&mut self, arrangement: NodeIx, (a, b): (NodeIx, NodeIx)) {
        let (low, high) = ordered(a, b);
        self.paired.insert((arrangement, low, high));
    }

    /// Cuts a tie into spells of one direction and keeps those of the direction asked for (S4).
    fn push(
        &mut self,
        basis: Basis,
        (source, target): (NodeIx, NodeIx),
        roles: (Role, Role),
        symmetric: bool,
        held: Held,
        only: Option<Direction>,
    ) {
        if source == target {
            return;
        }
        for end in [source, target] {
            if !self.days.contains_key(&end) {
                self.days.insert(end, self.classifier.change_days(end));
            }
        }
        let days = [source, target].into_iter().filter_map(|end| self.days.get(&end)).flatten().copied();
        let pieces = self.classifier.directions((source, target), held.extent.possible, days);
        for (span, direction) in pieces {
            if only.is_some_and(|only| only != direction) {
                continue;
            }
            let Some(extent) = held.extent.clip(span) else { continue };
            let (from, to) = spell_ends(&held, span);
            self.keep(Tie { source, target, direction, symmetric, from, to, extent, basis, roles });
        }
    }

    fn keep(&mut self, tie: Tie) {
        let outside = |window| tie.extent.holds_in(window) == Truth::False;
        if !self.options.within.is_some_and(outside) {
            self.table.ties.push(tie);
        }
    }

    fn finish(self) -> TieTable {
        let mut table = self.table;
        table.ties.sort_by_key(|tie| (tie.source, tie.target, tie.extent.possible, tie.basis));
        table.by_government = vec![Vec::new(); self.snapshot.node_bound()];
        for (at, tie) in (0_u32..).zip(&table.ties) {
            table.by_government[tie.source.position()].push(at);
            table.by_government[tie.target.position()].push(at);
        }
        table
    }
}

/// The ends of a spell of one direction: those of the whole tie, or the day of the change. Where the tie's own
/// end is unknown and not settled by the day of the change, the spell's end is unknown as well (S1).
fn spell_ends(held: &Held, span: Span) -> (Bound, Bound) {
    let cut = |day: Day| Bound::Known(Date::new(day, Precision::Day));
    let certain = held.extent.certain;
    let begun = held.from != Bound::Unknown || certain.is_some_and(|certain| certain.from <= span.from);
    let lasts = held.to != Bound::Unknown || certain.is_some_and(|certain| certain.to >= span.to);
    let from = match (span.from == held.extent.possible.from, begun) {
        (true, _) => held.from,
        (false, true) => cut(span.from),
        (false, false) => Bound::Unknown,
    };
    let to = match (span.to == held.extent.possible.to, lasts) {
        (true, _) => held.to,
        (false, true) => cut(span.to),
        (false, false) => Bound::Unknown,
    };
    (from, to)
}

/// Source and target of two parties that pair, and whether they do so without orientation (S5, S13).
fn oriented<'p>(a: &'p Party, b: &'p Party) -> Option<(&'p Party, &'p Party, bool)> {
    match (a.role.pairing(), b.role.pairing()) {
        (Pairing::Mutual, Pairing::Mutual) if a.government <= b.government => Some((a, b, true)),
        (Pairing::Mutual, Pairing::Mutual) => Some((b, a, true)),
        (Pairing::From(act), Pairing::To(same)) if act == same => Some((a, b, false)),
        (Pairing::To(act), Pairing::From(same)) if act == same => Some((b, a, false)),
        _ => None,
    }
}

fn ordered(a: NodeIx, b: NodeIx) -> (NodeIx, NodeIx) {
    if a <= b { (a, b) } else { (b, a) }
}
