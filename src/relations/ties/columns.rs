//! The table of ties as typed columns.

use super::tie::{Basis, Tie};
use crate::graph::NodeIx;
use crate::relations::{Direction, Role};
use crate::value::{Bound, Day, Extent, Span};
use crate::workers;

/// Ends, dates, directions and bases of ties: a column each, all of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TieColumns {
    source: Vec<NodeIx>,
    target: Vec<NodeIx>,
    direction: Vec<Direction>,
    symmetric: Vec<bool>,
    inferred: Vec<bool>,
    from: Vec<Bound>,
    to: Vec<Bound>,
    possible: Vec<Span>,
    /// The other days of the extents.
    days: Vec<[Day; 3]>,
    basis: Vec<Basis>,
    roles: Vec<(Role, Role)>,
}

impl TieColumns {
    /// The columns of ties, in their order.
    pub(super) fn of(ties: &[Tie]) -> Self {
        fn column<T: Send>(ties: &[Tie], pick: impl Fn(&Tie) -> T) -> Vec<T> {
            ties.iter().map(pick).collect()
        }
        let ((source, target, possible, days), (direction, symmetric, inferred, from, to, basis, roles)) =
            workers::both(
                || {
                    (
                        column(ties, |tie| tie.source),
                        column(ties, |tie| tie.target),
                        column(ties, |tie| tie.extent.possible),
                        column(ties, |tie| tie.extent.days()),
                    )
                },
                || {
                    (
                        column(ties, |tie| tie.direction),
                        column(ties, |tie| tie.symmetric),
                        column(ties, |tie| tie.inferred),
                        column(ties, |tie| tie.from),
                        column(ties, |tie| tie.to),
                        column(ties, |tie| tie.basis),
                        column(ties, |tie| tie.roles),
                    )
                },
            );
        Self { source, target, direction, symmetric, inferred, from, to, possible, days, basis, roles }
    }

    /// How many ties there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there is no tie.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Where the ties leave; of a symmetric one the lower index (S13).
    #[must_use]
    pub fn sources(&self) -> &[NodeIx] {
        &self.source
    }

    /// Where they arrive.
    #[must_use]
    pub fn targets(&self) -> &[NodeIx] {
        &self.target
    }

    /// Their directions.
    #[must_use]
    pub fn directions(&self) -> &[Direction] {
        &self.direction
    }

    /// Whether they have no orientation (S13).
    #[must_use]
    pub fn symmetric(&self) -> &[bool] {
        &self.symmetric
    }

    /// What they follow from.
    #[must_use]
    pub fn bases(&self) -> &[Basis] {
        &self.basis
    }

    /// The days on which they possibly hold.
    #[must_use]
    pub fn possible(&self) -> &[Span] {
        &self.possible
    }

    /// The days on which the tie of a row holds.
    #[must_use]
    pub fn extent(&self, row: usize) -> Option<Extent> {
        Some(Extent::of_days(*self.possible.get(row)?, *self.days.get(row)?))
    }

    /// The tie of a row.
    pub(super) fn get(&self, row: usize) -> Option<Tie> {
        Some(Tie {
            extent: self.extent(row)?,
            source: *self.source.get(row)?,
            target: *self.target.get(row)?,
            direction: *self.direction.get(row)?,
            symmetric: *self.symmetric.get(row)?,
            inferred: *self.inferred.get(row)?,
            from: *self.from.get(row)?,
            to: *self.to.get(row)?,
            basis: *self.basis.get(row)?,
            roles: *self.roles.get(row)?,
        })
    }

    /// All ties in order.
    pub(super) fn iter(&self) -> Rows<'_> {
        Rows { columns: self, next: 0 }
    }
}

/// The ties of columns, row by row.
pub(super) struct Rows<'c> {
    columns: &'c TieColumns,
    next: usize,
}

impl Iterator for Rows<'_> {
    /// The row, from 0, and its tie.
    type Item = (u32, Tie);

    fn next(&mut self) -> Option<(u32, Tie)> {
        let tie = self.columns.get(self.next)?;
        let row = u32::try_from(self.next).ok()?;
        self.next += 1;
        Some((row, tie))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.columns.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Rows<'_> {}
