//! When something holds: half-open validity with unknown and open ends (rules S1 and S2).

use std::fmt;
use std::str::FromStr;

use super::{Date, DateError, Day, Persist, Truth};

/// One end of a validity. Unknown is not open (S1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A date: written `2010-03`.
    Known(Date),
    /// Known to have no limit yet: written `..`.
    Open,
    /// Not known: written as nothing.
    Unknown,
}

impl Bound {
    /// The date, where it is known.
    #[must_use]
    pub fn date(self) -> Option<Date> {
        if let Self::Known(date) = self { Some(date) } else { None }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(date) => write!(f, "{date}"),
            Self::Open => f.write_str(".."),
            Self::Unknown => Ok(()),
        }
    }
}

impl FromStr for Bound {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        match text {
            "" => Ok(Self::Unknown),
            ".." => Ok(Self::Open),
            date => date.parse().map(Self::Known),
        }
    }
}

/// The days `[from, to)`; never empty. [`Day::MIN`] and [`Day::MAX`] stand for "no limit".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First day.
    pub from: Day,
    /// First day after.
    pub to: Day,
}

impl Span {
    /// All days.
    pub const ALL: Self = Self { from: Day::MIN, to: Day::MAX };

    /// `[from, to)`, or `None` if that is empty.
    #[must_use]
    pub fn new(from: Day, to: Day) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// Whether the day lies within.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.from <= day && day < self.to
    }

    /// The days in both.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// Whether every day of `other` lies within.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

/// A window in time that a reader names: `DURING '2004'..'2010'` is `[2004-01-01, 2011-01-01)` (S2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    span: Span,
    /// First day of the period that the reader names: what is attested from here on is attested for the window (S30).
    since: Day,
}

impl Window {
    /// The state on the last day of the named period.
    #[must_use]
    pub fn as_of(date: Date) -> Self {
        Self { since: date.first_day(), ..Self::on(date.last_day()) }
    }

    /// One day.
    #[must_use]
    pub fn on(day: Day) -> Self {
        Self { span: Span { from: day, to: day.next() }, since: day }
    }

    /// From the first day of one period to the last day of another, both included.
    ///
    /// # Errors
    /// [`ValidityError::Reversed`] where the second lies before the first.
    pub fn during(first: Date, last: Date) -> Result<Self, ValidityError> {
        Span::new(first.first_day(), last.last_day().next())
            .map(|span| Self { span, since: span.from })
            .ok_or(ValidityError::Reversed { from: first, to: last })
    }

    /// Its days.
    #[must_use]
    pub fn span(self) -> Span {
        self.span
    }

    /// The day, where it is one day.
    #[must_use]
    pub fn only_day(self) -> Option<Day> {
        let Span { from, to } = self.span;
        (from > Day::MIN && from.next() == to).then_some(from)
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> Day {
        self.span.to.previous()
    }
}

/// The days on which something certainly, presumably and possibly holds (S1, S28).
///
/// What is presumed ends the given number of years after the last evidence, as the reading says ([`AsOf`](super::AsOf)); so the
/// years are not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extent {
    /// Days on which it may hold; these include all others.
    pub possible: Span,
    /// The day by which it has begun for certain; [`Day::MAX`] where no source gives one.
    begun: Day,
    /// The day until which it has certainly lasted.
    lasted: Day,
    /// The day after the last evidence; [`Day::MAX`] where it is presumed to last until an end is known, and
    /// [`Day::MIN`] where nothing is presumed of it.
    alive: Day,
}

impl Extent {
    /// Always.
    pub const ALWAYS: Self = Self { possible: Span::ALL, begun: Day::MIN, lasted: Day::MAX, alive: Day::MAX };

    /// From what is known of both ends; what was never seen is [`Day::MAX`] and [`Day::MIN`].
    pub(crate) const fn of_days(possible: Span, [begun, lasted, alive]: [Day; 3]) -> Self {
        Self { possible, begun, lasted, alive }
    }

    /// The days by which it has begun, until which it has lasted, and after the last evidence.
    pub(crate) const fn days(self) -> [Day; 3] {
        [self.begun, self.lasted, self.alive]
    }

    /// The day by which it has begun, if it holds at all; `None` if no source gives one.
    #[must_use]
    pub fn begun(self) -> Option<Day> {
        (self.begun < Day::MAX).then_some(self.begun)
    }

    /// Days on which it certainly holds; `None` if no day is certain.
    #[must_use]
    pub fn certain(self) -> Option<Span> {
        Span::new(self.begun, self.lasted)
    }

    /// Days on which it holds as far as is presumed; `None` if no source shows that it has begun.
    #[must_use]
    pub fn presumed(self, persist: Persist) -> Option<Span> {
        let lapsed = match persist {
            Persist::Years(years) => self.alive.years_after(years),
            Persist::Forever if self.alive > Day::MIN => Day::MAX,
            Persist::Forever => Day::MIN,
        };
        Span::new(self.begun, lapsed.max(self.lasted).min(self.possible.to))
    }

