//! The parts of temporal values: `d.year`, `t.hour`, `duration.months`.

use super::zone::offset_text;
use super::{Civil, DAY, Duration, SECOND, Temporal};
use crate::query::values::Datum;

impl Temporal {
    /// The part of a name; `None` if there is no such part.
    pub(in crate::query) fn field(&self, name: &str) -> Option<Datum> {
        let of_date = self.date().and_then(|day| date_field(Civil::of(day), name));
        let of_time = || self.time().and_then(|nanos| time_field(nanos, name));
        of_date.or_else(of_time).map(Datum::Integer).or_else(|| self.zone_field(name))
    }

    fn zone_field(&self, name: &str) -> Option<Datum> {
        let zone = self.zone()?;
        let offset = i64::from(zone.offset);
        Some(match name {
            "timezone" => {
                Datum::text(&zone.name.as_ref().map_or_else(|| offset_text(zone.offset), ToString::to_string))
            }
            "offset" => Datum::text(&offset_text(zone.offset)),
            "offsetMinutes" => Datum::Integer(offset / 60),
            "offsetSeconds" => Datum::Integer(offset),
            "epochSeconds" => {
                Datum::Integer(i64::try_from(self.instant().div_euclid(i128::from(SECOND))).ok()?)
            }
            "epochMillis" => Datum::Integer(i64::try_from(self.instant().div_euclid(1_000_000)).ok()?),
            _ => return None,
        })
    }
}

fn date_field(civil: Civil, name: &str) -> Option<i64> {
    let (week_year, week, weekday) = civil.week();
    Some(match name {
        "year" => civil.year,
        "quarter" => civil.quarter(),
        "month" => civil.month,
        "week" => week,
        "weekYear" => week_year,
        "day" => civil.day,
        "ordinalDay" => civil.ordinal(),
        "weekDay" | "dayOfWeek" => weekday,
        "dayOfQuarter" => civil.day_of_quarter(),
        _ => return None,
    })
}

fn time_field(nanos: i64, name: &str) -> Option<i64> {
    let seconds = nanos.rem_euclid(DAY) / SECOND;
    let fraction = nanos % SECOND;
    Some(match name {
        "hour" => seconds / 3600,
        "minute" => seconds / 60 % 60,
        "second" => seconds % 60,
        "millisecond" => fraction / 1_000_000,
        "microsecond" => fraction / 1_000,
        "nanosecond" => fraction,
        _ => return None,
    })
}

impl Duration {
    /// The part of a name; `None` if there is no such part or it does not fit.
    pub(in crate::query) fn field(self, name: &str) -> Option<Datum> {
        let total = self.total_nanos();
        let whole = |nanos: i128| i64::try_from(nanos).ok();
        let number = match name {
            "years" => self.months / 12,
            "quarters" => self.months / 3,
            "months" => self.months,
            "weeks" => self.days / 7,
            "days" => self.days,
            "hours" => self.seconds / 3600,
            "minutes" => self.seconds / 60,
            "seconds" => self.seconds,
            "milliseconds" => whole(total / 1_000_000)?,
            "microseconds" => whole(total / 1_000)?,
            "nanoseconds" => whole(total)?,
            "quartersOfYear" => self.months / 3 % 4,
            "monthsOfQuarter" => self.months % 3,
            "monthsOfYear" => self.months % 12,
            "daysOfWeek" => self.days % 7,
            "minutesOfHour" => self.seconds / 60 % 60,
            "secondsOfMinute" => self.seconds % 60,
            "millisecondsOfSecond" => self.nanos / 1_000_000,
            "microsecondsOfSecond" => self.nanos / 1_000,
            "nanosecondsOfSecond" => self.nanos,
            _ => return None,
        };
        Some(Datum::Integer(number))
    }
}
