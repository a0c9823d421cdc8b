//! Where the ties of a government, by direction, or of an arrangement stand in the table.

use super::columns::TieColumns;
use super::tie::Basis;
use crate::graph::NodeIx;
use crate::relations::Direction;
use crate::value::Jagged;

/// Rows of ties by a small number.
fn rows_by(entries: impl Iterator<Item = (usize, u32)> + Clone) -> Jagged<u32> {
    let bound = entries.clone().map(|(key, _)| key + 1).max().unwrap_or(0);
    Jagged::by_number(bound, entries)
}

/// The ties at one end of their governments, by direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(Jagged<u32>);

impl Ends {
    /// How many directions there are.
    const DIRECTIONS: usize = 4;

    fn at(ends: &[NodeIx], directions: &[Direction]) -> Self {
        let key = |(node, direction): (&NodeIx, &Direction)| {
            node.position() * Self::DIRECTIONS + *direction as usize
        };
        Self(rows_by(ends.iter().zip(directions).map(key).zip(0_u32..)))
    }

    /// The rows of a government.
    pub(super) fn of_government(&self, government: NodeIx) -> &[u32] {
        let first = government.position() * Self::DIRECTIONS;
        self.0.of_range(first..first + Self::DIRECTIONS)
    }

    /// The rows of a government and direction.
    pub(super) fn of(&self, government: NodeIx, direction: Direction) -> &[u32] {
        self.0.of(government.position() * Self::DIRECTIONS + direction as usize)
    }
}

/// The indexes of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct TieIndex {
    pub(super) outgoing: Ends,
    pub(super) incoming: Ends,
    by_arrangement: Jagged<u32>,
}

impl TieIndex {
    pub(super) fn of(columns: &TieColumns) -> Self {
        let arrangement = |(basis, row): (&Basis, u32)| match basis {
            Basis::Arrangement(node) => Some((node.position(), row)),
            _ => None,
        };
        Self {
            outgoing: Ends::at(columns.sources(), columns.directions()),
            incoming: Ends::at(columns.targets(), columns.directions()),
            by_arrangement: rows_by(columns.bases().iter().zip(0..).filter_map(arrangement)),
        }
    }

    pub(super) fn of_arrangement(&self, arrangement: NodeIx) -> &[u32] {
        self.by_arrangement.of(arrangement.position())
    }
}
