//! Tables of edges: ends, ids and contents of their rows.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use super::cells::Rows;
use super::columns::{RowOf, RowReader, Table, ValueColumn, rows_of};
use super::ground::{BlockReading, Ground, Noted};
use super::names::TableNames;
use super::pipeline::Text;
use crate::exchange::package::{Place, Reading as _, edge_id_parts, id_of_parts};
use crate::exchange::remarks::{Remarks, row_hash};
use crate::graph::{BulkEdge, EdgeSpec, NodeId, Properties, TypeId};

/// The edges of a block, with the numbers of their rows.
#[derive(Default)]
pub(super) struct EdgeBatch {
    pub(super) edges: Vec<BulkEdge>,
    pub(super) rows: Vec<u64>,
    /// Hashes of the ids that were written.
    pub(super) written: Vec<u64>,
    /// Edges without one.
    pub(super) made: Vec<MadeId>,
    pub(super) noted: Vec<Noted>,
    pub(super) remarks: Remarks,
}

/// An edge that has the id that is made of its parts.
pub(super) struct MadeId {
    /// Its position in the batch.
    pub(super) at: usize,
    /// Hash of the id before it is counted.
    pub(super) id: u64,
    /// Hash of all cells of its row.
    pub(super) row: u64,
}

/// Which columns name a row of an edge's table.
#[derive(Clone, Copy)]
pub(super) struct IdColumns {
    pub(super) id: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    role: Option<usize>,
    valid_from: Option<usize>,
}

impl IdColumns {
    pub(super) fn of(table: &Table<'_>) -> Self {
        let at = |name| table.at(name);
        Self { id: at("id"), from: at("from"), to: at("to"), role: at("role"), valid_from: at("valid_from") }
    }

    /// The id that is made for a row without one, before it is counted (S22).
    pub(super) fn made(self, rows: &Rows<'_>, edge_type: &str) -> String {
        let cell = |at| rows.cell(at);
        let ends = (cell(self.from), cell(self.to));
        id_of_parts(edge_id_parts(edge_type, ends, cell(self.role), cell(self.valid_from)))
    }
}

/// Reads a table of edges, block by block.
pub(super) struct EdgeReader<'t, 's> {
    table: &'t Table<'s>,
    spec: &'s EdgeSpec,
    edge_type: TypeId,
    ground: &'t Ground<'s>,
    hasher: &'t DefaultHashBuilder,
    columns: IdColumns,
    /// The tables of both ends, where the type joins one pair of labels.
    tables: Option<(&'t TableNames, &'t TableNames)>,
    rows: RowReader<'t, 's>,
    place: Place,
}

impl<'t, 's> EdgeReader<'t, 's> {
    pub(super) fn new(
        table: &'t Table<'s>,
        (spec, edge_type): (&'s EdgeSpec, TypeId),
        values: &'t [ValueColumn<'s>],
        ground: &'t Ground<'s>,
        hasher: &'t DefaultHashBuilder,
    ) -> Self {
        let tables = match spec.ends.as_slice() {
            [(from, to)] => ground.names.table(from).zip(ground.names.table(to)),
            _ => None,
        };
        let (rows, place) = (RowReader::new(table, values, ground), table.place_at(0));
        let columns = IdColumns::of(table);
        Self { table, spec, edge_type, ground, hasher, columns, tables, rows, place }
    }

    pub(super) fn read(&mut self, text: &Text) -> EdgeBatch {
        let mut rows = rows_of(text);
        let mut reading = BlockReading::new(self.ground);
        let mut batch = EdgeBatch::default();
        while self.table.advance(&mut rows) {
            self.place.row = rows.number();
            let ragged = self.table.is_ragged(&rows);
            if ragged {
                reading.fault(self.table.ragged(&rows));
            }
            let id = rows.cell(self.columns.id);
            if !id.is_empty() {
                if !reading.check_id(&self.place, id, self.table.kind.table()) {
                    continue;
                }
                batch.written.push(self.hasher.hash_one(id));
            }
            if let Some(edge) = if ragged { None } else { self.edge(&mut reading, &rows, id) } {
                if id.is_empty() {
                    let made = self.columns.made(&rows, &self.spec.name);
                    let (at, id) = (batch.edges.len(), self.hasher.hash_one(made.as_str()));
                    batch.made.push(MadeId { at, id, row: row_hash(self.hasher, rows.cells()) });
                }
                batch.edges.push(edge);
                batch.rows.push(rows.number());
            }
        }
        batch.noted = reading.noted;
        batch.remarks = reading.remarks;
        batch
    }

    fn edge(&mut self, reading: &mut BlockReading<'_, 's>, rows: &Rows<'_>, id: &str) -> Option<BulkEdge> {
        let ends = self.ends(reading, rows);
        let validity = self.rows.validity(reading, &self.place, rows);
        let mut properties = Properties::new();
        if id.is_empty() {
            self.rows.put_id(&self.columns.made(rows, &self.spec.name), &mut properties);
        } else {
            self.rows.put_id(id, &mut properties);
        }
        self.rows.properties(reading, &self.place, rows, RowOf::Edge, &mut properties);
        for spec in self.spec.properties.iter().filter(|spec| spec.required) {
            if self.table.at(&spec.key).is_none() {
                reading.missing(&self.place, &spec.key);
            }
        }
        let ((source, target), validity) = ends.zip(validity)?;
        Some(BulkEdge { edge_type: self.edge_type, source, target, validity, properties })
    }

    fn ends(&self, reading: &mut BlockReading<'_, 's>, rows: &Rows<'_>) -> Option<(NodeId, NodeId)> {
        let (from, to) = (rows.cell(self.columns.from), rows.cell(self.columns.to));
        let found = self.tables.and_then(|(sources, targets)| sources.find(from).zip(targets.find(to)));
        match found {
            Some((source, target)) => Some((self.ground.node(source), self.ground.node(target))),
            None => reading.ends(&self.place, (from, to), self.spec),
        }
    }
}
