//! What every read says of itself: what was left out for its dates or its confidence, and how sure the rest is.

use std::collections::BTreeMap;

use super::context::TimeArgs;
use crate::analysis::Report;
use crate::graph::Snapshot;
use crate::value::{Extent, Truth, Value, Window};

/// Decides what a read shows, and counts what it does not.
pub(super) struct Tally<'a> {
    time: &'a TimeArgs,
    window: Option<Window>,
    /// Steps of confidence, the surest first.
    steps: &'a [String],
    unknown: usize,
    unsure: usize,
    shown: BTreeMap<String, usize>,
}

impl<'a> Tally<'a> {
    /// Counts for one read.
    pub(super) fn new(time: &'a TimeArgs, window: Option<Window>, snapshot: &'a Snapshot) -> Self {
        let steps = &snapshot.catalogue().schema().confidence;
        Self { time, window, steps, unknown: 0, unsure: 0, shown: BTreeMap::new() }
    }

    /// Whether something is shown, by when it holds and how sure its row is.
    pub(super) fn admits(&mut self, extent: Extent, confidence: Option<&Value>) -> bool {
        let truth = self.window.map_or(Truth::True, |window| extent.holds_in(window));
        if truth == Truth::False {
            return false;
        }
        if !self.sure_enough(confidence) {
            self.unsure += 1;
            return false;
        }
        if truth == Truth::Unknown && !self.time.period.possible {
            self.unknown += 1;
            return false;
        }
        let step = confidence.map_or_else(|| "unstated".to_owned(), ToString::to_string);
        *self.shown.entry(step).or_default() += 1;
        true
    }

    /// Whether something certainly holds in the window that is read, or at all where none is.
    pub(super) fn is_certain(&self, extent: Extent) -> bool {
        match self.window {
            Some(window) => extent.holds_in(window) == Truth::True,
            None => extent.certain.is_some(),
        }
    }

    fn sure_enough(&self, confidence: Option<&Value>) -> bool {
        let Some(least) = &self.time.min_confidence else { return true };
        let step = |name: &str| self.steps.iter().position(|own| own == name);
        let own = confidence.and_then(Value::as_text).and_then(step);
        own.zip(step(least)).is_some_and(|(own, least)| own <= least)
    }

    /// Adds the counts to a report; `what` are its elements in the plural.
    pub(super) fn note(&self, report: &mut Report, what: &str) {
        if self.unknown > 0 {
            report.note(format!(
                "{} {what} left out because they only possibly hold then (S1); --possible adds them",
                self.unknown
            ));
        }
        if self.unsure > 0 {
            report.note(format!("{} {what} left out for their confidence (--min-confidence)", self.unsure));
        }
        // The steps in their own order, then whatever the schema does not name.
        let by_step = self.steps.iter().filter_map(|step| self.shown.get_key_value(step));
        let others = self.shown.iter().filter(|(step, _)| !self.steps.contains(step));
        let mix: Vec<String> = by_step.chain(others).map(|(step, count)| format!("{step} {count}")).collect();
        let count: usize = self.shown.values().sum();
        let mix = if mix.is_empty() { "nothing".to_owned() } else { mix.join(", ") };
        report.note(format!("{count} {what}; confidence: {mix}"));
    }
}
