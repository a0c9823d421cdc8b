//! What would an import do? Its rows go to a draft, and nothing is committed.

use super::difference::{ElementChange, differences};
use super::{ImportRead, ImportSource, read_rows, settle};
use crate::exchange::fault::Fault;
use crate::exchange::package::{BlockReader, ImportCounts, ImportError, ImportOptions};
use crate::graph::{ChangeError, ChangeSet, Snapshot};

/// What an import would do: commit its change set, or print its differences.
#[derive(Clone, Debug)]
pub struct ImportPlan {
    changes: ChangeSet,
    after: Snapshot,
    nodes: ImportCounts,
    edges: ImportCounts,
    notes: Vec<String>,
    warnings: Vec<Fault>,
}

impl ImportPlan {
    /// The plan of a change that was made for a state, with the warnings of the files.
    ///
    /// # Errors
    /// As [`Snapshot::apply`].
    pub fn new(before: &Snapshot, changes: ChangeSet, read: &ImportRead<'_>) -> Result<Self, ChangeError> {
        let after = before.apply(&changes)?;
        let (nodes, edges) = (read.nodes(), read.edges());
        let (notes, warnings) = (read.notes().to_vec(), read.warnings().to_vec());
        Ok(Self { changes, after, nodes, edges, notes, warnings })
    }

    /// The state after the import.
    #[must_use]
    pub fn after(&self) -> &Snapshot {
        &self.after
    }

    /// The same plan, with further warnings.
    pub(crate) fn warned(mut self, warnings: impl IntoIterator<Item = Fault>) -> Self {
        self.warnings.extend(warnings);
        self
    }

    /// The change to commit; made for the snapshot that was planned on.
    #[must_use]
    pub fn changes(&self) -> &ChangeSet {
        &self.changes
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

    /// Element by element, what would be added, changed and removed; `before` is the snapshot that was
    /// planned on.
    pub fn differences<'a>(&'a self, before: &'a Snapshot) -> impl Iterator<Item = ElementChange> + 'a {
        differences(before, &self.changes)
    }
}

/// Reads a source into a draft of a state: the change, and what was read.
///
/// # Errors
/// As [`read_import`](super::read_import).
pub fn draft_import<'s>(
    before: &'s Snapshot,
    source: ImportSource<'_>,
    options: &'s ImportOptions,
    reader: BlockReader<'_>,
) -> Result<(ChangeSet, ImportRead<'s>), ImportError<ChangeError>> {
    let (mut draft, mut read, folder) = read_rows((before, options), source, || Ok(before.draft()), reader)?;
    read.merged.end(&mut draft, (before, options), &read.tables);
    settle(&mut read, folder)?;
    Ok((draft.finish(), read))
}
