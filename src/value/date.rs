//! Calendar dates with the precision in which a source gives them.

use std::fmt;
use std::str::FromStr;

use super::civil::Civil;

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01.
///
/// Range: the years −9999 to 9999. [`Day::MIN`] and [`Day::MAX`] lie outside it and stand for
/// "no limit" in spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// Before every calendar day.
    pub const MIN: Self = Self(i32::MIN);
    /// After every calendar day.
    pub const MAX: Self = Self(i32::MAX);

    /// The day `days` after 1970-01-01.
    #[must_use]
    pub const fn from_number(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day after; [`Day::MIN`] and [`Day::MAX`] stay what they are.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.0 == i32::MIN { self } else { Self(self.0.saturating_add(1)) }
    }

    /// The day before; [`Day::MIN`] and [`Day::MAX`] stay what they are.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.0 == i32::MAX { self } else { Self(self.0.saturating_sub(1)) }
    }

    /// The day of today in the system's time zone.
    #[must_use]
    pub fn today() -> Self {
        let today = jiff::ZonedDateTime::now().date();
        Civil { year: today.year(), month: today.month(), day: today.day() }.number()
    }

    /// The calendar year, or `None` outside the calendar.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        Civil::of(self).map(|civil| civil.year)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Civil::of(*self) {
            Some(Civil { year, month, day }) if year < 0 => {
                write!(f, "-{:06}-{month:02}-{day:02}", year.unsigned_abs())
            }
            Some(Civil { year, month, day }) => write!(f, "{year:04}-{month:02}-{day:02}"),
            None => f.write_str(".."),
        }
    }
}

/// How exactly a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// The year only: `2010`.
    Year,
    /// Year and month: `2010-03`.
    Month,
    /// The day: `2010-03-01`.
    Day,
}

/// A date as its source gives it: a year, a month or a day (rule S2).
///
/// As the start of a validity it means its first day; as an end it means that the thing no longer
/// holds on its first day; under AS OF it means its last day.
///
/// ```
/// use intergov::value::Date;
/// let march: Date = "2010-03".parse()?;
/// assert_eq!(march.to_string(), "2010-03");
/// assert_eq!(march.first_day().to_string(), "2010-03-01");
/// assert_eq!(march.last_day().to_string(), "2010-03-31");
/// # Ok::<(), intergov::value::DateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Date {
    first: Day,
    precision: Precision,
}

impl Date {
    /// The date of precision `precision` that begins on `first`; the day is moved back to the start
    /// of its month or year where the precision asks for it.
    #[must_use]
    pub fn new(first: Day, precision: Precision) -> Self {
        let first = match (Civil::of(first), precision) {
            (Some(civil), Precision::Year) => Civil { month: 1, day: 1, ..civil }.number(),
            (Some(civil), Precision::Month) => Civil { day: 1, ..civil }.number(),
            _ => first,
        };
        Self { first, precision }
    }

    /// The date that begins on `first`, which must be the first day of its period: what a column holds that
    /// was packed from a date. Costs nothing, where [`Date::new`] asks the calendar.
    pub(crate) const fn from_first_day(first: Day, precision: Precision) -> Self {
        Self { first, precision }
    }

    /// A whole year.
    #[must_use]
    pub fn year(year: i16) -> Self {
        let first = Civil::new(year, 1, 1).map_or(Day::MIN, Civil::number);
        Self { first, precision: Precision::Year }
    }

    /// The first day that the date names.
    #[must_use]
    pub const fn first_day(self) -> Day {
        self.first
    }

    /// The last day that the date names: what AS OF reads (S2).
    #[must_use]
    pub fn last_day(self) -> Day {
        let civil = if self.precision == Precision::Day { None } else { Civil::of(self.first) };
        let Some(civil) = civil else { return self.first };
        let month = if self.precision == Precision::Year { 12 } else { civil.month };
        Civil { month, day: Civil::days_in(civil.year, month), ..civil }.number()
    }

    /// How exactly the date is known.
    #[must_use]
    pub const fn precision(self) -> Precision {
        self.precision
    }
}

impl PartialOrd for Date {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Date {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.first, self.precision).cmp(&(other.first, other.precision))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.first.to_string();
        // A year may carry a sign, so cut from the end: "-MM-DD" is six bytes long.
        let cut = match self.precision {
            Precision::Year => 6,
            Precision::Month => 3,
            Precision::Day => 0,
        };
        f.write_str(text.get(..text.len().saturating_sub(cut)).unwrap_or(&text))
    }
}

/// A text that is not a date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a date; write 2010, 2010-03 or 2010-03-01 (S2)")]
pub struct DateError {
    /// What was read.
    pub text: String,
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let read = || {
            let mut parts = text.split('-');
            let year = digits(parts.next()?, 4)?;
            let (month, day) = (parts.next(), parts.next());
            let precision = match (month, day) {
                (None, _) => Precision::Year,
                (Some(_), None) => Precision::Month,
                (Some(_), Some(_)) => Precision::Day,
            };
            let part = |part: Option<&str>| part.map_or(Some(1), |part| digits(part, 2));
            let (month, day) = (i8::try_from(part(month)?).ok()?, i8::try_from(part(day)?).ok()?);
            let first = Civil::new(year, month, day)?.number();
            parts.next().is_none().then_some(Self { first, precision })
        };
        read().ok_or_else(|| DateError { text: text.to_owned() })
    }
}

/// The number of exactly `width` ASCII digits, at most four.
fn digits(text: &str, width: usize) -> Option<i16> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.bytes().fold(0, |number, digit| number * 10 + i16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        for text in ["2010", "2010-03", "2010-03-01", "1949-10-01", "2000-02-29"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "10", "2010-3", "2010-13", "2011-02-29", "2010-03-01-1", "二〇一〇", "+010"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_period_ends_on_its_last_day() {
        let last = |text: &str| text.parse::<Date>().unwrap().last_day().to_string();
        assert_eq!(last("2010"), "2010-12-31");
        assert_eq!(last("2012-02"), "2012-02-29");
        assert_eq!(last("2012-02-03"), "2012-02-03");
    }
}
