//! How does a data set come in from, and leave as, a folder of CSV tables?
//!
//! Reading has three steps, each with its own type: files → [`Package`] (tables of cells) →
//! [`ImportPlan`] (a change set, and where each element came from) → commit by the store. Columns come
//! from the schema alone. The format is described in `docs/exchange.md`.

mod difference;
mod edges;
mod existence;
mod layout;
mod metadata;
mod names;
mod nodes;
mod plan;
mod planner;
mod read;
mod reading;
mod removal;
mod rows;
mod sheet;
mod spells;
mod succession;
mod write;

pub(super) use layout::{Column, TableKind};
pub(super) use names::id_of_parts;
pub(super) use plan::{fault_of, no_row, plan_tables};
pub(super) use read::Listing;
pub(super) use reading::{NEAR_IDS, Reading, edge_id_parts, is_property, spells_in, suggest_id};
pub(super) use sheet::{Place, Sheet, has_time, match_columns, said_undated, while_both};
pub(super) use spells::{in_order, read_spell_rows};
pub(super) use write::{write_empty, write_streamed};

pub use difference::{Difference, DifferenceKind};
pub use metadata::{Licence, Metadata};
pub use plan::{ImportCounts, ImportMode, ImportOptions, ImportPlan, Undated, locate, plan_import};
pub use read::Package;
pub use write::{WriteOptions, WriteReport, write_package};
