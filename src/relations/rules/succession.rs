//! What became of a government (S10).

use super::fault::{Fault, edge_subject};
use super::scope::{CheckScope, edge_text};
use crate::relations::vocabulary::edge;
use crate::relations::{caption, edge_caption};
use crate::value::Bound;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for edge in scope.changed_edges(edge::SUCCEEDED_BY) {
        let subject = edge_subject(edge);
        if edge.source_ix() == edge.target_ix() {
            let message = format!("{} succeeds itself", caption(edge.source()));
            let remedy = "remove the row: a new name, code or rank keeps the government and adds a spell";
            scope.error(subject, Fault::new("S10", message, remedy));
            continue;
        }
        let kind = edge_text(edge, "kind");
        let gone = edge.source().validity().to;
        if matches!(kind.as_deref(), Some("merged" | "absorbed")) && gone == Bound::Open {
            let message = format!("{}, but {} has no end", edge_caption(edge), caption(edge.source()));
            let remedy = "end it at the date of the change, or write the kind “partial” or “split”";
            scope.warn(subject, Fault::new("S10", message, remedy).of("kind"));
        }
        let share = edge.value("share").as_ref().and_then(crate::value::Value::as_number);
        if let Some(share) = share.filter(|share| !(0.0..=1.0).contains(share)) {
            let message = format!("{}: the share {share} is not between 0 and 1", edge_caption(edge));
            scope.error(subject, Fault::new("S10", message, "write a share of 1, not percent").of("share"));
        }
    }
}
