//! Who is subordinate to whom, when.

use crate::relations::vocabulary::edge;
use std::cmp::Reverse;

use crate::graph::{EdgeIx, EdgeRef, NodeIx, Snapshot};
use crate::value::{Day, Extent, Jagged, Truth, Window};
use crate::workers;

/// One subordination of a government.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Superior {
    /// The superior.
    pub government: NodeIx,
    /// The edge.
    pub edge: EdgeIx,
    /// When it holds: within the edge's own dates and the life of both governments.
    pub extent: Extent,
}

/// The dated hierarchy of one snapshot: direct superiors by `SUBORDINATE_TO`.
///
/// On a day a government stands under the superior that certainly holds, else under one that possibly holds
/// (S1); of several the one that began last. The commit rules refuse two that certainly hold.
#[derive(Clone, Debug, Default)]
pub struct Hierarchy {
    superiors: Jagged<Superior>,
}

impl Hierarchy {
    /// Reads the hierarchy of a snapshot.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Self {
        let Some(line) = snapshot.catalogue().edge_type(edge::SUBORDINATE_TO) else { return Self::default() };
        let found: Vec<(usize, Superior)> = workers::flat_map(0..snapshot.edge_bound(), |at| {
            let edge = snapshot.edge_at(EdgeIx::from_position(at));
            edge.filter(|edge| edge.type_id() == line).and_then(superior_of)
        });
        let mut superiors = Jagged::by_number(snapshot.node_bound(), found.iter().copied());
        superiors.for_each_mut(|own| {
            own.sort_unstable_by_key(|superior: &Superior| {
                let possible = superior.extent.possible;
                (Reverse(possible.from), possible.to, superior.government, superior.edge)
            });
        });
        Self { superiors }
    }

    /// All direct superiors that a government ever had, the latest first.
    #[must_use]
    pub fn superiors(&self, government: NodeIx) -> &[Superior] {
        self.superiors.of(government.position())
    }

    /// The direct superior on a day.
    #[must_use]
    pub fn superior_at(&self, government: NodeIx, day: Day) -> Option<NodeIx> {
        let mut possible = None;
        for superior in self.superiors(government) {
            match superior.extent.holds_in(Window::on(day)) {
                Truth::True => return Some(superior.government),
                Truth::Unknown => possible = possible.or(Some(superior.government)),
                Truth::False => {}
            }
        }
        possible
    }

    /// All superiors on a day, the direct one first; a cycle is followed once.
    #[must_use]
    pub fn ancestors_at(&self, government: NodeIx, day: Day) -> Vec<NodeIx> {
        let mut chain = Vec::new();
        let mut at = government;
        while let Some(superior) = self.superior_at(at, day) {
            if superior == government || chain.contains(&superior) {
                break;
            }
            chain.push(superior);
            at = superior;
        }
        chain
    }

    /// Whether the first is subordinate to the second on a day, at any distance.
    ///
    /// Walks up the line of the day; [`Hierarchy::at`] answers many such questions for one day.
    #[must_use]
    pub fn is_subordinate(&self, government: NodeIx, superior: NodeIx, day: Day) -> bool {
        leads_up(government, superior, |at| self.superior_at(at, day))
    }

    /// The hierarchy on one day, ready for any number of questions.
    #[must_use]
    pub fn at(&self, day: Day) -> HierarchyAt {
        let superior = |at: usize| self.superior_at(NodeIx::from_position(at), day);
        HierarchyAt::of(workers::map(0..self.superiors.len(), superior))
    }

    /// Adds the days on which the line above a government may change, in no order; `line` is room to work in.
    pub(super) fn note_changes(&self, government: NodeIx, days: &mut Vec<Day>, line: &mut Vec<NodeIx>) {
        line.clear();
        line.push(government);
        let mut next = 0;
        while let Some(&at) = line.get(next) {
            for superior in self.superiors(at) {
                push_bounds(days, superior.extent);
                if !line.contains(&superior.government) {
                    line.push(superior.government);
                }
            }
            next += 1;
        }
    }
}

/// The government of an edge, and its superior by it; `None` if the edge lies outside the life of its ends: it
/// holds at no date, and the rule S18 reports it.
fn superior_of(edge: EdgeRef<'_>) -> Option<(usize, Superior)> {
    let ends = edge.source().validity().extent().intersect(edge.target().validity().extent());
    let extent = ends?.intersect(edge.validity().extent())?;
    Some((edge.source_ix().position(), Superior { government: edge.target_ix(), edge: edge.ix(), extent }))
}

/// Adds the days on which an extent turns from certain to possible to nothing or back.
pub(super) fn push_bounds(days: &mut Vec<Day>, extent: Extent) {
    for span in [Some(extent.possible), extent.certain()].into_iter().flatten() {
        days.extend([span.from, span.to].into_iter().filter(|day| *day > Day::MIN && *day < Day::MAX));
    }
}

