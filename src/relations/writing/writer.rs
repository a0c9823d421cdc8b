//! What all writing shares: the draft, text ids, texts of records.

use super::WriteError;
use crate::graph::{
    ChangeError, Draft, DraftEdge, DraftNode, EdgeId, EdgeRecord, NodeId, NodeRecord, Properties, Property,
};
use crate::value::{Validity, Value};

/// Writes the domain to a draft.
///
/// ```
/// use intergov::Database;
/// use intergov::relations::{Mechanism, NewArrangement, NewGovernment, Role, Writer};
/// use intergov::store::CommitNote;
/// use intergov::value::{Day, Validity};
///
/// let db = Database::in_memory()?;
/// let note = CommitNote { actor: "me", command: "example", summary: "two cities cooperate" };
/// db.write(&note, |draft| {
///     let mut writer = Writer::new(draft);
///     let province = writer.found_government(&NewGovernment::new("cn", "cn:330000", "浙江省"), Validity::ALWAYS)?;
///     let mut cities = Vec::new();
///     for (code, name) in [("cn:330500", "湖州市"), ("cn:330400", "嘉兴市")] {
///         let city = NewGovernment { rank: Some("prefectural"), ..NewGovernment::new("cn", code, name) };
///         let city = writer.found_government(&city, Validity::since("1983".parse()?))?;
///         writer.subordinate(city, province, "1983".parse()?)?;
///         cities.push(city);
///     }
///     let treaty = NewArrangement::new("treaty", "水环境合作", Mechanism::Contract);
///     let treaty = writer.add_arrangement(&treaty, Validity::since("2004".parse()?))?;
///     for city in cities {
///         writer.add_party(city, treaty, Role::Member, Validity::since("2004".parse()?))?;
///     }
///     Ok::<_, Box<dyn std::error::Error>>(())
/// })?;
/// assert_eq!(db.snapshot()?.edges_of("PARTY_TO").count(), 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Writer<'d, 's> {
    pub(super) draft: &'d mut Draft<'s>,
}

impl<'d, 's> Writer<'d, 's> {
    /// A writer on a draft.
    pub fn new(draft: &'d mut Draft<'s>) -> Self {
        Self { draft }
    }

    /// The draft, for what the domain has no word for.
    pub fn draft(&mut self) -> &mut Draft<'s> {
        self.draft
    }

    /// The node, which must have a label.
    pub(super) fn labelled(&self, node: NodeId, label: &'static str) -> Result<DraftNode<'_>, WriteError> {
        let found = self.draft.node(node).ok_or(ChangeError::NoSuchNode(node))?;
        if found.has_label(label) { Ok(found) } else { Err(WriteError::WrongLabel { node, label }) }
    }

    /// The latest text under a key of a record.
    pub(super) fn text(&self, properties: &Properties, key: &str) -> Option<String> {
        let held = properties.get(self.draft.catalogue().key(key)?)?;
        held.latest().and_then(Value::as_text).map(str::to_owned)
    }

    /// Name and text id of a record for messages.
    pub(super) fn caption(&self, record: &NodeRecord) -> String {
        let id = self.text(&record.properties, "id").unwrap_or_else(|| record.id.to_string());
        self.text(&record.properties, "name").map_or_else(|| id.clone(), |name| format!("{name} ({id})"))
    }

    /// The name of an edge's type.
    pub(super) fn type_of(&self, edge: &EdgeRecord) -> &str {
        self.draft.catalogue().type_name(edge.edge_type)
    }

    /// Edges of a type that leave a node, as the draft leaves them.
    pub(super) fn leaving(&self, node: NodeId, edge_type: &str) -> Vec<EdgeRecord> {
        let edges = self.draft.node(node).into_iter().flat_map(|node| node.out_edges_of(edge_type));
        edges.map(DraftEdge::to_record).collect()
    }

    /// Makes a node with a text id and the properties that are there.
    pub(super) fn node(
        &mut self,
        label: &str,
        id: &str,
        validity: Validity,
        properties: &[(&str, Option<Value>)],
    ) -> Result<NodeId, WriteError> {
        let said = properties.iter().map(|(key, value)| (*key, value.clone()));
        Ok(self.draft.create_node_with(
            &[label],
            validity,
            [("id", Some(Value::text(id)))].into_iter().chain(said),
        )?)
    }

    /// Makes an edge with a text id made from type, ends, role and start, counted where it is taken (S22).
    pub(super) fn edge(
        &mut self,
        edge_type: &str,
        (source, target): (NodeId, NodeId),
        validity: Validity,
        properties: &[(&str, Option<Value>)],
    ) -> Result<EdgeId, WriteError> {
        let id = self.edge_id(edge_type, (source, target), &validity, properties);
        let said = properties.iter().map(|(key, value)| (*key, value.clone()));
        let said = [("id", Some(Value::text(&id)))].into_iter().chain(said);
        Ok(self.draft.create_edge_with(edge_type, (source, target), validity, said)?)
    }

    fn edge_id(
        &self,
        edge_type: &str,
        (source, target): (NodeId, NodeId),
        validity: &Validity,
        properties: &[(&str, Option<Value>)],
    ) -> String {
        let end = |node: NodeId| {
            let id = self.draft.node(node).and_then(DraftNode::text_id);
            id.map_or_else(|| node.to_string(), |id| id.to_string())
        };
        let role = properties.iter().find(|(key, _)| *key == "role").and_then(|(_, role)| role.as_ref());
        let role = role.map_or_else(String::new, ToString::to_string);
        let start = validity.from.date().map_or_else(String::new, |date| date.to_string());
        let parts = [edge_type.to_owned(), end(source), end(target), role, start];
        let base =
            parts.iter().filter(|part| !part.is_empty()).map(String::as_str).collect::<Vec<_>>().join(".");
        let mut id = base.clone();
        let mut count = 1;
        while self.draft.find_edge(edge_type, &id).is_some() {
            count += 1;
            id = format!("{base}.{count}");
        }
        id
    }

    /// Replaces a property of a node.
    pub(super) fn put(&mut self, node: NodeId, key: &str, property: Property) -> Result<(), WriteError> {
        let key = self.draft.key(key)?;
        self.draft.edit_node(node)?.properties.insert(key, property);
        Ok(())
    }
}
