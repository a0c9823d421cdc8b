//! How large a store is, and where.

use std::fs;
use std::path::Path;

use crate::store::chunks::manifest::CHUNK_TREES;
use crate::store::engine::Tree;
use crate::store::error::StoreError;
use crate::store::handle::Store;

/// Bytes of one part of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartBytes {
    /// Its name: a tree of the engine.
    pub part: &'static str,
    /// Values in it.
    pub values: u64,
    /// Bytes of keys and values, compressed as they lie there.
    pub bytes: u64,
}

/// Sizes of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreStats {
    /// Last commit.
    pub commit: u64,
    /// Nodes.
    pub nodes: u64,
    /// Edges.
    pub edges: u64,
    /// Chunks of nodes, of outgoing and of incoming edges.
    pub chunks: u64,
    /// Last commit that the chunks hold; later ones lie in the log.
    pub merged_commit: u64,
    /// Changes in the log.
    pub log_operations: u64,
    /// Entries of the journal.
    pub journal_entries: u64,
    /// Bytes by part, in the order of the layout.
    pub parts: Vec<PartBytes>,
    /// Bytes of all files of the store. The engine takes space in steps of 512 KiB, and a segment keeps blocks that
    /// were replaced until half of it is dead, so this exceeds the sum of the parts.
    pub file_bytes: u64,
}

impl Store {
    /// Sizes of the store. Reads all of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Io`].
    pub fn stats(&self) -> Result<StoreStats, StoreError> {
        let mut writer = self.writer_state();
        let base = self.base();
        let state = &base.manifest.state;
        // If the log is empty the state tells the counts; else the graph does.
        let (nodes, edges) = match self.loaded() {
            None if base.last == state.merged => (state.nodes, state.edges),
            loaded => loaded.map_or_else(|| self.loaded_by(&mut writer), Ok)?.counts(),
        };
        let mut parts = Vec::with_capacity(Tree::ALL.len());
        for tree in Tree::ALL {
            let mut part = PartBytes { part: tree.name(), values: 0, bytes: 0 };
            if base.engine.trees().contains(&tree) {
                base.engine.scan(tree, &[], |key, value| {
                    part.values += 1;
                    part.bytes += (key.len() + value.len()) as u64;
                    true
                })?;
            }
            for place in base.manifest.directory(tree).iter().map(|entry| entry.place) {
                part.values += u64::from(place.segment > 0);
                part.bytes += u64::from(place.bytes);
            }
            parts.push(part);
        }
        Ok(StoreStats {
            commit: base.last,
            nodes,
            edges,
            chunks: CHUNK_TREES.iter().map(|tree| base.manifest.directory(*tree).len() as u64).sum(),
            merged_commit: state.merged,
            log_operations: writer.pending.operations as u64,
            journal_entries: base.last,
            parts,
            file_bytes: bytes_in(self.path())?,
        })
    }
}

/// Bytes of all files below a folder.
pub(in crate::store) fn bytes_in(folder: &Path) -> Result<u64, StoreError> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder).map_err(StoreError::io(folder))? {
        let path = entry.map_err(StoreError::io(folder))?.path();
        let counted = if path.is_dir() { bytes_in(&path) } else { length_of(&path) };
        bytes += match counted {
            // A writer removed it meanwhile.
            Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => 0,
            counted => counted?,
        };
    }
    Ok(bytes)
}

fn length_of(path: &Path) -> Result<u64, StoreError> {
    Ok(fs::metadata(path).map_err(StoreError::io(path))?.len())
}
