//! Staging an empty store.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::Arc;

use super::base::Base;
use super::care::migrate;
use super::chunks::checkpoint::{fresh_engine, keep_manifest};
use super::chunks::manifest::Manifest;
use super::chunks::segments::Segments;
use super::clock::now_millis;
use super::error::StoreError;
use super::failpoint::failpoint;
use super::files::format::{FORMAT, Format, SEGMENT_BYTES};
use super::files::head::{Head, Witness};
use super::files::staging::{Staging, sync_folder};
use super::handle::{Access, Store, StoreOptions};
use super::journal::chain_start;
use crate::graph::Catalogue;

impl Store {
    /// Makes a store in a new or empty folder and opens it.
    ///
    /// It is made beside its place and moved there when it is whole, so that a process killed in between
    /// leaves no half a store.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] if there is anything at the path, [`StoreError::Migration`] for
    /// schema steps that do not fit together, [`StoreError::Io`].
    pub fn create(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let making = Staging::beside(path)?;
        migrate::check_steps(path, &options.steps())?;
        let store = RandomState::new().hash_one((std::process::id(), now_millis()));
        write_empty_store(making.folder(), store, options)?;
        making.finish()?;
        Self::open(path, Access::ReadWrite, options)
    }
}

/// Writes all files of an empty store into a folder.
fn write_empty_store(folder: &Path, store: u64, options: &StoreOptions) -> Result<(), StoreError> {
    failpoint("create.begun", folder)?;
    make_segments(folder)?;
    let catalogue = Arc::new(Catalogue::default());
    let mut manifest = Manifest::new(store);
    manifest.set_digest(&catalogue);
    let mut writes = manifest.writes()?;
    for step in options.steps() {
        writes.extend(step.writes(now_millis())?);
    }
    let engine = Arc::new(fresh_engine(folder, 1, &writes)?);
    let schema = options.schema_steps.iter().map(|step| step.number).max().unwrap_or(0);
    let witness = Witness {
        commit: 0,
        chain: chain_start(store),
        nodes: 0,
        edges: 0,
        store,
        directory: manifest.digest,
        schema,
        format: FORMAT,
        folder: 1,
        turn: 0,
    };
    let base = Base { engine, folder: 1, manifest: Arc::new(manifest), catalogue, last: 0 };
    keep_manifest(folder, &base, witness.chain)?;
    drop(base);
    failpoint("create.data", folder)?;
    write_witnesses(folder, witness)
}

/// Makes the folder of the segments.
pub(super) fn make_segments(folder: &Path) -> Result<(), StoreError> {
    let segments = Segments::folder_in(folder);
    fs::create_dir(&segments).map_err(StoreError::io(&segments))?;
    sync_folder(&segments)
}

/// Writes what stands beside the engine and the segments, which are whole. `FORMAT` comes last: without it nothing
/// opens.
pub(super) fn write_witnesses(folder: &Path, witness: Witness) -> Result<(), StoreError> {
    Head::create(&folder.join("HEAD"), witness)?;
    for empty in ["LOCK", "TURN", "QUIET"].map(|name| folder.join(name)) {
        fs::write(&empty, "").map_err(StoreError::io(&empty))?;
    }
    failpoint("making.files", folder)?;
    let format = Format { format: witness.format, segment_bytes: SEGMENT_BYTES, store: witness.store };
    format.create(&folder.join("FORMAT"))?;
    sync_folder(folder)
}
