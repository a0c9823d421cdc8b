//! What counts at a date, between whom, and how heavily?
//!
//! A [`Study`] applies a [`Selection`] to one state of the graph and its derived ties. It says once which
//! governments and which ties count (S1, S25, S28), and what each weighs (S32): analysis, lists of ties and exports
//! take its [`Counted`] ties or its [`Slice`]s and write none of these rules again.

mod applied;
mod captions;
mod churn;
mod counted;
mod eligibility;
mod error;
mod figures;
mod grouping;
mod lift;
mod records;
mod selection;
mod slice;
mod weight;

/// A government within one snapshot, as measures name it.
pub use crate::graph::NodeIx;
pub use applied::Study;
pub use churn::Churn;
pub use counted::{Counted, DirectionMix, LeftOut};
pub use error::StudyError;
pub use figures::EntryCondition;
pub use grouping::{GroupBy, Grouping};
pub use records::{ArrangementRecord, Records};
pub use selection::{Moment, NodeSelection, Panel, Selection, Subjects, WeightRule};
pub use slice::Slice;
