//! Which day of the count is a year, month and day, and back: the proleptic Gregorian calendar.
//!
//! Imports and rules ask this many million times, so it is a few integer operations: H. Hinnant,
//! “chrono-Compatible Low-Level Date Algorithms”, 2013, `days_from_civil` and `civil_from_days`.

use super::Day;

/// Days from 0000-03-01, where an era of 400 years begins, to 1970-01-01.
const EPOCH: i32 = 719_468;
/// Days of an era of 400 years.
const ERA: i32 = 146_097;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i16,
    pub(super) month: i8,
    pub(super) day: i8,
}

impl Civil {
    /// A day of the calendar, if there is such a one from −9999 to 9999.
    pub(super) fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        let known = (-9999..=9999).contains(&year) && (1..=12).contains(&month);
        (known && (1..=Self::days_in(year, month)).contains(&day)).then_some(Self { year, month, day })
    }

    /// How many days a month has.
    pub(super) fn days_in(year: i16, month: i8) -> i8 {
        match month {
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }

    /// Its place in the count of days.
    pub(super) fn number(self) -> Day {
        // Years begin in March here, so that a leap day is the last of its year.
        let (month, day) = (i32::from(self.month), i32::from(self.day));
        let year = i32::from(self.year) - i32::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Day::nearest(era * ERA + day_of_era - EPOCH)
    }

    /// The day at a place in the count; `None` outside the calendar.
    pub(super) fn of(day: Day) -> Option<Self> {
        let count = day.number().checked_add(EPOCH)?;
        let (era, day_of_era) = (count.div_euclid(ERA), count.rem_euclid(ERA));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = era * 400 + year_of_era + i32::from(month <= 2);
        Self::new(
            i16::try_from(year).ok()?,
            i8::try_from(month).ok()?,
            i8::try_from(day_of_year - (153 * shifted + 2) / 5 + 1).ok()?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_the_calendar_is_where_another_calendar_has_it() {
        let epoch = jiff::civil::date(1970, 1, 1);
        let first = jiff::civil::date(-9999, 1, 1);
        let start = first.since((jiff::Unit::Day, epoch)).unwrap().get_days();
        let mut expected = first;
        for number in start.. {
            let day = Day::from_number(number).unwrap();
            let civil = Civil::of(day).unwrap();
            assert_eq!(
                (civil.year, civil.month, civil.day),
                (expected.year(), expected.month(), expected.day())
            );
            assert_eq!(civil.number(), day);
            assert_eq!(Civil::days_in(civil.year, civil.month), expected.days_in_month());
            match expected.tomorrow() {
                Ok(next) => expected = next,
                Err(_) => {
                    assert_eq!((day, Day::from_number(number + 1)), (Day::LAST, None));
                    break;
                }
            }
        }
        assert_eq!(Day::from_number(start), Some(Day::FIRST));
        for outside in [Day::MIN, Day::MAX, Day::FIRST.previous(), Day::LAST.next()] {
            assert_eq!(Civil::of(outside), None);
        }
        assert_eq!([Civil::new(2011, 2, 29), Civil::new(2012, 13, 1), Civil::new(2012, 4, 0)], [None; 3]);
    }

    #[test]
    fn days_are_written_as_another_calendar_writes_them() {
        for (year, month, day) in
            [(-9999, 1, 1), (-1, 12, 31), (0, 2, 29), (7, 7, 7), (1949, 10, 1), (9999, 12, 31)]
        {
            let text = Civil::new(year, month, day).unwrap().number().to_string();
            assert_eq!(text, jiff::civil::date(year, month, day).to_string());
        }
    }
}
