//! A store of an older program brought to what this one works with.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::backup::holds;
use super::format1;
use super::migrate::{AppliedStep, add_new};
use crate::graph::{ChangeSet, Snapshot};
use crate::store::care::steps::{Step, StepKind};
use crate::store::chunks::checkpoint::NewCommit;
use crate::store::chunks::pending::Pending;
use crate::store::clock::now_millis;
use crate::store::commit::{CommitNote, Encoded, Transaction};
use crate::store::engine::Write;
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::head::Witness;
use crate::store::handle::{Access, Store, StoreOptions};

/// What [`Store::migrate`] did.
#[derive(Debug)]
pub struct Migration {
    /// The store, open for writing.
    pub store: Store,
    /// The steps that were applied; empty = it had them all, and nothing was written.
    pub steps: Vec<AppliedStep>,
    /// The backup of the store before them; `None` if there was nothing to do.
    pub backup: Option<PathBuf>,
}

impl Store {
    /// Opens a store of an older program and applies the steps that it has not yet, each recorded, as one
    /// commit: a process killed meanwhile has applied all of them or none, and the next one goes on.
    ///
    /// A backup is written before: to `backup`, or beside the store as `DB.before-migration-N.backup` with
    /// the number of the first step. A whole backup of the same state that is there already is kept, so that
    /// a killed migration can be begun again.
    ///
    /// # Errors
    /// As [`Store::open`], [`Store::backup`] and [`Store::commit`].
    pub fn migrate(
        path: &Path,
        options: &StoreOptions,
        note: &CommitNote<'_>,
        backup: Option<&Path>,
    ) -> Result<Migration, StoreError> {
        let steps = options.steps();
        let (store, pending) = Self::open_any(path, Access::ReadWrite, options, &steps)?;
        let Some(first) = pending.first() else {
            return Ok(Migration { store, steps: Vec::new(), backup: None });
        };
        let file = backup.map_or_else(|| backup_before(path, first), Path::to_owned);
        if !file.exists() {
            store.backup(&file, &mut |_| {})?;
        } else if !holds(&file, &store)? {
            return Err(StoreError::AlreadyExists { path: file });
        }
        let numbers: Vec<(StepKind, u32)> = pending.iter().map(|step| (step.kind, step.number)).collect();
        store.check_texts(&pending)?;
        if first.kind == StepKind::Format {
            store.leave_format_1(&pending, note)?;
        } else {
            failpoint("migrate.begun", path)?;
            store.apply_steps(&pending, note)?;
        }
        failpoint("migrate.written", path)?;
        drop(store);
        let store = Self::open(path, Access::ReadWrite, options)?;
        let applied = store.applied_steps()?;
        let steps = applied.into_iter().filter(|step| numbers.contains(&(step.kind, step.number))).collect();
        Ok(Migration { store, steps, backup: Some(file) })
    }

    /// Whether the texts of the steps can be read and fit the schema: what is recorded is read at every opening from
    /// then on.
    fn check_texts(&self, pending: &[Step<'_>]) -> Result<(), StoreError> {
        let mut schema = self.base().catalogue.schema().clone();
        let readable = add_new(&mut schema, pending);
        readable.map_err(|source| StoreError::Migration { path: self.path().to_owned(), source })
    }

    fn apply_steps(&self, pending: &[Step<'_>], note: &CommitNote<'_>) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        let before = self.loaded_by(&mut writer)?;
        let nothing = nothing_on(&before);
        let after = before.apply(&nothing)?;
        let mut writes: Vec<Write> = Vec::new();
        for step in pending {
            writes.extend(step.writes(now_millis())?);
            if step.kind == StepKind::Schema {
                writer.schema = step.number;
            }
        }
        let encoded = Encoded::of(&before, &nothing, &note.heading(), self.limits().bulk_changes);
        let transaction = Transaction { after: &after, encoded, steps: writes };
        self.write(&mut writer, transaction, Pending::default()).map(drop)
    }

    /// Writes a store of format 1 in the present format, with all steps that are pending, as one commit.
    fn leave_format_1(&self, pending: &[Step<'_>], note: &CommitNote<'_>) -> Result<(), StoreError> {
        let mut writer = self.writer_state();
        let before = self.loaded_by(&mut writer)?;
        let base = self.base();
        let nothing = nothing_on(&before);
        let (commit, counts) = (base.last + 1, before.counts());
        let encoded = Encoded::of(&before, &nothing, &note.heading(), self.limits().bulk_changes);
        let (chain, mut entry) = encoded.entry_after(writer.chain)?;
        entry.extend(encoded.log_record(commit)?);
        let mut steps = Vec::new();
        let mut witness = Witness { schema: writer.schema, ..self.witnessed };
        for step in pending {
            steps.extend(step.writes(now_millis())?);
            if step.kind == StepKind::Schema {
                witness.schema = step.number;
            }
        }
        let new = NewCommit { commit, counts, chain, entry, steps };
        let witness = format1::carry_over(&base, self.path(), witness, Some(&new))?;
        if let Some(quiesce) = &self.quiesce {
            quiesce.begin_write()?;
        }
        let taken = format1::take_over(self.path(), witness);
        if let Some(quiesce) = &self.quiesce {
            quiesce.end_write()?;
        }
        taken
    }
}

/// A change set that changes nothing.
fn nothing_on(before: &Snapshot) -> ChangeSet {
    ChangeSet::from_parts(before.commit(), before.next_ids(), Vec::new(), Vec::new())
}

/// `DB.before-migration-2.backup` beside the store, for a step of the format or of a program's own
/// `DB.before-migration-format-2.backup` and `DB.before-migration-own-2.backup`.
fn backup_before(store: &Path, first: &Step<'_>) -> PathBuf {
    let kind = match first.kind {
        StepKind::Format => "format-",
        StepKind::Schema => "",
        StepKind::Own => "own-",
    };
    let mut name = store.file_name().map_or_else(|| OsString::from("store"), OsString::from);
    name.push(format!(".before-migration-{kind}{}.backup", first.number));
    store.with_file_name(name)
}
