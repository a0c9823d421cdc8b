//! What the blocks are: the state as of the last merge, the directory of blocks, and the open segments they lie in.

use super::state::{DIRECTORIES, STATE, StateV2};
use std::sync::Arc;

use bincode::{Decode, Encode};

use super::segment::{Place, SegmentWriter};
use super::segments::Segments;
use crate::graph::Catalogue;
use crate::store::engine::envelope::{Flaw, Record, pack_block, read, unpack_block};
use crate::store::engine::{Engine, Tree, Write};
use crate::store::error::StoreError;
use crate::value::{FNV_BASIS, fnv1a};

/// Entries of one part of a directory.
const PART_ENTRIES: usize = 1_024;

/// They, in the order of [`Manifest::directories`]: chunks of the graph, and packed blocks of the journal.
pub(in crate::store) const BLOCK_TREES: [Tree; DIRECTORIES] =
    [Tree::Nodes, Tree::AdjOut, Tree::AdjIn, Tree::Index, Tree::Archive];

/// Those of them that hold the graph.
pub(in crate::store) const CHUNK_TREES: [Tree; 4] = [Tree::Nodes, Tree::AdjOut, Tree::AdjIn, Tree::Index];

/// Where the blocks of the journal stand in [`Manifest::directories`].
pub(in crate::store) const ARCHIVE: usize = 4;

/// One block: it covers the ids (of the index: the hashes; of the journal: the commits) from `first` up to the next
/// entry's `first`; the first entry also what lies below. A node with more edges than fit has several entries with
/// the same `first`.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct ChunkEntryV2 {
    pub(in crate::store) first: u64,
    pub(in crate::store) rows: u32,
    /// Day numbers outside which nothing in it possibly holds: lets a reader skip it.
    pub(in crate::store) earliest: i32,
    pub(in crate::store) latest: i32,
    pub(in crate::store) place: Place,
}

#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct DirectoryPartV2 {
    entries: Vec<ChunkEntryV2>,
}

impl Record for DirectoryPartV2 {
    const VERSION: u8 = 2;
}

/// State and directories together, and the segments that they refer to, open.
#[derive(Clone, Debug)]
pub(in crate::store) struct Manifest {
    pub(in crate::store) state: StateV2,
    pub(in crate::store) directories: [Vec<ChunkEntryV2>; DIRECTORIES],
    pub(in crate::store) segments: Segments,
    /// What [`Manifest::set_digest`] noted; 0 before.
    pub(in crate::store) digest: u64,
}

impl Manifest {
    /// The manifest of a new store.
    pub(in crate::store) fn new(store: u64) -> Self {
        let state = StateV2 {
            store,
            merged: 0,
            next_node: 0,
            next_edge: 0,
            next_segment: 1,
            names: [0; 3],
            nodes: 0,
            edges: 0,
            segments: Vec::new(),
            parts: Default::default(),
        };
        Self::of(state, Default::default(), Segments::default())
    }

    pub(in crate::store) fn of(
        state: StateV2,
        directories: [Vec<ChunkEntryV2>; DIRECTORIES],
        segments: Segments,
    ) -> Self {
        Self { state, directories, segments, digest: 0 }
    }

    /// Notes the number by which `HEAD` knows the state: it stands for all chunks of the graph, the names that they
    /// use, and what the state counts, wherever they lie. Parts of two copies that went different ways are noticed
    /// by it.
    pub(in crate::store) fn set_digest(&mut self, catalogue: &Catalogue) {
        let StateV2 { merged, next_node, next_edge, nodes, edges, .. } = self.state;
        let mut digest = self.digest_of_chunks();
        for number in [merged, next_node, next_edge, nodes, edges] {
            digest = fnv1a(digest, &number.to_le_bytes());
        }
        for name in catalogue.names() {
            digest = fnv1a(digest, &name.number.to_le_bytes());
            digest = fnv1a(digest, &(name.text.len() as u64).to_le_bytes());
            digest = fnv1a(digest, name.text.as_bytes());
        }
        self.digest = digest;
    }

