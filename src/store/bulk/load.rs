//! From batches to chunks: nodes as they come, edges sorted; one transaction makes them the store's.

use crate::store::files::spill::{self, Spill};
use std::sync::Arc;

use super::rows::{pack_rows, write_row};
use super::runs::{Key, Merge, Rows, Sorter};
use crate::graph::limits::{Measured, check_names, rows_of_chunk};
use crate::graph::{
    Catalogue, Change, ChangeError, EdgeColumns, EdgeId, GraphSink, NameKind, NewEdge, NewNode, NodeColumns,
    NodeId, NodeRecord, Snapshot, Subject, check_edge_names, check_node_names, check_values,
};
use crate::store::chunks::manifest::{CHUNK_TREES, Manifest};
use crate::store::chunks::segment::SegmentWriter;
use crate::store::chunks::writer::{
    ChunkWriter, Encoded, Piece, encode_edges, encode_links, encode_nodes, pieces,
};
use crate::store::commit::{CommitNote, WriteGuard};
use crate::store::engine::Tree;
use crate::store::engine::envelope::Flaw;
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::handle::Store;
use crate::store::layout::chunks::Links;
use crate::store::layout::records::counts_of;
use crate::store::layout::text_index::{Entry, SearchKeys};
use crate::store::load::load_chunks;
use crate::workers;

/// Pieces of edges that are packed side by side.
const PIECES_AT_ONCE: usize = 16;
/// Bytes of nodes, or of edges, that are packed side by side, where they are large.
const GATHERED_BYTES: usize = 64 * 1024 * 1024;

/// A load of a whole graph into an empty store, with bounded memory: see [`Store::bulk`].
///
/// Nothing is visible before [`BulkLoad::commit`]; dropping it leaves the store as it was.
pub struct BulkLoad<'a> {
    store: &'a Store,
    writer: WriteGuard<'a>,
    catalogue: Catalogue,
    manifest: Manifest,
    /// Nodes that do not fill a chunk yet.
    waiting: Vec<NodeRecord>,
    /// Bytes of those that came since the last ones were written.
    waiting_bytes: usize,
    nodes: u64,
    found: Vec<Entry>,
    edge_count: u64,
    stage: Stage,
    /// Where the chunks are written; nothing refers to it before the commit.
    segment: SegmentWriter,
    spill: Spill,
}

/// How far a load is. A batch that is refused leaves it where it is; a step that the disk stops half-way ends it.
enum Stage {
    /// Batches come; the edges so far.
    Taking(Sorter),
    Finished,
    Failed,
}

const FINISHED: StoreError = StoreError::Load { problem: "is finished and takes nothing more" };
const FAILED: StoreError = StoreError::Load { problem: "failed in an earlier step" };

impl std::fmt::Debug for BulkLoad<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkLoad")
            .field("nodes", &self.nodes)
            .field("edges", &self.edge_count)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Begins a bulk load into an empty store; writers wait until it ends.
    ///
    /// Edges are sorted on disk in a folder `spill` of the store, so that memory holds about 200 MiB of them and
    /// 8 bytes for each text by which a node is found.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`] where the store holds nodes, [`StoreError::ReadOnly`], [`StoreError::Io`].
    pub fn bulk(&self) -> Result<BulkLoad<'_>, StoreError> {
        let mut writer = self.writer()?;
        let before = self.loaded_by(&mut writer)?;
        if before.node_count() > 0 {
            return Err(StoreError::NotEmpty { path: self.path().to_owned() });
        }
        let spill = Spill::create(self.path())?;
        failpoint("load.begun", self.path())?;
        // Of the graph that is there nothing lives: the load takes its place, and ids go on from it.
        let mut manifest = Manifest::clone(&self.base().manifest);
        manifest.directories.iter_mut().take(CHUNK_TREES.len()).for_each(Vec::clear);
        (manifest.state.next_node, manifest.state.next_edge) = before.next_ids();
        Ok(BulkLoad {
            store: self,
            catalogue: Catalogue::clone(before.catalogue()),
            waiting: Vec::new(),
            waiting_bytes: 0,
            nodes: 0,
            found: Vec::new(),
            edge_count: 0,
            stage: Stage::Taking(Sorter::new(spill.path(), "edges", self.limits().sort_bytes)),
            segment: self.new_segment()?,
            manifest,
            writer,
            spill,
        })
    }
}

