//! Which nodes are centres?

use crate::analysis::centrality::degree::{Arcs, strengths_without_loops};
use crate::analysis::multicentre::polycentricity::StandardDeviation;
use crate::analysis::undefined::{AnalysisError, Undefined, require_strengths};
use crate::network::Network;

/// From when on a node is a centre: strength > mean + multiplier · population standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CentreRule {
    /// Which ties count. Default = [`Arcs::All`].
    pub arcs: Arcs,
    /// How many standard deviations above the mean; a finite number. Default = 1.
    pub multiplier: f64,
}

impl Default for CentreRule {
    fn default() -> Self {
        CentreRule { arcs: Arcs::All, multiplier: 1.0 }
    }
}

/// The centres of a network, with the rule that chose them.
#[derive(Debug, Clone, PartialEq)]
pub struct Centres {
    /// The nodes that are centres, the strongest first; equally strong ones by number.
    pub nodes: Vec<u32>,
    /// The rule.
    pub rule: CentreRule,
    /// Mean strength of all nodes, isolates included.
    pub mean: f64,
    /// Population standard deviation of the strengths.
    pub deviation: f64,
    /// What the strength of a centre exceeds: `mean + multiplier · deviation`.
    pub threshold: f64,
}

/// Centres: nodes whose strength exceeds the mean by a stated number of standard deviations.
///
/// Unit of the thresholds: that of the weights; loops do not count. Where all nodes are equally strong none is
/// a centre; a strength within 10⁻¹² of the threshold, relatively, does not exceed it. The rule is a
/// convention and no law: state the multiplier beside the number of centres. O(n log n + m).
///
/// # Errors
/// [`Undefined::EmptyGraph`] without nodes; [`AnalysisError::NotStrengths`] on a network of lengths;
/// [`AnalysisError::BadOption`] for a multiplier that is not finite.
///
/// # Examples
/// ```
/// use intergov::analysis::{CentreRule, centres};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties: Vec<_> = (1..5).map(|city| (0, city, 1.0)).collect();
/// let star = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(5), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// let found = centres(&star, CentreRule::default())?;
/// assert_eq!(found.nodes, [0]);
/// assert!((found.threshold - 2.8).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn centres(network: &Network, rule: CentreRule) -> Result<Centres, AnalysisError> {
    require_strengths(network)?;
    if !rule.multiplier.is_finite() {
        let (option, expected) = ("the multiplier of the standard deviation", "a finite number");
        return Err(AnalysisError::BadOption { option, value: rule.multiplier, expected });
    }
    let strengths = strengths_without_loops(network, rule.arcs);
    let deviation = StandardDeviation::Population.of(&strengths).ok_or(Undefined::EmptyGraph)?;
    let mean = strengths.iter().sum::<f64>() / strengths.len() as f64;
    let threshold = mean + rule.multiplier * deviation;
    if !threshold.is_finite() {
        return Err(Undefined::Overflow.into());
    }
    let strength = |node: u32| strengths[node as usize];
    let rounding = threshold.abs() * 1e-12;
    let mut nodes: Vec<u32> =
        network.node_ids().filter(|node| strength(*node) - threshold > rounding).collect();
    nodes.sort_by(|a, b| strength(*b).total_cmp(&strength(*a)).then(a.cmp(b)));
    Ok(Centres { nodes, rule, mean, deviation, threshold })
}
