//! Which texts name which node, and how does this follow a change?

use std::collections::HashMap;
use std::sync::Arc;

use super::kind::Kind;
use super::names::FoundBy;
use super::spelling::{Place, Spelling};
use crate::graph::{LabelId, NodeIx, NodeRef, Property, SharedMap, Snapshot};
use crate::value::{Extent, Validity, Value, fold};

/// One text under which a node is found, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Hit {
    pub(super) node: NodeIx,
    pub(super) kind: Kind,
    pub(super) by: FoundBy,
    /// When it bore the text; for an id, when it exists.
    pub(super) extent: Extent,
}

/// A name by one of its other spellings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spelt {
    pub(super) hit: Hit,
    /// The kind of place that the name says and this spelling leaves out.
    pub(super) without: Option<Place>,
}

/// What stands in a map under the texts of a node.
pub(super) trait OfNode: Copy {
    fn node(&self) -> NodeIx;

    /// Tells each text under which a node stands, and what stands there.
    fn each(kinds: &KindLabels, node: NodeRef<'_>, take: &mut dyn FnMut(String, Self));
}

impl OfNode for Hit {
    fn node(&self) -> NodeIx {
        self.node
    }

    fn each(kinds: &KindLabels, node: NodeRef<'_>, take: &mut dyn FnMut(String, Self)) {
        each_text(kinds, node, |text, hit| {
            take(fold(text), hit);
            if let (FoundBy::Code, Some((_, bare))) = (hit.by, text.split_once(':')) {
                take(fold(bare), hit);
            }
        });
    }
}

impl OfNode for Spelt {
    fn node(&self) -> NodeIx {
        self.hit.node
    }

    fn each(kinds: &KindLabels, node: NodeRef<'_>, take: &mut dyn FnMut(String, Self)) {
        each_text(kinds, node, |text, hit| {
            if !matches!(hit.by, FoundBy::Name | FoundBy::Alias) {
                return;
            }
            let own = Spelling::of(text);
            if hit.kind == Kind::Government && own.bare != own.whole {
                take(own.bare, Self { hit, without: own.place });
            }
            take(own.whole, Self { hit, without: None });
        });
    }
}

/// The labels of the kinds that have names, where a graph has them.
pub(super) struct KindLabels(Vec<(Kind, LabelId)>);

impl KindLabels {
    fn of(snapshot: &Snapshot) -> Self {
        let label = |kind: &Kind| Some((*kind, snapshot.catalogue().label(kind.label())?));
        Self(Kind::ALL.iter().filter_map(label).collect())
    }
}

/// What stands under each text: as it was when all nodes were read, and texts under which something has changed since.
/// A copy shares what does not change.
#[derive(Clone, Debug)]
pub(super) struct TextMap<T> {
    read: Arc<HashMap<String, Vec<T>>>,
    /// All that stands under a text now, in the place of what was read.
    changed: SharedMap<String, Vec<T>>,
}

impl<T: OfNode> TextMap<T> {
    /// Reads all nodes of a state.
    pub(super) fn of(snapshot: &Snapshot) -> Self {
        let kinds = KindLabels::of(snapshot);
        let mut read: HashMap<String, Vec<T>> = HashMap::new();
        for node in snapshot.nodes() {
            T::each(&kinds, node, &mut |text, own| read.entry(text).or_default().push(own));
        }
        Self { read: Arc::new(read), changed: SharedMap::default() }
    }

    /// The same of another state, some of whose nodes are not as they were in `former`.
    pub(super) fn followed(&self, former: &Snapshot, now: &Snapshot, changed: &[NodeIx]) -> Self {
        let mut map = self.clone();
        let kinds = KindLabels::of(former);
        for node in changed.iter().filter_map(|ix| former.node_at(*ix)) {
            T::each(&kinds, node, &mut |text, _| map.at(text).retain(|own| own.node() != node.ix()));
        }
        let kinds = KindLabels::of(now);
        for node in changed.iter().filter_map(|ix| now.node_at(*ix)) {
            T::each(&kinds, node, &mut |text, own| {
                // Nodes stand in their order, as they are read.
                let all = map.at(text);
                all.insert(all.partition_point(|other| other.node() <= node.ix()), own);
            });
        }
        map
    }

    /// What stands under a text, to be changed.
    fn at(&mut self, text: String) -> &mut Vec<T> {
        let read = match self.changed.get(&text) {
            Some(_) => None,
            None => self.read.get(&text),
        };
        let own = self.changed.entry(text);
        if let Some(read) = read {
            own.clone_from(read);
        }
        own
    }

    pub(super) fn get(&self, text: &str) -> &[T] {
        self.changed.get(text).or_else(|| self.read.get(text)).map_or(&[], Vec::as_slice)
    }

    /// The texts under which something stands, in no order.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let read = self.read.keys().filter(|text| self.changed.get(text.as_str()).is_none());
        let changed = self.changed.iter().filter(|(_, all)| !all.is_empty()).map(|(text, _)| text);
        read.chain(changed).map(String::as_str)
    }
}

/// Every text that names a node: its id, and code, names and aliases of all times.
fn each_text(kinds: &KindLabels, node: NodeRef<'_>, mut take: impl FnMut(&str, Hit)) {
    let keys = [
        ("id", FoundBy::Id),
        ("code", FoundBy::Code),
        ("name", FoundBy::Name),
        ("name_en", FoundBy::Name),
        ("aliases", FoundBy::Alias),
    ];
    let life = node.validity().extent();
    for (kind, _) in kinds.0.iter().filter(|(_, label)| node.labels().contains(label)) {
        for (key, by) in keys {
            let Some(property) = node.property(key) else { continue };
            for (value, extent) in borne(&property, life) {
                let hit = Hit { node: node.ix(), kind: *kind, by, extent };
                value.texts_of().for_each(|text| take(text, hit));
            }
        }
    }
}

/// The values of a property and when the node had each, within the life of the node.
fn borne(property: &Property, life: Extent) -> Vec<(Value, Extent)> {
    match property {
        Property::Fixed(value) => vec![(value.clone(), life)],
        Property::Dated(spells) => {
            let within = |validity: &Validity| {
                let extent = validity.extent();
                // A spell that certainly holds shows that its node exists then.
                extent.clip(life.possible)
            };
            spells.iter().filter_map(|spell| Some((spell.value.clone(), within(&spell.validity)?))).collect()
        }
    }
}
