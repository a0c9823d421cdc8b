//! Dated properties: one state at a time, each spell a period (S2, S3), one preferred alternative (S19).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::compiled::CompiledProperty;
use super::fault::{Fault, node_subject};
use super::scope::{CheckScope, days, together};
use crate::graph::{NodeRef, Properties, Property, PropertyKind, Spell};
use crate::relations::caption;
use crate::value::{Validity, Value};

/// Checks the dated properties of a node that has these properties.
pub(super) fn node(scope: &mut CheckScope<'_>, node: NodeRef<'_>, properties: &Properties) {
    let plans = Arc::clone(&scope.plans);
    for plan in plans.of_node(node) {
        for CompiledProperty { spec, key, .. } in &plan.properties {
            let Some(property) = key.and_then(|key| properties.get(key)) else { continue };
            match (spec.kind, property) {
                (PropertyKind::State, Property::Dated(spells)) => states(scope, node, &spec.key, spells),
                (PropertyKind::Observation, Property::Dated(spells)) => {
                    observations(scope, node, &spec.key, spells);
                }
                _ => {}
            }
            if plan.spec.interrupted_by.as_ref() == Some(&spec.key) {
                match property {
                    Property::Dated(spells) => interruptions(scope, node, &spec.key, spells),
                    Property::Fixed(value) => {
                        let (validity, value) = (Validity::UNKNOWN, value.clone());
                        let undated = Spell { validity, value, qualifiers: Vec::new() };
                        interruptions(scope, node, &spec.key, &[undated]);
                    }
                }
            }
        }
    }
}

/// A state has one value at a date.
fn states(scope: &mut CheckScope<'_>, node: NodeRef<'_>, key: &str, spells: &[Spell]) {
    let mut spells: Vec<&Spell> = spells.iter().collect();
    spells.sort_by_key(|spell| spell.validity.extent().certain().map(|span| span.from));
    for pair in spells.windows(2) {
        let &[first, second] = pair else { continue };
        if first.value == second.value {
            continue;
        }
        if let Some(span) = together(&first.validity, &second.validity) {
            let message = format!(
                "{} has two values of {key} {}: {} {} and {} {}",
                caption(node),
                days(span),
                first.value,
                first.validity,
                second.value,
                second.validity,
            );
            let remedy = "end the first where the second begins; a state holds until its next value";
            scope.error(node_subject(node), Fault::new("S3", message, remedy).of(key));
        }
    }
}

/// An interruption lies between two spells of existence: both its ends are known, and the node exists before and after.
fn interruptions(scope: &mut CheckScope<'_>, node: NodeRef<'_>, key: &str, spells: &[Spell]) {
    let life = node.validity();
    for spell in spells {
        let (from, to) = (spell.validity.from.date(), spell.validity.to.date());
        let wrong = match from.zip(to) {
            None => "does not say when it began and ended",
            Some((from, _)) if life.from.date().is_some_and(|born| from.first_day() <= born.first_day()) => {
                "begins before it existed"
            }
            Some((_, to)) if life.to.date().is_some_and(|gone| gone.first_day() <= to.first_day()) => {
                "lasts until it ended or longer"
            }
            Some(_) => continue,
        };
        let message = format!(
            "{} exists {life} and its interruption “{}” {} {wrong}",
            caption(node),
            spell.value,
            spell.validity
        );
        let remedy =
            "write the first and the last day on which it did not exist, between two spells in which it did";
        scope.error(node_subject(node), Fault::new("S10", message, remedy).of(key));
    }
}

/// Of the alternatives of one fact at most one is preferred.
fn observations(scope: &mut CheckScope<'_>, node: NodeRef<'_>, key: &str, spells: &[Spell]) {
    let catalogue = scope.after.catalogue();
    let (Some(fact), Some(preferred)) = (catalogue.key("fact"), catalogue.key("preferred")) else { return };
    let mut chosen: BTreeMap<String, &Spell> = BTreeMap::new();
    for spell in spells {
        let Some(fact) = spell.qualifier(fact).and_then(Value::as_text) else { continue };
        if spell.qualifier(preferred).and_then(Value::as_boolean) != Some(true) {
            continue;
        }
        if let Some(other) = chosen.insert(fact.to_owned(), spell) {
            let message = format!(
                "{}: the fact “{fact}” of {key} has two preferred statements, {} and {}",
                caption(node),
                other.value,
                spell.value
            );
            let remedy = "prefer one; measures use it alone";
            scope.error(node_subject(node), Fault::new("S19", message, remedy).of(key));
        }
    }
}