    /// The day after the last evidence; `None` if it is presumed to last until an end is known.
    #[must_use]
    pub fn alive_until(self) -> Option<Day> {
        (self.alive < Day::MAX).then_some(self.alive)
    }

    /// The same, where the kind of thing lasts until an end is known.
    #[must_use]
    pub fn lasting(self) -> Self {
        Self { alive: Day::MAX, ..self }
    }

    /// The same, where nothing is presumed beyond the dates.
    #[must_use]
    pub fn stated(self) -> Self {
        Self { alive: Day::MIN, ..self }
    }

    /// The same, where further evidence ends before a day.
    #[must_use]
    pub fn alive_before(self, day: Day) -> Self {
        Self { alive: self.alive.max(day), ..self }
    }

    /// The same, presumed to last as long as what it is a part of.
    #[must_use]
    pub fn lasting_as(self, whole: Self) -> Self {
        if self.alive == Day::MAX { self } else { Self { alive: whole.alive.max(self.lasted), ..self } }
    }

    /// When both hold; `None` if they cannot hold together.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        let possible = self.possible.intersect(other.possible)?;
        let begun = self.begun.max(other.begun);
        if begun >= possible.to {
            // No source shows that it has begun while it may hold, so nothing of it is certain or presumed.
            return Some(Self { possible, begun: Day::MAX, lasted: Day::MIN, alive: Day::MIN });
        }
        let (lasted, alive) = (self.lasted.min(other.lasted), self.alive.min(other.alive));
        Some(Self { possible, begun, lasted, alive })
    }

    /// One extent for two that overlap or touch; `None` if they lie apart, or where it would say of a day more than
    /// either of them says.
    #[must_use]
    pub fn join(self, other: Self) -> Option<Self> {
        let touch = |a: Span, b: Span| a.from.max(b.from) <= a.to.min(b.to);
        let possible = Span {
            from: self.possible.from.min(other.possible.from),
            to: self.possible.to.max(other.possible.to),
        };
        // That one of them is known to have lasted until its end is evidence of both.
        let alive = self.alive.min(self.possible.to).max(other.alive.min(other.possible.to));
        let joined = Self {
            possible,
            begun: self.begun.min(other.begun),
            lasted: self.lasted.max(other.lasted),
            alive: if alive < possible.to { alive } else { Day::MAX },
        };
        let is_certain = match (self.certain(), other.certain()) {
            (Some(a), Some(b)) => touch(a, b),
            (one, other) => joined.certain() == one.or(other),
        };
        let (first, next) = if self.begun <= other.begun { (self, other) } else { (other, self) };
        // However few years are presumed, the first goes on until the next begins.
        let is_presumed = next.begun == Day::MAX || next.begun == first.begun || next.begun <= first.alive;
        (is_certain && is_presumed && touch(self.possible, other.possible)).then_some(joined)
    }

    /// The part within `span`.
    #[must_use]
    pub fn clip(self, span: Span) -> Option<Self> {
        self.intersect(Self { possible: span, begun: span.from, lasted: span.to, alive: Day::MAX })
    }

    /// Whether it holds on some day of the window.
    #[must_use]
    pub fn holds_in(self, window: Window) -> Truth {
        let span = window.span();
        if self.certain().is_some_and(|certain| certain.intersect(span).is_some()) {
            Truth::True
        } else if self.possible.intersect(span).is_none() {
            Truth::False
        } else if self.is_attested_in(window) {
            Truth::True
        } else {
            Truth::Unknown
        }
    }

    /// Whether it is attested within the period that the window stands for: AS OF 2010 reads the last day of 2010, and
    /// what a source shows in force in May 2010 counts for it, however exactly the day is known. The day of the start
    /// alone is not an attestation (S30).
    fn is_attested_in(self, window: Window) -> bool {
        self.certain().is_some_and(|certain| {
            certain.to > window.since
                && certain.from < window.span.to
                && certain.to > self.possible.from.next()
        })
    }

    /// Whether it is presumed to hold on some day of the window: it has begun, may last until then, and has shown a
    /// evidence on the day `alive_since` or later, that many years before the window.
    pub(super) fn is_presumed(self, window: Window, alive_since: Day) -> bool {
        let span = window.span();
        self.begun < span.to && span.from < self.possible.to && self.alive > alive_since
    }
}

