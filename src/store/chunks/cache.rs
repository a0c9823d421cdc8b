//! Decoded chunks, kept for the next look at them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::graph::{Contents, EdgeColumns, NodeColumns};
use crate::store::engine::Tree;
use crate::store::layout::chunks::Links;
use crate::store::layout::text_index::Entry;

/// A decoded chunk.
#[derive(Debug)]
pub(in crate::store) enum Chunk {
    Nodes(NodeColumns),
    Out(EdgeColumns),
    In(Links),
    Index(Vec<Entry>),
}

impl Chunk {
    /// Bytes of what it holds, where that may be far more than it took packed.
    fn bytes(&self) -> usize {
        match self {
            Self::Nodes(nodes) => nodes.weight().bytes,
            Self::Out(edges) => edges.weight().bytes,
            Self::In(_) | Self::Index(_) => 0,
        }
    }
}

/// Bytes that a decoded row takes beside what its packed bytes become.
const ROW_BYTES: usize = 40;
/// How much packed bytes grow when they are decoded.
const GROWTH: usize = 4;

/// Tree, segment and offset of a chunk, and how much of it was decoded.
pub(in crate::store) type Key = (Tree, (u32, u64), Contents);

#[derive(Debug, Default)]
struct Held {
    /// Chunk, about how many bytes it takes, and when it was last used.
    chunks: HashMap<Key, (Arc<Chunk>, usize, u64)>,
    bytes: usize,
    clock: u64,
}

/// Chunks up to a number of bytes; what was used longest ago goes first. The limit is a cap: a chunk that is
/// larger than it is decoded and not kept.
#[derive(Debug)]
pub(in crate::store) struct Cache {
    limit: usize,
    held: Mutex<Held>,
}

impl Cache {
    pub(in crate::store) fn new(limit: usize) -> Self {
        Self { limit, held: Mutex::default() }
    }

    pub(in crate::store) fn get(&self, key: Key) -> Option<Arc<Chunk>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.clock += 1;
        let clock = held.clock;
        let (chunk, _, used) = held.chunks.get_mut(&key)?;
        *used = clock;
        Some(Arc::clone(chunk))
    }

    /// Keeps a chunk with this number of rows and packed bytes.
    pub(in crate::store) fn insert(&self, key: Key, chunk: &Arc<Chunk>, (rows, packed): (usize, usize)) {
        let bytes = rows * ROW_BYTES + (packed * GROWTH).max(chunk.bytes());
        if bytes > self.limit {
            return;
        }
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        while held.bytes + bytes > self.limit {
            let oldest = held.chunks.iter().min_by_key(|(_, (_, _, used))| *used).map(|(key, _)| *key);
            let Some((_, freed, _)) = oldest.and_then(|key| held.chunks.remove(&key)) else { break };
            held.bytes -= freed;
        }
        held.clock += 1;
        let clock = held.clock;
        if let Some((_, replaced, _)) = held.chunks.insert(key, (Arc::clone(chunk), bytes, clock)) {
            held.bytes -= replaced;
        }
        held.bytes += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_a_cap_and_the_oldest_goes() {
        let cache = Cache::new(1_000);
        let chunk = Arc::new(Chunk::Index(Vec::new()));
        let held = |cache: &Cache| cache.held.lock().unwrap().bytes;
        for number in 0..10 {
            cache.insert((Tree::Index, (1, number), Contents::Whole), &chunk, (1, 40));
            assert!(held(&cache) <= 1_000, "{number}");
            // The first one is in use all the time.
            assert!(cache.get((Tree::Index, (1, 0), Contents::Whole)).is_some());
        }
        assert!(
            cache.get((Tree::Index, (1, 9), Contents::Whole)).is_some()
                && cache.get((Tree::Index, (1, 1), Contents::Whole)).is_none()
        );
        assert_eq!(held(&cache), 5 * 200);
        cache.insert((Tree::Nodes, (1, 1), Contents::Whole), &chunk, (100, 0));
        assert!(cache.get((Tree::Nodes, (1, 1), Contents::Whole)).is_none());
    }
}
