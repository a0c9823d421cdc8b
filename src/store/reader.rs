//! Single elements of a store that is not loaded: the chunks that they lie in, and the log on top.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::base::Base;
use super::chunks::cache::{Cache, Chunk};
use super::chunks::manifest::{ChunkEntryV2, Manifest, covering};
use super::engine::Tree;
use super::engine::envelope::Flaw;
use super::error::StoreError;
use super::handle::Store;
use super::layout::chunks::{read_in, read_nodes, read_out};
use super::layout::text_index::{SearchKeys, label_hash, read_index, wanted_hash};
use super::load::read_log;
use crate::graph::{
    Catalogue, Change, Contents, EdgeColumns, EdgeDirection, EdgeId, EdgeRecord, NodeId, NodeRecord,
    PointRead, TypeId,
};
use crate::workers;

/// Bytes of decoded chunks that a reader keeps: a cap.
const CACHE_BYTES: usize = 64 * 1024 * 1024;

/// Reads single elements of a store as of its last commit; chunks are kept, at most 64 MiB of them.
pub struct ChunkReader {
    manifest: Arc<Manifest>,
    catalogue: Arc<Catalogue>,
    position: (u64, (u64, u64)),
    log: Log,
    cache: Cache,
}

/// The last word of the log on every element that it touches.
#[derive(Default)]
struct Log {
    nodes: BTreeMap<NodeId, Option<NodeRecord>>,
    edges: BTreeMap<EdgeId, Option<EdgeRecord>>,
}

impl Store {
    /// A reader of single elements: it costs the log that has not been merged, not the store.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], [`StoreError::Io`].
    pub fn reader(&self) -> Result<ChunkReader, StoreError> {
        self.read_with_retry(|base| self.reader_of(base))
    }

    fn reader_of(&self, base: &Base) -> Result<ChunkReader, StoreError> {
        let Base { engine, manifest, last, .. } = base;
        let (manifest, mut catalogue) = (Arc::clone(manifest), Arc::clone(&base.catalogue));
        let mut log = Log::default();
        let mut next_ids = (manifest.state.next_node, manifest.state.next_edge);
        read_log(engine, self.path(), manifest.state.merged, *last, |changes| {
            for name in changes.names() {
                let adopted = Arc::make_mut(&mut catalogue).adopt(name);
                adopted.map_err(|error| StoreError::corrupt(&engine.data_path(), error.to_string()))?;
            }
            next_ids = changes.next_ids();
            for change in &changes {
                match change {
                    Change::PutNode(node) => drop(log.nodes.insert(node.id, Some(node.clone()))),
                    Change::RemoveNode(id) => drop(log.nodes.insert(*id, None)),
                    Change::PutEdge(edge) => drop(log.edges.insert(edge.id, Some(edge.clone()))),
                    Change::RemoveEdge(id) => drop(log.edges.insert(*id, None)),
                }
            }
            Ok(())
        })?;
        let (cache, position) = (Cache::new(CACHE_BYTES), (*last, next_ids));
        Ok(ChunkReader { manifest, catalogue, position, log, cache })
    }
}

impl ChunkReader {
    fn decode(&self, tree: Tree, entry: &ChunkEntryV2, what: Contents) -> Result<Arc<Chunk>, StoreError> {
        let id = (entry.place.segment, entry.place.offset);
        let key = (tree, id, what);
        // What is there whole has the ends too.
        let known = self.cache.get((tree, id, Contents::Whole)).or_else(|| self.cache.get(key));
        if let Some(chunk) = known {
            return Ok(chunk);
        }
        let bytes = self.manifest.segments.read_chunk(tree, &entry.place)?;
        let chunk = match tree {
            Tree::Nodes => read_nodes(&bytes, |_| true).map(Chunk::Nodes),
            Tree::AdjOut => read_out(&bytes, |_| what == Contents::Whole).map(Chunk::Out),
            Tree::AdjIn => read_in(&bytes).map(Chunk::In),
            _ => read_index(&bytes).map(Chunk::Index),
        };
        let flaw = |flaw: Flaw| self.manifest.segments.damaged(&entry.place, &flaw.0);
        let chunk = Arc::new(chunk.map_err(flaw)?);
        // What is not decoded takes no room.
        let packed = if what == Contents::Whole { bytes.len() } else { 0 };
        self.cache.insert(key, &chunk, (entry.rows as usize, packed));
        Ok(chunk)
    }

    /// Looks into each chunk that may hold one of the ids, on all cores; ids are told by their place in `ids`.
    fn look<T: Send>(
        &self,
        (tree, what): (Tree, Contents),
        ids: &[u64],
        see: impl Fn(&Chunk, &[usize], &mut Vec<T>) + Sync,
    ) -> Result<Vec<T>, StoreError> {
        let mut wanted: BTreeMap<(u32, u64), (&ChunkEntryV2, Vec<usize>)> = BTreeMap::new();
        for (at, id) in ids.iter().enumerate() {
            for entry in covering(self.manifest.directory(tree), *id) {
                let id = (entry.place.segment, entry.place.offset);
                wanted.entry(id).or_insert_with(|| (entry, Vec::new())).1.push(at);
            }
        }
        let one = |(entry, places): (&ChunkEntryV2, Vec<usize>)| -> Result<Vec<T>, StoreError> {
            let chunk = self.decode(tree, entry, what)?;
            let mut seen = Vec::new();
            see(&chunk, &places, &mut seen);
            Ok(seen)
        };
        let wanted: Vec<_> = wanted.into_values().collect();
        let seen: Vec<Vec<T>> = workers::try_map(wanted, one)?;
        Ok(seen.into_iter().flatten().collect())
    }

