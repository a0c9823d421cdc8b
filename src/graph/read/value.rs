//! Values as they lie in columns: borrowed, so that a read allocates nothing.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::graph::Property;
use crate::graph::columns::PREFIX_DIGITS;
use crate::graph::record::{Spell, spell_at};
use crate::value::{Date, Day, FNV_BASIS, Value, ValueType, fnv1a};

const DIGITS: usize = PREFIX_DIGITS as usize;

/// A text of a column: a run of bytes, followed by the digits of a number where the column keeps ids as a prefix and
/// numbers.
///
/// It compares, hashes and prints as the whole text does.
#[derive(Clone, Copy)]
pub struct TextRef<'a> {
    start: &'a str,
    digits: [u8; DIGITS],
    width: u8,
}

impl<'a> TextRef<'a> {
    /// A text that lies in one piece.
    #[must_use]
    pub const fn whole(text: &'a str) -> Self {
        Self { start: text, digits: [0; DIGITS], width: 0 }
    }

    /// A prefix and a number of `width` digits, at most nine.
    pub(in crate::graph) fn numbered(prefix: &'a str, width: u8, number: u32) -> Self {
        let mut text = Self { start: prefix, digits: [b'0'; DIGITS], width: width.min(DIGITS as u8) };
        let mut rest = number;
        for digit in text.digits.iter_mut().take(usize::from(text.width)).rev() {
            *digit = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        text
    }

    fn end(&self) -> &[u8] {
        &self.digits[..usize::from(self.width)]
    }

    /// The text, where it lies in one piece.
    #[must_use]
    pub fn as_str(&self) -> Option<&'a str> {
        (self.width == 0).then_some(self.start)
    }

    /// The text; put together where it lies in two pieces.
    #[must_use]
    pub fn to_str(&self) -> Cow<'a, str> {
        self.as_str().map_or_else(|| Cow::Owned(self.to_string()), Cow::Borrowed)
    }

    /// Its bytes in UTF-8.
    pub fn bytes(&self) -> impl Iterator<Item = u8> {
        self.start.bytes().chain(self.end().iter().copied())
    }

    /// How many bytes it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.start.len() + usize::from(self.width)
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PartialEq for TextRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.as_str(), other.as_str()) {
            (Some(one), Some(other)) => one == other,
            _ => self.len() == other.len() && self.bytes().eq(other.bytes()),
        }
    }
}

impl Eq for TextRef<'_> {}

impl PartialEq<str> for TextRef<'_> {
    fn eq(&self, other: &str) -> bool {
        *self == TextRef::whole(other)
    }
}

impl Ord for TextRef<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.as_str(), other.as_str()) {
            (Some(one), Some(other)) => one.cmp(other),
            _ => self.bytes().cmp(other.bytes()),
        }
    }
}

impl PartialOrd for TextRef<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for TextRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // In pieces and as a whole the same.
        state.write_u64(fnv1a(fnv1a(FNV_BASIS, self.start.as_bytes()), self.end()));
    }
}

impl fmt::Display for TextRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.start)?;
        self.end().iter().try_for_each(|digit| fmt::Write::write_char(f, char::from(*digit)))
    }
}

impl fmt::Debug for TextRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_str(), f)
    }
}

/// A list of a column.
#[derive(Clone, Copy, Debug)]
pub struct ListRef<'a>(Items<'a>);

#[derive(Clone, Copy, Debug)]
enum Items<'a> {
    Values(&'a [Value]),
    /// Numbers of texts.
    Coded {
        texts: &'a [Arc<str>],
        codes: &'a [u16],
    },
}

impl<'a> ListRef<'a> {
    /// A list of values.
    #[must_use]
    pub const fn of(values: &'a [Value]) -> Self {
        Self(Items::Values(values))
    }

    pub(in crate::graph) const fn coded(texts: &'a [Arc<str>], codes: &'a [u16]) -> Self {
        Self(Items::Coded { texts, codes })
    }

