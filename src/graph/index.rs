//! Which nodes of a label hold a value, or one within a range? By the indexes that a schema declares.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Bound, RangeBounds, RangeInclusive};

use serde::Deserialize;

use super::{Catalogue, KeyId, LabelId, NodeIx, NodeRef, Property, Snapshot};
use crate::value::{Date, IntoValue, Value, cmp_mixed};

/// What an index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IndexKind {
    /// Texts, found as they are written.
    Text,
    /// Whole numbers and floats, in one order: 1 is 1.0.
    Number,
    /// Dates by their days.
    Date,
}

impl fmt::Display for IndexKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
        })
    }
}

impl IndexKind {
    /// Whether an index of this kind holds a value; it leaves out values of other kinds, lists too.
    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_text().is_some(),
            Self::Number => value.as_number().is_some(),
            Self::Date => value.as_date().is_some(),
        }
    }

    /// The place of a value in the order of an index: of equal values the same, of a greater value never a lesser one.
    /// `None` for a value that it does not order.
    pub(super) fn place(self, value: &Value) -> Option<u64> {
        match self {
            Self::Text => None,
            Self::Number => value.as_number().map(place_of_number),
            Self::Date => value.as_date().map(|date| place_of_day(date.first_day().number())),
        }
    }

    /// The places of all values of a property, whatever their spells.
    pub(super) fn places(self, property: &Property) -> impl Iterator<Item = u64> {
        property.values().filter_map(move |value| self.place(value))
    }

    /// A text that equal values, and they alone, have in common; `None` for a value that the index leaves out.
    pub(crate) fn canonical(self, value: &Value) -> Option<String> {
        if !self.takes(value) {
            return None;
        }
        // A float that is a whole number is that number; beyond 2^63 it equals none.
        let whole = value.as_number().map(|number| number as i64);
        let whole = whole.map(Value::Integer).filter(|whole| compare(whole, value) == Some(Ordering::Equal));
        Some(whole.as_ref().unwrap_or(value).to_string())
    }
}

/// The bits of a float in ascending order.
fn place_of_number(number: f64) -> u64 {
    // Zero has two signs and one place.
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn place_of_day(day: i32) -> u64 {
    u64::from(day.cast_unsigned() ^ 1 << 31)
}

/// A declared index: `[[index]]` in a schema step.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexSpec {
    /// The label whose nodes it holds.
    pub label: String,
    /// The key whose values it holds.
    pub key: String,
    /// What these are.
    pub kind: IndexKind,
    /// Whether no two nodes of the label may hold the same value, at whatever times. The rules of the domain see to it.
    #[serde(default)]
    pub unique: bool,
}

/// Why an index does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// There is none.
    #[error(
        "there is no index of “{key}” of {label}; declare one in a schema step: [[index]] label = \"{label}\", \
         key = \"{key}\", kind = \"text\", \"number\" or \"date\""
    )]
    None {
        /// The label that was asked for.
        label: String,
        /// The key.
        key: String,
    },
    /// It holds values of another kind.
    #[error("the index of “{key}” of {label} is of kind {kind} and does not hold {value}")]
    Kind {
        /// The label.
        label: String,
        /// The key.
        key: String,
        /// What the index holds.
        kind: IndexKind,
        /// What was asked for.
        value: String,
    },
    /// Texts are found, not ordered.
    #[error("the index of “{key}” of {label} is of kind text and has no ranges; ask for one text")]
    Unordered {
        /// The label.
        label: String,
        /// The key.
        key: String,
    },
}

/// Values between two bounds. A number lies within if it compares so; a date if all its days do, for example `2010-03`
/// within `2010`.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueRange {
    low: Bound<Value>,
    high: Bound<Value>,
}

impl ValueRange {
    /// The range of two bounds. A bound that is not a value does not bound.
    pub fn of<T: IntoValue + Clone>(range: impl RangeBounds<T>) -> Self {
        let bound = |bound: Bound<&T>| match bound {
            Bound::Included(value) => value.clone().into_value().map_or(Bound::Unbounded, Bound::Included),
            Bound::Excluded(value) => value.clone().into_value().map_or(Bound::Unbounded, Bound::Excluded),
            Bound::Unbounded => Bound::Unbounded,
        };
        Self { low: bound(range.start_bound()), high: bound(range.end_bound()) }
    }

