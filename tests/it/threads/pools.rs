//! A program calls the database from within rayon pools of its own: no call hangs.
//!
//! A worker that waits for a part of its work takes up other tasks of its pool meanwhile. Were that wait inside a lock of
//! ours and the other task the next call of the program, the worker would wait for the lock that it holds itself. The
//! calls run in a child process, which is killed where it does not end.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use intergov::graph::Draft;
use intergov::relations::{NewGovernment, TieOptions, Writer};
use intergov::store::CommitNote;
use intergov::study::Moment;
use intergov::value::{Date, Validity, Value};
use intergov::{Database, Error};
use rayon::prelude::*;

const NOTE: CommitNote<'static> = CommitNote { actor: "test", command: "test", summary: "test" };
/// Which call the child makes.
const CALL: &str = "INTERGOV_TEST_CALL_FROM_POOLS";
/// Threads of the pools that the calls are made from.
const POOLS: [usize; 5] = [1, 2, 4, 8, 32];
/// Calls from each pool.
const CALLS: usize = 200;
/// Governments of the graph: enough for every part of the work to be shared among cores.
const GOVERNMENTS: usize = 150;
/// After so long a child hangs: many times what it takes on a machine that is busy otherwise.
const DEADLINE: Duration = Duration::from_secs(600);

/// Governments, and twice as many arrangements of two of them.
fn fill(db: &Database) {
    db.write(&NOTE, |draft| {
        let mut governments = Vec::new();
        let mut writer = Writer::new(draft);
        for at in 0..GOVERNMENTS {
            let code = format!("cn:{at}");
            let government =
                NewGovernment { rank: Some("prefectural"), ..NewGovernment::new("cn", &code, &code) };
            governments.push(writer.found_government(&government, Validity::ALWAYS)?);
        }
        for at in 0..2 * GOVERNMENTS {
            let id = format!("a{at}");
            let arrangement = draft.create_node(&["Arrangement"], Validity::ALWAYS)?;
            for (key, value) in [("id", id.as_str()), ("name", id.as_str()), ("mechanism", "contract")] {
                draft.set_node(arrangement, key, Value::text(value))?;
            }
            for (party, place) in [at % GOVERNMENTS, (at * 7 + 3) % GOVERNMENTS].into_iter().enumerate() {
                let edge =
                    draft.create_edge("PARTY_TO", governments[place], arrangement, Validity::UNKNOWN)?;
                draft.set_edge(edge, "id", Value::text(&format!("{id}.{party}")))?;
                draft.set_edge(edge, "role", Value::text("member"))?;
            }
        }
        Ok::<_, Error>(())
    })
    .unwrap();
}

/// Makes a call 200 times from each pool, in as many rounds, each of which begins with something outside of the pool.
fn from_pools(rounds: usize, begin: impl Fn(), call: impl Fn(usize) + Sync) {
    let done = AtomicUsize::new(0);
    for threads in POOLS {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for _ in 0..rounds {
            begin();
            pool.install(|| {
                (0..CALLS / rounds).into_par_iter().for_each(|at| {
                    call(at);
                    done.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
    }
    assert_eq!(done.into_inner(), POOLS.len() * CALLS);
}

/// A commit, after which nothing that was worked out before is of use.
fn touch(db: &Database) {
    db.write(&NOTE, |draft| draft.create_node(&["Mark"], Validity::ALWAYS).map(drop).map_err(Error::from))
        .unwrap();
}

fn in_year(at: usize) -> Moment {
    Moment::new(Date::year(i16::try_from(1980 + at).unwrap()).unwrap())
}

/// What a child does.
fn call(which: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let db = Database::create(&path).unwrap();
    fill(&db);
    match which {
        // Options of their own, so that every call derives.
        "ties" => from_pools(
            1,
            || (),
            |at| {
                db.ties(&TieOptions { max_parties: 100 + at, ..TieOptions::default() }).unwrap();
            },
        ),
        "analyze" => from_pools(
            5,
            || touch(&db),
            |at| {
                db.analyze("density", &[in_year(at)], Default::default(), Default::default()).unwrap();
            },
        ),
        "network" => from_pools(
            5,
            || touch(&db),
            |at| {
                db.network(in_year(at), Default::default()).unwrap();
            },
        ),
        "snapshot" => {
            drop(db);
            let open = || Database::open_read_only(&path).unwrap();
            let opened = Mutex::new(Arc::new(open()));
            let reopen = || *opened.lock().unwrap() = Arc::new(open());
            from_pools(25, reopen, |_| {
                let db = Arc::clone(&opened.lock().unwrap());
                db.snapshot().unwrap();
            });
        }
        "write" => from_pools(
            1,
            || (),
            |_| {
                let grow = |draft: &mut Draft<'_>| {
                    (0..256).try_for_each(|_| draft.create_node(&["Mark"], Validity::ALWAYS).map(drop))
                };
                db.write(&NOTE, |draft| Ok::<_, Error>(grow(draft)?)).unwrap();
            },
        ),
        other => panic!("there is no call {other}"),
    }
}

/// Not a test of its own: what the children of this module run.
#[test]
fn child() {
    if let Ok(which) = std::env::var(CALL) {
        call(&which);
    }
}

/// Runs a call in a child and ends it where it hangs.
fn comes_back(which: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "threads::pools::child", "--nocapture"])
        .env(CALL, which)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begun.elapsed() > DEADLINE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{which} hangs in a rayon pool of the caller");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{which}: {status}");
}

#[test]
fn ties_come_back_in_any_pool() {
    comes_back("ties");
}

#[test]
fn measures_come_back_in_any_pool() {
    comes_back("analyze");
}

#[test]
fn networks_come_back_in_any_pool() {
    comes_back("network");
}

#[test]
fn the_first_snapshot_comes_back_in_any_pool() {
    comes_back("snapshot");
}

#[test]
fn large_writes_come_back_in_any_pool() {
    comes_back("write");
}
