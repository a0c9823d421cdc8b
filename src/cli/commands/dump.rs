use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use crate::cli::context::open_to_read;
use crate::cli::failure::Failure;
use crate::cli::output::{say_done, stdout};
use crate::cli::progress::Progress;
use crate::files::{Overwrite, refuse_taken, write_file};

/// Write everything as plain text, one element a line, in a stable order
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov dump intergov-demo/store -o everything.jsonl")]
pub(in crate::cli) struct Dump {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// The file [default: stdout]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write over a file that is there already
    #[arg(long, requires = "output")]
    overwrite: bool,
}

impl Dump {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let overwrite = Overwrite::if_asked(self.overwrite);
        if let Some(path) = &self.output {
            refuse_taken(path, overwrite)?;
        }
        // On a terminal the data themselves show that it goes on.
        let shows = self.output.is_none() && io::stdout().is_terminal();
        let sign = Progress::new(progress && !shows, "writing");
        let db = open_to_read(&self.db)?;
        let counts = match &self.output {
            Some(path) => write_file(path, overwrite, &[&self.db], |out| Ok::<_, Failure>(db.dump(out)?))?,
            None => {
                let mut out = stdout();
                let counts = db.dump(&mut out)?;
                out.flush().map_err(Failure::io("write to stdout"))?;
                counts
            }
        };
        drop(sign);
        say_done(&format!("{} nodes, {} edges", counts.nodes, counts.edges));
        Ok(())
    }
}
