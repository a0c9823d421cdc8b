//! The ties that count at a date or in a window, and what is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::eligibility::{Eligibility, Eligible};
use super::lift::Lift;
use super::weight::weights;
use super::{Moment, Study, StudyError, WeightRule};
use crate::graph::NodeIx;
use crate::relations::{Basis, Direction, TieRef, TieTable};
use crate::value::{AsOf, Day, Inclusion, Truth, Window};

/// A plan that names so large a share of the governments is laid over them (S25).
const NEARLY_ALL: f64 = 0.9;

/// What a selection did not count, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Ties among the nodes that only possibly hold (S1).
    pub unknown_dates: usize,
    /// Ties that lived inside the period but not on its last day (S2).
    pub within_period: usize,
    /// Ties of the arrangement that defines the region's membership (S25).
    pub defining: usize,
    /// Ties of plans that name nearly all of the governments (S25).
    pub plans: usize,
    /// Ties of arrangements that are to be left out (S33).
    pub without: usize,
    /// Ties between governments that count as one (S33).
    pub lifted: usize,
    /// Ties below the least confidence.
    pub confidence: usize,
    /// Ties of other directions, domains or mechanisms than those asked for.
    pub filtered: usize,
    /// Direct subordinations, where they are not asked for (S6).
    pub subordination: usize,
    /// Ties whose row does not state the number that is to be the weight.
    pub unweighted: usize,
    /// Governments whose membership or existence is only possible (S1).
    pub possible_members: usize,
    /// Arrangements of several of the governments that are over a limit, so that their pairs are not known (S35).
    pub cut: usize,
}

/// Ties of one direction, counted as distinct pairs of basis and governments (S4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectionMix {
    /// Between governments of equal rank.
    pub horizontal: usize,
    /// Between governments of different rank.
    pub diagonal: usize,
    /// Along the line of command: approvals, mandates, grants, and vertical pairs inside a cooperation.
    pub vertical_acts: usize,
    /// Direct subordinations (S6).
    pub vertical_subordination: usize,
    /// With a rank that is not known (S21).
    pub unclassified: usize,
}

impl DirectionMix {
    fn add(&mut self, direction: Direction, basis: Basis) {
        let count = match (direction, basis) {
            (Direction::Horizontal, _) => &mut self.horizontal,
            (Direction::Diagonal, _) => &mut self.diagonal,
            (Direction::Vertical, Basis::Subordination(_)) => &mut self.vertical_subordination,
            (Direction::Vertical, _) => &mut self.vertical_acts,
            (Direction::Unclassified, _) => &mut self.unclassified,
        };
        *count += 1;
    }
}

/// The ties that count, with their weights.
#[derive(Clone, Debug)]
pub struct Counted {
    /// When they count.
    pub as_of: AsOf,
    /// The table to which the rows belong: its indices are those of its snapshot.
    pub ties: Arc<TieTable>,
    /// The rows of the table that count, rising.
    pub rows: Vec<u32>,
    /// Between whom each of the rows counts, where that is not between its own ends: a government below a level counts as
    /// its superior (S33).
    pub lifted: Option<Vec<(NodeIx, NodeIx)>>,
    /// What each gives to the weight of its pair, beside `rows` (S32).
    pub weights: Vec<f64>,
    /// All ties among the governments by direction, whatever the selection of directions.
    pub mix: DirectionMix,
    /// What does not count.
    pub left_out: LeftOut,
    /// Counted ties by the confidence of their basis; `unstated` where a row has none.
    pub confidence: BTreeMap<String, usize>,
}

impl Counted {
    /// Between whom the row at a place among [`Counted::rows`] counts.
    #[must_use]
    pub fn ends(&self, at: usize) -> Option<(NodeIx, NodeIx)> {
        if let Some(lifted) = &self.lifted {
            return lifted.get(at).copied();
        }
        let (row, columns) = (*self.rows.get(at)? as usize, self.ties.columns());
        Some((*columns.sources().get(row)?, *columns.targets().get(row)?))
    }

