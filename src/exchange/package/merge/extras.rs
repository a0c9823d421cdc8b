//! Tables of what the schema does not declare. They are read as a whole, row by row.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::edges::MadeEdge;
use super::ids::{IdCounter, id_of_parts};
use super::known::{BlockContext, Known};
use super::nodes::MadeNode;
use super::options::ImportMode;
use super::spells::validity;
use super::{PackageMerge, Writes};
use crate::exchange::cell::{BLANK, split_list};
use crate::exchange::fault::Fault;
use crate::exchange::json::{JsonFault, properties_from_json, property_from_json, read_json};
use crate::exchange::package::read::{PackageTable, RowContext as _, RowCursor, edge_id_parts};
use crate::exchange::package::schema::layout::EXTRA_NODES;
use crate::exchange::package::schema::{RowLocation, TableKind};
use crate::graph::{
    EdgeRef, GraphSink, KeyId, LabelId, NameKind, NewEdge, NewNode, NodeId, NodeRecord, NodeRef, Properties,
    Property, TypeId,
};
use crate::value::{Validity, Value};

/// A value of `extra_properties`: its row, and what it puts there or what is wrong with it.
type ExtraValue = (RowLocation, Result<(KeyId, Property), Box<Fault>>);

/// Values of `extra_properties`, by table and id of the row.
#[derive(Debug, Default)]
pub(super) struct Extras {
    values: BTreeMap<(String, String), Vec<ExtraValue>>,
    /// Rows that took theirs.
    used: HashSet<(String, String)>,
}

impl Extras {
    /// Takes the values of a row into its properties; false if it has none.
    pub(super) fn take(
        &self,
        table: &str,
        id: &str,
        context: &mut BlockContext<'_, '_>,
        properties: &mut Properties,
    ) -> bool {
        if self.values.is_empty() {
            return false;
        }
        let Some(values) = self.values.get(&(table.to_owned(), id.to_owned())) else { return false };
        for (_, value) in values {
            match value {
                Ok((key, property)) => drop(properties.insert(*key, property.clone())),
                Err(fault) => context.fault(Fault::clone(fault)),
            }
        }
        true
    }

    /// Notes that a row took its values.
    pub(super) fn note_used(&mut self, table: &str, ids: impl IntoIterator<Item = String>) {
        self.used.extend(ids.into_iter().map(|id| (table.to_owned(), id)));
    }

    /// Tables and ids whose values no row has taken.
    pub(super) fn unused(&self) -> impl Iterator<Item = (&str, &str)> {
        let rows = self.values.keys().filter(|row| !self.used.contains(*row));
        rows.map(|(table, id)| (table.as_str(), id.as_str()))
    }

    /// The fault of each value whose row is not there.
    pub(super) fn faults(&self) -> Vec<Fault> {
        let unused = self.values.iter().filter(|(row, _)| !self.used.contains(*row));
        let faults = unused.flat_map(|((table, of), values)| {
            values.iter().map(move |(place, _)| {
                let message = format!("there is no row “{of}” in {table}");
                place.fault("package", message, "correct the id, or remove the row").of("of")
            })
        });
        faults.collect()
    }
}

