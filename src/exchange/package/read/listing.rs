//! Which files does a folder have, and which tables are they?

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::blocks::BlockReader;
use super::existence::join_spells;
use super::file::SourceFile;
use super::halt::Halt;
use super::memory::MemoryFiles;
use super::table::{PackageTable, read_whole};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::limits::DESCRIPTION_BYTES;
use crate::exchange::package::schema::metadata::{self, Described, Metadata};
use crate::exchange::package::schema::{SETTINGS, TableKind};
use crate::exchange::text::{RawRow, RawTable, TextForm};
use crate::files::is_unfinished;
use crate::graph::Schema;
use crate::value::nearest;

/// A folder that is said to be a package, and its description.
#[derive(Clone, Debug)]
pub struct Package {
    metadata: Metadata,
}

impl Package {
    /// Looks at a folder and reads its `datapackage.json`, if there is one. What is wrong with them is told by the import.
    ///
    /// # Errors
    /// [`ExchangeError::NoFolder`], [`ExchangeError::Unfinished`], [`ExchangeError::Io`].
    pub fn read(folder: &Path, schema: &Schema) -> Result<Self, ExchangeError> {
        let Listing { metadata, .. } = Listing::of(folder, schema)?;
        Ok(Self { metadata })
    }

    /// What the package says of itself.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }
}

/// What a folder holds, before any table is read.
pub(in crate::exchange) struct Listing<'s> {
    pub(in crate::exchange) metadata: Metadata,
    /// Its tables in the order in which they are read.
    pub(in crate::exchange) tables: Vec<(TableKind<'s>, SourceFile)>,
    /// What is wrong with the description and with files that are not tables.
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
        let files = plain_files(folder, schema, &mut faults)?;
        let is_there = |name: &str| folder.join(name).is_file();
        let described = match files.contains(metadata::FILE) {
            true => describe(&read_description(folder)?, &is_there, &mut faults),
            false => Described::default(),
        };
        let open = |name: &str| files.contains(name).then(|| SourceFile::Disk(folder.join(name)));
        let mut listing = Self::listed(schema, &files, described, open);
        listing.faults.splice(0..0, faults);
        if listing.is_without_any() {
            listing.faults.push(no_table(folder, schema));
        }
        Ok(listing)
    }

    /// Lists files that are held in memory, as a folder with them.
    pub(in crate::exchange) fn of_memory(memory: &MemoryFiles, schema: &'s Schema) -> Self {
        let mut faults = memory.faults.clone();
        let mut files = BTreeSet::new();
        for name in memory.files.keys() {
            match counts(name, schema) {
                Some(Err((message, remedy))) => faults.push(Fault::new(name, "package", message, remedy)),
                Some(Ok(())) => drop(files.insert(name.clone())),
                None => {}
            }
        }
        let is_there = |name: &str| memory.files.contains_key(name);
        let described = memory.description();
        let described =
            described.map_or_else(Described::default, |bytes| describe(bytes, &is_there, &mut faults));
        let mut listing = Self::listed(schema, &files, described, |name| memory.file(name));
        listing.faults.splice(0..0, faults);
        if listing.is_without_any() {
            let remedy = "give tables such as governments.csv";
            listing.faults.push(Fault::new(
                "package",
                "package",
                "no table of the schema is among the files",
                remedy,
            ));
        }
        listing
    }

    /// The tables among some files.
    fn listed(
        schema: &'s Schema,
        files: &BTreeSet<String>,
        Described { metadata, is_of_nothing }: Described,
        open: impl Fn(&str) -> Option<SourceFile>,
    ) -> Self {
        let table = |kind: TableKind<'s>| Some((kind, open(&format!("{}.csv", kind.table()))?));
        let mut faults = Vec::new();
        note_strangers(files, schema, &mut faults);
        Self { metadata, tables: TableKind::all(schema).filter_map(table).collect(), faults, is_of_nothing }
    }

    /// Whether nothing says why it has no table.
    fn is_without_any(&self) -> bool {
        self.tables.is_empty() && self.faults.is_empty() && !self.is_of_nothing
    }
}

/// How the tables of a folder are read.
#[derive(Clone, Copy)]
pub(in crate::exchange) struct TableForm<'f> {
    pub(in crate::exchange) text: &'f TextForm,
    /// Files that cannot be cut into blocks.
    pub(in crate::exchange) uncut: &'f BTreeSet<PathBuf>,
}

