//! Which elements of a draft bear a text id.

use std::collections::HashMap;
use std::sync::Arc;

use crate::graph::{KeyId, Properties, Property};
use crate::value::Value;

/// Text ids that elements have or had, with the elements, sorted: a reader compares.
#[derive(Clone, Debug)]
pub(super) struct TextIds<Id>(HashMap<Arc<str>, Vec<Id>>);

impl<Id> Default for TextIds<Id> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<Id: Copy + Ord> TextIds<Id> {
    /// Notes what an element holds as its text id.
    pub(super) fn note(&mut self, properties: &Properties, key: Option<KeyId>, element: Id) {
        if let Some(Value::Text(text)) = latest(properties, key) {
            let known = self.0.entry(Arc::clone(text)).or_default();
            if let Err(at) = known.binary_search(&element) {
                known.insert(at, element);
            }
        }
    }

    /// Elements that may bear a text id, by their own.
    pub(super) fn candidates(&self, text: &str) -> impl Iterator<Item = Id> {
        self.0.get(text).into_iter().flatten().copied()
    }
}

/// The latest value under the key of text ids.
pub(super) fn latest(properties: &Properties, key: Option<KeyId>) -> Option<&Value> {
    properties.get(key?).and_then(Property::latest)
}
