//! The tasks whose lines are counted in `docs/embedding.md`, one function each.
//!
//! Run it with `cargo run --example tasks`.

use std::collections::BTreeSet;
use std::path::Path;

use intergov::graph::{EdgeRef, NodeRef};
use intergov::{AsOf, CommitNote, Database, Date, NodeId, Reading, Validity, Value, Window};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

const NOTE: CommitNote<'static> = CommitNote::by("tasks");

const PEOPLE: &str = r#"
[[index]]
label = "Person"
key = "email"
kind = "text"
unique = true

[[index]]
label = "Person"
key = "hours"
kind = "number"
"#;

/// Opens the database, and makes it where there is none.
fn open(path: &Path) -> Result<Database> {
    Ok(Database::builder().schema_step("people", PEOPLE).open_or_create(path)?)
}

/// Adds a person, durably, from any thread; a second one with the same address is refused.
fn add_person(db: &Database, name: &str, email: &str, hours: f64) -> Result<NodeId> {
    let said = [("name", Value::from(name)), ("email", email.into()), ("hours", hours.into())];
    Ok(db
        .write(&NOTE, |draft| {
            Ok::<_, intergov::Error>(draft.create_node_with(&["Person"], Validity::ALWAYS, said)?)
        })?
        .0)
}

/// Adds a team.
fn add_team(db: &Database) -> Result<NodeId> {
    Ok(db.write(&NOTE, |draft| Ok::<_, intergov::Error>(draft.create_node(&["Team"], Validity::ALWAYS)?))?.0)
}

/// Says when a person works in a team.
fn works_in(db: &Database, person: NodeId, team: NodeId, (from, to): (&str, &str)) -> Result<()> {
    let validity = Validity::parse(from, to, "")?;
    db.write(&NOTE, |draft| {
        Ok::<_, intergov::Error>(draft.create_edge("WORKS_IN", person, team, validity)?)
    })?;
    Ok(())
}

/// The hours of a person.
fn hours(db: &Database, person: NodeId) -> Result<Option<f64>> {
    Ok(db.snapshot()?.node(person).map(|person| person.get("hours")).transpose()?.flatten())
}

/// The names of those that share a team with a person and work more hours than given: two steps and a filter.
fn busy_colleagues(db: &Database, person: NodeId, more_than: f64) -> Result<BTreeSet<String>> {
    let snapshot = db.snapshot()?;
    let teams = snapshot.node(person).into_iter().flat_map(|person| person.out_edges_of("WORKS_IN"));
    let people = teams.flat_map(|edge| edge.target().in_edges_of("WORKS_IN")).map(EdgeRef::source);
    let busy =
        people.filter(|other| matches!(other.get::<f64>("hours"), Ok(Some(hours)) if hours > more_than));
    Ok(busy.filter(|other| other.id() != person).filter_map(|other| other.get("name").ok()?).collect())
}

/// The people whose hours lie in a range, by an index.
fn between(db: &Database, low: f64, high: f64) -> Result<Vec<NodeId>> {
    let snapshot = db.snapshot()?;
    Ok(snapshot.nodes_between("Person", "hours", low..=high)?.into_iter().map(NodeRef::id).collect())
}

/// The people of a team on a day, as JSON.
fn team_on(db: &Database, team: NodeId, day: &str) -> Result<String> {
    let as_of = AsOf::new(Some(Window::on(day.parse::<Date>()?.first_day())), Reading::Certain);
    let snapshot = db.snapshot()?;
    let edges = snapshot.node(team).into_iter().flat_map(|team| team.in_edges_of("WORKS_IN"));
    let people = edges.filter(|edge| as_of.includes(edge.extent())).map(EdgeRef::source);
    let rows: std::result::Result<Vec<_>, intergov::PropertyError> =
        people.map(|person| Ok((person.get::<String>("name")?, person.get::<f64>("hours")?))).collect();
    Ok(serde_json::to_string(&rows?)?)
}

fn main() -> Result<()> {
    let folder = std::env::temp_dir().join(format!("intergov-tasks-{}", std::process::id()));
    let db = open(&folder)?;
    let team = add_team(&db)?;
    let wang = add_person(&db, "王", "wang@example.org", 40.0)?;
    let li = add_person(&db, "李", "li@example.org", 20.0)?;
    let refused =
        add_person(&db, "王二", "wang@example.org", 10.0).err().ok_or("an address was taken twice")?;
    assert!(refused.to_string().contains("wang@example.org"), "{refused}");
    works_in(&db, wang, team, ("2010-01-01", "2020-01-01"))?;
    works_in(&db, li, team, ("2015-01-01", "2030-01-01"))?;
    assert_eq!(hours(&db, wang)?, Some(40.0));
    assert_eq!(busy_colleagues(&db, li, 30.0)?, BTreeSet::from(["王".to_owned()]));
    assert_eq!(between(&db, 15.0, 40.0)?, [wang, li]);
    assert_eq!(team_on(&db, team, "2012-06-01")?, r#"[["王",40.0]]"#);
    assert_eq!(team_on(&db, team, "2016-06-01")?, r#"[["王",40.0],["李",20.0]]"#);
    drop(db);
    assert_eq!(hours(&open(&folder)?, wang)?, Some(40.0));
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
