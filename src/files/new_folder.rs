//! A folder that appears when it is whole.

use std::fs::{self, DirBuilder, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use super::error::FileError;
use super::former;
use super::leftovers::{clear_beside, clear_in};
use super::making::{Locked, Staging, lock_of};
use super::names::{FORMER, INSTALLING, MAKING, beside, digits, is_installing, is_making, parent_of};
use super::new_file::Overwrite;
use super::registry::{decisive, is_ours};
use super::rights::{is_shared, private, take_over};
use super::sync::{sync_folder, sync_parent, sync_tree};
use super::target::Target;

/// Which users may enter a new folder. One that is there keeps its rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// What the process gives to all that it makes.
    Usual,
    /// Its owner; but as usual in a folder that hands its group on, as one does that a group shares.
    Private,
}

/// What a new folder is, beside its entries.
#[derive(Clone, Copy)]
pub(crate) struct Kind<'k> {
    /// Which users may enter it.
    pub(crate) rights: Rights,
    /// The entry without which it is not taken for whole: it is moved last.
    pub(crate) last: &'static str,
    /// Which files of a former folder belong to what is made; what is foreign is never lost. `None` = there is no
    /// replacing.
    pub(crate) belongs: Option<&'k dyn Fn(&str) -> bool>,
    /// Whether a folder that is not empty is replaced.
    pub(crate) overwrite: Overwrite,
}

/// What a new store is.
pub(crate) const STORE: Kind<'_> =
    Kind { rights: Rights::Private, last: "FORMAT", belongs: None, overwrite: Overwrite::No };

/// A folder that is filled beside its place, or in an empty folder that is its place; dropped before
/// [`NewFolder::install`] it leaves nothing.
pub(crate) struct NewFolder<'k> {
    making: Staging,
    place: PathBuf,
    told: PathBuf,
    kind: Kind<'k>,
    way: Way,
}

enum Way {
    /// Nothing is there: it is renamed.
    Beside,
    /// An empty folder is there, which may be a mount point and keeps its rights: the entries are moved into it.
    Inside,
    /// A folder that gives its place, with its rights.
    Exchange(Metadata),
}

impl std::fmt::Debug for NewFolder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewFolder").field("place", &self.place).finish_non_exhaustive()
    }
}

/// Ends or removes what dead processes left at a place.
pub(crate) fn finish_interrupted(told: &Path, kind: Kind<'_>) -> Result<(), FileError> {
    let finish = |place: &Path| {
        clear_beside(place);
        let Some(belongs) = kind.belongs else { return Ok(()) };
        former::finish_exchanges(place, belongs)
    };
    match Target::of(told)? {
        Target::File(..) | Target::Through => return Ok(()),
        Target::Nothing(place) => finish(&place),
        Target::Folder(place, _) => finish(&place).and_then(|()| {
            clear_in(&place);
            end_installing(&place, kind.last)
        }),
    }
    .map_err(FileError::io("end what was begun at", told))
}

/// Whether a folder can be made at a path: nothing is there, or an empty folder.
#[cfg(feature = "cli")]
pub(crate) fn is_free(path: &Path) -> bool {
    match Target::of(path) {
        Ok(Target::Nothing(_)) => true,
        Ok(Target::Folder(place, _)) => is_empty(&place).unwrap_or(false),
        Ok(Target::File(..) | Target::Through) | Err(_) => false,
    }
}

impl<'k> NewFolder<'k> {
    /// Begins a folder: ends or removes what dead processes left there, and refuses a place that is taken.
    pub(crate) fn at(told: &Path, kind: Kind<'k>) -> Result<Self, FileError> {
        finish_interrupted(told, kind)?;
        let (place, found) = match Target::of(told)? {
            Target::File(..) | Target::Through => return Err(FileError::Exists { path: told.to_owned() }),
            Target::Folder(place, found) => (place, found),
            Target::Nothing(place) => {
                let parent = parent_of(&place);
                fs::create_dir_all(parent).map_err(FileError::io("create", parent))?;
                let parent = fs::canonicalize(parent).map_err(FileError::io("open", parent))?;
                let place = parent.join(place.file_name().unwrap_or_default());
                let builder = match kind.rights {
                    Rights::Private if !is_shared(parent_of(&place)) => private(),
                    Rights::Private | Rights::Usual => DirBuilder::new(),
                };
                let making = Staging::folder(|| beside(&place, MAKING), &builder)
                    .map_err(FileError::io("create", told))?;
                return Ok(Self { making, place, told: told.to_owned(), kind, way: Way::Beside });
            }
        };
        let way = match (is_empty(&place).map_err(FileError::io("list", told))?, kind.overwrite) {
            (true, _) => Way::Inside,
            (false, Overwrite::Yes) => Way::Exchange(found),
            (false, Overwrite::No) => return Err(FileError::NotEmpty { path: told.to_owned() }),
        };
        let name = || match way {
            Way::Inside => place.join(format!(".{MAKING}-{}", digits())),
            Way::Beside | Way::Exchange(_) => beside(&place, MAKING),
        };
        let making = Staging::folder(name, &DirBuilder::new()).map_err(FileError::io("create", told))?;
        Ok(Self { making, place, told: told.to_owned(), kind, way })
    }

