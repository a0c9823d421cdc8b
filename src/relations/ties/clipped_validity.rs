//! When something holds, and how two such times meet or join.

use crate::graph::{EdgeRef, NodeRef};
use crate::value::{Bound, Date, Day, Extent, Precision, Span, Validity};

/// One end of a time: the days between which it lies. Of a known end both are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    earliest: Day,
    latest: Day,
    /// As its source gives it, where the end is known.
    date: Option<Date>,
}

impl End {
    fn of(bound: Bound, earliest: Day, latest: Day) -> Self {
        let known = |day| Self { earliest: day, latest: day, date: bound.date() };
        match bound {
            Bound::Known(date) => known(date.first_day()),
            Bound::Open | Bound::Unknown => Self { earliest, latest, date: None },
        }
    }

    fn at(day: Day) -> Self {
        Self { earliest: day, latest: day, date: None }
    }

    /// The later of two ends.
    fn later(self, other: Self) -> Self {
        let (earliest, latest) = (self.earliest.max(other.earliest), self.latest.max(other.latest));
        Self { earliest, latest, date: self.date_of(other, earliest, latest) }
    }

    /// The earlier of two ends.
    fn earlier(self, other: Self) -> Self {
        let (earliest, latest) = (self.earliest.min(other.earliest), self.latest.min(other.latest));
        Self { earliest, latest, date: self.date_of(other, earliest, latest) }
    }

    /// The date of whichever side gives the end that both make; of two for one day the coarser.
    fn date_of(self, other: Self, earliest: Day, latest: Day) -> Option<Date> {
        let fits = |date: &Date| earliest == latest && date.first_day() == earliest;
        [self.date, other.date].into_iter().flatten().filter(fits).min()
    }

    fn bound(self) -> Bound {
        match self {
            Self { earliest, latest, .. } if earliest != latest => Bound::Unknown,
            // No day of the calendar: it has no limit.
            Self { earliest, date, .. } => {
                date.or_else(|| Date::new(earliest, Precision::Day)).map_or(Bound::Open, Bound::Known)
            }
        }
    }
}

/// When something holds: its days, and what is known of its ends.
///
/// The ends are those that it has if it holds at all: what began by 1990 and may have ended long since, and
/// needs a government of 2004, begins in 2004 or never.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ClippedValidity {
    pub(super) extent: Extent,
    start: End,
    end: End,
}

impl ClippedValidity {
    /// When a node exists.
    pub(super) fn of_node(node: NodeRef<'_>) -> Self {
        let validity = node.validity();
        Self::of(&validity, node.extent_given(&validity))
    }

    /// When an edge holds, by its own dates.
    pub(super) fn of_edge(edge: EdgeRef<'_>) -> Self {
        let validity = edge.validity();
        Self::of(&validity, edge.extent_given(&validity))
    }

    fn of(validity: &Validity, extent: Extent) -> Self {
        // It began by the first day on which it certainly holds, and lasted until the last one.
        let begun = extent.certain().map_or(Day::MAX, |certain| certain.from);
        let lasted = extent.certain().map_or(Day::MIN, |certain| certain.to);
        let start = match validity.from {
            Bound::Open => End::at(Day::MIN),
            bound => End::of(bound, Day::MIN, begun),
        };
        let end = match validity.to {
            Bound::Open => End::at(Day::MAX),
            bound => End::of(bound, lasted, Day::MAX),
        };
        Self { extent, start, end }
    }

    /// When a row holds that belongs to something: a row without dates holds whenever that does, and one without an end
    /// is presumed to last as long (S28).
    pub(super) fn of_row(row: &Validity, whole: &Self) -> Option<Self> {
        if *row == Validity::UNKNOWN {
            return Some(*whole);
        }
        whole.and(&Self::of(row, row.extent().lasting()))
    }

    /// The days such that what holds within them alone holds no less, and has the same ends to the letter,
    /// when it must hold together with this. One day at a known end is left out: two dates of one day may
    /// differ in precision.
    pub(super) fn settled(&self) -> Option<Span> {
        if self.extent.alive_until().is_some() {
            return None;
        }
        let certain = self.extent.certain()?;
        let from = if certain.from == Day::MIN { Day::MIN } else { certain.from.next() };
        let to = if certain.to == Day::MAX { Day::MAX } else { certain.to.previous() };
        Span::new(from, to)
    }

    /// The start as it is shown.
    pub(super) fn from(&self) -> Bound {
        self.start.bound()
    }

    /// The end as it is shown.
    pub(super) fn to(&self) -> Bound {
        self.end.bound()
    }

