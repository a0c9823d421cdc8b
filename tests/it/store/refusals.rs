//! The operating system refuses at any point: a typed error that says what to do, nothing written after
//! it, and after the next opening the state before or after.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use intergov::graph::{ChangeSet, Snapshot, Subject};
use intergov::store::{
    Access, CALLS, Fault, STAGES, SchemaStep, Store, StoreError, StoreOptions, arm, set_clock,
};

use super::bulk::feed;
use super::sample::{NOTE, chain_of, copy_store, engine_of, same_records, small_limits};

fn options(steps: u32) -> StoreOptions {
    let step = |number| SchemaStep {
        number,
        name: format!("step {number}"),
        text: format!(
            "number = {number}\nname = \"step {number}\"\n[[label]]\nname = \"L{number}\"\n\
             table = \"l{number}\"\ndoc = \"a label\"\nproperties = []\n"
        ),
    };
    StoreOptions { schema_steps: (1..=steps).map(step).collect(), ..small_limits() }
}

/// What is being done when the system refuses.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Operation {
    Create,
    Open,
    Read,
    /// A few changes: to the log.
    Commit,
    /// Many: to the chunks.
    Bulk,
    /// A few that make the log so long that it is merged.
    Overflow,
    Merge,
    Migrate,
    /// A store of format 1 brought to the present one.
    LeaveFormat1,
    /// An engine made again from its copy.
    Rebuild,
    /// A commit after which the journal is packed.
    Pack,
    /// A bulk load into an empty store.
    Load,
    Backup,
    Restore,
    Compact,
    Repair,
}

const OPERATIONS: [Operation; 16] = [
    Operation::Create,
    Operation::Open,
    Operation::Read,
    Operation::Commit,
    Operation::Bulk,
    Operation::Overflow,
    Operation::Merge,
    Operation::Migrate,
    Operation::LeaveFormat1,
    Operation::Rebuild,
    Operation::Pack,
    Operation::Load,
    Operation::Backup,
    Operation::Restore,
    Operation::Compact,
    Operation::Repair,
];

/// What is loaded in bulk.
fn loaded() -> Snapshot {
    let empty = Snapshot::empty(std::sync::Arc::default());
    empty.apply(&chain_of(&empty, 12, "bulk")).unwrap()
}

/// Loads it, with edges in several runs on the disk.
fn load(store: &Store) -> Result<(), StoreError> {
    let mut load = store.bulk()?;
    feed(&loaded(), &mut load, 4)?;
    load.finish(&mut |_, _| true)?;
    load.commit(&NOTE, None).map(drop)
}

fn restore(folder: &Path, file: &str, name: &str) -> Result<(), StoreError> {
    Store::restore(&folder.join(file), &folder.join(name), &options(1), &mut |_| {}).map(drop)
}

fn names_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    names.map(|name| name.into_string().unwrap()).collect()
}

impl Operation {
    /// Changes that it commits.
    fn changes(self, before: &Snapshot) -> Option<ChangeSet> {
        match self {
            Self::Commit => Some(chain_of(before, 2, "late")),
            // 4 nodes and 3 edges: not a bulk commit, and more than the log may hold.
            Self::Overflow => Some(chain_of(before, 4, "late")),
            Self::Bulk => Some(chain_of(before, 20, "late")),
            // One empty commit records the step.
            Self::Migrate => {
                Some(ChangeSet::from_parts(before.commit(), before.next_ids(), Vec::new(), Vec::new()))
            }
            _ => None,
        }
    }

    /// Whether the point belongs to what it does with an open store.
    fn works_open(self) -> bool {
        !matches!(
            self,
            Self::Create
                | Self::Open
                | Self::Migrate
                | Self::LeaveFormat1
                | Self::Rebuild
                | Self::Restore
                | Self::Compact
        )
    }

