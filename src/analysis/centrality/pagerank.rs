//! PageRank.

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::undefined::{AnalysisError, Undefined, require_strengths};
use crate::analysis::{Column, Family, Measure, Parameter, options};
use crate::network::Network;

/// What is left of the start vector when the iteration ends; the result is as near to the solution.
const REMAINDER: f64 = 1e-14;

/// PageRank: how often a walk along the ties, in proportion to their weights, comes by each node.
///
/// `x = d (P x + (what nodes without a way out hold) / n) + (1 - d) / n`; with the chance `1 - d` the walk starts
/// again at any node. Range (0, 1]; the scores sum to 1. An undirected tie leads both ways. An isolate has its share of
/// the starts.
///
/// Source: Brin and Page 1998. Power iteration, O((n + m) ln ε / ln d) with ε = 10⁻¹⁴, which bounds the error.
///
/// # Errors
/// [`Undefined::EmptyGraph`]; [`AnalysisError::NotStrengths`] on a network of lengths; [`AnalysisError::BadOption`] for
/// a damping outside [0, 0.999].
///
/// # Examples
/// ```
/// use intergov::analysis::pagerank;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let cycle = Network::from_ties(Orientation::Directed, NetworkNode::numbered(4),
///     &[(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0), (3, 0, 1.0)], ParallelRule::Any, LoopRule::Drop)?;
/// assert!(pagerank(&cycle, 0.85)?.iter().all(|score| (score - 0.25).abs() < 1e-12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn pagerank(network: &Network, damping: f64) -> Result<Vec<f64>, AnalysisError> {
    require_strengths(network)?;
    if !(DAMPING.least..=DAMPING.most).contains(&damping) {
        let expected = "a number from 0 to 0.999";
        return Err(AnalysisError::BadOption { option: "damping", value: damping, expected });
    }
    if network.node_count() == 0 {
        return Err(Undefined::EmptyGraph.into());
    }
    let nodes = network.node_count() as f64;
    let out: Vec<f64> = network.node_ids().map(|node| network.out_weights(node).iter().sum()).collect();
    let mut scores = vec![nodes.recip(); network.node_count()];
    // Each step takes at most the share `damping` of the error into the next.
    let steps = if damping > 0.0 { (REMAINDER.ln() / damping.ln()).ceil() as usize } else { 1 };
    let mut given = vec![0.0; network.node_count()];
    for _ in 0..steps {
        let mut held = 0.0;
        for ((given, score), out) in given.iter_mut().zip(&scores).zip(&out) {
            if *out > 0.0 {
                *given = score / out;
            } else {
                held += score;
            }
        }
        let everywhere = (damping * held + 1.0 - damping) / nodes;
        let mut moved = 0.0;
        for (node, score) in network.node_ids().zip(&mut scores) {
            let arcs = network.in_neighbours(node).iter().zip(network.in_weights(node));
            let arrived: f64 = arcs.map(|(from, weight)| weight * given[*from as usize]).sum();
            let next = damping * arrived + everywhere;
            moved += (next - *score).abs();
            *score = next;
        }
        if moved * damping <= REMAINDER * (1.0 - damping) {
            break;
        }
    }
    let sum: f64 = scores.iter().sum();
    scores.iter_mut().for_each(|score| *score /= sum);
    Ok(scores)
}

const DAMPING: Parameter = Parameter {
    name: "damping",
    meaning: "chance that the walk goes on along a tie",
    default: 0.85,
    least: 0.0,
    most: 0.999,
};

const COLUMNS: [Column; 1] =
    [Column { name: "pagerank", unit: "share of a walk along the ties, by weight; sums to 1" }];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    Ok(vec![Values::of_all(pagerank(asked.network(), asked.number(&DAMPING)), asked.network())?])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "pagerank",
    family: Family::Centrality,
    title: "PageRank",
    question: "who is tied to those that are much tied?",
    formula: "x = d (P x + held / n) + (1 - d) / n, P the weights by the strength out of each government",
    source: "Brin and Page 1998",
    oracle: "NetworkX pagerank, igraph pagerank",
    cost: "O((n + m) log 1e-14 / log d)",
    options: &options::ROWS_TOLD,
    parameters: &[DAMPING],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
