//! What nodes and edges of a chunk have in common: validities and properties, as columns. Version 1.

use std::collections::BTreeMap;
use std::sync::Arc;

use bincode::{Decode, Encode};

use super::envelope::Flaw;
use super::records::{BoundV1, DateV1, PropertyV1};
use crate::graph::{KeyId, Properties, Property};
use crate::value::{Date, Validity, Value};

/// The cells of one key.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
enum CellsV1 {
    Boolean(Vec<bool>),
    Integer(Vec<i64>),
    Float(Vec<f64>),
    Text { codes: Vec<u32>, dictionary: Vec<String> },
    Mixed(Vec<PropertyV1>),
}

/// The rows that have a key, as gaps from the row before, and their cells.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
struct ColumnV1 {
    key: u16,
    gaps: Vec<u32>,
    cells: CellsV1,
}

/// Validities and properties of the rows of a chunk.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub(super) struct ElementsV1 {
    from: Vec<BoundV1>,
    to: Vec<BoundV1>,
    attested: Vec<(u32, Vec<DateV1>)>,
    columns: Vec<ColumnV1>,
}

impl ElementsV1 {
    pub(super) fn pack(rows: &[(Validity, Properties)]) -> Self {
        let mut elements = Self::default();
        let mut columns: BTreeMap<KeyId, (Vec<u32>, Vec<&Property>)> = BTreeMap::new();
        for (row, (validity, properties)) in (0_u32..).zip(rows) {
            elements.from.push(validity.from.into());
            elements.to.push(validity.to.into());
            if !validity.attested.is_empty() {
                let dates = validity.attested.iter().map(|date| (*date).into()).collect();
                elements.attested.push((row, dates));
            }
            for (key, property) in properties.iter() {
                let (rows, cells) = columns.entry(key).or_default();
                rows.push(row);
                cells.push(property);
            }
        }
        let pack = |(key, (rows, cells)): (KeyId, (Vec<u32>, Vec<&Property>))| ColumnV1 {
            key: key.get(),
            gaps: gaps_of(&rows),
            cells: pack_cells(&cells),
        };
        elements.columns = columns.into_iter().map(pack).collect();
        elements
    }

    /// The rows again.
    pub(super) fn unpack(self, count: usize) -> Result<Vec<(Validity, Properties)>, Flaw> {
        if self.from.len() != count || self.to.len() != count {
            return Err(Flaw::new("it has not as many validities as rows"));
        }
        let ends = self.from.into_iter().zip(self.to);
        let mut validities: Vec<Validity> = ends
            .map(|(from, to)| Validity { from: from.into(), to: to.into(), attested: Vec::new() })
            .collect();
        let outside = || Flaw::new("it names a row that it has not");
        for (row, dates) in self.attested {
            let validity = validities.get_mut(row as usize).ok_or_else(outside)?;
            validity.attested = dates.into_iter().map(Date::from).collect();
        }
        let mut properties = vec![Properties::new(); count];
        for column in self.columns {
            let key = KeyId::new(column.key);
            let rows = rows_of(&column.gaps);
            let cells = unpack_cells(column.cells)?;
            if cells.len() != rows.len() {
                return Err(Flaw::new("a column has not as many cells as rows"));
            }
            for (row, cell) in rows.into_iter().zip(cells) {
                let row = usize::try_from(row).ok().and_then(|row| properties.get_mut(row));
                row.ok_or_else(outside)?.insert(key, cell);
            }
        }
        Ok(validities.into_iter().zip(properties).collect())
    }
}

fn gaps_of(rows: &[u32]) -> Vec<u32> {
    let mut before = 0;
    let gap = |row: &u32| {
        let gap = row - before;
        before = *row;
        gap
    };
    rows.iter().map(gap).collect()
}

fn rows_of(gaps: &[u32]) -> Vec<u64> {
    let mut row = 0;
    let next = |gap: &u32| {
        row += u64::from(*gap);
        row
    };
    gaps.iter().map(next).collect()
}

/// The tightest representation that holds all cells.
fn pack_cells(cells: &[&Property]) -> CellsV1 {
    fn all<'a, T>(cells: &[&'a Property], read: impl Fn(&'a Value) -> Option<T>) -> Option<Vec<T>> {
        let fixed = |cell: &&'a Property| if let Property::Fixed(value) = *cell { read(value) } else { None };
        cells.iter().map(fixed).collect()
    }
    if let Some(cells) = all(cells, Value::as_boolean) {
        return CellsV1::Boolean(cells);
    }
    if let Some(cells) = all(cells, Value::as_integer) {
        return CellsV1::Integer(cells);
    }
    let float = |value: &Value| if let Value::Float(number) = value { Some(*number) } else { None };
    if let Some(cells) = all(cells, float) {
        return CellsV1::Float(cells);
    }
    match all(cells, Value::as_text) {
        Some(texts) => pack_texts(&texts),
        None => CellsV1::Mixed(cells.iter().map(|cell| PropertyV1::from(*cell)).collect()),
    }
}

fn pack_texts(texts: &[&str]) -> CellsV1 {
    let mut dictionary: Vec<&str> = texts.to_vec();
    dictionary.sort_unstable();
    dictionary.dedup();
    let code = |text: &&str| {
        let position = dictionary.binary_search(text).unwrap_or_default();
        u32::try_from(position).unwrap_or(u32::MAX)
    };
    let codes = texts.iter().map(code).collect();
    CellsV1::Text { codes, dictionary: dictionary.into_iter().map(str::to_owned).collect() }
}

fn unpack_cells(cells: CellsV1) -> Result<Vec<Property>, Flaw> {
    let fixed = |value: Value| Property::Fixed(value);
    Ok(match cells {
        CellsV1::Boolean(cells) => cells.into_iter().map(Value::Boolean).map(fixed).collect(),
        CellsV1::Integer(cells) => cells.into_iter().map(Value::Integer).map(fixed).collect(),
        CellsV1::Float(cells) => cells.into_iter().map(Value::Float).map(fixed).collect(),
        CellsV1::Mixed(cells) => cells.into_iter().map(Property::from).collect(),
        CellsV1::Text { codes, dictionary } => {
            // Rows of a chunk share their texts.
            let texts: Vec<Arc<str>> = dictionary.into_iter().map(Arc::from).collect();
            let text = |code: u32| texts.get(code as usize).map(|text| fixed(Value::Text(Arc::clone(text))));
            let cells: Option<Vec<Property>> = codes.into_iter().map(text).collect();
            cells.ok_or_else(|| Flaw::new("it names a text that it has not"))?
        }
    })
}
