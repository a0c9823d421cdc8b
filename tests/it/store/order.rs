//! The order of writes and syncs, as the operating system saw it: data, sync of the data, witness, sync of
//! the witness, and only then the acknowledgement.
//!
//! A child writes under strace; without it the test says that it is skipped.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use intergov::store::{Access, Store, StoreOptions};

use super::bulk::{feed, hub};
use super::sample::{NOTE, chain_of};

const STORE: &str = "INTERGOV_TEST_STORE_TO_TRACE";

fn options() -> StoreOptions {
    StoreOptions { bulk_changes: 50, merge_operations: 1_000, chunk_rows: 10, ..StoreOptions::default() }
}

/// A bulk load, three commits to the log, a merge, a bulk commit, another commit; each is told once it is done.
#[test]
#[ignore = "the process that is traced; it is started by the test below"]
fn traced_child() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let store = Store::open(Path::new(&path), Access::ReadWrite, &options()).unwrap();
    let tell = |what: &str| {
        let mut output = std::io::stdout().lock();
        writeln!(output, "done {what}").unwrap();
        output.flush().unwrap();
    };
    tell("open");
    let mut load = store.bulk().unwrap();
    feed(&hub(), &mut load, 20).unwrap();
    load.finish(&mut |_, _| true).unwrap();
    load.commit(&NOTE, None).unwrap();
    tell("load");
    for step in ["log", "log", "log", "merge", "bulk", "log"] {
        if step == "merge" {
            store.merge().unwrap();
        } else {
            let size = if step == "bulk" { 60 } else { 5 };
            let changes = chain_of(&store.snapshot().unwrap(), size, step);
            store.commit(&changes, &NOTE, &[]).unwrap();
        }
        tell(step);
    }
}

/// What the trace shows of one call that matters here: the part of the store, and whether it is a sync.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Call {
    part: Part,
    sync: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Engine,
    Segment,
    Head,
    Manifest,
}

impl Call {
    fn letter(self) -> char {
        let letter = match self.part {
            Part::Engine => 'd',
            Part::Segment => 's',
            Part::Head => 'h',
            Part::Manifest => 'm',
        };
        if self.sync { letter.to_ascii_uppercase() } else { letter }
    }

    fn of(name: &str, arguments: &str) -> Option<Self> {
        let sync = matches!(name, "fsync" | "fdatasync");
        let writes = matches!(name, "write" | "pwrite64" | "writev" | "pwritev" | "ftruncate" | "fallocate");
        let file = arguments.split(['<', '>']).nth(1)?;
        let part = if file.contains("/sled-") && file.ends_with("/db") {
            Part::Engine
        } else if file.ends_with(".seg") {
            Part::Segment
        } else if file.ends_with("/HEAD") {
            Part::Head
        } else if file.contains("/.MANIFEST.making-") {
            Part::Manifest
        } else {
            return None;
        };
        (sync || writes).then_some(Self { part, sync })
    }
}

/// The calls before each step that the child told, in the order in which they ended; runs of the same call
/// are one letter. A sync that began before the last write ended is marked, for it may not cover it.
fn steps_of(trace: &str) -> Vec<(String, String)> {
    let mut steps = Vec::new();
    let mut letters = String::new();
    // The calls that other threads are inside of, by thread.
    let mut open: Vec<(&str, Call)> = Vec::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        if let Some((_, what)) = rest.split_once("\"done ") {
            let what = what.split("\\n").next().unwrap_or_default();
            steps.push((what.to_owned(), std::mem::take(&mut letters)));
            continue;
        }
        let ended = if rest.starts_with("<... ") {
            let at = open.iter().position(|(other, _)| *other == thread);
            at.map(|at| open.remove(at).1)
        } else if let Some((name, arguments)) = rest.split_once('(') {
            let call = Call::of(name, arguments);
            if let Some(call) = call {
                const WRITE: Call = Call { part: Part::Engine, sync: false };
                const SYNC: Call = Call { part: Part::Engine, sync: true };
                assert!(
                    call != SYNC || open.iter().all(|(_, other)| *other != WRITE),
                    "a sync began while data were still being written: {line}"
                );
                if rest.ends_with("<unfinished ...>") {
                    open.push((thread, call));
                    continue;
                }
            }
            call
        } else {
            None
        };
        if let Some(letter) = ended.map(Call::letter)
            && !letters.ends_with(letter)
        {
            letters.push(letter);
        }
    }
    steps
}

#[test]
fn data_are_synced_before_the_witness_and_the_witness_before_the_acknowledgement() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let trace = folder.path().join("trace");
    drop(Store::create(&path, &options()).unwrap());
    let traced = Command::new("strace")
        .args(["-f", "-y", "-s", "32", "-e"])
        .arg("trace=write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync")
        .arg("-o")
        .arg(&trace)
        .arg(std::env::current_exe().unwrap())
        .args(["store::order::traced_child", "--exact", "--ignored", "--nocapture"])
        .env(STORE, &path)
        .output();
    match traced {
        Err(error) => {
            println!("skipped: strace cannot be started ({error}); apt-get install strace");
            return;
        }
        Ok(output) if !output.status.success() => {
            let said = String::from_utf8_lossy(&output.stderr);
            let refused = said.contains("ptrace") || said.contains("PTRACE");
            assert!(refused, "{said}");
            println!("skipped: processes may not be traced here ({})", said.trim());
            return;
        }
        Ok(_) => {}
    }
    let steps = steps_of(&std::fs::read_to_string(&trace).unwrap());
    println!("{steps:?}");
    let told: Vec<&str> = steps.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(told, ["open", "load", "log", "log", "log", "merge", "bulk", "log"]);
    for (what, calls) in &steps[1..] {
        if what == "log" {
            assert_eq!(calls, "dDhH", "{what}");
            continue;
        }
        // Segment and engine are written and synced before the witness names them, both its slots before the copy of
        // the engine is written, and only then may anything go.
        let at =
            |letter: char| calls.find(letter).unwrap_or_else(|| panic!("{what}: {calls} has no {letter}"));
        let last = |letter: char| calls[..at('h')].rfind(letter);
        assert!(last('s') < last('S') && last('S').is_some(), "{what}: {calls}");
        assert!(last('d') < last('D') && last('D').is_some(), "{what}: {calls}");
        let after: String = calls[at('h')..].chars().filter(|letter| "hHmM".contains(*letter)).collect();
        assert_eq!(after, "hHhHmM", "{what}: {calls}");
        assert!(!calls[at('h')..].contains('s'), "{what}: {calls}");
    }
}
