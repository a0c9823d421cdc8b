//! Why a value does not exist, and why a measure cannot run.

use crate::network::{Network, WeightMeaning};

/// A value, or the reason why there is none.
pub type Measured = Result<f64, Undefined>;

/// Why a value does not exist.
///
/// A reason stands where another tool prints NaN, infinity or a zero that is not a zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Undefined {
    /// There are no nodes.
    #[error("the network has no nodes")]
    EmptyGraph,
    /// The node has no ties.
    #[error("the node has no ties")]
    Isolated,
    /// No path leads there.
    #[error("some nodes cannot be reached")]
    Unreachable,
    /// All values are equal, so that nothing varies.
    #[error("all values are equal")]
    ZeroVariance,
    /// The quantity that divides is 0, for example because there are no ties.
    #[error("the quantity to divide by is zero")]
    ZeroDenominator,
    /// All nodes are in one group.
    #[error("there is only one group")]
    SingleGroup,
    /// There are fewer nodes, or fewer values, than the definition needs.
    #[error("there are too few nodes")]
    TooFewNodes,
    /// Nearly all pairs are tied, so that the shape says nothing.
    #[error("nearly all pairs are tied, so the shape says nothing")]
    Saturated,
    /// A quantity that is to be shared out is negative or no number.
    #[error("a quantity is negative or not a finite number")]
    NotAQuantity,
    /// The measure is defined for undirected networks only.
    #[error("the measure is defined for undirected networks only")]
    Directed,
    /// An arrangement over a limit was not expanded into pairs, so that the network is not whole (S35).
    #[error("an arrangement over a limit was left out, so the network is not whole (S35)")]
    Cut,
    /// The store does not tell the group of the node.
    #[error("the group of the node is not known")]
    NoGroup,
    /// A search for a value came no nearer within its steps.
    #[error("the search for the value does not end")]
    NotConverged,
    /// A number is too large for the arithmetic, for example more than 10^308 shortest paths.
    #[error("a number is too large to compute with")]
    Overflow,
}

impl Undefined {
    /// The reason as one stable word for tables and files, for example `zero_denominator`.
    pub fn code(self) -> &'static str {
        match self {
            Undefined::EmptyGraph => "empty_graph",
            Undefined::Isolated => "isolated",
            Undefined::Unreachable => "unreachable",
            Undefined::ZeroVariance => "zero_variance",
            Undefined::ZeroDenominator => "zero_denominator",
            Undefined::SingleGroup => "single_group",
            Undefined::TooFewNodes => "too_few_nodes",
            Undefined::Saturated => "saturated",
            Undefined::NotAQuantity => "not_a_quantity",
            Undefined::Directed => "directed",
            Undefined::Cut => "cut",
            Undefined::NoGroup => "no_group",
            Undefined::NotConverged => "not_converged",
            Undefined::Overflow => "overflow",
        }
    }
}

/// Why a measure has no result: it was asked of a network that it does not fit, or has no value.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AnalysisError {
    /// Paths over lengths were asked of a network whose weights are strengths.
    #[error(
        "the weights are strengths, and paths need lengths; convert them first, or count steps instead of lengths"
    )]
    NotLengths,
    /// A measure of strengths was asked of a network whose weights are lengths.
    #[error("the weights are lengths, and this measure reads strengths")]
    NotStrengths,
    /// The measure is defined for undirected networks only.
    #[error("{measure} is defined for undirected networks only; merge opposite ties first")]
    UndirectedOnly {
        /// Which measure.
        measure: &'static str,
    },
    /// An option is outside its range.
    #[error("{option} is {value}; it must be {expected}")]
    BadOption {
        /// Which option.
        option: &'static str,
        /// What was given.
        value: f64,
        /// What is possible.
        expected: &'static str,
    },
    /// The value does not exist.
    #[error(transparent)]
    Undefined(#[from] Undefined),
}

impl AnalysisError {
    /// The reason as one stable word for tables and files.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotLengths => "not_lengths",
            Self::NotStrengths => "not_strengths",
            Self::UndirectedOnly { .. } => "undirected_only",
            Self::BadOption { .. } => "bad_option",
            Self::Undefined(undefined) => undefined.code(),
        }
    }
}

/// Whether a score is the plain quantity or a share of its largest possible value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Normalisation {
    /// The quantity itself.
    Raw,
    /// Divided by the largest value that a node of a network of this size can have.
    Normalised,
}

/// A computed number, never -0, or [`Undefined::Overflow`] if it left the range of `f64`.
pub(super) fn finite(value: f64) -> Measured {
    if value.is_finite() { Ok(value + 0.0) } else { Err(Undefined::Overflow) }
}

/// `numerator / denominator`, or [`Undefined::ZeroDenominator`].
pub(super) fn ratio(numerator: f64, denominator: f64) -> Measured {
    if denominator == 0.0 { Err(Undefined::ZeroDenominator) } else { finite(numerator / denominator) }
}

/// Refuses to add up lengths as if they were strengths.
pub(super) fn require_strengths(network: &Network) -> Result<(), AnalysisError> {
    match network.meaning() {
        WeightMeaning::Strength => Ok(()),
        WeightMeaning::Length => Err(AnalysisError::NotStrengths),
    }
}
