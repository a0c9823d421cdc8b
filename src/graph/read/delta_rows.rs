//! What has changed since a graph was packed, in order, and how it follows a commit.

use super::snapshot::{DeltaRows, Derived, Touched};
use crate::graph::delta::{Delta, DeltaEntry};
use crate::graph::packed::Packed;
use crate::graph::{EdgeIx, LabelId, NodeIx, TypeId};

impl Derived {
    /// What is worked out of the state after a commit at once, because it is worked out of the one before already: it
    /// costs what the commit changed, and a copy of rows.
    pub(in crate::graph) fn followed(&self, packed: &Packed, former: &Delta, now: &Delta) -> Self {
        let derived = Self::default();
        if let Some(rows) = self.delta.get() {
            derived.delta.get_or_init(|| rows.followed(packed, former, now));
        }
        derived
    }

    /// Whether there is something that can follow a commit.
    pub(in crate::graph) fn can_follow(&self) -> bool {
        self.delta.get().is_some()
    }
}

impl DeltaRows {
    pub(super) fn of(packed: &Packed, delta: &Delta) -> Self {
        Self::default().followed(packed, &Delta::default(), delta)
    }

    /// The same after the changes by which a delta differs from a former one over the same packed part.
    fn followed(&self, packed: &Packed, former: &Delta, now: &Delta) -> Self {
        let mut rows = self.clone();
        let (mut nodes, mut edges) = (Turned::default(), Turned::default());
        for ix in now.nodes_differing(former) {
            nodes.note(ix.get(), packed.node_ids.len(), is_there(&former.node(ix)), is_there(&now.node(ix)));
            each_label(packed, former, ix, |label| *rows.labels.entry(label).or_default() -= 1);
            each_label(packed, now, ix, |label| *rows.labels.entry(label).or_default() += 1);
        }
        for ix in now.edges_differing(former) {
            edges.note(ix.get(), packed.edge_count(), is_there(&former.edge(ix)), is_there(&now.edge(ix)));
            if let Some(own) = type_of(packed, former, ix) {
                *rows.types.entry(own).or_default() -= 1;
            }
            if let Some(own) = type_of(packed, now, ix) {
                *rows.types.entry(own).or_default() += 1;
            }
        }
        rows.labels.retain(|_, count| *count != 0);
        rows.types.retain(|_, count| *count != 0);
        nodes.turn(&mut rows.nodes);
        edges.turn(&mut rows.edges);
        rows
    }
}

/// Whether a delta has an element itself; `None` if it says nothing of it.
fn is_there<R>(entry: &DeltaEntry<'_, R>) -> Option<bool> {
    match entry {
        DeltaEntry::Packed => None,
        DeltaEntry::Changed(_) => Some(true),
        DeltaEntry::Removed => Some(false),
    }
}

fn each_label(packed: &Packed, delta: &Delta, ix: NodeIx, mut take: impl FnMut(LabelId)) {
    match delta.node(ix) {
        DeltaEntry::Changed(node) => node.labels.iter().for_each(|label| take(*label)),
        DeltaEntry::Packed if ix.position() < packed.node_ids.len() => {
            packed.labels(ix).iter().for_each(|label| take(*label));
        }
        DeltaEntry::Packed | DeltaEntry::Removed => {}
    }
}

fn type_of(packed: &Packed, delta: &Delta, ix: EdgeIx) -> Option<TypeId> {
    match delta.edge(ix) {
        DeltaEntry::Changed(edge) => Some(edge.edge_type),
        DeltaEntry::Packed => (ix.position() < packed.edge_count()).then(|| packed.edge_type(ix)),
        DeltaEntry::Removed => None,
    }
}

/// Rows that come to a list of touched elements, and those that go.
#[derive(Default)]
struct Turned {
    packed: Vec<u32>,
    come: Vec<u32>,
    gone: Vec<u32>,
    /// Packed rows that stand for their elements again.
    back: Vec<u32>,
}

impl Turned {
    fn note(&mut self, row: u32, packed: usize, former: Option<bool>, now: Option<bool>) {
        if (row as usize) < packed {
            match (former, now) {
                (None, Some(_)) => self.packed.push(row),
                (Some(_), None) => self.back.push(row),
                _ => {}
            }
        }
        match (former == Some(true), now == Some(true)) {
            (false, true) => self.come.push(row),
            (true, false) => self.gone.push(row),
            _ => {}
        }
    }

    fn turn(self, rows: &mut Touched) {
        turned(&mut rows.packed, self.packed, self.back);
        turned(&mut rows.present, self.come, self.gone);
    }
}

/// Takes rows out of ascending ones and brings others in, in one pass.
fn turned(rows: &mut Vec<u32>, come: Vec<u32>, mut gone: Vec<u32>) {
    gone.sort_unstable();
    if !gone.is_empty() {
        rows.retain(|row| gone.binary_search(row).is_err());
    }
    let is_later = come.is_sorted() && come.first() > rows.last();
    rows.extend(come);
    if !is_later {
        // Stable, because it merges runs that are in order already.
        rows.sort();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::graph::{Catalogue, NodeId, Snapshot};
    use crate::value::Validity;

    use super::*;

    /// Random commits over a packed part: what follows them is what is worked out from nothing.
    #[test]
    fn rows_that_follow_commits_are_those_worked_out_from_nothing() {
        let mut seed = 20_261_129_u64;
        let mut pick = |bound: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound.max(1)
        };
        let mut state = Snapshot::empty(Arc::new(Catalogue::default()));
        for round in 0..300 {
            let ids: Vec<NodeId> = state.nodes().map(|node| node.id()).collect();
            let mut draft = state.draft();
            for _ in 0..pick(6) + 1 {
                let label = ["A", "B", "C"][pick(3) as usize];
                let some =
                    |pick: &mut dyn FnMut(u64) -> u64| ids.get(pick(ids.len() as u64) as usize).copied();
                match (pick(5), some(&mut pick), some(&mut pick)) {
                    (1, Some(one), Some(other)) => {
                        drop(draft.create_edge(label, one, other, Validity::ALWAYS))
                    }
                    (2, Some(one), _) => drop(draft.set_node(one, "number", pick(9) as i64)),
                    (3, Some(one), _) if pick(2) == 0 => drop(draft.remove_node(one)),
                    (4, Some(one), _) => {
                        let edge = state.node(one).and_then(|node| node.out_edges().next());
                        edge.into_iter().for_each(|edge| drop(draft.remove_edge(edge.id())));
                    }
                    _ => drop(draft.create_node(&[label], Validity::ALWAYS)),
                }
            }
            state = state.apply(&draft.finish()).unwrap();
            if round % 97 == 96 {
                state = state.compact().unwrap();
            }
            let known = state.nodes_with("A").count();
            assert_eq!(known, state.nodes().filter(|node| node.has_label("A")).count());
            let rows = state.derived.delta.get();
            assert!(rows.is_none_or(|rows| *rows == DeltaRows::of(&state.packed, &state.delta)), "{round}");
            assert_eq!(rows.is_some(), state.catalogue().label("A").is_some());
        }
    }
}
