use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use crate::analysis::{Cell, Column, Report};
use crate::cli::context::Reading;
use crate::cli::failure::Failure;
use crate::cli::output::OutputArgs;

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

const COLUMNS: [Column; 4] = [
    Column { name: "part", unit: "label, edge type, or part of the store" },
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
