//! Calendar dates with the precision in which a source gives them.

use std::fmt;
use std::str::FromStr;

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
        Self::from_civil(jiff::ZonedDateTime::now().date())
    }

    fn from_civil(date: jiff::civil::Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = date.since((jiff::Unit::Day, epoch)).map_or(0, |span| span.get_days());
        Self(days)
    }

    fn to_civil(self) -> Option<jiff::civil::Date> {
        let span = jiff::Span::new().try_days(self.0).ok()?;
        jiff::civil::date(1970, 1, 1).checked_add(span).ok()
    }

    /// The calendar year, or `None` outside the calendar.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        self.to_civil().map(|civil| civil.year())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_civil() {
            Some(civil) => write!(f, "{civil}"),
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
        let first = match (first.to_civil(), precision) {
            (Some(civil), Precision::Year) => Day::from_civil(civil.first_of_year()),
            (Some(civil), Precision::Month) => Day::from_civil(civil.first_of_month()),
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
        let first = jiff::civil::Date::new(year, 1, 1).map_or(Day::MIN, Day::from_civil);
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
        let last = |civil: jiff::civil::Date| match self.precision {
            Precision::Year => civil.last_of_year(),
            Precision::Month => civil.last_of_month(),
            Precision::Day => civil,
        };
        self.first.to_civil().map_or(self.first, |civil| Day::from_civil(last(civil)))
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
        let wrong = || DateError { text: text.to_owned() };
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next(), parts.next(), parts.next());
        if parts.next().is_some() {
            return Err(wrong());
        }
        let number = |part: &str, width: usize| -> Result<i16, DateError> {
            if part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit()) {
                part.parse().map_err(|_| wrong())
            } else {
                Err(wrong())
            }
        };
        let precision = match (month, day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        };
        let year = number(year.unwrap_or_default(), 4)?;
        let month = i8::try_from(month.map_or(Ok(1), |part| number(part, 2))?).map_err(|_| wrong())?;
        let day = i8::try_from(day.map_or(Ok(1), |part| number(part, 2))?).map_err(|_| wrong())?;
        let civil = jiff::civil::Date::new(year, month, day).map_err(|_| wrong())?;
        Ok(Self { first: Day::from_civil(civil), precision })
    }
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
