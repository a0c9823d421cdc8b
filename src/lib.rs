//! intergov: an embedded graph database of intergovernmental relations.
//!
//! Governments are nodes. Their cooperation is stored once, dated and sourced; the ties between them —
//! vertical, horizontal, diagonal — are derived from ranks and hierarchy at a date. [`Database`] is the
//! front door. What stands on this page is the interface; the modules behind it may change.
//!
//! ```
//! use intergov::{Database, Moment};
//!
//! let db = Database::in_memory()?;
//! let years = Moment::series("1997..2019")?;
//! let report = db.analyze("directions", &years, Default::default(), Default::default())?;
//! assert_eq!(report.rows.len(), 23);
//! # Ok::<(), intergov::Error>(())
//! ```
//!
//! | feature | what it adds | default |
//! | --- | --- | --- |
//! | `analysis` | measures: [`Database::analyze`], [`Report`] | yes |
//! | `exchange` | files in and out: [`Database::import`], [`Database::export_package`], dumps, GraphML, synthetic data | yes |
//! | `cli` | the command; needs both | yes |
//! | `serde` | `Serialize` on what the library returns | no |

#![cfg_attr(
    not(all(feature = "analysis", feature = "exchange")),
    expect(dead_code, unused_imports, reason = "lower layers serve features that are off")
)]

#[cfg(feature = "analysis")]
#[doc(hidden)]
pub mod analysis;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[cfg(feature = "exchange")]
#[doc(hidden)]
pub mod exchange;
#[doc(hidden)]
pub mod graph;
#[doc(hidden)]
pub mod network;
#[doc(hidden)]
pub mod query;
#[doc(hidden)]
pub mod relations;
#[doc(hidden)]
pub mod store;
#[doc(hidden)]
pub mod study;
#[cfg(feature = "exchange")]
#[doc(hidden)]
pub mod synth;
#[doc(hidden)]
pub mod value;

mod database;
mod error;
mod files;
mod watch;
mod workers;

// The front door.
#[cfg(feature = "exchange")]
pub use database::Imported;
#[doc(hidden)]
pub use database::Migrated;
pub use database::{Builder, CommitEvent, Database, Transaction};
pub use error::Error;
pub use store::{CommitNote, Committed, StoreError};
#[doc(hidden)]
pub use watch::Cancelled;
pub use watch::{Progress, Stage, Watch};

// Values and time.
pub use value::{
    AsOf, Bound, Date, Day, FromValue, IntoValue, Persist, Reading, Truth, UnsuitedValue, Validity, Value,
    Window,
};

// The graph.
pub use graph::{
    ChangeSet, CommitRule, DenseView, Draft, DraftEdge, DraftNode, EdgeId, EdgeRef, NodeId, NodeRef,
    PropertyError, Snapshot, Subject, Violation,
};

// Governments and their ties.
#[doc(hidden)]
pub use relations::caption;
pub use relations::{
    Direction, Mechanism, NewArrangement, NewGovernment, Reach, Role, TieOptions, TieRef, TieTable, Writer,
};

// Networks and measures.
#[cfg(feature = "analysis")]
pub use analysis::Report;
pub use network::Network;
pub use study::{Moment, Selection, Slice, Study, Subjects};

// Files.
#[cfg(feature = "exchange")]
pub use exchange::{GraphmlOptions, ImportOptions, WriteOptions};
/// petgraph in the version whose algorithms run on [`Snapshot`], [`DenseView`] and [`Network`].
pub use petgraph;

/// The page on embedding is compiled and run as the documentation of items is.
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
struct Embedding;
