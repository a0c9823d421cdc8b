//! How is a graph read many elements at a time?
//!
//! [`GraphRead`] is the door for whatever walks over a graph: batches of the nodes of a label or the edges of a type,
//! with their columns where they lie; the neighbours of many nodes at once; indexes, counts and degree statistics. Reads
//! touch only what bears the label or type that is asked for, and a value is borrowed, not copied.

mod adjacency;
mod batch;
mod column;
mod delta_rows;
mod snapshot;
mod value;

use std::error::Error;
use std::sync::Arc;

pub(super) use adjacency::PackedNeighbours;
pub use adjacency::{Adjacency, EdgeList, Neighbours};
pub use batch::{Batch, Rows};
pub use column::{ChangedColumn, ColumnValues, ColumnView, ListColumn, TextColumn};
pub(super) use snapshot::Derived;
pub use value::{ListRef, PropertyRef, TextRef, ValueRef};

use super::{
    Catalogue, EdgeDirection, EdgeId, EdgeIx, KeyId, LabelId, NodeId, NodeIx, Property, TemporalMask, TypeId,
};
use crate::value::{AsOf, Validity};

/// Which elements count by their dates.
#[derive(Clone, Copy, Debug, Default)]
pub enum TimeFilter<'a> {
    /// All, whatever their dates.
    #[default]
    All,
    /// Those that count at an instant or in a window under a reading (S1, S28).
    AsOf(AsOf),
    /// Those of a mask that was worked out before: cheaper from some hundred thousand tests on.
    Mask(&'a TemporalMask),
}

impl From<AsOf> for TimeFilter<'_> {
    fn from(as_of: AsOf) -> Self {
        if as_of.window().is_none() { Self::All } else { Self::AsOf(as_of) }
    }
}

/// A part of the nodes of a label, or of the edges of a type, that is read as one batch: a row group, or some elements
/// that were changed since the graph was packed. Morsels are read in any order and on any thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Morsel<N> {
    /// The label or type that is asked for; `None` = any.
    name: Option<N>,
    part: Part,
    rows: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The number of a row group.
    Group(u32),
    /// Places among the changed elements.
    Changed { first: u32, end: u32 },
}

impl<N> Morsel<N> {
    /// The most rows that its batch asks for: exact if nothing has changed since the graph was packed and the filter takes
    /// all times.
    #[must_use]
    pub fn most_rows(&self) -> usize {
        self.rows as usize
    }
}

/// Type and ends of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EdgeEnds {
    /// Its type.
    pub edge_type: TypeId,
    /// The node that it leaves.
    pub source: NodeIx,
    /// The node at which it arrives.
    pub target: NodeIx,
}

/// How the edges of a type lie at the nodes of a label, in one orientation, at all times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DegreeStatistics {
    /// How many such edges there are.
    pub edges: u64,
    /// How many nodes have one at least.
    pub nodes: u64,
    /// The most that one node has.
    pub most: u64,
}

/// A property that is borrowed from the graph, or was read for this call.
#[derive(Clone, Debug)]
pub enum PropertyCow<'a> {
    /// It lies in the graph.
    Borrowed(PropertyRef<'a>),
    /// It was read from a store.
    Owned(Property),
}

impl PropertyCow<'_> {
    /// The property.
    #[must_use]
    pub fn get(&self) -> PropertyRef<'_> {
        match self {
            Self::Borrowed(property) => *property,
            Self::Owned(property) => property.into(),
        }
    }
}

/// Why a graph cannot be read: what the store says. A graph in memory can always be read.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct ReadError(#[from] Box<dyn Error + Send + Sync>);

impl ReadError {
    /// Wraps the error of a store.
    pub fn new(error: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(error))
    }

    /// The error of the store.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn Error + Send + Sync> {
        self.0
    }
}

/// What a read gives.
pub type ReadResult<T> = Result<T, ReadError>;

/// Reads one state of a graph, many elements at a time.
///
/// Indices are those of this graph alone. Elements that were removed are never given. Results come in a fixed order:
/// morsels, rows and lists are the same each time for the same state.
///
/// ```
/// # use std::sync::Arc;
/// use intergov::graph::{Catalogue, GraphRead, EdgeDirection, Snapshot, TimeFilter};
/// # use intergov::value::{Validity, Value};
/// # let empty = Snapshot::empty(Arc::new(Catalogue::default()));
/// # let mut draft = empty.draft();
/// # let city = draft.create_node(&["City"], Validity::ALWAYS)?;
/// # let town = draft.create_node(&["City"], Validity::ALWAYS)?;
/// # draft.set_node(city, "size", Value::Integer(12))?;
/// # draft.create_edge("PAYS", city, town, Validity::ALWAYS)?;
/// # let state = empty.apply(&draft.finish())?;
/// let graph: &dyn GraphRead = &state;
/// let (label, key) = (graph.catalogue().label("City"), graph.catalogue().key("size"));
/// let (mut sum, mut edges) = (0, 0);
/// for morsel in graph.node_morsels(label)? {
///     let batch = graph.node_batch(&morsel, TimeFilter::All)?;
///     let column = key.and_then(|key| batch.column(key));
///     let sizes = batch.rows().iter().filter_map(|row| column?.get(row)?.latest()?.as_integer());
///     sum += sizes.sum::<i64>();
///     let nodes: Vec<_> = batch.nodes().collect();
///     edges += graph.expand(&nodes, &[], EdgeDirection::Out, TimeFilter::All)?.edge_count();
/// }
/// assert_eq!((sum, edges), (12, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Every read fails with what the store says if the graph lies in a store that cannot be read.
pub trait GraphRead: Send + Sync {
    /// Labels, types, keys and the schema.
    fn catalogue(&self) -> &Arc<Catalogue>;

