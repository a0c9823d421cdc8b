//! Why ties do not make a network.

/// Why a list of ties cannot become a [`Network`](super::Network), or its weights cannot be converted.
///
/// Nodes are named by their index in the list that the caller gave.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// A tie names a node that is not in the list.
    #[error("tie number {tie} names node {node}, but there are only {nodes} nodes (0 to {nodes} - 1)")]
    NodeOutOfRange {
        /// Position of the tie in the list, from 0.
        tie: usize,
        /// The index that was named.
        node: u32,
        /// How many nodes there are.
        nodes: usize,
    },
    /// Two nodes have the same code.
    #[error("the code `{code}` is given to two nodes; a code names one node of a network")]
    DuplicateCode {
        /// The repeated code.
        code: String,
    },
    /// More nodes than a `u32` counts.
    #[error("{nodes} nodes are more than a network holds ({limit})")]
    TooManyNodes {
        /// How many were given.
        nodes: usize,
        /// How many are possible.
        limit: usize,
    },
    /// A weight is not a number, is infinite, or became infinite when parallel ties were summed.
    #[error("the weight between nodes {source_node} and {target_node} is not a finite number")]
    WeightNotFinite {
        /// Where the tie starts.
        source_node: u32,
        /// Where the tie ends.
        target_node: u32,
    },
    /// A weight is below zero.
    #[error(
        "the weight {weight} between nodes {source_node} and {target_node} is negative; \
         signed ties are neither strengths nor lengths"
    )]
    NegativeWeight {
        /// Where the tie starts.
        source_node: u32,
        /// Where the tie ends.
        target_node: u32,
        /// The weight that was given.
        weight: f64,
    },
    /// Weights are to be read as lengths, but some ties had the weight 0 and were left out.
    #[error(
        "{count} ties have the weight 0, and a length must be above 0; give them a length or leave them out"
    )]
    ZeroLength {
        /// How many ties.
        count: usize,
    },
    /// The weights are lengths already.
    #[error("the weights are lengths already; only strengths can be converted")]
    AlreadyLength,
    /// The exponent of a conversion is not a finite number of at least 0.
    #[error("the exponent {alpha} is not a finite number of at least 0")]
    BadExponent {
        /// The exponent that was given.
        alpha: f64,
    },
}
