//! Readings of unknown ends (S28–S30), what changed in a series (S34), and who is counted as whom (S33).

use std::path::Path;
use std::sync::OnceLock;

use intergov::Database;
use intergov::analysis::Report;
use intergov::exchange::ImportOptions;
use intergov::store::CommitNote;
use intergov::study::{Moment, NodeSelection, Panel, Selection, Study, Subjects};
use intergov::value::{AsOf, Extent, InForce, Persist, Reading, Validity};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use crate::derivation::laws::{places, rows, world};
use crate::derivation::world::date;

/// From the strictest to the widest.
const READINGS: [Reading; 6] = [
    Reading::Certain,
    Reading::Presumed(Persist::Years(3)),
    Reading::Presumed(Persist::Years(5)),
    Reading::Presumed(Persist::Years(10)),
    Reading::Presumed(Persist::Forever),
    Reading::Possible,
];

fn column(report: &Report, name: &str) -> Vec<String> {
    let at = report.column(name).unwrap();
    report.rows.iter().map(|row| row[at].value().to_string()).collect()
}

/// Version 1.0.0 of the Chinese package.
fn before_the_audit() -> &'static Database {
    static DB: OnceLock<Database> = OnceLock::new();
    DB.get_or_init(|| {
        let db = Database::in_memory().unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packages/china-1.0.0");
        let note = CommitNote { actor: "me", command: "import", summary: "as it was" };
        db.import(&folder, &ImportOptions::default(), &note).unwrap();
        db
    })
}

/// The delta without plans, as the other program counted it.
fn delta(db: &Database, reading: Reading) -> Selection {
    let snapshot = db.snapshot().unwrap();
    let mechanisms = [
        "administrative-coordination",
        "contract",
        "counterpart-assistance",
        "functional-integration",
        "joint-development-zone",
    ];
    // A body that outlives its arrangement in the sources is evidence of it by S28. The other program looked at
    // the arrangement's own row alone; this is the one arrangement of the region where that makes a difference.
    let without = match reading {
        Reading::Presumed(Persist::Years(_)) => snapshot.find("Arrangement", "MZGW-FUZHOU"),
        _ => None,
    };
    Selection {
        nodes: NodeSelection {
            region: snapshot.find("Region", "yangtze-delta").map(|node| node.id()),
            ..NodeSelection::default()
        },
        mechanisms: mechanisms.map(str::to_owned).to_vec(),
        without: without.into_iter().map(|node| node.id()).collect(),
        reading,
        ..Selection::default()
    }
}

/// Tied pairs of the delta under each reading, computed from the tables by a program in Python that knows nothing of
/// ours: the audit of the data of November 2026, its section 5.
#[test]
fn the_series_is_that_of_another_program() {
    let years = [2003, 2008, 2009, 2010, 2011, 2012, 2013, 2016, 2017, 2018, 2019];
    let pairs = [
        // What a source shows on a day of 2018 counts for 2018 (S30): the other program gives 112 for “any day in the
        // year”, and 164 and 171 for 2019, of which two ended within the year.
        (READINGS[0], [91, 91, 11, 23, 16, 25, 38, 41, 83, 112, 165]),
        (READINGS[1], [91, 91, 91, 97, 97, 32, 56, 41, 83, 184, 253]),
        (READINGS[2], [91, 91, 91, 97, 97, 101, 142, 50, 91, 184, 253]),
        (READINGS[3], [91, 91, 91, 99, 99, 103, 142, 145, 170, 257, 273]),
        (READINGS[4], [91, 91, 91, 99, 99, 103, 147, 150, 175, 261, 344]),
        (READINGS[5], [102, 102, 102, 130, 130, 132, 192, 192, 192, 289, 378]),
    ];
    let db = before_the_audit();
    for (reading, expected) in pairs {
        let moments: Vec<Moment> = years.map(|year| Moment::new(date(&year.to_string()))).to_vec();
        let report = db.analyze("polycentricity", &moments, delta(db, reading), Subjects::default()).unwrap();
        let found: Vec<i32> = column(&report, "tied_pairs").iter().map(|own| own.parse().unwrap()).collect();
        assert_eq!(found, expected, "{reading}");
    }
}

