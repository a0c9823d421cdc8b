//! A writing process killed at any moment: what it acknowledged is there, whole, and nothing half-done.
//!
//! The writing process is this test binary again, asked for [`writing_child`] alone. A kill counts once
//! the child has acknowledged a commit; some kills come earlier, while it opens and cleans up.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use intergov::graph::{ChangeSet, NodeId, Snapshot};
use intergov::store::{Access, Store, StoreOptions};
use intergov::value::{Validity, Value};

use super::sample::{NOTE, same_records};

const STORE: &str = "INTERGOV_TEST_STORE_TO_WRITE";
const ACKNOWLEDGED: &str = "acknowledged ";

/// Limits that make log records, merges and bulk commits alternate.
pub(super) fn options() -> StoreOptions {
    StoreOptions { schema_steps: Vec::new(), bulk_changes: 30, merge_operations: 60, chunk_rows: 40 }
}

/// A sequence of numbers that looks random: the linear congruence of Knuth's MMIX.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// The change of a commit: depends on nothing but the state, so that the parent can make it again.
pub(super) fn change_of(snapshot: &Snapshot) -> ChangeSet {
    let commit = snapshot.commit() + 1;
    let mut numbers = Numbers(commit);
    let mut draft = snapshot.draft();
    let mut nodes: Vec<NodeId> = snapshot.nodes().map(|node| node.id()).collect();
    nodes.sort_unstable();
    let created = [1, 2, 5, 1, 25, 3, 90][usize::try_from(commit % 7).unwrap()];
    for _ in 0..created {
        let node = draft.create_node(&["Government"], Validity::ALWAYS).unwrap();
        draft.set_node(node, "commit", Value::Integer(i64::try_from(commit).unwrap())).unwrap();
        if !nodes.is_empty() {
            let far = nodes[usize::try_from(numbers.next(nodes.len() as u64)).unwrap()];
            draft.create_edge("PAYS", node, far, Validity::UNKNOWN).unwrap();
        }
    }
    if let Some(node) = nodes.first() {
        // Every element of a transaction says which one it was: a half-applied one would show.
        draft.set_node(*node, "commit", Value::Integer(i64::try_from(commit).unwrap())).unwrap();
        if commit.is_multiple_of(5) {
            // A record of several parts: text that does not compress.
            let noise: String = (0..7_000).map(|_| format!("{:08x}", numbers.next(1 << 31))).collect();
            draft.set_node(*node, "note", Value::text(&noise)).unwrap();
        }
    }
    if nodes.len() > 400 {
        for id in nodes.iter().skip(1).take(150) {
            let node = snapshot.node(*id).unwrap();
            for edge in node.out_edges().chain(node.in_edges()) {
                // An edge of two removed nodes is met twice.
                if draft.edge(edge.id()).is_some() {
                    draft.remove_edge(edge.id()).unwrap();
                }
            }
            remove_new_ties(&mut draft, snapshot, *id);
            draft.remove_node(*id).unwrap();
        }
    }
    draft.finish()
}

/// Removes the edges that the draft itself tied to a node.
fn remove_new_ties(draft: &mut intergov::graph::Draft<'_>, snapshot: &Snapshot, node: NodeId) {
    let first = snapshot.next_ids().1;
    for number in first..first + 100 {
        let id = intergov::graph::EdgeId::new(number);
        if draft.edge(id).is_some_and(|edge| edge.source == node || edge.target == node) {
            draft.remove_edge(id).unwrap();
        }
    }
}

#[test]
#[ignore = "the writing process of the kill tests; it is started by them"]
fn writing_child() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let store = Store::open(Path::new(&path), Access::ReadWrite, &options()).unwrap();
    for _ in 0..100_000 {
        let changes = change_of(&store.snapshot().unwrap());
        let committed = store.commit(&changes, &NOTE, &[]).unwrap();
        println!("{ACKNOWLEDGED}{}", committed.commit);
        std::io::stdout().flush().unwrap();
    }
}

/// A running child; it never outlives its test.
pub(super) struct Writing {
    child: Child,
    acknowledged: Receiver<u64>,
}

impl Writing {
    pub(super) fn start(path: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store::kills::writing_child", "--exact", "--ignored", "--nocapture"])
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

    /// The child's process id.
    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Kills the child and returns the last commit that it acknowledged.
    pub(super) fn kill(mut self, after: Duration, wait_for_first: bool) -> Option<u64> {
        let mut last = None;
        if wait_for_first {
            last = Some(self.acknowledged.recv_timeout(Duration::from_secs(60)).unwrap());
        }
        std::thread::sleep(after);
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // The pipe still holds what was printed before the kill; the channel ends with it.
        while let Ok(number) = self.acknowledged.recv_timeout(Duration::from_secs(60)) {
            last = Some(number);
        }
        last
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Kills writers until so many kills count.
fn survive(kills: u32) {
    const KILLS_A_STORE: u32 = 20;
    let mut numbers = Numbers(u64::from(kills));
    let mut counted = 0;
    let mut commits = 0;
    while counted < kills {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let mut reference = Snapshot::clone(&Store::create(&path, &options()).unwrap().snapshot().unwrap());
        for _ in 0..KILLS_A_STORE.min(kills - counted) {
            if numbers.next(4) == 0 {
                let early = Duration::from_millis(numbers.next(60));
                let acknowledged = Writing::start(&path).kill(early, false);
                reference = expect_whole(&path, reference, acknowledged.unwrap_or(0));
            }
            let after = Duration::from_micros(numbers.next(120_000));
            let acknowledged = Writing::start(&path).kill(after, true).unwrap();
            reference = expect_whole(&path, reference, acknowledged);
            counted += 1;
        }
        commits += reference.commit();
    }
    println!("{counted} kills over {commits} commits: none lost, none half-applied");
    assert!(commits >= u64::from(kills));
}

/// Opens the store and compares it, element by element, with what the commits up to its last one make.
fn expect_whole(path: &Path, mut reference: Snapshot, acknowledged: u64) -> Snapshot {
    let store = Store::open(path, Access::ReadWrite, &options()).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert!(snapshot.commit() >= acknowledged, "acknowledged {acknowledged}, found {}", snapshot.commit());
    // One commit may be written and not acknowledged.
    assert!(snapshot.commit() <= acknowledged.max(reference.commit()) + 1);
    while reference.commit() < snapshot.commit() {
        reference = reference.apply(&change_of(&reference)).unwrap();
    }
    assert!(same_records(&snapshot, &reference), "commit {} is half-applied", snapshot.commit());
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!(report.journal_entries, snapshot.commit());
    reference
}

#[test]
fn a_killed_writer_loses_nothing_that_it_acknowledged() {
    survive(15);
}

#[test]
#[ignore = "takes minutes; the continuous integration runs it by name"]
fn kill_two_hundred() {
    survive(200);
}
