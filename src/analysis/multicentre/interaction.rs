//! The structure of flows: how spread, how dominant, how balanced.
//!
//! Source of all: Limtanakool, Dijst and Schwanen 2007, Urban Studies 44(11), 2123–2145; Limtanakool,
//! Schwanen and Dijst 2009, Regional Studies 43(2), 179–197. Loops do not count.

use crate::analysis::centrality::degree::{Arcs, strengths_without_loops};
use crate::analysis::cohesion::density::possible_ties;
use crate::analysis::multicentre::concentration::entropy_term;
use crate::analysis::undefined::{AnalysisError, Measured, Undefined, ratio, require_strengths};
use crate::network::Network;

/// Entropy index of links: `-Σ Z ln Z / ln L`, Z the share of a link in all flow, L the number of possible
/// links, ordered pairs if directed.
///
/// Range [0, 1]: 0 if all flows over one link, 1 if every possible link carries the same. O(n + m).
///
/// # Errors
/// [`Undefined::EmptyGraph`]; [`Undefined::TooFewNodes`] with fewer than two possible links;
/// [`Undefined::ZeroDenominator`] without flow; [`AnalysisError::NotStrengths`] on a network of lengths.
///
/// # Examples
/// ```
/// use intergov::analysis::link_entropy;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let flows = [(0, 1, 60.0), (0, 2, 20.0), (1, 0, 40.0), (1, 2, 10.0), (2, 0, 30.0), (2, 1, 20.0)];
/// let network = Network::from_ties(
///     Orientation::Directed, NetworkNode::numbered(3), &flows, ParallelRule::Sum, LoopRule::Drop)?;
/// assert!((link_entropy(&network)? - 0.919721).abs() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn link_entropy(network: &Network) -> Result<f64, AnalysisError> {
    require_strengths(network)?;
    let possible = possible_ties(network)?;
    if possible < 2.0 {
        return Err(Undefined::TooFewNodes.into());
    }
    let flows = || network.ties().filter(|(from, to, _)| from != to).map(|(_, _, weight)| weight);
    let total: f64 = flows().sum();
    if total == 0.0 {
        return Err(Undefined::ZeroDenominator.into());
    }
    let entropy: f64 = flows().map(|flow| entropy_term(flow / total)).sum();
    // Equal flows may add up to a little more than ln of the number of links.
    Ok(ratio(entropy, possible.ln())?.min(1.0))
}

/// Dominance: the strength of every node over the mean strength of the others.
///
/// With [`Arcs::All`] the index DIT, with [`Arcs::In`] DII, with [`Arcs::Out`] DIO. Range from 0; above 1 a
/// node is dominant. [`Undefined::TooFewNodes`] for a single node, [`Undefined::ZeroDenominator`] if the
/// others have no flow. O(n + m).
///
/// # Errors
/// [`AnalysisError::NotStrengths`] on a network of lengths.
pub fn dominance(network: &Network, arcs: Arcs) -> Result<Vec<Measured>, AnalysisError> {
    require_strengths(network)?;
    let strengths = strengths_without_loops(network, arcs);
    let others = strengths.len().saturating_sub(1);
    // What stands before and after each node, because the total less its own strength loses small rests.
    let running = |sum: &mut f64, strength: &f64| Some(std::mem::replace(sum, *sum + strength));
    let before: Vec<f64> = strengths.iter().scan(0.0, running).collect();
    let after: Vec<f64> = strengths.iter().rev().scan(0.0, running).collect();
    let of_node = |((strength, before), after): ((&f64, &f64), &f64)| {
        if others == 0 {
            return Err(Undefined::TooFewNodes);
        }
        ratio(*strength, (before + after) / others as f64)
    };
    Ok(strengths.iter().zip(&before).zip(after.iter().rev()).map(of_node).collect())
}

/// Node symmetry: `(in - out) / (in + out)` of the strength of every node.
///
/// Range [-1, 1]: -1 gives only, 1 receives only. [`Undefined::Isolated`] for a node without flow; 0
/// everywhere in an undirected network. O(n + m).
///
/// # Errors
/// [`AnalysisError::NotStrengths`] on a network of lengths.
pub fn node_symmetry(network: &Network) -> Result<Vec<Measured>, AnalysisError> {
    require_strengths(network)?;
    let inflow = strengths_without_loops(network, Arcs::In);
    let outflow = strengths_without_loops(network, Arcs::Out);
    let of_node = |(into, out): (&f64, &f64)| {
        ratio(into - out, into + out).map_err(|reason| match reason {
            Undefined::ZeroDenominator => Undefined::Isolated,
            other => other,
        })
    };
    Ok(inflow.iter().zip(&outflow).map(of_node).collect())
}

/// How balanced the flow between two nodes is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkSymmetry {
    /// The two nodes, the smaller number first.
    pub nodes: (u32, u32),
    /// `-(f ln f + (1-f) ln (1-f)) / ln 2`, f the share of one way; 0 if all flows one way, 1 if balanced.
    pub symmetry: f64,
    /// The share of both ways together in all flow of the network, in (0, 1].
    pub strength: f64,
}

/// Link symmetry and relative strength of every pair with a flow, sorted by pair. O(n + m log d).
///
/// The strength of one way alone (RSI) is its weight over the sum of all weights.
///
/// # Errors
/// [`AnalysisError::NotStrengths`] on a network of lengths.
pub fn link_symmetry(network: &Network) -> Result<Vec<LinkSymmetry>, AnalysisError> {
    require_strengths(network)?;
    let total: f64 = network.ties().filter(|(from, to, _)| from != to).map(|tie| tie.2).sum();
    let rows = network.either_way();
    let mut found = Vec::new();
    for from in network.node_ids() {
        for to in rows.neighbours(from).iter().copied().filter(|to| *to > from) {
            let (there, back) =
                (network.weight(from, to).unwrap_or(0.0), network.weight(to, from).unwrap_or(0.0));
            let both = if network.is_directed() { there + back } else { there };
            let share = there / (there + back);
            let symmetry = (entropy_term(share) + entropy_term(1.0 - share)) / std::f64::consts::LN_2;
            found.push(LinkSymmetry { nodes: (from, to), symmetry, strength: both / total });
        }
    }
    Ok(found)
}
