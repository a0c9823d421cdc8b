//! How does a data set come in from, and leave as, a folder of CSV tables?
//!
//! `schema` says which tables and columns there are, `read` turns files into rows, `merge` says what rows make of a state,
//! and `write` goes the other way. The format is described in `docs/exchange.md`.

mod merge;
mod read;
mod schema;
mod write;

pub(super) use merge::{Census, MergeOutcome, id_of_parts, merge};
pub(super) use read::{
    Block, Halt, Listing, Made, MadeRows, MemoryFiles, PackageTable, RowCursor, SourceFile, TableContents,
    TableForm, edge_id_parts,
};
pub(crate) use schema::TableKind;
pub(super) use schema::{TableColumn, while_both};
pub(super) use write::write_empty;
pub(crate) use write::write_streamed;

pub use merge::{Founding, ImportCounts, ImportMode, ImportOptions, Undated};
pub use read::{BlockReader, ImportError, NamedReader, Package};
pub use schema::metadata::{Licence, Metadata};
pub use write::{WriteOptions, WriteReport, write_package};
