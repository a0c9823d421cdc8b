//! Writes the lines of a dump.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::VERSION;
use crate::exchange::error::ExchangeError;
use crate::exchange::json::{properties_to_json, put_validity};
use crate::graph::{Catalogue, EdgeRef, KeyId, NodeIx, NodeRef, Properties, Property, Snapshot};
use crate::value::Validity;

/// How much was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DumpCounts {
    /// Nodes.
    pub nodes: usize,
    /// Edges.
    pub edges: usize,
}

/// Names that elements of the graph use, sorted.
#[derive(Default)]
struct Used<'s> {
    labels: BTreeSet<&'s str>,
    types: BTreeSet<&'s str>,
    keys: BTreeSet<&'s str>,
}

impl<'s> Used<'s> {
    fn of(snapshot: &'s Snapshot) -> Self {
        let mut used = Self::default();
        let catalogue: &Catalogue = snapshot.catalogue();
        let mut keys = BTreeSet::new();
        for node in snapshot.nodes() {
            used.labels.extend(node.labels().iter().map(|label| catalogue.label_name(*label)));
            keys_of(&node.properties(), &mut keys);
        }
        for edge in snapshot.edges() {
            used.types.insert(edge.edge_type());
            keys_of(&edge.properties(), &mut keys);
        }
        used.keys = keys.into_iter().map(|key| catalogue.key_name(key)).collect();
        used
    }
}

fn keys_of(properties: &Properties, into: &mut BTreeSet<KeyId>) {
    for (key, property) in properties.iter() {
        into.insert(key);
        if let Property::Dated(spells) = property {
            into.extend(spells.iter().flat_map(|spell| spell.qualifiers.iter().map(|(key, _)| *key)));
        }
    }
}

/// Writes the whole graph.
///
/// # Errors
/// [`ExchangeError::Write`].
pub fn dump(snapshot: &Snapshot, mut out: impl Write) -> Result<DumpCounts, ExchangeError> {
    let used = Used::of(snapshot);
    let header = json!({
        "intergov": "dump",
        "version": VERSION,
        "nodes": snapshot.node_count(),
        "edges": snapshot.edge_count(),
        "labels": used.labels,
        "types": used.types,
        "keys": used.keys,
    });
    writeln!(out, "{header}")?;
    let mut nodes: Vec<NodeRef<'_>> = snapshot.nodes().collect();
    nodes.sort_by_key(|node| node.id());
    let mut places: HashMap<NodeIx, usize> = HashMap::with_capacity(nodes.len());
    for (place, node) in (1..).zip(&nodes) {
        places.insert(node.ix(), place);
        writeln!(out, "{}", Json::Object(node_line(place, *node)))?;
    }
    let mut edges: Vec<EdgeRef<'_>> = snapshot.edges().collect();
    edges.sort_by_key(|edge| edge.id());
    for edge in &edges {
        let place = |ix: NodeIx| places.get(&ix).copied().unwrap_or_default();
        let ends = (place(edge.source_ix()), place(edge.target_ix()));
        writeln!(out, "{}", Json::Object(edge_line(ends, *edge)))?;
    }
    out.flush()?;
    Ok(DumpCounts { nodes: nodes.len(), edges: edges.len() })
}

fn node_line(place: usize, node: NodeRef<'_>) -> Map<String, Json> {
    let catalogue = node.snapshot().catalogue();
    let mut labels: Vec<&str> = node.labels().iter().map(|label| catalogue.label_name(*label)).collect();
    labels.sort_unstable();
    let mut line = Map::from_iter([("node".to_owned(), json!(place)), ("labels".to_owned(), json!(labels))]);
    finish(&mut line, catalogue, &node.validity(), &node.properties());
    line
}

fn edge_line((from, to): (usize, usize), edge: EdgeRef<'_>) -> Map<String, Json> {
    let catalogue = edge.source().snapshot().catalogue();
    let mut line = Map::from_iter([
        ("edge".to_owned(), json!([from, to])),
        ("type".to_owned(), json!(edge.edge_type())),
    ]);
    finish(&mut line, catalogue, &edge.validity(), &edge.properties());
    line
}

fn finish(line: &mut Map<String, Json>, catalogue: &Catalogue, validity: &Validity, properties: &Properties) {
    put_validity(line, validity);
    let properties = properties_to_json(catalogue, properties.iter());
    if !properties.is_empty() {
        line.insert("properties".to_owned(), Json::Object(properties));
    }
}
