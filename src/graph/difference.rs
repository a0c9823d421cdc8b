//! What changed in the world between two days, in one state of the store.

use super::{Catalogue, EdgeIx, KeyId, NodeIx, Properties, Snapshot};
use crate::value::{Day, Truth, Validity, Value, Window};

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
    /// Whether what only possibly holds counts as holding (S1).
    pub possible: bool,
}

impl Snapshot {
    /// What differs between two days: elements that began or ended, and states that changed. Observations
    /// hold for their own period only and are no difference (S3). Nodes first, each by index.
    #[must_use]
    pub fn differences(&self, days: Days) -> Vec<Difference> {
        let mut found = Vec::new();
        for node in self.nodes() {
            let element = Element::Node(node.ix());
            turn_of(&node.validity(), days, element, &mut found);
            if held(&node.validity(), days) == (true, true) {
                changes(self.catalogue(), &node.properties(), days, element, &mut found);
            }
        }
        for edge in self.edges() {
            let element = Element::Edge(edge.ix());
            turn_of(&edge.validity(), days, element, &mut found);
        }
        found
    }
}

fn held(validity: &Validity, days: Days) -> (bool, bool) {
    let holds = |day: Day| match validity.holds_in(Window::on(day)) {
        Truth::True => true,
        Truth::Unknown => days.possible,
        Truth::False => false,
    };
    (holds(days.before), holds(days.after))
}

fn turn_of(validity: &Validity, days: Days, element: Element, found: &mut Vec<Difference>) {
    let turn = match held(validity, days) {
        (false, true) => Turn::Began,
        (true, false) => Turn::Ended,
        (true, true) | (false, false) => return,
    };
    found.push(Difference { element, turn });
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
