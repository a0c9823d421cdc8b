//! Where in its files does an element stand that an import made or changed? Found by reading the tables again.

use std::collections::HashMap;

use super::MergeOutcome;
use super::edges::{EdgePass, MadeEdge};
use super::known::{BlockContext, Known};
use super::options::ImportOptions;
use super::spells::read_spells;
use crate::exchange::package::read::{BlockReader, Halt, PackageTable};
use crate::exchange::package::schema::{TableKind, spells_in};
use crate::graph::{EdgeId, EdgeRecord, NewEdge, NodeId, Snapshot, Subject, TypeId, Violation};

/// File and row, and whether it is the row of a spell.
pub(in crate::exchange) type ElementRow = (String, u64, bool);

impl MergeOutcome {
    /// File and row of what breaches speak of, in their order. `before` and `tables` are those of the import, `after` is
    /// the state that it gave. A table that can no longer be read leaves its elements without a place.
    pub(in crate::exchange) fn places(
        self,
        reader: BlockReader<'_>,
        (before, options, after): (&Snapshot, &ImportOptions, &Snapshot),
        tables: &[PackageTable<'_>],
        breaches: &[Violation],
    ) -> Vec<Option<ElementRow>> {
        let Self { found, places, .. } = self;
        let known = Known::with(before, options, found);
        let mut search = PlaceSearch { reader, known: &known, after, places: HashMap::new() };
        for breach in breaches {
            let at = match breach.subject {
                Subject::Node(id) => known.found.names.place_of(id),
                Subject::Edge(_) => places.get(&breach.subject).map(|at| (at.file.as_ref(), at.row)),
            };
            if let Some((file, row)) = at {
                search.places.insert((breach.subject, None), (file.to_owned(), row));
            }
        }
        search.tables(tables, breaches);
        let place = |breach: &Violation| search.of(breach);
        breaches.iter().map(place).collect()
    }
}

struct PlaceSearch<'f, 's> {
    reader: BlockReader<'f>,
    known: &'f Known<'s>,
    after: &'f Snapshot,
    /// Element, and property if it is one of its spells → file and row.
    places: HashMap<(Subject, Option<String>), (String, u64)>,
}

impl PlaceSearch<'_, '_> {
    fn of(&self, breach: &Violation) -> Option<ElementRow> {
        let spell = breach.column.as_ref().and_then(|column| {
            self.places.get(&(breach.subject, Some(column.clone()))).map(|place| (place, true))
        });
        let place = spell.or_else(|| self.places.get(&(breach.subject, None)).map(|place| (place, false)));
        place.map(|((file, row), is_spell)| (file.clone(), *row, is_spell))
    }

    fn tables(&mut self, tables: &[PackageTable<'_>], breaches: &[Violation]) {
        let mut wanted: HashMap<TypeId, Vec<EdgeId>> = HashMap::new();
        let mut of_nodes = false;
        for breach in breaches {
            match breach.subject {
                Subject::Node(_) => of_nodes |= breach.column.is_some(),
                Subject::Edge(id) if !self.places.contains_key(&(breach.subject, None)) => {
                    let edge = self.after.edge(id).into_iter();
                    edge.for_each(|edge| wanted.entry(edge.type_id()).or_default().push(id));
                }
                Subject::Edge(_) => {}
            }
        }
        self.extra_edges(&wanted);
        for table in tables {
            if spells_in(table.kind).is_some() && of_nodes {
                self.spells(table, breaches);
            }
            if let TableKind::Edge(spec) = table.kind
                && let Some(edge_type) = self.after.catalogue().edge_type(&spec.name)
                && let Some(ids) = wanted.remove(&edge_type)
            {
                // What was read a moment ago has changed: its elements are named without a place.
                drop(self.edges::<()>(table, edge_type, &ids));
            }
        }
    }

    fn spells(&mut self, table: &PackageTable<'_>, breaches: &[Violation]) {
        let wanted = breaches.iter().filter_map(|breach| match breach.subject {
            Subject::Node(id) => {
                Some((id, self.known.key(breach.column.as_deref()?)?, breach.column.as_deref()?))
            }
            Subject::Edge(_) => None,
        });
        let wanted: Vec<_> = wanted.collect();
        let mut context = BlockContext::new(self.known);
        let mut found = Vec::new();
        read_spells(&mut context, table, |spell| {
            let own = wanted.iter().filter(|(node, key, _)| (spell.node, spell.key) == (*node, *key));
            found.extend(own.map(|(node, _, column)| (*node, *column, spell.place.clone())));
        });
        for (node, column, place) in found {
            let key = (Subject::Node(node), Some(column.to_owned()));
            self.places.entry(key).or_insert_with(|| (place.file.to_string(), place.row));
        }
    }

    /// The records of edges of the state, by their ends.
    fn records(&self, ids: &[EdgeId]) -> HashMap<(NodeId, NodeId), Vec<EdgeRecord>> {
        let mut records: HashMap<_, Vec<EdgeRecord>> = HashMap::new();
        for edge in ids.iter().filter_map(|id| self.after.edge(*id)) {
            let record = edge.to_record();
            records.entry((record.source, record.target)).or_default().push(record);
        }
        records
    }

    fn extra_edges(&mut self, wanted: &HashMap<TypeId, Vec<EdgeId>>) {
        let ids: Vec<EdgeId> = wanted.values().flatten().copied().collect();
        if ids.is_empty() || self.known.found.extra_edges.is_empty() {
            return;
        }
        let wanted = self.records(&ids);
        for (edge, file, row) in &self.known.found.extra_edges {
            for own in same(&wanted, edge) {
                let key = (Subject::Edge(own), None);
                self.places.entry(key).or_insert_with(|| (file.clone(), *row));
            }
        }
    }

    fn edges<E: Send>(
        &mut self,
        table: &PackageTable<'_>,
        edge_type: TypeId,
        ids: &[EdgeId],
    ) -> Result<(), Halt<E>> {
        let TableKind::Edge(spec) = table.kind else { return Ok(()) };
        let wanted = self.records(ids);
        let Self { reader, known, places, .. } = self;
        let pass = EdgePass::new(*reader, table, (spec, edge_type), known);
        pass.run(|edges, _, _| {
            for (row, edge) in edges {
                let found = match &edge {
                    MadeEdge::New(edge) => same(&wanted, edge),
                    MadeEdge::Kept(edge) | MadeEdge::Changed(edge) => vec![edge.id],
                };
                for id in found {
                    let key = (Subject::Edge(id), None);
                    places.entry(key).or_insert_with(|| (table.file.to_string(), row));
                }
            }
            Ok(())
        })
    }
}

/// Edges among these that are what a row makes.
fn same(wanted: &HashMap<(NodeId, NodeId), Vec<EdgeRecord>>, edge: &NewEdge) -> Vec<EdgeId> {
    let there = wanted.get(&(edge.source, edge.target)).into_iter().flatten();
    let same = there.filter(|own| {
        own.edge_type == edge.edge_type && own.validity == edge.validity && own.properties == edge.properties
    });
    same.map(|own| own.id).collect()
}
