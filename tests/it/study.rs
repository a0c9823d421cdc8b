//! Studies of the real data: counts that documents give, values worked out by hand, and what a result says of itself.

use intergov::analysis::{Cell, MEASURES, Report};
use intergov::relations::Names;
use intergov::study::{Moment, NodeSelection, Selection, Subjects, WeightRule};

use crate::ties::china;

fn analyze(measure: &str, when: &str, selection: Selection, subjects: Subjects) -> Report {
    china().analyze(measure, &Moment::series(when).unwrap(), selection, subjects).unwrap()
}

fn delta() -> Selection {
    let region = china().snapshot().unwrap().find("Region", "yangtze-delta").map(|node| node.id());
    Selection { nodes: NodeSelection { region, ..NodeSelection::default() }, ..Selection::default() }
}

fn column(report: &Report, name: &str) -> Vec<String> {
    let at = report.column(name).unwrap();
    report.rows.iter().map(|row| row[at].to_string()).collect()
}

#[test]
fn the_council_grows_as_its_documents_say() {
    let report = analyze("members", "1997..2019", delta(), Subjects::default());
    let members = column(&report, "members");
    let in_year = |year: usize| members[year - 1997].as_str();
    assert_eq!([1997, 2003, 2010, 2013, 2018, 2019].map(in_year), ["15", "16", "22", "30", "34", "41"]);
    assert_eq!(members.len(), 23);
}

#[test]
fn with_the_council_all_members_are_tied_and_the_shape_says_nothing() {
    let selection = Selection { include_defining: true, ..delta() };
    let report = analyze("polycentricity", "2010", selection, Subjects::default());
    assert_eq!(column(&report, "density"), ["1"]);
    assert_eq!(column(&report, "state"), ["saturated"]);
    assert_eq!(column(&report, "polycentricity"), ["saturated"]);
    assert_eq!(column(&report, "degree_centralization"), ["saturated"]);
    // 22 members, each pair once.
    assert_eq!(column(&report, "tied_pairs"), ["231"]);
}

#[test]
fn a_council_of_many_weighs_less_than_a_treaty_of_two() {
    let weight = |rule| {
        let selection = Selection { include_defining: true, weight: rule, ..delta() };
        let slice = china().network(Moment::new("1997".parse().unwrap()), selection).unwrap();
        let [suzhou, wuxi] = ["cn:320500", "cn:320200"].map(|code| slice.network.node(code).unwrap());
        slice.network.weight(suzhou, wuxi).unwrap()
    };
    // In 1997 the two share the council of 15 alone: 1/(15-1) by Newman 2001.
    assert!((weight(WeightRule::Newman) - 1.0 / 14.0).abs() < 1e-12);
    assert!((weight(WeightRule::Count) - 1.0).abs() < 1e-12);
}

#[test]
fn changji_has_ceded_five_functions() {
    let snapshot = china().snapshot().unwrap();
    let territory = Names::of(&snapshot).government("昌吉", None).ok();
    let territory = territory.and_then(|ix| snapshot.node_at(ix)).map(|node| node.id());
    let report =
        analyze("powers", "2010", Selection::default(), Subjects { territory, ..Subjects::default() });
    assert_eq!(
        column(&report, "function"),
        ["development planning", "finance", "investment promotion", "spatial planning", "tourism", ""]
    );
    let holders = column(&report, "holder");
    assert!(holders[..5].iter().all(|holder| holder.starts_with("乌昌")), "{holders:?}");
    assert!(column(&report, "from_whom")[..5].iter().all(|giver| giver.contains("昌吉")));
    assert_eq!(column(&report, "tenure")[5], "default");
}

#[test]
fn payments_are_netted_once_and_alternatives_do_not_count() {
    let subjects = |all_statements| Subjects { all_statements, ..Subjects::default() };
    let report = analyze("flows", "2010", Selection::default(), subjects(false));
    let paid = |report: &Report, row: &str| {
        let (at, amount) = (report.column("row").unwrap(), report.column("amount_minor").unwrap());
        report.rows.iter().find(|cells| cells[at].to_string() == row).map(|cells| cells[amount].clone())
    };
    let millions = |count: i64| Some(Cell::Integer(count * 100_000_000));
    assert_eq!(paid(&report, "F-WUCHANG"), millions(40));
    assert_eq!(paid(&report, "F-QUANZHOU-paper"), millions(20));
    assert_eq!(paid(&report, "F-FUZHOU-paper"), millions(27));
    assert_eq!(paid(&report, "F-XIAMEN-paper"), millions(21));
    assert_eq!(paid(&report, "F-FUZHOU-chinadaily"), None);
    let all = analyze("flows", "2010", Selection::default(), subjects(true));
    assert_eq!(paid(&all, "F-FUZHOU-chinadaily"), millions(30));
    let counts = column(&all, "counts");
    let rows = column(&all, "row");
    for (row, counts) in rows.iter().zip(counts) {
        assert_eq!(counts == "no", row.ends_with("chinadaily"), "{row}");
    }
    // 40 million from Urumqi to Changji, once.
    let net = column(&report, "net");
    let at = column(&report, "row").iter().position(|row| row == "F-WUCHANG").unwrap();
    assert_eq!(net[at], "40000000.00");
}

#[test]
fn a_missing_figure_makes_a_rule_unknown_and_never_failed() {
    let report = analyze("entry-rules", "2010", delta(), Subjects::default());
    let rows = column(&report, "name").into_iter().zip(column(&report, "meets_rules"));
    let verdicts: Vec<(String, String)> = rows.collect();
    // Fuyang's GDP per capita is 12 % of Shanghai's: one failure decides.
    assert!(verdicts.contains(&("阜阳市".to_owned(), "no".to_owned())));
    // Shanghai meets both rules that have figures; the third has no formula.
    assert!(verdicts.contains(&("上海市".to_owned(), "unknown".to_owned())));
    assert!(verdicts.iter().all(|(_, verdict)| verdict != "yes"));
}

#[test]
fn every_measure_runs_on_the_real_data_and_says_what_it_counted() {
    let territory = china().snapshot().unwrap().find("Government", "cn:652300").map(|node| node.id());
    for measure in MEASURES {
        let subjects = Subjects { territory, ..Subjects::default() };
        // Some are of series alone.
        let when = if measure.name == "robustness" { "2008..2010" } else { "2010" };
        let report = analyze(measure.name, when, delta(), subjects);
        assert!(report.rows.iter().all(|row| row.len() == report.columns.len()), "{}", measure.name);
        assert!(
            measure.columns.iter().all(|column| report.column(column.name).is_some()),
            "{}",
            measure.name
        );
        let finite = |cell: &Cell| !matches!(cell, Cell::Float(number) if !number.is_finite());
        assert!(report.rows.iter().flatten().all(finite), "{}", measure.name);
    }
}

#[test]
fn a_series_is_its_single_dates() {
    for measure in
        ["directions", "polycentricity", "centralization", "cohesion", "density", "scopes", "linkage"]
    {
        let series = analyze(measure, "2008..2011", delta(), Subjects::default());
        for (at, year) in ["2008", "2009", "2010", "2011"].into_iter().enumerate() {
            let single = analyze(measure, year, delta(), Subjects::default());
            // A series adds what changed since the date before.
            let own = &series.rows[at][..single.columns.len()];
            assert_eq!(single.rows[0], own, "{measure} {year}");
        }
    }
}
