//! The parties of an arrangement and when each takes part.

use super::clipped_validity::ClippedValidity;
use crate::graph::{EdgeIx, EdgeRef, NodeIx, NodeRef};
use crate::relations::Role;
use crate::relations::vocabulary::edge;
use crate::value::{AsOf, Day, Extent, InForce, Validity};

/// Frameworks are never nested deeper; what is deeper is a cycle.
const DEEPEST_FRAMEWORK: usize = 16;

/// One row of a government's part in an arrangement.
#[derive(Clone, Copy, Debug)]
pub(in crate::relations) struct Party {
    pub(in crate::relations) government: NodeIx,
    pub(in crate::relations) role: Role,
    pub(in crate::relations) row: EdgeIx,
    held: ClippedValidity,
}

impl Party {
    /// When it takes part: as the row says, while the arrangement holds and the government exists.
    pub(super) fn held(&self) -> &ClippedValidity {
        &self.held
    }

    /// The days on which it takes part.
    pub(in crate::relations) fn extent(&self) -> Extent {
        self.held.extent
    }
}

/// When an arrangement holds; a sub-arrangement without dates possibly holds from its framework's start (S1).
pub(super) fn arrangement_held(arrangement: NodeRef<'_>) -> ClippedValidity {
    let held = ClippedValidity::of_node(arrangement);
    if arrangement.validity() == Validity::UNKNOWN {
        return held.not_before(framework_start(arrangement, DEEPEST_FRAMEWORK)).unwrap_or(held);
    }
    held
}

/// The first day on which the framework of an undated arrangement may hold; of several the earliest.
fn framework_start(arrangement: NodeRef<'_>, depth: usize) -> Day {
    let frameworks = arrangement.out_edges_of(edge::PART_OF).map(EdgeRef::target);
    let starts = frameworks.map(|framework| {
        let validity = framework.validity();
        if depth > 0 && validity == Validity::UNKNOWN {
            framework_start(framework, depth - 1)
        } else {
            validity.extent().possible.from
        }
    });
    starts.min().unwrap_or(Day::MIN)
}

/// The parties of an arrangement, one for each row that can hold and each spell of existence of its government, in the
/// order of the rows.
///
/// A row with both ends unknown and no attestation takes part whenever the arrangement holds.
pub(in crate::relations) fn parties(arrangement: NodeRef<'_>) -> Vec<Party> {
    let whole = arrangement_held(arrangement);
    let mut parties = Vec::new();
    for row in arrangement.in_edges_of(edge::PARTY_TO) {
        let government = row.source();
        let role = row.value("role").and_then(|role| role.as_text()?.parse().ok());
        let held = ClippedValidity::of_row(&row.validity(), &whole)
            .and_then(|held| held.and(&ClippedValidity::of_node(government)));
        let Some((role, held)) = role.zip(held) else { continue };
        let party = |held| Party { government: government.ix(), role, row: row.ix(), held };
        parties.extend(held.outside(&government.interruptions()).map(party));
    }
    parties
}

/// Which end of an edge is the whole that a row without dates lasts as long as; `None` if such a row is unknown.
pub(in crate::relations) fn whole_of(edge_type: &str) -> Option<WholeEnd> {
    match edge_type {
        edge::PARTY_TO => Some(WholeEnd::Target),
        edge::GRANTED_BY | edge::HELD_BY => Some(WholeEnd::Source),
        _ => None,
    }
}

/// Where the whole of a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::relations) enum WholeEnd {
    Source,
    Target,
}

/// How surely an edge is in force in a window: as its dates say, and not at all while the existence of an
/// end is interrupted.
#[must_use]
pub fn edge_in_force(edge: EdgeRef<'_>, as_of: AsOf) -> InForce {
    if edge.is_interrupted(as_of) { InForce::Not } else { as_of.in_force(extent_of(edge)) }
}

/// When an edge holds: a row without dates that belongs to an arrangement or a power holds whenever that does, within
/// the life of the government; any other as it says.
fn extent_of(edge: EdgeRef<'_>) -> Extent {
    let own = edge.validity();
    let whole = match whole_of(edge.edge_type()).filter(|_| own == Validity::UNKNOWN) {
        Some(WholeEnd::Target) => {
            arrangement_held(edge.target()).and(&ClippedValidity::of_node(edge.source()))
        }
        Some(WholeEnd::Source) => Some(ClippedValidity::of_node(edge.source())),
        None => None,
    };
    whole.map_or_else(|| edge.extent_given(&own), |whole| whole.extent)
}
