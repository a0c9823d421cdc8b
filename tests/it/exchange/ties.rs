//! Bare lists of ties.

use std::sync::Arc;

use intergov::exchange::{Founding, ImportOptions, ImportSource};
use intergov::graph::Snapshot;
use intergov::relations::{Direction, TieOptions, TieTable, TierSchemes};

use super::{empty, fixture, import, planned};

fn faults(graph: &Snapshot, text: &str, options: &ImportOptions) -> Vec<String> {
    match planned(graph, ImportSource::list("ties.csv", text.as_bytes()), options) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.faults().iter().map(ToString::to_string).collect(),
    }
}

fn taken(graph: &Snapshot, text: &str) -> Snapshot {
    let plan = planned(graph, ImportSource::list("ties.csv", text.as_bytes()), &ImportOptions::default());
    graph.apply(plan.unwrap_or_else(|faults| panic!("{faults}")).changes()).unwrap()
}

#[test]
fn an_empty_store_founds_the_governments_with_unknown_rank() {
    let graph = taken(
        &empty(),
        "from,to,valid_from,valid_to,domain,mechanism,weight,direction,source,note\n\
         上海市,苏州市,2010,..,economy;transport,contract,2.5,diagonal,Gazette 2010,first\n\
         苏州市,无锡市,2011-05,,,,,,,\n",
    );
    assert_eq!((graph.node_count(), graph.edge_count()), (4, 2));
    let city = graph.find("Government", "上海市").unwrap();
    assert_eq!(city.value("name"), Some("上海市".into()));
    assert_eq!((city.property("rank"), city.value("scheme")), (None, Some("local".into())));
    let edge = city.out_edges_of("COOPERATES_WITH").next().unwrap();
    assert_eq!(edge.text_id().as_deref(), Some("COOPERATES_WITH.上海市.苏州市.2010"));
    assert_eq!(edge.validity().to_string(), "[2010, ..)");
    assert_eq!(edge.value("domains").unwrap().to_string(), "economy;transport");
    assert_eq!(edge.value("weight"), Some(2.5.into()));
    assert_eq!(edge.value("declared_direction"), Some("diagonal".into()));
    assert_eq!(graph.find("Source", "Gazette 2010").unwrap().value("citation"), Some("Gazette 2010".into()));
    let ties = TieTable::derive(&Arc::new(graph.clone()), &TierSchemes::of(&graph), &TieOptions::default());
    assert_eq!(ties.ties().len(), 2);
    assert!(ties.ties().all(|tie| tie.direction == Direction::Unclassified));
}

#[test]
fn network_files_and_years_are_understood() {
    let graph = taken(&empty(), "Source,Target,Weight,year\na,b,1,2010\na,b,2,2011\n");
    let mut spells: Vec<String> =
        graph.edges().map(|edge| format!("{} {}", edge.text_id().unwrap(), edge.validity())).collect();
    spells.sort();
    assert_eq!(spells, ["COOPERATES_WITH.a.b.2010 [2010, 2011)", "COOPERATES_WITH.a.b.2011 [2011, 2012)"]);
}

#[test]
fn governments_are_found_by_id_code_and_name_at_the_date() {
    let Some(folder) = fixture("china") else { return };
    let graph = import(&empty(), &folder, &ImportOptions::default());
    let before = graph.edges_of("COOPERATES_WITH").count();
    let after = taken(&graph, "from,to,valid_from\ncn:310000,浙江省,2010\nHangzhou,廣東省,2010-03\n");
    assert_eq!(after.edges_of("COOPERATES_WITH").count(), before + 2);
    assert_eq!(after.node_count(), graph.node_count());
    let ends = |from: &str| {
        let edge = after.find("Government", from).unwrap().out_edges_of("COOPERATES_WITH").next().unwrap();
        edge.target().text_id().unwrap().to_string()
    };
    assert_eq!((ends("cn:310000"), ends("cn:330100")), ("cn:330000".to_owned(), "cn:440000".to_owned()));
    let refused = faults(&graph, "from,to,valid_from\n上海是,浙江省,2010\n", &ImportOptions::default());
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0]
            .starts_with("ties.csv, row 2, column from: no government has the id, code or name “上海是”"),
        "{refused:?}"
    );
    assert!(refused[0].contains("上海市"), "{refused:?}");
}

#[test]
fn what_is_wrong_is_named_at_its_row() {
    let none = ImportOptions { create_governments: Founding::Never, ..ImportOptions::default() };
    let yes = ImportOptions::default();
    assert_eq!(
        faults(&empty(), "from,to\na,b\n", &none),
        ["a", "b"].map(|name| format!(
            "ties.csv, row 2, column {}: no government has the id, code or name “{name}” (reference); write its id, \
             code or name, or let the import found unknown governments",
            if name == "a" { "from" } else { "to" }
        ))
    );
    assert_eq!(
        faults(&empty(), "from,too\na,b\n", &yes),
        [
            "ties.csv, row 1: the columns from and to are missing (package); name the two governments of each tie in columns from and to (or source and target)",
            "ties.csv, row 1, column too: “too” is not a column of a list of ties (package); did you mean “to”?",
        ]
    );
    assert_eq!(
        faults(&empty(), "from,to,weight,year\na,a,1,2010\na,,1,2010\na,b,0,2010\na,b,1,soon\n", &yes),
        [
            "ties.csv, row 2, column to: “a” cooperates with itself (S5); name two governments, or remove the row",
            "ties.csv, row 3, column to: “to” is missing (reference); name a government",
            "ties.csv, row 4, column weight: the weight 0 is not above 0 (schema); leave out ties that do not exist",
            "ties.csv, row 5, column year: “soon” is not a year (S2); write 2010",
        ]
    );
    assert_eq!(
        faults(&empty(), "from,to,mechanism,valid_from,valid_to\na,b,contarct,2010,2009\n", &yes),
        [
            "ties.csv, row 2, column mechanism: “contarct” is not in the codebook of mechanism (codebook); did you mean “contract”?",
            "ties.csv, row 2, column valid_to: valid_to 2009 is not after valid_from 2010: a validity is half-open [from, to) (S2); correct the date, or leave the cell empty where it is not known",
        ]
    );
    assert_eq!(
        faults(&empty(), "from,to,year,valid_from\na,b,2010,2010\n", &yes),
        [
            "ties.csv, row 1, column year: there is a column year beside valid_from or valid_to (package); keep one way of dating"
        ]
    );
    let bare = Snapshot::empty(Arc::default());
    assert_eq!(
        faults(&bare, "from,to\na,b\n", &yes),
        [
            "ties.csv: the store has no domain schema, so that ties have no meaning in it (schema); import into a store that has the domain schema"
        ]
    );
}
