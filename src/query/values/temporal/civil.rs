//! Days of the proleptic Gregorian calendar, by any number of years.

use std::fmt;

/// A year, a month and a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::query) struct Civil {
    pub(in crate::query) year: i64,
    pub(in crate::query) month: i64,
    pub(in crate::query) day: i64,
}

/// Years that the language can name.
const LAST_YEAR: i64 = 999_999_999;

impl Civil {
    /// The date, if there is one.
    pub(in crate::query) fn new(year: i64, month: i64, day: i64) -> Option<Self> {
        let fits = (-LAST_YEAR..=LAST_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        fits.then_some(Self { year, month, day })
    }

    /// The date of a day, in eras of 400 years that begin on 1 March.
    pub(in crate::query) fn of(number: i64) -> Self {
        let shifted = number + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self { year, month, day }
    }

    /// The number of the day, from 1970-01-01.
    pub(in crate::query) fn number(self) -> i64 {
        let year = self.year - i64::from(self.month <= 2);
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let of_year = (153 * (self.month + if self.month > 2 { -3 } else { 9 }) + 2) / 5 + self.day - 1;
        let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
        era * 146_097 + of_era - 719_468
    }

    /// So many months later; the last day of the month where it is shorter. `None` beyond the calendar.
    pub(in crate::query) fn plus_months(self, months: i64) -> Option<Self> {
        let total = (self.year * 12 + self.month - 1).checked_add(months)?;
        let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
        Self::new(year, month, self.day.min(days_in(year, month)))
    }

    /// The day of the year, from 1.
    pub(in crate::query) fn ordinal(self) -> i64 {
        self.number() - Self { month: 1, day: 1, ..self }.number() + 1
    }

    /// The quarter, from 1.
    pub(in crate::query) fn quarter(self) -> i64 {
        (self.month - 1) / 3 + 1
    }

    /// The day of the quarter, from 1.
    pub(in crate::query) fn day_of_quarter(self) -> i64 {
        let first = Self { month: self.quarter() * 3 - 2, day: 1, ..self };
        self.number() - first.number() + 1
    }

    /// The year, the week and the day of the week of ISO 8601, Monday being 1.
    pub(in crate::query) fn week(self) -> (i64, i64, i64) {
        let number = self.number();
        let weekday = weekday(number);
        // The week belongs to the year of its Thursday.
        let thursday = Self::of(number - weekday + 4);
        (thursday.year, (thursday.ordinal() - 1) / 7 + 1, weekday)
    }
}

/// Monday is 1.
pub(super) fn weekday(number: i64) -> i64 {
    (number + 3).rem_euclid(7) + 1
}

/// The Monday of the first week of a year: the week of 4 January.
fn first_monday(year: i64) -> i64 {
    let fourth = Civil { year, month: 1, day: 4 }.number();
    fourth - weekday(fourth) + 1
}

/// The day of a week of a year, if there is one.
pub(super) fn of_week(year: i64, week: i64, weekday: i64) -> Option<i64> {
    let weeks = (first_monday(year + 1) - first_monday(year)) / 7;
    ((1..=weeks).contains(&week) && (1..=7).contains(&weekday))
        .then(|| first_monday(year) + (week - 1) * 7 + weekday - 1)
}

/// The day of a year, if there is one.
pub(super) fn of_ordinal(year: i64, ordinal: i64) -> Option<i64> {
    let first = Civil::new(year, 1, 1)?.number();
    (1..=365 + i64::from(is_leap(year))).contains(&ordinal).then(|| first + ordinal - 1)
}

/// The day of a quarter, if there is one.
pub(super) fn of_quarter(year: i64, quarter: i64, day: i64) -> Option<i64> {
    let first = Civil::new(year, quarter.checked_mul(3)?.checked_sub(2)?, 1)?;
    let next = first.plus_months(3).map_or(i64::MAX, Civil::number);
    let number = first.number() + day.checked_sub(1)?;
    (day >= 1 && number < next).then_some(number)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.year {
            ..0 => "-",
            10_000.. => "+",
            _ => "",
        };
        write!(f, "{sign}{:04}-{:02}-{:02}", self.year.abs(), self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn days_and_dates_agree_with_jiff(number in -4_371_222_i64..2_932_896) {
            let civil = Civil::of(number);
            prop_assert_eq!(civil.number(), number);
            let date = jiff::civil::date(civil.year as i16, civil.month as i8, civil.day as i8);
            prop_assert_eq!(date.weekday().to_monday_one_offset() as i64, weekday(number));
            prop_assert_eq!(i64::from(date.day_of_year()), civil.ordinal());
            let iso = date.iso_week_date();
            prop_assert_eq!(civil.week(), (i64::from(iso.year()), i64::from(iso.week()), weekday(number)));
            prop_assert_eq!(of_week(i64::from(iso.year()), i64::from(iso.week()), weekday(number)), Some(number));
            prop_assert_eq!(of_ordinal(civil.year, civil.ordinal()), Some(number));
            prop_assert_eq!(of_quarter(civil.year, civil.quarter(), civil.day_of_quarter()), Some(number));
        }
    }
}
