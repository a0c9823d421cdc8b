//! Density.

use crate::analysis::cohesion::components::components;
use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::tables::{STATE, state};
use crate::analysis::undefined::{AnalysisError, Measured, Undefined, ratio};
use crate::analysis::{Cell, Column, Family, Measure, options};
use crate::network::Network;

/// Density: the share of possible ties that exist.
///
/// `m / (n (n - 1))` for a directed network, `2 m / (n (n - 1))` for an undirected one. Range [0, 1]; loops
/// do not count. [`Undefined::EmptyGraph`] without nodes, [`Undefined::TooFewNodes`] with one. Source:
/// Wasserman and Faust 1994, sections 4.2 and 4.3. O(n log d).
///
/// # Examples
/// ```
/// use intergov::analysis::{Undefined, density};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let undirected = |n, ties: &[(u32, u32, f64)]| Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(n), ties, ParallelRule::Any, LoopRule::Drop);
/// assert_eq!(density(&undirected(4, &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)])?), Ok(0.5));
/// assert_eq!(density(&undirected(1, &[])?), Err(Undefined::TooFewNodes));
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn density(network: &Network) -> Measured {
    let pairs = possible_ties(network)?;
    ratio((network.tie_count() - network.loop_count()) as f64, pairs)
}

/// How many ties without loops there could be.
pub(in crate::analysis) fn possible_ties(network: &Network) -> Measured {
    let nodes = network.node_count() as f64;
    match network.node_count() {
        0 => Err(Undefined::EmptyGraph),
        1 => Err(Undefined::TooFewNodes),
        _ if network.is_directed() => Ok(nodes * (nodes - 1.0)),
        _ => Ok(nodes * (nodes - 1.0) / 2.0),
    }
}

const COLUMNS: [Column; 4] = [
    Column { name: "density", unit: "share of possible ties, 0 to 1" },
    Column { name: "components", unit: "count, isolates included" },
    Column { name: "largest_component", unit: "share of governments, 0 to 1" },
    STATE,
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    let parts = components(asked.network());
    Ok(vec![
        density(asked.network()).into(),
        parts.count().into(),
        parts.largest_share().into(),
        state(asked.network()),
    ])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "density",
    family: Family::Cohesion,
    title: "Density and components",
    question: "how much of the network is there, and does it hang together?",
    formula: "2m / n(n-1), directed m / n(n-1)",
    source: "Wasserman and Faust 1994, chapter 4",
    oracle: "NetworkX density, connected_components",
    cost: "O(n + m log d)",
    options: &options::TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Network(compute),
};
