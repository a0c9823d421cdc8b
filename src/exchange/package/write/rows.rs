//! From a graph to the rows of its package.
//!
//! What a table's columns can hold exactly goes there; everything else goes to the `extra_…` tables, so
//! that reading the package back gives the same graph.

use std::collections::{HashMap, HashSet};

use crate::exchange::cell::{BLANK, id_fault, join_texts, write_cell};
use crate::exchange::json::{properties_to_json, property_to_json};
use crate::exchange::package::merge::{order_keys, spell_order};
use crate::exchange::package::schema::layout::{
    ELEMENT_COLUMNS, EXTRA_EDGES, EXTRA_NODES, EXTRA_PROPERTIES, OBSERVATION_QUALIFIERS, OBSERVATIONS,
    STATE_QUALIFIERS, STATES, TableColumn, TableKind,
};
use crate::graph::{
    Catalogue, EdgeRef, EdgeSpec, KeyId, LabelSpec, NodeIx, NodeRef, Properties, Property, PropertyKind,
    PropertySpec, Schema, Snapshot, Spell,
};
use crate::value::{Validity, Value};

/// Rows of all tables, by table name, each row in the order of its table's columns.
pub(super) type TableRows<'s> = HashMap<&'s str, Vec<Vec<String>>>;

/// Where a node is written, and the name of its row there.
struct Seat<'s> {
    spec: Option<&'s LabelSpec>,
    row: String,
}

/// An edge, its table, and how its ends are written there where the table is one of the schema.
type EdgeRow<'s> = (&'s str, Option<(&'s EdgeSpec, String, String)>, EdgeRef<'s>);

struct RowWriter<'s> {
    snapshot: &'s Snapshot,
    schema: &'s Schema,
    catalogue: &'s Catalogue,
    tables: TableRows<'s>,
    seats: HashMap<NodeIx, Seat<'s>>,
    /// (label, row) → how many nodes answer to it.
    holders: HashMap<(String, String), usize>,
    spell_ids: HashSet<(&'static str, String)>,
    blanks: usize,
}

/// All rows of a graph, sorted by id; rows without one come last.
pub(super) fn rows(snapshot: &Snapshot) -> TableRows<'_> {
    let mut writer = RowWriter {
        snapshot,
        schema: snapshot.catalogue().schema(),
        catalogue: snapshot.catalogue(),
        tables: TableRows::new(),
        seats: HashMap::new(),
        holders: HashMap::new(),
        spell_ids: HashSet::new(),
        blanks: 0,
    };
    let order = writer.seat_nodes();
    for node in order {
        writer.write_node(node);
    }
    writer.write_edges();
    for (table, rows) in &mut writer.tables {
        // Extra properties have no id: they are sorted as they stand.
        if *table == EXTRA_PROPERTIES {
            rows.sort();
        } else {
            rows.sort_by(|a, b| a.first().map(|id| row_order(id)).cmp(&b.first().map(|id| row_order(id))));
        }
    }
    writer.tables
}

/// Rows stand by id, those whose element has none at the end: so that of two elements with the same id
/// the same one keeps it when the package is read and written again.
fn row_order(id: &str) -> (bool, &str) {
    (id.starts_with(BLANK), id)
}

/// The id, where it can name a row.
fn usable_id(id: Option<Property>) -> Option<String> {
    match id {
        Some(Property::Fixed(Value::Text(id))) if !id.is_empty() && !id.starts_with(BLANK) => {
            id_fault(&id).is_none().then(|| id.to_string())
        }
        _ => None,
    }
}

impl<'s> RowWriter<'s> {
    fn blank(&mut self) -> String {
        self.blanks += 1;
        format!("{BLANK}{:09}", self.blanks)
    }

