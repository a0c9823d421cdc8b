//! From the disk into memory: chunks, then the log on top, checked against the witness.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use super::chunks::{NodeChunkV1, OutChunkV1};
use super::engine::{Engine, Tree};
use super::envelope::{Flaw, Record, read, read_all};
use super::error::StoreError;
use super::head::Reading;
use super::journal::{self, chain_start, entry_of};
use super::manifest::{ChunkEntryV1, Manifest};
use super::merge::{Pending, name_key};
use super::records::{NameV1, OperationsV1, number_of};
use crate::graph::{
    Catalogue, Change, ChangeSet, EdgeId, EdgeRecord, Name, NameKind, NodeId, NodeRecord, Schema, Snapshot,
};

/// All that a store is in memory.
pub(super) struct Loaded {
    pub(super) snapshot: Snapshot,
    pub(super) manifest: Manifest,
    pub(super) pending: Pending,
    /// Hash chain of the journal up to the last commit.
    pub(super) chain: u64,
}

/// The last commit that the engine holds, and the chain there, checked against the witness.
fn last_commit(engine: &Engine, path: &Path, reading: &Reading) -> Result<(u64, u64), StoreError> {
    let witness = reading.witness;
    let last = journal::last_commit(engine)?;
    if last < witness.commit {
        return Err(StoreError::Lost { path: path.to_owned(), from: last + 1, to: witness.commit });
    }
    if last > witness.commit + reading.slack {
        let detail = format!("it names commit {}, but the data go to commit {last}", witness.commit);
        return Err(StoreError::corrupt(&path.join("HEAD"), detail));
    }
    let chain_at = |commit: u64| match commit {
        0 => Ok(chain_start(witness.store)),
        commit => match entry_of(engine, commit)? {
            Some(entry) if entry.body.commit == commit => Ok(entry.chain),
            _ => Err(Flaw::new("the entry is missing").at(engine, Tree::Journal, &commit.to_be_bytes())),
        },
    };
    if chain_at(witness.commit)? != witness.chain {
        let detail = format!("commit {} is not the one that HEAD witnessed", witness.commit);
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    Ok((last, chain_at(last)?))
}

/// Loads the whole store.
pub(super) fn load(
    engine: &Engine,
    path: &Path,
    reading: &Reading,
    schema: Schema,
) -> Result<Loaded, StoreError> {
    let witness = reading.witness;
    let Some(manifest) = Manifest::read(engine)? else {
        return Err(match witness.commit {
            0 => StoreError::corrupt(&engine.data_path(), "it holds no state"),
            to => StoreError::Lost { path: path.to_owned(), from: 1, to },
        });
    };
    if manifest.state.store != witness.store {
        return Err(StoreError::corrupt(&engine.data_path(), "it belongs to another store than HEAD"));
    }
    let (last, chain) = last_commit(engine, path, reading)?;
    let mut catalogue = read_catalogue(engine, &manifest, schema)?;
    let mut nodes = read_nodes(engine, &manifest)?;
    let mut edges = read_edges(engine, &manifest)?;
    let log = read_log(engine, path, manifest.state.merged, last)?;
    let mut next_ids = (manifest.state.next_node, manifest.state.next_edge);
    let mut pending = Pending::default();
    let mut overlay = Overlay::default();
    for changes in log {
        for name in changes.names() {
            adopt(engine, &mut catalogue, name)?;
        }
        next_ids = changes.next_ids();
        pending.note(&changes, |_| None);
        overlay.add(changes);
    }
    overlay.apply(&mut nodes, &mut edges, &mut pending);
    let snapshot = Snapshot::from_records(last, next_ids, Arc::new(catalogue), nodes, edges)
        .map_err(|error| StoreError::corrupt(&engine.data_path(), error.to_string()))?;
    let counts = (snapshot.node_count() as u64, snapshot.edge_count() as u64);
    if last == witness.commit && counts != (witness.nodes, witness.edges) {
        let detail = format!(
            "it holds {} nodes and {} edges, HEAD witnessed {} and {}",
            counts.0, counts.1, witness.nodes, witness.edges
        );
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    Ok(Loaded { snapshot, manifest, pending, chain })
}

fn adopt(engine: &Engine, catalogue: &mut Catalogue, name: &Name) -> Result<(), StoreError> {
    let key = name_key(name.kind, name.number);
    catalogue.adopt(name).map_err(|error| Flaw(error.to_string()).at(engine, Tree::Dictionary, &key))
}

fn read_catalogue(engine: &Engine, manifest: &Manifest, schema: Schema) -> Result<Catalogue, StoreError> {
    let mut catalogue = Catalogue::with_schema(Arc::new(schema));
    let kinds = [NameKind::Label, NameKind::EdgeType, NameKind::Key];
    for (kind, count) in kinds.into_iter().zip(manifest.state.names) {
        for number in (0..=u16::MAX).take(count as usize) {
            let key = name_key(kind, number);
            let flaw = |detail: &str| Flaw::new(detail).at(engine, Tree::Dictionary, &key);
            let record: NameV1 =
                read(engine, Tree::Dictionary, &key)?.ok_or_else(|| flaw("the name is missing"))?;
            let name = Name::from(record);
            if (name.kind, name.number) != (kind, number) {
                return Err(flaw("the name has another number"));
            }
            adopt(engine, &mut catalogue, &name)?;
        }
    }
    Ok(catalogue)
}

/// One chunk of a directory.
pub(super) fn read_chunk<R: Record>(
    engine: &Engine,
    tree: Tree,
    entry: &ChunkEntryV1,
) -> Result<R, StoreError> {
    let key = entry.chunk.to_be_bytes();
    read(engine, tree, &key)?.ok_or_else(|| Flaw::new("the chunk is missing").at(engine, tree, &key))
}

/// Unpacks a chunk and compares its rows with the directory.
pub(super) fn rows_of<T>(
    engine: &Engine,
    tree: Tree,
    entry: &ChunkEntryV1,
    unpacked: Result<Vec<T>, Flaw>,
) -> Result<Vec<T>, StoreError> {
    let key = entry.chunk.to_be_bytes();
    let rows = unpacked.map_err(|flaw| flaw.at(engine, tree, &key))?;
    if rows.len() != entry.rows as usize {
        let flaw = Flaw(format!("it holds {} rows, the directory says {}", rows.len(), entry.rows));
        return Err(flaw.at(engine, tree, &key));
    }
    Ok(rows)
}

fn read_nodes(engine: &Engine, manifest: &Manifest) -> Result<Vec<NodeRecord>, StoreError> {
    let mut nodes = Vec::new();
    for entry in &manifest.directories[0] {
        let chunk: NodeChunkV1 = read_chunk(engine, Tree::Nodes, entry)?;
        nodes.extend(rows_of(engine, Tree::Nodes, entry, chunk.unpack())?);
    }
    expect_count(engine, "nodes", nodes.len(), manifest.state.nodes)?;
    Ok(nodes)
}

fn read_edges(engine: &Engine, manifest: &Manifest) -> Result<Vec<EdgeRecord>, StoreError> {
    let mut edges = Vec::new();
    for entry in &manifest.directories[1] {
        let chunk: OutChunkV1 = read_chunk(engine, Tree::AdjOut, entry)?;
        edges.extend(rows_of(engine, Tree::AdjOut, entry, chunk.unpack())?);
    }
    expect_count(engine, "edges", edges.len(), manifest.state.edges)?;
    Ok(edges)
}

fn expect_count(engine: &Engine, what: &str, found: usize, expected: u64) -> Result<(), StoreError> {
    if found as u64 == expected {
        return Ok(());
    }
    let detail = format!("the chunks hold {found} {what}, the state says {expected}");
    Err(StoreError::corrupt(&engine.data_path(), detail))
}

/// The change sets after the merged commit up to the last one, without gaps.
pub(super) fn read_log(
    engine: &Engine,
    path: &Path,
    merged: u64,
    last: u64,
) -> Result<Vec<ChangeSet>, StoreError> {
    let mut log: Vec<ChangeSet> = Vec::new();
    let mut next = merged + 1;
    read_all(engine, Tree::Log, &next.to_be_bytes(), |key, operations: OperationsV1| {
        let commit = number_of(key).map_err(|flaw| flaw.at(engine, Tree::Log, key))?;
        let changes = ChangeSet::from(operations);
        if commit != next || changes.base() + 1 != commit {
            let flaw = Flaw::new(format!("the record of commit {next} is missing"));
            return Err(flaw.at(engine, Tree::Log, key));
        }
        next += 1;
        log.push(changes);
        Ok(())
    })?;
    if next <= last {
        return Err(StoreError::Lost { path: path.to_owned(), from: next, to: last });
    }
    if next != last + 1 {
        let detail = format!("the log goes to commit {}, the journal to commit {last}", next - 1);
        return Err(StoreError::corrupt(&engine.data_path(), detail));
    }
    Ok(log)
}

/// The last word of the log on every element that it touches.
#[derive(Default)]
struct Overlay {
    nodes: HashMap<NodeId, Option<NodeRecord>>,
    edges: HashMap<EdgeId, Option<EdgeRecord>>,
}

impl Overlay {
    fn add(&mut self, changes: ChangeSet) {
        for change in &changes {
            match change {
                Change::PutNode(node) => drop(self.nodes.insert(node.id, Some(node.clone()))),
                Change::RemoveNode(id) => drop(self.nodes.insert(*id, None)),
                Change::PutEdge(edge) => drop(self.edges.insert(edge.id, Some(edge.clone()))),
                Change::RemoveEdge(id) => drop(self.edges.insert(*id, None)),
            }
        }
    }

    fn apply(self, nodes: &mut Vec<NodeRecord>, edges: &mut Vec<EdgeRecord>, pending: &mut Pending) {
        nodes.retain(|node| !self.nodes.contains_key(&node.id));
        edges.retain(|edge| {
            let changed = self.edges.contains_key(&edge.id);
            if changed {
                pending.note_ends(edge.source, edge.target);
            }
            !changed
        });
        nodes.extend(self.nodes.into_values().flatten());
        edges.extend(self.edges.into_values().flatten());
    }
}
