//! Numbered steps of the disk format and of the schema, as a program brings them.

use std::fmt;

use bincode::{Decode, Encode};

/// What a step changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum StepKind {
    /// The disk format.
    Format,
    /// The declared schema of the domain.
    Schema,
    /// What a program that embeds the store declares beside it, in a sequence of its own.
    Own,
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => "format",
            Self::Schema => "schema",
            Self::Own => "own schema",
        })
    }
}

/// A schema step that the program has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaStep {
    /// Its number, from 1 without gaps.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// Its text, as [`Schema::extend_from_toml`](crate::graph::Schema::extend_from_toml) reads it.
    pub text: String,
}

/// A step of either kind that the program has.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Step<'a> {
    pub(in crate::store) kind: StepKind,
    pub(in crate::store) number: u32,
    pub(in crate::store) name: &'a str,
    pub(in crate::store) text: &'a str,
}

impl<'a> Step<'a> {
    /// A step of a program's own.
    pub(in crate::store) fn own(step: &'a SchemaStep) -> Self {
        Self { kind: StepKind::Own, ..Self::from(step) }
    }

    /// CRC-32 of the text; line ends count as one byte, so that a checkout on Windows is the same step.
    pub(in crate::store) fn checksum(&self) -> u32 {
        crc32fast::hash(self.text.replace("\r\n", "\n").as_bytes())
    }
}

impl<'a> From<&'a SchemaStep> for Step<'a> {
    fn from(step: &'a SchemaStep) -> Self {
        Self { kind: StepKind::Schema, number: step.number, name: &step.name, text: &step.text }
    }
}
