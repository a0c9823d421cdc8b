//! The values under declared keys that have changed since a graph was packed, in order, and how they follow a commit.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::delta_rows::turned;
use crate::graph::delta::{Delta, DeltaEntry};
use crate::graph::packed::Entry;
use crate::graph::{Catalogue, IndexKind, KeyId, NodeIx, Snapshot};

/// The entries of changed nodes, by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct DeltaOrders(BTreeMap<(KeyId, IndexKind), Vec<Entry>>);

impl DeltaOrders {
    /// The same after the changes by which a delta differs from a former one over the same packed part.
    pub(super) fn followed(&self, catalogue: &Catalogue, former: &Delta, now: &Delta) -> Self {
        let ordered = catalogue.schema().indexes.iter().filter(|spec| spec.kind != IndexKind::Text);
        let keys = ordered.filter_map(|spec| Some((catalogue.key(&spec.key)?, spec.kind)));
        let changed = now.nodes_differing(former);
        let mut orders = self.clone();
        for (key, kind) in keys {
            let entries = |delta: &Delta| {
                let of = |ix: &NodeIx| entries(delta, *ix, (key, kind));
                changed.iter().flat_map(of).collect::<Vec<Entry>>()
            };
            turned(orders.0.entry((key, kind)).or_default(), entries(now), entries(former));
        }
        orders
    }
}

fn entries(delta: &Delta, ix: NodeIx, (key, kind): (KeyId, IndexKind)) -> Vec<Entry> {
    let DeltaEntry::Changed(node) = delta.node(ix) else { return Vec::new() };
    let places = node.properties.get(key).into_iter().flat_map(|property| kind.places(property));
    let mut entries: Vec<Entry> = places.map(|place| (place, ix.get())).collect();
    entries.sort_unstable();
    entries.dedup();
    entries
}

fn within<'e>(entries: &'e [Entry], places: &RangeInclusive<u64>) -> impl Iterator<Item = u32> + use<'e> {
    let from = entries.partition_point(|(place, _)| place < places.start());
    let to = entries.partition_point(|(place, _)| place <= places.end());
    entries.get(from..to).unwrap_or_default().iter().map(|(_, row)| *row)
}

impl Snapshot {
    /// Nodes among which are all that hold a value of these places under a declared key, in no order.
    pub(in crate::graph) fn rows_between(
        &self,
        key: KeyId,
        kind: IndexKind,
        places: RangeInclusive<u64>,
    ) -> Vec<u32> {
        let index = self.packed.node_orders.of(key, kind, &self.packed.nodes);
        let stands = |row: &u32| matches!(self.delta.node(NodeIx::new(*row)), DeltaEntry::Packed);
        let mut rows: Vec<u32> = within(&index, &places).filter(stands).collect();
        let orders = self
            .derived
            .orders
            .get_or_init(|| DeltaOrders::default().followed(&self.catalogue, &Delta::default(), &self.delta));
        rows.extend(orders.0.get(&(key, kind)).into_iter().flat_map(|entries| within(entries, &places)));
        rows
    }
}
