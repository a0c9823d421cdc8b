//! Laws of synthetic data: exact numbers, the same bytes from the same seed, no breach of a rule, and the
//! shape that is promised.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use intergov::exchange::{ExchangeError, ImportOptions};
use intergov::graph::{CommitRule, NodeIx, Snapshot};
use intergov::relations::DomainRules;
use intergov::synth::{SynthOptions, synthesize};
use intergov::{Progress, Stage, Watch};

use super::{Folder, empty, import, planned, schema};

fn options(governments: u32, ties: u64, arrangements: u64, parties: u64) -> SynthOptions {
    SynthOptions { governments, ties, arrangements, parties, ..SynthOptions::default() }
}

fn write(options: &SynthOptions) -> (Folder, BTreeMap<&'static str, u64>) {
    let folder = Folder::new();
    let tables = synthesize(&schema(), folder.path(), options).unwrap();
    (folder, tables.into_iter().collect())
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// Imports a package that must break no rule and draw no warning.
fn imported(options: &SynthOptions) -> Snapshot {
    let (folder, _) = write(options);
    let before = empty();
    let plan = planned(&before, folder.path(), &ImportOptions::default())
        .unwrap_or_else(|faults| panic!("{options:?}: {faults}"));
    let after = before.apply(plan.changes()).unwrap();
    let found = DomainRules.check(&before, &after, plan.changes());
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{options:?}: {}", found.join("\n"));
    after
}

#[test]
fn the_numbers_are_those_that_were_asked_for() {
    let options = options(2_000, 40_000, 300, 1_900);
    let (folder, tables) = write(&options);
    let wanted = [("governments", 2_000), ("cooperation", 40_000), ("arrangements", 300), ("parties", 1_900)];
    for (table, rows) in wanted.into_iter().chain([("sources", 1)]) {
        assert_eq!(tables[table], rows, "{table}");
    }
    for (table, rows) in &tables {
        // No cell holds a line feed.
        let text = fs::read_to_string(folder.path().join(format!("{table}.csv"))).unwrap();
        assert_eq!(text.lines().count() as u64, rows + 1, "{table}");
    }
    // What changes: at most 2 of 100 governments. One that moves has a second row of subordination.
    let texts = |table: &str| fs::read_to_string(folder.path().join(format!("{table}.csv"))).unwrap();
    let of: BTreeSet<String> =
        texts("states").lines().skip(1).map(|row| row.split(',').nth(2).unwrap().to_owned()).collect();
    let moved = tables["subordination"] - 1_999;
    let changed = of.len() as u64 + moved + tables["succession"];
    assert!((10..=40).contains(&changed) && moved > 0, "{changed} changed, {moved} moved");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    // More than one block of rows, and the last one not full.
    let options = options(20_000, 40_000, 17_000, 40_000);
    let on = |threads: usize, options: &SynthOptions| {
        let pool = rayon_pool(threads);
        pool.install(|| files(write(options).0.path()))
    };
    let first = on(1, &options);
    assert!(first == on(3, &options), "one thread and three");
    let other = on(2, &SynthOptions { seed: 2, ..options });
    assert!(other.keys().eq(first.keys()));
    for (name, bytes) in &first {
        assert!(other[name] != *bytes, "{name} is the same under another seed");
    }
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

#[test]
fn every_size_breaks_no_rule() {
    // All small ones, then steps through the sizes at which a tier fills up (3, 32, 365, 3,215).
    let sizes = (3..40).chain([100, 364, 365, 366, 900, 962, 1_000, 3_000, 3_216]);
    for governments in sizes {
        let arrangements = 20;
        let parties = 20 * 3.min(u64::from(governments));
        imported(&SynthOptions {
            seed: u64::from(governments),
            ..options(governments, 200, arrangements, parties)
        });
    }
    for governments in [1, 2] {
        assert_eq!(
            imported(&options(governments, 0, 0, 0)).nodes_with("Government").count(),
            governments as usize
        );
    }
    // As many parties as there can be, a single year, and a larger one with every kind of change.
    imported(&options(7, 50, 30, 210));
    imported(&SynthOptions { first_year: 2000, last_year: 2000, ..options(3_000, 3_000, 100, 400) });
    imported(&SynthOptions { seed: 9, ..options(20_000, 30_000, 1_000, 5_000) });
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |options: SynthOptions| {
        let folder = Folder::new();
        let error = synthesize(&schema(), folder.path(), &options).unwrap_err();
        assert!(matches!(error, ExchangeError::Impossible { .. }), "{error}");
        error.to_string()
    };
    assert_eq!(
        refused(options(0, 0, 0, 0)),
        "there cannot be a data set without governments; ask for one at least"
    );
    refused(options(2, 1, 0, 0));
    refused(options(100, 0, 0, 1));
    assert_eq!(
        refused(options(100, 0, 10, 19)),
        "there cannot be 19 parties of 10 arrangements among 100 governments; ask for 20 to 1000 parties"
    );
    refused(options(1_000, 0, 10, 1_201));
    refused(SynthOptions { first_year: 2001, last_year: 2000, ..SynthOptions::default() });
    let (folder, _) = write(&options(3, 1, 0, 0));
    let again = synthesize(&schema(), folder.path(), &options(3, 1, 0, 0));
    assert!(matches!(again, Err(ExchangeError::NotEmpty { .. })));
}

#[test]
fn progress_ends_at_all_rows() {
    let folder = Folder::new();
    let seen: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let watch = Watch::new().telling(move |progress| kept.lock().unwrap().push(progress));
    let options = options(500, 100_000, 10, 40);
    watch.run(|| synthesize(&schema(), folder.path(), &options)).unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.iter().all(|progress| progress.stage == Stage::Writing));
    assert!(seen.windows(2).all(|pair| pair[0].done <= pair[1].done));
    let last = seen.last().unwrap();
    assert!(last.done >= last.in_all && last.in_all >= 100_500, "{last:?}");
    watch.cancel();
    let refused = Folder::new();
    let stopped = watch.run(|| synthesize(&schema(), refused.path(), &options));
    assert!(matches!(stopped, Err(ExchangeError::Cancelled(_))));
    assert_eq!(fs::read_dir(refused.path()).unwrap().count(), 0);
}

/// The ends of all bare dyads.
fn pairs(graph: &Snapshot) -> Vec<[NodeIx; 2]> {
    graph.edges_of("COOPERATES_WITH").map(|edge| [edge.source_ix(), edge.target_ix()]).collect()
}

/// The province above a government: the last but one of its superiors.
fn province(graph: &Snapshot, government: NodeIx) -> Option<NodeIx> {
    let mut line = vec![government];
    while let Some(edge) = graph.node_at(*line.last().unwrap()).unwrap().out_edges_of("SUBORDINATE_TO").next()
    {
        line.push(edge.target_ix());
    }
    line.len().checked_sub(2).map(|at| line[at])
}

#[test]
fn activity_has_a_heavy_tail() {
    let graph = imported(&options(10_000, 50_000, 0, 0));
    let mut degrees: BTreeMap<NodeIx, u64> = BTreeMap::new();
    for end in pairs(&graph).into_iter().flatten() {
        *degrees.entry(end).or_default() += 1;
    }
    let mut degrees: Vec<u64> = degrees.into_values().collect();
    degrees.sort_unstable_by(|a, b| b.cmp(a));
    // If all were equally active, degrees were Poisson with mean 10 and variance 10; the top 100 of 10,000
    // then stand near 10 + 2.7·√10 ≈ 19 and hold some 2 % of 100,000 ends. Of a Pareto law of exponent a the
    // top share p holds p^(1-1/a), for a = 4/3 and p = 0.01 that is 32 %.
    let top: u64 = degrees.iter().take(100).sum();
    assert!(top > 20_000, "the most active 1 % hold {top} of 100,000 ends");
    assert!(degrees[0] > 400, "{}", degrees[0]);
}

#[test]
fn ties_favour_the_own_province_and_near_places() {
    let graph = imported(&options(10_000, 50_000, 0, 0));
    let pairs = pairs(&graph);
    let mut ends: BTreeMap<NodeIx, f64> = BTreeMap::new();
    let mut within = 0;
    for [a, b] in &pairs {
        let (one, other) = (province(&graph, *a).unwrap(), province(&graph, *b).unwrap());
        within += u64::from(one == other);
        for end in [one, other] {
            *ends.entry(end).or_default() += 1.0;
        }
    }
    // Were the ends joined at random, a province with the share s of all ends would hold s² of the ties.
    let all: f64 = ends.values().sum();
    let random: f64 = ends.values().map(|own| (own / all).powi(2)).sum();
    let share = within as f64 / pairs.len() as f64;
    // Of a hundred draws 80 stay within the province, but for those of provinces themselves and those that
    // find nobody near.
    assert!(share > 0.5 && share > 3.0 * random, "within {share}, at random {random}");
    let place = |at: NodeIx| {
        let node = graph.node_at(at).unwrap();
        ["lon", "lat"].map(|key| node.value(key).unwrap().as_number().unwrap())
    };
    let distance = |a: NodeIx, b: NodeIx| {
        let (a, b) = (place(a), place(b));
        (a[0] - b[0]).hypot(a[1] - b[1])
    };
    let median = |mut distances: Vec<f64>| {
        distances.sort_unstable_by(f64::total_cmp);
        distances[distances.len() / 2]
    };
    let tied = median(pairs.iter().map(|[a, b]| distance(*a, *b)).collect());
    // The same ends, joined otherwise.
    let shuffled = pairs.iter().zip(pairs.iter().cycle().skip(25_000));
    let random = median(shuffled.map(|([a, _], [_, b])| distance(*a, *b)).collect());
    assert!(tied < random / 3.0, "tied {tied} degrees, at random {random}");
}

#[test]
fn no_dyad_joins_leader_and_led() {
    // Small, so that most draws of another tier would hit the own line.
    for (governments, seed) in [(4, 1), (12, 2), (60, 3), (3_000, 4)] {
        let graph = imported(&SynthOptions { seed, ..options(governments, 3_000, 0, 0) });
        // Superiors at any time: one that moves has two.
        let above = |government: NodeIx| {
            let mut line = vec![government];
            let mut at = 0;
            while let Some(next) = line.get(at) {
                let superiors = graph.node_at(*next).unwrap().out_edges_of("SUBORDINATE_TO");
                let superiors: Vec<NodeIx> = superiors.map(|edge| edge.target_ix()).collect();
                line.extend(superiors);
                at += 1;
            }
            line
        };
        for [a, b] in pairs(&graph) {
            assert!(!above(a).contains(&b) && !above(b).contains(&a), "{a:?} {b:?} of {governments}");
        }
    }
}

#[test]
fn numbers_near_are_places_near() {
    let graph = import(&empty(), write(&options(5_000, 0, 0, 0)).0.path(), &ImportOptions::default());
    let mut places: Vec<(String, f64, f64)> = graph
        .nodes_with("Government")
        .map(|node| {
            let number = |key: &str| node.value(key).unwrap().as_number().unwrap();
            (node.text_id().unwrap().to_string(), number("lon"), number("lat"))
        })
        .collect();
    places.sort_by(|a, b| a.0.cmp(&b.0));
    let mean = |step: usize| {
        let all = places.windows(step + 1).map(|run| (run[0].1 - run[step].1).hypot(run[0].2 - run[step].2));
        all.sum::<f64>() / (places.len() - step) as f64
    };
    let (next, far) = (mean(1), mean(1_000));
    assert!(next < far / 10.0, "neighbours {next}, a thousand apart {far}");
}
