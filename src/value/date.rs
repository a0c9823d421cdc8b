//! Calendar dates with the precision in which a source gives them.

use std::fmt;
use std::str::FromStr;
use std::time::SystemTime;

use super::civil::Civil;

/// A day of the proleptic Gregorian calendar, counted from 1970-01-01.
///
/// The calendar goes from [`Day::FIRST`] to [`Day::LAST`]. Three kinds of days lie outside it: the day before the first
/// and the day after the last, where spans may end, and [`Day::MIN`] and [`Day::MAX`], which stand for "no limit".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

impl Day {
    /// Before every calendar day.
    pub const MIN: Self = Self(i32::MIN);
    /// The first day of the calendar: −9999-01-01.
    pub const FIRST: Self = Self(-4_371_587);
    /// The last day of the calendar: 9999-12-31.
    pub const LAST: Self = Self(2_932_896);
    /// After every calendar day.
    pub const MAX: Self = Self(i32::MAX);

    /// The day `days` after 1970-01-01, or `None` outside the calendar.
    #[must_use]
    pub const fn from_number(days: i32) -> Option<Self> {
        if Self::FIRST.0 <= days && days <= Self::LAST.0 { Some(Self(days)) } else { None }
    }

    /// The calendar day that is nearest to `days` after 1970-01-01: what a packed number says, which came from a day.
    pub(crate) fn nearest(days: i32) -> Self {
        Self(days.clamp(Self::FIRST.0, Self::LAST.0))
    }

    /// The day with this number, in the calendar or not: for a comparison that is made for each row and keeps no day.
    pub(crate) const fn compared(days: i32) -> Self {
        Self(days)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The day after. Past [`Day::LAST`] there is one more, for the end of a span; from there on, and at [`Day::MIN`]
    /// and [`Day::MAX`], it is the day itself.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.0 == i32::MIN || self.0 > Self::LAST.0 { self } else { Self(self.0 + 1) }
    }

    /// The day before, likewise: there is one before [`Day::FIRST`], and none before that.
    #[must_use]
    pub const fn previous(self) -> Self {
        if self.0 == i32::MAX || self.0 < Self::FIRST.0 { self } else { Self(self.0 - 1) }
    }

    /// The same day a number of years later; the day after where that year has no 29 February. Outside the calendar the end
    /// of it.
    #[must_use]
    pub fn years_after(self, years: u16) -> Self {
        let Some(Civil { year, month, day }) = Civil::of(self) else { return self };
        let Some(year) = i16::try_from(years).ok().and_then(|years| year.checked_add(years)) else {
            return Self::LAST.next();
        };
        if year > 9999 {
            return Self::LAST.next();
        }
        Civil::new(year, month, day).map_or_else(
            || Civil { year, month, day: Civil::days_in(year, month) }.number().next(),
            Civil::number,
        )
    }

    /// The same day a number of years earlier; the day before where that year has no 29 February. Outside the calendar the
    /// start of it.
    #[must_use]
    pub fn years_before(self, years: u16) -> Self {
        let Some(Civil { year, month, day }) = Civil::of(self) else { return self };
        let year = i16::try_from(years).ok().and_then(|years| year.checked_sub(years));
        let Some(year) = year.filter(|year| *year >= -9999) else { return Self::FIRST.previous() };
        Civil::new(year, month, day)
            .map_or_else(|| Civil { year, month, day: Civil::days_in(year, month) }.number(), Civil::number)
    }

    /// The day of today in the system's time zone; the nearest day of the calendar where the clock shows none.
    #[must_use]
    pub fn today() -> Self {
        Self::of_clock(SystemTime::now(), &jiff::tz::TimeZone::system())
    }

    /// The day on which a clock shows a time.
    fn of_clock(time: SystemTime, zone: &jiff::tz::TimeZone) -> Self {
        // Near both ends of the calendar `Timestamp` leaves room for time zones.
        let Ok(stamp) = jiff::Timestamp::try_from(time) else {
            return if time < SystemTime::UNIX_EPOCH { Self::FIRST } else { Self::LAST };
        };
        zone.to_datetime(stamp).date().into()
    }

