//! How does a whole graph come into an empty store with bounded memory?
//!
//! Nodes are packed as they come. Edges are written as bytes, sorted in runs on disk and merged: first by
//! source, which gives them their ids, then by target. Nothing refers to the new chunks until one transaction
//! moves the manifest; a load that is dropped or killed leaves the store as it was.

mod load;
mod rows;
mod runs;

pub use load::BulkLoad;
