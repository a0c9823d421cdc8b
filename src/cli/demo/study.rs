//! The Yangtze delta year by year: who belongs, who cooperates, whose economies are linked, who may enter.

use crate::analysis::{Cell, Column, Missing, Report};
use crate::database::Database;
use crate::error::Error;
use crate::graph::{NodeId, NodeIx};
use crate::study::{Moment, NodeSelection, Selection, Slice, Subjects};

/// One part of the study.
pub(in crate::cli) struct Section {
    /// Name of its CSV file, without extension.
    pub(in crate::cli) name: &'static str,
    /// The table.
    pub(in crate::cli) report: Report,
}

/// How many arrangements are named behind a year's ties.
const NAMED: usize = 3;

/// All tables of the study.
pub(in crate::cli) fn sections(
    db: &Database,
    region: NodeId,
    years: &[Moment],
) -> Result<Vec<Section>, Error> {
    let measure =
        |name: &str, moments: &[Moment]| db.analyze(name, moments, selection(region), Subjects::default());
    Ok(vec![
        Section { name: "members", report: measure("members", years)? },
        Section { name: "networks", report: side_by_side(db, region, years)? },
        Section { name: "polycentricity", report: measure("polycentricity", years)? },
        Section { name: "linkage", report: measure("linkage", years)? },
        Section { name: "entry", report: entry(db, region, years)? },
        Section { name: "scopes", report: measure("scopes", years)? },
        Section { name: "approvals", report: approvals(db, region, years)? },
    ])
}

/// The members' cooperation without the council itself and without plans (S25), weight by S26.
pub(in crate::cli) fn selection(region: NodeId) -> Selection {
    let nodes = NodeSelection { region: Some(region), ..NodeSelection::default() };
    Selection { nodes, ..Selection::default() }
}

const SIDE_BY_SIDE: [Column; 15] = [
    Column { name: "year", unit: "" },
    Column { name: "members", unit: "count" },
    Column { name: "horizontal", unit: "ties" },
    Column { name: "diagonal", unit: "ties" },
    Column { name: "vertical", unit: "acts along the line" },
    Column { name: "density", unit: "0 to 1" },
    Column { name: "centralization", unit: "Freeman, degree" },
    Column { name: "polycentricity", unit: "Green, population sd" },
    Column { name: "state", unit: "" },
    Column { name: "centres", unit: "by strength" },
    Column { name: "arrangements", unit: "count" },
    Column { name: "strongest", unit: "most pairs" },
    Column { name: "link_cities", unit: "with figures" },
    Column { name: "link_polycentricity", unit: "Green on strengths" },
    Column { name: "link_centres", unit: "by strength" },
];

/// Cooperation and economic linkage of the members, a row a year.
fn side_by_side(db: &Database, region: NodeId, years: &[Moment]) -> Result<Report, Error> {
    let mut report =
        Report::new("Two networks among the members: cooperation | economic linkage", &SIDE_BY_SIDE);
    let shape = db.analyze("polycentricity", years, selection(region), Subjects::default())?;
    let linkage = db.analyze("linkage", years, selection(region), Subjects::default())?;
    for (at, year) in years.iter().enumerate() {
        let slice = db.network(*year, selection(region))?;
        let from = |report: &Report, column: &str| -> Cell {
            let cell = report.column(column).and_then(|column| report.rows.get(at)?.get(column).cloned());
            cell.unwrap_or(Cell::Missing(Missing::NotApplicable))
        };
        report.push(vec![
            year.to_string().into(),
            slice.network.node_count().into(),
            slice.counted.mix.horizontal.into(),
            slice.counted.mix.diagonal.into(),
            slice.counted.mix.vertical_acts.into(),
            from(&shape, "density"),
            from(&shape, "degree_centralization"),
            from(&shape, "polycentricity"),
            from(&shape, "state"),
            from(&shape, "centre_names"),
            slice.arrangements.len().into(),
            strongest(&slice).into(),
            from(&linkage, "with_figures"),
            from(&linkage, "polycentricity_strength"),
            from(&linkage, "centre_names"),
        ]);
    }
    report.note("cooperation: without the council that defines the membership and without plans (S25); weight of a pair: sum of 1/(k-1) over shared arrangements (S26)");
    report.notes.extend(linkage.notes);
    Ok(report)
}

/// The arrangements that tie most pairs of a year.
fn strongest(slice: &Slice) -> String {
    let name = |(ix, pairs): &(NodeIx, usize)| {
        let id = slice.counted.ties.snapshot().node_at(*ix).and_then(|node| node.text_id());
        format!("{} {pairs}", id.unwrap_or_default())
    };
    slice.arrangements.iter().take(NAMED).map(name).collect::<Vec<_>>().join(", ")
}

const ENTRY: [Column; 6] = [
    Column { name: "year", unit: "" },
    Column { name: "inside_meets", unit: "members that meet all rules; count" },
    Column { name: "inside_fails", unit: "members that fail a rule" },
    Column { name: "outside_meets", unit: "others that meet all rules" },
    Column { name: "unknown", unit: "with a rule whose figure is missing; count" },
    Column { name: "outside_fails_none", unit: "others that fail no rule whose figure is known" },
];

/// Who meets the entry rules, year by year, from the measure `entry-rules`.
fn entry(db: &Database, region: NodeId, years: &[Moment]) -> Result<Report, Error> {
    let mut report = Report::new("Entry rules: inside and outside", &ENTRY);
    for year in years {
        let rows = db.analyze("entry-rules", &[*year], selection(region), Subjects::default())?;
        let column = |name: &str| rows.column(name).unwrap_or_default();
        let (name, verdict, rules) = (column("name"), column("verdict"), column("rules"));
        let with = |wanted: &str| -> Vec<String> {
            let rows = rows.rows.iter().filter(|row| row[verdict].to_string() == wanted);
            rows.map(|row| row[name].to_string()).collect()
        };
        let unknown = with("inside, rules unknown").len() + with("outside, rules unknown").len();
        let fails_none = rows.rows.iter().filter(|row| {
            row[verdict].to_string() == "outside, rules unknown" && row[rules].to_string().contains(": yes")
        });
        let fails_none: Vec<String> = fails_none.map(|row| row[name].to_string()).collect();
        report.push(vec![
            year.to_string().into(),
            with("inside, meets the rules").len().into(),
            with("inside, does not meet the rules").into_iter().collect(),
            with("outside, meets the rules").into_iter().collect(),
            unknown.into(),
            fails_none.into_iter().collect(),
        ]);
    }
    report.note("urbanisation is known for the census years 2010 and 2020 alone and is never carried forward (S3); economic linkage has no formula in its source (S26): so a city that fails nothing is unknown, not admitted");
    Ok(report)
}

/// Approvals on record in the last year of the study.
fn approvals(db: &Database, region: NodeId, years: &[Moment]) -> Result<Report, Error> {
    let last: Vec<Moment> = years.last().copied().into_iter().collect();
    db.analyze("approvals", &last, selection(region), Subjects::default())
}
