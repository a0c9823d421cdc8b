//! Density, components, reciprocity.

use super::undefined::{AnalysisError, Measured, Undefined, ratio, require_strengths};
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
pub(super) fn possible_ties(network: &Network) -> Measured {
    let nodes = network.node_count() as f64;
    match network.node_count() {
        0 => Err(Undefined::EmptyGraph),
        1 => Err(Undefined::TooFewNodes),
        _ if network.is_directed() => Ok(nodes * (nodes - 1.0)),
        _ => Ok(nodes * (nodes - 1.0) / 2.0),
    }
}

/// Which nodes hang together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Components {
    /// The component of every node. Components are numbered from 0 in the order of their first node.
    pub of_node: Vec<u32>,
    /// How many nodes each component has; an isolate is a component of 1.
    pub sizes: Vec<usize>,
}

impl Components {
    /// How many components there are.
    pub fn count(&self) -> usize {
        self.sizes.len()
    }

    /// The share of nodes in the largest component, in (0, 1]; [`Undefined::EmptyGraph`] without nodes.
    pub fn largest_share(&self) -> Measured {
        let largest = self.sizes.iter().max().ok_or(Undefined::EmptyGraph)?;
        ratio(*largest as f64, self.of_node.len() as f64)
    }
}

/// Weak components: nodes that ties join, whichever way they point. O(n + m).
///
/// # Examples
/// ```
/// use intergov::analysis::components;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let ties = [(0, 1, 1.0), (2, 3, 1.0), (2, 4, 1.0)];
/// let network = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(6), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(components(&network).sizes, [2, 3, 1]);
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn components(network: &Network) -> Components {
    const UNSEEN: u32 = u32::MAX;
    let mut of_node = vec![UNSEEN; network.node_count()];
    let mut sizes = Vec::new();
    let mut waiting = Vec::new();
    for start in network.node_ids() {
        if of_node[start as usize] != UNSEEN {
            continue;
        }
        let component = sizes.len() as u32;
        let mut size = 0;
        of_node[start as usize] = component;
        waiting.push(start);
        while let Some(node) = waiting.pop() {
            size += 1;
            for other in network.out_neighbours(node).iter().chain(network.in_neighbours(node)) {
                if of_node[*other as usize] == UNSEEN {
                    of_node[*other as usize] = component;
                    waiting.push(*other);
                }
            }
        }
        sizes.push(size);
    }
    Components { of_node, sizes }
}

/// Strong components: nodes that reach each other along the ties. In an undirected network they are the
/// weak ones. Source: Sharir 1981, after Kosaraju; computed by petgraph. O(n + m).
pub fn strong_components(network: &Network) -> Components {
    let mut found = petgraph::algo::kosaraju_scc(network);
    for members in &mut found {
        members.sort_unstable();
    }
    found.sort_unstable_by_key(|members| members.first().copied());
    let mut of_node = vec![0; network.node_count()];
    for (component, members) in found.iter().enumerate() {
        for node in members {
            of_node[*node as usize] = component as u32;
        }
    }
    Components { of_node, sizes: found.iter().map(Vec::len).collect() }
}

/// How often a tie is answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reciprocity {
    /// Pairs tied both ways.
    pub mutual: u64,
    /// Pairs tied one way.
    pub asymmetric: u64,
    /// `2 M / (2 M + A)`: the share of ties that are answered, in [0, 1].
    pub edgewise: Measured,
    /// `M / (M + A)`: the share of tied pairs that are tied both ways, in [0, 1].
    pub dyadic: Measured,
}

/// Reciprocity of a directed network; loops do not count.
///
/// Both shares are [`Undefined::ZeroDenominator`] without ties, and 1 in an undirected network that has
/// some. Source: Wasserman and Faust 1994, section 13.3; the two shares are `edgewise` and
/// `dyadic.nonnull` of the R package sna. O(n + m log d).
pub fn reciprocity(network: &Network) -> Reciprocity {
    let (mut answered, mut unanswered) = (0_u64, 0_u64);
    for (from, to, _) in network.ties().filter(|(from, to, _)| from != to) {
        if !network.is_directed() {
            answered += 2;
        } else if network.weight(to, from).is_some() {
            answered += 1;
        } else {
            unanswered += 1;
        }
    }
    let mutual = answered / 2;
    Reciprocity {
        mutual,
        asymmetric: unanswered,
        edgewise: ratio(answered as f64, (answered + unanswered) as f64),
        dyadic: ratio(mutual as f64, (mutual + unanswered) as f64),
    }
}

/// Weighted reciprocity: the share of all weight that flows back, `Σ min(w_ij, w_ji) / Σ w_ij` over ordered
/// pairs.
///
/// Range [0, 1]; 1 in an undirected network with ties; loops do not count.
/// Source: Squartini, Picciolo, Ruzzenenti and Garlaschelli 2013. O(n + m log d).
///
/// # Errors
/// [`Undefined::ZeroDenominator`] without ties; [`AnalysisError::NotStrengths`] on a network of lengths.
pub fn weighted_reciprocity(network: &Network) -> Result<f64, AnalysisError> {
    require_strengths(network)?;
    let (mut returned, mut total) = (0.0, 0.0);
    for (from, to, weight) in network.ties().filter(|(from, to, _)| from != to) {
        // An undirected tie is met once; its ratio is 1 all the same.
        returned += network.weight(to, from).map_or(0.0, |back| back.min(weight));
        total += weight;
    }
    Ok(ratio(returned, total)?)
}
