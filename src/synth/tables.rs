//! How do the rows reach their files, in order, with both cores and bounded memory?
//!
//! Rows are made in blocks, some at a time, and written in the order of the blocks. A block depends on the
//! seed and its number alone, so the bytes are the same for any number of threads.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::path::Path;

use crate::exchange::{ExchangeError, TableKind};
use crate::graph::Schema;
use crate::watch::{Stage, Watch};
use crate::workers;

/// Items of a block: rows, or arrangements with all their parties.
pub(super) const BLOCK: u64 = 1 << 14;

/// Blocks of each thread that are in memory at once.
const BLOCKS_A_THREAD: u64 = 4;

/// Makes the rows of a block of items and tells how many they are.
pub(super) type Make<'m> = &'m (dyn Fn(Range<u64>, &mut Vec<u8>) -> u64 + Sync);

/// The tables of a folder that are written one after the other.
pub(super) struct TableFolder<'t> {
    pub(super) folder: &'t Path,
    pub(super) schema: &'t Schema,
    pub(super) watch: Watch,
    /// Rows that are written, and that are to be written in all.
    pub(super) done: u64,
    pub(super) in_all: u64,
    /// Tables and their rows.
    pub(super) written: Vec<(&'static str, u64)>,
}

impl TableFolder<'_> {
    /// Writes a table of so many items. A table without rows has no file.
    pub(super) fn write(
        &mut self,
        table: &'static str,
        items: u64,
        make: Make<'_>,
    ) -> Result<(), ExchangeError> {
        let path = self.folder.join(format!("{table}.csv"));
        let mut file = File::create_new(&path).map_err(ExchangeError::io("create", &path))?;
        file.write_all(self.header(table).as_bytes()).map_err(ExchangeError::io("write", &path))?;
        let blocks = items.div_ceil(BLOCK);
        let at_once = BLOCKS_A_THREAD * workers::count() as u64;
        let mut rows = 0;
        for first in (0..blocks).step_by(at_once as usize) {
            let made = workers::map(first..blocks.min(first + at_once), |block| {
                let mut out = Vec::with_capacity(BLOCK as usize * 96);
                let rows = make(block * BLOCK..items.min((block + 1) * BLOCK), &mut out);
                (out, rows)
            });
            for (bytes, own) in made {
                file.write_all(&bytes).map_err(ExchangeError::io("write", &path))?;
                rows += own;
                self.done += own;
            }
            self.watch.check()?;
            self.watch.tell(Stage::Writing, self.done, self.in_all);
        }
        if rows == 0 {
            return std::fs::remove_file(&path).map_err(ExchangeError::io("remove", &path));
        }
        self.written.push((table, rows));
        Ok(())
    }

    /// The header row, as the schema has it.
    fn header(&self, table: &str) -> String {
        let columns = TableKind::named(self.schema, table).map_or_else(Vec::new, TableKind::columns);
        let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
        names.join(",") + "\n"
    }
}
