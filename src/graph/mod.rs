//! What is the graph, and what does one state of it look like in memory?
//!
//! A property graph: nodes with labels, edges with one type, typed properties that may be dated (S3),
//! and a validity on every element. A [`Snapshot`] is one immutable state; a [`Draft`] collects changes
//! to it; a [`ChangeSet`] is what a transaction commits. Rules of a domain plug in as [`CommitRule`].

mod base;
mod bulk;
mod catalogue;
mod change;
mod column;
mod difference;
mod element;
mod ids;
mod index;
mod record;
mod rule;
mod schema;
mod snapshot;
mod visit;

pub use bulk::{BulkEdge, BulkNode, BulkSink};
pub use catalogue::{Catalogue, CatalogueError, Name, NameKind};
pub use change::{Change, ChangeError, ChangeSet, Draft};
pub use difference::{Days, Difference, Element, Turn};
pub use element::{EdgeRef, NodeRef};
pub use ids::{EdgeId, EdgeIx, KeyId, LabelId, NodeId, NodeIx, TypeId};
pub use record::{EdgeRecord, NodeRecord, Properties, Property, Spell};
pub use rule::{CommitRule, Subject, Violation};
pub use schema::{
    COMMON_COLUMNS, ColumnType, EdgeSpec, LabelSpec, PropertyKind, PropertySpec, Schema, SchemaError,
};
pub use snapshot::Snapshot;
pub use visit::{GraphEdgeReference, GraphVisitMap};
