//! Measures of governments within a network: a row a government and date, the greatest first.

use super::series::{ReportError, study_report};
use super::{
    AnalysisError, Arcs, Cell, Closeness, Column, Distance, Report, Scale, betweenness, closeness, degrees,
    harmonic, strengths,
};
use crate::network::{Conversion, Moment, Network, Study};

const DATE: Column = Column { name: "date", unit: "last day of the period is read" };
const CODE: Column = Column { name: "code", unit: "code at the date" };
const NAME: Column = Column { name: "name", unit: "name at the date" };

/// One row a government and date; `scores` gives one list of cells a column, in the order of the nodes.
fn by_node(
    study: &Study,
    moments: &[Moment],
    title: &str,
    columns: &[Column],
    scores: impl Fn(&Network) -> Result<Vec<Vec<Cell>>, AnalysisError>,
) -> Result<Report, ReportError> {
    let columns: Vec<Column> = [DATE, CODE, NAME].into_iter().chain(columns.iter().copied()).collect();
    let mut failure = None;
    let report = study_report(study, moments, title, &columns, |slice, report| {
        let network = &slice.network;
        let lists = match scores(network) {
            Ok(lists) => lists,
            Err(error) => {
                failure.get_or_insert(error);
                return;
            }
        };
        let mut rows: Vec<Vec<Cell>> = network
            .node_ids()
            .map(|node| {
                let mut row: Vec<Cell> = vec![
                    slice.moment.to_string().into(),
                    network.code(node).map_or("", AsRef::as_ref).into(),
                    network.label(node).map_or("", AsRef::as_ref).into(),
                ];
                row.extend(lists.iter().map(|list| list[node as usize].clone()));
                row
            })
            .collect();
        // The order of nodes is that of codes, and this sort is stable.
        rows.sort_by(|a, b| score(&b[3]).total_cmp(&score(&a[3])));
        rows.into_iter().for_each(|row| report.push(row));
    })?;
    failure.map_or(Ok(report), |error| Err(error.into()))
}

/// What a cell is sorted by; a missing value comes last.
fn score(cell: &Cell) -> f64 {
    match cell {
        Cell::Float(number) => *number,
        Cell::Integer(number) => *number as f64,
        Cell::Text(_) | Cell::List(_) | Cell::Missing(_) => f64::NEG_INFINITY,
    }
}

fn floats(values: Vec<f64>) -> Vec<Cell> {
    values.into_iter().map(Cell::Float).collect()
}

pub(super) const DEGREE: [Column; 2] = [
    Column { name: "strength", unit: "sum of the weights of its ties" },
    Column { name: "degree", unit: "governments tied to it" },
];

pub(super) fn degree_report(study: &Study, moments: &[Moment]) -> Result<Report, ReportError> {
    by_node(study, moments, "Strength and degree", &DEGREE, |network| {
        let counts = degrees(network, Arcs::All).into_iter().map(|count| Cell::Integer(count as i64));
        Ok(vec![floats(strengths(network, Arcs::All)), counts.collect()])
    })
}

pub(super) const BETWEENNESS: [Column; 3] = [
    Column { name: "betweenness", unit: "share of shortest paths in steps, 0 to 1" },
    Column { name: "betweenness_raw", unit: "pairs" },
    Column { name: "betweenness_weighted", unit: "share of shortest paths over 1/weight, 0 to 1" },
];

pub(super) fn betweenness_report(study: &Study, moments: &[Moment]) -> Result<Report, ReportError> {
    by_node(study, moments, "Betweenness", &BETWEENNESS, |network| {
        let lengths = network.to_length(Conversion::Inverse);
        let weighted = match &lengths {
            Ok(lengths) => floats(betweenness(lengths, Distance::Lengths, Scale::Normalised)?),
            Err(error) => vec![Cell::from(error); network.node_count()],
        };
        Ok(vec![
            floats(betweenness(network, Distance::Steps, Scale::Normalised)?),
            floats(betweenness(network, Distance::Steps, Scale::Raw)?),
            weighted,
        ])
    })
}

pub(super) const CLOSENESS: [Column; 4] = [
    Column { name: "closeness", unit: "Wasserman and Faust 1994, steps, 0 to 1" },
    Column { name: "closeness_weighted", unit: "same over lengths 1/weight" },
    Column { name: "harmonic", unit: "mean of 1/distance in steps, 0 to 1" },
    Column { name: "harmonic_weighted", unit: "same over lengths 1/weight" },
];

pub(super) fn closeness_report(study: &Study, moments: &[Moment]) -> Result<Report, ReportError> {
    by_node(study, moments, "Closeness and harmonic centrality", &CLOSENESS, |network| {
        let near = |network: &Network, distance| -> Result<[Vec<Cell>; 2], AnalysisError> {
            let close = closeness(network, Closeness::WassermanFaust, Arcs::All, distance)?;
            let harmonic = harmonic(network, Arcs::All, distance, Scale::Normalised)?;
            Ok([close.into_iter().map(Cell::from).collect(), floats(harmonic)])
        };
        let [close, mean] = near(network, Distance::Steps)?;
        let [close_weighted, mean_weighted] = match network.to_length(Conversion::Inverse) {
            Ok(lengths) => near(&lengths, Distance::Lengths)?,
            Err(error) => {
                let cells = vec![Cell::from(&error); network.node_count()];
                [cells.clone(), cells]
            }
        };
        Ok(vec![close, close_weighted, mean, mean_weighted])
    })
}
