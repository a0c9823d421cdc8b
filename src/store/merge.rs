//! From the log into chunks: the touched chunks are written anew under new numbers; one transaction of
//! the caller then swaps the directory, so that a process killed before it leaves the former state.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::chunks::{Link, LinksV1, NodeChunkV1, OutChunkV1, days_of};
use super::engine::{Engine, Tree, Write};
use super::envelope::{Record, seal};
use super::error::StoreError;
use super::manifest::{CHUNK_TREES, ChunkEntryV1, GARBAGE_KEY, GarbageV1, Manifest};
use super::records::NameV1;
use crate::graph::{
    Change, ChangeSet, EdgeId, EdgeRecord, NameKind, NodeId, NodeRecord, NodeRef, Properties, Property,
    Snapshot,
};
use crate::value::{Day, Value};

/// Estimated bytes of a full chunk before compression.
const CHUNK_BYTES: usize = 512 * 1024;

/// What the log touches since the last merge.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    nodes: BTreeSet<u64>,
    sources: BTreeSet<u64>,
    targets: BTreeSet<u64>,
    /// Changes in the log.
    pub(super) operations: usize,
}

impl Pending {
    /// Adds what a change set touches; `ends` finds the ends that an edge had before.
    pub(super) fn note(&mut self, changes: &ChangeSet, ends: impl Fn(EdgeId) -> Option<(NodeId, NodeId)>) {
        self.operations += changes.len();
        for change in changes {
            let (id, now) = match change {
                Change::PutNode(node) => {
                    self.nodes.insert(node.id.get());
                    continue;
                }
                Change::RemoveNode(id) => {
                    self.nodes.insert(id.get());
                    continue;
                }
                Change::PutEdge(edge) => (edge.id, Some((edge.source, edge.target))),
                Change::RemoveEdge(id) => (*id, None),
            };
            for (source, target) in ends(id).into_iter().chain(now) {
                self.sources.insert(source.get());
                self.targets.insert(target.get());
            }
        }
    }

    /// Adds what another one touches.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.nodes.extend(&other.nodes);
        self.sources.extend(&other.sources);
        self.targets.extend(&other.targets);
        self.operations += other.operations;
    }

    /// Adds the ends of an edge of the chunks.
    pub(super) fn note_ends(&mut self, source: NodeId, target: NodeId) {
        self.sources.insert(source.get());
        self.targets.insert(target.get());
    }
}

/// A run of chunks to write anew: their entries, and the ids that they cover.
struct Stretch {
    entries: Range<usize>,
    low: u64,
    high: u64,
}

/// The chunks that cover touched ids; neighbours are joined so that small ones grow together.
fn stretches(directory: &[ChunkEntryV1], touched: &BTreeSet<u64>) -> Vec<Stretch> {
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

/// Writes chunks and collects their entries.
struct Writer<'a> {
    engine: &'a Engine,
    next_chunk: u64,
    /// Rows of a full chunk.
    rows: usize,
}

impl Writer<'_> {
    fn put<R: Record>(
        &mut self,
        tree: Tree,
        (first, rows): (u64, usize),
        (earliest, latest): (i32, i32),
        record: &R,
    ) -> Result<ChunkEntryV1, StoreError> {
        let chunk = self.next_chunk;
        self.next_chunk += 1;
        self.engine.fill(&seal(tree, &chunk.to_be_bytes(), record)?)?;
        Ok(ChunkEntryV1 { first, chunk, rows: u32::try_from(rows).unwrap_or(u32::MAX), earliest, latest })
    }

    fn nodes(&mut self, first: u64, nodes: Vec<NodeRecord>) -> Result<ChunkEntryV1, StoreError> {
        let (rows, days) = (nodes.len(), days_of(nodes.iter().map(|node| &node.validity)));
        self.put(Tree::Nodes, (first, rows), days, &NodeChunkV1::pack(nodes))
    }

    fn edges(&mut self, first: u64, edges: Vec<EdgeRecord>) -> Result<ChunkEntryV1, StoreError> {
        let (rows, days) = (edges.len(), days_of(edges.iter().map(|edge| &edge.validity)));
        self.put(Tree::AdjOut, (first, rows), days, &OutChunkV1::pack(edges))
    }

    fn links(&mut self, first: u64, links: Vec<Link>) -> Result<ChunkEntryV1, StoreError> {
        let days = (Day::MIN.number(), Day::MAX.number());
        self.put(Tree::AdjIn, (first, links.len()), days, &LinksV1::pack(&links))
    }
}

/// Cuts rows into chunks of whole nodes; a node with more than fits gets chunks of its own.
struct Cutter<T> {
    /// Rows of a full chunk.
    limit: usize,
    first: u64,
    rows: Vec<T>,
    bytes: usize,
    entries: Vec<ChunkEntryV1>,
}

