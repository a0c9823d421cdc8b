//! What does each column of a table mean, and what do its cells hold?

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::cells::Rows;
use super::ground::{BlockReading, Ground};
use super::pipeline::{Reader, Text};
use super::spells::NodeSpell;
use super::{BulkError, Unsuited};
use crate::exchange::cell::BLANK;
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::{
    Column, Place, Reading as _, TableKind, has_time, is_property, match_columns,
};
use crate::exchange::text::{RawTable, Separator, ragged_row};
use crate::graph::{ColumnType, KeyId, Properties, Property, PropertyKind};
use crate::value::{Validity, Value};

/// A column with a property.
pub(super) struct ValueColumn<'s> {
    pub(super) column: Column<'s>,
    at: usize,
    key: KeyId,
    pub(super) required: bool,
    pub(super) state: bool,
}

/// A table whose header has been read.
pub(super) struct Table<'s> {
    pub(super) kind: TableKind<'s>,
    pub(super) path: PathBuf,
    pub(super) file: String,
    header: Vec<String>,
    header_row: u64,
    /// Whether a row follows the header.
    pub(super) filled: bool,
    columns: Vec<(Column<'s>, Option<usize>)>,
}

impl<'s> Table<'s> {
    /// Reads the header of a table; its faults are noted.
    pub(super) fn open<E>(
        reader: Reader<'_>,
        kind: TableKind<'s>,
        path: &Path,
        faults: &mut ImportFaults,
    ) -> Result<Self, BulkError<E>> {
        let file = format!("{}.csv", kind.table());
        let mut table = RawTable { name: kind.table().to_owned(), file: file.clone(), ..RawTable::default() };
        let (mut header_row, mut filled) = (0, false);
        let mut cutter = reader.cutter(path)?;
        while !filled {
            let block = cutter.next().map_err(ExchangeError::io("read", path))?;
            let unsuited = |why| BulkError::Unsuited { path: path.to_owned(), why };
            let Some(block) = block.map_err(unsuited)? else { break };
            let text = String::from_utf8(block.bytes).map_err(|_| unsuited(Unsuited::Encoding))?;
            if header_row == 0 && block.first_row == 1 && Separator::of(text.as_bytes()) != Separator::COMMA {
                return Err(unsuited(Unsuited::Separator));
            }
            let mut rows = Rows::new(&text, block.first_row);
            if header_row == 0 && rows.advance() {
                header_row = rows.number();
                table.header = rows.cells().map(|name| name.trim().to_owned()).collect();
            }
            filled = header_row > 0 && rows.advance();
        }
        let columns = match_columns(kind, &table, faults);
        Ok(Self { kind, path: path.to_owned(), file, header: table.header, header_row, filled, columns })
    }

    /// A table of spells, which is read as a whole.
    pub(super) fn spells(kind: TableKind<'s>, path: &Path) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            file: format!("{}.csv", kind.table()),
            header: Vec::new(),
            header_row: 0,
            filled: false,
            columns: Vec::new(),
        }
    }

    /// Whether its rows hold for a time and no column gives a date.
    pub(super) fn is_undated(&self) -> bool {
        has_time(self.kind) && RowReader::DATES.iter().all(|name| self.at(name).is_none())
    }

    /// Where a column stands, if the table has it.
    pub(super) fn at(&self, name: &str) -> Option<usize> {
        self.columns.iter().find(|(column, _)| column.name == name).and_then(|(_, at)| *at)
    }

    /// The columns that hold properties, and where they stand.
    pub(super) fn properties(&self) -> impl Iterator<Item = (Column<'s>, usize)> {
        let there = self.columns.iter().filter_map(|(column, at)| Some((*column, (*at)?)));
        there.filter(|(column, _)| is_property(column))
    }

    /// Its property columns in the order of their keys.
    pub(super) fn values(&self, ground: &Ground<'s>) -> Vec<ValueColumn<'s>> {
        let value = |(column, at): (Column<'s>, usize)| {
            let kind = column.spec.map(|spec| spec.kind);
            Some(ValueColumn {
                column,
                at,
                key: ground.key(column.name)?,
                required: column.spec.is_some_and(|spec| spec.required),
                state: kind == Some(PropertyKind::State),
            })
        };
        let mut values: Vec<_> = self.properties().filter_map(value).collect();
        values.sort_by_key(|value| value.key);
        values
    }

    /// Goes to the next row of the table's contents.
    pub(super) fn advance(&self, rows: &mut Rows<'_>) -> bool {
        while rows.advance() {
            if rows.number() > self.header_row {
                return true;
            }
        }
        false
    }

    /// Whether the present row has another number of cells than the header.
    pub(super) fn is_ragged(&self, rows: &Rows<'_>) -> bool {
        rows.len() != self.header.len()
    }

    /// The fault of such a row.
    pub(super) fn ragged(&self, rows: &Rows<'_>) -> Fault {
        ragged_row(&self.file, rows.number(), rows.len(), self.header.len())
    }

    /// A row of the table.
    pub(super) fn place_at(&self, row: u64) -> Place {
        Place { file: self.file.as_str().into(), row }
    }
}

