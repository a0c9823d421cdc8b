//! Rows that are values in time: states and observations (S3).

use std::collections::HashMap;
use std::sync::Arc;

use super::layout::{Column, DATE_KINDS};
use super::names::IdMaker;
use super::plan::ImportMode;
use super::planner::Planner;
use super::reading::{Reading, spells_in};
use super::sheet::{Place, Sheet};
use crate::exchange::cell::BLANK;
use crate::exchange::text::Row;
use crate::graph::{Catalogue, KeyId, NodeId, Properties, Property, Spell, Subject};
use crate::value::{Bound, Day, Validity, Value};

/// A spell of the package, for one property of a node.
pub(in crate::exchange) struct NewSpell<'a> {
    property: &'a str,
    id: Option<&'a str>,
    spell: Spell,
    place: Place,
}

/// The order of spells in a property: by start, then by source, then by id.
pub(super) fn spell_order(spell: &Spell, source: Option<KeyId>, id: Option<KeyId>) -> (Day, String, String) {
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
pub(in crate::exchange) fn in_order(
    mut spells: Vec<Spell>,
    source: Option<KeyId>,
    id: Option<KeyId>,
) -> Arc<[Spell]> {
    if spells.len() > 1 {
        spells.sort_by_cached_key(|spell| spell_order(spell, source, id));
    }
    spells.into()
}

/// The keys that decide the order of spells in a catalogue.
pub(super) fn order_keys(catalogue: &Catalogue) -> (Option<KeyId>, Option<KeyId>) {
    (catalogue.key("source"), catalogue.key("id"))
}

impl<'a> NewSpell<'a> {
    /// The property that it is a spell of.
    pub(in crate::exchange) fn property(&self) -> &'a str {
        self.property
    }

    /// The spell itself, and where it stands.
    pub(in crate::exchange) fn into_parts(self) -> (Spell, Place) {
        (self.spell, self.place)
    }
}

