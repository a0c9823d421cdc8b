//! Codes and names of governments, read once for all dates.

use crate::relations::vocabulary::label;
use std::sync::Arc;

use crate::graph::{KeyId, NodeIx, NodeRef, Property, Snapshot};
use crate::value::{AsOf, Day, Extent, InForce, Span};

/// A text that may change in time.
#[derive(Clone, Debug)]
enum Text {
    Always(Arc<str>),
    Dated(Property),
}

impl Text {
    fn of(node: NodeRef<'_>, key: Option<KeyId>) -> Self {
        match key.and_then(|key| node.property_of(key)) {
            None => Self::Always(Arc::default()),
            Some(Property::Fixed(value)) => Self::Always(value.to_string().into()),
            Some(property) => Self::Dated(property),
        }
    }

    /// Whether it stays the same at all times; then the text.
    fn always(&self) -> Option<&str> {
        if let Self::Always(text) = self { Some(text) } else { None }
    }

    /// The text on a day, else the latest one.
    fn at(&self, day: Day) -> Arc<str> {
        match self {
            Self::Always(text) => Arc::clone(text),
            Self::Dated(property) => {
                let value = property.at(day).or_else(|| property.latest());
                value.map_or_else(Arc::default, |value| value.to_string().into())
            }
        }
    }
}

/// One government.
#[derive(Clone, Debug)]
struct Caption {
    code: Text,
    name: Text,
    life: Extent,
    interrupted: Vec<Span>,
}

/// The governments of a snapshot in the order of their codes.
#[derive(Clone, Debug)]
pub(super) struct Captions {
    /// By position of the node; `None` for what is not a government.
    captions: Vec<Option<Caption>>,
    /// All governments by latest code, then by index.
    order: Vec<NodeIx>,
}

impl Captions {
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let (code, name) = (snapshot.catalogue().key("code"), snapshot.catalogue().key("name"));
        let mut captions = vec![None; snapshot.node_bound()];
        let mut order = Vec::new();
        for node in snapshot.nodes_with(label::GOVERNMENT) {
            captions[node.ix().position()] = Some(Caption {
                code: Text::of(node, code),
                name: Text::of(node, name),
                life: node.extent(),
                interrupted: node.interruptions(),
            });
            order.push(node.ix());
        }
        let mut made = Self { captions, order: Vec::new() };
        order.sort_by_cached_key(|ix| (made.code(*ix, Day::LAST), *ix));
        made.order = order;
        made
    }

    fn get(&self, government: NodeIx) -> Option<&Caption> {
        self.captions.get(government.position())?.as_ref()
    }

    /// The code on a day, else the latest one; empty where there is none.
    pub(super) fn code(&self, government: NodeIx, day: Day) -> Arc<str> {
        self.get(government).map_or_else(Arc::default, |caption| caption.code.at(day))
    }

    /// Puts governments in the order of their codes on a day; of one code the lower index comes first. They are nearly
    /// always in it already, because few codes ever change.
    pub(super) fn sort(&self, governments: &mut [NodeIx], day: Day) {
        let fixed = |ix: NodeIx| self.get(ix).and_then(|caption| caption.code.always());
        let in_order = |a: &NodeIx, b: &NodeIx| {
            fixed(*a).zip(fixed(*b)).is_some_and(|(one, other)| (one, *a) <= (other, *b))
        };
        if !governments.is_sorted_by(in_order) {
            governments.sort_by_cached_key(|ix| (self.code(*ix, day), *ix));
        }
    }

    /// The name likewise; `None` for what is not a government.
    pub(super) fn name(&self, government: NodeIx, day: Day) -> Option<Arc<str>> {
        self.get(government).map(|caption| caption.name.at(day))
    }

    /// How surely each government exists in a window, in the order of codes.
    pub(super) fn in_force(&self, as_of: AsOf) -> impl Iterator<Item = (NodeIx, InForce)> {
        let own = move |caption: &Caption| as_of.in_force_but(caption.life, &caption.interrupted);
        self.order.iter().filter_map(move |ix| Some((*ix, own(self.get(*ix)?))))
    }
}
