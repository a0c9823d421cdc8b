//! How do data come in from files and leave as files?
//!
//! Everything here reads a [`Snapshot`](crate::graph::Snapshot) and gives a
//! [`ChangeSet`](crate::graph::ChangeSet) or bytes; committing is the database's part. What a format
//! cannot hold is reported, never dropped in silence.

mod cell;
mod dump;
mod error;
mod fault;
mod formats;
mod import;
mod json;
mod limits;
mod package;
mod remarks;
mod suggest;
mod template;
mod text;

pub use dump::{DumpCounts, DumpError, dump, load};
pub use error::ExchangeError;
pub use fault::{Fault, ImportFaults, Setting};
pub use formats::{
    ExportReport, GraphView, GraphmlOptions, InvalidCharacters, NetworkTable, NodeMeasure, ParallelTies,
    TableReport, write_graphml, write_networks,
};
pub use import::{
    ElementChange, ElementChangeKind, ImportPlan, ImportRead, ImportSource, draft_import, read_import,
};
pub use package::{
    BlockReader, Founding, ImportCounts, ImportError, ImportMode, ImportOptions, Licence, Metadata,
    NamedReader, Package, Undated, WriteOptions, WriteReport, write_package,
};
pub(crate) use package::{TableKind, write_streamed};
pub use template::{codebook, write_template};
pub use text::{EncodingError, TextEncoding, TextForm};
#[cfg(feature = "cli")]
pub(crate) use text::{RawRow, RawTable, read_table};
