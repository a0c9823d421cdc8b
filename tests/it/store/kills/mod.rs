//! A writing process killed at any stage: what it acknowledged is there, whole, and nothing half-done.
//!
//! The writing process is this test binary again, asked for [`child::writing_child`] alone. It tells each
//! stage that it enters. A kill counts only if the child was inside a named stage and had acknowledged a
//! commit; the others are checked all the same.

mod beside;
mod child;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use intergov::graph::Snapshot;
use intergov::store::{Access, STAGES, Store};

use super::sample::{Numbers, same_records};
use child::{FIRST_ROUND, ROUNDS, STORE, change_of, open_as_it_is, options, steps_after};

/// A child that says nothing for so long hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a child has told.
#[derive(Clone, Debug, Default)]
struct Told {
    /// Last commit that it acknowledged.
    acknowledged: Option<u64>,
    /// Last commit that it found whole at an opening.
    holds: u64,
    /// What it is doing, and the stage that it is in; `None` between two operations.
    operation: Option<String>,
    stage: Option<String>,
    paused: bool,
}

impl Told {
    fn hear(&mut self, line: &str) {
        // The test harness writes the name of the test before the first line.
        let words: Vec<&str> = line.split_whitespace().collect();
        let [.., what, which] = words[..] else {
            if line.ends_with("outside") {
                (self.operation, self.stage) = (None, None);
            }
            return;
        };
        match what {
            "operation" => (self.operation, self.stage) = (Some(which.to_owned()), None),
            "stage" => self.stage = Some(which.to_owned()),
            "paused" => self.paused = true,
            "acknowledged" | "holds" => {
                let commit = which.parse().unwrap();
                if what == "holds" {
                    self.holds = commit
                } else {
                    self.acknowledged = Some(commit)
                }
                (self.operation, self.stage) = (None, None);
            }
            _ => {}
        }
    }

    /// Operation and stage of a kill that counts.
    fn counts(&self) -> Option<String> {
        self.acknowledged?;
        Some(format!("{} {}", self.operation.as_ref()?, self.stage.as_ref()?))
    }
}

/// A running child; it never outlives its test.
struct Writing {
    child: Child,
    lines: Receiver<String>,
    told: Told,
}

impl Writing {
    fn start(path: &Path, first_round: u64, failpoints: &str) -> Self {
        // Copies for readers are left by kills, and are to go with the rest.
        let temporary = path.with_file_name("temporary");
        fs::create_dir_all(&temporary).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store::kills::child::writing_child", "--exact", "--ignored", "--nocapture"])
            .env(STORE, path)
            .env(FIRST_ROUND, first_round.to_string())
            .env("TMPDIR", temporary)
            .env("INTERGOV_FAILPOINTS", failpoints)
            .env("INTERGOV_FAILPOINTS_TELL", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                // The receiver is gone once the test has failed.
                if send.send(line).is_err() {
                    break;
                }
            }
        });
        Self { child, lines, told: Told::default() }
    }

    /// Listens until the child has told what is wanted; `false` where it did not come in time.
    fn hear_until(&mut self, patience: Duration, mut wanted: impl FnMut(&Told, &str) -> bool) -> bool {
        let end = Instant::now() + patience;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.told.hear(&line);
                    if wanted(&self.told, &line) {
                        return true;
                    }
                }
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => panic!("the child ended: {:?}", self.told),
            }
        }
    }

    /// Listens until the child has ended by itself; `false` where it goes on.
    fn hear_to_its_end(&mut self) -> bool {
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => self.told.hear(&line),
                Err(error) => return error == RecvTimeoutError::Disconnected,
            }
        }
    }

    /// Kills the child and returns all that it told.
    fn kill(mut self) -> Told {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        // The pipe still holds what was printed before the kill; the channel ends with it.
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.told.hear(&line);
        }
        std::mem::take(&mut self.told)
    }
}

