//! The power goes at any moment: of what was not synced anything may be missing, torn, or in another order.
//!
//! A child works under strace. From the trace follow all states in which a disk may come back: what was synced is
//! there; of the other writes none, all, some, or single sectors; a file has its new length and zeros in it; names
//! are those of any moment after the last sync of their folder. A sync covers what had ended before it began. Every
//! such state opens with all that the child had acknowledged. A store once did not, because one file of the engine,
//! `conf`, was never synced.

mod record;
mod states;

use std::fs;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use intergov::graph::Snapshot;
use intergov::store::{Access, Store, StoreOptions};

use super::super::bulk::{feed, hub};
use super::super::busy::change_of;
use super::super::formats::{former_state, former_store, migrated_state};
use super::super::sample::{NOTE, copy_store, same_records, small_limits};
use super::{contents, strace};
use record::{Deed, Record};
use states::Loss;

const FOLDER: &str = "INTERGOV_TEST_FOLDER_TO_LOSE_POWER";
const WORK: &str = "INTERGOV_TEST_WORK_TO_LOSE_POWER";

/// What the child does: it changes a store, or makes new ones.
const WORKS: [&str; 2] = ["change", "make"];

/// Limits so small that every kind of commit comes soon, and the journal is packed.
fn options() -> StoreOptions {
    StoreOptions { bulk_changes: 30, merge_operations: 60, chunk_rows: 6, ..small_limits() }
}

#[test]
#[ignore = "the process that is traced; it is started by the tests below"]
fn powered_child() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    if std::env::var(WORK).unwrap() == "change" { change(&folder.join("store")) } else { make(folder) }
}

fn tell(what: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "told {what}").unwrap();
    output.flush().unwrap();
}

/// Commits, merges, packs, opens again, compacts, repairs.
fn change(path: &Path) {
    let commit = |store: &Store| {
        let changes = change_of(&store.snapshot().unwrap());
        let committed = store.commit(&changes, &NOTE, &[]).unwrap();
        tell(&format!("commit {}", committed.commit));
    };
    let open = || Store::open(path, Access::ReadWrite, &options()).unwrap();
    let store = open();
    (0..12).for_each(|_| commit(&store));
    store.merge().unwrap();
    commit(&store);
    drop(store);
    let store = open();
    (0..3).for_each(|_| commit(&store));
    drop(store);
    Store::compact(path, &options(), &mut |_| {}).unwrap();
    let store = open();
    (0..2).for_each(|_| commit(&store));
    store.repair().unwrap();
    commit(&store);
    tell("end");
}

/// Makes a store, loads one in bulk, writes a backup, restores it, and leaves format 1.
fn make(folder: &Path) {
    drop(Store::create(&folder.join("created"), &options()).unwrap());
    tell("created");
    let store = Store::open(&folder.join("loaded"), Access::ReadWrite, &options()).unwrap();
    let mut load = store.bulk().unwrap();
    feed(&hub(), &mut load, 20).unwrap();
    load.finish(&mut |_, _| true).unwrap();
    load.commit(&NOTE, None).unwrap();
    tell("loaded");
    store.backup(&folder.join("backup"), &mut |_| {}).unwrap();
    tell("backup");
    drop(store);
    Store::restore(&folder.join("backup"), &folder.join("restored"), &options(), &mut |_| {}).unwrap();
    tell("restored");
    drop(Store::migrate(&folder.join("former"), &options(), &NOTE, None).unwrap());
    tell("migrated");
}

/// What was traced, and what it must come to.
struct Traced {
    record: Record,
    work: &'static str,
    /// The states of the store by their commits.
    states: Vec<Snapshot>,
    /// The first line of the trace that is the child's own.
    first: usize,
}

