//! What do the cells of a row put on its element? One function for new elements and for those of the store.

use std::collections::HashMap;

use super::block::RowCursor;
use super::context::RowContext;
use super::table::{DATES, PackageTable};
use crate::exchange::cell::BLANK;
use crate::exchange::package::merge::{BlockContext, Known};
use crate::exchange::package::schema::{RowLocation, TableColumn};
use crate::graph::{ColumnType, KeyId, Properties, Property, PropertyKind};
use crate::value::{Validity, Value};

/// A column with a property.
pub(in crate::exchange::package) struct ValueColumn<'s> {
    column: TableColumn<'s>,
    at: usize,
    key: KeyId,
    required: bool,
    state: bool,
}

impl<'s> ValueColumn<'s> {
    /// The property columns of a table in the order of their keys.
    pub(in crate::exchange::package) fn of(table: &PackageTable<'s>, known: &Known<'_>) -> Vec<Self> {
        let value = |(column, at): (TableColumn<'s>, usize)| {
            let kind = column.spec.map(|spec| spec.kind);
            Some(Self {
                column,
                at,
                key: known.key(column.name)?,
                required: column.spec.is_some_and(|spec| spec.required),
                state: kind == Some(PropertyKind::State),
            })
        };
        let mut values: Vec<_> = table.properties().filter_map(value).collect();
        values.sort_by_key(|value| value.key);
        values
    }
}

/// Cells that were read before, and what they hold.
#[derive(Default)]
struct CellCache {
    known: HashMap<String, Property, hashbrown::DefaultHashBuilder>,
    hits: usize,
    useless: bool,
}

/// Most cells that are kept a column and thread.
const KEPT: usize = 4_096;

impl CellCache {
    /// What a cell holds; what is wrong with it is noted.
    fn read<'s>(
        &mut self,
        context: &mut BlockContext<'_, 's>,
        place: &RowLocation,
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
        let remarks = context.strange;
        let read = context.read_value(place, &value.column, cell)?.map(Property::Fixed);
        // What is strange is told of every cell, and so is read each time.
        if let Some(read) = read.as_ref().filter(|_| cached && remarks == context.strange) {
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

/// Numbers and dates are quicker read than looked up.
fn is_cached(column_type: ColumnType) -> bool {
    match column_type {
        ColumnType::Text | ColumnType::TextList | ColumnType::Boolean | ColumnType::Reference => true,
        ColumnType::Integer | ColumnType::Float | ColumnType::Date => false,
    }
}

/// Whose row it is.
#[derive(Clone, Copy)]
pub(in crate::exchange::package) enum RowOf<'p> {
    /// That of a node that has spells under these keys.
    Node(&'p dyn Fn(KeyId) -> bool),
    /// That of an edge.
    Edge,
}

/// Reads the cells of property columns, and of the id and the validity.
pub(in crate::exchange::package) struct CellReader<'t, 's> {
    values: &'t [ValueColumn<'s>],
    caches: Vec<CellCache>,
    id_key: Option<KeyId>,
    dates: [Option<usize>; 3],
    /// Validities that were read before, by their three cells.
    validities: HashMap<String, Validity, hashbrown::DefaultHashBuilder>,
    key: String,
}

impl<'t, 's> CellReader<'t, 's> {
    pub(in crate::exchange::package) fn new(
        table: &PackageTable<'_>,
        values: &'t [ValueColumn<'s>],
        known: &Known<'_>,
    ) -> Self {
        Self {
            values,
            caches: values.iter().map(|_| CellCache::default()).collect(),
            id_key: known.key("id"),
            dates: DATES.map(|name| table.at(name)),
            validities: HashMap::default(),
            key: String::new(),
        }
    }

    /// The validity of a row; what is wrong or strange is noted. A column that the table does not have keeps what `base`
    /// says.
    pub(in crate::exchange::package) fn validity(
        &mut self,
        context: &mut BlockContext<'_, 's>,
        place: &RowLocation,
        rows: &RowCursor<'_>,
        base: &Validity,
    ) -> Option<Validity> {
        let [from, to, attested] = self.dates.map(|at| rows.cell(at));
        context.note_dates(place, from, to);
        if *base != Validity::UNKNOWN && self.dates.iter().any(Option::is_none) {
            let kept = [base.from.to_string(), base.to.to_string(), base.attested_text()];
            let [a, b, c] = self.dates;
            let cell = |at: Option<usize>, cell, kept| if at.is_some() { cell } else { kept };
            let [from, to, attested] = [
                cell(a, from, kept[0].as_str()),
                cell(b, to, kept[1].as_str()),
                cell(c, attested, kept[2].as_str()),
            ];
            return noted(context, place.validity(from, to, attested));
        }
        self.key.clear();
        for cell in [from, ",", to, ",", attested] {
            self.key.push_str(cell);
        }
        if let Some(known) = self.validities.get(&self.key) {
            return Some(known.clone());
        }
        let read = noted(context, place.validity(from, to, attested))?;
        if self.validities.len() == KEPT {
            self.validities.clear();
        }
        self.validities.insert(self.key.clone(), read.clone());
        Some(read)
    }

    /// Puts the id of an element under its key, if it is to have one.
    pub(in crate::exchange::package) fn put_id(&self, id: &str, properties: &mut Properties) {
        if let Some(key) = self.id_key.filter(|_| !id.starts_with(BLANK)) {
            properties.insert(key, Property::Fixed(Value::Text(id.into())));
        }
    }

    /// Reads the properties of a row; what is wrong is noted. An empty cell takes the value from an element of the store,
    /// but for the spells of a state.
    pub(in crate::exchange::package) fn properties(
        &mut self,
        context: &mut BlockContext<'_, 's>,
        place: &RowLocation,
        rows: &RowCursor<'_>,
        (row, is_stored): (RowOf<'_>, bool),
        properties: &mut Properties,
    ) {
        for (value, cache) in self.values.iter().zip(&mut self.caches) {
            let cell = rows.cell(Some(value.at));
            let Ok(read) = cache.read(context, place, value, cell) else { continue };
            match (read, row) {
                (Some(_), RowOf::Node(has_spells)) if value.state && has_spells(value.key) => {
                    context.stated_twice(place, value.column.name);
                }
                (Some(read), _) => drop(properties.insert(value.key, read)),
                (None, row) => {
                    let is_edge = matches!(row, RowOf::Edge);
                    if is_edge && value.required {
                        context.missing(place, value.column.name);
                    }
                    let keeps = !is_edge && value.state;
                    let is_dated = || matches!(properties.get(value.key), Some(Property::Dated(_)));
                    if is_stored && !(keeps && is_dated()) {
                        properties.remove(value.key);
                    }
                }
            }
        }
    }
}

/// What was read; what is wrong is noted.
fn noted<'s, T>(
    context: &mut BlockContext<'_, 's>,
    read: Result<T, Box<crate::exchange::fault::Fault>>,
) -> Option<T> {
    read.map_err(|fault| context.fault(*fault)).ok()
}
