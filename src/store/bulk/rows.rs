//! A row of a bulk load between import and chunk: bytes that are sorted, then packed without being understood.

use crate::graph::{
    Cell, CellKind, CellValue, KeyId, Properties, Property, RowGroup, RowGroupBuilder, pack_bound, pack_date,
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

/// A value as it was written: its kind and its bytes. Values that are the same have the same bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct RawCell<'a>(u8, &'a [u8]);

impl<'a> Cell<'a> for RawCell<'a> {
    type Error = Flaw;
    type Identity = Self;

    fn kind(self) -> CellKind {
        match self.0 {
            TEXT => CellKind::Text,
            INTEGER => CellKind::Integer,
            FLOAT => CellKind::Float,
            BOOLEAN => CellKind::Boolean,
            TEXTS => CellKind::Texts,
            _ => CellKind::Other,
        }
    }

    fn identity(self) -> Self {
        self
    }

    fn value(self) -> Result<CellValue<'a>, Flaw> {
        let Self(kind, bytes) = self;
        let word = || bytes.try_into().map_err(|_| Flaw::new("a number is cut short"));
        Ok(match kind {
            TEXT => CellValue::Text(text_of(bytes)?),
            INTEGER => CellValue::Integer(i64::from_le_bytes(word()?)),
            FLOAT => CellValue::Float(f64::from_le_bytes(word()?)),
            BOOLEAN => CellValue::Boolean(bytes == [1]),
            TEXTS => CellValue::Texts(items_of(bytes)?),
            _ => CellValue::Other,
        })
    }

    fn property(self) -> Result<Property, Flaw> {
        Ok(Property::Fixed(match self.value()? {
            CellValue::Text(text) => Value::Text(text.into()),
            CellValue::Integer(number) => Value::Integer(number),
            CellValue::Float(number) => Value::Float(number),
            CellValue::Boolean(truth) => Value::Boolean(truth),
            CellValue::Texts(items) => Value::texts(items),
            CellValue::Other => return Ok(decode::<PropertyV1>(self.1)?.into()),
        }))
    }
}

/// Packs rows that [`write_row`] wrote.
pub(super) fn pack_rows<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Result<RowGroup, Flaw> {
    let mut builder = RowGroupBuilder::default();
    let mut attested = Vec::new();
    for bytes in rows {
        let mut read = In::new(bytes);
        let bounds = (packed(&mut read)?, packed(&mut read)?);
        attested.clear();
        for _ in 0..read.number()? {
            attested.push(packed(&mut read)?);
        }
        builder.row(bounds, &attested);
        for _ in 0..read.number()? {
            let key = u16::try_from(read.number()?).map_err(|_| Flaw::new("a key is out of range"))?;
            let kind = read.byte()?;
            builder.cell(KeyId::new(key), RawCell(kind, read.bytes()?));
        }
    }
    builder.finish()
}

fn packed(read: &mut In<'_>) -> Result<i32, Flaw> {
    i32::try_from(unzigzag(read.number()?)).map_err(|_| Flaw::new("a date is out of range"))
}

fn items_of(bytes: &[u8]) -> Result<Vec<&str>, Flaw> {
    let mut read = In::new(bytes);
    let mut items = Vec::new();
    while !read.is_empty() {
        items.push(text_of(read.bytes()?)?);
    }
    Ok(items)
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
