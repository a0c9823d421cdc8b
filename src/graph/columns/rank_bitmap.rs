//! Which rows are meant: a set of positions that knows how many lie before each.

use std::ops::Range;

/// Bits of one word.
const WORD: usize = 64;

/// A set of rows, one bit a row, with the count before each word: membership and rank cost one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RankBitmap {
    words: Vec<u64>,
    /// How many rows lie before each word.
    before: Vec<u32>,
    ones: u32,
}

impl RankBitmap {
    /// The set whose members stand in the words, the lowest bit first.
    #[must_use]
    pub fn from_words(words: Vec<u64>) -> Self {
        let mut ones = 0;
        let before = words
            .iter()
            .map(|word| {
                let before = ones;
                ones += word.count_ones();
                before
            })
            .collect();
        Self { words, before, ones }
    }

    /// The set of these rows.
    #[must_use]
    pub fn of(rows: impl IntoIterator<Item = u32>) -> Self {
        let mut words = Vec::new();
        for row in rows {
            let word = row as usize / WORD;
            if word >= words.len() {
                words.resize(word + 1, 0_u64);
            }
            words[word] |= 1 << (row as usize % WORD);
        }
        Self::from_words(words)
    }

    /// The rows that are not in another set.
    #[must_use]
    pub fn without(self, other: &Self) -> Self {
        let mut words = self.words;
        for (word, other) in words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
        Self::from_words(words)
    }

    /// Whether a row is in the set.
    #[must_use]
    pub fn contains(&self, row: u32) -> bool {
        self.words.get(row as usize / WORD).is_some_and(|word| word >> (row as usize % WORD) & 1 == 1)
    }

    /// How many rows of the set lie before a row.
    #[must_use]
    pub fn rank(&self, row: u32) -> usize {
        let at = row as usize / WORD;
        match self.words.get(at) {
            None => self.ones as usize,
            Some(word) => {
                let below = word & ((1 << (row as usize % WORD)) - 1);
                (self.before[at] + below.count_ones()) as usize
            }
        }
    }

    /// How many rows are in the set.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ones as usize
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ones == 0
    }

    /// The rows in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.within(0..u32::MAX)
    }

    /// The rows of a range, ascending.
    pub fn within(&self, range: Range<u32>) -> impl Iterator<Item = u32> {
        let width = WORD as u32;
        let (first, end) = (range.start / width, range.end.div_ceil(width));
        let words = self.words.get(first as usize..self.words.len().min(end as usize)).unwrap_or_default();
        (first..).zip(words).flat_map(move |(at, word)| {
            let mut rest = *word;
            let start = at * width;
            if start < range.start {
                rest &= u64::MAX << (range.start - start);
            }
            if range.end - start < width {
                rest &= (1 << (range.end - start)) - 1;
            }
            std::iter::from_fn(move || {
                let bit = rest.trailing_zeros();
                (rest != 0).then(|| {
                    rest &= rest - 1;
                    start + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_counts_the_rows_before() {
        let rows = [0, 3, 63, 64, 200];
        let bits = RankBitmap::of(rows);
        assert_eq!(bits.iter().collect::<Vec<_>>(), rows);
        for row in 0..300 {
            assert_eq!(bits.rank(row), rows.iter().filter(|own| **own < row).count(), "{row}");
            assert_eq!(bits.contains(row), rows.contains(&row), "{row}");
            for end in [row, row + 1, row + 64, 1_000] {
                let within = rows.into_iter().filter(|own| (row..end).contains(own));
                assert_eq!(bits.within(row..end).collect::<Vec<_>>(), within.collect::<Vec<_>>());
            }
        }
        assert_eq!((bits.len(), RankBitmap::default().len()), (5, 0));
    }
}
