//! Valid time: a query at a date answers as the same query does on a graph that holds only what counts then.

use std::sync::Arc;

use intergov::graph::{Catalogue, Snapshot};
use intergov::query::{Parameters, QueryOptions, RowValue, run_query};
use intergov::value::{AsOf, Bound, Date, Persist, Reading, Validity, Value};
use proptest::prelude::*;

/// An empty graph.
fn empty() -> Snapshot {
    Snapshot::empty(Arc::new(Catalogue::default()))
}

fn write(snapshot: &Snapshot, text: &str) -> Snapshot {
    let options = QueryOptions { write: true, ..QueryOptions::default() };
    let outcome = run_query(snapshot, text, &Parameters::new(), &options).unwrap();
    outcome.changes.map_or_else(|| snapshot.clone(), |changes| snapshot.apply(&changes).unwrap())
}

fn rows(snapshot: &Snapshot, text: &str) -> Vec<String> {
    let rows = snapshot.query(text, &Parameters::new()).unwrap_or_else(|error| panic!("{text}\n{error}"));
    let line = |row: &Vec<RowValue>| row.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | ");
    rows.rows.iter().map(line).collect()
}

#[test]
fn each_match_has_its_own_date_and_reads_properties_there() {
    let graph = write(
        &empty(),
        "VALID FROM '1990' TO '..' CREATE (a:G {name: 'a'}), (b:G {name: 'b'}), (c:G {name: 'c'})",
    );
    let graph = write(
        &graph,
        "MATCH (a {name: 'a'}), (b {name: 'b'}) WITH a, b VALID FROM '2000' TO '2005' CREATE (a)-[:WITH]->(b)",
    );
    let graph = write(
        &graph,
        "MATCH (a {name: 'a'}), (c {name: 'c'}) WITH a, c VALID FROM '2004-07' TO '..' CREATE (a)-[:WITH]->(c)",
    );
    let at = |date: &str| {
        rows(&graph, &format!("AS OF '{date}' MATCH (:G)-[:WITH]->(x) RETURN x.name ORDER BY x.name"))
    };
    assert_eq!(at("1999"), [""; 0]);
    assert_eq!(at("2003"), ["'b'"]);
    assert_eq!(at("2004-06"), ["'b'"]);
    assert_eq!(at("2004"), ["'b'", "'c'"]);
    assert_eq!(at("2005"), ["'c'"]);
    let both = "MATCH (a:G {name: 'a'})-[:WITH]->(x) AS OF '2003' WITH a, collect(x.name) AS early \
                MATCH (a)-[:WITH]->(y) AS OF '2010' RETURN early, collect(y.name) AS late";
    assert_eq!(rows(&graph, both), ["['b'] | ['c']"]);
    assert_eq!(rows(&graph, "DURING '2004'..'2006' MATCH ()-[r:WITH]->() RETURN count(r)"), ["2"]);
    assert_eq!(
        rows(&graph, "FOR VALID_TIME AS OF date('2003-05-01') MATCH ()-[r:WITH]->() RETURN count(r)"),
        ["1"]
    );
    assert_eq!(
        rows(&graph, "MATCH ()-[r:WITH]->(x) RETURN x.name, r.valid_from, r.valid_to ORDER BY x.name"),
        ["'b' | 2000 | 2005", "'c' | 2004-07 | null"]
    );
}

#[test]
fn readings_count_what_is_certain_presumed_or_possible() {
    let mut draft = empty();
    // A start in 2000 and no known end: certain on that day alone, presumed for some years, possible for ever.
    draft = write(&draft, "VALID FROM '2000' CREATE (:G {name: 'a'})");
    let count = |clause: &str| rows(&draft, &format!("AS OF {clause} MATCH (g:G) RETURN count(g)")).remove(0);
    assert_eq!(
        (count("'2003' CERTAIN"), count("'2003'"), count("'2003' POSSIBLE")),
        ("0".into(), "1".into(), "1".into())
    );
    assert_eq!(
        (count("'2007'"), count("'2007' PRESUMED 10 YEARS"), count("'2007' POSSIBLE")),
        ("0".into(), "1".into(), "1".into())
    );
    assert_eq!(count("'1999' POSSIBLE"), "0");
}

