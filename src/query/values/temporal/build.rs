//! `date(…)`, `time(…)`, `datetime(…)` and the like: times from parts, texts and other times.

use std::sync::Arc;

use super::civil::{of_ordinal, of_quarter, of_week};
use super::parse::{self, Read};
use super::shift::at_instant;
use super::zone::ZoneName;
use super::{Civil, SECOND, Temporal, Zone};
use crate::query::error::{ErrorClass, QueryError, did_you_mean};
use crate::query::values::{Datum, Map};

/// Which kind of time a function makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Kind {
    Date,
    LocalTime,
    Time,
    LocalDateTime,
    DateTime,
}

impl Kind {
    pub(super) fn has_date(self) -> bool {
        !matches!(self, Self::LocalTime | Self::Time)
    }

    pub(super) fn has_time(self) -> bool {
        self != Self::Date
    }

    fn has_zone(self) -> bool {
        matches!(self, Self::Time | Self::DateTime)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::LocalTime => "local time",
            Self::Time => "time",
            Self::LocalDateTime => "local datetime",
            Self::DateTime => "datetime",
        }
    }
}

/// What parts are filled from that a map does not give.
#[derive(Debug, Default)]
pub(super) struct Base {
    pub(super) day: Option<i64>,
    pub(super) nanos: Option<i64>,
    pub(super) zone: Option<ZoneName>,
    /// Whether parts of a second are added to those of the base instead of taking their place.
    pub(super) truncated: bool,
}

fn bad(message: impl Into<String>) -> QueryError {
    QueryError::runtime(ErrorClass::Argument, "InvalidArgumentValue", message)
}

/// The present time in nanoseconds from 1970-01-01T00:00Z.
pub(in crate::query) fn now() -> i128 {
    jiff::Timestamp::now().as_nanosecond()
}

/// A datetime of seconds or milliseconds and nanoseconds from 1970-01-01T00:00Z.
pub(in crate::query) fn from_epoch(nanos: i128) -> Option<Datum> {
    at_instant(nanos, &ZoneName::Offset(0)).map(Datum::temporal)
}

/// A time of a kind, from an argument, or the present time where there is none.
pub(in crate::query) fn construct(
    kind: Kind,
    argument: Option<&Datum>,
    now: i128,
) -> Result<Datum, QueryError> {
    match argument {
        None => of_now(kind, now, None),
        Some(Datum::Null) => Ok(Datum::Null),
        Some(Datum::Text(text)) => of_text(kind, text),
        Some(Datum::Period(date)) => of_temporal(kind, &Temporal::Date(i64::from(date.first_day().number()))),
        Some(Datum::Temporal(time)) => of_temporal(kind, time),
        Some(Datum::Map(parts)) if parts.len() == 1 && parts.contains_key("timezone") => {
            of_now(kind, now, parts.get("timezone"))
        }
        Some(Datum::Map(parts)) => of_parts(kind, parts),
        Some(other) => {
            let message =
                format!("a {} needs a map, a text or a time, found {}", kind.name(), other.type_name());
            Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
        }
    }
}

fn of_now(kind: Kind, now: i128, zone: Option<&Datum>) -> Result<Datum, QueryError> {
    let zone = match zone {
        Some(zone) => zone_of(zone)?,
        None => ZoneName::Offset(0),
    };
    let time = at_instant(now, &zone).ok_or_else(|| bad("the clock is beyond the calendar"))?;
    of_temporal(kind, &time)
}

fn zone_of(value: &Datum) -> Result<ZoneName, QueryError> {
    match value {
        Datum::Text(text) => ZoneName::parse(text),
        other => Err(bad(format!("a time zone is a text, found {}", other.type_name()))),
    }
}

fn of_text(kind: Kind, text: &str) -> Result<Datum, QueryError> {
    let read = match kind {
        Kind::Date => parse::date(text).or_else(|| parse::date_time(text)),
        Kind::LocalTime | Kind::Time => parse::time(text),
        Kind::LocalDateTime | Kind::DateTime => parse::date_time(text),
    };
    let Some(Read { day, nanos, zone, offset }) = read else {
        return Err(bad(format!("“{text}” is not a {} of ISO 8601", kind.name())));
    };
    let base = Base { day, nanos, zone, truncated: false };
    let made = finish(kind, base, &Map::new())?;
    // Where a clock shows an hour twice, the offset that stands beside the name decides.
    if let (Datum::Temporal(time), Some(offset)) = (&made, offset)
        && let Temporal::DateTime(day, nanos, zone) = &**time
        && zone.name.is_some()
        && zone.offset != offset
    {
        let instant = Temporal::DateTime(*day, *nanos, Zone::fixed(offset)).instant();
        return Ok(at_instant(instant, &ZoneName::from(zone)).map_or(made.clone(), Datum::temporal));
    }
    Ok(made)
}

