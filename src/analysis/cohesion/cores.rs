//! Cores: how deep in the network does a node sit?

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::Network;

/// The core number of every node: the largest `k` such that the node is in a part of the network in which each node has
/// at least `k` neighbours.
///
/// From 0, an isolate, to the largest degree. Ties are read both ways, loops and weights are not read. Source: Seidman
/// 1983; algorithm of Batagelj and Zaveršnik 2003. O(n + m), in a directed network O(n + m log d).
///
/// # Examples
/// ```
/// use intergov::analysis::core_numbers;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // A triangle with a pendant.
/// let network = Network::from_ties(Orientation::Undirected, NetworkNode::numbered(4),
///     &[(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0), (2, 3, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(core_numbers(&network), [2, 2, 2, 1]);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn core_numbers(network: &Network) -> Vec<u64> {
    let rows = network.either_way();
    let neighbours = |node: u32| rows.neighbours(node).iter().copied().filter(move |other| *other != node);
    let mut degree: Vec<usize> = network.node_ids().map(|node| neighbours(node).count()).collect();
    // Nodes sorted by degree, each at its `place`, and where the nodes of each degree begin.
    let most = degree.iter().copied().max().unwrap_or(0);
    let mut begin = vec![0; most + 2];
    degree.iter().for_each(|degree| begin[degree + 1] += 1);
    (0..=most).for_each(|degree| begin[degree + 1] += begin[degree]);
    let (mut order, mut place) = (vec![0_u32; degree.len()], vec![0_usize; degree.len()]);
    let mut free = begin.clone();
    for node in network.node_ids() {
        let slot = &mut free[degree[node as usize]];
        place[node as usize] = *slot;
        order[*slot] = node;
        *slot += 1;
    }
    for at in 0..order.len() {
        let node = order[at];
        for other in neighbours(node) {
            let own = degree[other as usize];
            if own <= degree[node as usize] {
                continue;
            }
            // The neighbour loses a tie: it changes places with the first of its degree, and its degree begins later.
            let (first, now) = (begin[own].max(at + 1), place[other as usize]);
            let swapped = order[first];
            order.swap(first, now);
            place[swapped as usize] = now;
            place[other as usize] = first;
            begin[own] = first + 1;
            degree[other as usize] -= 1;
        }
    }
    degree.into_iter().map(|degree| degree as u64).collect()
}

const COLUMNS: [Column; 1] =
    [Column { name: "core", unit: "largest k of a part in which each has k partners at least; count" }];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    Ok(vec![Values::Counts(core_numbers(asked.network()))])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "core",
    family: Family::Cohesion,
    title: "Cores",
    question: "who belongs to the part in which all have many partners?",
    formula: "the largest k of a part in which each has at least k partners",
    source: "Seidman 1983; Batagelj and Zaversnik 2003",
    oracle: "NetworkX core_number",
    cost: "O(n + m log d)",
    options: &options::ROWS_UNWEIGHTED,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
