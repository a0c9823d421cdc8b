//! One transaction: validate, write, sync, witness, publish.

use super::base::{Base, WriterState};
use super::clock::now_millis;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, MutexGuard};

use super::chunks::checkpoint::{Folding, NewCommit};
use super::chunks::manifest::Manifest;
use super::chunks::merge::merge;
use super::chunks::pending::Pending;
use super::chunks::segment::SegmentWriter;
use super::engine::envelope::{encode, seal_raw};
use super::engine::{Tree, Write};
use super::error::StoreError;
use super::failpoint::failpoint;
use super::handle::Store;
use super::journal::{BodyV1, Heading};
use super::layout::records::OperationsV1;
use crate::files::decisive;
use crate::graph::limits::LOG_RECORD_BYTES;
use crate::graph::{Catalogue, ChangeSet, CommitRule, EdgeId, Snapshot, Violation};
use crate::value::{FNV_BASIS, fnv1a};
use crate::workers;

/// From this many changes on, rules run on one core while another encodes the change.
const SIDE_BY_SIDE: usize = 256;

/// Actor, command and summary of a commit: the heading of the journal entry. Each may be empty.
///
/// ```
/// use intergov::store::CommitNote;
/// let note = CommitNote::by("explorer").saying("two cities cooperate");
/// assert_eq!((note.actor, note.command), ("explorer", ""));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommitNote<'a> {
    /// The actor.
    pub actor: &'a str,
    /// By which command.
    pub command: &'a str,
    /// What, in words.
    pub summary: &'a str,
}

impl<'a> CommitNote<'a> {
    /// A note of an actor, for example the name of the program, and of nothing else.
    #[must_use]
    pub const fn by(actor: &'a str) -> Self {
        Self { actor, command: "", summary: "" }
    }

    /// The same, with what is done in words.
    #[must_use]
    pub const fn saying(self, summary: &'a str) -> Self {
        Self { summary, ..self }
    }

    /// As the journal keeps it, at this moment.
    pub(super) fn heading(&self) -> Heading<'_> {
        Heading { at_millis: now_millis(), actor: self.actor, command: self.command, summary: self.summary }
    }
}

/// What came of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Committed {
    /// Number of the commit; that of the former state where there was nothing to change.
    pub commit: u64,
    /// Warnings of the rules.
    pub warnings: Vec<Violation>,
}

/// Write guard: dropping it lets readers copy the files again.
pub(super) struct WriteGuard<'a> {
    writer: MutexGuard<'a, WriterState>,
    store: &'a Store,
}

impl Deref for WriteGuard<'_> {
    type Target = WriterState;

    fn deref(&self) -> &WriterState {
        &self.writer
    }
}

impl DerefMut for WriteGuard<'_> {
    fn deref_mut(&mut self) -> &mut WriterState {
        &mut self.writer
    }
}

