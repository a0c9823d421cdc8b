use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::output::say_done;
use crate::cli::progress::Progress;
use crate::database::Database;

/// Make a store of a backup
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov restore store.backup restored")]
pub(in crate::cli) struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The store to make; a folder that is not empty is refused
    #[arg(value_name = "DB")]
    db: PathBuf,
}

impl Restore {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let sign = Progress::new(progress, "opening");
        let report = Database::restore(&self.file, &self.db, &mut |bytes| sign.bytes("reading", bytes))?;
        drop(sign);
        let made = jiff::Timestamp::from_millisecond(report.made_at_millis)
            .map_or_else(|_| "an unknown day".to_owned(), |time| time.to_string());
        say_done(&format!(
            "restored as of commit {}: {} nodes, {} edges, from the backup of {made}; next: intergov verify {}",
            report.commit,
            report.nodes,
            report.edges,
            self.db.display()
        ));
        Ok(())
    }
}
