//! A map whose copies share what they do not change.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

/// Shards: a change copies one of them.
const SHARDS: usize = 256;

/// Keys are numbers: the same ones lie in the same shards in every process.
type Shard<K, V> = HashMap<K, V, FxBuildHasher>;

/// A hash map in shards behind [`Arc`]s. A clone costs the shards, a change of a clone one shard: a state of the
/// graph is a clone of the state before.
#[derive(Clone, Debug)]
pub(super) struct SharedMap<K, V> {
    /// Empty until the first entry.
    shards: Vec<Arc<Shard<K, V>>>,
    len: usize,
}

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        Self { shards: Vec::new(), len: 0 }
    }
}

impl<K: Clone + Eq + Hash, V: Clone> SharedMap<K, V> {
    fn shard(key: &K) -> usize {
        // The map within a shard goes by the lowest and the highest bits.
        (FxBuildHasher.hash_one(key) >> 32) as usize % SHARDS
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// All entries, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.shards.iter().flat_map(|shard| shard.iter())
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        if self.len == 0 {
            return None;
        }
        self.shards.get(Self::shard(key))?.get(key)
    }

    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        if self.shards.is_empty() {
            self.shards = (0..SHARDS).map(|_| Arc::default()).collect();
        }
        let shard = Self::shard(&key);
        let before = Arc::make_mut(&mut self.shards[shard]).insert(key, value);
        self.len += usize::from(before.is_none());
        before
    }

    /// The value of a key to be changed in place; made where it is not there.
    pub(super) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        if self.shards.is_empty() {
            self.shards = (0..SHARDS).map(|_| Arc::default()).collect();
        }
        let shard = Self::shard(&key);
        let entries = Arc::make_mut(&mut self.shards[shard]);
        self.len += usize::from(!entries.contains_key(&key));
        entries.entry(key).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_does_not_see_later_changes() {
        let mut one: SharedMap<u32, u32> = SharedMap::default();
        (0..1_000).for_each(|key| assert_eq!(one.insert(key, key), None));
        let mut two = one.clone();
        assert_eq!(two.insert(7, 70), Some(7));
        *two.entry(5_000) += 1;
        assert_eq!((one.get(&7), one.get(&5_000), one.len()), (Some(&7), None, 1_000));
        assert_eq!((two.get(&7), two.get(&5_000), two.len()), (Some(&70), Some(&1), 1_001));
    }
}
