//! A map whose copies share what they do not change.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

use rustc_hash::FxBuildHasher;

/// Shards: a change copies one of them.
const SHARDS: usize = 256;

/// Without a seed: the same keys lie in the same shards in every process.
type Shard<K, V> = HashMap<K, V, FxBuildHasher>;

/// A hash map in shards behind [`Arc`]s. A clone costs the shards, a change of a clone one shard: a state of the
/// graph is a clone of the state before.
#[derive(Clone, Debug)]
pub(crate) struct SharedMap<K, V> {
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
    fn shard<Q: Hash + ?Sized>(key: &Q) -> usize {
        // The map within a shard goes by the lowest and the highest bits.
        (FxBuildHasher.hash_one(key) >> 32) as usize % SHARDS
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// All entries, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.shards.iter().flat_map(|shard| shard.iter())
    }

    pub(crate) fn get<Q: Eq + Hash + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
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
    pub(crate) fn entry(&mut self, key: K) -> &mut V
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

    /// Keys under which two maps hold something else, or one of them nothing, in no order. Where one was cloned from the
    /// other, a shard that neither has changed since costs one comparison.
    pub(super) fn differing(&self, other: &Self, same: impl Fn(&V, &V) -> bool) -> Vec<K> {
        let none = Arc::default();
        let shard = |map: &'_ Self, at: usize| Arc::clone(map.shards.get(at).unwrap_or(&none));
        let mut keys = Vec::new();
        for at in 0..SHARDS {
            let (own, others) = (shard(self, at), shard(other, at));
            if Arc::ptr_eq(&own, &others) {
                continue;
            }
            let differs = |(key, value): &(&K, &V)| others.get(*key).is_none_or(|other| !same(value, other));
            keys.extend(own.iter().filter(differs).map(|(key, _)| key.clone()));
            keys.extend(others.keys().filter(|key| !own.contains_key(*key)).cloned());
        }
        keys
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

    #[test]
    fn what_differs_is_found_from_either_side() {
        let mut one: SharedMap<u32, u32> = SharedMap::default();
        (0..1_000).for_each(|key| assert_eq!(one.insert(key, key), None));
        let mut two = one.clone();
        assert!(one.differing(&two, |a, b| a == b).is_empty());
        two.insert(7, 70);
        two.insert(8, 8);
        two.insert(5_000, 1);
        one.insert(6_000, 1);
        for (a, b) in [(&one, &two), (&two, &one)] {
            let mut keys = a.differing(b, |a, b| a == b);
            keys.sort_unstable();
            assert_eq!(keys, [7, 5_000, 6_000]);
        }
        assert_eq!(SharedMap::default().differing(&one, |a: &u32, b| a == b).len(), 1_001);
    }
}
