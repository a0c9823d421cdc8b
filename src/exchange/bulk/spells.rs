//! Values in time: all rows of `states.csv` and `observations.csv`, held by node until its row is read.

use std::fs::File;
use std::path::Path;

use super::BulkError;
use super::ground::{BlockReading, Ground, Noted};
use crate::exchange::error::ExchangeError;
use crate::exchange::fault::{Fault, ImportFaults};
use crate::exchange::package::{Place, Sheet, TableKind, in_order, read_spell_rows, spells_in};
use crate::exchange::remarks::Remarks;
use crate::exchange::text::{RawTable, TextForm, read_table};
use crate::graph::{KeyId, Properties, Property, Spell};

/// A spell of a property of a node.
pub(super) struct NodeSpell {
    node: u32,
    pub(super) key: KeyId,
    spell: Spell,
}

impl NodeSpell {
    /// Whether it is one of a property of a node.
    pub(super) fn is_of(&self, node: u32, key: KeyId) -> bool {
        (self.node, self.key) == (node, key)
    }
}

/// The spells of all nodes, by node and property.
#[derive(Default)]
pub(super) struct Spells {
    sorted: Vec<NodeSpell>,
}

impl Spells {
    pub(super) fn new(mut spells: Vec<NodeSpell>) -> Self {
        // Stable: of one property they stay in the order of their rows.
        spells.sort_by_key(|spell| (spell.node, spell.key));
        Self { sorted: spells }
    }

    /// The spells of a node.
    pub(super) fn of(&self, node: u32) -> &[NodeSpell] {
        let from = self.sorted.partition_point(|spell| spell.node < node);
        let own = self.sorted.get(from..).unwrap_or_default();
        own.get(..own.partition_point(|spell| spell.node == node)).unwrap_or_default()
    }
}

/// Puts the spells of a node among its properties.
pub(super) fn put_spells(ground: &Ground<'_>, spells: &[NodeSpell], properties: &mut Properties) {
    let (source, id) = (ground.key("source"), ground.key("id"));
    for own in spells.chunk_by(|a, b| a.key == b.key) {
        if let Some(key) = own.first().map(|spell| spell.key) {
            let spells = own.iter().map(|spell| spell.spell.clone()).collect();
            properties.insert(key, Property::Dated(in_order(spells, source, id)));
        }
    }
}

/// A table of spells as it was written; none where the file as a whole is at fault.
pub(super) fn read_spell_table<E>(
    path: &Path,
    file: &str,
    faults: &mut Vec<Fault>,
) -> Result<Option<RawTable>, BulkError<E>> {
    let reader = File::open(path).map_err(ExchangeError::io("open", path))?;
    Ok(read_table(file, reader, &TextForm::default(), faults).map_err(ExchangeError::io("read", path))?)
}

/// The keys that a table of spells needs: properties that its rows name, and qualifiers that it has.
pub(super) fn spell_keys<'t>(sheet: &Sheet<'t>) -> Vec<&'t str> {
    let Some((_, qualifiers)) = spells_in(sheet.kind) else { return Vec::new() };
    let mut keys: Vec<&str> = sheet.table.rows.iter().map(|row| sheet.cell(row, "property")).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.extend(qualifiers.iter().map(|column| column.name).filter(|name| sheet.has(name)));
    keys.extend(["id", "source"]);
    keys
}

/// Reads all rows of a table of spells and hands each on with its place.
pub(super) fn read_spells<'t>(
    ground: &Ground<'t>,
    kind: TableKind<'t>,
    table: &'t RawTable,
    mut take: impl FnMut(NodeSpell, Place),
) -> (Vec<Noted>, ImportFaults, Remarks) {
    let mut faults = ImportFaults::default();
    let sheet = Sheet::new(kind, table, &mut faults);
    let mut reading = BlockReading::new(ground);
    read_spell_rows(&mut reading, &sheet, |_, node, spell| {
        let number = u32::try_from(node.get() - ground.first).unwrap_or(u32::MAX);
        if let Some(key) = ground.key(spell.property()) {
            let (spell, place) = spell.into_parts();
            take(NodeSpell { node: number, key, spell }, place);
        }
    });
    (reading.noted, faults, reading.remarks)
}
