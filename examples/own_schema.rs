//! Labels and rules of a program's own beside those of the domain.
//!
//! Run it with `cargo run --example own_schema`.

use std::error::Error;
use std::io::{self, Write};

use intergov::Database;
use intergov::graph::{Change, ChangeSet, CommitRule, Snapshot, Subject, Violation};
use intergov::store::CommitNote;
use intergov::value::Validity;

/// The first step of the program's schema. Once released it is frozen; more follow in further steps.
const PEOPLE: &str = r#"
[[label]]
name = "Person"
table = "people"
doc = "A person who works for a government"
properties = [
  { key = "name", kind = "fixed", type = "text", required = true, search = true, doc = "name" },
  { key = "hours", kind = "fixed", type = "float", doc = "hours a week" },
]

[[edge]]
name = "WORKS_FOR"
table = "jobs"
ends = [["Person", "Government"]]
doc = "When a person works for a government"
properties = []
"#;

/// A week has 168 hours. It looks at what a commit changes, so that its cost follows the change.
struct HoursOfAWeek;

impl CommitRule for HoursOfAWeek {
    fn check(&self, _before: &Snapshot, after: &Snapshot, changes: &ChangeSet) -> Vec<Violation> {
        let written = changes.iter().filter_map(|change| match change {
            Change::PutNode(node) => after.node(node.id),
            _ => None,
        });
        let people = written.filter(|node| node.has_label("Person"));
        let too_many = people.filter_map(|person| {
            let hours = person.get::<f64>("hours").ok()??;
            (hours > 168.0).then(|| Violation {
                subject: Subject::Node(person.id()),
                rule: "hours",
                column: Some("hours".to_owned()),
                message: format!("a week has 168 hours, not {hours}"),
                remedy: "correct the hours".to_owned(),
                warning: false,
            })
        });
        too_many.collect()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::temp_dir().join(format!("intergov-own-schema-{}", std::process::id()));
    let open =
        || Database::builder().schema_step("people", PEOPLE).rule(HoursOfAWeek).open_or_create(&folder);
    let note = CommitNote::by("own-schema");
    let mut out = io::stdout().lock();

    let db = open()?;
    let mut change = db.begin()?;
    let said = [("id", "wang"), ("name", "王")];
    let wang = change.create_node_with(&["Person"], Validity::ALWAYS, said)?;
    change.set_node(wang, "hours", 400)?;
    // What is not committed is gone with the transaction.
    let refused = change.commit(&note).err().ok_or("400 hours were taken")?;
    writeln!(out, "{refused}")?;

    let mut change = db.begin()?;
    let wang = change.create_node_with(&["Person"], Validity::ALWAYS, said)?;
    change.set_node(wang, "hours", 40)?;
    change.commit(&note)?;
    drop(db);

    // A program that does not know the step opens the store too: the declarations are in it.
    let other = Database::open(&folder)?;
    let snapshot = other.snapshot()?;
    let wang = snapshot.find("Person", "wang").ok_or("the person is gone")?;
    writeln!(out, "{:?} works {:?} hours", wang.get::<String>("name")?, wang.get::<u8>("hours")?)?;
    drop(other);
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
