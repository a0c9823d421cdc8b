//! Tables of nodes: first which ids they name, then what their rows hold.

use super::known::{BlockContext, Known, Noted};
use super::names::TableNames;
use super::options::{ImportMode, Undated};
use super::spells::{NodeSpell, put_spells, spells_in_order};
use crate::exchange::package::read::{
    Block, CellReader, PackageTable, RowContext as _, RowCursor, RowOf, ValueColumn,
};
use crate::exchange::package::schema::RowLocation;
use crate::exchange::remarks::Remarks;
use crate::graph::{
    KeyId, LabelId, LabelSpec, NewNode, NodeRecord, Properties, Property, PropertyKind, Spell,
};
use crate::relations::vocabulary::label;
use crate::value::{Validity, Value};

/// The ids that a block names.
#[derive(Default)]
pub(super) struct NamedRows {
    ids: String,
    ends: Vec<(usize, u64)>,
    pub(super) noted: Vec<Noted>,
}

impl NamedRows {
    /// Reads the ids of a block.
    pub(super) fn read(table: &PackageTable<'_>, known: &Known<'_>, block: &Block<'_>) -> Self {
        let mut rows = block.rows();
        let mut place = table.place_at(0);
        let mut context = BlockContext::new(known);
        let mut named = Self::default();
        let at = table.at("id");
        while table.advance(&mut rows) {
            place.row = rows.number();
            if table.is_ragged(&rows) {
                table.ragged(&rows).into_iter().for_each(|fault| context.fault(fault));
            }
            let id = rows.cell(at);
            if context.check_id(&place, id, table.kind.table()) {
                named.ids.push_str(id);
                named.ends.push((named.ids.len(), rows.number()));
            }
        }
        named.noted = context.noted;
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

/// What a row makes of its node.
pub(super) enum MadeNode {
    New(NewNode),
    /// One of the store, which stays as it is.
    Kept,
    Changed(NodeRecord),
}

/// The nodes of a block.
#[derive(Default)]
pub(super) struct NodeBatch {
    pub(super) nodes: Vec<MadeNode>,
    pub(super) noted: Vec<Noted>,
    pub(super) remarks: Remarks,
    pub(super) notes: Vec<String>,
    /// Rows whose values of `extra_properties` were taken.
    pub(super) used: Vec<String>,
}

/// Reads the contents of a table of nodes, block by block.
pub(super) struct NodeReader<'t, 's> {
    table: &'t PackageTable<'s>,
    spec: &'s LabelSpec,
    label: LabelId,
    known: &'t Known<'s>,
    names: Option<&'t TableNames>,
    cells: CellReader<'t, 's>,
    place: RowLocation,
}

/// A row, and what was there of its node.
struct NodeRow<'r> {
    rows: &'r RowCursor<'r>,
    id: &'r str,
    spells: &'r [NodeSpell],
    before: Option<NodeRecord>,
}

impl<'t, 's> NodeReader<'t, 's> {
    pub(super) fn new(
        table: &'t PackageTable<'s>,
        (spec, label): (&'s LabelSpec, LabelId),
        values: &'t [ValueColumn<'s>],
        known: &'t Known<'s>,
    ) -> Self {
        let (cells, place) = (CellReader::new(table, values, known), table.place_at(0));
        let names = known.found.names.table(&spec.name);
        Self { table, spec, label, known, names, cells, place }
    }

    pub(super) fn read(&mut self, spells: &super::spells::ImportedSpells, block: &Block<'_>) -> NodeBatch {
        let mut rows = block.rows();
        let mut context = BlockContext::new(self.known);
        let mut batch = NodeBatch::default();
        let at = self.table.at("id");
        let Some(names) = self.names else { return batch };
        while self.table.advance(&mut rows) {
            let id = rows.cell(at);
            // A row whose id another one has is none, and that was said already; so is an uneven one.
            let node = names.of_row(id, rows.number()).filter(|_| !self.table.is_ragged(&rows));
            let Some(node) = node else { continue };
            self.place.row = rows.number();
            let is_stored = self.known.is_stored(node);
            let before = if is_stored { self.known.before.node(node) } else { None };
            let before = before.map(crate::graph::NodeRef::to_record);
            let row = NodeRow { rows: &rows, id, spells: spells.of(node), before };
            let made = self.node(&mut context, row, &mut batch);
            batch.nodes.push(made);
        }
        batch.noted = context.noted;
        batch.remarks = context.remarks;
        batch
    }

