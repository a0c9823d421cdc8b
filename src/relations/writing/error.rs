//! Why something cannot be written.

use crate::graph::{ChangeError, EdgeId, NodeId};
use crate::value::{Date, ValidityError};

/// Why something cannot be written; the draft stays as it was before the call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The graph refuses it.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// Dates in the wrong order.
    #[error(transparent)]
    Validity(#[from] ValidityError),
    /// A property that the schema does not declare as a state.
    #[error(
        "“{key}” is not a state of {label}; write a fixed property without a date, an observation with its period (S3)"
    )]
    NoState {
        /// The property.
        key: String,
        /// The label of the node.
        label: String,
    },
    /// A property that the schema does not declare as an observation.
    #[error("“{key}” is not an observation of {label}; write a state with set_state (S3)")]
    NoObservation {
        /// The property.
        key: String,
        /// The label of the node.
        label: String,
    },
    /// A change of a state outside the life of its node.
    #[error("{node} does not exist on {date}: it holds {validity} (S18)")]
    OutsideLife {
        /// Caption of the node.
        node: String,
        /// The date of the change.
        date: Date,
        /// When the node exists.
        validity: String,
    },
    /// Something ended already, and earlier.
    #[error("{what} ended {ended} already, before {date}; correct its end instead")]
    EndedBefore {
        /// What it is.
        what: String,
        /// Its end.
        ended: Date,
        /// The date asked for.
        date: Date,
    },
    /// Edges of a node that would outlive it.
    #[error("{node} cannot end {date}: {} of its ties outlive it: {}; end them first, or ask to end them with it (S18)",
            edges.len(), captions.join(", "))]
    Outlived {
        /// Caption of the node.
        node: String,
        /// The date asked for.
        date: Date,
        /// The edges that outlive it.
        edges: Vec<EdgeId>,
        /// Their type and text ids, the first ten.
        captions: Vec<String>,
    },
    /// No node with the label.
    #[error("node {node} does not have the label {label}")]
    WrongLabel {
        /// The node.
        node: NodeId,
        /// What it should be.
        label: &'static str,
    },
    /// A government with itself.
    #[error("a government cannot be {what} itself")]
    Itself {
        /// The relation.
        what: &'static str,
    },
}
