//! What the chunks are: the state as of the last merge and the directory of chunks.

use bincode::{Decode, Encode};

use super::engine::{Engine, Tree, Write};
use super::envelope::{Flaw, Record, read, seal};
use super::error::StoreError;

/// Entries of one part of the directory: below 48 KiB whatever they hold.
const PART_ENTRIES: usize = 1_024;

/// Trees that hold chunks.
pub(super) const TREES: usize = 4;

/// They, in the order of [`Manifest::directories`].
pub(super) const CHUNK_TREES: [Tree; TREES] = [Tree::Nodes, Tree::AdjOut, Tree::AdjIn, Tree::Index];

const STATE: &[u8] = b"state";
const GARBAGE: &[u8] = b"garbage";

/// The state of the chunks.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(super) struct StateV1 {
    /// The number in `FORMAT`.
    pub(super) store: u64,
    /// Last commit that the chunks hold; later ones lie in the log.
    pub(super) merged: u64,
    pub(super) next_node: u64,
    pub(super) next_edge: u64,
    /// Chunks from this number on were never finished and may be removed.
    pub(super) next_chunk: u64,
    /// How many labels, edge types and keys of the dictionary count.
    pub(super) names: [u32; 3],
    pub(super) nodes: u64,
    pub(super) edges: u64,
    /// Parts of each directory.
    pub(super) parts: [u32; TREES],
}

impl Record for StateV1 {}

/// One chunk: it covers the ids (of the index: the hashes) from `first` up to the next entry's `first`; the first entry also what
/// lies below. A node with more edges than fit has several entries with the same `first`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(super) struct ChunkEntryV1 {
    pub(super) first: u64,
    pub(super) chunk: u64,
    pub(super) rows: u32,
    /// Day numbers outside which nothing in it possibly holds: lets a reader skip it.
    pub(super) earliest: i32,
    pub(super) latest: i32,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct DirectoryPartV1 {
    entries: Vec<ChunkEntryV1>,
}

impl Record for DirectoryPartV1 {}

/// What a merge left behind and the next opening removes, if the process ended before it did so itself.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub(super) struct GarbageV1 {
    /// Replaced chunks of each tree.
    pub(super) chunks: [Vec<u64>; TREES],
}

impl Record for GarbageV1 {}

impl GarbageV1 {
    /// All chunks of a manifest.
    pub(super) fn of(manifest: &Manifest) -> Self {
        let chunks = manifest.directories.each_ref();
        Self { chunks: chunks.map(|entries| entries.iter().map(|entry| entry.chunk).collect()) }
    }

    /// Adds what an earlier merge left.
    pub(super) fn absorb(&mut self, left: Self) {
        for (own, left) in self.chunks.iter_mut().zip(left.chunks) {
            own.extend(left);
            own.sort_unstable();
            own.dedup();
        }
    }
}

/// State and directories together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Manifest {
    pub(super) state: StateV1,
    pub(super) directories: [Vec<ChunkEntryV1>; TREES],
}

impl Manifest {
    /// The manifest of a new store.
    pub(super) fn new(store: u64) -> Self {
        let state = StateV1 {
            store,
            merged: 0,
            next_node: 0,
            next_edge: 0,
            next_chunk: 0,
            names: [0; 3],
            nodes: 0,
            edges: 0,
            parts: [0; TREES],
        };
        Self { state, directories: Default::default() }
    }

    /// Reads it; `None` where the engine holds none.
    pub(super) fn read(engine: &Engine) -> Result<Option<Self>, StoreError> {
        let Some(state) = read::<StateV1>(engine, Tree::Meta, STATE)? else { return Ok(None) };
        let mut directories: [Vec<ChunkEntryV1>; TREES] = Default::default();
        for ((directory, tree), parts) in directories.iter_mut().zip(CHUNK_TREES).zip(state.parts) {
            for part in 0..parts {
                let key = part_key(tree, part);
                let record = read::<DirectoryPartV1>(engine, Tree::Meta, &key)?;
                let missing = || Flaw::new("this part of the directory is missing");
                let record = record.ok_or_else(|| missing().at(engine, Tree::Meta, &key))?;
                directory.extend(record.entries);
            }
            if !directory.is_sorted_by_key(|entry| entry.first) {
                let flaw = Flaw::new("the directory is not in order");
                return Err(flaw.at(engine, Tree::Meta, &part_key(tree, 0)));
            }
        }
        Ok(Some(Self { state, directories }))
    }

    /// The writes that turn a stored manifest into this one: the state and the parts that differ.
    pub(super) fn writes(&mut self, stored: Option<&Self>) -> Result<Vec<Write>, StoreError> {
        let mut writes = Vec::new();
        for (at, tree) in CHUNK_TREES.into_iter().enumerate() {
            let parts: Vec<&[ChunkEntryV1]> = self.directories[at].chunks(PART_ENTRIES).collect();
            let old: Vec<&[ChunkEntryV1]> =
                stored.map_or_else(Vec::new, |stored| stored.directories[at].chunks(PART_ENTRIES).collect());
            for (number, part) in (0..).zip(&parts) {
                if old.get(number as usize) != Some(part) {
                    let record = DirectoryPartV1 { entries: part.to_vec() };
                    writes.extend(seal(Tree::Meta, &part_key(tree, number), &record)?);
                }
            }
            for number in parts.len()..old.len() {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                writes.push(Write {
                    tree: Tree::Meta,
                    key: [&part_key(tree, number)[..], &[0, 0]].concat(),
                    value: None,
                });
            }
            self.state.parts[at] = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        }
        writes.extend(seal(Tree::Meta, STATE, &self.state)?);
        Ok(writes)
    }
}

fn part_key(tree: Tree, part: u32) -> Vec<u8> {
    [&b"manifest"[..], &[tree as u8], &part.to_be_bytes()].concat()
}

/// The entries of a directory that may hold an id, or a hash.
pub(super) fn covering(directory: &[ChunkEntryV1], id: u64) -> &[ChunkEntryV1] {
    let end = directory.partition_point(|entry| entry.first <= id);
    match directory[..end].last() {
        // What lies below the first chunk belongs to it, but there is nothing.
        None => &[],
        Some(last) => &directory[directory.partition_point(|entry| entry.first < last.first)..end],
    }
}

/// What is to be removed, where a merge left it.
pub(super) fn read_garbage(engine: &Engine) -> Result<Option<GarbageV1>, StoreError> {
    read(engine, Tree::Meta, GARBAGE)
}

/// The writes that note what is to be removed.
pub(super) fn garbage_writes(garbage: &GarbageV1) -> Result<Vec<Write>, StoreError> {
    seal(Tree::Meta, GARBAGE, garbage)
}

/// The key range of the garbage note, to remove it.
pub(super) const GARBAGE_KEY: &[u8] = GARBAGE;
