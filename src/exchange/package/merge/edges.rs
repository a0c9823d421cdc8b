//! Tables of edges: ends, ids and contents of their rows.

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hashbrown::DefaultHashBuilder;

use super::ids::{Census, IdCounter, id_of_parts};
use super::known::{BlockContext, Known, Noted};
use super::names::TableNames;
use super::options::{ImportMode, Undated};
use crate::exchange::cell::BLANK;
use crate::exchange::package::read::{
    Block, BlockReader, CellReader, Halt, PackageTable, RowContext as _, RowCursor, RowOf, TableContents,
    ValueColumn, edge_id_parts,
};
use crate::exchange::package::schema::{RowLocation, while_both};
use crate::exchange::remarks::{Oddity, Remarks, row_hash};
use crate::graph::{EdgeRecord, EdgeRef, EdgeSpec, NewEdge, NodeId, Properties, TypeId};
use crate::value::Validity;

/// What a row makes of its edge.
#[derive(Debug)]
pub(super) enum MadeEdge {
    New(NewEdge),
    /// One of the store, which stays as it is.
    Kept(EdgeRecord),
    Changed(EdgeRecord),
}

/// A row of a table of edges.
enum EdgeSlot {
    Read(MadeEdge),
    /// A row without an id, whose id must be counted first. Hashes of its cells.
    Later(u64),
}

/// The edges of a block, with the numbers of their rows.
#[derive(Default)]
pub(super) struct EdgeBatch {
    slots: Vec<(u64, EdgeSlot)>,
    /// Hashes of the ids that were written.
    pub(super) written: Vec<u64>,
    pub(super) noted: Vec<Noted>,
    pub(super) remarks: Remarks,
    /// Rows whose values of `extra_properties` were taken.
    pub(super) used: Vec<String>,
}

/// Which columns name a row of a table of edges.
#[derive(Clone, Copy)]
pub(super) struct IdColumns {
    pub(super) id: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    role: Option<usize>,
    valid_from: Option<usize>,
}

impl IdColumns {
    pub(super) fn of(table: &PackageTable<'_>) -> Self {
        let at = |name| table.at(name);
        Self { id: at("id"), from: at("from"), to: at("to"), role: at("role"), valid_from: at("valid_from") }
    }

    /// The id that is made for a row without one, before it is counted (S22).
    pub(super) fn made(self, rows: &RowCursor<'_>, edge_type: &str) -> String {
        let cell = |at| rows.cell(at);
        let ends = (cell(self.from), cell(self.to));
        id_of_parts(edge_id_parts(edge_type, ends, cell(self.role), cell(self.valid_from)))
    }
}

/// One reading of a table of edges.
pub(super) struct EdgePass<'p, 's> {
    reader: BlockReader<'p>,
    table: &'p PackageTable<'s>,
    spec: &'s EdgeSpec,
    edge_type: TypeId,
    known: &'p Known<'s>,
    pub(super) hasher: DefaultHashBuilder,
    columns: IdColumns,
    values: Vec<ValueColumn<'s>>,
    /// Whether the store has edges of the type.
    is_stored: bool,
    census: OnceLock<Option<Arc<Census>>>,
}

