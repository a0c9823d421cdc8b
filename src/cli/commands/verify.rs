use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::context::open_to_read;
use crate::cli::failure::{CONSTRAINT, CORRUPT, Failure};
use crate::cli::output::{OutputArgs, say};
use crate::cli::progress::Progress;
use crate::database::Database;

/// Read every part of the store and hold it against the others, and all rules over all that is stored
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov verify intergov-demo/store")]
pub(in crate::cli) struct Verify {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// Make anew what provably follows from the rest: incoming edges and the index of texts; then verify
    #[arg(long)]
    repair: bool,
    #[command(flatten)]
    pub(in crate::cli) output: OutputArgs,
}

const COLUMNS: [Column; 3] = [
    Column { name: "severity", unit: "damage, breach, warning" },
    Column { name: "check", unit: "what was looked at, or the rule" },
    Column { name: "detail", unit: "" },
];

impl Verify {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<ExitCode, Failure> {
        let sign = Progress::new(progress, "verifying");
        let report = if self.repair {
            let db = Database::open(&self.db)?;
            sign.now("repairing");
            let done = db.repair()?;
            say(&format!(
                "made anew: {} chunks of incoming edges, {} of the index; removed: {} that nothing refers to",
                done.adjacency, done.index, done.orphans
            ));
            sign.now("verifying");
            db.verify()?
        } else {
            open_to_read(&self.db)?.verify()?
        };
        drop(sign);
        let mut table = Report::new("Verification", &COLUMNS);
        for finding in &report.findings {
            table.push(vec!["damage".into(), finding.check.into(), finding.detail.as_str().into()]);
        }
        for violation in &report.violations {
            let severity = if violation.warning { "warning" } else { "breach" };
            table.push(vec![severity.into(), violation.rule.into(), violation.to_string().into()]);
        }
        self.output.write(&table, &[&self.db])?;
        say(&format!(
            "commit {}: {} nodes, {} edges, {} values, {} chunks, {} journal entries read; {}",
            report.commit,
            report.nodes,
            report.edges,
            report.values,
            report.chunks,
            report.journal_entries,
            if report.is_clean() { "the store is sound" } else { "the store is NOT sound" }
        ));
        Ok(if !report.findings.is_empty() {
            ExitCode::from(CORRUPT)
        } else if report.is_clean() {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(CONSTRAINT)
        })
    }
}
