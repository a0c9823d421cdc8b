//! Which study does `demo` run, and on which data?
//!
//! The shipped Chinese data are compiled in, written to `intergov-demo/data` as a package that its reader
//! may look at and change, and imported from there into `intergov-demo/store`.

mod facts;
mod study;

use std::fs;
use std::io;
use std::path::Path;

use include_dir::{Dir, include_dir};

pub(super) use facts::facts;
pub(super) use study::{Section, sections};

/// The shipped data.
static DATA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fixtures/china");

/// The region that the study is about.
pub(super) const REGION: &str = "yangtze-delta";

/// The years of the study.
pub(super) const YEARS: &str = "1997..2019";

/// Writes the shipped data as a package.
pub(super) fn write_data(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    DATA.extract(folder)
}
