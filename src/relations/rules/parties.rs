//! Pairs of governments and their arrangements: no government ties with itself or takes part twice (S5, S8).

use crate::relations::vocabulary::{edge, label};
use std::str::FromStr;

use super::fault::{Fault, edge_subject};
use super::scope::{CheckScope, both_undated, days, edge_text, together};
use crate::relations::{Pairing, Role};
use crate::relations::{caption, edge_caption};
use crate::value::Value;

/// Edge types between two governments that are not the same.
const BETWEEN_TWO: [&str; 6] = [
    edge::SUBORDINATE_TO,
    edge::REPORTS_TO,
    edge::COOPERATES_WITH,
    edge::ASSISTS,
    edge::PAYS,
    edge::COMPETES_WITH,
];

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for edge_type in BETWEEN_TWO {
        for edge in scope.changed_edges(edge_type) {
            if edge.source_ix() == edge.target_ix() {
                let message = format!("{} joins {} with itself", edge_caption(edge), caption(edge.source()));
                scope.error(
                    edge_subject(edge),
                    Fault::new("S5", message, "name the other government").of("to"),
                );
            }
        }
    }
    let weights = scope.with_property(edge::COOPERATES_WITH, "weight");
    for (edge, weight) in weights {
        let weight = weight.latest().and_then(Value::as_number);
        if let Some(weight) = weight.filter(|weight| *weight <= 0.0) {
            let message = format!("{}: the weight {weight} is not above 0", edge_caption(edge));
            scope.error(
                edge_subject(edge),
                Fault::new("S8", message, "write a strength above 0, or none").of("weight"),
            );
        }
    }
    repeated(scope);
    outside_act(scope);
}

/// The same government in the same role of the same arrangement at the same date.
fn repeated(scope: &mut CheckScope<'_>) {
    for edge in scope.changed_edges(edge::PARTY_TO) {
        let role = edge_text(edge, "role");
        for other in scope.joining(edge.source(), edge.target(), edge::PARTY_TO) {
            if other.id() >= edge.id() || edge_text(other, "role") != role {
                continue;
            }
            let (own, theirs) = (edge.validity(), other.validity());
            let when = match together(&own, &theirs) {
                Some(span) => days(span),
                None if both_undated(&own, &theirs) => "without dates".to_owned(),
                None => continue,
            };
            let message = format!(
                "{} takes part in {} twice as {}, {when}: {} and {}",
                caption(edge.source()),
                caption(edge.target()),
                role.as_deref().unwrap_or("party"),
                edge_caption(other),
                edge_caption(edge),
            );
            scope.warn(edge_subject(edge), Fault::new("S8", message, "keep one row").of("role"));
        }
    }
}

/// An act that names its arrangement joins parties of it (S8).
fn outside_act(scope: &mut CheckScope<'_>) {
    for edge_type in [edge::COOPERATES_WITH, edge::ASSISTS, edge::PAYS] {
        for (edge, named) in scope.with_property(edge_type, "arrangement") {
            let Some(id) = named.latest().and_then(Value::as_text) else { continue };
            let Some(arrangement) = scope.after.find(label::ARRANGEMENT, id) else { continue };
            for end in
                [edge.source(), edge.target()].into_iter().filter(|end| end.has_label(label::GOVERNMENT))
            {
                let parties = scope.joining(end, arrangement, edge::PARTY_TO);
                let takes_part = parties.iter().any(|party| {
                    let role = edge_text(*party, "role").and_then(|role| Role::from_str(&role).ok());
                    role.is_none_or(|role| role.pairing() != Pairing::Nothing)
                });
                if !takes_part {
                    let message = format!(
                        "{} is an act of {}, but {} is not a party of it",
                        edge_caption(edge),
                        caption(arrangement),
                        caption(end)
                    );
                    let remedy = "add it to the parties with its role, or leave the arrangement empty";
                    scope.warn(edge_subject(edge), Fault::new("S8", message, remedy).of("arrangement"));
                }
            }
        }
    }
}
