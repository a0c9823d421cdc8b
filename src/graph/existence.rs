//! When does a node not exist between two spells of its existence (S10)?
//!
//! The validity of a node reaches from its first day to its last. What interrupts it is a state that the schema names
//! (`interrupted_by`): on the days of its spells the node does not exist, and nothing holds of it.

use super::{EdgeRef, KeyId, NodeIx, NodeRef, Property, RankBitmap, Snapshot, TemporalMask};
use crate::value::{AsOf, InForce, Span};

impl<'a> NodeRef<'a> {
    /// The days between its spells of existence, in order; empty for nearly every node.
    #[must_use]
    pub fn interruptions(self) -> Vec<Span> {
        self.interrupting_key().map_or_else(Vec::new, |key| self.interruptions_under(key))
    }

    fn interrupting_key(self) -> Option<KeyId> {
        let catalogue = self.snapshot.catalogue();
        let mut states = self.labels().iter().filter_map(|label| catalogue.kinds().interrupted_by(*label));
        catalogue.key(states.next()?)
    }

    fn interruptions_under(self, key: KeyId) -> Vec<Span> {
        let Some(Property::Dated(spells)) = self.property_of(key) else { return Vec::new() };
        let mut spans: Vec<Span> =
            spells.iter().filter_map(|spell| spell.validity.extent().certain()).collect();
        spans.sort_unstable();
        spans
    }

    /// How surely it exists in a window: by its dates (S1, S28), and not at all where they are interrupted.
    #[must_use]
    pub fn in_force(self, as_of: AsOf) -> InForce {
        as_of.in_force_but(self.extent(), &self.interruptions())
    }

    /// Whether its existence is interrupted throughout a window.
    #[must_use]
    pub fn is_interrupted(self, as_of: AsOf) -> bool {
        as_of.is_within_any(&self.interruptions())
    }
}

impl EdgeRef<'_> {
    /// Whether the existence of one of its ends is interrupted throughout a window: then it holds of nothing.
    #[must_use]
    pub fn is_interrupted(self, as_of: AsOf) -> bool {
        self.source().is_interrupted(as_of) || self.target().is_interrupted(as_of)
    }
}

impl Snapshot {
    /// The nodes whose existence is interrupted, with the days between its spells.
    #[must_use]
    pub fn interrupted(&self) -> Vec<(NodeIx, Vec<Span>)> {
        let states = self.catalogue().schema().labels.iter();
        let states = states.filter_map(|spec| Some((spec, spec.interrupted_by.as_deref()?)));
        let keys = states.filter_map(|(spec, state)| Some((spec, self.catalogue().key(state)?)));
        let nodes = keys.flat_map(|(spec, key)| {
            self.nodes_with(&spec.name).map(move |node| (node.ix(), node.interruptions_under(key)))
        });
        nodes.filter(|(_, spans)| !spans.is_empty()).collect()
    }
}

impl TemporalMask {
    /// Without the nodes that are interrupted throughout the window, and without their edges.
    pub(super) fn without_interrupted(self, snapshot: &Snapshot, as_of: AsOf) -> Self {
        let absent: Vec<NodeRef<'_>> = snapshot
            .interrupted()
            .into_iter()
            .filter(|(_, spans)| as_of.is_within_any(spans))
            .filter_map(|(ix, _)| snapshot.node_at(ix))
            .collect();
        if absent.is_empty() {
            return self;
        }
        let nodes = RankBitmap::of(absent.iter().map(|node| node.ix().get()));
        let edges = absent.iter().flat_map(|node| node.out_edges().chain(node.in_edges()));
        let edges = RankBitmap::of(edges.map(|edge| edge.ix().get()));
        Self { nodes: self.nodes.without(&nodes), edges: self.edges.without(&edges) }
    }
}
