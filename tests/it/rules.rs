//! The rules of a commit: every fault is found, named and comes with a remedy; what is right passes.

use std::path::Path;

use intergov::Database;
use intergov::exchange::ImportOptions;

#[test]
fn the_shipped_package_passes() {
    let db = Database::in_memory().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/china");
    match db.plan_import(&folder, &ImportOptions::default()) {
        Ok(_) => {}
        Err(error) => panic!("{error}"),
    }
}
