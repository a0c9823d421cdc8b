//! When does something hold? Dates of mixed precision, open and unknown ends, attestations (S1, S2).

use super::chance::SplitMix;

/// A date: a year, a month (month 0 = unknown) or a day (day 0 = unknown).
#[derive(Clone, Copy, Debug)]
pub(super) struct DateParts {
    pub(super) year: u16,
    month: u8,
    day: u8,
}

impl DateParts {
    /// A year alone.
    pub(super) const fn year(year: u16) -> Self {
        Self { year, month: 0, day: 0 }
    }

    /// A day of a year.
    pub(super) fn day_of(year: u16, chance: &mut SplitMix) -> Self {
        Self { year, month: 1 + chance.below(12) as u8, day: 1 + chance.below(28) as u8 }
    }

    /// A date of a year: of two the year alone, of four the month.
    pub(super) fn of(year: u16, chance: &mut SplitMix) -> Self {
        let day = Self::day_of(year, chance);
        match chance.below(4) {
            0 => day,
            1 => Self { day: 0, ..day },
            _ => Self::year(year),
        }
    }

    /// Whether its first day lies before that of another.
    pub(super) fn is_before(self, other: Self) -> bool {
        let first = |date: Self| (date.year, date.month.max(1), date.day.max(1));
        first(self) < first(other)
    }

    /// As it stands in a cell.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let digits = |out: &mut Vec<u8>, number: u16| {
            out.extend([b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
        };
        digits(out, self.year / 100);
        digits(out, self.year % 100);
        for part in [self.month, self.day].into_iter().take_while(|part| *part > 0) {
            out.push(b'-');
            digits(out, u16::from(part));
        }
    }
}

/// An end of a period (S1).
#[derive(Clone, Copy, Debug)]
pub(super) enum PeriodEnd {
    Known(DateParts),
    Open,
    Unknown,
}

/// A period and a date at which a source shows it in force.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period {
    pub(super) from: PeriodEnd,
    pub(super) to: PeriodEnd,
    pub(super) attested: Option<DateParts>,
}

impl Period {
    /// Nothing is known.
    pub(super) const UNDATED: Self =
        Self { from: PeriodEnd::Unknown, to: PeriodEnd::Unknown, attested: None };

    /// From one end to another, never attested.
    pub(super) const fn new(from: PeriodEnd, to: PeriodEnd) -> Self {
        Self { from, to, attested: None }
    }

    /// A period that begins in these years. Later years see more beginnings: of two years that are drawn
    /// the later one is taken. Of a hundred periods 5 have an unknown start, 35 no end yet, 10 an unknown
    /// end; the others last for one to eight years, or on beyond the last year.
    pub(super) fn within((first, last): (u16, u16), chance: &mut SplitMix) -> Self {
        let years = u64::from(last - first) + 1;
        let year = first + chance.below(years).max(chance.below(years)) as u16;
        let start = DateParts::of(year, chance);
        let kind = chance.below(100);
        if kind < 5 {
            let to = if kind == 0 { PeriodEnd::Unknown } else { PeriodEnd::Open };
            return Self { from: PeriodEnd::Unknown, to, attested: Some(start) };
        }
        let from = PeriodEnd::Known(start);
        if kind < 15 {
            let later = year + 1 + chance.below(5) as u16;
            let attested = (kind < 10 && later <= last).then_some(DateParts::year(later));
            return Self { from, to: PeriodEnd::Unknown, attested };
        }
        let end = year + 1 + chance.below(8) as u16;
        if kind < 50 || end > last {
            return Self::new(from, PeriodEnd::Open);
        }
        Self::new(from, PeriodEnd::Known(DateParts::of(end, chance)))
    }
}
