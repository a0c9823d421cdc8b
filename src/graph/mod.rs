//! What is the graph, and what does one state of it look like in memory?
//!
//! A property graph: nodes with labels, edges with one type, typed properties that may be dated (S3),
//! and a validity on every element. A [`Snapshot`] is one immutable state; a [`Draft`] collects changes
//! to it; a [`ChangeSet`] is what a transaction commits. Rules of a domain plug in as [`CommitRule`].

mod admissible;
mod catalogue;
mod change;
mod columns;
mod delta;
mod dense;
mod difference;
mod draft;
mod element;
mod existence;
mod fit;
mod getters;
mod ids;
mod lasting;
pub mod limits;
mod merge;
mod packed;
mod point;
mod read;
mod record;
mod rule;
mod schema;
mod shared_map;
mod since;
mod sink;
mod snapshot;
mod visit;

pub(crate) use admissible::check_values;
pub use catalogue::{Catalogue, CatalogueError, Name, NameKind};
pub use change::{Change, ChangeError, ChangeSet};
pub use columns::RankBitmap;
pub(crate) use columns::{
    Attestations, Cell, CellKind, CellValue, ColumnChunk, ColumnData, PREFIX_DIGITS, PrefixForm,
    PrefixedInts, RowGroup, RowGroupBuilder, TextData, TextLists, pack_bound, pack_date,
};
pub use dense::DenseView;
pub use difference::{Days, Difference, Element, Turn};
pub use draft::{Draft, DraftEdge, DraftNode, EdgeEdit, NodeEdit};
pub use element::{EdgeRef, NodeRef};
pub(crate) use fit::{check_edge_names, check_node_names};
pub use getters::PropertyError;
pub use ids::{EdgeId, EdgeIx, IdError, KeyId, LabelId, NodeId, NodeIx, TypeId};
pub use lasting::{End, Lasts};
pub(crate) use packed::{EdgeColumns, LinkedEdges, NodeColumns, PackError};
pub use point::{Contents, EdgeDirection, PointRead};
pub use read::{
    Adjacency, Batch, ChangedColumn, ColumnValues, ColumnView, DegreeStatistics, EdgeEnds, EdgeList,
    GraphRead, ListColumn, ListRef, Morsel, Neighbours, PropertyCow, PropertyRef, ReadError, ReadResult,
    Rows, TextColumn, TextRef, TimeFilter, ValueRef,
};
pub use record::{EdgeRecord, NodeRecord, Properties, Property, Spell};
pub use rule::{CommitRule, Subject, Violation};
pub use schema::{
    COMMON_COLUMNS, ColumnType, EdgeSpec, LabelSpec, PropertyKind, PropertySpec, Schema, SchemaError,
};
pub(crate) use shared_map::SharedMap;
pub use sink::{GraphSink, NewEdge, NewNode};
pub(crate) use snapshot::{Columns, SnapshotBuilder};
pub use snapshot::{Snapshot, TemporalMask};
pub use visit::{GraphEdgeReference, GraphVisitMap};
