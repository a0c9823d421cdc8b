//! Betweenness centrality.

use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::paths::{Distance, Search};
use crate::analysis::undefined::{AnalysisError, Normalisation, Undefined};
use crate::analysis::{Column, Family, Measure, options};
use crate::network::Network;
use crate::workers;

/// Sources are dealt into this many blocks, whatever the machine, and the blocks are added in order: so a
/// sum does not depend on the number of threads.
const BLOCKS: usize = 64;

/// Betweenness: on what share of the shortest paths between two others a node stands, summed over all pairs.
///
/// `C_B(v) = Σ σ_st(v) / σ_st` over pairs `s ≠ v ≠ t`; σ counts shortest paths. Every unordered pair counts
/// once in an undirected network, every ordered pair in a directed one; end points do not count; loops are
/// not read; unreachable pairs add nothing; an isolate has 0.
///
/// Range: [`Normalisation::Raw`] from 0 to `(n-1)(n-2)`, half of that if undirected; [`Normalisation::Normalised`] divides by
/// it, so [0, 1]. Paths over [`Distance::Lengths`] are equally long if their lengths differ by less than
/// 10⁻¹² of themselves.
///
/// Source: Freeman 1977; algorithm of Brandes 2001. Time O(n m) over steps, O(n m + n² log n) over lengths;
/// memory O(64 n + m). Runs on all threads of the library; the result is the same bit for bit
/// for any number of them.
///
/// # Errors
/// [`AnalysisError::NotLengths`] for lengths on a network of strengths; with [`Normalisation::Normalised`],
/// [`Undefined::TooFewNodes`] below 3 nodes; [`Undefined::Overflow`] above 10³⁰⁸ shortest paths.
///
/// # Examples
/// ```
/// use intergov::analysis::{Distance, Normalisation, betweenness};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // A star: every path between the four others leads over node 0.
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(betweenness(&star, Distance::Steps, Normalisation::Raw)?, [6.0, 0.0, 0.0, 0.0, 0.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn betweenness(
    network: &Network,
    distance: Distance,
    scale: Normalisation,
) -> Result<Vec<f64>, AnalysisError> {
    distance.check(network)?;
    let unit = unit(network, scale)?;
    let nodes = network.node_count();
    let blocks: Vec<Vec<f64>> = workers::map_with(
        0..BLOCKS.min(nodes),
        || Search::new(network.outgoing(), distance),
        |search, block| {
            let mut scores = vec![0.0; nodes];
            for source in network.node_ids().skip(block).step_by(BLOCKS) {
                search.add_dependencies(source, &mut scores);
            }
            scores
        },
    );
    let mut scores = vec![0.0; nodes];
    for block in &blocks {
        for (score, part) in scores.iter_mut().zip(block) {
            *score += part;
        }
    }
    for score in &mut scores {
        *score *= unit;
        if !score.is_finite() {
            return Err(Undefined::Overflow.into());
        }
    }
    Ok(scores)
}

/// Normalised scores from raw ones.
pub(in crate::analysis) fn normalised(network: &Network, raw: &[f64]) -> Result<Vec<f64>, Undefined> {
    let (own, wanted) = (unit(network, Normalisation::Raw)?, unit(network, Normalisation::Normalised)?);
    Ok(raw.iter().map(|score| score / own * wanted).collect())
}

/// What a sum over ordered pairs is multiplied by.
fn unit(network: &Network, scale: Normalisation) -> Result<f64, Undefined> {
    let nodes = network.node_count() as f64;
    match scale {
        Normalisation::Raw if network.is_directed() => Ok(1.0),
        Normalisation::Raw => Ok(0.5),
        Normalisation::Normalised if network.node_count() < 3 => Err(Undefined::TooFewNodes),
        // Undirected: the sum counts each pair twice, and there are half as many pairs.
        Normalisation::Normalised => Ok(((nodes - 1.0) * (nodes - 2.0)).recip()),
    }
}

const COLUMNS: [Column; 3] = [
    Column { name: "betweenness", unit: "share of shortest paths in steps, 0 to 1" },
    Column { name: "betweenness_raw", unit: "pairs" },
    Column { name: "betweenness_weighted", unit: "share of shortest paths over 1/weight, 0 to 1" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let (network, facts) = (asked.network(), asked.facts);
    let weighted = match facts.lengths(network) {
        Ok(lengths) => Values::Numbers(facts.betweenness_weighted(lengths)?.to_vec()),
        // A weight is so small or so large that its length is not a number.
        Err(_) => Values::Measured(vec![Err(Undefined::Overflow); network.node_count()]),
    };
    let raw = facts.betweenness(network)?;
    Ok(vec![Values::Numbers(normalised(network, raw)?), Values::Numbers(raw.to_vec()), weighted])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "betweenness",
    family: Family::Centrality,
    title: "Betweenness",
    question: "who stands between the others?",
    formula: "sum over pairs s, t of the share of shortest paths that lead over the government",
    source: "Freeman 1977; Brandes 2001",
    oracle: "NetworkX betweenness_centrality, igraph betweenness",
    cost: "O(n m), over lengths O(n m + n² log n)",
    options: &options::ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Nodes(compute),
};
