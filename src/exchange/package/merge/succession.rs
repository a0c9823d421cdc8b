//! Edges that outlive their government go on at its successor, if the user asks for it (S11).

use std::collections::HashMap;

use super::MergeOutcome;
use super::known::{stored_already, stored_otherwise};
use super::options::{ImportMode, ImportOptions};
use crate::exchange::package::schema::RowLocation;
use crate::graph::{
    Draft, EdgeId, EdgeRecord, EdgeRef, NodeId, Properties, Property, Snapshot, Subject, TypeId,
};
use crate::relations::vocabulary::edge;
use crate::value::{Bound, Date, Validity, Value};

/// Types that tell of the hierarchy or of succession itself; they never move.
const FIXED_TYPES: [&str; 3] = [edge::SUBORDINATE_TO, edge::REPORTS_TO, edge::SUCCEEDED_BY];
/// A chain of successors longer than this is a circle.
const LONGEST_CHAIN: usize = 16;

impl MergeOutcome {
    /// Continues every edge of the package whose government ends before it.
    pub(super) fn follow_successors(
        &mut self,
        draft: &mut Draft<'_>,
        (before, options): (&Snapshot, &ImportOptions),
    ) {
        let planned = std::mem::take(&mut self.planned);
        let most = planned.len().saturating_mul(LONGEST_CHAIN);
        let mut succession =
            Succession { successors: single_successors(draft, before, &planned), draft, before, options };
        let fixed: Vec<TypeId> =
            FIXED_TYPES.iter().filter_map(|name| succession.draft.catalogue().edge_type(name)).collect();
        let mut planned = std::collections::VecDeque::from(planned);
        let mut count = 0;
        while let Some((id, place)) = planned.pop_front() {
            count += 1;
            let Some(edge) = succession.draft.edge_record(id) else { continue };
            if fixed.contains(&edge.edge_type) || count > most {
                continue;
            }
            if let Some(next) = succession.continue_edge(edge, &place, self) {
                self.places.insert(Subject::Edge(id), place.clone());
                self.places.insert(Subject::Edge(next), place.clone());
                self.kept_edges.insert(next);
                planned.push_back((next, place));
            }
        }
    }
}

/// Governments that were absorbed by exactly one other.
fn single_successors(
    draft: &Draft<'_>,
    before: &Snapshot,
    planned: &[(EdgeId, RowLocation)],
) -> HashMap<NodeId, NodeId> {
    let Some(succeeded) = draft.catalogue().edge_type(edge::SUCCEEDED_BY) else { return HashMap::new() };
    let stored = before.edges_of(edge::SUCCEEDED_BY).map(|edge| edge.id());
    let ids = stored.chain(planned.iter().map(|(id, _)| *id));
    let mut edges: Vec<EdgeRecord> = ids.filter_map(|id| draft.edge_record(id)).collect();
    edges.retain(|edge| edge.edge_type == succeeded);
    edges.sort_by_key(|edge| edge.id);
    edges.dedup_by_key(|edge| edge.id);
    let mut successors: HashMap<NodeId, Vec<(NodeId, bool)>> = HashMap::new();
    for edge in edges {
        let absorbed = text_of(draft, &edge.properties, "kind").as_deref() == Some("absorbed");
        successors.entry(edge.source).or_default().push((edge.target, absorbed));
    }
    let single = successors.into_iter().filter_map(|(from, to)| match to.as_slice() {
        &[(to, true)] => Some((from, to)),
        _ => None,
    });
    single.collect()
}

/// A value of an element in the making, as text.
fn text_of(draft: &Draft<'_>, properties: &Properties, key: &str) -> Option<String> {
    match properties.get(draft.catalogue().key(key)?)? {
        Property::Fixed(Value::Text(text)) => Some(text.to_string()),
        _ => None,
    }
}

struct Succession<'d, 'a> {
    draft: &'d mut Draft<'a>,
    before: &'d Snapshot,
    options: &'d ImportOptions,
    successors: HashMap<NodeId, NodeId>,
}

impl Succession<'_, '_> {
    /// Ends an edge with its government and begins it again at the successor.
    fn continue_edge(
        &mut self,
        edge: EdgeRecord,
        place: &RowLocation,
        merged: &mut MergeOutcome,
    ) -> Option<EdgeId> {
        let moved = |end: NodeId| {
            let last = self.draft.node_record(end)?.validity.to.date()?;
            let outlives = edge.validity.extent().certain().is_some_and(|span| span.to > last.first_day());
            let successor = self.successors.get(&end).copied().filter(|_| outlives)?;
            Some((last, successor))
        };
        let (old, (last, successor)) = [edge.source, edge.target]
            .into_iter()
            .filter_map(|end| moved(end).map(|next| (end, next)))
            .min_by_key(|(_, (last, _))| last.first_day())?;
        let (first, after) = split(&edge.validity, last)?;
        let id = text_of(self.draft, &edge.properties, "id");
        let name = |node: NodeId| text_of(self.draft, &self.draft.node_record(node)?.properties, "id");
        let (old_name, new_name) = (name(old)?, name(successor)?);
        let edge_type = self.draft.catalogue().type_name(edge.edge_type).to_owned();
        merged.notes.push(format!(
            "{edge_type} {} goes on at {new_name} from {last}, when {old_name} ended (S11)",
            id.as_deref().unwrap_or("without an id"),
        ));
        let mut properties = edge.properties.clone();
        let mut stored = None;
        if let Some(id) = id {
            let id = format!("{id}+{new_name}");
            stored = self.before.find_edge(&edge_type, &id).map(EdgeRef::to_record);
            if stored.is_some() && self.options.mode == ImportMode::Create {
                merged.faults.push(stored_already(&id, place, "its table"));
            }
            let key = self.draft.key("id").ok()?;
            properties.insert(key, Property::Fixed(Value::Text(id.into())));
        }
        self.draft.edit_edge(edge.id).ok()?.validity = first;
        let swap = |end: NodeId| if end == old { successor } else { end };
        let ends = (swap(edge.source), swap(edge.target));
        match stored {
            None => {
                let made = self.draft.create_edge(&edge_type, ends.0, ends.1, after).ok()?;
                self.draft.edit_edge(made).ok()?.properties = properties;
                merged.edges.added += 1;
                Some(made)
            }
            Some(stored) => self.rewrite(stored, (ends, after, properties), place, merged),
        }
    }

    /// Writes an edge of the store again.
    fn rewrite(
        &mut self,
        stored: EdgeRecord,
        ((source, target), validity, properties): ((NodeId, NodeId), Validity, Properties),
        place: &RowLocation,
        merged: &mut MergeOutcome,
    ) -> Option<EdgeId> {
        let after = EdgeRecord { source, target, validity, properties, ..stored.clone() };
        if after == stored {
            merged.edges.unchanged += 1;
        } else if self.options.mode == ImportMode::Append {
            let id = text_of(self.draft, &after.properties, "id").unwrap_or_default();
            merged.faults.push(stored_otherwise(&id, place));
        } else {
            merged.edges.changed += 1;
            *self.draft.edit_edge(stored.id).ok()? = after;
        }
        Some(stored.id)
    }
}

/// A validity up to a date and from it on; `None` if one side would be empty.
fn split(validity: &Validity, at: Date) -> Option<(Validity, Validity)> {
    let (early, late): (Vec<Date>, Vec<Date>) =
        validity.attested.iter().partition(|date| date.last_day() < at.first_day());
    let before = Validity::new(validity.from, Bound::Known(at), early).ok()?;
    let after = Validity::new(Bound::Known(at), validity.to, late).ok()?;
    Some((before, after))
}
