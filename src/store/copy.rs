//! A reader's private copy of the engine's files, so that reading changes nothing in the store and a writer
//! may go on meanwhile.

use std::fs;
use std::path::Path;

use super::error::StoreError;
use super::gate::Gate;
use super::lock::Lock;
use super::open::is_half_written;
use super::swap::data_folder;
use crate::files::PrivateFolder;

/// The writer beside which a store was opened for reading, and the state that is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beside {
    /// Process id of the writer, where it could be read.
    pub writer: Option<u32>,
    /// The commit that is seen; later ones are not.
    pub commit: u64,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z by the clock of the machine; `None`
    /// before the first commit.
    pub committed_at_millis: Option<i64>,
}

/// What a reader takes from a store at one moment.
pub(super) struct Taken<T> {
    pub(super) copy: ReaderCopy,
    /// What was read beside the engine's files.
    pub(super) read: T,
    /// The writer, where there was one: its process id, where it could be read.
    pub(super) writer: Option<Option<u32>>,
}

/// Copies the engine's files of a store while its writer rests, and reads what else must fit them.
///
/// # Errors
/// [`StoreError::Busy`] where the writer did not rest in time.
pub(super) fn take<T>(
    store: &Path,
    read: impl Fn() -> Result<T, StoreError>,
) -> Result<Taken<T>, StoreError> {
    let writer = Lock::writer_of(store)?;
    let both = || Ok((read()?, ReaderCopy::of(&data_folder(store))?));
    let taken = match Gate::of_reader(store) {
        Some(gate) => gate.in_quiet(both)?,
        None => Some(both()?),
    };
    match taken {
        Some((read, copy)) => Ok(Taken { copy, read, writer }),
        None => Err(StoreError::Busy { path: store.to_owned(), pid: writer.flatten() }),
    }
}

/// The copy; dropping it removes it.
#[derive(Debug)]
pub(super) struct ReaderCopy {
    folder: PrivateFolder,
}

impl ReaderCopy {
    /// Copies the engine's folder into the folder for temporary files.
    pub(super) fn of(data: &Path) -> Result<Self, StoreError> {
        let folder = PrivateFolder::for_reader()?;
        copy_folder(data, folder.path())?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Makes a folder that only its owner may enter.
fn make_private(folder: &Path) -> Result<(), StoreError> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(StoreError::io(folder))
}

fn copy_folder(from: &Path, to: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(from).map_err(StoreError::io(from))? {
        let path = entry.map_err(StoreError::io(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            make_private(&target)?;
            copy_folder(&path, &target)?;
        } else if !is_half_written(&path) {
            fs::copy(&path, &target).map_err(StoreError::io(&path))?;
        }
    }
    Ok(())
}
