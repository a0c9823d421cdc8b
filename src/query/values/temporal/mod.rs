//! What is a time in a query? Days, times of day, instants with a zone, durations; proleptic Gregorian calendar.
//!
//! Years reach from −999,999,999 to 999,999,999, as the language asks; rules of time zones come from the system's tables.

mod between;
mod build;
mod civil;
mod duration;
mod fields;
mod parse;
mod shift;
mod truncate;
mod zone;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

pub(in crate::query) use between::{Measure, between};
pub(in crate::query) use build::{Kind, construct, from_epoch, now};
pub(in crate::query) use civil::Civil;
pub(in crate::query) use duration::{Duration, duration_of};
pub(in crate::query) use shift::arithmetic;
pub(in crate::query) use truncate::truncate;
pub(in crate::query) use zone::Zone;

/// Nanoseconds of a second.
pub(super) const SECOND: i64 = 1_000_000_000;
/// Nanoseconds of a day.
pub(super) const DAY: i64 = 86_400 * SECOND;

/// A day, a time of day, or both; days count from 1970-01-01, times in nanoseconds from midnight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Temporal {
    /// A day.
    Date(i64),
    /// A time of day.
    LocalTime(i64),
    /// A time of day and the offset from UTC.
    Time(i64, Zone),
    /// A day and a time.
    LocalDateTime(i64, i64),
    /// A day and a time in a zone.
    DateTime(i64, i64, Zone),
}

impl Temporal {
    /// What a message calls it.
    pub(in crate::query) fn type_name(&self) -> &'static str {
        match self {
            Self::Date(_) => "a date",
            Self::LocalTime(_) => "a local time",
            Self::Time(..) => "a time",
            Self::LocalDateTime(..) => "a local datetime",
            Self::DateTime(..) => "a datetime",
        }
    }

    /// The day, where it has one.
    pub(in crate::query) fn date(&self) -> Option<i64> {
        match self {
            Self::Date(day) | Self::LocalDateTime(day, _) | Self::DateTime(day, ..) => Some(*day),
            Self::LocalTime(_) | Self::Time(..) => None,
        }
    }

    /// The time of day, where it has one.
    pub(in crate::query) fn time(&self) -> Option<i64> {
        match self {
            Self::LocalTime(nanos)
            | Self::Time(nanos, _)
            | Self::LocalDateTime(_, nanos)
            | Self::DateTime(_, nanos, _) => Some(*nanos),
            Self::Date(_) => None,
        }
    }

    /// The zone, where it has one.
    pub(in crate::query) fn zone(&self) -> Option<&Zone> {
        if let Self::Time(_, zone) | Self::DateTime(_, _, zone) = self { Some(zone) } else { None }
    }

    /// Nanoseconds from 1970-01-01T00:00Z; a local time counts as UTC.
    pub(super) fn instant(&self) -> i128 {
        let local =
            i128::from(self.date().unwrap_or(0)) * i128::from(DAY) + i128::from(self.time().unwrap_or(0));
        local - i128::from(self.zone().map_or(0, |zone| zone.offset)) * i128::from(SECOND)
    }

    fn kind(&self) -> u8 {
        match self {
            Self::DateTime(..) => 0,
            Self::LocalDateTime(..) => 1,
            Self::Date(_) => 2,
            Self::Time(..) => 3,
            Self::LocalTime(_) => 4,
        }
    }

    /// A total order: by kind, by instant, by zone.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let zone = |value: &Self| value.zone().map(|zone| (zone.offset, zone.name.clone()));
        self.kind()
            .cmp(&other.kind())
            .then_with(|| self.instant().cmp(&other.instant()))
            .then_with(|| zone(self).cmp(&zone(other)))
    }

    /// How two of one kind compare; `None` for different kinds.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        (self.kind() == other.kind()).then(|| self.order(other))
    }

    pub(super) fn is_equal(&self, other: &Self) -> bool {
        self.order(other) == Ordering::Equal
    }

    pub(super) fn hash_into<H: Hasher>(&self, state: &mut H) {
        (self.kind(), self.instant()).hash(state);
    }
}

/// ISO 8601; a named zone stands in brackets.
impl fmt::Display for Temporal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(day) = self.date() {
            write!(f, "{}", Civil::of(day))?;
        }
        if let Some(nanos) = self.time() {
            f.write_str(if self.date().is_some() { "T" } else { "" })?;
            write_time(f, nanos)?;
        }
        match self.zone() {
            Some(zone) => write!(f, "{zone}"),
            None => Ok(()),
        }
    }
}

fn write_time(f: &mut fmt::Formatter<'_>, nanos: i64) -> fmt::Result {
    let (seconds, fraction) = (nanos / SECOND, nanos % SECOND);
    write!(f, "{:02}:{:02}", seconds / 3600, seconds / 60 % 60)?;
    if seconds % 60 != 0 || fraction != 0 {
        write!(f, ":{:02}", seconds % 60)?;
    }
    write_fraction(f, fraction)
}

/// `.5` for half a second, and nothing for none.
pub(super) fn write_fraction(f: &mut fmt::Formatter<'_>, nanos: i64) -> fmt::Result {
    if nanos == 0 {
        return Ok(());
    }
    let digits = format!("{nanos:09}");
    write!(f, ".{}", digits.trim_end_matches('0'))
}
