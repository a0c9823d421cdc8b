//! What does a question cost after a commit? `cargo bench --bench follow -- [GOVERNMENTS]`
//!
//! A store on disk of governments and five arrangements to three of them with two parties each: 60,000 governments
//! make 100,000 arrangements. Then, again and again: one more arrangement of two of them is committed, and the same
//! things are asked for. Each line is the median, with what nine in ten take at most.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints and stops at what goes wrong")]

use std::time::{Duration, Instant};

use intergov::Database;
use intergov::graph::NodeId;
use intergov::relations::{Mechanism, NewArrangement, NewGovernment, Reach, Role, TieOptions, Writer};
use intergov::store::CommitNote;
use intergov::value::Validity;

const NOTE: CommitNote<'static> = CommitNote { actor: "bench", command: "bench", summary: "bench" };
const COMMITS: usize = 40;

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    println!(
        "{what:44} {:>10.2?} (nine in ten at most {:.2?})",
        times[times.len() / 2],
        times[times.len() * 9 / 10]
    );
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    times.push(began.elapsed());
    done
}

fn arrangement(writer: &mut Writer<'_, '_>, id: &str, parties: [NodeId; 2]) {
    let new = NewArrangement::new(id, id, Mechanism::Contract);
    let made = writer.add_arrangement(&new, Validity::ALWAYS).unwrap();
    for party in parties {
        writer.add_party(party, made, Role::Member, Validity::UNKNOWN).unwrap();
    }
}

fn fill(db: &Database, governments: usize) -> Vec<NodeId> {
    let made = db.write(&NOTE, |draft| {
        let mut writer = Writer::new(draft);
        let made: Vec<NodeId> = (0..governments)
            .map(|number| {
                let code = format!("cn:{number}");
                let new =
                    NewGovernment { rank: Some("prefectural"), ..NewGovernment::new("cn", &code, &code) };
                writer.found_government(&new, Validity::ALWAYS).unwrap()
            })
            .collect();
        for number in 0..governments * 5 / 3 {
            let [one, other] = [number % governments, (number * 7 + 3) % governments];
            let other = if one == other { (other + 1) % governments } else { other };
            arrangement(&mut writer, &format!("a{number}"), [made[one], made[other]]);
        }
        Ok::<_, intergov::Error>(made)
    });
    made.unwrap().0
}

fn main() {
    let governments: usize = std::env::args().filter_map(|text| text.parse().ok()).next().unwrap_or(60_000);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let db = Database::create(folder.path().join("store")).unwrap();
    let mut filled = Vec::new();
    let made = timed(&mut filled, || fill(&db, governments));
    report("made in one transaction", filled);
    let snapshot = db.snapshot().unwrap();
    println!("{} nodes, {} edges", snapshot.node_count(), snapshot.edge_count());

    let options = TieOptions::default();
    let [mut write, mut around, mut cut, mut whole, mut names, mut known] = [(); 6].map(|()| Vec::new());
    for number in 0..COMMITS {
        let parties = [made[number * 7 % governments], made[number * 11 + 5]];
        let id = format!("x{number}");
        timed(&mut write, || {
            db.write(&NOTE, |draft| {
                arrangement(&mut Writer::new(draft), &id, parties);
                Ok::<_, intergov::Error>(())
            })
            .unwrap()
        });
        let ties = timed(&mut around, || {
            let table = db.ties_around(&parties[..1], &options).unwrap();
            let own = table.snapshot().node(parties[0]).unwrap().ix();
            table.of(own).count()
        });
        assert!(ties > 0);
        timed(&mut cut, || db.neighbourhood(&parties[..1], Reach::Ties).unwrap());
        timed(&mut names, || assert!(db.names().unwrap().government("cn:77", None).is_ok()));
        timed(&mut known, || assert!(db.names().unwrap().government("cn:78", None).is_ok()));
        if number % 8 == 0 {
            timed(&mut whole, || db.ties(&options).unwrap().columns().len());
        }
    }
    report("the write", write);
    report("ties of one government after it", around);
    report("of it the graph that is cut out", cut);
    report("a code looked up after it", names);
    report("another one in the same state", known);
    report("all ties after it", whole);
}
