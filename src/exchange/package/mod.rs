//! How does a data set come in from, and leave as, a folder of CSV tables?
//!
//! Reading has three steps, each with its own type: files → [`Package`] (tables of cells) →
//! [`ImportPlan`] (a change set, and where each element came from) → commit by the store. Columns come
//! from the schema alone. The format is described in `docs/exchange.md`.

mod difference;
mod edges;
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
mod text;
mod write;

pub(super) use layout::{Column, TableKind};
pub(super) use names::id_of_parts;
pub(super) use plan::{fault_of, plan_tables};
pub(super) use read::Listing;
pub(super) use reading::{NEAR_IDS, Reading, edge_id_parts, is_property, spells_in, suggest_id};
pub(super) use sheet::{Place, Sheet, match_columns};
pub(super) use spells::{in_order, read_spell_rows};
pub(super) use text::ragged_row;
pub(crate) use text::{RawTable, Row, read_table};
pub(super) use write::{write_empty, write_streamed};

pub use difference::{Difference, DifferenceKind};
pub use metadata::{Licence, Metadata};
pub use plan::{ImportCounts, ImportMode, ImportOptions, ImportPlan, locate, plan_import};
pub use read::Package;
pub use write::{WriteOptions, WriteReport, write_package};