    /// One more than the greatest node index and the greatest edge index that occur: sizes for arrays by index.
    fn bounds(&self) -> (usize, usize);

    /// How many nodes bear a label; without one, how many there are.
    fn count_nodes(&self, label: Option<LabelId>) -> ReadResult<usize>;

    /// How many edges are of a type; without one, how many there are.
    fn count_edges(&self, edge_type: Option<TypeId>) -> ReadResult<usize>;

    /// How the edges of a type lie at the nodes of a label (without one, at all nodes), for the estimates of a planner:
    /// it may be that of the state that was last packed. `None` if only a scan would tell.
    fn degree_statistics(
        &self,
        label: Option<LabelId>,
        edge_type: TypeId,
        orientation: EdgeDirection,
    ) -> Option<DegreeStatistics>;

    /// The parts of the nodes of a label; without one, of all nodes.
    fn node_morsels(&self, label: Option<LabelId>) -> ReadResult<Vec<Morsel<LabelId>>>;

    /// The parts of the edges of a type; without one, of all edges.
    fn edge_morsels(&self, edge_type: Option<TypeId>) -> ReadResult<Vec<Morsel<TypeId>>>;

    /// The nodes of a part that count by their dates.
    fn node_batch(&self, morsel: &Morsel<LabelId>, time: TimeFilter<'_>) -> ReadResult<Batch<'_, NodeIx>>;

    /// The edges of a part that count by their dates; whether their ends count is another question.
    fn edge_batch(&self, morsel: &Morsel<TypeId>, time: TimeFilter<'_>) -> ReadResult<Batch<'_, EdgeIx>>;

    /// The edges of some types (of all types if none are named) that leave or reach these nodes and count by their dates.
    /// A node may be named twice; one that is not there has no edges.
    fn expand(
        &self,
        nodes: &[NodeIx],
        types: &[TypeId],
        orientation: EdgeDirection,
        time: TimeFilter<'_>,
    ) -> ReadResult<Adjacency<'_>>;

    /// How many edges [`GraphRead::expand`] would give for each of these nodes, without listing them.
    fn degrees(
        &self,
        nodes: &[NodeIx],
        types: &[TypeId],
        orientation: EdgeDirection,
        time: TimeFilter<'_>,
    ) -> ReadResult<Vec<u32>>;

    /// Whether each of these nodes is there, bears a label (any, without one) and counts by its dates.
    fn test_nodes(
        &self,
        nodes: &[NodeIx],
        label: Option<LabelId>,
        time: TimeFilter<'_>,
    ) -> ReadResult<Vec<bool>>;

    /// What each of these nodes holds under a key, in their order.
    fn node_properties(&self, nodes: &[NodeIx], key: KeyId) -> ReadResult<Vec<Option<PropertyCow<'_>>>>;

    /// What each of these edges holds under a key, in their order.
    fn edge_properties(&self, edges: &[EdgeIx], key: KeyId) -> ReadResult<Vec<Option<PropertyCow<'_>>>>;

    /// The labels of a node, ascending; none if it is not there.
    fn labels(&self, node: NodeIx) -> ReadResult<std::borrow::Cow<'_, [LabelId]>>;

    /// Type and ends of an edge; `None` if it is not there.
    fn ends(&self, edge: EdgeIx) -> ReadResult<Option<EdgeEnds>>;

    /// When a node holds; `None` if it is not there.
    fn node_validity(&self, node: NodeIx) -> ReadResult<Option<Validity>>;

    /// When an edge holds; `None` if it is not there.
    fn edge_validity(&self, edge: EdgeIx) -> ReadResult<Option<Validity>>;

    /// The permanent id of a node; `None` if it is not there.
    fn node_id(&self, node: NodeIx) -> ReadResult<Option<NodeId>>;

    /// The permanent id of an edge; `None` if it is not there.
    fn edge_id(&self, edge: EdgeIx) -> ReadResult<Option<EdgeId>>;

    /// The nodes that hold a text under a key, in whatever spell, ascending.
    fn nodes_with_text(&self, key: KeyId, text: &str) -> ReadResult<Vec<NodeIx>>;

    /// The edges that hold a text under a key, in whatever spell, ascending.
    fn edges_with_text(&self, key: KeyId, text: &str) -> ReadResult<Vec<EdgeIx>>;
}
