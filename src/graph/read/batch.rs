//! Rows of one row group, with their columns where they lie.

use std::borrow::Cow;
use std::marker::PhantomData;

use super::column::ColumnView;
use crate::graph::columns::RowGroup;
use crate::graph::{EdgeIx, EdgeRecord, KeyId, NodeIx, NodeRecord, Properties, TypeId};
use crate::value::{Bound, Validity};

/// Rows of a batch that are asked for: a selection vector, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rows {
    /// All of the first rows, up to this number.
    All(u32),
    /// These.
    Some(Vec<u32>),
}

impl Rows {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::All(count) => *count as usize,
            Self::Some(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        let (all, some) = match self {
            Self::All(count) => (0..*count, &[][..]),
            Self::Some(rows) => (0..0, rows.as_slice()),
        };
        all.chain(some.iter().copied())
    }

    /// Those for which `keep` is true.
    pub(in crate::graph) fn keep(self, mut keep: impl FnMut(u32) -> bool) -> Self {
        match self {
            Self::All(count) => {
                let rows: Vec<u32> = (0..count).filter(|row| keep(*row)).collect();
                if rows.len() == count as usize { Self::All(count) } else { Self::Some(rows) }
            }
            Self::Some(mut rows) => {
                rows.retain(|row| keep(*row));
                Self::Some(rows)
            }
        }
    }
}

/// An element that was changed since the graph was packed.
#[derive(Clone, Copy, Debug)]
pub(in crate::graph) struct ChangedRow<'a> {
    pub(in crate::graph) ix: u32,
    pub(in crate::graph) validity: &'a Validity,
    pub(in crate::graph) properties: &'a Properties,
}

impl<'a> ChangedRow<'a> {
    pub(in crate::graph) fn node(ix: NodeIx, node: &'a NodeRecord) -> Self {
        Self { ix: ix.get(), validity: &node.validity, properties: &node.properties }
    }

    pub(in crate::graph) fn edge(ix: EdgeIx, edge: &'a EdgeRecord) -> Self {
        Self { ix: ix.get(), validity: &edge.validity, properties: &edge.properties }
    }
}

/// Where the rows of a batch lie.
#[derive(Clone, Debug)]
enum Source<'a> {
    /// A row group, and the index of its first row.
    Packed(&'a RowGroup, u32),
    Changed(Vec<ChangedRow<'a>>),
}

/// Types and ends of the rows of a batch of edges.
#[derive(Clone, Debug, Default)]
pub(in crate::graph) struct Ends<'a> {
    pub(in crate::graph) types: Cow<'a, [TypeId]>,
    pub(in crate::graph) sources: Cow<'a, [NodeIx]>,
    pub(in crate::graph) targets: Cow<'a, [NodeIx]>,
}

/// Nodes (`Ix` = [`NodeIx`]) or edges ([`EdgeIx`]) of one row group: the rows that are asked for, and columns over
/// all rows of the group.
///
/// Columns, ends and dates are read by row, from 0 to before [`Batch::group_len`]; only the rows of [`Batch::rows`]
/// are asked for, and others may be removed, of another label, or out of time.
#[derive(Clone, Debug)]
pub struct Batch<'a, Ix> {
    rows: Rows,
    source: Source<'a>,
    ends: Ends<'a>,
    index: PhantomData<Ix>,
}

impl<'a, Ix> Batch<'a, Ix> {
    fn new(rows: Rows, source: Source<'a>, ends: Ends<'a>) -> Self {
        Self { rows, source, ends, index: PhantomData }
    }

    /// The rows that are asked for.
    #[must_use]
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    fn group(&self) -> Option<&RowGroup> {
        match &self.source {
            Source::Packed(group, _) => Some(group),
            Source::Changed(_) => None,
        }
    }

    /// How many rows the columns have.
    #[must_use]
    pub fn group_len(&self) -> usize {
        match &self.source {
            Source::Changed(rows) => rows.len(),
            _ => self.group().map_or(0, RowGroup::len),
        }
    }

    /// The column of a key; `None` if no row of the group has a value under it.
    #[must_use]
    pub fn column(&self, key: KeyId) -> Option<ColumnView<'_>> {
        match &self.source {
            Source::Changed(rows) => Some(ColumnView::changed(rows, key)),
            _ => self.group()?.column(key).map(ColumnView::packed),
        }
    }

    /// Start and end of a row.
    #[must_use]
    pub fn bounds(&self, row: u32) -> (Bound, Bound) {
        match &self.source {
            Source::Changed(rows) => {
                rows.get(row as usize).map_or((Bound::Unknown, Bound::Unknown), |changed| {
                    (changed.validity.from, changed.validity.to)
                })
            }
            _ => self.group().map_or((Bound::Unknown, Bound::Unknown), |group| group.bounds(row)),
        }
    }

    /// When a row holds; it allocates if the row is attested.
    #[must_use]
    pub fn validity(&self, row: u32) -> Validity {
        match &self.source {
            Source::Changed(rows) => {
                rows.get(row as usize).map_or(Validity::UNKNOWN, |row| row.validity.clone())
            }
            _ => self.group().map_or(Validity::UNKNOWN, |group| group.validity(row)),
        }
    }

    fn index(&self, row: u32) -> u32 {
        match &self.source {
            Source::Packed(_, first) => first + row,
            Source::Changed(rows) => rows.get(row as usize).map_or(u32::MAX, |row| row.ix),
        }
    }
}

impl<'a> Batch<'a, NodeIx> {
    pub(in crate::graph) fn packed_nodes(group: &'a RowGroup, first: u32, rows: Rows) -> Self {
        Self::new(rows, Source::Packed(group, first), Ends::default())
    }

    pub(in crate::graph) fn changed_nodes(nodes: Vec<ChangedRow<'a>>, rows: Rows) -> Self {
        Self::new(rows, Source::Changed(nodes), Ends::default())
    }

    /// The node of a row.
    #[must_use]
    pub fn node(&self, row: u32) -> NodeIx {
        NodeIx::new(self.index(row))
    }

    /// The nodes that are asked for, in the order of the rows.
    pub fn nodes(&self) -> impl Iterator<Item = NodeIx> {
        self.rows.iter().map(|row| self.node(row))
    }
}

impl<'a> Batch<'a, EdgeIx> {
    pub(in crate::graph) fn packed_edges(
        group: &'a RowGroup,
        first: u32,
        rows: Rows,
        ends: Ends<'a>,
    ) -> Self {
        Self::new(rows, Source::Packed(group, first), ends)
    }

    pub(in crate::graph) fn changed_edges(edges: Vec<ChangedRow<'a>>, rows: Rows, ends: Ends<'a>) -> Self {
        Self::new(rows, Source::Changed(edges), ends)
    }

    /// The edge of a row.
    #[must_use]
    pub fn edge(&self, row: u32) -> EdgeIx {
        EdgeIx::new(self.index(row))
    }

    /// The edges that are asked for, in the order of the rows.
    pub fn edges(&self) -> impl Iterator<Item = EdgeIx> {
        self.rows.iter().map(|row| self.edge(row))
    }

    /// Types of all rows.
    #[must_use]
    pub fn types(&self) -> &[TypeId] {
        &self.ends.types
    }

    /// The nodes that the edges of all rows leave.
    #[must_use]
    pub fn sources(&self) -> &[NodeIx] {
        &self.ends.sources
    }

    /// The nodes at which the edges of all rows arrive.
    #[must_use]
    pub fn targets(&self) -> &[NodeIx] {
        &self.ends.targets
    }
}
