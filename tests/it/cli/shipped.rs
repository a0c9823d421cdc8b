//! The shipped data through the command: the demo, the published numbers of members, the examples of the help.

use std::fs;
use std::path::Path;

use super::{Place, fixture};

#[test]
fn the_delta_grew_as_the_council_published() {
    let place = Place::empty();
    place.run(&["import", "china", &fixture("china")]).succeeds();
    let run = place
        .run(&["analyze", "china", "members", "--region", "长江三角洲", "--years", "1997..2019"])
        .succeeds();
    let rows = run.columns(["date", "members"]);
    // 15 founders; Taizhou 2003; 22 from 2010, 30 from 2013, 34 from 2018, 41 from 2019.
    for (year, members) in [
        ("1997", "15"),
        ("2003", "16"),
        ("2009", "16"),
        ("2010", "22"),
        ("2013", "30"),
        ("2018", "34"),
        ("2019", "41"),
    ] {
        assert!(rows.contains(&[year.to_owned(), members.to_owned()]), "{year}: {run}");
    }
    let enforcement = place.run(&["ties", "china", "杭州市", "--as-of", "2010"]).succeeds();
    let partners: Vec<[String; 3]> = enforcement.columns(["arrangement", "direction", "other_name"]);
    let mut partners: Vec<&str> = partners
        .iter()
        .filter(|row| row[0] == "HHJS-ENV" && row[1] == "diagonal")
        .map(|row| row[2].as_str())
        .collect();
    partners.sort_unstable();
    assert_eq!(partners, ["嘉兴市", "湖州市", "绍兴市"]);
}

#[test]
fn laiwu_comes_under_jinan_in_2019() {
    let place = Place::empty();
    place.run(&["import", "china", &fixture("china")]).succeeds();
    let with_jinan = |who: &str, date: &str| {
        let run = place.run(&["ties", "china", who, "--as-of", date]).succeeds();
        let rows = run.columns(["other_code", "direction"]);
        let own = rows.into_iter().filter(|row| row[0] == "cn:370100").map(|row| row[1].clone());
        own.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    assert_eq!(with_jinan("cn:371200", "2018"), ["diagonal"]);
    assert_eq!(with_jinan("cn:370116", "2019"), ["vertical"]);
    // The prefecture is no more; its name is answered with the successor.
    let run = place.run(&["ties", "china", "cn:371200", "--as-of", "2019"]).fails(4);
    assert!(run.stderr().contains("cn:370116"), "{run}");
}

/// The words of a line as a shell splits them: blanks, and quotes of one kind around them.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (None, '\'' | '"') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            (None, ' ') => words.push(String::new()),
            _ => words.iter_mut().last().unwrap().push(character),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn the_demo_and_every_example_of_the_help_run() {
    let place = Place::empty();
    place.write("names.csv", "name\n杭州市\n湖州市\n");
    place.write("dyads.csv", "ccode1,ccode2,year\n2,20,1958\n");
    let reference = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md")).unwrap();
    let commands = reference.split_once("## demo").unwrap().1;
    let examples: Vec<&str> = commands.lines().filter_map(|line| line.strip_prefix("  intergov ")).collect();
    assert!(examples.len() >= 18, "{examples:?}");
    let mut first = None;
    for example in &examples {
        let arguments = words(example);
        let run = place.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let run = run.succeeds();
        if *example == "demo" {
            first = Some(run.stdout());
        }
    }
    let first = first.unwrap();
    // The answer stands on one screen of 80 columns, and a finding in it.
    assert!(first.contains("+ Suzhou is a centre: 2013–2019"), "{first}");
    assert!(first.lines().count() <= 45, "{first}");
    assert!(!place.read("intergov-demo/facts.csv").contains("does not hold"));
    assert_eq!(place.run(&["demo"]).succeeds().stdout(), first);
    let chinese = place.run(&["demo", "--lang", "zh"]).succeeds().stdout();
    assert!(chinese.contains("+ 苏州市是中心：2013–2019"), "{chinese}");
    let full = place.run(&["demo", "--full"]).succeeds().stdout();
    assert!(full.starts_with(&first) && full.contains("Two networks among the members"), "{full}");
    let graph = place.read("intergov-demo/yangtze-2019.graphml");
    assert!(graph.contains("上海市"));
}
