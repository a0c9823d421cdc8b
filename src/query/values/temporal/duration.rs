//! Durations: months, days and seconds, which have no fixed ratio.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::{SECOND, write_fraction};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::values::{Datum, Map};

/// Seconds of an average month: 400 Gregorian years have 4,800 months and 146,097 days.
const MONTH_SECONDS: f64 = 2_629_746.0;
const DAY_SECONDS: f64 = 86_400.0;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Duration {
    /// Months.
    pub months: i64,
    /// Days beside the months.
    pub days: i64,
    /// Seconds beside these, rounded down.
    pub seconds: i64,
    /// Nanoseconds beside the seconds: 0 to 999,999,999.
    pub nanos: i64,
}

impl Duration {
    /// Months, days and nanoseconds; `None` if one does not fit.
    pub(in crate::query) fn new(months: i128, days: i128, nanos: i128) -> Option<Self> {
        let second = i128::from(SECOND);
        Some(Self {
            months: i64::try_from(months).ok()?,
            days: i64::try_from(days).ok()?,
            seconds: i64::try_from(nanos.div_euclid(second)).ok()?,
            nanos: i64::try_from(nanos.rem_euclid(second)).ok()?,
        })
    }

    /// From parts with fractions: what is left of a month goes to days, of a day to seconds.
    fn of_fractions(months: f64, days: f64, nanos: i128, seconds: f64) -> Option<Self> {
        let days = days + months.fract() * MONTH_SECONDS / DAY_SECONDS;
        // One part in 10^9 of a second is what a double can tell apart here.
        let rest = (days.fract() * DAY_SECONDS * 1e9).round() / 1e9;
        let spilled = (rest + seconds) * 1e9;
        let fits = |part: f64| (part.abs() < 9.2e18).then_some(part.trunc() as i128);
        Self::new(fits(months)?, fits(days)?, nanos + fits(spilled)?)
    }

    /// All of its seconds as nanoseconds.
    pub(super) fn total_nanos(self) -> i128 {
        i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanos)
    }

    /// The sum; `None` if it does not fit.
    pub(in crate::query) fn plus(self, other: Self) -> Option<Self> {
        let sum = |a: i64, b: i64| i128::from(a) + i128::from(b);
        Self::new(
            sum(self.months, other.months),
            sum(self.days, other.days),
            self.total_nanos() + other.total_nanos(),
        )
    }

    /// The other way.
    pub(in crate::query) fn negated(self) -> Self {
        let zero = Self { months: 0, days: 0, seconds: 0, nanos: 0 };
        Self::new(-i128::from(self.months), -i128::from(self.days), -self.total_nanos()).unwrap_or(zero)
    }

    /// So many times as long.
    pub(super) fn times(self, factor: f64) -> Option<Self> {
        let seconds = self.total_nanos() as f64 * factor / 1e9;
        Self::of_fractions(self.months as f64 * factor, self.days as f64 * factor, 0, seconds)
    }

    /// A total order, by the average length.
    pub(in crate::query) fn order(&self, other: &Self) -> Ordering {
        let length = |own: &Self| {
            i128::from(own.months) * 2_629_746 * i128::from(SECOND)
                + i128::from(own.days) * 86_400 * i128::from(SECOND)
                + own.total_nanos()
        };
        let parts = |own: &Self| (own.months, own.days, own.seconds, own.nanos);
        length(self).cmp(&length(other)).then_with(|| parts(self).cmp(&parts(other)))
    }

    pub(in crate::query) fn hash_into<H: Hasher>(&self, state: &mut H) {
        self.hash(state);
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        let mut part = |amount: i128, unit: &str| {
            if amount == 0 { Ok(()) } else { write!(f, "{amount}{unit}") }
        };
        part(i128::from(self.months / 12), "Y")?;
        part(i128::from(self.months % 12), "M")?;
        part(i128::from(self.days), "D")?;
        let nanos = self.total_nanos();
        let none = self.months == 0 && self.days == 0;
        if nanos == 0 {
            return f.write_str(if none { "T0S" } else { "" });
        }
        f.write_str("T")?;
        let second = i128::from(SECOND);
        let (seconds, fraction) = (nanos / second, i64::try_from(nanos % second).unwrap_or(0));
        let mut part = |amount: i128, unit: &str| {
            if amount == 0 { Ok(()) } else { write!(f, "{amount}{unit}") }
        };
        part(seconds / 3600, "H")?;
        part(seconds / 60 % 60, "M")?;
        if seconds % 60 == 0 && fraction == 0 {
            return Ok(());
        }
        write!(f, "{}{}", if nanos < 0 { "-" } else { "" }, (seconds % 60).abs())?;
        write_fraction(f, fraction.abs())?;
        f.write_str("S")
    }
}

/// Names of parts with their months, days and nanoseconds.
const PARTS: [(&str, f64, f64, i64); 10] = [
    ("years", 12.0, 0.0, 0),
    ("quarters", 3.0, 0.0, 0),
    ("months", 1.0, 0.0, 0),
    ("weeks", 0.0, 7.0, 0),
    ("days", 0.0, 1.0, 0),
    ("hours", 0.0, 0.0, 3_600 * SECOND),
    ("minutes", 0.0, 0.0, 60 * SECOND),
    ("seconds", 0.0, 0.0, SECOND),
    ("milliseconds", 0.0, 0.0, 1_000_000),
    ("microseconds", 0.0, 0.0, 1_000),
];

