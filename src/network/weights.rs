//! What a weight means, and how a strength becomes a length.

use super::{Network, NetworkError};

/// What a bigger weight means.
///
/// Degree, strength, density, clustering and polycentricity read strengths. Shortest paths over weights —
/// betweenness, closeness, harmonic centrality — read lengths and refuse strengths, because a strong tie
/// is a short way and not a long one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum WeightMeaning {
    /// Bigger is closer: number of agreements, amount of money, frequency of meetings.
    Strength,
    /// Bigger is farther: kilometres, hours, or the inverse of a strength.
    Length,
}

/// How a strength `w` becomes a length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Conversion {
    /// `1 / w` (Newman 2001, Brandes 2001).
    Inverse,
    /// `1 / w^α` (Opsahl, Agneessens and Skvoretz 2010): α = 0 counts steps, α = 1 is
    /// [`Conversion::Inverse`]. The exponent is a finite number of at least 0.
    InverseAlpha(f64),
    /// `w`: the numbers that were given are lengths already, for example kilometres.
    AsGiven,
}

impl Network {
    /// The same ties with weights read as lengths.
    ///
    /// Every length is finite and above 0. Strengths of 0 were left out when the network was made and are
    /// counted in [`Tally::zero_weight`](super::Tally::zero_weight): a tie of no strength is not a path.
    ///
    /// # Errors
    /// [`NetworkError::AlreadyLength`] if the weights are lengths; [`NetworkError::BadExponent`] for a
    /// negative or infinite α; [`NetworkError::ZeroLength`] for [`Conversion::AsGiven`] if a weight was 0;
    /// [`NetworkError::WeightNotFinite`] if a strength is so small or so large that its length is infinite
    /// or 0.
    ///
    /// # Examples
    /// ```
    /// use intergov::network::{Conversion, LoopRule, Network, NetworkNode, Orientation, ParallelRule};
    ///
    /// let ties = [(0, 1, 4.0), (1, 2, 0.5)];
    /// let agreements = Network::from_ties(
    ///     Orientation::Undirected, NetworkNode::numbered(3), &ties, ParallelRule::Sum, LoopRule::Drop)?;
    /// let ways = agreements.to_length(Conversion::Inverse)?;
    /// assert_eq!(ways.weight(0, 1), Some(0.25));
    /// assert_eq!(ways.weight(1, 2), Some(2.0));
    /// # Ok::<(), intergov::network::NetworkError>(())
    /// ```
    pub fn to_length(&self, conversion: Conversion) -> Result<Network, NetworkError> {
        if self.meaning() == WeightMeaning::Length {
            return Err(NetworkError::AlreadyLength);
        }
        let length = |strength: f64| match conversion {
            Conversion::Inverse => strength.recip(),
            Conversion::InverseAlpha(alpha) => strength.powf(alpha).recip(),
            Conversion::AsGiven => strength,
        };
        match conversion {
            Conversion::InverseAlpha(alpha) if !(alpha.is_finite() && alpha >= 0.0) => {
                return Err(NetworkError::BadExponent { alpha });
            }
            Conversion::AsGiven if self.tally().zero_weight > 0 => {
                return Err(NetworkError::ZeroLength { count: self.tally().zero_weight });
            }
            Conversion::Inverse | Conversion::InverseAlpha(_) | Conversion::AsGiven => {}
        }
        for (source_node, target_node, strength) in self.ties() {
            let length = length(strength);
            if !(length.is_finite() && length > 0.0) {
                return Err(NetworkError::WeightNotFinite { source_node, target_node });
            }
        }
        Ok(self.with_weights(WeightMeaning::Length, length))
    }
}
