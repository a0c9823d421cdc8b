//! Ranges of numbers, and names of tiers (S21).

use super::fault::{Fault, node_subject};
use super::scope::{CheckScope, text};
use super::values::values_of;
use crate::graph::NodeRef;
use crate::relations::caption;
use crate::relations::vocabulary::label;
use crate::relations::{Scale, TierSchemes};
use crate::value::{Value, nearest};

/// Property, least value, greatest value, unit.
const RANGES: &[(&str, f64, f64, &str)] = &[
    ("lon", -180.0, 180.0, "degrees"),
    ("lat", -90.0, 90.0, "degrees"),
    ("population", 0.0, f64::MAX, "persons"),
    ("urban_population", 0.0, f64::MAX, "persons"),
    ("urbanisation_rate", 0.0, 100.0, "percent"),
    ("gdp_per_capita_ratio", 0.0, f64::MAX, "percent"),
];

pub(super) fn check(scope: &mut CheckScope<'_>) {
    let governments = scope.changed(label::GOVERNMENT);
    if governments.is_empty() {
        return;
    }
    let builtin = TierSchemes::builtin();
    let catalogue = scope.after.catalogue();
    let ranges = RANGES.iter().filter_map(|range| Some((range, catalogue.key(range.0)?)));
    let ranges: Vec<_> = ranges.collect();
    for node in governments {
        for &(&(key, least, most, unit), number) in &ranges {
            let property = node.property_of(number);
            for value in property.iter().flat_map(values_of).filter_map(Value::as_number) {
                if value < least || value > most {
                    let range = if most == f64::MAX {
                        format!("at least {least}")
                    } else {
                        format!("from {least} to {most}")
                    };
                    let message = format!("{}: {key} is {value}", caption(node));
                    let remedy = format!("write {unit}, {range}");
                    scope.error(node_subject(node), Fault::new("schema", message, remedy).of(key));
                }
            }
        }
        if node.property("lon").is_some() != node.property("lat").is_some() {
            let message = format!("{} has only one of lon and lat", caption(node));
            scope.warn(node_subject(node), Fault::new("schema", message, "write both or neither").of("lon"));
        }
        for scale in [Scale::Level, Scale::Rank] {
            tiers(scope, &builtin, node, scale);
        }
    }
}

/// A tier that its scheme does not know is refused; where the scheme declares none at all, the ties of its governments
/// are unclassified.
fn tiers(scope: &mut CheckScope<'_>, builtin: &TierSchemes, node: NodeRef<'_>, scale: Scale) {
    let Some(scheme) = text(node, "scheme") else { return };
    let property = node.property(scale.key());
    for name in property.iter().flat_map(values_of).filter_map(Value::as_text) {
        if builtin.tier(scale, &scheme, name).is_some() || declared(scope, scale, &scheme, name) {
            continue;
        }
        let schemes = scope.schemes();
        let known = schemes.names(scale, &scheme);
        let message = format!("{}: “{name}” is not a known {scale} of the scheme {scheme}", caption(node));
        if known.is_empty() {
            let remedy = "declare the scheme in the table of tiers; until then its ties are unclassified";
            scope.warn(node_subject(node), Fault::new("S21", message, remedy).of(scale.key()));
            continue;
        }
        let near = nearest(name, known.iter().copied(), 1);
        let near = near.first().map_or_else(String::new, |near| format!("did you mean “{near}”? else "));
        let remedy =
            format!("{near}write one of {}, or add the step to the table of tiers", known.join(", "));
        scope.error(node_subject(node), Fault::new("S21", message, remedy).of(scale.key()));
    }
}

/// Whether a row of the table of tiers declares the step.
fn declared(scope: &CheckScope<'_>, scale: Scale, scheme: &str, name: &str) -> bool {
    let rows = scope.after.nodes_holding("name", name);
    scope.visit(rows.len());
    rows.into_iter().any(|row| {
        row.has_label(label::TIER)
            && text(row, "scheme").as_deref() == Some(scheme)
            && text(row, "scale").as_deref() == Some(scale.key())
    })
}
