//! Why a selection cannot be studied.

use crate::graph::NodeId;
use crate::network::NetworkError;
use crate::watch::Cancelled;

/// Why a selection makes no study or no network.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StudyError {
    /// A selection names a node that the state does not have.
    #[error("there is no node {0} in the state that is studied; look it up again")]
    NoSuchNode(NodeId),
    /// Its watch was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The ties make no network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The numbers that are to be added are not of one unit.
    #[error(
        "{key} cannot be added up: the rows give it in {first} and in {second}, and numbers of different units are \
         never added (S20); select rows of one unit"
    )]
    MixedUnits {
        /// The property.
        key: String,
        /// One unit.
        first: String,
        /// Another one.
        second: String,
    },
}
