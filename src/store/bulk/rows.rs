//! A row of a bulk load between import and chunk: bytes that are sorted, then packed without being understood.

use std::collections::{BTreeMap, HashMap};

use crate::graph::{
    ColumnChunk, ColumnData, KeyId, MANY_LISTS, Properties, Property, RowGroup, TextListPacker, TextLists,
    pack_bound, pack_date,
};
use crate::store::engine::envelope::{Flaw, decode, encode};
use crate::store::error::StoreError;
use crate::store::layout::codec::{In, Out, unzigzag, zigzag};
use crate::store::layout::records::PropertyV1;
use crate::value::{Validity, Value};

const TEXT: u8 = 0;
const INTEGER: u8 = 1;
const FLOAT: u8 = 2;
const BOOLEAN: u8 = 3;
const OTHER: u8 = 4;
const TEXTS: u8 = 5;

/// Writes validity and properties of a row.
pub(super) fn write_row(validity: &Validity, properties: &Properties) -> Result<Vec<u8>, StoreError> {
    let mut out = Out::default();
    for bound in [validity.from, validity.to] {
        out.number(zigzag(i64::from(pack_bound(bound))));
    }
    out.number(validity.attested.len() as u64);
    validity.attested.iter().for_each(|date| out.number(zigzag(i64::from(pack_date(*date)))));
    out.number(properties.iter().len() as u64);
    for (key, property) in properties.iter() {
        out.number(u64::from(key.get()));
        write_property(&mut out, property)?;
    }
    Ok(out.into_bytes())
}

fn write_property(out: &mut Out, property: &Property) -> Result<(), StoreError> {
    let mut plain = |tag: u8, bytes: &[u8]| {
        out.byte(tag);
        out.bytes(bytes);
    };
    match property {
        Property::Fixed(Value::Text(text)) => plain(TEXT, text.as_bytes()),
        Property::Fixed(Value::Integer(number)) => plain(INTEGER, &number.to_le_bytes()),
        Property::Fixed(Value::Float(number)) => plain(FLOAT, &number.to_le_bytes()),
        Property::Fixed(Value::Boolean(truth)) => plain(BOOLEAN, &[u8::from(*truth)]),
        Property::Fixed(Value::List(items)) if items.iter().all(|item| item.as_text().is_some()) => {
            let mut inner = Out::default();
            items.iter().filter_map(Value::as_text).for_each(|item| inner.bytes(item.as_bytes()));
            plain(TEXTS, &inner.into_bytes());
        }
        other => plain(OTHER, &encode(&PropertyV1::from(other), "a property")?),
    }
    Ok(())
}

/// A value: its kind and its bytes.
type Cell<'a> = (u8, &'a [u8]);

/// The cells of one key.
#[derive(Default)]
struct RawColumn<'a> {
    rows: Vec<u32>,
    cells: Vec<Cell<'a>>,
}

/// Packs rows that [`write_row`] wrote.
pub(super) fn pack_rows<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Result<RowGroup, Flaw> {
    let mut elements = RowGroup::default();
    let mut columns: BTreeMap<u16, RawColumn<'a>> = BTreeMap::new();
    for (row, bytes) in (0_u32..).zip(rows) {
        let mut read = In::new(bytes);
        elements.from.push(packed(&mut read)?);
        elements.to.push(packed(&mut read)?);
        let attested = read.number()?;
        if attested > 0 {
            let dates = (0..attested).map(|_| packed(&mut read));
            elements.attested.push(row, dates.collect::<Result<Vec<i32>, Flaw>>()?);
        }
        for _ in 0..read.number()? {
            let key = u16::try_from(read.number()?).map_err(|_| Flaw::new("a key is out of range"))?;
            let kind = read.byte()?;
            let column = columns.entry(key).or_default();
            column.rows.push(row);
            column.cells.push((kind, read.bytes()?));
        }
    }
    let count = elements.from.len();
    for (key, RawColumn { rows, cells }) in columns {
        elements.columns.push((KeyId::new(key), ColumnChunk::of(rows, count, pack_cells(&cells)?)));
    }
    Ok(elements)
}

fn packed(read: &mut In<'_>) -> Result<i32, Flaw> {
    i32::try_from(unzigzag(read.number()?)).map_err(|_| Flaw::new("a date is out of range"))
}