/// The shape under the same readings, by the same program, to the digits that it gives.
#[test]
fn the_shape_is_that_of_another_program() {
    let years = ["2003", "2009", "2010", "2013", "2019"];
    let expected = [
        (READINGS[0], "density", [0.76, 0.09, 0.10, 0.09, 0.20]),
        (READINGS[2], "density", [0.76, 0.76, 0.42, 0.33, 0.31]),
        (READINGS[4], "density", [0.76, 0.76, 0.43, 0.34, 0.42]),
        (READINGS[5], "density", [0.85, 0.85, 0.56, 0.44, 0.46]),
        (READINGS[1], "polycentricity", [0.257, 0.257, 0.081, 0.055, 0.114]),
        (READINGS[2], "polycentricity", [0.257, 0.257, 0.081, 0.111, 0.114]),
        (READINGS[3], "polycentricity", [0.257, 0.257, 0.085, 0.111, 0.138]),
        (READINGS[4], "polycentricity", [0.257, 0.257, 0.085, 0.116, 0.184]),
        (READINGS[5], "polycentricity", [0.526, 0.526, 0.222, 0.210, 0.254]),
        (READINGS[1], "degree_centralization", [0.12, 0.12, 0.32, 0.20, 0.33]),
        (READINGS[5], "degree_centralization", [0.17, 0.17, 0.27, 0.34, 0.30]),
        (READINGS[1], "centres", [2.0, 1.0, 2.0, 5.0, 9.0]),
        (READINGS[3], "centres", [2.0, 1.0, 3.0, 7.0, 9.0]),
        (READINGS[5], "centres", [3.0, 3.0, 5.0, 8.0, 9.0]),
    ];
    let db = before_the_audit();
    let moments: Vec<Moment> = years.map(|year| Moment::new(date(year))).to_vec();
    for (reading, measure, expected) in expected {
        let report = db.analyze("polycentricity", &moments, delta(db, reading), Subjects::default()).unwrap();
        for (found, expected) in column(&report, measure).iter().zip(expected) {
            let found: f64 = found.parse().unwrap();
            // As many digits as the table has; one of them is rounded up from 0.1946.
            let half = if measure == "polycentricity" { 0.000_51 } else { 0.005_5 };
            assert!((found - expected).abs() <= half, "{reading} {measure}: {found}, {expected}");
        }
    }
}

/// `pairs(t) = pairs(t−1) + began + surfaced + joined − ended − lapsed − left` (S34).
#[test]
fn what_changed_adds_up() {
    for reading in READINGS {
        for lift in [None, Some("city".to_owned())] {
            let db = before_the_audit();
            let selection = Selection { lift, ..delta(db, reading) };
            let years = Moment::series("1990..2022").unwrap();
            let report = db.analyze("density", &years, selection, Subjects::default()).unwrap();
            let number = |name: &str| -> Vec<i64> {
                column(&report, name).iter().map(|own| own.parse().unwrap_or(0)).collect()
            };
            let pairs = number("tied_pairs");
            let change = ["began", "surfaced", "joined", "ended", "lapsed", "left"].map(number);
            for at in 1..pairs.len() {
                let [began, surfaced, joined, ended, lapsed, left] = change.each_ref().map(|own| own[at]);
                assert_eq!(
                    pairs[at],
                    pairs[at - 1] + began + surfaced + joined - ended - lapsed - left,
                    "{reading} {}",
                    years[at]
                );
            }
        }
    }
}

/// The headline of 2009: no tie ended, one member list was last attested in 2008.
#[test]
fn a_lapse_is_told_from_an_end() {
    let db = before_the_audit();
    let years = Moment::series("2008..2009").unwrap();
    let report = db.analyze("density", &years, delta(db, Reading::Certain), Subjects::default()).unwrap();
    assert_eq!(column(&report, "tied_pairs"), ["91", "11"]);
    assert_eq!(column(&report, "lapsed")[1], "80");
    assert_eq!(column(&report, "ended")[1], "0");
    assert_eq!(column(&report, "change")[1], "record");
    let told = report.notes.iter().find(|note| note.starts_with("2009: the record changed")).unwrap();
    assert!(told.contains("80 of 80 lost pairs lapsed"), "{told}");
    assert!(told.contains("YRD-TOUR-2003 80"), "{told}");
}

/// Shanghai cooperates through its districts: the audit counts degree 0 and, lifted, 9.
#[test]
fn a_district_cooperates_as_its_city() {
    let db = before_the_audit();
    let moment = Moment::new(date("2019"));
    let degree = |lift: Option<String>| {
        let selection = Selection { lift, ..delta(db, Reading::Certain) };
        let slice = db.network(moment, selection).unwrap();
        let shanghai = slice.network.node("cn:310000").unwrap();
        slice.network.out_neighbours(shanghai).len()
    };
    assert_eq!(degree(None), 0);
    assert_eq!(degree(Some("city".to_owned())), 9);
}

/// A fixed set of governments is the same at each date; the audit gives the pairs among the 16 of 2003 and the 41 of
/// 2019.
#[test]
fn a_panel_stays_the_same() {
    let db = before_the_audit();
    let moments: Vec<Moment> = ["2003", "2009", "2010", "2013"].map(|year| Moment::new(date(year))).to_vec();
    for (panel, reading, expected) in [
        ("2003", READINGS[0], [91, 11, 17, 11]),
        ("2003", READINGS[1], [91, 91, 91, 26]),
        ("2003", READINGS[4], [91, 91, 91, 95]),
        ("2019", READINGS[1], [136, 149, 159, 75]),
        ("2019", READINGS[5], [327, 329, 329, 336]),
    ] {
        let mut selection = delta(db, reading);
        selection.nodes.panel = Some(Panel::At(Moment::new(date(panel))));
        let report = db.analyze("density", &moments, selection, Subjects::default()).unwrap();
        let found: Vec<i32> = column(&report, "tied_pairs").iter().map(|own| own.parse().unwrap()).collect();
        assert_eq!(found, expected, "the governments of {panel}, {reading}");
    }
}

