//! How does a package of many millions of rows come into an empty store? In blocks, on all cores.
//!
//! Tables are cut into blocks behind their rows, blocks are read on all threads, and what they hold goes to
//! a [`BulkSink`](crate::graph::BulkSink) in the order of the file. A row means what it means to the planner
//! of [`plan_import`](super::plan_import), and the same is wrong with it: both read it by the same functions.
//! What only the planner can read is said to be [`Unsuited`].

mod cells;
mod columns;
mod cut;
mod edges;
mod ground;
mod ids;
mod list;
mod load;
mod locate;
mod names;
mod nodes;
mod pipeline;
mod spells;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use super::error::ExchangeError;
use super::fault::ImportFaults;
use super::package::{Listing, TableKind};
use crate::graph::Schema;
use pipeline::Reader;

pub use list::bulk_ties;
pub use load::bulk_load;
pub use locate::BulkLoaded;

/// Bytes of a block: some ten thousand rows.
const DEFAULT_BLOCK: usize = 2 << 20;

/// How to load.
#[derive(Clone, Copy, Debug)]
pub struct BulkOptions<'l> {
    /// Stops the load soon after it has become true.
    pub cancel: &'l AtomicBool,
    /// About how many bytes are read at a time. Default: 2 MiB. Two blocks a thread are under way at most.
    pub block_bytes: usize,
    /// How many threads read blocks. Default: as many as the machine runs at once.
    pub threads: usize,
}

impl<'l> BulkOptions<'l> {
    /// The defaults, to be cancelled by a flag.
    #[must_use]
    pub fn new(cancel: &'l AtomicBool) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { cancel, block_bytes: DEFAULT_BLOCK, threads }
    }

    fn reader(&self) -> Reader<'l> {
        Reader { block: self.block_bytes, threads: self.threads, separator: b',', cancel: self.cancel }
    }
}

/// How far a load is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BulkProgress {
    /// Rows of nodes, spells and edges that were read.
    pub rows: u64,
    /// Bytes that were read; tables of nodes are read twice.
    pub bytes: u64,
    /// Bytes to be read in all.
    pub bytes_in_all: u64,
}

/// Why only the planner can read a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsuited {
    /// It has a table of what the schema does not declare.
    ExtraTable,
    /// Its description says how it is to be read; a table of settings can be read in blocks.
    Settings,
    /// Its text is not UTF-8.
    Encoding,
    /// A NUL byte stands in it.
    Nul,
    /// A row is longer than a cell may be.
    LongRow,
    /// A quote stands where it opens no cell, is never closed, or has text behind it.
    LooseQuote,
    /// A row ends in a carriage return alone.
    BareReturn,
    /// Its edges have no dates and hold as long as their ends, which have some.
    Undated,
    /// Two of its rows have one id, which two spells of existence may (S10).
    Spells,
    /// Something else than a comma separates its cells.
    Separator,
    /// Its header is none of a list of ties, or something is wrong with it.
    Header,
}

/// Why a load came to nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BulkError<E> {
    /// All faults of the package.
    #[error(transparent)]
    Faults(ImportFaults),
    /// Somebody asked to stop.
    #[error("the load was stopped; nothing was imported")]
    Cancelled,
    /// Only the planner can read it, or say what is wrong with it.
    #[error("{} cannot be read in blocks; import it as a whole", path.display())]
    Unsuited {
        /// The file.
        path: PathBuf,
        /// What it has.
        why: Unsuited,
    },
    /// A file that cannot be read.
    #[error(transparent)]
    Io(#[from] ExchangeError),
    /// What the sink says.
    #[error("{0}")]
    Sink(E),
}

/// Whether a package is worth loading in blocks and suited for it, as far as its file names tell: its tables
/// have at least so many bytes, and the schema declares them all.
///
/// # Errors
/// [`ExchangeError`] for a folder that cannot be read.
pub fn can_bulk(folder: &Path, schema: &Schema, least_bytes: u64) -> Result<bool, ExchangeError> {
    let tables = Listing::of(folder, schema)?.tables;
    let mut bytes = 0;
    for (kind, path) in &tables {
        if matches!(kind, TableKind::ExtraNodes | TableKind::ExtraEdges | TableKind::ExtraProperties) {
            return Ok(false);
        }
        bytes += fs::metadata(path).map_err(ExchangeError::io("read", path))?.len();
    }
    Ok(bytes >= least_bytes)
}
