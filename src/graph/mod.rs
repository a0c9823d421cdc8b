//! What is the graph, and what does one state of it look like in memory?
//!
//! A property graph: nodes with labels, edges with one type, typed properties that may be dated (S3),
//! and a validity on every element. A [`Snapshot`] is one immutable state; a [`Draft`] collects changes
//! to it; a [`ChangeSet`] is what a transaction commits. Rules of a domain plug in as [`CommitRule`].

mod admissible;
mod base;
mod bits;
mod bulk;
mod catalogue;
mod cells;
mod change;
mod column;
mod difference;
mod draft;
mod element;
mod elements;
mod existence;
mod fit;
mod ids;
mod index;
mod lasting;
pub mod limits;
mod lists;
mod merge;
mod numbered;
mod overlay;
mod point;
mod record;
mod rule;
mod same;
mod schema;
mod shared_map;
mod snapshot;
mod typed;
mod visit;
mod weight;

pub(crate) use admissible::check_values;
pub(crate) use base::{EdgeColumns, LinkedEdges, NodeColumns, PackError};
pub use bits::Bits;
pub use bulk::{BulkEdge, BulkNode, BulkSink};
pub use catalogue::{Catalogue, CatalogueError, Name, NameKind};
pub(crate) use cells::{Cells, Texts};
pub use change::{Change, ChangeError, ChangeSet};
pub(crate) use column::{Attestations, ColumnPart, ElementColumns, pack_bound, pack_date};
pub use difference::{Days, Difference, Element, Turn};
pub use draft::{Draft, DraftEdge, DraftNode, EdgeEdit, NodeEdit};
pub use element::{EdgeRef, NodeRef};
pub(crate) use fit::{check_edge_names, check_node_names};
pub use ids::{EdgeId, EdgeIx, KeyId, LabelId, NodeId, NodeIx, TypeId};
pub use lasting::{End, Lasts};
pub(crate) use lists::{ListPacker, Lists, MANY_LISTS};
pub(crate) use numbered::{NumberForm, Numbered};
pub use point::{Contents, Orientation, PointRead};
pub use record::{EdgeRecord, NodeRecord, Properties, Property, Spell};
pub use rule::{CommitRule, Subject, Violation};
pub use schema::{
    COMMON_COLUMNS, ColumnType, EdgeSpec, LabelSpec, PropertyKind, PropertySpec, Schema, SchemaError,
};
pub(crate) use snapshot::{Columns, SnapshotBuilder};
pub use snapshot::{Holding, Snapshot};
pub use typed::PropertyError;
pub use visit::{GraphEdgeReference, GraphVisitMap};