fn of_temporal(kind: Kind, time: &Temporal) -> Result<Datum, QueryError> {
    let base = Base {
        day: time.date(),
        nanos: time.time(),
        zone: time.zone().map(ZoneName::from),
        truncated: false,
    };
    if kind.has_date() && base.day.is_none() || kind == Kind::Time && base.nanos.is_none() {
        return Err(bad(format!("{} cannot become a {}", time.type_name(), kind.name())));
    }
    if let (Kind::Time, Temporal::DateTime(_, nanos, zone)) = (kind, time) {
        // The offset of that day, not of another.
        return Ok(Datum::temporal(Temporal::Time(*nanos, Zone::fixed(zone.offset))));
    }
    finish(kind, base, &Map::new())
}

/// Names of parts.
const PARTS: [&str; 20] = [
    "year",
    "quarter",
    "month",
    "week",
    "weekYear",
    "day",
    "ordinalDay",
    "dayOfWeek",
    "dayOfQuarter",
    "hour",
    "minute",
    "second",
    "millisecond",
    "microsecond",
    "nanosecond",
    "timezone",
    "date",
    "time",
    "datetime",
    "epochSeconds",
];

fn of_parts(kind: Kind, parts: &Map) -> Result<Datum, QueryError> {
    if let Some(unknown) = parts.keys().find(|key| !PARTS.contains(&&***key) && &***key != "epochMillis") {
        let hint = did_you_mean(unknown, PARTS);
        return Err(bad(format!("a {} has no part `{unknown}`", kind.name())).maybe_hint(hint));
    }
    if let Some(epoch) = of_epoch(kind, parts)? {
        return Ok(epoch);
    }
    let mut base = Base::default();
    for (key, date, time) in [("date", true, false), ("time", false, true), ("datetime", true, true)] {
        let other = match parts.get(key) {
            None => continue,
            Some(Datum::Temporal(other)) => Arc::clone(other),
            Some(Datum::Period(date)) => Arc::new(Temporal::Date(i64::from(date.first_day().number()))),
            Some(Datum::Null) => return Ok(Datum::Null),
            Some(other) => return Err(bad(format!("`{key}` needs a time, found {}", other.type_name()))),
        };
        if date && other.date().is_none() || time && other.time().is_none() && key == "time" {
            return Err(bad(format!("{} has no {key}", other.type_name())));
        }
        if date {
            base.day = other.date();
        }
        if time {
            base.nanos = other.time();
            base.zone = other.zone().map(|zone| match (kind, &*other) {
                // A time of day keeps the offset that it had on its day.
                (Kind::Time, Temporal::DateTime(..)) => ZoneName::Offset(zone.offset),
                _ => ZoneName::from(zone),
            });
        }
    }
    if parts.values().any(Datum::is_null) {
        return Ok(Datum::Null);
    }
    finish(kind, base, parts)
}

fn of_epoch(kind: Kind, parts: &Map) -> Result<Option<Datum>, QueryError> {
    let unit = [("epochSeconds", i128::from(SECOND)), ("epochMillis", 1_000_000)];
    let Some((value, unit)) = unit.iter().find_map(|(key, unit)| Some((parts.get(*key)?, unit))) else {
        return Ok(None);
    };
    let Datum::Integer(count) = value else { return Err(bad("seconds from 1970 are a whole number")) };
    let extra =
        if let Some(Datum::Integer(nanos)) = parts.get("nanosecond") { i128::from(*nanos) } else { 0 };
    let zone = parts.get("timezone").map_or(Ok(ZoneName::Offset(0)), zone_of)?;
    let time =
        at_instant(i128::from(*count) * unit + extra, &zone).ok_or_else(|| bad("beyond the calendar"))?;
    of_temporal(kind, &time).map(Some)
}

/// A time of one zone, told in another: the instant stays.
fn converted(
    kind: Kind,
    (day, nanos): (i64, i64),
    own: &ZoneName,
    zone: &ZoneName,
    of_day: Option<i64>,
) -> Result<Datum, QueryError> {
    let day = if kind == Kind::DateTime { day } else { of_day.unwrap_or(0) };
    let instant = Temporal::DateTime(day, nanos, own.at_local(day, nanos)).instant();
    let there = at_instant(instant, zone).ok_or_else(|| bad("the time lies beyond the calendar"))?;
    match (kind, there) {
        (Kind::Time, Temporal::DateTime(_, nanos, zone)) => {
            Ok(Datum::temporal(Temporal::Time(nanos, Zone::fixed(zone.offset))))
        }
        (_, there) => Ok(Datum::temporal(there)),
    }
}

