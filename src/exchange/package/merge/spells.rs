//! Values in time (S3): all rows of tables of states and observations, held by node until its row is read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::ids::IdCounter;
use super::known::{BlockContext, Known};
use super::options::ImportMode;
use crate::exchange::cell::BLANK;
use crate::exchange::package::read::{PackageTable, RowContext as _, RowCursor};
use crate::exchange::package::schema::layout::DATE_KINDS;
use crate::exchange::package::schema::{RowLocation, TableColumn, spells_in};
use crate::graph::{Catalogue, KeyId, NodeId, Properties, Property, Spell};
use crate::value::{Bound, Day, Validity, Value};

/// A spell of a property of a node, as a row states it.
#[derive(Clone, Debug)]
pub(super) struct NodeSpell {
    pub(super) node: NodeId,
    pub(super) key: KeyId,
    spell: Spell,
    /// Whether the row has an id in writing.
    is_named: bool,
    pub(super) place: RowLocation,
}

/// The spells of all nodes, by node and property; of one property in the order of their rows.
#[derive(Debug, Default)]
pub(super) struct ImportedSpells {
    sorted: Vec<NodeSpell>,
}

impl ImportedSpells {
    pub(super) fn new(mut spells: Vec<NodeSpell>) -> Self {
        spells.sort_by_key(|spell| (spell.node, spell.key));
        Self { sorted: spells }
    }

    /// The spells of a node.
    pub(super) fn of(&self, node: NodeId) -> &[NodeSpell] {
        let from = self.sorted.partition_point(|spell| spell.node < node);
        let own = self.sorted.get(from..).unwrap_or_default();
        own.get(..own.partition_point(|spell| spell.node == node)).unwrap_or_default()
    }

    /// The nodes that have spells, ascending.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> {
        self.sorted.chunk_by(|a, b| a.node == b.node).filter_map(|own| Some(own.first()?.node))
    }
}

/// The spells that rows state of a property, by their starts.
pub(super) fn spells_in_order(spells: &[NodeSpell], key: KeyId) -> Vec<Spell> {
    let own = spells.iter().filter(|spell| spell.key == key);
    let mut own: Vec<Spell> = own.map(|spell| spell.spell.clone()).collect();
    own.sort_by_key(|spell| spell_order(spell, None, None));
    own
}

/// Takes the spells that rows state of a node into its properties: the same id replaces, others are added.
pub(super) fn put_spells(
    context: &mut BlockContext<'_, '_>,
    spells: &[NodeSpell],
    properties: &mut Properties,
) {
    let (source, id) = (context.known.key("source"), context.known.key("id"));
    for own in spells.chunk_by(|a, b| a.key == b.key) {
        let Some(key) = own.first().map(|spell| spell.key) else { continue };
        let mut merged = match properties.get(key) {
            Some(Property::Dated(spells)) => spells.to_vec(),
            _ => Vec::new(),
        };
        let known = merged.len();
        for new in own {
            merge_spell(context, &mut merged, known, new, id);
        }
        properties.insert(key, Property::Dated(in_order(merged, source, id)));
    }
}

/// Adds a spell, or replaces the one of the same id among the first `known` ones.
fn merge_spell(
    context: &mut BlockContext<'_, '_>,
    spells: &mut Vec<Spell>,
    known: usize,
    new: &NodeSpell,
    id: Option<KeyId>,
) {
    let id_of = |spell: &Spell| id.and_then(|id| spell.qualifier(id).cloned());
    let own = id_of(&new.spell);
    // Two rows with one id were told already.
    let same = spells.iter_mut().take(known).find(|spell| own.is_some() && id_of(spell) == own);
    let Some(same) = same else { return spells.push(new.spell.clone()) };
    if *same == new.spell {
        return;
    }
    let written = own.filter(|_| new.is_named).map_or_else(|| "(made)".to_owned(), |id| id.to_string());
    match context.known.options.mode {
        ImportMode::Create => context.refuse_stored(&written, &new.place, "its table"),
        ImportMode::Append => context.refuse_changed(&new.place, &written),
        ImportMode::Update | ImportMode::ReplacePackage => *same = new.spell.clone(),
    }
}

/// The order of spells in a property: by start, then by source, then by id.
pub(in crate::exchange::package) fn spell_order(
    spell: &Spell,
    source: Option<KeyId>,
    id: Option<KeyId>,
) -> (Day, String, String) {
    let start = match spell.validity.from {
        Bound::Known(date) => date.first_day(),
        Bound::Open | Bound::Unknown => Day::MIN,
    };
    let text = |key: Option<KeyId>| {
        key.and_then(|key| spell.qualifier(key)).map(ToString::to_string).unwrap_or_default()
    };
    (start, text(source), text(id))
}

/// The spells of a property in their order; `source` and `id` are the keys that decide it.
fn in_order(mut spells: Vec<Spell>, source: Option<KeyId>, id: Option<KeyId>) -> Arc<[Spell]> {
    if spells.len() > 1 {
        spells.sort_by_cached_key(|spell| spell_order(spell, source, id));
    }
    spells.into()
}

/// The keys that decide the order of spells in a catalogue.
pub(in crate::exchange::package) fn order_keys(catalogue: &Catalogue) -> (Option<KeyId>, Option<KeyId>) {
    (catalogue.key("source"), catalogue.key("id"))
}

