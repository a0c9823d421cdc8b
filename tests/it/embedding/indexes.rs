//! Indexes that a program declares: what they find is what a walk over all nodes finds, and unique is unique.

use std::ops::Bound;

use intergov::graph::{Draft, GraphRead, IndexError, NodeId, NodeRef, Property, Snapshot, Spell, ValueRange};
use intergov::value::{Date, Validity, Value};
use intergov::{CommitNote, Database, Error};
use proptest::prelude::*;

const NOTE: CommitNote<'static> = CommitNote::by("test");

const PEOPLE: &str = r#"
[[index]]
label = "Person"
key = "email"
kind = "text"
unique = true

[[index]]
label = "Person"
key = "size"
kind = "number"

[[index]]
label = "Person"
key = "born"
kind = "date"

[[index]]
label = "Person"
key = "number"
kind = "number"
unique = true
"#;

fn people() -> intergov::Builder {
    Database::builder().schema_step("people", PEOPLE)
}

/// Numbers that are easily confused: signs of zero, whole floats, neighbours beyond 2^53.
fn number(at: usize) -> Value {
    let numbers = [
        Value::Integer(0),
        Value::Float(-0.0),
        Value::Integer(1),
        Value::Float(1.0),
        Value::Float(1.5),
        Value::Integer(-7),
        Value::Integer((1 << 53) + 1),
        Value::Float(9_007_199_254_740_992.0),
        Value::Integer(i64::MAX),
        Value::Float(1e300),
        Value::text("1"),
        Value::Boolean(true),
    ];
    numbers[at % numbers.len()].clone()
}

fn date(at: usize) -> Value {
    let dates = ["1990", "1990-03", "1990-03-15", "1990-12-31", "1991", "1991-01-01", "-000220", "2019-06"];
    Value::Date(dates[at % dates.len()].parse::<Date>().unwrap())
}

/// What is written: which node, what of it, and with which value.
type Step = (u8, usize, usize);

fn step(draft: &mut Draft<'_>, there: &[NodeId], (what, at, value): Step) {
    let one = there.get(at % there.len().max(1)).copied();
    match (what % 7, one) {
        (0, _) | (_, None) => {
            let label = ["Person", "Person", "Firm"][value % 3];
            draft.create_node_with(&[label], Validity::ALWAYS, [("size", number(value))]).unwrap();
        }
        (1, Some(one)) => drop(draft.remove_node(one)),
        (2, Some(one)) => drop(draft.set_node(one, "born", date(value))),
        (3, Some(one)) => drop(draft.set_node(one, "email", ["a@b", "c@d", "ｅ@f"][value % 3])),
        (4, Some(one)) => {
            let spell =
                |at: usize| Spell { value: number(at), validity: Validity::UNKNOWN, qualifiers: Vec::new() };
            let key = draft.key("size").unwrap();
            let dated = Property::Dated(vec![spell(value), spell(value + 3)].into());
            draft.edit_node(one).unwrap().properties.insert(key, dated);
        }
        (5, Some(one)) => drop(draft.set_node(one, "size", None::<i64>)),
        (_, Some(one)) => drop(draft.set_node(one, "size", number(value))),
    }
}

/// What a walk finds.
fn walk(state: &Snapshot, key: &str, holds: impl Fn(&Value) -> bool) -> Vec<NodeId> {
    let people = state.nodes().filter(|node| node.has_label("Person"));
    let holding = people.filter(|node| node.property(key).iter().flat_map(Property::values).any(&holds));
    holding.map(NodeRef::id).collect()
}

fn ids(found: Vec<NodeRef<'_>>) -> Vec<NodeId> {
    found.into_iter().map(NodeRef::id).collect()
}

/// Numbers as exact decimals, so that the comparison is another one than that of the index: tenths of whole numbers.
fn tenths(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(number) => Some(i128::from(*number) * 10),
        Value::Float(number) if number.abs() > 1e30 => Some(i128::MAX),
        Value::Float(number) => Some((number * 10.0) as i128),
        _ => None,
    }
}

fn check(state: &Snapshot) {
    for at in 0..10 {
        let asked = number(at);
        let equal = |own: &Value| tenths(own).is_some() && tenths(own) == tenths(&asked);
        assert_eq!(ids(state.nodes_by("Person", "size", asked.clone()).unwrap()), walk(state, "size", equal));
        for to in 0..10 {
            let (low, high) = (tenths(&asked), tenths(&number(to)));
            let within = |own: &Value| tenths(own).is_some_and(|own| Some(own) >= low && Some(own) < high);
            let found = state.nodes_between("Person", "size", asked.clone()..number(to)).unwrap();
            assert_eq!(ids(found), walk(state, "size", within), "{asked} to {}", number(to));
            let after = (Bound::Excluded(asked.clone()), Bound::Unbounded);
            let beyond = |own: &Value| tenths(own).is_some_and(|own| Some(own) > low);
            let found = state.nodes_between::<Value>("Person", "size", after).unwrap();
            assert_eq!(ids(found), walk(state, "size", beyond));
        }
    }
    for at in 0..8 {
        let asked = date(at);
        let same = |own: &Value| *own == asked;
        assert_eq!(ids(state.nodes_by("Person", "born", asked.clone()).unwrap()), walk(state, "born", same));
        for to in 0..8 {
            let days = |value: &Value| value.as_date().map(|date| (date.first_day(), date.last_day()));
            let ((first, _), (_, last)) = (days(&asked).unwrap(), days(&date(to)).unwrap());
            let within = |own: &Value| days(own).is_some_and(|own| own.0 >= first && own.1 <= last);
            let expected = walk(state, "born", within);
            let found = state.nodes_between("Person", "born", asked.clone()..=date(to)).unwrap();
            assert_eq!(ids(found), expected, "{asked} to {}", date(to));
            through_the_door(state, ValueRange::of(asked.clone()..=date(to)), &expected);
        }
    }
    for text in ["a@b", "c@d", "ｅ@f", "nobody@"] {
        let same = |own: &Value| own.as_text() == Some(text);
        assert_eq!(ids(state.nodes_by("Person", "email", text).unwrap()), walk(state, "email", same));
    }
}

