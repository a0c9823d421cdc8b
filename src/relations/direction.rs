//! The direction of a tie: derived from hierarchy and rank at its date, never typed in.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::{IntoParallelIterator, ParallelIterator};

use super::flat::Flat;
use super::hierarchy::push_bounds;
use super::{Hierarchy, HierarchyAt, Scale, TierSchemes};
use crate::graph::{KeyId, NodeIx, NodeRef, Property, Snapshot};
use crate::value::{Day, Extent, Span, Value};

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

/// A step that some government stands on.
#[derive(Clone, Debug)]
struct Step {
    name: String,
    scheme: u32,
    /// Its place in its scheme and on the scale that schemes share; `None` = the scheme has no such step.
    place: Option<(f64, Option<f64>)>,
}

/// A government's step from a day on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Standing {
    from: Day,
    step: Option<u32>,
    inferred: bool,
}

/// Nodes that one task reads.
const NODES_A_TASK: usize = 1 << 14;

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
    steps: Vec<Step>,
    /// A list for each node, by start; the first one starts with time. Empty for what is no government.
    standings: Flat<Standing>,
    /// Days on which step or line of superiors may change, sorted; worked out when first asked for.
    days: OnceLock<Flat<Day>>,
}

/// Does something with each run of node numbers below a bound, on all cores.
fn in_tasks<T: Send>(bound: usize, of_task: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
    let tasks = (0..bound.div_ceil(NODES_A_TASK)).into_par_iter();
    tasks.map(|task| of_task(task * NODES_A_TASK..bound.min((task + 1) * NODES_A_TASK))).collect()
}

impl Classifier {
    /// A classifier by a scale; with `rank_from_level` a rank that is not recorded is taken from the step of
    /// the same name as the level, and marked as inferred (S21).
    #[must_use]
    pub fn new(snapshot: &Snapshot, schemes: &TierSchemes, scale: Scale, rank_from_level: bool) -> Self {
        let government = snapshot.catalogue().label("Government");
        let keys = StepKeys::of(snapshot, scale, rank_from_level);
        let of_nodes = |nodes: Range<usize>| {
            let mut steps = Steps::new(schemes, scale);
            let (mut standings, mut own) = (Flat::default(), Vec::new());
            for node in nodes.map(|at| snapshot.node_at(NodeIx::from_position(at))) {
                let node = node.filter(|node| government.is_some_and(|own| node.labels().contains(&own)));
                node.into_iter().for_each(|node| steps.life(node, &keys, &mut own));
                standings.push(own.drain(..));
            }
            (steps, standings)
        };
        let (hierarchy, read) =
            rayon::join(|| Hierarchy::of(snapshot), || in_tasks(snapshot.node_bound(), of_nodes));
        // Steps are numbered as if the nodes had been read one after the other.
        let mut steps = Steps::new(schemes, scale);
        let mut standings = Flat::with_capacity(read.iter().map(|(_, standings)| standings));
        for (own, more) in read {
            let numbers: Vec<u32> = own.met.iter().map(|(scheme, name)| steps.number(scheme, name)).collect();
            let renumber = |step: u32| numbers.get(step as usize).copied().unwrap_or(step);
            standings.extend(more, |own: Standing| Standing { step: own.step.map(renumber), ..own });
        }
        Self { hierarchy, steps: steps.all, standings, days: OnceLock::new() }
    }

