//! A jagged array: many lists in two allocations.

use std::ops::Range;

/// A list for each number from 0 on, in two allocations for all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::relations) struct Flat<T> {
    items: Vec<T>,
    /// Where each list ends in `items`.
    ends: Vec<u32>,
}

impl<T> Default for Flat<T> {
    fn default() -> Self {
        Self { items: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Flat<T> {
    /// The lists of pairs of a number below `count` and an item; within a list the items keep their order.
    pub(in crate::relations) fn by_number(
        count: usize,
        pairs: impl Iterator<Item = (usize, T)> + Clone,
    ) -> Self
    where
        T: Copy,
    {
        let mut next = vec![0_u32; count + 1];
        pairs.clone().for_each(|(number, _)| next[number + 1] += 1);
        for at in 1..next.len() {
            next[at] += next[at - 1];
        }
        let ends = next[1..].to_vec();
        // Every place is written once; until then any item stands there.
        let mut items: Vec<T> = pairs.clone().map(|(_, item)| item).collect();
        for (number, item) in pairs {
            items[next[number] as usize] = item;
            next[number] += 1;
        }
        Self { items, ends }
    }

    /// No lists yet, with room for all of these.
    pub(in crate::relations) fn with_capacity<'a>(lists: impl Iterator<Item = &'a Self> + Clone) -> Self
    where
        T: 'a,
    {
        Self {
            items: Vec::with_capacity(lists.clone().map(|own| own.items.len()).sum()),
            ends: Vec::with_capacity(lists.map(|own| own.ends.len()).sum()),
        }
    }

    fn range(&self, number: usize) -> Range<usize> {
        let end = self.ends.get(number).map_or(0, |end| *end as usize);
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before));
        start.map_or(0, |start| *start as usize).min(end)..end
    }

    /// The list of a number; empty beyond the last.
    pub(in crate::relations) fn of(&self, number: usize) -> &[T] {
        &self.items[self.range(number)]
    }

    /// Each list to be changed in place.
    pub(in crate::relations) fn for_each_mut(&mut self, mut change: impl FnMut(&mut [T])) {
        let mut start = 0;
        for end in &self.ends {
            change(&mut self.items[start..*end as usize]);
            start = *end as usize;
        }
    }

    /// How many lists there are.
    pub(in crate::relations) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Puts a list behind the others.
    pub(in crate::relations) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.ends.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
    }

    /// Puts lists behind the others, each item turned into another.
    pub(in crate::relations) fn extend<U>(&mut self, more: Flat<U>, turn: impl FnMut(U) -> T) {
        let before = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.extend(more.items.into_iter().map(turn));
        self.ends.extend(more.ends.into_iter().map(|end| before.saturating_add(end)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_in_whatever_way_they_went_in() {
        let lists: [&[u8]; 5] = [&[], &[1, 2], &[], &[3], &[]];
        let mut one = Flat::default();
        lists.iter().for_each(|list| one.push(list.iter().copied()));
        let pairs = [(3, 3), (1, 1), (1, 2)];
        assert_eq!(one, Flat::by_number(5, pairs.into_iter()));
        let mut two = Flat::default();
        two.push([9]);
        two.extend(one.clone(), |item| item);
        for (at, list) in lists.iter().enumerate() {
            assert_eq!((one.of(at), two.of(at + 1)), (*list, *list), "{at}");
        }
        assert_eq!((one.len(), two.of(0), one.of(9)), (5, &[9][..], &[][..]));
        one.for_each_mut(|list| list.reverse());
        assert_eq!(one.of(1), [2, 1]);
    }
}