fn bad(message: String) -> QueryError {
    QueryError::runtime(ErrorClass::Argument, "InvalidArgumentValue", message)
}

/// A duration of a map of parts, a text of ISO 8601, or a duration.
pub(in crate::query) fn duration_of(value: &Datum) -> Result<Datum, QueryError> {
    let too_long = || bad("this duration does not fit 64 bits".to_owned());
    match value {
        Datum::Null => Ok(Datum::Null),
        Datum::Duration(_) => Ok(value.clone()),
        Datum::Map(parts) => of_map(parts)?.map(Datum::duration).ok_or_else(too_long),
        Datum::Text(text) => parse(text)
            .map(Datum::duration)
            .ok_or_else(|| bad(format!("“{text}” is not a duration of ISO 8601, as P1Y2M3DT4H5M6.5S"))),
        other => {
            let message = format!("a duration needs a map or a text, found {}", other.type_name());
            Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
        }
    }
}

fn of_map(parts: &Map) -> Result<Option<Duration>, QueryError> {
    let (mut months, mut days, mut seconds, mut nanos) = (0.0, 0.0, 0.0, 0_i128);
    for (key, value) in parts {
        let known = PARTS.iter().find(|(name, ..)| *name == &**key);
        let (_, of_months, of_days, of_nanos) = match known {
            Some(part) => *part,
            None if &**key == "nanoseconds" => ("nanoseconds", 0.0, 0.0, 1),
            None => {
                let names = PARTS.iter().map(|(name, ..)| *name).chain(["nanoseconds"]);
                let hint = crate::query::error::did_you_mean(key, names);
                return Err(bad(format!("a duration has no part `{key}`")).maybe_hint(hint));
            }
        };
        match value {
            Datum::Integer(amount) => {
                months += *amount as f64 * of_months;
                days += *amount as f64 * of_days;
                nanos += i128::from(*amount) * i128::from(of_nanos);
            }
            Datum::Float(amount) => {
                months += amount * of_months;
                days += amount * of_days;
                seconds += amount * of_nanos as f64 / 1e9;
            }
            Datum::Null => {}
            other => {
                return Err(bad(format!(
                    "`{key}` of a duration needs a number, found {}",
                    other.type_name()
                )));
            }
        }
    }
    Ok(Duration::of_fractions(months, days, nanos, seconds))
}

/// Reads `P1Y2M3W4DT5H6M7.8S`, `P2012-02-02T14:37:21.545`.
fn parse(text: &str) -> Option<Duration> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let rest = rest.strip_prefix(['P', 'p'])?;
    if rest.as_bytes().get(4) == Some(&b'-') && rest.bytes().take(4).all(|byte| byte.is_ascii_digit()) {
        return alternative(rest);
    }
    let (dates, times) = rest.split_once(['T', 't']).unwrap_or((rest, ""));
    if rest.is_empty() || rest.ends_with(['T', 't']) {
        return None;
    }
    let (mut months, mut days, mut seconds, mut nanos) = (0.0, 0.0, 0.0, 0_i128);
    for (number, unit) in parts(dates)? {
        let amount: f64 = number.parse().ok()?;
        match unit {
            'Y' => months += amount * 12.0,
            'Q' => months += amount * 3.0,
            'M' => months += amount,
            'W' => days += amount * 7.0,
            'D' => days += amount,
            _ => return None,
        }
    }
    for (number, unit) in parts(times)? {
        let of = match unit {
            'H' => 3_600 * SECOND,
            'M' => 60 * SECOND,
            'S' => SECOND,
            _ => return None,
        };
        match exact(number, of) {
            Some(exact) => nanos += exact,
            None => seconds += number.parse::<f64>().ok()? * of as f64 / 1e9,
        }
    }
    let duration = Duration::of_fractions(months, days, nanos, seconds)?;
    Some(if negative { duration.negated() } else { duration })
}

/// Nanoseconds of a decimal number of units, where it has at most nine decimals and the unit is a second or longer.
fn exact(number: &str, of: i64) -> Option<i128> {
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    if fraction.len() > 9 {
        return None;
    }
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    let whole: i128 = if matches!(whole, "-" | "+" | "") { 0 } else { whole.parse().ok()? };
    let fraction: i128 = format!("{fraction:0<9}").parse().ok()?;
    Some(whole * i128::from(of) + sign * fraction * i128::from(of / SECOND))
}

/// Numbers and the letters after them.
fn parts(text: &str) -> Option<Vec<(&str, char)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let unit = rest[at..].chars().next()?;
        parts.push((&rest[..at], unit.to_ascii_uppercase()));
        rest = &rest[at + 1..];
    }
    Some(parts)
}

/// `2012-02-02T14:37:21.545` after the `P`.
fn alternative(text: &str) -> Option<Duration> {
    let (date, clock) = text.split_once(['T', 't']).unwrap_or((text, "00:00:00"));
    let mut date = date.split('-').map(|part| part.parse::<i128>().ok());
    let (years, months, days) = (date.next()??, date.next()??, date.next()??);
    let mut clock = clock.split(':');
    let hours = exact(clock.next()?, 3_600 * SECOND)?;
    let minutes = exact(clock.next().unwrap_or("0"), 60 * SECOND)?;
    let seconds = exact(clock.next().unwrap_or("0"), SECOND)?;
    Duration::new(years * 12 + months, days, hours + minutes + seconds)
}
