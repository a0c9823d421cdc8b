//! Which bytes do records and chunks have?

pub(in crate::store) mod chunks;
pub(in crate::store) mod codec;
pub(in crate::store) mod columns;
#[cfg(feature = "fuzzing")]
pub(in crate::store) mod fuzz;
#[cfg(test)]
mod golden;
pub(in crate::store) mod records;
pub(in crate::store) mod text_index;
