//! A node or an edge on its own, outside any snapshot.

use std::sync::Arc;

use super::{EdgeId, KeyId, LabelId, NodeId, TypeId};
use crate::value::{Day, Truth, Validity, Value, Window};

/// One value of a dated property and the time for which it holds (S3).
#[derive(Clone, Debug, PartialEq)]
pub struct Spell {
    /// When the value holds.
    pub validity: Validity,
    /// The value.
    pub value: Value,
    /// What is said of the statement: source, confidence, unit, fact …; sorted by key.
    pub qualifiers: Vec<(KeyId, Value)>,
}

impl Spell {
    /// A qualifier of the statement.
    #[must_use]
    pub fn qualifier(&self, key: KeyId) -> Option<&Value> {
        self.qualifiers.iter().find(|(own, _)| *own == key).map(|(_, value)| value)
    }
}

/// What a node or edge holds under one key.
#[derive(Clone, Debug, PartialEq)]
pub enum Property {
    /// One value for the whole life of the element.
    Fixed(Value),
    /// Values in time, sorted by start, then by source.
    Dated(Arc<[Spell]>),
}

impl Property {
    /// The latest value: what is read where no date is named (S3).
    #[must_use]
    pub fn latest(&self) -> Option<&Value> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Dated(spells) => spells.last().map(|spell| &spell.value),
        }
    }

    /// The value on a day: that of the spell that certainly holds, else of one that possibly holds (S1).
    /// Of several the first one in order counts.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&Value> {
        match self {
            Self::Fixed(value) => Some(value),
            Self::Dated(_) => self.spell_at(day).map(|spell| &spell.value),
        }
    }

    /// The spell that [`Property::at`] reads; `None` for a fixed value.
    #[must_use]
    pub fn spell_at(&self, day: Day) -> Option<&Spell> {
        spell_at(self.spells(), day)
    }

    /// All its values: the fixed one, or those of all spells in order.
    pub fn values(&self) -> impl Iterator<Item = &Value> {
        let fixed = if let Self::Fixed(value) = self { Some(value) } else { None };
        fixed.into_iter().chain(self.spells().iter().map(|spell| &spell.value))
    }

    /// The spells; none for a fixed value.
    #[must_use]
    pub fn spells(&self) -> &[Spell] {
        if let Self::Dated(spells) = self { spells } else { &[] }
    }
}

/// The spell that holds on a day for certain, else the first that possibly does (S1).
pub(super) fn spell_at(spells: &[Spell], day: Day) -> Option<&Spell> {
    let held =
        |wanted: Truth| spells.iter().find(move |spell| spell.validity.holds_in(Window::on(day)) == wanted);
    held(Truth::True).or_else(|| held(Truth::Unknown))
}

/// Properties of one element, sorted by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties(Vec<(KeyId, Property)>);

impl Properties {
    /// No properties.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The property under a key.
    #[must_use]
    pub fn get(&self, key: KeyId) -> Option<&Property> {
        self.0.binary_search_by_key(&key, |(own, _)| *own).ok().map(|at| &self.0[at].1)
    }

    /// Puts a property under a key and returns what was there.
    pub fn insert(&mut self, key: KeyId, property: Property) -> Option<Property> {
        match self.0.binary_search_by_key(&key, |(own, _)| *own) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, property)),
            Err(at) => {
                self.0.insert(at, (key, property));
                None
            }
        }
    }

    /// Removes what is under a key and returns it.
    pub fn remove(&mut self, key: KeyId) -> Option<Property> {
        let at = self.0.binary_search_by_key(&key, |(own, _)| *own).ok()?;
        Some(self.0.remove(at).1)
    }

    /// All, in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (KeyId, &Property)> {
        self.0.iter().map(|(key, property)| (*key, property))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(KeyId, Property)> for Properties {
    fn from_iter<I: IntoIterator<Item = (KeyId, Property)>>(properties: I) -> Self {
        let mut all = Self::new();
        for (key, property) in properties {
            all.insert(key, property);
        }
        all
    }
}

/// A node with all that it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeRecord {
    /// Its permanent id.
    pub id: NodeId,
    /// Its labels, sorted.
    pub labels: Vec<LabelId>,
    /// When it exists.
    pub validity: Validity,
    /// Its properties.
    pub properties: Properties,
}

/// An edge with all that it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeRecord {
    /// Its permanent id.
    pub id: EdgeId,
    /// Its type.
    pub edge_type: TypeId,
    /// Where it leaves.
    pub source: NodeId,
    /// Where it arrives.
    pub target: NodeId,
    /// When it holds.
    pub validity: Validity,
    /// Its properties.
    pub properties: Properties,
}
