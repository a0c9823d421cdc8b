//! A table of a package: where its rows come from and where each column of the schema stands in them.

use std::path::Path;
use std::sync::Arc;

use super::block::{Block, RowCursor};
use super::blocks::BlockReader;
use super::contents::TableContents;
use super::file::SourceFile;
use super::halt::Halt;
use super::rows::TextRows;
use crate::exchange::cell::split_list;
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::schema::{
    RowLocation, TableColumn, TableKind, has_time, is_property, match_columns,
};
use crate::exchange::text::{RawTable, Separator, TextForm, decimal_point, ragged_row, read_table};
use crate::graph::ColumnType;

/// A table whose header has been read.
#[derive(Debug)]
pub(in crate::exchange) struct PackageTable<'s> {
    pub(in crate::exchange) kind: TableKind<'s>,
    /// Its file in messages.
    pub(in crate::exchange) file: Arc<str>,
    pub(in crate::exchange) contents: TableContents,
    header: Vec<String>,
    header_row: u64,
    /// Whether a row follows the header.
    pub(in crate::exchange) filled: bool,
    pub(in crate::exchange) columns: Vec<(TableColumn<'s>, Option<usize>)>,
    /// What is to be said of the way in which its text was read.
    pub(in crate::exchange) warnings: Vec<Fault>,
}

/// The columns of a validity.
pub(in crate::exchange) const DATES: [&str; 3] = ["valid_from", "valid_to", "attested"];

impl<'s> PackageTable<'s> {
    /// Opens the file of a table of nodes or edges that is to be read in blocks; `None` if it cannot be.
    pub(super) fn cut<E>(
        reader: &BlockReader<'_>,
        kind: TableKind<'s>,
        source: &SourceFile,
        faults: &mut ImportFaults,
    ) -> Result<Option<Self>, Halt<E>> {
        let (file, path) = (format!("{}.csv", kind.table()), source.path());
        let mut table = RawTable { name: kind.table().to_owned(), file: file.clone(), ..RawTable::default() };
        let (mut header_row, mut filled) = (0, false);
        let mut cutter = reader.cutter(source, Separator::COMMA.byte)?;
        while !filled {
            let Ok(piece) = cutter.next().map_err(ExchangeError::io("read", path))? else { return Ok(None) };
            let Some(piece) = piece else { break };
            let Ok(text) = String::from_utf8(piece.bytes) else { return Ok(None) };
            if header_row == 0 && piece.first_row == 1 && Separator::of(text.as_bytes()) != Separator::COMMA {
                return Ok(None);
            }
            let mut rows = TextRows::new(&text, piece.first_row, Separator::COMMA.byte);
            if header_row == 0 && rows.advance() {
                header_row = rows.number();
                table.header = (0..rows.len()).map(|at| rows.cell(at).trim().to_owned()).collect();
            }
            filled = header_row > 0 && rows.advance();
        }
        let columns = match_columns(kind, &table, faults);
        let contents = TableContents::File { file: source.clone(), separator: Separator::COMMA.byte };
        let header = table.header;
        let warnings = Vec::new();
        Ok(Some(Self { kind, file: file.into(), contents, header, header_row, filled, columns, warnings }))
    }

    /// A table that was read as a whole; the faults of its header are noted.
    pub(in crate::exchange) fn whole(
        kind: TableKind<'s>,
        table: RawTable,
        faults: &mut ImportFaults,
    ) -> Self {
        let columns = match_columns(kind, &table, faults);
        Self {
            kind,
            file: table.file.as_str().into(),
            header: table.header.clone(),
            header_row: 0,
            filled: !table.rows.is_empty(),
            columns,
            warnings: table.warnings.clone(),
            contents: TableContents::Whole(Arc::new(table)),
        }
    }

    /// A table whose rows are made of those of another one.
    pub(in crate::exchange) fn made(
        kind: TableKind<'s>,
        (file, header): (&str, Vec<String>),
        contents: TableContents,
        faults: &mut ImportFaults,
    ) -> Self {
        let table = RawTable { file: file.to_owned(), header, ..RawTable::default() };
        let columns = match_columns(kind, &table, faults);
        let RawTable { header, .. } = table;
        let (file, warnings) = (file.into(), Vec::new());
        Self { kind, file, contents, header, header_row: 0, filled: true, columns, warnings }
    }

