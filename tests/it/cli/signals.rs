//! Ctrl-C, SIGTERM and SIGHUP: each ends a command with its own code, and what stood before stands.
//!
//! The command stands still at a stage of the store (the binary of the tests has the failpoints), so that it is known
//! where the signal meets it. A command that does not end is a failure, however long one waits.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{Place, fixture};

const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// A command that does not end in so long never does.
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Running {
    fn signal(&self, name: &str) {
        let sent =
            Command::new("kill").arg(format!("-{name}")).arg(self.0.id().to_string()).status().unwrap();
        assert!(sent.success());
    }

    fn code(&mut self, told: &str) -> Option<i32> {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < end, "{told}: it goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Reads what the command tells of its stages until it has entered one or stands still there.
    fn wait_for(&mut self, line: &str) {
        let output = BufReader::new(self.0.stdout.take().unwrap());
        let mut lines = output.lines().map_while(Result::ok);
        assert!(lines.any(|told| told == line), "it never told {line}");
        // The pipe stays open, or the command would stop at the next stage that it tells.
        std::thread::spawn(move || lines.count());
    }
}

/// Starts a command that stands still at a stage.
fn stopped_at(place: &Place, stage: &str, arguments: &[&str]) -> Running {
    let mut command = place.command(arguments);
    command.env("INTERGOV_FAILPOINTS", format!("{stage}:1:pause")).env("INTERGOV_FAILPOINTS_TELL", "1");
    command.env("TMPDIR", place.path("temporary"));
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut running = Running(child);
    running.wait_for(&format!("paused {stage}"));
    running
}

/// All files and folders below a folder, and what the files hold, but for locks and the engine's own files.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            // An opening for writing renews these; what they say is compared by a dump.
            if path.file_name().unwrap().to_string_lossy().starts_with("sled-") {
                continue;
            }
            let own = ["HEAD", "MANIFEST", "LOCK", "TURN", "QUIET"].iter().any(|part| path.ends_with(part));
            if path.is_dir() {
                found.push((name, Vec::new()));
                if !own {
                    open.push(path);
                }
            } else {
                let bytes = if own { Vec::new() } else { fs::read(&path).unwrap() };
                found.push((name, bytes));
            }
        }
    }
    found.sort();
    found
}

/// A store, its backup, its dump, a package, a table of ties, and room for copies.
fn well_filled() -> Place {
    let place = Place::toy();
    place.run(&["dump", "toy", "-o", "all.jsonl"]).succeeds();
    place.run(&["backup", "toy", "toy.backup"]).succeeds();
    place.write("ties.csv", "from,to,year\n甲,乙,2010\n");
    place.write("more/sources.csv", "id,citation\nmore,A source\n");
    fs::create_dir(place.path("empty")).unwrap();
    fs::create_dir(place.path("temporary")).unwrap();
    place
}

#[test]
fn a_signal_ends_every_command_with_its_code_and_leaves_the_state_before() {
    let place = well_filled();
    let package = fixture("two-provinces");
    let (before, dump) = (everything(&place.path(".")), place.read("all.jsonl"));
    for (signal, code) in SIGNALS {
        for (stage, arguments) in [
            ("create.data", &["init", "new"][..]),
            ("making.files", &["init", "new"]),
            ("create.data", &["init", "empty"]),
            ("create.data", &["import", "new", &package]),
            ("load.links", &["import", "new", &package]),
            ("load.links", &["import", "new", "ties.csv"]),
            ("load.links", &["import", "empty", &package]),
            ("commit.begun", &["load", "new", "all.jsonl"]),
            ("restore.filled", &["restore", "toy.backup", "new"]),
            ("restore.checked", &["restore", "toy.backup", "empty"]),
            ("backup.begun", &["backup", "toy", "new.backup"]),
            ("commit.begun", &["set", "toy", "甲一市", "note", "x"]),
            ("commit.begun", &["import", "toy", "more", "--mode", "append"]),
            ("open.loaded", &["compact", "toy"]),
            ("load.links", &["demo", "--folder", "demo"]),
        ] {
            let told = format!("SIG{signal} at {stage} of {arguments:?}");
            let mut running = stopped_at(&place, stage, arguments);
            running.signal(signal);
            assert_eq!(running.code(&told), Some(code), "{told}");
            // The demo's data are whole, and its own.
            drop(fs::remove_dir_all(place.path("demo")));
            // A reader's copy goes too.
            assert_eq!(fs::read_dir(place.path("temporary")).unwrap().count(), 0, "{told}");
            let names =
                |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let after = everything(&place.path("."));
            assert_eq!(names(&after), names(&before), "{told}");
            assert!(after == before, "{told}: a file has changed");
            assert_eq!(place.run(&["dump", "toy"]).succeeds().stdout(), dump, "{told}");
        }
    }
}

/// A compaction merges the log first: what it has done by then stands, and tells the same.
#[test]
fn a_signal_between_the_steps_of_a_command_ends_it_with_its_code() {
    let place = well_filled();
    for (signal, code) in SIGNALS {
        let mut running = stopped_at(&place, "compact.begun", &["compact", "toy"]);
        running.signal(signal);
        assert_eq!(running.code(signal), Some(code));
        assert_eq!(place.run(&["dump", "toy"]).succeeds().stdout(), place.read("all.jsonl"));
        place.run(&["set", "toy", "甲一市", "note", signal]).succeeds();
        place.run(&["verify", "toy"]).succeeds();
        place.run(&["dump", "toy", "-o", "all.jsonl", "--overwrite"]).succeeds();
    }
}

