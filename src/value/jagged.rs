//! A jagged array: many lists in two allocations.

use std::ops::Range;

/// A list for each number from 0 on: the items of all lists, and where each list ends. It holds at most 2^32 − 1 items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jagged<T> {
    items: Vec<T>,
    /// Where each list ends in `items`.
    ends: Vec<u32>,
}

impl<T> Default for Jagged<T> {
    fn default() -> Self {
        Self { items: Vec::new(), ends: Vec::new() }
    }
}

impl<T> Jagged<T> {
    /// The lists of pairs of a number below `count` and an item; within a list the items keep their order.
    pub(crate) fn by_number(count: usize, pairs: impl Iterator<Item = (usize, T)> + Clone) -> Self
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

    /// Items cut into lists of these lengths; `None` if the lengths do not add up to the items.
    pub(crate) fn from_lengths(items: Vec<T>, lengths: impl IntoIterator<Item = u64>) -> Option<Self> {
        let mut end = 0_u64;
        let next = |length: u64| {
            end = end.checked_add(length)?;
            u32::try_from(end).ok()
        };
        let ends: Vec<u32> = lengths.into_iter().map(next).collect::<Option<_>>()?;
        (ends.last().map_or(0, |end| *end as usize) == items.len()).then_some(Self { items, ends })
    }

    /// No lists yet, with room for all of these.
    pub(crate) fn with_room_for<'a>(lists: impl Iterator<Item = &'a Self> + Clone) -> Self
    where
        T: 'a,
    {
        Self {
            items: Vec::with_capacity(lists.clone().map(|own| own.items.len()).sum()),
            ends: Vec::with_capacity(lists.map(|own| own.ends.len()).sum()),
        }
    }

    /// No lists yet, with room for this many.
    pub(crate) fn with_capacity(lists: usize) -> Self {
        Self { items: Vec::new(), ends: Vec::with_capacity(lists) }
    }

    fn start(&self, number: usize) -> usize {
        let before = number.checked_sub(1).and_then(|before| self.ends.get(before).or(self.ends.last()));
        before.map_or(0, |end| *end as usize)
    }

    /// The list of a number; `None` beyond the last.
    pub(crate) fn get(&self, number: usize) -> Option<&[T]> {
        let end = *self.ends.get(number)? as usize;
        self.items.get(self.start(number)..end)
    }

    /// The list of a number; empty beyond the last.
    pub(crate) fn of(&self, number: usize) -> &[T] {
        self.get(number).unwrap_or_default()
    }

    /// The items of consecutive lists.
    pub(crate) fn of_range(&self, numbers: Range<usize>) -> &[T] {
        self.items.get(self.start(numbers.start)..self.start(numbers.end)).unwrap_or_default()
    }

    /// The items of all lists.
    pub(crate) fn items(&self) -> &[T] {
        &self.items
    }

    /// How many items each list has.
    pub(crate) fn lengths(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).map(|number| self.of(number).len())
    }

    /// Each list to be changed in place.
    pub(crate) fn for_each_mut(&mut self, mut change: impl FnMut(&mut [T])) {
        let mut start = 0;
        for end in &self.ends {
            change(&mut self.items[start..*end as usize]);
            start = *end as usize;
        }
    }

    /// How many lists there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether this many more items fit.
    pub(crate) fn has_room(&self, items: usize) -> bool {
        u32::try_from(self.items.len().saturating_add(items)).is_ok()
    }

    /// Appends a list. Items beyond the most belong to no list: see [`Jagged::has_room`].
    pub(crate) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.items.extend(list);
        self.end_list();
    }

    /// Appends an item to the list that [`Jagged::end_list`] ends next.
    pub(crate) fn push_item(&mut self, item: T) {
        self.items.push(item);
    }

    /// Ends a list; false if it holds more items than fit.
    pub(crate) fn end_list(&mut self) -> bool {
        let end = u32::try_from(self.items.len());
        self.ends.push(end.unwrap_or(u32::MAX));
        end.is_ok()
    }

    /// Appends lists, each item turned into another.
    pub(crate) fn extend<U>(&mut self, more: Jagged<U>, turn: impl FnMut(U) -> T) {
        let before = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.extend(more.items.into_iter().map(turn));
        self.ends.extend(more.ends.into_iter().map(|end| before.saturating_add(end)));
    }

    /// Gives back the room that growing has left.
    pub(crate) fn shrink_to_fit(&mut self) {
        self.items.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    /// Bytes of items and ends.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.items.as_slice()) + size_of_val(self.ends.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However lists are put in, each comes back, alone and with its neighbours.
        #[test]
        fn lists_come_back_in_whatever_way_they_went_in(
            lists in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 0..12),
            from in 0..14_usize, to in 0..14_usize, cut in 0..12_usize,
        ) {
            let mut pushed = Jagged::default();
            lists.iter().for_each(|list| pushed.push(list.iter().copied()));
            let mut one_by_one = Jagged::with_capacity(lists.len());
            for list in &lists {
                list.iter().for_each(|item| one_by_one.push_item(*item));
                prop_assert!(one_by_one.end_list());
            }
            let numbered = (0..).zip(&lists).flat_map(|(number, list)| list.iter().map(move |item| (number, *item)));
            // Any order of the numbers is taken.
            let mut numbered: Vec<(usize, u8)> = numbered.collect();
            numbered.sort_by_key(|(number, _)| *number % 3);
            let lengths = lists.iter().map(|list| list.len() as u64);
            let cut_up = Jagged::from_lengths(lists.concat(), lengths.clone()).unwrap();
            let (first, second) = lists.split_at(cut.min(lists.len()));
            let part = |lists: &[Vec<u8>]| {
                let mut part = Jagged::default();
                lists.iter().for_each(|list| part.push(list.iter().map(|item| u16::from(*item) + 1)));
                part
            };
            let mut joined: Jagged<u8> = Jagged::default();
            [first, second].into_iter().for_each(|lists| joined.extend(part(lists), |item| (item - 1) as u8));
            for other in [one_by_one, Jagged::by_number(lists.len(), numbered.iter().copied()), cut_up, joined] {
                prop_assert_eq!(&other, &pushed);
            }
            prop_assert_eq!((pushed.len(), pushed.is_empty()), (lists.len(), lists.is_empty()));
            for (number, list) in lists.iter().enumerate() {
                prop_assert_eq!(pushed.get(number), Some(list.as_slice()));
            }
            prop_assert_eq!((pushed.get(lists.len()), pushed.of(lists.len())), (None, &[][..]));
            prop_assert_eq!(pushed.items(), lists.concat());
            prop_assert!(pushed.lengths().eq(lists.iter().map(Vec::len)));
            let range = from.min(to)..from.max(to);
            let within = lists.get(range.start.min(lists.len())..range.end.min(lists.len())).unwrap().concat();
            prop_assert_eq!(pushed.of_range(range), within);
            pushed.for_each_mut(<[u8]>::reverse);
            prop_assert!((0..).zip(&lists).all(|(at, list)| pushed.of(at).iter().rev().eq(list)));
            // A length that is missing, too large or beyond all bounds is noticed.
            let total = lists.concat().len() as u64;
            for wrong in [vec![total + 1], vec![u64::MAX, 1], vec![total, u64::from(u32::MAX) + 1]] {
                prop_assert_eq!(Jagged::from_lengths(lists.concat(), wrong), None);
            }
        }
    }
}
