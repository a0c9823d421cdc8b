//! A large package into a new database.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{Backing, Database, Imported};
use crate::error::Error;
use crate::exchange::{
    BulkError, BulkLoaded, BulkOptions, BulkProgress, Fault, ImportCounts, ImportFaults, ImportMode,
    TiesOptions, bulk_load, bulk_ties, can_bulk,
};
use crate::graph::{Snapshot, Violation};
use crate::relations;
use crate::store::{BulkLoad, CommitNote, Store, StoreError};

/// How a large package is imported.
#[derive(Clone, Copy, Debug)]
pub struct BulkImport<'c> {
    /// Calls it off soon after it has become true.
    pub cancel: &'c AtomicBool,
    /// Takes the package's word for the rules of the domain: types, codebooks and references are checked, dates
    /// against lives, hierarchy, double statements and the like are not.
    pub trust: bool,
    /// Packages and lists with fewer bytes are left to the planner. Default: 2 MiB.
    pub least_bytes: u64,
}

impl<'c> BulkImport<'c> {
    /// The defaults, to be called off by a flag.
    #[must_use]
    pub fn new(cancel: &'c AtomicBool) -> Self {
        Self { cancel, trust: false, least_bytes: 2 << 20 }
    }

    fn is_called_off(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkStage {
    /// The tables are read.
    Reading(BulkProgress),
    /// Edges are sorted and packed.
    Sorting {
        /// Edges that are packed.
        done: u64,
        /// Edges in all.
        in_all: u64,
    },
    /// The rules look at the whole graph.
    Checking,
}

impl Database {
    /// Whether [`Database::import_in_bulk`] would take a package into a new database.
    ///
    /// # Errors
    /// [`Error::Exchange`] for a folder that cannot be read, [`Error::Schema`].
    pub fn suits_bulk(folder: &Path, options: &BulkImport<'_>) -> Result<bool, Error> {
        Ok(can_bulk(folder, &relations::schema()?, options.least_bytes)?)
    }

    /// Imports a large data package into an empty store on disk, with bounded memory and on all cores. `None`
    /// where only [`Database::import`] can: the store holds something, the package is small, or has what only
    /// the planner understands.
    ///
    /// # Errors
    /// [`Error::Import`] with every fault, also those of the rules unless they are trusted; [`Error::Store`] with
    /// [`StoreError::Cancelled`] where it was called off. The store then is as it was.
    pub fn import_in_bulk(
        &self,
        folder: &Path,
        note: &CommitNote<'_>,
        options: &BulkImport<'_>,
        watch: &mut dyn FnMut(BulkStage),
    ) -> Result<Option<Imported>, Error> {
        let Backing::Disk(store) = &self.backing else { return Ok(None) };
        let before = store.snapshot()?;
        let schema = before.catalogue().schema();
        if before.node_count() > 0 || !can_bulk(folder, schema, options.least_bytes)? {
            return Ok(None);
        }
        self.in_bulk(store, note, options, watch, |load, read, progress| {
            bulk_load(folder, schema, load, read, progress)
        })
    }

    /// Imports a large bare list of ties into an empty store on disk, as [`Database::import_in_bulk`] does a package.
    /// Those with fewer bytes than [`BulkImport::least_bytes`] are left to [`Database::import_ties`].
    /// `file` is its name in messages. Files about as large as the list are made beside the store, and removed.
    ///
    /// # Errors
    /// As [`Database::import_in_bulk`].
    pub fn import_ties_in_bulk(
        &self,
        (path, file): (&Path, &str),
        ties: &TiesOptions,
        note: &CommitNote<'_>,
        options: &BulkImport<'_>,
        watch: &mut dyn FnMut(BulkStage),
    ) -> Result<Option<Imported>, Error> {
        let Backing::Disk(store) = &self.backing else { return Ok(None) };
        let before = store.snapshot()?;
        let is_new = before.node_count() == 0 && ties.mode == ImportMode::Create;
        if !is_new || !Self::suits_bulk_ties(path, options) {
            return Ok(None);
        }
        let beside = store.path().parent().filter(|folder| !folder.as_os_str().is_empty());
        let scratch = beside.unwrap_or_else(|| Path::new("."));
        self.in_bulk(store, note, options, watch, |load, read, progress| {
            bulk_ties((path, file), &before, load, (ties, read), scratch, progress)
        })
    }

    /// Whether [`Database::import_ties_in_bulk`] would take a list into a new database, as far as its size tells.
    #[must_use]
    pub fn suits_bulk_ties(path: &Path, options: &BulkImport<'_>) -> bool {
        let found = std::fs::metadata(path);
        found.is_ok_and(|found| found.is_file() && found.len() >= options.least_bytes)
    }

    /// Fills an empty store by a load and commits it.
    fn in_bulk(
        &self,
        store: &Store,
        note: &CommitNote<'_>,
        options: &BulkImport<'_>,
        watch: &mut dyn FnMut(BulkStage),
        fill: impl FnOnce(
            &mut BulkLoad<'_>,
            &BulkOptions<'_>,
            &mut dyn FnMut(BulkProgress),
        ) -> Result<BulkLoaded, BulkError<StoreError>>,
    ) -> Result<Option<Imported>, Error> {
        let _turn = self.turn.wait()?;
        let mut load = store.bulk()?;
        let read = fill(&mut load, &BulkOptions::new(options.cancel), &mut |progress| {
            watch(BulkStage::Reading(progress));
        });
        let loaded = match read {
            Ok(loaded) => loaded,
            Err(BulkError::Unsuited { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        load.finish(&mut |done, in_all| {
            watch(BulkStage::Sorting { done, in_all });
            !options.is_called_off()
        })?;
        let (nodes, edges) = (loaded.nodes(), loaded.edges());
        let (mut warnings, mut state) = (loaded.warnings().to_vec(), None);
        if !options.trust {
            watch(BulkStage::Checking);
            let snapshot = load.snapshot()?;
            warnings.extend(self.located_breaches(loaded, &snapshot)?);
            state = Some(snapshot);
        }
        if options.is_called_off() {
            return Err(StoreError::Cancelled.into());
        }
        let commit = load.commit(note, state)?;
        self.announce(commit, None);
        let (nodes, edges) = (ImportCounts::of_new(nodes), ImportCounts::of_new(edges));
        Ok(Some(Imported { commit, nodes, edges, notes: Vec::new(), warnings }))
    }

    /// What the rules say of a loaded state, at file and row: warnings, or all breaches as an error.
    fn located_breaches(&self, loaded: BulkLoaded, state: &Snapshot) -> Result<Vec<Fault>, Error> {
        let found: Vec<Violation> = self.rules.iter().flat_map(|rule| rule.check_whole(state)).collect();
        let located = loaded.locate(state, &found)?;
        if located.iter().all(|fault| fault.warning) {
            return Ok(located);
        }
        let faults: ImportFaults = located.into_iter().filter(|fault| !fault.warning).collect();
        Err(faults.into())
    }
}
