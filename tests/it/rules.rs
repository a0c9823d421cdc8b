//! The rules of a commit: every fault is found, named and comes with a remedy; what is right passes.

use std::path::Path;

use intergov::exchange::ImportOptions;
use intergov::graph::{Draft, NodeId};
use intergov::value::{Validity, Value};
use intergov::{Database, Error};

use crate::ties::NOTE;

#[test]
fn the_shipped_package_passes() {
    let db = Database::in_memory().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/china");
    match db.plan(&folder, &ImportOptions::default()) {
        Ok(_) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Two governments; the code of the first ends where that of the second begins.
fn two_governments() -> (Database, [NodeId; 2]) {
    let db = Database::in_memory().unwrap();
    let mut made = Vec::new();
    db.write(&NOTE, |draft| {
        for (id, code, life) in [("a", "xx:1", ("1990", "2000")), ("b", "xx:2", ("2000", ".."))] {
            let node = draft.create_node(&["Government"], Validity::parse(life.0, life.1, "").unwrap())?;
            for (key, value) in [("id", id), ("scheme", "xx"), ("code", code), ("name", id)] {
                draft.set_node(node, key, Value::text(value))?;
            }
            made.push(node);
        }
        Ok::<_, Error>(())
    })
    .unwrap();
    (db, [made[0], made[1]])
}

/// The rules that a change breaks.
fn broken(db: &Database, change: impl FnOnce(&mut Draft<'_>)) -> Vec<&'static str> {
    let written = db.write(&NOTE, |draft| {
        change(draft);
        Ok(())
    });
    match written {
        Ok(_) => Vec::new(),
        Err(Error::Rules(violations)) => violations.iter().map(|violation| violation.rule).collect(),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn who_takes_the_id_or_code_that_another_keeps_is_found_whatever_else_changes() {
    let name = |draft: &mut Draft<'_>, node| draft.set_node(node, "name", Value::text("new")).unwrap();
    let (db, [a, b]) = two_governments();
    let takes = |key: &'static str, value: &'static str| {
        move |draft: &mut Draft<'_>| {
            // The one that keeps it is changed too, before and after in the order of the change.
            name(draft, a);
            draft.set_node(b, key, Value::text(value)).unwrap();
        }
    };
    assert_eq!(broken(&db, takes("id", "a")), ["S22"]);
    let (db, [a, b]) = two_governments();
    assert_eq!(
        broken(&db, |draft| {
            name(draft, b);
            draft.set_node(a, "id", Value::text("b")).unwrap();
        }),
        ["S22"]
    );
    // One code after the other is not a fault; with a longer life of the first, which keeps it, they meet.
    let (db, [a, b]) = two_governments();
    assert!(broken(&db, |draft| draft.set_node(b, "code", Value::text("xx:1")).unwrap()).is_empty());
    let longer = |draft: &mut Draft<'_>| {
        draft.edit_node(a).unwrap().validity = Validity::parse("1990", "2005", "").unwrap();
        name(draft, b);
    };
    assert_eq!(broken(&db, longer), ["S11"]);
    assert!(broken(&db, |draft| [a, b].iter().for_each(|node| name(draft, *node))).is_empty());
}
