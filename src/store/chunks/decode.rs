//! Chunks read from segments and decoded on all cores.

use super::manifest::ChunkEntryV2;
use super::segments::Segments;
use crate::store::engine::Tree;
use crate::store::engine::envelope::Flaw;
use crate::store::error::StoreError;
use crate::workers;

/// Chunks that are decoded before they are handed on: enough for all cores, few enough for memory.
const AT_ONCE: usize = 32;

/// Reads chunks in order, decodes them on all cores, and hands them on in order.
pub(in crate::store) fn decoded<T: Send>(
    segments: &Segments,
    tree: Tree,
    directory: &[ChunkEntryV2],
    decode: impl Fn(&[u8]) -> Result<(usize, T), Flaw> + Sync,
    mut take: impl FnMut(T) -> Result<(), StoreError> + Send,
) -> Result<(), StoreError> {
    let one = |entry: &ChunkEntryV2| -> Result<T, StoreError> {
        let bytes = segments.read_chunk(tree, &entry.place)?;
        let flaw = |flaw: Flaw| segments.damaged(&entry.place, &flaw.0);
        let (rows, chunk) = decode(&bytes).map_err(flaw)?;
        if rows != entry.rows as usize {
            return Err(flaw(Flaw(format!("it holds {rows} rows, the directory says {}", entry.rows))));
        }
        Ok(chunk)
    };
    let mut waiting: Vec<T> = Vec::new();
    for entries in directory.chunks(AT_ONCE) {
        // While one core hands on the last chunks, the others decode the next ones.
        let (taken, read) = workers::both(
            || std::mem::take(&mut waiting).into_iter().try_for_each(&mut take),
            || workers::try_map(entries, one),
        );
        taken?;
        waiting = read?;
    }
    waiting.into_iter().try_for_each(take)
}
