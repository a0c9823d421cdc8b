//! Making, changing and removing nodes and edges.

use std::sync::Arc;

use super::{Done, Flow, Frame, Run, Sink, date_of, operators};
use crate::query::error::{ErrorClass, QueryError};
use crate::query::plan::{Ex, Merge, Slot, Valid, Write};
use crate::query::syntax::TextRange;
use crate::query::values::{Datum, Map, to_stored};
use crate::value::{Bound, Validity};

impl Run<'_> {
    pub(super) fn write_all(&mut self, writes: &[Write], frame: &mut Frame) -> Done<()> {
        writes.iter().try_for_each(|write| self.write(write, frame))
    }

    fn write(&mut self, write: &Write, frame: &mut Frame) -> Done<()> {
        match write {
            Write::Node { slot, labels, properties, valid } => {
                let validity = self.validity(valid.as_ref(), frame)?;
                let properties = self.given(properties.as_ref(), frame)?;
                let node = Datum::Node(self.graph.create_node(labels, validity)?);
                self.set_given(&node, properties)?;
                frame[*slot] = node;
            }
            Write::Edge { slot, edge_type, from, to, properties, valid } => {
                let validity = self.validity(valid.as_ref(), frame)?;
                let properties = self.given(properties.as_ref(), frame)?;
                let (Datum::Node(from), Datum::Node(to)) = (&frame[*from], &frame[*to]) else {
                    let message = "an edge needs two nodes, and one of them is null";
                    return Err(QueryError::runtime(ErrorClass::Semantic, "MissingNode", message));
                };
                let edge = Datum::Edge(self.graph.create_edge(edge_type, (*from, *to), validity)?);
                self.set_given(&edge, properties)?;
                frame[*slot] = edge;
            }
            Write::Path { slot, start, steps } => frame[*slot] = self.path(frame, *start, steps),
            Write::SetProperty { target, key, value, valid, range } => {
                if valid.is_some() {
                    let error = QueryError::not_supported("VALID FROM before SET", *range);
                    return Err(error.hint("write the spells with an import, or SET without VALID FROM"));
                }
                let element = self.eval(target, frame)?;
                let value = self.eval(value, frame)?;
                if !element.is_null() {
                    self.set(&element, key, &value).map_err(|error| error.at(*range))?;
                }
            }
            Write::SetAll { slot, value, add, range } => {
                self.set_all(*slot, value, *add, frame).map_err(|error| error.at(*range))?
            }
            Write::SetLabels { slot, labels } => {
                if let Datum::Node(node) = frame[*slot] {
                    labels.iter().try_for_each(|label| self.graph.add_label(node, label))?;
                } else {
                    self.refuse_labels(&frame[*slot])?;
                }
            }
            Write::RemoveLabels { slot, labels } => {
                if let Datum::Node(node) = frame[*slot] {
                    labels.iter().try_for_each(|label| self.graph.remove_label(node, label))?;
                } else {
                    self.refuse_labels(&frame[*slot])?;
                }
            }
            Write::Delete { values, detach } => {
                for value in values {
                    let value_ = self.eval(value, frame)?;
                    self.delete(&value_, *detach).map_err(|error| error.at(value.range))?;
                }
            }
        }
        Ok(())
    }

    fn refuse_labels(&self, value: &Datum) -> Done<()> {
        if value.is_null() {
            return Ok(());
        }
        let message = format!("only nodes have labels, found {}", value.type_name());
        Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
    }

    /// When something new holds: unknown, unless the query says it (S15). Without a schema it simply is.
    fn validity(&mut self, valid: Option<&Valid>, frame: &mut Frame) -> Done<Validity> {
        let Some(valid) = valid else {
            let plain = self.graph.catalogue().schema().is_empty();
            return Ok(if plain { Validity::ALWAYS } else { Validity::UNKNOWN });
        };
        let mut bound = |run: &mut Self, ex: &Ex| -> Done<Bound> {
            match run.eval(ex, frame)? {
                Datum::Null => Ok(Bound::Unknown),
                Datum::Text(text) if &*text == ".." => Ok(Bound::Open),
                value => date_of(&value).map(Bound::Known).map_err(|error| error.at(ex.range)),
            }
        };
        let from = bound(self, &valid.from)?;
        let to = match &valid.to {
            Some(to) => bound(self, to)?,
            None => Bound::Unknown,
        };
        Validity::new(from, to, Vec::new()).map_err(|error| {
            QueryError::runtime(ErrorClass::Argument, "InvalidPeriod", error.to_string()).at(valid.from.range)
        })
    }

    /// The properties of something new.
    fn given(&mut self, properties: Option<&Ex>, frame: &mut Frame) -> Done<Option<(Arc<Map>, TextRange)>> {
        let Some(ex) = properties else { return Ok(None) };
        match self.eval(ex, frame)? {
            Datum::Null => Ok(None),
            Datum::Map(entries) => Ok(Some((entries, ex.range))),
            other => {
                let message = format!("properties come from a map, found {}", other.type_name());
                Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message).at(ex.range))
            }
        }
    }

    fn set_given(&mut self, element: &Datum, properties: Option<(Arc<Map>, TextRange)>) -> Done<()> {
        let Some((entries, range)) = properties else { return Ok(()) };
        for (key, value) in entries.iter().filter(|(_, value)| !value.is_null()) {
            self.set(element, key, value).map_err(|error| error.at(range))?;
        }
        Ok(())
    }

    fn set(&mut self, element: &Datum, key: &str, value: &Datum) -> Done<()> {
        let stored = to_stored(value)?;
        self.graph.set_property(element, key, stored)
    }

    fn set_all(&mut self, slot: Slot, value: &Ex, add: bool, frame: &mut Frame) -> Done<()> {
        let element = frame[slot].clone();
        let entries = match self.eval(value, frame)? {
            Datum::Map(entries) => Map::clone(&entries),
            other @ (Datum::Node(_) | Datum::Edge(_)) => self.graph.properties(&other)?,
            Datum::Null => Map::new(),
            other => {
                let message =
                    format!("properties come from a map, a node or an edge, found {}", other.type_name());
                return Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message));
            }
        };
        if element.is_null() {
            return Ok(());
        }
        if !add {
            self.graph.clear(&element)?;
        }
        entries.iter().try_for_each(|(key, value)| self.set(&element, key, value))
    }

    fn delete(&mut self, value: &Datum, detach: bool) -> Done<()> {
        match value {
            Datum::Null => Ok(()),
            Datum::Node(node) => self.graph.delete_node(*node, detach),
            Datum::Edge(edge) => self.graph.delete_edge(*edge),
            Datum::Path(path) => {
                path.edges.iter().try_for_each(|edge| self.graph.delete_edge(*edge))?;
                path.nodes.iter().try_for_each(|node| self.graph.delete_node(*node, detach))
            }
            other => {
                let message = format!("DELETE needs nodes, edges or paths, found {}", other.type_name());
                Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
            }
        }
    }

    /// Finds the pattern, or makes it. What was found goes on all of it, with what it must get.
    pub(super) fn merge(&mut self, merge: &Merge, frame: &mut Frame, sink: Sink<'_>) -> Done<Flow> {
        self.step()?;
        for (ex, range) in &merge.given {
            if let Datum::Map(entries) = self.eval(ex, frame)?
                && let Some((key, _)) = entries.iter().find(|(_, value)| value.is_null())
            {
                let message = format!("MERGE cannot find a property `{key}` that is null");
                return Err(
                    QueryError::runtime(ErrorClass::Semantic, "MergeReadOwnWrites", message).at(*range)
                );
            }
        }
        let mut rows: Vec<Vec<Datum>> = Vec::new();
        operators::run(&merge.find, self, frame, &mut |_, frame| {
            rows.push(merge.slots.iter().map(|slot| frame[*slot].clone()).collect());
            Ok(Flow::More)
        })?;
        if rows.is_empty() {
            self.write_all(&merge.create, frame)?;
            self.write_all(&merge.on_create, frame)?;
            return sink(self, frame);
        }
        for row in rows {
            for (slot, value) in merge.slots.iter().zip(row) {
                frame[*slot] = value;
            }
            self.write_all(&merge.on_match, frame)?;
            if sink(self, frame)? == Flow::Enough {
                return Ok(Flow::Enough);
            }
        }
        Ok(Flow::More)
    }
}
