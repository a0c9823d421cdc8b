//! What nodes and edges of a chunk have in common: validities and properties, as columns. Version 1.

use super::codec::{In, Out, unzigzag, zigzag};
use super::envelope::{Flaw, decode, encode};
use super::error::StoreError;
use super::records::PropertyV1;
use crate::graph::{
    Attestations, Bits, Cells, ColumnPart, ElementColumns, KeyId, Lists, NumberForm, Numbered, Property,
    Texts,
};

const BOOLEAN: u8 = 0;
const INTEGER: u8 = 1;
const DECIMAL: u8 = 2;
const FLOAT: u8 = 3;
const CODED: u8 = 4;
const TEXTS: u8 = 5;
const NUMBERED: u8 = 6;
const MIXED: u8 = 7;
const LISTS: u8 = 8;

/// Items of all lists of a chunk: what a damaged count may make the decoder allocate.
const MOST_ITEMS: u64 = 1 << 22;

/// Powers of ten by which a decimal may be scaled.
const SCALES: [f64; 7] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// Whole numbers below this are exact in double precision.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes validities, attestations and columns, each in a section of its own.
pub(super) fn write_elements(out: &mut Out, elements: &ElementColumns) -> Result<(), StoreError> {
    out.section(|out| {
        out.numbers(&bounds(&elements.from));
        out.numbers(&bounds(&elements.to));
        Ok(())
    })?;
    out.section(|out| {
        let attested = &elements.attested;
        out.number(attested.rows.len() as u64);
        out.numbers(&attested.rows.iter().map(|row| u64::from(*row)).collect::<Vec<_>>());
        out.numbers(&attested.lengths().map(|length| length as u64).collect::<Vec<_>>());
        let dates: Vec<u64> = attested.dates.iter().map(|date| zigzag(i64::from(*date))).collect();
        out.number(dates.len() as u64);
        out.numbers(&dates);
        Ok(())
    })?;
    out.number(elements.columns.len() as u64);
    for (key, part) in &elements.columns {
        out.number(u64::from(key.get()));
        out.section(|out| write_part(out, part))?;
    }
    Ok(())
}

/// 0 = unknown, 1 = open, beyond that a date: see `pack_bound`.
fn bounds(packed: &[i32]) -> Vec<u64> {
    let bound = |packed: &i32| match *packed {
        i32::MIN => 0,
        i32::MAX => 1,
        date => zigzag(i64::from(date)) + 2,
    };
    packed.iter().map(bound).collect()
}

fn unbound(number: u64) -> Result<i32, Flaw> {
    match number {
        0 => Ok(i32::MIN),
        1 => Ok(i32::MAX),
        date => day(date - 2),
    }
}

fn day(number: u64) -> Result<i32, Flaw> {
    i32::try_from(unzigzag(number)).map_err(|_| Flaw::new("a date in it is out of range"))
}

/// Reads validities, attestations and the columns that are wanted of `rows` rows.
pub(super) fn read_elements(
    read: &mut In<'_>,
    rows: usize,
    wanted: impl Fn(KeyId) -> bool,
) -> Result<ElementColumns, Flaw> {
    let mut section = read.section()?;
    let mut ends = || section.numbers(rows)?.into_iter().map(unbound).collect::<Result<Vec<i32>, Flaw>>();
    let (from, to) = (ends()?, ends()?);
    section.end()?;
    let attested = read_attested(&mut read.section()?, rows)?;
    let mut columns = Vec::new();
    let mut before = None;
    for _ in 0..read.count()? {
        let key = u16::try_from(read.number()?).map_err(|_| Flaw::new("a key in it is out of range"))?;
        if before.replace(key) >= Some(key) {
            return Err(Flaw::new("its keys are not in order"));
        }
        let mut section = read.section()?;
        if wanted(KeyId::new(key)) {
            columns.push((KeyId::new(key), read_part(&mut section, rows)?));
            section.end()?;
        }
    }
    Ok(ElementColumns { from, to, attested, columns })
}

fn read_attested(section: &mut In<'_>, rows: usize) -> Result<Attestations, Flaw> {
    let count = section.count()?;
    let rows = read_rows(section, count, rows)?;
    let lengths = section.numbers(count)?;
    let total = usize::try_from(section.number()?).unwrap_or(usize::MAX);
    // A date takes at least a bit unless all are the same: no count beyond what a chunk may have.
    if total > 64 * super::codec::MOST_ROWS {
        return Err(Flaw::new("it claims more attestations than a chunk has"));
    }
    let mut end = 0_u64;
    let next = |length: u64| {
        end = end.saturating_add(length);
        u32::try_from(end).unwrap_or(u32::MAX)
    };
    let ends: Vec<u32> = lengths.into_iter().map(next).collect();
    if end != total as u64 {
        return Err(Flaw::new("it has not as many attestations as it says"));
    }
    let dates = section.numbers(total)?.into_iter().map(day).collect::<Result<_, _>>()?;
    Ok(Attestations { rows, ends, dates })
}

