//! Rows that are edges: their ends, their ids, their contents.

use std::collections::{HashMap, HashSet};
use std::hash::RandomState;

use super::layout::TableKind;
use super::names::IdMaker;
use super::plan::ImportMode;
use super::planner::Planner;
use super::reading::{Reading, edge_id_parts};
use super::sheet::{Place, Sheet, while_both};
use crate::exchange::cell::BLANK;
use crate::exchange::remarks::{Oddity, row_hash};
use crate::exchange::text::Row;
use crate::graph::{EdgeId, EdgeRecord, EdgeSpec, NodeId, Properties, Property, Subject};
use crate::value::{Validity, Value};

/// Two ends, as nodes and as they were written.
struct Ends<'a> {
    from: NodeId,
    to: NodeId,
    written: (&'a str, &'a str),
}

impl<'a> Planner<'a> {
    /// Text ids of the store's edges, by type.
    pub(super) fn index_stored_edges(&mut self, sheets: &[Sheet<'a>]) {
        let wanted =
            sheets.iter().any(|sheet| matches!(sheet.kind, TableKind::Edge(_) | TableKind::ExtraEdges));
        if !wanted {
            return;
        }
        for edge in self.snapshot.edges() {
            if let Some(id) = edge.text_id() {
                match self.stored_edges.get_mut(edge.edge_type()) {
                    Some(ids) => drop(ids.insert(id, edge.id())),
                    None => {
                        let ids = HashMap::from([(id, edge.id())]);
                        self.stored_edges.insert(edge.edge_type().to_owned(), ids);
                    }
                }
            }
        }
    }

    /// Plans all edge rows and returns the edges that they stand for.
    pub(super) fn plan_edges(&mut self, sheets: &[Sheet<'a>]) -> HashSet<EdgeId> {
        let mut planned = Vec::new();
        for sheet in sheets {
            if !matches!(sheet.kind, TableKind::Edge(_) | TableKind::ExtraEdges) {
                continue;
            }
            let mut seen = HashMap::new();
            let mut ids = IdMaker::new(sheet);
            let (hasher, mut said) = (RandomState::new(), HashSet::new());
            for row in &sheet.table.rows {
                let id = sheet.cell(row, "id");
                let place = sheet.place(row);
                if id.is_empty() && !row.ragged && !said.insert(row_hash(&hasher, row.cells.iter())) {
                    self.remark(&place, "", Oddity::Repeated, "");
                }
                if !id.is_empty() && !self.names_row(id, &place, &mut seen, sheet.kind.table()) {
                    continue;
                }
                if !row.ragged
                    && let Some(edge) = self.plan_edge(sheet, row, &mut ids)
                {
                    planned.push((edge, place));
                }
            }
        }
        if self.options.follow_successors {
            self.follow_successors(&mut planned);
        }
        planned.into_iter().map(|(edge, _)| edge).collect()
    }

    fn plan_edge(&mut self, sheet: &Sheet<'a>, row: &'a Row, ids: &mut IdMaker<'a>) -> Option<EdgeId> {
        let place = sheet.place(row);
        let (edge_type, ends) = match sheet.kind {
            TableKind::Edge(spec) => (spec.name.as_str(), self.written_ends(sheet, row, spec)),
            _ => (sheet.cell(row, "type"), self.extra_ends(sheet, row)),
        };
        let written = sheet.cell(row, "id");
        let id = match (written, &ends) {
            ("", Some(ends)) => {
                let (role, start) = (sheet.cell(row, "role"), sheet.cell(row, "valid_from"));
                Some(ids.make(edge_id_parts(edge_type, ends.written, role, start)))
            }
            ("", None) => None,
            (id, _) if id.starts_with(BLANK) => None,
            (id, _) => Some(id.to_owned()),
        };
        let stored = id.as_deref().and_then(|id| self.stored_edge(edge_type, id));
        self.refuse_stored(stored.is_some(), id.as_deref().unwrap_or_default(), &place, sheet.kind.table());
        let before = stored.and_then(|edge| self.draft.edge_record(edge));
        let mut properties = self.base_properties(sheet, before.as_ref());
        let unknown = Validity::UNKNOWN;
        let base = before.as_ref().filter(|_| !self.replaces()).map_or(&unknown, |edge| &edge.validity);
        let validity = self.row_validity(sheet, row, base);
        match sheet.kind {
            TableKind::Edge(_) => self.fill_edge(sheet, row, &mut properties),
            _ => self.fill_extra(sheet, row, &mut properties),
        }
        if let Some(id) = &id {
            self.put_id(&place, id, &mut properties);
        }
        self.take_extras(sheet.kind.table(), written, &mut properties);
        let (ends, mut validity) = (ends?, validity?);
        if self.is_always(sheet) && (before.is_none() || self.replaces()) {
            validity = self.while_ends(sheet, &ends);
        }
        self.put_edge(&place, edge_type, (ends.from, ends.to), validity, properties, before)
    }

    /// When an edge without dates holds.
    fn while_ends(&self, sheet: &Sheet<'a>, ends: &Ends<'a>) -> Validity {
        let life = |node| self.draft.node_record(node).map_or(Validity::ALWAYS, |node| node.validity);
        match sheet.kind {
            TableKind::Edge(spec) if !spec.within_ends => Validity::ALWAYS,
            _ => while_both(&life(ends.from), &life(ends.to)),
        }
    }

    /// What an edge keeps of its stored properties when its row is read.
    fn base_properties(&self, sheet: &Sheet<'a>, before: Option<&EdgeRecord>) -> Properties {
        let Some(before) = before else { return Properties::new() };
        if !self.replaces() {
            return before.properties.clone();
        }
        let catalogue = self.snapshot.catalogue();
        let beyond = before.properties.iter().filter(|(key, _)| {
            let name = catalogue.key_name(*key);
            !self.replaces_extras
                && name != "id"
                && !sheet.columns.iter().any(|(column, _)| column.name == name)
        });
        beyond.map(|(key, property)| (key, property.clone())).collect()
    }

    pub(super) fn stored_edge(&self, edge_type: &str, id: &str) -> Option<EdgeId> {
        self.stored_edges.get(edge_type)?.get(id).copied()
    }

    /// Writes an edge and counts it.
    pub(super) fn put_edge(
        &mut self,
        place: &Place,
        edge_type: &str,
        (source, target): (NodeId, NodeId),
        validity: Validity,
        properties: Properties,
        before: Option<EdgeRecord>,
    ) -> Option<EdgeId> {
        let id = match before {
            Some(before) => {
                let id = before.id;
                let after = EdgeRecord { source, target, validity, properties, ..before.clone() };
                if after == before {
                    self.edges.unchanged += 1;
                } else if self.options.mode == ImportMode::Append {
                    let id = self
                        .draft
                        .key("id")
                        .ok()
                        .and_then(|key| after.properties.get(key)?.latest().cloned());
                    self.refuse_changed(place, &id.map(|id| id.to_string()).unwrap_or_default());
                } else {
                    self.edges.changed += 1;
                    if let Ok(mut edge) = self.draft.edit_edge(id) {
                        *edge = after;
                    }
                }
                id
            }
            None => {
                let made = self.draft.create_edge(edge_type, source, target, validity).and_then(|id| {
                    self.draft.edit_edge(id)?.properties = properties;
                    Ok(id)
                });
                match made {
                    Ok(id) => {
                        self.edges.added += 1;
                        id
                    }
                    Err(error) => {
                        self.refuse(place, &error);
                        return None;
                    }
                }
            }
        };
        self.rows.insert(Subject::Edge(id), place.clone());
        Some(id)
    }

    /// The ends that a row of a schema table names; what is wrong is noted.
    fn written_ends(&mut self, sheet: &Sheet<'a>, row: &'a Row, spec: &'a EdgeSpec) -> Option<Ends<'a>> {
        let written = (sheet.cell(row, "from"), sheet.cell(row, "to"));
        let (from, to) = self.ends(&sheet.place(row), written, spec)?;
        Some(Ends { from, to, written })
    }

    /// The ends that a row of `extra_edges` names as `table/id`, or as `Label/id`.
    fn extra_ends(&mut self, sheet: &Sheet<'a>, row: &'a Row) -> Option<Ends<'a>> {
        let place = sheet.place(row);
        if sheet.cell(row, "type").is_empty() {
            self.faults.push(place.fault("package", "the edge has no type", "write one").of("type"));
            return None;
        }
        let mut end = |column: &'static str| {
            let written = sheet.cell(row, column);
            let found =
                written.split_once('/').map(|(place, id)| self.find_in(place, id)).unwrap_or_default();
            if let &[node] = found.as_slice() {
                return Some(node);
            }
            let message = format!("“{written}” names {} nodes", found.len());
            let remedy = "write the table and id of a row, e.g. governments/cn:310000";
            self.faults.push(place.fault("reference", message, remedy).of(column));
            None
        };
        let (from, to) = (end("from"), end("to"));
        Some(Ends { from: from?, to: to?, written: (sheet.cell(row, "from"), sheet.cell(row, "to")) })
    }

    /// A value of an edge in the making, as text.
    pub(super) fn text_of(&mut self, properties: &Properties, key: &str) -> Option<String> {
        let key = self.draft.key(key).ok()?;
        match properties.get(key)? {
            Property::Fixed(Value::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }
}
