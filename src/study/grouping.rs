//! In which group is a government at a date?

use std::collections::HashMap;
use std::fmt;

use super::{Moment, Study};
use crate::graph::NodeIx;
use crate::relations::Provinces;

/// By what governments are grouped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GroupBy {
    /// The province that a government belongs to at the date; a province belongs to itself.
    #[default]
    Province,
    /// Its level at the date.
    Level,
    /// Its rank at the date.
    Rank,
}

impl GroupBy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Province, Self::Level, Self::Rank];
}

impl fmt::Display for GroupBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Province => "province",
            Self::Level => "level",
            Self::Rank => "rank",
        })
    }
}

/// Governments by group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// The number of the group of each government; `None` if the store does not tell it.
    pub of: Vec<Option<u32>>,
    /// The names of the groups, each once, in the order of their first governments.
    pub names: Vec<String>,
}

impl Study {
    /// The group of each of some governments at a date, by [`Subjects::group_by`](super::Subjects::group_by).
    #[must_use]
    pub fn grouping(&self, governments: &[NodeIx], moment: Moment) -> Grouping {
        let day = moment.day();
        let text = |ix: NodeIx, key: &str| {
            let value = self.snapshot().node_at(ix)?.value_at(key, day)?;
            value.as_text().map(str::to_owned)
        };
        let mut grouping = Grouping::default();
        match self.subjects().group_by {
            GroupBy::Province => {
                let provinces = Provinces::of(self.snapshot(), self.schemes());
                let of = governments.iter().map(|ix| provinces.province(*ix, day));
                grouping.number(of, |ix| self.name(ix, moment));
            }
            GroupBy::Level => grouping.number(governments.iter().map(|ix| text(*ix, "level")), |word| word),
            GroupBy::Rank => grouping.number(governments.iter().map(|ix| text(*ix, "rank")), |word| word),
        }
        grouping
    }
}

impl Grouping {
    /// Numbers the groups as they come.
    fn number<K: Clone + Eq + std::hash::Hash>(
        &mut self,
        keys: impl Iterator<Item = Option<K>>,
        name: impl Fn(K) -> String,
    ) {
        let mut numbers: HashMap<K, u32> = HashMap::new();
        for key in keys {
            let number = key.map(|key| {
                let next = self.names.len() as u32;
                let number = *numbers.entry(key.clone()).or_insert(next);
                if number == next {
                    self.names.push(name(key));
                }
                number
            });
            self.of.push(number);
        }
    }
}