/// Whether a line of superiors leads from one government to another. Notices cycles with constant memory
/// (R. P. Brent, An improved Monte Carlo factorization algorithm, BIT 20, 1980, p. 176).
fn leads_up(from: NodeIx, goal: NodeIx, superior: impl Fn(NodeIx) -> Option<NodeIx>) -> bool {
    if from == goal {
        return false;
    }
    let (mut at, mut mark) = (from, from);
    let (mut steps, mut limit) = (0_u64, 1_u64);
    while let Some(next) = superior(at) {
        if next == goal {
            return true;
        }
        if next == mark {
            return false;
        }
        steps += 1;
        if steps == limit {
            (mark, steps, limit) = (next, 0, limit.saturating_mul(2));
        }
        at = next;
    }
    false
}

/// When a walk over the forest enters and leaves a government; `OUTSIDE` is the interval of no government.
const OUTSIDE: (u32, u32) = (u32::MAX, u32::MAX);

/// The hierarchy on one day. Subordination at any distance is one comparison of intervals (Euler tour of the
/// forest), whatever the depth.
#[derive(Clone, Debug)]
pub struct HierarchyAt {
    superiors: Vec<Option<NodeIx>>,
    intervals: Vec<(u32, u32)>,
}

impl HierarchyAt {
    fn of(superiors: Vec<Option<NodeIx>>) -> Self {
        let below = (0_u32..).zip(&superiors);
        let below = below.filter_map(|(at, superior)| Some((superior.as_ref()?.position(), NodeIx::new(at))));
        let subordinates = Jagged::by_number(superiors.len(), below);
        let mut intervals = vec![OUTSIDE; superiors.len()];
        let mut clock = 0;
        // A government in a cycle is reached from no root and stays outside; for it the line is walked.
        let roots = (0_u32..).zip(&superiors).filter(|(_, superior)| superior.is_none());
        for (root, _) in roots {
            let mut open = vec![(NodeIx::new(root), false)];
            while let Some((at, done)) = open.pop() {
                let interval = &mut intervals[at.position()];
                if done {
                    interval.1 = clock;
                    continue;
                }
                interval.0 = clock;
                clock += 1;
                open.push((at, true));
                open.extend(subordinates.of(at.position()).iter().map(|below| (*below, false)));
            }
        }
        Self { superiors, intervals }
    }

    /// The direct superior.
    #[must_use]
    pub fn superior(&self, government: NodeIx) -> Option<NodeIx> {
        self.superiors.get(government.position()).copied().flatten()
    }

    fn interval(&self, government: NodeIx) -> (u32, u32) {
        self.intervals.get(government.position()).copied().unwrap_or(OUTSIDE)
    }

    /// Whether one of two is subordinate to the other, at any distance.
    #[must_use]
    pub fn are_in_line(&self, a: NodeIx, b: NodeIx) -> bool {
        let (first, second) = (self.interval(a), self.interval(b));
        if first == OUTSIDE || second == OUTSIDE {
            return self.is_subordinate(a, b) || self.is_subordinate(b, a);
        }
        // Intervals lie in each other or apart.
        (first.0 < second.0 && second.0 < first.1) || (second.0 < first.0 && first.0 < second.1)
    }

    /// Whether the first is subordinate to the second, at any distance.
    #[must_use]
    pub fn is_subordinate(&self, government: NodeIx, superior: NodeIx) -> bool {
        let (own, (enter, leave)) = (self.interval(government), self.interval(superior));
        if own == OUTSIDE {
            return leads_up(government, superior, |at| self.superior(at));
        }
        enter < own.0 && own.0 < leave
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ix(number: u32) -> NodeIx {
        NodeIx::new(number)
    }

    #[test]
    fn intervals_answer_as_walking_does_even_in_a_cycle() {
        // 0 ← 1 ← 2, 0 ← 3, a cycle 4 → 5 → 4 with 6 below it, and 7 alone.
        let superiors =
            vec![None, Some(ix(0)), Some(ix(1)), Some(ix(0)), Some(ix(5)), Some(ix(4)), Some(ix(4)), None];
        let at = HierarchyAt::of(superiors.clone());
        let below = [(1, 0), (2, 1), (2, 0), (3, 0), (4, 5), (5, 4), (6, 4), (6, 5)];
        for a in 0..8 {
            for b in 0..8 {
                let walked = leads_up(ix(a), ix(b), |at| superiors[at.position()]);
                assert_eq!(at.is_subordinate(ix(a), ix(b)), below.contains(&(a, b)), "{a} under {b}");
                assert_eq!(walked, below.contains(&(a, b)), "{a} under {b}");
                let in_line = below.contains(&(a, b)) || below.contains(&(b, a));
                assert_eq!(at.are_in_line(ix(a), ix(b)), in_line, "{a} and {b}");
            }
        }
    }
}
