//! A reader's private copy of the engine's files, so that reading changes nothing in the store and a writer
//! may go on meanwhile.

use std::path::Path;
use std::time::Duration;

use super::folder;
use super::format::Format;
use super::head::Reading;
use super::lock::Lock;
use super::quiesce::{Copied, Quiesce};
use crate::files::PrivateFolder;
use crate::store::chunks::segments::Segments;
use crate::store::error::StoreError;
use crate::store::files::witness::{data_folder, read_witnesses};

/// How often a reader copies again if something was written meanwhile, and how long it sleeps before.
const COPIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(20);

/// Where Linux keeps files in memory: a copy there costs no write to a disk, and needs no room on it.
const MEMORY: &str = "/dev/shm";

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
pub(in crate::store) struct CopiedStore {
    pub(in crate::store) copy: ReaderCopy,
    pub(in crate::store) format: Format,
    pub(in crate::store) reading: Reading,
    /// All segments that were there: they are read through these handles from now on.
    pub(in crate::store) segments: Segments,
    /// The writer, if there was one: its process id, where it could be read.
    pub(in crate::store) writer: Option<Option<u32>>,
}

/// Copies the engine's files of a store while its writer rests, and opens what must fit them.
///
/// # Errors
/// [`StoreError::Busy`] if the writer did not rest in time.
pub(in crate::store) fn copy_for_reader(store: &Path) -> Result<CopiedStore, StoreError> {
    let writer = Lock::writer_of(store)?;
    let all = || -> Result<CopiedStore, StoreError> {
        let (format, reading) = read_witnesses(store)?;
        let copy = ReaderCopy::of(&data_folder(store, &reading), format.format > 1)?;
        Ok(CopiedStore { copy, format, reading, segments: Segments::open_all(store)?, writer })
    };
    let Some(quiesce) = Quiesce::of_reader(store) else { return all() };
    for _ in 0..COPIES {
        match quiesce.copy_while_idle(writer.is_some(), || read_witnesses(store), all)? {
            Copied::Exact(taken) => return Ok(taken),
            Copied::Void => std::thread::sleep(PAUSE),
            Copied::Refused => break,
        }
    }
    Err(StoreError::Busy { path: store.to_owned(), pid: writer.flatten() })
}

/// The copy; dropping it removes it.
#[derive(Debug)]
pub(in crate::store) struct ReaderCopy {
    folder: PrivateFolder,
}

impl ReaderCopy {
    /// Copies the engine's folder into memory if it is small, or into the folder for temporary files, first if the
    /// user names one; where the first has no room, the other is tried.
    fn of(data: &Path, small: bool) -> Result<Self, StoreError> {
        let temporary = std::env::temp_dir();
        if !small || cfg!(not(target_os = "linux")) {
            return Self::below(&temporary, data);
        }
        let memory = Path::new(MEMORY);
        let (first, second) =
            if std::env::var_os("TMPDIR").is_some() { (&*temporary, memory) } else { (memory, &*temporary) };
        Self::below(first, data).or_else(|_| Self::below(second, data))
    }

    fn below(place: &Path, data: &Path) -> Result<Self, StoreError> {
        let folder = PrivateFolder::for_reader(place)?;
        folder::copy(data, folder.path())?;
        Ok(Self { folder })
    }

    pub(in crate::store) fn path(&self) -> &Path {
        self.folder.path()
    }
}
