//! Which node or edge is meant: a name, a code, an id, or `TYPE/ID`.

use super::context::Reading;
use super::failure::Failure;
use crate::graph::{EdgeRef, NodeRef, Snapshot};
use crate::relations::{Kind, LookupError};
use crate::value::Day;

/// A node or an edge that somebody named.
#[derive(Clone, Copy)]
pub(super) enum Named<'a> {
    Node(NodeRef<'a>),
    Edge(EdgeRef<'a>),
}

impl Reading {
    /// The node or edge that a text means. Governments, arrangements, bodies and regions go by name, code
    /// or id; every other node by its id, or `Label/id`; an edge by `TYPE/id`.
    pub(super) fn element(&self, what: &str, day: Option<Day>) -> Result<Named<'_>, Failure> {
        if let Some((kind, id)) = what.split_once('/')
            && let Some(found) = of_kind(&self.snapshot, kind, id)?
        {
            return Ok(found);
        }
        let missing = match self.names().find(&Kind::ALL, what, day) {
            Err(error @ LookupError::NotFound { .. }) => error,
            Err(error) => return Err(error.into()),
            Ok(found) => {
                let node = self.snapshot.node_at(Self::meant(what, &found));
                return node.map(Named::Node).ok_or_else(|| gone(what));
            }
        };
        match self.snapshot.nodes_holding("id", what).as_slice() {
            [] => Err(missing.into()),
            [only] => Ok(Named::Node(*only)),
            several => Err(Failure::NotFound(format!(
                "“{what}” is the id of {} nodes; write one of {}",
                several.len(),
                several.iter().map(|node| format!("{}/{what}", label(*node))).collect::<Vec<_>>().join(", ")
            ))),
        }
    }

    /// As [`Reading::element`], where only a node will do.
    pub(super) fn node(&self, what: &str, day: Option<Day>) -> Result<NodeRef<'_>, Failure> {
        match self.element(what, day)? {
            Named::Node(node) => Ok(node),
            Named::Edge(_) => Err(Failure::Usage(format!("{what} is an edge; name a node"))),
        }
    }
}

/// What `kind/id` names; `None` if the first word is neither a label nor an edge type.
fn of_kind<'a>(snapshot: &'a Snapshot, kind: &str, id: &str) -> Result<Option<Named<'a>>, Failure> {
    let catalogue = snapshot.catalogue();
    let found = if catalogue.edge_type(kind).is_some() {
        snapshot.find_edge(kind, id).map(Named::Edge)
    } else if catalogue.label(kind).is_some() {
        snapshot.find(kind, id).map(Named::Node)
    } else {
        return Ok(None);
    };
    found.map(Some).ok_or_else(|| Failure::NotFound(format!("there is no {kind} with the id “{id}”")))
}

fn gone(what: &str) -> Failure {
    Failure::NotFound(format!("“{what}” is not there"))
}

/// The first label of a node.
fn label(node: NodeRef<'_>) -> &str {
    let first = node.labels().first();
    first.map_or("", |label| node.snapshot().catalogue().label_name(*label))
}
