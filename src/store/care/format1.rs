//! Stores of format 1, in which the engine held everything: read as they are, and carried over to the present format.
//!
//! A migration writes segments, engine and `HEAD.2` beside what is there; then a new `FORMAT` takes the place of the
//! former one. A process killed before that leaves a store of format 1, and one killed after it a store of
//! format 2, whose `HEAD.2` the next writer renames.

use crate::store::clock::now_millis;
use crate::store::files::former_format::{self, NEXT_HEAD};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use bincode::{Decode, Encode};

use crate::store::base::Base;
use crate::store::chunks::checkpoint::{
    Folding, NewCommit, fresh_engine, keep_manifest, seal_segment, small_parts,
};
use crate::store::chunks::manifest::{CHUNK_TREES, ChunkEntryV2, Manifest};
use crate::store::chunks::segment::{Place, SegmentWriter};
use crate::store::chunks::segments::Segments;
use crate::store::chunks::state::{DIRECTORIES, StateV2};
use crate::store::engine::envelope::{Flaw, Record, fits, read};
use crate::store::engine::{Engine, Layout, Tree};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::folder;
use crate::store::files::format::{FORMAT, FORMAT_STEPS, Format, SEGMENT_BYTES};
use crate::store::files::head::{Head, Witness};
use crate::store::files::staging::sync_folder;
use crate::store::layout::records::number_of;

/// Trees that held chunks.
const TREES: usize = 4;

const STATE: &[u8] = b"state";
const GARBAGE: &[u8] = b"garbage";

const NEXT_FORMAT: &str = "FORMAT.2";

/// The state of the chunks.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct StateV1 {
    pub(in crate::store) store: u64,
    pub(in crate::store) merged: u64,
    pub(in crate::store) next_node: u64,
    pub(in crate::store) next_edge: u64,
    pub(in crate::store) next_chunk: u64,
    pub(in crate::store) names: [u32; 3],
    pub(in crate::store) nodes: u64,
    pub(in crate::store) edges: u64,
    /// Parts of each directory.
    pub(in crate::store) parts: [u32; TREES],
}

impl Record for StateV1 {}

