//! Names of things: permanent ids, dense indices, catalogue numbers.

use std::fmt;
use std::str::FromStr;

/// Declares a number that must not be mixed with others.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty), $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// Wraps the number.
            #[must_use]
            pub const fn new(number: $inner) -> Self {
                Self(number)
            }

            /// The bare number.
            #[must_use]
            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

number!(
    /// A node, permanently: stored, never reused, never exported (S22).
    NodeId(u64), "n"
);
number!(
    /// An edge, permanently: stored, never reused, never exported (S22).
    EdgeId(u64), "e"
);

/// A text that is not a permanent id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not the id of {what}; write {letter}7, for example")]
pub struct IdError {
    /// What was read.
    pub text: String,
    what: &'static str,
    letter: char,
}

/// Reads ids as they are written.
macro_rules! read_id {
    ($name:ident, $letter:literal, $what:literal) => {
        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let digits =
                    text.strip_prefix($letter).filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
                let number = digits.and_then(|digits| digits.parse().ok()).map(Self);
                number.ok_or_else(|| IdError { text: text.to_owned(), what: $what, letter: $letter })
            }
        }
    };
}

read_id!(NodeId, 'n', "a node");
read_id!(EdgeId, 'e', "an edge");
#[cfg(feature = "serde")]
crate::value::as_text!(NodeId EdgeId);
number!(
    /// A label in the catalogue.
    LabelId(u16), "label "
);
number!(
    /// An edge type in the catalogue.
    TypeId(u16), "type "
);
number!(
    /// A property key in the catalogue.
    KeyId(u16), "key "
);

/// Declares a dense index, usable by petgraph.
macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// Wraps the index.
            #[must_use]
            pub const fn new(index: u32) -> Self {
                Self(index)
            }

            /// From a position; positions beyond 2^32 do not occur, [`super::Draft`] refuses them.
            #[must_use]
            pub fn from_position(position: usize) -> Self {
                Self(u32::try_from(position).unwrap_or(u32::MAX))
            }

            /// The bare index.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }

            /// As a position in a slice.
            #[must_use]
            pub const fn position(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A node within one [`super::Snapshot`]; dies with it.
    NodeIx
);
index!(
    /// An edge within one [`super::Snapshot`]; dies with it.
    EdgeIx
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ids_are_read_as_they_are_written(number in any::<u64>()) {
            prop_assert_eq!(NodeId::new(number).to_string().parse(), Ok(NodeId::new(number)));
            prop_assert_eq!(EdgeId::new(number).to_string().parse(), Ok(EdgeId::new(number)));
        }
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in ["", "n", "7", "e7", "n-7", "n+7", "n7 ", "n18446744073709551616"] {
            assert!(text.parse::<NodeId>().is_err(), "{text}");
        }
        let error = "e7".parse::<NodeId>().unwrap_err();
        assert_eq!(error.to_string(), "“e7” is not the id of a node; write n7, for example");
    }
}
