//! Who holds which power: the measure `powers`.

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::tables::DATE;
use crate::analysis::{Analysis, Column, Family, Measure, Report};
use crate::study::Moment;

const COLUMNS: [Column; 13] = [
    DATE,
    Column { name: "territory", unit: "name at the date" },
    Column { name: "function", unit: "empty = all that is not recorded" },
    Column { name: "stage", unit: "stage of the function" },
    Column { name: "holder", unit: "government or body" },
    Column { name: "holder_id", unit: "id of the row" },
    Column { name: "from_whom", unit: "who gave it away" },
    Column { name: "origin", unit: "cession, transfer, delegation …" },
    Column { name: "since", unit: "start; empty = not known" },
    Column { name: "until", unit: "end; empty = not known, .. = open" },
    Column { name: "arrangement", unit: "id" },
    Column { name: "tenure", unit: "recorded, returned, default (S14)" },
    Column { name: "note", unit: "what the source says of the dates" },
];

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let Some(territory) = study.territory() else {
        return Err(ReportError::Option {
            measure: "powers",
            needs: "a territory",
            option: "territory",
            example: "昌吉",
        });
    };
    let mut report = Report::new("Powers over a territory", &COLUMNS);
    for moment in moments {
        let (rows, possible) = study.custody(territory, *moment);
        for row in rows {
            let givers: Vec<String> = row.granted_by.iter().map(|ix| study.name(*ix, *moment)).collect();
            report.push(vec![
                moment.to_string().into(),
                study.name(territory, *moment).into(),
                row.function.into(),
                row.stage.into(),
                study.name(row.holder, *moment).into(),
                study.id_of(row.holder).into(),
                givers.into_iter().collect(),
                row.origin.into(),
                row.from.to_string().into(),
                row.to.to_string().into(),
                row.arrangement.map_or_else(String::new, |ix| study.id_of(ix)).into(),
                row.tenure.to_string().into(),
                row.power.map_or_else(String::new, |ix| study.text_of(ix, "note")).into(),
            ]);
        }
        if possible > 0 {
            report.note(format!(
                "{moment}: {possible} powers only possibly hold, and count under the reading “possible” (S1)"
            ));
        }
    }
    Ok(report)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "powers",
    family: Family::Records,
    title: "Powers over a territory",
    question: "who holds which power over a territory, from whom, since when?",
    formula: "the last grant that holds, else the default holder",
    source: "S14",
    oracle: "",
    cost: "O(p log p) for p powers",
    options: &["territory", "reading", "persist", "possible"],
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