#[test]
fn a_signal_ends_a_command_that_waits_for_the_reader_of_its_output() {
    let place = well_filled();
    let fifo = place.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    for (signal, code) in SIGNALS {
        for arguments in [&["dump", "toy", "-o", "fifo"][..], &["list", "toy", "region", "-o", "fifo"]] {
            let child = place.command(arguments).stderr(Stdio::null()).spawn().unwrap();
            let mut running = Running(child);
            // It handles signals from its first moment; what comes before that ends it as any process.
            std::thread::sleep(Duration::from_millis(500));
            running.signal(signal);
            assert_eq!(running.code(&format!("{arguments:?}")), Some(code));
        }
    }
}

/// A command that waits for the reader of its output has a copy of the store.
#[test]
fn the_copy_of_a_killed_reader_goes_with_the_next_one_and_that_of_a_live_one_stays() {
    let place = well_filled();
    let fifo = place.path("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let copies = || {
        let entries = fs::read_dir(place.path("temporary")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect::<BTreeSet<_>>()
    };
    let run = |arguments: &[&str]| {
        let mut command = place.command(arguments);
        command.env("TMPDIR", place.path("temporary")).stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().unwrap())
    };
    let reading = || {
        let before = copies();
        let running = run(&["dump", "toy", "-o", "fifo"]);
        let end = Instant::now() + PATIENCE;
        while copies().is_subset(&before) {
            assert!(Instant::now() < end, "it makes no copy");
            std::thread::sleep(Duration::from_millis(5));
        }
        running
    };
    let mut killed = reading();
    killed.0.kill().unwrap();
    killed.0.wait().unwrap();
    assert_eq!(copies().len(), 1);
    let mut live = reading();
    let own = copies();
    assert_eq!(own.len(), 1, "that of the dead one is gone");
    assert_eq!(run(&["stats", "toy"]).code("stats"), Some(0));
    assert_eq!(copies(), own, "that of the live one is there");
    let read = Command::new("cat").arg(&fifo).output().unwrap();
    assert_eq!(String::from_utf8(read.stdout).unwrap(), place.read("all.jsonl"));
    assert_eq!(live.code("dump"), Some(0));
    assert_eq!(copies().len(), 0);
}

/// As `nohup` and a shell's background jobs have it.
#[test]
fn a_signal_that_the_parent_ignores_is_ignored() {
    let place = well_filled();
    let mut command = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_intergov");
    command.arg("-c").arg(format!("trap '' HUP; exec {program} set toy 甲一市 note x"));
    command.current_dir(place.path(".")).env("INTERGOV_FAILPOINTS", "commit.begun:1:pause");
    command.env("INTERGOV_FAILPOINTS_TELL", "1").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    running.wait_for("paused commit.begun");
    running.signal("HUP");
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(running.0.try_wait().unwrap(), None, "SIGHUP ended it");
    running.signal("TERM");
    assert_eq!(running.code("SIGTERM"), Some(143));
}

/// The signal comes at any moment: the code tells what the store holds.
#[test]
fn code_and_state_agree_whenever_the_signal_comes() {
    let place = well_filled();
    let mut codes = [0, 0];
    for round in 0..40_u64 {
        let value = format!("round {round}");
        let mut command = place.command(&["set", "toy", "甲一市", "note", &value]);
        command.env("INTERGOV_FAILPOINTS_TELL", "1").stdout(Stdio::piped()).stderr(Stdio::null());
        let mut running = Running(command.spawn().unwrap());
        let stages = ["open.loaded", "commit.begun", "commit.logged", "commit.synced", "commit.witnessed"];
        running.wait_for(&format!("stage {}", stages[(round % 5) as usize]));
        std::thread::sleep(Duration::from_micros(round * 37 % 600));
        running.signal("TERM");
        let code = running.code("SIGTERM").unwrap();
        assert!(code == 0 || code == 143, "round {round}: {code}");
        codes[usize::from(code == 0)] += 1;
        let holds = place.run(&["dump", "toy"]).succeeds().stdout().contains(&value);
        assert_eq!(holds, code == 0, "round {round} ended with {code}");
    }
    println!("{} ended by the signal, {} done", codes[0], codes[1]);
}

/// A package whose nodes take several chunks, in few rows.
fn large_package(place: &Place) {
    let note = "甲".repeat(13_000);
    let mut table = "id,scheme,code,name,level,rank,valid_from,valid_to,note\n".to_owned();
    for number in 0..900 {
        table += &format!("x{number},cn,cn:{number:06},名{number},county,county,2000,..,{note}\n");
    }
    assert!(table.len() > 32 << 20);
    place.write("large/governments.csv", &table);
}

#[test]
fn a_killed_import_can_be_begun_again_by_the_same_command() {
    let place = Place::empty();
    fs::create_dir(place.path("temporary")).unwrap();
    large_package(&place);
    let import = ["import", "db", "large", "--trust"];
    for stage in ["load.begun", "load.nodes"] {
        let mut running = stopped_at(&place, stage, &import);
        running.0.kill().unwrap();
        running.0.wait().unwrap();
    }
    // What an earlier program left: an empty store.
    place.run(&["init", "empty"]).succeeds();
    for (store, code) in [("db", 0), ("empty", 0), ("empty", 5)] {
        let run = place.run(&["import", store, "large", "--trust"]);
        assert_eq!(run.code(), Some(code), "{run}");
    }
    for store in ["db", "empty"] {
        assert_eq!(place.run(&["list", store, "Government"]).succeeds().rows().len(), 900);
    }
    let left = fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["db", "empty", "large", "temporary"]);
    // A signal takes away what was being made.
    for (signal, code) in SIGNALS {
        let mut running = stopped_at(&place, "load.nodes", &["import", "third", "large", "--trust"]);
        running.signal(signal);
        assert_eq!(running.code(signal), Some(code));
        assert_eq!(fs::read_dir(place.path(".")).unwrap().count(), left.len());
    }
}