impl GraphSink for BulkLoad<'_> {
    type Error = StoreError;

    fn name(&mut self, kind: NameKind, text: &str) -> Result<u16, StoreError> {
        self.expect_taking()?;
        let number = self.catalogue.number_of(kind, text).map_err(ChangeError::from)?;
        check_names(&self.catalogue).map_err(ChangeError::from)?;
        Ok(number)
    }

    fn nodes(&mut self, batch: Vec<NewNode>) -> Result<NodeId, StoreError> {
        self.expect_taking()?;
        let first = self.manifest.state.next_node + self.nodes;
        if first + batch.len() as u64 >= u64::from(u32::MAX) {
            return Err(ChangeError::Full.into());
        }
        let mut bytes = 0;
        for (id, node) in (first..).zip(&batch) {
            let subject = Subject::Node(NodeId::new(id));
            check_node_names(subject, &node.labels, &node.properties, &self.catalogue)?;
            let measured = Measured::new_node(NodeId::new(id), node, &self.catalogue);
            bytes += measured.check(&self.catalogue).map_err(ChangeError::from)?;
            check_values(subject, &node.properties, &self.catalogue)?;
        }
        let edges = self.begin_step()?;
        self.nodes += batch.len() as u64;
        self.waiting_bytes += bytes;
        let records = (first..).zip(batch).map(|(id, node)| {
            let NewNode { labels, validity, properties } = node;
            NodeRecord { id: NodeId::new(id), labels, validity, properties }
        });
        self.waiting.extend(records);
        self.write_nodes(self.waiting_bytes > GATHERED_BYTES)?;
        self.stage = Stage::Taking(edges);
        Ok(NodeId::new(first))
    }

    fn edges(&mut self, batch: Vec<NewEdge>) -> Result<(), StoreError> {
        self.expect_taking()?;
        let known = self.manifest.state.next_node..self.manifest.state.next_node + self.nodes;
        let first = self.manifest.state.next_edge + self.edge_count;
        let catalogue = &self.catalogue;
        let rows_of = |(from, edges): (u64, &[NewEdge])| -> Result<Vec<Rows>, StoreError> {
            let mut all = Vec::new();
            let mut rows = Rows::default();
            for (place, edge) in (from..).zip(edges) {
                let subject = Subject::Edge(EdgeId::new(place));
                check_edge_names(subject, edge.edge_type, &edge.properties, catalogue)?;
                let measured = Measured::new_edge(EdgeId::new(place), edge, catalogue);
                measured.check(catalogue).map_err(ChangeError::from)?;
                check_values(subject, &edge.properties, catalogue)?;
                let ends =
                    [edge.source, edge.target].map(|node| Some(node.get()).filter(|id| known.contains(id)));
                let ends = ends.map(|id| id.and_then(|id| u32::try_from(id).ok()));
                let [Some(source), Some(target)] = ends else {
                    let missing = if ends[0].is_none() { edge.source } else { edge.target };
                    return Err(ChangeError::NoSuchNode(missing).into());
                };
                let row = write_row(&edge.validity, &edge.properties)?;
                if rows.is_full() {
                    all.push(std::mem::take(&mut rows));
                }
                rows.push((source, edge.edge_type.get(), target), |out| out.extend_from_slice(&row));
            }
            all.push(rows);
            Ok(all)
        };
        if first + batch.len() as u64 >= u64::from(u32::MAX) {
            return Err(ChangeError::Full.into());
        }
        let parts = batch.len().div_ceil(workers::count()).max(1);
        let parts: Vec<_> = (first..).step_by(parts).zip(batch.chunks(parts)).collect();
        let rows: Vec<Vec<Rows>> = workers::try_map(parts, rows_of)?;
        let mut sorter = self.begin_step()?;
        self.edge_count += batch.len() as u64;
        rows.into_iter().flatten().try_for_each(|rows| sorter.push(rows))?;
        self.stage = Stage::Taking(sorter);
        Ok(())
    }

    fn change(&mut self, _: Change) -> Result<(), StoreError> {
        Err(StoreError::Load { problem: "takes new elements only" })
    }
}

