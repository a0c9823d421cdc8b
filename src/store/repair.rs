//! What can be made anew from what is sound: the second orientation and the index of texts.

use std::sync::Arc;

use super::chunk_writer::ChunkWriter;
use super::commit::Writer;
use super::error::StoreError;
use super::failpoint::hit;
use super::manifest::{CHUNK_TREES, GarbageV1, Manifest};
use super::merge::{clean_unfinished, found_by_all, merge};
use super::open::Store;
use crate::graph::Snapshot;

/// What [`Store::repair`] made anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Chunks of incoming edges, made from the outgoing ones.
    pub adjacency: u64,
    /// Chunks of the index, made from the nodes.
    pub index: u64,
    /// Chunks that nothing refers to, removed.
    pub orphans: u64,
}

impl Store {
    /// Makes anew what follows from nodes and outgoing edges: the incoming edges and the index of texts. Nothing
    /// that was stated is changed, and no commit is made. What is damaged beyond that is an error, and the
    /// store stays as it is: restore a backup, or load a dump.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where nodes, outgoing edges or the log are damaged; [`StoreError::ReadOnly`];
    /// [`StoreError::Io`].
    pub fn repair(&self) -> Result<Repaired, StoreError> {
        let mut writer = self.writer()?;
        let packed = Arc::new(self.loaded_by(&mut writer)?.compact()?);
        let commit = writer.last;
        let repaired = writer.finishing(commit, |writer| self.make_anew(writer, &packed))?;
        self.publish(packed);
        Ok(repaired)
    }

    fn make_anew(&self, writer: &mut Writer, packed: &Snapshot) -> Result<Repaired, StoreError> {
        hit("repair.begun", self.path())?;
        clean_unfinished(self.engine(), &writer.manifest)?;
        // Merged into a store that has neither, they are written whole.
        let mut without = Manifest::clone(&writer.manifest);
        let [_, _, inward, index] = &mut without.directories;
        (*inward, *index) = Default::default();
        let mut touched = writer.pending.clone();
        touched.note_targets(packed);
        let rows = self.limits().chunk_rows;
        let (mut manifest, _) = merge(self.engine(), packed, &touched, &without, rows)?;
        let mut chunks = ChunkWriter::new(self.engine(), manifest.state.next_chunk, rows);
        let [_, _, inward, index] = &mut manifest.directories;
        *index = chunks.index(&found_by_all(packed))?;
        let repaired = Repaired {
            adjacency: inward.len() as u64,
            index: index.len() as u64,
            orphans: self.orphans(&writer.manifest)?.iter().map(|chunks| chunks.len() as u64).sum(),
        };
        manifest.state.next_chunk = chunks.next_chunk();
        let garbage = GarbageV1 { chunks: self.orphans(&manifest)? };
        let (writes, turn) = self.turn_to(writer, manifest, garbage)?;
        hit("repair.chunks", self.path())?;
        self.engine().transact(&writes)?;
        hit("repair.swapped", self.path())?;
        self.engine().sync()?;
        hit("repair.synced", self.path())?;
        self.take_turn(writer, turn, Arc::clone(packed.catalogue()))?;
        Ok(repaired)
    }

    /// Chunks of each tree that a manifest does not refer to.
    pub(super) fn orphans(&self, manifest: &Manifest) -> Result<[Vec<u64>; CHUNK_TREES.len()], StoreError> {
        let mut orphans: [Vec<u64>; CHUNK_TREES.len()] = Default::default();
        for ((tree, directory), found) in CHUNK_TREES.into_iter().zip(&manifest.directories).zip(&mut orphans)
        {
            let mut known: Vec<u64> = directory.iter().map(|entry| entry.chunk).collect();
            known.sort_unstable();
            self.engine().scan(tree, &[], |key, _| {
                let chunk = key.first_chunk::<8>().map(|chunk| u64::from_be_bytes(*chunk));
                let strange = chunk.filter(|chunk| known.binary_search(chunk).is_err());
                if strange.is_some() && found.last().copied() != strange {
                    found.extend(strange);
                }
                true
            })?;
        }
        Ok(orphans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::engine::{Tree, Write};
    use crate::store::{CommitNote, StoreOptions};
    use crate::value::{Validity, Value};

    /// Removes the first chunk of a tree.
    fn harm(store: &Store, tree: Tree) {
        let mut key = None;
        store
            .engine()
            .scan(tree, &[], |own, _| {
                key = Some(own.to_vec());
                false
            })
            .unwrap();
        store.engine().fill(&[Write { tree, key: key.unwrap(), value: None }]).unwrap();
        store.engine().sync().unwrap();
    }

    #[test]
    fn what_follows_from_the_rest_is_mended_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let options = StoreOptions { chunk_rows: 4, ..StoreOptions::default() };
        let store = Store::create(&path, &options).unwrap();
        let state = store.snapshot().unwrap();
        let mut draft = state.draft();
        let nodes: Vec<_> =
            (0..9).map(|_| draft.create_node(&["Government"], Validity::ALWAYS).unwrap()).collect();
        for (at, node) in nodes.iter().enumerate() {
            draft.set_node(*node, "id", Value::text(&format!("g{at}"))).unwrap();
            draft.create_edge("PAYS", *node, nodes[at / 2], Validity::ALWAYS).unwrap();
        }
        let note = CommitNote { actor: "me", command: "test", summary: "test" };
        store.commit(&draft.finish(), &note, &[]).unwrap();
        store.merge().unwrap();
        let whole = Snapshot::clone(&store.snapshot().unwrap());
        for (tree, mended) in
            [(Tree::AdjIn, true), (Tree::Index, true), (Tree::Nodes, false), (Tree::AdjOut, false)]
        {
            harm(&store, tree);
            let again = |store: &Store| {
                store.replace(None);
                store.verify(&[]).unwrap()
            };
            assert!(!again(&store).is_clean(), "{tree:?}");
            store.replace(None);
            let repaired = store.repair();
            assert_eq!(repaired.is_ok(), mended, "{tree:?} {repaired:?}");
            if !mended {
                assert!(matches!(repaired, Err(StoreError::Corrupt { .. })));
                return;
            }
            let report = again(&store);
            assert!(report.is_clean(), "{tree:?} {report:?}");
            assert!(store.snapshot().unwrap().holds_same(&whole));
        }
    }
}
