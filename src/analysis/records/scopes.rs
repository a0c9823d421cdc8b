//! Reach and form of arrangements: the measure `scopes`.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::tables::DATE;
use crate::analysis::{Analysis, Column, Family, Measure, Report, options};
use crate::study::{Moment, NodeIx};

const COLUMNS: [Column; 14] = [
    DATE,
    Column { name: "arrangements", unit: "that hold and concern the selection; count" },
    Column { name: "province_province", unit: "between provinces, the axis; count" },
    Column { name: "intra_provincial", unit: "within one province; count" },
    Column {
        name: "cross_provincial",
        unit: "a party below the province tier takes part across provinces; count",
    },
    Column { name: "with_a_province", unit: "cross-provincial ones in which a province takes part; count" },
    Column { name: "other_scope", unit: "transnational or undetermined; count" },
    Column { name: "horizontal", unit: "form; count" },
    Column { name: "diagonal", unit: "form; count" },
    Column { name: "multilateral_cross", unit: "form; count" },
    Column { name: "other_form", unit: "vertical-only or undetermined; count" },
    Column { name: "approved", unit: "arrangement and province pairs with approval by the province; count" },
    Column { name: "approved_above", unit: "same, by a superior of the province; count" },
    Column { name: "no_record", unit: "same, nothing on record; count" },
];

const LISTED: [Column; 8] = [
    DATE,
    Column { name: "arrangement", unit: "id" },
    Column { name: "name", unit: "of the arrangement" },
    Column {
        name: "scope",
        unit: "between provinces, within one, across provinces, transnational, undetermined",
    },
    Column {
        name: "form",
        unit: "horizontal, diagonal, multilateral-cross, vertical-only, undetermined (S7)",
    },
    Column { name: "parties", unit: "names of the governments that cooperate at the date" },
    Column { name: "provinces", unit: "names of the provinces of a cross-provincial one" },
    Column { name: "approvals", unit: "what is on record of each of these provinces, in their order" },
];

/// The arrangements behind the counts of [`compute`], a row each.
fn listed_report(analysis: &Analysis, moments: &[Moment]) -> Report {
    let study = analysis.study();
    let records = study.records();
    let mut report = Report::new("Arrangements, their reach and form", &LISTED);
    report.selection = study.selection().echo();
    for moment in moments {
        let rows = records.arrangements(*moment);
        let mut approvals: BTreeMap<NodeIx, Vec<_>> = BTreeMap::new();
        for approval in records.approvals(&rows, *moment) {
            approvals.entry(approval.arrangement).or_default().push(approval);
        }
        for row in rows {
            let of_provinces = approvals.remove(&row.arrangement).unwrap_or_default();
            report.push(vec![
                moment.to_string().into(),
                study.id_of(row.arrangement).into(),
                study.text_of(row.arrangement, "name").into(),
                row.scope.to_string().into(),
                row.form.to_string().into(),
                row.parties.iter().map(|ix| study.name(*ix, *moment)).collect(),
                of_provinces.iter().map(|own| study.name(own.province, *moment)).collect(),
                of_provinces.iter().map(|own| own.record.to_string()).collect(),
            ]);
        }
    }
    report.note("no record is not: not approved");
    report
}

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    if study.subjects().list_arrangements {
        return Ok(listed_report(analysis, moments));
    }
    let records = study.records();
    let mut report = Report::new("Reach and form of arrangements, and the provinces' part", &COLUMNS);
    report.selection = study.selection().echo();
    for moment in moments {
        let rows = records.arrangements(*moment);
        let approvals = records.approvals(&rows, *moment);
        let provinces: BTreeSet<NodeIx> = approvals.iter().map(|row| row.province).collect();
        let scope = |name: &str| rows.iter().filter(|row| row.scope.to_string() == name).count();
        let form = |name: &str| rows.iter().filter(|row| row.form.to_string() == name).count();
        let record = |name: &str| approvals.iter().filter(|row| row.record.to_string() == name).count();
        let led = rows.iter().filter(|row| {
            row.scope.to_string() == "cross-provincial" && row.parties.iter().any(|ix| provinces.contains(ix))
        });
        let known = scope("province-province") + scope("intra-provincial") + scope("cross-provincial");
        let formed = form("horizontal") + form("diagonal") + form("multilateral-cross");
        report.push(vec![
            moment.to_string().into(),
            rows.len().into(),
            scope("province-province").into(),
            scope("intra-provincial").into(),
            scope("cross-provincial").into(),
            led.count().into(),
            (rows.len() - known).into(),
            form("horizontal").into(),
            form("diagonal").into(),
            form("multilateral-cross").into(),
            (rows.len() - formed).into(),
            record("approved").into(),
            record("approved above").into(),
            record("no record").into(),
        ]);
    }
    report.note("no record is not: not approved");
    Ok(report)
}

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "scopes",
    family: Family::Records,
    title: "Reach and form of arrangements, and the provinces' part",
    question: "how far do arrangements reach, of which form are they, and what is the provinces' part?",
    formula: "counts of arrangements by the provinces and ranks of their parties",
    source: "form by S7; scope from the parties' provinces",
    oracle: "",
    cost: "O(parties)",
    options: &options::ARRANGEMENTS,
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
