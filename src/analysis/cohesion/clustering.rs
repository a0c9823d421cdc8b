//! Triangles: transitivity and clustering.

use crate::analysis::undefined::{Measured, Undefined, ratio};
use crate::network::{Network, Rows};

/// What a node with fewer than two neighbours adds to an average.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FewNeighbours {
    /// A zero (the convention of NetworkX).
    CountAsZero,
    /// Nothing; the average is over the other nodes (the default of igraph).
    LeaveOut,
}

/// Triangles and pairs of neighbours of every node. Orientation and loops are not read.
struct Corners {
    triangles: Vec<u64>,
    pairs: Vec<u64>,
}

/// Transitivity: the share of connected triples that are closed, `3 · triangles / triples`.
///
/// Range [0, 1]; orientation, weights and loops are not read. [`Undefined::EmptyGraph`] without nodes,
/// [`Undefined::ZeroDenominator`] if no node has two neighbours. Source: Newman, Strogatz and Watts 2001.
/// Time O(Σ over ties of the degrees of both ends).
///
/// # Examples
/// ```
/// use intergov::analysis::transitivity;
/// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
///
/// // A triangle with a tail.
/// let ties = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (2, 3, 1.0)];
/// let network = Network::from_ties(
///     Orientation::Undirected, NetworkNode::numbered(4), &ties, ParallelRule::Any, LoopRule::Drop)?;
/// assert_eq!(transitivity(&network), Ok(0.6));
/// # Ok::<(), intergov::network::NetworkError>(())
/// ```
pub fn transitivity(network: &Network) -> Measured {
    if network.node_count() == 0 {
        return Err(Undefined::EmptyGraph);
    }
    let corners = corners(network);
    ratio(corners.triangles.iter().sum::<u64>() as f64, corners.pairs.iter().sum::<u64>() as f64)
}

/// Local clustering: for every node the share of pairs of its neighbours that are tied.
///
/// Range [0, 1]; orientation, weights and loops are not read. [`Undefined::Isolated`] for a node without
/// neighbours, [`Undefined::ZeroDenominator`] for a node with one. Source: Watts and Strogatz 1998. Time as
/// [`transitivity`].
pub fn local_clustering(network: &Network) -> Vec<Measured> {
    let corners = corners(network);
    let of_node = |node: u32, triangles: u64, pairs: u64| match pairs {
        0 if network.is_isolate(node) => Err(Undefined::Isolated),
        pairs => ratio(triangles as f64, pairs as f64),
    };
    network
        .node_ids()
        .zip(corners.triangles.iter().zip(&corners.pairs))
        .map(|(node, (triangles, pairs))| of_node(node, *triangles, *pairs))
        .collect()
}

/// Average clustering: the mean of [`local_clustering`] over the nodes.
///
/// Range [0, 1]. [`Undefined::EmptyGraph`] without nodes; with [`FewNeighbours::LeaveOut`],
/// [`Undefined::ZeroDenominator`] if no node has two neighbours. Source: Watts and Strogatz 1998.
pub fn average_clustering(network: &Network, few: FewNeighbours) -> Measured {
    if network.node_count() == 0 {
        return Err(Undefined::EmptyGraph);
    }
    let local: Vec<f64> = local_clustering(network).into_iter().filter_map(Result::ok).collect();
    let counted = match few {
        FewNeighbours::CountAsZero => network.node_count(),
        FewNeighbours::LeaveOut => local.len(),
    };
    ratio(local.iter().sum(), counted as f64)
}

fn corners(network: &Network) -> Corners {
    let rows = network.either_way();
    let mut corners =
        Corners { triangles: vec![0; network.node_count()], pairs: Vec::with_capacity(network.node_count()) };
    for a in network.node_ids() {
        let neighbours = rows.neighbours(a).iter().filter(|other| **other != a).count() as u64;
        corners.pairs.push(neighbours * neighbours.saturating_sub(1) / 2);
        for b in after(&rows, a, a) {
            for c in common(after(&rows, a, *b), after(&rows, *b, *b)) {
                for corner in [a, *b, c] {
                    corners.triangles[corner as usize] += 1;
                }
            }
        }
    }
    corners
}

/// The neighbours of `node` whose number is larger than `than`.
fn after(rows: &Rows, node: u32, than: u32) -> &[u32] {
    let neighbours = rows.neighbours(node);
    &neighbours[neighbours.partition_point(|other| *other <= than)..]
}

/// What two rising lists have in common.
pub(super) fn common<'a>(mut left: &'a [u32], mut right: &'a [u32]) -> impl Iterator<Item = u32> + 'a {
    std::iter::from_fn(move || {
        while let (Some(first), Some(second)) = (left.first(), right.first()) {
            match first.cmp(second) {
                std::cmp::Ordering::Less => left = &left[1..],
                std::cmp::Ordering::Greater => right = &right[1..],
                std::cmp::Ordering::Equal => {
                    (left, right) = (&left[1..], &right[1..]);
                    return Some(*first);
                }
            }
        }
        None
    })
}
