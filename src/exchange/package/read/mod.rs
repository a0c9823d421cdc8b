//! How do the files of a package become rows? In blocks, on all cores; a file that cannot be cut is read as a whole.

mod block;
mod blocks;
mod contents;
mod context;
mod cut;
mod existence;
mod file;
mod halt;
mod listing;
mod memory;
mod rows;
mod table;
mod values;

pub(in crate::exchange) use block::{Block, MadeRows, RowCursor};
pub(in crate::exchange) use contents::{Made, TableContents};
pub(in crate::exchange) use context::{NEAR_IDS, RowContext, edge_id_parts, suggest_id};
pub(in crate::exchange) use file::SourceFile;
pub(in crate::exchange) use halt::Halt;
pub(in crate::exchange) use listing::{Listing, TableForm};
pub(in crate::exchange) use memory::MemoryFiles;
pub(in crate::exchange) use table::PackageTable;
pub(super) use values::{CellReader, RowOf, ValueColumn};

pub use blocks::BlockReader;
pub use halt::ImportError;
pub use listing::Package;
pub use memory::NamedReader;
