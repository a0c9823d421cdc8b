//! Who goes on for a government that ended (S10, S11).

use crate::relations::vocabulary::edge;
use std::collections::BTreeSet;

use crate::graph::{NodeIx, NodeRef, Snapshot};
use crate::relations::SuccessionKind;
use crate::value::{Day, Truth, Window};

/// Who stands for a government on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It itself: it exists then, at least possibly.
    Itself,
    /// One that absorbed it, directly or by way of others, and exists then.
    Successor {
        /// The successor.
        government: NodeIx,
        /// Those in between, from the government on.
        by_way_of: Vec<NodeIx>,
    },
    /// It had ended, and no single absorbing successor goes on: those that there are, by index.
    Undecided(Vec<NodeIx>),
}

/// Who stands for a government on a day: itself, or along `absorbed` with exactly one successor, the one that took
/// it in (S11). A merger, a split or a partial succession is never followed: which of the new ones is
/// meant is the user's to say.
#[must_use]
pub fn standing(snapshot: &Snapshot, government: NodeIx, day: Day) -> Standing {
    let mut by_way_of = Vec::new();
    let mut seen = BTreeSet::new();
    let mut at = government;
    loop {
        let Some(node) = snapshot.node_at(at).filter(|_| seen.insert(at)) else {
            return Standing::Undecided(Vec::new());
        };
        let ended = node.validity().to.date().is_some_and(|to| to.first_day() <= day);
        let there = node.validity().holds_in(Window::on(day)) != Truth::False;
        if there || !ended {
            return if at == government {
                Standing::Itself
            } else {
                Standing::Successor { government: at, by_way_of }
            };
        }
        let next = successors(node);
        match next.as_slice() {
            &[(to, Some(SuccessionKind::Absorbed))] => {
                if at != government {
                    by_way_of.push(at);
                }
                at = to;
            }
            _ => return Standing::Undecided(next.into_iter().map(|(ix, _)| ix).collect()),
        }
    }
}

/// The successors of a government and how each came about, by index.
fn successors(node: NodeRef<'_>) -> Vec<(NodeIx, Option<SuccessionKind>)> {
    let mut all: Vec<(NodeIx, Option<SuccessionKind>)> = node
        .out_edges_of(edge::SUCCEEDED_BY)
        .map(|edge| {
            let kind = edge.value("kind").and_then(|kind| kind.as_text().and_then(|kind| kind.parse().ok()));
            (edge.target_ix(), kind)
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}
