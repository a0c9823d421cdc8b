//! Where an arrangement reaches: within a province, across provinces, across countries.

use crate::relations::vocabulary::edge;
use std::collections::BTreeSet;
use std::fmt;

use crate::graph::{EdgeRef, NodeIx, NodeRef, Snapshot};
use crate::relations::ties::parties;
use crate::relations::{Hierarchy, Role, Scale, TierSchemes};
use crate::value::{AsOf, Day};

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

crate::value::reads_words!(Scope is "scope": ProvinceProvince IntraProvincial CrossProvincial Transnational Undetermined);
#[cfg(feature = "serde")]
crate::value::as_text!(Scope);

/// Finds the province and the country of a government: itself or the superior that stands on that level of
/// its scheme. They go by level, not by rank: a sub-provincial city is not a province.
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

    /// The scheme of a government, where it has one.
    fn scheme(&self, government: NodeIx) -> Option<String> {
        let scheme = self.snapshot.node_at(government)?.value("scheme")?;
        scheme.as_text().map(str::to_owned)
    }

    /// Place of a government's level in its scheme on a day: 0 is the top.
    #[must_use]
    pub fn level(&self, government: NodeIx, day: Day) -> Option<f64> {
        let level = self.snapshot.node_at(government)?.value_at("level", day)?;
        Some(self.schemes.tier(Scale::Level, &self.scheme(government)?, level.as_text()?)?.ordinal)
    }

    /// The government itself or the nearest superior on a level of its scheme.
    fn above(
        &self,
        government: NodeIx,
        day: Day,
        level: impl Fn(&TierSchemes, &str) -> f64,
    ) -> Option<NodeIx> {
        let wanted = level(self.schemes, &self.scheme(government)?);
        let line = std::iter::once(government).chain(self.hierarchy.ancestors_at(government, day));
        line.into_iter().find(|ix| self.level(*ix, day) == Some(wanted))
    }

    /// The province of a government on a day; of a province itself.
    #[must_use]
    pub fn province(&self, government: NodeIx, day: Day) -> Option<NodeIx> {
        self.above(government, day, TierSchemes::province_ordinal)
    }

    /// The country of a government on a day; of a country itself. `None` if no row stands for it.
    #[must_use]
    pub fn country(&self, government: NodeIx, day: Day) -> Option<NodeIx> {
        self.above(government, day, TierSchemes::country_ordinal)
    }

    /// Whether a government is of the province tier on a day.
    fn is_province(&self, government: NodeIx, day: Day) -> bool {
        self.province(government, day) == Some(government)
    }

    /// Whether a government stands above the province tier on a day.
    fn is_above_provinces(&self, government: NodeIx, day: Day) -> bool {
        let scheme = self.scheme(government).unwrap_or_default();
        self.level(government, day).is_some_and(|level| level < self.schemes.province_ordinal(&scheme))
    }

    /// The scope of a set of parties on a day. A country among its own provinces says nothing about the
    /// scope and is passed over.
    #[must_use]
    pub fn scope(&self, parties: &[NodeIx], day: Day) -> Scope {
        let schemes: BTreeSet<Option<String>> = parties.iter().map(|ix| self.scheme(*ix)).collect();
        let countries: BTreeSet<NodeIx> = parties.iter().filter_map(|ix| self.country(*ix, day)).collect();
        if schemes.len() > 1 || countries.len() > 1 {
            return Scope::Transnational;
        }
        let local: Vec<NodeIx> =
            parties.iter().copied().filter(|ix| !self.is_above_provinces(*ix, day)).collect();
        let provinces: Option<BTreeSet<NodeIx>> = local.iter().map(|ix| self.province(*ix, day)).collect();
        match provinces {
            None => Scope::Undetermined,
            Some(provinces) => match provinces.len() {
                0 => Scope::Undetermined,
                1 => Scope::IntraProvincial,
                _ if local.iter().all(|ix| self.is_province(*ix, day)) => Scope::ProvinceProvince,
                _ => Scope::CrossProvincial,
            },
        }
    }
}

/// The governments that take part in an arrangement in cooperating roles, by index.
#[must_use]
pub fn cooperating_parties(arrangement: NodeRef<'_>, as_of: AsOf) -> Vec<NodeIx> {
    let mut governments: Vec<NodeIx> = parties(arrangement)
        .into_iter()
        .filter(|party| party.role.cooperates() && as_of.includes(party.extent()))
        .map(|party| party.government)
        .collect();
    governments.sort_unstable();
    governments.dedup();
    governments
}

/// The governments that approved or mandated an arrangement, whenever they did: an approval is an act of one
/// day, and what it approved outlives it. Who mandates a thing has approved it.
#[must_use]
pub fn approvers(arrangement: NodeRef<'_>) -> Vec<NodeIx> {
    let above = |edge: &EdgeRef<'_>| {
        let role = edge.value("role").and_then(|role| role.as_text()?.parse::<Role>().ok());
        matches!(role, Some(Role::Approver | Role::Mandator))
    };
    let rows = arrangement.in_edges_of(edge::PARTY_TO).filter(above);
    let mut found: Vec<NodeIx> = rows.map(EdgeRef::source_ix).collect();
    found.sort_unstable();
    found.dedup();
    found
}