impl<'p, 's> EdgePass<'p, 's> {
    pub(super) fn new(
        reader: BlockReader<'p>,
        table: &'p PackageTable<'s>,
        (spec, edge_type): (&'s EdgeSpec, TypeId),
        known: &'p Known<'s>,
    ) -> Self {
        Self {
            reader,
            table,
            spec,
            edge_type,
            known,
            hasher: DefaultHashBuilder::default(),
            columns: IdColumns::of(table),
            values: ValueColumn::of(table, known),
            is_stored: known.has_edges(&spec.name),
            census: known_census(table),
        }
    }

    /// Hands on the batches in the order of the rows, every edge with its id and its row.
    pub(super) fn run<E: Send>(
        &self,
        mut take: impl FnMut(Vec<(u64, MadeEdge)>, EdgeBatch, &Block<'_>) -> Result<(), Halt<E>>,
    ) -> Result<(), Halt<E>> {
        let failed = Mutex::new(None);
        let mut later =
            Later { edges: EdgeReader::new(self), counter: IdCounter::default(), said: HashSet::new() };
        let worker = || EdgeReader::new(self);
        let read = |edges: &mut EdgeReader<'_, 's>, block: &Block<'_>| edges.read(block, &failed);
        self.reader.blocks(&self.table.contents, worker, read, |mut batch, block| {
            let stopped = failed.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(halt) = stopped {
                return Err(halt);
            }
            let edges = later.fill(&mut batch, block, self.census.get().and_then(Option::as_deref));
            take(edges, batch, block)
        })
    }

    /// What must be known of the ids before one is made; where it cannot be read, `failed` says why.
    fn census<E: Send>(&self, failed: &Mutex<Option<Halt<E>>>) -> Option<&Census> {
        let census = self.census.get_or_init(|| {
            let census = Census::of(&self.reader, self.table, &self.spec.name);
            census
                .map(Arc::new)
                .map_err(|halt| *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(halt))
                .ok()
        });
        census.as_deref()
    }
}

/// What is known of the ids of a table before it is read.
fn known_census(table: &PackageTable<'_>) -> OnceLock<Option<Arc<Census>>> {
    let census = match &table.contents {
        TableContents::Made(made) => made.census(),
        TableContents::File { .. } | TableContents::Whole(_) => None,
    };
    census.map_or_else(OnceLock::new, |census| OnceLock::from(Some(census)))
}

/// Reads a table of edges, block by block.
struct EdgeReader<'t, 's> {
    pass: &'t EdgePass<'t, 's>,
    /// The tables of both ends, where the type joins one pair of labels.
    tables: Option<(&'t TableNames, &'t TableNames)>,
    cells: CellReader<'t, 's>,
    place: RowLocation,
}

impl<'t, 's> EdgeReader<'t, 's> {
    fn new(pass: &'t EdgePass<'t, 's>) -> Self {
        let names = &pass.known.found.names;
        let tables = match pass.spec.ends.as_slice() {
            [(from, to)] => names.table(from).zip(names.table(to)),
            _ => None,
        };
        let tables = tables.filter(|_| names.extra.is_empty());
        let cells = CellReader::new(pass.table, &pass.values, pass.known);
        Self { pass, tables, cells, place: pass.table.place_at(0) }
    }

    fn read<E: Send>(&mut self, block: &Block<'_>, failed: &Mutex<Option<Halt<E>>>) -> EdgeBatch {
        let EdgePass { table, known, hasher, columns, spec, .. } = self.pass;
        let mut rows = block.rows();
        let mut context = BlockContext::new(known);
        let mut batch = EdgeBatch::default();
        while table.advance(&mut rows) {
            self.place.row = rows.number();
            if table.is_ragged(&rows) {
                table.ragged(&rows).into_iter().for_each(|fault| context.fault(fault));
                let id = rows.cell(columns.id);
                if !id.is_empty() && context.check_id(&self.place, id, table.kind.table()) {
                    batch.written.push(hasher.hash_one(id));
                }
                continue;
            }
            let id = rows.cell(columns.id);
            let edge = if id.is_empty() {
                let made = columns.made(&rows, &spec.name);
                let Some(census) = self.pass.census(failed) else { break };
                if census.is_met(&made) {
                    let slot = EdgeSlot::Later(row_hash(hasher, rows.cells()));
                    batch.slots.push((rows.number(), slot));
                    continue;
                }
                self.edge(&mut context, &rows, (&made, true), &mut batch)
            } else {
                if !context.check_id(&self.place, id, table.kind.table()) {
                    continue;
                }
                batch.written.push(hasher.hash_one(id));
                self.edge(&mut context, &rows, (id, false), &mut batch)
            };
            batch.slots.extend(edge.map(|edge| (rows.number(), EdgeSlot::Read(edge))));
        }
        batch.noted = context.noted;
        batch.remarks = context.remarks;
        batch
    }

    /// The edge of a row with an id, which was made for it or stands in it.
    fn edge(
        &mut self,
        context: &mut BlockContext<'_, 's>,
        rows: &RowCursor<'_>,
        (id, is_made): (&str, bool),
        batch: &mut EdgeBatch,
    ) -> Option<MadeEdge> {
        let EdgePass { table, known, spec, .. } = self.pass;
        let ends = self.ends(context, rows);
        // A row without ends and without an id has none.
        let has_id = !id.starts_with(BLANK) && (!is_made || ends.is_some());
        let stored =
            if has_id && self.pass.is_stored { known.before.find_edge(&spec.name, id) } else { None };
        if stored.is_some() {
            context.refuse_stored(id, &self.place, table.kind.table());
        }
        let before = stored.map(EdgeRef::to_record);
        let mut properties = known.base_properties(table, before.as_ref());
        let base = before.as_ref().filter(|_| !known.replaces()).map(|edge| edge.validity.clone());
        let validity = self.cells.validity(context, &self.place, rows, &base.unwrap_or(Validity::UNKNOWN));
        if has_id {
            self.cells.put_id(id, &mut properties);
        }
        let of_edge = (RowOf::Edge, before.is_some());
        self.cells.properties(context, &self.place, rows, of_edge, &mut properties);
        for own in spec.properties.iter().filter(|own| own.required && table.at(&own.key).is_none()) {
            if known.key(&own.key).is_none_or(|key| properties.get(key).is_none()) {
                context.missing(&self.place, &own.key);
            }
        }
        if !is_made && known.found.extras.take(&spec.table, id, context, &mut properties) {
            batch.used.push(id.to_owned());
        }
        let ((source, target), mut validity) = ends.zip(validity)?;
        let is_always = known.options.undated == Undated::Always && table.is_undated();
        if is_always && (before.is_none() || known.replaces()) {
            validity = self.while_ends(source, target);
        }
        let edge_type = self.pass.edge_type;
        let Some(before) = before else {
            return Some(MadeEdge::New(NewEdge { edge_type, source, target, validity, properties }));
        };
        Some(known.changed(context, &self.place, id, before, (source, target, validity, properties)))
    }

    /// When an edge without dates holds.
    fn while_ends(&self, source: NodeId, target: NodeId) -> Validity {
        let known = self.pass.known;
        let life = |node| known.found.lives.of(node, known.before);
        if self.pass.spec.within_ends { while_both(&life(source), &life(target)) } else { Validity::ALWAYS }
    }

    fn ends(&self, context: &mut BlockContext<'_, 's>, rows: &RowCursor<'_>) -> Option<(NodeId, NodeId)> {
        let (from, to) = (rows.cell(self.pass.columns.from), rows.cell(self.pass.columns.to));
        let found = self.tables.and_then(|(sources, targets)| sources.find(from).zip(targets.find(to)));
        found.or_else(|| context.ends(&self.place, (from, to), self.pass.spec))
    }
}

/// Reads the rows whose ids must be counted, in the order of the rows.
struct Later<'t, 's> {
    edges: EdgeReader<'t, 's>,
    counter: IdCounter,
    /// Hashes of rows without an id, to see which ones repeat.
    said: HashSet<u64>,
}

impl Later<'_, '_> {
    /// All edges of a batch, with those that were left for later.
    fn fill(
        &mut self,
        batch: &mut EdgeBatch,
        block: &Block<'_>,
        census: Option<&Census>,
    ) -> Vec<(u64, MadeEdge)> {
        let EdgePass { table, known, columns, spec, .. } = self.edges.pass;
        let mut rows = block.rows();
        let mut context = BlockContext::new(known);
        let mut all = Vec::with_capacity(batch.slots.len());
        let mut present = None;
        for (number, slot) in std::mem::take(&mut batch.slots) {
            let hash = match slot {
                EdgeSlot::Read(edge) => {
                    all.push((number, edge));
                    continue;
                }
                EdgeSlot::Later(hash) => hash,
            };
            while present != Some(number) && table.advance(&mut rows) {
                present = Some(rows.number());
            }
            self.edges.place.row = number;
            if !self.said.insert(hash) {
                context.remark(&self.edges.place, "", Oddity::Repeated, "");
            }
            let base = columns.made(&rows, &spec.name);
            let is_written = |id: &str| census.is_some_and(|census| census.is_written(id));
            let id = self.counter.next(&base, is_written);
            let edge = self.edges.edge(&mut context, &rows, (&id, true), batch);
            all.extend(edge.map(|edge| (number, edge)));
        }
        batch.noted.append(&mut context.noted);
        batch.remarks.extend(context.remarks);
        all
    }
}

impl<'s> Known<'s> {
    /// What an edge keeps of its stored properties when its row is read.
    pub(super) fn base_properties(
        &self,
        table: &PackageTable<'_>,
        before: Option<&EdgeRecord>,
    ) -> Properties {
        let Some(before) = before else { return Properties::new() };
        if !self.replaces() {
            return before.properties.clone();
        }
        let catalogue = self.before.catalogue();
        let beyond = before.properties.iter().filter(|(key, _)| {
            let name = catalogue.key_name(*key);
            let is_column = table.columns.iter().any(|(column, _)| column.name == name);
            !self.found.replaces_extras && name != "id" && !is_column
        });
        beyond.map(|(key, property)| (key, property.clone())).collect()
    }

    /// What becomes of an edge of the store.
    pub(super) fn changed(
        &self,
        context: &mut BlockContext<'_, 's>,
        place: &RowLocation,
        id: &str,
        before: EdgeRecord,
        (source, target, validity, properties): (NodeId, NodeId, Validity, Properties),
    ) -> MadeEdge {
        let after = EdgeRecord { source, target, validity, properties, ..before.clone() };
        if after == before {
            return MadeEdge::Kept(before);
        }
        if self.options.mode == ImportMode::Append {
            context.refuse_changed(place, id);
            return MadeEdge::Kept(before);
        }
        MadeEdge::Changed(after)
    }
}
