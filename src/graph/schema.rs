//! What the schema declares: read from the numbered files of `migrations/schema`.

use serde::Deserialize;

use super::index::{IndexKind, IndexSpec};
use super::lasting::{End, Lasts};

/// Columns that every table of a data package has besides its properties.
pub const COMMON_COLUMNS: [&str; 7] =
    ["id", "valid_from", "valid_to", "attested", "source", "confidence", "note"];

/// How a property behaves in time (S3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyKind {
    /// One value for the whole life.
    Fixed,
    /// Holds until its next value.
    State,
    /// Holds for its own period only.
    Observation,
}

/// What a cell of a column is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Text.
    Text,
    /// Texts separated by `;`.
    TextList,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// `true` or `false`.
    Boolean,
    /// A date with precision.
    Date,
    /// The id of a row of a target label.
    Reference,
}

/// A declared property.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PropertySpec {
    /// Its key.
    pub key: String,
    /// How it behaves in time.
    pub kind: PropertyKind,
    /// Its type.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Whether every element must have it.
    #[serde(default)]
    pub required: bool,
    /// Whether an element is found by it: a store on disk keeps an index of its texts.
    #[serde(default)]
    pub search: bool,
    /// The codebook of its values; empty = any.
    #[serde(default)]
    pub values: Vec<String>,
    /// `Label.key` whose codebook it shares.
    pub values_of: Option<String>,
    /// Labels that a reference may name.
    #[serde(default)]
    pub target: Vec<String>,
    /// What it means.
    #[serde(default)]
    pub doc: String,
}

/// A declared label and its table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSpec {
    /// The label.
    pub name: String,
    /// File name of its table, without extension.
    pub table: String,
    /// Whether few nodes have it and all are wanted at once: a store on disk keeps a list of them.
    #[serde(default)]
    pub listed: bool,
    /// How long it is presumed to last (S28).
    pub lasts: Option<Lasts>,
    /// The state whose spells interrupt the existence of a node (S10).
    pub interrupted_by: Option<String>,
    /// What it means.
    #[serde(default)]
    pub doc: String,
    /// Its properties.
    #[serde(default)]
    pub properties: Vec<PropertySpec>,
}

/// A declared edge type and its table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EdgeSpec {
    /// The edge type.
    pub name: String,
    /// File name of its table, without extension.
    pub table: String,
    /// Pairs of labels that it may join.
    pub ends: Vec<(String, String)>,
    /// Whether it must lie within the validity of both ends (S18).
    #[serde(default = "yes")]
    pub within_ends: bool,
    /// How long it is presumed to last (S28).
    pub lasts: Option<Lasts>,
    /// The ends of which it is evidence (S28).
    #[serde(default)]
    pub shows: Vec<End>,
    /// What it means.
    #[serde(default)]
    pub doc: String,
    /// Its properties.
    #[serde(default)]
    pub properties: Vec<PropertySpec>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SchemaFile {
    #[expect(dead_code, reason = "stated in the file for its reader; the program numbers its steps")]
    number: Option<u32>,
    #[expect(dead_code, reason = "stated in the file for its reader; the program names its steps")]
    name: Option<String>,
    common: Option<CommonFile>,
    #[serde(default)]
    label: Vec<LabelSpec>,
    #[serde(default)]
    edge: Vec<EdgeSpec>,
    #[serde(default)]
    index: Vec<IndexSpec>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommonFile {
    #[expect(dead_code, reason = "stated in the file for its reader; the constant rules")]
    columns: Vec<String>,
    confidence: Vec<String>,
}

/// What a store's schema declares; labels, types and keys outside it stay free.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// Declared labels, in the order of the file.
    pub labels: Vec<LabelSpec>,
    /// Declared edge types, in the order of the file.
    pub edges: Vec<EdgeSpec>,
    /// Indexes, in the order of the file.
    pub indexes: Vec<IndexSpec>,
    /// The steps of confidence, from the surest to the least sure.
    pub confidence: Vec<String>,
}

/// A schema file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("schema step is not readable: {0}")]
pub struct SchemaError(String);

impl Schema {
    /// The place of a step of confidence; 0 is the surest. `None` for a word that is not a step.
    #[must_use]
    pub fn confidence_step(&self, step: &str) -> Option<usize> {
        self.confidence.iter().position(|own| own == step)
    }

    /// Whether a row is at least so sure; a row that states no step is not. Without a least step every row is.
    #[must_use]
    pub fn is_sure_enough(&self, own: Option<&str>, least: Option<&str>) -> bool {
        let Some(least) = least else { return true };
        let own = own.and_then(|own| self.confidence_step(own));
        own.zip(self.confidence_step(least)).is_some_and(|(own, least)| own <= least)
    }

