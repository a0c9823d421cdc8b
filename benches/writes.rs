//! Do writes cost what they write? `cargo bench --bench writes -- [RUNS]`
//!
//! Each line is the median of the runs, with the least and the greatest. What is compared is written by turns.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and stops at what goes wrong")]

use std::path::Path;
use std::time::{Duration, Instant};

use intergov::graph::NodeId;
use intergov::relations::{Mechanism, NewArrangement, NewGovernment, Role, Writer};
use intergov::store::CommitNote;
use intergov::value::Validity;
use intergov::{Database, Error};

const NOTE: CommitNote<'static> = CommitNote { actor: "bench", command: "bench", summary: "bench" };
const ARRANGEMENTS: usize = 100_000;
const STAR: usize = 80_000;
const EDGES: usize = 100_000;

/// Runs by turns, and the median of each.
fn by_turns<const N: usize>(runs: usize, work: [(&str, &dyn Fn() -> Duration); N]) -> [f64; N] {
    let mut times = [(); N].map(|()| Vec::new());
    for _ in 0..runs {
        for (own, (_, work)) in times.iter_mut().zip(&work) {
            own.push(work());
        }
    }
    let mut medians = [0.0; N];
    for ((own, (what, _)), median) in times.iter_mut().zip(&work).zip(&mut medians) {
        own.sort_unstable();
        let middle = own[own.len() / 2];
        println!("{what:52} {middle:>10.2?} ({:.2?} to {:.2?})", own[0], own[own.len() - 1]);
        *median = middle.as_secs_f64();
    }
    medians
}

fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

fn places(db: &Database, count: usize) -> Vec<NodeId> {
    let made = db.write(&NOTE, |draft| {
        let made = (0..count).map(|_| draft.create_node(&["Place"], Validity::ALWAYS));
        Ok::<_, Error>(made.collect::<Result<Vec<NodeId>, _>>()?)
    });
    made.unwrap().0
}

/// Arrangements of two parties each, through the typed writer.
fn arrangements(db: &Database, count: usize) -> Duration {
    let governments = db.write(&NOTE, |draft| {
        let mut writer = Writer::new(draft);
        let made = (0..300).map(|number| {
            let code = format!("cn:{number}");
            writer.found_government(&NewGovernment::new("cn", &code, &code), Validity::ALWAYS).unwrap()
        });
        Ok::<_, Error>(made.collect::<Vec<NodeId>>())
    });
    let (governments, _) = governments.unwrap();
    timed(|| {
        let written = db.write(&NOTE, |draft| {
            let mut writer = Writer::new(draft);
            for number in 0..count {
                let id = format!("a{number}");
                let new = NewArrangement::new(&id, &id, Mechanism::Contract);
                let made = writer.add_arrangement(&new, Validity::ALWAYS).unwrap();
                for party in [number % 300, (number + 7) % 300] {
                    writer.add_party(governments[party], made, Role::Member, Validity::ALWAYS).unwrap();
                }
            }
            Ok::<_, Error>(())
        });
        drop(written.unwrap());
    })
}

fn star(edges: usize) -> Duration {
    let db = Database::in_memory_without_schema();
    let made = places(&db, edges + 1);
    timed(|| {
        let written = db.write(&NOTE, |draft| {
            for leaf in &made[1..] {
                draft.create_edge("LEADS_TO", *leaf, made[0], Validity::ALWAYS)?;
            }
            Ok::<_, Error>(())
        });
        drop(written.unwrap());
    })
}

fn upsert(count: usize) -> Duration {
    let db = Database::in_memory_without_schema();
    timed(|| {
        let written = db.write(&NOTE, |draft| {
            for number in 0..count {
                let id = format!("p{}", number / 2);
                if draft.find("Place", &id).is_none() {
                    draft.create_node_with(&["Place"], Validity::ALWAYS, [("id", id.as_str())])?;
                }
            }
            Ok::<_, Error>(())
        });
        drop(written.unwrap());
    })
}

/// Edges with a number each, in one durable commit.
fn edges(folder: &Path) -> Duration {
    let path = folder.join("store");
    let db = Database::create(&path).unwrap();
    let made = places(&db, EDGES / 10);
    let took = timed(|| {
        let written = db.write(&NOTE, |draft| {
            for number in 0..EDGES {
                let [one, other] = [number % made.len(), (number * 7 + 1) % made.len()];
                let ends = (made[one], made[other]);
                draft.create_edge_with("LEADS_TO", ends, Validity::ALWAYS, [("weight", number as i64)])?;
            }
            Ok::<_, Error>(())
        });
        drop(written.unwrap());
    });
    drop(db);
    std::fs::remove_dir_all(path).unwrap();
    took
}

/// The same in redb: a record in a table of edges, and in one by source and one by target, as a graph needs.
fn edges_of_redb(folder: &Path) -> Duration {
    let path = folder.join("redb");
    let table = redb::TableDefinition::<u64, (u64, u64, i64)>::new("edges");
    let [leaving, arriving] = ["by source", "by target"].map(redb::TableDefinition::<(u64, u64), u64>::new);
    let db = redb::Database::create(&path).unwrap();
    let nodes = EDGES as u64 / 10;
    let took = timed(|| {
        let writing = db.begin_write().unwrap();
        {
            let mut edges = writing.open_table(table).unwrap();
            let mut leaving = writing.open_table(leaving).unwrap();
            let mut arriving = writing.open_table(arriving).unwrap();
            for number in 0..EDGES as u64 {
                let [one, other] = [number % nodes, (number * 7 + 1) % nodes];
                edges.insert(number, (one, other, number as i64)).unwrap();
                leaving.insert((one, number), other).unwrap();
                arriving.insert((other, number), one).unwrap();
            }
        }
        writing.commit().unwrap();
    });
    drop(db);
    std::fs::remove_file(path).unwrap();
    took
}

fn main() {
    let mut words = std::env::args().skip(1).filter(|text| !text.starts_with("--"));
    let runs: usize = words.next().map_or(5, |text| text.parse().unwrap());
    let only = words.next();
    let wanted = |what: &str| only.as_deref().is_none_or(|own| own == what);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    if wanted("writer") {
        let memory = |count: usize| move || arrangements(&Database::in_memory().unwrap(), count);
        let on_disk = || {
            let path = folder.path().join("store");
            let took = arrangements(&Database::create(&path).unwrap(), ARRANGEMENTS);
            std::fs::remove_dir_all(path).unwrap();
            took
        };
        by_turns(
            runs,
            [
                ("25,000 arrangements of two parties, in memory", &memory(ARRANGEMENTS / 4)),
                ("100,000 arrangements of two parties, in memory", &memory(ARRANGEMENTS)),
                ("the same on disk", &on_disk),
            ],
        );
    }
    if wanted("hub") {
        by_turns(
            runs,
            [
                ("a star of 20,000 edges in one commit, in memory", &|| star(STAR / 4)),
                ("a star of 80,000 edges", &|| star(STAR)),
                ("16,000 nodes looked for, half of them made", &|| upsert(16_000)),
                ("64,000 nodes", &|| upsert(64_000)),
            ],
        );
    }
    if wanted("edges") {
        let [ours, theirs] = by_turns(
            runs,
            [
                ("100,000 edges in one durable commit", &|| edges(folder.path())),
                ("the same in redb", &|| edges_of_redb(folder.path())),
            ],
        );
        println!("ratio {:.2}", ours / theirs);
    }
}
