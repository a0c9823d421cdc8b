//! The duration from one time to another.

use super::zone::ZoneName;
use super::{Civil, DAY, Duration, Temporal};

/// In which units a difference is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Measure {
    /// Months, then days, then seconds.
    All,
    Months,
    Days,
    Seconds,
}

/// A day and a time of one zone, which both sides of a difference share.
#[derive(Clone, Copy)]
struct Local {
    day: i64,
    nanos: i64,
}

/// From the first to the second; a missing day is that of the other side, a missing time midnight, a missing zone that of
/// the other side. `None` if it does not fit.
pub(in crate::query) fn between(measure: Measure, a: &Temporal, b: &Temporal) -> Option<Duration> {
    let zone = a.zone().or_else(|| b.zone()).map(ZoneName::from);
    let start = local(a, b.date());
    let mut end = local(b, a.date());
    if let (Some(_), Some(other), Some(zone)) = (a.zone(), b.zone(), &zone) {
        // Both have zones: the second is told in the zone of the first.
        end = in_zone(end, other.offset, zone)?;
    }
    let instant = |at: Local| {
        let offset = zone.as_ref().map_or(0, |zone| zone.at_local(at.day, at.nanos).offset);
        i128::from(at.day) * i128::from(DAY) + i128::from(at.nanos)
            - i128::from(offset) * i128::from(super::SECOND)
    };
    let (months, moved) = match measure {
        Measure::All | Measure::Months => months_between(start, end)?,
        Measure::Days | Measure::Seconds => (0, start),
    };
    let days = match measure {
        Measure::All | Measure::Days => days_between(moved, end),
        Measure::Months | Measure::Seconds => 0,
    };
    let nanos = match measure {
        Measure::All | Measure::Seconds => {
            instant(end) - instant(Local { day: moved.day + days, nanos: moved.nanos })
        }
        Measure::Months | Measure::Days => 0,
    };
    Duration::new(i128::from(months), i128::from(days), nanos)
}

fn local(time: &Temporal, other_day: Option<i64>) -> Local {
    Local { day: time.date().or(other_day).unwrap_or(0), nanos: time.time().unwrap_or(0) }
}

fn in_zone(at: Local, offset: i32, zone: &ZoneName) -> Option<Local> {
    let instant = i128::from(at.day) * i128::from(DAY) + i128::from(at.nanos)
        - i128::from(offset) * i128::from(super::SECOND);
    let there = super::shift::at_instant(instant, zone)?;
    Some(Local { day: there.date()?, nanos: there.time()? })
}

/// Whole months, and where they lead.
fn months_between(start: Local, end: Local) -> Option<(i64, Local)> {
    let (from, to) = (Civil::of(start.day), Civil::of(end.day));
    let mut months = (to.year - from.year) * 12 + to.month - from.month;
    let (from_rest, to_rest) = ((from.day, start.nanos), (to.day, end.nanos));
    if months > 0 && to_rest < from_rest {
        months -= 1;
    } else if months < 0 && to_rest > from_rest {
        months += 1;
    }
    let day = from.plus_months(months)?.number();
    Some((months, Local { day, nanos: start.nanos }))
}

/// Whole days, towards zero.
fn days_between(start: Local, end: Local) -> i64 {
    let days = end.day - start.day;
    if days > 0 && end.nanos < start.nanos {
        days - 1
    } else if days < 0 && end.nanos > start.nanos {
        days + 1
    } else {
        days
    }
}
