//! Names of things: permanent ids, dense indices, catalogue numbers.

use std::fmt;

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
