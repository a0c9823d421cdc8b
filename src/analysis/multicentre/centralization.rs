//! Freeman centralization: how far a network is from a star.

use crate::analysis::centrality::betweenness::betweenness;
use crate::analysis::centrality::closeness::{Closeness, closeness, closeness_of};
use crate::analysis::centrality::degree::{Arcs, degrees_without_loops};
use crate::analysis::facts::Facts;
use crate::analysis::frame::Asked;
use crate::analysis::measure::Compute;
use crate::analysis::paths::Distance;
use crate::analysis::tables::{STATE, state};
use crate::analysis::undefined::{AnalysisError, Normalisation, Undefined, ratio};
use crate::analysis::unless_saturated;
use crate::analysis::{Cell, Column, Family, Measure, options};
use crate::network::Network;

/// What is centralised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Centrality {
    /// Degree without loops.
    Degree(Arcs),
    /// Betweenness over steps.
    Betweenness,
    /// Classic closeness over steps; undirected networks only.
    Closeness,
}

/// Centralization: `Σ (c_max - c_i)` over its value in a star of as many nodes.
///
/// Range [0, 1]: 1 for a star, 0 if all nodes are alike. The divisor is, for an undirected network,
/// `(n-1)(n-2)` for degree, `(n-1)²(n-2)/2` for raw betweenness and `(n-1)(n-2)/(2n-3)` for closeness. For a
/// directed one it is `(n-1)²` for in- and out-degree (a star of one-way ties), `2(n-1)(n-2)` for both
/// together and `(n-1)²(n-2)` for betweenness (a star of two-way ties). Weights are not read.
///
/// A network in which nearly all pairs are tied has a low value that means nothing: see
/// [`unless_saturated`](crate::analysis::unless_saturated). Source: Freeman 1979. Time: that of the centrality.
///
/// # Errors
/// [`Undefined::TooFewNodes`] below 3 nodes; for closeness, [`Undefined::Unreachable`] if the network is not
/// connected and [`AnalysisError::UndirectedOnly`] if it is directed.
///
/// # Examples
/// ```
/// use intergov::analysis::{Arcs, Centrality, centralization};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(centralization(&star, Centrality::Degree(Arcs::All)), Ok(1.0));
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn centralization(network: &Network, centrality: Centrality) -> Result<f64, AnalysisError> {
    centralization_knowing(network, centrality, None)
}

/// As [`centralization`], with what is known of the network already.
pub(in crate::analysis) fn centralization_knowing(
    network: &Network,
    centrality: Centrality,
    known: Option<&Facts>,
) -> Result<f64, AnalysisError> {
    if network.node_count() == 0 {
        return Err(Undefined::EmptyGraph.into());
    }
    if network.node_count() < 3 {
        return Err(Undefined::TooFewNodes.into());
    }
    let n = network.node_count() as f64;
    let (scores, most) = match centrality {
        Centrality::Degree(arcs) => {
            let scores =
                degrees_without_loops(network, arcs).into_iter().map(|degree| degree as f64).collect();
            let most = match (network.is_directed(), arcs) {
                (false, _) => (n - 1.0) * (n - 2.0),
                (true, Arcs::In | Arcs::Out) => (n - 1.0) * (n - 1.0),
                (true, Arcs::All) => 2.0 * (n - 1.0) * (n - 2.0),
            };
            (scores, most)
        }
        Centrality::Betweenness => {
            let scores = match known {
                Some(facts) => facts.betweenness(network)?.to_vec(),
                None => betweenness(network, Distance::Steps, Normalisation::Raw)?,
            };
            let most = (n - 1.0) * (n - 1.0) * (n - 2.0);
            (scores, if network.is_directed() { most } else { most / 2.0 })
        }
        Centrality::Closeness => {
            (classic_closeness(network, known)?, (n - 1.0) * (n - 2.0) / (2.0 * n - 3.0))
        }
    };
    let highest = scores.iter().copied().fold(0.0, f64::max);
    Ok(ratio(scores.iter().map(|score| highest - score).sum(), most)?)
}

fn classic_closeness(network: &Network, known: Option<&Facts>) -> Result<Vec<f64>, AnalysisError> {
    if network.is_directed() {
        return Err(AnalysisError::UndirectedOnly { measure: "closeness centralization" });
    }
    let scores = match known {
        Some(facts) => closeness_of(network, Closeness::Classic, facts.reaches(network, Arcs::All)?),
        None => closeness(network, Closeness::Classic, Arcs::All, Distance::Steps)?,
    };
    let connected: Result<Vec<f64>, Undefined> = scores.into_iter().collect();
    connected.map_err(|_reason| Undefined::Unreachable.into())
}

const COLUMNS: [Column; 4] = [
    Column { name: "degree_centralization", unit: "Freeman, 0 to 1" },
    Column { name: "betweenness_centralization", unit: "Freeman, 0 to 1" },
    Column { name: "closeness_centralization", unit: "Freeman, 0 to 1, connected networks only" },
    STATE,
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Cell>, AnalysisError> {
    let shape = |centrality| {
        let measure = |network: &Network| centralization_knowing(network, centrality, Some(asked.facts));
        unless_saturated(asked.network(), measure).into()
    };
    Ok(vec![
        shape(Centrality::Degree(Arcs::All)),
        shape(Centrality::Betweenness),
        shape(Centrality::Closeness),
        state(asked.network()),
    ])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "centralization",
    family: Family::Multicentre,
    title: "Freeman centralization",
    question: "is the network built around one government?",
    formula: "sum (c_max - c_i) over its value in a star",
    source: "Freeman 1979",
    oracle: "R sna centralization",
    cost: "O(n m)",
    options: &options::TIES,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Network(compute),
};
