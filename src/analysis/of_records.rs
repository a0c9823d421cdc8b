//! Powers, flows, approvals, and the arrangements behind them.

use std::collections::{BTreeMap, BTreeSet};

use super::series::ReportError;
use super::{Analysis, Cell, Column, Flow, Missing, Report, net_flows};
use crate::study::{GovernmentIx, Moment, Study};

const DATE: Column = Column { name: "date", unit: "last day of the period is read" };

pub(super) const POWERS: [Column; 13] = [
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

pub(super) fn powers_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let Some(territory) = study.territory() else {
        return Err(ReportError::Option {
            measure: "powers",
            option: "a territory",
            example: "--territory 昌吉",
        });
    };
    let mut report = Report::new("Powers over a territory", &POWERS);
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
            report
                .note(format!("{moment}: {possible} powers only possibly hold; --possible shows them (S1)"));
        }
    }
    Ok(report)
}

pub(super) const FLOWS: [Column; 14] = [
    DATE,
    Column { name: "payer", unit: "name at the date" },
    Column { name: "payee", unit: "name at the date; empty = not named" },
    Column { name: "amount", unit: "in units of the currency, exact" },
    Column { name: "amount_minor", unit: "minor units of the currency" },
    Column { name: "currency", unit: "ISO 4217" },
    Column { name: "period", unit: "once, year, total" },
    Column { name: "resource", unit: "money, talent, technology, land" },
    Column { name: "net", unit: "payer to payee less payee to payer, in units of the currency, exact" },
    Column { name: "counts", unit: "yes, or no for an alternative statement (S19)" },
    Column { name: "arrangement", unit: "id" },
    Column { name: "row", unit: "id" },
    Column { name: "confidence", unit: "of the row" },
    Column { name: "source", unit: "ids" },
];

/// Things that may be added: same resource, currency and period (S20).
type Unit = (String, String, String);

pub(super) fn flows_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let mut report = Report::new("Flows and their net", &FLOWS);
    // What is paid in all is told once, at the first date at which it holds.
    let mut told = BTreeSet::new();
    for moment in moments {
        let mut rows = study.flows(*moment);
        rows.retain(|row| row.period != "total" || told.insert(row.row));
        let mut units: BTreeMap<Unit, Vec<Flow<GovernmentIx>>> = BTreeMap::new();
        for row in rows.iter().filter(|row| row.counts) {
            if let Some(amount) = row.amount {
                let unit = (row.resource.clone(), row.currency.clone(), row.period.clone());
                let flow = Flow { payer: row.payer, payee: row.payee, amount };
                units.entry(unit).or_default().push(flow);
            }
        }
        for row in &rows {
            let unit = (row.resource.clone(), row.currency.clone(), row.period.clone());
            let between = units.get(&unit).map_or(&[][..], Vec::as_slice);
            let name = |ix| study.name(ix, *moment);
            report.push(vec![
                moment.to_string().into(),
                name(row.payer).into(),
                row.payee.map_or_else(String::new, name).into(),
                row.amount
                    .map_or(Cell::Missing(Missing::NoFigure), |amount| major(amount, &row.currency).into()),
                row.amount.map_or(Cell::Missing(Missing::NoFigure), Cell::Integer),
                row.currency.as_str().into(),
                row.period.as_str().into(),
                row.resource.as_str().into(),
                net(between, row.payer, row.payee)
                    .filter(|_| row.counts)
                    .map_or(Cell::Missing(Missing::NotApplicable), |net| major(net, &row.currency).into()),
                if row.counts { "yes" } else { "no" }.into(),
                row.arrangement.map_or_else(String::new, |ix| study.id_of(ix)).into(),
                study.row_id(row.row).into(),
                row.confidence.as_deref().unwrap_or("unstated").into(),
                row.sources.as_str().into(),
            ]);
        }
        note_positions(study, *moment, &units, &mut report);
    }
    report.note("amounts of different resources, currencies or periods are never added (S20)");
    Ok(report)
}

/// What one gives the other less what comes back, in minor units; `None` where nobody is named.
fn net(flows: &[Flow<GovernmentIx>], payer: GovernmentIx, payee: Option<GovernmentIx>) -> Option<i128> {
    let payee = payee?;
    let sum = |from, to| -> i128 {
        let own = flows.iter().filter(|flow| flow.payer == from && flow.payee == Some(to));
        own.map(|flow| i128::from(flow.amount)).sum()
    };
    Some(sum(payer, payee) - sum(payee, payer))
}

/// The net position of each government, one note a unit.
fn note_positions(
    study: &Study,
    moment: Moment,
    units: &BTreeMap<Unit, Vec<Flow<GovernmentIx>>>,
    report: &mut Report,
) {
    for ((resource, currency, period), flows) in units {
        let positions = net_flows(flows);
        let texts: Vec<String> = positions
            .positions
            .iter()
            .map(|(ix, position)| format!("{} {}", study.name(*ix, moment), major(position.net(), currency)))
            .collect();
        report.note(format!(
            "{moment}: net position, {resource} in {currency}, period {period}: {}; to payees that are not named: {}",
            texts.join(", "),
            major(positions.unnamed, currency)
        ));
    }
}

/// An amount of minor units in units of its currency, exactly.
fn major(minor: impl Into<i128>, currency: &str) -> String {
    let minor: i128 = minor.into();
    const WITHOUT_MINOR: [&str; 5] = ["JPY", "KRW", "VND", "CLP", "ISK"];
    if currency.is_empty() || WITHOUT_MINOR.contains(&currency) {
        return minor.to_string();
    }
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

pub(super) const APPROVALS: [Column; 6] = [
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

pub(super) fn approvals_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let records = study.records();
    let mut report = Report::new("Cross-provincial arrangements and approvals on record", &APPROVALS);
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

pub(super) const SCOPES: [Column; 14] = [
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

/// The arrangements behind the counts of [`scopes_report`], a row each.
fn listed_report(analysis: &Analysis, moments: &[Moment]) -> Report {
    let study = analysis.study();
    let records = study.records();
    let mut report = Report::new("Arrangements, their reach and form", &LISTED);
    report.selection = study.selection().echo();
    for moment in moments {
        let rows = records.arrangements(*moment);
        let mut approvals: BTreeMap<GovernmentIx, Vec<_>> = BTreeMap::new();
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

pub(super) fn scopes_report(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    if study.subjects().list_arrangements {
        return Ok(listed_report(analysis, moments));
    }
    let records = study.records();
    let mut report = Report::new("Reach and form of arrangements, and the provinces' part", &SCOPES);
    report.selection = study.selection().echo();
    for moment in moments {
        let rows = records.arrangements(*moment);
        let approvals = records.approvals(&rows, *moment);
        let provinces: BTreeSet<GovernmentIx> = approvals.iter().map(|row| row.province).collect();
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
