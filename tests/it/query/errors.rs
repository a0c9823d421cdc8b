//! What a reader of a faulty query sees.

use std::sync::Arc;

use intergov::graph::{Catalogue, Snapshot};
use intergov::query::{Parameters, QueryOptions, run_query, statements};

/// A graph with a few names, so that a typing error has a nearest one.
fn graph() -> Snapshot {
    let empty = Snapshot::empty(Arc::new(Catalogue::default()));
    let text = "CREATE (:Government {name: '杭州市', level: 'city'})-[:COOPERATES_WITH {since: 2010}]->(:Government {name: '上海市'})";
    let options = QueryOptions { write: true, ..QueryOptions::default() };
    let outcome = run_query(&empty, text, &Parameters::new(), &options).unwrap();
    empty.apply(&outcome.changes.unwrap()).unwrap()
}

#[test]
fn an_error_says_what_where_and_what_next() {
    let graph = graph();
    for (query, expected) in [
        (
            "MATCH (城市) RETURN 城.name",
            "SyntaxError (UndefinedVariable): there is no variable `城` here; did you mean `城市`?\n\
             \x20 --> line 1, column 19\n  |\n1 | MATCH (城市) RETURN 城.name\n  |                     ^^",
        ),
        (
            "MATCH (n)\nRETRUN n",
            "SyntaxError (UnexpectedSyntax): expected a clause or the end of the query, found `RETRUN`; did you mean `RETURN`?\n\
             \x20 --> line 2, column 1\n  |\n2 | RETRUN n\n  | ^^^^^^",
        ),
        (
            "RETURN toUper('a')",
            "SyntaxError (UnknownFunction): there is no function `toUper`; did you mean `toUpper`?\n\
             \x20 --> line 1, column 8\n  |\n1 | RETURN toUper('a')\n  |        ^^^^^^",
        ),
        (
            "RETURN '上海' + $nme",
            "ParameterMissing (MissingParameter): the parameter `$nme` is not given\n\
             \x20 --> line 1, column 15\n  |\n1 | RETURN '上海' + $nme\n  |                 ^^^^",
        ),
        (
            "RETURN 1 / 0",
            "ArithmeticError (DivisionByZero): a whole number is divided by zero\n\
             \x20 --> line 1, column 8\n  |\n1 | RETURN 1 / 0\n  |        ^^^^^",
        ),
        (
            "EXPLAIN RETURN 1",
            "NotSupported (NotSupported): EXPLAIN and PROFILE is not supported by this version\n\
             \x20 --> line 1, column 9\n  |\n1 | EXPLAIN RETURN 1\n  |         ^^^^^^^^",
        ),
        (
            "CREATE (n)",
            "ReadOnly (ReadOnly): the query changes the graph, and may only read; allow it to write\n\
             \x20 --> line 1, column 1\n  |\n1 | CREATE (n)\n  | ^^^^^^^^^^",
        ),
    ] {
        let error = graph.query(query, &Parameters::new()).unwrap_err();
        assert_eq!(error.to_string(), expected, "{query}");
    }
}

#[test]
fn what_is_not_supported_says_so_by_name() {
    let graph = graph();
    for query in [
        "LOAD CSV FROM 'x' AS row RETURN row",
        "CREATE INDEX FOR (n:Government) ON (n.name)",
        "CREATE CONSTRAINT FOR (n:Government) REQUIRE n.name IS UNIQUE",
        "SHOW PROCEDURES",
        "USE other MATCH (n) RETURN n",
        "MATCH ((a)-->(b)){1,3} RETURN a",
        "MATCH p = ANY SHORTEST (a)-->(b) RETURN p",
        "MATCH p = SHORTEST 2 (a)-->(b) RETURN p",
        "CALL { MATCH (n) RETURN n } IN TRANSACTIONS RETURN 1",
        "RETURN 'a' =~ 'b'",
        "PROFILE RETURN 1",
        "END n AT '2010'",
        "AS KNOWN AT '2010' MATCH (n) RETURN n",
    ] {
        let error = graph.query(query, &Parameters::new()).unwrap_err();
        assert_eq!(error.code, "NotSupported", "{query}\n{error}");
    }
}