    /// How many items it has.
    #[must_use]
    pub fn len(self) -> usize {
        match self.0 {
            Items::Values(values) => values.len(),
            Items::Coded { codes, .. } => codes.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// An item.
    #[must_use]
    pub fn get(self, at: usize) -> Option<ValueRef<'a>> {
        match self.0 {
            Items::Values(values) => values.get(at).map(ValueRef::from),
            Items::Coded { texts, codes } => {
                let text = texts.get(usize::from(*codes.get(at)?))?;
                Some(ValueRef::Text(TextRef::whole(text)))
            }
        }
    }

    /// Its items in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = ValueRef<'a>> {
        // Each place below the length has an item.
        (0..self.len()).map(move |at| self.get(at).unwrap_or(ValueRef::Boolean(false)))
    }

    fn to_value(self) -> Value {
        match self.0 {
            Items::Values(values) => Value::List(values.into()),
            Items::Coded { texts, codes } => {
                let text = |code: &u16| texts.get(usize::from(*code)).map(Arc::clone).map(Value::Text);
                Value::List(codes.iter().filter_map(text).collect())
            }
        }
    }
}

/// A [`Value`] where it lies.
#[derive(Clone, Copy, Debug)]
pub enum ValueRef<'a> {
    /// True or false.
    Boolean(bool),
    /// A whole number of 64 bits.
    Integer(i64),
    /// A finite number of double precision.
    Float(f64),
    /// Text in NFC.
    Text(TextRef<'a>),
    /// A date with its precision.
    Date(Date),
    /// Values in order.
    List(ListRef<'a>),
}

impl<'a> ValueRef<'a> {
    /// The value on its own.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::Boolean(truth) => Value::Boolean(truth),
            Self::Integer(number) => Value::Integer(number),
            Self::Float(number) => Value::Float(number),
            Self::Text(text) => Value::Text(text.to_str().into()),
            Self::Date(date) => Value::Date(date),
            Self::List(list) => list.to_value(),
        }
    }

    /// Its type.
    #[must_use]
    pub fn value_type(self) -> ValueType {
        match self {
            Self::Boolean(_) => ValueType::Boolean,
            Self::Integer(_) => ValueType::Integer,
            Self::Float(_) => ValueType::Float,
            Self::Text(_) => ValueType::Text,
            Self::Date(_) => ValueType::Date,
            Self::List(_) => ValueType::List,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_text(self) -> Option<TextRef<'a>> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The number, where it is one; integers beyond 2^53 lose digits.
    #[must_use]
    pub fn as_number(self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(number),
            Self::Integer(number) => Some(number as f64),
            _ => None,
        }
    }

    /// The integer, where it is one.
    #[must_use]
    pub fn as_integer(self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(number) } else { None }
    }

    /// The boolean, where it is one.
    #[must_use]
    pub fn as_boolean(self) -> Option<bool> {
        if let Self::Boolean(truth) = self { Some(truth) } else { None }
    }

    /// The date, where it is one.
    #[must_use]
    pub fn as_date(self) -> Option<Date> {
        if let Self::Date(date) = self { Some(date) } else { None }
    }

    /// The list, where it is one.
    #[must_use]
    pub fn as_list(self) -> Option<ListRef<'a>> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    /// The order of [`Value::total_cmp`].
    #[must_use]
    pub fn total_cmp(self, other: ValueRef<'_>) -> Ordering {
        match (self, other) {
            (Self::Boolean(a), ValueRef::Boolean(b)) => a.cmp(&b),
            (Self::Integer(a), ValueRef::Integer(b)) => a.cmp(&b),
            (Self::Float(a), ValueRef::Float(b)) => a.total_cmp(&b),
            (Self::Text(a), ValueRef::Text(b)) => a.cmp(&b),
            (Self::Date(a), ValueRef::Date(b)) => a.cmp(&b),
            (Self::List(a), ValueRef::List(b)) => {
                let unequal = a.iter().zip(b.iter()).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
                unequal.unwrap_or_else(|| a.len().cmp(&b.len()))
            }
            _ => self.value_type().cmp(&other.value_type()),
        }
    }
}