/// Reads all rows of a table of spells; the faults are noted.
pub(in crate::exchange) fn read_spell_rows<'a, R: Reading<'a>>(
    reading: &mut R,
    sheet: &Sheet<'a>,
    mut take: impl FnMut(&mut R, NodeId, NewSpell<'a>),
) {
    let mut seen = HashMap::new();
    let mut ids = IdMaker::new(sheet);
    for row in sheet.table.rows.iter().filter(|row| !row.ragged) {
        let (id, place) = (sheet.cell(row, "id"), sheet.place(row));
        if !id.is_empty() && !reading.names_row(id, &place, &mut seen, sheet.kind.table()) {
            continue;
        }
        if let Some((node, spell)) = read_spell(reading, sheet, row, &mut ids) {
            take(reading, node, spell);
        }
    }
}

/// The spell of a row and the node that it is said of.
fn read_spell<'a, R: Reading<'a>>(
    reading: &mut R,
    sheet: &Sheet<'a>,
    row: &'a Row,
    ids: &mut IdMaker<'a>,
) -> Option<(NodeId, NewSpell<'a>)> {
    let (kind, qualifiers) = spells_in(sheet.kind)?;
    let place = sheet.place(row);
    let label = sheet.cell(row, "label");
    let spec = reading.spell_property(&place, (label, sheet.cell(row, "property")), kind)?;
    let of = sheet.cell(row, "of");
    let node = reading.find(label, of);
    let &[node] = node.as_slice() else {
        let fault = place.fault("reference", format!("there is no {label} “{of}”"), "").of("of");
        reading.unknown_id(fault, &[label], of);
        return None;
    };
    let validity = reading.row_validity(sheet, row, &Validity::UNKNOWN)?;
    let column = Column { name: "value", column_type: spec.column_type, spec: Some(spec), doc: "" };
    let Some(value) = reading.read_value(&place, &column, sheet.cell(row, "value")).ok()? else {
        let remedy = "write the value, or remove the row; a spell without a value says nothing";
        reading.fault(place.fault("S3", "the value is missing", remedy).of("value"));
        return None;
    };
    let written = sheet.cell(row, "id");
    let id = match written {
        "" => Some(ids.make([of, &spec.key, sheet.cell(row, "valid_from").trim_matches('.')])),
        id if id.starts_with(BLANK) => None,
        id => Some(id.to_owned()),
    };
    let mut own: Vec<(KeyId, Value)> = Vec::new();
    if let Some(id) = id
        && let Some(key) = reading.key(&place, "id")
    {
        own.push((key, Value::Text(id.into())));
    }
    for column in qualifiers {
        let cell = sheet.cell(row, column.name);
        if column.name == "date_kind" && !cell.is_empty() && !DATE_KINDS.contains(&cell) {
            let message = format!("“{cell}” is not in the codebook of date_kind");
            let remedy = format!("write one of {}", DATE_KINDS.join(", "));
            reading.fault(place.fault("codebook", message, remedy).of("date_kind"));
        } else if let Ok(Some(value)) = reading.read_value(&place, column, cell)
            && let Some(key) = reading.key(&place, column.name)
        {
            own.push((key, value));
        }
    }
    own.sort_by_key(|(key, _)| *key);
    let spell = Spell { validity, value, qualifiers: own };
    let id = Some(written).filter(|id| !id.is_empty() && !id.starts_with(BLANK));
    Some((node, NewSpell { property: &spec.key, id, spell, place }))
}

impl<'a> Planner<'a> {
    pub(super) fn read_spells(&mut self, sheets: &[Sheet<'a>]) {
        for sheet in sheets.iter().filter(|sheet| spells_in(sheet.kind).is_some()) {
            read_spell_rows(self, sheet, |planner, node, spell| {
                let rows = planner.spell_rows.entry((Subject::Node(node), spell.property.to_owned()));
                rows.or_insert_with(|| spell.place.clone());
                planner.spells.entry(node).or_default().push(spell);
            });
        }
    }

    /// Whether the package has spells for a property of a node.
    pub(super) fn has_spell(&self, node: NodeId, property: &str) -> bool {
        self.spells.get(&node).is_some_and(|spells| spells.iter().any(|spell| spell.property == property))
    }

    /// The package's spells for a property of a node.
    pub(super) fn spells_of(&self, node: NodeId, property: &str) -> Vec<Spell> {
        let spells = self.spells.get(&node).map_or(&[][..], Vec::as_slice);
        let own = spells.iter().filter(|spell| spell.property == property);
        let mut own: Vec<Spell> = own.map(|spell| spell.spell.clone()).collect();
        own.sort_by_key(|spell| spell_order(spell, None, None));
        own
    }

    /// Takes the package's spells of a node into its properties: the same id replaces, others are added.
    pub(super) fn merge_spells(&mut self, node: NodeId, properties: &mut Properties) {
        let Some(new) = self.spells.remove(&node) else { return };
        let mut by_property: Vec<(&'a str, Vec<NewSpell<'a>>)> = Vec::new();
        for spell in new {
            match by_property.iter_mut().find(|(property, _)| *property == spell.property) {
                Some((_, spells)) => spells.push(spell),
                None => by_property.push((spell.property, vec![spell])),
            }
        }
        for (property, new) in by_property {
            let Some(place) = new.first().map(|spell| spell.place.clone()) else { continue };
            let (Some(key), Some(id), Some(source)) =
                (self.key(&place, property), self.key(&place, "id"), self.key(&place, "source"))
            else {
                continue;
            };
            let mut spells = match properties.get(key) {
                Some(Property::Dated(spells)) => spells.to_vec(),
                _ => Vec::new(),
            };
            for new in new {
                self.merge_spell(&mut spells, new, id);
            }
            properties.insert(key, Property::Dated(in_order(spells, Some(source), Some(id))));
        }
    }

    fn merge_spell(&mut self, spells: &mut Vec<Spell>, new: NewSpell<'a>, id: KeyId) {
        let own = new.spell.qualifier(id);
        let at = own.and_then(|own| spells.iter().position(|spell| spell.qualifier(id) == Some(own)));
        let Some(known) = at.and_then(|at| spells.get_mut(at)) else { return spells.push(new.spell) };
        if *known == new.spell {
            return;
        }
        let written = new.id.unwrap_or("(made)");
        match self.options.mode {
            ImportMode::Create => self.refuse_stored(true, written, &new.place, "its table"),
            ImportMode::Append => self.refuse_changed(&new.place, written),
            ImportMode::Update | ImportMode::ReplacePackage => *known = new.spell,
        }
    }
}