impl<T> Cutter<T> {
    fn new(limit: usize) -> Self {
        Self { limit, first: 0, rows: Vec::new(), bytes: 0, entries: Vec::new() }
    }

    fn add(
        &mut self,
        near: u64,
        group: Vec<(T, usize)>,
        emit: &mut impl FnMut(u64, Vec<T>) -> Result<ChunkEntryV1, StoreError>,
    ) -> Result<(), StoreError> {
        let bytes: usize = group.iter().map(|(_, bytes)| bytes).sum();
        let full = self.rows.len() + group.len() > self.limit || self.bytes + bytes > CHUNK_BYTES;
        if full {
            self.flush(emit)?;
        }
        let alone = group.len() > self.limit || bytes > CHUNK_BYTES;
        for (row, bytes) in group {
            if alone && (self.rows.len() == self.limit || self.bytes + bytes > CHUNK_BYTES) {
                self.flush(emit)?;
            }
            if self.rows.is_empty() {
                self.first = near;
            }
            self.rows.push(row);
            self.bytes += bytes;
        }
        if alone { self.flush(emit) } else { Ok(()) }
    }

    fn flush(
        &mut self,
        emit: &mut impl FnMut(u64, Vec<T>) -> Result<ChunkEntryV1, StoreError>,
    ) -> Result<(), StoreError> {
        if !self.rows.is_empty() {
            self.entries.push(emit(self.first, std::mem::take(&mut self.rows))?);
        }
        self.bytes = 0;
        Ok(())
    }
}

/// Writes what the pending changes touched as chunks of `snapshot`. Returns the manifest that refers to
/// them, whose state the caller completes, and what it no longer refers to.
pub(super) fn merge(
    engine: &Engine,
    snapshot: &Snapshot,
    pending: &Pending,
    stored: &Manifest,
    chunk_rows: usize,
) -> Result<(Manifest, GarbageV1), StoreError> {
    let mut sorted: Vec<NodeRef<'_>> = snapshot.nodes().collect();
    sorted.sort_unstable_by_key(|node| node.id());
    let mut writer = Writer { engine, next_chunk: stored.state.next_chunk, rows: chunk_rows.max(1) };
    let mut manifest = stored.clone();
    let mut garbage = GarbageV1::default();
    let touched = [&pending.nodes, &pending.sources, &pending.targets];
    for (at, tree) in CHUNK_TREES.into_iter().enumerate() {
        let directory = &stored.directories[at];
        let mut entries = Vec::with_capacity(directory.len());
        let mut kept = 0;
        for stretch in stretches(directory, touched[at]) {
            entries.extend_from_slice(&directory[kept..stretch.entries.start]);
            kept = stretch.entries.end;
            garbage.chunks[at].extend(directory[stretch.entries].iter().map(|entry| entry.chunk));
            let from = sorted.partition_point(|node| node.id().get() < stretch.low);
            let to = sorted.partition_point(|node| node.id().get() <= stretch.high);
            entries.extend(write_stretch(&mut writer, tree, &sorted[from..to])?);
        }
        entries.extend_from_slice(&directory[kept..]);
        manifest.directories[at] = entries;
    }
    write_names(engine, snapshot, &mut manifest)?;
    let state = &mut manifest.state;
    state.merged = snapshot.commit();
    (state.next_node, state.next_edge) = snapshot.next_ids();
    state.next_chunk = writer.next_chunk;
    state.nodes = snapshot.node_count() as u64;
    state.edges = snapshot.edge_count() as u64;
    Ok((manifest, garbage))
}

fn write_stretch(
    writer: &mut Writer<'_>,
    tree: Tree,
    nodes: &[NodeRef<'_>],
) -> Result<Vec<ChunkEntryV1>, StoreError> {
    let limit = writer.rows;
    match tree {
        Tree::Nodes => {
            let mut emit = |first, rows| writer.nodes(first, rows);
            let rows = |node: &NodeRef<'_>| vec![weighed(node.to_record(), |node| &node.properties)];
            cut(nodes, limit, rows, &mut emit)
        }
        Tree::AdjOut => {
            let mut emit = |first, rows| writer.edges(first, rows);
            let rows = |node: &NodeRef<'_>| {
                let edges = node.out_edges().map(|edge| edge.to_record());
                edges.map(|edge| weighed(edge, |edge| &edge.properties)).collect()
            };
            cut(nodes, limit, rows, &mut emit)
        }
        _ => {
            let mut emit = |first, rows| writer.links(first, rows);
            let rows = |node: &NodeRef<'_>| {
                let near = node.id();
                let link = |edge: crate::graph::EdgeRef<'_>| Link {
                    near,
                    edge_type: edge.type_id(),
                    far: edge.source().id(),
                    id: edge.id(),
                };
                node.in_edges().map(|edge| (link(edge), 16)).collect()
            };
            cut(nodes, limit, rows, &mut emit)
        }
    }
}

