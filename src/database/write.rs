//! Writing: a draft, the rules, one commit.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, PoisonError};

use super::turn::WriteGuard;
use super::{Backing, Database};
use crate::error::Error;
use crate::graph::{ChangeSet, CommitRule, Draft, Violation};
use crate::relations::TieTable;
use crate::store::{CommitNote, Committed};

/// A change that has the right to write: a [`Draft`] of the present state, which nothing else can change meanwhile.
///
/// [`Transaction::commit`] writes it, all of it or nothing; dropping it writes nothing.
///
/// ```
/// use intergov::Database;
/// use intergov::store::CommitNote;
/// use intergov::value::Validity;
///
/// let db = Database::in_memory_without_schema();
/// let mut change = db.begin()?;
/// let city = change.create_node_with(&["City"], Validity::ALWAYS, [("name", "湖州市")])?;
/// change.commit(&CommitNote::by("example"))?;
/// assert!(db.snapshot()?.node(city).is_some());
/// # Ok::<(), intergov::Error>(())
/// ```
#[derive(Debug)]
pub struct Transaction<'db> {
    database: &'db Database,
    draft: Draft<'static>,
    /// Let go last.
    _turn: WriteGuard<'db>,
}

impl Deref for Transaction<'_> {
    type Target = Draft<'static>;

    fn deref(&self) -> &Draft<'static> {
        &self.draft
    }
}

impl DerefMut for Transaction<'_> {
    fn deref_mut(&mut self) -> &mut Draft<'static> {
        &mut self.draft
    }
}

impl Transaction<'_> {
    /// Commits the change. A change of nothing makes no commit.
    ///
    /// # Errors
    /// [`Error::Rules`] with every breach, [`Error::Change`], [`Error::Store`]: nothing was written, unless the disk
    /// stopped it, which [`Error::Store`] says.
    pub fn commit(self, note: &CommitNote<'_>) -> Result<Committed, Error> {
        let Self { database, draft, _turn } = self;
        database.commit_in_turn(&draft.finish(), note, &database.rule_list())
    }
}

impl Database {
    /// Begins a change; waits until other changes are written.
    ///
    /// # Errors
    /// [`Error::Nested`] if this thread is writing to this database already; as [`Database::snapshot`].
    pub fn begin(&self) -> Result<Transaction<'_>, Error> {
        self.transaction(self.turn.wait()?)
    }

    /// Begins a change if nothing else is being written.
    ///
    /// # Errors
    /// [`Error::Busy`] if something is; as [`Database::begin`].
    pub fn try_begin(&self) -> Result<Transaction<'_>, Error> {
        self.transaction(self.turn.take()?)
    }

    fn transaction<'db>(&'db self, turn: WriteGuard<'db>) -> Result<Transaction<'db>, Error> {
        let draft = Draft::keeping(self.snapshot()?);
        Ok(Transaction { database: self, draft, _turn: turn })
    }

    /// Changes the graph: all of it or nothing. Waits until other changes are written, and gives what `change` returns.
    ///
    /// An error of `change` may be of any type that this crate's [`Error`] turns into; nothing is written then. Say
    /// which type if nothing else does: `Ok::<_, intergov::Error>(…)`.
    ///
    /// # Errors
    /// What `change` returns; as [`Database::begin`] and [`Transaction::commit`].
    pub fn write<T, E: From<Error>>(
        &self,
        note: &CommitNote<'_>,
        change: impl FnOnce(&mut Draft<'_>) -> Result<T, E>,
    ) -> Result<(T, Committed), E> {
        written(self.begin()?, note, change)
    }

    /// As [`Database::write`], if nothing else is being written.
    ///
    /// # Errors
    /// [`Error::Busy`] if something is, and `change` is not called; as [`Database::write`].
    pub fn try_write<T, E: From<Error>>(
        &self,
        note: &CommitNote<'_>,
        change: impl FnOnce(&mut Draft<'_>) -> Result<T, E>,
    ) -> Result<(T, Committed), E> {
        written(self.try_begin()?, note, change)
    }

    /// Commits a change set that was made for the present state.
    ///
    /// # Errors
    /// [`Error::Conflict`] where another commit came first, [`Error::Nested`] from within another change of this thread;
    /// as [`Transaction::commit`].
    pub fn commit(&self, changes: &ChangeSet, note: &CommitNote<'_>) -> Result<Committed, Error> {
        let _turn = self.turn.wait()?;
        self.commit_in_turn(changes, note, &self.rule_list())
    }

    /// Commits a change that these rules let pass; the caller has the right to write.
    pub(super) fn commit_in_turn(
        &self,
        changes: &ChangeSet,
        note: &CommitNote<'_>,
        rules: &[&dyn CommitRule],
    ) -> Result<Committed, Error> {
        let before = self.snapshot()?.commit();
        let committed = match &self.backing {
            Backing::Disk(store) => store.commit(changes, note, rules)?,
            Backing::Reader(reader) => reader.now().commit(changes, note, rules)?,
            Backing::Memory(_) => self.commit_in_memory(changes, rules)?,
        };
        if committed.commit > before {
            self.forget_tables(committed.commit);
            self.forget_names(&*self.snapshot()?);
            self.announce(committed.commit, Some(changes));
        }
        Ok(committed)
    }

    fn commit_in_memory(&self, changes: &ChangeSet, rules: &[&dyn CommitRule]) -> Result<Committed, Error> {
        let before = self.snapshot()?;
        if changes.is_empty() {
            return Ok(Committed { commit: before.commit(), warnings: Vec::new() });
        }
        let after = before.apply(changes)?;
        let found = rules.iter().flat_map(|rule| rule.check(&before, &after, changes));
        let (warnings, violations): (Vec<Violation>, Vec<Violation>) =
            found.partition(|violation| violation.warning);
        if !violations.is_empty() {
            return Err(Error::Rules(violations));
        }
        let commit = after.commit();
        if let Backing::Memory(snapshot) = &self.backing {
            *snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(after);
        }
        Ok(Committed { commit, warnings })
    }

    pub(super) fn rule_list(&self) -> Vec<&dyn CommitRule> {
        self.rules.iter().map(AsRef::as_ref).collect()
    }

    /// Ties of former states are asked for less often, and each table keeps its state in memory.
    fn forget_tables(&self, present: u64) {
        let is_present = |table: &TieTable| table.snapshot().commit() == present;
        self.tables().retain(|(_, table)| is_present(table));
    }
}

/// Lets a caller change the draft of a transaction, and commits it.
fn written<T, E: From<Error>>(
    mut transaction: Transaction<'_>,
    note: &CommitNote<'_>,
    change: impl FnOnce(&mut Draft<'_>) -> Result<T, E>,
) -> Result<(T, Committed), E> {
    let value = change(&mut transaction)?;
    let committed = transaction.commit(note)?;
    Ok((value, committed))
}
