//! Components: which nodes hang together.

use crate::analysis::undefined::{Measured, Undefined, ratio};
use crate::network::Network;

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
