use std::path::PathBuf;

use clap::Args;

use crate::cli::context::{actor, command_line, note};
use crate::cli::failure::Failure;
use crate::cli::interrupt;
use crate::cli::output::say;
use crate::cli::progress::Progress;
use crate::database::Database;

/// Bring a store of an older program to this one's format and schema, after a backup
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  intergov migrate intergov-demo/store")]
pub(in crate::cli) struct Migrate {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// Where to write the backup [default: DB.before-migration-N.backup, N the first step]
    #[arg(long, value_name = "FILE")]
    backup: Option<PathBuf>,
}

impl Migrate {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        interrupt::in_steps();
        let sign = Progress::new(progress, "migrating");
        let (actor, command) = (actor(), command_line());
        let note = note(&actor, &command, "migration");
        let done = Database::migrate(&self.db, &note, self.backup.as_deref())?;
        interrupt::done();
        drop(sign);
        if let Some(backup) = &done.backup {
            say(&format!("the state before stands in {}", backup.display()));
        }
        for step in &done.steps {
            say(&format!("applied {} step {}: {}", step.kind, step.number, step.name));
        }
        if done.steps.is_empty() {
            say("nothing to do: the store has all steps of this program");
        }
        Ok(())
    }
}
