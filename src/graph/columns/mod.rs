//! How do the properties and validities of many elements lie in memory?
//!
//! In row groups as they were packed, each with a column for each key: a dictionary, whole numbers, floats, Booleans,
//! texts, prefixes with numbers, lists of numbered texts, or anything. Rows without a value are told by a rank bitmap.

mod chunk;
mod data;
mod packer;
mod prefixed;
mod rank_bitmap;
mod row_group;
mod row_groups;
mod same;
mod text_lists;
mod validity;
mod weight;

pub(crate) use chunk::ColumnChunk;
pub(crate) use data::{ColumnData, TextData};
pub(crate) use packer::{Cell, CellKind, CellValue, RowGroupBuilder};
pub(crate) use prefixed::{PREFIX_DIGITS, PrefixForm, PrefixedInts};
pub use rank_bitmap::RankBitmap;
pub(crate) use row_group::RowGroup;
pub(super) use row_groups::RowGroups;
pub(crate) use text_lists::TextLists;
pub(crate) use validity::{Attestations, pack_bound, pack_date};
