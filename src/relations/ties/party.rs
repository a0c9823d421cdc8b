//! The parties of an arrangement and when each takes part.

use std::collections::BTreeMap;

use crate::graph::{EdgeIx, NodeIx, NodeRef};
use crate::relations::{Pairing, Role};
use crate::value::{Bound, Extent, Span, Validity};

/// When something holds: its ends as they are shown, and its days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Held {
    pub(super) from: Bound,
    pub(super) to: Bound,
    pub(super) extent: Extent,
}

impl Held {
    pub(super) fn of(validity: &Validity) -> Self {
        Self { from: validity.from, to: validity.to, extent: validity.extent() }
    }

    /// When both hold.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let extent = self.extent.intersect(other.extent)?;
        Some(Self { from: self.later_start(other), to: self.earlier_end(other), extent })
    }

    /// The later start. An unknown start stays unknown unless it certainly lies before the other one.
    fn later_start(&self, other: &Self) -> Bound {
        let latest = self.extent.possible.from.max(other.extent.possible.from);
        let settled = |side: &Self| {
            side.from != Bound::Unknown || side.extent.certain.is_some_and(|certain| certain.from <= latest)
        };
        if !settled(self) || !settled(other) {
            return Bound::Unknown;
        }
        match (self.from.date(), other.from.date()) {
            (Some(a), Some(b)) => Bound::Known(a.max(b)),
            (Some(date), None) | (None, Some(date)) => Bound::Known(date),
            (None, None) => Bound::Open,
        }
    }

    /// The earlier end, by the same rule.
    fn earlier_end(&self, other: &Self) -> Bound {
        let earliest = self.extent.possible.to.min(other.extent.possible.to);
        let settled = |side: &Self| {
            side.to != Bound::Unknown || side.extent.certain.is_some_and(|certain| certain.to >= earliest)
        };
        if !settled(self) || !settled(other) {
            return Bound::Unknown;
        }
        match (self.to.date(), other.to.date()) {
            (Some(a), Some(b)) => Bound::Known(a.min(b)),
            (Some(date), None) | (None, Some(date)) => Bound::Known(date),
            (None, None) => Bound::Open,
        }
    }

    /// One interval for two that overlap or touch.
    fn join(&self, other: &Self) -> Self {
        let hull = |a: Span, b: Span| Span { from: a.from.min(b.from), to: a.to.max(b.to) };
        let later_end = if self.extent.possible.to >= other.extent.possible.to { self.to } else { other.to };
        Self {
            from: self.from,
            to: later_end,
            extent: Extent {
                certain: match (self.extent.certain, other.extent.certain) {
                    (Some(a), Some(b)) => Some(hull(a, b)),
                    (one, other) => one.or(other),
                },
                possible: hull(self.extent.possible, other.extent.possible),
            },
        }
    }
}

/// One government's part in an arrangement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Party {
    pub(super) government: NodeIx,
    pub(super) role: Role,
    pub(super) row: EdgeIx,
    pub(super) held: Held,
}

/// When an arrangement holds; a sub-arrangement without dates possibly holds from its parent's start (S1).
pub(super) fn arrangement_held(arrangement: NodeRef<'_>) -> Held {
    let validity = arrangement.validity();
    let mut held = Held::of(&validity);
    if validity == Validity::UNKNOWN {
        let parents = arrangement.out_edges_of("PART_OF").map(|edge| edge.target().validity().extent());
        for parent in parents {
            if let Some(clipped) = held.extent.clip(Span { from: parent.possible.from, ..Span::ALL }) {
                held.extent = clipped;
            }
        }
    }
    held
}

/// The parties of an arrangement with the time in which they take part and the arrangement and they
/// themselves exist. Rows of one government with one pairing that overlap or touch are one part (S4).
pub(super) fn parties(arrangement: NodeRef<'_>) -> Vec<Party> {
    let whole = arrangement_held(arrangement);
    let mut parts: BTreeMap<(Pairing, NodeIx), Vec<Party>> = BTreeMap::new();
    for edge in arrangement.in_edges_of("PARTY_TO") {
        let role = edge.value("role").and_then(|role| role.as_text().and_then(|role| role.parse().ok()));
        let Some(role): Option<Role> = role else { continue };
        let validity = edge.validity();
        // A row without dates takes part whenever the arrangement holds.
        let own = if validity == Validity::UNKNOWN { Some(whole) } else { whole.and(&Held::of(&validity)) };
        let government = edge.source();
        let Some(held) = own.and_then(|own| own.and(&Held::of(&government.validity()))) else { continue };
        let party = Party { government: government.ix(), role, row: edge.ix(), held };
        parts.entry((role.pairing(), party.government)).or_default().push(party);
    }
    let mut parties = Vec::new();
    for mut rows in parts.into_values() {
        rows.sort_by_key(|party| (party.held.extent.possible, party.role));
        let mut rows = rows.into_iter();
        let Some(mut open) = rows.next() else { continue };
        for party in rows {
            if party.held.extent.possible.from <= open.held.extent.possible.to {
                open.held = open.held.join(&party.held);
            } else {
                parties.push(std::mem::replace(&mut open, party));
            }
        }
        parties.push(open);
    }
    parties
}
