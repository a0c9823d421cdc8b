//! A code belongs to one government at a date (S10, S11).

use crate::relations::vocabulary::label;
use std::collections::BTreeSet;

use super::compiled::CompiledSchema;
use super::fault::{Fault, node_subject};
use super::groups::Keys;
use super::scope::{CheckScope, both_undated, days, text, together};
use crate::graph::{NodeRef, Property};
use crate::relations::caption;
use crate::value::Validity;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    let mut told = BTreeSet::new();
    for node in scope.changed(label::GOVERNMENT) {
        // A government that takes a code which another one keeps is looked at.
        if scope.keeps(node, &["code", "scheme"]) {
            continue;
        }
        for (code, own) in codes(node) {
            let holders = scope.after.nodes_holding("code", &code);
            scope.visit(holders.len());
            for other in holders
                .into_iter()
                .filter(|other| other.id() != node.id() && other.has_label(label::GOVERNMENT))
            {
                let pair = (node.id().min(other.id()), node.id().max(other.id()), code.clone());
                if text(other, "scheme") != text(node, "scheme") || told.contains(&pair) {
                    continue;
                }
                let theirs: Vec<Validity> = codes(other)
                    .into_iter()
                    .filter(|(own, _)| *own == code)
                    .map(|(_, validity)| validity)
                    .collect();
                if let Some(span) = theirs.iter().find_map(|validity| together(&own, validity)) {
                    told.insert(pair);
                    let message = format!(
                        "the code {code} belongs to two governments {}: {} and {}",
                        days(span),
                        caption(other),
                        caption(node)
                    );
                    let remedy =
                        "end the code of the one where that of the other begins, or correct one of them";
                    scope.error(node_subject(node), Fault::new("S11", message, remedy).of("code"));
                } else if theirs.iter().any(|validity| both_undated(&own, validity)) {
                    told.insert(pair);
                    let message = format!(
                        "the code {code} is that of {} and of {}, and neither is dated",
                        caption(other),
                        caption(node)
                    );
                    let remedy = "date them, so that it can be told whose code it was when";
                    scope.warn(node_subject(node), Fault::new("S11", message, remedy).of("code"));
                }
            }
        }
    }
}

/// The codes of a government.
pub(super) fn keys(_: &CompiledSchema<'_>, node: NodeRef<'_>, take: &mut Keys<'_>) {
    if node.has_label(label::GOVERNMENT) {
        codes(node).iter().for_each(|(code, _)| take(&[code]));
    }
}

/// The codes of a government and when it bore each, within its life.
fn codes(node: NodeRef<'_>) -> Vec<(String, Validity)> {
    let life = node.validity();
    match node.property("code") {
        Some(Property::Fixed(value)) => {
            value.texts_of().map(|code| (code.to_owned(), life.clone())).collect()
        }
        Some(Property::Dated(spells)) => spells
            .iter()
            .filter_map(|spell| Some((spell.value.as_text()?.to_owned(), spell.validity.clone())))
            .collect(),
        None => Vec::new(),
    }
}