impl<'s, S: GraphSink> PackageMerge<'_, 's, S> {
    /// Reads the tables of extra properties.
    pub(super) fn read_extras(&mut self, tables: &[PackageTable<'s>]) {
        for table in tables.iter().filter(|table| matches!(table.kind, TableKind::ExtraProperties)) {
            let mut rows = Vec::new();
            table.each_row(|row| {
                let cells = ["table", "of", "property", "value"].map(|name| table.cell(row, name).to_owned());
                rows.push((table.place_at(row.number()), cells));
            });
            self.count(rows.len(), table);
            for (place, [of_table, of, key, json]) in rows {
                let value = self.extra_value(&place, &key, &json);
                self.known.found.extras.values.entry((of_table, of)).or_default().push((place, value));
            }
        }
    }

    fn extra_value(
        &mut self,
        place: &RowLocation,
        key: &str,
        json: &str,
    ) -> Result<(KeyId, Property), Box<Fault>> {
        let number = self.key_of(key).map_err(|error| Box::new(refused(place, &error)))?;
        let property = read_json(json.as_bytes())
            .and_then(|json| property_from_json(&mut |name| self.key_of(name), &json))
            .map_err(|error| {
                let remedy = "write the value as a dump does";
                Box::new(place.fault("package", error.to_string(), remedy).of("value"))
            })?;
        Ok((number, property))
    }

    /// The number of a key, given now if it has none.
    fn key_of(&mut self, name: &str) -> Result<KeyId, String> {
        if let Some(key) = self.known.key(name) {
            return Ok(key);
        }
        let key = KeyId::new(self.out.sink.name(NameKind::Key, name).map_err(|error| error.to_string())?);
        self.known.found.keys.insert(name.to_owned(), key);
        Ok(key)
    }

    /// Reads the properties in the cell of an extra table.
    fn extra_properties(
        &mut self,
        table: &PackageTable<'_>,
        (rows, place): (&RowCursor<'_>, &RowLocation),
        (id, base): (&str, Properties),
        faults: &mut Vec<Fault>,
    ) -> Properties {
        let cell = table.cell(rows, "properties");
        let mut properties = if table.at("properties").is_some() { Properties::new() } else { base };
        if !cell.is_empty() {
            let mut read = || -> Result<Properties, JsonFault> {
                properties_from_json(&mut |name| self.key_of(name), &read_json(cell.as_bytes())?)
            };
            match read() {
                Ok(read) => properties = read,
                Err(error) => {
                    let remedy = "write the properties as a dump does";
                    faults.push(place.fault("package", error.to_string(), remedy).of("properties"));
                }
            }
        }
        if !id.is_empty() && !id.starts_with(BLANK) {
            match self.key_of("id") {
                Ok(key) => drop(properties.insert(key, Property::Fixed(Value::Text(id.into())))),
                Err(error) => faults.push(refused(place, &error)),
            }
        }
        properties
    }

    /// Gives every row of `extra_nodes` its node.
    pub(super) fn name_extra_nodes(&mut self, table: &PackageTable<'s>) {
        let extra = |node: &NodeRef<'_>| self.known.table_label(node.labels()).is_none();
        let stored = self.known.before.nodes().filter(extra);
        let stored: HashMap<String, NodeId> =
            stored.filter_map(|node| Some((node.text_id()?.to_string(), node.id()))).collect();
        let mut seen = HashMap::new();
        let mut named = Vec::new();
        let mut context = BlockContext::new(&self.known);
        let mut all = Vec::new();
        // An uneven row names its node too.
        table.any_row(|rows| {
            all.push((
                rows.number(),
                table.cell(rows, "id").to_owned(),
                split_list(table.cell(rows, "labels")),
            ))
        });
        for (row, id, labels) in all {
            let place = table.place_at(row);
            if context.names_row(&id, &place, &mut seen, table.kind.table()) {
                let own = stored.get(&id).copied().filter(|_| !id.starts_with(BLANK));
                if own.is_some() {
                    context.refuse_stored(&id, &place, table.kind.table());
                }
                named.push((id, row, labels, own));
            }
        }
        let noted = context.noted;
        self.settle(noted);
        for (id, row, labels, own) in named {
            let node = own.unwrap_or_else(|| self.out.next_node());
            let found = &mut self.known.found;
            found.kept.extend(own);
            // By its table a row is named beyond doubt, by its labels for short.
            for label in labels.into_iter().chain([EXTRA_NODES.to_owned()]) {
                found.names.extra.entry(label).or_default().entry(id.clone()).or_default().push(node);
            }
            found.names.extra_rows.insert(node, (table.file.to_string(), row));
        }
    }

    /// Writes the contents of the rows of `extra_nodes`.
    pub(super) fn fill_extra_nodes(&mut self, table: &PackageTable<'s>) -> Writes<S> {
        let mut rows = Vec::new();
        table.each_row(|row| rows.push(row.number()));
        self.count(rows.len(), table);
        let mut made = Vec::new();
        let mut faults = Vec::new();
        table.each_row(|rows| {
            let id = table.cell(rows, "id");
            let place = table.place_at(rows.number());
            let own = self.known.found.names.find(EXTRA_NODES, id);
            let at = |node: &NodeId| {
                self.known.found.names.extra_rows.get(node).is_some_and(|(_, row)| *row == place.row)
            };
            let Some(node) = own.into_iter().find(at) else { return };
            if let Some(node) = self.extra_node(table, (rows, &place), node, &mut faults) {
                made.push(node);
            }
        });
        faults.into_iter().for_each(|fault| self.out.faults.push(fault));
        let lives = &mut self.known.found.lives;
        self.out.nodes(made, lives)
    }

    fn extra_node(
        &mut self,
        table: &PackageTable<'s>,
        (rows, place): (&RowCursor<'_>, &RowLocation),
        node: NodeId,
        faults: &mut Vec<Fault>,
    ) -> Option<MadeNode> {
        let before = self.known.before.node(node).filter(|_| self.known.is_stored(node));
        let before = before.map(NodeRef::to_record);
        let base = before.as_ref().filter(|_| !self.known.replaces()).map(|node| node.validity.clone());
        let validity = self.extra_validity(table, (rows, place), &base.unwrap_or(Validity::UNKNOWN))?;
        let id = table.cell(rows, "id");
        let held = before.as_ref().map(|node| node.properties.clone()).unwrap_or_default();
        let properties = self.extra_properties(table, (rows, place), (id, held), faults);
        let Some(before) = before else {
            let mut labels = Vec::new();
            for label in split_list(table.cell(rows, "labels")) {
                match self.out.sink.name(NameKind::Label, &label) {
                    Ok(number) => labels.push(LabelId::new(number)),
                    Err(error) => faults.push(refused(place, &error.to_string())),
                }
            }
            labels.sort_unstable();
            labels.dedup();
            return Some(MadeNode::New(NewNode { labels, validity, properties }));
        };
        let after = NodeRecord { validity, properties, ..before.clone() };
        if after == before {
            return Some(MadeNode::Kept);
        }
        if self.known.options.mode == ImportMode::Append {
            faults.push(super::known::stored_otherwise(id, place));
        }
        Some(MadeNode::Changed(after))
    }

    /// The validity of a row; what is wrong or strange is noted.
    fn extra_validity(
        &mut self,
        table: &PackageTable<'s>,
        at: (&RowCursor<'_>, &RowLocation),
        base: &Validity,
    ) -> Option<Validity> {
        let mut context = BlockContext::new(&self.known);
        let read = validity(&mut context, table, at, base);
        let BlockContext { noted, remarks, .. } = context;
        self.settle(noted);
        self.remarks.extend(remarks);
        read
    }

    /// Reads a table of extra edges.
    pub(super) fn fill_extra_edges(&mut self, table: &PackageTable<'s>) -> Writes<S> {
        let mut written = HashSet::new();
        table.each_row(|rows| written.extend([table.cell(rows, "id").to_owned()]));
        let (mut seen, mut ids, mut said) = (HashMap::new(), IdCounter::default(), HashSet::new());
        let (mut made, mut faults, mut count) = (Vec::new(), Vec::new(), 0);
        table.each_row(|rows| {
            count += 1;
            let (id, place) = (table.cell(rows, "id"), table.place_at(rows.number()));
            let mut context = BlockContext::new(&self.known);
            if id.is_empty() && !said.insert(rows.cells().map(str::to_owned).collect::<Vec<_>>()) {
                context.remark(&place, "", crate::exchange::remarks::Oddity::Repeated, "");
            }
            let is_row = id.is_empty() || context.names_row(id, &place, &mut seen, table.kind.table());
            let BlockContext { noted, remarks, .. } = context;
            self.settle(noted);
            self.remarks.extend(remarks);
            let mut number = |base: &str| ids.next(base, |id| written.contains(id));
            let edge =
                if is_row { self.extra_edge(table, (rows, &place), &mut number, &mut faults) } else { None };
            made.extend(edge.map(|edge| (rows.number(), edge)));
        });
        self.count(count, table);
        faults.into_iter().for_each(|fault| self.out.faults.push(fault));
        for (row, edge) in &made {
            if let MadeEdge::New(edge) = edge {
                self.known.found.extra_edges.push((edge.clone(), table.file.to_string(), *row));
            }
        }
        self.out.edges(table, made)
    }

    fn extra_edge(
        &mut self,
        table: &PackageTable<'s>,
        (rows, place): (&RowCursor<'_>, &RowLocation),
        number: &mut dyn FnMut(&str) -> String,
        faults: &mut Vec<Fault>,
    ) -> Option<MadeEdge> {
        let cell = |name: &str| table.cell(rows, name);
        let (edge_type, ends) = (cell("type"), self.extra_ends(table, (rows, place), faults));
        let id = match cell("id") {
            "" => ends.map(|_| {
                let ends = (cell("from"), cell("to"));
                number(&id_of_parts(edge_id_parts(edge_type, ends, "", cell("valid_from"))))
            }),
            id if id.starts_with(BLANK) => None,
            id => Some(id.to_owned()),
        };
        let stored = id.as_deref().and_then(|id| self.known.before.find_edge(edge_type, id));
        let before = stored.map(EdgeRef::to_record);
        let text = id.as_deref().unwrap_or_default();
        if before.is_some() && self.known.options.mode == ImportMode::Create {
            faults.push(super::known::stored_already(text, place, table.kind.table()));
        }
        let held = self.known.base_properties(table, before.as_ref());
        let base = before.as_ref().filter(|_| !self.known.replaces()).map(|edge| edge.validity.clone());
        let validity = self.extra_validity(table, (rows, place), &base.unwrap_or(Validity::UNKNOWN));
        let mut properties = self.extra_properties(table, (rows, place), (text, held), faults);
        let mut context = BlockContext::new(&self.known);
        let written = cell("id");
        let took = self.known.found.extras.take(table.kind.table(), written, &mut context, &mut properties);
        let ((source, target), validity) = match ends.zip(validity) {
            Some(read) => read,
            None => {
                let noted = context.noted;
                self.settle(noted);
                return None;
            }
        };
        let edge = match before {
            Some(before) => {
                let after = (source, target, validity, properties);
                Ok(self.known.changed(&mut context, place, text, before, after))
            }
            None => Err((source, target, validity, properties)),
        };
        let noted = context.noted;
        self.settle(noted);
        if took {
            self.known.found.extras.note_used(table.kind.table(), [written.to_owned()]);
        }
        edge.or_else(|(source, target, validity, properties)| {
            let edge_type = self.out.sink.name(NameKind::EdgeType, edge_type).map(TypeId::new);
            let edge_type = edge_type.map_err(|error| faults.push(refused(place, &error.to_string())))?;
            Ok::<_, ()>(MadeEdge::New(NewEdge { edge_type, source, target, validity, properties }))
        })
        .ok()
    }

    /// The ends that a row of `extra_edges` names as `table/id`, or as `Label/id`.
    fn extra_ends(
        &self,
        table: &PackageTable<'_>,
        (rows, place): (&RowCursor<'_>, &RowLocation),
        faults: &mut Vec<Fault>,
    ) -> Option<(NodeId, NodeId)> {
        if table.cell(rows, "type").is_empty() {
            faults.push(place.fault("package", "the edge has no type", "write one").of("type"));
            return None;
        }
        let mut end = |column: &str| {
            let written = table.cell(rows, column);
            let found =
                written.split_once('/').map(|(of, id)| self.known.find_in(of, id)).unwrap_or_default();
            if let &[node] = found.as_slice() {
                return Some(node);
            }
            let message = format!("“{written}” names {} nodes", found.len());
            let remedy = "write the table and id of a row, e.g. governments/cn:310000";
            faults.push(place.fault("reference", message, remedy).of(column));
            None
        };
        let (from, to) = (end("from"), end("to"));
        from.zip(to)
    }
}

impl Known<'_> {
    /// All nodes with the id in a table, or with a label.
    fn find_in(&self, place: &str, id: &str) -> Vec<NodeId> {
        let spec = self.schema.labels.iter().find(|spec| spec.table == place);
        let own = spec.and_then(|spec| self.found.names.table(&spec.name)).and_then(|table| table.find(id));
        match (own, spec) {
            (Some(node), _) => vec![node],
            (None, Some(spec)) => self.find(&spec.name, id),
            (None, None) => self.find(place, id),
        }
    }
}

/// The fault of a graph that cannot take more.
fn refused(place: &RowLocation, error: &str) -> Fault {
    place.fault("graph", error, "split the import or use fewer names")
}