impl<'s> Listing<'s> {
    /// Opens all tables. Tables of nodes and edges in the usual form are read in blocks, the others as a whole; what is
    /// wrong with them is noted.
    pub(in crate::exchange) fn open<E>(
        &self,
        reader: &BlockReader<'_>,
        schema: &'s Schema,
        form: TableForm<'_>,
        faults: &mut ImportFaults,
    ) -> Result<Vec<PackageTable<'s>>, Halt<E>> {
        let mut tables = Vec::new();
        for (kind, file) in &self.tables {
            reader.check()?;
            let is_row = matches!(kind, TableKind::Label(_) | TableKind::Edge(_));
            let may_cut = is_row && *form.text == TextForm::default() && !form.uncut.contains(file.path());
            let cut = if may_cut { PackageTable::cut(reader, *kind, file, faults)? } else { None };
            if let Some(table) = cut {
                tables.push(table);
                continue;
            }
            let mut found = Vec::new();
            let whole = read_whole(*kind, file, form.text, &mut found)?;
            if let Some(mut table) = whole {
                let spells = match kind {
                    TableKind::Label(spec) => join_spells(&mut table, spec, &mut found),
                    _ => None,
                };
                tables.push(PackageTable::whole(*kind, table, faults));
                tables.extend(spells.map(|spells| PackageTable::whole(TableKind::States, spells, faults)));
            }
            found.into_iter().for_each(|fault| faults.push(fault));
        }
        if let Some((kind, table)) = self.settings(schema) {
            tables.push(PackageTable::whole(kind, table, faults));
        }
        Ok(tables)
    }

    /// The settings of the description as a table, unless the folder has one.
    fn settings(&self, schema: &'s Schema) -> Option<(TableKind<'s>, RawTable)> {
        let kind = TableKind::named(schema, SETTINGS)?;
        let has_table = self.tables.iter().any(|(kind, _)| kind.table() == SETTINGS);
        if self.metadata.settings.is_empty() || has_table {
            return None;
        }
        let row = |(at, (id, value)): (u64, &(String, String))| RawRow {
            number: at,
            cells: [id.as_str(), value.as_str(), "..", ".."].into_iter().collect(),
        };
        let table = RawTable {
            name: SETTINGS.to_owned(),
            file: metadata::FILE.to_owned(),
            header: ["id", "value", "valid_from", "valid_to"].map(str::to_owned).to_vec(),
            rows: (1..).zip(&self.metadata.settings).map(row).collect(),
            ..RawTable::default()
        };
        Some((kind, table))
    }
}

/// Files that are not tables: those that are near to one each, the others together.
fn note_strangers(files: &BTreeSet<String>, schema: &Schema, faults: &mut Vec<Fault>) {
    let tables: Vec<&str> = TableKind::all(schema).map(TableKind::table).collect();
    let mut far = Vec::new();
    for file in files {
        let name = file.strip_suffix(".csv").unwrap_or(file);
        if tables.contains(&name) || file == metadata::FILE {
            continue;
        }
        match nearest(name, tables.iter().copied(), 1).first() {
            Some(near) => {
                let message = format!("“{name}” is not a table of the schema");
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
    let are = if far.len() == 1 { "is not a table" } else { "are not tables" };
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
        let (message, remedy) = match counts(&name, schema) {
            None => continue,
            Some(Err(wrong)) => wrong,
            Some(Ok(())) => match not_plain(&entry.path()) {
                Some(wrong) => (wrong, "put a plain file there, or move it out of the folder".to_owned()),
                None => {
                    files.insert(name);
                    continue;
                }
            },
        };
        faults.push(Fault::new(name, "package", message, remedy));
    }
    Ok(files)
}

/// Whether a file of this name belongs to a package; what is wrong with the name, and what to do.
fn counts(name: &str, schema: &Schema) -> Option<Result<(), (String, String)>> {
    let usual = name.to_lowercase();
    let is_csv = usual.ends_with(".csv") && !name.starts_with('.');
    if !is_csv && usual != metadata::FILE {
        return None;
    }
    let is_known = usual == metadata::FILE || is_table(&usual, schema);
    Some(match name != usual && is_known {
        true => Err((format!("it is {usual} in another case"), format!("rename it to {usual}"))),
        false => Ok(()),
    })
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

/// Reads the description of a folder, up to one byte more than it may have.
fn read_description(folder: &Path) -> Result<Vec<u8>, ExchangeError> {
    let path = folder.join(metadata::FILE);
    let file = fs::File::open(&path).map_err(ExchangeError::io("open", &path))?;
    let mut bytes = Vec::new();
    let most = DESCRIPTION_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(ExchangeError::io("read", &path))?;
    Ok(bytes)
}

/// What the description of a package says.
fn describe(bytes: &[u8], is_there: &dyn Fn(&str) -> bool, faults: &mut Vec<Fault>) -> Described {
    if bytes.len() > DESCRIPTION_BYTES {
        let message = format!("it is larger than {DESCRIPTION_BYTES} bytes (4 MiB)");
        let remedy = "describe the package and its tables only, or remove the file";
        faults.push(Fault::new(metadata::FILE, "package", message, remedy));
        return Described::default();
    }
    metadata::read(&String::from_utf8_lossy(bytes), is_there, faults)
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
