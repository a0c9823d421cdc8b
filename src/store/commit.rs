//! One transaction: validate, write, sync, witness, publish.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::archive::pack;
use super::engine::{Engine, Tree, Write};
use super::envelope::{encode, seal_raw};
use super::error::StoreError;
use super::failpoint::{clock, hit};
use super::head::{Head, Witness};
use super::journal::{BodyV1, Heading};
use super::manifest::{GarbageV1, Manifest, garbage_writes, read_garbage};
use super::merge::{Pending, clean, clean_unfinished, merge};
use super::open::Store;
use super::records::OperationsV1;
use crate::graph::limits::LOG_RECORD_BYTES;
use crate::graph::{Catalogue, ChangeSet, CommitRule, EdgeId, Snapshot, Violation};
use crate::value::{FNV_BASIS, fnv1a};

/// From so many changes on, a change is judged on one core and encoded on another.
const SIDE_BY_SIDE: usize = 256;

/// Who commits, by which command, and what in words: the heading of the journal entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitNote<'a> {
    /// Who.
    pub actor: &'a str,
    /// By which command.
    pub command: &'a str,
    /// What, in words.
    pub summary: &'a str,
}

impl CommitNote<'_> {
    /// As the journal keeps it, at this moment.
    pub(super) fn heading(&self) -> Heading<'_> {
        Heading { at_millis: now_millis(), actor: self.actor, command: self.command, summary: self.summary }
    }
}

/// What came of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Number of the commit; that of the former state where there was nothing to change.
    pub commit: u64,
    /// Warnings of the rules.
    pub warnings: Vec<Violation>,
}

/// What only the writer touches.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) head: Option<Head>,
    pub(super) chain: u64,
    pub(super) manifest: Arc<Manifest>,
    /// Names and schema as of the merged commit.
    pub(super) catalogue: Arc<Catalogue>,
    /// The last commit.
    pub(super) last: u64,
    /// The last commit whose journal entry is in a block.
    pub(super) archived: u64,
    /// Counts of nodes and edges that the witness names for the last commit, where it does.
    pub(super) witnessed: Option<(u64, u64)>,
    /// What the log touches; known once the graph is loaded.
    pub(super) pending: Pending,
    pub(super) schema: u32,
    pub(super) format: u32,
    /// The commit whose writing has begun and not ended.
    pub(super) unfinished: Option<u64>,
}

impl Writer {
    /// Does a part of the writing. Where the disk stops it, nothing more is written until the store is
    /// opened again; where something was too large, nothing was written and the next change may come.
    pub(super) fn finishing<T>(
        &mut self,
        commit: u64,
        work: impl FnOnce(&mut Self) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.unfinished = Some(commit);
        let done = work(self);
        let refused = |error: &StoreError| {
            matches!(
                error,
                StoreError::TooLarge { .. } | StoreError::Unreadable { .. } | StoreError::Change(_)
            )
        };
        if done.as_ref().err().is_none_or(refused) {
            self.unfinished = None;
        }
        done
    }
}

/// The right to write; with its end readers may copy the files again.
pub(super) struct Writing<'a> {
    writer: MutexGuard<'a, Writer>,
    engine: &'a Engine,
}

impl Deref for Writing<'_> {
    type Target = Writer;

    fn deref(&self) -> &Writer {
        &self.writer
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Writer {
        &mut self.writer
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        // What was acknowledged is on the disk; the next write tells what became of the rest.
        drop(self.engine.rest());
    }
}

