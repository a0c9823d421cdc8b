//! Reciprocity: how often a tie is answered.

use crate::analysis::undefined::{AnalysisError, Measured, ratio, require_strengths};
use crate::network::Network;

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
/// Both shares are [`ZeroDenominator`](crate::analysis::Undefined::ZeroDenominator) without ties, and 1 in an undirected network that has
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
/// [`ZeroDenominator`](crate::analysis::Undefined::ZeroDenominator) without ties; [`AnalysisError::NotStrengths`] on a network of lengths.
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
