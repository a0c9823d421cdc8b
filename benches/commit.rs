//! What does one durable commit cost? `cargo bench --bench commit -- [COMMITS]`
//!
//! One edge with a property a commit, by turns with redb (the same: one record in each of two tables, durable). Each
//! line is the median, with what nine in ten take at most. The parts of our commit are measured apart on files
//! of the same kind: they say what the witness costs.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and stops at what goes wrong")]

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use intergov::Database;
use intergov::store::CommitNote;
use intergov::value::{Validity, Value};

const NOTE: CommitNote<'static> = CommitNote { actor: "bench", command: "bench", summary: "bench" };
const NODES: u64 = 1_000;

fn report(what: &str, mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    let median = times[times.len() / 2];
    println!("{what:44} {median:>10.2?} (nine in ten at most {:.2?})", times[times.len() * 9 / 10]);
    median
}

fn main() {
    let commits: u64 = std::env::args().filter_map(|text| text.parse().ok()).next().unwrap_or(2_000);
    // On the disk that the build is on: a folder for temporary files may lie in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let db = Database::create(folder.path().join("store")).unwrap();
    let mut nodes = Vec::new();
    db.write(&NOTE, |draft| {
        for _ in 0..NODES {
            nodes.push(draft.create_node(&["Place"], Validity::ALWAYS)?);
        }
        Ok::<_, intergov::Error>(())
    })
    .unwrap();
    let table = redb::TableDefinition::<u64, &[u8]>::new("edges");
    let index = redb::TableDefinition::<(u64, u64), u64>::new("by source");
    let peer = redb::Database::create(folder.path().join("redb")).unwrap();
    let mut witness = File::create(folder.path().join("witness")).unwrap();
    witness.write_all(&[0; 8192]).and_then(|()| witness.sync_all()).unwrap();

    let (mut ours, mut theirs, mut slot) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..commits {
        let pick = |salt: u64| nodes[usize::try_from((number * 7_919 + salt) % NODES).unwrap()];
        let began = Instant::now();
        db.write(&NOTE, |draft| {
            let edge = draft.create_edge("TIED", pick(0), pick(17), Validity::ALWAYS)?;
            draft.set_edge(edge, "weight", Value::Integer(i64::try_from(number).unwrap_or(0)))?;
            Ok::<_, intergov::Error>(())
        })
        .unwrap();
        ours.push(began.elapsed());

        let began = Instant::now();
        let writing = peer.begin_write().unwrap();
        {
            writing.open_table(table).unwrap().insert(number, &[7_u8; 32][..]).unwrap();
            writing.open_table(index).unwrap().insert((number % NODES, number), number).unwrap();
        }
        writing.commit().unwrap();
        theirs.push(began.elapsed());

        let began = Instant::now();
        witness.seek(SeekFrom::Start(number % 2 * 4096)).unwrap();
        witness.write_all(&[7; 68]).and_then(|()| witness.sync_data()).unwrap();
        slot.push(began.elapsed());
    }
    let (ours, theirs) =
        (report("intergov, one edge a commit", ours), report("redb, one edge a commit", theirs));
    report("of ours the witness: 68 bytes, fdatasync", slot);
    println!("ratio {:.2}", ours.as_secs_f64() / theirs.as_secs_f64());
}
