//! Readers of other processes beside a writer.
//!
//! Four loops of readers once made a quarter of all commits fail: a reader held the writer's lock for a moment and had
//! not yet written its mark into it. And one reader that was stopped inside its copy delayed every commit by thirty
//! seconds. Now a crowd of readers refuses no commit, and one that stands still is waited for once.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use intergov::store::{Access, Store};

use super::super::busy::options;
use super::super::sample::{NOTE, chain_of};

const STORE: &str = "INTERGOV_TEST_STORE_TO_CROWD";
/// What the child does: `read`, or the name of a file that it locks.
const DEED: &str = "INTERGOV_TEST_DEED_IN_A_CROWD";

/// How long a writer waits for one that stands still (docs/storage.md).
const BOUND: Duration = Duration::from_secs(5);

#[test]
#[ignore = "a process beside a writer; it is started by the tests below"]
fn crowding_child() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let (path, deed) = (Path::new(&path), std::env::var(DEED).unwrap());
    if deed == "read" {
        let mut last = 0;
        loop {
            let store = Store::open(path, Access::ReadOnly, &options()).unwrap();
            let commit = store.snapshot().unwrap().commit();
            assert!(commit >= last, "commit {commit} after {last}");
            last = commit;
            tell("read");
        }
    }
    let file = std::fs::File::open(path.join(&deed)).unwrap();
    file.lock_shared().unwrap();
    tell("locked");
    std::thread::sleep(Duration::from_secs(3_600));
}

fn tell(what: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{what}").unwrap();
    output.flush().unwrap();
}

/// A process that never outlives its test.
struct Beside {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
}

impl Beside {
    fn start(path: &Path, deed: &str, failpoint: &str) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store::attacks::crowds::crowding_child", "--exact", "--ignored", "--nocapture"])
            .env(STORE, path)
            .env(DEED, deed)
            .env("INTERGOV_FAILPOINTS", failpoint)
            .env("INTERGOV_FAILPOINTS_TELL", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Waits until it says so.
    fn says(&mut self, what: &str) {
        let mut line = String::new();
        while !line.contains(what) {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "it ended before it said {what}");
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn store(path: &Path) {
    let store = Store::create(path, &options()).unwrap();
    for size in [200, 5, 5] {
        store.commit(&chain_of(&store.snapshot().unwrap(), size, "a"), &NOTE, &[]).unwrap();
    }
}

/// What a `set` does: opens the store, commits, closes it.
fn set(path: &Path) -> u64 {
    let store = Store::open(path, Access::ReadWrite, &options()).unwrap_or_else(|error| panic!("{error}"));
    let changes = chain_of(&store.snapshot().unwrap(), 1, "late");
    store.commit(&changes, &NOTE, &[]).unwrap_or_else(|error| panic!("{error}")).commit
}

/// Four loops of readers refuse no commit, and all of them get on.
fn beside_four_loops(commits: u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    store(&path);
    let mut readers: Vec<Beside> = (0..4).map(|_| Beside::start(&path, "read", "")).collect();
    readers.iter_mut().for_each(|reader| reader.says("read"));
    for number in 1..=commits {
        assert_eq!(set(&path), 3 + number);
        if number % 10 == 0 {
            // Each has read since.
            readers.iter_mut().for_each(|reader| reader.says("read"));
        }
    }
    for reader in &mut readers {
        assert!(reader.child.try_wait().unwrap().is_none(), "a reader ended");
    }
    drop(readers);
    assert!(Store::open(&path, Access::ReadWrite, &options()).unwrap().verify(&[]).unwrap().is_clean());
}

#[test]
fn no_commit_is_refused_beside_four_loops_of_readers() {
    beside_four_loops(40);
}

#[test]
#[ignore = "takes minutes; run by name, as docs/reliability.md says"]
fn a_thousand_commits_beside_four_loops_of_readers() {
    beside_four_loops(1_000);
}

/// A process that holds a lock of readers, stopped where it is: inside its copy, or with nothing but the lock. A
/// writer that stays open waits for it once; each that opens the store waits again, once.
#[test]
fn one_that_stands_still_with_a_lock_is_waited_for_once() {
    for (deed, failpoint, told) in
        [("read", "folder.copy:1:pause", "paused"), ("QUIET", "", "locked"), ("TURN", "", "locked")]
    {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        store(&path);
        let mut still = Beside::start(&path, deed, failpoint);
        still.says(told);
        let pid = still.child.id().to_string();
        assert!(Command::new("kill").args(["-STOP", &pid]).status().unwrap().success());
        let store = Store::open(&path, Access::ReadWrite, &options()).unwrap();
        assert!(store.is_held_up(), "{deed}");
        let since = Instant::now();
        const COMMITS: u32 = 20;
        for _ in 0..COMMITS {
            store.commit(&chain_of(&store.snapshot().unwrap(), 1, "late"), &NOTE, &[]).unwrap();
        }
        // Twenty times the bound, had each of them waited.
        assert!(since.elapsed() < BOUND * COMMITS, "{deed}: every commit waited");
        // Another reader copies beside it. Behind one that keeps the turn it would wait for a minute.
        if deed != "TURN" {
            let seen = Store::open(&path, Access::ReadOnly, &options()).unwrap();
            assert_eq!(seen.snapshot().unwrap().commit(), 3 + u64::from(COMMITS), "{deed}");
        }
        drop(still);
        store.commit(&chain_of(&store.snapshot().unwrap(), 1, "late"), &NOTE, &[]).unwrap();
        assert!(!store.is_held_up(), "{deed}: it has gone");
        assert!(store.verify(&[]).unwrap().is_clean());
    }
}