    /// The store that it works with.
    fn store(self) -> &'static str {
        match self {
            Self::Load => "empty",
            Self::Pack => "packing",
            _ => "store",
        }
    }

    fn run(self, folder: &Path, open: Option<&Store>) -> Result<(), StoreError> {
        let path = folder.join("store");
        match (self, open) {
            (Self::Create, _) => Store::create(&folder.join("new"), &options(1)).map(drop),
            (Self::Migrate, _) => Store::migrate(&path, &options(2), &NOTE, None).map(drop),
            (Self::LeaveFormat1, _) => {
                Store::migrate(&folder.join("former"), &options(1), &NOTE, None).map(drop)
            }
            (Self::Rebuild, _) => Store::rebuild(&folder.join("harmed"), &options(1)).map(drop),
            (Self::Restore, _) => restore(folder, "file", "new"),
            (Self::Compact, _) => Store::compact(&path, &options(1), &mut |_| {}).map(drop),
            (Self::Open, _) | (_, None) => Store::open(&path, Access::ReadWrite, &options(1)).map(drop),
            (Self::Merge, Some(store)) => store.merge(),
            (Self::Load, Some(store)) => load(store),
            (Self::Pack, Some(store)) => {
                store.commit(&chain_of(&*store.snapshot()?, 1, "seventh"), &NOTE, &[]).map(drop)
            }
            (Self::Backup, Some(store)) => store.backup(&folder.join("new"), &mut |_| {}).map(drop),
            (Self::Repair, Some(store)) => store.repair().map(drop),
            (Self::Read, Some(store)) => {
                let node = store.snapshot()?.nodes().next().unwrap().id();
                store.journal()?;
                store.history(Subject::Node(node))?;
                store.applied_steps()?;
                store.stats()?;
                store.verify(&[]).map(drop)
            }
            (_, Some(store)) => {
                let changes = self.changes(&*store.snapshot()?).unwrap();
                store.commit(&changes, &NOTE, &[]).map(drop)
            }
        }
    }
}

/// A store with chunks, a log almost full, a commit that is written but not witnessed, and what killed processes
/// left; beside it an empty store, a backup, a store of format 1, and one whose engine is gone.
struct Ground {
    folder: tempfile::TempDir,
    before: Snapshot,
}

