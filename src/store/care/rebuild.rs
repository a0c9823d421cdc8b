//! An engine that cannot be opened any more, made again from `MANIFEST`, the copy of what it held.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::container::{Header, Kind, Source};
use crate::store::chunks::checkpoint::{MANIFEST, fresh_engine};
use crate::store::chunks::segments::Segments;
use crate::store::engine::{Engine, Layout, Write};
use crate::store::error::StoreError;
use crate::store::failpoint::failpoint;
use crate::store::files::folder;
use crate::store::files::format::Format;
use crate::store::files::head::{Head, Reading, Witness};
use crate::store::files::lock::Lock;
use crate::store::files::quiesce::Quiesce;
use crate::store::handle::{Access, Store, StoreOptions};
use crate::store::load;

/// What [`Store::rebuild`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// The commit that the store is at now.
    pub commit: u64,
    /// First and last commit that are lost; `None` if none is.
    pub lost: Option<(u64, u64)>,
    /// Where the damaged folder is kept; `None` if there was none.
    pub kept: Option<PathBuf>,
}

impl Store {
    /// Makes the engine of a store again from `MANIFEST`, the copy of what it held, where it cannot be opened any more.
    /// The segments stay as they are. Commits that came after the copy are lost: [`Rebuilt`] tells which. The
    /// former folder is kept beside, as `damaged-sled-N`.
    ///
    /// # Errors
    /// [`StoreError::Locked`]; [`StoreError::Corrupt`] if `HEAD`, `MANIFEST` or a segment is damaged: restore a backup,
    /// or load a dump; [`StoreError::Io`]. The store stays as it was.
    pub fn rebuild(path: &Path, options: &StoreOptions) -> Result<Rebuilt, StoreError> {
        let _lock = Lock::write(path)?;
        let quiesce = Quiesce::of_writer(path)?;
        quiesce.begin_write()?;
        let format = Format::read(path, &path.join("FORMAT"))?;
        let head = path.join("HEAD");
        let former = Head::read(&head)?.witness;
        let (header, writes) = read_copy(path, &format)?;
        let number = folder::next_number(path)?;
        drop(fresh_engine(path, number, &writes)?);
        failpoint("rebuild.engine", path)?;
        // Counts of the merged state, and no schema step: what the copy holds decides.
        let copied = Witness { folder: number, schema: 0, format: former.format, ..header.witness };
        let witness = match prove(path, options, copied) {
            Ok(witness) => witness,
            Err(error) => {
                // The first error counts; the next writer removes what is left.
                drop(fs::remove_dir_all(folder::engine_folder(path, number)));
                return Err(error);
            }
        };
        // Aside first: once `HEAD` names another folder, the next writer removes the former one.
        let kept = put_aside(path, former.folder)?;
        failpoint("rebuild.aside", path)?;
        Head::replace(&head, witness)?;
        failpoint("rebuild.witnessed", path)?;
        let lost = (witness.commit < former.commit).then_some((witness.commit + 1, former.commit));
        Ok(Rebuilt { commit: witness.commit, lost, kept })
    }
}

/// What the copy of the engine of a store holds.
fn read_copy(path: &Path, format: &Format) -> Result<(Header, Vec<Write>), StoreError> {
    let place = path.join(MANIFEST);
    let mut source = Source::open(&place)?;
    let header = source.header;
    if header.kind != Kind::Manifest || header.witness.store != format.store || format.format == 1 {
        return Err(StoreError::corrupt(&place, "it is not the copy that belongs to this store"));
    }
    let mut writes = Vec::new();
    while let Some(entries) = source.next_section()? {
        writes.extend(entries);
    }
    Ok((header, writes))
}

/// Opens an engine that `HEAD` does not name yet and reads all of it; returns the witness with the counts that the
/// graph has.
fn prove(path: &Path, options: &StoreOptions, witness: Witness) -> Result<Witness, StoreError> {
    let folder = folder::engine_folder(path, witness.folder);
    let engine = Engine::open(&folder, &folder, Layout::PRESENT, false)?;
    let segments = Segments::open_all(path)?;
    let reading = Reading::of(witness);
    let (store, _) =
        Store::compare(engine, segments, path, &reading, options, (&options.steps(), Access::ReadWrite))?;
    let (snapshot, _) = load::load(&store.base(), path, None)?;
    let (counts, schema) = (snapshot.counts(), store.writer_state().schema);
    Ok(Witness { nodes: counts.0, edges: counts.1, schema, ..witness })
}

/// Keeps the folder of an engine under another name; `None` if it is gone.
fn put_aside(path: &Path, number: u32) -> Result<Option<PathBuf>, StoreError> {
    let former = folder::engine_folder(path, number);
    let kept = path.join(format!("damaged-sled-{number}"));
    match fs::rename(&former, &kept) {
        Ok(()) => Ok(Some(kept)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StoreError::io(&former)(error)),
    }
}
