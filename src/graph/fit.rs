//! Does a change set, or what is loaded in bulk, fit the state that it is made for, whatever made it?

use super::limits::told;
use super::{
    Catalogue, Change, ChangeError, ChangeSet, KeyId, LabelId, NameKind, Properties, Snapshot, Subject,
    TypeId,
};

/// Ids that one change set may leave unused: a draft does so for what it makes and removes again.
const MOST_UNUSED: u64 = 1 << 20;

/// Ids lie below this, so that they fit four bytes.
const ID_LIMIT: u64 = u32::MAX as u64;

/// The place of a change in a set: kind, then id.
fn place(change: &Change) -> (u8, u64) {
    match change {
        Change::RemoveEdge(id) => (0, id.get()),
        Change::RemoveNode(id) => (1, id.get()),
        Change::PutNode(node) => (2, node.id.get()),
        Change::PutEdge(edge) => (3, edge.id.get()),
    }
}

impl ChangeSet {
    /// Whether all ids and numbers in it are such as a draft of that state gives, under the catalogue with its names.
    ///
    /// Whether what it removes is there, and whether its edges have ends, is seen when it is applied.
    pub(super) fn fits(&self, before: &Snapshot, catalogue: &Catalogue) -> Result<(), ChangeError> {
        if let Some(pair) = self.changes().windows(2).find(|pair| place(&pair[0]) >= place(&pair[1])) {
            return Err(ChangeError::Order { at: describe(&pair[1]) });
        }
        let mut new = [0, 0];
        let (nodes, edges) = before.next_ids();
        for change in self {
            let (at, id, there, first) = match change {
                Change::PutNode(node) => (0, node.id.get(), before.node(node.id).is_some(), nodes),
                Change::PutEdge(edge) => (1, edge.id.get(), before.edge(edge.id).is_some(), edges),
                Change::RemoveNode(_) | Change::RemoveEdge(_) => continue,
            };
            let next = if at == 0 { self.next_ids().0 } else { self.next_ids().1 };
            if !there && !(first..next).contains(&id) || self.removes(change) {
                return Err(ChangeError::ForeignId { at: describe(change), first, next });
            }
            new[at] += u64::from(!there);
            numbers_of(change, catalogue)?;
        }
        for (what, first, next, new) in
            [("node", nodes, self.next_ids().0, new[0]), ("edge", edges, self.next_ids().1, new[1])]
        {
            if next > ID_LIMIT && next > first {
                return Err(ChangeError::Full);
            }
            if next < first || next - first > new + MOST_UNUSED {
                return Err(ChangeError::NextId { what, first, next, new });
            }
        }
        Ok(())
    }

    /// Whether it also removes what a change writes.
    fn removes(&self, put: &Change) -> bool {
        let removal = match put {
            Change::PutNode(node) => Change::RemoveNode(node.id),
            Change::PutEdge(edge) => Change::RemoveEdge(edge.id),
            Change::RemoveNode(_) | Change::RemoveEdge(_) => return false,
        };
        self.changes().binary_search_by_key(&place(&removal), place).is_ok()
    }
}

/// Whether the numbers of labels, type and keys of a change were given.
fn numbers_of(change: &Change, catalogue: &Catalogue) -> Result<(), ChangeError> {
    match change {
        Change::PutNode(node) => {
            check_node_names(Subject::Node(node.id), &node.labels, &node.properties, catalogue)
        }
        Change::PutEdge(edge) => {
            check_edge_names(Subject::Edge(edge.id), edge.edge_type, &edge.properties, catalogue)
        }
        Change::RemoveNode(_) | Change::RemoveEdge(_) => Ok(()),
    }
}

/// Whether the labels of a node are in order, and their numbers and those of its keys given.
pub(crate) fn check_node_names(
    subject: Subject,
    labels: &[LabelId],
    properties: &Properties,
    catalogue: &Catalogue,
) -> Result<(), ChangeError> {
    labels.iter().try_for_each(|label| given(subject, NameKind::Label, label.get(), catalogue))?;
    if !labels.is_sorted_by(|a, b| a < b) {
        return Err(ChangeError::Labels { at: told(&subject) });
    }
    check_keys(subject, properties, catalogue)
}

/// Whether the numbers of an edge's type and keys were given.
pub(crate) fn check_edge_names(
    subject: Subject,
    edge_type: TypeId,
    properties: &Properties,
    catalogue: &Catalogue,
) -> Result<(), ChangeError> {
    given(subject, NameKind::EdgeType, edge_type.get(), catalogue)?;
    check_keys(subject, properties, catalogue)
}

fn check_keys(subject: Subject, properties: &Properties, catalogue: &Catalogue) -> Result<(), ChangeError> {
    keys_of(properties).try_for_each(|key| given(subject, NameKind::Key, key.get(), catalogue))
}

fn given(subject: Subject, kind: NameKind, number: u16, catalogue: &Catalogue) -> Result<(), ChangeError> {
    let unknown = || ChangeError::UnknownName { at: told(&subject), kind, number };
    if usize::from(number) < catalogue.count(kind) { Ok(()) } else { Err(unknown()) }
}

/// The keys of properties and of what qualifies their spells.
fn keys_of(properties: &Properties) -> impl Iterator<Item = KeyId> {
    properties.iter().flat_map(|(key, property)| {
        let qualifiers = property.spells().iter().flat_map(|spell| &spell.qualifiers).map(|(key, _)| *key);
        std::iter::once(key).chain(qualifiers)
    })
}

/// The element of a change, for a message.
fn describe(change: &Change) -> String {
    told(&match change {
        Change::PutNode(node) => Subject::Node(node.id),
        Change::RemoveNode(id) => Subject::Node(*id),
        Change::PutEdge(edge) => Subject::Edge(edge.id),
        Change::RemoveEdge(id) => Subject::Edge(*id),
    })
}
