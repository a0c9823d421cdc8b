//! What can be made again from what is sound: the second orientation and the index of texts.

use std::sync::Arc;

use crate::store::chunks::checkpoint::Folding;
use crate::store::chunks::manifest::Manifest;
use crate::store::chunks::merge::{found_by_all, merge};
use crate::store::chunks::writer::ChunkWriter;
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::folder;
use crate::store::handle::Store;

/// What [`Store::repair`] made again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Chunks of incoming edges, made from the outgoing ones.
    pub adjacency: u64,
    /// Chunks of the index, made from the nodes.
    pub index: u64,
    /// Files and folders that nothing refers to, removed.
    pub orphans: u64,
}

impl Store {
    /// Makes again what follows from nodes and outgoing edges: the incoming edges and the index of texts. Nothing
    /// that was stated is changed, and no commit is made. What is damaged beyond that is an error, and the
    /// store stays as it is: restore a backup, or load a dump.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where nodes, outgoing edges or the log are damaged; [`StoreError::ReadOnly`];
    /// [`StoreError::Io`].
    pub fn repair(&self) -> Result<Repaired, StoreError> {
        let mut writer = self.writer()?;
        let packed = Arc::new(self.loaded_by(&mut writer)?.compact()?);
        let orphans = self.orphans()?;
        failpoint("repair.begun", self.path())?;
        // Merged into a store that has neither, they are written whole.
        let mut without = Manifest::clone(&self.base().manifest);
        let [_, _, inward, index, _] = &mut without.directories;
        (*inward, *index) = Default::default();
        let mut touched = writer.pending.clone();
        touched.record_targets(&packed);
        let rows = self.limits().chunk_rows;
        let mut segment = self.new_segment()?;
        let mut manifest = merge(&mut segment, &packed, &touched, &without, rows)?;
        let [_, _, inward, index, _] = &mut manifest.directories;
        *index = ChunkWriter::new(&mut segment, rows).index(&found_by_all(&packed))?;
        let repaired = Repaired { adjacency: inward.len() as u64, index: index.len() as u64, orphans };
        failpoint("repair.chunks", self.path())?;
        let catalogue = Arc::clone(packed.catalogue());
        self.checkpoint(&mut writer, manifest, catalogue, segment, None, &mut Folding::due(&mut |_| {}))?;
        self.publish(packed);
        Ok(repaired)
    }

    /// Files and folders that neither `HEAD` nor the manifest refers to.
    pub(in crate::store) fn orphans(&self) -> Result<u64, StoreError> {
        let base = self.base();
        if base.folder == 0 {
            return Ok(0);
        }
        let segments = base.manifest.segments.others(self.path())?.len();
        let folders = folder::others(self.path(), base.folder)?.len();
        Ok((segments + folders) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Snapshot;
    use crate::store::chunks::segments::Segments;
    use crate::store::engine::Tree;
    use crate::store::{Access, CommitNote, StoreOptions};
    use crate::value::{Validity, Value};

    /// Damages the first chunk of a tree, and opens the store again.
    fn harm(store: Store, tree: Tree, options: &StoreOptions) -> Store {
        let (path, place) = (store.path().to_owned(), store.base().manifest.directory(tree)[0].place);
        drop(store);
        let segment = crate::store::chunks::segment::path_of(&Segments::folder_in(&path), place.segment);
        let mut bytes = std::fs::read(&segment).unwrap();
        bytes[usize::try_from(place.offset).unwrap()] ^= 0xff;
        std::fs::write(&segment, bytes).unwrap();
        Store::open(&path, Access::ReadWrite, options).unwrap()
    }

    #[test]
    fn what_follows_from_the_rest_is_mended_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db");
        let options = StoreOptions { chunk_rows: 4, ..StoreOptions::default() };
        let mut store = Store::create(&path, &options).unwrap();
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
            store = harm(store, tree, &options);
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
