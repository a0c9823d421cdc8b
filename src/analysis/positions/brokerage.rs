//! Brokerage between groups after Gould and Fernandez.

use crate::analysis::division::{group_count, group_of};
use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{Measured, Undefined, finite};
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::Network;
use crate::workers;

/// A number for each of the five roles of a broker, and for all together.
///
/// A broker `v` stands on a two-path `a → v → c` if `a` and `c` are two nodes and no tie goes from `a` to `c`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Roles<T> {
    /// All three in one group.
    pub coordinator: T,
    /// The ends in one group, the broker in another: the itinerant or consultant.
    pub itinerant: T,
    /// From another group into the broker's own.
    pub gatekeeper: T,
    /// From the broker's own group to another.
    pub representative: T,
    /// Three groups.
    pub liaison: T,
    /// All roles together.
    pub total: T,
}

impl<T> Roles<T> {
    fn from_array([coordinator, itinerant, gatekeeper, representative, liaison, total]: [T; 6]) -> Self {
        Self { coordinator, itinerant, gatekeeper, representative, liaison, total }
    }

    fn into_array(self) -> [T; 6] {
        [self.coordinator, self.itinerant, self.gatekeeper, self.representative, self.liaison, self.total]
    }
}

/// The brokerage of one node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Brokerage {
    /// Two-paths that it brokers, by role.
    pub counts: Roles<u64>,
    /// What would be expected if ties were drawn with the probability of the density, each by itself.
    pub expected: Roles<f64>,
    /// `(count - expected) / standard deviation` under the same model; [`Undefined::ZeroVariance`] for a role that
    /// cannot be taken, such as coordinator in a group of two.
    pub z: Roles<Measured>,
}

/// Brokerage of every node by a grouping; `None` for a node whose group is not known.
///
/// In an undirected network each two-path counts in both orders, as in UCINET and the R package sna. Loops are not
/// read. Nodes without a group, and their ties, are left out of everything. Counts from 0; z without bound.
///
/// Source: Gould and Fernandez 1989, Sociological Methodology 19, 89–126. Expectation and variance are those of
/// Bernoulli ties with the density `d`: a two-path is brokered with `p = d² (1 - d)`, and two of them that share an
/// end have the covariance `d³ (1 - d)³`. Time O(Σ in-degree · out-degree · log degree), on all threads of the library.
///
/// # Errors
/// [`Undefined::TooFewNodes`] below 3 nodes with a group.
///
/// # Panics
/// Never: a list of groups that is shorter than the nodes leaves the others without a group.
///
/// # Examples
/// ```
/// use intergov::analysis::brokerage;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // 0 → 1 → 2, where 1 and 2 are in one group: 1 is its gatekeeper.
/// let network = Network::from_ties(Orientation::Directed, NetworkNode::numbered(3),
///     &[(0, 1, 1.0), (1, 2, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let found = brokerage(&network, &[Some(0), Some(1), Some(1)])?;
/// assert_eq!(found[1].unwrap().counts.gatekeeper, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn brokerage(network: &Network, groups: &[Option<u32>]) -> Result<Vec<Option<Brokerage>>, Undefined> {
    let group = |node: u32| group_of(groups, node);
    let counts: Vec<Option<Roles<u64>>> = workers::map_with(
        0..network.node_count(),
        || (),
        |(), node| {
            let node = node as u32;
            group(node).map(|own| counts_of(network, node, own, &group))
        },
    );
    let chance = Chance::of(network, groups)?;
    let of = |(node, counts): (u32, Option<Roles<u64>>)| {
        let (own, counts) = (group(node)?, counts?);
        let (expected, variance) = chance.of_broker(own);
        let mut z = [Err(Undefined::ZeroVariance); 6];
        let all = counts.into_array().into_iter().zip(expected).zip(variance);
        for (z, ((count, expected), variance)) in z.iter_mut().zip(all) {
            if variance > 0.0 {
                *z = finite((count as f64 - expected) / variance.sqrt());
            }
        }
        Some(Brokerage { counts, expected: Roles::from_array(expected), z: Roles::from_array(z) })
    };
    Ok(network.node_ids().zip(counts).map(of).collect())
}

/// The two-paths that a node brokers.
fn counts_of(network: &Network, broker: u32, own: u32, group: &impl Fn(u32) -> Option<u32>) -> Roles<u64> {
    let mut counts = Roles::default();
    each_two_path(network, broker, |from, to| {
        let (Some(before), Some(after)) = (group(from), group(to)) else { return };
        *match (before == own, after == own) {
            (true, true) => &mut counts.coordinator,
            (false, true) => &mut counts.gatekeeper,
            (true, false) => &mut counts.representative,
            (false, false) if before == after => &mut counts.itinerant,
            (false, false) => &mut counts.liaison,
        } += 1;
        counts.total += 1;
    });
    counts
}

/// Calls `visit` with the ends of each two-path that a node brokers, each order once.
pub(in crate::analysis) fn each_two_path(network: &Network, broker: u32, mut visit: impl FnMut(u32, u32)) {
    for from in network.in_neighbours(broker).iter().copied().filter(|from| *from != broker) {
        let mut tied = network.out_neighbours(from);
        for to in network.out_neighbours(broker).iter().copied() {
            // Both lists rise, so what lies before `to` is not needed again.
            tied = tied.get(tied.partition_point(|other| *other < to)..).unwrap_or_default();
            if to != broker && to != from && tied.first() != Some(&to) {
                visit(from, to);
            }
        }
    }
}

/// What is expected where each tie is drawn by itself.
pub(in crate::analysis) struct Chance {
    density: f64,
    sizes: Vec<f64>,
    nodes: f64,
}