    /// The edges of these ids, which leave these nodes.
    fn edges_of(&self, ids: &[(NodeId, EdgeId)], what: Contents) -> Result<Vec<EdgeRecord>, StoreError> {
        let sources: Vec<u64> = ids.iter().map(|(source, _)| source.get()).collect();
        self.look((Tree::AdjOut, what), &sources, |chunk, places, found| {
            let Chunk::Out(edges) = chunk else { return };
            for at in places {
                let rows = edges.rows_of(sources[*at]);
                let rows = rows.filter(|row| edges.ids[*row] == ids[*at].1.get());
                found.extend(rows.map(|row| record(edges, row, what)));
            }
        })
    }

    fn stored_edges(
        &self,
        nodes: &[NodeId],
        orientation: EdgeDirection,
        types: &[TypeId],
        what: Contents,
    ) -> Result<Vec<EdgeRecord>, StoreError> {
        let near: Vec<u64> = nodes.iter().map(|node| node.get()).collect();
        let wanted = |number: u16| types.is_empty() || types.contains(&TypeId::new(number));
        match orientation {
            EdgeDirection::Out => self.look((Tree::AdjOut, what), &near, |chunk, places, found| {
                let Chunk::Out(edges) = chunk else { return };
                for at in places {
                    let rows = edges.rows_of(near[*at]).filter(|row| wanted(edges.types[*row]));
                    found.extend(rows.map(|row| record(edges, row, what)));
                }
            }),
            EdgeDirection::In => {
                let links = self.look((Tree::AdjIn, Contents::Whole), &near, |chunk, places, found| {
                    let Chunk::In(links) = chunk else { return };
                    for at in places {
                        let rows = links.rows_of(near[*at]).filter(|row| wanted(links.types[*row]));
                        found.extend(
                            rows.map(|row| (NodeId::new(links.far[row]), EdgeId::new(links.ids[row]))),
                        );
                    }
                })?;
                self.edges_of(&links, what)
            }
        }
    }

    fn with_hash(&self, hash: u32, also: impl Fn(&NodeRecord) -> bool) -> Result<Vec<NodeId>, StoreError> {
        let wanted = [u64::from(hash)];
        let mut found = self.look((Tree::Index, Contents::Whole), &wanted, |chunk, _, found| {
            let Chunk::Index(entries) = chunk else { return };
            let from = entries.partition_point(|(own, _)| *own < hash);
            let entries = entries[from..].iter().take_while(|(own, _)| *own == hash);
            found.extend(entries.map(|(_, node)| NodeId::new(*node)));
        })?;
        found.extend(self.log.nodes.values().flatten().filter(|node| also(node)).map(|node| node.id));
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// One edge of a chunk, with as much as is asked for.
fn record(edges: &EdgeColumns, row: usize, what: Contents) -> EdgeRecord {
    match what {
        Contents::Whole => edges.record(row),
        Contents::Ends => edges.ends(row),
    }
}

impl PointRead for ChunkReader {
    type Error = StoreError;

    fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    fn position(&self) -> (u64, (u64, u64)) {
        self.position
    }

    fn nodes(&self, ids: &[NodeId]) -> Result<Vec<NodeRecord>, StoreError> {
        let (changed, stored): (Vec<NodeId>, Vec<NodeId>) =
            ids.iter().copied().partition(|id| self.log.nodes.contains_key(id));
        let wanted: Vec<u64> = stored.iter().map(|id| id.get()).collect();
        let mut found = self.look((Tree::Nodes, Contents::Whole), &wanted, |chunk, places, found| {
            let Chunk::Nodes(nodes) = chunk else { return };
            let rows = places.iter().filter_map(|at| nodes.ids.binary_search(&wanted[*at]).ok());
            found.extend(rows.map(|row| nodes.record(row)));
        })?;
        found.extend(changed.iter().filter_map(|id| self.log.nodes.get(id)?.clone()));
        found.sort_unstable_by_key(|node| node.id);
        found.dedup_by_key(|node| node.id);
        Ok(found)
    }

    fn edges(
        &self,
        nodes: &[NodeId],
        orientation: EdgeDirection,
        types: &[TypeId],
        what: Contents,
    ) -> Result<Vec<EdgeRecord>, StoreError> {
        let mut found = self.stored_edges(nodes, orientation, types, what)?;
        if !self.log.edges.is_empty() {
            found.retain(|edge| !self.log.edges.contains_key(&edge.id));
            let near: HashSet<NodeId> = nodes.iter().copied().collect();
            let own = self.log.edges.values().flatten().filter(|edge| {
                let end = if orientation == EdgeDirection::Out { edge.source } else { edge.target };
                near.contains(&end) && (types.is_empty() || types.contains(&edge.edge_type))
            });
            found.extend(own.cloned());
        }
        found.sort_unstable_by_key(|edge| edge.id);
        found.dedup_by_key(|edge| edge.id);
        Ok(found)
    }

    fn found_by(&self, text: &str) -> Result<Vec<NodeId>, StoreError> {
        let (hash, keys) = (wanted_hash(text), SearchKeys::of(&self.catalogue));
        self.with_hash(hash, |node| keys.hashes(&node.labels, &node.properties).contains(&hash))
    }

    fn listed(&self, label: &str) -> Result<Vec<NodeId>, StoreError> {
        let own = self.catalogue.label(label);
        self.with_hash(label_hash(label), |node| own.is_some_and(|own| node.labels.contains(&own)))
    }
}
