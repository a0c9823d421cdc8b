//! From the log into chunks: the touched chunks are written to a new segment; a checkpoint then makes the directory
//! that refers to them the store's.

use super::pending::Pending;
use crate::store::layout::records::counts_of;
use std::collections::BTreeSet;
use std::ops::Range;

use super::manifest::{CHUNK_TREES, ChunkEntryV2, Manifest};
use super::segment::SegmentWriter;
use super::writer::ChunkWriter;
use crate::graph::{NodeId, NodeRef, Snapshot};
use crate::store::chunks::decode::decoded;
use crate::store::engine::Tree;
use crate::store::error::StoreError;
use crate::store::layout::text_index::{Entry, SearchKeys, read_index};
use crate::workers;

/// A run of chunks to write again: their entries, and the ids that they cover.
struct Stretch {
    entries: Range<usize>,
    low: u64,
    high: u64,
}

/// The chunks that cover touched ids; neighbours are joined so that small ones grow together.
fn stretches(directory: &[ChunkEntryV2], touched: &BTreeSet<u64>) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for id in touched {
        if found.last().is_some_and(|last| *id <= last.high) {
            continue;
        }
        let after = directory.partition_point(|entry| entry.first <= *id);
        let first = directory[..after].last().map_or(0, |entry| entry.first);
        let mut start = directory.partition_point(|entry| entry.first < first);
        // What lies below the first chunk belongs to it.
        let (low, end) = if after == 0 {
            start = 0;
            let first = directory.first().map_or(0, |entry| entry.first);
            (0, directory.partition_point(|entry| entry.first <= first))
        } else {
            (if start == 0 { 0 } else { first }, after)
        };
        let high = directory.get(end).map_or(u64::MAX, |entry| entry.first - 1);
        match found.last_mut() {
            Some(last) if last.entries.end == start => {
                last.entries.end = end;
                last.high = high;
            }
            _ => found.push(Stretch { entries: start..end, low, high }),
        }
    }
    found
}

/// Writes what the pending changes touched as chunks of `snapshot`, which must be compact, and returns the manifest
/// that refers to them.
pub(in crate::store) fn merge(
    segment: &mut SegmentWriter,
    snapshot: &Snapshot,
    pending: &Pending,
    stored: &Manifest,
    chunk_rows: usize,
) -> Result<Manifest, StoreError> {
    let columns = snapshot.columns();
    let mut writer = ChunkWriter::new(segment, chunk_rows);
    let mut manifest = stored.clone();
    let found = found_by(snapshot, &pending.nodes);
    let hashes: BTreeSet<u64> = found.iter().map(|(hash, _)| u64::from(*hash)).collect();
    let touched = [&pending.nodes, &pending.sources, &pending.targets, &hashes];
    for (at, tree) in CHUNK_TREES.into_iter().enumerate() {
        let directory = &stored.directories[at];
        let mut entries = Vec::with_capacity(directory.len());
        let mut kept = 0;
        for stretch in stretches(directory, touched[at]) {
            entries.extend_from_slice(&directory[kept..stretch.entries.start]);
            kept = stretch.entries.end;
            let replaced = &directory[stretch.entries.clone()];
            let ids = columns.node_ids();
            let from = ids.partition_point(|id| id.get() < stretch.low);
            let to = ids.partition_point(|id| id.get() <= stretch.high);
            entries.extend(match tree {
                Tree::Nodes => writer.nodes(columns, from..to)?,
                Tree::AdjOut | Tree::AdjIn => writer.adjacency(columns, tree, from..to)?,
                _ => {
                    let of_stretch = index_entries(stored, replaced, &found, &stretch)?;
                    writer.index(&of_stretch)?
                }
            });
        }
        entries.extend_from_slice(&directory[kept..]);
        manifest.directories[at] = entries;
    }
    let state = &mut manifest.state;
    state.names = counts_of(snapshot.catalogue());
    state.merged = snapshot.commit();
    (state.next_node, state.next_edge) = snapshot.next_ids();
    (state.nodes, state.edges) = (snapshot.node_count() as u64, snapshot.edge_count() as u64);
    Ok(manifest)
}

/// What the touched nodes are found by. A text that a node no longer holds keeps its entry: a look-up
/// compares texts.
fn found_by(snapshot: &Snapshot, nodes: &BTreeSet<u64>) -> Vec<Entry> {
    let nodes = nodes.iter().filter_map(|id| snapshot.node(NodeId::new(*id))).collect();
    entries_of(snapshot, nodes)
}

/// What all nodes are found by.
pub(in crate::store) fn found_by_all(snapshot: &Snapshot) -> Vec<Entry> {
    entries_of(snapshot, snapshot.nodes().collect())
}

fn entries_of(snapshot: &Snapshot, nodes: Vec<NodeRef<'_>>) -> Vec<Entry> {
    let keys = SearchKeys::of(snapshot.catalogue());
    let of_node = |node: &NodeRef<'_>| {
        let id = node.id().get();
        keys.hashes(node.labels(), &node.properties()).into_iter().map(move |hash| (hash, id))
    };
    let mut entries: Vec<Entry> = workers::flat_map(&nodes, of_node);
    workers::sort(&mut entries);
    entries
}

/// The entries of a stretch of the index: those that are there and the new ones.
fn index_entries(
    stored: &Manifest,
    replaced: &[ChunkEntryV2],
    found: &[Entry],
    stretch: &Stretch,
) -> Result<Vec<Entry>, StoreError> {
    let mut entries: Vec<Entry> = Vec::new();
    decoded(
        &stored.segments,
        Tree::Index,
        replaced,
        |bytes| read_index(bytes).map(|chunk| (chunk.len(), chunk)),
        |chunk| {
            entries.extend(chunk);
            Ok(())
        },
    )?;
    let from = found.partition_point(|(hash, _)| u64::from(*hash) < stretch.low);
    let to = found.partition_point(|(hash, _)| u64::from(*hash) <= stretch.high);
    entries.extend_from_slice(&found[from..to]);
    entries.sort_unstable();
    entries.dedup();
    Ok(entries)
}