/// As values are equal: `0.0` and `-0.0` are.
impl PartialEq<ValueRef<'_>> for ValueRef<'_> {
    fn eq(&self, other: &ValueRef<'_>) -> bool {
        match (*self, *other) {
            (Self::Boolean(a), ValueRef::Boolean(b)) => a == b,
            (Self::Integer(a), ValueRef::Integer(b)) => a == b,
            (Self::Float(a), ValueRef::Float(b)) => a == b,
            (Self::Text(a), ValueRef::Text(b)) => a == b,
            (Self::Date(a), ValueRef::Date(b)) => a == b,
            (Self::List(a), ValueRef::List(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a == b)
            }
            _ => false,
        }
    }
}

impl<'a> From<&'a Value> for ValueRef<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Boolean(truth) => Self::Boolean(*truth),
            Value::Integer(number) => Self::Integer(*number),
            Value::Float(number) => Self::Float(*number),
            Value::Text(text) => Self::Text(TextRef::whole(text)),
            Value::Date(date) => Self::Date(*date),
            Value::List(values) => Self::List(ListRef::of(values)),
        }
    }
}

/// A [`Property`] where it lies.
#[derive(Clone, Copy, Debug)]
pub enum PropertyRef<'a> {
    /// One value for the whole life of the element.
    Fixed(ValueRef<'a>),
    /// Values in time, sorted by start, then by source.
    Dated(&'a [Spell]),
}

impl<'a> PropertyRef<'a> {
    /// The latest value: what is read if no date is named (S3).
    #[must_use]
    pub fn latest(self) -> Option<ValueRef<'a>> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Dated(spells) => spells.last().map(|spell| ValueRef::from(&spell.value)),
        }
    }

    /// The value on a day, as [`Property::at`].
    #[must_use]
    pub fn at(self, day: Day) -> Option<ValueRef<'a>> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Dated(spells) => spell_at(spells, day).map(|spell| ValueRef::from(&spell.value)),
        }
    }

    /// All its values: the fixed one, or those of all spells in order.
    pub fn values(self) -> impl Iterator<Item = ValueRef<'a>> {
        let fixed = if let Self::Fixed(value) = self { Some(value) } else { None };
        fixed.into_iter().chain(self.spells().iter().map(|spell| ValueRef::from(&spell.value)))
    }

    /// The spells; none for a fixed value.
    #[must_use]
    pub fn spells(self) -> &'a [Spell] {
        if let Self::Dated(spells) = self { spells } else { &[] }
    }

    /// The property on its own.
    #[must_use]
    pub fn to_property(self) -> Property {
        match self {
            Self::Fixed(value) => Property::Fixed(value.to_value()),
            Self::Dated(spells) => Property::Dated(spells.into()),
        }
    }
}

impl<'a> From<&'a Property> for PropertyRef<'a> {
    fn from(property: &'a Property) -> Self {
        match property {
            Property::Fixed(value) => Self::Fixed(value.into()),
            Property::Dated(spells) => Self::Dated(spells),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text in two pieces is the text in one.
    #[test]
    fn a_numbered_text_is_its_text() {
        let hash = |text: &TextRef<'_>| {
            let mut hasher = std::collections::hash_map::DefaultHasher::new();
            text.hash(&mut hasher);
            hasher.finish()
        };
        for (prefix, width, number, whole) in [
            ("t", 6, 123, "t000123"),
            ("", 1, 7, "7"),
            ("cn:", 9, 999_999_999, "cn:999999999"),
            ("x", 0, 0, "x"),
        ] {
            let (numbered, whole) = (TextRef::numbered(prefix, width, number), TextRef::whole(whole));
            assert_eq!(numbered, whole);
            assert_eq!((numbered.to_string(), numbered.len()), (whole.to_string(), whole.len()));
            assert_eq!(hash(&numbered), hash(&whole));
            for other in ["", "t", "t000122", "t0001230", "t000124", "z", "中"] {
                let order = whole.to_str().as_ref().cmp(other);
                assert_eq!(numbered.cmp(&TextRef::whole(other)), order, "{whole:?} {other}");
                assert_eq!(numbered == *other, order.is_eq());
            }
        }
    }
}
