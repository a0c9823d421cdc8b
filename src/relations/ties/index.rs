//! Where the ties of a government, by direction, or of an arrangement stand in the table.

use super::columns::TieColumns;
use super::tie::Basis;
use crate::graph::NodeIx;
use crate::relations::Direction;

/// Rows of ties by a small number, packed.
#[derive(Clone, Debug, Default)]
struct Runs {
    offsets: Vec<u32>,
    positions: Vec<u32>,
}

impl Runs {
    /// Runs of (key, position) pairs that `entries` yields each time it is called.
    fn of<I: Iterator<Item = (usize, u32)>>(entries: impl Fn() -> I) -> Self {
        let bound = entries().map(|(key, _)| key + 1).max().unwrap_or(0);
        let mut offsets = vec![0_u32; bound + 1];
        for (key, _) in entries() {
            offsets[key + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut positions = vec![0; offsets.last().map_or(0, |all| *all as usize)];
        for (key, position) in entries() {
            let slot = &mut next[key];
            positions[*slot as usize] = position;
            *slot += 1;
        }
        Self { offsets, positions }
    }

    /// The positions of `keys` keys from one on.
    fn get(&self, key: usize, keys: usize) -> &[u32] {
        let at =
            |key: usize| self.offsets.get(key).or(self.offsets.last()).map_or(0, |offset| *offset as usize);
        self.positions.get(at(key)..at(key.saturating_add(keys))).unwrap_or(&[])
    }
}

/// The ties at one end of their governments, by direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Ends(Runs);

impl Ends {
    /// How many directions there are.
    const DIRECTIONS: usize = 4;

    fn at(ends: &[NodeIx], directions: &[Direction]) -> Self {
        let key = |(node, direction): (&NodeIx, &Direction)| {
            node.position() * Self::DIRECTIONS + *direction as usize
        };
        Self(Runs::of(|| ends.iter().zip(directions).map(key).zip(0_u32..)))
    }

    /// The rows of a government.
    pub(super) fn of_government(&self, government: NodeIx) -> &[u32] {
        self.0.get(government.position() * Self::DIRECTIONS, Self::DIRECTIONS)
    }

    /// The rows of a government and direction.
    pub(super) fn of(&self, government: NodeIx, direction: Direction) -> &[u32] {
        self.0.get(government.position() * Self::DIRECTIONS + direction as usize, 1)
    }
}

/// The indexes of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct TieIndex {
    pub(super) outgoing: Ends,
    pub(super) incoming: Ends,
    by_arrangement: Runs,
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
            by_arrangement: Runs::of(|| columns.bases().iter().zip(0..).filter_map(arrangement)),
        }
    }

    pub(super) fn of_arrangement(&self, arrangement: NodeIx) -> &[u32] {
        self.by_arrangement.get(arrangement.position(), 1)
    }
}
