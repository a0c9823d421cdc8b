//! How do data come in from files and leave as files?
//!
//! Everything here reads a [`Snapshot`](crate::graph::Snapshot) and gives a
//! [`ChangeSet`](crate::graph::ChangeSet) or bytes; committing is the database's part. What a format
//! cannot hold is reported, never dropped in silence.

mod bulk;
mod cell;
mod dump;
mod error;
mod fault;
mod graphml;
mod json;
mod limits;
mod networks;
mod package;
mod remarks;
mod suggest;
mod synth;
mod template;
mod text;
mod ties_csv;

pub use bulk::{BulkError, BulkLoaded, BulkOptions, BulkProgress, Unsuited, bulk_load, bulk_ties, can_bulk};
pub use dump::{DumpCounts, DumpError, dump, load};
pub use error::ExchangeError;
pub use fault::{Fault, ImportFaults, Setting};
pub use graphml::{
    ExportReport, GraphView, GraphmlOptions, InvalidCharacters, NodeMeasure, ParallelTies, write_graphml,
};
pub use networks::{NetworkTable, TableReport, write_networks};
pub use package::{
    Difference, DifferenceKind, ImportCounts, ImportMode, ImportOptions, ImportPlan, Licence, Metadata,
    Package, Undated, WriteOptions, WriteReport, locate, plan_import, write_package,
};
pub use synth::{SynthOptions, SynthProgress, synthesize};
pub use template::{codebook, write_template};
pub use text::{EncodingError, TextEncoding, TextForm};
#[cfg(feature = "cli")]
pub(crate) use text::{RawTable, Row as TableRow, read_table};
pub use ties_csv::{Founding, TiesOptions, plan_ties};