/// One chunk: see [`ChunkEntryV2`].
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
struct ChunkEntryV1 {
    first: u64,
    chunk: u64,
    rows: u32,
    earliest: i32,
    latest: i32,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct DirectoryPartV1 {
    entries: Vec<ChunkEntryV1>,
}

impl Record for DirectoryPartV1 {}

/// Where something lies that the engine holds under a number.
fn place_of(number: u64) -> Place {
    Place { segment: 0, offset: number, bytes: 0, digest: 0 }
}

/// Reads the manifest of a store of format 1, whose blocks the engine holds; `None` if it holds none.
pub(in crate::store) fn read_manifest(engine: &Arc<Engine>) -> Result<Option<Manifest>, StoreError> {
    let Some(former) = read::<StateV1>(engine, Tree::Meta, STATE)? else { return Ok(None) };
    let mut directories: [Vec<ChunkEntryV2>; DIRECTORIES] = Default::default();
    for ((directory, tree), parts) in directories.iter_mut().zip(CHUNK_TREES).zip(former.parts) {
        let key = |part: u32| [&b"manifest"[..], &[tree as u8], &part.to_be_bytes()].concat();
        for part in 0..parts {
            let record = read::<DirectoryPartV1>(engine, Tree::Meta, &key(part))?;
            let missing = || Flaw::new("this part of the directory is missing");
            let record = record.ok_or_else(|| missing().at(engine, Tree::Meta, &key(part)))?;
            directory.extend(record.entries.iter().map(|entry| ChunkEntryV2 {
                first: entry.first,
                rows: entry.rows,
                earliest: entry.earliest,
                latest: entry.latest,
                place: place_of(entry.chunk),
            }));
        }
        if !directory.is_sorted_by_key(|entry| entry.first) {
            return Err(Flaw::new("the directory is not in order").at(engine, Tree::Meta, &key(0)));
        }
    }
    directories[crate::store::chunks::manifest::ARCHIVE] = read_archive(engine)?;
    let state = StateV2 {
        store: former.store,
        merged: former.merged,
        next_node: former.next_node,
        next_edge: former.next_edge,
        next_segment: 1,
        names: former.names,
        nodes: former.nodes,
        edges: former.edges,
        segments: Vec::new(),
        parts: Default::default(),
    };
    Ok(Some(Manifest::of(state, directories, Segments::of_engine(engine))))
}

/// The blocks of the journal: each stands under the commit of its last entry.
fn read_archive(engine: &Engine) -> Result<Vec<ChunkEntryV2>, StoreError> {
    let mut ends = BTreeSet::new();
    let mut outcome = Ok(());
    engine.scan(Tree::Archive, &[], |key, _| {
        let number = key.get(..key.len().saturating_sub(2)).unwrap_or_default();
        match number_of(number) {
            Ok(end) => drop(ends.insert(end)),
            Err(flaw) => outcome = Err(flaw.at(engine, Tree::Archive, key)),
        }
        outcome.is_ok()
    })?;
    outcome?;
    let mut first = 1;
    let entry = |end: u64| {
        let rows = u32::try_from(end + 1 - first).unwrap_or(u32::MAX);
        let entry = ChunkEntryV2 { first, rows, earliest: 0, latest: 0, place: place_of(end) };
        first = end + 1;
        entry
    };
    Ok(ends.into_iter().map(entry).collect())
}

/// Which keys of an engine of format 1 count: what the manifest refers to, without what merges left behind.
pub(in crate::store) struct Reachable {
    chunks: [BTreeSet<u64>; TREES],
    names: [u32; 3],
    merged: u64,
}

impl Reachable {
    pub(in crate::store) fn of(manifest: &Manifest) -> Self {
        let chunks =
            CHUNK_TREES.map(|tree| manifest.directory(tree).iter().map(|entry| entry.place.offset).collect());
        Self { chunks, names: manifest.state.names, merged: manifest.state.merged }
    }

    fn wants(&self, tree: Tree, key: &[u8]) -> bool {
        let number = key.first_chunk::<8>().map(|number| u64::from_be_bytes(*number));
        match tree {
            Tree::Meta => !key.starts_with(GARBAGE),
            Tree::Migrations | Tree::Journal | Tree::Archive => true,
            Tree::Dictionary => match key {
                [kind, high, low, ..] => {
                    let count = self.names.get(usize::from(*kind));
                    count.is_some_and(|count| u32::from(u16::from_be_bytes([*high, *low])) < *count)
                }
                _ => false,
            },
            Tree::Nodes | Tree::AdjOut | Tree::AdjIn | Tree::Index => {
                let place = CHUNK_TREES.iter().position(|own| *own == tree);
                place.zip(number).is_some_and(|(place, number)| self.chunks[place].contains(&number))
            }
            Tree::Log => number.is_some_and(|commit| commit > self.merged),
        }
    }

