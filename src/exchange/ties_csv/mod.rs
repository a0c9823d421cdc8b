//! How does a bare list of ties — from, to, when — become a graph?
//!
//! `ties.csv` is the shortest way in: one row a cooperation of two governments, named by id, code or
//! name. Each becomes a COOPERATES_WITH edge (S8); its direction is derived like any other (S6, S7).

mod table;

use std::io::Read;

use table::Translation;

use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::{ImportMode, ImportOptions, ImportPlan, plan_tables, read_table};
use crate::graph::Snapshot;
use crate::relations::Names;

/// Whether governments that the store does not know are founded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Founding {
    /// In a store without governments all are founded; in any other an unknown one is a fault.
    #[default]
    InEmptyStore,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to read a bare list of ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TiesOptions {
    /// Whether unknown governments are founded: with the text as id, code and name, scheme `local`,
    /// rank and level unknown, and no limit in time. Default: only in a store without governments.
    pub create_governments: Founding,
    /// What happens to ties that the store has already. Default: [`ImportMode::Create`].
    pub mode: ImportMode,
}

/// Plans the import of a bare list of ties.
///
/// Columns: `from`, `to` (or `source`, `target` where these two stand alone), and any of `id`,
/// `valid_from`, `valid_to`, `attested`, `year` (= from that year until the next), `domains` or `domain`,
/// `mechanism`, `weight`, `direction`, `arrangement`, `source`, `confidence`, `note`. A source that is no
/// row of the store is made one.
///
/// # Errors
/// All faults at once, with `file`, row and column.
pub fn plan_ties(
    snapshot: &Snapshot,
    file: &str,
    reader: impl Read,
    options: &TiesOptions,
) -> Result<ImportPlan, ImportFaults> {
    let mut faults = Vec::new();
    let raw = match read_table(file, reader, &mut faults) {
        Ok(raw) => raw,
        Err(error) => {
            faults.push(Fault::new(file, "file", format!("it cannot be read: {error}"), "check the file"));
            None
        }
    };
    if snapshot.catalogue().schema().edge("COOPERATES_WITH").is_none() {
        let message = "the store has no domain schema, so that ties have no meaning in it";
        faults.push(Fault::new(file, "schema", message, "make a store with `init`"));
    }
    let Some(raw) = raw else { return Err(faults.into_iter().collect()) };
    let names = Names::of(snapshot);
    let found = match options.create_governments {
        Founding::Always => true,
        Founding::Never => false,
        Founding::InEmptyStore => snapshot.nodes_with("Government").next().is_none(),
    };
    let translation = Translation::of(&raw, &names, found, &mut faults);
    let import = ImportOptions { mode: options.mode, ..ImportOptions::default() };
    plan_tables(snapshot, translation.into_tables(), faults, &import)
}
