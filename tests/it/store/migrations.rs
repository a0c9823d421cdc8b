//! Steps that fit together are applied once; the four ways in which they do not are errors of their own.

use std::path::Path;

use intergov::store::{Access, MigrationError, SchemaStep, StepKind, Store, StoreError, StoreOptions};

use super::sample::{NOTE, chain_of, same_records};

fn step(number: u32, name: &str) -> SchemaStep {
    let text = format!(
        "number = {number}\nname = \"{name}\"\n[[label]]\nname = \"L{number}\"\ntable = \"l{number}\"\n\
         doc = \"a label\"\nproperties = []\n"
    );
    SchemaStep { number, name: name.to_owned(), text }
}

fn steps(numbers: &[u32]) -> StoreOptions {
    StoreOptions::with_schema(numbers.iter().map(|number| step(*number, &format!("step {number}"))).collect())
}

fn migration(result: Result<Store, StoreError>) -> MigrationError {
    match result {
        Err(StoreError::Migration { source, .. }) => source,
        other => panic!("{other:?}"),
    }
}

fn open(path: &Path, options: &StoreOptions) -> Result<Store, StoreError> {
    Store::open(path, Access::ReadWrite, options)
}

#[test]
fn an_older_store_asks_for_migrate_and_then_has_the_new_schema() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &steps(&[1])).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    drop(store);
    let error = open(&path, &steps(&[1, 2, 3])).unwrap_err();
    assert!(
        matches!(error, StoreError::OlderFormat { kind: StepKind::Schema, found: 1, known: 3, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("run migrate"), "{error}");
    let done = Store::migrate(&path, &steps(&[1, 2, 3]), &NOTE, None).unwrap();
    let store = done.store;
    assert_eq!(done.steps.iter().map(|step| step.number).collect::<Vec<_>>(), [2, 3]);
    let snapshot = store.snapshot().unwrap();
    assert!(snapshot.catalogue().schema().label("L3").is_some());
    assert_eq!((snapshot.commit(), snapshot.node_count(), store.journal().unwrap().len()), (2, 3, 2));
    assert!(store.verify(&[]).unwrap().is_clean());
    drop(store);
    assert!(open(&path, &steps(&[1, 2, 3])).is_ok());
    let again = Store::migrate(&path, &steps(&[1, 2, 3]), &NOTE, None).unwrap();
    assert!(again.steps.is_empty() && again.backup.is_none());
    assert_eq!(again.store.snapshot().unwrap().commit(), 2);
}

#[test]
fn a_migration_leaves_a_backup_of_the_state_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &steps(&[1])).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    let before = store.snapshot().unwrap();
    drop(store);
    let done = Store::migrate(&path, &steps(&[1, 2]), &NOTE, None).unwrap();
    let backup = done.backup.unwrap();
    assert_eq!(backup, folder.path().join("store.before-migration-2.backup"));
    drop(done.store);
    let restored = folder.path().join("restored");
    Store::restore(&backup, &restored, &steps(&[1]), &mut |_| {}).unwrap();
    let old = open(&restored, &steps(&[1])).unwrap();
    assert!(same_records(&old.snapshot().unwrap(), &before));
    // Two of the format, one of the schema.
    assert_eq!(old.applied_steps().unwrap().len(), 3);
}

/// A killed process had written the backup and not the steps: the next one takes both from there. Another
/// file in the way is not written over, and stops the migration before it begins.
#[test]
fn a_killed_migration_is_begun_again_and_never_writes_over_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &steps(&[1])).unwrap();
    let file = folder.path().join("mine");
    store.backup(&file, &mut |_| {}).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    drop(store);
    let error = Store::migrate(&path, &steps(&[1, 2]), &NOTE, Some(&file)).unwrap_err();
    assert!(matches!(&error, StoreError::AlreadyExists { path } if *path == file), "{error}");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
    std::fs::remove_file(&file).unwrap();
    open(&path, &steps(&[1])).unwrap().backup(&file, &mut |_| {}).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let done = Store::migrate(&path, &steps(&[1, 2]), &NOTE, Some(&file)).unwrap();
    assert_eq!((done.steps.len(), done.backup.as_deref()), (1, Some(&*file)));
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_step_with_another_text_is_divergent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(Store::create(&path, &steps(&[1])).unwrap());
    let mut other = steps(&[1]);
    other.schema_steps[0].text.push_str("# a later thought\n");
    assert!(matches!(migration(open(&path, &other)), MigrationError::Divergent { number: 1, .. }));
    // Line ends of another system are the same text.
    let mut other = steps(&[1]);
    other.schema_steps[0].text = other.schema_steps[0].text.replace('\n', "\r\n");
    assert!(open(&path, &other).is_ok());
}

