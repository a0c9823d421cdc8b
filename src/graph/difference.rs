//! What changed in the world between two days, in one state of the store.

use super::{Catalogue, EdgeIx, KeyId, NodeIx, Properties, Snapshot};
use crate::value::{AsOf, Day, Extent, Inclusion, Reading, Truth, Value};

/// A node or an edge of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Element {
    Node(NodeIx),
    Edge(EdgeIx),
}

/// What became of an element between two days.
#[derive(Clone, Debug, PartialEq)]
pub enum Turn {
    /// It holds on the later day and not on the earlier.
    Began,
    /// It holds on the earlier day and not on the later.
    Ended,
    /// It holds on both, and a state of it differs (S3).
    Changed {
        /// The property.
        key: KeyId,
        /// Its value on the earlier day.
        before: Option<Value>,
        /// Its value on the later day.
        after: Option<Value>,
    },
}

/// One difference between two days of valid time.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What differs.
    pub element: Element,
    /// How.
    pub turn: Turn,
}

/// What is asked of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// The one day.
    pub before: Day,
    /// The other day.
    pub after: Day,
    /// What counts of what only possibly holds (S28).
    pub reading: Reading,
}

impl Snapshot {
    /// What differs between two days: elements that began or ended, and states that changed. Observations
    /// hold for their own period only and are not differences (S3). Nodes first, each by index.
    ///
    /// An element that certainly holds on one day and only possibly on the other has not been shown to begin
    /// or end (S1): it is not a difference, and [`Snapshot::undetermined`] counts it.
    #[must_use]
    pub fn differences(&self, days: Days) -> Vec<Difference> {
        let mut found = Vec::new();
        for node in self.nodes() {
            let element = Element::Node(node.ix());
            let held = held(node.extent(), days, |as_of| node.is_interrupted(as_of));
            found.extend(turn_of(held).map(|turn| Difference { element, turn }));
            if held == (Truth::True, Truth::True) {
                changes(self.catalogue(), &node.properties(), days, element, &mut found);
            }
        }
        for edge in self.edges() {
            let element = Element::Edge(edge.ix());
            let held = held(edge.extent(), days, |as_of| edge.is_interrupted(as_of));
            found.extend(turn_of(held).map(|turn| Difference { element, turn }));
        }
        found
    }

    /// How many elements certainly hold on one of two days and only possibly on the other (S1).
    #[must_use]
    pub fn undetermined(&self, days: Days) -> usize {
        let nodes = self.nodes().map(|node| held(node.extent(), days, |as_of| node.is_interrupted(as_of)));
        let edges = self.edges().map(|edge| held(edge.extent(), days, |as_of| edge.is_interrupted(as_of)));
        let open = |held: &(Truth, Truth)| {
            matches!(held, (Truth::True, Truth::Unknown) | (Truth::Unknown, Truth::True))
        };
        nodes.chain(edges).filter(open).count()
    }
}

/// Whether something holds on the one day and on the other.
fn held(extent: Extent, days: Days, is_interrupted: impl Fn(AsOf) -> bool) -> (Truth, Truth) {
    let holds = |day: Day| {
        let as_of = AsOf::day(day, days.reading);
        match as_of.inclusion(extent) {
            Inclusion::Excluded => Truth::False,
            _ if is_interrupted(as_of) => Truth::False,
            Inclusion::Included => Truth::True,
            Inclusion::Uncertain => Truth::Unknown,
        }
    };
    (holds(days.before), holds(days.after))
}

fn turn_of(held: (Truth, Truth)) -> Option<Turn> {
    match held {
        (Truth::False, Truth::True) => Some(Turn::Began),
        (Truth::True, Truth::False) => Some(Turn::Ended),
        _ => None,
    }
}

fn changes(
    catalogue: &Catalogue,
    properties: &Properties,
    days: Days,
    element: Element,
    found: &mut Vec<Difference>,
) {
    for (key, property) in properties.iter() {
        if property.spells().is_empty() || catalogue.schema().is_observation(catalogue.key_name(key)) {
            continue;
        }
        let (before, after) = (property.at(days.before).cloned(), property.at(days.after).cloned());
        if before != after {
            found.push(Difference { element, turn: Turn::Changed { key, before, after } });
        }
    }
}
