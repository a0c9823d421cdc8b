//! The open segments of a store, and the files in its folder `segments`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::segment::{Place, Segment, number_of};
use crate::store::chunks::state::{SegmentV2, StateV2};
use crate::store::engine::envelope::{read_as_block, read_chunk};
use crate::store::engine::{Engine, Tree};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;

/// Segments by their number. Their blocks can be read as long as they are held, also after a merge removed the files.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Segments {
    folder: PathBuf,
    open: BTreeMap<u32, Arc<Segment>>,
    /// The engine of a store of format 1, which holds the chunks itself.
    chunks: Option<Arc<Engine>>,
}

impl Segments {
    /// Where the segments of a store lie.
    pub(in crate::store) fn folder_in(store: &Path) -> PathBuf {
        store.join("segments")
    }

    /// Opens all segment files that are there, those that nothing refers to among them.
    pub(in crate::store) fn open_all(store: &Path) -> Result<Self, StoreError> {
        let folder = Self::folder_in(store);
        let mut open = BTreeMap::new();
        for (number, path) in files_in(&folder)? {
            match Segment::open(&path, number) {
                Ok(segment) => drop(open.insert(number, Arc::new(segment))),
                // Removed since: where it is needed, it is missed below.
                Err(StoreError::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { folder, open, chunks: None })
    }

    /// The chunks of a store of format 1.
    pub(in crate::store) fn of_engine(engine: &Arc<Engine>) -> Self {
        Self { folder: PathBuf::new(), open: BTreeMap::new(), chunks: Some(Arc::clone(engine)) }
    }

    /// Those that a state refers to; each must be there, whole and of the same store.
    pub(in crate::store) fn named(&self, state: &StateV2) -> Result<Self, StoreError> {
        let mut named = Self { folder: self.folder.clone(), ..Self::default() };
        for SegmentV2 { number, bytes } in &state.segments {
            let path = super::segment::path_of(&self.folder, *number);
            let segment = self.open.get(number);
            let segment = segment.ok_or_else(|| StoreError::corrupt(&path, "the file is missing"))?;
            segment.check(state.store, *bytes)?;
            named.open.insert(*number, Arc::clone(segment));
        }
        Ok(named)
    }

    /// These and one more.
    pub(in crate::store) fn with(&self, added: Option<Arc<Segment>>) -> Self {
        let mut all = self.clone();
        all.open.extend(added.map(|segment| (segment.number(), segment)));
        all
    }

    /// Those with these numbers.
    pub(in crate::store) fn only(mut self, numbers: &[u32]) -> Self {
        self.open.retain(|number, _| numbers.binary_search(number).is_ok());
        self
    }

    pub(in crate::store) fn list(&self) -> Vec<SegmentV2> {
        self.open.values().map(|own| SegmentV2 { number: own.number(), bytes: own.bytes() }).collect()
    }

    /// The bytes of a block.
    pub(in crate::store) fn read(&self, place: &Place) -> Result<Vec<u8>, StoreError> {
        self.of(place)?.read(place)
    }

    /// The bytes of a block of a tree, also of a store of format 1.
    pub(in crate::store) fn read_chunk(&self, tree: Tree, place: &Place) -> Result<Vec<u8>, StoreError> {
        match (&self.chunks, place.segment) {
            (Some(engine), 0) if tree == Tree::Archive => read_as_block(engine, tree, place.offset),
            (Some(engine), 0) => read_chunk(engine, tree, place.offset),
            _ => self.read(place),
        }
    }

    fn of(&self, place: &Place) -> Result<&Segment, StoreError> {
        let missing = || {
            let path = super::segment::path_of(&self.folder, place.segment);
            StoreError::corrupt(
                &path,
                "the directory refers to it, and it is not one of the store's segments",
            )
        };
        self.open.get(&place.segment).map(AsRef::as_ref).ok_or_else(missing)
    }

    /// The error for a block whose bytes cannot be decoded.
    pub(in crate::store) fn damaged(&self, place: &Place, detail: &str) -> StoreError {
        match (&self.chunks, self.of(place)) {
            (Some(engine), _) if place.segment == 0 => {
                StoreError::corrupt(&engine.data_path(), format!("chunk {}: {detail}", place.offset))
            }
            (_, Ok(segment)) => segment.damaged(place, detail),
            (_, Err(error)) => error,
        }
    }

    /// Files of the folder that are not among them, what a killed writer left.
    pub(in crate::store) fn others(&self, store: &Path) -> Result<Vec<PathBuf>, StoreError> {
        let mut others = files_in(&Self::folder_in(store))?;
        others.retain(|number, _| !self.open.contains_key(number));
        Ok(others.into_values().collect())
    }

    /// Removes the files that are not among them. The caller keeps readers out.
    pub(in crate::store) fn remove_others(&self, store: &Path) -> Result<(), StoreError> {
        for path in self.others(store)? {
            failpoint("segment.remove", &path)?;
            fs::remove_file(&path).map_err(StoreError::io(&path))?;
        }
        Ok(())
    }
}

/// The segment files of a folder by their number; what has another name is not a segment.
fn files_in(folder: &Path) -> Result<BTreeMap<u32, PathBuf>, StoreError> {
    let mut files = BTreeMap::new();
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(files),
        entries => entries.map_err(StoreError::io(folder))?,
    };
    for entry in entries {
        let path = entry.map_err(StoreError::io(folder))?.path();
        files.extend(number_of(&path).map(|number| (number, path)));
    }
    Ok(files)
}