    /// The calendar year, or `None` outside the calendar.
    #[must_use]
    pub fn year(self) -> Option<i16> {
        Civil::of(self).map(|civil| civil.year)
    }

    /// The same day as `jiff` has it, or `None` outside the calendar.
    #[must_use]
    pub fn civil(self) -> Option<jiff::civil::Date> {
        let Civil { year, month, day } = Civil::of(self)?;
        jiff::civil::Date::new(year, month, day).ok()
    }
}

/// Years before 0 have a sign and six digits, as in ISO 8601: `-000221-01-01`. Outside the calendar it is `..`.
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

/// Reads a date that names a day of the calendar.
impl FromStr for Day {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let date: Date = text.parse()?;
        let day = (date.precision == Precision::Day).then_some(date.first);
        day.ok_or_else(|| DateError { text: text.to_owned() })
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
    /// of its month or year where the precision asks for it. `None` if `first` lies outside the calendar.
    #[must_use]
    pub fn new(first: Day, precision: Precision) -> Option<Self> {
        let civil = Civil::of(first)?;
        let first = match precision {
            Precision::Year => Civil { month: 1, day: 1, ..civil }.number(),
            Precision::Month => Civil { day: 1, ..civil }.number(),
            Precision::Day => first,
        };
        Some(Self { first, precision })
    }

    /// The date that begins on the day with this number, which must be the first day of its period: what a column
    /// holds that was packed from a date. Costs little, where [`Date::new`] asks the calendar.
    pub(crate) fn from_first_day(number: i32, precision: Precision) -> Self {
        Self { first: Day::nearest(number), precision }
    }

