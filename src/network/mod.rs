//! Which nodes and ties are measured, and what do their weights mean?
//!
//! No measure runs on the stored graph, which is a dated multigraph with typed edges. It runs on a
//! [`Network`]: a simple weighted graph in which parallel ties are merged by a stated rule, loops are
//! dropped or kept by a stated rule, and a weight is either a strength or a length. A [`Study`] holds a
//! [`Selection`] against a snapshot and makes one [`Slice`] of it a date.

mod error;
mod figures;
mod graph;
mod records;
mod rows;
mod selection;
mod study;
mod visit;
mod weights;

/// A government within one snapshot, as measures name it.
pub use crate::graph::NodeIx as GovernmentIx;
pub use error::NetworkError;
pub use figures::EntryCondition;
pub use graph::{LoopRule, Network, NetworkNode, Orientation, ParallelRule, Tally};
pub use records::ArrangementRecord;
pub(crate) use rows::Rows;
pub use selection::{Moment, NodeSelection, Selection, Subjects, WeightRule};
pub use study::{DirectionMix, LeftOut, Slice, Study};
pub use visit::ArcRef;
pub use weights::{Conversion, WeightMeaning};
