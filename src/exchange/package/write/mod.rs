//! How does a graph become a folder of tables? The same graph gives the same bytes.

mod rows;

use std::fs;
use std::path::Path;

use super::schema::TableKind;
use super::schema::metadata::{self, Licence, Metadata, WrittenTable};
use crate::exchange::error::ExchangeError;
use crate::exchange::limits::CELL_BYTES;
use crate::files::{Kind, NewFolder, Overwrite, Rights};
use crate::graph::{NodeRef, Schema, Snapshot};
use crate::relations::vocabulary::label;
use crate::watch::{Pace, Stage, Watch};
use rows::{TableRows, rows};

/// How to write a package.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// Whether a folder that is not empty may be written to: tables and description are replaced as a whole, other
    /// files stay. Default: no.
    pub overwrite: bool,
    /// Whether tables without rows are written too. Default: no.
    pub empty_tables: bool,
    /// Whether each table begins with a byte-order mark, without which Excel takes Chinese for another
    /// encoding. Default: no.
    pub byte_order_mark: bool,
    /// What the description says. Where it names no licences or sources, those of the graph's sources
    /// are taken.
    pub metadata: Metadata,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteReport {
    /// Tables and their numbers of rows, in the order of the schema.
    pub tables: Vec<(String, usize)>,
}

/// Writes a graph into a folder, which appears only when it is complete.
///
/// # Errors
/// [`ExchangeError::NotEmpty`], [`ExchangeError::CellTooLong`], [`ExchangeError::Io`], [`ExchangeError::Cancelled`]; nothing
/// stands in the folder then.
pub fn write_package(
    snapshot: &Snapshot,
    folder: &Path,
    options: &WriteOptions,
) -> Result<WriteReport, ExchangeError> {
    Watch::current().check()?;
    let tables = rows(snapshot);
    let schema = snapshot.catalogue().schema();
    let written: Vec<WrittenTable<'_>> = TableKind::all(schema)
        .map(|kind| WrittenTable { kind, rows: tables.get(kind.table()).map_or(0, Vec::len) })
        .filter(|table| options.empty_tables && !is_extra(table.kind) || table.rows > 0)
        .collect();
    let description = metadata::write(&described(snapshot, &options.metadata), schema, &written);
    let mut pace = Pace::new(Stage::Writing, written.iter().map(|table| table.rows).sum());
    write_folder(schema, folder, options.overwrite, |temporary| {
        for table in &written {
            write_table(temporary, table.kind, (&tables, options.byte_order_mark), &mut pace)?;
        }
        write_file(&temporary.join(metadata::FILE), description.as_bytes())
    })?;
    let tables = written.iter().map(|table| (table.kind.table().to_owned(), table.rows)).collect();
    Ok(WriteReport { tables })
}

/// Writes an empty package with header rows and further files, by their paths within the folder.
pub(crate) fn write_empty(
    schema: &Schema,
    folder: &Path,
    metadata: &Metadata,
    files: &[(&Path, &str)],
) -> Result<(), ExchangeError> {
    let kinds = TableKind::all(schema).filter(|kind| !is_extra(*kind));
    let written: Vec<WrittenTable<'_>> = kinds.map(|kind| WrittenTable { kind, rows: 0 }).collect();
    let description = metadata::write(metadata, schema, &written);
    write_folder(schema, folder, false, |temporary| {
        for table in &written {
            write_table(
                temporary,
                table.kind,
                (&TableRows::new(), false),
                &mut Pace::new(Stage::Writing, 0),
            )?;
        }
        for (path, text) in files {
            let path = temporary.join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(ExchangeError::io("make", parent))?;
            }
            write_file(&path, text.as_bytes())?;
        }
        write_file(&temporary.join(metadata::FILE), description.as_bytes())
    })
}