impl Drop for Writing {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Where a child comes to a stage in an operation for the first time after a commit that it acknowledged.
#[derive(Clone, Copy)]
struct Aim {
    first_round: u64,
    /// Which of all hits of the stage.
    nth: u64,
    /// Commits before it.
    commits: u64,
}

/// All pairs of operation and stage that a child on a fresh store comes to, whatever its first round is.
fn pairs() -> BTreeMap<(String, &'static str), Aim> {
    // More than from one migration to the next.
    const COMMITS: u64 = 16;
    let mut pairs: BTreeMap<(String, &str), Aim> = BTreeMap::new();
    for first_round in 0..ROUNDS {
        let victim = Victim::new();
        let mut writing = Writing::start(&victim.path, first_round, "");
        let mut hits: BTreeMap<&str, u64> = BTreeMap::new();
        let ended = writing.hear_until(PATIENCE, |told, line| {
            let entered = line.split_once("stage ").map(|(_, stage)| stage);
            if let Some(stage) = STAGES.into_iter().find(|stage| Some(*stage) == entered) {
                let nth = hits.entry(stage).and_modify(|nth| *nth += 1).or_insert(1);
                let commits = told.acknowledged.unwrap_or(0);
                if let Some(operation) = told.operation.clone().filter(|_| commits > 0) {
                    let aim = Aim { first_round, nth: *nth, commits };
                    let known = pairs.entry((operation, stage)).or_insert(aim);
                    if commits < known.commits {
                        *known = aim;
                    }
                }
            }
            told.acknowledged.unwrap_or(0) >= COMMITS
        });
        assert!(ended, "the child is slow: {:?}", writing.told);
    }
    pairs
}

/// A store under kills, and what it must hold.
struct Victim {
    path: PathBuf,
    /// Its states by their commits.
    states: Vec<Snapshot>,
    _folder: tempfile::TempDir,
}

impl Victim {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store");
        let store = Store::create(&path, &options(1)).unwrap();
        let states = vec![Snapshot::clone(&store.snapshot().unwrap())];
        Self { path, states, _folder: folder }
    }

    /// The last commit that is known.
    fn commit(&self) -> u64 {
        self.states.last().unwrap().commit()
    }

    /// Lets the child stand still at the `nth` hit of a stage and kills it there, or lets it die there itself.
    fn kill_at(&mut self, stage: &str, first_round: u64, nth: u64, fault: &str) -> Told {
        let mut writing = Writing::start(&self.path, first_round, &format!("{stage}:{nth}:{fault}"));
        let there = if fault == "pause" {
            writing.hear_until(PATIENCE, |told, _| told.paused)
        } else {
            writing.hear_to_its_end()
        };
        assert!(there, "{stage} was never entered");
        let told = writing.kill();
        assert_eq!(told.stage.as_deref(), Some(stage));
        self.expect_whole(&told);
        told
    }

    /// Kills the child a random time after it has entered a random stage, or at any time at all.
    fn kill_about(&mut self, numbers: &mut Numbers) -> Told {
        let mut writing = Writing::start(&self.path, numbers.next(ROUNDS), "");
        if numbers.next(8) == 0 {
            std::thread::sleep(Duration::from_millis(numbers.next(100)));
        } else {
            let stage = STAGES[numbers.place(STAGES.len())];
            let mut passes = numbers.next(6);
            let aim = |told: &Told, line: &str| {
                let here = told.acknowledged.is_some() && line.ends_with(&format!("stage {stage}"));
                passes = passes.saturating_sub(u64::from(here));
                here && passes == 0
            };
            // Not every child comes to every stage; it is killed wherever it is then.
            writing.hear_until(Duration::from_secs(1), aim);
            std::thread::sleep(Duration::from_micros(numbers.next(1_500)));
        }
        let told = writing.kill();
        self.expect_whole(&told);
        told
    }

