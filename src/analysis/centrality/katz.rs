//! Katz centrality.

use super::eigenvector::received;
use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{AnalysisError, Undefined, require_strengths};
use crate::analysis::{Column, Family, Measure, Parameter, options};
use crate::network::Network;

/// An estimate of what is missing to the solution, as a share of it, at which the sum ends.
const NEAR: f64 = 1e-14;

/// Steps after which the sum is given up.
const STEPS: usize = 20_000;

const ALPHA: Parameter = Parameter {
    name: "alpha",
    meaning: "what a step more weakens a walk by; below 1 / λ, λ the largest eigenvalue of the weights",
    default: 0.1,
    least: 0.0,
    most: 1.0,
};

/// Katz centrality: every walk that arrives counts, a step more by the factor `alpha` less.
///
/// `x = α W' x + 1`, scaled to the Euclidean length 1, so the range is (0, 1]. Unlike the eigenvector it exists on
/// networks that are not connected, and an isolate has a score. Loops count. Source: Katz 1953, Psychometrika 18, 39–43.
/// O((n + m) · steps).
///
/// # Errors
/// [`Undefined::EmptyGraph`]; [`Undefined::NotConverged`] if `alpha` is not below 1 / λ, so that the walks outgrow their
/// weakening; [`AnalysisError::BadOption`] outside 0 to 1; [`AnalysisError::NotStrengths`] on a network of lengths.
///
/// # Examples
/// ```
/// use intergov::analysis::katz;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // One arrow: 1 for its start, 1 + 1/2 for its end.
/// let arrow = Network::from_ties(
///     Orientation::Directed, NetworkNode::numbered(2), &[(0, 1, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// let scores = katz(&arrow, 0.5)?;
/// assert!((scores[1] / scores[0] - 1.5).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn katz(network: &Network, alpha: f64) -> Result<Vec<f64>, AnalysisError> {
    require_strengths(network)?;
    if !(ALPHA.least..=ALPHA.most).contains(&alpha) {
        return Err(AnalysisError::BadOption {
            option: "alpha",
            value: alpha,
            expected: "a number from 0 to 1",
        });
    }
    if network.node_count() == 0 {
        return Err(Undefined::EmptyGraph.into());
    }
    // What walks of each length add: all terms are positive, so the sum only grows.
    let mut added = vec![1.0; network.node_count()];
    let mut scores = added.clone();
    let mut before = f64::INFINITY;
    for _ in 0..STEPS {
        added = received(network, &added);
        added.iter_mut().for_each(|walks| *walks *= alpha);
        scores.iter_mut().zip(&added).for_each(|(score, walks)| *score += walks);
        let (largest, all) = (greatest(&added), greatest(&scores));
        if !all.is_finite() {
            break;
        }
        // Terms fall by a steady share in the end, so that what is still to come is their geometric sum.
        let share = largest / before;
        let is_small = |rest: f64| rest < NEAR * all;
        if largest == 0.0 || (share < 1.0 && is_small(largest) && is_small(largest * share / (1.0 - share))) {
            let length = scores.iter().map(|score| (score / all).powi(2)).sum::<f64>().sqrt() * all;
            scores.iter_mut().for_each(|score| *score /= length);
            return Ok(scores);
        }
        before = largest;
    }
    Err(Undefined::NotConverged.into())
}

fn greatest(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}

const COLUMNS: [Column; 1] = [Column {
    name: "katz",
    unit: "walks that arrive, weakened by length, by weight; Euclidean length 1, 0 to 1",
}];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    Ok(vec![Values::of_all(katz(asked.network(), asked.number(&ALPHA)), asked.network())?])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "katz",
    family: Family::Centrality,
    title: "Katz centrality",
    question: "who is reached by many walks, near ones before far ones?",
    formula: "x = α W' x + 1, Euclidean length 1",
    source: "Katz 1953",
    oracle: "NetworkX katz_centrality_numpy",
    cost: "O((n + m) steps)",
    options: &options::ROWS_TOLD,
    parameters: &[ALPHA],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