impl Ground {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let store = Store::create(&path, &options(1)).unwrap();
        for (number, size) in [12, 4, 3, 2].into_iter().enumerate() {
            let before = store.snapshot().unwrap();
            let late = (number == 3).then(|| arm(folder.path(), "commit.synced", 1, Fault::BROKEN));
            let done = store.commit(&chain_of(&before, size, &format!("区-{number}")), &NOTE, &[]);
            assert_eq!(done.is_err(), late.is_some());
        }
        drop(store);
        fs::create_dir(path.join("sled-99")).unwrap();
        fs::write(path.join("sled-99/db"), "half copied").unwrap();
        fs::write(path.join("segments/00000099.seg"), "half written").unwrap();
        drop(Store::create(&folder.path().join("empty"), &options(1)).unwrap());
        copy_store(&super::formats::former_store(), &folder.path().join("former"));
        // What an opening would make of it, without making it.
        let copy = tempfile::tempdir().unwrap();
        copy_store(&path, &copy.path().join("store"));
        let store = Store::open(&copy.path().join("store"), Access::ReadWrite, &options(1)).unwrap();
        let stats = store.stats().unwrap();
        assert_eq!((stats.commit, stats.merged_commit, stats.log_operations), (4, 1, 15));
        store.backup(&folder.path().join("file"), &mut |_| {}).unwrap();
        let before = Snapshot::clone(&store.snapshot().unwrap());
        drop(store);
        // Two commits more: the one after them leaves seven entries of the journal, three for a block and four alone.
        let packing = folder.path().join("packing");
        copy_store(&copy.path().join("store"), &packing);
        let store = Store::open(&packing, Access::ReadWrite, &options(1)).unwrap();
        for tag in ["fifth", "sixth"] {
            store.commit(&chain_of(&store.snapshot().unwrap(), 1, tag), &NOTE, &[]).unwrap();
        }
        drop(store);
        // The opening left a copy of what the engine holds, all four commits among it.
        let harmed = folder.path().join("harmed");
        copy_store(&copy.path().join("store"), &harmed);
        fs::write(engine_of(&harmed).join("db"), "gone").unwrap();
        Self { folder, before }
    }

    /// Refuses at the hits of every point; returns how many refusals there were.
    fn refuse_all(&self, operation: Operation) -> BTreeMap<&'static str, u32> {
        let mut refused = BTreeMap::new();
        for point in STAGES.into_iter().chain(CALLS) {
            let (mut nth, mut hits) = (1, 0_u32);
            while self.refuse(
                operation,
                point,
                nth,
                if hits % 2 == 0 { &Fault::BROKEN } else { &Fault::FULL },
            ) {
                hits += 1;
                // Of calls that are made very often one in four, after the first ones.
                let often = nth >= 6 && !DECIDING.contains(&point) && CALLS.contains(&point);
                nth += if often { 4 } else { 1 };
            }
            if hits > 0 {
                refused.insert(point, hits);
            }
        }
        refused
    }

    /// Refuses once at the nth hit of a point; `false` if there is no such hit.
    fn refuse(&self, operation: Operation, point: &str, nth: u32, fault: &Fault) -> bool {
        let what = format!("{operation:?}, {point} {nth}, {fault:?}");
        let folder = tempfile::tempdir().unwrap();
        copy_store(&self.folder.path().join("store"), &folder.path().join("store"));
        match operation {
            Operation::Load | Operation::Pack => {
                let name = operation.store();
                copy_store(&self.folder.path().join(name), &folder.path().join(name));
            }
            Operation::LeaveFormat1 | Operation::Rebuild => {
                let name = if operation == Operation::Rebuild { "harmed" } else { "former" };
                copy_store(&self.folder.path().join(name), &folder.path().join(name));
            }
            Operation::Restore => {
                let copied = fs::copy(self.folder.path().join("file"), folder.path().join("file"));
                assert!(copied.unwrap() > 0);
            }
            _ => {}
        }
        let open = || Store::open(&folder.path().join(operation.store()), Access::ReadWrite, &options(1));
        let open = operation.works_open().then(|| open().unwrap());
        let armed = arm(folder.path(), point, nth, fault.clone());
        let done = operation.run(folder.path(), open.as_ref());
        if !armed.has_fired() {
            done.unwrap();
            return false;
        }
        if let Err(error) = &done {
            let StoreError::Io { path: named, .. } = error else { panic!("{what}: {error:?}") };
            assert!(named.starts_with(folder.path()), "{what}: {error}");
            assert!(error.to_string().contains("open the store again"), "{what}: {error}");
        }
        if let Some(store) = &open {
            expect_known(store, operation, point, done.is_ok(), &what);
        }
        drop((open, armed));
        self.expect_before_or_after(folder.path(), operation, done.is_ok(), &what);
        true
    }

    fn expect_before_or_after(&self, folder: &Path, operation: Operation, done: bool, what: &str) {
        for name in names_in(folder) {
            let known =
                ["store", "new", "empty", "packing", "file", "former", "harmed"].contains(&name.as_str());
            assert!(known || name.ends_with("-2.backup"), "{what}: {name} is left");
        }
        let path = folder.join("store");
        let store = match Store::open(&path, Access::ReadWrite, &options(1)) {
            Err(StoreError::Migration { .. }) if operation == Operation::Migrate => {
                Store::open(&path, Access::ReadWrite, &options(2)).unwrap()
            }
            opened => opened.unwrap_or_else(|error| panic!("{what}: {error}")),
        };
        let found = store.snapshot().unwrap();
        let after = operation.changes(&self.before).map(|changes| self.before.apply(&changes).unwrap());
        let is_before = same_records(&found, &self.before);
        let is_after = after.as_ref().is_some_and(|after| same_records(&found, after));
        assert!(is_after || (is_before && !(done && after.is_some())), "{what}: neither before nor after");
        let report = store.verify(&[]).unwrap();
        assert!(report.is_clean(), "{what}: {:?}", report.findings);
        assert_eq!(store.journal().unwrap().len() as u64, found.commit(), "{what}");
        assert_eq!(report.orphans, 0, "{what}");
        self.expect_beside(folder, operation, (&store, done), what);
        store.commit(&chain_of(&found, 3, "again"), &NOTE, &[]).unwrap();
    }

    /// What is made beside the store is whole, or not there, and then nothing is in the way of the next attempt.
    fn expect_beside(&self, folder: &Path, operation: Operation, (store, done): (&Store, bool), what: &str) {
        let new = folder.join("new");
        let open = |name: &str| Store::open(&folder.join(name), Access::ReadWrite, &options(1));
        let expect_before = |store: &Store| {
            assert!(same_records(&store.snapshot().unwrap(), &self.before), "{what}");
            assert!(store.verify(&[]).unwrap().is_clean(), "{what}");
        };
        match operation {
            Operation::Create => {
                let made = open("new").or_else(|_| Store::create(&new, &options(1))).unwrap();
                assert_eq!(made.snapshot().unwrap().commit(), 0, "{what}");
            }
            Operation::Restore => {
                if !new.exists() {
                    restore(folder, "file", "new").unwrap();
                }
                expect_before(&open("new").unwrap());
            }
            Operation::LeaveFormat1 => {
                let store = match Store::migrate(&folder.join("former"), &options(1), &NOTE, None) {
                    Ok(migration) => migration.store,
                    Err(error) => panic!("{what}: {error}"),
                };
                let names = names_in(&folder.join("former"));
                assert_eq!(
                    names.iter().filter(|name| name.starts_with("sled")).count(),
                    1,
                    "{what}: {names:?}"
                );
                let found = store.snapshot().unwrap();
                assert_eq!(found.commit(), 21, "{what}");
                assert!(same_records(&found, &super::formats::migrated_state()), "{what}");
                assert!(store.verify(&[]).unwrap().is_clean(), "{what}");
            }
            Operation::Rebuild => {
                let path = folder.join("harmed");
                let store = open("harmed").or_else(|_| {
                    let rebuilt = Store::rebuild(&path, &options(1)).unwrap();
                    assert_eq!((rebuilt.commit, rebuilt.lost), (4, None), "{what}");
                    open("harmed")
                });
                expect_before(&store.unwrap_or_else(|error| panic!("{what}: {error}")));
                assert!(names_in(&path).iter().any(|name| name.starts_with("damaged-sled-")), "{what}");
            }
            Operation::Pack => {
                let store = open("packing").unwrap();
                let commit = store.snapshot().unwrap().commit();
                // The commit stands whatever comes of the packing.
                assert!(commit == 7 || (commit == 6 && !done), "{what}: {commit}");
                assert_eq!(store.journal().unwrap().len() as u64, commit, "{what}");
                let report = store.verify(&[]).unwrap();
                assert!(report.is_clean() && report.orphans == 0, "{what}: {report:?}");
            }
            Operation::Backup => {
                if !new.exists() {
                    store.backup(&new, &mut |_| {}).unwrap();
                }
                restore(folder, "new", "again").unwrap();
                expect_before(&open("again").unwrap());
            }
            Operation::Load => {
                let store = open("empty").unwrap_or_else(|error| panic!("{what}: {error}"));
                let report = store.verify(&[]).unwrap();
                assert!(report.is_clean() && report.orphans == 0, "{what}: {report:?}");
                assert!(!names_in(&folder.join("empty")).contains(&"spill".to_owned()), "{what}");
                if store.snapshot().unwrap().node_count() == 0 {
                    load(&store).unwrap();
                }
                assert!(store.snapshot().unwrap().holds_same(&loaded()), "{what}");
            }
            _ => {}
        }
    }
}

