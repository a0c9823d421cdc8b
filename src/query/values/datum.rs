//! The value itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::temporal::{Duration, Temporal};
use crate::graph::NodeIx;
use crate::value::Date;

/// Entries by key.
pub type Map = BTreeMap<Arc<str>, Datum>;

/// A value while a query runs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Datum {
    /// Nothing is known.
    Null,
    /// True or false.
    Boolean(bool),
    /// A whole number of 64 bits.
    Integer(i64),
    /// A number of double precision; may be infinite or not a number.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A date as a source gives it, of the precision of a year or a month.
    Period(Date),
    /// A day, a time, or both, with or without a zone.
    Temporal(Arc<Temporal>),
    /// Months, days, seconds and nanoseconds.
    Duration(Arc<Duration>),
    /// Values in order.
    List(Arc<[Datum]>),
    /// Values by key.
    Map(Arc<Map>),
    /// A node of the state that the query reads.
    Node(NodeIx),
    /// An edge or a derived tie of the state that the query reads.
    Edge(EdgeKey),
    /// Nodes and edges in turn.
    Path(Arc<Path>),
}

/// An edge of the graph, or a derived tie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EdgeKey {
    /// 0 for a stored edge; else the number of a table of derived ties.
    pub(in crate::query) table: u16,
    /// The index of the edge, or the row of the table.
    pub(in crate::query) row: u32,
}

impl EdgeKey {
    /// An edge of the graph.
    pub(in crate::query) const fn stored(row: u32) -> Self {
        Self { table: 0, row }
    }
}

/// A walk: one node more than edges.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The nodes in order.
    pub nodes: Vec<NodeIx>,
    /// The edges between them.
    pub edges: Vec<EdgeKey>,
}

impl Datum {
    /// Text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// A map.
    pub fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Map(Arc::new(entries.into_iter().map(|(key, value)| (key.into(), value)).collect()))
    }

    pub(in crate::query) fn temporal(value: Temporal) -> Self {
        Self::Temporal(Arc::new(value))
    }

    pub(in crate::query) fn duration(value: Duration) -> Self {
        Self::Duration(Arc::new(value))
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What a message calls it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean(_) => "a boolean",
            Self::Integer(_) => "an integer",
            Self::Float(_) => "a float",
            Self::Text(_) => "a text",
            Self::Period(_) => "a date",
            Self::Temporal(value) => value.type_name(),
            Self::Duration(_) => "a duration",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
            Self::Node(_) => "a node",
            Self::Edge(_) => "an edge",
            Self::Path(_) => "a path",
        }
    }
}

impl From<bool> for Datum {
    fn from(truth: bool) -> Self {
        Self::Boolean(truth)
    }
}

impl From<i64> for Datum {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<f64> for Datum {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

/// True, false or unknown as a value.
pub(in crate::query) fn truth(value: Option<bool>) -> Datum {
    value.map_or(Datum::Null, Datum::Boolean)
}
