//! A file that appears when it is whole.

use std::fs::{self, File, Metadata, OpenOptions};
#[cfg(feature = "cli")]
use std::io::BufWriter;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::FileError;
use super::leftovers::clear_beside;
use super::making::Staging;
use super::names::{MAKING, beside, parent_of};
use super::registry::{decisive, remove};
use super::rights::take_over;
use super::sync::sync_parent;
use super::target::Target;
#[cfg(feature = "cli")]
use super::target::refuse_input;

/// Whether a file that is there may be written over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overwrite {
    /// It is refused.
    No,
    /// It is replaced when the new one is whole, which gets its mode.
    Yes,
}

impl Overwrite {
    /// What an option says.
    #[cfg(feature = "cli")]
    pub(crate) fn if_asked(asked: bool) -> Self {
        if asked { Self::Yes } else { Self::No }
    }
}

/// A file that is written beside its place; dropped before [`NewFile::install`] it leaves nothing.
///
/// What is not a regular file, a device or a pipe, is written through. Of a link the target is the file.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    told: PathBuf,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Through,
    Beside { making: Staging, target: PathBuf, overwrite: Overwrite },
}

impl NewFile {
    /// Begins a file. Where one is there already and must not be written over, or may be read only, it is refused now.
    pub(crate) fn create(path: &Path, overwrite: Overwrite) -> Result<Self, FileError> {
        match Target::of(path)? {
            Target::Folder(..) => Err(FileError::Folder { path: path.to_owned() }),
            Target::Through => {
                let file = through(path).map_err(FileError::io("open", path))?;
                Ok(Self { file, told: path.to_owned(), way: Way::Through })
            }
            Target::File(..) if overwrite == Overwrite::No => {
                Err(FileError::Exists { path: path.to_owned() })
            }
            Target::File(target, former) => Self::beside(path, target, overwrite, Some(&former)),
            Target::Nothing(target) => Self::beside(path, target, overwrite, None),
        }
    }

    fn beside(
        told: &Path,
        target: PathBuf,
        overwrite: Overwrite,
        former: Option<&Metadata>,
    ) -> Result<Self, FileError> {
        clear_beside(&target);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if former.is_some() {
            // Narrow until it has the rights of the former one.
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        if !parent_of(&target).is_dir() {
            return Err(FileError::io("create", told)(io::ErrorKind::NotFound.into()));
        }
        let (making, file) =
            Staging::file(|| beside(&target, MAKING), &options).map_err(FileError::io("create", told))?;
        if let Some(former) = former {
            take_over(making.path(), former).map_err(FileError::io("give the former rights to", told))?;
        }
        Ok(Self { file, told: told.to_owned(), way: Way::Beside { making, target, overwrite } })
    }

    /// Where the bytes are until then, to be read back; `None` if they are written through.
    pub(crate) fn path(&self) -> Option<&Path> {
        match &self.way {
            Way::Beside { making, .. } => Some(making.path()),
            Way::Through => None,
        }
    }

    /// Brings the bytes to the disk and, then, the file to its place.
    pub(crate) fn install(self) -> Result<(), FileError> {
        self.finish(true)
    }

    /// As [`NewFile::install`], for a file that is a part of something larger and says nothing of whether that is done.
    pub(crate) fn install_part(self) -> Result<(), FileError> {
        self.finish(false)
    }

    fn finish(self, decides: bool) -> Result<(), FileError> {
        let Self { file, told, way } = self;
        let Way::Beside { making, target, overwrite } = way else { return Ok(()) };
        file.sync_all().map_err(FileError::io("write", &told))?;
        let _last_steps = decides.then(|| decisive(&target));
        place(&making, &target, overwrite).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists { path: told.clone() },
            _ => FileError::io("move to its place", &told)(error),
        })?;
        making.keep();
        sync_parent(&target).map_err(FileError::io("write", &told))
    }
}

/// Gives what was made its name. Where nothing may be written over, what has appeared there meanwhile stays too.
fn place(making: &Staging, target: &Path, overwrite: Overwrite) -> io::Result<()> {
    if overwrite == Overwrite::No {
        match fs::hard_link(making.path(), target) {
            Ok(()) => {
                remove(making.path());
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            // Not every file system has second names.
            Err(_) => {}
        }
    }
    fs::rename(making.path(), target)
}

/// Opens what is only written to. A file that a process has open already is continued.
fn through(path: &Path) -> io::Result<File> {
    let is_file = path.metadata()?.is_file();
    OpenOptions::new().write(true).append(is_file).open(path)
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Refuses what [`NewFile::create`] would refuse.
#[cfg(feature = "cli")]
pub(crate) fn refuse_taken(path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
    match Target::of(path)? {
        Target::Folder(..) => Err(FileError::Folder { path: path.to_owned() }),
        Target::File(..) if overwrite == Overwrite::No => Err(FileError::Exists { path: path.to_owned() }),
        Target::File(..) | Target::Through | Target::Nothing(_) => Ok(()),
    }
}

/// Writes a file that appears when it is whole; never over one of the `inputs`, or into one that is a folder.
#[cfg(feature = "cli")]
pub(crate) fn write_file<T, E: From<FileError>>(
    path: &Path,
    overwrite: Overwrite,
    inputs: &[&Path],
    write: impl FnOnce(&mut BufWriter<NewFile>) -> Result<T, E>,
) -> Result<T, E> {
    refuse_input(path, inputs)?;
    let mut out = BufWriter::new(NewFile::create(path, overwrite)?);
    let value = write(&mut out)?;
    let file = out.into_inner().map_err(|error| FileError::io("write", path)(error.into_error()))?;
    file.install()?;
    Ok(value)
}
