//! Closed lists of words: each is read as it is written.

use super::nearest;

/// A word that is not in a closed list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not a {what}; write one of {}", known.join(", "))]
pub struct WordError {
    /// What was read.
    pub text: String,
    /// What the list holds.
    pub what: &'static str,
    /// The nearest words of the list, else all.
    pub known: Vec<String>,
}

impl WordError {
    /// A word that is not in a list.
    pub(crate) fn new(text: &str, what: &'static str, all: Vec<String>) -> Self {
        let near: Vec<String> =
            nearest(text, all.iter().map(String::as_str), 1).into_iter().map(str::to_owned).collect();
        Self { text: text.to_owned(), what, known: if near.is_empty() { all } else { near } }
    }
}

/// Reads a type from the words that its `Display` writes.
macro_rules! reads_words {
    ($name:ident is $what:literal: $($variant:ident)+) => {
        impl $name {
            /// All, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
        }

        impl std::str::FromStr for $name {
            type Err = $crate::value::WordError;

            fn from_str(text: &str) -> Result<Self, $crate::value::WordError> {
                let found = Self::ALL.iter().find(|own| own.to_string() == text);
                let all = || Self::ALL.iter().map(ToString::to_string).collect();
                found.copied().ok_or_else(|| $crate::value::WordError::new(text, $what, all()))
            }
        }
    };
}

pub(crate) use reads_words;
