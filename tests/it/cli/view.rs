//! Which columns and rows are shown: the same choice in every format.

use super::{Place, fixture};

const ARRANGEMENTS: &str = "id,name,unknown_parties,mechanism,domains,valid_from,valid_to,attested,source,confidence,note\n\
    A,一,2,contract,water;economy,2010,..,,,high,10\n\
    B,二,2,contract,water,1999-05,2003,,,high,9\n\
    C,三,2,plan,economy,,..,,,low,\n\
    D,四,2,plan,,2010-01,2011,,,low,100\n";

fn place() -> Place {
    let place = Place::empty();
    place.write("package/arrangements.csv", ARRANGEMENTS);
    place.run(&["import", "db", "package"]).succeeds();
    place
}

#[test]
fn columns_are_chosen_and_ordered_alike_in_every_format() {
    let place = place();
    let run = |format: &str| {
        place
            .run(&[
                "list",
                "db",
                "arrangements",
                "--columns",
                "note,id",
                "--sort",
                "id:desc",
                "--top",
                "2",
                "--format",
                format,
            ])
            .succeeds()
    };
    assert_eq!(run("csv").stdout(), "note,id\n100,D\n,C\n");
    assert_eq!(run("jsonl").stdout(), "{\"note\":\"100\",\"id\":\"D\"}\n{\"note\":null,\"id\":\"C\"}\n");
    assert_eq!(run("table").stdout(), "note  id\n────  ──\n100   D\n      C\n");
    assert_eq!(run("markdown").stdout(), "| note | id |\n| --- | --- |\n| 100 | D |\n|  | C |\n");
    let json = run("json").json();
    assert_eq!(json["columns"].as_array().unwrap().len(), 2);
    assert_eq!(json["rows"][0]["id"], "D");
    assert!(run("csv").stderr().contains("the first 2 of 4 rows (--top)"), "{}", run("csv"));
}

#[test]
fn rows_are_sorted_by_value_and_missing_ones_come_last() {
    let place = place();
    let ids = |sort: &[&str]| {
        let mut arguments = vec!["list", "db", "arrangements", "--columns", "id"];
        sort.iter().for_each(|key| arguments.extend(["--sort", key]));
        place.run(&arguments).succeeds().rows().concat().concat()
    };
    // 9 is less than 10 and 10 than 100.
    assert_eq!(ids(&["note"]), "BADC");
    assert_eq!(ids(&["note:desc"]), "DABC");
    // 1999-05 before 2010 before 2010-01, which begins on the same day and is narrower.
    assert_eq!(ids(&["valid_from"]), "BADC");
    assert_eq!(ids(&["valid_to"]), "BDAC");
    // The second key decides where the first is equal; what both leave equal keeps its order.
    assert_eq!(ids(&["mechanism:desc", "note:desc"]), "DCAB");
    assert_eq!(ids(&["mechanism"]), "ABCD");
}

#[test]
fn a_column_that_is_not_there_is_refused_with_the_nearest() {
    let place = place();
    for option in ["--columns", "--sort"] {
        let run = place.run(&["list", "db", "arrangements", option, "mechanims"]).fails(2);
        assert!(
            run.stderr()
                .contains(&format!("{option} mechanims: did you mean mechanism? write one of id, name")),
            "{run}"
        );
    }
}

#[test]
fn a_reason_stands_in_a_column_of_its_own_and_never_among_numbers() {
    let place = Place::toy();
    let run = |format: &str| {
        place
            .run(&[
                "analyze",
                "toy",
                "polycentricity",
                "--region",
                "toy-delta",
                "--as-of",
                "1990",
                "--format",
                format,
            ])
            .succeeds()
    };
    let csv = run("csv");
    let [density, missing] = &csv.columns(["density", "missing"])[0];
    assert_eq!(density, "");
    assert!(missing.split(';').any(|pair| pair == "density: empty_graph"), "{csv}");
    let row = run("json").json()["rows"][0].clone();
    assert!(row["density"].is_null());
    assert_eq!(row["missing"]["density"], "empty_graph");
    let line: serde_json::Value = serde_json::from_str(&run("jsonl").stdout()).unwrap();
    assert_eq!(line, row);
    // A measure has the column whether something is missing or not.
    let whole =
        place.run(&["analyze", "toy", "density", "--region", "toy-delta", "--as-of", "2005"]).succeeds();
    assert_eq!(whole.columns(["missing"]), [[""]]);
    // For people the word stands where the number would.
    assert!(run("table").stdout().contains("empty_graph"));
}

#[test]
fn a_measure_that_does_not_fit_gives_a_code_and_no_sentence() {
    let place = Place::toy();
    let run =
        place.run(&["analyze", "toy", "centralization", "--as-of", "2005", "--directed", "--format", "json"]);
    let row = run.succeeds().json()["rows"][0].clone();
    assert!(row["closeness_centralization"].is_null(), "{row}");
    assert_eq!(row["missing"]["closeness_centralization"], "undirected_only");
}

#[test]
fn several_names_are_a_list() {
    let place = Place::toy();
    let run = |format: &str| {
        let arguments = [
            "analyze",
            "toy",
            "members",
            "--region",
            "toy-delta",
            "--years",
            "2003..2005",
            "--format",
            format,
        ];
        place.run(&arguments).succeeds()
    };
    // Yi One joins in 2005.
    let json = run("json").json();
    assert_eq!(json["rows"][2]["entered"], serde_json::json!(["乙一市"]));
    assert_eq!(json["rows"][1]["entered"], serde_json::json!([]));
    assert_eq!(run("csv").columns(["entered"])[2], ["乙一市"]);
    let domains = place
        .run(&["list", "toy", "arrangements", "--where", "id=TREATY", "--format", "json"])
        .succeeds()
        .json();
    assert_eq!(domains["rows"][0]["domains"], serde_json::json!(["water", "environment"]));
}

#[test]
fn the_cities_of_a_centre_are_a_list() {
    let place = Place::empty();
    place.run(&["import", "china", &fixture("china")]).succeeds();
    let run = place.run(&[
        "analyze",
        "china",
        "polycentricity",
        "--region",
        "yangtze-delta",
        "--as-of",
        "2015",
        "--format",
        "json",
    ]);
    let names = run.succeeds().json()["rows"][0]["centre_names"].clone();
    assert!(
        names.as_array().is_some_and(|names| names
            .iter()
            .all(|name| name.as_str().is_some_and(|name| !name.contains(' ')))),
        "{names}"
    );
}
