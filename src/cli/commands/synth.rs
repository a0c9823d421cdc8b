use std::path::PathBuf;

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::output::{say, say_done};
use crate::cli::period;
use crate::cli::progress::Progress;
use crate::database::Database;
use crate::synth::{SynthOptions, synthesize};
use crate::value::{Date, Precision};

/// Write a synthetic data package of any size, made by chance from a seed: null data for tests and studies
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n\
    \x20 intergov synth null-data\n\
    \x20 intergov synth big --governments 40000 --ties 400000 --arrangements 4000 --parties 20000")]
pub(in crate::cli) struct Synth {
    /// The folder to write
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Number of governments, in tiers from the nation to the villages
    #[arg(long, value_name = "N", default_value_t = SynthOptions::default().governments)]
    governments: u32,
    /// Number of bare dyads (COOPERATES_WITH)
    #[arg(long, value_name = "M", default_value_t = SynthOptions::default().ties)]
    ties: u64,
    /// Number of arrangements
    #[arg(long, value_name = "A", default_value_t = SynthOptions::default().arrangements)]
    arrangements: u64,
    /// Number of parties of all arrangements: 2 to 120 each
    #[arg(long, value_name = "P", default_value_t = SynthOptions::default().parties)]
    parties: u64,
    /// Where chance begins; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = SynthOptions::default().seed)]
    seed: u64,
    /// First and last year in which something is agreed
    #[arg(long, value_name = "A..B", default_value = "1985..2025")]
    years: String,
    /// Replace the tables of a folder that is not empty; what else is in it stays
    #[arg(long)]
    overwrite: bool,
}

impl Synth {
    pub(in crate::cli) fn run(&self, progress: bool) -> Result<(), Failure> {
        let (first_year, last_year) = self.years()?;
        let options = SynthOptions {
            governments: self.governments,
            ties: self.ties,
            arrangements: self.arrangements,
            parties: self.parties,
            seed: self.seed,
            first_year,
            last_year,
            overwrite: self.overwrite,
        };
        let schema = Database::in_memory()?;
        let bar = Progress::new(progress, "writing");
        let schema = schema.snapshot()?;
        let write = || synthesize(schema.catalogue().schema(), &self.out, &options);
        let tables = bar.watch().run(write)?;
        drop(bar);
        for (table, rows) in tables {
            say(&format!("{rows:>12} {table}"));
        }
        let out = self.out.display();
        say_done(&format!("a package of invented data stands in {out}; next: intergov import DB {out}"));
        Ok(())
    }

    fn years(&self) -> Result<(u16, u16), Failure> {
        let (first, last) = period::range("--years", &self.years)?;
        let year = |date: Date| date.first_day().year().and_then(|year| u16::try_from(year).ok());
        let years = year(first).zip(year(last)).filter(|_| first.precision() == Precision::Year);
        let wrong =
            || Failure::Usage(format!("--years {} is not a range of years; write 1985..2025", self.years));
        years.filter(|_| last.precision() == Precision::Year).ok_or_else(wrong)
    }
}
