//! What changed between two dates, and why (S34)?

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::counted::Among;
use super::eligibility::Eligibility;
use super::{Moment, Slice, Study, StudyError};
use crate::graph::NodeIx;
use crate::value::{Bound, Day};

/// Tied pairs that came and went between two dates, each counted once, and why.
///
/// `pairs(after) = pairs(before) + began + surfaced + joined − ended − lapsed − left`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Churn {
    /// New pairs of which a tie is known to have started in between.
    pub began: usize,
    /// New pairs that come with their first evidence, later than their start or without one.
    pub surfaced: usize,
    /// New pairs of which a government was not in the network before.
    pub joined: usize,
    /// Lost pairs of which all ties are known to have ended in between.
    pub ended: usize,
    /// Lost pairs without a known end: there is no evidence any more.
    pub lapsed: usize,
    /// Lost pairs of which a government is not in the network any more.
    pub left: usize,
    /// The arrangements behind the surfaced pairs, by how many of them each ties, most first.
    pub surfaced_by: Vec<(NodeIx, usize)>,
    /// The arrangements behind the lapsed pairs, likewise.
    pub lapsed_by: Vec<(NodeIx, usize)>,
}

impl Churn {
    /// Pairs that are new.
    #[must_use]
    pub fn gained(&self) -> usize {
        self.began + self.surfaced + self.joined
    }

    /// Pairs that are gone.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.ended + self.lapsed + self.left
    }

    /// Whether more than half of the change is surfacing and lapse: then the record changed, and not the network.
    #[must_use]
    pub fn is_of_the_record(&self) -> bool {
        2 * (self.surfaced + self.lapsed) > self.gained() + self.lost()
    }
}

/// A tied pair, the lower index first.
type Pair = (NodeIx, NodeIx);

/// The tied pairs of a slice in order, and beside each the places of its ties among those that count.
fn pairs(slice: &Slice) -> Vec<(Pair, Vec<usize>)> {
    let places = 0..slice.counted.rows.len();
    let ends = places.filter_map(|at| Some((slice.counted.ends(at)?, at)));
    let mut ties: Vec<(Pair, usize)> = ends.map(|((a, b), at)| ((a.min(b), a.max(b)), at)).collect();
    ties.sort_unstable();
    let of_one = ties.chunk_by(|(one, _), (other, _)| one == other);
    of_one.filter_map(|ties| Some((ties.first()?.0, ties.iter().map(|(_, at)| *at).collect()))).collect()
}

/// Those of some pairs that are not among others; both are in order.
fn but_not<'p>(
    pairs: &'p [(Pair, Vec<usize>)],
    others: &'p [(Pair, Vec<usize>)],
) -> impl Iterator<Item = &'p (Pair, Vec<usize>)> {
    pairs.iter().filter(|(pair, _)| others.binary_search_by_key(pair, |(other, _)| *other).is_err())
}

/// The arrangements of ties of a slice, by how often they come, most first.
fn behind(slice: &Slice, pairs: &[&Vec<usize>]) -> Vec<(NodeIx, usize)> {
    let attributes = slice.counted.ties.attributes();
    let mut counts: BTreeMap<NodeIx, usize> = BTreeMap::new();
    for pair in pairs {
        let rows = pair.iter().filter_map(|at| slice.counted.rows.get(*at));
        let own: BTreeSet<NodeIx> = rows.filter_map(|row| attributes.arrangement(*row as usize)).collect();
        own.into_iter().for_each(|ix| *counts.entry(ix).or_default() += 1);
    }
    let mut counts: Vec<(NodeIx, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(ix, count)| (Reverse(*count), *ix));
    counts
}

