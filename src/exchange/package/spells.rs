//! Rows that are values in time: states and observations (S3).

use std::collections::HashMap;

use super::layout::{Column, DATE_KINDS, OBSERVATION_QUALIFIERS, STATE_QUALIFIERS, TableKind};
use super::names::IdMaker;
use super::plan::ImportMode;
use super::planner::Planner;
use super::sheet::{Place, Sheet};
use super::text::Row;
use crate::exchange::cell::BLANK;
use crate::exchange::suggest::suggest;
use crate::graph::{
    Catalogue, KeyId, NodeId, Properties, Property, PropertyKind, PropertySpec, Spell, Subject,
};
use crate::value::{Bound, Day, Validity, Value};

/// A spell of the package, for one property of a node.
pub(super) struct NewSpell<'a> {
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

/// The keys that decide the order of spells in a catalogue.
pub(super) fn order_keys(catalogue: &Catalogue) -> (Option<KeyId>, Option<KeyId>) {
    (catalogue.key("source"), catalogue.key("id"))
}

impl<'a> Planner<'a> {
    pub(super) fn read_spells(&mut self, sheets: &[Sheet<'a>]) {
        for sheet in sheets {
            let (kind, qualifiers): (PropertyKind, &[Column<'static>]) = match sheet.kind {
                TableKind::States => (PropertyKind::State, &STATE_QUALIFIERS),
                TableKind::Observations => (PropertyKind::Observation, &OBSERVATION_QUALIFIERS),
                _ => continue,
            };
            let mut seen = HashMap::new();
            let mut ids = IdMaker::new(sheet);
            for row in sheet.table.rows.iter().filter(|row| !row.ragged) {
                let id = sheet.cell(row, "id");
                let place = sheet.place(row);
                if !id.is_empty() && !self.check_id(id, &place, &mut seen, row, sheet.kind.table()) {
                    continue;
                }
                self.read_spell(sheet, row, &mut ids, kind, qualifiers);
            }
        }
    }

    fn read_spell(
        &mut self,
        sheet: &Sheet<'a>,
        row: &'a Row,
        ids: &mut IdMaker<'a>,
        kind: PropertyKind,
        qualifiers: &[Column<'static>],
    ) {
        let place = sheet.place(row);
        let Some(spec) = self.spell_property(sheet, row, kind) else { return };
        let label = sheet.cell(row, "label");
        let of = sheet.cell(row, "of");
        let node = self.find(label, of);
        let &[node] = node.as_slice() else {
            let remedy = self.suggest_id(&[label], of);
            self.faults
                .push(place.fault("reference", format!("there is no {label} “{of}”"), remedy).of("of"));
            return;
        };
        let validity = match sheet.validity(row, &Validity::UNKNOWN) {
            Ok(validity) => validity,
            Err(fault) => return self.faults.push(*fault),
        };
        let column = Column { name: "value", column_type: spec.column_type, spec: Some(spec), doc: "" };
        let Ok(value) = self.read_value(&place, &column, sheet.cell(row, "value")) else { return };
        let Some(value) = value else {
            let remedy = "write the value, or remove the row; a spell without a value says nothing";
            return self.faults.push(place.fault("S3", "the value is missing", remedy).of("value"));
        };
        let written = sheet.cell(row, "id");
        let id = match written {
            "" => Some(ids.make([of, &spec.key, sheet.cell(row, "valid_from").trim_matches('.')])),
            id if id.starts_with(BLANK) => None,
            id => Some(id.to_owned()),
        };
        let mut own: Vec<(KeyId, Value)> = Vec::new();
        if let Some(id) = id
            && let Some(key) = self.key(&place, "id")
        {
            own.push((key, Value::Text(id.into())));
        }
        for column in qualifiers {
            let cell = sheet.cell(row, column.name);
            if column.name == "date_kind" && !cell.is_empty() && !DATE_KINDS.contains(&cell) {
                let message = format!("“{cell}” is not in the codebook of date_kind");
                let remedy = format!("write one of {}", DATE_KINDS.join(", "));
                self.faults.push(place.fault("codebook", message, remedy).of("date_kind"));
            } else if let Ok(Some(value)) = self.read_value(&place, column, cell)
                && let Some(key) = self.key(&place, column.name)
            {
                own.push((key, value));
            }
        }
        own.sort_by_key(|(key, _)| *key);
        let spell = Spell { validity, value, qualifiers: own };
        let rows = self.spell_rows.entry((Subject::Node(node), spec.key.clone()));
        rows.or_insert_with(|| place.clone());
        let id = Some(written).filter(|id| !id.is_empty() && !id.starts_with(BLANK));
        self.spells.entry(node).or_default().push(NewSpell { property: &spec.key, id, spell, place });
    }

    /// The property that a row names, if its label has such a state or observation.
    fn spell_property(
        &mut self,
        sheet: &Sheet<'a>,
        row: &'a Row,
        kind: PropertyKind,
    ) -> Option<&'a PropertySpec> {
        let place = sheet.place(row);
        let (label, name) = (sheet.cell(row, "label"), sheet.cell(row, "property"));
        let Some(spec) = self.schema.label(label) else {
            let labels = self.schema.labels.iter().map(|spec| spec.name.as_str());
            let remedy = suggest(label, labels, || "name a label of the schema".to_owned());
            self.faults
                .push(place.fault("schema", format!("there is no label “{label}”"), remedy).of("label"));
            return None;
        };
        let mut known = spec.properties.iter().filter(|property| property.kind == kind);
        let found = known.clone().find(|property| property.key == name);
        if found.is_none() {
            let what = if kind == PropertyKind::State { "state" } else { "observation" };
            let message = format!("“{name}” is no {what} of {label}");
            let names: Vec<&str> = known.by_ref().map(|property| property.key.as_str()).collect();
            let remedy = suggest(name, names.iter().copied(), || match names.as_slice() {
                [] => format!("{label} has none; use a column of its table"),
                names => format!("write one of {}", names.join(", ")),
            });
            self.faults.push(place.fault("S3", message, remedy).of("property"));
        }
        found
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
            spells.sort_by_cached_key(|spell| spell_order(spell, Some(source), Some(id)));
            properties.insert(key, Property::Dated(spells.into()));
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
