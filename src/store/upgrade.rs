//! A store of an older program brought to what this one works with.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::backup::holds;
use super::commit::{CommitNote, Encoded, Transaction, now_millis};
use super::engine::Write;
use super::error::StoreError;
use super::failpoint::hit;
use super::merge::Pending;
use super::migrate::{AppliedStep, Step, StepKind};
use super::open::{Access, Store, StoreOptions};
use crate::graph::ChangeSet;

/// What [`Store::migrate`] did.
#[derive(Debug)]
pub struct Migration {
    /// The store, open for writing.
    pub store: Store,
    /// The steps that were applied; empty = it had them all, and nothing was written.
    pub steps: Vec<AppliedStep>,
    /// The backup of the store before them; `None` where there was nothing to do.
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
        hit("migrate.begun", path)?;
        store.apply_steps(&pending, note)?;
        hit("migrate.written", path)?;
        drop(store);
        let store = Self::open(path, Access::ReadWrite, options)?;
        let applied = store.applied_steps()?;
        let steps = applied.into_iter().filter(|step| numbers.contains(&(step.kind, step.number))).collect();
        Ok(Migration { store, steps, backup: Some(file) })
    }

    fn apply_steps(&self, pending: &[Step<'_>], note: &CommitNote<'_>) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        let before = self.loaded_by(&mut writer)?;
        let nothing = ChangeSet::from_parts(before.commit(), before.next_ids(), Vec::new(), Vec::new());
        let after = before.apply(&nothing)?;
        let mut writes: Vec<Write> = Vec::new();
        for step in pending {
            writes.extend(step.writes(now_millis())?);
            match step.kind {
                StepKind::Format => writer.format = step.number,
                StepKind::Schema => writer.schema = step.number,
            }
        }
        let transaction = Transaction {
            after: &after,
            encoded: Encoded::of(&before, &nothing, &note.heading(), self.limits().bulk_changes),
            steps: writes,
        };
        self.write(&mut writer, transaction, Pending::default()).map(drop)
    }
}

/// `DB.before-migration-2.backup` beside the store, for a step of the format `DB.before-migration-format-2.backup`.
fn backup_before(store: &Path, first: &Step<'_>) -> PathBuf {
    let kind = match first.kind {
        StepKind::Format => "format-",
        StepKind::Schema => "",
    };
    let mut name = store.file_name().map_or_else(|| OsString::from("store"), OsString::from);
    name.push(format!(".before-migration-{kind}{}.backup", first.number));
    store.with_file_name(name)
}
