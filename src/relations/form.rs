//! Form and scope of an arrangement, from its ties and its parties (S7).

use std::collections::BTreeSet;
use std::fmt;

use super::{Basis, Direction, Hierarchy, Role, Scale, TieTable, TierSchemes};
use crate::graph::{EdgeRef, NodeIx, NodeRef, Snapshot};
use crate::value::{Day, Truth, Window};

/// What the cooperating pairs of an arrangement are, vertical ones aside (S7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// All are horizontal.
    Horizontal,
    /// All are diagonal.
    Diagonal,
    /// 多边多极的交叉合作: both kinds.
    MultilateralCross,
    /// There are vertical pairs only.
    VerticalOnly,
    /// A rank is not known, or no pair holds.
    Undetermined,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Horizontal => "horizontal",
            Self::Diagonal => "diagonal",
            Self::MultilateralCross => "multilateral-cross",
            Self::VerticalOnly => "vertical-only",
            Self::Undetermined => "undetermined",
        })
    }
}

impl Form {
    /// The form of an arrangement in a window; what only possibly holds counts with `possible`.
    #[must_use]
    pub fn of(ties: &TieTable, arrangement: NodeIx, window: Window, possible: bool) -> Self {
        let own = ties.holding(window, possible).filter(|tie| tie.basis == Basis::Arrangement(arrangement));
        let directions: BTreeSet<Direction> = own.map(|tie| tie.direction).collect();
        let has = |direction| directions.contains(&direction);
        if has(Direction::Unclassified) {
            return Self::Undetermined;
        }
        match (has(Direction::Horizontal), has(Direction::Diagonal), has(Direction::Vertical)) {
            (true, true, _) => Self::MultilateralCross,
            (true, false, _) => Self::Horizontal,
            (false, true, _) => Self::Diagonal,
            (false, false, true) => Self::VerticalOnly,
            (false, false, false) => Self::Undetermined,
        }
    }
}

/// How far an arrangement reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// 核心和中轴: between governments of the province tier.
    ProvinceProvince,
    /// Within one province.
    IntraProvincial,
    /// A party below the province tier takes part across provinces.
    CrossProvincial,
    /// Across countries.
    Transnational,
    /// The parties' provinces are not known.
    Undetermined,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ProvinceProvince => "province-province",
            Self::IntraProvincial => "intra-provincial",
            Self::CrossProvincial => "cross-provincial",
            Self::Transnational => "transnational",
            Self::Undetermined => "undetermined",
        })
    }
}

/// Finds the province of a government: itself or the superior on the tier below the top one.
pub struct Provinces<'a> {
    snapshot: &'a Snapshot,
    schemes: &'a TierSchemes,
    hierarchy: Hierarchy,
}

impl<'a> Provinces<'a> {
    /// The provinces of a snapshot.
    #[must_use]
    pub fn of(snapshot: &'a Snapshot, schemes: &'a TierSchemes) -> Self {
        Self { snapshot, schemes, hierarchy: Hierarchy::of(snapshot) }
    }

    /// The hierarchy that it reads.
    #[must_use]
    pub fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// Place of a government's level in its scheme on a day: 0 is the top.
    #[must_use]
    pub fn level(&self, government: NodeIx, day: Day) -> Option<f64> {
        let node = self.snapshot.node_at(government)?;
        let (scheme, level) = (node.value("scheme")?, node.value_at("level", day)?);
        Some(self.schemes.tier(Scale::Level, scheme.as_text()?, level.as_text()?)?.ordinal)
    }

    /// The province of a government on a day; of a province itself.
    #[must_use]
    pub fn province(&self, government: NodeIx, day: Day) -> Option<NodeIx> {
        let chain = std::iter::once(government).chain(self.hierarchy.ancestors_at(government, day));
        chain.into_iter().find(|ix| self.level(*ix, day) == Some(1.0))
    }

    /// The scope of a set of parties on a day.
    #[must_use]
    pub fn scope(&self, parties: &[NodeIx], day: Day) -> Scope {
        let scheme =
            |ix: &NodeIx| self.snapshot.node_at(*ix)?.value("scheme").map(|scheme| scheme.to_string());
        let schemes: BTreeSet<Option<String>> = parties.iter().map(scheme).collect();
        if schemes.len() > 1 {
            return Scope::Transnational;
        }
        let local: Vec<NodeIx> = parties
            .iter()
            .copied()
            .filter(|ix| self.level(*ix, day).is_none_or(|level| level >= 1.0))
            .collect();
        let provinces: Option<BTreeSet<NodeIx>> = local.iter().map(|ix| self.province(*ix, day)).collect();
        match provinces {
            None => Scope::Undetermined,
            Some(provinces) if provinces.is_empty() => Scope::Undetermined,
            Some(_) if local.iter().all(|ix| self.level(*ix, day) == Some(1.0)) => Scope::ProvinceProvince,
            Some(provinces) if provinces.len() == 1 => Scope::IntraProvincial,
            Some(_) => Scope::CrossProvincial,
        }
    }
}

/// The governments in cooperating roles of an arrangement in a window, by index.
#[must_use]
pub fn cooperating_parties(arrangement: NodeRef<'_>, window: Window, possible: bool) -> Vec<NodeIx> {
    parties_by(arrangement, window, possible, Role::cooperates)
}

/// The governments that approved or mandated an arrangement, whenever they did: an approval is an act of one
/// day, and what it approved outlives it.
#[must_use]
pub fn approvers(arrangement: NodeRef<'_>) -> Vec<NodeIx> {
    let rows = arrangement.in_edges_of("PARTY_TO");
    let mut found: Vec<NodeIx> =
        rows.filter(|edge| role_of(*edge) == Some(Role::Approver)).map(EdgeRef::source_ix).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn role_of(edge: EdgeRef<'_>) -> Option<Role> {
    edge.value("role")?.as_text()?.parse().ok()
}

fn parties_by(
    arrangement: NodeRef<'_>,
    window: Window,
    possible: bool,
    wanted: impl Fn(Role) -> bool,
) -> Vec<NodeIx> {
    let held = |truth: Truth| truth == Truth::True || (possible && truth == Truth::Unknown);
    if !held(arrangement.validity().holds_in(window)) {
        return Vec::new();
    }
    let rows = arrangement.in_edges_of("PARTY_TO").filter(|edge| role_of(*edge).is_some_and(&wanted));
    let mut parties: Vec<NodeIx> = rows
        .filter(|edge| {
            let validity = edge.validity();
            // A row without dates takes part whenever the arrangement holds.
            validity == crate::value::Validity::UNKNOWN || held(validity.holds_in(window))
        })
        .map(EdgeRef::source_ix)
        .collect();
    parties.sort_unstable();
    parties.dedup();
    parties
}
