//! Which instant is asked, and what counts of statements whose dates are not known (S1, S28).

use std::fmt;
use std::str::FromStr;

use super::{Date, Day, Extent, Span, Window};

/// How long something whose end is not known is presumed to hold after the last evidence that a source gives of
/// it (S28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Persist {
    /// So many years.
    Years(u16),
    /// Until an end is known.
    Forever,
}

impl Default for Persist {
    /// 5 years.
    fn default() -> Self {
        Self::Years(5)
    }
}

impl fmt::Display for Persist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Years(1) => f.write_str("1 year"),
            Self::Years(years) => write!(f, "{years} years"),
            Self::Forever => f.write_str("forever"),
        }
    }
}

/// A text that is not a number of years.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a number of years; write 3, 5, 10 or forever (S28)")]
pub struct PersistError(String);

/// Reads `5` or `forever`.
impl FromStr for Persist {
    type Err = PersistError;

    fn from_str(text: &str) -> Result<Self, PersistError> {
        match text.trim() {
            "forever" => Ok(Self::Forever),
            years => years.parse().map(Self::Years).map_err(|_| PersistError(text.to_owned())),
        }
    }
}

/// Which statements count at a date (S28). Each reading counts all that the readings before it count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reading {
    /// Those that certainly hold (S1).
    Certain,
    /// Those that are presumed to hold as well: begun for certain, no end known, and so long after the last sign of
    /// life at the most.
    Presumed(Persist),
    /// Those that possibly hold as well (S1).
    Possible,
}

impl Default for Reading {
    /// What is presumed to hold, with 5 years (S29).
    fn default() -> Self {
        Self::Presumed(Persist::default())
    }
}

impl Reading {
    /// The reading by its word; `persist` is used where it is `presumed`. `None` for another word.
    #[must_use]
    pub fn of(word: &str, persist: Persist) -> Option<Self> {
        match word {
            "certain" => Some(Self::Certain),
            "presumed" => Some(Self::Presumed(persist)),
            "possible" => Some(Self::Possible),
            _ => None,
        }
    }

    /// How long what is presumed lasts: of a reading that presumes nothing, the default.
    #[must_use]
    pub fn persist(self) -> Persist {
        if let Self::Presumed(persist) = self { persist } else { Persist::default() }
    }
}

/// `certain`, `presumed (5 years)` or `possible`.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certain => f.write_str("certain"),
            Self::Presumed(persist) => write!(f, "presumed ({persist})"),
            Self::Possible => f.write_str("possible"),
        }
    }
}

/// How surely something is in force at a date, the surest first (S28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InForce {
    /// It certainly is (S1).
    Certainly,
    /// It is presumed to be: it has begun, no end is known, and the last evidence is recent enough.
    Presumably,
    /// It may be (S1).
    Possibly,
    /// It is not.
    Not,
}

impl InForce {
    /// The surer of two statements of one thing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.min(other)
    }
}

/// `certain`, `presumed`, `possible` or `no`.
impl fmt::Display for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certainly => "certain",
            Self::Presumably => "presumed",
            Self::Possibly => "possible",
            Self::Not => "no",
        })
    }
}

/// Whether a statement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Inclusion {
    /// It counts.
    Included,
    /// It may hold, but the reading does not count it.
    Uncertain,
    /// It does not hold.
    Excluded,
}

impl Inclusion {
    /// Whether it counts.
    #[must_use]
    pub fn is_included(self) -> bool {
        self == Self::Included
    }
}

/// An instant or a window, and a reading: the only place that says of something with dates whether it is in or out.
///
/// ```
/// use intergov::value::{AsOf, InForce, Inclusion, Persist, Reading, Validity};
/// let council = Validity::parse("1997", "", "2019")?.extent();
/// let certain = AsOf::date("2023".parse()?, Reading::Certain);
/// assert_eq!(certain.inclusion(council), Inclusion::Uncertain);
/// let presumed = AsOf::date("2023".parse()?, Reading::Presumed(Persist::Years(5)));
/// assert_eq!(presumed.in_force(council), InForce::Presumably);
/// assert!(presumed.includes(council));
/// assert!(!AsOf::date("2025".parse()?, Reading::default()).includes(council));
/// assert!(AsOf::date("2025".parse()?, Reading::Possible).includes(council));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AsOf {
    window: Option<Window>,
    reading: Reading,
    /// What has shown evidence since then is presumed to hold at the start of the window.
    alive_since: Day,
}

