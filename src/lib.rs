//! intergov: an embedded graph database of intergovernmental relations.
//!
//! Governments are nodes. Their cooperation is stored once, dated and sourced; the ties between them —
//! vertical, horizontal, diagonal — are derived from ranks and hierarchy at a date. [`Database`] is the
//! front door; each module answers one question, which its first line asks.
//!
//! ```
//! use intergov::Database;
//! use intergov::study::Moment;
//!
//! let db = Database::in_memory()?;
//! let years = Moment::series("1997..2019")?;
//! let report = db.analyze("directions", &years, Default::default(), Default::default())?;
//! assert_eq!(report.rows.len(), 23);
//! # Ok::<(), intergov::Error>(())
//! ```

pub mod analysis;
#[cfg(feature = "cli")]
pub mod cli;
pub mod exchange;
pub mod graph;
pub mod network;
pub mod query;
pub mod relations;
pub mod store;
pub mod study;
pub mod value;

mod database;
mod error;
mod files;
mod workers;

pub use database::{
    Builder, CommitEvent, Database, ImportStage, ImportWatch, Imported, Migrated, Transaction,
};
pub use error::Error;
