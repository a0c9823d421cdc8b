//! When which government takes part in which arrangement.

use crate::graph::{NodeIx, Snapshot};
use crate::relations::vocabulary::label;
use crate::value::{AsOf, Extent, Jagged};

use super::party::parties;

/// The rows by which governments cooperate in arrangements, with the days of each: what a weight counts (S26, S32).
#[derive(Clone, Debug, Default)]
pub struct Attendance {
    /// A list for each node, by government; empty for what is not an arrangement.
    rows: Jagged<(NodeIx, Extent)>,
}

impl Attendance {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let mut rows = Jagged::default();
        for at in 0..snapshot.node_bound() {
            let node =
                snapshot.node_at(NodeIx::from_position(at)).filter(|node| node.has_label(label::ARRANGEMENT));
            let mut own: Vec<(NodeIx, Extent)> = node
                .map(parties)
                .unwrap_or_default()
                .into_iter()
                .filter(|party| party.role.cooperates())
                .map(|party| (party.government, party.extent()))
                .collect();
            own.sort_by_key(|(government, _)| *government);
            rows.push(own);
        }
        Self { rows }
    }

    /// The governments that cooperate in an arrangement, each once, by index.
    pub fn parties(&self, arrangement: NodeIx, as_of: AsOf) -> impl Iterator<Item = NodeIx> {
        let rows = self.rows.of(arrangement.position());
        let held =
            rows.iter().filter(move |(_, extent)| as_of.includes(*extent)).map(|(government, _)| *government);
        let mut before = None;
        held.filter(move |government| before.replace(*government) != Some(*government))
    }
}
