//! The root of the blocks: which segments there are, and where the directories lie in them.

use bincode::{Decode, Encode};

use super::segment::Place;
use crate::store::engine::envelope::{Record, seal};
use crate::store::engine::{Tree, Write};
use crate::store::error::StoreError;

/// Parts of a store that lie in segments.
pub(in crate::store) const DIRECTORIES: usize = 5;

pub(in crate::store) const STATE: &[u8] = b"state";

/// A segment that the store consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(in crate::store) struct SegmentV2 {
    pub(in crate::store) number: u32,
    /// Bytes of the file.
    pub(in crate::store) bytes: u64,
}

/// The state of the blocks: the root from which everything in the segments is found.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(in crate::store) struct StateV2 {
    /// The number in `FORMAT`.
    pub(in crate::store) store: u64,
    /// Last commit that the chunks hold; later ones lie in the log.
    pub(in crate::store) merged: u64,
    pub(in crate::store) next_node: u64,
    pub(in crate::store) next_edge: u64,
    /// Segments from this number on were never finished and may be removed.
    pub(in crate::store) next_segment: u32,
    /// How many labels, edge types and keys of the dictionary count.
    pub(in crate::store) names: [u32; 3],
    pub(in crate::store) nodes: u64,
    pub(in crate::store) edges: u64,
    /// The segments that are referred to, by number.
    pub(in crate::store) segments: Vec<SegmentV2>,
    /// Where the parts of each directory lie.
    pub(in crate::store) parts: [Vec<Place>; DIRECTORIES],
}

impl Record for StateV2 {
    const VERSION: u8 = 2;
}

impl StateV2 {
    /// The writes that make it the engine's.
    pub(in crate::store) fn writes(&self) -> Result<Vec<Write>, StoreError> {
        seal(Tree::Meta, STATE, self)
    }
}
