use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::Reading;
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::graph::Snapshot;
use crate::relations::vocabulary::label;
use crate::value::{Bound, Value};

/// Count what the store holds, and its bytes by part
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov stats intergov-demo/store")]
pub(in crate::cli) struct Stats {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

/// How many rows have no known end, of each table; how sure the rows are; levels of governments; mechanisms.
fn content(snapshot: &Snapshot) -> [(&'static str, BTreeMap<String, usize>); 4] {
    let (mut ends, mut steps) = (BTreeMap::new(), BTreeMap::new());
    let (mut levels, mut mechanisms) = (BTreeMap::new(), BTreeMap::new());
    let add = |counts: &mut BTreeMap<String, usize>, name: String| *counts.entry(name).or_default() += 1;
    let text = |value: Option<Value>| value.map_or_else(|| "unstated".to_owned(), |value| value.to_string());
    for node in snapshot.nodes() {
        let labels = node.labels().iter().map(|label| snapshot.catalogue().label_name(*label));
        let label = labels.collect::<Vec<_>>().join(" ");
        if node.validity().to == Bound::Unknown {
            add(&mut ends, label);
        }
        add(&mut steps, text(node.value("confidence")));
        if node.has_label(label::GOVERNMENT) {
            add(&mut levels, text(node.value("level")));
        }
        if node.has_label(label::ARRANGEMENT) {
            add(&mut mechanisms, text(node.value("mechanism")));
        }
    }
    for edge in snapshot.edges() {
        if edge.validity().to == Bound::Unknown {
            add(&mut ends, edge.edge_type().to_owned());
        }
        add(&mut steps, text(edge.value("confidence")));
    }
    [("end unknown", ends), ("confidence", steps), ("level", levels), ("mechanism", mechanisms)]
}

/// The years that known dates of arrangements and edges cover.
fn years(snapshot: &Snapshot) -> Option<String> {
    let arrangements = snapshot.nodes_with(label::ARRANGEMENT).map(|node| node.validity());
    let edges = snapshot.edges().map(|edge| edge.validity());
    let dates = arrangements.chain(edges).flat_map(|own| {
        let ends = [own.from.date(), own.to.date()].into_iter().flatten();
        ends.chain(own.attested.clone()).collect::<Vec<_>>()
    });
    let years: Vec<i16> = dates.filter_map(|date| date.first_day().year()).collect();
    let (first, last) = years.iter().min().zip(years.iter().max())?;
    Some(format!("known dates of arrangements and edges lie between {first} and {last}"))
}

const COLUMNS: [Column; 4] = [
    Column { name: "part", unit: "label, edge type, what is counted of them, or part of the store" },
    Column { name: "name", unit: "" },
    Column { name: "count", unit: "elements or values" },
    Column { name: "bytes", unit: "on disk" },
];

impl Stats {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let snapshot = &reading.snapshot;
        let mut labels: BTreeMap<String, usize> = BTreeMap::new();
        for node in snapshot.nodes() {
            for label in node.labels() {
                *labels.entry(snapshot.catalogue().label_name(*label).to_owned()).or_default() += 1;
            }
        }
        let mut types: BTreeMap<String, usize> = BTreeMap::new();
        for edge in snapshot.edges() {
            *types.entry(edge.edge_type().to_owned()).or_default() += 1;
        }
        let mut report = Report::new("What the store holds", &COLUMNS);
        let none = || Cell::Missing(crate::analysis::Missing::NotApplicable);
        for (kind, counts) in [("label", labels), ("edge type", types)] {
            for (name, count) in counts {
                report.push(vec![kind.into(), name.into(), count.into(), none()]);
            }
        }
        for (part, counts) in content(snapshot) {
            for (name, count) in counts {
                report.push(vec![part.into(), name.into(), count.into(), none()]);
            }
        }
        report.notes.extend(years(snapshot));
        let stats = reading.db.stats()?;
        for part in &stats.parts {
            let count = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
            report.push(vec!["store".into(), part.part.into(), count(part.values), count(part.bytes)]);
        }
        report.note(format!(
            "commit {}, {} nodes, {} edges, {} bytes on disk; {} journal entries; {} changes in the log since \
             commit {}, {} chunks",
            stats.commit,
            stats.nodes,
            stats.edges,
            stats.file_bytes,
            stats.journal_entries,
            stats.log_operations,
            stats.merged_commit,
            stats.chunks
        ));
        self.output.write(&report, &[&self.db])
    }
}