impl Study {
    /// The arrangements that give most ties over some dates, most first.
    ///
    /// # Errors
    /// As [`Study::slice`].
    pub fn largest_arrangements(&self, moments: &[Moment], count: usize) -> Result<Vec<NodeIx>, StudyError> {
        let mut ties: BTreeMap<NodeIx, usize> = BTreeMap::new();
        for moment in moments {
            for (arrangement, own) in &self.slice(*moment)?.arrangements {
                *ties.entry(*arrangement).or_default() += own;
            }
        }
        let mut ties: Vec<(NodeIx, usize)> = ties.into_iter().collect();
        ties.sort_by_key(|(ix, own)| (Reverse(*own), *ix));
        Ok(ties.into_iter().take(count).map(|(ix, _)| ix).collect())
    }

    /// What changed from one slice of this study to a later one.
    #[must_use]
    pub fn churn(&self, before: &Slice, after: &Slice) -> Churn {
        let (former, present) = (pairs(before), pairs(after));
        let (were, are) = (set(&before.governments), set(&after.governments));
        let mut churn = Churn::default();
        let (mut surfaced, mut lapsed) = (Vec::new(), Vec::new());
        let start = before.moment.day();
        for (pair, ties) in but_not(&present, &former) {
            let known = |at: &usize| {
                bound(after, *at, true).is_some_and(|day| start < day && day <= after.moment.day())
            };
            if !were.contains(&pair.0) || !were.contains(&pair.1) {
                churn.joined += 1;
            } else if ties.iter().any(known) {
                churn.began += 1;
            } else {
                churn.surfaced += 1;
                surfaced.push(ties);
            }
        }
        for (pair, ties) in but_not(&former, &present) {
            let known = |at: &usize| bound(before, *at, false).is_some_and(|day| day <= after.moment.day());
            if !are.contains(&pair.0) || !are.contains(&pair.1) {
                churn.left += 1;
            } else if ties.iter().all(known) {
                churn.ended += 1;
            } else {
                churn.lapsed += 1;
                lapsed.push(ties);
            }
        }
        churn.surfaced_by = behind(after, &surfaced);
        churn.lapsed_by = behind(before, &lapsed);
        churn
    }

    /// How many ties, as distinct pairs of basis and governments, are known to have started within the period of a
    /// moment, whether or not they still count at its end: one-off acts are events of that period (S28).
    ///
    /// # Errors
    /// As [`Study::slice`].
    pub fn events(&self, moment: Moment) -> Result<usize, StudyError> {
        let slice = self.slice(moment)?;
        let among = Among::new(&slice.governments, self.snapshot().node_bound());
        let ties = &slice.counted.ties;
        let (columns, eligible) = (ties.columns(), self.eligible(ties));
        let lift = self.lift(moment.day());
        let as_whom = |ix: NodeIx| lift.as_ref().map_or(ix, |lift| lift.of(ix));
        let (sources, targets, bases) = (columns.sources(), columns.targets(), columns.bases());
        let period = moment.period().span();
        let (mut begun, mut earlier) = (BTreeSet::new(), FxHashSet::default());
        let mut pair = None;
        for (row, span) in columns.possible().iter().enumerate() {
            // A later spell goes on with what an earlier one began; the spells of a pair follow each other by start.
            if pair.replace((sources[row], targets[row])) != Some((sources[row], targets[row])) {
                earlier.clear();
            }
            let is_first = earlier.insert(bases[row]);
            let (source, target) = (as_whom(sources[row]), as_whom(targets[row]));
            let counts = is_first
                && period.contains(span.from)
                && source != target
                && among.has(source)
                && among.has(target)
                && eligible.of_row(row) == Eligibility::Wanted
                && ties.get(row).is_some_and(|tie| day_of(tie.from) == Some(span.from));
            if counts {
                begun.insert((source, target, bases[row]));
            }
        }
        Ok(begun.len())
    }
}

fn set(governments: &[NodeIx]) -> BTreeSet<NodeIx> {
    governments.iter().copied().collect()
}

fn day_of(bound: Bound) -> Option<Day> {
    bound.date().map(|date| date.first_day())
}

/// The known start or end of a tie that counts.
fn bound(slice: &Slice, at: usize, start: bool) -> Option<Day> {
    let tie = slice.counted.ties.get(*slice.counted.rows.get(at)? as usize)?;
    day_of(if start { tie.from } else { tie.to })
}
