//! From the types of a program to values, and back.

use std::fmt;
use std::sync::Arc;

use super::{Bound, Date, Day, Precision, Value};

/// What a program can put under a key: anything that is a [`Value`], or an option of it. `None` is not a value: the key
/// then holds nothing.
///
/// It follows from `From<T> for Value`; implement that for a type of your own.
pub trait IntoValue {
    /// The value, if there is one.
    fn into_value(self) -> Option<Value>;
}

impl<T: Into<Value>> IntoValue for T {
    fn into_value(self) -> Option<Value> {
        Some(self.into())
    }
}

impl<T: Into<Value>> IntoValue for Option<T> {
    fn into_value(self) -> Option<Value> {
        self.map(Into::into)
    }
}

/// A type that a program reads values as: `node.get::<String>("name")`.
///
/// ```
/// use intergov::value::{FromValue, UnsuitedValue, Value};
///
/// #[derive(Debug, PartialEq)]
/// struct Hours(f64);
///
/// impl FromValue for Hours {
///     fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
///         let hours = f64::from_value(value)?;
///         if hours >= 0.0 { Ok(Self(hours)) } else { Err(UnsuitedValue::new("a number of hours", value)) }
///     }
/// }
/// assert_eq!(Hours::from_value(&Value::from(7)), Ok(Hours(7.0)));
/// assert_eq!(
///     Hours::from_value(&Value::from("seven")).unwrap_err().to_string(),
///     "the text “seven” is not a number"
/// );
/// ```
pub trait FromValue: Sized {
    /// Reads a value.
    ///
    /// # Errors
    /// [`UnsuitedValue`] for a value of another type, or outside the range of this one.
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue>;
}

/// A value that does not fit the type that it is read as.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} is not {expected}")]
pub struct UnsuitedValue {
    /// What was asked for, with its article: `an integer`.
    pub expected: &'static str,
    /// What is there, with its type: `the text “seven”`.
    pub found: String,
}

/// The longest piece of a value that a message repeats, in characters.
const SHOWN: usize = 40;

impl UnsuitedValue {
    /// What was asked for, with its article, and what is there.
    #[must_use]
    pub fn new(expected: &'static str, value: &Value) -> Self {
        let kind = match value {
            Value::Boolean(_) => "truth value",
            Value::Integer(_) => "integer",
            Value::Float(_) => "number",
            Value::Text(_) => "text",
            Value::Date(_) => "date",
            Value::List(_) => "list",
        };
        let text = value.to_string();
        let mut shown: String = text.chars().take(SHOWN).collect();
        if shown.len() < text.len() {
            shown.push('…');
        }
        Self { expected, found: format!("the {kind} “{shown}”") }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        Ok(value.clone())
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        value.as_boolean().ok_or_else(|| UnsuitedValue::new("true or false", value))
    }
}

/// An integer is a number too; beyond 2^53 it loses digits.
impl FromValue for f64 {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        value.as_number().ok_or_else(|| UnsuitedValue::new("a number", value))
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        value.as_text().map(str::to_owned).ok_or_else(|| UnsuitedValue::new("a text", value))
    }
}

impl FromValue for Arc<str> {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        match value {
            Value::Text(text) => Ok(Self::clone(text)),
            _ => Err(UnsuitedValue::new("a text", value)),
        }
    }
}

impl FromValue for Date {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        value.as_date().ok_or_else(|| UnsuitedValue::new("a date", value))
    }
}

/// Only a date that names a day is one.
impl FromValue for Day {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        let date = value.as_date().filter(|date| date.precision() == Precision::Day);
        date.map(Date::first_day).ok_or_else(|| UnsuitedValue::new("a date with its day", value))
    }
}

/// Only a date that names a day is one.
impl FromValue for jiff::civil::Date {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        let date = Day::from_value(value)?.civil();
        date.ok_or_else(|| UnsuitedValue::new("a date with its day", value))
    }
}

/// A value that is not a list is not a list of one.
impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
        let items = value.as_list().ok_or_else(|| UnsuitedValue::new("a list", value))?;
        items.iter().map(T::from_value).collect()
    }
}

/// Integers of any width are read from an integer within their range.
macro_rules! integers {
    ($($name:ident: $expected:literal,)+) => {
        $(impl FromValue for $name {
            fn from_value(value: &Value) -> Result<Self, UnsuitedValue> {
                let number = value.as_integer().and_then(|number| Self::try_from(number).ok());
                number.ok_or_else(|| UnsuitedValue::new($expected, value))
            }
        })+
    };
}

