//! Tables of nodes: first which ids they name, then what their rows hold.

use super::columns::{RowOf, RowReader, Table, ValueColumn, rows_of};
use super::ground::{BlockReading, Ground, Noted};
use super::pipeline::Text;
use super::spells::{Spells, put_spells};
use crate::exchange::package::{Place, Reading as _};
use crate::exchange::remarks::Remarks;
use crate::graph::{BulkNode, LabelId, LabelSpec, Properties};
use crate::value::Validity;

/// The ids that a block names.
#[derive(Default)]
pub(super) struct NamedRows {
    ids: String,
    ends: Vec<(usize, u64)>,
    pub(super) noted: Vec<Noted>,
}

impl NamedRows {
    /// Reads the ids of a block.
    pub(super) fn read(table: &Table<'_>, ground: &Ground<'_>, text: &Text) -> Self {
        let mut rows = rows_of(text);
        let mut place = table.place_at(0);
        let mut reading = BlockReading::new(ground);
        let mut named = Self::default();
        let at = table.at("id");
        while table.advance(&mut rows) {
            place.row = rows.number();
            if table.is_ragged(&rows) {
                reading.fault(table.ragged(&rows));
            }
            let id = rows.cell(at);
            if reading.check_id(&place, id, table.kind.table()) {
                named.ids.push_str(id);
                named.ends.push((named.ids.len(), rows.number()));
            }
        }
        named.noted = reading.noted;
        named
    }

    /// The ids and their rows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        let mut from = 0;
        self.ends.iter().map(move |(to, row)| {
            let id = self.ids.get(from..*to).unwrap_or_default();
            from = *to;
            (id, *row)
        })
    }
}

/// The nodes of a block.
#[derive(Default)]
pub(super) struct NodeBatch {
    pub(super) nodes: Vec<BulkNode>,
    pub(super) noted: Vec<Noted>,
    pub(super) remarks: Remarks,
}

/// Reads the contents of a table of nodes, block by block.
pub(super) struct NodeReader<'t, 's> {
    table: &'t Table<'s>,
    spec: &'s LabelSpec,
    label: LabelId,
    ground: &'t Ground<'s>,
    spells: &'t Spells,
    rows: RowReader<'t, 's>,
    place: Place,
}

impl<'t, 's> NodeReader<'t, 's> {
    pub(super) fn new(
        table: &'t Table<'s>,
        (spec, label): (&'s LabelSpec, LabelId),
        values: &'t [ValueColumn<'s>],
        ground: &'t Ground<'s>,
        spells: &'t Spells,
    ) -> Self {
        let (rows, place) = (RowReader::new(table, values, ground), table.place_at(0));
        Self { table, spec, label, ground, spells, rows, place }
    }

    pub(super) fn read(&mut self, text: &Text) -> NodeBatch {
        let mut rows = rows_of(text);
        let mut reading = BlockReading::new(self.ground);
        let mut nodes = Vec::new();
        let at = self.table.at("id");
        let Some(names) = self.ground.names.table(&self.spec.name) else { return NodeBatch::default() };
        while self.table.advance(&mut rows) {
            let id = rows.cell(at);
            // A row whose id another one has is none, and that was said already; so is an uneven one.
            let node = names.find(id).filter(|node| names.row(*node) == rows.number());
            let Some(node) = node.filter(|_| !self.table.is_ragged(&rows)) else { continue };
            self.place.row = rows.number();
            let validity = self.rows.validity(&mut reading, &self.place, &rows).unwrap_or(Validity::UNKNOWN);
            let mut properties = Properties::new();
            self.rows.put_id(id, &mut properties);
            let spells = self.spells.of(node);
            self.rows.properties(&mut reading, &self.place, &rows, RowOf::Node(spells), &mut properties);
            put_spells(self.ground, spells, &mut properties);
            for spec in self.spec.properties.iter().filter(|spec| spec.required) {
                let held = self.ground.key(&spec.key).is_some_and(|key| properties.get(key).is_some());
                if !held && rows.cell(self.table.at(&spec.key)).is_empty() {
                    reading.missing(&self.place, &spec.key);
                }
            }
            nodes.push(BulkNode { labels: vec![self.label], validity, properties });
        }
        NodeBatch { nodes, noted: reading.noted, remarks: reading.remarks }
    }
}
