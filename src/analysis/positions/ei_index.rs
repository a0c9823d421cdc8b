//! The E–I index: ties out of a group against ties within it.

use crate::analysis::division::{group_count, group_of};
use crate::analysis::frame::{Asked, Groups, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{Measured, Undefined, ratio};
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::Network;

/// Tied pairs of a group, or of all governments.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EiIndex {
    /// Pairs whose ends are in two groups.
    pub external: u64,
    /// Pairs whose ends are in one group.
    pub internal: u64,
    /// `(E - I) / (E + I)`, -1 to 1: -1 if all ties stay within. [`Undefined::ZeroDenominator`] without ties,
    /// [`Undefined::SingleGroup`] if there is only one group.
    pub index: Measured,
    /// The index that ties drawn without regard to groups would have; seldom 0, as groups differ in size.
    pub expected: Measured,
}

/// The E–I index of all ties, and of the ties of each group.
///
/// A pair that is tied counts once, whichever way; weights and loops are not read. A tie between two groups counts for
/// each of them. Nodes without a group, and their ties, are left out. Source: Krackhardt and Stern 1988, Social
/// Psychology Quarterly 51, 123–140. O(n + m).
///
/// # Examples
/// ```
/// use intergov::analysis::ei_index;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let network = Network::from_ties(Orientation::Undirected, NetworkNode::numbered(4),
///     &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let (all, _) = ei_index(&network, &[Some(0), Some(0), Some(1), Some(1)]);
/// assert_eq!((all.external, all.internal), (1, 2));
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn ei_index(network: &Network, groups: &[Option<u32>]) -> (EiIndex, Vec<EiIndex>) {
    let group = |node: u32| group_of(groups, node);
    let mut sizes = vec![0_u64; group_count(groups.iter().flatten())];
    for own in network.node_ids().filter_map(group) {
        sizes[own as usize] += 1;
    }
    let (mut external, mut internal) = (vec![0_u64; sizes.len()], vec![0_u64; sizes.len()]);
    for (from, to, _) in network.ties() {
        let is_again = network.is_directed() && to < from && network.weight(to, from).is_some();
        let (Some(one), Some(other)) = (group(from), group(to)) else { continue };
        if from == to || is_again {
            continue;
        }
        if one == other {
            internal[one as usize] += 1;
        } else {
            external[one as usize] += 1;
            external[other as usize] += 1;
        }
    }
    let nodes: u64 = sizes.iter().sum();
    let is_single = sizes.iter().filter(|size| **size > 0).count() < 2;
    let index = |external: u64, internal: u64, possible: (f64, f64)| {
        let share = |external: f64, internal: f64| match is_single {
            true => Err(Undefined::SingleGroup),
            false => ratio(external - internal, external + internal),
        };
        EiIndex {
            external,
            internal,
            index: share(external as f64, internal as f64),
            expected: share(possible.0, possible.1),
        }
    };
    let pairs = |size: u64| (size * size.saturating_sub(1)) as f64 / 2.0;
    let within: f64 = sizes.iter().map(|size| pairs(*size)).sum();
    let all = index(external.iter().sum::<u64>() / 2, internal.iter().sum(), (pairs(nodes) - within, within));
    let of_group = |at: usize| {
        let possible = ((sizes[at] * (nodes - sizes[at])) as f64, pairs(sizes[at]));
        index(external[at], internal[at], possible)
    };
    (all, (0..sizes.len()).map(of_group).collect())
}

const COLUMNS: [Column; 4] = [
    Column { name: "ei_index", unit: "ties out less ties within, by both, -1 to 1" },
    Column { name: "ei_expected", unit: "the same if ties did not regard groups" },
    Column { name: "external", unit: "tied pairs out of the group; count" },
    Column { name: "internal", unit: "tied pairs within the group; count" },
];

fn compute(asked: &Asked<'_>) -> Result<Groups, AnalysisError> {
    let grouping = asked.grouping();
    let (all, of_groups) = ei_index(asked.network(), &grouping.of);
    let rows: Vec<EiIndex> = std::iter::once(all).chain(of_groups).collect();
    let numbers = |of: fn(&EiIndex) -> Measured| Values::Measured(rows.iter().map(of).collect());
    let counts = |of: fn(&EiIndex) -> u64| Values::Counts(rows.iter().map(of).collect());
    Ok(Groups {
        names: Groups::after_all(grouping.names),
        values: vec![
            numbers(|row| row.index),
            numbers(|row| row.expected),
            counts(|row| row.external),
            counts(|row| row.internal),
        ],
    })
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "ei-index",
    family: Family::Positions,
    title: "Ties out of groups against ties within",
    question: "do the governments of a province look outward or inward?",
    formula: "(E - I) / (E + I), E the tied pairs between groups, I those within",
    source: "Krackhardt and Stern 1988",
    oracle: "counted by NetworkX over the published split of the karate club",
    cost: "O(n + m)",
    options: &options::GROUPED_ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Groups(compute),
};
