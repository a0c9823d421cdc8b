use std::path::PathBuf;

use clap::Args;

use crate::cli::context::{actor, command_line, note};
use crate::cli::failure::Failure;
use crate::cli::output::say;
use crate::database::Database;
use crate::relations::{Kind, Names, set_value};
use crate::value::Date;

/// Correct one value, or with --from let a state change at a date (S17)
#[derive(Args, Debug)]
pub(in crate::cli) struct Set {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// An id, code or name
    #[arg(value_name = "WHAT")]
    what: String,
    /// The property
    #[arg(value_name = "KEY")]
    key: String,
    /// Its value; lists are separated by ;
    #[arg(value_name = "VALUE")]
    value: String,
    /// The first date on which it holds; the former value ends there
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
}

impl Set {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let db = Database::open(&self.db)?;
        let snapshot = db.snapshot();
        let from = self.from.as_deref().map(str::parse::<Date>).transpose()?;
        let found = Names::of(&snapshot).find(&Kind::ALL, &self.what, None)?;
        let Some(node) = snapshot.node_at(found.node) else {
            return Err(Failure::NotFound(format!("“{}” is not there", self.what)));
        };
        let mut draft = snapshot.draft();
        let told = set_value(&mut draft, node, &self.key, &self.value, from)?;
        let (actor, command) = (actor(), command_line());
        let done = db.commit(&draft.finish(), &note(&actor, &command, &told))?;
        for warning in &done.warnings {
            say(&format!("warning: {warning}"));
        }
        say(&format!("{told}; commit {}", done.commit));
        Ok(())
    }
}