    /// Gives every node a row; returns the nodes in the order of table and row.
    fn seat_nodes(&mut self) -> Vec<NodeRef<'s>> {
        let mut tables: Vec<Vec<NodeRef<'s>>> = vec![Vec::new(); self.schema.labels.len() + 1];
        let position = |spec: &LabelSpec| self.schema.labels.iter().position(|own| own.name == spec.name);
        for node in self.snapshot.nodes() {
            let at = self.label_of(node).and_then(position).unwrap_or(self.schema.labels.len());
            if let Some(table) = tables.get_mut(at) {
                table.push(node);
            }
        }
        let mut order = Vec::with_capacity(self.snapshot.node_count());
        for mut nodes in tables {
            nodes.sort_by_key(|node| node.id());
            let mut taken: HashSet<String> = HashSet::new();
            let mut seated: Vec<(String, NodeRef<'s>)> = Vec::with_capacity(nodes.len());
            for node in nodes {
                let id = usable_id(node.property("id")).filter(|id| taken.insert(id.clone()));
                seated.push((id.unwrap_or_else(|| self.blank()), node));
            }
            seated.sort_by(|a, b| row_order(&a.0).cmp(&row_order(&b.0)));
            for (row, node) in seated {
                for label in node.labels() {
                    let holder = (self.catalogue.label_name(*label).to_owned(), row.clone());
                    *self.holders.entry(holder).or_insert(0) += 1;
                }
                self.seats.insert(node.ix(), Seat { spec: self.label_of(node), row });
                order.push(node);
            }
        }
        order
    }

