//! Measures of governments within a network: a row a government and date, the greatest first.

use super::betweenness::normalised;
use super::closeness::{closeness_of, harmonic_of};
use super::facts::Facts;
use super::series::{ReportError, study_report};
use super::{
    Analysis, AnalysisError, Arcs, Cell, Closeness, Column, Report, Scale, Undefined, degrees, strengths,
};
use crate::network::{Network, Orientation};
use crate::study::{Moment, Slice};

const DATE: Column = Column { name: "date", unit: "last day of the period is read" };
const CODE: Column = Column { name: "code", unit: "code at the date" };
const NAME: Column = Column { name: "name", unit: "name at the date" };

/// One row a government and date; `scores` gives one list of cells a column, in the order of the nodes. Rows that
/// are not asked for are left out after the network was measured as a whole.
fn by_node(
    analysis: &Analysis,
    moments: &[Moment],
    title: &str,
    columns: &[Column],
    scores: impl Fn(&Network, &Facts) -> Result<Vec<Vec<Cell>>, AnalysisError>,
) -> Result<Report, ReportError> {
    let columns: Vec<Column> = [DATE, CODE, NAME].into_iter().chain(columns.iter().copied()).collect();
    study_report(analysis, moments, title, &columns, |slice, facts, report| {
        let lists = if slice.counted.left_out.cut > 0 {
            vec![vec![Cell::from(Undefined::Cut); slice.network.node_count()]; columns.len() - 3]
        } else {
            scores(&slice.network, facts)?
        };
        let asked = |at: &usize| slice.governments.get(*at).is_none_or(|ix| analysis.study().shows(*ix));
        let mut rows: Vec<Vec<Cell>> =
            (0..slice.network.node_count()).filter(asked).map(|at| row(slice, &lists, at)).collect();
        // The order of nodes is that of codes, and this sort is stable.
        rows.sort_by(|a, b| score(&b[3]).total_cmp(&score(&a[3])));
        rows.into_iter().for_each(|row| report.push(row));
        Ok(())
    })
}

/// The row of one node.
fn row(slice: &Slice, lists: &[Vec<Cell>], at: usize) -> Vec<Cell> {
    let network = &slice.network;
    let node = u32::try_from(at).unwrap_or(u32::MAX);
    let mut row: Vec<Cell> = vec![
        slice.moment.to_string().into(),
        network.code(node).map_or("", AsRef::as_ref).into(),
        network.label(node).map_or("", AsRef::as_ref).into(),
    ];
    row.extend(lists.iter().filter_map(|list| list.get(at).cloned()));
    row
}

/// What a cell is sorted by; a missing value comes last.
fn score(cell: &Cell) -> f64 {
    match cell.value() {
        Cell::Float(number) => *number,
        Cell::Integer(number) => *number as f64,
        Cell::Text(_) | Cell::List(_) | Cell::Missing(_) | Cell::Band(_) => f64::NEG_INFINITY,
    }
}

fn floats(values: &[f64]) -> Vec<Cell> {
    values.iter().copied().map(Cell::Float).collect()
}

/// Columns that every network has, and those that a directed one has besides.
fn columns(analysis: &Analysis, always: &[Column], directed: &[Column]) -> Vec<Column> {
    let is_directed = analysis.study().selection().orientation == Orientation::Directed;
    let directed = if is_directed { directed } else { &[] };
    always.iter().chain(directed).copied().collect()
}

pub(super) const DEGREE: [Column; 2] = [
    Column { name: "strength", unit: "sum of the weights of its ties" },
    Column { name: "degree", unit: "ties; in a directed network those in and those out" },
];

const DEGREE_DIRECTED: [Column; 4] = [
    Column { name: "strength_in", unit: "sum of the weights of the ties that arrive" },
    Column { name: "strength_out", unit: "sum of the weights of the ties that leave" },
    Column { name: "degree_in", unit: "ties that arrive" },
    Column { name: "degree_out", unit: "ties that leave" },
];

