//! How much may one file ask of its reader? Said once, for all readers.
//!
//! A file may be a pipe that never ends or a header of a million columns: what is over a limit is a fault
//! that names it, and is met before it is kept.

/// Longest cell, in bytes (1 MiB).
pub(crate) const CELL_BYTES: usize = 1 << 20;

/// Longest row, in bytes (16 MiB).
pub(crate) const ROW_BYTES: usize = 16 << 20;

/// Most cells of a row, and so most columns of a table.
pub(crate) const COLUMNS: usize = 1_024;

/// Most bytes of a table that is read as a whole (256 MiB).
pub(crate) const TABLE_BYTES: usize = 256 << 20;

/// Most rows of a table that is read as a whole.
pub(crate) const TABLE_ROWS: u64 = 4_000_000;

/// Most bytes of `datapackage.json` (4 MiB).
pub(crate) const DESCRIPTION_BYTES: usize = 4 << 20;

/// How many faults an import may have for near names still to be looked for.
pub(crate) const SUGGESTED: usize = 20;

/// Most faults that are kept; further ones are counted.
pub(crate) const FAULTS: usize = 10_000;

/// Most faults of one kind, rule and column, that are written out.
pub(crate) const SHOWN: usize = 20;
