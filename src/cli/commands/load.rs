use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;

use crate::cli::context::{actor, command_line, note};
use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::cli::progress::Progress;
use crate::database::Database;
use crate::error::Error;
use crate::exchange::load;

/// Make a store from a dump
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov load copy everything.jsonl")]
pub(in crate::cli) struct Load {
    /// The store to make
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// The dump
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Load {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let sign = Progress::new(progress, "reading the dump");
        let file = File::open(&self.file).map_err(Failure::io(format!("open {}", self.file.display())))?;
        let file = BufReader::new(file);
        let (actor, command) = (actor(), command_line());
        let summary = format!("load of {}", self.file.display());
        let note = note(&actor, &command, &summary);
        let (db, done) = if self.db.exists() {
            let db = Database::open(&self.db)?;
            let done = db.load(file, &note)?;
            (db, done)
        } else {
            // A dump that does not fit leaves no store behind: it is tried on an empty one in memory.
            let trial = Database::in_memory()?;
            let changes = load(file, &*trial.snapshot()?).map_err(Error::from)?;
            trial.commit(&changes, &note)?;
            sign.now("loading");
            let db = Database::create(&self.db)?;
            let done = db.commit(&changes, &note)?;
            (db, done)
        };
        drop(sign);
        let snapshot = db.snapshot()?;
        say(&format!(
            "loaded as commit {}: {} nodes, {} edges",
            done.commit,
            snapshot.node_count(),
            snapshot.edge_count()
        ));
        Ok(())
    }
}