    /// A whole year, or `None` outside −9999 to 9999.
    #[must_use]
    pub fn year(year: i16) -> Option<Self> {
        Civil::new(year, 1, 1).map(|civil| Self { first: civil.number(), precision: Precision::Year })
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

impl From<jiff::civil::Date> for Day {
    fn from(date: jiff::civil::Date) -> Self {
        Civil { year: date.year(), month: date.month(), day: date.day() }.number()
    }
}

/// A date with its day.
impl From<jiff::civil::Date> for Date {
    fn from(date: jiff::civil::Date) -> Self {
        Self { first: date.into(), precision: Precision::Day }
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

/// A year before 0 has a minus sign and four or six digits: `-0221`, or `-000221` as it is written.
impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let read = || {
            let (before, unsigned) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
            let mut parts = unsigned.split('-');
            let year = parts.next()?;
            let year = digits(year, if before && year.len() == 6 { 6 } else { 4 })?;
            // There is one year 0, and it has no sign.
            let year = if before { (year > 0).then_some(-year)? } else { year };
            let (month, day) = (parts.next(), parts.next());
            let precision = match (month, day) {
                (None, _) => Precision::Year,
                (Some(_), None) => Precision::Month,
                (Some(_), Some(_)) => Precision::Day,
            };
            let part = |part: Option<&str>| part.map_or(Some(1), |part| digits(part, 2));
            let (month, day) = (i8::try_from(part(month)?).ok()?, i8::try_from(part(day)?).ok()?);
            let first = Civil::new(i16::try_from(year).ok()?, month, day)?.number();
            parts.next().is_none().then_some(Self { first, precision })
        };
        read().ok_or_else(|| DateError { text: text.to_owned() })
    }
}

/// The number of exactly `width` ASCII digits, at most six.
fn digits(text: &str, width: usize) -> Option<i32> {
    (text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.bytes().fold(0, |number, digit| number * 10 + i32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        for text in ["2010", "2010-03", "2010-03-01", "1949-10-01", "2000-02-29"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn years_before_zero_are_read_in_two_forms_and_written_in_one() {
        for (text, written) in [
            ("-0221", "-000221"),
            ("-000221", "-000221"),
            ("-9999-12-31", "-009999-12-31"),
            ("-000001-02", "-000001-02"),
            ("0000-02-29", "0000-02-29"),
        ] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), written);
        }
        assert_eq!("-0221".parse::<Date>().unwrap(), Date::year(-221).unwrap());
    }

    #[test]
    fn beyond_the_calendar_there_are_no_dates() {
        assert_eq!(("-9999-01-01".parse(), "9999-12-31".parse()), (Ok(Day::FIRST), Ok(Day::LAST)));
        for year in [i16::MIN, -10_000, 10_000, 12_000, i16::MAX] {
            assert_eq!(Date::year(year), None);
        }
        let outside = [Day::FIRST.number() - 1, Day::LAST.number() + 1, 1_000_000_000, i32::MIN, i32::MAX];
        assert_eq!(outside.map(Day::from_number), [None; 5]);
        for day in [Day::MIN, Day::FIRST.previous(), Day::LAST.next(), Day::MAX] {
            for precision in [Precision::Year, Precision::Month, Precision::Day] {
                assert_eq!(Date::new(day, precision), None);
            }
            assert_eq!(day.year(), None);
        }
        let (before, after) = (Day::FIRST.previous(), Day::LAST.next());
        assert!(Day::MIN < before && before < Day::FIRST && Day::LAST < after && after < Day::MAX);
        assert_eq!((before.previous(), before.next()), (before, Day::FIRST));
        assert_eq!((after.previous(), after.next()), (Day::LAST, after));
        assert_eq!([Day::MIN.next(), Day::MIN.previous()], [Day::MIN; 2]);
        assert_eq!([Day::MAX.next(), Day::MAX.previous()], [Day::MAX; 2]);
    }

    #[test]
    fn any_clock_shows_a_day() {
        let at = |seconds: i64, zone: i8| {
            let by = std::time::Duration::from_secs(seconds.unsigned_abs());
            let epoch = SystemTime::UNIX_EPOCH;
            let time = if seconds < 0 { epoch.checked_sub(by) } else { epoch.checked_add(by) };
            Day::of_clock(time.unwrap(), &jiff::tz::offset(zone).to_time_zone()).to_string()
        };
        assert_eq!(at(0, 0), "1970-01-01");
        assert_eq!(at(-1, 0), "1969-12-31");
        assert_eq!(at(-1, 8), "1970-01-01");
        // 9999-12-31T12:00:00Z, and long after it.
        assert_eq!(at(253_402_257_600, 0), "9999-12-31");
        assert_eq!(at(1 << 50, -8), "9999-12-31");
        assert_eq!(at(-(1 << 50), 8), "-009999-01-01");
    }

    proptest! {
        #[test]
        fn dates_and_days_are_read_as_they_are_written(
            number in Day::FIRST.number()..=Day::LAST.number(),
            precision in prop::sample::select(vec![Precision::Year, Precision::Month, Precision::Day]),
        ) {
            let day = Day::from_number(number).unwrap();
            prop_assert_eq!(day.to_string().parse(), Ok(day));
            let date = Date::new(day, precision).unwrap();
            prop_assert_eq!(date.to_string().parse(), Ok(date));
            prop_assert_eq!(date.precision(), precision);
            prop_assert!(date.first_day() <= day && day <= date.last_day());
        }

        #[test]
        fn what_is_read_as_a_date_lies_in_the_calendar(text in "-?[0-9]{4,7}(-[0-9]{2}){0,2}") {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert!(Day::FIRST <= date.first_day() && date.last_day() <= Day::LAST);
                prop_assert_eq!(date.to_string().parse(), Ok(date));
            }
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let signed = ["-", "--0221", "-0000", "-000000", "-010000", "-00221", "-0000221", "+2010", "-2010-3"];
        for text in signed {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
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
