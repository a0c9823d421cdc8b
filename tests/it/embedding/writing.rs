//! One writes at a time, and others wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use intergov::graph::NodeId;
use intergov::value::Validity;
use intergov::{Database, Error};

use super::{NOTE, both};

/// An error of a program.
#[derive(Debug)]
enum Own {
    Refused(&'static str),
    Graph(Error),
}

impl From<Error> for Own {
    fn from(error: Error) -> Self {
        Self::Graph(error)
    }
}

fn mark(db: &Database) -> Result<(), Error> {
    db.write(&NOTE, |draft| Ok::<_, Error>(draft.create_node(&["Mark"], Validity::ALWAYS)?)).map(drop)
}

fn marks(db: &Database) -> usize {
    db.snapshot().unwrap().nodes_with("Mark").count()
}

#[test]
fn a_write_gives_what_it_made_and_takes_any_error() {
    both(|db| {
        let (node, committed) = db
            .write(&NOTE, |draft| {
                Ok::<_, Own>(draft.create_node(&["Mark"], Validity::ALWAYS).map_err(Error::from)?)
            })
            .unwrap();
        assert_eq!((committed.commit, marks(db)), (1, 1));
        assert!(db.snapshot().unwrap().node(node).is_some());
        let refused = db.write(&NOTE, |draft| {
            draft.create_node(&["Mark"], Validity::ALWAYS).map_err(Error::from)?;
            Err::<(), _>(Own::Refused("not today"))
        });
        assert!(matches!(refused, Err(Own::Refused("not today"))));
        let graph = db
            .write(&NOTE, |draft| draft.remove_node(NodeId::new(99)).map_err(|e| Own::from(Error::from(e))));
        assert!(matches!(graph, Err(Own::Graph(Error::Change(_)))));
        assert_eq!(marks(db), 1);
    });
}

#[test]
fn writes_of_many_threads_wait_for_one_another() {
    both(|db| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..50).for_each(|_| mark(db).unwrap()));
            }
        });
        assert_eq!((marks(db), db.snapshot().unwrap().commit()), (200, 200));
    });
}

#[test]
fn a_write_that_is_not_to_wait_says_that_another_is_going_on() {
    both(|db| {
        let change = db.begin().unwrap();
        thread::scope(|scope| {
            let tried = scope.spawn(|| db.try_write(&NOTE, |_| Ok::<_, Error>(())));
            assert!(matches!(tried.join().unwrap(), Err(Error::Busy)));
        });
        drop(change);
        assert!(db.try_begin().is_ok());
        assert_eq!(db.snapshot().unwrap().commit(), 0);
    });
}

#[test]
fn a_write_within_a_write_of_the_same_thread_is_an_error_and_not_a_deadlock() {
    both(|db| {
        let nested = db.write(&NOTE, |_| mark(db));
        assert!(matches!(nested, Err(Error::Nested)));
        let committed = db.write(&NOTE, |_| {
            let changes = db.snapshot()?.draft().finish();
            db.commit(&changes, &NOTE).map(drop)
        });
        assert!(matches!(committed, Err(Error::Nested)));
        let tried = db.write(&NOTE, |_| db.try_write(&NOTE, |_| Ok::<_, Error>(())).map(drop));
        assert!(matches!(tried, Err(Error::Nested)));
        // Reading within a change is fine, and afterwards all is as before.
        db.write(&NOTE, |_| db.snapshot().map(drop)).unwrap();
        mark(db).unwrap();
        assert_eq!(marks(db), 1);
    });
}

#[test]
fn a_panic_within_a_write_lets_the_next_one_in() {
    both(|db| {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            db.write(&NOTE, |draft| {
                draft.create_node(&["Mark"], Validity::ALWAYS)?;
                if draft.nodes().count() == 1 { panic!("of the caller") } else { Ok::<_, Error>(()) }
            })
        }));
        assert!(panicked.is_err());
        mark(db).unwrap();
        assert_eq!(marks(db), 1);
    });
}

#[test]
fn a_change_that_was_made_for_a_former_state_conflicts_in_memory_and_on_disk() {
    both(|db| {
        let former = db.snapshot().unwrap();
        mark(db).unwrap();
        let mut draft = former.draft();
        draft.create_node(&["Mark"], Validity::ALWAYS).unwrap();
        let conflict = db.commit(&draft.finish(), &NOTE).unwrap_err();
        assert!(matches!(conflict, Error::Conflict { made_for: 0, present: 1 }), "{conflict}");
    });
}

#[test]
fn a_transaction_moves_on_with_what_was_committed_while_it_waited() {
    both(|db| {
        let begun = Barrier::new(2);
        let first = db.begin().unwrap();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| {
                begun.wait();
                let change = db.begin().unwrap();
                change.snapshot().commit()
            });
            begun.wait();
            let mut first = first;
            first.create_node(&["Mark"], Validity::ALWAYS).unwrap();
            first.commit(&NOTE).unwrap();
            assert_eq!(waiting.join().unwrap(), 1);
        });
    });
}
