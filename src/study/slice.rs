//! The network of a selection at one date.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::{Counted, Moment, Study, StudyError};
use crate::graph::NodeIx;
use crate::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};

/// One network at one date, with all that its reader must know of it.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The date.
    pub moment: Moment,
    /// The network.
    pub network: Network,
    /// The government behind each node, as an index of the snapshot that the ties belong to.
    pub governments: Vec<NodeIx>,
    /// Arrangements behind the ties, as indices of the snapshot, by how many of the network's ties each gives, most first.
    pub arrangements: Vec<(NodeIx, usize)>,
    /// The ties behind the network, and what was left out.
    pub counted: Counted,
}

impl Study {
    /// Cuts the network of a moment.
    pub(super) fn cut_slice(&self, moment: Moment) -> Result<Slice, StudyError> {
        let (governments, possible) = self.governments(self.as_of(moment));
        let counted = self.counted_at(&governments, possible, moment)?;
        let network = self.network(&governments, &counted, moment)?;
        let mut behind: BTreeMap<NodeIx, usize> = BTreeMap::new();
        for row in &counted.rows {
            if let Some(arrangement) = counted.ties.attributes().arrangement(*row as usize) {
                *behind.entry(arrangement).or_default() += 1;
            }
        }
        let mut arrangements: Vec<(NodeIx, usize)> = behind.into_iter().collect();
        arrangements.sort_by_key(|(ix, ties)| (Reverse(*ties), *ix));
        Ok(Slice { moment, network, governments, arrangements, counted })
    }

    fn network(
        &self,
        governments: &[NodeIx],
        counted: &Counted,
        moment: Moment,
    ) -> Result<Network, StudyError> {
        let mut place = vec![u32::MAX; self.snapshot().node_bound()];
        for (government, number) in governments.iter().zip(0..) {
            place[government.position()] = number;
        }
        let columns = counted.ties.columns();
        let directed = self.selection().orientation == Orientation::Directed;
        let mut ties: Vec<(u32, u32, f64)> = Vec::with_capacity(counted.rows.len());
        for (at, (row, weight)) in
            counted.rows.iter().map(|row| *row as usize).zip(&counted.weights).enumerate()
        {
            let Some((source, target)) = counted.ends(at) else { continue };
            let (source, target) = (place[source.position()], place[target.position()]);
            ties.push((source, target, *weight));
            if directed && columns.symmetric()[row] {
                ties.push((target, source, *weight));
            }
        }
        let (captions, day) = (self.captions(), moment.day());
        let node = |ix: &NodeIx| NetworkNode {
            code: captions.code(*ix, day),
            label: captions.name(*ix, day).unwrap_or_default(),
        };
        let nodes = governments.iter().map(node).collect();
        Ok(Network::from_ties(self.selection().orientation, nodes, &ties, ParallelRule::Sum, LoopRule::Drop)?)
    }
}
