//! What the reading commands show of the toy store, against what its README says by hand.

use super::Place;

/// Direction, partner and arrangement of the ties that a run shows.
fn ties(place: &Place, arguments: &[&str]) -> Vec<[String; 4]> {
    let run = place.run(arguments).succeeds();
    run.columns(["direction", "other_name", "arrangement", "basis"])
}

#[test]
fn ties_of_a_city_at_a_date_are_shown_whole() {
    Place::toy().run(&["ties", "toy", "甲二市", "--as-of", "2004", "--direction", "horizontal"]).is("
direction,code,name,other_code,other_name,arrangement,arrangement_name,valid_from,valid_to,mechanism,domains,weight,role,other_role,orientation,scope,holds,basis,confidence,certain_from,certain_to,source,id
horizontal,cn:900200,甲二市,cn:900100,甲一市,COUNCIL,甲省两市联席会,2003,2005-01-01,administrative-coordination,economy,1,member,lead,both,intra-provincial,certain,arrangement,medium,2003-01-01,2005-01-01,s-1,arrangement:COUNCIL:cn:900100:cn:900200:2003
horizontal,cn:900200,甲二市,cn:910100,乙一市,TREATY,甲二乙一协议,2000,2010,contract,water;environment,1,member,member,both,cross-provincial,certain,arrangement,high,2000-01-01,2010-01-01,s-1,arrangement:TREATY:cn:900200:cn:910100:2000
--- stderr
note: 2 ties; certain 2; confidence: high 1, medium 1
--- exit 0
");
}

#[test]
fn a_tie_turns_diagonal_when_a_rank_changes() {
    let place = Place::toy();
    let council = |date: &str, by: &str| {
        let all = ties(&place, &["ties", "toy", "甲二市", "--as-of", date, "--by", by]);
        let own = all.into_iter().filter(|tie| tie[2] == "COUNCIL");
        own.map(|[direction, other, ..]| format!("{direction} {other}")).collect::<Vec<_>>()
    };
    assert_eq!(council("2002", "rank"), [""; 0]);
    assert_eq!(council("2004", "rank"), ["horizontal 甲一市"]);
    assert_eq!(council("2005", "rank"), ["diagonal 甲一市"]);
    assert_eq!(council("2005", "level"), ["horizontal 甲一市"]);
}

#[test]
fn vertical_ties_stand_apart_by_basis() {
    let place = Place::toy();
    let found = ties(&place, &["ties", "toy", "900200", "--as-of", "2004", "--direction", "vertical"]);
    assert_eq!(found, [["vertical", "甲省", "", "subordination"], ["vertical", "甲省", "TREATY", "act"]]);
}

#[test]
fn what_only_possibly_holds_is_left_out_and_counted() {
    let place = Place::toy();
    let forum = |extra: &[&str]| {
        let mut arguments = vec!["ties", "toy", "Jia One", "--as-of", "2009", "--direction", "diagonal"];
        arguments.extend_from_slice(extra);
        let run = place.run(&arguments).succeeds();
        (run.columns(["arrangement", "holds"]), run.stderr())
    };
    let (rows, told) = forum(&["--reading", "certain"]);
    assert_eq!(rows, [["COUNCIL", "certain"]]);
    assert_eq!(
        told,
        "note: 1 tie left out because it only possibly holds then (S1); --possible adds it\n\
         note: 1 tie; certain 1; confidence: medium 1\n"
    );
    let (rows, told) = forum(&["--possible"]);
    assert_eq!(rows, [["COUNCIL", "certain"], ["FORUM", "presumed"]]);
    assert_eq!(told, "note: 2 ties; certain 1, presumed 1; confidence: medium 1, low 1\n");
    // It was last attested in 2008: six years later it is presumed no more.
    let later = ["ties", "toy", "Jia One", "--as-of", "2014", "--direction", "diagonal"];
    let late =
        |more: &[&str]| place.run(&[&later[..], more].concat()).succeeds().columns(["arrangement", "holds"]);
    assert!(!late(&[]).concat().contains(&"FORUM".to_owned()));
    assert!(late(&["--possible"]).contains(&["FORUM".to_owned(), "possible".to_owned()]));
    assert!(late(&["--persist", "forever"]).contains(&["FORUM".to_owned(), "presumed".to_owned()]));
    let (rows, told) = forum(&["--possible", "--min-confidence", "medium"]);
    assert_eq!(rows, [["COUNCIL", "certain"]]);
    assert!(told.contains("1 tie left out by confidence"), "{told}");
    // In the year of its attestation it is certain.
    let run = place.run(&["ties", "toy", "Jia One", "--as-of", "2008", "--direction", "diagonal"]);
    assert_eq!(run.columns(["arrangement", "holds"]), [["COUNCIL", "certain"], ["FORUM", "certain"]]);
}

#[test]
fn ties_among_the_members_of_a_region_are_those_inside_it() {
    let place = Place::toy();
    let found = ties(&place, &["ties", "toy", "甲乙三角洲", "--as-of", "2004"]);
    // Yi One joins in 2005, so its treaty is not inside yet.
    assert_eq!(found, [["horizontal", "甲二市", "COUNCIL", "arrangement"]]);
    let found = ties(&place, &["ties", "toy", "toy-delta", "--as-of", "2005"]);
    assert_eq!(
        found,
        [["diagonal", "甲二市", "COUNCIL", "arrangement"], ["horizontal", "乙一市", "TREATY", "arrangement"]]
    );
}

#[test]
fn a_tie_in_json_keeps_the_names_of_its_columns() {
    let place = Place::toy();
    let json = place.run(&["ties", "toy", "乙一市", "--as-of", "2004", "--format", "json"]).succeeds().json();
    let treaty = json["rows"].as_array().unwrap().iter().find(|row| row["arrangement"] == "TREATY").unwrap();
    assert_eq!(treaty["direction"], "horizontal");
    assert_eq!(treaty["other_code"], "cn:900200");
    assert_eq!(treaty["mechanism"], "contract");
    assert_eq!(treaty["confidence"], "high");
    assert_eq!(json["selection"]["by"], "rank");
}

#[test]
fn a_table_lines_chinese_up_and_puts_numbers_right() {
    let place = Place::toy();
    place
        .run(&["analyze", "toy", "degree", "--as-of", "2005", "--region", "toy-delta", "--format", "table"])
        .succeeds();
    let run = place.run(&["list", "toy", "regions", "--format", "table"]);
    run.is("
id         name        name_en    kind   approved_by  approved_on  valid_from  valid_to  attested  holds  source  confidence  note
─────────  ──────────  ─────────  ─────  ───────────  ───────────  ──────────  ────────  ────────  ─────  ──────  ──────────  ────
toy-delta  甲乙三角洲  Toy delta  delta                            2000        ..                         s-1     high
--- stderr
note: 1 region; confidence: high 1
--- exit 0
");
}

#[test]
fn density_by_year_is_two_thirds_from_2005_on_and_one_in_2008() {
    let run = Place::toy().run(&[
        "analyze",
        "toy",
        "density",
        "--years",
        "2004..2008",
        "--region",
        "toy-delta",
        "--format",
        "jsonl",
        "--reading",
        "certain",
    ]);
    let run = run.succeeds();
    let rows: Vec<serde_json::Value> =
        run.stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<(&str, i64, f64)> = rows
        .iter()
        .map(|row| {
            let number = |key: &str| row[key].as_i64().unwrap();
            (row["date"].as_str().unwrap(), number("tied_pairs"), row["density"].as_f64().unwrap())
        })
        .collect();
    // Two members with one tie in 2004; then three members of whose three pairs two are tied, and all in
    // 2008, when the forum is attested.
    let third = 2.0 / 3.0;
    let expected =
        [("2004", 1, 1.0), ("2005", 2, third), ("2006", 2, third), ("2007", 2, third), ("2008", 3, 1.0)];
    assert_eq!(found, expected);
    assert!(run.stderr().contains("1 tie that only possibly holds"), "{run}");
}

#[test]
fn a_thing_is_shown_with_its_statements() {
    let place = Place::toy();
    place.run(&["show", "toy", "甲一市", "--as-of", "2004", "--possible", "--format", "markdown"]).is("
| key | value | valid_from | valid_to | attested | holds | qualifiers | confidence | source | id |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| label | Government | .. | .. |  |  |  | high | s-1 |  |
| id | cn:900100 |  |  |  |  |  |  |  |  |
| scheme | cn |  |  |  |  |  |  |  |  |
| code | cn:900100 |  |  |  |  |  |  |  |  |
| name | 甲一市 |  |  |  |  |  |  |  |  |
| name_en | Jia One |  |  |  |  |  |  |  |  |
| level | prefectural |  |  |  |  |  |  |  |  |
| note | rank in states.csv |  |  |  |  |  |  |  |  |
| rank | prefectural | .. | 2005 |  | certain | date_kind effective | high | s-1 |  |
| SUBORDINATE_TO → | 甲省 Jia (cn:900000) | .. | .. |  | certain |  | high | s-1 | SUBORDINATE_TO/sub-1 |
| PARTY_TO → | 甲省两市联席会 Council of the two cities of Jia (COUNCIL) |  |  |  | certain | role lead | medium | s-1 | PARTY_TO/p-4 |
| PARTY_TO → | 甲一乙一论坛 Forum of Jia One and Yi One (FORUM) |  |  |  | possible | role member | low | s-1 | PARTY_TO/p-6 |
| MEMBER_OF → | 甲乙三角洲 Toy delta (toy-delta) | 2000 | .. |  | certain | role member; status admitted | high | s-1 | MEMBER_OF/m-1 |
| SUBORDINATE_TO ← | 河口县 Hekou of Jia (cn:900121) | .. | .. |  | certain |  | high | s-1 | SUBORDINATE_TO/sub-2 |
--- stderr
note: 6 dated statements; certain 5, possible 1; confidence: high 4, medium 1, low 1
--- exit 0
");
    // What is shown of an edge is what the next command takes.
    place.run(&["history", "toy", "PARTY_TO/p-4"]).succeeds();
    let source = place.run(&["show", "toy", "s-1"]).succeeds();
    assert!(source.stdout().contains("citation,Made up for tests"), "{source}");
}

#[test]
fn a_difference_names_what_began_and_what_changed() {
    let run = Place::toy().run(&["diff", "toy", "--from", "2004", "--to", "2005"]).succeeds();
    assert_eq!(
        run.columns(["turn", "kind", "property", "before", "after"]),
        [
            ["changed", "Government", "rank", "prefectural", "sub-provincial"],
            ["began", "MEMBER_OF", "", "", ""],
        ]
    );
    assert_eq!(run.columns(["id"]), [["Government/cn:900100"], ["MEMBER_OF/m-3"]]);
    let run = Place::toy().run(&["diff", "toy", "--from", "2005", "--to", "2004"]).fails(2);
    assert!(run.stderr().contains("write --from 2004 --to 2005"), "{run}");
}

#[test]
fn names_of_a_table_are_linked_and_the_ambiguous_listed() {
    let place = Place::toy();
    let file = place.write("names.csv", "\u{feff}name,date\nJia One,2004\n河口县,2004\n甲三市,\n910100,\n");
    let run = place.run(&["resolve", "toy", &file]).succeeds();
    assert_eq!(
        run.columns(["name", "status", "code"]),
        [
            ["Jia One", "found", "cn:900100"],
            ["河口县", "ambiguous", ""],
            ["甲三市", "not found", ""],
            ["910100", "found", "cn:910100"],
        ]
    );
    let messages = run.columns(["message"]);
    assert!(messages[1][0].contains("cn:900121") && messages[1][0].contains("cn:910121"), "{run}");
    assert_eq!(run.stderr(), "note: 4 names, 2 of them not linked\n");
}

#[test]
fn a_list_is_filtered_by_what_its_rows_hold() {
    let place = Place::toy();
    let ids = |condition: &str| {
        let run = place.run(&["list", "toy", "arrangement", "--where", condition]).succeeds();
        run.columns(["id"]).concat()
    };
    assert_eq!(ids("domains=water"), ["TREATY"]);
    assert_eq!(ids("mechanism=administrative-coordination"), ["COUNCIL", "FORUM"]);
    let run =
        place.run(&["list", "toy", "arrangement", "--as-of", "2004", "--reading", "certain"]).succeeds();
    assert_eq!(run.columns(["id"]).concat(), ["COUNCIL", "TREATY"]);
    assert!(run.stderr().contains("1 arrangement left out because it only possibly holds"), "{run}");
}

#[test]
fn output_goes_to_the_file_that_is_named() {
    let place = Place::toy();
    let run = place.run(&["list", "toy", "region", "-o", "regions.csv"]).succeeds();
    assert!(run.stdout().is_empty(), "{run}");
    assert!(place.read("regions.csv").contains("toy-delta,甲乙三角洲"));
}

#[test]
fn the_store_counts_what_it_holds_and_is_sound() {
    let place = Place::toy();
    let counts = place.run(&["stats", "toy"]).succeeds().columns(["part", "name", "count"]);
    let count = |name: &str| counts.iter().find(|row| row[1] == name).map(|row| row[2].clone());
    assert_eq!(count("Government").as_deref(), Some("7"));
    assert_eq!(count("PARTY_TO").as_deref(), Some("7"));
    let run = place.run(&["verify", "toy"]).succeeds();
    assert!(run.rows().is_empty(), "{run}");
    assert!(run.stderr().contains("12 nodes, 15 edges") && run.stderr().contains("is sound"), "{run}");
}

#[test]
fn the_schema_and_the_measures_are_listed_without_a_store() {
    let place = Place::empty();
    let steps = place.run(&["schema"]).succeeds().columns(["of", "column", "values"]);
    let us = ["scheme us", "level", "federal;state;county;municipality"].map(str::to_owned);
    assert!(steps.contains(&us), "{steps:?}");
    let schema = place.run(&["schema"]).succeeds().columns(["of", "column"]);
    assert!(schema.contains(&["Government".to_owned(), "rank".to_owned()]));
    let measures = place.run(&["analyze", "--list"]).succeeds().columns(["measure"]).concat();
    for measure in ["density", "polycentricity", "betweenness", "linkage", "entry-rules"] {
        assert!(measures.iter().any(|name| name == measure), "{measure}");
    }
}
