//! Names that were met, side by side in memory: a list asks for two of them a row.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// A set of names.
#[derive(Default)]
pub(super) struct NameSet {
    texts: String,
    /// Where each name begins and ends.
    index: HashTable<(usize, usize)>,
    hasher: DefaultHashBuilder,
}

impl NameSet {
    pub(super) fn contains(&self, name: &str) -> bool {
        let is_same = |(from, to): &(usize, usize)| self.texts.get(*from..*to) == Some(name);
        self.index.find(self.hasher.hash_one(name), is_same).is_some()
    }

    /// Adds a name that is not there yet.
    pub(super) fn insert(&mut self, name: &str) {
        let from = self.texts.len();
        self.texts.push_str(name);
        let Self { texts, index, hasher } = self;
        let hash = |(from, to): &(usize, usize)| hasher.hash_one(texts.get(*from..*to).unwrap_or_default());
        index.insert_unique(hasher.hash_one(name), (from, texts.len()), hash);
    }
}
