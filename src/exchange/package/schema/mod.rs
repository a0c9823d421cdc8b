//! Which tables and columns does a package have? All of it comes from the schema.

mod columns;
pub(super) mod layout;
pub(super) mod metadata;

pub(in crate::exchange) use columns::{RowLocation, has_time, match_columns, said_undated, while_both};
pub(super) use layout::SETTINGS;
pub(crate) use layout::TableKind;
pub(in crate::exchange) use layout::{TableColumn, is_own, is_property, spells_in};