/// Ascending rows below `rows`.
fn read_rows(read: &mut In<'_>, count: usize, rows: usize) -> Result<Vec<u32>, Flaw> {
    let own = read.numbers(count)?;
    let ascending = own.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || own.last().is_some_and(|last| *last >= rows as u64) {
        return Err(Flaw::new("it names a row that it has not"));
    }
    Ok(own.into_iter().map(|row| row as u32).collect())
}

fn write_part(out: &mut Out, part: &ColumnPart) -> Result<(), StoreError> {
    match &part.rows {
        None => out.byte(0),
        Some(rows) => {
            out.byte(1);
            out.number(rows.len() as u64);
            out.numbers(&rows.iter().map(u64::from).collect::<Vec<_>>());
        }
    }
    write_cells(out, &part.cells)
}

fn read_part(read: &mut In<'_>, rows: usize) -> Result<ColumnPart, Flaw> {
    match read.byte()? {
        0 => Ok(ColumnPart { rows: None, cells: read_cells(read, rows)? }),
        1 => {
            let count = read.count()?;
            let own = Bits::of(read_rows(read, count, rows)?);
            Ok(ColumnPart { rows: Some(own), cells: read_cells(read, count)? })
        }
        tag => Err(Flaw(format!("a column in it has the unknown form {tag}"))),
    }
}

fn write_cells(out: &mut Out, cells: &Cells) -> Result<(), StoreError> {
    match cells {
        Cells::Boolean(cells) => {
            out.byte(BOOLEAN);
            out.numbers(&cells.iter().map(|cell| u64::from(*cell)).collect::<Vec<_>>());
        }
        Cells::Integer(cells) => {
            out.byte(INTEGER);
            out.numbers(&cells.iter().map(|cell| zigzag(*cell)).collect::<Vec<_>>());
        }
        Cells::Float(cells) => write_floats(out, cells),
        Cells::Coded { codes, dictionary } => {
            out.byte(CODED);
            out.number(dictionary.len() as u64);
            write_properties(out, dictionary)?;
            out.numbers(&codes.iter().map(|code| u64::from(*code)).collect::<Vec<_>>());
        }
        Cells::Texts(texts) => {
            out.byte(TEXTS);
            out.numbers(&texts.iter().map(|text| text.len() as u64).collect::<Vec<_>>());
            out.block(texts.iter().collect::<String>().as_bytes());
        }
        Cells::Numbered(texts) => {
            out.byte(NUMBERED);
            out.number(texts.forms.len() as u64);
            for form in &texts.forms {
                out.byte(form.width);
                out.bytes(form.prefix.as_bytes());
            }
            if texts.forms.len() > 1 {
                out.numbers(&texts.of.iter().map(|form| u64::from(*form)).collect::<Vec<_>>());
            }
            out.numbers(&texts.numbers.iter().map(|number| u64::from(*number)).collect::<Vec<_>>());
        }
        Cells::Lists(lists) => {
            out.byte(LISTS);
            out.number(lists.items.len() as u64);
            lists.items.iter().for_each(|item| out.bytes(item.as_bytes()));
            let starts = std::iter::once(0).chain(lists.ends.iter().copied());
            let lengths: Vec<u64> =
                lists.ends.iter().zip(starts).map(|(end, start)| u64::from(end - start)).collect();
            out.numbers(&lengths);
            out.number(lists.codes.len() as u64);
            out.numbers(&lists.codes.iter().map(|code| u64::from(*code)).collect::<Vec<_>>());
        }
        Cells::Mixed(cells) => {
            out.byte(MIXED);
            write_properties(out, cells)?;
        }
    }
    Ok(())
}

