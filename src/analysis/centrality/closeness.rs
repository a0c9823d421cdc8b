//! Closeness, harmonic centrality, path lengths.

use crate::analysis::centrality::degree::Arcs;
use crate::analysis::facts::Facts;
use crate::analysis::frame::{Asked, Values};
use crate::analysis::measure::Compute;
use crate::analysis::paths::{Distance, Reach, Search};
use crate::analysis::undefined::{AnalysisError, Measured, Normalisation, Undefined, finite, ratio};
use crate::analysis::{Column, Family, Measure, options};
use crate::network::{Network, Rows};
use crate::workers;
use std::borrow::Cow;

/// Which closeness: tools disagree where a node does not reach all others.
///
/// r is the number of other nodes that are reached, D the sum of the distances to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Closeness {
    /// `(n - 1) / D`, and only where all others are reached; [`Undefined::Isolated`] or
    /// [`Undefined::Unreachable`] elsewhere (Freeman 1979).
    Classic,
    /// `(r / (n - 1)) (r / D)`: closeness among the reached times their share; 0 where none is reached
    /// (Wasserman and Faust 1994, p. 201; the default of NetworkX).
    WassermanFaust,
    /// `r / D`: closeness among the reached only; [`Undefined::Isolated`] or [`Undefined::Unreachable`] where
    /// none is (the default of igraph). A pair apart from all others scores 1: compare within components.
    WithinReach,
}

/// Closeness centrality: how near a node is to the others.
///
/// [`Arcs::In`] follows ties to the node (the default of NetworkX), [`Arcs::Out`] from it, [`Arcs::All`]
/// reads ties as two-way; the shorter of two opposite ones counts. Unit: 1 over steps or lengths; range over
/// steps [0, 1]. All nodes count in n, isolates too.
///
/// Time O(n m) over steps, O(n m log n) over lengths; parallel over sources, with the same result for
/// any number of threads.
///
/// # Errors
/// [`AnalysisError::NotLengths`] for lengths on a network of strengths. A network of one node has
/// [`Undefined::TooFewNodes`] as its only value.
///
/// # Examples
/// ```
/// use intergov::analysis::{Arcs, Closeness, Distance, Undefined, closeness};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties = [(0, 1, 1.0), (1, 2, 1.0)];
/// let network = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(4), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// let classic = closeness(&network, Closeness::Classic, Arcs::All, Distance::Steps)?;
/// assert_eq!(classic[1], Err(Undefined::Unreachable));
/// let generalised = closeness(&network, Closeness::WassermanFaust, Arcs::All, Distance::Steps)?;
/// assert_eq!(generalised[1], Ok(2.0 / 3.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn closeness(
    network: &Network,
    variant: Closeness,
    arcs: Arcs,
    distance: Distance,
) -> Result<Vec<Measured>, AnalysisError> {
    Ok(closeness_of(network, variant, &reaches(network, arcs, distance)?))
}

/// Closeness from what each node reaches.
pub(in crate::analysis) fn closeness_of(
    network: &Network,
    variant: Closeness,
    reaches: &[Reach],
) -> Vec<Measured> {
    let others = network.node_count().saturating_sub(1);
    let nothing = |node: u32| {
        if network.is_isolate(node) { Undefined::Isolated } else { Undefined::Unreachable }
    };
    let of_node = |(node, reach): (u32, &Reach)| -> Measured {
        let reached = reach.nodes as f64;
        match variant {
            _ if others == 0 => Err(Undefined::TooFewNodes),
            Closeness::WassermanFaust if reach.nodes == 0 => Ok(0.0),
            Closeness::WassermanFaust => finite(reached / others as f64 * (reached / reach.total)),
            Closeness::WithinReach if reach.nodes == 0 => Err(nothing(node)),
            Closeness::Classic if reach.nodes < others => Err(nothing(node)),
            Closeness::WithinReach | Closeness::Classic => ratio(reached, reach.total),
        }
    };
    network.node_ids().zip(reaches).map(of_node).collect()
}

/// Harmonic centrality: the sum of `1 / d` over the other nodes; an unreachable one adds 0.
///
/// Unit: 1 over steps or lengths. [`Normalisation::Normalised`] divides by `n - 1`, which gives [0, 1] over steps.
/// Arcs and time as in [`closeness`]. Source: Marchiori and Latora 2000; Boldi and Vigna 2014.
///
/// # Errors
/// [`AnalysisError::NotLengths`] for lengths on a network of strengths; with [`Normalisation::Normalised`],
/// [`Undefined::TooFewNodes`] below 2 nodes.
pub fn harmonic(
    network: &Network,
    arcs: Arcs,
    distance: Distance,
    scale: Normalisation,
) -> Result<Vec<f64>, AnalysisError> {
    harmonic_of(network, scale, &reaches(network, arcs, distance)?)
}

/// Harmonic centrality from what each node reaches.
pub(in crate::analysis) fn harmonic_of(
    network: &Network,
    scale: Normalisation,
    reaches: &[Reach],
) -> Result<Vec<f64>, AnalysisError> {
    let unit = match (scale, network.node_count()) {
        (Normalisation::Raw, _) => 1.0,
        (Normalisation::Normalised, 0 | 1) => return Err(Undefined::TooFewNodes.into()),
        (Normalisation::Normalised, nodes) => (nodes as f64 - 1.0).recip(),
    };
    reaches.iter().map(|reach| Ok(finite(reach.inverse * unit)?)).collect()
}

