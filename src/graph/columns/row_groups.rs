//! Validities and properties of all elements of a state: row groups as they were packed.
//!
//! A run is not unpacked or put together with its neighbours, whatever forms their columns have: loading moves
//! it here, and a dictionary serves the rows that it was made for.

use std::ops::Range;

use super::row_group::RowGroup;
use super::validity::{OPEN, UNKNOWN};
use crate::graph::read::PropertyRef;
use crate::graph::{KeyId, Properties, Property};
use crate::value::{Day, Span, Validity, Window};

/// Sparse index: the row group of every 256th row, so that a row is found by a few steps from there.
const GUIDE: u32 = 256;

/// Validities and properties of many elements.
#[derive(Clone, Debug, Default)]
pub(in crate::graph) struct RowGroups {
    runs: Vec<RowGroup>,
    /// The first row of each run, and how many rows there are.
    firsts: Vec<u32>,
    /// The run of each [`GUIDE`]th row.
    guide: Vec<u32>,
}

impl RowGroups {
    /// How many rows there are.
    pub(in crate::graph) fn rows(&self) -> u32 {
        self.firsts.last().copied().unwrap_or(0)
    }

    /// Appends a run.
    pub(in crate::graph) fn push(&mut self, run: RowGroup) {
        if run.len() == 0 {
            return;
        }
        // `PackedBuilder::finish` refuses more rows than there are numbers.
        let after = self.rows().saturating_add(u32::try_from(run.len()).unwrap_or(u32::MAX));
        self.guide.resize(after.div_ceil(GUIDE) as usize, self.runs.len() as u32);
        if self.runs.is_empty() {
            self.firsts.push(0);
        }
        self.firsts.push(after);
        self.runs.push(run);
    }

    /// The number of the run that a row lies in.
    fn run_of(&self, row: u32) -> Option<usize> {
        let mut at = *self.guide.get((row / GUIDE) as usize)? as usize;
        while *self.firsts.get(at + 1)? <= row {
            at += 1;
        }
        Some(at)
    }

    /// The run that a row lies in, and its place there.
    fn locate(&self, row: u32) -> Option<(&RowGroup, u32)> {
        let at = self.run_of(row)?;
        Some((&self.runs[at], row - self.firsts[at]))
    }

    /// When a row holds.
    pub(in crate::graph) fn validity(&self, row: u32) -> Validity {
        self.locate(row).map_or(Validity::UNKNOWN, |(run, row)| run.validity(row))
    }

    /// What a row holds under a key.
    pub(in crate::graph) fn property(&self, row: u32, key: KeyId) -> Option<Property> {
        let (run, row) = self.locate(row)?;
        run.property(row, key)
    }

    /// The same where it lies.
    pub(in crate::graph) fn property_ref(&self, row: u32, key: KeyId) -> Option<PropertyRef<'_>> {
        let (run, row) = self.locate(row)?;
        run.property_ref(row, key)
    }

    /// How many row groups there are.
    pub(in crate::graph) fn groups(&self) -> usize {
        self.runs.len()
    }

    /// A row group and the rows that it has.
    pub(in crate::graph) fn group(&self, at: usize) -> Option<(&RowGroup, Range<u32>)> {
        Some((self.runs.get(at)?, *self.firsts.get(at)?..*self.firsts.get(at + 1)?))
    }

    /// Whether a row holds on some day of a window, as far as its start and end tell.
    pub(in crate::graph) fn holds_in(&self, row: u32, window: Window) -> Option<bool> {
        let (run, row) = self.locate(row)?;
        holds_in(run, row, window)
    }

    /// All that a row holds.
    pub(in crate::graph) fn properties(&self, row: u32) -> Properties {
        self.locate(row).map(|(run, row)| run.properties(row)).unwrap_or_default()
    }

    /// The runs that a range of rows touches, with the first row of each and the range within it.
    fn parts(&self, range: &Range<u32>) -> impl Iterator<Item = (u32, &RowGroup, Range<u32>)> {
        let first = if range.is_empty() { None } else { self.run_of(range.start) };
        let runs = first.into_iter().flat_map(|first| first..self.runs.len());
        let (start, end) = (range.start, range.end);
        runs.map(move |at| (self.firsts[at], self.firsts[at + 1], &self.runs[at]))
            .take_while(move |(first, _, _)| *first < end)
            .map(move |(first, after, run)| (first, run, start.max(first) - first..end.min(after) - first))
    }

    /// A range of rows, cut where a run ends.
    pub(in crate::graph) fn cut(&self, range: &Range<u32>) -> impl Iterator<Item = Range<u32>> {
        self.parts(range).map(|(first, _, rows)| first + rows.start..first + rows.end)
    }

    /// Calls `see` with every row of a range and text under a key, row by row.
    pub(in crate::graph) fn texts(&self, key: KeyId, rows: Range<u32>, mut see: impl FnMut(u32, &str)) {
        for (first, run, range) in self.parts(&rows) {
            run.texts(key, range, |row, text| see(first + row, text));
        }
    }

    /// Whether a row holds a text under a key, in whatever spell.
    pub(in crate::graph) fn holds(&self, key: KeyId, row: u32, text: &str) -> bool {
        let mut held = false;
        self.texts(key, row..row + 1, |_, own| held |= own == text);
        held
    }

    /// The rows of a range, as one run.
    pub(in crate::graph) fn columns(&self, range: &Range<u32>) -> RowGroup {
        let parts: Vec<_> = self.parts(range).map(|(_, run, range)| (run, range)).collect();
        RowGroup::joined(&parts)
    }

    /// Calls `see` with every row of a range and whether it holds on some day of a window; without a window all do. It
    /// gets nothing where that hangs on more than known dates.
    pub(in crate::graph) fn holding(
        &self,
        range: Range<u32>,
        window: Option<Window>,
        mut see: impl FnMut(u32, Option<bool>),
    ) {
        for (first, run, range) in self.parts(&range) {
            for row in range {
                see(first + row, window.map_or(Some(true), |window| holds_in(run, row, window)));
            }
        }
    }
}

