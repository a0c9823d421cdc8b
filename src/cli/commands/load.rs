use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;

use crate::cli::context::{actor, command_line, make_store, note};
use crate::cli::failure::Failure;
use crate::cli::output::say_done;
use crate::cli::progress::Progress;
use crate::database::Database;
use crate::error::Error;
use crate::exchange::load;
use crate::files;
use crate::store::Committed;

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
        files::finish_interrupted(&self.db, files::STORE)?;
        let loaded = |db: &Database, done: &Committed| {
            let snapshot = db.snapshot()?;
            Ok::<_, Failure>((done.commit, snapshot.node_count(), snapshot.edge_count()))
        };
        let (commit, nodes, edges) = if files::is_free(&self.db) {
            // A dump that does not fit leaves no store behind: it is tried on an empty one in memory.
            let trial = Database::in_memory()?;
            let changes = load(file, &*trial.snapshot()?).map_err(Error::from)?;
            trial.commit(&changes, &note)?;
            sign.now("loading");
            let made = make_store(&self.db, |db| loaded(db, &db.commit(&changes, &note)?).map(Some))?;
            made.unwrap_or_default()
        } else {
            let db = Database::open(&self.db)?;
            let done = db.load(file, &note)?;
            loaded(&db, &done)?
        };
        drop(sign);
        say_done(&format!("loaded as commit {commit}: {nodes} nodes, {edges} edges"));
        Ok(())
    }
}
