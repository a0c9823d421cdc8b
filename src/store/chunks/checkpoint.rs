//! A new state of the blocks, made the store's at once: a segment, a fresh engine, and `HEAD` that names it.
//!
//! Merge, bulk commit, bulk load, compaction, repair and migration all end here. Segment and engine are written and
//! synced where nothing refers to them; then one slot of `HEAD` names the engine's new folder. A process killed
//! before that leaves the former state, and one killed after it the new one.

use super::pending::Pending;
use crate::store::clock::now_millis;
use crate::store::files::{former_format, spill};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::manifest::{BLOCK_TREES, Manifest};
use super::segment::{HEADER, SegmentWriter};
use super::segments::Segments;
use crate::files::{NewFile, Overwrite, decisive};
use crate::graph::Catalogue;
use crate::store::base::Base;
use crate::store::base::WriterState;
use crate::store::care::container::{Header, Kind, Sink, Source, header_of};
use crate::store::engine::envelope::{check_values, read_all_raw, seal, seal_raw};
use crate::store::engine::{Engine, Layout, Tree, Write};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::folder;
use crate::store::files::head::Witness;
use crate::store::files::staging::sync_folder;
use crate::store::handle::Store;
use crate::store::journal::archive::Packing;
use crate::store::layout::records::NameV1;
use crate::store::layout::records::name_key;
use crate::value::{FNV_BASIS, fnv1a};

/// The copy of what the engine holds, beside the segments.
pub(in crate::store) const MANIFEST: &str = "MANIFEST";

/// Bytes after which progress is told.
const STEP: u64 = 1 << 20;

/// A segment takes in every other one that is at most this many times as large: then their number grows with the
/// logarithm of the bytes, and a byte is copied as often as that.
const TIER: u64 = 2;

/// A commit that goes to the blocks at once.
pub(in crate::store) struct NewCommit {
    pub(in crate::store) commit: u64,
    /// Nodes and edges after it.
    pub(in crate::store) counts: (u64, u64),
    pub(in crate::store) chain: u64,
    /// Its journal entry.
    pub(in crate::store) entry: Vec<Write>,
    /// Records of migration steps, if it is a migration.
    pub(in crate::store) steps: Vec<Write>,
}

/// Which segments are written again with the new one, and what is told the bytes written meanwhile.
pub(in crate::store) struct Folding<'p> {
    /// All of them; else small ones, and those of which half is no longer referred to.
    all: bool,
    progress: &'p mut dyn FnMut(u64),
}

impl<'p> Folding<'p> {
    pub(in crate::store) fn due(progress: &'p mut dyn FnMut(u64)) -> Self {
        Self { all: false, progress }
    }

    pub(in crate::store) fn all(progress: &'p mut dyn FnMut(u64)) -> Self {
        Self { all: true, progress }
    }
}

impl Store {
    /// A segment for new blocks. Until a manifest refers to it, it is a file that the next writer removes.
    pub(in crate::store) fn new_segment(&self) -> Result<SegmentWriter, StoreError> {
        let manifest = &self.base().manifest;
        // What a merge that failed left has the same number.
        manifest.segments.remove_others(self.path())?;
        let folder = Segments::folder_in(self.path());
        SegmentWriter::create(&folder, manifest.state.store, manifest.state.next_segment)
    }

