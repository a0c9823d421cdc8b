//! Which labels, edge types and property keys there are, and what the schema says of them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::lasting::{End, Kinds};
use super::{KeyId, LabelId, Schema, TypeId};

/// The three kinds of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each says itself")]
pub enum NameKind {
    Label,
    EdgeType,
    Key,
}

impl fmt::Display for NameKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Label => "label",
            Self::EdgeType => "edge type",
            Self::Key => "property key",
        })
    }
}

/// A name that a change set adds to the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// What it names.
    pub kind: NameKind,
    /// Its number among the names of its kind.
    pub number: u16,
    /// The name.
    pub text: Arc<str>,
}

/// Names in the order of their numbers; numbers are never reused.
#[derive(Clone, Debug, Default)]
struct Names {
    texts: Vec<Arc<str>>,
    /// Bytes of all texts.
    bytes: usize,
    numbers: HashMap<Arc<str>, u16>,
}

impl Names {
    fn number(&self, text: &str) -> Option<u16> {
        self.numbers.get(text).copied()
    }

    fn text(&self, number: u16) -> &str {
        self.texts.get(usize::from(number)).map_or("", |text| text)
    }

    fn push(&mut self, text: &str) -> Result<u16, CatalogueError> {
        let number = u16::try_from(self.texts.len()).map_err(|_| CatalogueError::Full)?;
        let text: Arc<str> = text.into();
        self.bytes += text.len();
        self.texts.push(Arc::clone(&text));
        self.numbers.insert(text, number);
        Ok(number)
    }
}

/// All labels, edge types and property keys of a graph, and the schema that declares some of them.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    labels: Names,
    edge_types: Names,
    keys: Names,
    kinds: Kinds,
    schema: Arc<Schema>,
}

/// A name that the catalogue cannot take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// More names of one kind than 65,536.
    #[error("there are 65,536 names of this kind already; use fewer labels, edge types or property keys")]
    Full,
    /// A change set numbers a name otherwise than this catalogue would.
    #[error("“{text}” arrives as number {found}, but the next free number is {expected}")]
    Order {
        /// The name.
        text: String,
        /// Its number in the change set.
        found: u16,
        /// The number that it would get.
        expected: usize,
    },
}

impl Catalogue {
    /// An empty catalogue under a schema.
    #[must_use]
    pub fn with_schema(schema: Arc<Schema>) -> Self {
        Self { schema, ..Self::default() }
    }

    /// The schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The label's number.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<LabelId> {
        self.labels.number(name).map(LabelId::new)
    }

    /// The edge type's number.
    #[must_use]
    pub fn edge_type(&self, name: &str) -> Option<TypeId> {
        self.edge_types.number(name).map(TypeId::new)
    }

    /// The property key's number.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<KeyId> {
        self.keys.number(name).map(KeyId::new)
    }

    /// The label's name; empty for a number that was never given.
    #[must_use]
    pub fn label_name(&self, label: LabelId) -> &str {
        self.labels.text(label.get())
    }

    /// The edge type's name; empty for a number that was never given.
    #[must_use]
    pub fn type_name(&self, edge_type: TypeId) -> &str {
        self.edge_types.text(edge_type.get())
    }

    /// The property key's name; empty for a number that was never given.
    #[must_use]
    pub fn key_name(&self, key: KeyId) -> &str {
        self.keys.text(key.get())
    }

    /// How many names of a kind there are.
    pub(super) fn count(&self, kind: NameKind) -> usize {
        match kind {
            NameKind::Label => self.labels.texts.len(),
            NameKind::EdgeType => self.edge_types.texts.len(),
            NameKind::Key => self.keys.texts.len(),
        }
    }

    /// Bytes of all names.
    pub(crate) fn bytes(&self) -> usize {
        self.labels.bytes + self.edge_types.bytes + self.keys.bytes
    }

    /// All names in the order of kind and number.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        let kinds = [
            (NameKind::Label, &self.labels),
            (NameKind::EdgeType, &self.edge_types),
            (NameKind::Key, &self.keys),
        ];
        kinds.into_iter().flat_map(|(kind, names)| {
            (0..=u16::MAX).zip(&names.texts).map(move |(number, text)| Name {
                kind,
                number,
                text: Arc::clone(text),
            })
        })
    }

    /// The number of a name, given now if it has none yet.
    ///
    /// # Errors
    /// [`CatalogueError::Full`].
    pub fn number_of(&mut self, kind: NameKind, text: &str) -> Result<u16, CatalogueError> {
        match self.number(kind, text) {
            Some(number) => Ok(number),
            None => self.push(kind, text),
        }
    }

    /// The number of a name.
    pub(super) fn number(&self, kind: NameKind, text: &str) -> Option<u16> {
        match kind {
            NameKind::Label => self.labels.number(text),
            NameKind::EdgeType => self.edge_types.number(text),
            NameKind::Key => self.keys.number(text),
        }
    }

    fn push(&mut self, kind: NameKind, text: &str) -> Result<u16, CatalogueError> {
        let number = self.names_of(kind).push(text)?;
        match kind {
            NameKind::Label => self.kinds.add_label(&self.schema, text),
            NameKind::EdgeType => self.kinds.add_edge_type(&self.schema, text),
            NameKind::Key => {}
        }
        Ok(number)
    }

    /// The types of edges that are evidence of an end (S28).
    #[must_use]
    pub fn showing(&self, end: End) -> Vec<TypeId> {
        self.kinds.showing(end)
    }

    /// How long things of each kind last.
    pub(super) fn kinds(&self) -> &Kinds {
        &self.kinds
    }

    /// Takes a name in with the number that it has elsewhere.
    ///
    /// # Errors
    /// [`CatalogueError::Order`] where another number is next.
    pub fn adopt(&mut self, name: &Name) -> Result<(), CatalogueError> {
        let names = self.names_of(name.kind);
        if names.number(&name.text) == Some(name.number) {
            return Ok(());
        }
        let expected = names.texts.len();
        if expected != usize::from(name.number) || names.numbers.contains_key(&name.text) {
            return Err(CatalogueError::Order { text: name.text.to_string(), found: name.number, expected });
        }
        self.push(name.kind, &name.text).map(|_| ())
    }

    fn names_of(&mut self, kind: NameKind) -> &mut Names {
        match kind {
            NameKind::Label => &mut self.labels,
            NameKind::EdgeType => &mut self.edge_types,
            NameKind::Key => &mut self.keys,
        }
    }
}
