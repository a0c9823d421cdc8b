//! How does a whole graph become plain text, and a graph again?
//!
//! A dump is JSON Lines: a header with the version and all names, then one line a node and one line an
//! edge in the order in which they were made. Permanent ids stay inside the store (S22): an edge names its
//! ends by their place among the nodes of the dump. The same graph gives the same bytes, and
//! `dump(load(dump(x))) = dump(x)`.

mod load;
mod write;

pub use load::{DumpError, load};
pub use write::{DumpCounts, dump};

/// Version of the format; a reader refuses others.
const VERSION: u64 = 1;