    /// Opens the store and compares it, element by element, with what the commits up to its last one make; then
    /// what lies beside it.
    fn expect_whole(&mut self, told: &Told) {
        // A reader sees the same before a writer has settled anything.
        let seen = open_as_it_is(&self.path, Access::ReadOnly).unwrap().snapshot().unwrap();
        let store = open_as_it_is(&self.path, Access::ReadWrite).unwrap();
        let snapshot = store.snapshot().unwrap();
        assert!(same_records(&seen, &snapshot), "{told:?}: a reader saw commit {}", seen.commit());
        let least = told.acknowledged.unwrap_or(0).max(told.holds).max(self.commit());
        assert!(snapshot.commit() >= least, "{told:?}: found {}", snapshot.commit());
        // One commit may be written and not acknowledged.
        assert!(snapshot.commit() <= least + 1, "{told:?}: found {}", snapshot.commit());
        while self.commit() < snapshot.commit() {
            let last = self.states.last().unwrap();
            self.states.push(last.apply(&change_of(last)).unwrap());
        }
        let state = self.states.last().unwrap();
        assert!(same_records(&snapshot, state), "{told:?}: {} is half-applied", snapshot.commit());
        let report = store.verify(&[]).unwrap();
        assert!(report.is_clean(), "{told:?}: {:?}", report.findings);
        assert_eq!(report.journal_entries, snapshot.commit());
        let steps = u32::try_from(store.applied_steps().unwrap().len()).unwrap();
        assert_eq!(steps, 2 + steps_after(snapshot.commit()), "{told:?}: steps of format and schema");
        assert_eq!(report.orphans, 0, "{told:?}");
        beside::expect_whole_or_nothing(&self.path, &self.states, &format!("{told:?}"));
    }
}

/// Every stage once in every operation that comes to it.
#[test]
fn a_writer_killed_inside_any_stage_loses_nothing_that_it_acknowledged() {
    let pairs = pairs();
    for stage in STAGES {
        assert!(pairs.keys().any(|(_, entered)| *entered == stage), "nothing comes to {stage}");
    }
    let all: Vec<_> = pairs.into_iter().collect();
    // What takes time is the disk.
    std::thread::scope(|scope| {
        for part in all.chunks(all.len().div_ceil(4)) {
            scope.spawn(move || {
                for ((operation, stage), aim) in part {
                    let told = Victim::new().kill_at(stage, aim.first_round, aim.nth, "pause");
                    assert_eq!(told.counts(), Some(format!("{operation} {stage}")));
                }
            });
        }
    });
    println!("{} pairs of operation and stage", all.len());
}

/// Kills writers until so many kills count; prints how many in each stage.
fn survive(kills: u32, seed: u64) -> BTreeMap<String, u32> {
    // Fewer than would use up the migrations of a store.
    const KILLS_A_STORE: u32 = 15;
    let mut numbers = Numbers(seed);
    let mut counted: BTreeMap<String, u32> = BTreeMap::new();
    let (mut count, mut others, mut commits) = (0, 0, 0);
    while count < kills {
        let mut victim = Victim::new();
        for round in 0..KILLS_A_STORE {
            // Two of three at a random moment, one at a chosen hit of a stage.
            let told = if round % 3 == 0 {
                let stage = STAGES[numbers.place(STAGES.len())];
                let fault = if round % 6 == 0 { "kill" } else { "pause" };
                victim.kill_at(stage, numbers.next(ROUNDS), 1 + numbers.next(3), fault)
            } else {
                victim.kill_about(&mut numbers)
            };
            match told.counts() {
                Some(stage) => {
                    *counted.entry(stage).or_default() += 1;
                    count += 1;
                }
                None => others += 1,
            }
        }
        commits += victim.commit();
    }
    for (stage, kills) in &counted {
        println!("{kills:5} {stage}");
    }
    println!("{count} kills that count, {others} others, {commits} commits: none lost, none half-applied");
    counted
}

#[test]
fn a_writer_killed_at_any_moment_loses_nothing_that_it_acknowledged() {
    assert!(survive(15, 7).values().sum::<u32>() >= 15);
}

#[test]
#[ignore = "takes a quarter of an hour; run by name, as docs/reliability.md says"]
fn kill_a_thousand() {
    let counted = survive(1_000, 1);
    for stage in STAGES {
        assert!(counted.keys().any(|counted| counted.ends_with(stage)), "no kill inside {stage}");
    }
}

/// The short form of [`kill_a_thousand`] for the continuous integration.
#[test]
#[ignore = "takes minutes; the continuous integration runs it by name"]
fn kill_two_hundred() {
    assert!(survive(200, 2).values().sum::<u32>() >= 200);
}
