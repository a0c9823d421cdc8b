//! The front door: how does a program open, read, write, import, export and measure a database?

mod bulk;
mod care;
mod query;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufRead, Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::analysis::{Analysis, Cell, MEASURES, Measure, Report};
use crate::error::Error;
use crate::exchange::{
    DumpCounts, ExportReport, Fault, GraphmlOptions, ImportCounts, ImportFaults, ImportOptions, ImportPlan,
    NetworkTable, NodeMeasure, Package, TableReport, TiesOptions, WriteOptions, WriteReport, dump, load,
    locate, plan_import, plan_ties, write_graphml, write_networks, write_package,
};
use crate::graph::{Catalogue, ChangeSet, CommitRule, Draft, NodeId, PointRead, Schema, Snapshot, Violation};
use crate::relations::{self, CutError, Reach, TieOptions, TieTable, TierSchemes};
use crate::store::{Access, CommitNote, Committed, SchemaStep, Store, StoreOptions};
use crate::study::{Moment, Selection, Slice, Study, Subjects};

pub use bulk::{BulkImport, BulkStage};
pub use care::Migrated;

/// Tie tables that are kept for the next question.
const KEPT_TABLES: usize = 4;

/// A graph of intergovernmental relations: on disk or in memory, with the domain's schema and rules or without.
///
/// Any number of threads may read; one writes at a time. What a [`Snapshot`] shows never changes.
///
/// Parallel work runs on threads of the library alone, so that every call may come from any thread, a worker of a
/// rayon pool too: that worker sleeps until the call is done. What the caller hands in – rules, watches, the closure of
/// [`Database::write`] – may read this database, and must not write to it.
///
/// ```
/// use intergov::Database;
/// use intergov::store::CommitNote;
/// use intergov::value::{Validity, Value};
///
/// let db = Database::in_memory()?;
/// let note = CommitNote { actor: "me", command: "example", summary: "found a province" };
/// db.write(&note, |draft| {
///     let province = draft.create_node(&["Government"], Validity::ALWAYS)?;
///     for (key, value) in [("id", "cn:320000"), ("scheme", "cn"), ("code", "cn:320000"), ("name", "江苏省")] {
///         draft.set_node(province, key, Value::text(value))?;
///     }
///     Ok(())
/// })?;
/// assert_eq!(db.snapshot()?.nodes_with("Government").count(), 1);
/// # Ok::<(), intergov::Error>(())
/// ```
pub struct Database {
    backing: Backing,
    rules: Vec<Box<dyn CommitRule>>,
    /// Held for a moment only: nothing is derived meanwhile.
    tables: Mutex<Vec<(TieOptions, Arc<TieTable>)>>,
}

enum Backing {
    Disk(Box<Store>),
    Memory { snapshot: RwLock<Arc<Snapshot>>, writer: Mutex<()> },
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Number of the commit.
    pub commit: u64,
    /// Nodes added, changed, removed and found as they are.
    pub nodes: ImportCounts,
    /// Edges likewise.
    pub edges: ImportCounts,
    /// What it did beyond the rows: ties continued at a successor, ranks inferred.
    pub notes: Vec<String>,
    /// Warnings, located in the files.
    pub warnings: Vec<Fault>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").finish_non_exhaustive()
    }
}

/// The schema steps that this program knows.
fn store_options() -> StoreOptions {
    let steps = relations::SCHEMA_STEPS.iter().map(|step| SchemaStep {
        number: step.number,
        name: step.name.to_owned(),
        text: step.text.to_owned(),
    });
    StoreOptions::with_schema(steps.collect())
}

impl Database {
    fn on(backing: Backing, rules: Vec<Box<dyn CommitRule>>) -> Self {
        Self { backing, rules, tables: Mutex::default() }
    }

