//! Packages and lists into a database: read once, applied once, judged once.

use std::sync::Arc;

use super::{Backing, Database};
use crate::error::Error;
use crate::exchange::{
    BlockReader, Fault, ImportCounts, ImportFaults, ImportOptions, ImportPlan, ImportRead, ImportSource,
    draft_import, read_import,
};
use crate::graph::{CommitRule, Snapshot, Violation};
use crate::store::{BulkLoad, CommitNote, Store};
use crate::watch::{Stage, Watch};

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Number of the commit.
    pub commit: u64,
    /// Nodes added, changed, removed and found as they are.
    pub nodes: ImportCounts,
    /// Edges likewise.
    pub edges: ImportCounts,
    /// What it did beyond the rows: ties continued at a successor, ranks inferred, governments founded.
    pub notes: Vec<String>,
    /// Warnings, located in the files.
    pub warnings: Vec<Fault>,
}

/// Breaches as faults, unless all of them only warn.
fn refused(located: Vec<Fault>) -> Result<Vec<Fault>, Error> {
    if located.iter().all(|fault| fault.warning) {
        return Ok(located);
    }
    let faults: ImportFaults = located.into_iter().filter(|fault| !fault.warning).collect();
    Err(faults.into())
}

impl Imported {
    fn new(commit: u64, read: &ImportRead<'_>) -> Self {
        let (notes, warnings) = (read.notes().to_vec(), read.warnings().to_vec());
        Self { commit, nodes: read.nodes(), edges: read.edges(), notes, warnings }
    }
}

impl Database {
    /// Imports a data package, or a bare list of ties: all of it or nothing.
    ///
    /// Into an empty store on disk it is loaded with bounded memory; into any other state it is one change. What a row means,
    /// and what is wrong with it, is the same.
    ///
    /// # Errors
    /// [`Error::Import`] with every fault, also those of the rules; [`Error::Exchange`], [`Error::Store`];
    /// [`Error::Conflict`] if another commit came first; [`Error::Cancelled`] by the [`Watch`] that it runs under.
    pub fn import<'r>(
        &self,
        source: impl Into<ImportSource<'r>>,
        options: &ImportOptions,
        note: &CommitNote<'_>,
    ) -> Result<Imported, Error> {
        let watch = &Watch::current();
        let _turn = self.turn.wait()?;
        let before = self.snapshot()?;
        // A tie that goes on at a successor is found when all edges are known, which a load does not keep.
        let is_load = before.node_count() == 0 && !options.follow_successors;
        match &self.backing {
            Backing::Disk(store) if is_load => {
                self.load_import((store, &before), source.into(), options, note, watch)
            }
            _ => self.merge_import(&before, source.into(), options, note, watch),
        }
    }

    /// What an import would do; nothing is written.
    ///
    /// # Errors
    /// As [`Database::import`].
    pub fn plan<'r>(
        &self,
        source: impl Into<ImportSource<'r>>,
        options: &ImportOptions,
    ) -> Result<ImportPlan, Error> {
        let watch = &Watch::current();
        let before = self.snapshot()?;
        let (changes, read) = draft_import(&before, source.into(), options, BlockReader::new(watch))?;
        let plan = ImportPlan::new(&before, changes, &read)?;
        watch.check()?;
        watch.tell(Stage::Checking, 0, 0);
        let found: Vec<Violation> = if options.trust {
            Vec::new()
        } else {
            let rules = self.rules.iter();
            rules.flat_map(|rule| rule.check(&before, plan.after(), plan.changes())).collect()
        };
        let located = refused(read.locate(plan.after(), &found))?;
        Ok(plan.warned(located))
    }

    /// Imports into any state as one change.
    fn merge_import(
        &self,
        before: &Snapshot,
        source: ImportSource<'_>,
        options: &ImportOptions,
        note: &CommitNote<'_>,
        watch: &Watch,
    ) -> Result<Imported, Error> {
        let (changes, read) = draft_import(before, source, options, BlockReader::new(watch))?;
        watch.check()?;
        watch.tell(Stage::Checking, 0, 0);
        let rules = self.rules.iter().map(AsRef::as_ref).filter(|_| !options.trust);
        let rules: Vec<&dyn CommitRule> = rules.collect();
        match self.commit_in_turn(&changes, note, &rules) {
            Ok(committed) => {
                let mut done = Imported::new(committed.commit, &read);
                if !committed.warnings.is_empty() {
                    done.warnings.extend(read.locate(&*self.snapshot()?, &committed.warnings));
                }
                Ok(done)
            }
            Err(Error::Rules(breaches)) => {
                let errors: Vec<Violation> = breaches.into_iter().filter(|breach| !breach.warning).collect();
                let faults: ImportFaults =
                    read.locate(&before.apply(&changes)?, &errors).into_iter().collect();
                Err(faults.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Loads into an empty store.
    fn load_import(
        &self,
        (store, before): (&Store, &Arc<Snapshot>),
        source: ImportSource<'_>,
        options: &ImportOptions,
        note: &CommitNote<'_>,
        watch: &Watch,
    ) -> Result<Imported, Error> {
        let (mut load, read): (BulkLoad<'_>, _) =
            read_import((before, options), source, || store.bulk(), BlockReader::new(watch))?;
        let mut done = Imported::new(before.commit(), &read);
        if done.nodes.added == 0 && done.edges.added == 0 {
            return Ok(done);
        }
        load.finish(&mut |done, in_all| {
            watch.tell(Stage::Packing, done, in_all);
            !watch.is_cancelled()
        })?;
        watch.tell(Stage::Checking, 0, 0);
        let mut state = None;
        if !options.trust {
            let after = load.snapshot()?;
            let found: Vec<Violation> = self.rules.iter().flat_map(|rule| rule.check_whole(&after)).collect();
            done.warnings.extend(refused(read.locate(&after, &found))?);
            state = Some(after);
        }
        watch.check()?;
        done.commit = load.commit(note, state)?;
        self.announce(done.commit, None);
        Ok(done)
    }
}
