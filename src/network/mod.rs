//! What is a network: which nodes, which ties, and what do their weights mean?
//!
//! No measure runs on the stored graph, which is a dated multigraph with typed edges. It runs on a
//! [`Network`]: a simple weighted graph in which parallel ties are merged by a stated rule, loops are
//! dropped or kept by a stated rule, and a weight is either a strength or a length. It knows of nodes, ties and
//! weights, and of nothing that they stand for.

mod error;
mod graph;
mod rows;
mod visit;
mod weights;

pub use error::NetworkError;
pub(crate) use graph::sum;
pub use graph::{LoopRule, Network, NetworkNode, Orientation, ParallelRule, Tally};
pub(crate) use rows::Rows;
pub use visit::ArcRef;
pub use weights::{Conversion, WeightMeaning};
