use std::path::PathBuf;

use clap::Args;

use crate::cli::context::open_to_read;
use crate::cli::failure::Failure;
use crate::cli::output::say_done;
use crate::cli::progress::Progress;

/// Write the whole store to one file, journal included, also beside a running writer
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov backup intergov-demo/store store.backup")]
pub(in crate::cli) struct Backup {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// The file to make; one that is there already is refused
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Backup {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let sign = Progress::new(progress, "opening");
        let db = open_to_read(&self.db)?;
        let report = db.backup(&self.file, &mut |bytes| sign.bytes("writing", bytes))?;
        drop(sign);
        say_done(&format!(
            "commit {} backed up: {} nodes, {} edges, {} bytes in {}",
            report.commit,
            report.nodes,
            report.edges,
            report.bytes,
            self.file.display()
        ));
        Ok(())
    }
}