    /// The label whose table holds the node: the schema's, where it is the only one.
    fn label_of(&self, node: NodeRef<'s>) -> Option<&'s LabelSpec> {
        match node.labels() {
            &[label] => self.schema.label(self.catalogue.label_name(label)),
            _ => None,
        }
    }

    fn push(&mut self, table: &'s str, row: Vec<String>) {
        self.tables.entry(table).or_default().push(row);
    }

    fn write_node(&mut self, node: NodeRef<'s>) {
        let Some(seat) = self.seats.get(&node.ix()) else { return };
        let (spec, row) = (seat.spec, seat.row.clone());
        let properties = node.properties();
        match spec {
            Some(spec) => {
                let kind = TableKind::Label(spec);
                let columns = kind.columns();
                let mut cells = vec![String::new(); columns.len()];
                self.fill(kind, &columns, &row, &properties, &node.validity(), &mut cells);
                self.push(kind.table(), cells);
            }
            None => {
                let labels: Vec<&str> =
                    node.labels().iter().map(|label| self.catalogue.label_name(*label)).collect();
                let mut labels = labels;
                labels.sort_unstable();
                let [from, to, attested] = validity_cells(&node.validity());
                let json = self.json(&properties, &row);
                self.push(EXTRA_NODES, vec![row, join_texts(&labels), from, to, attested, json]);
            }
        }
    }

    /// All properties as JSON; the id stands in its own cell where it names the row.
    fn json(&self, properties: &Properties, row: &str) -> String {
        let named = !row.starts_with(BLANK);
        let beyond = properties.iter().filter(|(key, _)| !(named && self.catalogue.key_name(*key) == "id"));
        let object = properties_to_json(self.catalogue, beyond);
        if object.is_empty() { String::new() } else { serde_json::Value::Object(object).to_string() }
    }

    /// Puts properties into the cells of a row, into spells, or into the extra properties.
    fn fill(
        &mut self,
        kind: TableKind<'s>,
        columns: &[TableColumn<'s>],
        row: &str,
        properties: &Properties,
        validity: &Validity,
        cells: &mut [String],
    ) {
        let mut put = |name: &str, cell: String| {
            if let Some(at) = columns.iter().position(|column| column.name == name)
                && let Some(slot) = cells.get_mut(at)
            {
                *slot = cell;
            }
        };
        put("id", row.to_owned());
        let [from, to, attested] = validity_cells(validity);
        put("valid_from", from);
        put("valid_to", to);
        put("attested", attested);
        for (key, property) in properties.iter() {
            let name = self.catalogue.key_name(key);
            if name == "id" && !row.starts_with(BLANK) {
                continue;
            }
            let spec = kind.properties().iter().find(|spec| spec.key == name);
            if let Some(cell) = fixed_cell(spec, name, property) {
                put(name, cell);
            } else if !self.write_spells(kind, row, spec, property) {
                let json = property_to_json(self.catalogue, property).to_string();
                let extra = vec![kind.table().to_owned(), row.to_owned(), name.to_owned(), json];
                self.push(EXTRA_PROPERTIES, extra);
            }
        }
    }

    /// Writes a dated property as rows of `states` or `observations`, if these can hold it exactly.
    fn write_spells(
        &mut self,
        kind: TableKind<'s>,
        row: &str,
        spec: Option<&PropertySpec>,
        property: &Property,
    ) -> bool {
        let (TableKind::Label(label), Some(spec), Property::Dated(spells)) = (kind, spec, property) else {
            return false;
        };
        let (table, qualifiers): (&'static str, &[TableColumn<'static>]) = match spec.kind {
            PropertyKind::State => (STATES, &STATE_QUALIFIERS),
            PropertyKind::Observation => (OBSERVATIONS, &OBSERVATION_QUALIFIERS),
            PropertyKind::Fixed => return false,
        };
        let (source, id) = order_keys(self.catalogue);
        let sorted = spells.is_sorted_by_key(|spell| spell_order(spell, source, id));
        let cells: Option<Vec<SpellCells>> =
            spells.iter().map(|spell| self.spell_cells(spell, spec, qualifiers, id)).collect();
        let Some(cells) = cells.filter(|cells| sorted && !cells.is_empty()) else { return false };
        let mut own = HashSet::new();
        let fresh = cells.iter().filter_map(|cells| cells.id.clone()).all(|id| {
            let key = (table, id);
            !self.spell_ids.contains(&key) && own.insert(key)
        });
        if !fresh {
            return false;
        }
        self.spell_ids.extend(own);
        for spell in cells {
            let id = spell.id.unwrap_or_else(|| self.blank());
            let [from, to, attested] = spell.validity;
            let mut cells = vec![id, label.name.clone(), row.to_owned(), spec.key.clone(), spell.value];
            let mut rest = spell.qualifiers.into_iter();
            if spec.kind == PropertyKind::Observation {
                cells.extend(rest.next());
            }
            cells.extend([from, to, attested]);
            cells.extend(rest);
            self.push(table, cells);
        }
        true
    }

    fn spell_cells(
        &self,
        spell: &Spell,
        spec: &PropertySpec,
        qualifiers: &[TableColumn<'static>],
        id: Option<KeyId>,
    ) -> Option<SpellCells> {
        let value = write_cell(&spell.value, spec.column_type)?;
        let mut cells = vec![String::new(); qualifiers.len()];
        let mut own = None;
        for (key, qualifier) in &spell.qualifiers {
            if Some(*key) == id {
                own = Some(usable_id(Some(Property::Fixed(qualifier.clone())))?);
                continue;
            }
            let name = self.catalogue.key_name(*key);
            let at = qualifiers.iter().position(|column| column.name == name)?;
            *cells.get_mut(at)? = write_cell(qualifier, qualifiers.get(at)?.column_type)?;
        }
        Some(SpellCells { id: own, value, validity: validity_cells(&spell.validity), qualifiers: cells })
    }

    fn write_edges(&mut self) {
        let mut edges: Vec<EdgeRow<'s>> = Vec::new();
        for edge in self.snapshot.edges() {
            let spec = self.schema.edge(edge.edge_type()).and_then(|spec| {
                let (from, to) = self.references(spec, edge)?;
                Some((spec, from, to))
            });
            let table = spec.as_ref().map_or(EXTRA_EDGES, |(spec, _, _)| spec.table.as_str());
            edges.push((table, spec, edge));
        }
        let key = |(table, seat, edge): &EdgeRow<'s>| {
            let ends = seat.as_ref().map(|(_, from, to)| (from.clone(), to.clone()));
            (*table, ends, edge.id())
        };
        edges.sort_by_cached_key(key);
        let mut taken: HashSet<(&'s str, String)> = HashSet::new();
        for (table, spec, edge) in edges {
            let id = usable_id(edge.property("id")).filter(|id| taken.insert((table, id.clone())));
            let row = id.unwrap_or_else(|| self.blank());
            match spec {
                Some((spec, from, to)) => self.write_edge(spec, row, from, to, edge),
                None => self.write_extra_edge(row, edge),
            }
        }
    }

    fn write_edge(&mut self, spec: &'s EdgeSpec, row: String, from: String, to: String, edge: EdgeRef<'s>) {
        let kind = TableKind::Edge(spec);
        let columns = kind.columns();
        let mut cells = vec![String::new(); columns.len()];
        self.fill(kind, &columns, &row, &edge.properties(), &edge.validity(), &mut cells);
        for (name, cell) in [("from", from), ("to", to)] {
            if let Some(at) = columns.iter().position(|column| column.name == name)
                && let Some(slot) = cells.get_mut(at)
            {
                *slot = cell;
            }
        }
        self.push(kind.table(), cells);
    }

    fn write_extra_edge(&mut self, row: String, edge: EdgeRef<'s>) {
        let end = |ix: NodeIx| match self.seats.get(&ix) {
            Some(Seat { spec: Some(spec), row }) => format!("{}/{row}", spec.table),
            Some(Seat { spec: None, row }) => format!("{EXTRA_NODES}/{row}"),
            None => String::new(),
        };
        let (from, to) = (end(edge.source_ix()), end(edge.target_ix()));
        let [valid_from, valid_to, attested] = validity_cells(&edge.validity());
        let json = self.json(&edge.properties(), &row);
        let edge_type = edge.edge_type().to_owned();
        self.push(EXTRA_EDGES, vec![row, edge_type, from, to, valid_from, valid_to, attested, json]);
    }

    /// How the two ends are written in the table of a type; `None` if a reader would not find them.
    fn references(&self, spec: &EdgeSpec, edge: EdgeRef<'s>) -> Option<(String, String)> {
        let joined =
            |(from, to): &&(String, String)| edge.source().has_label(from) && edge.target().has_label(to);
        let (from, to) = spec.ends.iter().find(joined)?;
        let from = self.reference(edge.source_ix(), from, spec.ends.iter().map(|(from, _)| from.as_str()))?;
        let to = self.reference(edge.target_ix(), to, spec.ends.iter().map(|(_, to)| to.as_str()))?;
        Some((from, to))
    }

    fn reference<'l>(
        &self,
        ix: NodeIx,
        label: &str,
        labels: impl Iterator<Item = &'l str>,
    ) -> Option<String> {
        let row = &self.seats.get(&ix)?.row;
        let mut labels: Vec<&str> = labels.collect();
        labels.sort_unstable();
        labels.dedup();
        let answering = |text: &str| -> usize {
            let counts = labels.iter().map(|label| self.holders.get(&((*label).to_owned(), text.to_owned())));
            counts.map(|count| count.copied().unwrap_or(0)).sum()
        };
        let prefixed = format!("{label}/{row}");
        match answering(row) {
            1 => Some(row.clone()),
            _ if answering(&prefixed) > 0 => None,
            _ if self.holders.get(&(label.to_owned(), row.clone())) == Some(&1) => Some(prefixed),
            _ => None,
        }
    }
}

struct SpellCells {
    id: Option<String>,
    value: String,
    validity: [String; 3],
    qualifiers: Vec<String>,
}

fn validity_cells(validity: &Validity) -> [String; 3] {
    [validity.from.to_string(), validity.to.to_string(), validity.attested_text()]
}

/// The cell of a fixed value in a column of its own, if there is one that holds it exactly.
fn fixed_cell(spec: Option<&PropertySpec>, name: &str, property: &Property) -> Option<String> {
    let Property::Fixed(value) = property else { return None };
    let column_type = match spec {
        Some(spec) if spec.kind == PropertyKind::Observation => return None,
        Some(spec) => spec.column_type,
        None => ELEMENT_COLUMNS.iter().find(|column| column.name == name)?.column_type,
    };
    write_cell(value, column_type)
}