    /// The days on which step or line of superiors may change, for each node.
    fn days(&self) -> &Flat<Day> {
        self.days.get_or_init(|| {
            // On one core: a task of another core that waited for it could be stolen into the midst of it.
            let (mut days, mut own, mut line) = (Flat::default(), Vec::new(), Vec::new());
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

    fn standing(&self, government: NodeIx, day: Day) -> Option<Standing> {
        let standings = self.standings.of(government.position());
        let after = standings.partition_point(|standing| standing.from <= day);
        standings.get(after.checked_sub(1)?).copied()
    }

    /// The name of a government's step on a day; `None` where it is not known.
    #[must_use]
    pub fn tier_at(&self, government: NodeIx, day: Day) -> Option<&str> {
        let step = self.standing(government, day)?.step?;
        self.steps.get(step as usize).map(|step| step.name.as_str())
    }

    /// Whether a government's rank on a day was taken from its level (S21).
    #[must_use]
    pub fn is_inferred(&self, government: NodeIx, day: Day) -> bool {
        self.standing(government, day).is_some_and(|standing| standing.inferred)
    }

    fn compare(&self, a: Option<u32>, b: Option<u32>) -> Option<Ordering> {
        let (one, other) = (self.steps.get(a? as usize)?, self.steps.get(b? as usize)?);
        let ((first, first_common), (second, second_common)) = (one.place?, other.place?);
        if one.scheme == other.scheme {
            Some(first.total_cmp(&second))
        } else {
            Some(first_common?.total_cmp(&second_common?))
        }
    }

    /// How two governments compare on a day; the lesser is the higher. `None` where a step is not known or
    /// their schemes share no scale (S21).
    #[must_use]
    pub fn compare_at(&self, a: NodeIx, b: NodeIx, day: Day) -> Option<Ordering> {
        self.compare(self.standing(a, day)?.step, self.standing(b, day)?.step)
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
        let states = (0..self.standings.len()).into_par_iter().map(|at| {
            let standing = self.standing(NodeIx::from_position(at), day);
            State {
                step: standing.and_then(|standing| standing.step),
                inferred: standing.is_some_and(|standing| standing.inferred),
            }
        });
        let (hierarchy, states) = rayon::join(|| self.hierarchy.at(day), || states.collect());
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

/// A day of a span; an unlimited end is no day of the calendar.
fn some_day(span: Span) -> Day {
    match (span.from, span.to) {
        (Day::MIN, Day::MAX) => Day::from_number(0),
        (Day::MIN, to) => to.previous(),
        (from, _) => from,
    }
}

/// A government on one day.
#[derive(Clone, Copy, Debug)]
struct State {
    step: Option<u32>,
    inferred: bool,
}

impl State {
    /// What is no government.
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
        Direction::of(self.all.compare(self.state(a).step, self.state(b).step))
    }

    /// The spell of the day within a span: the longest part around the day in which the direction stays what
    /// it is on the day. `None` where the day lies outside the span.
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

/// Collects the distinct steps that governments stand on.
struct Steps<'a> {
    schemes: &'a TierSchemes,
    scale: Scale,
    known: HashMap<String, HashMap<String, u32>>,
    all: Vec<Step>,
    /// Scheme and name of each.
    met: Vec<(String, String)>,
    /// The number that was asked for last: neighbours mostly stand on the same step.
    last: u32,
}

/// The keys by which steps are read.
struct StepKeys {
    scheme: Option<KeyId>,
    own: Option<KeyId>,
    /// The level, where a rank that is not recorded is taken from it (S21).
    fallback: Option<KeyId>,
}

impl StepKeys {
    fn of(snapshot: &Snapshot, scale: Scale, rank_from_level: bool) -> Self {
        let key = |name: &str| snapshot.catalogue().key(name);
        let fallback = if scale == Scale::Rank && rank_from_level { key("level") } else { None };
        Self { scheme: key("scheme"), own: key(scale.key()), fallback }
    }
}

impl<'a> Steps<'a> {
    fn new(schemes: &'a TierSchemes, scale: Scale) -> Self {
        Self { schemes, scale, known: HashMap::new(), all: Vec::new(), met: Vec::new(), last: 0 }
    }

    fn number(&mut self, scheme: &str, name: &str) -> u32 {
        if self.met.get(self.last as usize).is_some_and(|met| (&*met.0, &*met.1) == (scheme, name)) {
            return self.last;
        }
        self.last = self.look_up(scheme, name);
        self.last
    }

    fn look_up(&mut self, scheme: &str, name: &str) -> u32 {
        if let Some(number) = self.known.get(scheme).and_then(|names| names.get(name)) {
            return *number;
        }
        let schemes = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let names = self.known.entry(scheme.to_owned()).or_default();
        // All steps of a scheme carry the number of its first one.
        let first = names.values().filter_map(|at| self.all.get(*at as usize)).map(|step| step.scheme).next();
        let tier = self.schemes.tier(self.scale, scheme, name);
        let place = tier.map(|tier| (tier.ordinal, tier.common));
        self.all.push(Step { name: name.to_owned(), scheme: first.unwrap_or(schemes), place });
        self.met.push((scheme.to_owned(), name.to_owned()));
        names.insert(name.to_owned(), number);
        number
    }

    /// Writes the steps of a government in time.
    fn life(&mut self, node: NodeRef<'_>, keys: &StepKeys, standings: &mut Vec<Standing>) {
        let property = |key: Option<KeyId>| key.and_then(|key| node.property_of(key));
        let (scheme, own, fallback) = (property(keys.scheme), property(keys.own), property(keys.fallback));
        let scheme = scheme.as_ref().and_then(Property::latest).and_then(Value::as_text).unwrap_or_default();
        let (own, fallback) = (Reading::of(own.as_ref()), Reading::of(fallback.as_ref()));
        let mut days = own.days();
        days.extend(fallback.days());
        days.sort_unstable();
        days.dedup();
        let mut from = Day::MIN;
        for to in days.into_iter().chain([Day::MAX]) {
            let day = some_day(Span { from, to });
            let (name, inferred) = match own.at(day) {
                Some(name) => (Some(name), false),
                None => (fallback.at(day), true),
            };
            let step = name.map(|name| self.number(scheme, name));
            let standing = Standing { from, step, inferred: inferred && step.is_some() };
            let same = |last: &Standing| (last.step, last.inferred) == (standing.step, standing.inferred);
            if !standings.last().is_some_and(same) {
                standings.push(standing);
            }
            from = to;
        }
    }
}

/// A property as texts in time, its extents worked out once.
struct Reading<'p> {
    fixed: Option<&'p str>,
    spells: Vec<(Extent, &'p str)>,
}

impl<'p> Reading<'p> {
    fn of(property: Option<&'p Property>) -> Self {
        let fixed = match property {
            Some(Property::Fixed(value)) => value.as_text(),
            _ => None,
        };
        let spells = property.map_or(&[][..], Property::spells).iter();
        let spells = spells.filter_map(|spell| Some((spell.validity.extent(), spell.value.as_text()?)));
        Self { fixed, spells: spells.collect() }
    }

    fn days(&self) -> Vec<Day> {
        let mut days = Vec::new();
        for (extent, _) in &self.spells {
            push_bounds(&mut days, *extent);
        }
        days
    }

    /// As [`Property::at`]: what certainly holds, else what possibly holds, of several the first.
    fn at(&self, day: Day) -> Option<&'p str> {
        let certain = |(extent, _): &&(Extent, &str)| extent.certain.is_some_and(|span| span.contains(day));
        let possible = |(extent, _): &&(Extent, &str)| extent.possible.contains(day);
        let spell = self.spells.iter().find(certain).or_else(|| self.spells.iter().find(possible));
        spell.map(|(_, text)| *text).or(self.fixed)
    }
}