/// The keys that a table of spells needs: properties that its rows name, and qualifiers that it has.
pub(super) fn spell_keys(table: &PackageTable<'_>) -> Vec<String> {
    let Some((_, qualifiers)) = spells_in(table.kind) else { return Vec::new() };
    let mut keys = HashSet::new();
    table.each_row(|rows| keys.extend([table.cell(rows, "property").to_owned()]));
    let mut keys: Vec<String> = keys.into_iter().collect();
    keys.sort_unstable();
    let there = qualifiers.iter().map(|column| column.name).filter(|name| table.at(name).is_some());
    keys.extend(there.chain(["id", "source"]).map(str::to_owned));
    keys
}

/// Reads all rows of a table of spells; the faults are noted.
pub(super) fn read_spells<'s>(
    context: &mut BlockContext<'_, 's>,
    table: &PackageTable<'s>,
    mut take: impl FnMut(NodeSpell),
) {
    let mut written = HashSet::new();
    table.each_row(|rows| written.extend([table.cell(rows, "id").to_owned()]));
    let mut seen = HashMap::new();
    let mut ids = IdCounter::default();
    let mut place = table.place_at(0);
    table.each_row(|rows| {
        place.row = rows.number();
        let id = table.cell(rows, "id");
        if !id.is_empty() && !context.names_row(id, &place, &mut seen, table.kind.table()) {
            return;
        }
        let mut number = |base: &str| ids.next(base, |id| written.contains(id));
        if let Some(spell) = read_spell(context, table, (rows, &place), &mut number) {
            take(spell);
        }
    });
}

/// The spell of a row and the node that it is said of.
fn read_spell<'s>(
    context: &mut BlockContext<'_, 's>,
    table: &PackageTable<'s>,
    (rows, place): (&RowCursor<'_>, &RowLocation),
    number: &mut dyn FnMut(&str) -> String,
) -> Option<NodeSpell> {
    let (kind, _) = spells_in(table.kind)?;
    let cell = |name: &str| table.cell(rows, name);
    let (label, of) = (cell("label"), cell("of"));
    let spec = context.spell_property(place, (label, cell("property")), kind)?;
    let &[node] = context.find(label, of).as_slice() else {
        let fault = place.fault("reference", format!("there is no {label} “{of}”"), "").of("of");
        context.unknown_id(fault, &[label], of);
        return None;
    };
    let validity = validity(context, table, (rows, place), &Validity::UNKNOWN)?;
    let column = TableColumn { name: "value", column_type: spec.column_type, spec: Some(spec), doc: "" };
    let Some(value) = context.read_value(place, &column, cell("value")).ok()? else {
        let remedy = "write the value, or remove the row; a spell without a value says nothing";
        context.fault(place.fault("S3", "the value is missing", remedy).of("value"));
        return None;
    };
    let written = cell("id");
    let id = match written {
        "" => {
            let parts = [of, &spec.key, cell("valid_from").trim_matches('.')];
            Some(number(&super::ids::id_of_parts(parts)))
        }
        id if id.starts_with(BLANK) => None,
        id => Some(id.to_owned()),
    };
    let qualifiers = read_qualifiers(context, table, (rows, place), id);
    let key = context.known.key(&spec.key)?;
    let spell = Spell { validity, value, qualifiers };
    Some(NodeSpell { node, key, spell, is_named: !written.is_empty(), place: place.clone() })
}

/// The id of a spell, and what qualifies it.
fn read_qualifiers<'s>(
    context: &mut BlockContext<'_, 's>,
    table: &PackageTable<'s>,
    (rows, place): (&RowCursor<'_>, &RowLocation),
    id: Option<String>,
) -> Vec<(KeyId, Value)> {
    let mut own: Vec<(KeyId, Value)> = Vec::new();
    own.extend(context.known.key("id").zip(id.map(|id| Value::Text(id.into()))));
    for column in spells_in(table.kind).map(|(_, qualifiers)| qualifiers).unwrap_or_default() {
        let cell = table.cell(rows, column.name);
        if column.name == "date_kind" && !cell.is_empty() && !DATE_KINDS.contains(&cell) {
            let message = format!("“{cell}” is not in the codebook of date_kind");
            let remedy = format!("write one of {}", DATE_KINDS.join(", "));
            context.fault(place.fault("codebook", message, remedy).of("date_kind"));
        } else if let Ok(Some(value)) = context.read_value(place, column, cell) {
            own.extend(context.known.key(column.name).map(|key| (key, value)));
        }
    }
    own.sort_by_key(|(key, _)| *key);
    own
}

/// The validity of a row of a table that is read as a whole; what is wrong or strange is noted.
pub(super) fn validity<'s>(
    context: &mut BlockContext<'_, 's>,
    table: &PackageTable<'s>,
    (rows, place): (&RowCursor<'_>, &RowLocation),
    base: &Validity,
) -> Option<Validity> {
    crate::exchange::package::read::CellReader::new(table, &[], context.known)
        .validity(context, place, rows, base)
}

impl Known<'_> {
    /// Whether rows of the package stand for a node.
    pub(super) fn is_named(&self, node: NodeId) -> bool {
        !self.is_stored(node) || self.found.kept.contains(&node)
    }
}
