//! A government that ceased and came back is one node with two spells of existence (S10), from a table to the answers.

use crate::cli::Place;

const GOVERNMENTS: &str = "id,scheme,code,name,level,rank,valid_from,valid_to\n\
    EST,us,us:366,Estonia,state,state,1918,1940\n\
    EST,us,us:366,Estonia,state,state,1991,..\n\
    FIN,us,us:375,Finland,state,state,1917,..\n";

fn imported(tables: &[(&str, &str)]) -> Place {
    let place = Place::empty();
    for (name, text) in tables {
        place.write(&format!("p/{name}.csv"), text);
    }
    place
}

#[test]
fn two_rows_are_one_government_in_every_answer() {
    let ties = "from,to,valid_from,valid_to\nEST,FIN,1920,..\n";
    let place = imported(&[("governments", GOVERNMENTS), ("cooperation", ties)]);
    place.run(&["import", "db", "p"]).succeeds();
    for (year, there, tied) in [("1935", 2, 1), ("1960", 1, 0), ("1995", 2, 1)] {
        let list = place.run(&["list", "db", "governments", "--as-of", year, "--format", "csv"]).succeeds();
        assert_eq!(list.rows().len(), there, "{list}");
        let ties = place.run(&["ties", "db", "EST", "--as-of", year, "--format", "csv"]).succeeds();
        assert_eq!(ties.rows().len(), tied, "{ties}");
        let density = place.run(&["analyze", "db", "density", "--as-of", year, "--format", "csv"]).succeeds();
        assert_eq!(density.columns(["governments", "tied_pairs"]), [[there.to_string(), tied.to_string()]]);
        place.run(&["export", "db", "--as-of", year, "-o", &format!("{year}.graphml")]).succeeds();
        let file = std::fs::read_to_string(place.path(&format!("{year}.graphml"))).unwrap();
        assert_eq!((file.matches("<node ").count(), file.matches("<edge ").count()), (there, tied), "{file}");
    }
    let ended = place.run(&["diff", "db", "--from", "1935", "--to", "1960", "--format", "csv"]).succeeds();
    assert_eq!(ended.rows().len(), 2, "the government and its tie ended: {ended}");
}

#[test]
fn it_comes_back_from_a_package_and_a_second_import_changes_nothing() {
    let place = imported(&[("governments", GOVERNMENTS)]);
    place.run(&["import", "db", "p"]).succeeds();
    place.run(&["import", "db", "p", "--mode", "update"]).succeeds();
    let again = place.run(&["import", "db", "p", "--mode", "append"]).succeeds();
    assert!(again.stderr().contains("0 added, 0 changed, 0 removed, 2 as they were"), "{again}");
    place.run(&["export", "db", "-o", "q", "--format", "package"]).succeeds();
    let states = std::fs::read_to_string(place.path("q/states.csv")).unwrap();
    assert!(states.contains("EST,interrupted,interrupted,1940,1991"), "{states}");
    place.run(&["import", "other", "q"]).succeeds();
    let list = place.run(&["list", "other", "governments", "--as-of", "1960", "--format", "csv"]).succeeds();
    assert_eq!(list.rows().len(), 1, "{list}");
}

#[test]
fn rows_that_do_not_lie_apart_or_differ_are_refused() {
    let head = "id,scheme,code,name,level,rank,valid_from,valid_to\n";
    let first = "EST,us,us:366,Estonia,state,state,1918,1940\n";
    let row = |text: &str| format!("{head}{first}{text}\n");
    for (text, told) in [
        ("EST,us,us:366,Estonia,state,state,1930,..", "the id “EST” stands in row 2 already (S22)"),
        ("EST,us,us:366,Estonia,state,state,,..", "the id “EST” stands in row 2 already (S22)"),
        (
            "EST,us,us:366,Eesti,state,state,1991,..",
            "“name” is “Eesti” here and “Estonia” in row 2 of the same id (S10)",
        ),
    ] {
        let place = imported(&[("governments", &row(text))]);
        let refused = place.run(&["import", "db", "p"]);
        assert_eq!(refused.code(), Some(5), "{refused}");
        assert!(refused.stderr().contains(told), "{refused}");
        assert!(refused.stderr().contains("row 3"), "{refused}");
    }
}

#[test]
fn what_lies_between_the_spells_is_refused() {
    for (ties, column, told) in [
        ("EST,FIN,1950,..,", "valid_from", "begins 1950"),
        ("EST,FIN,1920,1960,", "valid_to", "ends 1960"),
        ("EST,FIN,1920,,1950", "attested", "is attested 1950"),
    ] {
        let ties = format!("from,to,valid_from,valid_to,attested\n{ties}\n");
        let place = imported(&[("governments", GOVERNMENTS), ("cooperation", &ties)]);
        let refused = place.run(&["import", "db", "p"]);
        assert_eq!(refused.code(), Some(5), "{refused}");
        assert!(refused.stderr().contains(&format!("column {column}: ")), "{refused}");
        assert!(refused.stderr().contains(told), "{refused}");
        assert!(
            refused.stderr().contains("did not exist from 1940-01-01 until 1991-01-01 (S18)"),
            "{refused}"
        );
    }
}

#[test]
fn an_interruption_lies_between_two_spells() {
    let states = |row: &str| format!("label,of,property,value,valid_from,valid_to\n{row}\n");
    for (row, told) in [
        ("Government,FIN,interrupted,war,1900,1920", "begins before it existed"),
        ("Government,FIN,interrupted,war,1939,", "does not say when it began and ended"),
        ("Government,FIN,interrupted,war,,1945", "does not say when it began and ended"),
        ("Government,EST,interrupted,war,1939,2010", "lasts until it ended or longer"),
    ] {
        let governments = "id,scheme,code,name,level,rank,valid_from,valid_to\n\
            FIN,us,us:375,Finland,state,state,1917,..\nEST,us,us:366,Estonia,state,state,1918,2000\n";
        let place = imported(&[("governments", governments), ("states", &states(row))]);
        let refused = place.run(&["import", "db", "p"]);
        assert_eq!(refused.code(), Some(5), "{refused}");
        assert!(refused.stderr().contains(told), "{refused}");
        assert!(refused.stderr().contains("(S10)"), "{refused}");
    }
    let place = imported(&[(
        "governments",
        "id,scheme,code,name,interrupted,valid_from,valid_to\nFIN,us,us:375,Finland,war,1917,..\n",
    )]);
    let refused = place.run(&["import", "db", "p"]).fails(5);
    assert!(refused.stderr().contains("does not say when it began and ended (S10)"), "{refused}");
}