fn cut<'a, T>(
    nodes: &[NodeRef<'a>],
    limit: usize,
    rows: impl Fn(&NodeRef<'a>) -> Vec<(T, usize)>,
    emit: &mut impl FnMut(u64, Vec<T>) -> Result<ChunkEntryV1, StoreError>,
) -> Result<Vec<ChunkEntryV1>, StoreError> {
    let mut cutter = Cutter::new(limit);
    for node in nodes {
        let group = rows(node);
        if !group.is_empty() {
            cutter.add(node.id().get(), group, emit)?;
        }
    }
    cutter.flush(emit)?;
    Ok(cutter.entries)
}

/// A row and about how many bytes it takes.
fn weighed<T>(row: T, properties: impl Fn(&T) -> &Properties) -> (T, usize) {
    let bytes = 16 + bytes_of(properties(&row));
    (row, bytes)
}

/// About how many bytes properties take.
fn bytes_of(properties: &Properties) -> usize {
    fn of_value(value: &Value) -> usize {
        match value {
            Value::Text(text) => 4 + text.len(),
            Value::List(values) => 4 + values.iter().map(of_value).sum::<usize>(),
            _ => 8,
        }
    }
    let of_property = |(_, property): (_, &Property)| match property {
        Property::Fixed(value) => 2 + of_value(value),
        Property::Dated(spells) => {
            let of_spell = |spell: &crate::graph::Spell| {
                let qualifiers = spell.qualifiers.iter().map(|(_, value)| 2 + of_value(value));
                24 + of_value(&spell.value) + qualifiers.sum::<usize>()
            };
            2 + spells.iter().map(of_spell).sum::<usize>()
        }
    };
    properties.iter().map(of_property).sum()
}

/// Where a kind of names stands in [`super::manifest::StateV1::names`].
pub(super) fn place_of(kind: NameKind) -> usize {
    match kind {
        NameKind::Label => 0,
        NameKind::EdgeType => 1,
        NameKind::Key => 2,
    }
}

/// Key of a name in the dictionary.
pub(super) fn name_key(kind: NameKind, number: u16) -> Vec<u8> {
    [&[place_of(kind) as u8][..], &number.to_be_bytes()].concat()
}

/// Writes the names that are not in the dictionary yet; they count once the state says so.
fn write_names(engine: &Engine, snapshot: &Snapshot, manifest: &mut Manifest) -> Result<(), StoreError> {
    let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
    let mut writes: Vec<Write> = Vec::new();
    for name in snapshot.catalogue().names() {
        let place = place_of(name.kind);
        *counts.entry(place).or_default() += 1;
        if u32::from(name.number) >= manifest.state.names[place] {
            let key = name_key(name.kind, name.number);
            writes.extend(seal(Tree::Dictionary, &key, &NameV1::from(&name))?);
        }
    }
    engine.fill(&writes)?;
    for (place, count) in counts {
        manifest.state.names[place] = count;
    }
    Ok(())
}

/// Removes what a merge left: replaced chunks and the log up to the merged commit, in small steps. A
/// process killed in between goes on at the next opening.
pub(super) fn clean(engine: &Engine, manifest: &Manifest, garbage: &GarbageV1) -> Result<(), StoreError> {
    for (tree, chunks) in CHUNK_TREES.into_iter().zip(&garbage.chunks) {
        for chunk in chunks {
            remove_where(engine, tree, &chunk.to_be_bytes(), |key| key.starts_with(&chunk.to_be_bytes()))?;
        }
    }
    remove_where(engine, Tree::Log, &[], |key| {
        key.first_chunk::<8>().is_some_and(|seq| u64::from_be_bytes(*seq) <= manifest.state.merged)
    })?;
    remove_where(engine, Tree::Meta, GARBAGE_KEY, |key| key.starts_with(GARBAGE_KEY))
}

/// Removes chunks that were written for a directory that never came to be.
pub(super) fn clean_unfinished(engine: &Engine, manifest: &Manifest) -> Result<(), StoreError> {
    for tree in CHUNK_TREES {
        remove_where(engine, tree, &manifest.state.next_chunk.to_be_bytes(), |_| true)?;
    }
    Ok(())
}

/// Removes the keys from `from` on as long as they are wanted.
fn remove_where(
    engine: &Engine,
    tree: Tree,
    from: &[u8],
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<(), StoreError> {
    const STEP: usize = 256;
    loop {
        let mut writes = Vec::new();
        engine.scan(tree, from, |key, _| {
            let take = writes.len() < STEP && wanted(key);
            if take {
                writes.push(Write { tree, key: key.to_vec(), value: None });
            }
            take
        })?;
        engine.fill(&writes)?;
        if writes.len() < STEP {
            return Ok(());
        }
    }
}