impl Drop for WriteGuard<'_> {
    fn drop(&mut self) {
        // What was acknowledged is on the disk; the next write tells what became of the rest.
        drop(self.store.base().engine.end_write());
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
        let check_rules =
            || rules.iter().flat_map(|rule| rule.check(&before, &after, changes)).collect::<Vec<_>>();
        let heading = note.heading();
        let encode = || Encoded::of(&before, changes, &heading, self.limits().bulk_changes);
        let (found, encoded) = both(changes.len() >= SIDE_BY_SIDE, check_rules, encode);
        let (warnings, violations): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|violation| violation.warning);
        if !violations.is_empty() {
            return Err(StoreError::Rules(violations));
        }
        let mut touched = Pending::default();
        touched.record(changes, |id: EdgeId| {
            before.edge(id).map(|edge| (edge.source().id(), edge.target().id()))
        });
        let transaction = Transaction { after: &after, encoded, steps: Vec::new() };
        let packed = self.write(&mut writer, transaction, touched)?;
        let commit = after.commit();
        self.publish(packed.unwrap_or_else(|| Arc::new(after)));
        // The commit stands whatever comes of this: log and journal still hold what would have moved. It is tried
        // again once as much as a tenth has come to it.
        if self.merge_if_due(&mut writer).is_err() {
            writer.retry_merge_at = writer.pending.operations + self.limits().merge_operations / 10;
        }
        Ok(Committed { commit, warnings })
    }

    /// Merges a log and packs a journal that have grown.
    fn merge_if_due(&self, writer: &mut WriterState) -> Result<(), StoreError> {
        let limits = self.limits();
        let Pending { operations, bytes, .. } = writer.pending;
        if operations < writer.retry_merge_at {
            return Ok(());
        }
        if operations > limits.merge_operations || bytes > limits.merge_bytes {
            self.merge_log(writer)?;
        }
        self.pack_journal(writer)?;
        let base = self.base();
        if base.engine.is_overgrown()? {
            let (manifest, catalogue) = (Manifest::clone(&base.manifest), Arc::clone(&base.catalogue));
            let segment = self.new_segment()?;
            self.checkpoint(writer, manifest, catalogue, segment, None, &mut Folding::due(&mut |_| {}))?;
        }
        Ok(())
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

    /// The write guard; waits for the present writer of this process.
    pub(super) fn writer(&self) -> Result<WriteGuard<'_>, StoreError> {
        let writer = self.writer_state();
        if writer.head.is_none() {
            return Err(StoreError::ReadOnly { path: self.path().to_owned() });
        }
        match writer.unfinished {
            Some(commit) => Err(StoreError::Unfinished { path: self.path().to_owned(), commit }),
            None => Ok(WriteGuard { writer, store: self }),
        }
    }

    /// Writes one transaction: to the log, or to the chunks if it is large; then the state after it comes back
    /// packed.
    pub(super) fn write(
        &self,
        writer: &mut WriterState,
        transaction: Transaction<'_>,
        mut touched: Pending,
    ) -> Result<Option<Arc<Snapshot>>, StoreError> {
        let commit = transaction.after.commit();
        let Encoded { operations, entry, large } = transaction.encoded;
        let Some(raw) = operations else {
            touched.extend(&writer.pending);
            return self
                .commit_in_bulk(writer, transaction.after, entry, transaction.steps, &touched)
                .map(Some);
        };
        let log = || seal_raw(Tree::Log, &commit.to_be_bytes(), 1, &raw);
        let (sealed, log) = both(large, || entry.seal_after(writer.chain), log);
        let ((chain, mut writes), log) = (sealed?, log?);
        let alone = bytes_of(&writes);
        touched.bytes = bytes_of(&log);
        writes.extend(transaction.steps);
        writes.extend(log);
        self.make_durable(writer, &writes, (commit, transaction.after.counts(), chain))?;
        writer.alone += alone as u64;
        writer.pending.extend(&touched);
        Ok(None)
    }

    /// Writes a commit in one transaction, brings it to the disk, and then its witness.
    fn make_durable(
        &self,
        writer: &mut WriterState,
        writes: &[Write],
        (commit, counts, chain): (u64, (u64, u64), u64),
    ) -> Result<(), StoreError> {
        let base = self.base();
        failpoint("commit.begun", self.path())?;
        let _last_steps = decisive(self.path());
        writer.write_decisive(commit, |writer| {
            base.engine.transact(writes)?;
            failpoint("commit.logged", self.path())?;
            base.engine.sync()?;
            failpoint("commit.synced", self.path())?;
            let base = Base { last: commit, ..Base::clone(&base) };
            let witness = Self::witness_of(&base, writer, chain, counts);
            if let Some(head) = &mut writer.head {
                head.write(witness)?;
            }
            failpoint("commit.witnessed", self.path())?;
            (writer.chain, writer.witnessed) = (chain, Some(counts));
            self.set_base(base);
            Ok(())
        })
    }

    /// Writes a commit to the chunks at once, with what the log holds.
    fn commit_in_bulk(
        &self,
        writer: &mut WriterState,
        after: &Snapshot,
        entry: BodyV1,
        steps: Vec<Write>,
        touched: &Pending,
    ) -> Result<Arc<Snapshot>, StoreError> {
        failpoint("bulk.begun", self.path())?;
        let Merged { manifest, segment, packed } = self.prepare_merge(after, touched)?;
        failpoint("bulk.chunks", self.path())?;
        let (chain, entry) = entry.with_directory(manifest.digest_of_chunks()).seal_after(writer.chain)?;
        let new = NewCommit { commit: after.commit(), counts: after.counts(), chain, entry, steps };
        let catalogue = Arc::clone(packed.catalogue());
        self.checkpoint(writer, manifest, catalogue, segment, Some(new), &mut Folding::due(&mut |_| {}))?;
        Ok(packed)
    }

    pub(super) fn merge_log(&self, writer: &mut WriterState) -> Result<(), StoreError> {
        let base = self.base();
        if base.last == base.manifest.state.merged {
            return Ok(());
        }
        let snapshot = self.loaded_by(writer)?;
        let touched = writer.pending.clone();
        failpoint("merge.begun", self.path())?;
        let Merged { manifest, segment, packed } = self.prepare_merge(&snapshot, &touched)?;
        failpoint("merge.chunks", self.path())?;
        let catalogue = Arc::clone(packed.catalogue());
        self.checkpoint(writer, manifest, catalogue, segment, None, &mut Folding::due(&mut |_| {}))?;
        self.publish(packed);
        Ok(())
    }

    fn prepare_merge(&self, snapshot: &Snapshot, touched: &Pending) -> Result<Merged, StoreError> {
        let packed = snapshot.compact()?;
        let mut segment = self.new_segment()?;
        let stored = &self.base().manifest;
        let manifest = merge(&mut segment, &packed, touched, stored, self.limits().chunk_rows)?;
        Ok(Merged { manifest, segment, packed: Arc::new(packed) })
    }

    /// Commits chunks that a bulk load wrote: they are all that the store then holds.
    pub(super) fn commit_loaded(
        &self,
        writer: &mut WriterState,
        manifest: Manifest,
        catalogue: Arc<Catalogue>,
        segment: SegmentWriter,
        note: &CommitNote<'_>,
    ) -> Result<u64, StoreError> {
        let commit = manifest.state.merged;
        let counts = (manifest.state.nodes, manifest.state.edges);
        let first = (manifest.state.next_node - counts.0, manifest.state.next_edge - counts.1);
        let body = BodyV1::of_bulk(commit, &note.heading(), counts, first)
            .with_directory(manifest.digest_of_chunks());
        let (chain, entry) = body.seal_after(writer.chain)?;
        let new = NewCommit { commit, counts, chain, entry, steps: Vec::new() };
        self.checkpoint(writer, manifest, catalogue, segment, Some(new), &mut Folding::due(&mut |_| {}))?;
        Ok(commit)
    }
}