impl BulkLoad<'_> {
    fn expect_taking(&self) -> Result<(), StoreError> {
        match self.stage {
            Stage::Taking(_) => Ok(()),
            Stage::Finished => Err(FINISHED),
            Stage::Failed => Err(FAILED),
        }
    }

    fn expect_finished(&self) -> Result<(), StoreError> {
        match self.stage {
            Stage::Finished => Ok(()),
            Stage::Taking(_) => Err(StoreError::Load { problem: "is not finished" }),
            Stage::Failed => Err(FAILED),
        }
    }

    /// Takes the edges so far. Until they are given back the load counts as failed, and so it does after an error.
    fn begin_step(&mut self) -> Result<Sorter, StoreError> {
        match std::mem::replace(&mut self.stage, Stage::Failed) {
            Stage::Taking(edges) => Ok(edges),
            Stage::Finished => {
                self.stage = Stage::Finished;
                Err(FINISHED)
            }
            Stage::Failed => Err(FAILED),
        }
    }

    fn chunks(&mut self) -> ChunkWriter<'_> {
        let rows = self.store.limits().chunk_rows;
        ChunkWriter::new(&mut self.segment, rows)
    }

    /// Appends chunks to those of their tree.
    fn write_chunks(&mut self, tree: Tree, chunks: Vec<Encoded>) -> Result<(), StoreError> {
        let entries = self.chunks().append(chunks)?;
        let place = CHUNK_TREES.iter().position(|own| *own == tree);
        place.into_iter().for_each(|place| self.manifest.directories[place].extend_from_slice(&entries));
        Ok(())
    }

    /// Writes the waiting nodes that fill chunks, or all.
    fn write_nodes(&mut self, all: bool) -> Result<(), StoreError> {
        let rows = self.chunks().node_rows();
        let count = if all { self.waiting.len() } else { self.waiting.len() / (rows * 16) * rows * 16 };
        if count == 0 {
            return Ok(());
        }
        self.waiting_bytes = 0;
        let nodes: Vec<NodeRecord> = self.waiting.drain(..count).collect();
        let keys = SearchKeys::of(&self.catalogue);
        let of_chunk = |nodes: &[NodeRecord]| -> Result<(Vec<Encoded>, Vec<Entry>), StoreError> {
            let piece = 0..u32::try_from(nodes.len()).unwrap_or(u32::MAX);
            let chunks = encode_nodes(piece, &|rows| {
                NodeColumns::pack(&nodes[rows.start as usize..rows.end as usize])
            })?;
            let hashes = |node: &NodeRecord| {
                let id = node.id.get();
                keys.hashes(&node.labels, &node.properties).into_iter().map(move |hash| (hash, id))
            };
            Ok((chunks, nodes.iter().flat_map(hashes).collect()))
        };
        let parts: Vec<&[NodeRecord]> = nodes.chunks(rows).collect();
        let encoded: Vec<_> = workers::try_map(parts, of_chunk)?;
        let (chunks, found): (Vec<_>, Vec<_>) = encoded.into_iter().unzip();
        self.write_chunks(Tree::Nodes, chunks.into_iter().flatten().collect())?;
        self.found.extend(found.into_iter().flatten());
        Ok(())
    }

    /// Writes all that waits: afterwards every chunk is on its place and none belongs to the store yet. `go_on` is told the
    /// edges that have been written and the edges in all, and returns whether to go on.
    ///
    /// # Errors
    /// [`StoreError::Cancelled`] if `go_on` says no, [`StoreError::Load`], [`StoreError::Io`].
    pub fn finish(&mut self, go_on: &mut dyn FnMut(u64, u64) -> bool) -> Result<(), StoreError> {
        let edges = self.begin_step()?;
        self.write_nodes(true)?;
        let mut found = std::mem::take(&mut self.found);
        workers::sort(&mut found);
        found.dedup();
        self.manifest.directories[3] = self.chunks().index(&found)?;
        drop(found);
        failpoint("load.nodes", self.store.path())?;
        let inward = self.write_edges(edges, go_on)?;
        failpoint("load.edges", self.store.path())?;
        self.write_links(inward)?;
        failpoint("load.links", self.store.path())?;
        let state = &mut self.manifest.state;
        state.names = counts_of(&self.catalogue);
        state.merged = self.store.base().last + 1;
        state.next_node += self.nodes;
        state.next_edge += self.edge_count;
        (state.nodes, state.edges) = (self.nodes, self.edge_count);
        spill::remove(self.spill.path())?;
        self.stage = Stage::Finished;
        Ok(())
    }

    /// Writes outgoing edges in order, numbered in that order, and gives the incoming ones to be sorted.
    fn write_edges(
        &mut self,
        edges: Sorter,
        go_on: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Sorter, StoreError> {
        // Their rows are small.
        let mut inward = Sorter::new(self.spill.path(), "links", self.store.limits().sort_bytes / 3 * 2);
        let mut next = self.manifest.state.next_edge;
        let (mut done, total) = (0, edges.count());
        let mut merge = edges.merge()?;
        let rows = rows_of_chunk(self.store.limits().chunk_rows);
        let mut open = Gathered::default();
        loop {
            let (ready, cut, ended) = open.next(&mut merge, rows)?;
            let columns = |piece: &Piece| ready.columns(piece, next);
            let packed: Vec<Vec<Encoded>> = workers::try_map(&cut, |piece| {
                let columns =
                    columns(piece).map_err(|flaw| StoreError::corrupt(self.spill.path(), flaw.0))?;
                encode_edges(0..piece.end - piece.start, &|rows| slice_of(&columns, rows))
            })?;
            self.write_chunks(Tree::AdjOut, packed.into_iter().flatten().collect())?;
            let mut links = Rows::default();
            for ((source, kind, target), id) in ready.keys.iter().zip(next..) {
                let id = u32::try_from(id).map_err(|_| ChangeError::Full)?;
                links.push((*target, *kind, *source), |out| out.extend_from_slice(&id.to_le_bytes()));
            }
            inward.push(links)?;
            done += ready.keys.len() as u64;
            next += ready.keys.len() as u64;
            if !go_on(done, total) {
                return Err(StoreError::Cancelled);
            }
            if ended {
                return Ok(inward);
            }
        }
    }

    fn write_links(&mut self, inward: Sorter) -> Result<(), StoreError> {
        let mut merge = inward.merge()?;
        let rows = rows_of_chunk(self.store.limits().chunk_rows);
        let mut open = Gathered::default();
        loop {
            let (ready, cut, ended) = open.next(&mut merge, rows)?;
            let packed: Vec<Encoded> = workers::try_map(&cut, |piece| encode_links(&ready.links(piece)))?;
            self.write_chunks(Tree::AdjIn, packed)?;
            if ended {
                return Ok(());
            }
        }
    }

    /// The state that the load will give, as it is read from its chunks: to be checked before it is committed.
    ///
    /// # Errors
    /// [`StoreError::Load`], [`StoreError::Corrupt`], [`StoreError::Io`].
    pub fn snapshot(&mut self) -> Result<Snapshot, StoreError> {
        self.expect_finished()?;
        let base = self.store.base();
        let mut manifest = self.manifest.clone();
        manifest.segments = base.manifest.segments.with(Some(self.segment.reader()?));
        load_chunks(&base.engine, &manifest, &Arc::new(self.catalogue.clone()))
    }

    /// Makes the loaded graph the store's, in one transaction with its journal entry, and returns the number of
    /// the commit. `snapshot` is what [`BulkLoad::snapshot`] gave, if it was asked for.
    ///
    /// # Errors
    /// [`StoreError::Load`] where it is not finished or a step failed; else as [`Store::commit`].
    pub fn commit(self, note: &CommitNote<'_>, snapshot: Option<Snapshot>) -> Result<u64, StoreError> {
        self.expect_finished()?;
        let Self { store, mut writer, manifest, catalogue, segment, .. } = self;
        let commit = store.commit_loaded(&mut writer, manifest, Arc::new(catalogue), segment, note)?;
        store.replace(snapshot.map(Arc::new));
        Ok(commit)
    }
}

