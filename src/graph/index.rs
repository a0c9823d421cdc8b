//! Which elements hold a text under a key: built when first asked for, then looked up.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::{KeyId, Property};
use crate::value::Value;

/// Text → positions of the elements that hold it in any spell, ascending.
pub(super) type Texts = HashMap<Arc<str>, Vec<u32>>;

/// The indices of one kind of element, by key.
#[derive(Debug, Default)]
pub(super) struct TextIndex(RwLock<HashMap<KeyId, Arc<Texts>>>);

impl TextIndex {
    /// The index of a key, built from (position, property) in ascending order where it is not there yet.
    pub(super) fn of(&self, key: KeyId, held: impl Iterator<Item = (u32, Property)>) -> Arc<Texts> {
        // A reader that panicked has left a complete map behind: entries are put in whole.
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key).map(Arc::clone);
        known.unwrap_or_else(|| {
            let built = Arc::new(build(held));
            let mut indices = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(indices.entry(key).or_insert(built))
        })
    }
}

fn build(held: impl Iterator<Item = (u32, Property)>) -> Texts {
    let mut texts = Texts::new();
    for (at, property) in held {
        let mut put = |value: &Value| {
            if let Value::Text(text) = value {
                let positions = texts.entry(Arc::clone(text)).or_default();
                if positions.last() != Some(&at) {
                    positions.push(at);
                }
            }
        };
        match &property {
            Property::Fixed(value) => put(value),
            Property::Dated(spells) => spells.iter().for_each(|spell| put(&spell.value)),
        }
    }
    texts
}
