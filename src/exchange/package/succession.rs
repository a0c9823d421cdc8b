//! Edges that outlive their government go on at its successor, where the user asks for it (S11).

use std::collections::HashMap;

use super::planner::Planner;
use super::sheet::Place;
use crate::graph::{EdgeId, EdgeRecord, NodeId, TypeId};
use crate::value::{Bound, Date, Validity};

/// Types that tell of the hierarchy or of succession itself; they never move.
const FIXED_TYPES: [&str; 3] = ["SUBORDINATE_TO", "REPORTS_TO", "SUCCEEDED_BY"];
/// A chain of successors longer than this is a circle.
const LONGEST_CHAIN: usize = 16;

impl Planner<'_> {
    /// Continues every planned edge whose government ends before it.
    pub(super) fn follow_successors(&mut self, planned: &mut Vec<(EdgeId, Place)>) {
        let successors = self.single_successors(planned);
        let fixed: Vec<TypeId> = self.type_numbers(planned);
        let mut at = 0;
        while let Some((id, place)) = planned.get(at).cloned() {
            at += 1;
            let Some(edge) = self.draft.edge_record(id) else { continue };
            if fixed.contains(&edge.edge_type) || at > planned.len().saturating_mul(LONGEST_CHAIN) {
                continue;
            }
            if let Some(next) = self.continue_edge(edge, &place, &successors) {
                planned.push((next, place));
            }
        }
    }

    /// Numbers of the types that never move.
    fn type_numbers(&self, planned: &[(EdgeId, Place)]) -> Vec<TypeId> {
        let names = self.type_names(planned);
        let fixed = names.into_iter().filter(|(_, name)| FIXED_TYPES.contains(&name.as_str()));
        fixed.map(|(number, _)| number).collect()
    }

    /// Names of the types of the planned edges, which the store may not know yet.
    fn type_names(&self, planned: &[(EdgeId, Place)]) -> HashMap<TypeId, String> {
        let mut names = HashMap::new();
        for (id, place) in planned {
            if let Some(edge) = self.draft.edge_record(*id) {
                let table = place.file.strip_suffix(".csv").unwrap_or(&place.file);
                let spec = self.schema.edges.iter().find(|spec| spec.table == table);
                names
                    .entry(edge.edge_type)
                    .or_insert_with(|| spec.map_or_else(String::new, |spec| spec.name.clone()));
            }
        }
        names
    }

    /// Governments that were absorbed by exactly one other.
    fn single_successors(&mut self, planned: &[(EdgeId, Place)]) -> HashMap<NodeId, NodeId> {
        let names = self.type_names(planned);
        let mut edges: Vec<EdgeRecord> = self
            .snapshot
            .edges_of("SUCCEEDED_BY")
            .filter_map(|edge| self.draft.edge_record(edge.id()))
            .collect();
        let new = planned.iter().filter_map(|(id, _)| self.draft.edge_record(*id));
        edges
            .extend(new.filter(|edge| names.get(&edge.edge_type).is_some_and(|name| name == "SUCCEEDED_BY")));
        edges.sort_by_key(|edge| edge.id);
        edges.dedup_by_key(|edge| edge.id);
        let mut successors: HashMap<NodeId, Vec<(NodeId, bool)>> = HashMap::new();
        for edge in edges {
            let absorbed = self.text_of(&edge.properties, "kind").as_deref() == Some("absorbed");
            successors.entry(edge.source).or_default().push((edge.target, absorbed));
        }
        let single = successors.into_iter().filter_map(|(from, to)| match to.as_slice() {
            &[(to, true)] => Some((from, to)),
            _ => None,
        });
        single.collect()
    }

    /// Ends an edge with its government and begins it again at the successor.
    fn continue_edge(
        &mut self,
        edge: EdgeRecord,
        place: &Place,
        successors: &HashMap<NodeId, NodeId>,
    ) -> Option<EdgeId> {
        let moved = |end: NodeId| {
            let validity = self.draft.node_record(end)?.validity;
            let last = validity.to.date()?;
            let outlives = edge.validity.extent().certain().is_some_and(|span| span.to > last.first_day());
            let successor = successors.get(&end).copied().filter(|_| outlives)?;
            Some((last, successor))
        };
        let (old, (last, successor)) = [edge.source, edge.target]
            .into_iter()
            .filter_map(|end| moved(end).map(|next| (end, next)))
            .min_by_key(|(_, (last, _))| last.first_day())?;
        let (before, after) = split(&edge.validity, last)?;
        let id = self.text_of(&edge.properties, "id");
        let name = |planner: &mut Self, node: NodeId| {
            let properties = planner.draft.node_record(node)?.properties;
            planner.text_of(&properties, "id")
        };
        let (old_name, new_name) = (name(self, old)?, name(self, successor)?);
        let edge_type = self.type_names(&[(edge.id, place.clone())]).remove(&edge.edge_type)?;
        self.notes.push(format!(
            "{edge_type} {} goes on at {new_name} from {last}, when {old_name} ended (S11)",
            id.as_deref().unwrap_or("without an id"),
        ));
        let mut properties = edge.properties.clone();
        let mut stored = None;
        if let Some(id) = id {
            let id = format!("{id}+{new_name}");
            stored = self.stored_edge(&edge_type, &id);
            self.refuse_stored(stored.is_some(), &id, place, "its table");
            self.put_id(place, &id, &mut properties);
        }
        if let Ok(mut first) = self.draft.edit_edge(edge.id) {
            first.validity = before;
        }
        let swap = |end: NodeId| if end == old { successor } else { end };
        let ends = (swap(edge.source), swap(edge.target));
        let stored = stored.and_then(|edge| self.draft.edge_record(edge));
        self.put_edge(place, &edge_type, ends, after, properties, stored)
    }
}

/// A validity up to a date and from it on; `None` where one side would be empty.
fn split(validity: &Validity, at: Date) -> Option<(Validity, Validity)> {
    let (early, late): (Vec<Date>, Vec<Date>) =
        validity.attested.iter().partition(|date| date.last_day() < at.first_day());
    let before = Validity::new(validity.from, Bound::Known(at), early).ok()?;
    let after = Validity::new(Bound::Known(at), validity.to, late).ok()?;
    Some((before, after))
}
