//! What users of other programs met, one test a case: each folder of `../shared/cases` says what is right.

use std::path::{Path, PathBuf};

use crate::cli::{Place, Shown};

/// The folder of a case, if it lies beside this checkout.
fn case(number: &str) -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1);
    let found = above.map(|folder| folder.join("shared/cases")).find(|folder| folder.is_dir());
    let folders = found.into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let own = folders
        .map(|folder| folder.unwrap().path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(number)));
    if own.is_none() {
        println!("skipped: case {number} is not beside this checkout");
    }
    own
}

fn import(place: &Place, folder: &Path, file: &str, options: &[&str]) -> Shown {
    let path = folder.join(file);
    let mut arguments = vec!["import", "db", path.to_str().unwrap()];
    arguments.extend(options);
    place.run(&arguments)
}

#[test]
fn case_01_other_encodings_are_not_taken_for_gb18030() {
    let Some(folder) = case("01") else { return };
    for (file, hint) in
        [("cp1252.csv", "windows-1252"), ("euckr.csv", "EUC-KR"), ("shiftjis.csv", "Shift_JIS")]
    {
        let place = Place::empty();
        let refused = import(&place, &folder, file, &[]);
        assert_eq!(refused.code(), Some(5), "{refused}");
        assert!(refused.stderr().contains(&format!("hint: --encoding {hint}")), "{refused}");
        assert!(!place.path("db").exists());
        let read = import(&place, &folder, file, &["--encoding", hint]).succeeds();
        assert!(read.stderr().contains(&format!("was read as {hint}: ")), "{read}");
    }
    for (file, row) in [("utf8-then-gbk.csv", 3), ("utf8-with-one-latin1-row.csv", 4)] {
        let place = Place::empty();
        let refused = import(&place, &folder, file, &[]);
        assert_eq!(refused.code(), Some(5), "{refused}");
        let told = refused.stderr();
        assert!(told.contains(&format!("{file}, row {row}: ")) && told.contains("is not UTF-8"), "{refused}");
        assert!(!place.path("db").exists());
    }
}

#[test]
fn case_08_a_second_list_founds_its_new_partners_when_it_is_asked_to() {
    let Some(folder) = case("08") else { return };
    let place = Place::empty();
    import(&place, &folder, "2010.csv", &[]).succeeds();
    let refused = import(&place, &folder, "2011.csv", &[]);
    assert_eq!(refused.code(), Some(5), "{refused}");
    assert!(refused.stderr().contains("hint: --found-missing"), "{refused}");
    let read = import(&place, &folder, "2011.csv", &["--found-missing"]).succeeds();
    assert!(read.stderr().contains("was founded: MEX"), "{read}");
}

#[test]
fn case_10_a_folder_without_tables_is_a_fault() {
    let Some(folder) = case("10") else { return };
    let place = Place::empty();
    let refused = import(&place, &folder, "pkg-parent", &[]);
    assert_eq!(refused.code(), Some(5), "{refused}");
    assert!(
        refused.stderr().contains("did you mean ") && refused.stderr().contains("pkg-parent/pkg?"),
        "{refused}"
    );
    assert!(!place.path("db").exists());
    import(&place, &folder, "pkg-parent/pkg", &[]).succeeds();
}

#[test]
fn case_12_a_list_without_dates_holds_always_and_this_is_said() {
    let Some(folder) = case("12") else { return };
    let place = Place::empty();
    let read = import(&place, &folder, "edges.csv", &[]).succeeds();
    assert!(read.stderr().contains("no tie has a date: each holds always"), "{read}");
    assert!(read.stderr().contains("(--undated unknown)"), "{read}");
    let degrees = |place: &Place| {
        let shown = place.run(&["analyze", "db", "degree", "--as-of", "2010", "--format", "csv"]).succeeds();
        let mut rows = shown.columns(["code", "degree"]);
        rows.sort();
        rows.into_iter().map(|[id, degree]| format!("{id} {degree}")).collect::<Vec<_>>()
    };
    assert_eq!(degrees(&place), ["a 1", "b 2", "c 1"]);
    let place = Place::empty();
    let read = import(&place, &folder, "edges.csv", &["--undated", "unknown"]).succeeds();
    assert!(read.stderr().contains("when each holds is unknown"), "{read}");
    assert_eq!(degrees(&place), ["a 0", "b 0", "c 0"]);
}

#[test]
fn case_13_other_separators_are_read_and_said() {
    let Some(folder) = case("13") else { return };
    for (file, name) in [("semicolon.csv", "semicolons"), ("tab.tsv", "tabs"), ("excel.csv", "semicolons")] {
        let place = Place::empty();
        let read = import(&place, &folder, file, &[]).succeeds();
        assert!(read.stderr().contains(name), "{read}");
        assert!(read.stderr().contains("edges 1 added"), "{read}");
    }
}

