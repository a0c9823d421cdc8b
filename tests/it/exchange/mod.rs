//! Files in and out: packages, dumps, GraphML, bare ties.

mod graphml;
mod package;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use intergov::exchange::{ImportOptions, Package, plan_import};
use intergov::graph::{Catalogue, Schema, Snapshot};

/// The domain's schema.
pub(crate) fn schema() -> Schema {
    let mut schema = Schema::default();
    let step = include_str!("../../../migrations/schema/0001_intergovernmental_relations.toml");
    schema.extend_from_toml(step).unwrap();
    schema
}

/// An empty graph under the domain's schema.
pub(crate) fn empty() -> Snapshot {
    Snapshot::empty(Arc::new(Catalogue::with_schema(Arc::new(schema()))))
}

/// A folder of fixtures, if this checkout has it.
pub(crate) fn fixture(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    if !folder.join("governments.csv").is_file() {
        println!("skipped: fixtures/{name} is not in this checkout");
        return None;
    }
    Some(folder)
}

/// A graph with a package imported.
pub(crate) fn import(into: &Snapshot, folder: &Path, options: &ImportOptions) -> Snapshot {
    let package = Package::read(folder, into.catalogue().schema()).unwrap();
    let plan = plan_import(into, &package, options).unwrap_or_else(|faults| panic!("{faults}"));
    into.apply(plan.changes()).unwrap()
}
