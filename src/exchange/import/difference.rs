//! What a change set changes, said element by element for a person.

use std::fmt;

use crate::graph::{Catalogue, Change, ChangeSet, KeyId, Name, NameKind, Properties, Property, Snapshot};

/// What happens to an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each says itself")]
pub enum ElementChangeKind {
    Added,
    Changed,
    Removed,
}

/// One element that a change set touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElementChange {
    /// What happens to it.
    pub kind: ElementChangeKind,
    /// Its label or edge type.
    pub what: String,
    /// Its text id, or what stands for it where it has none.
    pub id: String,
    /// For a changed element: column, value before and value after; nothing stands as an empty text.
    pub columns: Vec<(String, String, String)>,
}

impl fmt::Display for ElementChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.kind {
            ElementChangeKind::Added => '+',
            ElementChangeKind::Changed => '~',
            ElementChangeKind::Removed => '-',
        };
        write!(f, "{sign} {} {}", self.what, self.id)?;
        for (column, before, after) in &self.columns {
            write!(f, "\n    {column}: “{before}” → “{after}”")?;
        }
        Ok(())
    }
}

/// Names of keys, labels and types, those that the change set brings included.
struct NamesAfter<'a> {
    catalogue: &'a Catalogue,
    added: &'a [Name],
}

impl NamesAfter<'_> {
    fn text(&self, kind: NameKind, number: u16, known: &str) -> String {
        if !known.is_empty() {
            return known.to_owned();
        }
        let added = self.added.iter().find(|name| name.kind == kind && name.number == number);
        added.map_or_else(String::new, |name| name.text.to_string())
    }

    fn key(&self, key: KeyId) -> String {
        self.text(NameKind::Key, key.get(), self.catalogue.key_name(key))
    }

    fn id(&self, properties: &Properties, otherwise: impl fmt::Display) -> String {
        let id = properties.iter().find(|(key, _)| self.key(*key) == "id");
        match id.and_then(|(_, property)| property.latest()) {
            Some(id) => id.to_string(),
            None => format!("({otherwise})"),
        }
    }

    fn columns(&self, before: &Properties, after: &Properties) -> Vec<(String, String, String)> {
        let mut keys: Vec<KeyId> = before.iter().chain(after.iter()).map(|(key, _)| key).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut columns: Vec<_> = keys
            .into_iter()
            .filter(|key| before.get(*key) != after.get(*key))
            .map(|key| (self.key(key), describe(before.get(key)), describe(after.get(key))))
            .collect();
        columns.sort();
        columns
    }
}

fn describe(property: Option<&Property>) -> String {
    match property {
        None => String::new(),
        Some(Property::Fixed(value)) => value.to_string(),
        Some(Property::Dated(spells)) => {
            let spells = spells.iter().map(|spell| format!("{} {}", spell.value, spell.validity));
            spells.collect::<Vec<_>>().join(", ")
        }
    }
}

/// The differences in the order of the change set.
pub(super) fn differences<'a>(
    before: &'a Snapshot,
    changes: &'a ChangeSet,
) -> impl Iterator<Item = ElementChange> + 'a {
    let names = NamesAfter { catalogue: before.catalogue(), added: changes.names() };
    changes.iter().map(move |change| difference(before, &names, change))
}

fn difference(before: &Snapshot, names: &NamesAfter<'_>, change: &Change) -> ElementChange {
    let (stored, record) = match change {
        Change::PutNode(node) => (before.node(node.id).map(|node| node.to_record()), Some(node)),
        Change::RemoveNode(id) => (before.node(*id).map(|node| node.to_record()), None),
        Change::PutEdge(_) | Change::RemoveEdge(_) => return edge_difference(before, names, change),
    };
    let shown = record.or(stored.as_ref());
    let labels = shown.map_or(&[][..], |node| &node.labels);
    let labels: Vec<String> = labels
        .iter()
        .map(|label| names.text(NameKind::Label, label.get(), names.catalogue.label_name(*label)))
        .collect();
    let id = shown.map_or_else(String::new, |node| names.id(&node.properties, node.id));
    let mut columns = Vec::new();
    let kind = match (&stored, record) {
        (Some(old), Some(new)) => {
            if old.validity != new.validity {
                columns.push(("validity".to_owned(), old.validity.to_string(), new.validity.to_string()));
            }
            columns.extend(names.columns(&old.properties, &new.properties));
            ElementChangeKind::Changed
        }
        (None, _) => ElementChangeKind::Added,
        (Some(_), None) => ElementChangeKind::Removed,
    };
    ElementChange { kind, what: labels.join(":"), id, columns }
}

fn edge_difference(before: &Snapshot, names: &NamesAfter<'_>, change: &Change) -> ElementChange {
    let (stored, record) = match change {
        Change::PutEdge(edge) => (before.edge(edge.id).map(|edge| edge.to_record()), Some(edge)),
        Change::RemoveEdge(id) => (before.edge(*id).map(|edge| edge.to_record()), None),
        Change::PutNode(_) | Change::RemoveNode(_) => (None, None),
    };
    let shown = record.or(stored.as_ref());
    let what = shown.map_or_else(String::new, |edge| {
        names.text(NameKind::EdgeType, edge.edge_type.get(), names.catalogue.type_name(edge.edge_type))
    });
    let id = shown.map_or_else(String::new, |edge| names.id(&edge.properties, edge.id));
    let mut columns = Vec::new();
    let kind = match (&stored, record) {
        (Some(old), Some(new)) => {
            let ends = |edge: &crate::graph::EdgeRecord| format!("{} → {}", edge.source, edge.target);
            if (old.source, old.target) != (new.source, new.target) {
                columns.push(("ends".to_owned(), ends(old), ends(new)));
            }
            if old.validity != new.validity {
                columns.push(("validity".to_owned(), old.validity.to_string(), new.validity.to_string()));
            }
            columns.extend(names.columns(&old.properties, &new.properties));
            ElementChangeKind::Changed
        }
        (None, _) => ElementChangeKind::Added,
        (Some(_), None) => ElementChangeKind::Removed,
    };
    ElementChange { kind, what, id, columns }
}
