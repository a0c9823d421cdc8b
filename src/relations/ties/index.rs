//! Where the ties of a government or of an arrangement stand in the table.

use super::table::{Basis, Tie};
use crate::graph::NodeIx;

/// Positions of ties by node, packed.
#[derive(Clone, Debug, Default)]
struct Runs {
    offsets: Vec<u32>,
    positions: Vec<u32>,
}

impl Runs {
    /// Runs of (node, position) pairs that `entries` yields each time it is called.
    fn of<I: Iterator<Item = (NodeIx, u32)>>(entries: impl Fn() -> I) -> Self {
        let bound = entries().map(|(node, _)| node.position() + 1).max().unwrap_or(0);
        let mut offsets = vec![0_u32; bound + 1];
        for (node, _) in entries() {
            offsets[node.position() + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        let mut next = offsets.clone();
        let mut positions = vec![0; offsets.last().map_or(0, |all| *all as usize)];
        for (node, position) in entries() {
            let slot = &mut next[node.position()];
            positions[*slot as usize] = position;
            *slot += 1;
        }
        Self { offsets, positions }
    }

    fn get(&self, node: NodeIx) -> &[u32] {
        let run = self.offsets.get(node.position()..node.position().saturating_add(2));
        let Some(&[from, to]) = run else { return &[] };
        self.positions.get(from as usize..to as usize).unwrap_or(&[])
    }
}

/// Both indexes of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct TieIndex {
    by_government: Runs,
    by_arrangement: Runs,
}

impl TieIndex {
    pub(super) fn of(ties: &[Tie]) -> Self {
        let numbered = || (0_u32..).zip(ties);
        Self {
            by_government: Runs::of(|| numbered().flat_map(|(at, tie)| [(tie.source, at), (tie.target, at)])),
            by_arrangement: Runs::of(|| {
                numbered().filter_map(|(at, tie)| match tie.basis {
                    Basis::Arrangement(node) => Some((node, at)),
                    _ => None,
                })
            }),
        }
    }

    pub(super) fn of_government(&self, government: NodeIx) -> &[u32] {
        self.by_government.get(government)
    }

    pub(super) fn of_arrangement(&self, arrangement: NodeIx) -> &[u32] {
        self.by_arrangement.get(arrangement)
    }
}