/// Writes a folder of tables that `fill` makes itself, and their description.
pub(crate) fn write_streamed(
    schema: &Schema,
    (folder, overwrite): (&Path, bool),
    metadata: &Metadata,
    fill: impl FnOnce(&Path) -> Result<Vec<(&'static str, u64)>, ExchangeError>,
) -> Result<Vec<(&'static str, u64)>, ExchangeError> {
    let mut tables = Vec::new();
    write_folder(schema, folder, overwrite, |temporary| {
        tables = fill(temporary)?;
        let rows = |kind: TableKind<'_>| tables.iter().find(|(table, _)| *table == kind.table());
        let written: Vec<WrittenTable<'_>> = TableKind::all(schema)
            .filter_map(|kind| Some(WrittenTable { kind, rows: rows(kind)?.1 as usize }))
            .collect();
        let description = metadata::write(metadata, schema, &written);
        write_file(&temporary.join(metadata::FILE), description.as_bytes())
    })?;
    Ok(tables)
}

fn is_extra(kind: TableKind<'_>) -> bool {
    matches!(kind, TableKind::ExtraNodes | TableKind::ExtraEdges | TableKind::ExtraProperties)
}

/// The description, completed from the graph's sources.
fn described(snapshot: &Snapshot, given: &Metadata) -> Metadata {
    let texts = |key: &str| -> Vec<String> {
        let mut sources: Vec<NodeRef<'_>> = snapshot.nodes_with(label::SOURCE).collect();
        sources.sort_by_cached_key(|source| source.text_id());
        sources.iter().filter_map(|source| Some(source.value(key)?.as_text()?.to_owned())).collect()
    };
    let mut metadata = given.clone();
    if metadata.licences.is_empty() {
        let mut names = texts("licence");
        names.sort();
        names.dedup();
        metadata.licences = names.into_iter().map(|name| Licence { name, ..Licence::default() }).collect();
    }
    if metadata.sources.is_empty() {
        metadata.sources = texts("citation");
    }
    metadata
}

fn write_table(
    folder: &Path,
    kind: TableKind<'_>,
    (tables, mark): (&TableRows<'_>, bool),
    pace: &mut Pace,
) -> Result<(), ExchangeError> {
    let columns = kind.columns();
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(if mark {
        b"\xEF\xBB\xBF".to_vec()
    } else {
        Vec::new()
    });
    let failed = |error: csv::Error| ExchangeError::Write(std::io::Error::other(error));
    writer.write_record(columns.iter().map(|column| column.name)).map_err(failed)?;
    for row in tables.get(kind.table()).map_or(&[][..], Vec::as_slice) {
        pace.step()?;
        // A quote is doubled in the file, and the reader counts it so.
        let length = |cell: &String| cell.len() + cell.matches('"').count() + 2;
        if let Some((column, _)) = columns.iter().zip(row).find(|(_, cell)| length(cell) > CELL_BYTES) {
            let element = format!("{} {}", kind.table(), row.first().map_or("", String::as_str));
            return Err(ExchangeError::CellTooLong { element, key: column.name.to_owned() });
        }
        writer.write_record(row).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|error| ExchangeError::Write(error.into_error()))?;
    write_file(&folder.join(format!("{}.csv", kind.table())), &bytes)
}

/// Writes a file of a folder in the making.
fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ExchangeError> {
    fs::write(path, bytes).map_err(ExchangeError::io("write", path))
}

/// Fills a folder that appears when it is whole.
///
/// With `overwrite` a folder that holds something gives its place: the tables of the schema and the description in it
/// are replaced as a whole, what else lies in it stays.
pub(crate) fn write_folder(
    schema: &Schema,
    folder: &Path,
    overwrite: bool,
    fill: impl FnOnce(&Path) -> Result<(), ExchangeError>,
) -> Result<(), ExchangeError> {
    let belongs = |name: &str| {
        name == metadata::FILE
            || name.strip_suffix(".csv").is_some_and(|table| TableKind::named(schema, table).is_some())
    };
    let kind = Kind {
        rights: Rights::Usual,
        last: metadata::FILE,
        belongs: Some(&belongs),
        overwrite: if overwrite { Overwrite::Yes } else { Overwrite::No },
    };
    let new = NewFolder::at(folder, kind)?;
    fill(new.path())?;
    Ok(new.install()?)
}
