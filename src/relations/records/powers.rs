//! Who holds which power over a territory, from whom, since when (S14).

use crate::graph::{EdgeRef, NodeIx, Snapshot};
use crate::relations::vocabulary::{edge, label};
use crate::value::{AsOf, Bound, Extent, InForce, Validity};

/// Why somebody holds a power.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tenure {
    /// A row says so.
    Recorded,
    /// The body that held it has ended, and the power has returned to those who ceded it.
    Returned,
    /// No row says anything: the territory's own government holds it.
    Default,
}

impl std::fmt::Display for Tenure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Recorded => "recorded",
            Self::Returned => "returned",
            Self::Default => "default",
        })
    }
}

/// One power over one territory and its holder.
#[derive(Clone, Debug, PartialEq)]
pub struct Custody {
    /// The function; empty for "all that is not recorded".
    pub function: String,
    /// The stage of it.
    pub stage: String,
    /// Who holds it: a government or a body.
    pub holder: NodeIx,
    /// Who gave it away.
    pub granted_by: Vec<NodeIx>,
    /// How it came about: cession, transfer, delegation …
    pub origin: String,
    /// The arrangement under which it moved.
    pub arrangement: Option<NodeIx>,
    /// The power's row.
    pub power: Option<NodeIx>,
    /// Its start as it is shown.
    pub from: Bound,
    /// Its end as it is shown.
    pub to: Bound,
    /// How surely it holds (S28).
    pub holds: InForce,
    /// Why the holder holds it.
    pub tenure: Tenure,
}

/// Who holds which power over a territory in a window, by function, stage and row; what only presumably or possibly holds
/// is among the rows and says so. The last row is the territory's own government, with all that is not
/// recorded.
#[must_use]
pub fn custody(snapshot: &Snapshot, territory: NodeIx, as_of: AsOf) -> Vec<Custody> {
    let Some(node) = snapshot.node_at(territory) else { return Vec::new() };
    let mut rows: Vec<Custody> = node
        .in_edges_of(edge::OVER)
        .filter(|over| over.source().has_label(label::POWER))
        .flat_map(|over| held_powers(over, as_of))
        .collect();
    rows.sort_by(|a, b| (&a.function, &a.stage, a.power).cmp(&(&b.function, &b.stage, b.power)));
    rows.push(Custody {
        function: String::new(),
        stage: String::new(),
        holder: territory,
        granted_by: Vec::new(),
        origin: String::new(),
        arrangement: None,
        power: None,
        from: node.validity().from,
        to: node.validity().to,
        holds: node.in_force(as_of),
        tenure: Tenure::Default,
    });
    rows
}

/// When a row of a power holds: its own dates, or those of the power where it has none.
fn within(power: Extent, row: EdgeRef<'_>) -> Option<Extent> {
    let own = row.validity();
    if own == Validity::UNKNOWN { Some(power) } else { row.extent_given(&own).intersect(power) }
}

/// What a power gives a territory's custody, by the row that ties them.
fn held_powers(over: EdgeRef<'_>, as_of: AsOf) -> Vec<Custody> {
    let power = over.source();
    let validity = power.validity();
    let whole = power.extent();
    let text = |key: &str| power.value(key).map_or_else(String::new, |value| value.to_string());
    let mut granted_by: Vec<NodeIx> = power.out_edges_of(edge::GRANTED_BY).map(EdgeRef::target_ix).collect();
    granted_by.sort_unstable();
    granted_by.dedup();
    let mut rows = Vec::new();
    for held in power.out_edges_of(edge::HELD_BY) {
        let own = held.validity();
        let extent = within(whole, over).zip(within(whole, held));
        let extent = extent.and_then(|(over, held)| over.intersect(held));
        let holds = extent.map_or(InForce::Not, |extent| as_of.in_force(extent));
        if holds == InForce::Not {
            continue;
        }
        let shown = if own == Validity::UNKNOWN { &validity } else { &own };
        let row = |holder, from, tenure| Custody {
            function: text("function"),
            stage: text("stage"),
            holder,
            granted_by: granted_by.clone(),
            origin: text("origin"),
            arrangement: power.out_edges_of(edge::UNDER).next().map(|edge| edge.target_ix()),
            power: Some(power.ix()),
            from,
            to: shown.to,
            holds,
            tenure,
        };
        let holder = held.target();
        let life = holder.validity();
        if holder.in_force(as_of) != InForce::Not {
            rows.push(row(holder.ix(), shown.from, Tenure::Recorded));
        } else if holder.has_label(label::BODY) && life.extent().possible.to <= as_of.first_day() {
            // A body that has ended holds nothing: its powers are back with those who ceded them.
            rows.extend(granted_by.iter().map(|giver| row(*giver, life.to, Tenure::Returned)));
        }
    }
    rows
}