/// What decides whether a commit is there: if one of these is refused, the state on the disk is not known.
const DECIDING: [&str; 10] = [
    "commit.logged",
    "commit.synced",
    "commit.witnessed",
    "checkpoint.witnessed",
    "pack.synced",
    "data.write",
    "data.flush",
    "data.sync",
    "head.write",
    "head.sync",
];

/// Where the state is not known the store says so until it is opened again; else it goes on. Reading goes on in
/// any case.
fn expect_known(store: &Store, operation: Operation, point: &str, done: bool, what: &str) {
    assert!(store.journal().is_ok() && store.snapshot().is_ok(), "{what}");
    if operation == Operation::Load {
        let next = store.bulk();
        let fits = match &next {
            Err(StoreError::NotEmpty { .. }) => done,
            Ok(_) => !done,
            Err(StoreError::Unfinished { .. }) => !done && DECIDING.contains(&point),
            Err(_) => false,
        };
        assert!(fits, "{what}, done {done}: {next:?}");
        return;
    }
    match store.merge() {
        Ok(()) => assert!(store.verify(&[]).unwrap().is_clean(), "{what}"),
        Err(error) => {
            assert!(matches!(error, StoreError::Unfinished { .. }), "{what}: {error}");
            assert!(DECIDING.contains(&point), "{what}");
            assert!(error.to_string().contains("close the store and open it again"), "{error}");
            let next = store.commit(&chain_of(&store.snapshot().unwrap(), 1, "next"), &NOTE, &[]);
            assert!(matches!(next, Err(StoreError::Unfinished { .. })), "{what}");
        }
    }
}