fn pack_cells(cells: &[Cell<'_>]) -> Result<ColumnData, Flaw> {
    let kind = cells.first().map(|(kind, _)| *kind).filter(|kind| cells.iter().all(|(own, _)| own == kind));
    let word = |bytes: &[u8]| bytes.try_into().map_err(|_| Flaw::new("a number is cut short"));
    Ok(match kind {
        Some(INTEGER) => ColumnData::Integer(
            cells.iter().map(|(_, bytes)| word(bytes).map(i64::from_le_bytes)).collect::<Result<_, _>>()?,
        ),
        Some(FLOAT) => ColumnData::Float(
            cells.iter().map(|(_, bytes)| word(bytes).map(f64::from_le_bytes)).collect::<Result<_, _>>()?,
        ),
        Some(BOOLEAN) => ColumnData::Boolean(cells.iter().map(|(_, bytes)| *bytes == [1]).collect()),
        Some(TEXT) => {
            let texts: Vec<&str> =
                cells.iter().map(|(_, bytes)| text_of(bytes)).collect::<Result<_, Flaw>>()?;
            match ColumnData::of_texts(&texts) {
                Some(cells) => cells,
                None => ColumnData::Any(properties_of(cells)?),
            }
        }
        _ => pack_others(cells)?,
    })
}

/// Few different values, or lists of texts of which many differ, or neither.
fn pack_others(cells: &[Cell<'_>]) -> Result<ColumnData, Flaw> {
    let coded = coded(cells);
    let many = coded.as_ref().is_none_or(|(_, different)| different.len() > MANY_LISTS);
    let lists = if many { lists_of(cells)? } else { None };
    match (coded, lists) {
        (_, Some(lists)) => Ok(ColumnData::TextLists(lists)),
        (Some((codes, different)), None) => {
            let dictionary = different.into_iter().map(property_of).collect::<Result<_, _>>()?;
            Ok(ColumnData::Dictionary { codes, dictionary })
        }
        (None, None) => Ok(ColumnData::Any(properties_of(cells)?)),
    }
}

/// The number of each cell, and the cells that differ; `None` if too many do. Values that are the same have
/// the same bytes.
fn coded<'a>(cells: &[Cell<'a>]) -> Option<(Vec<u16>, Vec<Cell<'a>>)> {
    let most = (cells.len() / 2).max(1);
    let mut known: HashMap<Cell<'a>, u16> = HashMap::new();
    let mut different = Vec::new();
    let mut codes = Vec::with_capacity(cells.len());
    for cell in cells {
        let next = u16::try_from(known.len()).unwrap_or(u16::MAX);
        let code = *known.entry(*cell).or_insert(next);
        if code == next {
            if known.len() > most || next == u16::MAX {
                return None;
            }
            different.push(*cell);
        }
        codes.push(code);
    }
    Some((codes, different))
}

/// The items of lists of texts, where they repeat.
fn lists_of(cells: &[Cell<'_>]) -> Result<Option<TextLists>, Flaw> {
    let mut packer = TextListPacker::default();
    for (kind, bytes) in cells {
        let items = if *kind == TEXTS { Some(items_of(bytes)?.into_iter().map(Some)) } else { None };
        if !packer.push(items) {
            return Ok(None);
        }
    }
    Ok(packer.finish())
}

fn items_of(bytes: &[u8]) -> Result<Vec<&str>, Flaw> {
    let mut read = In::new(bytes);
    let mut items = Vec::new();
    while !read.is_empty() {
        items.push(text_of(read.bytes()?)?);
    }
    Ok(items)
}

fn properties_of(cells: &[Cell<'_>]) -> Result<Vec<Property>, Flaw> {
    cells.iter().map(|cell| property_of(*cell)).collect()
}

fn property_of((kind, bytes): Cell<'_>) -> Result<Property, Flaw> {
    let word = || bytes.try_into().map_err(|_| Flaw::new("a number is cut short"));
    Ok(Property::Fixed(match kind {
        TEXT => Value::Text(text_of(bytes)?.into()),
        INTEGER => Value::Integer(i64::from_le_bytes(word()?)),
        FLOAT => Value::Float(f64::from_le_bytes(word()?)),
        BOOLEAN => Value::Boolean(bytes == [1]),
        TEXTS => Value::List(items_of(bytes)?.into_iter().map(|item| Value::Text(item.into())).collect()),
        _ => return Ok(decode::<PropertyV1>(bytes)?.into()),
    }))
}

fn text_of(bytes: &[u8]) -> Result<&str, Flaw> {
    std::str::from_utf8(bytes).map_err(|_| Flaw::new("a text is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Spell;

    /// What is packed from bytes is what is packed from the rows themselves.
    #[test]
    fn bytes_pack_as_their_rows_do() {
        let key = KeyId::new;
        let fixed = |value: Value| Property::Fixed(value);
        let rows: Vec<(Validity, Properties)> = (0..40_i64)
            .map(|n| {
                let spell =
                    Spell { validity: Validity::ALWAYS, value: Value::Integer(n), qualifiers: Vec::new() };
                let mut properties: Properties = [
                    (key(0), fixed(Value::text(&format!("t{n:05}")))),
                    (key(1), fixed(Value::texts([["economy", "water"][n as usize % 2]]))),
                    (key(2), fixed(Value::Float(n as f64 / 4.0))),
                    (key(5), fixed(Value::Boolean(n % 3 == 0))),
                    (key(6), fixed(if n % 2 == 0 { Value::Integer(n) } else { Value::text("odd") })),
                    (key(7), Property::Dated([spell].into())),
                    (key(8), fixed(Value::text(&"很长".repeat(n as usize)))),
                ]
                .into_iter()
                .collect();
                if n % 5 == 0 {
                    properties.insert(key(9), fixed(Value::Integer(-n)));
                }
                let attested = if n % 4 == 0 { "2010;2012-03" } else { "" };
                (Validity::parse(["2009", "..", ""][n as usize % 3], "", attested).unwrap(), properties)
            })
            .collect();
        let bytes: Vec<Vec<u8>> =
            rows.iter().map(|(validity, properties)| write_row(validity, properties).unwrap()).collect();
        let packed = pack_rows(bytes.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(packed, RowGroup::pack(rows.iter().map(|(validity, held)| (validity, held))));
    }
}
