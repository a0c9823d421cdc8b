//! Conditions of a list: words are checked, dates and numbers compared by value, names by their spellings.

use super::{Place, fixture};

fn ids(place: &Place, label: &str, conditions: &[&str]) -> String {
    let mut arguments = vec!["list", "toy", label, "--columns", "id"];
    conditions.iter().for_each(|condition| arguments.extend(["--where", condition]));
    place.run(&arguments).succeeds().rows().concat().join(" ")
}

#[test]
fn words_outside_the_codebook_are_refused_with_the_nearest() {
    let place = Place::toy();
    for (label, condition, told) in [
        ("arrangements", "domains=watr", "--where domains=watr: did you mean water? write one of "),
        ("arrangements", "mechanism!=contrat", "did you mean contract?"),
        ("governments", "level=provincal", "did you mean provincial?"),
        ("governments", "rank=prefectual", "did you mean prefectural?"),
        ("arrangements", "confidence=hihg", "write one of high, medium"),
        ("arrangements", "valid_from=sometime", "“sometime” is not a date"),
        ("arrangements", "unknown_parties=many", "unknown_parties holds numbers, and “many” is not one"),
        (
            "governments",
            "name<x",
            "name holds text, which is not ordered; compare it with =, != or ~ (contains)",
        ),
        ("governments", "name", "write KEY=VALUE, or compare with != < <= > >= or ~ (contains)"),
        ("governments", "nam=x", "did you mean name or name_en?"),
    ] {
        let run = place.run(&["list", "toy", label, "--where", condition]).fails(2);
        assert!(run.stderr().contains(told), "{run}");
    }
}

/// COUNCIL 2003.., TREATY 2000 to 2010, FORUM attested in 2008 alone (fixtures/two-provinces/README.md).
#[test]
fn dates_compare_by_value() {
    let place = Place::toy();
    for (condition, expected) in [
        ("valid_from=2003", "COUNCIL"),
        // A start of 2003 is its first day (S2), which lies in January.
        ("valid_from=2003-01", "COUNCIL"),
        ("valid_from=2003-02", ""),
        ("valid_from<2003", "TREATY"),
        ("valid_from<=2003", "COUNCIL TREATY"),
        ("valid_from>=2000-01-01", "COUNCIL TREATY"),
        ("valid_from!=2003", "FORUM TREATY"),
        ("valid_from=", "FORUM"),
        ("valid_to=2010", "TREATY"),
        ("valid_to=..", "COUNCIL"),
        ("valid_to>2005", "COUNCIL TREATY"),
        ("attested=2008", "FORUM"),
        ("attested>2008", ""),
    ] {
        assert_eq!(ids(&place, "arrangements", &[condition]), expected, "{condition}");
    }
    assert_eq!(ids(&place, "arrangements", &["valid_from>1999", "domains=water"]), "TREATY");
}

#[test]
fn names_are_found_as_look_up_finds_them_and_texts_by_a_part() {
    let place = Place::toy();
    assert_eq!(ids(&place, "governments", &["name=甲一"]), "cn:900100");
    assert_eq!(ids(&place, "governments", &["name=JIA one"]), "cn:900100");
    assert_eq!(ids(&place, "governments", &["code=900100"]), "cn:900100");
    assert_eq!(ids(&place, "governments", &["name~河口"]), "cn:900121 cn:910121");
    assert_eq!(ids(&place, "arrangements", &["domains~WAT"]), "TREATY");
    assert_eq!(ids(&place, "arrangements", &["mechanism!=contract"]), "COUNCIL FORUM");
}

/// The end of 2004 is before the change of 2005 (fixtures/two-provinces/README.md).
#[test]
fn a_state_is_read_at_the_date() {
    let place = Place::toy();
    let of = |date: &str| {
        let run = place.run(&[
            "list",
            "toy",
            "governments",
            "--where",
            "rank=sub-provincial",
            "--as-of",
            date,
            "--columns",
            "id",
        ]);
        run.succeeds().rows().concat().join(" ")
    };
    assert_eq!((of("2004").as_str(), of("2005").as_str()), ("", "cn:900100"));
}

#[test]
fn a_condition_that_nothing_meets_is_explained() {
    let place = Place::toy();
    let run = place.run(&["list", "toy", "governments", "--where", "name=甲二巿"]).succeeds();
    assert!(
        run.stderr().contains(
            "--where name=甲二巿: none of 7 governments meets it, at whatever date; did you mean 甲二市?"
        ),
        "{run}"
    );
}

#[test]
fn a_rank_outside_its_scheme_is_refused_wherever_it_is_written() {
    let place = Place::toy();
    let run = place.run(&["set", "toy", "甲二市", "rank", "prefectral", "--from", "2025-01"]).fails(5);
    for part in [
        "S21",
        "“prefectral” is not a known rank of the scheme cn",
        "did you mean “prefectural”? else write one of national, ",
    ] {
        assert!(run.stderr().contains(part), "{run}");
    }
    let table = "id,scheme,code,name,level,rank,valid_from,valid_to\nx,us,us:x,X,State,state,1900,..\n";
    place.write("more/governments.csv", table);
    let run = place.run(&["import", "db", "more"]).fails(5);
    assert!(
        run.stderr().contains("governments.csv, row 2, column level: ")
            && run.stderr().contains("did you mean “state”?"),
        "{run}"
    );
    // A scheme that declares no steps takes any word, and says what follows.
    place.write("own/governments.csv", &table.replace("us", "mine").replace("State,state", "big,big"));
    let run = place.run(&["import", "db", "own"]).succeeds();
    assert!(
        run.stderr().contains("warning: ")
            && run.stderr().contains("declare the scheme in the table of tiers"),
        "{run}"
    );
}

#[test]
fn who_is_of_another_kind_is_named_as_such() {
    let place = Place::empty();
    place.run(&["import", "china", &fixture("china")]).succeeds();
    let run = place.run(&["ties", "china", "G60"]).fails(4);
    assert!(run.stderr().contains("“G60” is not the name of a government or region or body, but "), "{run}");
    assert!(run.stderr().contains("(G60), labelled Arrangement; “show” tells what is stored of it"), "{run}");
}