#[test]
fn case_16_dates_that_stand_for_none_are_said() {
    let Some(folder) = case("16") else { return };
    let read = import(&Place::empty(), &folder, "ties.csv", &[]).succeeds();
    let told = read.stderr();
    assert!(told.contains("column valid_to: 9999-12-31 is a date in 1 cell"), "{read}");
    assert!(told.contains("column valid_from: 9999 is a date in 1 cell"), "{read}");
}

#[test]
fn case_19_whole_numbers_can_be_written_as_text() {
    let Some(folder) = case("19") else { return };
    let place = Place::empty();
    import(&place, &folder, "", &[]).succeeds();
    let export = |file: &str, option: &[&str]| {
        let mut arguments = vec!["export", "db", "--stored", "--as-of", "2010", "-o", file];
        arguments.extend(option);
        place.run(&arguments).succeeds()
    };
    let warned = export("long.graphml", &[]);
    assert!(warned.stderr().contains("write integers as text"), "{warned}");
    let quiet = export("text.graphml", &["--integers-as-text"]);
    assert!(!quiet.stderr().contains("integers"), "{quiet}");
    assert!(place.read("text.graphml").contains("9007199254740993"));
}

#[test]
fn case_20_na_as_a_government_is_said() {
    let Some(folder) = case("20") else { return };
    let read = import(&Place::empty(), &folder, "ties.csv", &[]).succeeds();
    let told = read.stderr();
    assert!(
        told.contains("column to: “NA” is a name in 2 cells (rows 3, 4): is it a missing value?"),
        "{read}"
    );
}

/// The value of a column in the row of which a key has a value.
fn of_row(shown: &Shown, key: &'static str, value: &str, column: &'static str) -> String {
    let [_, found] = shown.columns([key, column]).into_iter().find(|[own, _]| own == value).unwrap();
    found
}

#[test]
fn case_02_weights_of_dyads_are_the_strengths() {
    let Some(folder) = case("02") else { return };
    let place = Place::empty();
    import(&place, &folder, "ties.csv", &[]).succeeds();
    let degree = place.run(&["analyze", "db", "degree", "--as-of", "2017", "--format", "csv"]).succeeds();
    assert_eq!(of_row(&degree, "name", "California", "strength"), "170000");
}

#[test]
fn case_03_undated_parties_take_part_and_are_shown() {
    let Some(folder) = case("03") else { return };
    let place = Place::empty();
    place.run(&["import", "db", folder.to_str().unwrap()]).succeeds();
    place.run(&["export", "db", "--as-of", "2015", "-o", "t.graphml"]).succeeds();
    let file = std::fs::read_to_string(place.path("t.graphml")).unwrap();
    assert_eq!(file.matches(">0.25</data>").count(), 10, "ten pairs of five parties, 1/(5-1) each");
    let degree = place.run(&["analyze", "db", "degree", "--as-of", "2015", "--format", "csv"]).succeeds();
    assert!(degree.rows().iter().all(|row| row.contains(&"1".to_owned())), "{degree}");
    let shown = place.run(&["show", "db", "PACT", "--as-of", "2015", "--format", "csv"]).succeeds();
    assert_eq!(shown.stdout().matches("PARTY_TO ←").count(), 5, "{shown}");
}

#[test]
fn case_04_a_limit_counts_who_takes_part_at_the_date() {
    let Some(folder) = case("04") else { return };
    let place = Place::empty();
    place.run(&["import", "db", folder.to_str().unwrap()]).succeeds();
    let density = place.run(&["analyze", "db", "density", "--as-of", "2010", "--format", "csv"]).succeeds();
    assert_eq!(of_row(&density, "date", "2010", "tied_pairs"), "3");
    let share: f64 = of_row(&density, "date", "2010", "density").parse().unwrap();
    assert!((share - 3.0 / 20_301.0).abs() < 1e-15, "{density}");
}

#[test]
fn case_07_a_weight_that_igraph_cannot_read_is_left_out_of_the_file() {
    let Some(folder) = case("07") else { return };
    let place = Place::empty();
    import(&place, &folder, "ties.csv", &[]).succeeds();
    let export = place.run(&["export", "db", "--as-of", "2010", "-o", "t.graphml"]).succeeds();
    assert!(export.stderr().contains("below 2.3e-308"), "{export}");
    let file = std::fs::read_to_string(place.path("t.graphml")).unwrap();
    let tiny = |text: &str| text.parse::<f64>().is_ok_and(|number| number != 0.0 && !number.is_normal());
    assert!(!file.split(['<', '>']).any(tiny), "{file}");
}

#[test]
fn case_17_a_state_that_ceased_and_came_back_is_one_government() {
    let Some(folder) = case("17") else { return };
    let place = Place::empty();
    place.run(&["import", "db", folder.to_str().unwrap()]).succeeds();
    for (year, there) in [("1939", 1), ("1960", 0), ("2000", 1)] {
        let list = place.run(&["list", "db", "governments", "--as-of", year, "--format", "csv"]).succeeds();
        assert_eq!(list.rows().len(), there, "{list}");
    }
}