fn through_the_door(state: &Snapshot, range: ValueRange, expected: &[NodeId]) {
    let names = state.catalogue().label("Person").zip(state.catalogue().key("born"));
    let Some((label, key)) = names else { return };
    let door: &dyn GraphRead = state;
    let found = door.nodes_between(label, key, &range).unwrap().unwrap();
    let found: Vec<NodeId> = found.into_iter().filter_map(|ix| door.node_id(ix).unwrap()).collect();
    assert_eq!(found, expected);
    let size = state.catalogue().key("email").map(|key| door.nodes_between(label, key, &range).unwrap());
    assert!(size.flatten().is_none());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_index_finds_what_a_walk_finds(
        commits in prop::collection::vec(
            prop::collection::vec((any::<u8>(), 0..500_usize, 0..100_usize), 1..8),
            1..10,
        ),
    ) {
        let folder = tempfile::tempdir().unwrap();
        for db in [people().in_memory().unwrap(), people().create(folder.path().join("store")).unwrap()] {
            for (round, steps) in commits.iter().enumerate() {
                for own in steps {
                    let there: Vec<NodeId> = db.snapshot().unwrap().nodes().map(NodeRef::id).collect();
                    let written = db.write(&NOTE, |draft| {
                        step(draft, &there, *own);
                        Ok::<_, Error>(())
                    });
                    // Only what is to be unique is refused.
                    if let Err(Error::Rules(breaches)) = written {
                        assert!(breaches.iter().all(|breach| breach.rule == "unique"), "{breaches:?}");
                    }
                }
                check(&db.snapshot().unwrap());
                if round == 4 {
                    check(&db.snapshot().unwrap().compact().unwrap());
                }
            }
        }
    }
}

fn person(db: &Database, key: &str, value: impl Into<Value>) -> Result<NodeId, Error> {
    let made = db.write(&NOTE, |draft| {
        Ok::<_, Error>(draft.create_node_with(&["Person"], Validity::ALWAYS, [(key, value.into())])?)
    });
    made.map(|(node, _)| node)
}

#[test]
fn what_is_unique_belongs_to_one_node() {
    let db = people().in_memory().unwrap();
    let first = person(&db, "email", "a@b").unwrap();
    let Err(Error::Rules(breaches)) = person(&db, "email", "a@b") else { panic!("two with one address") };
    let [breach] = breaches.as_slice() else { panic!("{breaches:?}") };
    assert_eq!((breach.rule, breach.column.as_deref()), ("unique", Some("email")));
    for part in ["a@b", "email", "Person", &first.to_string()] {
        assert!(breach.message.contains(part), "{}", breach.message);
    }
    // Two in one change, numbers that are equal, and a label that declares nothing.
    let both = db.write(&NOTE, |draft| {
        for value in [Value::Integer(5), Value::Float(5.0)] {
            draft.create_node_with(&["Person"], Validity::ALWAYS, [("number", value)])?;
        }
        Ok::<_, Error>(())
    });
    assert!(matches!(both, Err(Error::Rules(breaches)) if breaches.len() == 1));
    person(&db, "number", 5).unwrap();
    assert!(person(&db, "number", 5.0).is_err());
    person(&db, "number", 5.5).unwrap();
    // A value that its node gives up is free in the same change; one that is written again is its own.
    let passed = db.write(&NOTE, |draft| {
        draft.set_node(first, "email", "c@d")?;
        draft.create_node_with(&["Person"], Validity::ALWAYS, [("email", "a@b")])?;
        Ok::<_, Error>(())
    });
    passed.unwrap();
    db.write(&NOTE, |draft| Ok::<_, Error>(draft.set_node(first, "email", "c@d")?)).unwrap();
    // The whole graph gets the same verdict.
    assert_eq!(intergov::relations::check_whole(&db.snapshot().unwrap()), []);
}

#[test]
fn what_is_not_declared_is_said() {
    let state = people().in_memory().unwrap().snapshot().unwrap();
    let none = state.nodes_by("Firm", "size", 1).unwrap_err();
    assert!(none.to_string().contains("[[index]]"), "{none}");
    assert!(matches!(state.nodes_by("Person", "size", "1"), Err(IndexError::Kind { .. })));
    assert!(matches!(state.nodes_between("Person", "email", "a".."b"), Err(IndexError::Unordered { .. })));
    assert_eq!(state.nodes_by("Person", "size", 1).unwrap().len(), 0);
    let refused =
        |step: &str| Database::builder().schema_step("own", step).in_memory().unwrap_err().to_string();
    let twice = format!("{PEOPLE}\n[[index]]\nlabel = \"Person\"\nkey = \"size\"\nkind = \"number\"\n");
    assert!(refused(&twice).contains("declared twice"));
    let unfit = "[[index]]\nlabel = \"Government\"\nkey = \"name\"\nkind = \"number\"\n";
    assert!(refused(unfit).contains("kind number"), "{}", refused(unfit));
    let unknown = "[[index]]\nlabel = \"Person\"\nkey = \"name\"\nkind = \"colour\"\n";
    assert!(refused(unknown).contains("colour"));
}
