//! Which cross-provincial arrangements had the provinces' approval, as far as the record goes.

use crate::relations::vocabulary::label;
use std::collections::BTreeSet;
use std::fmt;

use super::{Provinces, Scope, approvers, cooperating_parties};
use crate::graph::{NodeIx, NodeRef, Snapshot};
use crate::value::{AsOf, Day};

/// What is on record of a province's approval. No record is not "not approved".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApprovalRecord {
    /// The province approved or mandated it.
    Approved,
    /// A superior of the province approved or mandated it.
    ApprovedAbove,
    /// The province is a party itself, and no approval is recorded.
    PartyItself,
    /// Nothing is recorded.
    NoRecord,
}

impl fmt::Display for ApprovalRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Approved => "approved",
            Self::ApprovedAbove => "approved above",
            Self::PartyItself => "party itself",
            Self::NoRecord => "no record",
        })
    }
}

/// One cross-provincial arrangement and one province of its parties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The arrangement.
    pub arrangement: NodeIx,
    /// The province.
    pub province: NodeIx,
    /// Parties of that province below the province tier.
    pub parties: Vec<NodeIx>,
    /// What is on record.
    pub record: ApprovalRecord,
}

/// The approvals of all cross-provincial arrangements that hold in a window, by arrangement and province.
#[must_use]
pub fn approvals(snapshot: &Snapshot, provinces: &Provinces<'_>, as_of: AsOf) -> Vec<Approval> {
    let day = as_of.first_day();
    let of = |arrangement| {
        let parties = cooperating_parties(arrangement, as_of);
        let crosses = provinces.scope(&parties, day) == Scope::CrossProvincial;
        if crosses { approvals_of(arrangement, &parties, provinces, day) } else { Vec::new() }
    };
    snapshot.nodes_with(label::ARRANGEMENT).flat_map(of).collect()
}

/// What is on record of the provinces of an arrangement's parties, by province.
#[must_use]
pub fn approvals_of(
    arrangement: NodeRef<'_>,
    parties: &[NodeIx],
    provinces: &Provinces<'_>,
    day: Day,
) -> Vec<Approval> {
    let approvers = approvers(arrangement);
    let concerned: BTreeSet<NodeIx> = parties.iter().filter_map(|ix| provinces.province(*ix, day)).collect();
    let of_province = |province: NodeIx| {
        let above = provinces.hierarchy().ancestors_at(province, day);
        let record = if approvers.contains(&province) {
            ApprovalRecord::Approved
        } else if approvers.iter().any(|approver| above.contains(approver)) {
            ApprovalRecord::ApprovedAbove
        } else if parties.contains(&province) {
            ApprovalRecord::PartyItself
        } else {
            ApprovalRecord::NoRecord
        };
        let own = |ix: &&NodeIx| **ix != province && provinces.province(**ix, day) == Some(province);
        let parties = parties.iter().filter(own).copied().collect();
        Approval { arrangement: arrangement.ix(), province, parties, record }
    };
    concerned.into_iter().map(of_province).collect()
}
