//! Which study does `demo` run, and on which data?
//!
//! The shipped Chinese data are compiled in, written to `intergov-demo/data` as a package that its reader
//! may look at and change, and imported from there into `intergov-demo/store`.

mod answer;
mod facts;
mod study;

use std::path::Path;

use include_dir::{Dir, include_dir};

use super::failure::Failure;
use crate::files::{Kind, NewFolder, Overwrite, Rights};

pub(super) use answer::{Answer, Lang, robustness};
pub(super) use facts::facts;
pub(super) use study::{Section, sections, selection};

/// The shipped data.
static DATA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/china");

/// The region that the study is about.
pub(super) const REGION: &str = "yangtze-delta";

/// The years of the study.
pub(super) const YEARS: &str = "1997..2019";

/// Writes the shipped data as a package.
pub(super) fn write_data(folder: &Path) -> Result<(), Failure> {
    let kind =
        Kind { rights: Rights::Usual, last: "datapackage.json", belongs: None, overwrite: Overwrite::No };
    let new = NewFolder::at(folder, kind)?;
    DATA.extract(new.path()).map_err(Failure::io(format!("write {}", folder.display())))?;
    Ok(new.install()?)
}