/// The time of a base, changed by parts.
pub(super) fn finish(kind: Kind, base: Base, parts: &Map) -> Result<Datum, QueryError> {
    let day = if kind.has_date() { day_of(&base, parts)? } else { 0 };
    let nanos = if kind.has_time() { nanos_of(&base, parts)? } else { 0 };
    let named = parts.get("timezone").filter(|_| kind.has_zone()).map(zone_of).transpose()?;
    if let (Some(zone), Some(own), false) = (&named, &base.zone, base.truncated) {
        return converted(kind, (day, nanos), own, zone, base.day);
    }
    let zone = named.or(base.zone).unwrap_or(ZoneName::Offset(0));
    Ok(Datum::temporal(match kind {
        Kind::Date => Temporal::Date(day),
        Kind::LocalTime => Temporal::LocalTime(nanos),
        Kind::LocalDateTime => Temporal::LocalDateTime(day, nanos),
        Kind::Time => {
            let zone = zone.at_local(base.day.unwrap_or(day), nanos);
            Temporal::Time(nanos, Zone::fixed(zone.offset))
        }
        Kind::DateTime => Temporal::DateTime(day, nanos, zone.at_local(day, nanos)),
    }))
}

/// The whole number of a part.
fn part(parts: &Map, name: &str) -> Result<Option<i64>, QueryError> {
    match parts.get(name) {
        None => Ok(None),
        Some(Datum::Integer(number)) => Ok(Some(*number)),
        Some(other) => Err(bad(format!("`{name}` is a whole number, found {}", other.type_name()))),
    }
}

fn day_of(base: &Base, parts: &Map) -> Result<i64, QueryError> {
    let get = |name: &str| part(parts, name);
    let civil = base.day.map(Civil::of);
    let (week_year, week, weekday) = civil.map_or((0, 1, 1), Civil::week);
    let year = get("year")?.or_else(|| civil.map(|civil| civil.year));
    let Some(year) = year.or(get("weekYear")?) else { return Err(bad("a date needs a year")) };
    let number = if get("week")?.is_some() || get("dayOfWeek")?.is_some() || get("weekYear")?.is_some() {
        let of_year =
            get("weekYear")?.or(get("year")?).unwrap_or(if civil.is_some() { week_year } else { year });
        of_week(of_year, get("week")?.unwrap_or(week), get("dayOfWeek")?.unwrap_or(weekday))
    } else if let Some(ordinal) = get("ordinalDay")? {
        of_ordinal(year, ordinal)
    } else if get("quarter")?.is_some() || get("dayOfQuarter")?.is_some() {
        let quarter = get("quarter")?.or_else(|| civil.map(Civil::quarter)).unwrap_or(1);
        let day = get("dayOfQuarter")?.or_else(|| civil.map(Civil::day_of_quarter)).unwrap_or(1);
        of_quarter(year, quarter, day)
    } else {
        let month = get("month")?.or_else(|| civil.map(|civil| civil.month)).unwrap_or(1);
        let day = get("day")?.or_else(|| civil.map(|civil| civil.day)).unwrap_or(1);
        Civil::new(year, month, day).map(Civil::number)
    };
    let number = number.or_else(|| clamped(year, parts, civil));
    number.ok_or_else(|| bad("there is no such day in the calendar"))
}

/// The last day of the month, where the day comes from another date and the month is shorter.
fn clamped(year: i64, parts: &Map, civil: Option<Civil>) -> Option<i64> {
    let own = civil.filter(|_| !parts.contains_key("day"))?;
    let month = part(parts, "month").ok()?.unwrap_or(own.month);
    let last = (28..=31).rev().find_map(|day| Civil::new(year, month, day))?;
    (own.day > last.day && !parts.contains_key("week") && !parts.contains_key("quarter"))
        .then(|| last.number())
}

fn nanos_of(base: &Base, parts: &Map) -> Result<i64, QueryError> {
    let get = |name: &str| part(parts, name);
    let own = base.nanos.unwrap_or(0);
    let seconds = own / SECOND;
    let (hour, minute) =
        (get("hour")?.unwrap_or(seconds / 3600), get("minute")?.unwrap_or(seconds / 60 % 60));
    let second = get("second")?.unwrap_or(seconds % 60);
    let (milli, micro, nano) = (get("millisecond")?, get("microsecond")?, get("nanosecond")?);
    let limit = |name: &str, value: Option<i64>, most: i64| match value {
        Some(value) if !(0..most).contains(&value) => {
            Err(bad(format!("`{name}` is {value} and must be from 0 to {}", most - 1)))
        }
        value => Ok(value.unwrap_or(0)),
    };
    limit("hour", Some(hour), 24)?;
    limit("minute", Some(minute), 60)?;
    limit("second", Some(second), 60)?;
    let below = |coarser: bool, most: i64, all: i64| if coarser { most } else { all };
    let micros = below(milli.is_some(), 1_000, 1_000_000);
    let nanos = below(micro.is_some(), 1_000, below(milli.is_some(), 1_000_000, SECOND));
    let fraction = limit("millisecond", milli, 1_000)? * 1_000_000
        + limit("microsecond", micro, micros)? * 1_000
        + limit("nanosecond", nano, nanos)?;
    let given = milli.is_some() || micro.is_some() || nano.is_some();
    let kept = if given && !base.truncated { 0 } else { own % SECOND };
    Ok((hour * 3600 + minute * 60 + second) * SECOND + kept + fraction)
}