/// When a statement holds: `[from, to)`, either end known, open or unknown, and the dates at which a
/// source shows it in force (S1).
///
/// ```
/// use intergov::value::{Truth, Validity, Window};
/// let council = Validity::parse("1997", "", "2019")?;
/// assert_eq!(council.holds_in(Window::as_of("2010".parse()?)), Truth::True);
/// assert_eq!(council.holds_in(Window::as_of("2023".parse()?)), Truth::Unknown);
/// assert_eq!(council.holds_in(Window::as_of("1996".parse()?)), Truth::False);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Validity {
    /// First date.
    pub from: Bound,
    /// First date on which it no longer holds.
    pub to: Bound,
    /// Dates at which a source shows it in force, sorted; each stands for its whole period.
    pub attested: Vec<Date>,
}

impl Default for Validity {
    fn default() -> Self {
        Self::UNKNOWN
    }
}

impl Validity {
    /// Both ends unknown, never attested.
    pub const UNKNOWN: Self = Self { from: Bound::Unknown, to: Bound::Unknown, attested: Vec::new() };
    /// No limit on either side.
    pub const ALWAYS: Self = Self { from: Bound::Open, to: Bound::Open, attested: Vec::new() };

    /// A validity between two bounds.
    ///
    /// # Errors
    /// [`ValidityError::Empty`] where `to` is not after `from`; [`ValidityError::Attested`] where an
    /// attestation lies outside.
    pub fn new(from: Bound, to: Bound, mut attested: Vec<Date>) -> Result<Self, ValidityError> {
        if let (Bound::Known(from), Bound::Known(to)) = (from, to)
            && to.first_day() <= from.first_day()
        {
            return Err(ValidityError::Empty { from, to });
        }
        attested.sort_unstable();
        attested.dedup();
        for &date in &attested {
            let before = from.date().is_some_and(|from| date.last_day() < from.first_day());
            let after = to.date().is_some_and(|to| date.first_day() >= to.first_day());
            if before || after {
                return Err(ValidityError::Attested { date });
            }
        }
        Ok(Self { from, to, attested })
    }

    /// Reads the three cells of a table row; attestations are separated by `;`.
    ///
    /// # Errors
    /// As [`Validity::new`], and [`ValidityError::Date`] for what is not a date.
    pub fn parse(from: &str, to: &str, attested: &str) -> Result<Self, ValidityError> {
        let dates = attested.split(';').map(str::trim).filter(|part| !part.is_empty());
        let attested = dates.map(str::parse).collect::<Result<_, DateError>>()?;
        Self::new(from.trim().parse()?, to.trim().parse()?, attested)
    }

    /// From a date on, with no limit yet.
    #[must_use]
    pub fn since(from: Date) -> Self {
        Self { from: Bound::Known(from), to: Bound::Open, attested: Vec::new() }
    }

    /// The attestations as they stand in a table cell.
    #[must_use]
    pub fn attested_text(&self) -> String {
        self.attested.iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
    }

    /// The certain and the possible days, and the last evidence.
    ///
    /// With an unknown start it certainly holds from its first attestation, with an unknown end until
    /// its last; a known end attests the day next to it. With an unknown end the last attestation, or else the start, is
    /// the last evidence.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let begun = match (self.from, self.to) {
            (Bound::Known(date), _) => date.first_day(),
            (Bound::Open, _) => Day::MIN,
            (Bound::Unknown, Bound::Known(to)) if self.attested.is_empty() => to.first_day().previous(),
            (Bound::Unknown, _) => self.attested.first().map_or(Day::MAX, |date| date.first_day()),
        };
        let seen = self.attested.iter().map(|date| date.last_day().next()).max();
        let (lasted, alive) = match (self.to, self.from) {
            (Bound::Known(date), _) => (date.first_day(), Day::MAX),
            (Bound::Open, _) => (Day::MAX, Day::MAX),
            (Bound::Unknown, Bound::Known(from)) => {
                let seen = seen.unwrap_or(from.first_day().next());
                (seen, seen)
            }
            (Bound::Unknown, _) => seen.map_or((Day::MIN, Day::MIN), |seen| (seen, seen)),
        };
        let possible = Span {
            from: self.from.date().map_or(Day::MIN, Date::first_day),
            to: self.to.date().map_or(Day::MAX, Date::first_day),
        };
        Extent { possible, begun: begun.max(possible.from), lasted, alive }
    }

    /// Whether it holds on some day of the window.
    #[must_use]
    pub fn holds_in(&self, window: Window) -> Truth {
        self.extent().holds_in(window)
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |bound: Bound| match bound {
            Bound::Unknown => "?".to_owned(),
            bound => bound.to_string(),
        };
        write!(f, "[{}, {})", end(self.from), end(self.to))?;
        if f.alternate() && !self.attested.is_empty() {
            write!(f, " {}", self.attested_text())?;
        }
        Ok(())
    }
}

/// Reads `[1997, ?)`, or with attestations `[1997, ?) 2010;2019`, as `{:#}` writes them.
impl FromStr for Validity {
    type Err = ValidityError;

