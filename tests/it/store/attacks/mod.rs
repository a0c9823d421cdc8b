//! Faults from outside, repeated as they once hurt a store: a disk that does not answer, blocks that went bad, copies
//! that went different ways and were mixed, power that was lost, readers that stand still.

mod blocks;
mod crowds;
mod mixtures;
mod power;
#[cfg(feature = "cli")]
mod reads;

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use intergov::graph::Snapshot;
use intergov::store::{Access, JournalEntry, Store, StoreError, StoreOptions};

use super::sample::same_records;

/// A block of a disk.
const BLOCK: usize = 4096;

/// The files of a folder, by their names in it.
type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Everything that lies in a folder.
fn contents(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(below) = folders.pop() {
        for entry in fs::read_dir(folder.join(&below)).unwrap() {
            let name = below.join(entry.unwrap().file_name());
            match folder.join(&name) {
                path if path.is_dir() => folders.push(name),
                path => drop(files.insert(name, fs::read(path).unwrap())),
            }
        }
    }
    files
}

/// Puts files into a folder in place of what lies there.
fn lay_down(folder: &Path, files: &Files) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
    fs::create_dir_all(folder).unwrap();
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

/// What a store tells: its graph and its journal.
#[derive(Debug)]
struct Told {
    graph: Snapshot,
    journal: Vec<JournalEntry>,
}

impl Told {
    fn by(store: &Store) -> Result<Self, StoreError> {
        Ok(Self { graph: Snapshot::clone(&*store.snapshot()?), journal: store.journal()? })
    }

    fn is(&self, other: &Self) -> bool {
        same_records(&self.graph, &other.graph) && self.journal == other.journal
    }
}

/// What came of an opening.
#[derive(Debug)]
enum Answer {
    /// It tells this, and finds nothing wrong with itself.
    Sound(Box<Told>),
    /// It opens and says that it is damaged.
    Finds,
    Fails(StoreError),
}

/// Opens a store and asks it for all that it holds. A panic fails the test.
fn ask(path: &Path, access: Access, options: &StoreOptions, what: &str) -> Answer {
    let asked = catch_unwind(AssertUnwindSafe(|| {
        let store = Store::open(path, access, options)?;
        let told = Told::by(&store);
        let report = store.verify(&[])?;
        match told {
            Ok(told) if report.is_clean() => Ok(Answer::Sound(Box::new(told))),
            Ok(_) => Ok(Answer::Finds),
            Err(error) => {
                assert!(!report.is_clean(), "{what}: it is read with {error}, and verify finds nothing");
                Err(error)
            }
        }
    }));
    match asked.unwrap_or_else(|_| panic!("{what}: it panicked")) {
        Ok(answer) => answer,
        Err(error) => Answer::Fails(error),
    }
}

/// strace, or why it cannot be used here.
fn strace() -> Result<Command, String> {
    let tried = Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    match tried {
        Err(error) => Err(format!("strace cannot be started ({error}); apt-get install strace")),
        Ok(output) if !output.status.success() => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("processes may not be traced here ({})", said.trim()))
        }
        Ok(_) => Ok(Command::new("strace")),
    }
}
