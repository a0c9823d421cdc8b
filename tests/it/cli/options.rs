//! Options that have no effect are refused, and what a measure takes is told.

use super::Place;

#[test]
fn an_option_without_effect_is_refused_by_name() {
    let place = Place::toy();
    for (measure, option, told) in [
        (
            "density",
            &["--territory", "甲省"][..],
            "density does not use --territory; measures that do: powers",
        ),
        ("degree", &["--body", "x"], "degree does not use --body; measures that do: entry-rules"),
        (
            "members",
            &["--min-confidence", "high"],
            "members does not use --min-confidence; measures that do: ",
        ),
        ("members", &["--directed"], "members does not use --directed"),
        ("members", &["--weight", "count"], "members does not use --weight"),
        ("density", &["--tolerance", "0.2"], "density does not use --tolerance"),
        // Also where the value is the usual one.
        ("density", &["--weight", "newman"], "density does not use --weight"),
        ("density", &["--all-statements"], "measures that do: flows"),
        ("powers", &["--region", "toy-delta"], "powers does not use --region"),
        ("powers", &["--by=level"], "powers does not use --by"),
    ] {
        let run = place.run(&[&["analyze", "toy", measure, "--as-of", "2005"], option].concat()).fails(2);
        assert!(run.stderr().contains(told), "{run}");
    }
    let every = [
        "--region",
        "toy-delta",
        "--by",
        "level",
        "--weight",
        "count",
        "--directed",
        "--min-confidence",
        "low",
    ];
    place.run(&[&["analyze", "toy", "degree", "--as-of", "2005"], &every[..]].concat()).succeeds();
}

#[test]
fn the_list_tells_all_of_one_measure() {
    let place = Place::toy();
    let names = |run: super::Shown| run.succeeds().columns(["name"]).concat();
    let density = names(place.run(&["analyze", "--list", "density"]));
    assert!(density.contains(&"--region".to_owned()) && density.contains(&"largest_component".to_owned()));
    assert!(!density.contains(&"--territory".to_owned()));
    assert_eq!(names(place.run(&["analyze", "toy", "density", "--list"])), density);
    let meaning = place.run(&["analyze", "--list", "powers"]).succeeds().columns(["name", "meaning"]);
    assert!(
        meaning.contains(&["--territory".to_owned(), "The territory whose powers are asked for".to_owned()])
    );
    let run = place.run(&["analyze", "--list", "densty"]).fails(4);
    assert!(run.stderr().contains("did you mean density?"), "{run}");
    // Without a measure they are listed.
    let all = place.run(&["analyze", "toy"]).succeeds().columns(["measure"]).concat();
    assert!(all.len() > 10 && all.contains(&"density".to_owned()));
    let run = place.run(&["analyze", "density"]).fails(2);
    assert!(
        run.stderr().contains("density is a measure; name the store before it: analyze DB density"),
        "{run}"
    );
}

#[test]
fn a_series_is_one_of_years_and_a_measure_no_union() {
    let place = Place::toy();
    for (arguments, told) in [
        (
            &["--years", "2001-01..2001-06"][..],
            "names months or days, and a series is one of years; write 2001..2001",
        ),
        (&["--years", "2001..2000"], "--years 2001..2000 is reversed; write 2000..2001"),
        (&["--years", "2001-2005"], "--years 2001-2005: write 2001..2005"),
        (&["--during", "2001..2005"], "a measure is read at dates"),
        (&["--during", "2001..2005", "--years", "2001..2002"], "cannot be used with"),
    ] {
        let run = place.run(&[&["analyze", "toy", "density"], arguments].concat()).fails(2);
        assert!(run.stderr().contains(told), "{run}");
    }
    for (arguments, told) in [
        (
            &["ties", "toy", "甲一市", "--during", "2010..2004"][..],
            "--during 2010..2004 is reversed; write 2004..2010",
        ),
        (&["list", "toy", "region", "--during", "2004-2010"], "--during 2004-2010: write 2004..2010"),
        (&["synth", "out", "--years", "2010..2004"], "--years 2010..2004 is reversed; write 2004..2010"),
    ] {
        let run = place.run(arguments).fails(2);
        assert!(run.stderr().contains(told), "{run}");
    }
}

#[test]
fn an_option_of_another_command_is_told_and_no_other_one_offered() {
    let place = Place::toy();
    let told = |arguments: &[&str]| place.run(arguments).fails(2).stderr();
    let ties = told(&["ties", "toy", "甲一市", "--region", "x"]);
    assert!(
        ties.contains("--region is an option of export, analyze") && !ties.contains("--read-only"),
        "{ties}"
    );
    assert!(told(&["ties", "toy", "甲一市", "--colums", "x"]).contains("'--columns'"));
    let none = told(&["stats", "toy", "--frobnicate"]);
    assert!(!none.contains("similar") && !none.contains("is an option of"), "{none}");
    let hidden = told(&["ties", "toy", "--region=\u{1b}[2J"]);
    assert!(!hidden.contains('\u{1b}'), "{hidden}");
}

#[test]
fn a_name_that_promises_another_format_is_refused() {
    let place = Place::toy();
    let run = place.run(&["export", "toy", "-o", "ties.CSV"]).fails(2);
    assert!(run.stderr().contains("would hold GraphML, which is not csv"), "{run}");
    assert!(!place.path("ties.CSV").exists());
}
