//! Which kinds of nodes have names that are looked up?
use crate::relations::vocabulary::label;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is a label of the schema")]
pub enum Kind {
    Government,
    Arrangement,
    Body,
    Region,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Government, Self::Arrangement, Self::Body, Self::Region];

    /// The label of its nodes.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Government => label::GOVERNMENT,
            Self::Arrangement => label::ARRANGEMENT,
            Self::Body => label::BODY,
            Self::Region => label::REGION,
        }
    }
}
