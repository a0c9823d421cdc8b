//! When something holds, and how two such times meet or join.

use crate::value::{Bound, Date, Day, Extent, Precision, Span, Validity};

/// When something holds: its ends as they are shown, and its days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) from: Bound,
    pub(super) to: Bound,
    pub(super) extent: Extent,
}

impl Held {
    pub(super) fn of(validity: &Validity) -> Self {
        Self { from: validity.from, to: validity.to, extent: validity.extent() }
    }

    /// When a row holds that belongs to something: a row without dates holds whenever that does.
    pub(super) fn of_row(row: &Validity, whole: &Self) -> Option<Self> {
        if *row == Validity::UNKNOWN { Some(*whole) } else { whole.and(&Self::of(row)) }
    }

    /// When both hold.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let extent = self.extent.intersect(other.extent)?;
        Some(Self { from: self.later_start(other), to: self.earlier_end(other), extent })
    }

    /// The later start. An unknown start stays unknown unless it certainly lies before the other one.
    fn later_start(&self, other: &Self) -> Bound {
        let latest = self.extent.possible.from.max(other.extent.possible.from);
        let settled = |side: &Self| {
            side.from != Bound::Unknown || side.extent.certain.is_some_and(|certain| certain.from <= latest)
        };
        if !settled(self) || !settled(other) {
            return Bound::Unknown;
        }
        match (self.from.date(), other.from.date()) {
            (Some(a), Some(b)) => Bound::Known(a.max(b)),
            (Some(date), None) | (None, Some(date)) => Bound::Known(date),
            (None, None) => Bound::Open,
        }
    }

    /// The earlier end, by the same rule.
    fn earlier_end(&self, other: &Self) -> Bound {
        let earliest = self.extent.possible.to.min(other.extent.possible.to);
        let settled = |side: &Self| {
            side.to != Bound::Unknown || side.extent.certain.is_some_and(|certain| certain.to >= earliest)
        };
        if !settled(self) || !settled(other) {
            return Bound::Unknown;
        }
        match (self.to.date(), other.to.date()) {
            (Some(a), Some(b)) => Bound::Known(a.min(b)),
            (Some(date), None) | (None, Some(date)) => Bound::Known(date),
            (None, None) => Bound::Open,
        }
    }

    /// The part within a span. A cut is a known end only where it certainly holds next to the cut; else the
    /// thing may have begun later or ended earlier, and that end is unknown (S1).
    pub(super) fn clip(&self, span: Span) -> Option<Self> {
        let extent = self.extent.clip(span)?;
        let certain_from = self.extent.certain.is_some_and(|certain| certain.from <= span.from);
        let certain_to = self.extent.certain.is_some_and(|certain| certain.to >= span.to);
        let from =
            if span.from <= self.extent.possible.from { self.from } else { cut(span.from, certain_from) };
        let to = if span.to >= self.extent.possible.to { self.to } else { cut(span.to, certain_to) };
        Some(Self { from, to, extent })
    }

    /// One interval for two that overlap or touch. `None` where they lie apart, or where it would call days
    /// certain that are not.
    pub(super) fn join(&self, other: &Self) -> Option<Self> {
        if !touch(self.extent.possible, other.extent.possible) {
            return None;
        }
        let certain = match (self.extent.certain, other.extent.certain) {
            (Some(a), Some(b)) if touch(a, b) => Some(hull(a, b)),
            (Some(_), Some(_)) => return None,
            (one, other) => one.or(other),
        };
        let extent = Extent { certain, possible: hull(self.extent.possible, other.extent.possible) };
        let from = first(
            (self.extent.possible.from.number(), self.from),
            (other.extent.possible.from.number(), other.from),
        );
        let to = first(
            (self.extent.possible.to.number().saturating_neg(), self.to),
            (other.extent.possible.to.number().saturating_neg(), other.to),
        );
        Some(Self { from, to, extent })
    }

    /// Joins one more interval to others, none of which join each other.
    pub(super) fn join_to(mut self, others: &mut Vec<Self>) {
        // What joins one may then reach another, so start again until nothing joins.
        while let Some((at, joined)) =
            others.iter().enumerate().find_map(|(at, other)| Some((at, self.join(other)?)))
        {
            others.swap_remove(at);
            self = joined;
        }
        others.push(self);
    }
}

fn cut(day: Day, certain: bool) -> Bound {
    if certain { Bound::Known(Date::new(day, Precision::Day)) } else { Bound::Unknown }
}

fn touch(a: Span, b: Span) -> bool {
    a.from.max(b.from) <= a.to.min(b.to)
}

fn hull(a: Span, b: Span) -> Span {
    Span { from: a.from.min(b.from), to: a.to.max(b.to) }
}

/// The bound that lies further out; of two at one place the one that is not unknown.
fn first(a: (i32, Bound), b: (i32, Bound)) -> Bound {
    let outer = |(place, bound): (i32, Bound)| (place, bound == Bound::Unknown);
    if outer(a) <= outer(b) { a.1 } else { b.1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(from: &str, to: &str, attested: &str) -> Held {
        Held::of(&Validity::parse(from, to, attested).unwrap())
    }

    #[test]
    fn spells_that_touch_are_one_and_others_are_not() {
        let joined = held("2000", "2005", "").join(&held("2005", "..", "")).unwrap();
        assert_eq!((joined.from.to_string(), joined.to.to_string()), ("2000".to_owned(), "..".to_owned()));
        assert_eq!(held("2000", "2004", "").join(&held("2005", "..", "")), None);
    }

    #[test]
    fn joining_makes_nothing_certain_that_was_not() {
        // In force in 2001, and again from 2010: nobody knows of the years between.
        assert_eq!(held("2000", "", "2001").join(&held("2010", "..", "")), None);
        let joined = held("2000", "", "2001").join(&Held::of(&Validity::UNKNOWN)).unwrap();
        assert_eq!(joined.extent.certain, held("2000", "", "2001").extent.certain);
        assert_eq!(joined.extent.possible, Span::ALL);
    }

    #[test]
    fn a_third_spell_bridges_two() {
        let mut spells = Vec::new();
        for (from, to) in [("2000", "2002"), ("2004", "2006"), ("2002", "2004")] {
            held(from, to, "").join_to(&mut spells);
        }
        assert_eq!(spells, [held("2000", "2006", "")]);
    }

    #[test]
    fn a_cut_is_a_known_end_only_where_the_days_next_to_it_are_certain() {
        let span = |from: &str, to: &str| held(from, to, "").extent.possible;
        let council = held("", "", "2010");
        let later = council.clip(span("1997-03-14", "..")).unwrap();
        assert_eq!(later.from, Bound::Unknown);
        assert_eq!(
            held("1990", "..", "").clip(span("1997-03-14", "..")).unwrap().from.to_string(),
            "1997-03-14"
        );
        assert_eq!(held("1990", "..", "").clip(span("1980", "1997")).unwrap().to.to_string(), "1997-01-01");
    }
}
