//! Who belongs to a body or a region, and when (S9).

use crate::relations::vocabulary::{edge, label};
use std::collections::{BTreeMap, BTreeSet};

use crate::graph::{EdgeIx, EdgeRef, NodeIx, NodeRef};
use crate::value::{AsOf, Extent, InForce, Span, Truth, Validity, Window};

/// Statuses under which one belongs; a membership without a status counts as admitted. Who `left`
/// belonged until the stated end.
const ADMITTED: &str = "admitted";
const LEFT: &str = "left";
/// Roles in which one belongs; a membership without a role counts as that of a member.
const BELONGING: [&str; 3] = ["member", "lead", "core"];

/// One membership of a government.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    government: NodeIx,
    row: EdgeIx,
    extent: Extent,
    /// The days on which the government did not exist between two spells of its existence.
    interrupted: Vec<Span>,
    validity: Validity,
    role: String,
}

impl Membership {
    /// The government.
    #[must_use]
    pub fn government(&self) -> NodeIx {
        self.government
    }

    /// The `MEMBER_OF` edge.
    #[must_use]
    pub fn row(&self) -> EdgeIx {
        self.row
    }

    /// The dates as the row gives them.
    #[must_use]
    pub fn validity(&self) -> &Validity {
        &self.validity
    }

    /// When it belongs, within the life of the government, the body and the region.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// Whether the member is a core city.
    #[must_use]
    pub fn is_core(&self) -> bool {
        self.role == "core"
    }

    /// `member`, `lead` or `core`.
    #[must_use]
    pub fn role(&self) -> &str {
        &self.role
    }

    /// Whether it belongs on some day of the window (S1).
    #[must_use]
    pub fn holds_in(&self, window: Window) -> Truth {
        self.extent.holds_in(window)
    }
}

/// All memberships of a body or a region, by government and start.
///
/// A region that a body defines has the body's members (S9). Observers, applicants and the refused are
/// not among them. A government that left and came back stands there twice.
///
/// ```
/// use std::sync::Arc;
/// use intergov::graph::{Catalogue, Snapshot};
/// use intergov::relations::Members;
/// use intergov::value::{AsOf, Reading, Validity};
///
/// let empty = Snapshot::empty(Arc::new(Catalogue::default()));
/// let mut draft = empty.draft();
/// let council = draft.create_node(&["Body"], Validity::ALWAYS)?;
/// let city = draft.create_node(&["Government"], Validity::ALWAYS)?;
/// draft.create_edge("MEMBER_OF", city, council, Validity::since("1997".parse()?))?;
/// let state = empty.apply(&draft.finish())?;
/// let members = Members::of(state.node(council).ok_or("no council")?);
/// assert_eq!(members.during(AsOf::date("1998".parse()?, Reading::Certain)).len(), 1);
/// assert_eq!(members.during(AsOf::date("1996".parse()?, Reading::Possible)).len(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    members: Vec<Membership>,
}

impl Members {
    /// The memberships of a body or a region; none for any other node.
    #[must_use]
    pub fn of(node: NodeRef<'_>) -> Self {
        let mut members: Vec<Membership> =
            node.in_edges_of(edge::MEMBER_OF).filter_map(|edge| member(edge, node, None)).collect();
        for definition in node.out_edges_of(edge::DEFINED_BY) {
            let body = definition.target();
            let through = definition.validity();
            let through = (through != Validity::UNKNOWN).then(|| definition.extent_given(&through));
            members.extend(body.in_edges_of(edge::MEMBER_OF).filter_map(|edge| member(edge, node, through)));
        }
        members.sort_by_key(|member| (member.government, member.extent.possible.from, member.row));
        Self { members }
    }

    /// All, whatever the date.
    pub fn iter(&self) -> std::slice::Iter<'_, Membership> {
        self.members.iter()
    }

    /// Each government that ever belonged, with how surely it belongs in the window; without a window all do.
    #[must_use]
    pub fn at(&self, as_of: AsOf) -> BTreeMap<NodeIx, InForce> {
        let mut all = BTreeMap::new();
        for member in &self.members {
            let own = all.entry(member.government).or_insert(InForce::Not);
            *own = own.or(as_of.in_force_but(member.extent, &member.interrupted));
        }
        all
    }

    /// The governments that count as members, each once, by index (S28).
    #[must_use]
    pub fn during(&self, as_of: AsOf) -> Vec<NodeIx> {
        let included = self.at(as_of).into_iter().filter(|(_, own)| as_of.admits(*own).is_included());
        included.map(|(ix, _)| ix).collect()
    }

    /// Whether a government belongs on some day of a window.
    #[must_use]
    pub fn includes(&self, government: NodeIx, window: Window) -> Truth {
        let own = self.members.iter().filter(|member| member.government == government);
        own.map(|member| member.holds_in(window)).fold(Truth::False, Truth::or)
    }

    /// The core among those that certainly belong on some day of a window.
    #[must_use]
    pub fn core(&self, window: Window) -> Vec<NodeIx> {
        let core = self.members.iter().filter(|member| member.is_core());
        let held = core.filter(|member| member.holds_in(window) == Truth::True);
        let governments: BTreeSet<NodeIx> = held.map(Membership::government).collect();
        governments.into_iter().collect()
    }
}

impl<'a> IntoIterator for &'a Members {
    type Item = &'a Membership;
    type IntoIter = std::slice::Iter<'a, Membership>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The membership that an edge states, within the life of its government and of the body or region.
///
/// What certainly holds shows that its ends exist then; so ends of unknown dates limit only the days on
/// which it is possible. A definition of the region without any date sets no limit of its own.
fn member(edge: EdgeRef<'_>, whole: NodeRef<'_>, through: Option<Extent>) -> Option<Membership> {
    let text = |key: &str| edge.value(key).and_then(|value| value.as_text().map(str::to_owned));
    let role = text("role").unwrap_or_else(|| "member".to_owned());
    let validity = edge.validity();
    let admitted = text("status")
        .is_none_or(|status| status == ADMITTED || (status == LEFT && validity.to.date().is_some()));
    if !admitted || !BELONGING.contains(&role.as_str()) || !edge.source().has_label(label::GOVERNMENT) {
        return None;
    }
    let mut extent = edge.extent_given(&validity);
    for end in [edge.source(), edge.target(), whole] {
        extent = extent.clip(end.validity().extent().possible)?;
    }
    if let Some(through) = through {
        extent = extent.intersect(through)?;
    }
    let interrupted = edge.source().interruptions();
    Some(Membership { government: edge.source_ix(), row: edge.ix(), extent, interrupted, validity, role })
}
