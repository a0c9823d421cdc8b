use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use clap::Args;

use crate::cli::context::{actor, command_line, note};
use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::cli::progress::Progress;
use crate::database::Database;

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
        let open = || {
            let file =
                File::open(&self.file).map_err(Failure::io(format!("open {}", self.file.display())))?;
            Ok::<_, Failure>(BufReader::new(file))
        };
        let (actor, command) = (actor(), command_line());
        let summary = format!("load of {}", self.file.display());
        let note = note(&actor, &command, &summary);
        // A dump that cannot be read leaves no store behind.
        Database::in_memory()?.load(open()?, &note)?;
        let db = if self.db.exists() { Database::open(&self.db)? } else { Database::create(&self.db)? };
        sign.now("loading");
        let done = db.load(open()?, &note)?;
        drop(sign);
        let snapshot = db.snapshot();
        say(&format!(
            "loaded as commit {}: {} nodes, {} edges",
            done.commit,
            snapshot.node_count(),
            snapshot.edge_count()
        ));
        Ok(())
    }
}