    /// When both hold.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let extent = self.extent.intersect(other.extent)?;
        Some(Self { extent, start: self.start.later(other.start), end: self.end.earlier(other.end) })
    }

    /// The part within a span. A cut is a known end only where it had certainly begun by then or certainly
    /// lasted until then; else it may have begun later or ended earlier, and that end is unknown (S1).
    pub(super) fn clip(&self, span: Span) -> Option<Self> {
        let extent = self.extent.clip(span)?;
        Some(Self {
            extent,
            start: self.start.later(End::at(span.from)),
            end: self.end.earlier(End::at(span.to)),
        })
    }

    /// The parts outside of some spans, which are in order.
    pub(super) fn outside(self, spans: &[Span]) -> impl Iterator<Item = Self> {
        let starts = std::iter::once(Day::MIN).chain(spans.iter().map(|span| span.to));
        let ends = spans.iter().map(|span| span.from).chain([Day::MAX]);
        let between = starts.zip(ends).filter_map(|(from, to)| Span::new(from, to));
        between.filter_map(move |span| self.clip(span))
    }

    /// It begins no earlier than a day, which need not be the day on which it begins.
    pub(super) fn not_before(&self, day: Day) -> Option<Self> {
        let extent = self.extent.clip(Span { from: day, ..Span::ALL })?;
        let start = End { earliest: self.start.earliest.max(day), ..self.start };
        Some(Self { extent, start, ..*self })
    }

    /// One interval for two that overlap or touch. `None` if they lie apart, or where it would call days certain or
    /// presumed that are not.
    fn join(&self, other: &Self) -> Option<Self> {
        Some(Self {
            extent: self.extent.join(other.extent)?,
            start: self.start.earlier(other.start),
            end: self.end.later(other.end),
        })
    }
}

/// Joins what overlaps or touches, by start. The order in which they come makes no difference.
pub(super) fn joined(mut times: Vec<ClippedValidity>) -> Vec<ClippedValidity> {
    let order = |held: &ClippedValidity| {
        (held.extent.possible, held.extent.certain(), held.extent.days(), held.start, held.end)
    };
    times.sort_by_key(order);
    let mut apart: Vec<ClippedValidity> = Vec::new();
    for mut next in times {
        // What joins one may then reach another, so start again until nothing joins.
        while let Some((at, both)) =
            apart.iter().enumerate().find_map(|(at, other)| Some((at, next.join(other)?)))
        {
            apart.remove(at);
            next = both;
        }
        apart.push(next);
    }
    apart.sort_by_key(order);
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(from: &str, to: &str, attested: &str) -> ClippedValidity {
        let validity = Validity::parse(from, to, attested).unwrap();
        ClippedValidity::of(&validity, validity.extent())
    }

    #[test]
    fn spells_that_touch_are_one_and_others_are_not() {
        let joined = held("2000", "2005", "").join(&held("2005", "..", "")).unwrap();
        assert_eq!(
            (joined.from().to_string(), joined.to().to_string()),
            ("2000".to_owned(), "..".to_owned())
        );
        assert_eq!(held("2000", "2004", "").join(&held("2005", "..", "")), None);
    }

    #[test]
    fn joining_makes_nothing_certain_that_was_not() {
        // In force in 2001, and again from 2010: the years between are not known.
        assert_eq!(held("2000", "", "2001").join(&held("2010", "..", "")), None);
        let joined = held("2000", "", "2001").join(&held("", "", "")).unwrap();
        assert_eq!(joined.extent.certain(), held("2000", "", "2001").extent.certain());
        assert_eq!(joined.extent.possible, Span::ALL);
    }

    #[test]
    fn within_the_settled_days_nothing_changes() {
        // A government does not lapse.
        let validity = Validity::parse("1990", "", "2010").unwrap();
        let life = ClippedValidity::of(&validity, validity.extent().lasting());
        let settled = life.settled().unwrap();
        for inner in
            [held("1991", "2000", ""), held("1990-01-02", "2010-12-31", ""), held("1995", "1996", "")]
        {
            assert!(settled.covers(inner.extent.possible));
            assert_eq!(inner.and(&life), Some(inner));
        }
        assert!(!settled.covers(held("1990", "2000", "").extent.possible));
        assert_eq!(held("", "", "").settled(), None);
    }

    #[test]
    fn a_third_spell_bridges_two() {
        let spells = [("2000", "2002"), ("2004", "2006"), ("2002", "2004")];
        let spells = spells.map(|(from, to)| held(from, to, ""));
        assert_eq!(joined(spells.to_vec()), [held("2000", "2006", "")]);
    }

    #[test]
    fn a_cut_is_a_known_end_only_where_the_days_next_to_it_are_certain() {
        let span = |from: &str, to: &str| held(from, to, "").extent.possible;
        let council = held("", "", "2010");
        let later = council.clip(span("1997-03-14", "..")).unwrap();
        assert_eq!(later.from(), Bound::Unknown);
        assert_eq!(
            held("1990", "..", "").clip(span("1997-03-14", "..")).unwrap().from().to_string(),
            "1997-03-14"
        );
        assert_eq!(held("1990", "..", "").clip(span("1980", "1997")).unwrap().to().to_string(), "1997-01-01");
    }
}