    fn from_str(text: &str) -> Result<Self, ValidityError> {
        let wrong = || DateError { text: text.to_owned() };
        let within = text.strip_prefix('[').and_then(|rest| rest.split_once(')')).ok_or_else(wrong)?;
        let (bounds, attested) = within;
        let (from, to) = bounds.split_once(',').ok_or_else(wrong)?;
        let end = |text: &str| if text.trim() == "?" { String::new() } else { text.trim().to_owned() };
        Self::parse(&end(from), &end(to), attested)
    }
}

/// A validity that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValidityError {
    /// It ends before it begins.
    #[error("valid_to {to} is not after valid_from {from}: a validity is half-open [from, to) (S2)")]
    Empty {
        /// Start.
        from: Date,
        /// End.
        to: Date,
    },
    /// A window whose periods are in the wrong order.
    #[error("the period {to} lies before {from}; write the earlier one first (S2)")]
    Reversed {
        /// First period.
        from: Date,
        /// Last period.
        to: Date,
    },
    /// An attestation outside the validity.
    #[error("attested {date} lies outside [valid_from, valid_to) (S1)")]
    Attested {
        /// The attestation.
        date: Date,
    },
    /// Not a date.
    #[error(transparent)]
    Date(#[from] DateError),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(validity: &Validity, date: &str) -> Truth {
        validity.holds_in(Window::as_of(date.parse().unwrap()))
    }

    #[test]
    fn known_ends_are_half_open() {
        let validity = Validity::parse("2010-03", "2012-03", "").unwrap();
        assert_eq!(holds(&validity, "2010-02"), Truth::False);
        assert_eq!(holds(&validity, "2010-03-01"), Truth::True);
        assert_eq!(holds(&validity, "2012-02-29"), Truth::True);
        assert_eq!(holds(&validity, "2012-03-01"), Truth::False);
    }

    #[test]
    fn an_unknown_start_holds_from_its_first_attestation() {
        let validity = Validity::parse("", "..", "2010").unwrap();
        assert_eq!(holds(&validity, "2009"), Truth::Unknown);
        assert_eq!(holds(&validity, "2010"), Truth::True);
        assert_eq!(holds(&validity, "2030"), Truth::True);
    }

    #[test]
    fn an_unknown_end_holds_until_its_last_attestation() {
        let validity = Validity::parse("2004-12", "", "2006;2010").unwrap();
        assert_eq!(holds(&validity, "2004-11"), Truth::False);
        assert_eq!(holds(&validity, "2008"), Truth::True);
        assert_eq!(holds(&validity, "2010"), Truth::True);
        assert_eq!(holds(&validity, "2011"), Truth::Unknown);
    }

    #[test]
    fn a_year_attests_longer_than_a_day_within_it() {
        let validity = Validity::parse("2019-10-15", "", "2019;2019-10-15").unwrap();
        assert_eq!(holds(&validity, "2019"), Truth::True);
        assert_eq!(holds(&validity, "2020-01-01"), Truth::Unknown);
    }

    #[test]
    fn what_is_attested_within_the_named_period_holds_at_its_end() {
        let validity = Validity::parse("2008", "", "2010-05-17").unwrap();
        assert_eq!(holds(&validity, "2010"), Truth::True);
        assert_eq!(holds(&validity, "2010-05"), Truth::True);
        assert_eq!(holds(&validity, "2010-06"), Truth::Unknown);
        assert_eq!(holds(&validity, "2011"), Truth::Unknown);
        let ended = Validity::parse("2008", "2010-09", "2010-05-17").unwrap();
        assert_eq!(holds(&ended, "2010"), Truth::False);
    }

    #[test]
    fn a_start_is_no_attestation() {
        let validity = Validity::parse("2010-03-01", "", "").unwrap();
        assert_eq!(holds(&validity, "2010-03-01"), Truth::True);
        assert_eq!(holds(&validity, "2010"), Truth::Unknown);
    }

    #[test]
    fn nothing_known_is_only_possible() {
        assert_eq!(holds(&Validity::UNKNOWN, "2010"), Truth::Unknown);
        assert_eq!(holds(&Validity::ALWAYS, "2010"), Truth::True);
    }

    #[test]
    fn an_end_not_after_its_start_is_refused() {
        assert!(matches!(Validity::parse("2010", "2010-01-01", ""), Err(ValidityError::Empty { .. })));
        assert!(matches!(Validity::parse("2010", "2012", "2013"), Err(ValidityError::Attested { .. })));
    }

    #[test]
    fn a_window_includes_both_named_periods() {
        let window = Window::during("2004".parse().unwrap(), "2010".parse().unwrap()).unwrap();
        assert_eq!(window.span().from.to_string(), "2004-01-01");
        assert_eq!(window.span().to.to_string(), "2011-01-01");
    }
}
