//! One read that fails, in every command, at every read.
//!
//! A cable, a failover, a stale handle of a network file system: one `pread` that gives EIO while a store is opened
//! once destroyed it, for the engine takes what it cannot read for the end of its log and writes zeros over what
//! follows. Reading commands did it too. Now a failed read is an error with the name of the file, or it is made up for
//! by reading again; what lies on the disk stays, to the byte where a command only reads.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Output};

use intergov::graph::Snapshot;
use intergov::relations::SCHEMA_STEPS;
use intergov::store::{Access, SchemaStep, Store, StoreOptions};

use super::super::sample::{copy_store, same_records};
use super::{contents, strace};
use crate::cli::{Place, fixture};

/// The calls that read, and what they may give.
const CALLS: [&str; 3] = ["pread64", "read", "copy_file_range"];
const ERRORS: [(&str, &str); 3] =
    [("EIO", "Input/output error"), ("ESTALE", "Stale file handle"), ("ENOMEM", "Cannot allocate memory")];
/// The first reads of a command, of each kind.
const FIRST: usize = 30;

/// A command, and whether it only reads.
type Deed = (&'static [&'static str], bool);

const DEEDS: [Deed; 13] = [
    (&["show", "toy", "cn:900100"], true),
    (&["ties", "toy", "cn:900100"], true),
    (&["list", "toy", "governments"], true),
    (&["dump", "toy"], true),
    (&["verify", "toy"], true),
    (&["stats", "toy"], true),
    (&["history", "toy", "cn:900100"], true),
    (&["backup", "toy", "file"], true),
    (&["set", "toy", "cn:900100", "note", "q"], false),
    (&["end", "toy", "cn:900121", "--at", "2020", "--with-ties"], false),
    (&["import", "toy", "more", "--mode", "update"], false),
    (&["compact", "toy"], false),
    (&["verify", "toy", "--repair"], false),
];

fn options() -> StoreOptions {
    let steps = SCHEMA_STEPS.iter().map(|(number, name, text)| SchemaStep {
        number: *number,
        name: (*name).to_owned(),
        text: (*text).to_owned(),
    });
    StoreOptions::with_schema(steps.collect())
}

/// A place with a store that has a segment, and a log behind it.
fn place() -> Place {
    let place = Place::toy();
    place.run(&["compact", "toy"]).succeeds();
    place.run(&["set", "toy", "cn:900200", "note", "late"]).succeeds();
    let rows = place.read_table("governments.csv").replace("Jia Two", "Jia 2");
    place.write("more/governments.csv", &rows);
    std::fs::rename(place.path("toy"), place.path("sound")).unwrap();
    place
}

impl Place {
    fn read_table(&self, name: &str) -> String {
        std::fs::read_to_string(Path::new(&fixture("two-provinces")).join(name)).unwrap()
    }
}

/// Puts the sound store back in its place.
fn renew(place: &Place) {
    for name in ["toy", "file"] {
        let path = place.path(name);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else if path.exists() {
            std::fs::remove_file(path).unwrap();
        }
    }
    copy_store(&place.path("sound"), &place.path("toy"));
}

fn state(path: &Path, what: &str) -> Snapshot {
    let store =
        Store::open(path, Access::ReadOnly, &options()).unwrap_or_else(|error| panic!("{what}: {error}"));
    let report = store.verify(&[]).unwrap();
    assert!(report.is_clean(), "{what}: {:?}", report.findings);
    Snapshot::clone(&store.snapshot().unwrap())
}

/// The command under strace with these arguments.
fn traced(place: &Place, arguments: &[&str], deed: Deed) -> Output {
    let command = place.command(deed.0);
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq"]).args(arguments).arg(command.get_program()).args(command.get_args());
    traced
        .current_dir(place.path(""))
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("INTERGOV_ACTOR", "tester");
    traced.output().unwrap()
}

/// One read of a command: its kind, the how-manieth of its thread, and among which it is counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Read {
    call: &'static str,
    nth: usize,
    among: Among,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Among {
    /// Reads of the files of the store.
    Store,
    /// All reads of the process; this one is of a reader's copy.
    All,
}

/// The reads of a command of the store and of a copy of its files, and the files of the store that it opens.
fn reads_of(place: &Place, deed: Deed) -> (BTreeSet<Read>, BTreeSet<String>) {
    let trace = place.path("trace");
    let calls = format!("trace={}", CALLS.join(","));
    let output = traced(place, &["-y", "-s", "0", "-e", &calls, "-o", trace.to_str().unwrap()], deed);
    assert!(output.status.success(), "{deed:?}: {output:?}");
    let text = String::from_utf8_lossy(&std::fs::read(&trace).unwrap()).into_owned();
    let store = place.path("toy").display().to_string();
    let mut counts: BTreeMap<(&str, &str, Among), usize> = BTreeMap::new();
    let (mut reads, mut files) = (BTreeSet::new(), BTreeSet::new());
    // What the loader reads before the first line of the program runs is not the program's to tell.
    let mut loader = BTreeSet::new();
    let first = text.split(' ').next();
    for line in text.lines() {
        let Some((thread, call)) = line.split_once(' ') else { continue };
        let Some((name, rest)) = call.trim_start().split_once('(') else { continue };
        let Some(call) = CALLS.into_iter().find(|own| *own == name) else { continue };
        let mut count = |among: Among| {
            let nth = counts.entry((thread, call, among)).or_default();
            *nth += 1;
            Read { call, nth: *nth, among }
        };
        let file = rest.split(['<', '>']).nth(1).unwrap_or_default();
        let read = count(Among::All);
        if file.starts_with(&store) {
            reads.insert(count(Among::Store));
            files.insert(file.to_owned());
        } else if file.contains("/intergov-reader-") {
            reads.insert(read);
        } else if Some(thread) == first {
            loader.insert(read);
        }
    }
    reads.retain(|read| !loader.contains(read));
    (reads, files)
}