impl Store {
    /// Commits a change set made for the present state.
    ///
    /// When it returns, the change is on disk and witnessed. An empty change set writes nothing.
    ///
    /// # Errors
    /// [`StoreError::Rules`] with every violation, [`StoreError::Change`] and [`StoreError::TooLarge`]:
    /// nothing was written. [`StoreError::Io`] and [`StoreError::Corrupt`]: the writing stopped; from then
    /// on the store answers [`StoreError::Unfinished`], and opening it again shows whether the commit is
    /// there.
    pub fn commit(
        &self,
        changes: &ChangeSet,
        note: &CommitNote<'_>,
        rules: &[&dyn CommitRule],
    ) -> Result<Committed, StoreError> {
        let mut writer = self.writer()?;
        let before = self.loaded_by(&mut writer)?;
        if changes.is_empty() {
            return Ok(Committed { commit: before.commit(), warnings: Vec::new() });
        }
        let after = before.apply(changes)?;
        let judge = || rules.iter().flat_map(|rule| rule.check(&before, &after, changes)).collect::<Vec<_>>();
        let heading = note.heading();
        let encode = || Encoded::of(&before, changes, &heading, self.limits().bulk_changes);
        let (found, encoded) = both(changes.len() >= SIDE_BY_SIDE, judge, encode);
        let (warnings, violations): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|violation| violation.warning);
        if !violations.is_empty() {
            return Err(StoreError::Rules(violations));
        }
        let mut touched = Pending::default();
        touched
            .note(changes, |id: EdgeId| before.edge(id).map(|edge| (edge.source().id(), edge.target().id())));
        let transaction = Transaction { after: &after, encoded, steps: Vec::new() };
        let packed = self.write(&mut writer, transaction, touched)?;
        let commit = after.commit();
        self.publish(packed.unwrap_or_else(|| Arc::new(after)));
        // The commit stands whatever comes of this: log and journal still hold what would have moved. Where it
        // stopped half-way, `finishing` has noted it; where it did not begin, the next change may come.
        drop(self.tidy(&mut writer));
        Ok(Committed { commit, warnings })
    }

    /// Merges a log and packs a journal that have grown.
    fn tidy(&self, writer: &mut Writer) -> Result<(), StoreError> {
        if writer.pending.operations > self.limits().merge_operations {
            self.merge_log(writer)?;
        }
        self.pack_journal(writer)
    }

    fn pack_journal(&self, writer: &mut Writer) -> Result<(), StoreError> {
        writer.finishing(writer.last, |writer| {
            writer.archived = pack(self.engine(), writer.archived, writer.last, self.limits().chunk_rows)?;
            Ok(())
        })
    }

    /// Moves the log into chunks now, so that the next opening has nothing to replay, and packs the journal
    /// where many of its entries stand alone.
    ///
    /// # Errors
    /// As [`Store::commit`]; the former state stays valid.
    pub fn merge(&self) -> Result<(), StoreError> {
        let mut writer = self.writer()?;
        self.merge_log(&mut writer)?;
        self.pack_journal(&mut writer)
    }

    /// The right to write; waits for the present writer of this process.
    pub(super) fn writer(&self) -> Result<Writing<'_>, StoreError> {
        // A rule that panicked leaves the writer as it was: it is changed only after a write.
        let writer = self.writer_state().lock().unwrap_or_else(PoisonError::into_inner);
        if writer.head.is_none() {
            return Err(StoreError::ReadOnly { path: self.path().to_owned() });
        }
        match writer.unfinished {
            Some(commit) => Err(StoreError::Unfinished { path: self.path().to_owned(), commit }),
            None => Ok(Writing { writer, engine: self.engine() }),
        }
    }

    /// Writes one transaction: to the log, or to the chunks where it is large; then the state after it comes
    /// back packed.
    pub(super) fn write(
        &self,
        writer: &mut Writer,
        transaction: Transaction<'_>,
        touched: Pending,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let commit = transaction.after.commit();
        writer.finishing(commit, |writer| self.write_parts(writer, transaction, touched))
    }

    fn write_parts(
        &self,
        writer: &mut Writer,
        transaction: Transaction<'_>,
        mut touched: Pending,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let commit = transaction.after.commit();
        let Encoded { operations, entry, large } = transaction.encoded;
        let log = || operations.map(|raw| seal_raw(Tree::Log, &commit.to_be_bytes(), 1, &raw)).transpose();
        let (sealed, log) = both(large, || entry.seal_after(writer.chain), log);
        let (chain, mut writes) = sealed?;
        writes.extend(transaction.steps);
        let merged = match log? {
            Some(log) => {
                writes.extend(log);
                None
            }
            None => {
                touched.absorb(&writer.pending);
                hit("bulk.begun", self.path())?;
                let merged = self.prepare_merge(writer, transaction.after, &touched)?;
                hit("bulk.chunks", self.path())?;
                writes.extend(merged.writes.iter().cloned());
                Some(merged)
            }
        };
        self.make_durable(writer, &writes, (commit, transaction.after.counts(), chain))?;
        match merged {
            Some(merged) => self.finish_merge(writer, merged).map(Some),
            None => {
                writer.pending.absorb(&touched);
                Ok(None)
            }
        }
    }

    /// Writes a commit (its number, counts of nodes and edges, hash chain) in one transaction, brings it to the
    /// disk, and then its witness.
    fn make_durable(
        &self,
        writer: &mut Writer,
        writes: &[Write],
        (commit, counts, chain): (u64, (u64, u64), u64),
    ) -> Result<(), StoreError> {
        hit("commit.begun", self.path())?;
        self.engine().transact(writes)?;
        hit("commit.logged", self.path())?;
        self.engine().sync()?;
        hit("commit.synced", self.path())?;
        let witness = Self::witness(writer, commit, counts, chain);
        if let Some(head) = &mut writer.head {
            head.write(witness)?;
        }
        hit("commit.witnessed", self.path())?;
        writer.chain = chain;
        writer.last = commit;
        writer.witnessed = Some(counts);
        Ok(())
    }

    fn merge_log(&self, writer: &mut Writer) -> Result<(), StoreError> {
        if writer.last == writer.manifest.state.merged {
            return Ok(());
        }
        let snapshot = self.loaded_by(writer)?;
        let packed = writer.finishing(snapshot.commit(), |writer| {
            let touched = writer.pending.clone();
            hit("merge.begun", self.path())?;
            let merged = self.prepare_merge(writer, &snapshot, &touched)?;
            hit("merge.chunks", self.path())?;
            self.engine().transact(&merged.writes)?;
            hit("merge.swapped", self.path())?;
            self.engine().sync()?;
            hit("merge.synced", self.path())?;
            self.finish_merge(writer, merged)
        })?;
        self.publish(packed);
        Ok(())
    }

    fn prepare_merge(
        &self,
        writer: &Writer,
        snapshot: &Snapshot,
        touched: &Pending,
    ) -> Result<Merged, StoreError> {
        clean_unfinished(self.engine(), &writer.manifest)?;
        let packed = snapshot.compact()?;
        let (manifest, garbage) =
            merge(self.engine(), &packed, touched, &writer.manifest, self.limits().chunk_rows)?;
        let (writes, turn) = self.turn_to(writer, manifest, garbage)?;
        Ok(Merged { turn, writes, packed: Arc::new(packed) })
    }

    fn finish_merge(&self, writer: &mut Writer, merged: Merged) -> Result<Arc<Snapshot>, StoreError> {
        self.take_turn(writer, merged.turn, Arc::clone(merged.packed.catalogue()))?;
        Ok(merged.packed)
    }

    /// What is written so that a manifest takes the place of the present one, of which it leaves garbage.
    pub(super) fn turn_to(
        &self,
        writer: &Writer,
        mut manifest: Manifest,
        mut garbage: GarbageV1,
    ) -> Result<(Vec<Write>, Turn), StoreError> {
        if let Some(left) = read_garbage(self.engine())? {
            garbage.absorb(left);
        }
        let mut writes = manifest.writes(Some(&writer.manifest))?;
        writes.extend(garbage_writes(&garbage)?);
        Ok((writes, Turn { manifest, garbage }))
    }

    /// Takes the manifest that was written and removes what it no longer refers to. Where that stops half-way
    /// the next opening goes on with it; where somebody still reads the chunks of before, the next merge does.
    pub(super) fn take_turn(
        &self,
        writer: &mut Writer,
        turn: Turn,
        catalogue: Arc<Catalogue>,
    ) -> Result<(), StoreError> {
        writer.manifest = Arc::new(turn.manifest);
        writer.catalogue = catalogue;
        writer.pending = Pending::default();
        hit("clean.begun", self.path())?;
        if self.is_pinned() {
            return Ok(());
        }
        clean(self.engine(), &writer.manifest, &turn.garbage)
    }

    /// Commits chunks that a bulk load wrote: one transaction moves the manifest to them alone.
    pub(super) fn take_bulk(
        &self,
        writer: &mut Writer,
        manifest: Manifest,
        catalogue: Arc<Catalogue>,
        note: &CommitNote<'_>,
    ) -> Result<u64, StoreError> {
        let commit = manifest.state.merged;
        let counts = (manifest.state.nodes, manifest.state.edges);
        let body = BodyV1::of_bulk(
            commit,
            &note.heading(),
            counts,
            (manifest.state.next_node - counts.0, manifest.state.next_edge - counts.1),
        );
        let (chain, entry) = body.seal_after(writer.chain)?;
        let (mut writes, turn) = self.turn_to(writer, manifest, GarbageV1::of(&writer.manifest))?;
        writes.extend(entry);
        writer.finishing(commit, |writer| {
            self.make_durable(writer, &writes, (commit, counts, chain))?;
            self.take_turn(writer, turn, catalogue)?;
            Ok(commit)
        })
    }

    pub(super) fn witness(writer: &Writer, commit: u64, counts: (u64, u64), chain: u64) -> Witness {
        Witness {
            commit,
            chain,
            nodes: counts.0,
            edges: counts.1,
            store: writer.manifest.state.store,
            schema: writer.schema,
            format: writer.format,
        }
    }
}

