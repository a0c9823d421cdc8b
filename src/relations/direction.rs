//! The direction of a tie: derived from hierarchy and rank at its date, never typed in.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use super::{Hierarchy, Scale, TierSchemes};
use crate::graph::{NodeIx, Property, Snapshot};
use crate::value::{Day, Span, Value};

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

/// One step of a government on the scale, and when it holds.
#[derive(Clone, Debug)]
struct Step {
    property: Option<Property>,
    fallback: Option<Property>,
    scheme: String,
}

/// Classifies pairs of governments of one snapshot.
pub struct Classifier<'a> {
    schemes: &'a TierSchemes,
    scale: Scale,
    hierarchy: Hierarchy,
    steps: Vec<Option<Step>>,
}

impl<'a> Classifier<'a> {
    /// A classifier by a scale; with `rank_from_level` a rank that is not recorded is taken from the level
    /// (S21).
    #[must_use]
    pub fn new(snapshot: &Snapshot, schemes: &'a TierSchemes, scale: Scale, rank_from_level: bool) -> Self {
        let mut steps = vec![None; snapshot.node_bound()];
        for node in snapshot.nodes_with("Government") {
            let inferred =
                (scale == Scale::Rank && rank_from_level).then(|| node.property("level")).flatten();
            steps[node.ix().position()] = Some(Step {
                property: node.property(scale.key()),
                fallback: inferred,
                scheme: node.value("scheme").map_or_else(String::new, |scheme| scheme.to_string()),
            });
        }
        Self { schemes, scale, hierarchy: Hierarchy::of(snapshot), steps }
    }

    /// The hierarchy that it reads.
    #[must_use]
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    fn step(&self, government: NodeIx) -> Option<&Step> {
        self.steps.get(government.position())?.as_ref()
    }

    /// The name of a government's step on a day.
    #[must_use]
    pub fn tier_at(&self, government: NodeIx, day: Day) -> Option<String> {
        let step = self.step(government)?;
        let own = step.property.as_ref().and_then(|property| property.at(day));
        let value = own.or_else(|| step.fallback.as_ref().and_then(|property| property.at(day)));
        value.and_then(Value::as_text).map(str::to_owned)
    }

    /// How two governments compare on a day; the lesser is the higher.
    #[must_use]
    pub fn compare_at(&self, a: NodeIx, b: NodeIx, day: Day) -> Option<Ordering> {
        let (first, second) = (self.tier_at(a, day)?, self.tier_at(b, day)?);
        let (one, other) = (self.step(a)?, self.step(b)?);
        self.schemes.compare(self.scale, (&one.scheme, &first), (&other.scheme, &second))
    }

    /// The direction on a day.
    #[must_use]
    pub fn direction_at(&self, a: NodeIx, b: NodeIx, day: Day) -> Direction {
        if self.hierarchy.is_subordinate(a, b, day) || self.hierarchy.is_subordinate(b, a, day) {
            return Direction::Vertical;
        }
        match self.compare_at(a, b, day) {
            None => Direction::Unclassified,
            Some(Ordering::Equal) => Direction::Horizontal,
            Some(_) => Direction::Diagonal,
        }
    }

    /// Days on which the direction of any tie of a government may change.
    #[must_use]
    pub fn change_days(&self, government: NodeIx) -> BTreeSet<Day> {
        let mut days = self.hierarchy.change_days(government);
        let step = self.step(government);
        let properties = step.into_iter().flat_map(|step| [&step.property, &step.fallback]);
        for property in properties.flatten() {
            for spell in property.spells() {
                let extent = spell.validity.extent();
                let spans = [Some(extent.possible), extent.certain];
                days.extend(spans.into_iter().flatten().flat_map(|span| [span.from, span.to]));
            }
        }
        days
    }

    /// The direction over a span, cut where rank or hierarchy changes it (S4); `days` are the change days of
    /// both governments.
    #[must_use]
    pub fn directions(
        &self,
        (a, b): (NodeIx, NodeIx),
        span: Span,
        days: impl Iterator<Item = Day>,
    ) -> Vec<(Span, Direction)> {
        let mut cuts: Vec<Day> = days.filter(|day| span.from < *day && *day < span.to).collect();
        cuts.sort_unstable();
        cuts.dedup();
        cuts.push(span.to);
        let mut pieces: Vec<(Span, Direction)> = Vec::new();
        let mut from = span.from;
        for to in cuts {
            // Nothing changes between two cuts, so one day stands for all; an unlimited end has no day.
            let day = match (from, to) {
                (Day::MIN, Day::MAX) => Day::from_number(0),
                (Day::MIN, to) => to.previous(),
                (from, _) => from,
            };
            let direction = self.direction_at(a, b, day);
            match pieces.last_mut() {
                Some((last, same)) if *same == direction => last.to = to,
                _ => pieces.push((Span { from, to }, direction)),
            }
            from = to;
        }
        pieces
    }
}
