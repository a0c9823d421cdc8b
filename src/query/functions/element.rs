//! Of nodes, edges and paths.

use super::{Function, Result, Takes, a_text, boolean, integer, texts, wrong};
use crate::query::bind::Type;
use crate::query::execute::Run;
use crate::query::values::Datum;

pub(super) const TABLE: &[Function] = &[
    Function::new("id", &[Takes::NodeOrEdge], integer, id),
    Function::new("elementId", &[Takes::NodeOrEdge], a_text, element_id),
    Function::new("labels", &[Takes::Node], texts, labels),
    Function::new("type", &[Takes::Edge], a_text, edge_type),
    Function::new("startNode", &[Takes::Edge], node, |run, arguments| end(run, &arguments[0], true)),
    Function::new("endNode", &[Takes::Edge], node, |run, arguments| end(run, &arguments[0], false)),
    Function::new("nodes", &[Takes::Path], nodes_type, |_, arguments| match &arguments[0] {
        Datum::Path(path) => Ok(Datum::list(path.nodes.iter().map(|node| Datum::Node(*node)))),
        other => Err(wrong("nodes", Takes::Path, other)),
    }),
    Function::new("relationships", &[Takes::Path], edges_type, edges),
    Function::new("rels", &[Takes::Path], edges_type, edges),
    Function::new("length", &[Takes::Path], integer, |_, arguments| match &arguments[0] {
        Datum::Path(path) => Ok(Datum::Integer(path.edges.len() as i64)),
        other => Err(wrong("length", Takes::Path, other)),
    }),
    Function::new("properties", &[Takes::Entries], map, properties),
    Function::new("keys", &[Takes::Entries], texts, keys),
    Function::new("exists", &[Takes::Any], boolean, |_, arguments| {
        Ok(Datum::Boolean(!arguments[0].is_null()))
    })
    .lenient(),
    Function::new("degree", &[Takes::Node], integer, degree),
];

fn node(_: &[Type]) -> Type {
    Type::Node
}

fn map(_: &[Type]) -> Type {
    Type::Map
}

fn nodes_type(_: &[Type]) -> Type {
    Type::list(Type::Node)
}

fn edges_type(_: &[Type]) -> Type {
    Type::list(Type::Edge)
}

fn id(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Node(node) => Ok(Datum::Integer(run.graph.node_id(*node).get() as i64)),
        Datum::Edge(edge) => Ok(Datum::Integer(run.graph.edge_id(*edge) as i64)),
        other => Err(wrong("id", Takes::NodeOrEdge, other)),
    }
}

fn element_id(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Node(node) => Ok(Datum::text(&run.graph.node_id(*node).to_string())),
        Datum::Edge(edge) => Ok(Datum::text(&format!("e{}", run.graph.edge_id(*edge)))),
        other => Err(wrong("elementId", Takes::NodeOrEdge, other)),
    }
}

fn labels(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Node(node) => {
            run.graph.live_node(*node)?;
            let names = run.graph.label_names(*node);
            Ok(Datum::list(names.into_iter().map(Datum::Text)))
        }
        other => Err(wrong("labels", Takes::Node, other)),
    }
}

fn edge_type(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Edge(edge) => Ok(Datum::text(run.graph.edge_type(*edge))),
        other => Err(wrong("type", Takes::Edge, other)),
    }
}

fn end(run: &Run<'_>, edge: &Datum, start: bool) -> Result {
    match edge {
        Datum::Edge(edge) => {
            let (source, target) = run.graph.ends(*edge);
            Ok(Datum::Node(if start { source } else { target }))
        }
        other => Err(wrong(if start { "startNode" } else { "endNode" }, Takes::Edge, other)),
    }
}

fn edges(_: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Path(path) => Ok(Datum::list(path.edges.iter().map(|edge| Datum::Edge(*edge)))),
        other => Err(wrong("relationships", Takes::Path, other)),
    }
}

fn properties(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Map(_) => Ok(arguments[0].clone()),
        Datum::Node(_) | Datum::Edge(_) => Ok(Datum::Map(run.graph.properties(&arguments[0])?.into())),
        other => Err(wrong("properties", Takes::Entries, other)),
    }
}

fn keys(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Map(entries) => Ok(Datum::list(entries.keys().cloned().map(Datum::Text))),
        Datum::Node(_) | Datum::Edge(_) => {
            let properties = run.graph.properties(&arguments[0])?;
            Ok(Datum::list(properties.into_keys().map(Datum::Text)))
        }
        other => Err(wrong("keys", Takes::Entries, other)),
    }
}

fn degree(run: &Run<'_>, arguments: &[Datum]) -> Result {
    match &arguments[0] {
        Datum::Node(node) => {
            let out = run.graph.out_edges(*node).count();
            Ok(Datum::Integer((out + run.graph.in_edges(*node).count()) as i64))
        }
        other => Err(wrong("degree", Takes::Node, other)),
    }
}
