use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::output::say_done;
use crate::database::Database;
use crate::exchange::write_template;

/// Make an empty store, or with --template an empty data package with a codebook
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  intergov init mine\n  intergov init my-data --template")]
pub(in crate::cli) struct Init {
    /// Where to make it
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Write an empty data package with header rows, a codebook and an example instead of a store
    #[arg(long)]
    template: bool,
}

impl Init {
    pub(in crate::cli) fn run(&self) -> Result<(), Failure> {
        let path = self.path.display();
        if self.template {
            let schema = Database::in_memory()?;
            write_template(schema.snapshot()?.catalogue().schema(), &self.path)?;
            say_done(&format!(
                "an empty package stands in {path}; read {path}/CODEBOOK.md, fill the tables, then: intergov import DB {path}"
            ));
        } else {
            Database::create(&self.path)?;
            say_done(&format!("an empty store stands in {path}; next: intergov import {path} PACKAGE"));
        }
        Ok(())
    }
}
