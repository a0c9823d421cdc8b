//! Writes the lines of a dump.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use serde_json::{Map, Value as Json, json};

use super::VERSION;
use crate::exchange::error::ExchangeError;
use crate::exchange::json::{properties_to_json, put_validity};
use crate::graph::{Catalogue, EdgeRef, KeyId, NodeIx, NodeRef, Properties, Property, Snapshot};
use crate::value::Validity;
use crate::watch::{Pace, Stage};

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
/// [`ExchangeError::Write`], [`ExchangeError::Cancelled`].
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
    let mut pace = Pace::new(Stage::Writing, snapshot.node_count() + snapshot.edge_count());
    for (place, node) in (1..).zip(&nodes) {
        pace.step()?;
        places.insert(node.ix(), place);
        writeln!(out, "{}", Json::Object(node_line(place, *node)))?;
    }
    let mut edges: Vec<EdgeRef<'_>> = snapshot.edges().collect();
    edges.sort_by_key(|edge| edge.id());
    for edge in &edges {
        pace.step()?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::graph::limits::{ELEMENT_BYTES, LINE_BYTES, Measured};
    use crate::graph::{ChangeError, Draft, NodeId, Spell};
    use crate::value::{Bound, Date, Value};

    /// A date that takes least in a record.
    fn near() -> Date {
        "1970-01-01".parse().unwrap()
    }

    fn early() -> Date {
        Date::year(-9_999).unwrap()
    }

    /// Of what takes much in a dump and little in a record, as many as make the rest count for nothing.
    fn put(draft: &mut Draft<'_>, node: NodeId, number: usize) -> Result<(), ChangeError> {
        const MANY: usize = 500;
        let date = Value::Date(near());
        let list = |value: &Value| Value::List(vec![value.clone(); MANY].into());
        let dated = |draft: &mut Draft<'_>, end: Bound, attested: Vec<Date>, with: &[&str]| {
            let validity = Validity { from: end, to: end, attested };
            let qualifiers = with.iter().map(|key| Ok((draft.key(key)?, date.clone())));
            let qualifiers = qualifiers.collect::<Result<Vec<_>, ChangeError>>()?;
            let spell = Spell { validity, value: date.clone(), qualifiers };
            let key = draft.key("")?;
            draft.edit_node(node)?.properties.insert(key, Property::Dated(vec![spell; MANY].into()));
            Ok(())
        };
        match number {
            0 => draft.set_node(node, "", list(&date)),
            1 => draft.set_node(node, "", Value::Text("\0".repeat(MANY).into())),
            2 => draft.set_node(node, "", list(&Value::List([].into()))),
            3 => draft.set_node(node, "", list(&Value::Float(-f64::MIN_POSITIVE))),
            4 => draft.set_node(node, "", list(&Value::Boolean(false))),
            5 => (0..MANY).try_for_each(|key| draft.set_node(node, &"\u{1}".repeat(key), date.clone())),
            6 => dated(draft, Bound::Known(near()), vec![near()], &["", "\u{1}"]),
            7 => dated(draft, Bound::Open, Vec::new(), &[]),
            8 => dated(draft, Bound::Known(early()), vec![near(), early()], &[""]),
            9 => {
                draft.edit_node(node)?.validity.attested = vec![near(); MANY];
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// A line has at most eight bytes for each that counts for the limit of an element: whatever a commit takes, the
    /// line is read again.
    #[test]
    fn a_line_is_at_most_eight_times_what_an_element_counts() {
        assert_eq!(LINE_BYTES, 8 * ELEMENT_BYTES as u64);
        for number in 0..=10 {
            let empty = Snapshot::empty(Arc::new(Catalogue::default()));
            let mut draft = empty.draft();
            let labels: Vec<String> =
                (0..if number == 10 { 300 } else { 0 }).map(|n| "\u{2}".repeat(n)).collect();
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let end = Bound::Known(if number == 8 { early() } else { near() });
            let validity = Validity { from: end, to: end, attested: Vec::new() };
            let node = draft.create_node(&labels, validity.clone()).unwrap();
            put(&mut draft, node, number).unwrap();
            let edge = draft.create_edge("\u{1}", node, node, validity).unwrap();
            let held = draft.node_record(node).unwrap();
            draft.edit_edge(edge).unwrap().properties = held.properties.clone();
            let state = empty.apply(&draft.finish()).unwrap();
            let (node, edge) = (state.nodes().next().unwrap(), state.edges().next().unwrap());
            let catalogue = state.catalogue();
            let counted = Measured::node(&node.to_record(), catalogue).bytes(catalogue);
            let line = Json::Object(node_line(u32::MAX as usize, node)).to_string().len();
            assert!(line < 8 * counted, "{number}: {line} and {counted}");
            let counted = Measured::edge(&edge.to_record(), catalogue).bytes(catalogue);
            let ends = (u32::MAX as usize, u32::MAX as usize);
            let line = Json::Object(edge_line(ends, edge)).to_string().len();
            assert!(line < 8 * counted, "{number}: {line} and {counted}");
        }
    }
}
