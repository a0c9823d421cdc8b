//! Words that an option takes: closed lists as types, codebooks of the store by look-up.

use clap::ValueEnum;

use super::failure::Failure;
use crate::graph::{ColumnType, PropertySpec, Snapshot};
use crate::relations::{Direction, Scale};
use crate::study::WeightRule;
use crate::value::nearest;

/// Scale of the directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "kebab-case")]
pub(super) enum By {
    /// Administrative grade
    Rank,
    /// Territorial tier
    Level,
}

impl From<By> for Scale {
    fn from(by: By) -> Self {
        match by {
            By::Rank => Self::Rank,
            By::Level => Self::Level,
        }
    }
}

/// What counts of things whose end is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReadingWord {
    /// What certainly holds
    Certain,
    /// And what is presumed to hold, the given number of years after its last evidence
    Presumed,
    /// And what may hold
    Possible,
}

impl ReadingWord {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Presumed => "presumed",
            Self::Possible => "possible",
        }
    }
}

/// A direction to select.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Way {
    /// Between leader and led
    Vertical,
    /// Between equals without command
    Horizontal,
    /// Between unequals without command
    Diagonal,
    /// Rank unknown
    Unclassified,
}

impl From<Way> for Direction {
    fn from(way: Way) -> Self {
        match way {
            Way::Vertical => Self::Vertical,
            Way::Horizontal => Self::Horizontal,
            Way::Diagonal => Self::Diagonal,
            Way::Unclassified => Self::Unclassified,
        }
    }
}

/// What a pair weighs: a rule by its name, or a number of the rows by its key.
pub(super) fn weight_rule(text: &str, snapshot: &Snapshot) -> Result<WeightRule, Failure> {
    let rules = [("newman", WeightRule::Newman), ("count", WeightRule::Count), ("sum", WeightRule::Sum)];
    if let Some((_, rule)) = rules.iter().find(|(name, _)| *name == text) {
        return Ok(rule.clone());
    }
    let numbers = |spec: &PropertySpec| {
        matches!(spec.column_type, ColumnType::Integer | ColumnType::Float).then(|| spec.key.clone())
    };
    let schema = snapshot.catalogue().schema();
    let mut keys: Vec<String> =
        schema.edges.iter().flat_map(|edge| edge.properties.iter().filter_map(numbers)).collect();
    keys.sort();
    keys.dedup();
    let names = rules.iter().map(|(name, _)| *name);
    known("--weight", text, &names.chain(keys.iter().map(String::as_str)).collect::<Vec<_>>())?;
    Ok(WeightRule::Property(text.to_owned()))
}

/// Names that are offered where one is not known.
const NEAREST: usize = 3;

/// Refuses a word that is not on a list, with the nearest ones; an empty list takes any word.
pub(super) fn known(option: &str, word: &str, list: &[impl AsRef<str>]) -> Result<(), Failure> {
    known_in(&format!("{option} {word}"), word, list)
}

/// As [`known`], of a word within what was typed.
pub(super) fn known_in(typed: &str, word: &str, list: &[impl AsRef<str>]) -> Result<(), Failure> {
    let list: Vec<&str> = list.iter().map(AsRef::as_ref).collect();
    if list.is_empty() || list.contains(&word) {
        return Ok(());
    }
    let near = nearest(word, list.iter().copied(), NEAREST);
    let near = if near.is_empty() { String::new() } else { format!("did you mean {}? ", near.join(" or ")) };
    Err(Failure::Usage(format!("{typed}: {near}write one of {}", list.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_off_the_list_is_answered_with_the_nearest() {
        assert!(known("--rank", "county", &["county", "province"]).is_ok());
        assert!(known("--rank", "anything", &[""; 0]).is_ok());
        let refused = known("--rank", "conty", &["county", "province"]).unwrap_err().to_string();
        assert_eq!(refused, "--rank conty: did you mean county? write one of county, province");
    }
}