    fn node(
        &mut self,
        context: &mut BlockContext<'_, 's>,
        row: NodeRow<'_>,
        batch: &mut NodeBatch,
    ) -> MadeNode {
        let NodeRow { rows, id, spells, before } = row;
        let (known, spec) = (self.known, self.spec);
        let base = match &before {
            Some(before) if known.replaces() => known.left_over(spec, true, &before.properties),
            Some(before) => before.properties.clone(),
            None => Properties::new(),
        };
        let base_validity = match &before {
            Some(before) if !known.replaces() => before.validity.clone(),
            _ if known.options.undated == Undated::Always && self.table.is_undated() => Validity::ALWAYS,
            _ => Validity::UNKNOWN,
        };
        let validity = self.cells.validity(context, &self.place, rows, &base_validity);
        let validity = validity.unwrap_or(base_validity);
        let mut properties = base;
        self.cells.put_id(id, &mut properties);
        let has_spells = |key: KeyId| spells.iter().any(|spell| spell.key == key);
        let of_node = (RowOf::Node(&has_spells), before.is_some());
        self.cells.properties(context, &self.place, rows, of_node, &mut properties);
        if spec.name == label::GOVERNMENT && known.options.rank_from_level {
            batch.notes.extend(infer_rank(known, id, spells, &mut properties));
        }
        let as_written = before
            .as_ref()
            .is_none_or(|before| before.validity == validity && before.properties == properties);
        if known.options.mode == ImportMode::Append && !as_written {
            context.refuse_changed(&self.place, id);
        }
        put_spells(context, spells, &mut properties);
        if known.found.extras.take(&spec.table, id, context, &mut properties) {
            batch.used.push(id.to_owned());
        }
        for spec in spec.properties.iter().filter(|spec| spec.required) {
            let held = known.key(&spec.key).is_some_and(|key| properties.get(key).is_some());
            if !held && self.table.cell(rows, &spec.key).is_empty() {
                context.missing(&self.place, &spec.key);
            }
        }
        match before {
            None => MadeNode::New(NewNode { labels: vec![self.label], validity, properties }),
            Some(before) if before.validity == validity && before.properties == properties => MadeNode::Kept,
            Some(before) => MadeNode::Changed(NodeRecord { validity, properties, ..before }),
        }
    }
}

/// Gives a government without a rank the name of its level, marked as inferred (S21); what is to be said of it.
fn infer_rank(
    known: &Known<'_>,
    id: &str,
    spells: &[NodeSpell],
    properties: &mut Properties,
) -> Option<String> {
    let (rank, level, note) = (known.key("rank")?, known.key("level")?, known.key("note")?);
    if properties.get(rank).is_some() || spells.iter().any(|spell| spell.key == rank) {
        return None;
    }
    let mark = || vec![(note, Value::text("inferred from level (S21)"))];
    let own = match properties.get(level) {
        Some(Property::Fixed(value)) => {
            vec![Spell { validity: Validity::ALWAYS, value: value.clone(), qualifiers: Vec::new() }]
        }
        Some(Property::Dated(spells)) => spells.to_vec(),
        None => Vec::new(),
    };
    let levels = own.into_iter().chain(spells_in_order(spells, level));
    let ranks: Vec<Spell> = levels.map(|spell| Spell { qualifiers: mark(), ..spell }).collect();
    if ranks.is_empty() {
        return None;
    }
    properties.insert(rank, Property::Dated(ranks.into()));
    Some(format!("the rank of {id} is inferred from its level (S21)"))
}

impl Known<'_> {
    /// What a node of the store keeps if its row, or its spells, are replaced.
    pub(super) fn left_over(&self, spec: &LabelSpec, own_table: bool, properties: &Properties) -> Properties {
        let catalogue = self.before.catalogue();
        let stays = |name: &str, property: &Property| {
            let kind =
                spec.properties.iter().find(|property| property.key == name).map(|property| property.kind);
            let dated = matches!(property, Property::Dated(_));
            match kind {
                Some(PropertyKind::Observation) if dated => !self.found.replaces_observations,
                Some(PropertyKind::State) if dated => !self.found.replaces_states,
                Some(_) => !own_table,
                None if crate::exchange::package::schema::is_own(name) => !own_table,
                None => !self.found.replaces_extras,
            }
        };
        let kept = properties.iter().filter(|(key, property)| stays(catalogue.key_name(*key), property));
        kept.map(|(key, property)| (key, property.clone())).collect()
    }
}