fn read_cells(read: &mut In<'_>, count: usize) -> Result<Cells, Flaw> {
    Ok(match read.byte()? {
        BOOLEAN => Cells::Boolean(read.numbers(count)?.into_iter().map(|cell| cell != 0).collect()),
        INTEGER => Cells::Integer(read.numbers(count)?.into_iter().map(unzigzag).collect()),
        DECIMAL => {
            let scale = SCALES.get(usize::from(read.byte()?));
            let scale = scale.ok_or_else(|| Flaw::new("a decimal in it has an unknown scale"))?;
            Cells::Float(read.numbers(count)?.into_iter().map(|cell| unzigzag(cell) as f64 / scale).collect())
        }
        FLOAT => {
            let bytes = read.block()?;
            let (floats, rest) = bytes.as_chunks::<8>();
            if floats.len() != count || !rest.is_empty() {
                return Err(few("cells"));
            }
            Cells::Float(floats.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
        }
        CODED => {
            let entries = read.count()?;
            let dictionary = read_properties(read, entries)?;
            let code = |code: u64| {
                let own = u16::try_from(code).ok().filter(|code| usize::from(*code) < entries);
                own.ok_or_else(|| Flaw::new("it names a value that it has not"))
            };
            let codes = read.numbers(count)?.into_iter().map(code).collect::<Result<_, _>>()?;
            Cells::Coded { codes, dictionary }
        }
        TEXTS => Cells::Texts(read_texts(read, count)?),
        NUMBERED => Cells::Numbered(read_numbered(read, count)?),
        LISTS => Cells::Lists(read_lists(read, count)?),
        MIXED => Cells::Mixed(read_properties(read, count)?),
        tag => return Err(Flaw(format!("cells in it have the unknown form {tag}"))),
    })
}

fn few(what: &str) -> Flaw {
    Flaw(format!("a column has not as many {what} as rows"))
}

fn read_numbered(read: &mut In<'_>, count: usize) -> Result<Numbered, Flaw> {
    let mut forms = Vec::new();
    for _ in 0..read.count()? {
        let width = read.byte()?;
        let prefix = std::str::from_utf8(read.bytes()?).map_err(|_| Flaw::new("a text in it is no UTF-8"))?;
        forms.push(NumberForm { prefix: prefix.into(), width });
    }
    let unknown = || Flaw::new("it names a form that it has not");
    let form = |form: u64| {
        u8::try_from(form).ok().filter(|form| usize::from(*form) < forms.len()).ok_or_else(unknown)
    };
    let of = match forms.len() {
        0 if count > 0 => return Err(unknown()),
        0 | 1 => Vec::new(),
        _ => read.numbers(count)?.into_iter().map(form).collect::<Result<_, _>>()?,
    };
    let number = |number: u64| u32::try_from(number).map_err(|_| Flaw::new("a number in it is out of range"));
    let numbers = read.numbers(count)?.into_iter().map(number).collect::<Result<_, _>>()?;
    Ok(Numbered { forms, of, numbers })
}

fn read_lists(read: &mut In<'_>, count: usize) -> Result<Lists, Flaw> {
    let mut items = Vec::new();
    for _ in 0..read.count()? {
        let item = std::str::from_utf8(read.bytes()?).map_err(|_| Flaw::new("a text in it is no UTF-8"))?;
        items.push(item.into());
    }
    let mut end = 0_u64;
    let next = |length: u64| {
        end = end.saturating_add(length);
        u32::try_from(end).map_err(|_| few("items"))
    };
    let ends: Vec<u32> = read.numbers(count)?.into_iter().map(next).collect::<Result<_, _>>()?;
    let total = read.number()?;
    if total != u64::from(ends.last().copied().unwrap_or(0)) || total > MOST_ITEMS {
        return Err(few("items"));
    }
    let code = |code: u64| {
        let own = u16::try_from(code).ok().filter(|code| usize::from(*code) < items.len());
        own.ok_or_else(|| Flaw::new("it names an item that it has not"))
    };
    let codes =
        read.numbers(usize::try_from(total).unwrap_or(0))?.into_iter().map(code).collect::<Result<_, _>>()?;
    Ok(Lists { items, codes, ends })
}

fn read_texts(read: &mut In<'_>, count: usize) -> Result<Texts, Flaw> {
    let lengths = read.numbers(count)?;
    let bytes = String::from_utf8(read.block()?).map_err(|_| Flaw::new("a text in it is no UTF-8"))?;
    let mut texts = Texts::default();
    let mut rest = bytes.as_str();
    for length in lengths {
        let cut = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
        let (text, after) = cut.ok_or_else(|| few("texts"))?;
        texts.push(text);
        rest = after;
    }
    if rest.is_empty() { Ok(texts) } else { Err(few("texts")) }
}

/// Numbers with few decimals as whole numbers, all others as they are.
fn write_floats(out: &mut Out, cells: &[f64]) {
    let decimal = |scale: f64| -> Option<Vec<u64>> {
        let whole = |cell: &f64| {
            let scaled = (cell * scale).round();
            let same = scaled.abs() < EXACT && (scaled / scale).to_bits() == cell.to_bits();
            same.then_some(zigzag(scaled as i64))
        };
        cells.iter().map(whole).collect()
    };
    let found = (0_u8..).zip(SCALES).find_map(|(place, scale)| Some((place, decimal(scale)?)));
    match found {
        Some((place, whole)) => {
            out.byte(DECIMAL);
            out.byte(place);
            out.numbers(&whole);
        }
        None => {
            out.byte(FLOAT);
            out.block(&cells.iter().flat_map(|cell| cell.to_le_bytes()).collect::<Vec<_>>());
        }
    }
}

fn write_properties(out: &mut Out, properties: &[Property]) -> Result<(), StoreError> {
    let records: Vec<PropertyV1> = properties.iter().map(PropertyV1::from).collect();
    out.block(&encode(&records, "the values of a chunk")?);
    Ok(())
}

fn read_properties(read: &mut In<'_>, count: usize) -> Result<Vec<Property>, Flaw> {
    let records: Vec<PropertyV1> = decode(&read.block()?)?;
    if records.len() != count {
        return Err(few("values"));
    }
    Ok(records.into_iter().map(Property::from).collect())
}
