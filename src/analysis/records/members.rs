//! Members of a region: the measure `members`.

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::tables::DATE;
use crate::analysis::{Analysis, Cell, Column, Family, Measure, Missing, Report, options};
use crate::study::{Moment, NodeIx};

const COLUMNS: [Column; 5] = [
    DATE,
    Column { name: "members", unit: "governments that certainly belong; count" },
    Column { name: "possible_members", unit: "governments that only possibly belong; count (S1)" },
    Column { name: "entered", unit: "names of those that were not members at the date before" },
    Column { name: "left", unit: "names of those that are members no more" },
];

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    if study.region().is_none() {
        return Err(ReportError::Option {
            measure: "members",
            needs: "a region",
            option: "region",
            example: "yangtze-delta",
        });
    }
    let mut report = Report::new("Members of a region", &COLUMNS);
    report.selection = study.selection().echo();
    let mut before: Option<Vec<NodeIx>> = None;
    for moment in moments {
        let (members, possible) = study.governments(study.as_of(*moment));
        let names = |of: &[NodeIx], but_not: &[NodeIx]| -> Cell {
            let changed = of.iter().filter(|ix| !but_not.contains(ix));
            changed.map(|ix| study.name(*ix, *moment)).collect()
        };
        let (entered, left) = match &before {
            Some(before) => (names(&members, before), names(before, &members)),
            None => (Cell::Missing(Missing::NotApplicable), Cell::Missing(Missing::NotApplicable)),
        };
        report.push(vec![moment.to_string().into(), members.len().into(), possible.into(), entered, left]);
        before = Some(members);
    }
    Ok(report)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "members",
    family: Family::Records,
    title: "Members of a region",
    question: "who belongs to the region, since when?",
    formula: "memberships that hold on the last day of the period",
    source: "MEMBER_OF by S1, S2 and S9",
    oracle: "",
    cost: "O(memberships)",
    options: &options::WHO,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
