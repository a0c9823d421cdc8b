//! Who belongs to a body or a region, when (S9).

use std::collections::BTreeMap;

use crate::graph::{EdgeIx, EdgeRef, NodeIx, NodeRef};
use crate::value::{Extent, Truth, Validity, Window};

/// One membership of a government.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    government: NodeIx,
    row: EdgeIx,
    validity: Validity,
    extent: Extent,
    core: bool,
}

impl Membership {
    /// The member.
    #[must_use]
    pub fn government(&self) -> NodeIx {
        self.government
    }

    /// The `MEMBER_OF` edge.
    #[must_use]
    pub fn row(&self) -> EdgeIx {
        self.row
    }

    /// When the row says that it holds.
    #[must_use]
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// Whether the member is a core city.
    #[must_use]
    pub fn is_core(&self) -> bool {
        self.core
    }

    /// Whether it is a member on some day of the window, and exists.
    #[must_use]
    pub fn holds_in(&self, window: Window) -> Truth {
        self.extent.holds_in(window)
    }
}

/// All memberships that a body or region ever had, by government and start.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Members {
    rows: Vec<Membership>,
}

impl Members {
    /// The members of a body, or of a region: those of the body that defines it, else its own (S9).
    ///
    /// Observers and applicants, and rows whose status is applied, refused or left, are no members.
    #[must_use]
    pub fn of(group: NodeRef<'_>) -> Self {
        let defining: Vec<EdgeRef<'_>> = group.out_edges_of("DEFINED_BY").collect();
        let mut rows: Vec<Membership> = if defining.is_empty() {
            group.in_edges_of("MEMBER_OF").filter_map(|row| membership(row, Extent::ALWAYS)).collect()
        } else {
            let bodies = defining.iter().map(|edge| (edge.target(), edge.validity().extent()));
            bodies
                .flat_map(|(body, held)| {
                    body.in_edges_of("MEMBER_OF").filter_map(move |row| membership(row, held))
                })
                .collect()
        };
        rows.sort_by_key(|member| (member.government, member.extent.possible, member.row));
        Self { rows }
    }

    /// The memberships.
    pub fn iter(&self) -> std::slice::Iter<'_, Membership> {
        self.rows.iter()
    }

    /// Each government that ever was a member, with whether it is one in the window.
    #[must_use]
    pub fn at(&self, window: Window) -> BTreeMap<NodeIx, Truth> {
        let mut members = BTreeMap::new();
        for member in &self.rows {
            let truth = members.entry(member.government).or_insert(Truth::False);
            *truth = truth.or(member.holds_in(window));
        }
        members
    }
}

fn membership(row: EdgeRef<'_>, held: Extent) -> Option<Membership> {
    let text = |key: &str| row.value(key).map(|value| value.to_string());
    let role = text("role");
    if matches!(role.as_deref(), Some("observer" | "applicant"))
        || matches!(text("status").as_deref(), Some("applied" | "refused" | "left"))
    {
        return None;
    }
    let validity = row.validity();
    let extent = validity.extent().intersect(row.source().validity().extent())?.intersect(held)?;
    Some(Membership {
        government: row.source_ix(),
        row: row.ix(),
        validity,
        extent,
        core: role.as_deref() == Some("core"),
    })
}