    fn bounds(&self) -> impl Iterator<Item = &Value> {
        [&self.low, &self.high].into_iter().filter_map(|bound| match bound {
            Bound::Included(value) | Bound::Excluded(value) => Some(value),
            Bound::Unbounded => None,
        })
    }

    /// Whether a value lies within; one of another kind than a bound does not.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        let from = match &self.low {
            Bound::Included(low) => compare(value, low).is_some_and(Ordering::is_ge) || begins(value, low),
            Bound::Excluded(low) => is_beyond(value, low),
            Bound::Unbounded => true,
        };
        let to = match &self.high {
            Bound::Included(high) => compare(value, high).is_some_and(Ordering::is_le) || ends(value, high),
            Bound::Excluded(high) => is_beyond(high, value),
            Bound::Unbounded => true,
        };
        from && to
    }

    /// The places among which those of all values within lie.
    fn places(&self, kind: IndexKind) -> RangeInclusive<u64> {
        let place = |bound: &Bound<Value>| match bound {
            Bound::Included(value) | Bound::Excluded(value) => Some((kind.place(value)?, value.as_date())),
            Bound::Unbounded => None,
        };
        let low = place(&self.low).map_or(0, |(place, _)| place);
        // A date of a month may begin anywhere in the year that bounds it.
        let last = |(place, date): (u64, Option<Date>)| {
            date.map_or(place, |date| place_of_day(date.last_day().number()))
        };
        low..=place(&self.high).map_or(u64::MAX, last)
    }
}

/// How two numbers compare, without loss; `None` for other values.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Integer(a), Value::Integer(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        (Value::Integer(a), Value::Float(b)) => cmp_mixed(*a, *b),
        (Value::Float(a), Value::Integer(b)) => cmp_mixed(*b, *a).map(Ordering::reverse),
        _ => None,
    }
}

fn dates(a: &Value, b: &Value) -> Option<(Date, Date)> {
    a.as_date().zip(b.as_date())
}

fn begins(value: &Value, low: &Value) -> bool {
    dates(value, low).is_some_and(|(value, low)| value.first_day() >= low.first_day())
}

fn ends(value: &Value, high: &Value) -> bool {
    dates(value, high).is_some_and(|(value, high)| value.last_day() <= high.last_day())
}

/// Whether a number is greater, or a date wholly later.
fn is_beyond(value: &Value, other: &Value) -> bool {
    compare(value, other).is_some_and(Ordering::is_gt)
        || dates(value, other).is_some_and(|(value, other)| value.first_day() > other.last_day())
}