#[test]
fn a_name_that_the_graph_does_not_have_is_told_with_the_nearest() {
    let graph = graph();
    let warnings = |query: &str| graph.query(query, &Parameters::new()).unwrap().warnings;
    assert_eq!(
        warnings("MATCH (n:Goverment) RETURN n"),
        ["the graph has no label `Goverment` (line 1, column 10); did you mean `Government`?"]
    );
    assert_eq!(
        warnings("MATCH ()-[r:COOPERATE_WITH]->() RETURN r"),
        ["the graph has no edge type `COOPERATE_WITH` (line 1, column 13); did you mean `COOPERATES_WITH`?"]
    );
    assert_eq!(
        warnings("MATCH (n {nane: 'x'}) RETURN n.levl, n.name"),
        [
            "the graph has no property `nane` (line 1, column 11); did you mean `name`?",
            "the graph has no property `levl` (line 1, column 32); did you mean `level`?"
        ]
    );
    assert_eq!(warnings("MATCH (n:Government) RETURN n.name"), [""; 0]);
}

#[test]
fn limits_stop_a_query() {
    let graph = graph();
    let run = |options: QueryOptions| {
        run_query(
            &graph,
            "UNWIND range(1, 10000) AS x UNWIND range(1, 10000) AS y RETURN count(*)",
            &Parameters::new(),
            &options,
        )
    };
    let timeout = QueryOptions { timeout: Some(std::time::Duration::ZERO), ..QueryOptions::default() };
    assert_eq!(run(timeout).unwrap_err().code, "Timeout");
    let watch = intergov::Watch::new();
    watch.cancel();
    let cancelled = watch.run(|| run(QueryOptions::default())).unwrap_err();
    assert!(cancelled.is_cancelled() && cancelled.code == "Cancelled");
    let few = QueryOptions { max_rows: Some(2), ..QueryOptions::default() };
    let rows = |text: &str| run_query(&graph, text, &Parameters::new(), &few);
    assert_eq!(rows("UNWIND [1, 2] AS x RETURN x").unwrap().rows.rows.len(), 2);
    assert_eq!(rows("UNWIND [1, 2, 3] AS x RETURN x").unwrap_err().code, "TooManyRows");
}

#[test]
fn a_long_query_is_run_or_refused_and_never_ends_the_program() {
    let graph = graph();
    for (part, end) in [
        ("MATCH (n) ", "RETURN n"),
        ("WITH 1 AS x ", "RETURN x"),
        ("OPTIONAL MATCH (n) WITH n ", "RETURN n LIMIT 1"),
    ] {
        for count in [50, 190, 2_000] {
            let query =
                format!("{}{end} LIMIT 1", part.repeat(count)).replace(" LIMIT 1 LIMIT 1", " LIMIT 1");
            let ends = graph.query(&query, &Parameters::new());
            assert!(ends.as_ref().map_or_else(|error| error.code == "TooDeep", |_| true), "{:?}", ends.err());
        }
    }
    let many = "CREATE (:X {n: 1}) ".repeat(3_000);
    let options = QueryOptions { write: true, ..QueryOptions::default() };
    let outcome = run_query(&graph, &many, &Parameters::new(), &options).unwrap();
    assert_eq!(outcome.rows.summary.nodes_created, 3_000);
}

#[test]
fn statements_keep_their_places() {
    let all = statements("RETURN 1;\n RETURN x; // the end\n");
    assert_eq!(all.len(), 2);
    let error = graph().query(&all[1], &Parameters::new()).unwrap_err();
    let place = error.place.as_ref().unwrap();
    assert_eq!((place.line, place.column), (2, 9));
}