    /// The ties with their weights, by source, target, start and basis.
    pub fn weighted(&self) -> impl Iterator<Item = (TieRef<'_>, f64)> {
        let ties = self.rows.iter().filter_map(|row| self.ties.get(*row as usize));
        ties.zip(self.weights.iter().copied())
    }
}

/// Who cooperates in arrangements, each counted as the government as which it takes part.
pub(super) struct Parties<'p> {
    pub(super) ties: &'p TieTable,
    as_of: AsOf,
    lift: Option<&'p Lift>,
}

impl Parties<'_> {
    /// The governments that cooperate in an arrangement, each once, by index.
    pub(super) fn of(&self, arrangement: NodeIx) -> Vec<NodeIx> {
        let own = self.ties.attendance().parties(arrangement, self.as_of);
        let Some(lift) = self.lift else { return own.collect() };
        let mut lifted: Vec<NodeIx> = own.map(|party| lift.of(party)).collect();
        lifted.sort_unstable();
        lifted.dedup();
        lifted
    }
}

/// The governments between which ties are counted, as a set that answers at once.
pub(super) struct Among(Vec<bool>);

impl Among {
    pub(super) fn new(governments: &[NodeIx], bound: usize) -> Self {
        let mut all = vec![false; bound];
        for government in governments {
            all[government.position()] = true;
        }
        Self(all)
    }

    pub(super) fn has(&self, government: NodeIx) -> bool {
        self.0.get(government.position()).copied().unwrap_or(false)
    }
}

impl Study {
    /// The ties of the selection in a window, between the governments that [`Study::governments`] gives for it.
    ///
    /// # Errors
    /// [`StudyError::MixedUnits`] where amounts of different units would be added.
    pub fn counted(&self, as_of: AsOf) -> Result<Counted, StudyError> {
        let (governments, possible) = self.governments(as_of);
        self.counted_among(&governments, possible, as_of, None)
    }

    /// The ties of a moment between some governments.
    pub(super) fn counted_at(
        &self,
        governments: &[NodeIx],
        possible: usize,
        moment: Moment,
    ) -> Result<Counted, StudyError> {
        let as_of = self.as_of(moment);
        self.counted_among(governments, possible, as_of, Some(moment.period()))
    }

    fn counted_among(
        &self,
        governments: &[NodeIx],
        possible_members: usize,
        as_of: AsOf,
        period: Option<Window>,
    ) -> Result<Counted, StudyError> {
        let ties = self.ties_in(as_of);
        let mut counted = Counted {
            as_of,
            ties: Arc::clone(&ties),
            rows: Vec::new(),
            lifted: None,
            weights: Vec::new(),
            mix: DirectionMix::default(),
            left_out: LeftOut { possible_members, ..LeftOut::default() },
            confidence: BTreeMap::new(),
        };
        let among = Among::new(governments, self.snapshot().node_bound());
        let lift = self.lift(as_of.last_day().unwrap_or(Day::LAST));
        let parties = Parties { ties: &ties, as_of, lift: lift.as_deref() };
        counted.left_out.cut = self.cut(&parties, &among);
        let eligible = self.eligible(&ties);
        let laid_over = laid_over(&parties, eligible.plans(), (governments.len(), &among));
        let lifted = self.count((&among, lift.as_deref()), (&eligible, &laid_over), period, &mut counted);
        counted.lifted = lift.is_some().then_some(lifted);
        counted.weights = weights(&parties, &self.selection().weight, &counted)?;
        if let WeightRule::Property(_) = self.selection().weight {
            counted.left_out.unweighted = counted.weights.iter().filter(|weight| **weight == 0.0).count();
        }
        Ok(counted)
    }