/// Runs a command with one failing read, and looks at what it said and left.
fn fail(
    place: &Place,
    deed: Deed,
    (states, said): (&[Snapshot; 2], &[u8]),
    (read, files): (&Read, &BTreeSet<String>),
    (error, lasts): ((&str, &str), bool),
) -> Option<i32> {
    let Read { call, nth, among } = read;
    renew(place);
    let lasting = if lasts { "+" } else { "" };
    let what = format!("{:?}, {call} {nth}{lasting} of {among:?} gives {}", deed.0, error.0);
    let before = contents(&place.path("toy"));
    let inject = format!("inject={call}:error={}:when={nth}", error.0);
    let trace = format!("trace={call}");
    let mut arguments = vec!["-o", "/dev/null", "-e", &trace, "-e", &inject];
    if *among == Among::Store {
        arguments.extend(files.iter().flat_map(|file| ["-P", file]));
    }
    let output = traced(place, &arguments, deed);
    let words = String::from_utf8_lossy(&output.stderr);
    let code = output.status.code();
    match code {
        Some(0) if deed.1 => assert_eq!(output.stdout, said, "{what}: it told something else"),
        Some(0) => {}
        _ => {
            assert_eq!(code, Some(1), "{what}: {words}");
            assert!(words.contains(error.1), "{what}: {words}");
            let names = words.contains("toy/") || words.contains("intergov-reader-");
            assert!(names, "{what}: it does not name the file: {words}");
        }
    }
    if deed.1 {
        assert!(contents(&place.path("toy")) == before, "{what}: reading changed the store");
    } else {
        let now = state(&place.path("toy"), &what);
        let allowed = if code == Some(0) { &states[1..] } else { &states[..] };
        assert!(allowed.iter().any(|own| same_records(own, &now)), "{what}: another state");
    }
    let backup = place.path("file");
    if backup.exists() {
        let restored = place.path("restored");
        Store::restore(&backup, &restored, &options(), &mut |_| {}).unwrap();
        assert!(same_records(&state(&restored, &what), &states[0]), "{what}: the backup is another");
        std::fs::remove_dir_all(restored).unwrap();
    }
    code
}

/// Fails reads of every command: of each kind those that `wanted` picks.
fn fail_reads(errors: &[(&'static str, &'static str)], wanted: impl Fn(usize) -> bool) {
    if let Err(why) = strace() {
        println!("skipped: {why}");
        return;
    }
    let place = place();
    let (mut runs, mut failed) = (0, 0);
    for deed in DEEDS {
        renew(&place);
        let before = state(&place.path("toy"), "sound");
        let said = place.run(deed.0).succeeds().stdout().into_bytes();
        let states = [before, state(&place.path("toy"), "done")];
        renew(&place);
        let (reads, files) = reads_of(&place, deed);
        assert!(!reads.is_empty(), "{deed:?} reads nothing");
        for call in CALLS {
            let of_call = reads.iter().filter(|read| read.call == call).take(FIRST);
            for (_, read) in of_call.enumerate().filter(|(at, _)| wanted(*at)) {
                // One read, or every one from then on; without the store's files alone the program could not run.
                let lasts = [false, true].into_iter().take(1 + usize::from(read.among == Among::Store));
                for (error, lasts) in
                    errors.iter().flat_map(|error| lasts.clone().map(move |lasts| (*error, lasts)))
                {
                    let code = fail(&place, deed, (&states, &said), (read, &files), (error, lasts));
                    runs += 1;
                    failed += u32::from(code != Some(0));
                }
            }
        }
        println!(
            "{:?}: {} reads of the store; {runs} runs so far, {failed} of them failed",
            deed.0,
            reads.len()
        );
    }
    assert!(failed > 0, "no read failed");
}

#[test]
fn a_failed_read_harms_no_store_and_is_told_as_what_it_is() {
    fail_reads(&ERRORS[..1], |at| at < 3 || at % 9 == 0);
}

#[test]
#[ignore = "takes many minutes; run by name, as docs/reliability.md says"]
fn every_one_of_the_first_reads_of_every_command_fails_in_three_ways() {
    fail_reads(&ERRORS, |_| true);
}