    /// Makes a manifest, whose new chunks are in `segment`, the store's.
    pub(in crate::store) fn checkpoint(
        &self,
        writer: &mut WriterState,
        mut manifest: Manifest,
        catalogue: Arc<Catalogue>,
        mut segment: SegmentWriter,
        commit: Option<NewCommit>,
        folding: &mut Folding<'_>,
    ) -> Result<(), StoreError> {
        let base = self.base();
        let packing = Packing::due(&base, (writer.archived, writer.alone), self.limits().chunk_rows)?;
        if let Some(packing) = &packing {
            packing.write_blocks(&mut segment, &mut manifest)?;
        }
        let archived = packing.map_or(writer.archived, |packing| packing.end());
        seal_segment(&base.manifest, &mut manifest, segment, folding)?;
        failpoint("checkpoint.segment", self.path())?;
        manifest.set_digest(&catalogue);

        let writes = small_parts(&base, &manifest, &catalogue, archived, commit.as_ref())?;
        let number = folder::next_number(self.path())?;
        let engine = fresh_engine(self.path(), number, &writes)?;
        failpoint("checkpoint.engine", self.path())?;

        let merged_counts = (manifest.state.nodes, manifest.state.edges);
        let (last, counts, chain) = match &commit {
            Some(new) => (new.commit, new.counts, new.chain),
            None => (base.last, writer.witnessed.unwrap_or(merged_counts), writer.chain),
        };
        let engine = match &self.quiesce {
            Some(quiesce) => engine.guarded_by(quiesce),
            None => engine,
        };
        let base =
            Base { engine: Arc::new(engine), folder: number, manifest: Arc::new(manifest), catalogue, last };
        let alone = base.alone_bytes()?;
        base.engine.begin_write()?;
        let witness = Self::witness_of(&base, writer, chain, counts);
        // What makes no commit may end before or after: either is the same graph.
        let last_steps = commit.is_some().then(|| decisive(self.path()));
        writer.write_decisive(last, |writer| {
            if let Some(head) = &mut writer.head {
                head.write_both(witness)?;
            }
            failpoint("checkpoint.witnessed", self.path())
        })?;
        writer.retry_merge_at = 0;
        (writer.chain, writer.archived, writer.witnessed) = (chain, archived, Some(counts));
        writer.alone = alone;
        drop(last_steps);
        if base.manifest.state.merged == last {
            writer.pending = Pending::default();
        }
        self.set_base(base);
        // The state stands. What cannot be removed now goes at the next opening.
        drop(self.remove_unreferenced(chain));
        Ok(())
    }

    /// Moves old entries of the journal into a block of a segment, while the log stays where it is.
    pub(in crate::store) fn pack_journal(&self, writer: &mut WriterState) -> Result<(), StoreError> {
        let base = self.base();
        let Some(packing) = Packing::due(&base, (writer.archived, writer.alone), self.limits().chunk_rows)?
        else {
            return Ok(());
        };
        let mut manifest = Manifest::clone(&base.manifest);
        let mut segment = self.new_segment()?;
        packing.write_blocks(&mut segment, &mut manifest)?;
        seal_segment(&base.manifest, &mut manifest, segment, &mut Folding::due(&mut |_| {}))?;
        failpoint("pack.segment", self.path())?;
        manifest.set_digest(&base.catalogue);
        let mut writes = manifest.writes()?;
        writes.extend(packing.removals());
        writer.write_decisive(base.last, |writer| {
            base.engine.transact(&writes)?;
            // Whatever comes now, readers of this process find the entries where they are.
            let next = Base { manifest: Arc::new(manifest), ..Base::clone(&base) };
            self.set_base(next);
            writer.archived = packing.end();
            writer.alone = writer.alone.saturating_sub(packing.alone());
            base.engine.sync()?;
            failpoint("pack.synced", self.path())?;
            // Nothing was committed; but a reader that copied meanwhile must see that something was written.
            let witness =
                writer.witnessed.map(|counts| Self::witness_of(&base, writer, writer.chain, counts));
            match writer.head.as_mut().zip(witness) {
                Some((head, witness)) => head.write(witness),
                None => Ok(()),
            }
        })?;
        drop(self.remove_unreferenced(writer.chain));
        Ok(())
    }