/// Traces the child in a place of its own; `None` if that cannot be done here.
fn trace(work: &'static str) -> Option<Traced> {
    let mut command = match strace() {
        Ok(command) => command,
        Err(why) => {
            println!("skipped: {why}");
            return None;
        }
    };
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("root");
    fs::create_dir(&root).unwrap();
    let mut states = Vec::new();
    if work == "change" {
        let store = Store::create(&root.join("store"), &options()).unwrap();
        states.push(Snapshot::clone(&store.snapshot().unwrap()));
        for _ in 0..8 {
            let before = states.last().unwrap();
            let changes = change_of(before);
            store.commit(&changes, &NOTE, &[]).unwrap();
            states.push(before.apply(&changes).unwrap());
        }
        for _ in 0..30 {
            let before = states.last().unwrap();
            states.push(before.apply(&change_of(before)).unwrap());
        }
    } else {
        drop(Store::create(&root.join("loaded"), &options()).unwrap());
        copy_store(&former_store(), &root.join("former"));
    }
    let (files, folders) = (contents(&root), folders_in(&root));
    let log = place.path().join("trace");
    let calls = "openat,write,pwrite64,writev,pwritev,lseek,ftruncate,fallocate,fsync,fdatasync,sync_file_range,\
                 rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink,symlinkat,\
                 copy_file_range,sendfile,close";
    let output = command
        .args(["-f", "-y", "-xx", "-s", "10000000", "-e", &format!("trace={calls}"), "-o"])
        .arg(&log)
        .arg(std::env::current_exe().unwrap())
        .args(["store::attacks::power::powered_child", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, &root)
        .env(WORK, work)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let record = Record::read(&root, &files, &folders, &fs::read_to_string(&log).unwrap());
    let first = record.events.iter().map(|event| event.begun).min().unwrap();
    let traced = Traced { record, work, states, first };
    traced.expect_nothing_lost(&contents(&root));
    Some(traced)
}

fn folders_in(root: &Path) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    let mut at = 0;
    while at < found.len() {
        for entry in fs::read_dir(root.join(&found[at])).unwrap() {
            let name = found[at].join(entry.unwrap().file_name());
            if root.join(&name).is_dir() {
                found.push(name);
            }
        }
        at += 1;
    }
    found.split_off(1)
}

impl Traced {
    /// With nothing lost, what was recorded makes the very files that the child left.
    fn expect_nothing_lost(&self, left: &super::Files) {
        let folder = tempfile::tempdir().unwrap();
        self.record.lay_down_whole(folder.path());
        let made = contents(folder.path());
        let names = |files: &super::Files| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&made), names(left));
        for (name, bytes) in left {
            assert!(made[name] == *bytes, "{} was not recorded whole", name.display());
        }
    }

    /// Loses the power once, and opens what is left.
    fn lose(&self, number: u64) {
        let mut loss = Loss::new(number, self.first..self.record.lines);
        let folder = scratch();
        loss.lay_down(&self.record, folder.path());
        let told: Vec<String> = loss
            .told(&self.record)
            .iter()
            .filter_map(|line| Some(line.split_once("told ")?.1.trim().to_owned()))
            .collect();
        let what = format!(
            "{} {number}: the power goes at line {}, unsynced writes {:?}, after {:?}",
            self.work,
            loss.at,
            loss.fate,
            told.last()
        );
        match self.work {
            "change" => self.expect_store(folder.path(), &told, &what),
            _ => expect_made(folder.path(), &told, &what),
        }
    }

    fn expect_store(&self, folder: &Path, told: &[String], what: &str) {
        let number =
            |line: &String| line.strip_prefix("commit ").and_then(|commit| commit.parse::<usize>().ok());
        let acknowledged = told.iter().filter_map(number).max().unwrap_or(8);
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let found = sound(&folder.join("store"), access, what);
            let commit = usize::try_from(found.commit()).unwrap();
            assert!(
                commit == acknowledged || commit == acknowledged + 1,
                "{what}: commit {commit}, acknowledged {acknowledged}"
            );
            assert!(same_records(&found, &self.states[commit]), "{what}: commit {commit} is another");
        }
    }
}

/// A folder in memory where there is one: many states are laid down, and each is synced when it is opened.
fn scratch() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

