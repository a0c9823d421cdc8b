//! How do chunks come into segments, and which of them are the store's?

pub(in crate::store) mod cache;
pub(in crate::store) mod checkpoint;
pub(in crate::store) mod decode;
pub(in crate::store) mod manifest;
pub(in crate::store) mod merge;
pub(in crate::store) mod pending;
pub(in crate::store) mod segment;
pub(in crate::store) mod segments;
pub(in crate::store) mod state;
pub(in crate::store) mod writer;