    pub(in crate::store) fn witness_of(
        base: &Base,
        writer: &WriterState,
        chain: u64,
        counts: (u64, u64),
    ) -> Witness {
        Witness {
            commit: base.last,
            chain,
            nodes: counts.0,
            edges: counts.1,
            store: base.manifest.state.store,
            directory: base.manifest.digest,
            schema: writer.schema,
            format: writer.format,
            folder: base.folder,
            turn: 0,
        }
    }

    /// Removes what neither `HEAD` nor the manifest names. The caller keeps readers out.
    pub(in crate::store) fn remove_unreferenced(&self, chain: u64) -> Result<(), StoreError> {
        let (base, path) = (self.base(), self.path());
        failpoint("settle.clean", path)?;
        // What it names must stay until it names what is there now.
        keep_manifest(path, &base, chain)?;
        folder::remove_others(path, base.folder)?;
        former_format::remove_leftovers(path)?;
        base.manifest.segments.remove_others(path)?;
        spill::remove(&path.join(spill::SPILL))
    }
}

/// Writes the directories to a segment whose chunks are there, with the blocks of the segments that it folds in,
/// brings it to the disk and reads it back.
pub(in crate::store) fn seal_segment(
    former: &Manifest,
    manifest: &mut Manifest,
    mut segment: SegmentWriter,
    folding: &mut Folding<'_>,
) -> Result<(), StoreError> {
    let number = segment.number();
    let folded = due(manifest, &segment, folding.all);
    let mut told = 0;
    for (tree, directory) in BLOCK_TREES.into_iter().zip(&mut manifest.directories) {
        for entry in directory.iter_mut().filter(|entry| folded.contains(&entry.place.segment)) {
            match former.segments.read_chunk(tree, &entry.place) {
                Ok(bytes) => {
                    entry.place = segment.append(&bytes)?;
                    if segment.bytes() >= told + STEP {
                        told = segment.bytes();
                        (folding.progress)(told);
                    }
                }
                // It is left where it is; nothing that is written now depends on it.
                Err(StoreError::Corrupt { .. }) if !folding.all => {}
                Err(error) => return Err(error),
            }
        }
    }
    manifest.write_directories(former, &mut segment, &|own| folded.contains(&own))?;
    manifest.state.next_segment = number + 1;
    (folding.progress)(segment.bytes());
    let added = if segment.is_empty() { None } else { Some(segment.finish()?) };
    manifest.set_segments(&former.segments, added);
    let blocks = manifest.directories.iter().flatten().map(|entry| &entry.place);
    let parts = manifest.state.parts.iter().flatten();
    for place in blocks.chain(parts).filter(|place| place.segment == number) {
        manifest.segments.read(place)?;
    }
    Ok(())
}

/// The segments whose blocks are written again.
fn due(manifest: &Manifest, segment: &SegmentWriter, all_of_them: bool) -> BTreeSet<u32> {
    let mut live: BTreeMap<u32, u64> = BTreeMap::new();
    for entry in manifest.directories.iter().flatten() {
        *live.entry(entry.place.segment).or_default() += u64::from(entry.place.bytes);
    }
    let mut all: Vec<(u64, u32)> = live.into_iter().map(|(number, bytes)| (bytes, number)).collect();
    all.retain(|(_, number)| *number != segment.number());
    all.sort_unstable();
    let sizes: BTreeMap<u32, u64> =
        manifest.state.segments.iter().map(|own| (own.number, own.bytes)).collect();
    let mut total = segment.bytes();
    let mut folded = BTreeSet::new();
    for (bytes, number) in all {
        let half_dead = sizes.get(&number).is_some_and(|size| bytes + (HEADER as u64) < size / 2);
        if all_of_them || number == 0 || half_dead || bytes <= total * TIER {
            total += bytes;
            folded.insert(number);
        }
    }
    folded
}