    /// Reads it; `None` if the engine holds none. Of `open` it keeps the segments that it refers to.
    pub(in crate::store) fn read(engine: &Engine, open: &Segments) -> Result<Option<Self>, StoreError> {
        let Some(state) = read::<StateV2>(engine, Tree::Meta, STATE)? else { return Ok(None) };
        let segments = open.named(&state)?;
        let mut directories: [Vec<ChunkEntryV2>; DIRECTORIES] = Default::default();
        for (directory, parts) in directories.iter_mut().zip(&state.parts) {
            for place in parts {
                let part: DirectoryPartV2 = segments.read(place).and_then(|bytes| {
                    unpack_block(&bytes).map_err(|flaw: Flaw| segments.damaged(place, &flaw.0))
                })?;
                directory.extend(part.entries);
            }
            if !directory.is_sorted_by_key(|entry| entry.first) {
                return Err(Flaw::new("the directory is not in order").at(engine, Tree::Meta, STATE));
            }
        }
        Ok(Some(Self::of(state, directories, segments)))
    }

    /// The entries of a tree.
    pub(in crate::store) fn directory(&self, tree: Tree) -> &[ChunkEntryV2] {
        let at = BLOCK_TREES.iter().position(|own| *own == tree);
        at.map_or(&[], |at| &self.directories[at])
    }

    /// A number that stands for all chunks of the graph and their order, wherever they lie: the journal names it
    /// where a commit went to the chunks at once.
    pub(in crate::store) fn digest_of_chunks(&self) -> u64 {
        let mut digest = FNV_BASIS;
        for (tree, directory) in CHUNK_TREES.into_iter().zip(&self.directories) {
            digest = fnv1a(digest, &[tree as u8]);
            for ChunkEntryV2 { first, rows, place, .. } in directory {
                let mut bytes = [0; 20];
                bytes[..8].copy_from_slice(&first.to_le_bytes());
                bytes[8..12].copy_from_slice(&rows.to_le_bytes());
                bytes[12..16].copy_from_slice(&place.bytes.to_le_bytes());
                bytes[16..].copy_from_slice(&place.digest.to_le_bytes());
                digest = fnv1a(digest, &bytes);
            }
        }
        digest
    }

    /// Writes the parts of the directories that differ from those of `former` to a segment, and notes where all
    /// of them lie.
    pub(in crate::store) fn write_directories(
        &mut self,
        former: &Self,
        segment: &mut SegmentWriter,
        replaced: &dyn Fn(u32) -> bool,
    ) -> Result<(), StoreError> {
        for (at, directory) in self.directories.iter().enumerate() {
            let old: Vec<&[ChunkEntryV2]> = former.directories[at].chunks(PART_ENTRIES).collect();
            let mut places = Vec::with_capacity(directory.len().div_ceil(PART_ENTRIES));
            for (number, part) in directory.chunks(PART_ENTRIES).enumerate() {
                let kept = former.state.parts[at].get(number).filter(|place| {
                    old.get(number) == Some(&part) && !replaced(place.segment) && place.segment > 0
                });
                places.push(match kept {
                    Some(place) => *place,
                    None => segment.append(&pack_block(&DirectoryPartV2 { entries: part.to_vec() })?)?,
                });
            }
            self.state.parts[at] = places;
        }
        Ok(())
    }

    /// Notes which segments are referred to, of those that were open and a new one.
    pub(in crate::store) fn set_segments(
        &mut self,
        former: &Segments,
        added: Option<Arc<super::segment::Segment>>,
    ) {
        let directories = self.directories.iter().flatten().map(|entry| entry.place.segment);
        let parts = self.state.parts.iter().flatten().map(|place| place.segment);
        let mut numbers: Vec<u32> = directories.chain(parts).filter(|number| *number > 0).collect();
        numbers.sort_unstable();
        numbers.dedup();
        self.segments = former.with(added).only(&numbers);
        self.state.segments = self.segments.list();
    }

    /// The write that makes it the engine's.
    pub(in crate::store) fn writes(&self) -> Result<Vec<Write>, StoreError> {
        self.state.writes()
    }
}

/// The entries of a directory that may hold an id, or a hash.
pub(in crate::store) fn covering(directory: &[ChunkEntryV2], id: u64) -> &[ChunkEntryV2] {
    let end = directory.partition_point(|entry| entry.first <= id);
    match directory[..end].last() {
        // What lies below the first chunk belongs to it, but there is nothing.
        None => &[],
        Some(last) => &directory[directory.partition_point(|entry| entry.first < last.first)..end],
    }
}
