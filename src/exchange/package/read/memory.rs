//! The files of a package that come from readers: read once, and kept for as long as the import takes.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::file::SourceFile;
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::Fault;
use crate::exchange::limits::TABLE_BYTES;
use crate::exchange::package::schema::metadata;
use crate::exchange::text::table_too_large;

/// A reader of a file of a package, and the name of the file.
pub type NamedReader<'r> = (String, Box<dyn Read + 'r>);

/// Files of a package by name.
pub(in crate::exchange) struct MemoryFiles {
    pub(super) files: BTreeMap<String, Arc<[u8]>>,
    /// What is wrong with the readers.
    pub(super) faults: Vec<Fault>,
}

impl MemoryFiles {
    /// Reads everything. A name without an ending is that of a table: `governments` is `governments.csv`.
    ///
    /// # Errors
    /// [`ExchangeError::Io`] if a reader fails.
    pub(in crate::exchange) fn read(readers: Vec<NamedReader<'_>>) -> Result<Self, ExchangeError> {
        let (mut files, mut faults) = (BTreeMap::new(), Vec::new());
        for (name, reader) in readers {
            let name = if name.contains('.') { name } else { format!("{name}.csv") };
            let mut bytes = Vec::new();
            let read = reader.take(TABLE_BYTES as u64 + 1).read_to_end(&mut bytes);
            read.map_err(ExchangeError::io("read", name.as_ref()))?;
            if bytes.len() > TABLE_BYTES {
                faults.push(table_too_large(&name));
            } else if files.insert(name.clone(), bytes.into()).is_some() {
                let remedy = "give each file once";
                faults.push(Fault::new(name, "package", "there are two files of this name", remedy));
            }
        }
        Ok(Self { files, faults })
    }

    pub(super) fn file(&self, name: &str) -> Option<SourceFile> {
        self.files.get(name).map(|bytes| SourceFile::Memory(PathBuf::from(name), Arc::clone(bytes)))
    }

    /// The bytes of the description, if there is one.
    pub(super) fn description(&self) -> Option<&[u8]> {
        self.files.get(metadata::FILE).map(AsRef::as_ref)
    }
}