    /// Adds the declarations of one step: labels and edge types that are new, and properties of those that are known,
    /// with how long they last.
    ///
    /// # Errors
    /// [`SchemaError`] for text that is not such a step.
    pub fn extend_from_toml(&mut self, text: &str) -> Result<(), SchemaError> {
        let file: SchemaFile = toml::from_str(text).map_err(|error| SchemaError(error.to_string()))?;
        if let Some(common) = file.common {
            self.confidence = common.confidence;
        }
        for spec in file.label {
            match self.labels.iter_mut().find(|own| own.name == spec.name) {
                Some(own) => {
                    own.lasts = spec.lasts.or(own.lasts);
                    own.interrupted_by = spec.interrupted_by.or(own.interrupted_by.take());
                    own.properties.extend(spec.properties);
                }
                None => self.labels.push(spec),
            }
        }
        for spec in file.edge {
            match self.edges.iter_mut().find(|own| own.name == spec.name) {
                Some(own) => {
                    own.lasts = spec.lasts.or(own.lasts);
                    own.shows.extend(spec.shows);
                    own.properties.extend(spec.properties);
                }
                None => self.edges.push(spec),
            }
        }
        for spec in file.index {
            self.expect_suited(&spec)?;
            self.indexes.push(spec);
        }
        Ok(())
    }

    /// An index is declared once, and of what its property holds.
    fn expect_suited(&self, new: &IndexSpec) -> Result<(), SchemaError> {
        let IndexSpec { label, key, kind, .. } = new;
        if self.index(label, key).is_some() {
            return Err(SchemaError(format!("the index of “{key}” of {label} is declared twice")));
        }
        let properties = self.label(label).into_iter().flat_map(|spec| &spec.properties);
        let suits = |spec: &PropertySpec| match kind {
            IndexKind::Text => matches!(spec.column_type, ColumnType::Text | ColumnType::Reference),
            IndexKind::Number => matches!(spec.column_type, ColumnType::Integer | ColumnType::Float),
            IndexKind::Date => spec.column_type == ColumnType::Date,
        };
        match properties.into_iter().find(|spec| spec.key == *key && !suits(spec)) {
            Some(spec) => Err(SchemaError(format!(
                "an index of kind {kind} cannot hold “{key}” of {label}, which is declared as {:?}",
                spec.column_type
            ))),
            None => Ok(()),
        }
    }

    /// Adds a step of a program's own. It may declare new labels, edge types and properties, and change nothing that is
    /// declared already: the rules and measures of the domain rely on that.
    ///
    /// # Errors
    /// [`SchemaError`] for text that is not a step, or that declares anything again.
    pub fn extend_with_own(&mut self, text: &str) -> Result<(), SchemaError> {
        let file: SchemaFile = toml::from_str(text).map_err(|error| SchemaError(error.to_string()))?;
        let again =
            |what: String| Err(SchemaError(format!("{what} is declared already; give yours another name")));
        if file.common.is_some() {
            return again("what all tables share".to_owned());
        }
        let tables =
            || self.labels.iter().map(|own| &own.table).chain(self.edges.iter().map(|own| &own.table));
        let labels = file.label.iter().map(|new| {
            let known = self.label(&new.name).map(|own| &own.properties);
            (
                &new.name,
                &new.table,
                &new.properties,
                new.lasts.is_some() || new.interrupted_by.is_some(),
                known,
            )
        });
        let edges = file.edge.iter().map(|new| {
            let known = self.edge(&new.name).map(|own| &own.properties);
            (&new.name, &new.table, &new.properties, new.lasts.is_some() || !new.shows.is_empty(), known)
        });
        for (name, table, properties, lasts, known) in labels.chain(edges) {
            let Some(known) = known else {
                if tables().any(|own| own == table) {
                    return again(format!("the table “{table}”"));
                }
                continue;
            };
            if let Some(new) = properties.iter().find(|new| known.iter().any(|own| own.key == new.key)) {
                return again(format!("“{}” of {name}", new.key));
            }
            if lasts {
                return again(format!("how long {name} lasts"));
            }
        }
        self.extend_from_toml(text)
    }

    /// Whether nothing is declared.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.edges.is_empty() && self.indexes.is_empty()
    }

    /// The declaration of a label.
    #[must_use]
    pub fn label(&self, name: &str) -> Option<&LabelSpec> {
        self.labels.iter().find(|spec| spec.name == name)
    }

    /// The declaration of an edge type.
    #[must_use]
    pub fn edge(&self, name: &str) -> Option<&EdgeSpec> {
        self.edges.iter().find(|spec| spec.name == name)
    }

    /// Whether a key is declared as an observation of some label (S3).
    #[must_use]
    pub fn is_observation(&self, key: &str) -> bool {
        let mut specs = self.labels.iter().flat_map(|label| &label.properties);
        specs.any(|spec| spec.key == key && spec.kind == PropertyKind::Observation)
    }

    /// The index of a key at a label.
    #[must_use]
    pub fn index(&self, label: &str, key: &str) -> Option<&IndexSpec> {
        self.indexes.iter().find(|own| own.label == label && own.key == key)
    }

    /// The codebook of a property: its own values or those that it shares; empty = any value.
    #[must_use]
    pub fn codebook<'a>(&'a self, property: &'a PropertySpec) -> &'a [String] {
        let shared = property.values_of.as_deref().and_then(|path| {
            let (label, key) = path.split_once('.')?;
            self.label(label)?.properties.iter().find(|spec| spec.key == key)
        });
        &shared.unwrap_or(property).values
    }
}
