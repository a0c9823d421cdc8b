//! Functional polycentricity: many centres that are tied to each other.

use crate::analysis::centrality::degree::{Arcs, degrees_without_loops, strengths_without_loops};
use crate::analysis::cohesion::density::possible_ties;
use crate::analysis::undefined::{AnalysisError, Measured, Undefined, finite, ratio, require_strengths};
use crate::network::Network;

/// Which standard deviation. The values of the index differ: name it when you quote one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum StandardDeviation {
    /// Divides by N: the nodes are all there are. This is the default.
    #[default]
    Population,
    /// Divides by N - 1: the nodes are a sample.
    Sample,
}

impl StandardDeviation {
    /// The standard deviation; `None` for fewer values than it needs.
    pub(in crate::analysis) fn of(self, values: &[f64]) -> Option<f64> {
        let divisor = match self {
            StandardDeviation::Population => values.len(),
            StandardDeviation::Sample => values.len().checked_sub(1)?,
        };
        if divisor == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some((squares / divisor as f64).sqrt())
    }
}

/// What the importance of a node is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Nodality {
    /// The number of its ties; the density is that of ties.
    Degree,
    /// The weight of its ties; the density is the total flow over the potential flow.
    Strength(PotentialFlow),
}

/// How much could flow, against which the total flow is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PotentialFlow {
    /// The weight of the heaviest tie between every two nodes.
    HeaviestTie,
    /// A total that the study states, in the unit of the weights; not less than the total flow.
    Stated(f64),
}

/// How [`polycentricity`] is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolycentricityOptions {
    /// What the importance of a node is. Default = [`Nodality::Degree`].
    pub nodality: Nodality,
    /// Which ties of a directed network count. Default = [`Arcs::All`].
    pub arcs: Arcs,
    /// Which standard deviation. Default = [`StandardDeviation::Population`].
    pub deviation: StandardDeviation,
}

impl Default for PolycentricityOptions {
    fn default() -> Self {
        PolycentricityOptions {
            nodality: Nodality::Degree,
            arcs: Arcs::All,
            deviation: StandardDeviation::default(),
        }
    }
}

/// Special functional polycentricity `P = (1 - σ / σ_max) Δ`.
///
/// σ is the standard deviation of the nodality of all nodes, σ_max that of a network of two nodes with the
/// nodalities 0 and the largest one here, Δ the density. Range [0, 1]: 1 if every pair is tied, 0 without
/// ties between equals. Loops do not count. Two components of equal nodes score high: print the number of
/// components beside it; and a network with nearly all ties scores near 1 whatever its history: see
/// [`unless_saturated`](crate::analysis::unless_saturated).
///
/// Source: Green 2007, Urban Studies 44(11), 2077–2103. O(n + m).
///
/// # Errors
/// [`Undefined::EmptyGraph`]; [`Undefined::TooFewNodes`] with one node; [`Undefined::ZeroDenominator`]
/// without ties; [`AnalysisError::NotStrengths`] for [`Nodality::Strength`] on a network of lengths;
/// [`AnalysisError::BadOption`] if the stated potential is below the total flow.
///
/// # Examples
/// ```
/// use intergov::analysis::{PolycentricityOptions, polycentricity};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// let index = polycentricity(&star, PolycentricityOptions::default())?;
/// assert!((index - 0.16).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn polycentricity(network: &Network, options: PolycentricityOptions) -> Result<f64, AnalysisError> {
    let possible = possible_ties(network)?;
    let (nodality, density) = match options.nodality {
        Nodality::Degree => {
            let degrees = degrees_without_loops(network, options.arcs);
            let ties = (network.tie_count() - network.loop_count()) as f64;
            (degrees.into_iter().map(|degree| degree as f64).collect(), ratio(ties, possible)?)
        }
        Nodality::Strength(potential) => {
            require_strengths(network)?;
            (strengths_without_loops(network, options.arcs), flow_density(network, potential, possible)?)
        }
    };
    let largest = nodality.iter().copied().fold(0.0, f64::max);
    let spread = options.deviation.of(&nodality).ok_or(Undefined::TooFewNodes)?;
    let widest = options.deviation.of(&[0.0, largest]).ok_or(Undefined::TooFewNodes)?;
    Ok(finite((1.0 - ratio(spread, widest)?) * density)?)
}

/// General functional polycentricity: the mean of the special one over functions, for example over domains
/// of cooperation.
///
/// Range [0, 1]. [`Undefined::TooFewNodes`] without functions; if one function has no value, its reason.
/// Source: Green 2007.
pub fn general_polycentricity(functions: &[Measured]) -> Measured {
    let special: Vec<f64> = functions.iter().copied().collect::<Result<_, Undefined>>()?;
    if special.is_empty() {
        return Err(Undefined::TooFewNodes);
    }
    Ok(special.iter().sum::<f64>() / special.len() as f64)
}

fn flow_density(network: &Network, potential: PotentialFlow, possible: f64) -> Result<f64, AnalysisError> {
    let flows = || network.ties().filter(|(from, to, _)| from != to).map(|(_, _, weight)| weight);
    let total: f64 = flows().sum();
    let potential = match potential {
        PotentialFlow::HeaviestTie => flows().fold(0.0, f64::max) * possible,
        PotentialFlow::Stated(value) if value.is_finite() && value >= total => value,
        PotentialFlow::Stated(value) => {
            let expected = "finite and not less than the total flow";
            return Err(AnalysisError::BadOption { option: "the potential flow", value, expected });
        }
    };
    Ok(ratio(total, potential)?)
}
