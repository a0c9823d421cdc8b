//! Which options has a measure? Those that it does not name change nothing in its answer.

use intergov::analysis::MEASURES;
use intergov::network::Orientation;
use intergov::relations::{Direction, Scale};
use intergov::study::{GroupBy, Moment, NodeSelection, Panel, Selection, Subjects, WeightRule};
use intergov::value::{Persist, Reading};

use crate::ties::china;

/// The delta in 2015 with one option changed, by the name of the option.
fn with_one_changed() -> Vec<(&'static str, Selection, Subjects)> {
    let snapshot = china().snapshot().unwrap();
    let id = |label: &str, id: &str| snapshot.find(label, id).map(|node| node.id());
    let nodes = || NodeSelection { region: id("Region", "yangtze-delta"), ..NodeSelection::default() };
    let usual = || Selection { nodes: nodes(), ..Selection::default() };
    let asked = || Subjects { territory: id("Government", "cn:652300"), ..Subjects::default() };
    let selected = |name, selection| (name, selection, asked());
    let of_nodes = |name, nodes| selected(name, Selection { nodes, ..usual() });
    let moment = |year: &str| Moment::new(year.parse().unwrap());
    let only = id("Government", "cn:330100").into_iter().collect();
    vec![
        ("", usual(), asked()),
        of_nodes("level", NodeSelection { level: Some("provincial".into()), ..nodes() }),
        of_nodes("rank", NodeSelection { rank: Some("sub-provincial".into()), ..nodes() }),
        ("only", usual(), Subjects { only, ..asked() }),
        selected("reading", Selection { reading: Reading::Certain, ..usual() }),
        selected("persist", Selection { reading: Reading::Presumed(Persist::Forever), ..usual() }),
        of_nodes("panel", NodeSelection { panel: Some(Panel::At(moment("2003"))), ..nodes() }),
        selected("lift", Selection { lift: Some("city".into()), ..usual() }),
        selected(
            "without",
            Selection { without: id("Arrangement", "NJ-REGION").into_iter().collect(), ..usual() },
        ),
        selected("possible", Selection { reading: Reading::Possible, ..usual() }),
        selected("max-parties", Selection { max_parties: 2, ..usual() }),
        selected("direction", Selection { directions: vec![Direction::Diagonal], ..usual() }),
        selected("domain", Selection { domains: vec!["environment".into()], ..usual() }),
        selected("mechanism", Selection { mechanisms: vec!["contract".into()], ..usual() }),
        selected("by", Selection { scale: Scale::Level, ..usual() }),
        selected("rank-from-level", Selection { rank_from_level: true, ..usual() }),
        selected("include-defining", Selection { include_defining: true, ..usual() }),
        selected("include-plans", Selection { include_plans: true, ..usual() }),
        selected("include-subordination", Selection { include_subordination: true, ..usual() }),
        selected("min-confidence", Selection { min_confidence: Some("high".into()), ..usual() }),
        selected("directed", Selection { orientation: Orientation::Directed, ..usual() }),
        selected("weight", Selection { weight: WeightRule::Count, ..usual() }),
        ("territory", usual(), Subjects { territory: id("Government", "cn:330100"), ..asked() }),
        ("body", usual(), Subjects { body: id("Body", "B-YRD-COUNCIL"), ..asked() }),
        ("tolerance", usual(), Subjects { tolerance: 0.9, ..asked() }),
        ("all-statements", usual(), Subjects { all_statements: true, ..asked() }),
        ("arrangements", usual(), Subjects { list_arrangements: true, ..asked() }),
        ("group-by", usual(), Subjects { group_by: GroupBy::Level, ..asked() }),
        ("set", usual(), Subjects { told: [("damping".to_owned(), 0.3)].into(), ..asked() }),
    ]
}

#[test]
fn an_option_that_a_measure_does_not_name_changes_no_row() {
    let moments = Moment::series("2013..2015").unwrap();
    let variants = with_one_changed();
    for measure in MEASURES {
        // Some are of series alone.
        let moments = if measure.name == "robustness" { &moments[..] } else { &moments[2..] };
        let rows = |selection: &Selection, subjects: &Subjects| {
            china().analyze(measure.name, moments, selection.clone(), subjects.clone()).unwrap().rows
        };
        let usual = rows(&variants[0].1, &variants[0].2);
        for (option, selection, subjects) in &variants[1..] {
            if !measure.options.contains(option) {
                assert_eq!(rows(selection, subjects), usual, "{} --{option}", measure.name);
            }
        }
    }
}

/// Every option of the table is one that some measure reads and the list of this test has.
#[test]
fn the_options_of_the_table_are_those_that_are_tried() {
    let tried: Vec<&str> =
        with_one_changed().iter().map(|(name, ..)| *name).chain(["region", "leave-one-out"]).collect();
    for measure in MEASURES {
        assert!(measure.options.iter().all(|option| tried.contains(option)), "{}", measure.name);
    }
}