/// Bytes of keys and values.
fn bytes_of(writes: &[Write]) -> usize {
    writes.iter().map(|write| write.key.len() + write.value.as_ref().map_or(0, Vec::len)).sum()
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
    /// The log record; `None` if the change is so large that it goes to the chunks at once.
    operations: Option<Vec<u8>>,
    /// The journal entry, without the hash chain.
    entry: BodyV1,
    /// Whether there is enough of it for two cores.
    large: bool,
}

/// Does two things side by side where they are large, else in turn: waking a core takes time too.
fn both<A: Send, B: Send>(
    large: bool,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    if large { workers::both(one, other) } else { (one(), other()) }
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

    /// The chain with the journal entry, and the writes of it.
    pub(super) fn entry_after(&self, chain: u64) -> Result<(u64, Vec<Write>), StoreError> {
        self.entry.clone().seal_after(chain)
    }

    /// The writes of the log record, if there is one.
    pub(super) fn log_record(&self, commit: u64) -> Result<Vec<Write>, StoreError> {
        let raw = self.operations.as_deref().unwrap_or_default();
        seal_raw(Tree::Log, &commit.to_be_bytes(), 1, raw)
    }
}

/// A merge whose chunks are written and whose directory is not.
struct Merged {
    manifest: Manifest,
    segment: SegmentWriter,
    /// The state that the chunks hold.
    packed: Arc<Snapshot>,
}