    /// Makes a database with the domain's schema in a new or empty folder.
    ///
    /// # Errors
    /// [`Error::Store`] where there is anything at the path already, or the disk refuses.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let store = Store::create(path, &store_options())?;
        Ok(Self::on(Backing::Disk(Box::new(store)), relations::rules()))
    }

    /// Opens a database for reading and writing; never makes one.
    ///
    /// # Errors
    /// [`Error::Store`]: no store, locked by another process, damaged, newer than the program …
    pub fn open(path: &Path) -> Result<Self, Error> {
        let store = Store::open(path, Access::ReadWrite, &store_options())?;
        Ok(Self::on(Backing::Disk(Box::new(store)), relations::rules()))
    }

    /// Opens a database for reading, also beside a process that writes to it: the store stays byte for byte as
    /// it is. [`Database::beside`] tells which commit is seen.
    ///
    /// # Errors
    /// As [`Database::open`]; [`Error::Store`] too where a writer leaves no time to copy the store.
    pub fn open_read_only(path: &Path) -> Result<Self, Error> {
        let store = Store::open(path, Access::ReadOnly, &store_options())?;
        Ok(Self::on(Backing::Disk(Box::new(store)), relations::rules()))
    }

    /// A database in memory with the domain's schema and rules.
    ///
    /// # Errors
    /// [`Error::Schema`] where the schema that is compiled in is damaged.
    pub fn in_memory() -> Result<Self, Error> {
        let mut schema = Schema::default();
        for step in relations::SCHEMA_STEPS {
            schema.extend_from_toml(step.text)?;
        }
        Ok(Self::memory(schema, relations::rules()))
    }

    /// A database in memory without any schema: a plain property graph.
    #[must_use]
    pub fn in_memory_without_schema() -> Self {
        Self::memory(Schema::default(), Vec::new())
    }

    fn memory(schema: Schema, rules: Vec<Box<dyn CommitRule>>) -> Self {
        let empty = Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema))));
        Self::on(Backing::Memory { snapshot: RwLock::new(Arc::new(empty)), writer: Mutex::default() }, rules)
    }

    /// The present state; it never changes.
    ///
    /// # Errors
    /// [`Error::Store`] where it cannot be read from the disk.
    pub fn snapshot(&self) -> Result<Arc<Snapshot>, Error> {
        match &self.backing {
            Backing::Disk(store) => Ok(store.snapshot()?),
            Backing::Memory { snapshot, .. } => {
                Ok(Arc::clone(&snapshot.read().unwrap_or_else(PoisonError::into_inner)))
            }
        }
    }

    /// What is needed to answer about whatever a text may mean: a small graph, read without loading the store. `None`
    /// where nothing bears the text. Of a database in memory, or once the store is loaded, it is the whole graph.
    ///
    /// # Errors
    /// [`Error::Store`], [`Error::Change`] where what was read does not fit together.
    pub fn around(&self, text: &str, reach: Reach) -> Result<Option<Arc<Snapshot>>, Error> {
        let store = match &self.backing {
            Backing::Disk(store) if !store.is_loaded() => store,
            Backing::Disk(_) | Backing::Memory { .. } => return self.snapshot().map(Some),
        };
        let reader = store.reader()?;
        let found = reader.found_by(text)?;
        if found.is_empty() {
            return Ok(None);
        }
        match relations::neighbourhood(&reader, &found, reach) {
            Ok(cut) => Ok(Some(Arc::new(cut))),
            Err(CutError::Read(error)) => Err(error.into()),
            Err(CutError::Graph(error)) => Err(error.into()),
        }
    }

    /// Changes the graph: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Rules`] with every breach, what `change` returns, [`Error::Conflict`] where another commit came in
    /// between, [`Error::Store`].
    pub fn write(
        &self,
        note: &CommitNote<'_>,
        change: impl FnOnce(&mut Draft<'_>) -> Result<(), Error>,
    ) -> Result<Committed, Error> {
        let before = self.snapshot()?;
        let mut draft = before.draft();
        change(&mut draft)?;
        self.commit(&draft.finish(), note)
    }

    /// Commits a change set that was made for the present state.
    ///
    /// # Errors
    /// As [`Database::write`]; [`Error::Conflict`] where another commit came first, [`Error::Change`] where the change
    /// does not fit the state.
    pub fn commit(&self, changes: &ChangeSet, note: &CommitNote<'_>) -> Result<Committed, Error> {
        let rules: Vec<&dyn CommitRule> = self.rules.iter().map(AsRef::as_ref).collect();
        let committed = match &self.backing {
            Backing::Disk(store) => store.commit(changes, note, &rules)?,
            Backing::Memory { snapshot, writer } => {
                let _one_writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                let before = self.snapshot()?;
                let after = before.apply(changes)?;
                let found = rules.iter().flat_map(|rule| rule.check(&before, &after, changes));
                let (warnings, violations): (Vec<Violation>, Vec<Violation>) =
                    found.partition(|violation| violation.warning);
                if !violations.is_empty() {
                    return Err(Error::Rules(violations));
                }
                let commit = after.commit();
                *snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
                Committed { commit, warnings }
            }
        };
        // Nobody will ask for ties of a former state as often, and each table keeps its state in memory.
        let present = |table: &TieTable| table.snapshot().commit() == committed.commit;
        self.tables().retain(|(_, table)| present(table));
        Ok(committed)
    }

    /// The derived ties of the present state; kept for the next question.
    ///
    /// # Errors
    /// As [`Database::snapshot`].
    pub fn ties(&self, options: &TieOptions) -> Result<Arc<TieTable>, Error> {
        Ok(self.ties_of(&self.snapshot()?, options))
    }

    /// The derived ties of a state that this database gave; kept for the next question about the same state.
    ///
    /// Threads that ask at the same time derive side by side, and all get the table that was ready first.
    pub fn ties_of(&self, snapshot: &Arc<Snapshot>, options: &TieOptions) -> Arc<TieTable> {
        // The same commit may be there twice: a merge numbers its elements anew.
        let is_of = |table: &Arc<TieTable>| Arc::ptr_eq(table.snapshot(), snapshot);
        let known = |tables: &[(TieOptions, Arc<TieTable>)]| {
            let same = |(own, table): &&(TieOptions, _)| own == options && is_of(table);
            tables.iter().find(same).map(|(_, table)| Arc::clone(table))
        };
        if let Some(table) = known(&self.tables()) {
            return table;
        }
        let table = Arc::new(TieTable::derive(snapshot, &TierSchemes::of(snapshot), options));
        let mut tables = self.tables();
        if let Some(first) = known(&tables) {
            return first;
        }
        tables.retain(|(_, table)| is_of(table));
        tables.truncate(KEPT_TABLES - 1);
        tables.push((options.clone(), Arc::clone(&table)));
        table
    }

    fn tables(&self) -> MutexGuard<'_, Vec<(TieOptions, Arc<TieTable>)>> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A selection applied to the present state: which governments and which ties count at each date.
    ///
    /// # Errors
    /// [`Error::Study`] where the selection names a node that is not there.
    pub fn study(&self, selection: Selection, subjects: Subjects) -> Result<Study, Error> {
        let ties = self.ties_of(&self.snapshot()?, &selection.tie_options());
        Ok(Study::new(ties, selection, subjects)?)
    }

    /// Computes a measure of the table [`MEASURES`](crate::analysis::MEASURES) at each date.
    ///
    /// # Errors
    /// [`Error::NoMeasure`], [`Error::Report`], [`Error::Study`] where the selection names a node that is not
    /// there.
    pub fn analyze(
        &self,
        measure: &str,
        moments: &[Moment],
        selection: Selection,
        subjects: Subjects,
    ) -> Result<Report, Error> {
        let found = Measure::find(measure).ok_or_else(|| Error::NoMeasure { name: measure.to_owned() })?;
        Ok(Analysis::new(self.study(selection, subjects)?).run(found, moments)?)
    }

    /// The network of a selection at a date.
    ///
    /// # Errors
    /// [`Error::Study`].
    pub fn network(&self, moment: Moment, selection: Selection) -> Result<Arc<Slice>, Error> {
        Ok(self.study(selection, Subjects::default())?.slice(moment)?)
    }

    /// What an import of a package would do; nothing is written.
    ///
    /// # Errors
    /// [`Error::Import`] with every fault, [`Error::Exchange`].
    pub fn plan_import(&self, folder: &Path, options: &ImportOptions) -> Result<ImportPlan, Error> {
        self.checked(self.plan(folder, options)?)
    }

    /// Imports a data package: all of it or nothing.
    ///
    /// # Errors
    /// As [`Database::plan_import`], and [`Error::Store`].
    pub fn import(
        &self,
        folder: &Path,
        options: &ImportOptions,
        note: &CommitNote<'_>,
    ) -> Result<Imported, Error> {
        self.carry_out(self.plan(folder, options)?, note)
    }

    fn plan(&self, folder: &Path, options: &ImportOptions) -> Result<ImportPlan, Error> {
        let snapshot = self.snapshot()?;
        let package = Package::read_as(folder, snapshot.catalogue().schema(), &options.text)?;
        Ok(plan_import(&snapshot, &package, options)?)
    }

    /// The plan, if the rules have nothing against it.
    fn checked(&self, plan: ImportPlan) -> Result<ImportPlan, Error> {
        let before = self.snapshot()?;
        let after = before.apply(plan.changes())?;
        let breaches = self.rules.iter().flat_map(|rule| rule.check(&before, &after, plan.changes()));
        let faults: ImportFaults =
            breaches.filter(|breach| !breach.warning).map(|breach| locate(&plan, &breach)).collect();
        if faults.is_empty() { Ok(plan) } else { Err(faults.into()) }
    }

    /// Commits a plan that was made for the present state, also one that was made on another database whose
    /// state is the same, for example both empty.
    ///
    /// # Errors
    /// [`Error::Import`] with every breach of a rule, located in the files; [`Error::Conflict`] where the state is
    /// another one, [`Error::Store`].
    pub fn carry_out(&self, plan: ImportPlan, note: &CommitNote<'_>) -> Result<Imported, Error> {
        let committed = match self.commit(plan.changes(), note) {
            Ok(committed) => committed,
            Err(Error::Rules(breaches)) => {
                let errors = breaches.iter().filter(|breach| !breach.warning);
                let faults: ImportFaults = errors.map(|breach| locate(&plan, breach)).collect();
                return Err(faults.into());
            }
            Err(error) => return Err(error),
        };
        Ok(Imported {
            commit: committed.commit,
            nodes: plan.nodes(),
            edges: plan.edges(),
            notes: plan.notes().to_vec(),
            warnings: {
                let of_rules = committed.warnings.iter().map(|warning| locate(&plan, warning));
                plan.warnings().iter().cloned().chain(of_rules).collect()
            },
        })
    }

    /// What an import of a bare table of ties would do; nothing is written. `file` is its name in messages.
    ///
    /// # Errors
    /// As [`Database::plan_import`].
    pub fn plan_ties(
        &self,
        file: &str,
        reader: impl Read,
        options: &TiesOptions,
    ) -> Result<ImportPlan, Error> {
        self.checked(plan_ties(&*self.snapshot()?, file, reader, options)?)
    }

    /// Imports a bare table of ties, one pair a row: all of it or nothing.
    ///
    /// # Errors
    /// As [`Database::plan_import`], and [`Error::Store`].
    pub fn import_ties(
        &self,
        file: &str,
        reader: impl Read,
        options: &TiesOptions,
        note: &CommitNote<'_>,
    ) -> Result<Imported, Error> {
        self.carry_out(plan_ties(&*self.snapshot()?, file, reader, options)?, note)
    }

    /// Loads a dump into an empty database.
    ///
    /// # Errors
    /// [`Error::Dump`] with the line at fault, [`Error::Rules`], [`Error::Store`].
    pub fn load(&self, from: impl BufRead, note: &CommitNote<'_>) -> Result<Committed, Error> {
        let changes = load(from, &*self.snapshot()?)?;
        self.commit(&changes, note)
    }

    /// Writes the present state as text, line by line, in a stable order.
    ///
    /// # Errors
    /// [`Error::Exchange`].
    pub fn dump(&self, out: impl Write) -> Result<DumpCounts, Error> {
        Ok(dump(&*self.snapshot()?, out)?)
    }

    /// Writes governments and the ties of a selection between them, or another view, as GraphML.
    ///
    /// # Errors
    /// [`Error::Exchange`]; [`Error::Study`] where the selection names a node that is not there.
    pub fn export_graphml(
        &self,
        options: &GraphmlOptions,
        selection: Selection,
        out: impl Write,
    ) -> Result<ExportReport, Error> {
        Ok(write_graphml(&self.study(selection, Subjects::default())?, options, out)?)
    }

    /// What measures of governments say at a date, by the names of their columns: `degree`, `strength`, `betweenness`,
    /// `closeness` … as attributes for [`GraphmlOptions::measures`].
    ///
    /// # Errors
    /// [`Error::NoMeasure`] where no measure of governments has such a column; as [`Database::analyze`].
    pub fn node_measures(
        &self,
        columns: &[String],
        moment: Moment,
        selection: &Selection,
    ) -> Result<Vec<NodeMeasure>, Error> {
        let analysis = Analysis::new(self.study(selection.clone(), Subjects::default())?);
        let snapshot = Arc::clone(analysis.study().snapshot());
        let slice = analysis.study().slice(moment)?;
        let ids: HashMap<String, NodeId> = slice
            .governments
            .iter()
            .filter_map(|ix| {
                Some((analysis.study().code(*ix, moment).to_string(), snapshot.node_at(*ix)?.id()))
            })
            .collect();
        let (mut measures, mut reports) = (Vec::new(), HashMap::new());
        for name in columns {
            let measure = MEASURES.iter().find(|own| own.is_of_nodes() && own.column(name).is_some());
            let measure = measure.ok_or_else(|| Error::NoMeasure { name: name.clone() })?;
            let report = match reports.entry(measure.name) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(analysis.run(measure, &[moment])?),
            };
            let (code, value) = (report.column("code"), report.column(name));
            let values = report.rows.iter().filter_map(|row| {
                let number = match row.get(value?)?.value() {
                    Cell::Float(number) => *number,
                    Cell::Integer(number) => *number as f64,
                    _ => return None,
                };
                Some((*ids.get(&row.get(code?)?.to_string())?, number))
            });
            measures.push(NodeMeasure { name: name.clone(), values: values.collect() });
        }
        Ok(measures)
    }

    /// Writes the networks of some dates as a table for another program.
    ///
    /// # Errors
    /// [`Error::Study`] where the selection makes no network; [`Error::Exchange`] where the output cannot be written.
    pub fn export_networks(
        &self,
        moments: &[Moment],
        selection: Selection,
        table: NetworkTable,
        out: impl Write,
    ) -> Result<TableReport, Error> {
        let study = self.study(selection, Subjects::default())?;
        let slices = moments.iter().map(|moment| study.slice(*moment)).collect::<Result<Vec<_>, _>>()?;
        let slices: Vec<&Slice> = slices.iter().map(AsRef::as_ref).collect();
        Ok(write_networks(&slices, table, out)?)
    }

    /// Writes the present state as a data package.
    ///
    /// # Errors
    /// [`Error::Exchange`].
    pub fn export_package(&self, folder: &Path, options: &WriteOptions) -> Result<WriteReport, Error> {
        Ok(write_package(&*self.snapshot()?, folder, options)?)
    }

    fn store(&self, what: &'static str) -> Result<&Store, Error> {
        match &self.backing {
            Backing::Disk(store) => Ok(store),
            Backing::Memory { .. } => Err(Error::InMemory { what }),
        }
    }
}
