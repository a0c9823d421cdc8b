//! From the tables of a package to one change of a graph: all or nothing.

use std::collections::BTreeMap;

use super::difference::{Difference, differences};
use super::planner::Planner;
use super::read::Package;
use super::sheet::Place;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::text::{RawTable, TextForm};
use crate::graph::{ChangeSet, Snapshot, Subject, Violation};

/// What an import does with rows that the store has already (S22). Rows are the same when table and id are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// A row whose id the store has is a fault.
    #[default]
    Create,
    /// A row replaces the row of the same id; a column that the table does not have keeps what the store
    /// holds, and so do rows that the package does not name.
    Update,
    /// New rows are added; a row whose id the store has must say the same, and then changes nothing.
    Append,
    /// As a first import of the package's tables: in each table that the package has a file for, rows
    /// that the package does not name are removed. Other tables stay.
    ReplacePackage,
}

/// When something holds of which its table gives no date at all (S31).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Undated {
    /// Always: a node without limit, an edge as long as both its ends.
    #[default]
    Always,
    /// At an unknown time (S1).
    Unknown,
}

/// How to import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// What happens to rows that the store has already. Default: [`ImportMode::Create`].
    pub mode: ImportMode,
    /// Whether an edge that outlives its government goes on at the successor: along `absorbed`, where
    /// one successor alone is named (S11). Every continuation is noted. Default: no.
    pub follow_successors: bool,
    /// Whether governments without a rank get the name of their level as an inferred rank (S21).
    /// Default: no.
    pub rank_from_level: bool,
    /// How the text of the tables is written. Default: as the files show.
    pub text: TextForm,
    /// What a table without any column of dates means. Default: its rows hold always. A row of `parties` holds while
    /// its arrangement does, whatever is said here.
    pub undated: Undated,
}

/// How many elements an import adds, changes, removes and finds as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCounts {
    /// New in the store.
    pub added: usize,
    /// In the store with other contents.
    pub changed: usize,
    /// No longer in the store.
    pub removed: usize,
    /// In the store with the same contents.
    pub unchanged: usize,
}

impl ImportCounts {
    /// So many that are new.
    pub(crate) fn of_new(added: u64) -> Self {
        Self { added: usize::try_from(added).unwrap_or(usize::MAX), ..Self::default() }
    }
}

/// What an import would do: commit its change set, or print its differences.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    pub(super) changes: ChangeSet,
    pub(super) rows: BTreeMap<Subject, Place>,
    pub(super) spell_rows: BTreeMap<(Subject, String), Place>,
    pub(super) nodes: ImportCounts,
    pub(super) edges: ImportCounts,
    pub(in crate::exchange) notes: Vec<String>,
    pub(in crate::exchange) warnings: Vec<Fault>,
}

impl ImportPlan {
    /// The change to commit; made for the snapshot that was planned on.
    #[must_use]
    pub fn changes(&self) -> &ChangeSet {
        &self.changes
    }

    /// The change to commit, on its own.
    #[must_use]
    pub fn into_changes(self) -> ChangeSet {
        self.changes
    }

    /// Counts of nodes.
    #[must_use]
    pub fn nodes(&self) -> ImportCounts {
        self.nodes
    }

    /// Counts of edges.
    #[must_use]
    pub fn edges(&self) -> ImportCounts {
        self.edges
    }

    /// What the import did beyond the rows: ties continued at a successor, ranks inferred.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What is said of the files: how text was read that is not UTF-8 or not separated by commas, and what is
    /// hardly meant, such as a government “NA” or a date 9999-12-31.
    #[must_use]
    pub fn warnings(&self) -> &[Fault] {
        &self.warnings
    }

    /// File and row from which an element came.
    #[must_use]
    pub fn place(&self, subject: Subject) -> Option<(&str, u64)> {
        self.rows.get(&subject).map(|place| (place.file.as_ref(), place.row))
    }

    /// Element by element, what would be added, changed and removed; `before` is the snapshot that was
    /// planned on.
    pub fn differences<'a>(&'a self, before: &'a Snapshot) -> impl Iterator<Item = Difference> + 'a {
        differences(before, &self.changes)
    }
}

/// Plans the import of a package into a graph.
///
/// # Errors
/// All faults at once: of files, cells, ids and references; then nothing is planned.
pub fn plan_import(
    snapshot: &Snapshot,
    package: &Package,
    options: &ImportOptions,
) -> Result<ImportPlan, ImportFaults> {
    let mut planner = Planner::new(snapshot, options);
    for fault in &package.faults {
        planner.faults.push(fault.clone());
    }
    planner.run(package);
    if let Some(folder) = package.folder.as_ref().filter(|_| package.row_count() == 0)
        && planner.faults.is_empty()
        && options.mode != ImportMode::ReplacePackage
    {
        planner.faults.push(no_row(folder));
    }
    planner.finish()
}

/// The fault of a folder whose tables have no rows.
pub(in crate::exchange) fn no_row(folder: &str) -> Fault {
    let remedy =
        "write rows into them, or name another folder; to empty tables of the store replace the package";
    Fault::new(folder, "package", "no table of this folder has a row", remedy)
}

/// Plans the import of tables that were made from another file.
pub(crate) fn plan_tables(
    snapshot: &Snapshot,
    tables: Vec<RawTable>,
    faults: Vec<Fault>,
    options: &ImportOptions,
) -> Result<ImportPlan, ImportFaults> {
    let package = Package { tables, faults, ..Package::default() };
    plan_import(snapshot, &package, options)
}

/// Where a breach of a rule stands in the package: what the rule says, at the file and row of its element.
#[must_use]
pub fn locate(plan: &ImportPlan, violation: &Violation) -> Fault {
    let column = violation.column.clone();
    let spell = column.as_ref().and_then(|column| plan.spell_rows.get(&(violation.subject, column.clone())));
    let place = spell.or_else(|| plan.rows.get(&violation.subject));
    fault_of(violation, place.map(|place| (place.file.as_ref(), place.row)), spell.is_some())
}

/// What a rule says, at a place, which may be the row of a spell.
pub(in crate::exchange) fn fault_of(violation: &Violation, at: Option<(&str, u64)>, in_spell: bool) -> Fault {
    Fault {
        file: at.map_or_else(String::new, |(file, _)| file.to_owned()),
        row: at.map(|(_, row)| row),
        column: if in_spell { Some("value".to_owned()) } else { violation.column.clone() },
        rule: violation.rule,
        message: violation.message.clone(),
        remedy: violation.remedy.clone(),
        warning: violation.warning,
        setting: None,
    }
}
