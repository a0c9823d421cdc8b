//! Dated properties: one state at a time, each spell a period (S2, S3), one preferred alternative (S19).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::plan::PropertyPlan;
use super::scope::{Fault, Scope, days, node_subject, together};
use crate::graph::{NodeRef, Properties, Property, PropertyKind, Spell};
use crate::relations::caption::caption;
use crate::value::Value;

/// Checks the dated properties of a node that has these properties.
pub(super) fn node(scope: &mut Scope<'_>, node: NodeRef<'_>, properties: &Properties) {
    let plans = Arc::clone(&scope.plans);
    for PropertyPlan { spec, key, .. } in plans.of_node(node).flat_map(|plan| &plan.properties) {
        if let Some(Property::Dated(spells)) = key.and_then(|key| properties.get(key)) {
            match spec.kind {
                PropertyKind::State => states(scope, node, &spec.key, spells),
                PropertyKind::Observation => observations(scope, node, &spec.key, spells),
                PropertyKind::Fixed => {}
            }
        }
    }
}

/// A state has one value at a date.
fn states(scope: &mut Scope<'_>, node: NodeRef<'_>, key: &str, spells: &[Spell]) {
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

/// Of the alternatives of one fact at most one is preferred.
fn observations(scope: &mut Scope<'_>, node: NodeRef<'_>, key: &str, spells: &[Spell]) {
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
