//! Where do the rows of a table come from?

use std::fmt::Debug;
use std::sync::Arc;

use super::block::{Block, MadeRows, bytes_of};
use super::file::SourceFile;
use crate::exchange::package::merge::Census;
use crate::exchange::text::RawTable;

/// Where the rows of a table come from. It can be read any number of times.
#[derive(Clone, Debug)]
pub(in crate::exchange) enum TableContents {
    /// A file that is cut into blocks.
    File {
        /// The file.
        file: SourceFile,
        /// What separates its cells.
        separator: u8,
    },
    /// A table that was read as a whole.
    Whole(Arc<RawTable>),
    /// Rows that are made of those of another table.
    Made(Arc<dyn Made>),
}

/// A table whose rows are made of those of another one, block by block.
pub(in crate::exchange) trait Made: Debug + Send + Sync {
    /// The other table: a file, or a whole one.
    fn of(&self) -> &TableContents;

    /// What is known of the ids of its rows, if all of them are made.
    fn census(&self) -> Option<Arc<Census>>;

    /// Makes the rows of one block after the other, on any thread.
    fn maker(&self) -> Box<dyn FnMut(&Block<'_>) -> MadeRows + '_>;
}

impl TableContents {
    /// About how many bytes are read for it each time.
    pub(in crate::exchange) fn bytes(&self) -> u64 {
        match self {
            Self::File { file, .. } => file.bytes(),
            Self::Whole(table) => table.rows.iter().map(bytes_of).sum::<usize>() as u64,
            Self::Made(made) => made.of().bytes(),
        }
    }
}
