//! An edge lies within the validity of both its ends, and an end is after its start (S2, S18).
//!
//! What is certain is compared: a known date against a known date, an end known to be open against a known
//! end. An unknown end is bounded by the ends themselves and is not a fault.

use crate::relations::vocabulary::{edge, label};
use std::sync::Arc;

use super::fault::{Fault, edge_subject, node_subject};
use super::scope::{CheckScope, certainly_before, edge_text};
use crate::graph::{EdgeRef, NodeRef, Properties, Subject};
use crate::relations::{caption, edge_caption};
use crate::value::{Bound, Date, Validity};

/// Checks the dates of a node that has these properties.
pub(super) fn node(scope: &mut CheckScope<'_>, node: NodeRef<'_>, properties: &Properties) {
    ordered(scope, node_subject(node), &node.validity(), || caption(node));
    for (key, property) in properties.iter() {
        let key = scope.after.catalogue().key_name(key);
        for spell in property.spells() {
            ordered(scope, node_subject(node), &spell.validity, || format!("{} of {}", key, caption(node)));
        }
    }
}

/// Checks the dates of an edge.
pub(super) fn edge(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>) {
    ordered(scope, edge_subject(edge), &edge.validity(), || edge_caption(edge));
}

/// Checks that edges lie within their ends.
pub(super) fn check(scope: &mut CheckScope<'_>) {
    let elements = Arc::clone(&scope.elements);
    let mut edges = elements.edges.clone();
    for node in elements.nodes.iter().copied() {
        // Where a node's own dates moved, its old edges may outlive it now.
        if scope.existed(node) && scope.moved_in_time(node) {
            let own: Vec<_> = node.out_edges().chain(node.in_edges()).collect();
            scope.visit(own.len());
            edges.extend(own);
        }
    }
    edges.sort_unstable_by_key(|edge| edge.ix());
    edges.dedup_by_key(|edge| edge.ix());
    let plans = Arc::clone(&scope.plans);
    for edge in edges {
        if plans.of_type(edge.type_id()).is_none_or(|plan| plan.within_ends) {
            let own = edge.validity();
            for end in [edge.source(), edge.target()] {
                within(scope, edge, &own, end);
                outside_interruptions(scope, edge, &own, end);
            }
        }
    }
}

/// `valid_to` is after `valid_from`.
fn ordered(scope: &mut CheckScope<'_>, subject: Subject, validity: &Validity, name: impl Fn() -> String) {
    let known = (validity.from.date(), validity.to.date());
    if known.0.zip(known.1).is_none() && validity.attested.is_empty() {
        return;
    }
    if let Err(error) = Validity::new(validity.from, validity.to, validity.attested.clone()) {
        let remedy = "write the first date on which it no longer holds, after its start";
        scope.error(subject, Fault::new("S2", format!("{}: {error}", name()), remedy).of("valid_to"));
    }
}

fn within(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, own: &Validity, end: NodeRef<'_>) {
    let life = end.validity();
    if let Bound::Known(born) = life.from {
        let too_early = match (own.from, own.to) {
            (Bound::Open, _) => Some("has no first date".to_owned()),
            (Bound::Known(from), _) if certainly_before(from, born) => Some(format!("begins {from}")),
            (_, Bound::Known(to)) if certainly_before(to, born) => Some(format!("ends {to}")),
            _ => own
                .attested
                .iter()
                .find(|date| certainly_before(**date, born))
                .map(|date| format!("is attested {date}")),
        };
        if let Some(what) = too_early {
            let name = caption(end);
            let message = format!("{} {what}, but {name} begins {born}", edge_caption(edge));
            let remedy = format!("begin it on {born} or later, or correct the start of {name}");
            scope.error(edge_subject(edge), Fault::new("S18", message, remedy).of("valid_from"));
        }
    }
    if let Bound::Known(gone) = life.to {
        let too_late = match (own.to, own.from) {
            (Bound::Open, _) => Some("has no end".to_owned()),
            (Bound::Known(to), _) if certainly_before(gone, to) => Some(format!("ends {to}")),
            (_, Bound::Known(from)) if from.first_day() >= gone.last_day().next() => {
                Some(format!("begins {from}"))
            }
            _ => own
                .attested
                .iter()
                .find(|date| date.first_day() > gone.last_day())
                .map(|date| format!("is attested {date}")),
        };
        if let Some(what) = too_late {
            let (edge_name, name) = (edge_caption(edge), caption(end));
            let message = format!("{edge_name} {what}, but {name} ended {gone}{}", successors(scope, end));
            let remedy = remedy_for_end(edge, end, &gone.to_string());
            scope.error(edge_subject(edge), Fault::new("S18", message, remedy).of("valid_to"));
        }
    }
}

/// An edge neither begins nor ends nor is attested while the existence of its end is interrupted.
fn outside_interruptions(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>, own: &Validity, end: NodeRef<'_>) {
    for gap in end.interruptions() {
        let is_within = |date: &Date| gap.from <= date.first_day() && date.last_day() < gap.to;
        let ends_within = |date: &Date| gap.from < date.first_day() && date.first_day() <= gap.to;
        let (column, what) = if let Some(from) = own.from.date().filter(is_within) {
            ("valid_from", format!("begins {from}"))
        } else if let Some(to) = own.to.date().filter(ends_within) {
            ("valid_to", format!("ends {to}"))
        } else if let Some(date) = own.attested.iter().find(|date| is_within(date)) {
            ("attested", format!("is attested {date}"))
        } else {
            continue;
        };
        let name = caption(end);
        let message = format!(
            "{} {what}, but {name} did not exist from {} until {}",
            edge_caption(edge),
            gap.from,
            gap.to
        );
        let remedy = "write a row for each spell of existence, or correct the interruption";
        scope.error(edge_subject(edge), Fault::new("S18", message, remedy).of(column));
    }
}

/// `; it was succeeded by …`: who came after a government (S10).
fn successors(scope: &CheckScope<'_>, node: NodeRef<'_>) -> String {
    let edges: Vec<EdgeRef<'_>> = node.out_edges_of(edge::SUCCEEDED_BY).collect();
    scope.visit(edges.len());
    let names: Vec<String> = edges
        .iter()
        .map(|edge| format!("{} ({})", caption(edge.target()), edge_text(*edge, "kind").unwrap_or_default()))
        .collect();
    if names.is_empty() { String::new() } else { format!("; succeeded by {}", names.join(", ")) }
}

/// How a remedy ends that an import can carry out (S11).
pub(crate) const FOLLOW_SUCCESSORS: &str = "let the import follow successors (S11)";

fn remedy_for_end(edge: EdgeRef<'_>, end: NodeRef<'_>, gone: &str) -> String {
    let moves = end.has_label(label::GOVERNMENT)
        && !matches!(edge.edge_type(), edge::SUBORDINATE_TO | edge::REPORTS_TO);
    let has_successor = end.out_edges_of(edge::SUCCEEDED_BY).next().is_some();
    if moves && has_successor {
        format!("end it on {gone} and go on with a successor in a row of its own, or {FOLLOW_SUCCESSORS}")
    } else {
        format!("end it on {gone} or earlier, or correct the end of {}", caption(end))
    }
}
