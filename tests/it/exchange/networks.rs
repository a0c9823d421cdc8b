//! A measured network leaves as the tables of other programs, and is the same network there.

use std::collections::BTreeMap;

use intergov::exchange::NetworkTable;
use intergov::study::{Moment, NodeSelection, Selection};

use crate::ties::china;

fn delta() -> Selection {
    let region = china().snapshot().unwrap().find("Region", "yangtze-delta").map(|node| node.id());
    Selection { nodes: NodeSelection { region, ..NodeSelection::default() }, ..Selection::default() }
}

fn moment(year: &str) -> Moment {
    Moment::new(year.parse().unwrap())
}

fn written(years: &[&str], table: NetworkTable) -> String {
    let moments: Vec<Moment> = years.iter().map(|year| moment(year)).collect();
    let mut out = Vec::new();
    china().export_networks(&moments, delta(), table, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.into_records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The weights of a year by codes, as the network has them.
fn weights(year: &str) -> BTreeMap<(String, String), f64> {
    let slice = china().network(moment(year), delta()).unwrap();
    let code = |node: u32| slice.network.code(node).unwrap().to_string();
    slice.network.ties().map(|(from, to, weight)| ((code(from), code(to)), weight)).collect()
}

#[test]
fn a_list_of_edges_names_each_tied_pair_once() {
    let rows = rows(&written(&["2010"], NetworkTable::Edges));
    assert_eq!(rows[0], ["source", "target", "weight", "source_name", "target_name", "type"]);
    let found: BTreeMap<(String, String), f64> =
        rows[1..].iter().map(|row| ((row[0].clone(), row[1].clone()), row[2].parse().unwrap())).collect();
    assert_eq!(found, weights("2010"));
    assert!(rows[1..].iter().all(|row| row[5] == "Undirected"));
}

#[test]
fn a_matrix_holds_every_weight_twice() {
    let rows = rows(&written(&["2010"], NetworkTable::Matrix));
    let codes = &rows[0][1..];
    let expected = weights("2010");
    for row in &rows[1..] {
        for (code, cell) in codes.iter().zip(&row[1..]) {
            let pair = (row[0].clone(), code.clone());
            let weight = expected.get(&pair).or_else(|| expected.get(&(pair.1, pair.0))).copied();
            assert_eq!(cell.parse::<f64>().unwrap(), weight.unwrap_or(0.0), "{} {code}", row[0]);
        }
    }
    assert_eq!(rows.len(), 23, "22 members and the header");
}

#[test]
fn a_full_matrix_of_ucinet_says_its_size_and_labels() {
    let text = written(&["2010"], NetworkTable::Dl);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines[0], lines[1], lines[3]), ("dl n=22 format=fullmatrix", "labels:", "data:"));
    assert_eq!(lines[2].split(',').count(), 22);
    assert!(lines[4..].iter().all(|line| line.split(' ').count() == 22) && lines.len() == 26);
    let matrix = rows(&written(&["2010"], NetworkTable::Matrix));
    assert_eq!(lines[4].split(' ').collect::<Vec<_>>(), matrix[1][1..]);
}

#[test]
fn pairs_stand_under_each_year() {
    let rows = rows(&written(&["2009", "2010"], NetworkTable::Pairs));
    for year in ["2009", "2010"] {
        let own = rows.iter().filter(|row| row[0] == year).count();
        assert_eq!(own, weights(year).len(), "{year}");
    }
}

#[test]
fn two_modes_tie_the_same_pairs() {
    let rows = rows(&written(&["2010"], NetworkTable::TwoMode));
    // Two governments that share an arrangement are tied; here no tie comes without one.
    let mut pairs = 0;
    for (at, one) in rows[1..].iter().enumerate() {
        for other in &rows[1..][at + 1..] {
            pairs += usize::from(one[2..].iter().zip(&other[2..]).any(|(a, b)| a == "1" && b == "1"));
        }
    }
    let network = china().network(moment("2010"), delta()).unwrap();
    assert!(pairs >= network.network.pair_count(), "{pairs}");
    assert!(rows[0].contains(&"TAIHU".to_owned()));
}

#[test]
fn measures_stand_on_the_nodes() {
    let columns = ["degree", "betweenness"].map(str::to_owned);
    let measures = china().node_measures(&columns, moment("2010"), &delta()).unwrap();
    let report = china().analyze("degree", &[moment("2010")], delta(), Default::default()).unwrap();
    let (code, degree) = (report.column("code").unwrap(), report.column("degree").unwrap());
    let snapshot = china().snapshot().unwrap();
    for row in &report.rows {
        let node = snapshot.find("Government", &row[code].to_string()).unwrap();
        assert_eq!(measures[0].values[&node.id()].to_string(), row[degree].to_string());
    }
    assert!(china().node_measures(&["centres".to_owned()], moment("2010"), &delta()).is_err());
}
