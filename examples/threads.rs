//! Readers beside a writer: nothing a reader holds changes, and each hears of what is committed.
//!
//! Run it with `cargo run --example threads`.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;

use intergov::store::CommitNote;
use intergov::value::Validity;
use intergov::{Database, Error as DatabaseError};

const WRITERS: usize = 4;
const WRITES: usize = 25;

fn main() -> Result<(), Box<dyn Error>> {
    let db = Arc::new(Database::in_memory_without_schema());
    let commits = db.subscribe();

    // Writers wait for one another: no write has to be tried again.
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let db = Arc::clone(&db);
            thread::spawn(move || {
                (0..WRITES).try_for_each(|at| {
                    let visit = [("writer", writer), ("at", at)];
                    let write = db.write(&CommitNote::by("threads"), |draft| {
                        Ok::<_, DatabaseError>(draft.create_node_with(&["Visit"], Validity::ALWAYS, visit)?)
                    });
                    write.map(drop)
                })
            })
        })
        .collect();

    // A reader takes a snapshot a question: whatever is written meanwhile, its numbers fit together.
    let reader = {
        let db = Arc::clone(&db);
        thread::spawn(move || {
            let mut seen = 0;
            while seen < WRITERS * WRITES {
                let snapshot = db.snapshot()?;
                let count = snapshot.nodes_with("Visit").count();
                assert_eq!(count as u64, snapshot.commit());
                seen = seen.max(count);
            }
            Ok::<_, DatabaseError>(seen)
        })
    };

    for writer in writers {
        writer.join().map_err(|_| "a writer panicked")??;
    }
    let seen = reader.join().map_err(|_| "the reader panicked")??;
    let heard = commits.try_iter().count();
    writeln!(io::stdout().lock(), "{seen} visits seen, {heard} commits heard of")?;
    Ok(())
}