/// Rows of a merge: keys and their payloads.
#[derive(Default)]
struct Gathered {
    keys: Vec<Key>,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Gathered {
    /// The next rows of whole near nodes, cut into pieces of at most `rows`; true with the last ones.
    fn next(&mut self, merge: &mut Merge, rows: usize) -> Result<(Self, Vec<Piece>, bool), StoreError> {
        let ended = self.fill(merge, rows * PIECES_AT_ONCE)?;
        let ready = self.whole(ended);
        let cut = pieces(&ready.offsets(), rows);
        Ok((ready, cut, ended))
    }

    /// Takes rows until there are `rows`, or many bytes, and on to the end of their near node where there are more; true at the
    /// end of the merge.
    fn fill(&mut self, merge: &mut Merge, rows: usize) -> Result<bool, StoreError> {
        while (self.keys.len() <= rows && self.bytes.len() <= GATHERED_BYTES)
            || self.keys.first().map(|key| key.0) == self.keys.last().map(|key| key.0)
        {
            let more = merge.next(|key, payload| {
                self.keys.push(key);
                self.bytes.extend_from_slice(payload);
                self.ends.push(self.bytes.len());
            })?;
            if !more {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes the rows of whole near nodes out; `all` where nothing comes after.
    fn whole(&mut self, all: bool) -> Self {
        let last = self.keys.last().map(|key| key.0);
        let count = if all { self.keys.len() } else { self.keys.partition_point(|key| Some(key.0) < last) };
        let bytes = count.checked_sub(1).map_or(0, |last| self.ends[last]);
        let keys = self.keys.split_off(count);
        let rest = self.bytes.split_off(bytes);
        let ends = self.ends.split_off(count).into_iter().map(|end| end - bytes).collect();
        std::mem::replace(self, Self { keys, bytes: rest, ends })
    }

    /// Where each near node begins, and the end.
    fn offsets(&self) -> Vec<u32> {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let starts = (0..self.keys.len()).filter(|at| *at == 0 || self.keys[at - 1].0 != self.keys[*at].0);
        starts.map(place).chain([place(self.keys.len())]).collect()
    }

    fn payload(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[at]]
    }

    /// A piece as edges numbered from `first` on for the first row of all.
    fn columns(&self, piece: &Piece, first: u64) -> Result<EdgeColumns, Flaw> {
        let rows = piece.start as usize..piece.end as usize;
        let keys = &self.keys[rows.clone()];
        Ok(EdgeColumns {
            sources: keys.iter().map(|key| u64::from(key.0)).collect(),
            types: keys.iter().map(|key| key.1).collect(),
            targets: keys.iter().map(|key| u64::from(key.2)).collect(),
            ids: (first + u64::from(piece.start)..).take(keys.len()).collect(),
            elements: pack_rows(rows.map(|at| self.payload(at)))?,
        })
    }

    /// A piece as incoming edges, whose payload is the edge.
    fn links(&self, piece: &Piece) -> Links {
        let rows = piece.start as usize..piece.end as usize;
        let keys = &self.keys[rows.clone()];
        let id = |at: usize| self.payload(at).first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
        Links {
            near: keys.iter().map(|key| u64::from(key.0)).collect(),
            types: keys.iter().map(|key| key.1).collect(),
            far: keys.iter().map(|key| u64::from(key.2)).collect(),
            ids: rows.map(|at| u64::from(id(at))).collect(),
        }
    }
}

/// Rows of packed edges, for a chunk that must be cut.
fn slice_of(edges: &EdgeColumns, rows: &Piece) -> EdgeColumns {
    if rows.len() == edges.ids.len() {
        return edges.clone();
    }
    let range = rows.start as usize..rows.end as usize;
    EdgeColumns {
        sources: edges.sources[range.clone()].to_vec(),
        types: edges.types[range.clone()].to_vec(),
        targets: edges.targets[range.clone()].to_vec(),
        ids: edges.ids[range].to_vec(),
        elements: edges.elements.slice(rows),
    }
}