/// All that an engine holds beside a manifest: steps, names, and what of log and journal is not in blocks.
pub(in crate::store) fn small_parts(
    base: &Base,
    manifest: &Manifest,
    catalogue: &Catalogue,
    archived: u64,
    commit: Option<&NewCommit>,
) -> Result<Vec<Write>, StoreError> {
    let mut writes = manifest.writes()?;
    for name in catalogue.names() {
        writes.extend(seal(Tree::Dictionary, &name_key(name.kind, name.number), &NameV1::from(&name))?);
    }
    // Sealed again, for format 1 cut its records into larger parts.
    let mut after = |tree: Tree, after: Option<u64>| {
        let from = after.map_or(Vec::new(), |number| (number + 1).to_be_bytes().to_vec());
        read_all_raw(&base.engine, tree, &from, |key, version, raw| {
            writes.extend(seal_raw(tree, key, version, raw)?);
            Ok(())
        })
    };
    after(Tree::Migrations, None)?;
    after(Tree::Log, Some(manifest.state.merged))?;
    after(Tree::Journal, Some(archived))?;
    if let Some(new) = commit {
        writes.extend(new.entry.iter().chain(&new.steps).cloned());
    }
    Ok(writes)
}

/// Makes an engine of these values in a folder of a store, on the disk.
pub(in crate::store) fn fresh_engine(
    store: &Path,
    number: u32,
    writes: &[Write],
) -> Result<Engine, StoreError> {
    let folder = folder::engine_folder(store, number);
    fs::create_dir(&folder).map_err(StoreError::io(&folder))?;
    let made = fill_engine(&folder, writes);
    if made.is_err() {
        // The first error counts; the next writer removes what is left.
        drop(fs::remove_dir_all(&folder));
    }
    let engine = made?;
    sync_folder(store)?;
    Ok(engine)
}

fn fill_engine(folder: &Path, writes: &[Write]) -> Result<Engine, StoreError> {
    let engine = Engine::open(folder, folder, Layout::PRESENT, true)?;
    engine.fill(writes)?;
    engine.sync()?;
    folder::sync(folder)?;
    for tree in engine.trees() {
        check_values(&engine, *tree, |_| true)?;
    }
    Ok(engine)
}

/// A number that stands for the root of the blocks, wherever they lie.
fn root_of(manifest: &Manifest) -> Result<u64, StoreError> {
    let writes = manifest.writes()?;
    Ok(writes
        .iter()
        .filter_map(|write| write.value.as_ref())
        .fold(FNV_BASIS, |root, value| fnv1a(root, value)))
}

/// Writes the copy of what the engine holds, if the one that is there is damaged, or of another root or commit.
pub(in crate::store) fn keep_manifest(store: &Path, base: &Base, chain: u64) -> Result<(), StoreError> {
    let place = store.join(MANIFEST);
    let root = root_of(&base.manifest)?;
    let same = header_of(&place).is_ok_and(|header| {
        header.kind == Kind::Manifest && (header.root, header.witness.commit) == (root, base.last)
    });
    if same && Source::open(&place).and_then(Source::check).is_ok() {
        return Ok(());
    }
    let state = &base.manifest.state;
    let witness = Witness {
        commit: base.last,
        chain,
        nodes: state.nodes,
        edges: state.edges,
        store: state.store,
        directory: base.manifest.digest,
        schema: 0,
        format: crate::store::files::format::FORMAT,
        folder: base.folder,
        turn: 0,
    };
    let header = Header {
        witness,
        segment_bytes: 0,
        merged: state.merged,
        made_at_millis: now_millis(),
        kind: Kind::Manifest,
        root,
    };
    let mut sink = Sink::create(NewFile::create(&place, Overwrite::Yes)?, &place, header)?;
    for tree in Tree::KEPT {
        let mut outcome = Ok(());
        base.engine.scan(tree, &[], |key, value| {
            outcome = sink.append(tree, key, value);
            outcome.is_ok()
        })?;
        outcome?;
    }
    let (_, _, file) = sink.finish()?;
    failpoint("manifest.written", &place)?;
    file.install_part()?;
    failpoint("manifest.named", &place)
}
