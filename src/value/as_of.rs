//! Which instant is asked, and what counts of statements whose dates are not known (S1, S28).

use super::{Date, Day, Extent, Truth, Window};

/// Which statements count at a date (S28).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reading {
    /// Those that certainly hold (S1).
    #[default]
    Certain,
    /// Those that possibly hold as well (S1).
    Possible,
}

impl Reading {
    /// [`Reading::Possible`] where what only possibly holds is to count.
    #[must_use]
    pub fn with_possible(possible: bool) -> Self {
        if possible { Self::Possible } else { Self::Certain }
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

/// An instant or a window, and a reading: the only place that turns "true, false or unknown" into "in or out".
///
/// ```
/// use intergov::value::{AsOf, Inclusion, Reading, Validity};
/// let council = Validity::parse("1997", "", "2019")?.extent();
/// let certain = AsOf::date("2023".parse()?, Reading::Certain);
/// assert_eq!(certain.inclusion(council), Inclusion::Uncertain);
/// let possible = AsOf::date("2023".parse()?, Reading::Possible);
/// assert!(possible.includes(council));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct AsOf {
    window: Option<Window>,
    reading: Reading,
}

impl AsOf {
    /// Everything, whatever its dates.
    pub const ALL: Self = Self { window: None, reading: Reading::Certain };

    /// What holds in a window; without a window everything, whatever its dates.
    #[must_use]
    pub fn new(window: Option<Window>, reading: Reading) -> Self {
        Self { window, reading }
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

    /// Whether something holds in the window, by its dates; without a window everything does.
    #[must_use]
    pub fn truth(self, extent: Extent) -> Truth {
        self.window.map_or(Truth::True, |window| extent.holds_in(window))
    }

    /// Whether something certainly holds: in the window, or on any day where no window is asked for.
    #[must_use]
    pub fn is_certain(self, extent: Extent) -> bool {
        match self.window {
            Some(window) => extent.holds_in(window) == Truth::True,
            None => extent.certain.is_some(),
        }
    }

    /// Whether what is true, false or unknown counts.
    #[must_use]
    pub fn admits(self, truth: Truth) -> Inclusion {
        match (truth, self.reading) {
            (Truth::True, _) | (Truth::Unknown, Reading::Possible) => Inclusion::Included,
            (Truth::Unknown, Reading::Certain) => Inclusion::Uncertain,
            (Truth::False, _) => Inclusion::Excluded,
        }
    }

    /// Whether something of these dates counts.
    #[must_use]
    pub fn inclusion(self, extent: Extent) -> Inclusion {
        self.admits(self.truth(extent))
    }

    /// Whether something of these dates is included.
    #[must_use]
    pub fn includes(self, extent: Extent) -> bool {
        self.inclusion(extent).is_included()
    }
}
