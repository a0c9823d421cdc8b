//! Powers: one holder of a function, stage and territory at a date; cessions go to a body, transfers to a
//! government outside the line (S14).

use crate::relations::vocabulary::{edge, label};
use std::collections::BTreeSet;

use super::arrangements::line_above;
use super::compiled::CompiledSchema;
use super::fault::{Fault, node_subject};
use super::groups::Keys;
use super::scope::{CheckScope, days, text};
use crate::graph::{EdgeRef, NodeIx, NodeRef};
use crate::relations::caption;
use crate::value::Span;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    let mut told = BTreeSet::new();
    for power in scope.touched(label::POWER, &[edge::OVER, edge::HELD_BY, edge::GRANTED_BY]) {
        for (edge_type, what, table) in
            [(edge::OVER, "territory", "power_territories"), (edge::HELD_BY, "holder", "power_holders")]
        {
            if scope.leaving(power, edge_type).is_empty() {
                let message = format!("the power {} has no {what}", name(power));
                let remedy = format!("add a row to the table {table}");
                scope.warn(node_subject(power), Fault::new("S14", message, remedy));
            }
        }
        match text(power, "origin").as_deref() {
            Some("cession") => cession(scope, power),
            Some("transfer") => transfer(scope, power),
            _ => {}
        }
        double_holders(scope, power, &mut told);
    }
}

/// Powers are few: all of them are looked at together, a single one too.
pub(super) fn keys(_: &CompiledSchema<'_>, node: NodeRef<'_>, take: &mut Keys<'_>) {
    if node.has_label(label::POWER) {
        take(&[]);
        take(&[]);
    }
}

/// `finance (whole) P-1`: a power has no name of its own.
fn name(power: NodeRef<'_>) -> String {
    let part = |key: &str| text(power, key).unwrap_or_default();
    format!("{} of {} ({})", part("id"), part("function"), part("stage"))
}

fn cession(scope: &mut CheckScope<'_>, power: NodeRef<'_>) {
    let holders = scope.leaving(power, edge::HELD_BY);
    let wrong: Vec<String> = holders
        .iter()
        .filter(|edge| !edge.target().has_label(label::BODY))
        .map(|edge| caption(edge.target()))
        .collect();
    if holders.is_empty() || !wrong.is_empty() {
        let message = if wrong.is_empty() {
            format!("the power {} is ceded to no body", name(power))
        } else {
            format!("the power {} is ceded to {}, which is not a body", name(power), wrong.join(", "))
        };
        let remedy =
            "a cession goes to a body that the governments share; to another government it is a transfer";
        scope.error(node_subject(power), Fault::new("S14", message, remedy).of("origin"));
    }
}

fn transfer(scope: &mut CheckScope<'_>, power: NodeRef<'_>) {
    let life = power.validity().extent().certain();
    for held in scope.leaving(power, edge::HELD_BY) {
        let holder = held.target();
        if !holder.has_label(label::GOVERNMENT) {
            let message = format!(
                "the power {} is transferred to {}, which is not a government",
                name(power),
                caption(holder)
            );
            let remedy = "a transfer goes to a government outside the line; to a shared body it is a cession";
            scope.error(node_subject(power), Fault::new("S14", message, remedy).of("origin"));
            continue;
        }
        let span = held.validity().extent().certain().zip(life).and_then(|(a, b)| a.intersect(b));
        let Some(span) = span else { continue };
        let mut others: Vec<EdgeRef<'_>> = scope.leaving(power, edge::GRANTED_BY);
        others.extend(scope.leaving(power, edge::OVER));
        let in_line = others.iter().map(|edge| edge.target()).find_map(|other| {
            let above = above(scope, holder.ix(), other.ix(), span);
            let below = above.or_else(|| self::above(scope, other.ix(), holder.ix(), span));
            below.map(|span| (other, span, above.is_some()))
        });
        if let Some((other, span, holder_below)) = in_line {
            let (below, above) = if holder_below { (holder, other) } else { (other, holder) };
            let message = format!(
                "the power {} is transferred to {}, but {} is under {} {}",
                name(power),
                caption(holder),
                caption(below),
                caption(above),
                days(span)
            );
            let remedy = "within the line of command it is a delegation: write the origin “delegation”";
            scope.error(node_subject(power), Fault::new("S14", message, remedy).of("origin"));
        }
    }
}

/// When one government certainly stands under another within a span.
fn above(scope: &CheckScope<'_>, government: NodeIx, superior: NodeIx, span: Span) -> Option<Span> {
    let line = line_above(scope, government).into_iter();
    line.filter(|(ix, _)| *ix == superior).find_map(|(_, held)| held.intersect(span))
}

/// One tenure of a power over one territory.
struct Tenure<'a> {
    power: NodeRef<'a>,
    holder: NodeRef<'a>,
    certain: Span,
}

fn tenures<'a>(scope: &CheckScope<'a>, power: NodeRef<'a>, over: EdgeRef<'a>) -> Vec<Tenure<'a>> {
    let held = scope.leaving(power, edge::HELD_BY).into_iter();
    held.filter_map(|held| {
        let extent = power.validity().extent().intersect(over.validity().extent())?;
        let certain = extent.intersect(held.validity().extent())?.certain()?;
        Some(Tenure { power, holder: held.target(), certain })
    })
    .collect()
}

/// Two that certainly hold the same function and stage over the same territory on one day.
fn double_holders(
    scope: &mut CheckScope<'_>,
    power: NodeRef<'_>,
    told: &mut BTreeSet<(NodeIx, NodeIx, NodeIx)>,
) {
    let same =
        |other: NodeRef<'_>| ["function", "stage"].iter().all(|key| text(other, key) == text(power, key));
    for over in scope.leaving(power, edge::OVER) {
        let territory = over.target();
        let mut others = Vec::new();
        for other in scope.arriving(territory, edge::OVER) {
            if same(other.source()) {
                others.extend(tenures(scope, other.source(), other));
            }
        }
        for own in tenures(scope, power, over) {
            for other in &others {
                let when = own.certain.intersect(other.certain);
                let (first, second) =
                    (own.power.ix().min(other.power.ix()), own.power.ix().max(other.power.ix()));
                let Some(when) = when.filter(|_| own.holder.ix() != other.holder.ix()) else { continue };
                if !told.insert((first, second, territory.ix())) {
                    continue;
                }
                let message = format!(
                    "two hold {} over {} {}: {} by {} and {} by {}",
                    text(power, "function").unwrap_or_default(),
                    caption(territory),
                    days(when),
                    caption(other.holder),
                    text(other.power, "id").unwrap_or_default(),
                    caption(own.holder),
                    text(own.power, "id").unwrap_or_default(),
                );
                let remedy = "end the first where the second begins, or name the stages that each holds";
                scope.error(node_subject(power), Fault::new("S14", message, remedy));
            }
        }
    }
}