/// What is true in all variants, against the audit's list of what survives them all.
#[test]
fn statements_that_survive_every_variant_are_findings() {
    let db = before_the_audit();
    let years = Moment::series("2003..2019").unwrap();
    let report =
        db.analyze("robustness", &years, delta(db, Reading::default()), Subjects::default()).unwrap();
    let (findings, words) = (column(&report, "finding"), column(&report, "statement"));
    let is_finding = |text: &str| {
        let at =
            words.iter().position(|own| own.contains(text)).unwrap_or_else(|| panic!("{text}: {words:?}"));
        findings[at] == "yes"
    };
    assert!(is_finding("more pairs are tied in 2019 than in 2003"));
    assert!(!is_finding("polycentricity rose"));
    // The audit has Nanjing too; without the largest arrangement it is none in some years.
    assert!(is_finding("Suzhou is a centre from 2013 to 2019"));
    let (share, true_in) = (column(&report, "share"), column(&report, "true_in"));
    for ((finding, share), true_in) in findings.iter().zip(share).zip(true_in) {
        assert_eq!(finding == "yes", share == "1", "{true_in}");
    }
}

fn validities() -> impl Strategy<Value = Validity> {
    let bound = || proptest::sample::select(vec!["", "..", "1990", "2000-02-29", "2004", "2010-05"]);
    let attested = proptest::sample::subsequence(vec!["1992", "2001-03", "2004-02-29", "2008", "2012"], 0..4);
    (bound(), bound(), attested).prop_filter_map("a validity that cannot be", |(from, to, attested)| {
        Validity::parse(from, to, &attested.join(";")).ok()
    })
}

/// The days on which an extent is presumed to hold are those on which the question says so.
fn spans_agree(extent: Extent, year: i16, years: u16) -> bool {
    let day = date(&year.to_string()).last_day();
    let persist = Persist::Years(years);
    let asked = AsOf::day(day, Reading::Presumed(persist)).in_force(extent);
    let presumed = extent.presumed(persist).is_some_and(|span| span.contains(day));
    let possible = extent.possible.contains(day);
    let certain = extent.certain().is_some_and(|span| span.contains(day));
    let expected = match (certain, presumed, possible) {
        (true, ..) => InForce::Certainly,
        (_, true, true) => InForce::Presumably,
        (_, _, true) => InForce::Possibly,
        _ => InForce::Not,
    };
    asked == expected
}

proptest! {
    #[test]
    fn what_is_presumed_is_one_span(a in validities(), b in validities(), year in 1985..2030_i16, years in 0..30_u16) {
        prop_assert!(spans_agree(a.extent(), year, years), "{a:?}");
        if let Some(both) = a.extent().intersect(b.extent()) {
            prop_assert!(spans_agree(both, year, years), "{a:?} and {b:?}");
            // What is presumed of both is presumed of each.
            let span = |extent: Extent| extent.presumed(Persist::Years(years));
            if let Some(own) = span(both) {
                prop_assert!(span(a.extent()).unwrap().covers(own) && span(b.extent()).unwrap().covers(own));
            }
        }
        if let Some(joined) = a.extent().join(b.extent()) {
            // What is presumed of one is presumed of both together.
            let span = |extent: Extent| extent.presumed(Persist::Years(years));
            let day = date(&year.to_string()).last_day();
            let has = |extent: Extent| span(extent).is_some_and(|span| span.contains(day));
            prop_assert!(has(joined) || !(has(a.extent()) || has(b.extent())), "{:?} {:?}", a, b);
            let certain = |extent: Extent| extent.certain().is_some_and(|span| span.contains(day));
            prop_assert_eq!(certain(joined), certain(a.extent()) || certain(b.extent()), "{:?} {:?}", a, b);
        }
    }

    #[test]
    fn readings_form_a_chain(
        places in places(),
        (arrangements, rows) in rows(),
        year in 1980..2030_i16,
    ) {
        let graph = world(&places, &arrangements, &rows).build();
        let ties = std::sync::Arc::new(graph.ties_with(&Selection::default().tie_options()));
        let moment = Moment::new(date(&year.to_string()));
        let mut before: Option<Vec<u32>> = None;
        for reading in READINGS {
            let selection = Selection { reading, ..Selection::all_ties(true) };
            let study = Study::new(std::sync::Arc::clone(&ties), selection, Subjects::default()).unwrap();
            let counted = study.counted(moment.as_of(reading)).unwrap().rows;
            if let Some(before) = before {
                prop_assert!(before.iter().all(|row| counted.contains(row)), "{}", reading);
            }
            before = Some(counted);
        }
    }

    #[test]
    fn with_all_dates_known_the_readings_are_one(
        from in 1980..2000_i16, to in 2000..2020_i16, open in any::<bool>(), year in 1970..2030_i16,
    ) {
        let to = if open { "..".to_owned() } else { to.to_string() };
        let extent = Validity::parse(&from.to_string(), &to, "").unwrap().extent();
        let at = |reading| AsOf::date(date(&year.to_string()), reading).includes(extent);
        prop_assert!(READINGS.iter().all(|reading| at(*reading) == at(Reading::Certain)));
    }
}
