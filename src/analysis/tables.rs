//! From the results of measures to tables: a row a date, a row a government and date, a row a group and date.

use super::changes::{CHANGES, changes};
use super::facts::Facts;
use super::series::{ReportError, study_report};
use super::{Analysis, AnalysisError, Cell, Column, Frame, Measure, Missing, Report, Undefined, saturation};
use crate::network::Network;
use crate::study::{Moment, Slice};

pub(super) const DATE: Column = Column { name: "date", unit: "last day of the period is read" };
const NODES: Column = Column { name: "governments", unit: "count" };
const ISOLATES: Column = Column { name: "isolates", unit: "count" };
const TIES: Column = Column { name: "tied_pairs", unit: "pairs with a tie either way; count" };
pub(super) const STATE: Column = Column { name: "state", unit: "empty, saturated or nothing" };

/// A network that is empty or saturated says so in its own column.
pub(super) fn state(network: &Network) -> Cell {
    if network.tie_count() == 0 {
        "empty".into()
    } else if saturation(network).is_saturated() {
        "saturated".into()
    } else {
        Cell::Missing(Missing::NotApplicable)
    }
}

/// The cells that every row of a whole network begins with.
fn head(slice: &Slice) -> Vec<Cell> {
    let network = &slice.network;
    vec![
        slice.moment.to_string().into(),
        network.node_count().into(),
        network.isolate_count().into(),
        network.pair_count().into(),
    ]
}

/// The frame of a measure for a slice; `None` if an arrangement was left out of it (S35).
fn frame(
    measure: &Measure,
    analysis: &Analysis,
    slice: &Slice,
    facts: &Facts,
) -> Result<Option<Frame>, AnalysisError> {
    if slice.counted.left_out.cut > 0 {
        return Ok(None);
    }
    measure.frame(&analysis.asked(slice, facts))
}

/// The row of a network: the head, then what the measure computes.
fn row(
    measure: &Measure,
    analysis: &Analysis,
    slice: &Slice,
    facts: &Facts,
    width: usize,
) -> Result<Vec<Cell>, AnalysisError> {
    let mut row = head(slice);
    match frame(measure, analysis, slice, facts)? {
        Some(frame) => row.extend(frame.row(0)),
        None => row.resize(width, Undefined::Cut.into()),
    }
    Ok(row)
}

/// One row a date: the head, then what the measure computes, each number beside the same under the strictest and the
/// widest reading where these differ (S29); in a series what changed since the date before, and why (S34).
pub(super) fn by_date(
    measure: &Measure,
    analysis: &Analysis,
    moments: &[Moment],
) -> Result<Report, ReportError> {
    let own = measure.columns_of(analysis.study().selection().orientation);
    let mut columns: Vec<Column> = [DATE, NODES, ISOLATES, TIES].into_iter().chain(own).collect();
    let width = columns.len();
    if moments.len() > 1 {
        columns.extend(CHANGES);
    }
    let mut before: Option<Moment> = None;
    study_report(analysis, moments, measure.title, &columns, |slice, facts, report| {
        let own = row(measure, analysis, slice, facts, width)?;
        let mut others = Vec::new();
        for bound in analysis.bounds()? {
            let (other, facts) = bound.slice(slice.moment)?;
            let is_same = other.governments == slice.governments && other.counted.rows == slice.counted.rows;
            others.push(if is_same { own.clone() } else { row(measure, bound, &other, &facts, width)? });
        }
        let possible = others.pop().unwrap_or_default();
        let certain = others.pop().unwrap_or_default();
        let three = own.into_iter().zip(certain).zip(possible);
        let mut cells: Vec<Cell> =
            three.map(|((own, certain), possible)| own.between(certain, possible)).collect();
        if moments.len() > 1 {
            cells.extend(changes(analysis, before, slice, report)?);
        }
        report.push(cells);
        before = Some(slice.moment);
        Ok(())
    })
}

const CODE: Column = Column { name: "code", unit: "code at the date" };
const NAME: Column = Column { name: "name", unit: "name at the date" };

/// One row a government and date, the greatest first. Rows that are not asked for are left out after the network was
/// measured as a whole.
pub(super) fn by_node(
    measure: &Measure,
    analysis: &Analysis,
    moments: &[Moment],
) -> Result<Report, ReportError> {
    let own = measure.columns_of(analysis.study().selection().orientation);
    let columns: Vec<Column> = [DATE, CODE, NAME].into_iter().chain(own).collect();
    study_report(analysis, moments, measure.title, &columns, |slice, facts, report| {
        let frame = frame(measure, analysis, slice, facts)?;
        let asked = |at: &usize| slice.governments.get(*at).is_none_or(|ix| analysis.study().shows(*ix));
        let shown = (0..slice.network.node_count()).filter(asked);
        let mut rows: Vec<Vec<Cell>> =
            shown.map(|at| node_row(slice, frame.as_ref(), at, columns.len())).collect();
        // The order of nodes is that of codes, and this sort is stable.
        rows.sort_by(|a, b| score(b).total_cmp(&score(a)));
        rows.into_iter().for_each(|row| report.push(row));
        Ok(())
    })
}

/// The row of one node.
fn node_row(slice: &Slice, frame: Option<&Frame>, at: usize, width: usize) -> Vec<Cell> {
    let network = &slice.network;
    let node = u32::try_from(at).unwrap_or(u32::MAX);
    let mut row: Vec<Cell> = vec![
        slice.moment.to_string().into(),
        network.code(node).map_or("", AsRef::as_ref).into(),
        network.label(node).map_or("", AsRef::as_ref).into(),
    ];
    match frame {
        Some(frame) => row.extend(frame.row(at)),
        None => row.resize(width, Undefined::Cut.into()),
    }
    row
}

/// What a row is sorted by, its fourth cell; a missing value comes last.
fn score(row: &[Cell]) -> f64 {
    match row.get(3).map(Cell::value) {
        Some(Cell::Float(number)) => *number,
        Some(Cell::Integer(number)) => *number as f64,
        _ => f64::NEG_INFINITY,
    }
}

const GROUP: Column = Column { name: "name", unit: "the group; unknown where the date gives none" };

/// One row a group and date, in the order of the groups.
pub(super) fn by_group(
    measure: &Measure,
    analysis: &Analysis,
    moments: &[Moment],
) -> Result<Report, ReportError> {
    let own = measure.columns_of(analysis.study().selection().orientation);
    let columns: Vec<Column> = [DATE, GROUP].into_iter().chain(own).collect();
    study_report(analysis, moments, measure.title, &columns, |slice, facts, report| {
        let Some(frame) = frame(measure, analysis, slice, facts)? else { return Ok(()) };
        for (at, group) in frame.groups.iter().enumerate() {
            let mut row: Vec<Cell> = vec![slice.moment.to_string().into(), group.as_str().into()];
            row.extend(frame.row(at));
            report.push(row);
        }
        Ok(())
    })
}
