//! The direction of a tie: derived from hierarchy and rank at its date, never typed in.

use std::cmp::Ordering;
use std::fmt;
use std::sync::OnceLock;

use super::rank_table::{RankSpell, RankTable, some_day};
use super::{Hierarchy, HierarchyAt, Scale, TierSchemes};
use crate::graph::{NodeIx, Snapshot};
use crate::value::{Day, Jagged, Span};
use crate::workers;

/// The direction of a tie between two governments at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// 纵向: one is subordinate to the other, at any distance.
    Vertical,
    /// 横向: no subordination, equal rank.
    Horizontal,
    /// 斜向: no subordination, different rank.
    Diagonal,
    /// A rank is not known, or the two stand on scales that do not compare (S21).
    Unclassified,
}

impl Direction {
    /// Its name as an edge type.
    #[must_use]
    pub fn edge_type(self) -> &'static str {
        match self {
            Self::Vertical => "VERTICAL",
            Self::Horizontal => "HORIZONTAL",
            Self::Diagonal => "DIAGONAL",
            Self::Unclassified => "UNCLASSIFIED",
        }
    }

    fn of(order: Option<Ordering>) -> Self {
        match order {
            None => Self::Unclassified,
            Some(Ordering::Equal) => Self::Horizontal,
            Some(Ordering::Less | Ordering::Greater) => Self::Diagonal,
        }
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Vertical => "vertical",
            Self::Horizontal => "horizontal",
            Self::Diagonal => "diagonal",
            Self::Unclassified => "unclassified",
        })
    }
}

crate::value::reads_words!(Direction is "direction": Vertical Horizontal Diagonal Unclassified);
#[cfg(feature = "serde")]
crate::value::as_text!(Direction);

/// One direction within a span, and whether it rests on an inferred rank (S21).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DirectionSpell {
    /// When.
    pub span: Span,
    /// The direction.
    pub direction: Direction,
    /// Whether a rank on which it rests was taken from the level.
    pub inferred: bool,
}

/// Classifies pairs of governments of one snapshot.
///
/// Built once in the number of governments; a question about a pair then costs a walk up two lines.
#[derive(Clone, Debug)]
pub struct Classifier {
    hierarchy: Hierarchy,
    steps: RankTable,
    /// A list for each node, by start; the first one starts with time. Empty if the node is not a government.
    standings: Jagged<RankSpell>,
    /// Days on which step or line of superiors may change, sorted; worked out when first asked for.
    days: OnceLock<Jagged<Day>>,
}

impl Classifier {
    /// A classifier by a scale; with `rank_from_level` a rank that is not recorded is taken from the step of
    /// the same name as the level, and marked as inferred (S21).
    #[must_use]
    pub fn new(snapshot: &Snapshot, schemes: &TierSchemes, scale: Scale, rank_from_level: bool) -> Self {
        let ((steps, standings), hierarchy) = workers::both(
            || RankTable::of(snapshot, schemes, scale, rank_from_level),
            || Hierarchy::of(snapshot),
        );
        Self { hierarchy, steps, standings, days: OnceLock::new() }
    }

    /// The days on which step or line of superiors may change, for each node.
    fn days(&self) -> &Jagged<Day> {
        self.days.get_or_init(|| {
            // On one core: a task that waited for it could be taken up in the midst of it.
            let (mut days, mut own, mut line) = (Jagged::default(), Vec::new(), Vec::new());
            for at in 0..self.standings.len() {
                if let standings @ [_, ..] = self.standings.of(at) {
                    self.hierarchy.note_changes(NodeIx::from_position(at), &mut own, &mut line);
                    own.extend(standings.iter().skip(1).map(|standing| standing.from));
                    own.sort_unstable();
                    own.dedup();
                }
                days.push(own.drain(..));
            }
            days
        })
    }

    /// The hierarchy that it reads.
    #[must_use]
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// Whether a node is a government, and so may have ties.
    #[must_use]
    pub fn is_government(&self, node: NodeIx) -> bool {
        !self.standings.of(node.position()).is_empty()
    }

    fn standing(&self, government: NodeIx, day: Day) -> Option<RankSpell> {
        let standings = self.standings.of(government.position());
        let after = standings.partition_point(|standing| standing.from <= day);
        standings.get(after.checked_sub(1)?).copied()
    }

    /// The name of a government's step on a day; `None` if it is not known.
    #[must_use]
    pub fn tier_at(&self, government: NodeIx, day: Day) -> Option<&str> {
        let step = self.standing(government, day)?.step?;
        self.steps.name(step)
    }

    /// Whether a government's rank on a day was taken from its level (S21).
    #[must_use]
    pub fn is_inferred(&self, government: NodeIx, day: Day) -> bool {
        self.standing(government, day).is_some_and(|standing| standing.inferred)
    }

    /// How two governments compare on a day; the lesser is the higher. `None` if a step is not known or
    /// their schemes share no scale (S21).
    #[must_use]
    pub fn compare_at(&self, a: NodeIx, b: NodeIx, day: Day) -> Option<Ordering> {
        self.steps.compare(self.standing(a, day)?.step, self.standing(b, day)?.step)
    }

