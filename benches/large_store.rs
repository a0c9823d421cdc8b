//! How fast and how small is a large store? `cargo bench --bench large_store -- PACKAGE [RUNS]`
//!
//! PACKAGE is a folder that `intergov synth` wrote; the store is made in the folder for temporary files. In its
//! place a store that such a package was imported into may be named: it is measured without the imports, and is
//! written to.
//! Each line is the median of the runs, with the least and the greatest. Memory is the process's own, as Linux
//! tells it. What is compared with other programs is in `peers/`.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and stops at what goes wrong")]

use std::path::{Path, PathBuf};
use std::process::Command;

use std::time::{Duration, Instant};

use intergov::Database;
use intergov::exchange::ImportOptions;
use intergov::graph::EdgeIx;
use intergov::relations::{Classifier, ClassifierAt, Direction, Reach, Scale, TierSchemes};
use intergov::store::CommitNote;
use intergov::value::{AsOf, Reading, Value, Window};
use rayon::prelude::{IntoParallelIterator, ParallelIterator};

/// Governments that are asked about.
const SAMPLE: usize = 40;

const NOTE: CommitNote<'static> = CommitNote { actor: "bench", command: "bench", summary: "bench" };

/// Memory of this process in MiB: now, and at most so far.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
    };
    (of("VmRSS:"), of("VmHWM:"))
}

fn bytes_in(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { bytes_in(&path) } else { path.metadata().unwrap().len() }).sum()
}

/// Prints the median of some runs.
fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let (least, most) = (times[0], times[times.len() - 1]);
    let (now, peak) = memory();
    println!(
        "{what:44} {:>10.2?} ({least:.2?} to {most:.2?}); {now} MiB, at most {peak}",
        times[times.len() / 2]
    );
}

fn timed<T>(runs: usize, mut work: impl FnMut() -> T) -> (T, Vec<Duration>) {
    let mut times = Vec::new();
    loop {
        let began = Instant::now();
        let done = work();
        times.push(began.elapsed());
        if times.len() >= runs {
            return (done, times);
        }
    }
}

fn import(package: &Path, store: &Path, trust: bool) -> (u64, Vec<Duration>) {
    let options = ImportOptions { trust, ..ImportOptions::default() };
    let (rows, times) = timed(1, || {
        let db = Database::create(store).unwrap();
        let done = db.import(package, &options, &NOTE).unwrap();
        (done.nodes.added + done.edges.added) as u64
    });
    (rows, times)
}

/// Whole commands on the closed store, for governments from all over it.
fn commands(store: &Path, governments: &[String]) {
    for command in ["show", "ties"] {
        let mut times = Vec::new();
        for government in governments {
            let began = Instant::now();
            let mut run = Command::new(env!("CARGO_BIN_EXE_intergov"));
            let done = run.arg(command).arg(store).arg(government).output().unwrap();
            times.push(began.elapsed());
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        }
        times.sort_unstable();
        let (median, ninth) = (times[times.len() / 2], times[times.len() * 9 / 10]);
        println!(
            "{:44} {median:>10.2?} (nine in ten below {ninth:.2?})",
            format!("the command `{command} DB CODE`")
        );
    }
}

/// Single writes and one of a thousand, durable, in this process.
fn writes(db: &Database, runs: usize) {
    let snapshot = db.snapshot().unwrap();
    let governments: Vec<_> = snapshot.nodes_with("Government").take(1_000).map(|node| node.id()).collect();
    let mut at = 0;
    let mut write = |count: usize| {
        db.write(&NOTE, |draft| {
            for node in &governments[..count] {
                at += 1;
                draft.set_node(*node, "note", Value::Text(format!("written {at}").into()))?;
            }
            Ok::<_, intergov::Error>(())
        })
        .unwrap();
    };
    write(1);
    report("a durable write", timed(runs * 20, || write(1)).1);
    report("a thousand writes in one transaction", timed(runs, || write(1_000)).1);
}

