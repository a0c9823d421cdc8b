//! A folder for temporary files that only this user may enter.

use std::path::Path;

use super::error::FileError;
use super::leftovers::clear_copies;
use super::making::Staging;
use super::names::{READER, digits};
use super::rights::private;

/// A private folder among the system's temporary files; dropping it removes it, and where the process is killed the
/// next one that makes such a folder does.
#[derive(Debug)]
pub(crate) struct PrivateFolder {
    making: Staging,
}

impl PrivateFolder {
    /// Makes a folder for a reader's copy below a folder for temporary files.
    pub(crate) fn for_reader(temporary: &Path) -> Result<Self, FileError> {
        clear_copies(temporary);
        let name = || temporary.join(format!("{READER}{}", digits()));
        let making =
            Staging::folder(name, &private()).map_err(FileError::io("make a folder in", temporary))?;
        Ok(Self { making })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.making.path()
    }
}