    /// Puts each tie among the governments where it belongs: counted, or left out for a reason. Gives the ends of those
    /// that count, where governments count as others.
    fn count(
        &self,
        (among, lift): (&Among, Option<&Lift>),
        (eligible, laid_over): (&Eligible, &[NodeIx]),
        period: Option<Window>,
        counted: &mut Counted,
    ) -> Vec<(NodeIx, NodeIx)> {
        let mut lifted = Vec::new();
        let ties = Arc::clone(&counted.ties);
        let (columns, attributes) = (ties.columns(), ties.attributes());
        let (sources, targets, possible) = (columns.sources(), columns.targets(), columns.possible());
        let as_of = counted.as_of;
        // What cannot hold in the period is passed over without a further look.
        let reach = period.or(as_of.window()).map(Window::span);
        let mut steps = vec![0_usize; attributes.confidences().len()];
        for row in 0..columns.len() {
            let near =
                reach.is_none_or(|reach| possible[row].from < reach.to && reach.from < possible[row].to);
            let (mut source, mut target) = (sources[row], targets[row]);
            if let Some(lift) = lift.filter(|_| near) {
                (source, target) = (lift.of(source), lift.of(target));
            }
            if !near || !among.has(source) || !among.has(target) || !self.concerns(source, target) {
                continue;
            }
            let Some(extent) = columns.extent(row) else { continue };
            match as_of.inclusion(extent) {
                Inclusion::Included => {}
                Inclusion::Uncertain => {
                    counted.left_out.unknown_dates += 1;
                    continue;
                }
                Inclusion::Excluded => {
                    let lived = period.is_some_and(|period| extent.holds_in(period) == Truth::True);
                    counted.left_out.within_period += usize::from(lived);
                    continue;
                }
            }
            if source == target {
                counted.left_out.lifted += 1;
                continue;
            }
            let (direction, basis) = (columns.directions()[row], columns.bases()[row]);
            let is_laid_over =
                || attributes.arrangement(row).is_some_and(|ix| laid_over.binary_search(&ix).is_ok());
            match eligible.of_row(row) {
                Eligibility::Defining => counted.left_out.defining += 1,
                Eligibility::Without => counted.left_out.without += 1,
                _ if !laid_over.is_empty() && is_laid_over() => counted.left_out.plans += 1,
                Eligibility::Unsure => counted.left_out.confidence += 1,
                Eligibility::Filtered => {
                    counted.mix.add(direction, basis);
                    // Vertical ties stand beside cooperation and are counted in the mix, not as left out (S6).
                    counted.left_out.filtered += usize::from(direction != Direction::Vertical);
                    counted.left_out.subordination += usize::from(matches!(basis, Basis::Subordination(_)));
                }
                Eligibility::Wanted => {
                    counted.mix.add(direction, basis);
                    steps[attributes.confidence(row) as usize] += 1;
                    counted.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
                    if lift.is_some() {
                        lifted.push((source, target));
                    }
                }
            }
        }
        for (step, count) in attributes.confidences().iter().zip(steps).filter(|(_, count)| *count > 0) {
            let step = if step.is_empty() { "unstated" } else { step };
            counted.confidence.insert(step.to_owned(), count);
        }
        lifted
    }

    /// How many arrangements of several of the governments are over a limit (S35).
    fn cut(&self, parties: &Parties<'_>, among: &Among) -> usize {
        let several = |arrangement: &&NodeIx| {
            parties.of(**arrangement).into_iter().filter(|party| among.has(*party)).nth(1).is_some()
        };
        let of_one = |arrangement: &&NodeIx| {
            parties.of(**arrangement).into_iter().any(|party| self.concerns(party, party))
        };
        parties.ties.unexpanded().iter().filter(several).filter(of_one).count()
    }
}

/// The plans that name nearly all of so many governments: those that are laid over them from above (S25).
fn laid_over(parties: &Parties<'_>, plans: &[NodeIx], (count, among): (usize, &Among)) -> Vec<NodeIx> {
    let named = |plan: NodeIx| parties.of(plan).into_iter().filter(|party| among.has(*party)).count() as f64;
    plans.iter().copied().filter(|plan| named(*plan) >= NEARLY_ALL * count as f64).collect()
}
