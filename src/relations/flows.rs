//! Who pays whom what: statements, alternatives, the preferred one (S19, S20).

use std::collections::BTreeMap;

use crate::graph::{EdgeIx, EdgeRef, NodeIx, Snapshot};
use crate::value::{Truth, Value, Window};

/// One statement of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowStatement {
    /// The `PAYS` edge.
    pub row: EdgeIx,
    /// Who gives.
    pub payer: NodeIx,
    /// Who receives; `None` where the source names nobody.
    pub payee: Option<NodeIx>,
    /// The arrangement.
    pub arrangement: Option<NodeIx>,
    /// money, talent, technology or land.
    pub resource: String,
    /// Amount in minor units of the currency.
    pub amount: Option<i64>,
    /// ISO 4217.
    pub currency: String,
    /// once, year or total.
    pub period: String,
    /// Statements of one fact are alternatives.
    pub fact: Option<String>,
    /// Whether measures use this one (S19).
    pub counts: bool,
    /// Whether it certainly or only possibly holds.
    pub holds: Truth,
    /// Where it comes from.
    pub sources: String,
    /// How sure it is.
    pub confidence: Option<String>,
}

/// The flows of a window, by payer, payee and row. Of statements of one fact the preferred one counts, else
/// the one of the highest confidence, else the first by source; with `all_statements` the others stand
/// beside it and do not count.
#[must_use]
pub fn flows(
    snapshot: &Snapshot,
    window: Window,
    possible: bool,
    all_statements: bool,
) -> Vec<FlowStatement> {
    let mut statements: Vec<FlowStatement> =
        snapshot.edges_of("PAYS").map(|edge| statement(snapshot, edge, window)).collect();
    let held = |statement: &FlowStatement| {
        statement.holds == Truth::True || (possible && statement.holds == Truth::Unknown)
    };
    // Per fact: the place of the statement that counts.
    let mut chosen: BTreeMap<String, usize> = BTreeMap::new();
    let steps = &snapshot.catalogue().schema().confidence;
    let order = |statement: &FlowStatement| {
        let edge = snapshot.edge_at(statement.row);
        let preferred = edge.and_then(|edge| edge.value("preferred")) == Some(Value::Boolean(true));
        let confidence = statement.confidence.as_ref();
        let step =
            confidence.and_then(|own| steps.iter().position(|step| step == own)).unwrap_or(steps.len());
        (!preferred, step, statement.sources.clone(), statement.row)
    };
    for (at, statement) in statements.iter().enumerate().filter(|(_, statement)| held(statement)) {
        let key = statement.fact.clone().unwrap_or_else(|| format!("row {}", statement.row.get()));
        let best = chosen.entry(key).or_insert(at);
        if order(statement) < order(&statements[*best]) {
            *best = at;
        }
    }
    for at in chosen.values() {
        statements[*at].counts = true;
    }
    statements.retain(|statement| {
        let fact_holds = statement.fact.as_ref().is_some_and(|fact| chosen.contains_key(fact));
        statement.counts || (all_statements && (held(statement) || fact_holds))
    });
    statements.sort_by_key(|statement| (statement.payer, statement.payee, !statement.counts, statement.row));
    statements
}

fn statement(snapshot: &Snapshot, edge: EdgeRef<'_>, window: Window) -> FlowStatement {
    let text = |key: &str| edge.value(key).map(|value| value.to_string());
    let target = edge.target();
    let named = target.has_label("Government");
    let arrangement = edge.value("arrangement");
    let arrangement = arrangement.as_ref().and_then(|id| snapshot.find("Arrangement", id.as_text()?));
    let ends = edge.source().validity().extent().intersect(target.validity().extent());
    let extent = ends.and_then(|ends| ends.intersect(edge.validity().extent()));
    FlowStatement {
        row: edge.ix(),
        payer: edge.source_ix(),
        payee: named.then(|| target.ix()),
        arrangement: arrangement.map(|node| node.ix()).or_else(|| (!named).then(|| target.ix())),
        resource: text("resource").unwrap_or_default(),
        amount: edge.value("amount_minor").as_ref().and_then(Value::as_integer),
        currency: text("currency").unwrap_or_default(),
        period: text("period").unwrap_or_default(),
        fact: text("fact"),
        counts: false,
        holds: extent.map_or(Truth::False, |extent| extent.holds_in(window)),
        sources: text("source").unwrap_or_default(),
        confidence: text("confidence"),
    }
}