    /// The folder that is to be filled.
    pub(crate) fn path(&self) -> &Path {
        self.making.path()
    }

    /// Brings all that is in it to the disk and, then, the folder to its place.
    pub(crate) fn install(self) -> Result<(), FileError> {
        sync_tree(self.making.path()).map_err(FileError::io("write", &self.told))?;
        let Self { making, place, told, kind, way } = self;
        match way {
            Way::Beside => rename(making, &place, &told),
            Way::Inside => move_into(making, &place, &told, kind.last),
            Way::Exchange(found) => exchange(making, &place, &told, &found, kind),
        }
    }
}

fn rename(making: Staging, place: &Path, told: &Path) -> Result<(), FileError> {
    let _last_steps = decisive(place);
    fs::rename(making.path(), place).map_err(|error| match error.kind() {
        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            FileError::NotEmpty { path: told.to_owned() }
        }
        _ => FileError::io("move to its place", told)(error),
    })?;
    making.keep();
    sync_parent(place).map_err(FileError::io("write", told))
}

/// Moves the entries into the empty folder that is their place, the one that makes it whole last.
fn move_into(mut making: Staging, place: &Path, told: &Path, last: &str) -> Result<(), FileError> {
    let failed = |error| FileError::io("fill", told)(error);
    // One process at a time; where a folder cannot be locked, the first entry of the other one is in the way. What
    // this process has in the making is locked by itself.
    let _lock = if is_ours(place) {
        None
    } else {
        fs::File::open(place).and_then(|place| place.lock().map(|()| place)).ok()
    };
    if !is_empty(place).map_err(failed)? {
        return Err(FileError::NotEmpty { path: told.to_owned() });
    }
    let _last_steps = decisive(place);
    making.rename(place.join(format!(".{INSTALLING}-{}", digits()))).map_err(failed)?;
    let moved = sync_folder(place).and_then(|()| move_entries(making.path(), place, last));
    // What is left of it is whole together with what was moved: the next process finishes it.
    making.keep();
    moved.map_err(failed)
}

fn move_entries(from: &Path, place: &Path, last: &str) -> io::Result<()> {
    let mut names =
        fs::read_dir(from)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort_by_key(|name| (name == last, name.clone()));
    for name in names {
        if name == last {
            // What comes before it is on the disk before it.
            sync_folder(place)?;
        }
        fs::rename(from.join(&name), place.join(&name))?;
    }
    fs::remove_dir(from)?;
    sync_folder(place)
}

/// Moves what a dead process had not moved yet.
fn end_installing(place: &Path, last: &str) -> io::Result<()> {
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        if path.file_name().is_some_and(is_installing)
            && let Locked::Held(_lock) = lock_of(&path)?
        {
            move_entries(&path, place, last)?;
        }
    }
    Ok(())
}

/// Moves the folder that is there aside and the new one to its place; then what is foreign in the former one to the
/// new one.
fn exchange(
    making: Staging,
    place: &Path,
    told: &Path,
    found: &Metadata,
    kind: Kind<'_>,
) -> Result<(), FileError> {
    let failed = |error| FileError::io("replace", told)(error);
    let Some(belongs) = kind.belongs else { return Err(FileError::NotEmpty { path: told.to_owned() }) };
    // Held until the end: so that another process does not take the former folder for a leftover.
    let _lock = match lock_of(place).map_err(failed)? {
        Locked::Held(lock) => Some(lock),
        Locked::Unknown => None,
        Locked::CopiedStore => return Err(failed(io::ErrorKind::ResourceBusy.into())),
    };
    take_over(making.path(), found).map_err(failed)?;
    let former = beside(place, FORMER);
    let _last_steps = decisive(place);
    fs::rename(place, &former).map_err(failed)?;
    if let Err(error) = fs::rename(making.path(), place) {
        fs::rename(&former, place).map_err(failed)?;
        return Err(failed(error));
    }
    making.keep();
    sync_parent(place).and_then(|()| former::dissolve(&former, place, belongs)).map_err(failed)
}

/// Whether a folder holds nothing, but for what others are making in it and what a new file system begins with.
fn is_empty(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !is_making(&name) && name != "lost+found" {
            return Ok(false);
        }
    }
    Ok(true)
}
