//! At every date the hierarchy is a forest: one superior, no cycle. A part is not a part of itself.

use super::fault::{Fault, edge_subject};
use super::scope::{CheckScope, both_undated, days, together};
use crate::graph::{EdgeRef, NodeIx, NodeRef};
use crate::relations::vocabulary::edge;
use crate::relations::{caption, edge_caption};
use crate::value::{Span, Validity};

/// A chain of superiors longer than this holds a cycle that its own edges are reported for.
const LONGEST_CHAIN: usize = 64;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for edge in scope.changed_edges(edge::SUBORDINATE_TO) {
        second_superior(scope, edge);
    }
    for edge_type in [edge::SUBORDINATE_TO, edge::PART_OF] {
        for edge in scope.changed_edges(edge_type) {
            cycle(scope, edge);
        }
    }
}

fn second_superior(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>) {
    let own = edge.validity();
    let mut others = scope.leaving(edge.source(), edge::SUBORDINATE_TO);
    // Of two edges that both changed the later one is reported, so that each pair is told once.
    others.retain(|other| other.id() != edge.id() && (other.id() < edge.id() || !scope.is_changed(*other)));
    for other in others {
        let same = other.target_ix() == edge.target_ix();
        let span = together(&own, &other.validity());
        if span.is_none() && !both_undated(&own, &other.validity()) {
            continue;
        }
        let when = span.map_or_else(|| "and neither is dated".to_owned(), days);
        let message = if same {
            format!(
                "the same subordination is stated twice, {when}: {} and {}",
                edge_caption(other),
                edge_caption(edge)
            )
        } else {
            format!(
                "{} has two superiors, {when}: {} and {}",
                caption(edge.source()),
                edge_caption(other),
                edge_caption(edge)
            )
        };
        let remedy = if same {
            "keep one row, or end the one where the other begins"
        } else {
            "end the first subordination where the second begins; another line of command is REPORTS_TO"
        };
        let fault = Fault::new("S10", message, remedy).of("valid_to");
        if same || span.is_none() {
            scope.warn(edge_subject(edge), fault);
        } else {
            scope.error(edge_subject(edge), fault);
        }
    }
}

/// Follows edges of one type upwards from the target of an edge for as long as they hold together with it.
fn cycle(scope: &mut CheckScope<'_>, edge: EdgeRef<'_>) {
    let start = edge.source_ix();
    let mut open: Vec<(EdgeRef<'_>, Held, Vec<EdgeRef<'_>>)> =
        vec![(edge, Held::of(&edge.validity()), vec![edge])];
    let mut seen: Vec<(NodeIx, Held)> = Vec::new();
    while let Some((last, held, path)) = open.pop() {
        if last.target_ix() == start {
            let edges: Vec<String> = path.iter().map(|edge| edge_caption(*edge)).collect();
            let when = match held {
                Held::Certain(span) => days(span),
                Held::Undated => "though not dated".to_owned(),
            };
            let what = if edge.edge_type() == edge::PART_OF { "part of itself" } else { "its own superior" };
            let message = format!("{} is {what}, {when}: {}", caption(edge.source()), edges.join(", then "));
            let remedy = "correct one of these edges, or end it before the other begins";
            // Every changed edge of the cycle would report it; the one with the greatest id does.
            if path.iter().all(|other| other.id() <= edge.id() || !scope.is_changed(*other)) {
                scope.error(edge_subject(edge), Fault::new("S10", message, remedy));
            }
            return;
        }
        if path.len() > LONGEST_CHAIN || seen.contains(&(last.target_ix(), held)) {
            continue;
        }
        seen.push((last.target_ix(), held));
        for next in next_edges(scope, last.target(), edge.edge_type()) {
            if let Some(held) = held.with(&next.validity()) {
                let mut path = path.clone();
                path.push(next);
                open.push((next, held, path));
            }
        }
    }
}

fn next_edges<'a>(scope: &CheckScope<'a>, node: NodeRef<'a>, edge_type: &str) -> Vec<EdgeRef<'a>> {
    scope.leaving(node, edge_type)
}

/// When a chain of edges holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Certain(Span),
    Undated,
}

impl Held {
    fn of(validity: &Validity) -> Self {
        validity.extent().certain().map_or(Self::Undated, Self::Certain)
    }

    /// Dated chains meet dated edges, undated ones undated edges: what may be, but need not be, is not a cycle.
    fn with(self, validity: &Validity) -> Option<Self> {
        match (self, Self::of(validity)) {
            (Self::Certain(a), Self::Certain(b)) => a.intersect(b).map(Self::Certain),
            (Self::Undated, Self::Undated) => Some(Self::Undated),
            _ => None,
        }
    }
}
