//! A process that commits without a pause: log records, merges and bulk commits by turns.
//!
//! It is this test binary again, asked for [`busy_child`] alone. What it commits depends on nothing but the
//! state, so that the parent can make it again.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use intergov::graph::{ChangeSet, Snapshot};
use intergov::store::{Access, Store, StoreOptions};
use intergov::value::{Validity, Value};

use super::sample::NOTE;

const STORE: &str = "INTERGOV_TEST_STORE_TO_KEEP_BUSY";
const ACKNOWLEDGED: &str = "acknowledged ";

/// Limits that make log records, merges and bulk commits alternate.
pub(super) fn options() -> StoreOptions {
    StoreOptions { bulk_changes: 30, merge_operations: 60, chunk_rows: 40, ..StoreOptions::default() }
}

/// The change of a commit: every element of it says which one it was.
pub(super) fn change_of(snapshot: &Snapshot) -> ChangeSet {
    let commit = snapshot.commit() + 1;
    let mark = Value::Integer(i64::try_from(commit).unwrap());
    let mut draft = snapshot.draft();
    let first = snapshot.nodes().next().map(|node| node.id());
    for _ in 0..[1, 2, 5, 1, 25, 3, 40][usize::try_from(commit % 7).unwrap()] {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        draft.set_node(node, "commit", mark.clone()).unwrap();
        draft.create_edge("PAYS", node, first.unwrap_or(node), Validity::UNKNOWN).unwrap();
    }
    if let Some(first) = first {
        draft.set_node(first, "commit", mark).unwrap();
    }
    draft.finish()
}

#[test]
#[ignore = "the writing process of the readers' tests; it is started by them"]
fn busy_child() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let store = Store::open(Path::new(&path), Access::ReadWrite, &options()).unwrap();
    for _ in 0..100_000 {
        let changes = change_of(&store.snapshot().unwrap());
        let committed = store.commit(&changes, &NOTE, &[]).unwrap();
        println!("{ACKNOWLEDGED}{}", committed.commit);
        std::io::stdout().flush().unwrap();
    }
}

/// The running process; it never outlives its test.
pub(super) struct Busy {
    child: Child,
    acknowledged: Receiver<u64>,
}

impl Busy {
    pub(super) fn start(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store::busy::busy_child", "--exact", "--ignored", "--nocapture"])
            .env(STORE, path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, acknowledged) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let number = line.split_once(ACKNOWLEDGED).and_then(|(_, number)| number.parse().ok());
                // The receiver is gone once the test has failed.
                if number.is_some_and(|number| send.send(number).is_err()) {
                    break;
                }
            }
        });
        Self { child, acknowledged }
    }

    /// Waits for the next commit and returns the last one that was acknowledged by now.
    pub(super) fn acknowledged(&self) -> u64 {
        let first = self.acknowledged.recv_timeout(Duration::from_secs(60)).unwrap();
        self.acknowledged.try_iter().last().unwrap_or(first)
    }

    /// Kills it after one more commit and returns the last one that it acknowledged.
    pub(super) fn kill(mut self) -> u64 {
        let mut last = self.acknowledged();
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // The pipe still holds what was printed before the kill; the channel ends with it.
        while let Ok(number) = self.acknowledged.recv_timeout(Duration::from_secs(60)) {
            last = number;
        }
        last
    }

    /// Its process id.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
