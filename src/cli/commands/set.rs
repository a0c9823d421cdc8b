use std::path::PathBuf;

use clap::Args;

use crate::cli::context::Reading;
use crate::cli::failure::Failure;
use crate::relations::set_value;
use crate::value::Date;

/// Correct one value, or with --from let a state change at a date (S17)
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov set toy-store 莱芜市 note checked\n\
    \x20 intergov set toy-store 安吉县 type 'county-level city' --from 2024-06")]
pub(in crate::cli) struct Set {
    /// The store
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// A name, code or id; where ids of several labels collide, Label/id
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
        let reading = Reading::open_to_change(&self.db)?;
        let from = self.from.as_deref().map(str::parse::<Date>).transpose()?;
        let node = reading.node(&self.what, None)?;
        let mut draft = reading.snapshot.draft();
        let told = set_value(&mut draft, node, &self.key, &self.value, from)?;
        reading.commit(draft, &told)
    }
}