/// Opens a store, and finds nothing wrong with it.
fn sound(path: &Path, access: Access, what: &str) -> Snapshot {
    let name = path.display();
    let store =
        Store::open(path, access, &options()).unwrap_or_else(|error| panic!("{what}: {name}: {error}"));
    let snapshot = store.snapshot().unwrap_or_else(|error| panic!("{what}: {name}: {error}"));
    let report = store.verify(&[]).unwrap();
    assert!(
        report.is_clean()
            || access == Access::ReadOnly
                && report.findings.iter().all(|own| own.detail.contains("next opening for writing")),
        "{what}: {name}: {:?}",
        report.findings
    );
    assert_eq!(report.journal_entries, snapshot.commit(), "{what}: {name}");
    Snapshot::clone(&snapshot)
}

/// What was told is there; what has its name is whole.
fn expect_made(folder: &Path, told: &[String], what: &str) {
    let told = |name: &str| told.iter().any(|line| line == name);
    let there = |name: &str| {
        let path = folder.join(name);
        assert!(path.exists() || !told(name), "{what}: {name} is gone");
        path.exists().then_some(path)
    };
    for access in [Access::ReadOnly, Access::ReadWrite] {
        if let Some(path) = there("created") {
            assert_eq!(sound(&path, access, what).commit(), 0, "{what}");
        }
        for name in ["loaded", "restored"] {
            let Some(path) = there(name) else { continue };
            let found = sound(&path, access, what);
            let empty = found.commit() == 0 && found.node_count() == 0;
            assert!(empty || found.holds_same(&hub()), "{what}: {name} is another");
            assert!(!empty || !told(name), "{what}: {name} is empty");
        }
        let former = Store::open(&folder.join("former"), Access::ReadOnly, &options());
        let former = former.unwrap_or_else(|error| panic!("{what}: former: {error}")).snapshot().unwrap();
        let migrated = same_records(&former, &migrated_state());
        assert!(migrated || !told("migrated") && same_records(&former, &former_state()), "{what}");
    }
    if let Some(file) = there("backup") {
        let restored = folder.join("restored from it");
        Store::restore(&file, &restored, &options(), &mut |_| {})
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(sound(&restored, Access::ReadOnly, what).holds_same(&hub()), "{what}");
    }
    // A migration that was begun is ended by the next one.
    let done = Store::migrate(&folder.join("former"), &options(), &NOTE, None);
    let done = done.unwrap_or_else(|error| panic!("{what}: former: {error}"));
    assert!(same_records(&done.store.snapshot().unwrap(), &migrated_state()), "{what}");
}

/// Loses the power a number of times in each work.
fn lose(count: u64) {
    for work in WORKS {
        let Some(traced) = trace(work) else { return };
        let (events, lines) = (traced.record.events.len(), traced.record.lines);
        println!("{work}: {events} changes in {lines} lines");
        std::thread::scope(|scope| {
            for part in 0..2 {
                let traced = &traced;
                scope.spawn(move || {
                    (0..count).filter(|number| number % 2 == part).for_each(|number| traced.lose(number))
                });
            }
        });
        println!("{work}: the power was lost {count} times");
    }
}

#[test]
fn a_store_opens_with_all_that_was_acknowledged_after_the_power_went() {
    lose(50);
}

/// A disk that says yes to every sync and does nothing loses what was acknowledged: the losses above are real ones.
#[test]
fn a_disk_that_ignores_syncs_loses_commits() {
    let Some(mut traced) = trace("change") else { return };
    traced.record.events.retain(|event| !matches!(event.deed, Deed::Sync(_)));
    let lost =
        (0..20).filter(|number| catch_unwind(AssertUnwindSafe(|| traced.lose(*number))).is_err()).count();
    assert!(lost > 10, "{lost} of 20");
}

#[test]
#[ignore = "takes minutes; run by name, as docs/reliability.md says"]
fn the_power_goes_two_thousand_times() {
    lose(1_000);
}
