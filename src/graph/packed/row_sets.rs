//! Which rows bear a label, and which are of a type.

use std::ops::Range;

use crate::graph::RankBitmap;

/// A label or type that fewer than one row in 32 bears is kept as a list of rows.
const SPARSE: usize = 32;

/// Ascending rows of a packed graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::graph) enum RowSet {
    /// All of the first rows, up to this number.
    All(u32),
    RankBitmap(RankBitmap),
    List(Vec<u32>),
}

impl RowSet {
    pub(in crate::graph) fn len(&self) -> usize {
        match self {
            Self::All(rows) => *rows as usize,
            Self::RankBitmap(bits) => bits.len(),
            Self::List(rows) => rows.len(),
        }
    }

    /// The rows within a range, ascending.
    pub(in crate::graph) fn within(&self, range: Range<u32>) -> impl Iterator<Item = u32> {
        let (mut all, mut bits, mut list) = (0..0, None, &[][..]);
        match self {
            Self::All(rows) => all = range.start..range.end.min(*rows),
            Self::RankBitmap(set) => bits = Some(set.within(range)),
            Self::List(rows) => {
                let from = rows.partition_point(|row| *row < range.start);
                let to = rows.partition_point(|row| *row < range.end);
                list = rows.get(from..to).unwrap_or_default();
            }
        }
        all.chain(bits.into_iter().flatten()).chain(list.iter().copied())
    }

    /// How many rows lie within a range.
    pub(in crate::graph) fn count_within(&self, range: &Range<u32>) -> usize {
        match self {
            Self::All(rows) => range.end.min(*rows).saturating_sub(range.start) as usize,
            Self::RankBitmap(bits) => bits.rank(range.end) - bits.rank(range.start),
            Self::List(rows) => {
                let below = |bound: u32| rows.partition_point(|row| *row < bound);
                below(range.end).saturating_sub(below(range.start))
            }
        }
    }
}

/// The rows of each number: of labels or of types.
#[derive(Clone, Debug, Default)]
pub(in crate::graph) struct RowSets(Vec<Option<RowSet>>);

enum Collecting {
    Words(Vec<u64>),
    List(Vec<u32>),
}

impl RowSets {
    /// Collects them in two passes: `each` calls its argument with every row and number, rows ascending.
    pub(in crate::graph) fn of(rows: u32, each: impl Fn(&mut dyn FnMut(u32, u16))) -> Self {
        let mut counts: Vec<usize> = Vec::new();
        each(&mut |_, number| {
            let at = usize::from(number);
            if at >= counts.len() {
                counts.resize(at + 1, 0);
            }
            counts[at] += 1;
        });
        let mut sets: Vec<Option<Collecting>> = counts
            .iter()
            .map(|count| match *count {
                count if count == 0 || count == rows as usize => None,
                count if count * SPARSE < rows as usize => Some(Collecting::List(Vec::with_capacity(count))),
                _ => Some(Collecting::Words(vec![0; (rows as usize).div_ceil(64)])),
            })
            .collect();
        if sets.iter().any(Option::is_some) {
            each(&mut |row, number| match &mut sets[usize::from(number)] {
                None => {}
                Some(Collecting::List(list)) => list.push(row),
                Some(Collecting::Words(words)) => words[row as usize / 64] |= 1 << (row % 64),
            });
        }
        let finished = sets.into_iter().zip(counts).map(|(set, count)| match set {
            None => (count > 0).then_some(RowSet::All(rows)),
            Some(Collecting::List(list)) => Some(RowSet::List(list)),
            Some(Collecting::Words(words)) => Some(RowSet::RankBitmap(RankBitmap::from_words(words))),
        });
        Self(finished.collect())
    }

    /// The rows of a number; `None` if it has none.
    pub(in crate::graph) fn get(&self, number: u16) -> Option<&RowSet> {
        self.0.get(usize::from(number))?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that all rows, many, few and none bear: each set is what a walk finds, and so is each part of it.
    #[test]
    fn a_set_has_the_rows_of_its_number() {
        let numbers = |row: u32| {
            let mut own = vec![0_u16];
            own.extend((row % 3 == 1).then_some(1));
            own.extend((row % 97 == 5).then_some(4));
            own
        };
        for rows in [0, 1, 64, 65, 1_000] {
            let sets = RowSets::of(rows, |see| {
                (0..rows).for_each(|row| numbers(row).into_iter().for_each(|number| see(row, number)));
            });
            for number in 0..6 {
                for range in [0..rows, 3..10, 63..130, 5..5, 900..2_000] {
                    let walk = range.clone().filter(|row| *row < rows && numbers(*row).contains(&number));
                    let walk: Vec<u32> = walk.collect();
                    let set = sets.get(number);
                    let found: Vec<u32> = set.into_iter().flat_map(|set| set.within(range.clone())).collect();
                    assert_eq!(found, walk, "{rows} {number} {range:?}");
                    assert_eq!(set.map_or(0, |set| set.count_within(&range)), walk.len());
                }
                assert_eq!(
                    sets.get(number).map_or(0, RowSet::len),
                    (0..rows).filter(|row| numbers(*row).contains(&number)).count()
                );
            }
        }
    }
}
