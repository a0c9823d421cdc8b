//! Approvals on record: the measure `approvals`.

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::tables::DATE;
use crate::analysis::{Analysis, Column, Family, Measure, Report, options};
use crate::study::Moment;

const COLUMNS: [Column; 6] = [
    DATE,
    Column { name: "arrangement", unit: "id" },
    Column { name: "name", unit: "of the arrangement" },
    Column { name: "province", unit: "province of a party" },
    Column { name: "parties", unit: "its parties below the province tier" },
    Column {
        name: "approval",
        unit: "approved, approved above, party itself, no record (which is not: not approved)",
    },
];

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let records = study.records();
    let mut report = Report::new("Cross-provincial arrangements and approvals on record", &COLUMNS);
    report.selection = study.selection().echo();
    for moment in moments {
        for row in records.approvals(&records.arrangements(*moment), *moment) {
            let parties: Vec<String> = row.parties.iter().map(|ix| study.name(*ix, *moment)).collect();
            report.push(vec![
                moment.to_string().into(),
                study.id_of(row.arrangement).into(),
                study.text_of(row.arrangement, "name").into(),
                study.name(row.province, *moment).into(),
                parties.into_iter().collect(),
                row.record.to_string().into(),
            ]);
        }
    }
    Ok(report)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "approvals",
    family: Family::Records,
    title: "Cross-provincial arrangements and approvals on record",
    question: "which cross-provincial arrangements had the provinces' approval, as far as the record goes?",
    formula: "a row an arrangement and province of its parties",
    source: "PARTY_TO in the role approver (S8); no record is not: not approved",
    oracle: "",
    cost: "O(parties)",
    options: &options::WHO,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
