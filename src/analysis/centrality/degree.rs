//! Degree and strength.

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::{AnalysisError, Column, Family, Measure, options};
use crate::network::Network;

/// Which ties of a node count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arcs {
    /// Ties that come in.
    In,
    /// Ties that go out.
    Out,
    /// Both. In an undirected network all three are the same.
    All,
}

/// Degree: the number of ties of every node.
///
/// Unit: ties; 0 for an isolate. A loop counts 2 in an undirected network and, with [`Arcs::All`], in a
/// directed one (once in, once out). Source: Freeman 1979. O(n + m).
///
/// # Examples
/// ```
/// use intergov::analysis::{Arcs, degrees};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties = [(0, 1, 1.0), (0, 2, 1.0), (2, 0, 1.0)];
/// let network = Network::from_ties(
///     Orientation::Directed, NetworkNode::numbered(3), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(degrees(&network, Arcs::Out), [2, 0, 1]);
/// assert_eq!(degrees(&network, Arcs::All), [3, 1, 2]);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn degrees(network: &Network, arcs: Arcs) -> Vec<u64> {
    let count = |neighbours: &[u32]| neighbours.len() as u64;
    network
        .node_ids()
        .map(|node| {
            let (out, into) = (count(network.out_neighbours(node)), count(network.in_neighbours(node)));
            if network.is_directed() {
                pick(arcs, out, into, out + into)
            } else {
                out + u64::from(network.weight(node, node).is_some())
            }
        })
        .collect()
}

/// Strength: the sum of the weights of the ties of every node, also called weighted degree or nodal flow.
///
/// Unit: that of the weights; 0 for an isolate. Loops count as in [`degrees`]. On a network of lengths the
/// sum of lengths has no use, but is what comes out. Source: Barrat, Barthélemy, Pastor-Satorras and
/// Vespignani 2004. O(n + m).
pub fn strengths(network: &Network, arcs: Arcs) -> Vec<f64> {
    let sum = |weights: &[f64]| weights.iter().fold(0.0, |sum, weight| sum + weight);
    network
        .node_ids()
        .map(|node| {
            let (out, into) = (sum(network.out_weights(node)), sum(network.in_weights(node)));
            if network.is_directed() {
                pick(arcs, out, into, out + into)
            } else {
                out + network.weight(node, node).unwrap_or(0.0)
            }
        })
        .collect()
}

fn pick<T>(arcs: Arcs, out: T, into: T, all: T) -> T {
    match arcs {
        Arcs::In => into,
        Arcs::Out => out,
        Arcs::All => all,
    }
}

/// Degrees that do not count loops.
pub(in crate::analysis) fn degrees_without_loops(network: &Network, arcs: Arcs) -> Vec<u64> {
    let mut degrees = degrees(network, arcs);
    for (node, degree) in network.node_ids().zip(&mut degrees) {
        if network.weight(node, node).is_some() {
            let both_ends = !network.is_directed() || arcs == Arcs::All;
            *degree -= if both_ends { 2 } else { 1 };
        }
    }
    degrees
}

/// Strengths that do not count loops.
pub(in crate::analysis) fn strengths_without_loops(network: &Network, arcs: Arcs) -> Vec<f64> {
    let sum = |neighbours: &[u32], weights: &[f64], node: u32| {
        neighbours
            .iter()
            .zip(weights)
            .filter(|(other, _)| **other != node)
            .fold(0.0, |sum, (_, weight)| sum + weight)
    };
    network
        .node_ids()
        .map(|node| {
            let out = sum(network.out_neighbours(node), network.out_weights(node), node);
            let into = sum(network.in_neighbours(node), network.in_weights(node), node);
            if network.is_directed() { pick(arcs, out, into, out + into) } else { out }
        })
        .collect()
}

const COLUMNS: [Column; 2] = [
    Column { name: "strength", unit: "sum of the weights of its ties" },
    Column { name: "degree", unit: "ties; in a directed network those in and those out" },
];

const DIRECTED: [Column; 4] = [
    Column { name: "strength_in", unit: "sum of the weights of the ties that arrive" },
    Column { name: "strength_out", unit: "sum of the weights of the ties that leave" },
    Column { name: "degree_in", unit: "ties that arrive" },
    Column { name: "degree_out", unit: "ties that leave" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let network = asked.network();
    let counts = |arcs| Values::Counts(degrees(network, arcs));
    let sums = |arcs| Values::Numbers(strengths(network, arcs));
    let mut values = vec![sums(Arcs::All), counts(Arcs::All)];
    if network.is_directed() {
        values.extend([sums(Arcs::In), sums(Arcs::Out), counts(Arcs::In), counts(Arcs::Out)]);
    }
    Ok(values)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "degree",
    family: Family::Centrality,
    title: "Strength and degree",
    question: "who has many ties, and strong ones?",
    formula: "k = number of ties, s = sum of their weights",
    source: "Freeman 1979; strength: Barrat et al. 2004",
    oracle: "NetworkX degree, degree(weight)",
    cost: "O(n + m)",
    options: &options::ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &DIRECTED,
    compute: Compute::Nodes(compute),
};