pub(super) fn degree_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let columns = columns(analysis, &DEGREE, &DEGREE_DIRECTED);
    by_node(analysis, moments, "Strength and degree", &columns, |network, _| {
        let counts = |arcs| -> Vec<Cell> {
            degrees(network, arcs).into_iter().map(|count| Cell::Integer(count as i64)).collect()
        };
        let sums = |arcs| floats(&strengths(network, arcs));
        let mut lists = vec![sums(Arcs::All), counts(Arcs::All)];
        if network.is_directed() {
            lists.extend([sums(Arcs::In), sums(Arcs::Out), counts(Arcs::In), counts(Arcs::Out)]);
        }
        Ok(lists)
    })
}

pub(super) const BETWEENNESS: [Column; 3] = [
    Column { name: "betweenness", unit: "share of shortest paths in steps, 0 to 1" },
    Column { name: "betweenness_raw", unit: "pairs" },
    Column { name: "betweenness_weighted", unit: "share of shortest paths over 1/weight, 0 to 1" },
];

pub(super) fn betweenness_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    by_node(analysis, moments, "Betweenness", &BETWEENNESS, |network, facts| {
        let weighted = match facts.lengths(network) {
            Ok(lengths) => floats(facts.betweenness_weighted(lengths)?),
            // A weight is so small or so large that its length is not a number.
            Err(_) => vec![Undefined::Overflow.into(); network.node_count()],
        };
        let raw = facts.betweenness(network)?;
        Ok(vec![floats(&normalised(network, raw)?), floats(raw), weighted])
    })
}

pub(super) const CLOSENESS: [Column; 4] = [
    Column { name: "closeness", unit: "Wasserman and Faust 1994, steps, 0 to 1; ties read as two-way" },
    Column { name: "closeness_weighted", unit: "same over lengths 1/weight" },
    Column { name: "harmonic", unit: "mean of 1/distance in steps, 0 to 1; ties read as two-way" },
    Column { name: "harmonic_weighted", unit: "same over lengths 1/weight" },
];

const CLOSENESS_DIRECTED: [Column; 8] = [
    Column { name: "closeness_in", unit: "from the others to it, along the ties" },
    Column { name: "closeness_weighted_in", unit: "same over lengths 1/weight" },
    Column { name: "harmonic_in", unit: "from the others to it, along the ties" },
    Column { name: "harmonic_weighted_in", unit: "same over lengths 1/weight" },
    Column { name: "closeness_out", unit: "from it to the others, along the ties" },
    Column { name: "closeness_weighted_out", unit: "same over lengths 1/weight" },
    Column { name: "harmonic_out", unit: "from it to the others, along the ties" },
    Column { name: "harmonic_weighted_out", unit: "same over lengths 1/weight" },
];

pub(super) fn closeness_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let columns = columns(analysis, &CLOSENESS, &CLOSENESS_DIRECTED);
    by_node(analysis, moments, "Closeness and harmonic centrality", &columns, |network, facts| {
        let mut lists = nearness(network, facts, Arcs::All)?;
        if network.is_directed() {
            lists.extend(nearness(network, facts, Arcs::In)?);
            lists.extend(nearness(network, facts, Arcs::Out)?);
        }
        Ok(lists)
    })
}

/// The columns of [`CLOSENESS`] along some arcs.
fn nearness(network: &Network, facts: &Facts, arcs: Arcs) -> Result<Vec<Vec<Cell>>, AnalysisError> {
    let near = |reaches| -> Result<[Vec<Cell>; 2], AnalysisError> {
        let close = closeness_of(network, Closeness::WassermanFaust, reaches);
        let harmonic = harmonic_of(network, Scale::Normalised, reaches)?;
        Ok([close.into_iter().map(Cell::from).collect(), floats(&harmonic)])
    };
    let [close, mean] = near(facts.reaches(network, arcs)?)?;
    let [close_weighted, mean_weighted] = match facts.lengths(network) {
        Ok(lengths) => near(facts.reaches_weighted(lengths, arcs)?)?,
        // A weight is so small or so large that its length is not a number.
        Err(_) => [(); 2].map(|()| vec![Undefined::Overflow.into(); network.node_count()]),
    };
    Ok(vec![close, close_weighted, mean, mean_weighted])
}
