//! How do data come in from files and leave as files?
//!
//! Everything here reads a [`Snapshot`](crate::graph::Snapshot) and gives a
//! [`ChangeSet`](crate::graph::ChangeSet) or bytes; committing is the database's part. What a format
//! cannot hold is reported, never dropped in silence.

mod cell;
mod dump;
mod edge_list;
mod error;
mod fault;
mod graphml;
mod import;
mod json;
mod limits;
mod networks;
mod package;
mod remarks;
mod suggest;
mod synth;
mod template;
mod text;

pub use dump::{DumpCounts, DumpError, dump, load};
pub use error::ExchangeError;
pub use fault::{Fault, ImportFaults, Setting};
pub use graphml::{
    ExportReport, GraphView, GraphmlOptions, InvalidCharacters, NodeMeasure, ParallelTies, write_graphml,
};
pub use import::{
    Difference, DifferenceKind, ImportPlan, ImportRead, ImportRun, ImportSource, draft_import, read_import,
};
pub use networks::{NetworkTable, TableReport, write_networks};
pub use package::{
    BlockReader, Founding, ImportCounts, ImportError, ImportMode, ImportOptions, ImportProgress, Licence,
    Metadata, Package, Undated, WriteOptions, WriteReport, write_package,
};
pub use synth::{SynthOptions, SynthProgress, synthesize};
pub use template::{codebook, write_template};
pub use text::{EncodingError, TextEncoding, TextForm};
#[cfg(feature = "cli")]
pub(crate) use text::{RawTable, Row as TableRow, read_table};
