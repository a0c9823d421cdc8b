//! A bare table of ties as bytes in any encoding: a plan or faults, no panic.

#![no_main]

use std::sync::OnceLock;

use intergov::Database;
use intergov::exchange::{ImportOptions, ImportSource};
use libfuzzer_sys::fuzz_target;

static EMPTY: OnceLock<Database> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let empty = EMPTY.get_or_init(|| Database::in_memory().unwrap());
    drop(empty.plan(ImportSource::list("table.csv", bytes), &ImportOptions::default()));
});
