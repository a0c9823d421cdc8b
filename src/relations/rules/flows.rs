//! Money, and what else one government gives another (S19, S20).

use crate::relations::vocabulary::edge;
use std::collections::BTreeSet;

use super::compiled::CompiledSchema;
use super::currencies::CURRENCIES;
use super::fault::{Fault, edge_subject};
use super::groups::Keys;
use super::scope::{CheckScope, edge_text};
use crate::graph::EdgeRef;
use crate::relations::edge_caption;
use crate::value::{Value, nearest};

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for edge in scope.changed_edges(edge::PAYS) {
        amount(scope, edge);
        share(scope, edge);
    }
}

/// Checks the alternatives of the facts that changed payments state.
pub(super) fn alternatives(scope: &mut CheckScope<'_>) {
    let mut told = BTreeSet::new();
    for edge in scope.changed_edges(edge::PAYS) {
        preferred(scope, edge, &mut told);
    }
}

/// The fact that a preferred payment states.
pub(super) fn keys(_: &CompiledSchema<'_>, edge: EdgeRef<'_>, take: &mut Keys<'_>) {
    if edge.edge_type() == edge::PAYS
        && let Some(fact) = edge_text(edge, "fact").filter(|_| is_preferred(edge))
    {
        take(&[&fact]);
    }
}

/// Whether measures are to use this statement of its fact.
pub(super) fn is_preferred(edge: EdgeRef<'_>) -> bool {
    edge.value("preferred").as_ref().and_then(Value::as_boolean) == Some(true)
}

fn fault(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, column: &str, what: &str, remedy: &str) {
    let message = format!("{} {what}", edge_caption(edge));
    scope.error(edge_subject(edge), Fault::new("S20", message, remedy).of(column));
}

fn amount(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>) {
    let amount = edge.value("amount_minor").as_ref().and_then(Value::as_integer);
    let money = edge_text(edge, "resource").as_deref() == Some("money");
    let currency = edge_text(edge, "currency");
    if let Some(amount) = amount {
        if amount <= 0 {
            let what = format!("has the amount {amount}");
            fault(
                scope,
                edge,
                "amount_minor",
                &what,
                "write an amount above 0; what flows back is a row the other way round",
            );
        }
        if money && currency.is_none() {
            let remedy = "write the ISO 4217 code, e.g. CNY; the amount is in its minor units";
            fault(scope, edge, "currency", "is a payment without a currency", remedy);
        }
        if edge_text(edge, "period").is_none() {
            let remedy = "write once, year (per year) or total (over the validity); amounts of different periods are never added";
            fault(scope, edge, "period", "has an amount and no period", remedy);
        }
    }
    let Some(currency) = currency else { return };
    if !money {
        let message = format!("{} has a currency and is not money", edge_caption(edge));
        scope.warn(
            edge_subject(edge),
            Fault::new("S20", message, "write the resource “money”, or no currency").of("currency"),
        );
    }
    if !CURRENCIES.contains(&currency.as_str()) {
        let what = format!("has the currency “{currency}”, which is not a code of ISO 4217");
        let remedy = match nearest(&currency, CURRENCIES.iter().copied(), 1).first() {
            Some(near) => format!("write three capital letters; did you mean “{near}”?"),
            None => "write three capital letters, e.g. CNY, EUR, USD".to_owned(),
        };
        fault(scope, edge, "currency", &what, &remedy);
    }
}

fn share(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>) {
    let Some(share) = edge.value("share").as_ref().and_then(Value::as_number) else { return };
    if !(0.0..=1.0).contains(&share) {
        let what = format!("has the share {share}, which is not between 0 and 1");
        fault(scope, edge, "share", &what, "write 0.4 for 40 percent");
    }
    if edge.value("base").is_none() {
        let message = format!("{} has a share and does not say of what", edge_caption(edge));
        scope.warn(
            edge_subject(edge),
            Fault::new("S20", message, "write its base, e.g. the tax that is shared").of("base"),
        );
    }
}

/// Of the alternatives of one fact at most one is preferred (S19).
fn preferred(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, told: &mut BTreeSet<String>) {
    let Some(fact) = edge_text(edge, "fact").filter(|_| is_preferred(edge)) else { return };
    let same = scope.after.edges_holding("fact", &fact);
    scope.visit(same.len());
    let mut others = same
        .into_iter()
        .filter(|other| other.id() != edge.id() && other.edge_type() == edge::PAYS && is_preferred(*other));
    let Some(other) = others.next() else { return };
    if told.insert(fact.clone()) {
        let message = format!(
            "the fact “{fact}” has two preferred statements: {} and {}",
            edge_caption(other),
            edge_caption(edge)
        );
        let remedy = "prefer one; measures use it alone";
        scope.error(edge_subject(edge), Fault::new("S19", message, remedy).of("preferred"));
    }
}