    /// Visits all that counts, tree by tree in ascending order, each value compared with its checksum.
    pub(in crate::store) fn visit(
        &self,
        engine: &Engine,
        mut take: impl FnMut(Tree, &[u8], &[u8]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for tree in Tree::ALL {
            let mut outcome = Ok(());
            engine.scan(tree, &[], |key, value| {
                if self.wants(tree, key) {
                    outcome = if fits(tree, key, value) {
                        take(tree, key, value)
                    } else {
                        Err(Flaw::new("it does not fit its checksum").at(engine, tree, key))
                    };
                }
                outcome.is_ok()
            })?;
            outcome?;
        }
        Ok(())
    }
}

/// An engine of format 1 in a folder, to be filled from a backup.
pub(in crate::store) fn empty_engine(folder: &Path, segment_bytes: usize) -> Result<Engine, StoreError> {
    fs::create_dir(folder).map_err(StoreError::io(folder))?;
    Engine::open(folder, folder, Layout { segment_bytes, trees: &Tree::ALL }, true)
}

/// What a filled engine holds.
pub(in crate::store) fn base_of(engine: &Arc<Engine>, last: u64) -> Result<Base, StoreError> {
    let manifest = read_manifest(engine)?;
    let manifest = manifest.ok_or_else(|| StoreError::corrupt(&engine.data_path(), "it holds no state"))?;
    let applied = super::migrate::applied(engine)?;
    let schema = super::migrate::schema_of(&applied);
    let schema = schema.map_err(|error| StoreError::corrupt(&engine.data_path(), error.to_string()))?;
    let catalogue = Arc::new(crate::store::load::read_catalogue(engine, &manifest, schema)?);
    Ok(Base { engine: Arc::clone(engine), folder: 0, manifest: Arc::new(manifest), catalogue, last })
}

/// Writes what a store of format 1 holds in the present format into a folder, and returns the witness of it. `new` is a
/// commit that is made with it.
pub(in crate::store) fn carry_over(
    base: &Base,
    folder: &Path,
    witness: Witness,
    new: Option<&NewCommit>,
) -> Result<Witness, StoreError> {
    let segments = Segments::folder_in(folder);
    for left in folder::others(folder, 0)?.into_iter().chain([segments.clone()]).filter(|path| path.exists())
    {
        // What a migration that was killed left: nothing refers to it.
        fs::remove_dir_all(&left).map_err(StoreError::io(&left))?;
    }
    fs::create_dir(&segments).map_err(StoreError::io(&segments))?;
    sync_folder(folder)?;
    let store = base.manifest.state.store;
    let segment = SegmentWriter::create(&segments, store, 1)?;
    let mut manifest = Manifest::clone(&base.manifest);
    seal_segment(&base.manifest, &mut manifest, segment, &mut Folding::all(&mut |_| {}))?;
    manifest.set_digest(&base.catalogue);
    let archived = manifest.archived();
    let mut writes = small_parts(base, &manifest, &base.catalogue, archived, new)?;
    if new.is_none() {
        for step in FORMAT_STEPS.iter().filter(|step| step.number > 1) {
            writes.extend(step.writes(now_millis())?);
        }
    }
    let engine = fresh_engine(folder, 1, &writes)?;
    let (commit, chain, counts) = match new {
        Some(new) => (new.commit, new.chain, new.counts),
        None => (witness.commit, witness.chain, (witness.nodes, witness.edges)),
    };
    let witness = Witness {
        commit,
        chain,
        nodes: counts.0,
        edges: counts.1,
        directory: manifest.digest,
        format: FORMAT,
        folder: 1,
        turn: 0,
        ..witness
    };
    let base = Base {
        engine: Arc::new(engine),
        folder: 1,
        manifest: Arc::new(manifest),
        catalogue: Arc::clone(&base.catalogue),
        last: commit,
    };
    keep_manifest(folder, &base, chain)?;
    Ok(witness)
}

/// Lets the present format count in a store that was carried over in its own folder.
pub(in crate::store) fn take_over(store: &Path, witness: Witness) -> Result<(), StoreError> {
    let (next_head, next_format) = (store.join(NEXT_HEAD), store.join(NEXT_FORMAT));
    for left in [&next_head, &next_format].into_iter().filter(|path| path.exists()) {
        fs::remove_file(left).map_err(StoreError::io(left))?;
    }
    Head::create(&next_head, witness)?;
    Format { format: FORMAT, segment_bytes: SEGMENT_BYTES, store: witness.store }.create(&next_format)?;
    sync_folder(store)?;
    failpoint("migrate.begun", store)?;
    fs::rename(&next_format, store.join("FORMAT")).map_err(StoreError::io(&next_format))?;
    sync_folder(store)?;
    failpoint("migrate.counts", store)?;
    former_format::finish_migration(store)
}
