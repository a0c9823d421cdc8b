//! What is recorded of a government, and of a body's entry rules, at a date.

use super::{Moment, Study};
use crate::graph::{EdgeRef, NodeIx, NodeRef, Property, Spell};
use crate::relations::Members;
use crate::relations::vocabulary::{edge, label};
use crate::value::{InForce, Truth, Value};

/// One entry rule as the store holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryCondition {
    /// Its id.
    pub id: String,
    /// The figure that is compared.
    pub attribute: String,
    /// `>=`, `>`, `<=` or `<`.
    pub operator: String,
    /// The threshold, in the unit of the figure.
    pub threshold: f64,
}

impl Study {
    /// The code of a government at a date; empty where it has none.
    #[must_use]
    pub fn code(&self, government: NodeIx, moment: Moment) -> String {
        self.captions().code(government, moment.day()).to_string()
    }

    /// The name of a government, or of another node, at a date; empty where it has none.
    #[must_use]
    pub fn name(&self, node: NodeIx, moment: Moment) -> String {
        if let Some(name) = self.captions().name(node, moment.day()) {
            return name.to_string();
        }
        let node = self.snapshot().node_at(node);
        let value = node.and_then(|node| node.value_at("name", moment.day()).or_else(|| node.value("name")));
        value.map_or_else(String::new, |value| value.to_string())
    }

    /// Longitude and latitude in degrees.
    #[must_use]
    pub fn coordinates(&self, government: NodeIx) -> Option<(f64, f64)> {
        let node = self.snapshot().node_at(government)?;
        let coordinate = |key: &str| node.value(key)?.as_number();
        Some((coordinate("lon")?, coordinate("lat")?))
    }

    /// An observed figure of a government for the period of a moment; the preferred statement of several
    /// (S3, S19).
    #[must_use]
    pub fn figure(&self, government: NodeIx, key: &str, moment: Moment) -> Option<f64> {
        let property = self.snapshot().node_at(government)?.property(key)?;
        if let Property::Fixed(value) = &property {
            return value.as_number();
        }
        let holds = |spell: &&Spell| spell.validity.holds_in(moment.window()) == Truth::True;
        let preferred = self.snapshot().catalogue().key("preferred");
        let is_preferred =
            |spell: &&Spell| preferred.is_some_and(|key| spell.qualifier(key) == Some(&Value::Boolean(true)));
        let spells = || property.spells().iter().filter(holds);
        spells().find(is_preferred).or_else(|| spells().next())?.value.as_number()
    }

    /// The body whose entry rules are asked for: the one named, else the one that defines the region, else
    /// the region itself where it is a body.
    #[must_use]
    pub fn body(&self) -> Option<NodeIx> {
        if let Some(body) = self.named_body() {
            return Some(body);
        }
        let region = self.snapshot().node_at(self.region()?)?;
        if region.has_label(label::BODY) {
            return Some(region.ix());
        }
        region.out_edges_of(edge::DEFINED_BY).next().map(|edge| edge.target_ix())
    }

    /// The entry rules of a body, by id.
    #[must_use]
    pub fn entry_conditions(&self, body: NodeIx) -> Vec<EntryCondition> {
        let Some(body) = self.snapshot().node_at(body) else { return Vec::new() };
        let rules =
            body.in_edges_of(edge::OF).map(EdgeRef::source).filter(|node| node.has_label(label::ENTRY_RULE));
        let mut conditions: Vec<EntryCondition> = rules
            .map(|node| {
                let text = |key: &str| node.value(key).map_or_else(String::new, |value| value.to_string());
                EntryCondition {
                    id: text("id"),
                    attribute: text("attribute"),
                    operator: text("operator"),
                    threshold: node
                        .value("threshold")
                        .as_ref()
                        .and_then(Value::as_number)
                        .unwrap_or(f64::NAN),
                }
            })
            .collect();
        conditions.sort_by(|a, b| a.id.cmp(&b.id));
        conditions
    }

    /// The governments to which the entry rules of a body are applied at a date: its members, past and future ones
    /// included, and all governments of the members' levels that have one of the figures asked for; each
    /// with how surely it is a member then. By code.
    #[must_use]
    pub fn candidates(&self, body: NodeIx, moment: Moment) -> Vec<(NodeIx, InForce)> {
        let Some(node) = self.snapshot().node_at(body) else { return Vec::new() };
        let mut candidates = Members::of(node).at(self.as_of(moment));
        let attributes: Vec<String> =
            self.entry_conditions(body).into_iter().map(|rule| rule.attribute).collect();
        let exists = |node: &NodeRef<'_>| node.validity().holds_in(moment.window()) != Truth::False;
        for node in self.snapshot().nodes_with(label::GOVERNMENT).filter(exists) {
            let known = |attribute: &String| self.figure(node.ix(), attribute, moment).is_some();
            if attributes.iter().any(known) {
                candidates.entry(node.ix()).or_insert(InForce::Not);
            }
        }
        let mut candidates: Vec<(NodeIx, InForce)> = candidates.into_iter().collect();
        candidates.sort_by_cached_key(|(ix, _)| (self.code(*ix, moment), *ix));
        candidates
    }
}