    /// The direction on a day.
    #[must_use]
    pub fn direction_at(&self, a: NodeIx, b: NodeIx, day: Day) -> Direction {
        if self.hierarchy.is_subordinate(a, b, day) || self.hierarchy.is_subordinate(b, a, day) {
            return Direction::Vertical;
        }
        Direction::of(self.compare_at(a, b, day))
    }

    /// The same for one day alone, ready for millions of pairs.
    #[must_use]
    pub fn at(&self, day: Day) -> ClassifierAt<'_> {
        let state = |at: usize| {
            let standing = self.standing(NodeIx::from_position(at), day);
            State {
                step: standing.and_then(|standing| standing.step),
                inferred: standing.is_some_and(|standing| standing.inferred),
            }
        };
        let (hierarchy, states) =
            workers::both(|| self.hierarchy.at(day), || workers::map(0..self.standings.len(), state));
        ClassifierAt { all: self, day, hierarchy, states, quiet: OnceLock::new() }
    }

    /// Days within a span on which the direction of a pair may change, sorted.
    fn cuts(&self, (a, b): (NodeIx, NodeIx), span: Span) -> Vec<Day> {
        let mut cuts = Vec::new();
        for government in [a, b] {
            let days = self.days().of(government.position());
            let within =
                days.partition_point(|day| *day <= span.from)..days.partition_point(|day| *day < span.to);
            cuts.extend_from_slice(days.get(within).unwrap_or(&[]));
        }
        cuts.sort_unstable();
        cuts.dedup();
        cuts
    }

    /// The direction over a span, cut where rank or hierarchy changes it (S4), by start.
    #[must_use]
    pub fn directions(&self, (a, b): (NodeIx, NodeIx), span: Span) -> Vec<DirectionSpell> {
        let mut spells: Vec<DirectionSpell> = Vec::new();
        let mut from = span.from;
        for to in self.cuts((a, b), span).into_iter().chain([span.to]) {
            let piece = self.spell((a, b), Span { from, to });
            match spells.last_mut() {
                Some(last) if last.direction == piece.direction => {
                    last.span.to = to;
                    last.inferred |= piece.inferred;
                }
                _ => spells.push(piece),
            }
            from = to;
        }
        spells
    }

    /// The direction of a span in which nothing changes: one day of it stands for all.
    fn spell(&self, (a, b): (NodeIx, NodeIx), span: Span) -> DirectionSpell {
        let day = some_day(span);
        let direction = self.direction_at(a, b, day);
        let inferred =
            direction != Direction::Vertical && (self.is_inferred(a, day) || self.is_inferred(b, day));
        DirectionSpell { span, direction, inferred }
    }
}

/// A government on one day.
#[derive(Clone, Copy, Debug)]
struct State {
    step: Option<u32>,
    inferred: bool,
}

impl State {
    /// A node that is not a government.
    const NONE: Self = Self { step: None, inferred: false };
}

/// Classifies pairs of governments on one day; see [`Classifier::at`].
#[derive(Clone, Debug)]
pub struct ClassifierAt<'a> {
    all: &'a Classifier,
    day: Day,
    hierarchy: HierarchyAt,
    states: Vec<State>,
    /// The days around the day on which neither a node's step nor its line of superiors changes; worked out when
    /// first asked for.
    quiet: OnceLock<Vec<Span>>,
}

impl ClassifierAt<'_> {
    /// The day.
    #[must_use]
    pub fn day(&self) -> Day {
        self.day
    }

    fn state(&self, government: NodeIx) -> &State {
        self.states.get(government.position()).unwrap_or(&State::NONE)
    }

    /// Whether the direction of a government's ties stays what it is throughout a span that has the day.
    fn is_quiet(&self, government: NodeIx, span: Span) -> bool {
        let quiet = self.quiet.get_or_init(|| {
            let days = self.all.days();
            let of_node = |at: usize| {
                let days = days.of(at);
                let after = days.partition_point(|change| *change <= self.day);
                let before = after.checked_sub(1).and_then(|at| days.get(at));
                let to = days.get(after).copied().unwrap_or(Day::MAX);
                Span { from: before.copied().unwrap_or(Day::MIN), to }
            };
            (0..days.len()).map(of_node).collect()
        });
        quiet.get(government.position()).is_none_or(|quiet| quiet.covers(span))
    }

    /// The direction of a pair.
    #[must_use]
    pub fn direction(&self, a: NodeIx, b: NodeIx) -> Direction {
        if self.hierarchy.are_in_line(a, b) {
            return Direction::Vertical;
        }
        Direction::of(self.all.steps.compare(self.state(a).step, self.state(b).step))
    }

    /// The spell of the day within a span: the longest part around the day in which the direction stays what
    /// it is on the day. `None` if the day lies outside the span.
    #[must_use]
    pub fn spell(&self, (a, b): (NodeIx, NodeIx), span: Span) -> Option<DirectionSpell> {
        if !span.contains(self.day) {
            return None;
        }
        let (first, second) = (self.state(a), self.state(b));
        if self.is_quiet(a, span) && self.is_quiet(b, span) {
            let direction = self.direction(a, b);
            let inferred = direction != Direction::Vertical && (first.inferred || second.inferred);
            return Some(DirectionSpell { span, direction, inferred });
        }
        self.all.directions((a, b), span).into_iter().find(|spell| spell.span.contains(self.day))
    }
}
