//! A program declares labels and rules of its own beside the domain's.

use intergov::graph::{ChangeSet, CommitRule, NodeRef, Snapshot, Subject, Violation};
use intergov::store::{MigrationError, StepKind, StoreError};
use intergov::value::Validity;
use intergov::{Builder, Database, Error};

use super::NOTE;

const PEOPLE: &str = r#"
[[label]]
name = "Person"
table = "people"
doc = "A person who works for a government."
properties = [{ key = "age", kind = "fixed", type = "integer", doc = "age in years" }]
"#;

const PLACES: &str = r#"
[[label]]
name = "Desk"
table = "desks"
doc = "Where a person works."
"#;

/// Nobody is older than 120.
struct Plausible;

impl CommitRule for Plausible {
    fn check(&self, _: &Snapshot, after: &Snapshot, _: &ChangeSet) -> Vec<Violation> {
        let too_old = |node: &NodeRef<'_>| matches!(node.get::<i64>("age"), Ok(Some(age)) if age > 120);
        let breach = |node: NodeRef<'_>| Violation {
            subject: Subject::Node(node.id()),
            rule: "own",
            column: Some("age".to_owned()),
            message: "a person is older than 120".to_owned(),
            remedy: "correct the age".to_owned(),
            warning: false,
        };
        after.nodes_with("Person").filter(too_old).map(breach).collect()
    }
}

fn people() -> Builder {
    Database::builder().schema_step("people", PEOPLE).rule(Plausible)
}

fn person(db: &Database, age: impl intergov::value::IntoValue) -> Result<(), Error> {
    let mut change = db.begin()?;
    change.create_node_with(&["Person"], Validity::ALWAYS, [("id", Some("p"))])?;
    let person = change.find("Person", "p").unwrap();
    change.set_node(person, "age", age)?;
    change.commit(&NOTE).map(drop)
}

fn declares_people(db: &Database) -> bool {
    db.snapshot().unwrap().catalogue().schema().label("Person").is_some()
}

#[test]
fn own_rules_stand_beside_those_of_the_domain() {
    let db = people().in_memory().unwrap();
    assert!(declares_people(&db));
    let told = |result: Result<(), Error>| match result {
        Err(Error::Rules(breaches)) => breaches.iter().map(|breach| breach.rule).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(person(&db, 130)), ["own"]);
    assert_eq!(told(person(&db, "old")), ["schema"]);
    person(&db, 40).unwrap();
}

#[test]
fn a_store_with_own_steps_opens_without_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(people().create(&path).unwrap());
    let db = Database::open(&path).unwrap();
    assert!(declares_people(&db));
    // The declarations are read from the store, the rule is the program's.
    assert!(matches!(person(&db, "old"), Err(Error::Rules(_))));
    person(&db, 130).unwrap();
    drop(db);
    assert!(declares_people(&Database::open_read_only(&path).unwrap()));
    let db = people().open_or_create(&path).unwrap();
    assert_eq!(db.snapshot().unwrap().node_count(), 1);
    assert!(db.verify().is_ok());
}

#[test]
fn a_newer_own_step_is_applied_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(Database::create(&path).unwrap());
    let Err(Error::Store(StoreError::OlderFormat { kind, found, known, .. })) = people().open(&path) else {
        panic!("the step was applied unasked")
    };
    assert_eq!((kind, found, known), (StepKind::Own, 0, 1));
    // A reader is shown the newest schema without a migration.
    assert!(declares_people(&people().open_read_only(&path).unwrap()));
    let done = people().schema_step("places", PLACES).migrate(&path, &NOTE, None).unwrap();
    let names: Vec<(StepKind, &str)> =
        done.steps.iter().map(|step| (step.kind, step.name.as_str())).collect();
    assert_eq!(names, [(StepKind::Own, "people"), (StepKind::Own, "places")]);
    drop(done);
    // The program of before, which knows the first of them, and one that knows none.
    drop(people().open(&path).unwrap());
    let db = Database::open(&path).unwrap();
    assert!(db.snapshot().unwrap().catalogue().schema().label("Desk").is_some());
}

#[test]
fn a_step_with_another_text_than_before_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    drop(people().create(&path).unwrap());
    let other = Database::builder().schema_step("people", PLACES).open(&path);
    let Err(Error::Store(StoreError::Migration { source, .. })) = other else { panic!("it was opened") };
    assert!(matches!(source, MigrationError::Divergent { kind: StepKind::Own, number: 1, .. }), "{source}");
    let unreadable = Database::builder().schema_step("broken", "label = 7");
    assert!(unreadable.create(folder.path().join("other")).is_err());
}

#[test]
fn an_own_step_adds_and_changes_nothing_of_the_domain() {
    let with = |text: &str| Database::builder().schema_step("own", text).in_memory();
    let property = |key| {
        format!(
            "[[label]]\nname = \"Government\"\ntable = \"governments\"\nproperties = [{{ key = \"{key}\", kind = \"fixed\", type = \"float\" }}]"
        )
    };
    assert!(with(&property("mood")).is_ok());
    let told = |text: &str| with(text).unwrap_err().to_string();
    assert!(told(&property("code")).contains("“code” of Government is declared already"));
    assert!(told("[[label]]\nname = \"Own\"\ntable = \"governments\"").contains("the table “governments”"));
    assert!(
        told("[[edge]]\nname = \"PARTY_TO\"\ntable = \"parties\"\nends = []\nlasts = \"always\"")
            .contains("how long PARTY_TO lasts")
    );
    assert!(told("[common]\ncolumns = []\nconfidence = []").contains("what all tables share"));
}

#[test]
fn what_is_there_and_is_not_a_store_is_never_made_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.txt"), "mine").unwrap();
    let refused = Database::open_or_create(folder.path()).unwrap_err();
    assert!(matches!(refused, Error::Store(StoreError::NotAStore { .. })), "{refused}");
    let path = folder.path().join("new");
    drop(Database::open_or_create(&path).unwrap());
    assert!(matches!(Database::create(&path), Err(Error::Store(StoreError::AlreadyExists { .. }))));
}
