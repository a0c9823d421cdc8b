use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::interrupt;
use crate::cli::output::say_done;
use crate::cli::progress::Progress;
use crate::database::Database;

/// Make a store as small, and its opening as fast, as a fresh one's; nothing that it tells changes
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov compact intergov-demo/store")]
pub(in crate::cli) struct Compact {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
}

impl Compact {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        // The log is merged first; neither changes what the store tells.
        interrupt::in_steps();
        let sign = Progress::new(progress, "merging the log");
        let report = Database::compact(&self.db, &mut |bytes| sign.bytes("writing", bytes))?;
        drop(sign);
        say_done(&format!(
            "commit {}: {} bytes on disk, {} before",
            report.commit, report.bytes_after, report.bytes_before
        ));
        Ok(())
    }
}
