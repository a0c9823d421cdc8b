//! Zones: an offset from UTC, with the name of the rules that it comes from.

use std::fmt;
use std::sync::Arc;

use super::{Civil, SECOND};
use crate::query::error::{ErrorClass, QueryError};

/// An offset in seconds east of UTC, and the name of the zone where one was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Zone {
    pub(in crate::query) offset: i32,
    pub(in crate::query) name: Option<Arc<str>>,
}

/// How a text names a zone.
#[derive(Clone, Debug)]
pub(super) enum ZoneName {
    Offset(i32),
    Named(Arc<str>),
}

impl Zone {
    pub(super) fn fixed(offset: i32) -> Self {
        Self { offset, name: None }
    }
}

impl ZoneName {
    /// Reads `Z`, `+01:00`, `+0100`, `+01`, or a name of the tz database.
    pub(super) fn parse(text: &str) -> Result<Self, QueryError> {
        if let Some(offset) = offset_of(text) {
            return Ok(Self::Offset(offset));
        }
        match jiff::tz::TimeZone::get(text) {
            Ok(zone) => Ok(Self::Named(zone.iana_name().unwrap_or(text).into())),
            Err(_) => {
                let message = format!("“{text}” is not a time zone");
                let error = QueryError::runtime(ErrorClass::Argument, "InvalidArgumentValue", message);
                Err(error.hint("write an offset as +08:00 or a name as Asia/Shanghai"))
            }
        }
    }

    /// The zone of a local day and time: the earlier offset where a clock shows it twice.
    pub(super) fn at_local(&self, day: i64, nanos: i64) -> Zone {
        match self {
            Self::Offset(offset) => Zone::fixed(*offset),
            Self::Named(name) => {
                let offset = rules(name).and_then(|zone| {
                    let stamp = zone.to_ambiguous_timestamp(local(day, nanos)?).compatible().ok()?;
                    Some(zone.to_offset(stamp).seconds())
                });
                Zone { offset: offset.unwrap_or(0), name: Some(Arc::clone(name)) }
            }
        }
    }

    /// The zone at an instant, in nanoseconds.
    pub(super) fn at_instant(&self, instant: i128) -> Zone {
        match self {
            Self::Offset(offset) => Zone::fixed(*offset),
            Self::Named(name) => {
                let offset = rules(name).and_then(|zone| {
                    Some(zone.to_offset(jiff::Timestamp::from_nanosecond(instant).ok()?).seconds())
                });
                Zone { offset: offset.unwrap_or(0), name: Some(Arc::clone(name)) }
            }
        }
    }
}

impl From<&Zone> for ZoneName {
    fn from(zone: &Zone) -> Self {
        zone.name.as_ref().map_or(Self::Offset(zone.offset), |name| Self::Named(Arc::clone(name)))
    }
}

fn rules(name: &str) -> Option<jiff::tz::TimeZone> {
    jiff::tz::TimeZone::get(name).ok()
}

/// A local time as jiff has it; `None` beyond its calendar.
fn local(day: i64, nanos: i64) -> Option<jiff::civil::DateTime> {
    let Civil { year, month, day } = Civil::of(day);
    let seconds = nanos / SECOND;
    jiff::civil::DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(seconds / 3600).ok()?,
        i8::try_from(seconds / 60 % 60).ok()?,
        i8::try_from(seconds % 60).ok()?,
        i32::try_from(nanos % SECOND).ok()?,
    )
    .ok()
}

/// Seconds of `Z`, `+01`, `+0100`, `+01:00`, `+01:00:30`.
pub(super) fn offset_of(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits = rest.replace(':', "");
    let even = matches!(digits.len(), 2 | 4 | 6) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !even {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<i32>().ok());
    let (hours, minutes, seconds) = (part(0)?, part(2)?, part(4)?);
    (hours <= 18 && minutes < 60 && seconds < 60).then_some(sign * (hours * 3600 + minutes * 60 + seconds))
}

/// The offset as text.
pub(super) fn offset_text(offset: i32) -> String {
    if offset == 0 {
        return "Z".to_owned();
    }
    let (sign, size) = (if offset < 0 { '-' } else { '+' }, offset.unsigned_abs());
    let seconds = if size % 60 == 0 { String::new() } else { format!(":{:02}", size % 60) };
    format!("{sign}{:02}:{:02}{seconds}", size / 3600, size / 60 % 60)
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&offset_text(self.offset))?;
        self.name.as_ref().map_or(Ok(()), |name| write!(f, "[{name}]"))
    }
}
