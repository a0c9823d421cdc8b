//! With what does somebody begin who wants to code agreements of their own?
//!
//! An empty package: every table with its header row, a description, a codebook in English with the Chinese terms, all
//! of it from the schema; and a small example, which is a package of its own.

mod codebook;
mod terms;

use std::path::Path;

use codebook::EXAMPLE;
pub use codebook::codebook;

use crate::exchange::error::ExchangeError;
use crate::exchange::package::{Metadata, write_empty};
use crate::graph::Schema;

/// Name of the codebook's file.
pub(super) const CODEBOOK: &str = "CODEBOOK.md";

/// Writes an empty package with header rows, `datapackage.json`, `CODEBOOK.md` and the folder `example`.
///
/// # Errors
/// [`ExchangeError::NotEmpty`], [`ExchangeError::Io`].
pub fn write_template(schema: &Schema, folder: &Path) -> Result<(), ExchangeError> {
    let metadata = Metadata {
        title: Some("Title of the data set".to_owned()),
        description: Some("What it holds, from when to when, and who coded it".to_owned()),
        version: Some("0.1.0".to_owned()),
        ..Metadata::default()
    };
    let codebook = codebook(schema);
    let example = EXAMPLE.map(|(name, rows)| (Path::new("example").join(name), rows));
    let files: Vec<(&Path, &str)> = std::iter::once((Path::new(CODEBOOK), codebook.as_str()))
        .chain(example.iter().map(|(path, rows)| (path.as_path(), *rows)))
        .collect();
    write_empty(schema, folder, &metadata, &files)
}
