//! Derived ties in patterns, and writing under the domain's rules.

use std::path::Path;

use intergov::Database;
use intergov::exchange::ImportOptions;
use intergov::query::{Parameters, QueryOptions, RowValue, Rows};
use intergov::relations::TieOptions;
use intergov::store::CommitNote;
use intergov::value::{AsOf, Persist, Reading};

const NOTE: CommitNote<'static> = CommitNote { actor: "test", command: "query", summary: "test" };

fn world(name: &str) -> Database {
    let db = Database::in_memory().unwrap();
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    db.import(&package, &ImportOptions::default(), &NOTE).unwrap();
    db
}

fn query(db: &Database, text: &str) -> Rows {
    let options = QueryOptions { write: true, ..QueryOptions::default() };
    db.query(text, &Parameters::new(), &options, &NOTE).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

fn lines(rows: &Rows) -> Vec<String> {
    let line = |row: &Vec<RowValue>| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
    let mut lines: Vec<String> = rows.rows.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn patterns_match_the_ties_that_the_table_holds() {
    for name in ["toy", "china"] {
        let db = world(name);
        let table = db.ties(&TieOptions::default()).unwrap();
        for (clause, as_of) in [
            ("", AsOf::ALL),
            ("AS OF '1995' CERTAIN", AsOf::date("1995".parse().unwrap(), Reading::Certain)),
            ("AS OF '2010'", AsOf::date("2010".parse().unwrap(), Reading::default())),
            (
                "AS OF '2016' PRESUMED 10 YEARS",
                AsOf::date("2016".parse().unwrap(), Reading::Presumed(Persist::Years(10))),
            ),
            ("AS OF '2010' POSSIBLE", AsOf::date("2010".parse().unwrap(), Reading::Possible)),
        ] {
            let holds = |node: Option<intergov::graph::NodeRef<'_>>| {
                node.is_some_and(|node| as_of.includes(node.extent()))
            };
            let mut expected: Vec<String> = table
                .holding(as_of)
                .filter(|tie| holds(tie.source()) && holds(tie.target()))
                .map(|tie| format!("'{}' | '{}'", tie.direction.edge_type(), tie.id()))
                .collect();
            expected.sort();
            assert!(!expected.is_empty(), "{name} {clause}");
            let found = query(&db, &format!("{clause} MATCH (a)-[t:TIE]->(b) RETURN type(t), t.id"));
            assert_eq!(lines(&found), expected, "{name} {clause}");
            let both = query(
                &db,
                &format!(
                    "{clause} MATCH (a)-[t:VERTICAL|HORIZONTAL|DIAGONAL|UNCLASSIFIED]-(b) RETURN count(*)"
                ),
            );
            assert_eq!(lines(&both), [(2 * expected.len()).to_string()], "{name} {clause}");
        }
    }
}

#[test]
fn ties_match_only_where_they_are_named() {
    let db = world("toy");
    let count = |pattern: &str| lines(&query(&db, &format!("MATCH {pattern} RETURN count(*)"))).remove(0);
    let stored = db.snapshot().unwrap().edge_count().to_string();
    assert_eq!(count("()-[r]->()"), stored);
    assert_eq!(count("()-[r:%]->()"), stored);
    assert_eq!(count("()-[r:!VERTICAL]->()"), stored);
    let warnings = query(&db, "MATCH (a)-[t:DIAGONAL]->(b) RETURN count(t)").warnings;
    assert_eq!(
        warnings,
        ["`DIAGONAL` is symmetric (line 1, column 14): the arrow sees half; write -[:DIAGONAL]- (S13)"]
    );
}

#[test]
fn writing_keeps_the_rules_of_the_domain() {
    let db = world("toy");
    let options = QueryOptions { write: true, ..QueryOptions::default() };
    let refused = |text: &str| db.query(text, &Parameters::new(), &options, &NOTE).unwrap_err().to_string();
    let before = db.snapshot().unwrap().commit();
    assert!(
        refused(
            "CREATE (:Government {id: 't99', name: '新市', scheme: 'cn', code: 'cn:t99', level: 'city'})"
        )
        .contains("(S21)")
    );
    assert!(
        refused("MATCH (a {id: 't10'}), (b {id: 't20'}) CREATE (a)-[:HORIZONTAL]->(b)")
            .contains("derived and never written (S12)")
    );
    assert!(refused("MATCH (a {id: 't10'}) DELETE a").contains("DeleteConnectedNode"));
    assert_eq!(db.snapshot().unwrap().commit(), before);
    query(&db, "VALID FROM '1999' TO '..' CREATE (:Person {name: '张三'})");
    query(&db, "MERGE (p:Person {name: '张三'}) ON MATCH SET p.seen = true ON CREATE SET p.seen = false");
    assert_eq!(
        lines(&query(&db, "MATCH (p:Person) RETURN p.name, p.seen, p.valid_from")),
        ["'张三' | true | 1999"]
    );
    assert_eq!(db.snapshot().unwrap().commit(), before + 2);
}
