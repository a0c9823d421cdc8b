//! What changed from date to date of a series, and why (S34).

use super::series::ReportError;
use super::{Analysis, Cell, Column, Missing, Report};
use crate::study::{Churn, Moment, NodeIx, Slice};
use crate::value::counted;

/// The columns that a series adds to each measure of a network.
pub(super) const CHANGES: [Column; 8] = [
    Column { name: "began", unit: "new pairs with a known start; count" },
    Column { name: "surfaced", unit: "new pairs that come with their first evidence; count" },
    Column { name: "joined", unit: "new pairs of governments that joined; count" },
    Column { name: "ended", unit: "lost pairs with a known end; count" },
    Column { name: "lapsed", unit: "lost pairs without a known end or evidence; count" },
    Column { name: "left", unit: "lost pairs of governments that left; count" },
    Column { name: "events", unit: "ties that began within the period, distinct by basis and pair; count" },
    Column { name: "change", unit: "record, where more than half of it is surfacing and lapse (S34)" },
];

/// How many arrangements a note names.
const NAMED: usize = 3;

/// The cells of [`CHANGES`] for a slice; a note where the record changed, and not the network.
pub(super) fn changes(
    analysis: &Analysis,
    before: Option<Moment>,
    slice: &Slice,
    report: &mut Report,
) -> Result<Vec<Cell>, ReportError> {
    let changed = analysis.changed(before, slice.moment)?;
    let events = changed.events;
    let Some(churn) = &changed.churn else {
        let none = || Cell::Missing(Missing::NotApplicable);
        let mut cells: Vec<Cell> = (0..6).map(|_| none()).collect();
        cells.extend([events.into(), none()]);
        return Ok(cells);
    };
    let Churn { began, surfaced, joined, ended, lapsed, left, .. } = *churn;
    let is_of_the_record = churn.is_of_the_record();
    if is_of_the_record {
        let of = |by: &[(NodeIx, usize)]| by_name(analysis, by);
        let mut said = Vec::new();
        if lapsed > 0 {
            let lost = counted(churn.lost(), "lost pair", "lost pairs");
            said.push(format!(
                "{lapsed} of {lost} lapsed for lack of a later source{}",
                of(&churn.lapsed_by)
            ));
        }
        if surfaced > 0 {
            let gained = counted(churn.gained(), "new pair", "new pairs");
            said.push(format!("{surfaced} of {gained} came with a first source{}", of(&churn.surfaced_by)));
        }
        report.note(format!(
            "{}: the record changed, not the network: {} (S34)",
            slice.moment,
            said.join("; ")
        ));
    }
    let mut cells: Vec<Cell> =
        [began, surfaced, joined, ended, lapsed, left, events].into_iter().map(Cell::from).collect();
    cells.push(if is_of_the_record { "record".into() } else { Cell::Missing(Missing::NotApplicable) });
    Ok(cells)
}

/// The ids of the first arrangements of a list with their counts, in brackets; nothing where there is none.
fn by_name(analysis: &Analysis, by: &[(NodeIx, usize)]) -> String {
    let named = by.iter().take(NAMED).map(|(ix, count)| format!("{} {count}", analysis.study().id_of(*ix)));
    let mut named: Vec<String> = named.collect();
    if by.len() > NAMED {
        named.push(format!("{} more", by.len() - NAMED));
    }
    if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) }
}