impl Snapshot {
    /// The nodes of a label that hold a value under a key, in whatever spell, in the order of their indices: by an index
    /// that the schema declares. Numbers are equal by what they count, texts and dates as they are written.
    ///
    /// The index is built when it is first asked for, once for all states that share their packed part, and follows
    /// commits.
    ///
    /// # Errors
    /// [`IndexError`]: no such index, or one of another kind.
    pub fn nodes_by(
        &self,
        label: &str,
        key: &str,
        value: impl IntoValue,
    ) -> Result<Vec<NodeRef<'_>>, IndexError> {
        let spec = self.declared(label, key)?;
        let Some(value) = value.into_value() else { return Ok(Vec::new()) };
        spec.expect(&value)?;
        let Some((label, key)) = numbers(self.catalogue(), spec) else { return Ok(Vec::new()) };
        let rows = match (spec.kind, value.as_text()) {
            (IndexKind::Text, Some(text)) => self.node_rows_with(key, text),
            _ => spec
                .kind
                .place(&value)
                .map_or_else(Vec::new, |place| self.rows_between(key, spec.kind, place..=place)),
        };
        let same = spec.kind.canonical(&value);
        let holds = |own: &Value| spec.kind.canonical(own) == same;
        Ok(self.bearing(rows, (label, key), holds))
    }

    /// The nodes of a label that hold a value within a range under a key, in whatever spell, in the order of their
    /// indices: by an index of numbers or dates that the schema declares; see [`ValueRange`].
    ///
    /// # Errors
    /// As [`Snapshot::nodes_by`]; [`IndexError::Unordered`] for an index of texts.
    pub fn nodes_between<T: IntoValue + Clone>(
        &self,
        label: &str,
        key: &str,
        range: impl RangeBounds<T>,
    ) -> Result<Vec<NodeRef<'_>>, IndexError> {
        let spec = self.declared(label, key)?;
        if spec.kind == IndexKind::Text {
            return Err(IndexError::Unordered { label: label.to_owned(), key: key.to_owned() });
        }
        let range = ValueRange::of(range);
        range.bounds().try_for_each(|bound| spec.expect(bound))?;
        let Some((label, key)) = numbers(self.catalogue(), spec) else { return Ok(Vec::new()) };
        Ok(self.nodes_within(spec.kind, (label, key), &range))
    }

    /// The nodes of a label that hold a value within a range under a key.
    pub(super) fn nodes_within(
        &self,
        kind: IndexKind,
        names: (LabelId, KeyId),
        range: &ValueRange,
    ) -> Vec<NodeRef<'_>> {
        let rows = self.rows_between(names.1, kind, range.places(kind));
        self.bearing(rows, names, |own| kind.takes(own) && range.contains(own))
    }

    /// Those of some nodes that bear a label and hold a value under a key.
    fn bearing(
        &self,
        mut rows: Vec<u32>,
        (label, key): (LabelId, KeyId),
        holds: impl Fn(&Value) -> bool,
    ) -> Vec<NodeRef<'_>> {
        rows.sort_unstable();
        rows.dedup();
        let nodes = rows.into_iter().filter_map(|row| self.node_at(NodeIx::new(row)));
        let nodes = nodes.filter(|node| node.labels().contains(&label));
        nodes.filter(|node| node.property_of(key).iter().flat_map(Property::values).any(&holds)).collect()
    }

    fn declared(&self, label: &str, key: &str) -> Result<&IndexSpec, IndexError> {
        let found = self.catalogue().schema().index(label, key);
        found.ok_or_else(|| IndexError::None { label: label.to_owned(), key: key.to_owned() })
    }
}

impl IndexSpec {
    fn expect(&self, value: &Value) -> Result<(), IndexError> {
        if self.kind.takes(value) {
            return Ok(());
        }
        let (label, key, kind) = (self.label.clone(), self.key.clone(), self.kind);
        Err(IndexError::Kind { label, key, kind, value: format!("“{value}” ({:?})", value.value_type()) })
    }
}

/// The numbers of label and key; `None` if the graph has none of them.
fn numbers(catalogue: &Catalogue, spec: &IndexSpec) -> Option<(LabelId, KeyId)> {
    catalogue.label(&spec.label).zip(catalogue.key(&spec.key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_the_order_of_values() {
        let numbers = [f64::MIN, -2.5, -1.0, -f64::MIN_POSITIVE, 0.0, 1e-300, 1.0, 9e15, f64::MAX];
        let places: Vec<u64> = numbers.iter().map(|number| place_of_number(*number)).collect();
        assert!(places.is_sorted_by(|a, b| a < b));
        assert_eq!(place_of_number(-0.0), place_of_number(0.0));
        let days = [i32::MIN, -1, 0, 1, i32::MAX].map(place_of_day);
        assert!(days.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn equal_numbers_have_one_text_and_others_another() {
        let text = |value: Value| IndexKind::Number.canonical(&value).unwrap();
        assert_eq!(text(Value::Integer(3)), text(Value::Float(3.0)));
        assert_eq!(text(Value::Float(-0.0)), text(Value::Integer(0)));
        // 2^53 + 1 is no float: its nearest is 2^53.
        assert_ne!(text(Value::Integer((1 << 53) + 1)), text(Value::Float(9_007_199_254_740_992.0)));
        assert_eq!(IndexKind::Number.canonical(&Value::text("3")), None);
        assert_ne!(text(Value::Float(1e300)), text(Value::Integer(i64::MAX)));
    }
}
