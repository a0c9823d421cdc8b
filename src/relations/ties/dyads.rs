//! Rows of one dyad that repeat or overlap are one spell (S32).

use super::bilateral::BilateralTies;
use super::clipped_validity::joined;
use super::spells::{Spells, TiePair};
use super::tie::{Basis, Tie};
use crate::graph::{EdgeIx, EdgeRef, NodeIx, Property, Snapshot, TypeId};
use crate::relations::Role;
use crate::relations::vocabulary::edge;
use crate::workers;

/// Keys that tell rows apart without telling what they say.
const APART: [&str; 4] = ["id", "source", "confidence", "note"];

/// Nodes that one task looks at.
const NODES_PER_TASK: usize = 1 << 12;

/// Rows that say the same of the same two governments, two and more together, whatever their dates. Rows that differ,
/// in weight or in domain, are two statements.
#[derive(Default)]
pub(super) struct Repeats {
    groups: Vec<Vec<EdgeIx>>,
    /// All rows of the groups, sorted.
    rows: Vec<EdgeIx>,
}

impl Repeats {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let Some(dyad) = snapshot.catalogue().edge_type(edge::COOPERATES_WITH) else {
            return Self::default();
        };
        let tasks = snapshot.node_bound().div_ceil(NODES_PER_TASK);
        let groups: Vec<Vec<EdgeIx>> = workers::flat_map(0..tasks, |task| {
            let nodes = (task * NODES_PER_TASK..(task + 1) * NODES_PER_TASK).map(NodeIx::from_position);
            nodes.flat_map(|node| of_lower_end(snapshot, node, dyad)).collect::<Vec<_>>()
        });
        let mut rows: Vec<EdgeIx> = groups.iter().flatten().copied().collect();
        rows.sort_unstable();
        Self { groups, rows }
    }

    /// Whether a row repeats another one.
    pub(super) fn has(&self, row: EdgeIx) -> bool {
        !self.rows.is_empty() && self.rows.binary_search(&row).is_ok()
    }

    /// How many rows count together with an earlier one.
    pub(super) fn count(&self) -> usize {
        self.rows.len() - self.groups.len()
    }

    /// The ties of the groups: rows that overlap or touch are one spell.
    pub(super) fn ties(&self, spells: &Spells<'_>, acts: &BilateralTies<'_>) -> Vec<Tie> {
        let mut ties = Vec::new();
        for rows in &self.groups {
            let rows = || rows.iter().filter_map(|row| spells.snapshot.edge_at(*row));
            let Some(first) = rows().next() else { continue };
            let times = joined(rows().filter_map(|row| acts.dyad_held(spells, row)).collect());
            spells.push(&bond(first), &times, |_| Some(Basis::Dyad(first.ix())), &mut ties);
        }
        ties
    }
}

/// The repeated rows between a government and those of higher index.
fn of_lower_end(snapshot: &Snapshot, node: NodeIx, dyad: TypeId) -> Vec<Vec<EdgeIx>> {
    let Some(node) = snapshot.node_at(node) else { return Vec::new() };
    let out =
        node.out_edges().filter(|edge| edge.type_id() == dyad).map(|edge| (edge.target_ix(), edge.ix()));
    let into =
        node.in_edges().filter(|edge| edge.type_id() == dyad).map(|edge| (edge.source_ix(), edge.ix()));
    let mut rows: Vec<(NodeIx, EdgeIx)> = out.chain(into).filter(|(other, _)| *other > node.ix()).collect();
    rows.sort_unstable();
    let pairs = rows.chunk_by(|a, b| a.0 == b.0).filter(|rows| rows.len() > 1);
    pairs.flat_map(|rows| alike(snapshot, rows.iter().map(|(_, row)| *row))).collect()
}

/// What a row of a dyad binds: from its source to its target where it is oriented.
pub(super) fn bond(row: EdgeRef<'_>) -> TiePair {
    let symmetric = !is_oriented(row);
    let (mut source, mut target) = (row.source_ix(), row.target_ix());
    if symmetric {
        (source, target) = super::spells::ordered(source, target);
    }
    TiePair { source, target, symmetric, roles: (Role::Member, Role::Member) }
}

fn is_oriented(row: EdgeRef<'_>) -> bool {
    row.value("oriented").and_then(|value| value.as_boolean()) == Some(true)
}

/// The rows among some of one pair that say the same, two and more together.
fn alike(snapshot: &Snapshot, rows: impl Iterator<Item = EdgeIx>) -> Vec<Vec<EdgeIx>> {
    // Which way an oriented row goes, and what it says.
    type Said<'s> = (Option<NodeIx>, Vec<(&'s str, Property)>);
    let mut groups: Vec<(Said<'_>, Vec<EdgeIx>)> = Vec::new();
    for row in rows.filter_map(|row| snapshot.edge_at(row)) {
        let catalogue = snapshot.catalogue();
        let properties = row.properties();
        let named = properties.iter().map(|(key, property)| (catalogue.key_name(key), property.clone()));
        let says = named.filter(|(key, _)| !APART.contains(key)).collect();
        let said = (is_oriented(row).then(|| row.source_ix()), says);
        match groups.iter_mut().find(|(own, _)| *own == said) {
            Some((_, rows)) => rows.push(row.ix()),
            None => groups.push((said, vec![row.ix()])),
        }
    }
    groups.into_iter().map(|(_, rows)| rows).filter(|rows| rows.len() > 1).collect()
}
