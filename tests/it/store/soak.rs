//! A million small commits with an opening every thousand: does the store stay as small and as quick to
//! open as it was?
//!
//! `INTERGOV_TEST_SOAK_COMMITS` shortens it, and the log is merged as often. The journal keeps every commit, so
//! that it must grow by the bytes of its blocks; all else must not. `INTERGOV_TEST_SOAK_STORE` names a store to begin
//! with, which is copied; then the files may take twice what they took at first, the journal included. Compared are
//! the medians of the first and the last tenth, each from one merge of the log to the next.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use intergov::relations::SCHEMA_STEPS;
use intergov::store::{Access, SchemaStep, Store, StoreOptions};
use intergov::value::Value;

use super::sample::{NOTE, Numbers, chain_of, copy_store};

const COMMITS: &str = "INTERGOV_TEST_SOAK_COMMITS";
const STORE: &str = "INTERGOV_TEST_SOAK_STORE";
/// How often the log is merged: with a million commits, after as many changes as by default.
const MERGES: u64 = 10;
const COMMITS_AN_OPENING: u64 = 1_000;
const NODES: usize = 1_000;
/// How often the store is looked at.
const READINGS: u64 = 50;

/// The store at one of its openings.
#[derive(Clone, Copy, Debug)]
struct Reading {
    open: Duration,
    /// Bytes of all files.
    file: u64,
    /// Bytes of the journal's blocks, keys included.
    blocks: u64,
    /// Memory of this process in KiB, once the store is open.
    memory: u64,
}

fn options(commits: u64) -> StoreOptions {
    let schema_steps = SCHEMA_STEPS.iter().map(|(number, name, text)| SchemaStep {
        number: *number,
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    StoreOptions {
        merge_operations: usize::try_from(commits / MERGES).unwrap(),
        ..StoreOptions::with_schema(schema_steps.collect())
    }
}

/// The store to begin with, and whether it was named: else a small one.
fn begin(path: &Path, options: &StoreOptions) -> (Store, bool) {
    if let Some(named) = std::env::var_os(STORE) {
        copy_store(Path::new(&named), path);
        return (Store::open(path, Access::ReadWrite, options).unwrap(), true);
    }
    let store = Store::create(path, options).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), NODES, "区"), &NOTE, &[]).unwrap();
    store.merge().unwrap();
    (store, false)
}

/// Resident memory of this process in KiB; 0 where the system does not tell.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Opens the store and looks at it; `None` if only the opening is wanted, for looking reads all of it.
fn reopen(path: &Path, options: &StoreOptions, look: bool) -> (Store, Option<Reading>) {
    let began = Instant::now();
    let store = Store::open(path, Access::ReadWrite, options).unwrap();
    let (open, memory) = (began.elapsed(), memory());
    let reading = look.then(|| {
        let stats = store.stats().unwrap();
        let blocks = stats.parts.iter().find(|part| part.part == "archive").unwrap().bytes;
        Reading { open, file: stats.file_bytes, blocks, memory }
    });
    (store, reading)
}

fn median(readings: &[Reading], of: impl Fn(&Reading) -> u64) -> u64 {
    let mut values: Vec<u64> = readings.iter().map(of).collect();
    values.sort_unstable();
    values[values.len() / 2]
}

#[test]
#[ignore = "takes an hour; run by name, as docs/reliability.md says"]
fn a_million_small_commits_leave_the_store_as_it_was() {
    let commits: u64 = std::env::var(COMMITS).map_or(1_000_000, |text| text.parse().unwrap());
    let options = options(commits);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let (mut store, named) = begin(&path, &options);
    let nodes: Vec<_> = store.snapshot().unwrap().nodes().take(NODES).map(|node| node.id()).collect();
    let mut numbers = Numbers(1);
    let mut readings = Vec::new();
    let stride = (commits / COMMITS_AN_OPENING / READINGS).max(1);
    let began = Instant::now();
    for commit in 1..=commits {
        let before = store.snapshot().unwrap();
        let mut draft = before.draft();
        let node = nodes[numbers.place(NODES)];
        draft.set_node(node, "gdp", Value::Integer(i64::try_from(commit).unwrap())).unwrap();
        store.commit(&draft.finish(), &NOTE, &[]).unwrap();
        if commit % COMMITS_AN_OPENING == 0 {
            drop(store);
            let look = (commit / COMMITS_AN_OPENING).is_multiple_of(stride);
            let (opened, reading) = reopen(&path, &options, look);
            store = opened;
            if let Some(reading) = reading {
                println!("{commit}: {reading:?}");
                readings.push(reading);
            }
        }
    }
    let each = began.elapsed().as_secs_f64() * 1e3 / commits as f64;
    assert!(store.verify(&[]).unwrap().is_clean());
    let tenth = (readings.len() / 10).max(1);
    let (first, last) = (&readings[..tenth], &readings[readings.len() - tenth..]);
    let mut ends = Vec::new();
    for (what, of) in [
        ("open, µs", (|reading| reading.open.as_micros() as u64) as fn(&Reading) -> u64),
        ("bytes of all files", |reading| reading.file),
        ("bytes of the journal's blocks", |reading| reading.blocks),
        ("memory, KiB", |reading| reading.memory),
    ] {
        let (first, last) = (median(first, of), median(last, of));
        println!("{what}: {first} at first, {last} at last");
        ends.push((first, last));
    }
    println!("{commits} commits, {each:.3} ms each with the openings");
    let [_, files, blocks, memory] = ends[..] else { panic!("{ends:?}") };
    // What cannot but grow is the journal, and it is to lie there packed.
    let journal = if named { 0 } else { blocks.1 - blocks.0 };
    assert!(files.1 <= 2 * (files.0 + journal), "the files grew by more than they may");
    assert!(memory.1 <= 2 * memory.0, "the memory grew");
}
