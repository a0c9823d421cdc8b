//! Bodies and regions: one list of members (S9), one meaning of a membership, rules of entry that can be read.

use super::fault::{Fault, edge_subject, node_subject};
use super::scope::{CheckScope, days, edge_text, text, together};
use crate::graph::PropertyKind;
use crate::relations::vocabulary::{edge, label};
use crate::relations::{caption, edge_caption};
use crate::value::{Bound, nearest};

/// The attribute of an entry rule that is not a statistic of a government.
const LINKAGE: &str = "economic_linkage";

pub(super) fn check(scope: &mut CheckScope<'_>) {
    regions(scope);
    memberships(scope);
    entry_rules(scope);
}

/// A region that a body defines has no members of its own (S9).
fn regions(scope: &mut CheckScope<'_>) {
    for region in scope.touched(label::REGION, &[edge::MEMBER_OF, edge::DEFINED_BY]) {
        let definitions = scope.leaving(region, edge::DEFINED_BY);
        let members = scope.arriving(region, edge::MEMBER_OF);
        let double = definitions.iter().find_map(|definition| {
            let held = definition.validity().extent().possible;
            let own =
                members.iter().filter(|edge| edge.validity().extent().possible.intersect(held).is_some());
            let own: Vec<String> = own.map(|edge| caption(edge.source())).collect();
            (!own.is_empty()).then(|| (definition.target(), own))
        });
        if let Some((body, own)) = double {
            let message = format!(
                "the region {} is defined by {} and has members of its own: {}",
                caption(region),
                caption(body),
                own.join(", ")
            );
            let remedy = "move them to the members of the body, or remove DEFINED_BY";
            scope.error(node_subject(region), Fault::new("S9", message, remedy));
        }
    }
}

fn memberships(scope: &mut CheckScope<'_>) {
    for edge in scope.changed_edges(edge::MEMBER_OF) {
        let (role, status) = (edge_text(edge, "role"), edge_text(edge, "status"));
        let said = match (role.as_deref(), status.as_deref()) {
            (Some("applicant"), Some(status @ ("admitted" | "left"))) => {
                Some(format!("an applicant that is {status}"))
            }
            (Some(role @ ("member" | "lead" | "core" | "observer")), Some("refused")) => {
                Some(format!("a {role} that is refused"))
            }
            _ => None,
        };
        if let Some(said) = said {
            let message = format!("{} says {said}", edge_caption(edge));
            let remedy = "write the role that it had, and the status in a row of its own where it changed";
            scope.warn(edge_subject(edge), Fault::new("S9", message, remedy).of("status"));
        }
        if status.as_deref() == Some("left") && edge.validity().to == Bound::Open {
            let message = format!("{} says that it left, and has no end", edge_caption(edge));
            scope.error(edge_subject(edge), Fault::new("S9", message, "write when it left").of("valid_to"));
        }
        for other in scope.joining(edge.source(), edge.target(), edge::MEMBER_OF) {
            let same = other.id() < edge.id()
                && edge_text(other, "role") == role
                && edge_text(other, "status") == status;
            if let Some(span) = together(&edge.validity(), &other.validity()).filter(|_| same) {
                let message = format!(
                    "{} belongs to {} twice {}: {} and {}",
                    caption(edge.source()),
                    caption(edge.target()),
                    days(span),
                    edge_caption(other),
                    edge_caption(edge)
                );
                scope.warn(edge_subject(edge), Fault::new("S9", message, "keep one row"));
            }
        }
    }
}

fn entry_rules(scope: &mut CheckScope<'_>) {
    let schema = scope.after.catalogue().schema();
    let declared = schema.label(label::GOVERNMENT).into_iter().flat_map(|spec| &spec.properties);
    let observed = declared.filter(|property| property.kind == PropertyKind::Observation);
    let known: Vec<&str> = observed.map(|property| property.key.as_str()).chain([LINKAGE]).collect();
    for rule in scope.touched(label::ENTRY_RULE, &[edge::OF]) {
        if let Some(attribute) =
            text(rule, "attribute").filter(|attribute| !known.contains(&attribute.as_str()))
        {
            let message =
                format!("the entry rule {} asks for “{attribute}”, which is not a statistic", caption(rule));
            let remedy = match nearest(&attribute, known.iter().copied(), 1).first() {
                Some(near) => format!("did you mean “{near}”?"),
                None => format!("write one of {}", known.join(", ")),
            };
            scope.error(node_subject(rule), Fault::new("schema", message, remedy).of("attribute"));
        }
        if scope.leaving(rule, edge::OF).is_empty() {
            let message = format!("the entry rule {} guards no body", caption(rule));
            scope.warn(node_subject(rule), Fault::new("S9", message, "add a row to the table of_body"));
        }
    }
}
