//! Reads the files of a package; what they mean is the plan's question.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::existence::join_spells;
use super::layout::TableKind;
use super::metadata::{self, Described, Metadata};
use crate::exchange::cell::split_list;
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::Fault;
use crate::exchange::limits::DESCRIPTION_BYTES;
use crate::exchange::text::{RawTable, Row, TextForm, decimal_point, read_table};
use crate::files::is_unfinished;
use crate::graph::{ColumnType, Schema};
use crate::value::nearest;

/// A package as it stands in its folder: tables of cells, not yet understood.
#[derive(Clone, Debug, Default)]
pub struct Package {
    pub(super) metadata: Metadata,
    pub(super) tables: Vec<RawTable>,
    pub(super) faults: Vec<Fault>,
    /// The folder, where it must hold rows.
    pub(super) folder: Option<String>,
}

impl Package {
    /// Reads all tables of a folder and, where it is there, `datapackage.json`.
    ///
    /// Faults of single files are kept for the plan, which reports them with all others.
    ///
    /// # Errors
    /// [`ExchangeError::NoFolder`], [`ExchangeError::Io`].
    pub fn read(folder: &Path, schema: &Schema) -> Result<Self, ExchangeError> {
        Self::read_as(folder, schema, &TextForm::default())
    }

    /// Reads all tables of a folder whose text has a form.
    ///
    /// # Errors
    /// As [`Package::read`].
    pub fn read_as(folder: &Path, schema: &Schema, form: &TextForm) -> Result<Self, ExchangeError> {
        let Listing { metadata, tables, faults, is_of_nothing } = Listing::of(folder, schema)?;
        let folder = (!is_of_nothing).then(|| folder.display().to_string());
        let mut package = Self { metadata, tables: Vec::new(), faults, folder };
        for (kind, path) in tables {
            let file = format!("{}.csv", kind.table());
            let reader = fs::File::open(&path).map_err(ExchangeError::io("open", &path))?;
            let table = read_table(&file, reader, form, &mut package.faults)
                .map_err(ExchangeError::io("read", &path))?;
            if let Some(mut table) = table {
                as_usual(kind, &mut table, form);
                let spells = match kind {
                    TableKind::Label(spec) => join_spells(&mut table, spec, &mut package.faults),
                    _ => None,
                };
                package.tables.push(table);
                package.tables.extend(spells);
            }
        }
        let settings = "settings";
        let has_table = package.tables.iter().any(|table| table.name == settings);
        if !package.metadata.settings.is_empty() && !has_table && schema.label("Setting").is_some() {
            let row = |(at, (id, value)): (u64, &(String, String))| Row {
                number: at,
                cells: [id.as_str(), value.as_str(), "..", ".."].into_iter().collect(),
                ragged: false,
            };
            package.tables.push(RawTable {
                name: settings.to_owned(),
                file: metadata::FILE.to_owned(),
                header: ["id", "value", "valid_from", "valid_to"].map(str::to_owned).to_vec(),
                rows: (1..).zip(&package.metadata.settings).map(row).collect(),
                ..RawTable::default()
            });
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

/// Brings the cells of a table to the usual form: dates that are written in another one, numbers with a decimal comma
/// where commas do not separate the cells. What is in neither form stays, and is a fault of its cell.
fn as_usual(kind: TableKind<'_>, table: &mut RawTable, form: &TextForm) {
    let columns = kind.columns();
    let usual = |name: &str, cell: &str| -> Option<String> {
        let date = |text: &str| Some(form.dates?.read(text)?.to_string());
        match columns.iter().find(|column| column.name == name)?.column_type {
            ColumnType::Date => date(cell),
            _ if matches!(name, "valid_from" | "valid_to") => date(cell),
            _ if name == "attested" => {
                let dates = split_list(cell).into_iter().map(|text| date(&text).unwrap_or(text));
                form.dates.map(|_| dates.collect::<Vec<_>>().join(";"))
            }
            ColumnType::Float if table.separator != b',' => decimal_point(cell),
            _ => None,
        }
    };
    for row in &mut table.rows {
        let changed: Vec<Option<String>> =
            table.header.iter().zip(&row.cells).map(|(name, cell)| usual(name, cell)).collect();
        if changed.iter().any(Option::is_some) {
            let cells =
                row.cells.iter().zip(&changed).map(|(cell, changed)| changed.as_deref().unwrap_or(cell));
            row.cells = cells.collect();
        }
    }
}

/// What a folder holds, before any table is read.
pub(in crate::exchange) struct Listing<'s> {
    pub(in crate::exchange) metadata: Metadata,
    /// Its tables in the order in which they are read.
    pub(in crate::exchange) tables: Vec<(TableKind<'s>, PathBuf)>,
    /// What is wrong with the description and with files that are no tables.
    pub(in crate::exchange) faults: Vec<Fault>,
    /// Whether its description says that it has no table.
    pub(in crate::exchange) is_of_nothing: bool,
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
        let mut files = plain_files(folder, schema, &mut faults)?;
        let Described { metadata, is_of_nothing } =
            if files.remove(metadata::FILE) { describe(folder, &mut faults)? } else { Described::default() };
        let path = |kind: &TableKind<'_>| format!("{}.csv", kind.table());
        let tables = TableKind::all(schema).filter(|kind| files.contains(&path(kind)));
        let tables: Vec<_> = tables.map(|kind| (kind, folder.join(path(&kind)))).collect();
        note_strangers(&files, schema, &mut faults);
        if tables.is_empty() && faults.is_empty() && !is_of_nothing {
            faults.push(no_table(folder, schema));
        }
        Ok(Self { metadata, tables, faults, is_of_nothing })
    }
}

/// Files that are no tables: those that are near to one each, the others together.
fn note_strangers(files: &BTreeSet<String>, schema: &Schema, faults: &mut Vec<Fault>) {
    let tables: Vec<&str> = TableKind::all(schema).map(TableKind::table).collect();
    let mut far = Vec::new();
    for file in files {
        let name = file.strip_suffix(".csv").unwrap_or(file);
        if tables.contains(&name) {
            continue;
        }
        match nearest(name, tables.iter().copied(), 1).first() {
            Some(near) => {
                let message = format!("“{name}” is no table of the schema");
                faults.push(Fault::new(file, "package", message, format!("did you mean “{near}”?")));
            }
            None => far.push((file, name)),
        }
    }
    let Some((first, _)) = far.first() else { return };
    let shown: Vec<String> = far.iter().take(5).map(|(_, name)| format!("“{name}”")).collect();
    let more = if far.len() > shown.len() {
        format!(" and {} more", far.len() - shown.len())
    } else {
        String::new()
    };
    let are = if far.len() == 1 { "is no table" } else { "are no tables" };
    let message = format!("{}{more} {are} of the schema", shown.join(", "));
    let remedy = format!("rename to one of {}, or move out of the folder", tables.join(", "));
    faults.push(Fault::new(*first, "package", message, remedy));
}

/// Names of the tables of a folder and of its description, sorted. What bears such a name in another case or
/// is not a plain file is a fault: left out in silence, its rows would be missing.
fn plain_files(
    folder: &Path,
    schema: &Schema,
    faults: &mut Vec<Fault>,
) -> Result<BTreeSet<String>, ExchangeError> {
    if is_unfinished(folder) {
        return Err(ExchangeError::Unfinished { path: folder.to_owned() });
    }
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(folder).map_err(ExchangeError::io("list", folder))? {
        let entry = entry.map_err(ExchangeError::io("list", folder))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let usual = name.to_lowercase();
        let is_csv = usual.ends_with(".csv") && !name.starts_with('.');
        if !is_csv && usual != metadata::FILE {
            continue;
        }
        let is_known = usual == metadata::FILE || is_table(&usual, schema);
        let (message, remedy) = if name != usual && is_known {
            (format!("it is {usual} in another case"), format!("rename it to {usual}"))
        } else if let Some(wrong) = not_plain(&entry.path()) {
            (wrong, "put a plain file there, or move it out of the folder".to_owned())
        } else {
            files.insert(name);
            continue;
        };
        faults.push(Fault::new(name, "package", message, remedy));
    }
    Ok(files)
}

/// Whether a file name is that of a table.
fn is_table(file: &str, schema: &Schema) -> bool {
    file.strip_suffix(".csv").is_some_and(|name| TableKind::named(schema, name).is_some())
}

/// Why a file cannot be read as one, if it cannot; links are followed.
fn not_plain(path: &Path) -> Option<String> {
    match fs::metadata(path) {
        Ok(found) if found.is_file() => None,
        Ok(found) if found.is_dir() => Some("it is a folder, not a file".to_owned()),
        Ok(_) => Some("it is a pipe, a device or a socket, not a file".to_owned()),
        Err(error) if path.is_symlink() => Some(format!("what it links to cannot be reached: {error}")),
        Err(error) => Some(format!("it cannot be reached: {error}")),
    }
}

/// Reads the description of a package.
fn describe(folder: &Path, faults: &mut Vec<Fault>) -> Result<Described, ExchangeError> {
    let path = folder.join(metadata::FILE);
    let file = fs::File::open(&path).map_err(ExchangeError::io("open", &path))?;
    let mut bytes = Vec::new();
    let most = DESCRIPTION_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(ExchangeError::io("read", &path))?;
    if bytes.len() > DESCRIPTION_BYTES {
        let message = format!("it is larger than {DESCRIPTION_BYTES} bytes (4 MiB)");
        let remedy = "describe the package and its tables only, or remove the file";
        faults.push(Fault::new(metadata::FILE, "package", message, remedy));
        return Ok(Described::default());
    }
    Ok(metadata::read(&String::from_utf8_lossy(&bytes), folder, faults))
}

/// The fault of a folder without tables; a folder in it that has some may be meant.
fn no_table(folder: &Path, schema: &Schema) -> Fault {
    let within = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut meant: Vec<PathBuf> = within
        .filter(|path| {
            let files = fs::read_dir(path).into_iter().flatten().flatten();
            files.map(|file| file.file_name()).any(|file| is_table(&file.to_string_lossy(), schema))
        })
        .collect();
    meant.sort();
    let remedy = match meant.first() {
        Some(path) => format!("did you mean {}?", path.display()),
        None => "name a folder with tables such as governments.csv".to_owned(),
    };
    Fault::new(folder.display().to_string(), "package", "no table of the schema is in this folder", remedy)
}
