//! What would a data set of this size look like if nothing were behind it but size, place and tier?
//!
//! A null data set, made by chance from a seed: a forest of governments under the scheme `cn`, dated
//! changes of a few, bare dyads and arrangements with parties. It is input for benches and tests, and a
//! null to hold findings against. What is built in, and nothing else: activity has a Pareto tail
//! (exponent 4/3) and grows with the tier; partners are mostly of the same tier and of the same superior
//! or province; later years see more beginnings. Domains, mechanisms, weights and dates are independent
//! of who takes part. `docs/exchange.md` has the numbers.

mod arrangements;
mod chance;
mod codebook;
mod dates;
mod forest;
mod governments;
mod line;
mod names;
mod tables;
mod ties;
mod world;

use std::path::Path;

use crate::exchange::{ExchangeError, Licence, Metadata, write_streamed};
use crate::graph::Schema;
use crate::watch::Watch;
use chance::{SplitMix, Stream};
use tables::{BLOCK, TableFolder};
use world::World;

/// The id of the only source.
const SOURCE: &str = "synthetic";

/// What a synthetic data set shall hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SynthOptions {
    /// How many governments, at least 1; at least 3 where any shall cooperate. Default: 3,000.
    pub governments: u32,
    /// How many bare dyads (COOPERATES_WITH). Default: 20,000.
    pub ties: u64,
    /// How many arrangements. Default: 500.
    pub arrangements: u64,
    /// How many parties in all (PARTY_TO): at least two an arrangement, at most 120 and no more than there
    /// are governments. Default: 2,500.
    pub parties: u64,
    /// Where chance begins: the same options with the same seed give the same bytes. Default: 1.
    pub seed: u64,
    /// First year in which something is agreed, from 1000. Default: 1985.
    pub first_year: u16,
    /// Last year, at most 9900. Default: 2025.
    pub last_year: u16,
    /// As [`WriteOptions::overwrite`](crate::exchange::WriteOptions::overwrite). Default: no.
    pub overwrite: bool,
}

impl Default for SynthOptions {
    fn default() -> Self {
        Self {
            governments: 3_000,
            ties: 20_000,
            arrangements: 500,
            parties: 2_500,
            seed: 1,
            first_year: 1985,
            last_year: 2025,
            overwrite: false,
        }
    }
}

/// Writes a synthetic data package into a folder, which appears only when it is complete, and tells its
/// tables and their numbers of rows.
///
/// Takes some 25 bytes of memory a government, one an arrangement, and a few MiB a thread; ties and
/// parties are streamed. Its [`Watch`] is told the rows that are written, and the rows that are to be written but for those of dated
/// changes, some 2 of 100 governments.
///
/// # Errors
/// [`ExchangeError::Impossible`] where no such data set can be, [`ExchangeError::NotEmpty`],
/// [`ExchangeError::Io`], [`ExchangeError::Cancelled`].
pub fn synthesize(
    schema: &Schema,
    folder: &Path,
    options: &SynthOptions,
) -> Result<Vec<(&'static str, u64)>, ExchangeError> {
    check(options)?;
    write_streamed(schema, (folder, options.overwrite), &metadata(options), |temporary| {
        let governments = u64::from(options.governments);
        let of = 2 * governments + options.ties + options.arrangements + options.parties;
        let mut tables = TableFolder {
            folder: temporary,
            schema,
            watch: Watch::current(),
            done: 0,
            in_all: of,
            written: Vec::new(),
        };
        fill(&mut tables, options)?;
        Ok(tables.written)
    })
}

