//! Reads the files of a package; what they mean is the plan's question.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::layout::TableKind;
use super::metadata::{self, Metadata};
use super::text::{RawTable, read_table};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::Fault;
use crate::exchange::suggest::suggest;
use crate::files::is_unfinished;
use crate::graph::Schema;

/// A package as it stands in its folder: tables of cells, not yet understood.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub(super) metadata: Metadata,
    pub(super) tables: Vec<RawTable>,
    pub(super) faults: Vec<Fault>,
}

impl Package {
    /// Reads all tables of a folder and, where it is there, `datapackage.json`.
    ///
    /// Faults of single files are kept for the plan, which reports them with all others.
    ///
    /// # Errors
    /// [`ExchangeError::NoFolder`], [`ExchangeError::Io`].
    pub fn read(folder: &Path, schema: &Schema) -> Result<Self, ExchangeError> {
        let Listing { metadata, tables, faults } = Listing::of(folder, schema)?;
        let mut package = Self { metadata, tables: Vec::new(), faults };
        for (kind, path) in tables {
            let file = format!("{}.csv", kind.table());
            let reader = fs::File::open(&path).map_err(ExchangeError::io("open", &path))?;
            let table =
                read_table(&file, reader, &mut package.faults).map_err(ExchangeError::io("read", &path))?;
            package.tables.extend(table);
        }
        Ok(package)
    }

    /// What the package says of itself.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// How many rows its tables have.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.tables.iter().map(|table| table.rows.len()).sum()
    }
}

/// What a folder holds, before any table is read.
pub(in crate::exchange) struct Listing<'s> {
    pub(in crate::exchange) metadata: Metadata,
    /// Its tables in the order in which they are read.
    pub(in crate::exchange) tables: Vec<(TableKind<'s>, PathBuf)>,
    /// What is wrong with the description and with files that are no tables.
    pub(in crate::exchange) faults: Vec<Fault>,
}

impl<'s> Listing<'s> {
    /// Lists a folder.
    ///
    /// # Errors
    /// [`ExchangeError::NoFolder`], [`ExchangeError::Io`].
    pub(in crate::exchange) fn of(folder: &Path, schema: &'s Schema) -> Result<Self, ExchangeError> {
        if !folder.is_dir() {
            return Err(ExchangeError::NoFolder { path: folder.to_owned() });
        }
        let mut faults = Vec::new();
        let mut metadata = Metadata::default();
        let description = folder.join(metadata::FILE);
        if description.is_file() {
            let bytes = fs::read(&description).map_err(ExchangeError::io("read", &description))?;
            let text = String::from_utf8_lossy(&bytes);
            metadata = metadata::read(&text, folder, &mut faults);
        }
        let files = csv_files(folder)?;
        let path = |kind: &TableKind<'_>| format!("{}.csv", kind.table());
        let tables = TableKind::all(schema).filter(|kind| files.contains(&path(kind)));
        let tables = tables.map(|kind| (kind, folder.join(path(&kind)))).collect();
        note_strangers(&files, schema, &mut faults);
        Ok(Self { metadata, tables, faults })
    }
}

fn note_strangers(files: &BTreeSet<String>, schema: &Schema, faults: &mut Vec<Fault>) {
    let tables: Vec<&str> = TableKind::all(schema).map(TableKind::table).collect();
    for file in files {
        let name = file.strip_suffix(".csv").unwrap_or(file);
        if !tables.contains(&name) {
            let message = format!("“{name}” is no table of the schema");
            let remedy = suggest(name, tables.iter().copied(), || {
                format!("rename it to one of {}, or move it out of the folder", tables.join(", "))
            });
            faults.push(Fault::new(file, "package", message, remedy));
        }
    }
}

/// Names of the CSV files of a folder, sorted.
fn csv_files(folder: &Path) -> Result<BTreeSet<String>, ExchangeError> {
    if is_unfinished(folder) {
        return Err(ExchangeError::Unfinished { path: folder.to_owned() });
    }
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(ExchangeError::io("list", folder))? {
        let entry = entry.map_err(ExchangeError::io("list", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".csv") && !name.starts_with('.') && entry.path().is_file() {
            files.insert(name);
        }
    }
    Ok(files)
}
