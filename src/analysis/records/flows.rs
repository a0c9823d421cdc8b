//! Who gives and who receives, after all is set off?

use crate::analysis::measure::Compute;
use crate::analysis::series::ReportError;
use crate::analysis::tables::DATE;
use crate::analysis::{Analysis, Cell, Column, Family, Measure, Missing, Report};
use crate::study::Moment;
use crate::study::{NodeIx, Study};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

/// One payment or transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow<Actor> {
    /// Who pays.
    pub payer: Actor,
    /// Who receives; `None` if the source names no receiver, such as a common fund.
    pub payee: Option<Actor>,
    /// How much, in the smallest unit; a negative amount corrects an earlier one.
    pub amount: i64,
}

/// What an actor paid and received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FlowPosition {
    /// Sum received.
    pub received: i128,
    /// Sum paid.
    pub paid: i128,
}

impl FlowPosition {
    /// Received less paid: above 0 for a net receiver.
    pub fn net(&self) -> i128 {
        self.received - self.paid
    }
}

/// Positions of all actors, and what went to payees that are not named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetFlows<Actor> {
    /// The position of every actor that a flow names.
    pub positions: BTreeMap<Actor, FlowPosition>,
    /// Sum of the flows without a named receiver.
    pub unnamed: i128,
}

/// Sums flows by actor, exactly.
///
/// Only like may be added to like: give flows of one currency, one unit and one period. The net positions and
/// the unnamed sum add up to 0. Sums of `i64` amounts cannot overflow `i128`. O(N log N).
///
/// # Examples
/// ```
/// use intergov::analysis::{Flow, net_flows};
///
/// // Three cities pay into the fund of a river basin, 10 000 yuan a year; the receiver is not named.
/// let flows = [("泉州", 2000), ("福州", 2700), ("厦门", 2100)]
///     .map(|(payer, amount)| Flow { payer, payee: None, amount });
/// let sums = net_flows(&flows);
/// assert_eq!(sums.unnamed, 6800);
/// assert_eq!(sums.positions["福州"].net(), -2700);
/// ```
pub fn net_flows<Actor: Ord + Clone>(flows: &[Flow<Actor>]) -> NetFlows<Actor> {
    let mut positions: BTreeMap<Actor, FlowPosition> = BTreeMap::new();
    let mut unnamed = 0;
    for flow in flows {
        let amount = i128::from(flow.amount);
        positions.entry(flow.payer.clone()).or_default().paid += amount;
        match &flow.payee {
            Some(payee) => positions.entry(payee.clone()).or_default().received += amount,
            None => unnamed += amount,
        }
    }
    NetFlows { positions, unnamed }
}

const COLUMNS: [Column; 14] = [
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

fn compute(analysis: &Analysis, moments: &[Moment]) -> Result<Report, ReportError> {
    let study = analysis.study();
    let mut report = Report::new("Flows and their net", &COLUMNS);
    // What is paid in all is told once, at the first date at which it holds.
    let mut told = BTreeSet::new();
    for moment in moments {
        let mut rows = study.flows(*moment);
        rows.retain(|row| row.period != "total" || told.insert(row.row));
        let mut units: BTreeMap<Unit, Vec<Flow<NodeIx>>> = BTreeMap::new();
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

/// What one gives the other less what comes back, in minor units; `None` if no payee is named.
fn net(flows: &[Flow<NodeIx>], payer: NodeIx, payee: Option<NodeIx>) -> Option<i128> {
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
    units: &BTreeMap<Unit, Vec<Flow<NodeIx>>>,
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

/// The measure as it stands in the table.
pub(in crate::analysis) const MEASURE: Measure = Measure {
    name: "flows",
    family: Family::Records,
    title: "Flows and their net",
    question: "who pays whom for what, net?",
    formula: "paid less paid back, by resource, currency and period",
    source: "S19, S20",
    oracle: "",
    cost: "O(f log f) for f statements",
    options: &[
        "region",
        "level",
        "rank",
        "panel",
        "lift",
        "only",
        "reading",
        "persist",
        "possible",
        "all-statements",
    ],
    parameters: &[],
    columns: &COLUMNS,
    directed: &[],
    compute: Compute::Rows(compute),
};