impl Chance {
    /// Of the nodes that have a group, and the ties among them.
    pub(in crate::analysis) fn of(network: &Network, groups: &[Option<u32>]) -> Result<Self, Undefined> {
        let group = |node: u32| group_of(groups, node);
        let mut sizes = vec![0.0; group_count(groups.iter().flatten())];
        for own in network.node_ids().filter_map(group) {
            sizes[own as usize] += 1.0;
        }
        let nodes: f64 = sizes.iter().sum();
        if nodes < 3.0 {
            return Err(Undefined::TooFewNodes);
        }
        let counts =
            |(from, to, _): &(u32, u32, f64)| from != to && group(*from).is_some() && group(*to).is_some();
        let ties = network.ties().filter(counts).count() as f64;
        let arcs = if network.is_directed() { ties } else { 2.0 * ties };
        Ok(Self { density: arcs / (nodes * (nodes - 1.0)), sizes, nodes })
    }

    /// The chance that a two-path between two given nodes over a third is there and is brokered.
    pub(in crate::analysis) fn of_two_path(&self) -> f64 {
        self.density * self.density * (1.0 - self.density)
    }

    /// How many nodes a group has.
    pub(in crate::analysis) fn size(&self, group: u32) -> f64 {
        self.sizes.get(group as usize).copied().unwrap_or(0.0)
    }

    /// Expectation and variance of each role of a broker in a group.
    fn of_broker(&self, own: u32) -> ([f64; 6], [f64; 6]) {
        let (n, own) = (self.nodes, self.size(own));
        let rest = n - own;
        let others =
            |sum: &dyn Fn(f64) -> f64| self.sizes.iter().map(|size| sum(*size)).sum::<f64>() - sum(own);
        // Ordered pairs of ends, and ordered pairs of such pairs that share an end.
        let pairs = [
            (own - 1.0) * (own - 2.0),
            others(&|size| size * (size - 1.0)),
            rest * (own - 1.0),
            rest * (own - 1.0),
            others(&|size| size * (rest - size)),
            (n - 1.0) * (n - 2.0),
        ];
        // The broker's own group is not an end of a liaison.
        let liaison = |size: f64| size * (rest - size) * (rest - size - 1.0);
        let across = rest * (own - 1.0) * (own - 2.0) + (own - 1.0) * rest * (rest - 1.0);
        let sharing = [
            2.0 * (own - 1.0) * (own - 2.0) * (own - 3.0),
            2.0 * others(&|size| size * (size - 1.0) * (size - 2.0)),
            across,
            across,
            2.0 * others(&liaison),
            2.0 * (n - 1.0) * (n - 2.0) * (n - 3.0),
        ];
        let (p, shared) = (self.of_two_path(), (self.density * (1.0 - self.density)).powi(3));
        let expected = pairs.map(|pairs| p * pairs);
        let mut variance = [0.0; 6];
        for (variance, (expected, sharing)) in variance.iter_mut().zip(expected.into_iter().zip(sharing)) {
            *variance = expected * (1.0 - p) + sharing * shared;
        }
        (expected, variance)
    }
}

const COLUMNS: [Column; 13] = [
    Column { name: "brokerage", unit: "two-paths between others without a tie, in both orders; count" },
    Column { name: "coordinator", unit: "same, all three in one group; count" },
    Column { name: "itinerant", unit: "same, the ends in one group, the broker in another; count" },
    Column { name: "gatekeeper", unit: "same, from another group into its own; count" },
    Column { name: "representative", unit: "same, from its own group to another; count" },
    Column { name: "liaison", unit: "same, three groups; count" },
    Column { name: "brokerage_expected", unit: "if ties were drawn by the density" },
    Column { name: "brokerage_z", unit: "standard deviations above what is expected" },
    Column { name: "coordinator_z", unit: "same for the role" },
    Column { name: "itinerant_z", unit: "same for the role" },
    Column { name: "gatekeeper_z", unit: "same for the role" },
    Column { name: "representative_z", unit: "same for the role" },
    Column { name: "liaison_z", unit: "same for the role" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let found = brokerage(asked.network(), &asked.grouping().of)?;
    let column = |of: &dyn Fn(&Brokerage) -> Measured| {
        Values::Measured(found.iter().map(|own| own.as_ref().map_or(Err(Undefined::NoGroup), of)).collect())
    };
    let counts = |at: usize| {
        let cell = |own: &Option<Brokerage>| {
            match own {
                Some(own) => own.counts.into_array().get(at).copied().unwrap_or(0) as usize,
                None => return Undefined::NoGroup.into(),
            }
            .into()
        };
        Values::Cells(found.iter().map(cell).collect())
    };
    let z = |at: usize| {
        column(&|own: &Brokerage| own.z.into_array().get(at).copied().unwrap_or(Err(Undefined::ZeroVariance)))
    };
    let mut values: Vec<Values> = [5, 0, 1, 2, 3, 4].map(counts).into();
    values.push(column(&|own: &Brokerage| Ok(own.expected.total)));
    values.extend([5, 0, 1, 2, 3, 4].map(z));
    Ok(values)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "brokerage",
    family: Family::Positions,
    title: "Brokerage between groups",
    question: "who stands between governments that have no tie, in which role between the groups?",
    formula: "two-paths a to v to c without a tie a to c, by the groups of a, v and c; z against ties drawn by the density",
    source: "Gould and Fernandez 1989",
    oracle: "R sna brokerage",
    cost: "O(sum of in-degree times out-degree)",
    options: &options::GROUPED,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