/// Whether a row holds on some day of a window; `None` if an end is unknown.
fn holds_in(run: &RowGroup, row: u32, window: Window) -> Option<bool> {
    // With both ends known or open it certainly holds in between: no need to look at the attestations.
    let day = |packed: i32, open: Day| match packed {
        UNKNOWN => None,
        OPEN => Some(open),
        date => Some(Day::compared(date.div_euclid(4))),
    };
    let (from, to) = (day(run.from[row as usize], Day::MIN), day(run.to[row as usize], Day::MAX));
    let (from, to) = from.zip(to)?;
    Some(Span { from, to }.intersect(window.span()).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    /// Runs of every size: each row is what went in, and so is each range.
    #[test]
    fn whatever_the_runs_the_rows_are_the_same() {
        let key = KeyId::new(3);
        let row = |n: u32| {
            let from = ["2009", "", "2010-05"][n as usize % 3];
            let attested = if n.is_multiple_of(5) { "2011;2012" } else { "" };
            let text = Property::Fixed(Value::text(&format!("t{n}")));
            let held: Properties = (!n.is_multiple_of(7)).then_some((key, text)).into_iter().collect();
            (Validity::parse(from, "", attested).unwrap(), held)
        };
        let (mut elements, mut rows, mut next) = (RowGroups::default(), Vec::new(), 0..);
        for size in [1, 300, 2, 0, 255, 257, 1, 3_000, 64] {
            let run: Vec<_> = next.by_ref().take(size).map(row).collect();
            elements.push(RowGroup::pack(run.iter().map(|(validity, held)| (validity, held))));
            rows.extend(run);
        }
        assert_eq!(elements.rows() as usize, rows.len());
        for (at, (validity, properties)) in (0..).zip(&rows) {
            assert_eq!((&elements.validity(at), &elements.properties(at)), (validity, properties), "{at}");
            assert_eq!(elements.holds(key, at, &format!("t{at}")), at % 7 != 0, "{at}");
        }
        assert!(elements.locate(elements.rows()).is_none());
        for (start, end) in [(0, 1), (0, 3_000), (299, 304), (555, 560), (5, 5), (0, elements.rows())] {
            let cut: Vec<_> = elements.cut(&(start..end)).collect();
            assert!(cut.iter().all(|range| elements.run_of(range.start) == elements.run_of(range.end - 1)));
            assert_eq!(cut.into_iter().flatten().collect::<Vec<_>>(), (start..end).collect::<Vec<_>>());
            let columns = elements.columns(&(start..end));
            let back: Vec<_> = (0..end - start).map(|row| columns.row(row)).collect();
            assert_eq!(back, rows[start as usize..end as usize], "{start}..{end}");
        }
    }
}