/// Every point in every operation, with a full and with a broken disk. What takes time is the
/// disk, so that the operations are tried side by side.
#[test]
fn a_refusal_at_any_point_leaves_the_state_before_or_after() {
    let ground = &Ground::new();
    let mut refused = BTreeMap::<&str, u32>::new();
    std::thread::scope(|scope| {
        let tried: Vec<_> = OPERATIONS
            .map(|operation| scope.spawn(move || ground.refuse_all(operation)))
            .into_iter()
            .collect();
        for (point, hits) in tried.into_iter().flat_map(|tried| tried.join().unwrap()) {
            *refused.entry(point).or_default() += hits;
        }
    });
    println!("{} refusals: {refused:?}", refused.values().sum::<u32>());
    let missed: Vec<_> =
        STAGES.into_iter().chain(CALLS).filter(|point| !refused.contains_key(point)).collect();
    assert!(missed.is_empty(), "never hit: {missed:?}");
}

/// The order of the journal is the commit number, whatever the clock shows (S23).
#[test]
fn a_clock_that_goes_back_changes_no_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let times = [1_764_000_000_000, 1_764_000_000_500, 86_400_000, -5, 0, 1_764_000_000_400];
    set_clock(Some(times[0]));
    let store = Store::create(&path, &small_limits()).unwrap();
    for (number, time) in times.into_iter().enumerate() {
        set_clock(Some(time));
        let changes = chain_of(&store.snapshot().unwrap(), 3, &format!("c{number}"));
        store.commit(&changes, &NOTE, &[]).unwrap();
    }
    drop(store);
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let store = Store::open(&path, access, &small_limits()).unwrap();
        let journal = store.journal().unwrap();
        assert_eq!(journal.iter().map(|entry| entry.commit).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
        assert_eq!(journal.iter().map(|entry| entry.at_millis).collect::<Vec<_>>(), times);
        assert!(store.verify(&[]).unwrap().is_clean());
    }
    set_clock(None);
}

fn small_store(folder: &Path) -> PathBuf {
    let path = folder.join("store");
    let store = Store::create(&path, &options(1)).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    path
}

/// A newer program has left its format in `FORMAT`: this one touches nothing.
#[test]
fn a_store_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = small_store(folder.path());
    let format = path.join("FORMAT");
    let text = fs::read_to_string(&format).unwrap();
    let body: String = text.lines().take(4).map(|line| format!("{line}\n")).collect();
    let newer = body.lines().map(|line| if line.starts_with("format ") { "format 9999" } else { line });
    let newer: String = newer.map(|line| format!("{line}\n")).collect();
    fs::write(&format, format!("{newer}crc {:08x}\n", crc32fast::hash(newer.as_bytes()))).unwrap();
    let engine = engine_of(&path);
    let files = [path.join("FORMAT"), path.join("HEAD"), engine.join("db"), engine.join("conf")];
    let bytes = || files.clone().map(|file| fs::read(file).unwrap());
    let before = bytes();
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let error = Store::open(&path, access, &options(1)).unwrap_err();
        assert!(matches!(error, StoreError::NewerFormat { found: 9999, .. }), "{error}");
        assert!(error.to_string().ends_with("use a newer program"), "{error}");
    }
    let error = Store::migrate(&path, &options(1), &NOTE, None).unwrap_err();
    assert!(matches!(error, StoreError::NewerFormat { .. }), "{error}");
    assert!(bytes() == before);
}
