//! A value in a row of a result: nodes and edges with all that they hold.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::{Datum, EdgeKey, text_of};
use crate::graph::NodeIx;
use crate::query::graph::Graph;

/// A value of a result; it belongs to no state of the graph.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum RowValue {
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
    /// A day, a time or a duration, as ISO 8601 writes it; a year or a month where that is all that is known.
    Time(Arc<str>),
    /// Values in order.
    List(Vec<RowValue>),
    /// Values by key.
    Map(BTreeMap<Arc<str>, RowValue>),
    /// A node.
    Node(Arc<RowNode>),
    /// An edge or a derived tie.
    Edge(Arc<RowEdge>),
    /// Nodes and edges in turn.
    Path(Arc<RowPath>),
}

/// A node of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct RowNode {
    /// Its permanent id (S22).
    pub id: u64,
    /// Its labels, in the order of code points.
    pub labels: Vec<Arc<str>>,
    /// Its properties; dated ones with their latest value (S3).
    pub properties: BTreeMap<Arc<str>, RowValue>,
}

/// An edge of a result.
#[derive(Clone, Debug, PartialEq)]
pub struct RowEdge {
    /// Its permanent id (S22).
    pub id: u64,
    /// Its type.
    pub edge_type: Arc<str>,
    /// Permanent id of the node that it leaves.
    pub source: u64,
    /// Permanent id of the node at which it arrives.
    pub target: u64,
    /// Its properties.
    pub properties: BTreeMap<Arc<str>, RowValue>,
}

/// A walk of a result: one node more than edges.
#[derive(Clone, Debug, PartialEq)]
pub struct RowPath {
    /// The nodes in order.
    pub nodes: Vec<Arc<RowNode>>,
    /// The edges between them.
    pub edges: Vec<Arc<RowEdge>>,
}

impl RowValue {
    /// The value with all that its nodes and edges hold in a graph.
    pub(in crate::query) fn of(value: &Datum, graph: &Graph<'_>) -> Self {
        match value {
            Datum::Null => Self::Null,
            Datum::Boolean(truth) => Self::Boolean(*truth),
            Datum::Integer(number) => Self::Integer(*number),
            Datum::Float(number) => Self::Float(*number),
            Datum::Text(text) => Self::Text(Arc::clone(text)),
            Datum::Period(_) | Datum::Temporal(_) | Datum::Duration(_) => {
                Self::Time(text_of(value).unwrap_or_default())
            }
            Datum::List(items) => Self::List(items.iter().map(|item| Self::of(item, graph)).collect()),
            Datum::Map(entries) => Self::Map(
                entries.iter().map(|(key, value)| (Arc::clone(key), Self::of(value, graph))).collect(),
            ),
            Datum::Node(node) => Self::Node(Arc::new(RowNode::of(*node, graph))),
            Datum::Edge(edge) => Self::Edge(Arc::new(RowEdge::of(*edge, graph))),
            Datum::Path(path) => Self::Path(Arc::new(RowPath {
                nodes: path.nodes.iter().map(|node| Arc::new(RowNode::of(*node, graph))).collect(),
                edges: path.edges.iter().map(|edge| Arc::new(RowEdge::of(*edge, graph))).collect(),
            })),
        }
    }

