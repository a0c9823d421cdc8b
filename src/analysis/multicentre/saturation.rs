//! Is the network so dense that its shape says nothing?

use crate::analysis::cohesion::density::density;
use crate::analysis::undefined::{Measured, Undefined};
use crate::network::Network;

/// From this density on, a network is saturated.
pub const SATURATION_DENSITY: f64 = 0.95;

/// How near a network is to having all ties.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Saturation {
    /// The share of possible ties that exist, see [`density`].
    pub density: Measured,
    /// From which density on the network counts as saturated: [`SATURATION_DENSITY`].
    pub threshold: f64,
}

impl Saturation {
    /// Whether nearly all pairs are tied; a network without a density is not saturated.
    pub fn is_saturated(&self) -> bool {
        self.density.is_ok_and(|density| density >= self.threshold)
    }
}

/// Whether nearly all pairs of a network are tied.
///
/// The members of one great organisation are all tied to each other by definition; the shape of such a
/// network says nothing about centres. O(n log d).
///
/// # Examples
/// ```
/// use intergov::analysis::saturation;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let triangle = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)];
/// let network = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(3), &triangle, ParallelRule::Any, LoopRule::Drop)?;
/// assert!(saturation(&network).is_saturated());
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn saturation(network: &Network) -> Saturation {
    Saturation { density: density(network), threshold: SATURATION_DENSITY }
}

/// Runs a measure of shape, such as [`centralization`](crate::analysis::centralization()) or
/// [`polycentricity`](crate::analysis::polycentricity()), unless the network is saturated.
///
/// The measures themselves compute what they are asked; a report that people read calls them through this.
///
/// # Errors
/// [`Undefined::Saturated`] from [`SATURATION_DENSITY`] on; otherwise what the measure returns.
///
/// # Examples
/// ```
/// use intergov::analysis::{AnalysisError, Arcs, Centrality, Undefined, centralization, unless_saturated};
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// let triangle = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0)];
/// let network = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(3), &triangle, ParallelRule::Any, LoopRule::Drop)?;
/// let shape = |network: &Network| centralization(network, Centrality::Degree(Arcs::All));
/// assert_eq!(shape(&network), Ok(0.0));
/// assert_eq!(unless_saturated(&network, shape), Err(AnalysisError::Undefined(Undefined::Saturated)));
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn unless_saturated<T, E: From<Undefined>>(
    network: &Network,
    measure: impl FnOnce(&Network) -> Result<T, E>,
) -> Result<T, E> {
    if saturation(network).is_saturated() { Err(Undefined::Saturated.into()) } else { measure(network) }
}
