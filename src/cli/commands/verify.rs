use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::analysis::{Column, Report};
use crate::cli::context::open_to_read;
use crate::cli::failure::{CONSTRAINT, CORRUPT, Failure};
use crate::cli::interrupt;
use crate::cli::output::{OutputArgs, say};
use crate::cli::progress::Progress;
use crate::database::Database;
use crate::error::Error;
use crate::store::StoreError;

/// Read every part of the store and compare it with the others, and all rules over all that is stored
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov verify intergov-demo/store")]
pub(in crate::cli) struct Verify {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// Make again what follows from the rest: the engine from its copy, incoming edges and the index of texts; then
    /// verify
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

/// Opens a store for writing; if its engine is damaged, the engine is made again first.
fn open_or_rebuild(path: &Path) -> Result<Database, Failure> {
    match Database::open(path) {
        Err(Error::Store(error @ (StoreError::Corrupt { .. } | StoreError::Lost { .. }))) => {
            // Where that is not a way out either, the first error says what is wrong.
            let Ok(rebuilt) = Database::rebuild(path) else { return Err(Error::Store(error).into()) };
            say(&format!("warning: {error}"));
            let lost = rebuilt.lost.map_or_else(
                || "no commit is lost".to_owned(),
                |(from, to)| format!("the commits {from} to {to} are lost"),
            );
            let kept = rebuilt.kept.map_or_else(String::new, |kept| {
                format!("; the damaged folder is kept as {}", kept.display())
            });
            say(&format!(
                "the engine was made again from its copy, as of commit {}: {lost}{kept}",
                rebuilt.commit
            ));
            Ok(Database::open(path)?)
        }
        opened => Ok(opened?),
    }
}

impl Verify {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<ExitCode, Failure> {
        let sign = Progress::new(progress, "verifying");
        let report = if self.repair {
            interrupt::in_steps();
            let db = open_or_rebuild(&self.db)?;
            sign.now("repairing");
            let done = db.repair()?;
            say(&format!(
                "made again: {} chunks of incoming edges, {} of the index; removed: {} that nothing refers to",
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