impl AsOf {
    /// Everything, whatever its dates.
    pub const ALL: Self = Self { window: None, reading: Reading::Certain, alive_since: Day::MIN };

    /// What holds in a window; without a window everything, whatever its dates.
    #[must_use]
    pub fn new(window: Option<Window>, reading: Reading) -> Self {
        let alive_since = match reading.persist() {
            Persist::Years(years) => window.map_or(Day::MIN, |window| window.span().from.years_before(years)),
            Persist::Forever => Day::MIN,
        };
        Self { window, reading, alive_since }
    }

    /// What holds on the last day of a named period (S2).
    #[must_use]
    pub fn date(date: Date, reading: Reading) -> Self {
        Self::new(Some(Window::as_of(date)), reading)
    }

    /// What holds on a day.
    #[must_use]
    pub fn day(day: Day, reading: Reading) -> Self {
        Self::new(Some(Window::on(day)), reading)
    }

    /// The window; `None` = all times.
    #[must_use]
    pub fn window(self) -> Option<Window> {
        self.window
    }

    /// What counts.
    #[must_use]
    pub fn reading(self) -> Reading {
        self.reading
    }

    /// The same window under another reading.
    #[must_use]
    pub fn read_as(self, reading: Reading) -> Self {
        Self::new(self.window, reading)
    }

    /// The day at which names and states are read: the last one of the window; `None` = the latest.
    #[must_use]
    pub fn last_day(self) -> Option<Day> {
        self.window.map(Window::last_day)
    }

    /// The first day of the window; the first day of all where none is asked for.
    #[must_use]
    pub fn first_day(self) -> Day {
        self.window.map_or(Day::FIRST, |window| window.span().from)
    }

    /// Whether the window is one day, so that a thing holds in one spell at most.
    #[must_use]
    pub fn is_instant(self) -> bool {
        self.window.and_then(Window::only_day).is_some()
    }

    /// How surely something is in force in the window, by its dates; without a window everything is.
    #[must_use]
    pub fn in_force(self, extent: Extent) -> InForce {
        let Some(window) = self.window else { return InForce::Certainly };
        match extent.holds_in(window) {
            super::Truth::True => InForce::Certainly,
            super::Truth::False => InForce::Not,
            super::Truth::Unknown if extent.is_presumed(window, self.alive_since) => InForce::Presumably,
            super::Truth::Unknown => InForce::Possibly,
        }
    }

    /// How surely something is in force that was interrupted for some spans of days.
    #[must_use]
    pub fn in_force_but(self, extent: Extent, interrupted: &[Span]) -> InForce {
        if self.is_within_any(interrupted) { InForce::Not } else { self.in_force(extent) }
    }

    /// Whether the window lies within one of some spans.
    #[must_use]
    pub fn is_within_any(self, spans: &[Span]) -> bool {
        self.window.is_some_and(|window| spans.iter().any(|span| span.covers(window.span())))
    }

    /// Whether what is so surely in force counts.
    #[must_use]
    pub fn admits(self, in_force: InForce) -> Inclusion {
        let least = match self.reading {
            Reading::Certain => InForce::Certainly,
            Reading::Presumed(_) => InForce::Presumably,
            Reading::Possible => InForce::Possibly,
        };
        match in_force {
            InForce::Not => Inclusion::Excluded,
            in_force if in_force <= least => Inclusion::Included,
            _ => Inclusion::Uncertain,
        }
    }

    /// Whether something of these dates counts.
    #[must_use]
    pub fn inclusion(self, extent: Extent) -> Inclusion {
        self.admits(self.in_force(extent))
    }

    /// Whether something of these dates is included.
    #[must_use]
    pub fn includes(self, extent: Extent) -> bool {
        self.inclusion(extent).is_included()
    }
}