/// What is written together.
pub(super) struct Transaction<'a> {
    pub(super) after: &'a Snapshot,
    pub(super) encoded: Encoded,
    /// Records of migration steps, where it is a migration.
    pub(super) steps: Vec<Write>,
}

/// A change set as log and journal keep it.
pub(super) struct Encoded {
    /// The log record; `None` where the change is so large that it goes to the chunks at once.
    operations: Option<Vec<u8>>,
    /// The journal entry, without the hash chain.
    entry: BodyV1,
    /// Whether there is enough of it for two cores.
    large: bool,
}

/// Does two things side by side where they are large, else one after the other: waking a core takes time too.
fn both<A: Send, B: Send>(
    large: bool,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if large { rayon::join(one, other) } else { (one(), other()) }
}

impl Encoded {
    /// A change set made for `before`; of more than `most` changes there is no log record.
    pub(super) fn of(before: &Snapshot, changes: &ChangeSet, heading: &Heading<'_>, most: usize) -> Self {
        let fits = |raw: &Vec<u8>| raw.len() <= LOG_RECORD_BYTES;
        let raw = (changes.len() <= most).then(|| encode(&OperationsV1::from(changes), "the change"));
        let operations = raw.and_then(Result::ok).filter(fits);
        let digest = operations.as_deref().map(|raw| fnv1a(FNV_BASIS, raw));
        let large = changes.len() >= SIDE_BY_SIDE;
        Self { entry: BodyV1::new(before, changes, heading, digest), operations, large }
    }
}

/// A manifest on its way to become the store's, and what then goes.
pub(super) struct Turn {
    manifest: Manifest,
    garbage: GarbageV1,
}

/// A merge whose chunks are written and whose directory is not.
struct Merged {
    turn: Turn,
    writes: Vec<Write>,
    /// The state that the chunks hold.
    packed: Arc<Snapshot>,
}

/// Milliseconds since 1970-01-01T00:00:00Z by the clock of the machine.
pub(super) fn now_millis() -> i64 {
    if let Some(millis) = clock() {
        return millis;
    }
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
