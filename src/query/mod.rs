//! How is the graph asked in words? openCypher with valid time: from text to rows.
//!
//! `syntax` reads the text, `bind` resolves its names into a plan, `execute` runs the plan on a state of the graph.
//! Nothing here knows of disks: what a query writes is a change set, and the front door commits it.

mod bind;
mod error;
mod execute;
mod functions;
mod graph;
mod plan;
mod procedures;
mod run;
mod syntax;
mod values;

pub use error::{ErrorClass, Phase, Place, QueryError, QueryFault};
pub use graph::Summary;
pub use procedures::{ParameterType, Procedure, ProcedureBody, Procedures};
pub use run::{Outcome, Parameters, QueryOptions, Rows, run_query, run_query_with};
pub use syntax::{TextRange, format, statements};
pub use values::{Datum, EdgeKey, Map, Path, RowEdge, RowNode, RowPath, RowValue};