/// Writes every table.
fn fill(tables: &mut TableFolder<'_>, options: &SynthOptions) -> Result<(), ExchangeError> {
    let world = &World::new(options);
    let governments = u64::from(options.governments);
    tables.write("governments", governments, &|rows, out| governments::governments(world, rows, out))?;
    tables.write("arrangements", options.arrangements, &|rows, out| {
        arrangements::arrangements(world, rows, out)
    })?;
    tables.write("sources", 1, &|_, out| {
        let citation = format!("Synthetic data (intergov; seed {}): invented", options.seed);
        line::CsvRow::new(out)
            .text(&[SOURCE])
            .text(&[&citation])
            .empty(4)
            .text(&["CC0-1.0"])
            .empty(6)
            .finish();
        1
    })?;
    tables.write("subordination", governments, &|rows, out| governments::subordination(world, rows, out))?;
    tables.write("succession", governments, &|rows, out| governments::succession(world, rows, out))?;
    let sizes = arrangements::sizes(world, options.arrangements, options.parties);
    let first_rows: Vec<u64> = sizes
        .chunks(BLOCK as usize)
        .scan(0, |next, block| {
            let first = *next;
            *next += block.iter().map(|size| u64::from(*size)).sum::<u64>();
            Some(first)
        })
        .collect();
    tables.write("parties", options.arrangements, &|of, out| {
        let first = first_rows[(of.start / BLOCK) as usize];
        arrangements::parties(world, of, &sizes, first, out)
    })?;
    tables.write("cooperation", options.ties, &|rows, out| {
        let mut chance = SplitMix::of(options.seed, Stream::Ties, rows.start / BLOCK);
        ties::cooperation(world, rows, &mut chance, out)
    })?;
    tables.write("states", governments, &|rows, out| governments::states(world, rows, out))
}

/// Refuses what cannot be.
fn check(options: &SynthOptions) -> Result<(), ExchangeError> {
    let refuse = |what: String, remedy: String| Err(ExchangeError::Impossible { what, remedy });
    let SynthOptions { governments, ties, arrangements, parties, first_year, last_year, .. } = *options;
    if governments == 0 {
        return refuse("a data set without governments".to_owned(), "ask for one at least".to_owned());
    }
    if governments < 3 && (ties > 0 || arrangements > 0) {
        return refuse(
            format!("{governments} governments of which none is above the other (S7)"),
            "ask for three governments at least, or for no ties and arrangements".to_owned(),
        );
    }
    let most = arrangements.saturating_mul(arrangements::MOST_PARTIES.min(u64::from(governments)));
    if parties < arrangements.saturating_mul(2) || parties > most {
        return refuse(
            format!("{parties} parties of {arrangements} arrangements among {governments} governments"),
            format!("ask for {} to {most} parties", arrangements.saturating_mul(2)),
        );
    }
    if first_year < 1000 || last_year > 9900 || first_year > last_year {
        return refuse(
            format!("the years {first_year} to {last_year}"),
            "write the earlier year first, both between 1000 and 9900".to_owned(),
        );
    }
    Ok(())
}

/// What the package says of itself.
fn metadata(options: &SynthOptions) -> Metadata {
    let SynthOptions { governments, ties, arrangements, parties, seed, first_year, last_year, .. } = *options;
    Metadata {
        name: Some("synthetic".to_owned()),
        title: Some("A synthetic network of governments".to_owned()),
        description: Some(format!(
            "Null data, made by chance: governments {governments}, ties {ties}, arrangements {arrangements}, parties \
             {parties}, seed {seed}, years {first_year}..{last_year}. Every government, name and tie is invented."
        )),
        version: None,
        licences: vec![Licence { name: "CC0-1.0".to_owned(), ..Licence::default() }],
        sources: vec!["Synthetic data of intergov".to_owned()],
        settings: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_makes_the_rows_that_were_asked_for() {
        for governments in 3..=3_000 {
            let options = SynthOptions { governments, ..SynthOptions::default() };
            let world = World::new(&options);
            let most = 120.min(u64::from(governments));
            for parties in [40, 47, 20 * most - 1, 20 * most].into_iter().filter(|sum| *sum <= 20 * most) {
                let sizes = arrangements::sizes(&world, 20, parties);
                assert_eq!(sizes.iter().map(|size| u64::from(*size)).sum::<u64>(), parties, "{governments}");
                assert!(sizes.iter().all(|size| (2..=most).contains(&u64::from(*size))), "{governments}");
            }
            let sizes = arrangements::sizes(&world, 20, 60);
            let mut out = Vec::new();
            assert_eq!(arrangements::parties(&world, 0..20, &sizes, 0, &mut out), 60);
            let mut chance = SplitMix::of(1, Stream::Ties, 0);
            assert_eq!(ties::cooperation(&world, 0..20, &mut chance, &mut out), 20);
            let lines = String::from_utf8(out).unwrap_or_default();
            assert_eq!(lines.lines().count(), 80, "{governments}");
        }
    }
}
