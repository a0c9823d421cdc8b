//! How is the domain written, so that a draft keeps its rules?
//!
//! A [`Writer`] turns what happened — a government is founded, moves under another superior, ends — into
//! the nodes, edges and spells that the rules expect (S10, S14, S17, S18). The rules themselves are checked
//! when the draft is committed.

mod edges;
mod edit;
mod ending;
mod error;
mod nodes;
mod states;
mod writer;

pub use edges::{NewFlow, NewPower};
pub use edit::{EditError, set_value};
pub use ending::{Ended, Outliving};
pub use error::WriteError;
pub use nodes::{NewArrangement, NewBody, NewGovernment, NewRegion};
pub use states::Observation;
pub use writer::Writer;
