//! A file of a package: in a folder, or held in memory.

use std::fs::{self, File};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::exchange::error::ExchangeError;

/// A file that can be read any number of times.
#[derive(Clone, Debug)]
pub(in crate::exchange) enum SourceFile {
    /// It lies on the disk.
    Disk(PathBuf),
    /// Its bytes are in memory; the path is its name in messages.
    Memory(PathBuf, Arc<[u8]>),
}

impl SourceFile {
    /// Its path, or its name.
    pub(in crate::exchange) fn path(&self) -> &Path {
        match self {
            Self::Disk(path) | Self::Memory(path, _) => path,
        }
    }

    /// Opens it at its beginning.
    pub(in crate::exchange) fn open(&self) -> Result<Box<dyn Read + Send>, ExchangeError> {
        Ok(match self {
            Self::Disk(path) => Box::new(File::open(path).map_err(ExchangeError::io("open", path))?),
            Self::Memory(_, bytes) => Box::new(Cursor::new(Arc::clone(bytes))),
        })
    }

    /// How many bytes it has; 0 if the system does not say.
    pub(in crate::exchange) fn bytes(&self) -> u64 {
        match self {
            Self::Disk(path) => fs::metadata(path).map_or(0, |file| file.len()),
            Self::Memory(_, bytes) => bytes.len() as u64,
        }
    }
}