#[test]
fn a_gap_is_missing_and_a_number_twice_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let gap = migration(Store::create(&path, &steps(&[1, 3])));
    assert!(matches!(gap, MigrationError::Missing { number: 2, .. }), "{gap}");
    let twice = migration(Store::create(&path, &steps(&[1, 1])));
    assert!(matches!(twice, MigrationError::Repeated { number: 1, .. }), "{twice}");
    assert!(!path.exists());
    drop(Store::create(&path, &steps(&[1])).unwrap());
    let gap = migration(open(&path, &steps(&[1, 3])));
    assert!(matches!(gap, MigrationError::Missing { number: 2, .. }), "{gap}");
    let mut twice = steps(&[1, 2]);
    twice.schema_steps[1].name = "step 1".to_owned();
    assert!(matches!(migration(open(&path, &twice)), MigrationError::Repeated { number: 2, .. }));
}

#[test]
fn a_step_that_only_the_store_knows_is_newer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(Store::create(&path, &steps(&[1, 2])).unwrap());
    let newer = migration(open(&path, &steps(&[1])));
    assert!(matches!(newer, MigrationError::Newer { number: 2, .. }), "{newer}");
    assert!(newer.to_string().contains("use a newer program"));
}

#[test]
fn a_step_that_cannot_be_read_makes_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let step = SchemaStep { number: 1, name: "broken".to_owned(), text: "label = 7".to_owned() };
    let error = migration(Store::create(&path, &StoreOptions::with_schema(vec![step])));
    assert!(matches!(error, MigrationError::Unreadable { number: 1, .. }), "{error}");
    assert!(!path.exists());
}

/// What is recorded is read at every opening: a text that cannot be read is refused before.
#[test]
fn a_step_that_cannot_be_read_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let store = Store::create(&path, &steps(&[1])).unwrap();
    store.commit(&chain_of(&store.snapshot().unwrap(), 3, "a"), &NOTE, &[]).unwrap();
    let applied = store.applied_steps().unwrap();
    drop(store);
    for text in ["label = 7", "[[label]\nname = ", "[[label]]\ntable = \"l1\"\n"] {
        let mut broken = steps(&[1, 2]);
        broken.schema_steps[1].text = text.to_owned();
        let error = Store::migrate(&path, &broken, &NOTE, None).unwrap_err();
        let expected = matches!(
            &error,
            StoreError::Migration { source: MigrationError::Unreadable { number: 2, .. }, .. }
        );
        assert!(expected, "{text}: {error}");
        let store = open(&path, &steps(&[1])).unwrap();
        assert_eq!(
            (store.applied_steps().unwrap(), store.journal().unwrap().len()),
            (applied.clone(), 1),
            "{text}"
        );
        assert!(store.verify(&[]).unwrap().is_clean());
    }
    assert_eq!(Store::migrate(&path, &steps(&[1, 2]), &NOTE, None).unwrap().steps.len(), 1);
}

#[test]
fn a_store_without_schema_stays_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(Store::create(&path, &steps(&[])).unwrap());
    let store = open(&path, &steps(&[1, 2])).unwrap();
    assert!(store.snapshot().unwrap().catalogue().schema().is_empty());
    assert_eq!(store.applied_steps().unwrap().len(), 2);
}

/// The program's own first step declares what its file says.
#[test]
fn the_shipped_schema_is_applied_and_read_again() {
    let text = include_str!("../../../migrations/schema/0001_intergovernmental_relations.toml");
    let step =
        SchemaStep { number: 1, name: "intergovernmental_relations".to_owned(), text: text.to_owned() };
    let options = StoreOptions::with_schema(vec![step]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(Store::create(&path, &options).unwrap());
    let store = open(&path, &options).unwrap();
    let snapshot = store.snapshot().unwrap();
    assert_eq!(snapshot.catalogue().schema().label("Government").unwrap().table, "governments");
}
