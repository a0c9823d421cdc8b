//! Care for a store on the command line: backup, restore, migrate, compact, and reading beside a writer.

use std::fs;

use intergov::Database;

use super::Place;

fn dump(place: &Place, store: &str) -> String {
    place.run(&["dump", store]).succeeds().stdout()
}

#[test]
fn a_backup_restored_is_the_same_store() {
    let place = Place::toy();
    place.run(&["set", "toy", "甲一市", "note", "x"]).succeeds();
    let run = place.run(&["backup", "toy", "toy.backup"]).succeeds();
    assert!(run.stdout().is_empty() && run.stderr().starts_with("commit 2 backed up: "), "{run}");
    let run = place.run(&["restore", "toy.backup", "again"]).succeeds();
    assert!(run.stderr().starts_with("restored as of commit 2: "), "{run}");
    assert!(run.stderr().contains("next: intergov verify again"), "{run}");
    assert_eq!(dump(&place, "again"), dump(&place, "toy"));
    let history = |store: &str| place.run(&["history", store]).succeeds().stdout();
    assert_eq!(history("again"), history("toy"));
    place.run(&["verify", "again"]).succeeds();
    // Nothing is written over, and a damaged backup has the code of damage.
    let run = place.run(&["backup", "toy", "toy.backup"]).fails(1);
    assert!(run.stderr().contains("toy.backup exists already"), "{run}");
    place.run(&["restore", "toy.backup", "again"]).fails(1);
    let bytes = fs::read(place.path("toy.backup")).unwrap();
    fs::write(place.path("cut.backup"), &bytes[..bytes.len() - 1]).unwrap();
    let run = place.run(&["restore", "cut.backup", "third"]).fails(6);
    assert!(run.stderr().contains("cut.backup is damaged: it is cut short; take another backup"), "{run}");
    assert!(!place.path("third").exists());
}

#[test]
fn a_compacted_store_tells_the_same() {
    let place = Place::toy();
    place.run(&["set", "toy", "甲一市", "note", "x"]).succeeds();
    let before = dump(&place, "toy");
    let run = place.run(&["compact", "toy"]).succeeds();
    assert!(run.stderr().starts_with("commit 2: "), "{run}");
    assert_eq!(dump(&place, "toy"), before);
    let run = place.run(&["stats", "toy"]).succeeds();
    assert!(run.stderr().contains("2 journal entries; 0 changes in the log since commit 2"), "{run}");
    place.run(&["verify", "toy"]).succeeds();
}

#[test]
fn a_migration_with_nothing_to_do_says_so_and_writes_nothing() {
    let place = Place::toy();
    let run = place.run(&["migrate", "toy"]).succeeds();
    assert_eq!(run.stderr(), "nothing to do: the store has all steps of this program\n");
    let left = fs::read_dir(place.path(".")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["toy"]);
    assert_eq!(place.run(&["history", "toy"]).succeeds().rows().len(), 1);
}

/// The note names commit, time, age and writer; without a writer nothing is said.
#[test]
fn reading_beside_a_writer_tells_what_is_read() {
    let place = Place::toy();
    let alone = place.run(&["schema", "toy"]).succeeds();
    assert!(!alone.stderr().contains("beside"), "{alone}");
    let writer = Database::open(place.path("toy")).unwrap();
    for arguments in [
        &["list", "toy", "region"][..],
        &["schema", "toy"],
        &["dump", "toy"],
        &["verify", "toy"],
        &["export", "toy", "-o", "out.graphml"],
        &["backup", "toy", "toy.backup"],
        &["import", "toy", &super::fixture("two-provinces"), "--mode", "update", "--dry-run"],
    ] {
        let run = place.run(arguments).succeeds();
        let told = run.stderr();
        let note = told.lines().find(|line| line.starts_with("note: reading commit 1 of 20"));
        let note = note.unwrap_or_else(|| panic!("{arguments:?}\n{run}"));
        assert!(note.ends_with(&format!(" s ago) beside the writer {}", std::process::id())), "{note}");
    }
    drop(writer);
}

#[test]
fn read_only_refuses_what_changes_a_store() {
    let place = Place::toy();
    let before = dump(&place, "toy");
    for arguments in [
        &["set", "toy", "甲一市", "note", "x"][..],
        &["end", "toy", "COUNCIL", "--at", "2015"],
        &["compact", "toy"],
        &["migrate", "toy"],
        &["init", "other"],
        &["restore", "none", "other"],
    ] {
        let run = place.run(&[arguments, &["--read-only"]].concat()).fails(2);
        assert!(run.stderr().contains("leave --read-only out"), "{run}");
    }
    assert!(!place.path("other").exists());
    place
        .run(&[
            "import",
            "toy",
            &super::fixture("two-provinces"),
            "--mode",
            "update",
            "--dry-run",
            "--read-only",
        ])
        .succeeds();
    assert_eq!(place.run(&["--read-only", "dump", "toy"]).succeeds().stdout(), before);
}