/// A small graph of dated nodes and edges, and the same with only what counts at a date.
fn graphs(
    nodes: &[(u8, Validity)],
    edges: &[(usize, usize, Validity)],
    kept: &dyn Fn(&Validity) -> bool,
) -> Snapshot {
    let base = empty();
    let mut draft = base.draft();
    let mut ids = Vec::new();
    for (number, (kind, validity)) in nodes.iter().enumerate() {
        ids.push(kept(validity).then(|| {
            let label = if kind % 2 == 0 { "A" } else { "B" };
            let id = draft.create_node(&[label], validity.clone()).unwrap();
            draft.set_node(id, "n", Value::Integer(number as i64)).unwrap();
            id
        }));
    }
    for (number, (from, to, validity)) in edges.iter().enumerate() {
        if let (Some(from), Some(to), true) = (ids[from % ids.len()], ids[to % ids.len()], kept(validity)) {
            let edge = draft.create_edge("T", from, to, validity.clone()).unwrap();
            draft.set_edge(edge, "n", Value::Integer(number as i64)).unwrap();
        }
    }
    base.apply(&draft.finish()).unwrap()
}

fn validity() -> impl Strategy<Value = Validity> {
    let bound = || {
        prop_oneof![
            Just(Bound::Open),
            Just(Bound::Unknown),
            (2000_i16..2012).prop_map(|year| Bound::Known(Date::year(year).unwrap())),
        ]
    };
    (bound(), bound(), prop::collection::vec(2000_i16..2012, 0..2)).prop_map(|(from, to, attested)| {
        let attested = attested.into_iter().map(|year| Date::year(year).unwrap()).collect();
        Validity::new(from, to, attested).unwrap_or(Validity::UNKNOWN)
    })
}

proptest! {
    #[test]
    fn a_query_at_a_date_answers_as_on_what_counts_then(
        nodes in prop::collection::vec((any::<u8>(), validity()), 1..6),
        edges in prop::collection::vec((0_usize..6, 0_usize..6, validity()), 0..10),
        year in 1999_i16..2013,
        reading in prop::sample::select(vec![
            ("CERTAIN", Reading::Certain),
            ("PRESUMED 3 YEARS", Reading::Presumed(Persist::Years(3))),
            ("POSSIBLE", Reading::Possible),
        ]),
    ) {
        let as_of = AsOf::date(Date::year(year).unwrap(), reading.1);
        let all = graphs(&nodes, &edges, &|_| true);
        let then = graphs(&nodes, &edges, &|validity| as_of.includes(validity.extent()));
        for query in [
            "MATCH (x) RETURN x.n ORDER BY x.n",
            "MATCH (x:A)-[r:T]->(y) RETURN x.n, r.n, y.n ORDER BY r.n",
            "MATCH (x)-[r]-(y:B) RETURN x.n, r.n ORDER BY r.n, x.n",
            "MATCH (x)-[rs:T*1..3]->(y) RETURN x.n, [r IN rs | r.n] AS ns ORDER BY ns",
            "MATCH (x) OPTIONAL MATCH (x)-[r]->() RETURN x.n, count(r) ORDER BY x.n",
            "MATCH (x) WHERE NOT (x)-->() RETURN x.n ORDER BY x.n",
            "MATCH (x), (y) MATCH p = shortestPath((x)-[:T*]-(y)) RETURN x.n, y.n, length(p) ORDER BY x.n, y.n",
        ] {
            let timed = format!("AS OF '{year}' {} {query}", reading.0);
            prop_assert_eq!(rows(&all, &timed), rows(&then, query), "{}", timed);
        }
    }
}
