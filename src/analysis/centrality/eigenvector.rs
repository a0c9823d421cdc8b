//! Eigenvector centrality.

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{AnalysisError, Undefined, require_strengths};
use crate::analysis::{Column, Family, Measure, options, strong_components};
use crate::network::Network;

/// An estimate of what is missing to the solution, at which the iteration ends.
const NEAR: f64 = 1e-12;

/// Steps after which the iteration is given up.
const STEPS: usize = 20_000;

/// Eigenvector centrality: each score is in proportion to the sum of the scores of those whose ties arrive, by weight.
///
/// `λ x_i = Σ_j w_ji x_j` with the largest `λ`; Euclidean length 1, so the range is (0, 1]. It is unique only if every
/// node reaches every other along the ties. Loops count. Source: Bonacich 1972. Power iteration on the weights plus a
/// shift, so that it ends on bipartite networks too; O((n + m) · steps).
///
/// # Errors
/// [`Undefined::EmptyGraph`]; [`Undefined::Unreachable`] if the network is not connected, or strongly connected where
/// it is directed; [`Undefined::NotConverged`] after 20,000 steps; [`AnalysisError::NotStrengths`] on a network of
/// lengths.
///
/// # Examples
/// ```
/// use intergov::analysis::eigenvector;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert!((eigenvector(&star)?[0] - 0.5_f64.sqrt()).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn eigenvector(network: &Network) -> Result<Vec<f64>, AnalysisError> {
    require_strengths(network)?;
    match strong_components(network).count() {
        0 => return Err(Undefined::EmptyGraph.into()),
        1 => {}
        _ => return Err(Undefined::Unreachable.into()),
    }
    let nodes = network.node_count();
    let mut scores = vec![(nodes as f64).sqrt().recip(); nodes];
    let mut before = f64::INFINITY;
    for _ in 0..STEPS {
        let received = received(network, &scores);
        let root = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>().sqrt();
        // Half of the present estimate of λ keeps -λ, which a bipartite network has, from swinging.
        let shift = root(&received) / 2.0;
        let mut next: Vec<f64> =
            received.iter().zip(&scores).map(|(arrived, own)| arrived + shift * own).collect();
        let length = root(&next);
        if length == 0.0 {
            // A single node without a loop.
            return Ok(scores);
        }
        next.iter_mut().for_each(|score| *score /= length);
        let moved = next.iter().zip(&scores).map(|(next, own)| (next - own).abs()).fold(0.0, f64::max);
        scores = next;
        // Changes fall by a steady share in the end, so that what is still to come is their geometric sum.
        let share = moved / before;
        if moved == 0.0 || (share < 1.0 && moved * share / (1.0 - share) < NEAR && moved < NEAR) {
            return Ok(scores);
        }
        before = moved;
    }
    Err(Undefined::NotConverged.into())
}

/// What arrives at each node.
pub(super) fn received(network: &Network, scores: &[f64]) -> Vec<f64> {
    let of = |node: u32| {
        let arcs = network.in_neighbours(node).iter().zip(network.in_weights(node));
        arcs.map(|(from, weight)| weight * scores[*from as usize]).sum()
    };
    network.node_ids().map(of).collect()
}

const COLUMNS: [Column; 1] =
    [Column { name: "eigenvector", unit: "by weight, Euclidean length 1, 0 to 1; connected networks only" }];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    Ok(vec![Values::of_all(eigenvector(asked.network()), asked.network())?])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "eigenvector",
    family: Family::Centrality,
    title: "Eigenvector centrality",
    question: "who is tied to those that are central themselves?",
    formula: "λ x = W' x with the largest λ",
    source: "Bonacich 1972",
    oracle: "NetworkX eigenvector_centrality_numpy",
    cost: "O((n + m) steps)",
    options: &options::ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
