//! Which bytes do records and chunks have?

// What is read may be forged: a place out of bounds is an error there, not a panic.
#![cfg_attr(not(test), warn(clippy::indexing_slicing))]

pub(in crate::store) mod chunks;
pub(in crate::store) mod codec;
pub(in crate::store) mod columns;
#[cfg(feature = "fuzzing")]
pub(in crate::store) mod fuzz;
#[cfg(test)]
mod golden;
pub(in crate::store) mod records;
pub(in crate::store) mod text_index;