    /// Whether its rows hold for a time and no column gives a date.
    pub(in crate::exchange) fn is_undated(&self) -> bool {
        has_time(self.kind) && DATES.iter().all(|name| self.at(name).is_none())
    }

    /// Where a column stands, if the table has it.
    pub(in crate::exchange) fn at(&self, name: &str) -> Option<usize> {
        self.columns.iter().find(|(column, _)| column.name == name).and_then(|(_, at)| *at)
    }

    /// The cell of a column in the present row; empty if the table has no such column.
    pub(in crate::exchange) fn cell<'r>(&self, rows: &'r RowCursor<'_>, name: &str) -> &'r str {
        rows.cell(self.at(name))
    }

    /// The columns that hold properties, and where they stand.
    pub(in crate::exchange) fn properties(&self) -> impl Iterator<Item = (TableColumn<'s>, usize)> {
        let there = self.columns.iter().filter_map(|(column, at)| Some((*column, (*at)?)));
        there.filter(|(column, _)| is_property(column))
    }

    /// Goes to the next row of the table's contents.
    pub(in crate::exchange) fn advance(&self, rows: &mut RowCursor<'_>) -> bool {
        while rows.advance() {
            if rows.number() > self.header_row {
                return true;
            }
        }
        false
    }

    /// Calls `see` with each even row of a table that was read as a whole.
    pub(in crate::exchange) fn each_row(&self, mut see: impl FnMut(&RowCursor<'_>)) {
        self.any_row(|rows| {
            if !self.is_ragged(rows) {
                see(rows);
            }
        });
    }

    /// Calls `see` with each row of a table that was read as a whole.
    pub(in crate::exchange) fn any_row(&self, mut see: impl FnMut(&RowCursor<'_>)) {
        let TableContents::Whole(table) = &self.contents else { return };
        let block = Block::Whole(&table.rows);
        let mut rows = block.rows();
        while self.advance(&mut rows) {
            see(&rows);
        }
    }

    /// Whether the present row has another number of cells than the header.
    pub(in crate::exchange) fn is_ragged(&self, rows: &RowCursor<'_>) -> bool {
        rows.len() != self.header.len()
    }

    /// The fault of such a row; a table that was read as a whole has told it already.
    pub(in crate::exchange) fn ragged(&self, rows: &RowCursor<'_>) -> Option<Fault> {
        let is_cut = matches!(self.contents, TableContents::File { .. });
        is_cut.then(|| ragged_row(&self.file, rows.number(), rows.len(), self.header.len()))
    }

    /// The path of its file, if it is read in blocks.
    pub(in crate::exchange) fn path(&self) -> Option<&Path> {
        match &self.contents {
            TableContents::File { file, .. } => Some(file.path()),
            TableContents::Whole(_) | TableContents::Made(_) => None,
        }
    }

    /// A row of the table.
    pub(in crate::exchange) fn place_at(&self, row: u64) -> RowLocation {
        RowLocation { file: Arc::clone(&self.file), row }
    }
}

/// Reads the file of a table as a whole, in the usual form; `None` if the file as a whole is at fault.
pub(super) fn read_whole(
    kind: TableKind<'_>,
    source: &SourceFile,
    form: &TextForm,
    faults: &mut Vec<Fault>,
) -> Result<Option<RawTable>, ExchangeError> {
    let file = format!("{}.csv", kind.table());
    let read = read_table(&file, source.open()?, form, faults);
    let mut table = read.map_err(ExchangeError::io("read", source.path()))?;
    if let Some(table) = &mut table {
        as_usual(kind, table, form);
    }
    Ok(table)
}

/// Brings the cells of a table to the usual form: dates that are written in another one, numbers with a decimal comma
/// where commas do not separate the cells. What is in neither form stays, and is a fault of its cell.
fn as_usual(kind: TableKind<'_>, table: &mut RawTable, form: &TextForm) {
    if form.dates.is_none() && table.separator == Separator::COMMA.byte {
        return;
    }
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
            ColumnType::Float if table.separator != Separator::COMMA.byte => decimal_point(cell),
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