/// Cells that were read before, and what they hold.
#[derive(Default)]
struct Cache {
    known: HashMap<String, Property, hashbrown::DefaultHashBuilder>,
    hits: usize,
    useless: bool,
}

/// Most cells that are kept a column and thread.
const KEPT: usize = 4_096;

impl Cache {
    /// What a cell holds; what is wrong with it is noted.
    fn read<'s>(
        &mut self,
        reading: &mut BlockReading<'_, 's>,
        place: &Place,
        value: &ValueColumn<'s>,
        cell: &str,
    ) -> Result<Option<Property>, ()> {
        if cell.is_empty() {
            return Ok(None);
        }
        let cached = !self.useless && is_cached(value.column.column_type);
        if cached && let Some(known) = self.known.get(cell) {
            self.hits += 1;
            return Ok(Some(known.clone()));
        }
        let remarks = reading.strange;
        let read = reading.read_value(place, &value.column, cell)?.map(Property::Fixed);
        // What is strange is told of every cell, and so is read each time.
        if let Some(read) = read.as_ref().filter(|_| cached && remarks == reading.strange) {
            self.keep(cell, read);
        }
        Ok(read)
    }

    fn keep(&mut self, cell: &str, property: &Property) {
        if self.known.len() == KEPT {
            // A column in which hardly a cell comes twice is quicker read without.
            self.useless = self.hits < KEPT;
            self.hits = 0;
            self.known.clear();
        }
        self.known.insert(cell.to_owned(), property.clone());
    }
}

/// Reads the cells of property columns, and of the id and the validity.
pub(super) struct RowReader<'t, 's> {
    values: &'t [ValueColumn<'s>],
    caches: Vec<Cache>,
    id_key: Option<KeyId>,
    validity: [Option<usize>; 3],
    is_undated: bool,
}

impl<'t, 's> RowReader<'t, 's> {
    /// The columns of a validity.
    const DATES: [&'static str; 3] = ["valid_from", "valid_to", "attested"];

    pub(super) fn new(table: &Table<'s>, values: &'t [ValueColumn<'s>], ground: &Ground<'s>) -> Self {
        Self {
            values,
            caches: values.iter().map(|_| Cache::default()).collect(),
            id_key: ground.key("id"),
            validity: Self::DATES.map(|name| table.at(name)),
            is_undated: table.is_undated(),
        }
    }

    /// The validity of a row; what is wrong is noted.
    pub(super) fn validity(
        &self,
        reading: &mut BlockReading<'_, 's>,
        place: &Place,
        rows: &Rows<'_>,
    ) -> Option<Validity> {
        if self.is_undated {
            return Some(Validity::ALWAYS);
        }
        let [from, to, attested] = self.validity.map(|at| rows.cell(at));
        reading.note_dates(place, from, to);
        match place.validity(from, to, attested) {
            Ok(validity) => Some(validity),
            Err(fault) => {
                reading.fault(*fault);
                None
            }
        }
    }

    /// Puts the id of an element under its key, if it is to have one.
    pub(super) fn put_id(&self, id: &str, properties: &mut Properties) {
        if let Some(key) = self.id_key.filter(|_| !id.starts_with(BLANK)) {
            properties.insert(key, Property::Fixed(Value::Text(id.into())));
        }
    }

    /// Reads the properties of a row; what is wrong is noted.
    pub(super) fn properties(
        &mut self,
        reading: &mut BlockReading<'_, 's>,
        place: &Place,
        rows: &Rows<'_>,
        row: RowOf<'_>,
        properties: &mut Properties,
    ) {
        for (value, cache) in self.values.iter().zip(&mut self.caches) {
            let cell = rows.cell(Some(value.at));
            let Ok(read) = cache.read(reading, place, value, cell) else { continue };
            match (read, row) {
                (None, RowOf::Edge) if value.required => reading.missing(place, value.column.name),
                (None, _) => {}
                (Some(_), RowOf::Node(spells))
                    if value.state && spells.iter().any(|spell| spell.key == value.key) =>
                {
                    reading.stated_twice(place, value.column.name);
                }
                (Some(read), _) => drop(properties.insert(value.key, read)),
            }
        }
    }
}

/// Whose row it is.
#[derive(Clone, Copy)]
pub(super) enum RowOf<'p> {
    /// That of a node with these spells.
    Node(&'p [NodeSpell]),
    Edge,
}

/// Numbers and dates are quicker read than looked up.
fn is_cached(column_type: ColumnType) -> bool {
    match column_type {
        ColumnType::Text | ColumnType::TextList | ColumnType::Boolean | ColumnType::Reference => true,
        ColumnType::Integer | ColumnType::Float | ColumnType::Date => false,
    }
}

/// The rows of a block.
pub(super) fn rows_of(text: &Text) -> Rows<'_> {
    Rows::new(&text.text, text.first_row)
}
