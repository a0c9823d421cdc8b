//! What every read says of itself: what was left out for its dates or its confidence, and how sure the rest is.

use std::collections::BTreeMap;

use super::context::TimeArgs;
use super::failure::Failure;
use crate::analysis::Report;
use crate::graph::{Schema, Snapshot};
use crate::study::Counted;
use crate::value::{AsOf, InForce, Inclusion, Value, counted};

/// Decides what a read shows, and counts what it does not.
pub(super) struct Tally<'a> {
    as_of: AsOf,
    least: Option<&'a str>,
    schema: &'a Schema,
    counts: Counts,
}

/// What was shown and what was left out.
#[derive(Default)]
struct Counts {
    unknown: usize,
    unsure: usize,
    shown: BTreeMap<String, usize>,
    /// Of those that are shown, by how surely they hold; empty where no time is read.
    in_force: BTreeMap<InForce, usize>,
}

impl<'a> Tally<'a> {
    /// Counts for one read.
    pub(super) fn new(time: &'a TimeArgs, snapshot: &'a Snapshot) -> Result<Self, Failure> {
        let (least, schema) = (time.min_confidence.as_deref(), snapshot.catalogue().schema());
        Ok(Self { as_of: time.as_of(snapshot)?, least, schema, counts: Counts::default() })
    }

    /// What is read.
    pub(super) fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// Whether something is shown, by how surely it is in force and how sure its row is; then how surely it holds as a word, which is
    /// empty where no time is read.
    pub(super) fn admits(&mut self, in_force: InForce, confidence: Option<&Value>) -> Option<String> {
        let inclusion = self.as_of.admits(in_force);
        if inclusion == Inclusion::Excluded {
            return None;
        }
        if !self.schema.is_sure_enough(confidence.and_then(Value::as_text), self.least) {
            self.counts.unsure += 1;
            return None;
        }
        if inclusion == Inclusion::Uncertain {
            self.counts.unknown += 1;
            return None;
        }
        let step = confidence.map_or_else(|| "unstated".to_owned(), ToString::to_string);
        *self.counts.shown.entry(step).or_default() += 1;
        if self.as_of.window().is_none() {
            return Some(String::new());
        }
        *self.counts.in_force.entry(in_force).or_default() += 1;
        Some(in_force.to_string())
    }

    /// Adds the counts to a report; `what` are its elements in the plural.
    pub(super) fn note(&self, report: &mut Report, what: &str) {
        self.counts.note(report, what, self.schema);
        if self.as_of.window().is_some() {
            report.selection.push(("reading".to_owned(), self.as_of.reading().to_string()));
        }
    }
}

/// Adds what a study counted and left out to a report.
pub(super) fn note_ties(counted: &Counted, report: &mut Report) {
    let left_out = counted.left_out;
    let (unknown, unsure, shown) = (left_out.unknown_dates, left_out.confidence, counted.confidence.clone());
    let schema = counted.ties.snapshot().catalogue().schema();
    let mut in_force = BTreeMap::new();
    if counted.as_of.window().is_some() {
        let extents = counted.rows.iter().filter_map(|row| counted.ties.columns().extent(*row as usize));
        extents.for_each(|extent| *in_force.entry(counted.as_of.in_force(extent)).or_default() += 1);
    }
    Counts { unknown, unsure, shown, in_force }.note(report, "ties", schema);
    report.notes.extend(counted.ties.repeated_rows());
}

impl Counts {
    fn note(&self, report: &mut Report, what: &str, schema: &Schema) {
        if self.unknown > 0 {
            let (left_out, them) =
                (number(self.unknown, what), if self.unknown == 1 { "it" } else { "them" });
            let hold = if self.unknown == 1 { "it only possibly holds" } else { "they only possibly hold" };
            report.note(format!("{left_out} left out because {hold} then (S1); --possible adds {them}"));
        }
        if self.unsure > 0 {
            let left_out = number(self.unsure, what);
            report.note(format!("{left_out} left out by confidence (--min-confidence)"));
        }
        // The steps in their own order, then whatever the schema does not name.
        let steps = &schema.confidence;
        let by_step = steps.iter().filter_map(|step| self.shown.get_key_value(step));
        let others = self.shown.iter().filter(|(step, _)| !steps.contains(step));
        let mix: Vec<String> = by_step.chain(others).map(|(step, count)| format!("{step} {count}")).collect();
        let count: usize = self.shown.values().sum();
        let mix = if mix.is_empty() { "nothing".to_owned() } else { mix.join(", ") };
        let readings: Vec<String> =
            self.in_force.iter().map(|(in_force, count)| format!("{in_force} {count}")).collect();
        let readings = if readings.is_empty() { String::new() } else { format!("; {}", readings.join(", ")) };
        report.note(format!("{}{readings}; confidence: {mix}", number(count, what)));
    }
}

/// A count with the name of what is counted, which is given in the plural: `1 body`, `2 bodies`.
fn number(count: usize, many: &str) -> String {
    let one = match many.strip_suffix("ies") {
        // A tie is not a “ty”.
        Some(stem) if stem != "t" => format!("{stem}y"),
        _ => many.strip_suffix('s').unwrap_or(many).to_owned(),
    };
    counted(count, &one, many)
}
