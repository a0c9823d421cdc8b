//! Which step of its scheme does a government stand on, when?

use crate::relations::vocabulary::label;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::ops::Range;

use super::hierarchy::push_bounds;
use super::{Scale, TierSchemes};
use crate::graph::{KeyId, NodeIx, NodeRef, Property, Snapshot};
use crate::value::{Day, Extent, Jagged, Span, Value};
use crate::workers;

/// Nodes that one task reads.
const NODES_A_TASK: usize = 1 << 14;

/// A step that some government stands on.
#[derive(Clone, Debug)]
struct Step {
    scheme: String,
    /// The number of its scheme, which is compared faster than the name.
    scheme_number: usize,
    name: String,
    /// Its place in its scheme and on the scale that schemes share; `None` = the scheme has no such step.
    place: Option<(f64, Option<f64>)>,
}

/// A government's step from a day on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RankSpell {
    pub(super) from: Day,
    /// Its number among the steps; `None` = not known.
    pub(super) step: Option<u32>,
    /// Whether it was taken from the level (S21).
    pub(super) inferred: bool,
}

/// The distinct steps that the governments of a snapshot stand on, by number.
#[derive(Clone, Debug)]
pub(super) struct RankTable(Vec<Step>);

impl RankTable {
    /// The steps, and where each node stands in time: a list by start whose first one starts with time, empty for
    /// a node that is not a government. With `rank_from_level` a rank that is not recorded is taken from the step of the same
    /// name as the level (S21).
    pub(super) fn of(
        snapshot: &Snapshot,
        schemes: &TierSchemes,
        scale: Scale,
        rank_from_level: bool,
    ) -> (Self, Jagged<RankSpell>) {
        let government = snapshot.catalogue().label(label::GOVERNMENT);
        let keys = StepKeys::of(snapshot, scale, rank_from_level);
        let bound = snapshot.node_bound();
        let of_task = |task: usize| {
            let nodes: Range<usize> = task * NODES_A_TASK..bound.min((task + 1) * NODES_A_TASK);
            let mut steps = RankInterner::new(schemes, scale);
            let (mut standings, mut own) = (Jagged::default(), Vec::new());
            for node in nodes.map(|at| snapshot.node_at(NodeIx::from_position(at))) {
                let node = node.filter(|node| government.is_some_and(|own| node.labels().contains(&own)));
                node.into_iter().for_each(|node| steps.life(node, &keys, &mut own));
                standings.push(own.drain(..));
            }
            (steps.all, standings)
        };
        let read = workers::map(0..bound.div_ceil(NODES_A_TASK), of_task);
        // RankTable are numbered as if the nodes had been read one after the other.
        let mut steps = RankInterner::new(schemes, scale);
        let mut standings = Jagged::with_room_for(read.iter().map(|(_, standings)| standings));
        for (own, more) in read {
            let numbers: Vec<u32> = own.iter().map(|step| steps.number(&step.scheme, &step.name)).collect();
            let renumber = |step: u32| numbers.get(step as usize).copied().unwrap_or(step);
            standings.extend(more, |own: RankSpell| RankSpell { step: own.step.map(renumber), ..own });
        }
        (Self(steps.all), standings)
    }

    /// The name of a step.
    pub(super) fn name(&self, step: u32) -> Option<&str> {
        self.0.get(step as usize).map(|step| step.name.as_str())
    }

    /// How two steps compare; the lesser is the higher. `None` if one is not known or their schemes share no
    /// scale (S21).
    pub(super) fn compare(&self, a: Option<u32>, b: Option<u32>) -> Option<Ordering> {
        let (one, other) = (self.0.get(a? as usize)?, self.0.get(b? as usize)?);
        let ((first, first_common), (second, second_common)) = (one.place?, other.place?);
        if one.scheme_number == other.scheme_number {
            Some(first.total_cmp(&second))
        } else {
            Some(first_common?.total_cmp(&second_common?))
        }
    }
}

/// A day of a span; an unlimited end is not a day of the calendar.
pub(super) fn some_day(span: Span) -> Day {
    match (span.from, span.to) {
        (Day::MIN, Day::MAX) => Day::nearest(0),
        (Day::MIN, to) => to.previous(),
        (from, _) => from,
    }
}

/// Numbers steps in the order in which they are met.
struct RankInterner<'a> {
    schemes: &'a TierSchemes,
    scale: Scale,
    /// The number of each scheme, and of each of its steps.
    known: HashMap<String, (usize, HashMap<String, u32>)>,
    all: Vec<Step>,
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

impl<'a> RankInterner<'a> {
    fn new(schemes: &'a TierSchemes, scale: Scale) -> Self {
        Self { schemes, scale, known: HashMap::new(), all: Vec::new(), last: 0 }
    }

    fn number(&mut self, scheme: &str, name: &str) -> u32 {
        let is_last = |step: &Step| (step.scheme.as_str(), step.name.as_str()) == (scheme, name);
        if !self.all.get(self.last as usize).is_some_and(is_last) {
            let known = self.known.get(scheme).and_then(|(_, names)| names.get(name)).copied();
            self.last = known.unwrap_or_else(|| self.add(scheme, name));
        }
        self.last
    }

    fn add(&mut self, scheme: &str, name: &str) -> u32 {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let tier = self.schemes.tier(self.scale, scheme, name);
        let place = tier.map(|tier| (tier.ordinal, tier.common));
        let schemes = self.known.len();
        let (scheme_number, names) =
            self.known.entry(scheme.to_owned()).or_insert_with(|| (schemes, HashMap::new()));
        names.insert(name.to_owned(), number);
        let step =
            Step { scheme: scheme.to_owned(), scheme_number: *scheme_number, name: name.to_owned(), place };
        self.all.push(step);
        number
    }

    /// Writes the steps of a government in time.
    fn life(&mut self, node: NodeRef<'_>, keys: &StepKeys, standings: &mut Vec<RankSpell>) {
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
            let standing = RankSpell { from, step, inferred: inferred && step.is_some() };
            let same = |last: &RankSpell| (last.step, last.inferred) == (standing.step, standing.inferred);
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
        let certain = |(extent, _): &&(Extent, &str)| extent.certain().is_some_and(|span| span.contains(day));
        let possible = |(extent, _): &&(Extent, &str)| extent.possible.contains(day);
        let spell = self.spells.iter().find(certain).or_else(|| self.spells.iter().find(possible));
        spell.map(|(_, text)| *text).or(self.fixed)
    }
}