/// How long the shortest paths are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PathSummary {
    /// Mean distance over the ordered pairs that are connected; [`Undefined::Unreachable`] if none is.
    pub mean: Measured,
    /// The largest distance over connected pairs; undefined as `mean`.
    pub diameter: Measured,
    /// The share of ordered pairs without a path, in [0, 1]; undefined below two nodes.
    pub unreachable: Measured,
}

/// Mean path length, diameter and share of unreachable pairs; paths follow the orientation of the ties.
///
/// Time and memory as [`closeness`].
///
/// # Errors
/// [`AnalysisError::NotLengths`] for lengths on a network of strengths.
pub fn path_summary(network: &Network, distance: Distance) -> Result<PathSummary, AnalysisError> {
    Ok(path_summary_of(network, &reaches(network, Arcs::Out, distance)?))
}

/// A summary of the paths from what each node reaches along the ties.
pub(in crate::analysis) fn path_summary_of(network: &Network, reaches: &[Reach]) -> PathSummary {
    let connected: usize = reaches.iter().map(|reach| reach.nodes).sum();
    let nodes = network.node_count();
    if nodes < 2 {
        let reason = if nodes == 0 { Undefined::EmptyGraph } else { Undefined::TooFewNodes };
        return PathSummary { mean: Err(reason), diameter: Err(reason), unreachable: Err(reason) };
    }
    let some = |value: f64| if connected == 0 { Err(Undefined::Unreachable) } else { finite(value) };
    let total: f64 = reaches.iter().map(|reach| reach.total).sum();
    let pairs = nodes as f64 * (nodes as f64 - 1.0);
    PathSummary {
        mean: some(total / connected as f64),
        diameter: some(reaches.iter().map(|reach| reach.farthest).fold(0.0, f64::max)),
        unreachable: ratio(pairs - connected as f64, pairs),
    }
}

/// Searches from every node, in the order of the nodes.
pub(in crate::analysis) fn reaches(
    network: &Network,
    arcs: Arcs,
    distance: Distance,
) -> Result<Vec<Reach>, AnalysisError> {
    distance.check(network)?;
    let rows: Cow<'_, Rows> = match arcs {
        Arcs::In => Cow::Borrowed(network.incoming()),
        Arcs::Out => Cow::Borrowed(network.outgoing()),
        Arcs::All => network.either_way(),
    };
    let rows = rows.as_ref();
    Ok(workers::map_with(
        network.node_ids(),
        || Search::new(rows, distance),
        |search, source| search.reach(source),
    ))
}

const COLUMNS: [Column; 4] = [
    Column { name: "closeness", unit: "Wasserman and Faust 1994, steps, 0 to 1; ties read as two-way" },
    Column { name: "closeness_weighted", unit: "same over lengths 1/weight" },
    Column { name: "harmonic", unit: "mean of 1/distance in steps, 0 to 1; ties read as two-way" },
    Column { name: "harmonic_weighted", unit: "same over lengths 1/weight" },
];

const DIRECTED: [Column; 8] = [
    Column { name: "closeness_in", unit: "from the others to it, along the ties" },
    Column { name: "closeness_weighted_in", unit: "same over lengths 1/weight" },
    Column { name: "harmonic_in", unit: "from the others to it, along the ties" },
    Column { name: "harmonic_weighted_in", unit: "same over lengths 1/weight" },
    Column { name: "closeness_out", unit: "from it to the others, along the ties" },
    Column { name: "closeness_weighted_out", unit: "same over lengths 1/weight" },
    Column { name: "harmonic_out", unit: "from it to the others, along the ties" },
    Column { name: "harmonic_weighted_out", unit: "same over lengths 1/weight" },
];

fn compute(asked: &Asked<'_>) -> Result<Vec<Values>, AnalysisError> {
    let (network, facts) = (asked.network(), asked.facts);
    let mut values = nearness(network, facts, Arcs::All)?;
    if network.is_directed() {
        values.extend(nearness(network, facts, Arcs::In)?);
        values.extend(nearness(network, facts, Arcs::Out)?);
    }
    Ok(values)
}

/// The columns along some arcs.
fn nearness(network: &Network, facts: &Facts, arcs: Arcs) -> Result<Vec<Values>, AnalysisError> {
    let near = |reaches| -> Result<[Values; 2], AnalysisError> {
        let close = closeness_of(network, Closeness::WassermanFaust, reaches);
        let harmonic = harmonic_of(network, Normalisation::Normalised, reaches)?;
        Ok([Values::Measured(close), Values::Numbers(harmonic)])
    };
    let [close, mean] = near(facts.reaches(network, arcs)?)?;
    let [close_weighted, mean_weighted] = match facts.lengths(network) {
        Ok(lengths) => near(facts.reaches_weighted(lengths, arcs)?)?,
        // A weight is so small or so large that its length is not a number.
        Err(_) => [(); 2].map(|()| Values::Measured(vec![Err(Undefined::Overflow); network.node_count()])),
    };
    Ok(vec![close, close_weighted, mean, mean_weighted])
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "closeness",
    family: Family::Centrality,
    title: "Closeness and harmonic centrality",
    question: "who is near to all others?",
    formula: "(r-1)/sum d * (r-1)/(n-1), r the nodes within reach; harmonic: sum of 1/d over n-1",
    source: "Freeman 1979; Wasserman and Faust 1994; Marchiori and Latora 2000",
    oracle: "NetworkX closeness_centrality, harmonic_centrality; igraph closeness",
    cost: "O(n m), over lengths O(n m + n² log n)",
    options: &options::ROWS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &DIRECTED,
    compute: Compute::Nodes(compute),
};
