//! A measure over the dates of a study, and what each date counted and left out.

use super::facts::Facts;
use super::{Analysis, AnalysisError, Column, Report, RuleError};
use crate::study::{LeftOut, Moment, Slice, StudyError};
use crate::value::counted;

/// A measure that could not be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The selection makes no network.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The measure does not fit the network.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// A rule of entry cannot be read.
    #[error(transparent)]
    Rule(RuleError),
    /// An option is missing.
    #[error("{measure} needs {needs}; add {option}, for example {example}")]
    Option {
        /// The measure.
        measure: &'static str,
        /// What is missing, in words.
        needs: &'static str,
        /// The option that gives it.
        option: &'static str,
        /// A value of the option.
        example: &'static str,
    },
}

/// A report over the dates of a study: `fill` adds the rows of each slice; selection, counts and what was
/// left out are added here.
pub(super) fn study_report(
    analysis: &Analysis,
    moments: &[Moment],
    title: &str,
    columns: &[Column],
    mut fill: impl FnMut(&Slice, &Facts, &mut Report) -> Result<(), ReportError>,
) -> Result<Report, ReportError> {
    let mut report = Report::new(title, columns);
    report.selection = analysis.study().selection().echo();
    for moment in moments {
        let (slice, facts) = analysis.slice(*moment)?;
        fill(&slice, &facts, &mut report)?;
        note_slice(&slice, &mut report);
        if let Some(cut) = slice.counted.ties.unexpanded_among(|_| slice.counted.left_out.cut > 0) {
            report.note(cut);
        }
    }
    report.notes.extend(analysis.study().ties().repeated_rows());
    Ok(report)
}

/// Says what a slice counted and what it left out, in one line a date.
fn note_slice(slice: &Slice, report: &mut Report) {
    let network = &slice.network;
    let LeftOut {
        unknown_dates,
        within_period,
        defining,
        plans,
        without,
        lifted,
        confidence,
        filtered,
        subordination: _,
        unweighted,
        possible_members,
        cut,
    } = slice.counted.left_out;
    let left_out: Vec<String> = [
        (unknown_dates, "tie that only possibly holds", "ties that only possibly hold"),
        (within_period, "tie that lived within the period", "ties that lived within the period"),
        (
            defining,
            "tie of the arrangement that defines the membership (S25)",
            "ties of the arrangement that defines the membership (S25)",
        ),
        (plans, "tie of a plan laid over nearly all (S25)", "ties of plans laid over nearly all (S25)"),
        (without, "tie of an arrangement that is left out", "ties of arrangements that are left out"),
        (
            lifted,
            "tie between governments that count as one (S33)",
            "ties between governments that count as one (S33)",
        ),
        (confidence, "tie below the least confidence", "ties below the least confidence"),
        (
            filtered,
            "tie of another direction, domain or mechanism",
            "ties of other directions, domains or mechanisms",
        ),
        (unweighted, "tie whose row does not state the weight", "ties whose row does not state the weight"),
        (possible_members, "member that only possibly belongs", "members that only possibly belong"),
        (cut, "arrangement over the limit (S35)", "arrangements over the limit (S35)"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
    .map(|(count, one, many)| counted(count, one, many))
    .collect();
    let mix: Vec<String> =
        slice.counted.confidence.iter().map(|(step, count)| format!("{step} {count}")).collect();
    report.note(format!(
        "{}: {}, {}, {}; left out: {}; confidence of the ties: {}",
        slice.moment,
        counted(network.node_count(), "government", "governments"),
        counted(network.isolate_count(), "isolate", "isolates"),
        counted(network.pair_count(), "tied pair", "tied pairs"),
        if left_out.is_empty() { "nothing".to_owned() } else { left_out.join(", ") },
        if mix.is_empty() { "no ties".to_owned() } else { mix.join(", ") },
    ));
}