    /// Whether it is null.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The text, where it is one, and that of a time.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) | Self::Time(text) = self { Some(text) } else { None }
    }

    /// The whole number, where it is one.
    #[must_use]
    pub fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    /// The number, where it is one; whole ones beyond 2^53 lose digits.
    #[must_use]
    pub fn as_number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// As JSON: a node is `{"id", "labels", "properties"}`, an edge `{"id", "type", "from", "to", "properties"}`, a path
    /// `{"nodes", "edges"}`; numbers that are not finite are texts.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::{Value, json};
        let object = |entries: &BTreeMap<Arc<str>, Self>| {
            Value::Object(entries.iter().map(|(key, value)| (key.to_string(), value.to_json())).collect())
        };
        let node = |node: &RowNode| json!({"id": node.id, "labels": texts(&node.labels), "properties": object(&node.properties)});
        let edge = |edge: &RowEdge| {
            json!({"id": edge.id, "type": &*edge.edge_type, "from": edge.source, "to": edge.target,
                   "properties": object(&edge.properties)})
        };
        match self {
            Self::Null => Value::Null,
            Self::Boolean(truth) => json!(truth),
            Self::Integer(number) => json!(number),
            Self::Float(number) if number.is_finite() => json!(number),
            Self::Float(number) => json!(super::display::float(*number)),
            Self::Text(text) | Self::Time(text) => json!(&**text),
            Self::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(entries) => object(entries),
            Self::Node(own) => node(own),
            Self::Edge(own) => edge(own),
            Self::Path(path) => {
                let nodes: Vec<Value> = path.nodes.iter().map(|own| node(own)).collect();
                let edges: Vec<Value> = path.edges.iter().map(|own| edge(own)).collect();
                json!({"nodes": nodes, "edges": edges})
            }
        }
    }
}

fn texts(names: &[Arc<str>]) -> Vec<&str> {
    names.iter().map(AsRef::as_ref).collect()
}

fn held(value: &Datum, graph: &Graph<'_>) -> BTreeMap<Arc<str>, RowValue> {
    let properties = graph.last_properties(value);
    properties.iter().map(|(key, value)| (Arc::clone(key), RowValue::of(value, graph))).collect()
}

impl RowNode {
    fn of(node: NodeIx, graph: &Graph<'_>) -> Self {
        Self {
            id: graph.node_id(node).get(),
            labels: graph.label_names(node),
            properties: held(&Datum::Node(node), graph),
        }
    }
}

impl RowEdge {
    fn of(edge: EdgeKey, graph: &Graph<'_>) -> Self {
        let (source, target) = graph.ends(edge);
        Self {
            id: graph.edge_id(edge),
            edge_type: graph.edge_type(edge).into(),
            source: graph.node_id(source).get(),
            target: graph.node_id(target).get(),
            properties: held(&Datum::Edge(edge), graph),
        }
    }
}

fn write_entries(f: &mut fmt::Formatter<'_>, entries: &BTreeMap<Arc<str>, RowValue>) -> fmt::Result {
    f.write_str("{")?;
    for (index, (key, value)) in entries.iter().enumerate() {
        write!(f, "{}{key}: {value}", if index > 0 { ", " } else { "" })?;
    }
    f.write_str("}")
}

impl fmt::Display for RowNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        self.labels.iter().try_for_each(|label| write!(f, ":{label}"))?;
        if !self.properties.is_empty() {
            f.write_str(if self.labels.is_empty() { "" } else { " " })?;
            write_entries(f, &self.properties)?;
        }
        f.write_str(")")
    }
}

impl fmt::Display for RowEdge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[:{}", self.edge_type)?;
        if !self.properties.is_empty() {
            f.write_str(" ")?;
            write_entries(f, &self.properties)?;
        }
        f.write_str("]")
    }
}

/// As a literal of the language.
impl fmt::Display for RowValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Boolean(truth) => write!(f, "{truth}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => f.write_str(&super::display::float(*number)),
            Self::Text(text) => write!(f, "'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")),
            Self::Time(text) => f.write_str(text),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Map(entries) => write_entries(f, entries),
            Self::Node(node) => write!(f, "{node}"),
            Self::Edge(edge) => write!(f, "{edge}"),
            Self::Path(path) => {
                f.write_str("<")?;
                for (index, node) in path.nodes.iter().enumerate() {
                    if let Some(edge) = index.checked_sub(1).and_then(|before| path.edges.get(before)) {
                        let out = edge.target == node.id && path.nodes[index - 1].id == edge.source;
                        let (left, right) = if out { ("-", "->") } else { ("<-", "-") };
                        write!(f, "{left}{edge}{right}")?;
                    }
                    write!(f, "{node}")?;
                }
                f.write_str(">")
            }
        }
    }
}
