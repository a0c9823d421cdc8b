//! What a study costs: one network of a date, all measures over years, and the memory for them.
//!
//! `intergov synth P --governments 40000 --ties 400000`, then `cargo bench --bench study -- P [RUNS]`. Measures of
//! shortest paths take O(n m) and are left out, unless a number of governments follows: then the study is one of the
//! governments of that region, `cargo bench --bench study -- P RUNS REGION`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark stops where it fails and prints")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use intergov::Database;
use intergov::analysis::{Analysis, MEASURES, Measure};
use intergov::exchange::ImportOptions;
use intergov::store::CommitNote;
use intergov::study::{Moment, NodeSelection, Selection, Study, Subjects};

const NOTE: CommitNote<'static> = CommitNote { actor: "bench", command: "bench", summary: "bench" };

/// Measures that search paths from every government.
const OF_PATHS: [&str; 4] = ["cohesion", "centralization", "betweenness", "closeness"];

/// The most memory that this process held, in MiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn median(runs: usize, mut work: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..runs).map(|_| work()).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let package = PathBuf::from(arguments.next().unwrap());
    let runs: usize = arguments.next().map_or(5, |runs| runs.parse().unwrap());
    let region = arguments.next();
    let db = Database::in_memory().unwrap();
    db.import(&package, &ImportOptions::default(), &NOTE).unwrap();
    let snapshot = db.snapshot().unwrap();
    let region = region.map(|id| snapshot.find("Region", &id).unwrap().id());
    let nodes = NodeSelection { region, ..NodeSelection::default() };
    let selection = Selection { nodes, ..Selection::default() };
    println!("{} nodes, {} edges; {} MiB", snapshot.node_count(), snapshot.edge_count(), peak());
    println!("ties derived: {:.1?}", timed(|| drop(db.ties(&selection.tie_options()).unwrap())));
    let study = || -> Study { db.study(selection.clone(), Subjects::default()).unwrap() };
    let years = Moment::series("1990..2012").unwrap();

    let warm = study();
    let first = timed(|| drop(warm.slice(years[0]).unwrap()));
    println!("first network of a state, its rows read: {first:.1?}");
    let mut next = years.iter().skip(1).cycle();
    let one = median(22, || timed(|| drop(warm.slice(*next.next().unwrap()).unwrap())));
    let slice = warm.slice(years[20]).unwrap();
    println!(
        "one network: {one:.1?} ({} governments, {} ties of {})",
        slice.network.node_count(),
        slice.network.tie_count(),
        warm.ties().columns().len()
    );

    let asked = MEASURES.iter().filter(|own| region.is_some() || !OF_PATHS.contains(&own.name));
    // It is 36 studies.
    let asked: Vec<&Measure> = asked.filter(|own| own.name != "robustness").collect();
    let mut slowest = Duration::ZERO;
    for measure in &asked {
        let alone = median(runs, || {
            let analysis = Analysis::new(study());
            timed(|| drop(analysis.run(measure, &years)))
        });
        slowest = slowest.max(alone);
        println!("{:16} x {} years: {alone:.1?}", measure.name, years.len());
    }
    let all = median(runs, || {
        let analysis = Analysis::new(study());
        timed(|| asked.iter().for_each(|measure| drop(analysis.run(measure, &years))))
    });
    let ratio = all.as_secs_f64() / slowest.as_secs_f64();
    println!(
        "all {} x {} years: {all:.1?}, {ratio:.2} of the slowest one; {} MiB at most",
        asked.len(),
        years.len(),
        peak()
    );
}
