//! What nodes and edges of a chunk have in common: validities and properties, as columns. Version 1.

use super::codec::{In, Out, unzigzag, zigzag};
use super::records::PropertyV1;
use crate::graph::limits::READ_ITEMS;
use crate::graph::{
    Attestations, ColumnChunk, ColumnData, KeyId, PREFIX_DIGITS, PrefixForm, PrefixedInts, Property,
    RankBitmap, RowGroup, TextData, TextLists,
};
use crate::store::engine::envelope::{Flaw, decode, encode};
use crate::store::error::StoreError;
use crate::value::{Day, Jagged};

const BOOLEAN: u8 = 0;
const INTEGER: u8 = 1;
const DECIMAL: u8 = 2;
const FLOAT: u8 = 3;
const CODED: u8 = 4;
const TEXTS: u8 = 5;
const NUMBERED: u8 = 6;
const MIXED: u8 = 7;
const LISTS: u8 = 8;

/// Powers of ten by which a decimal may be scaled.
const SCALES: [f64; 7] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6];
/// Whole numbers below this are exact in double precision.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Writes validities, attestations and columns, each in a section of its own.
pub(in crate::store) fn write_elements(out: &mut Out, elements: &RowGroup) -> Result<(), StoreError> {
    out.section(|out| {
        out.numbers(&bounds(&elements.from));
        out.numbers(&bounds(&elements.to));
        Ok(())
    })?;
    out.section(|out| {
        let attested = &elements.attested;
        out.number(attested.rows.len() as u64);
        out.numbers(&attested.rows.iter().map(|row| u64::from(*row)).collect::<Vec<_>>());
        out.numbers(&attested.dates.lengths().map(|length| length as u64).collect::<Vec<_>>());
        let dates: Vec<u64> = attested.dates.items().iter().map(|date| zigzag(i64::from(*date))).collect();
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

/// A date as `pack_date` writes it; an earlier program could write days that are not in the calendar.
fn day(number: u64) -> Result<i32, Flaw> {
    let date = i32::try_from(unzigzag(number)).ok();
    let date = date.filter(|date| Day::from_number(date.div_euclid(4)).is_some());
    date.ok_or_else(|| Flaw::new("a date in it is not in the calendar"))
}

/// Reads validities, attestations and the columns that are wanted of `rows` rows.
pub(in crate::store) fn read_elements(
    read: &mut In<'_>,
    rows: usize,
    wanted: impl Fn(KeyId) -> bool,
) -> Result<RowGroup, Flaw> {
    let mut section = read.section()?;
    let mut ends = || section.numbers(rows)?.into_iter().map(unbound).collect::<Result<Vec<i32>, Flaw>>();
    let (from, to) = (ends()?, ends()?);
    section.end()?;
    let attested = read_attested(&mut read.section()?, rows)?;
    let (mut columns, mut items) = (Vec::new(), READ_ITEMS);
    let mut before = None;
    for _ in 0..read.count()? {
        let key = u16::try_from(read.number()?).map_err(|_| Flaw::new("a key in it is out of range"))?;
        if before.replace(key) >= Some(key) {
            return Err(Flaw::new("its keys are not in order"));
        }
        let mut section = read.section()?;
        if wanted(KeyId::new(key)) {
            columns.push((KeyId::new(key), read_part(&mut section, rows, &mut items)?));
            section.end()?;
        }
    }
    Ok(RowGroup { from, to, attested, columns })
}

fn read_attested(section: &mut In<'_>, rows: usize) -> Result<Attestations, Flaw> {
    let count = section.count()?;
    let rows = read_rows(section, count, rows)?;
    let lengths = section.numbers(count)?;
    let total = usize::try_from(section.number()?).unwrap_or(usize::MAX);
    if total > READ_ITEMS {
        return Err(Flaw::new("it claims more attestations than a chunk has"));
    }
    let few = || Flaw::new("it has not as many attestations as it says");
    if sum(&lengths) != Some(total as u64) {
        return Err(few());
    }
    let mut dates = Vec::new();
    section.each(total, |date| {
        dates.push(day(date)?);
        Ok(())
    })?;
    Ok(Attestations { rows, dates: Jagged::from_lengths(dates, lengths).ok_or_else(few)? })
}

/// The sum of lengths; `None` if it is beyond all numbers.
fn sum(lengths: &[u64]) -> Option<u64> {
    lengths.iter().try_fold(0_u64, |sum, length| sum.checked_add(*length))
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

fn write_part(out: &mut Out, part: &ColumnChunk) -> Result<(), StoreError> {
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

/// `items` is how many items of lists may still come.
fn read_part(read: &mut In<'_>, rows: usize, items: &mut usize) -> Result<ColumnChunk, Flaw> {
    match read.byte()? {
        0 => Ok(ColumnChunk { rows: None, cells: read_cells(read, rows, items)? }),
        1 => {
            let count = read.count()?;
            let own = RankBitmap::of(read_rows(read, count, rows)?);
            Ok(ColumnChunk { rows: Some(own), cells: read_cells(read, count, items)? })
        }
        tag => Err(Flaw(format!("a column in it has the unknown form {tag}"))),
    }
}

fn write_cells(out: &mut Out, cells: &ColumnData) -> Result<(), StoreError> {
    match cells {
        ColumnData::Boolean(cells) => {
            out.byte(BOOLEAN);
            out.numbers(&cells.iter().map(|cell| u64::from(*cell)).collect::<Vec<_>>());
        }
        ColumnData::Integer(cells) => {
            out.byte(INTEGER);
            out.numbers(&cells.iter().map(|cell| zigzag(*cell)).collect::<Vec<_>>());
        }
        ColumnData::Float(cells) => write_floats(out, cells),
        ColumnData::Dictionary { codes, dictionary } => {
            out.byte(CODED);
            out.number(dictionary.len() as u64);
            write_properties(out, dictionary)?;
            out.numbers(&codes.iter().map(|code| u64::from(*code)).collect::<Vec<_>>());
        }
        ColumnData::TextData(texts) => {
            out.byte(TEXTS);
            out.numbers(&texts.iter().map(|text| text.len() as u64).collect::<Vec<_>>());
            out.block(texts.iter().collect::<String>().as_bytes());
        }
        ColumnData::PrefixedInts(texts) => {
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
        ColumnData::TextLists(lists) => {
            out.byte(LISTS);
            out.number(lists.items.len() as u64);
            lists.items.iter().for_each(|item| out.bytes(item.as_bytes()));
            let lengths: Vec<u64> = lists.codes.lengths().map(|length| length as u64).collect();
            out.numbers(&lengths);
            out.number(lists.codes.items().len() as u64);
            out.numbers(&lists.codes.items().iter().map(|code| u64::from(*code)).collect::<Vec<_>>());
        }
        ColumnData::Any(cells) => {
            out.byte(MIXED);
            write_properties(out, cells)?;
        }
    }
    Ok(())
}

fn read_cells(read: &mut In<'_>, count: usize, items: &mut usize) -> Result<ColumnData, Flaw> {
    Ok(match read.byte()? {
        BOOLEAN => ColumnData::Boolean(read.numbers(count)?.into_iter().map(|cell| cell != 0).collect()),
        INTEGER => ColumnData::Integer(read.numbers(count)?.into_iter().map(unzigzag).collect()),
        DECIMAL => {
            let scale = SCALES.get(usize::from(read.byte()?));
            let scale = scale.ok_or_else(|| Flaw::new("a decimal in it has an unknown scale"))?;
            ColumnData::Float(
                read.numbers(count)?.into_iter().map(|cell| unzigzag(cell) as f64 / scale).collect(),
            )
        }
        FLOAT => {
            let bytes = read.block()?;
            let (floats, rest) = bytes.as_chunks::<8>();
            if floats.len() != count || !rest.is_empty() {
                return Err(few("cells"));
            }
            ColumnData::Float(floats.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
        }
        CODED => {
            let entries = read.count()?;
            let dictionary = read_properties(read, entries)?;
            let code = |code: u64| {
                let own = u16::try_from(code).ok().filter(|code| usize::from(*code) < entries);
                own.ok_or_else(|| Flaw::new("it names a value that it has not"))
            };
            let codes = read.numbers(count)?.into_iter().map(code).collect::<Result<_, _>>()?;
            ColumnData::Dictionary { codes, dictionary }
        }
        TEXTS => ColumnData::TextData(read_texts(read, count)?),
        NUMBERED => ColumnData::PrefixedInts(read_numbered(read, count)?),
        LISTS => ColumnData::TextLists(read_lists(read, count, items)?),
        MIXED => ColumnData::Any(read_properties(read, count)?),
        tag => return Err(Flaw(format!("cells in it have the unknown form {tag}"))),
    })
}

fn few(what: &str) -> Flaw {
    Flaw(format!("a column has not as many {what} as rows"))
}

fn read_numbered(read: &mut In<'_>, count: usize) -> Result<PrefixedInts, Flaw> {
    let mut forms = Vec::new();
    for _ in 0..read.count()? {
        let width = read.byte()?;
        if width > PREFIX_DIGITS {
            return Err(Flaw::new("a number in it has more digits than are written"));
        }
        let prefix =
            std::str::from_utf8(read.bytes()?).map_err(|_| Flaw::new("a text in it is not UTF-8"))?;
        forms.push(PrefixForm { prefix: prefix.into(), width });
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
    let read = PrefixedInts { forms, of, numbers };
    if read.fits() { Ok(read) } else { Err(Flaw::new("a number in it has more digits than its form")) }
}

fn read_lists(read: &mut In<'_>, count: usize, most: &mut usize) -> Result<TextLists, Flaw> {
    let mut items = Vec::new();
    for _ in 0..read.count()? {
        let item = std::str::from_utf8(read.bytes()?).map_err(|_| Flaw::new("a text in it is not UTF-8"))?;
        items.push(item.into());
    }
    let lengths = read.numbers(count)?;
    let total = read.number()?;
    if sum(&lengths) != Some(total) {
        return Err(few("items"));
    }
    let total = usize::try_from(total).unwrap_or(usize::MAX);
    *most = most.checked_sub(total).ok_or_else(|| Flaw::new("it claims more items than a chunk has"))?;
    let mut codes = Vec::new();
    read.each(total, |code| {
        let own = u16::try_from(code).ok().filter(|code| usize::from(*code) < items.len());
        codes.push(own.ok_or_else(|| Flaw::new("it names an item that it has not"))?);
        Ok(())
    })?;
    let codes = Jagged::from_lengths(codes, lengths).ok_or_else(|| few("items"))?;
    Ok(TextLists { items, codes })
}

fn read_texts(read: &mut In<'_>, count: usize) -> Result<TextData, Flaw> {
    let lengths = read.numbers(count)?;
    let bytes = String::from_utf8(read.block()?).map_err(|_| Flaw::new("a text in it is not UTF-8"))?;
    let mut texts = TextData::default();
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
            let whole = scaled as i64;
            // What is read is the whole number divided, which tells 0.0 from −0.0.
            let same = scaled.abs() < EXACT && (whole as f64 / scale).to_bits() == cell.to_bits();
            same.then_some(zigzag(whole))
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

#[cfg(test)]
mod tests {
    use super::super::records::ValueV1;
    use super::*;
    use crate::graph::Spell;
    use crate::graph::limits::property_bytes;
    use crate::store::engine::envelope::encode;
    use crate::value::{Validity, Value};

    fn again(elements: &RowGroup) -> Result<RowGroup, Flaw> {
        let mut out = Out::default();
        write_elements(&mut out, elements).unwrap();
        let bytes = out.into_bytes();
        read_elements(&mut In::new(&bytes), elements.len(), |_| true)
    }

    fn of(cells: ColumnData, rows: usize) -> RowGroup {
        RowGroup {
            from: vec![0; rows],
            to: vec![0; rows],
            columns: vec![(KeyId::new(0), ColumnChunk { rows: None, cells })],
            ..RowGroup::default()
        }
    }

    #[test]
    fn a_day_beyond_the_calendar_is_an_error() {
        // Four times the number of the day, plus the precision.
        for date in [4 * -4_371_587, 4 * 2_932_896 + 2] {
            let mut elements = of(ColumnData::Boolean(vec![true]), 1);
            (elements.from, elements.to) = (vec![date], vec![date]);
            elements.attested.push(0, [date]);
            assert!(again(&elements).unwrap() == elements);
        }
        // -294,967,296 is four times a billion days in 32 bits.
        for date in [4 * -4_371_588 + 3, 4 * 2_932_897, -294_967_296, i32::MAX - 1] {
            for place in 0..3 {
                let mut elements = of(ColumnData::Boolean(vec![true]), 1);
                match place {
                    0 => elements.from = vec![date],
                    1 => elements.to = vec![date],
                    _ => elements.attested.push(0, [date]),
                }
                assert!(again(&elements).is_err_and(|Flaw(told)| told.contains("calendar")), "{date}");
            }
        }
    }

    #[test]
    fn every_float_keeps_its_bits() {
        for floats in [
            vec![-0.0],
            vec![0.0, -0.0, 1.5],
            vec![1.0, 2.0, -0.0],
            vec![f64::MIN_POSITIVE, 5e-324, f64::MAX],
            vec![f64::NAN, f64::NEG_INFINITY],
            vec![9_007_199_254_740_993.0, 0.000_001, -1e22],
        ] {
            let read = again(&of(ColumnData::Float(floats.clone()), floats.len())).unwrap();
            let ColumnData::Float(back) = &read.columns[0].1.cells else { panic!("{read:?}") };
            let bits = |floats: &[f64]| floats.iter().map(|float| float.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(back), bits(&floats));
        }
    }

    /// What an earlier program put into a chunk, whatever it held: more attestations, more items and longer blocks
    /// than it took again.
    #[test]
    fn what_takes_few_bytes_and_is_much_is_read() {
        let mut dates = of(ColumnData::Boolean(vec![true; 3]), 3);
        dates.attested.push(1, std::iter::repeat_n(4, (1 << 22) + 1));
        assert!(again(&dates).unwrap() == dates);
        let codes = vec![0; (1 << 22) + 1];
        let codes = Jagged::from_lengths(codes, [5, (1 << 22) - 4]).unwrap();
        let lists = TextLists { items: vec!["a".into()], codes };
        let lists = of(ColumnData::TextLists(lists), 2);
        assert!(again(&lists).unwrap() == lists);
        // A list of booleans, which take two bytes each here and 24 and more in memory.
        let mut values = vec![0, 5, 252];
        values.extend(12_000_000_u32.to_le_bytes());
        values.extend([0, 1].repeat(12_000_000));
        let Ok(PropertyV1::Fixed(ValueV1::List(items))) = decode::<PropertyV1>(&values) else {
            panic!("not read")
        };
        assert!(items.len() == 12_000_000 && size_of::<ValueV1>() <= 32);
    }

    /// A forged form or number whose text would lose digits.
    #[test]
    fn a_prefixed_number_with_too_many_digits_is_refused() {
        let forged = |width: u8, number: u64| {
            let mut out = Out::default();
            out.number(1);
            out.byte(width);
            out.bytes(b"t");
            out.numbers(&[number]);
            let bytes = out.into_bytes();
            let read = read_numbered(&mut In::new(&bytes), 1);
            read.map(|read| ColumnData::PrefixedInts(read).get(0))
        };
        let text = |text: &str| Some(Property::Fixed(Value::text(text)));
        assert_eq!(forged(9, 999_999_999).unwrap(), text("t999999999"));
        assert_eq!(forged(3, 7).unwrap(), text("t007"));
        assert_eq!(forged(0, 0).unwrap(), text("t"));
        for (width, number) in [(10, 0), (255, 1), (0, 1), (3, 1_000), (9, 1_000_000_000)] {
            let Flaw(told) = forged(width, number).unwrap_err();
            assert!(told.contains("digits"), "{width} {number}: {told}");
        }
    }

    #[test]
    fn a_damaged_count_is_refused_before_room_is_made() {
        // A block of 2^40 bytes packed into three.
        let mut out = Out::default();
        out.number(1 << 40);
        out.bytes(&[1, 2, 3]);
        let bytes = out.into_bytes();
        assert!(In::new(&bytes).block().unwrap_err().0.starts_with("it claims more bytes"));
        // 2^31 items that are all the same, in one list and in two columns.
        for columns in [vec![1_u64 << 31], vec![READ_ITEMS as u64, 1]] {
            let mut most = READ_ITEMS;
            let read = columns.iter().try_for_each(|items| {
                let mut out = Out::default();
                out.number(1);
                out.bytes(b"a");
                out.numbers(&[*items]);
                out.number(*items);
                let bytes = out.into_bytes();
                // The codes are missing: what is not refused by its count is cut short.
                let read = read_lists(&mut In::new(&bytes), 1, &mut most).map(drop).unwrap_err();
                if read.0.starts_with("it claims more items") { Err(()) } else { Ok(()) }
            });
            assert_eq!(read, Err(()), "{columns:?}");
        }
    }

    /// What a commit counts is what a record takes.
    #[test]
    fn a_property_has_as_many_bytes_as_are_counted() {
        let day = |text: &str| Value::Date(text.parse().unwrap());
        let numbers = [0, 1, -1, 125, -126, 126, 32_767, -32_769, 1 << 31, -(1 << 40), i64::MIN, i64::MAX];
        let mut values: Vec<Value> = numbers.map(Value::Integer).into();
        values.extend([Value::Boolean(true), Value::Float(-0.0), Value::text(""), Value::text("杭州")]);
        values.extend([250, 251, 70_000].map(|length| Value::Text("x".repeat(length).into())));
        values.extend(["1970-01-01", "1969", "2010-05", "0001", "9999-12-31"].map(day));
        values.push(Value::List(values.clone().into()));
        values.push(Value::List(vec![values[values.len() - 1].clone(); 300].into()));
        let validity = Validity::parse("1949-10-01", "..", "1950;2010-05-09").unwrap();
        let spells = [
            Spell { validity, value: values[5].clone(), qualifiers: vec![(KeyId::new(251), day("2001"))] },
            Spell { validity: Validity::UNKNOWN, value: Value::text("长"), qualifiers: Vec::new() },
        ];
        let mut properties: Vec<Property> = values.into_iter().map(Property::Fixed).collect();
        properties.push(Property::Dated(spells.into()));
        for property in properties {
            let bytes = encode(&PropertyV1::from(&property), "a property").unwrap();
            assert_eq!(property_bytes(&property), bytes.len(), "{property:?}");
        }
    }
}