/// Both ways of importing; the store with all checks stays.
fn imports(package: &Path, store: &Path) {
    for trust in [true, false] {
        let (rows, times) = import(package, store, trust);
        let rate = rows as f64 / 1e6 / times[0].as_secs_f64();
        report(if trust { "import --trust" } else { "import with all checks" }, times);
        println!("{:44} {rows} rows, {rate:.2} million a second, {} bytes", "", bytes_in(store));
        if trust {
            std::fs::remove_dir_all(store).unwrap();
        }
    }
}

/// Opening, reading around one government, loading.
fn opening(store: &Path, someone: &str, runs: usize) {
    report("open", timed(runs, || drop(Database::open_read_only(store).unwrap())).1);
    let around = || Database::open_read_only(store).unwrap().around(someone, Reach::Ties).unwrap().is_some();
    report("open and take in one government's ties", timed(runs, around).1);
    let load = || drop(Database::open(store).unwrap().snapshot().unwrap());
    report("open and load the whole graph, and let it go", timed(runs, load).1);
}

/// Work on the whole graph.
fn whole(db: &Database, runs: usize) {
    let (snapshot, times) = timed(1, || db.snapshot().unwrap());
    report("load the whole graph", times);
    let window = Window::as_of("2010".parse().unwrap());
    let as_of = AsOf::new(Some(window), Reading::Certain);
    report("the whole graph as of 2010", timed(runs, || snapshot.holding(as_of)).1);
    let schemes = TierSchemes::of(&snapshot);
    let tie = snapshot.catalogue().edge_type("COOPERATES_WITH");
    let horizontal = |at: &ClassifierAt<'_>| -> usize {
        let edges = (0..snapshot.edge_bound()).into_par_iter();
        let edges = edges.filter_map(|at| snapshot.edge_at(EdgeIx::from_position(at)));
        let ties = edges.filter(|edge| Some(edge.type_id()) == tie);
        ties.filter(|edge| at.direction(edge.source_ix(), edge.target_ix()) == Direction::Horizontal).count()
    };
    let read = || Classifier::new(&snapshot, &schemes, Scale::Rank, false);
    let day = window.span().from;
    report("directions of all ties at one date", timed(runs, || horizontal(&read().at(day))).1);
    let classifier = read();
    report("the same once ranks and hierarchy are read", timed(runs, || horizontal(&classifier.at(day))).1);
}

/// All that is measured on a store that is there.
fn on_store(store: &Path, runs: usize) {
    let db = Database::open(store).unwrap();
    whole(&db, runs);
    let snapshot = db.snapshot().unwrap();
    let governments = snapshot.nodes_with("Government").step_by(snapshot.node_count() / SAMPLE);
    let governments: Vec<String> = governments.filter_map(|node| Some(node.text_id()?.to_string())).collect();
    drop((snapshot, db));
    opening(store, &governments[SAMPLE / 2], runs);
    commands(store, &governments);
    // Each opening leaves some megabytes for the disk to write, which are none of the writes below.
    assert!(Command::new("sync").status().unwrap().success());
    writes(&Database::open(store).unwrap(), runs);
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|text| !text.starts_with("--")).collect();
    let Some(named) = arguments.first().map(PathBuf::from) else {
        println!("large_store: no package named, nothing measured; see the head of benches/large_store.rs");
        return;
    };
    let runs = arguments.get(1).map_or(5, |text| text.parse().unwrap());
    if !named.join("datapackage.json").exists() {
        return on_store(&named, runs);
    }
    let store = std::env::temp_dir().join(format!("intergov-bench-{}", std::process::id()));
    imports(&named, &store);
    // A process of its own, whose memory is that of the store alone.
    let mut rest = Command::new(std::env::current_exe().unwrap());
    assert!(rest.arg(&store).arg(runs.to_string()).status().unwrap().success());
    std::fs::remove_dir_all(&store).unwrap();
}