integers! {
    i64: "an integer",
    i32: "an integer of 32 bits",
    i16: "an integer of 16 bits",
    i8: "an integer of 8 bits",
    u64: "an integer from 0 on",
    usize: "an integer from 0 on",
    u32: "an integer from 0 on of 32 bits",
    u16: "an integer from 0 on of 16 bits",
    u8: "an integer from 0 to 255",
}

/// Integers that every value of 64 bits holds.
macro_rules! from_integers {
    ($($name:ident)+) => {
        $(impl From<$name> for Value {
            fn from(number: $name) -> Self {
                Self::Integer(number.into())
            }
        })+
    };
}

from_integers! { i64 i32 i16 i8 u32 u16 u8 }

/// For counts: nothing in memory is counted beyond [`i64::MAX`], which is what a greater number becomes.
impl From<usize> for Value {
    fn from(count: usize) -> Self {
        Self::Integer(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::text(&text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::text(text)
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::text(&text)
    }
}

impl From<Date> for Value {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

/// A date with its day.
impl From<jiff::civil::Date> for Value {
    fn from(date: jiff::civil::Date) -> Self {
        Self::Date(date.into())
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Value> + Clone> From<&[T]> for Value {
    fn from(items: &[T]) -> Self {
        Self::List(items.iter().cloned().map(Into::into).collect())
    }
}

impl<T: Into<Value>, const N: usize> From<[T; N]> for Value {
    fn from(items: [T; N]) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl From<Date> for Bound {
    fn from(date: Date) -> Self {
        Self::Known(date)
    }
}

impl fmt::Display for super::ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Text => "text",
            Self::Date => "date",
            Self::List => "list",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_does_not_fit_says_what_is_there() {
        let told = |error: UnsuitedValue| error.to_string();
        assert_eq!(
            told(u8::from_value(&Value::from(256)).unwrap_err()),
            "the integer “256” is not an integer from 0 to 255"
        );
        assert_eq!(
            told(bool::from_value(&Value::from("true")).unwrap_err()),
            "the text “true” is not true or false"
        );
        assert_eq!(
            told(i64::from_value(&Value::from(1.5)).unwrap_err()),
            "the number “1.5” is not an integer"
        );
        assert_eq!(
            told(jiff::civil::Date::from_value(&Value::from("2010".parse::<Date>().unwrap())).unwrap_err()),
            "the date “2010” is not a date with its day"
        );
        let long = told(f64::from_value(&Value::from("长".repeat(60))).unwrap_err());
        assert_eq!(long, format!("the text “{}…” is not a number", "长".repeat(40)));
        assert_eq!(Vec::<i64>::from_value(&Value::from([1, 2])), Ok(vec![1, 2]));
        assert!(Vec::<bool>::from_value(&Value::from([1])).is_err());
    }

    #[test]
    fn none_is_no_value() {
        assert_eq!(None::<i64>.into_value(), None);
        assert_eq!(Some(3).into_value(), Some(Value::Integer(3)));
        assert_eq!("a".into_value(), Some(Value::text("a")));
    }

    /// What is written is read back as the same.
    fn comes_back<T: Into<Value> + FromValue + Clone + PartialEq + fmt::Debug>(
        own: T,
    ) -> Result<(), TestCaseError> {
        let value: Value = own.clone().into();
        prop_assert_eq!(T::from_value(&value), Ok(own));
        Ok(())
    }

    proptest! {
        #[test]
        fn values_are_read_as_what_they_were(
            (a, b, c, d) in any::<(i64, i32, u32, u8)>(),
            count in 0..isize::MAX as usize,
            number in prop::num::f64::NORMAL | prop::num::f64::ZERO,
            texts in prop::collection::vec("[a-z城市]{0,5}", 0..4),
            day in Day::FIRST.number()..=Day::LAST.number(),
        ) {
            comes_back(a)?;
            comes_back(b)?;
            comes_back(c)?;
            comes_back(d)?;
            comes_back(count)?;
            comes_back(number)?;
            comes_back(a % 2 == 0)?;
            for text in &texts {
                comes_back(Arc::<str>::from(text.as_str()))?;
            }
            comes_back(texts)?;
            let day = Day::from_number(day).unwrap();
            comes_back(Date::from(day.civil().unwrap()))?;
            comes_back(day.civil().unwrap())?;
            prop_assert_eq!(Day::from_value(&day.civil().unwrap().into()), Ok(day));
        }
    }
}
