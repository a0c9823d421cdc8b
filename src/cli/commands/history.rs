use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::Reading;
use crate::cli::element::Named;
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;
use crate::graph::Subject;
use crate::store::{JournalEntry, Touch};

/// Tell who changed what and when: of one thing, or of the whole store
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov history intergov-demo/store 杭州市")]
pub(in crate::cli) struct History {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// A name, code or id, or TYPE/id of an edge; without it all commits are listed
    #[arg(value_name = "WHAT")]
    what: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const COLUMNS: [Column; 6] = [
    Column { name: "commit", unit: "the order of the journal (S23)" },
    Column { name: "time", unit: "UTC, by the clock of the machine" },
    Column { name: "actor", unit: "" },
    Column { name: "command", unit: "" },
    Column { name: "summary", unit: "" },
    Column { name: "change", unit: "" },
];

impl History {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let reading = Reading::open(&self.db)?;
        let mut report = Report::new("Journal", &COLUMNS);
        match &self.what {
            None => commits(&reading, &mut report)?,
            Some(what) => touches(&reading, what, &mut report)?,
        }
        self.output.write(&report, &[&self.db])
    }
}

/// All commits of the store.
fn commits(reading: &Reading, report: &mut Report) -> Result<(), Failure> {
    for entry in reading.db.journal()? {
        let counts = entry.counts;
        let change = format!(
            "nodes +{} ~{} -{}, edges +{} ~{} -{}",
            counts.created_nodes,
            counts.changed_nodes,
            counts.removed_nodes,
            counts.created_edges,
            counts.changed_edges,
            counts.removed_edges
        );
        report.push(row(&entry, change));
    }
    Ok(())
}

/// The commits that touched an element, or an edge of it.
fn touches(reading: &Reading, what: &str, report: &mut Report) -> Result<(), Failure> {
    let (entries, whose) = match reading.element(what, None)? {
        Named::Edge(edge) => (reading.db.history(Subject::Edge(edge.id()))?, "it"),
        Named::Node(node) => {
            let mut entries = reading.db.history(Subject::Node(node.id()))?;
            for edge in node.out_edges().chain(node.in_edges()) {
                entries.extend(reading.db.history(Subject::Edge(edge.id()))?);
            }
            (entries, "it and its edges")
        }
    };
    let mut told = BTreeMap::<u64, (JournalEntry, [usize; 3])>::new();
    for found in entries {
        let slot = told.entry(found.entry.commit).or_insert((found.entry, [0; 3]));
        let at = match found.touch {
            Touch::Created => 0,
            Touch::Changed { .. } => 1,
            Touch::Removed { .. } => 2,
        };
        slot.1[at] += 1;
    }
    for (entry, [created, changed, removed]) in told.into_values() {
        report.push(row(&entry, format!("{whose}: +{created} ~{changed} -{removed}")));
    }
    Ok(())
}

fn row(entry: &JournalEntry, change: String) -> Vec<Cell> {
    let time = jiff::Timestamp::from_millisecond(entry.at_millis)
        .map_or_else(|_| String::new(), |time| time.to_string());
    vec![
        Cell::Integer(i64::try_from(entry.commit).unwrap_or(i64::MAX)),
        time.into(),
        entry.actor.as_str().into(),
        entry.command.as_str().into(),
        entry.summary.as_str().into(),
        change.into(),
    ]
}
