//! Ends: what stops, and what stops with it (S17, S18).

use super::edges::closed;
use super::{WriteError, Writer};
use crate::graph::{ChangeError, EdgeId, EdgeRecord, NodeId};
use crate::relations::EndReason;
use crate::relations::ties::{WholeEnd, whole_of};
use crate::relations::vocabulary::edge;
use crate::value::{Bound, Date, Validity, Value};

/// How many outliving ties an error names.
const NAMED: usize = 10;

/// Edge types that may outlive their ends.
const FREE: [&str; 2] = [edge::SUCCEEDED_BY, edge::MERGED_INTO];

/// What happens to ties that outlive a node that ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outliving {
    /// The end is refused, and the ties are named.
    #[default]
    Refuse,
    /// They end with it.
    End,
}

/// What ended with a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    /// Edges that ended with it, by id.
    pub edges: Vec<EdgeId>,
    /// States and observations that were cut short.
    pub spells: usize,
}

impl Writer<'_, '_> {
    /// Ends a node at the first date on which it no longer holds.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use intergov::graph::{Catalogue, Snapshot};
    /// use intergov::relations::{NewBody, NewGovernment, MemberRole, Outliving, Writer};
    /// use intergov::value::Validity;
    ///
    /// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    /// let mut draft = empty.draft();
    /// let mut writer = Writer::new(&mut draft);
    /// let city = writer.found_government(&NewGovernment::new("cn", "cn:371200", "莱芜市"), Validity::ALWAYS)?;
    /// let zone = writer.found_body(&NewBody::new("zone", "淮海经济区", "alliance"), Validity::ALWAYS)?;
    /// let member = writer.add_member(city, zone, MemberRole::Member, Validity::ALWAYS)?;
    /// let date = "2019-01-09".parse()?;
    /// assert!(writer.end_node(city, date, None, Outliving::Refuse).is_err());
    /// assert_eq!(writer.end_node(city, date, None, Outliving::End)?.edges, [member]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`WriteError::Outlived`] where ties outlive it and are not to end with it (S18),
    /// [`WriteError::EndedBefore`], [`WriteError::Validity`] where it begins later.
    pub fn end_node(
        &mut self,
        node: NodeId,
        date: Date,
        reason: Option<EndReason>,
        ties: Outliving,
    ) -> Result<Ended, WriteError> {
        let record = self.draft.node_record(node).ok_or(ChangeError::NoSuchNode(node))?;
        self.not_ended_before(record.validity.to, date, || self.caption(&record))?;
        let end = closed(&record.validity, date)?;
        let outliving: Vec<EdgeRecord> = self
            .draft
            .edges_at(node)
            .into_iter()
            .filter(|edge| !FREE.contains(&self.type_of(edge)) && outlives(edge, date))
            .collect();
        if ties == Outliving::Refuse && !outliving.is_empty() {
            let caption = |edge: &EdgeRecord| {
                let id = self.text(&edge.properties, "id").unwrap_or_else(|| edge.id.to_string());
                format!("{} {id}", self.type_of(edge))
            };
            return Err(WriteError::Outlived {
                node: self.caption(&record),
                date,
                edges: outliving.iter().map(|edge| edge.id).collect(),
                captions: outliving.iter().take(NAMED).map(caption).collect(),
            });
        }
        let ends: Result<Vec<_>, WriteError> =
            outliving.iter().map(|edge| Ok((edge.id, closed(&edge.validity, date)?))).collect();
        let mut ended = Ended::default();
        for (edge, validity) in ends? {
            self.draft.edit_edge(edge)?.validity = validity;
            ended.edges.push(edge);
        }
        self.draft.edit_node(node)?.validity = end;
        if let Some(reason) = reason {
            self.draft.set_node(node, "end_reason", Value::text(reason.as_str()))?;
        }
        ended.spells = self.cut_spells(node, date)?;
        Ok(ended)
    }

    /// Ends an edge at the first date on which it no longer holds: "it stopped" (S17). A row without dates, which holds
    /// as long as its arrangement or power, takes over their start.
    ///
    /// # Errors
    /// [`WriteError::EndedBefore`], [`WriteError::Validity`] where it begins later.
    pub fn end_edge(
        &mut self,
        edge: EdgeId,
        date: Date,
        reason: Option<EndReason>,
    ) -> Result<(), WriteError> {
        let record = self.draft.edge_record(edge).ok_or(ChangeError::NoSuchEdge(edge))?;
        self.not_ended_before(record.validity.to, date, || {
            let id = self.text(&record.properties, "id").unwrap_or_else(|| edge.to_string());
            format!("{} {id}", self.type_of(&record))
        })?;
        let end = closed(&self.held_before(&record), date)?;
        self.draft.edit_edge(edge)?.validity = end;
        if let Some(reason) = reason {
            self.draft.set_edge(edge, "end_reason", Value::text(reason.as_str()))?;
        }
        Ok(())
    }

    /// The dates that an edge has before it ends. A row without dates holds as long as its arrangement or power: it keeps
    /// their start, or that of the government where it is later, so that what held before goes on to hold.
    fn held_before(&self, record: &EdgeRecord) -> Validity {
        let node = |id| self.draft.node_record(id).map(|node| node.validity);
        let wholes = match whole_of(self.type_of(record)).filter(|_| record.validity == Validity::UNKNOWN) {
            Some(WholeEnd::Target) => [node(record.target), node(record.source)],
            Some(WholeEnd::Source) => [node(record.source), node(record.target)],
            None => return record.validity.clone(),
        };
        let [Some(whole), Some(other)] = wholes else { return record.validity.clone() };
        let later = other
            .from
            .date()
            .is_some_and(|own| whole.from.date().is_none_or(|start| start.first_day() < own.first_day()));
        Validity { from: if later { other.from } else { whole.from }, ..whole }
    }

    fn not_ended_before(&self, end: Bound, date: Date, what: impl Fn() -> String) -> Result<(), WriteError> {
        match end {
            Bound::Known(ended) if ended.first_day() < date.first_day() => {
                Err(WriteError::EndedBefore { what: what(), ended, date })
            }
            _ => Ok(()),
        }
    }

    /// Ends the states of a node with it.
    fn cut_spells(&mut self, node: NodeId, date: Date) -> Result<usize, WriteError> {
        let properties = self.draft.node_record(node).ok_or(ChangeError::NoSuchNode(node))?.properties;
        let mut cut = 0;
        for (key, property) in properties.iter() {
            let mut spells = property.spells().to_vec();
            let mut changed = false;
            for spell in &mut spells {
                let outlives = spell.validity.to == Bound::Open;
                let begins = spell.validity.from.date().map(Date::first_day);
                if outlives && begins.is_none_or(|begins| begins < date.first_day()) {
                    spell.validity = closed(&spell.validity, date)?;
                    cut += 1;
                    changed = true;
                }
            }
            if changed {
                let dated = crate::graph::Property::Dated(spells.into());
                self.draft.edit_node(node)?.properties.insert(key, dated);
            }
        }
        Ok(cut)
    }
}

/// Whether an edge is not known to end by a date.
fn outlives(edge: &EdgeRecord, date: Date) -> bool {
    match edge.validity.to {
        Bound::Open => true,
        Bound::Known(to) => to.first_day() > date.first_day(),
        // What is attested later, or begins later, certainly outlives; else the node's end bounds it.
        Bound::Unknown => edge.validity.extent().certain().is_some_and(|span| span.to > date.first_day()),
    }
}
