//! What makes an arrangement: two parties that cooperate, or what may stand in their place (S5).

use crate::relations::vocabulary::{edge, label};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use super::fault::{Fault, node_subject};
use super::scope::{CheckScope, certainly_before, days, together};
use crate::graph::{EdgeRef, NodeIx, NodeRef};
use crate::relations::caption;
use crate::relations::{LOCAL_COOPERATION, Pairing, Role};
use crate::value::{Bound, Span, Validity, Value};

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for node in scope.touched(label::ARRANGEMENT, &[edge::PARTY_TO, edge::PART_OF, edge::ACTS_ON]) {
        let parties = parties(scope, node);
        enough_parties(scope, node, &parties);
        vertical_pairs(scope, node, &parties);
        within_parent(scope, node);
    }
}

/// The cooperating parties of an arrangement.
fn parties<'a>(scope: &CheckScope<'a>, arrangement: NodeRef<'a>) -> Vec<(EdgeRef<'a>, Role)> {
    let edges = scope.arriving(arrangement, edge::PARTY_TO).into_iter();
    edges
        .filter_map(|edge| {
            let role = Role::from_str(edge.value("role")?.as_text()?).ok()?;
            role.cooperates().then_some((edge, role))
        })
        .collect()
}

fn enough_parties(scope: &mut CheckScope<'_>, node: NodeRef<'_>, parties: &[(EdgeRef<'_>, Role)]) {
    let governments: BTreeSet<NodeIx> = parties.iter().map(|(edge, _)| edge.source_ix()).collect();
    let unknown = node.value("unknown_parties").as_ref().and_then(Value::as_integer).unwrap_or(0);
    let framework =
        scope.arriving(node, edge::PART_OF).iter().any(|edge| edge.source().has_label(label::ARRANGEMENT));
    let acts_on = !scope.leaving(node, edge::ACTS_ON).is_empty();
    if unknown < 0 {
        let message = format!("{}: unknown_parties is {unknown}", caption(node));
        scope.error(
            node_subject(node),
            Fault::new("S5", message, "write how many there are").of("unknown_parties"),
        );
    }
    let found = governments.len() as i64 + unknown;
    if found >= 2 || framework || (found == 1 && acts_on) {
        if governments.len() >= 2 && !pairs(parties) && unknown == 0 && !framework && !acts_on {
            let roles: BTreeSet<String> = parties.iter().map(|(_, role)| role.to_string()).collect();
            let roles: Vec<String> = roles.into_iter().collect();
            let message =
                format!("no two parties of {} pair: their roles are {}", caption(node), roles.join(", "));
            let remedy =
                "add the other side of the act; members, leads and ceding parties pair with each other";
            scope.warn(node_subject(node), Fault::new("S5", message, remedy));
        }
        return;
    }
    let message = match governments.first().and_then(|ix| scope.after.node_at(*ix)) {
        Some(only) => {
            format!("the arrangement {} has one cooperating party, {}", caption(node), caption(only))
        }
        None => format!("the arrangement {} has no cooperating party", caption(node)),
    };
    let remedy = "add its parties, or its sub-arrangements (PART_OF), or unknown_parties, or the region that its \
                  one party acts on (ACTS_ON); approvers, mandators, observers, applicants and hosts of a meeting \
                  do not cooperate";
    scope.error(node_subject(node), Fault::new("S5", message, remedy));
}

/// Whether any two parties make a pair.
fn pairs(parties: &[(EdgeRef<'_>, Role)]) -> bool {
    let mut sides: BTreeMap<Pairing, BTreeSet<NodeIx>> = BTreeMap::new();
    for (edge, role) in parties {
        sides.entry(role.pairing()).or_default().insert(edge.source_ix());
    }
    sides.iter().any(|(pairing, own)| match pairing {
        Pairing::Mutual => own.len() >= 2,
        Pairing::From(act) => {
            sides.get(&Pairing::To(*act)).is_some_and(|others| own.union(others).count() >= 2)
        }
        Pairing::To(_) | Pairing::Above | Pairing::Nothing => false,
    })
}

/// A party and its superior, near or far, in the same cooperation: 纵向, which cooperation is not by
/// definition. Reported once an arrangement.
fn vertical_pairs(scope: &mut CheckScope<'_>, node: NodeRef<'_>, parties: &[(EdgeRef<'_>, Role)]) {
    let by_government: BTreeMap<NodeIx, Vec<(Span, Role)>> =
        parties.iter().fold(BTreeMap::new(), |mut all, (edge, role)| {
            let (own, life) = (edge.validity(), node.validity());
            // A row without dates takes part whenever the arrangement holds.
            let own = if own == Validity::UNKNOWN { &life } else { &own };
            if let Some(span) = together(own, &life) {
                all.entry(edge.source_ix()).or_default().push((span, *role));
            }
            all
        });
    let mut found = Vec::new();
    for (government, own) in &by_government {
        for (superior, line) in line_above(scope, *government) {
            let Some(theirs) = by_government.get(&superior) else { continue };
            let both = own.iter().flat_map(|own| theirs.iter().map(move |theirs| (own, theirs)));
            let mut both = both.filter(|((_, a), (_, b))| a.pairs_with(*b));
            let span = both.find_map(|((a, _), (b, _))| a.intersect(*b)?.intersect(line));
            if let Some(span) = span
                && let Some((below, above)) =
                    scope.after.node_at(*government).zip(scope.after.node_at(superior))
            {
                found.push(format!("{} under {} {}", caption(below), caption(above), days(span)));
            }
        }
    }
    if !found.is_empty() {
        let message = format!(
            "{} joins parties that are leader and led, so their tie is vertical and no cooperation by the paper's \
             definition (“{LOCAL_COOPERATION}”): {}",
            caption(node),
            some_of(&found)
        );
        let remedy =
            "if the superior only approves or mandates, write that role; otherwise leave it as it is";
        scope.warn(node_subject(node), Fault::new("S7", message, remedy));
    }
}

/// The first few of a long list, and how many there are besides.
fn some_of(found: &[String]) -> String {
    const NAMED: usize = 3;
    let more = found.len().saturating_sub(NAMED);
    let named = found.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("; ");
    if more == 0 { named } else { format!("{named}; and {more} more") }
}

/// All superiors of a government and when each certainly stands above it.
pub(super) fn line_above(scope: &CheckScope<'_>, government: NodeIx) -> Vec<(NodeIx, Span)> {
    let mut above: Vec<(NodeIx, Span)> = Vec::new();
    let mut open = vec![(government, Span::ALL)];
    while let Some((at, held)) = open.pop() {
        let Some(node) = scope.after.node_at(at) else { continue };
        for edge in scope.leaving(node, edge::SUBORDINATE_TO) {
            let span = edge.validity().extent().certain().and_then(|span| span.intersect(held));
            if let Some(span) = span.filter(|span| !above.contains(&(edge.target_ix(), *span))) {
                above.push((edge.target_ix(), span));
                open.push((edge.target_ix(), span));
            }
        }
    }
    above.sort_unstable();
    above
}

/// A sub-arrangement within its framework's dates.
fn within_parent(scope: &mut CheckScope<'_>, node: NodeRef<'_>) {
    let own = node.validity();
    for edge in scope.leaving(node, edge::PART_OF) {
        let parent = edge.target();
        let life = parent.validity();
        let early =
            matches!((own.from, life.from), (Bound::Known(a), Bound::Known(b)) if certainly_before(a, b));
        let late = matches!((own.to, life.to), (Bound::Known(a), Bound::Known(b)) if certainly_before(b, a));
        if early || late {
            let message =
                format!("{} {own} lies outside its framework {} {life}", caption(node), caption(parent));
            let column = if early { "valid_from" } else { "valid_to" };
            let remedy = "correct the dates of one of them; a predecessor is not a framework";
            scope.warn(node_subject(node), Fault::new("S1", message, remedy).of(column));
        }
    }
}
