//! One column of a batch.

use std::sync::Arc;

use super::batch::ChangedRow;
use super::value::{ListRef, PropertyRef, TextRef};
use crate::graph::columns::{ColumnChunk, ColumnData, PrefixedInts, TextData, TextLists};
use crate::graph::{KeyId, Property, RankBitmap};

/// The values of one key in the rows of a batch.
///
/// Values lie side by side without gaps: [`ColumnView::place`] leads from a row to its value, by rank if some rows have
/// none.
#[derive(Clone, Copy, Debug)]
pub struct ColumnView<'a> {
    rows: Option<&'a RankBitmap>,
    data: ColumnValues<'a>,
}

/// The values of a column, in the form in which they lie.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ColumnValues<'a> {
    /// True or false.
    Booleans(&'a [bool]),
    /// Whole numbers.
    Integers(&'a [i64]),
    /// Numbers of double precision.
    Floats(&'a [f64]),
    /// Few distinct properties of any kind: compare once with each of them, then codes.
    Dictionary {
        /// The number of each value.
        codes: &'a [u16],
        /// The properties by number.
        values: &'a [Property],
    },
    /// Many distinct texts.
    TextData(TextColumn<'a>),
    /// Lists of texts whose items repeat.
    TextLists(ListColumn<'a>),
    /// Properties of any kind: numbers beside texts, dates, values in time.
    Any(&'a [Property]),
    /// Values of changed elements, one by one; the rows without a value are among them.
    Changed(ChangedColumn<'a>),
}

/// Texts that lie side by side, or prefixes and numbers.
#[derive(Clone, Copy, Debug)]
pub struct TextColumn<'a>(TextForm<'a>);

#[derive(Clone, Copy, Debug)]
enum TextForm<'a> {
    Whole(&'a TextData),
    PrefixedInts(&'a PrefixedInts),
}

impl<'a> TextColumn<'a> {
    /// How many there are.
    #[must_use]
    pub fn len(self) -> usize {
        match self.0 {
            TextForm::Whole(texts) => texts.len(),
            TextForm::PrefixedInts(texts) => texts.numbers.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The text at a place.
    #[must_use]
    pub fn get(self, place: usize) -> Option<TextRef<'a>> {
        match self.0 {
            TextForm::Whole(texts) => texts.get(place).map(TextRef::whole),
            TextForm::PrefixedInts(texts) => texts.text(place),
        }
    }
}

/// Lists of texts, as numbers of their items.
#[derive(Clone, Copy, Debug)]
pub struct ListColumn<'a>(&'a TextLists);

impl<'a> ListColumn<'a> {
    /// How many lists there are.
    #[must_use]
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The items that occur, by number.
    #[must_use]
    pub fn items(self) -> &'a [Arc<str>] {
        &self.0.items
    }

    /// The numbers of the items of a list.
    #[must_use]
    pub fn codes(self, place: usize) -> Option<&'a [u16]> {
        self.0.codes_at(place)
    }

    /// The list at a place.
    #[must_use]
    pub fn get(self, place: usize) -> Option<ListRef<'a>> {
        self.codes(place).map(|codes| ListRef::coded(self.items(), codes))
    }
}

/// Values of changed elements under one key.
#[derive(Clone, Copy, Debug)]
pub struct ChangedColumn<'a> {
    rows: &'a [ChangedRow<'a>],
    key: KeyId,
}

impl<'a> ColumnView<'a> {
    pub(super) fn packed(part: &'a ColumnChunk) -> Self {
        Self { rows: part.rows.as_ref(), data: ColumnValues::of(&part.cells) }
    }

    pub(super) fn changed(rows: &'a [ChangedRow<'a>], key: KeyId) -> Self {
        Self { rows: None, data: ColumnValues::Changed(ChangedColumn { rows, key }) }
    }

    /// The values.
    #[must_use]
    pub fn data(self) -> ColumnValues<'a> {
        self.data
    }

    /// The rows that have a value; `None` if all have, or if the values come from changed elements.
    #[must_use]
    pub fn valid_rows(self) -> Option<&'a RankBitmap> {
        self.rows
    }

    /// The place of a row's value; `None` if it has none.
    #[must_use]
    pub fn place(self, row: u32) -> Option<usize> {
        match self.rows {
            None => Some(row as usize),
            Some(rows) => rows.contains(row).then(|| rows.rank(row)),
        }
    }

    /// What a row holds.
    #[must_use]
    pub fn get(self, row: u32) -> Option<PropertyRef<'a>> {
        self.data.get(self.place(row)?)
    }
}

impl<'a> ColumnValues<'a> {
    fn of(cells: &'a ColumnData) -> Self {
        match cells {
            ColumnData::Boolean(values) => Self::Booleans(values),
            ColumnData::Integer(values) => Self::Integers(values),
            ColumnData::Float(values) => Self::Floats(values),
            ColumnData::Dictionary { codes, dictionary } => Self::Dictionary { codes, values: dictionary },
            ColumnData::TextData(texts) => Self::TextData(TextColumn(TextForm::Whole(texts))),
            ColumnData::PrefixedInts(texts) => Self::TextData(TextColumn(TextForm::PrefixedInts(texts))),
            ColumnData::TextLists(lists) => Self::TextLists(ListColumn(lists)),
            ColumnData::Any(values) => Self::Any(values),
        }
    }

    /// The value at a place.
    #[must_use]
    pub fn get(self, place: usize) -> Option<PropertyRef<'a>> {
        use super::value::ValueRef::{Boolean, Float, Integer, List, Text};
        Some(PropertyRef::Fixed(match self {
            Self::Booleans(values) => Boolean(*values.get(place)?),
            Self::Integers(values) => Integer(*values.get(place)?),
            Self::Floats(values) => Float(*values.get(place)?),
            Self::TextData(texts) => Text(texts.get(place)?),
            Self::TextLists(lists) => List(lists.get(place)?),
            Self::Dictionary { codes, values } => {
                return values.get(usize::from(*codes.get(place)?)).map(PropertyRef::from);
            }
            Self::Any(values) => return values.get(place).map(PropertyRef::from),
            Self::Changed(column) => {
                return column.rows.get(place)?.properties.get(column.key).map(PropertyRef::from);
            }
        }))
    }
}

impl ColumnData {
    /// What a place holds.
    pub(in crate::graph) fn get_ref(&self, at: usize) -> Option<PropertyRef<'_>> {
        ColumnValues::of(self).get(at)
    }
}
