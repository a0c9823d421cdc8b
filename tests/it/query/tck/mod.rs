//! Runs the openCypher Technology Compatibility Kit.
//!
//! The crate `open-cypher` carries its feature files; `INTERGOV_TCK` names another folder that has `features` and `graphs`.

mod cell;
mod feature;
mod play;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use feature::{Scenario, scenarios};
use play::play;

/// The folder of the kit; `None` if the crate was not fetched.
fn kit() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("INTERGOV_TCK") {
        return Some(folder.into());
    }
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))?;
    let registries = std::fs::read_dir(home.join("registry/src")).ok()?;
    let kits = registries
        .map(|entry| entry.unwrap().path().join("open-cypher-0.5.0/spec/vendor/openCypher-2024.3/tck"));
    kits.filter(|folder| folder.is_dir()).min()
}

/// Runs all scenarios: for each category how many there are, how many pass, and the failures.
fn results(all: &[Scenario], kit: &std::path::Path) -> (BTreeMap<String, (usize, usize)>, Vec<String>) {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut failures = Vec::new();
    for scenario in all {
        let count = counts.entry(scenario.category.clone()).or_default();
        count.0 += 1;
        match catch_unwind(AssertUnwindSafe(|| play(scenario, kit)))
            .unwrap_or_else(|_| Err("panic".to_owned()))
        {
            Ok(()) => count.1 += 1,
            Err(error) => failures.push(format!("{} / {}\n    {error}", scenario.category, scenario.name)),
        }
    }
    (counts, failures)
}

/// The table of `docs/query.md`.
fn table(counts: &BTreeMap<String, (usize, usize)>) -> String {
    let mut text = String::from("| category | scenarios | pass |\n| --- | ---: | ---: |\n");
    let (mut all, mut passed) = (0, 0);
    for (category, (scenarios, pass)) in counts {
        let _ = writeln!(text, "| {category} | {scenarios} | {pass} |");
        (all, passed) = (all + scenarios, passed + pass);
    }
    let _ = writeln!(text, "| all | {all} | {passed} |");
    text
}

/// Scenarios that are known to fail, by a part of their message, how many, and why.
const SKIPPED: [(&str, usize, &str); 1] =
    [("a property cannot hold", 87, "the graph has no type for times of day, datetimes and durations yet")];

#[test]
fn the_kit_passes() {
    let Some(kit) = kit() else {
        eprintln!("the openCypher kit is not there: run `cargo fetch`");
        return;
    };
    let all = scenarios(&kit.join("features"));
    assert_eq!(all.len(), 3_897, "scenarios in {}", kit.display());
    let (counts, mut failures) = results(&all, &kit);
    let table = table(&counts);
    println!("{table}");
    if let Some(path) = std::env::var_os("INTERGOV_TCK_REPORT") {
        std::fs::write(path, format!("{table}\n{}\n", failures.join("\n"))).unwrap();
    }
    for (part, wanted, reason) in SKIPPED {
        let before = failures.len();
        failures.retain(|failure| !failure.contains(part));
        assert_eq!(before - failures.len(), wanted, "scenarios that fail because {reason}");
    }
    assert!(failures.is_empty(), "{} scenarios fail:\n{}", failures.len(), failures.join("\n"));
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/query.md")).unwrap();
    assert!(docs.contains(&table), "docs/query.md has other counts than:\n{table}");
}

#[test]
fn a_wrong_row_a_wrong_error_and_a_wrong_effect_fail() {
    let step = |text: &str, doc: Option<&str>, table: &[&[&str]]| feature::Step {
        text: text.to_owned(),
        doc: doc.map(str::to_owned),
        table: table.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect(),
    };
    let played = |query: &str, check: feature::Step| {
        let steps =
            vec![step("an empty graph", None, &[]), step("executing query:", Some(query), &[]), check];
        play(&Scenario { category: String::new(), name: String::new(), steps }, std::path::Path::new("."))
    };
    let rows = |value: &str| step("the result should be, in any order:", None, &[&["x"], &[value]]);
    assert_eq!(played("RETURN 1 AS x", rows("1")), Ok(()));
    for wrong in ["2", "1.0", "'1'", "null", "[1]"] {
        assert!(played("RETURN 1 AS x", rows(wrong)).is_err(), "{wrong}");
    }
    let raised =
        |code: &str| step(&format!("a SyntaxError should be raised at compile time: {code}"), None, &[]);
    assert_eq!(played("RETURN y AS x", raised("UndefinedVariable")), Ok(()));
    assert!(played("RETURN y AS x", raised("InvalidAggregation")).is_err());
    assert!(played("RETURN 1 AS x", raised("UndefinedVariable")).is_err());
    let effects = |count: &str| step("the side effects should be:", None, &[&["+nodes", count]]);
    assert_eq!(played("CREATE ()", effects("1")), Ok(()));
    assert!(played("CREATE ()", effects("2")).is_err());
    assert!(played("CREATE ()", step("no side effects", None, &[])).is_err());
}
