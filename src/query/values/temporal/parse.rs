//! Reads the forms of ISO 8601 that the language knows, with and without separators.

use super::SECOND;
use super::civil::{Civil, of_ordinal, of_week};
use super::zone::{ZoneName, offset_of};

/// What a text gives: a day, a time, a zone.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) day: Option<i64>,
    pub(super) nanos: Option<i64>,
    pub(super) zone: Option<ZoneName>,
    /// Seconds from UTC that stand beside the name of a zone.
    pub(super) offset: Option<i32>,
}

/// A date.
pub(super) fn date(text: &str) -> Option<Read> {
    Some(Read { day: Some(day(text)?), ..Read::default() })
}

/// A time, with or without a zone.
pub(super) fn time(text: &str) -> Option<Read> {
    let (before, name) = match text.strip_suffix(']').and_then(|text| text.split_once('[')) {
        Some((before, name)) => (before, Some(name)),
        None => (text, None),
    };
    let cut = before.find(['Z', 'z', '+', '-']).unwrap_or(before.len());
    let (clock, offset) = before.split_at(cut);
    let offset = if offset.is_empty() { None } else { Some(offset_of(offset)?) };
    let zone = match name {
        Some(name) => Some(ZoneName::parse(name).ok()?),
        None => offset.map(ZoneName::Offset),
    };
    Some(Read { day: None, nanos: Some(nanos(clock)?), zone, offset })
}

/// A date, and after `T` a time.
pub(super) fn date_time(text: &str) -> Option<Read> {
    let Some((day_text, clock)) = text.split_once(['T', 't']) else { return date(text) };
    Some(Read { day: Some(day(day_text)?), ..time(clock)? })
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

fn day(text: &str) -> Option<i64> {
    let (sign, rest) = match text.as_bytes().first()? {
        b'-' => (-1, &text[1..]),
        b'+' => (1, &text[1..]),
        _ => (1, text),
    };
    let signed = rest.len() != text.len();
    // A year of more than four digits has a sign, and a separator after it.
    let width = if signed { rest.find('-').unwrap_or(rest.len()) } else { 4 };
    let year = sign * number(rest.get(..width)?)?;
    let rest = rest.get(width..)?;
    let (separated, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let month_and_day =
        |month: &str, day: &str| Civil::new(year, number(month)?, number(day)?).map(Civil::number);
    if let Some(week) = rest.strip_prefix('W') {
        let weekday = week.get(2..)?.trim_start_matches('-');
        let weekday = if weekday.is_empty() { 1 } else { number(weekday)? };
        return of_week(year, number(week.get(..2)?)?, weekday);
    }
    match (rest.len(), separated) {
        (0, false) => Civil::new(year, 1, 1).map(Civil::number),
        (2, _) => month_and_day(rest, "1"),
        (3, _) => of_ordinal(year, number(rest)?),
        (4, false) => month_and_day(&rest[..2], &rest[2..]),
        (3.., true) => rest.split_once('-').and_then(|(month, day)| month_and_day(month, day)),
        _ => None,
    }
}

fn nanos(text: &str) -> Option<i64> {
    let (clock, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let digits = clock.replace(':', "");
    let part = |at: usize| match digits.len() {
        length if length <= at => Some(0),
        _ => number(digits.get(at..at + 2)?),
    };
    let (hour, minute, second) = (part(0)?, part(2)?, part(4)?);
    if !matches!(digits.len(), 2 | 4 | 6) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    if !fraction.is_empty() && digits.len() < 6 {
        return None;
    }
    let fraction = if fraction.is_empty() {
        0
    } else {
        number(fraction.get(..9).unwrap_or(fraction))? * scale(fraction)
    };
    Some((hour * 3600 + minute * 60 + second) * SECOND + fraction)
}

/// What a fraction of so many digits is multiplied with to be nanoseconds.
fn scale(fraction: &str) -> i64 {
    10_i64.pow(9 - u32::try_from(fraction.len()).unwrap_or(9).min(9))
}
