//! From a snapshot to a network at one date.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::{
    LoopRule, Moment, Network, NetworkError, NetworkNode, Orientation, ParallelRule, Selection, Subjects,
    WeightRule,
};
use crate::graph::{EdgeRef, NodeId, NodeIx, NodeRef, Snapshot};
use crate::relations::{Basis, Direction, Members, TieRef, TieTable};
use crate::value::{Truth, Value, Window};

/// What a selection did not count at a date, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Ties among the nodes that only possibly hold (S1).
    pub unknown_dates: usize,
    /// Ties that lived inside the period but not on its last day (S2).
    pub within_period: usize,
    /// Ties of the arrangement that defines the region's membership (S25).
    pub defining: usize,
    /// Ties of plans laid over their members from above (S25).
    pub plans: usize,
    /// Ties below the least confidence.
    pub confidence: usize,
    /// Ties of other directions, domains or mechanisms than those asked for.
    pub filtered: usize,
    /// Members of the region whose membership is only possible (S1).
    pub possible_members: usize,
}

/// Ties of one direction at a date, counted as distinct pairs of basis and governments (S4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DirectionMix {
    /// Between governments of equal rank.
    pub horizontal: usize,
    /// Between governments of different rank.
    pub diagonal: usize,
    /// Along the line of command: approvals, mandates, grants, and vertical pairs inside a cooperation.
    pub vertical_acts: usize,
    /// Direct subordinations (S6).
    pub vertical_subordination: usize,
    /// With a rank that is not known (S21).
    pub unclassified: usize,
}

/// One network at one date, with all that its reader must know of it.
#[derive(Clone, Debug)]
pub struct Slice {
    /// The date.
    pub moment: Moment,
    /// The network.
    pub network: Network,
    /// The state that it was read from, to which all indices belong.
    pub snapshot: Arc<Snapshot>,
    /// The government behind each node, as an index of the snapshot.
    pub governments: Vec<NodeIx>,
    /// Arrangements behind the ties, as indices of the snapshot, by how many of the network's pairs each ties, most first.
    pub arrangements: Vec<(NodeIx, usize)>,
    /// All ties among the nodes by direction, whatever the selection of directions.
    pub mix: DirectionMix,
    /// What was not counted.
    pub left_out: LeftOut,
    /// Counted ties by the confidence of their basis; `unstated` where a row has none.
    pub confidence: BTreeMap<String, usize>,
}

/// A selection held against one state of the graph.
pub struct Study {
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) ties: Arc<TieTable>,
    selection: Selection,
    subjects: Subjects,
    /// Where the nodes that selection and subjects name stand in the state.
    region: Option<NodeIx>,
    only: BTreeSet<NodeIx>,
    territory: Option<NodeIx>,
    body: Option<NodeIx>,
    defining: BTreeSet<NodeIx>,
}

impl Study {
    /// A study of the state that the ties were derived from, under the same scale as the selection's.
    ///
    /// # Errors
    /// [`NetworkError::NoSuchNode`] where the state does not have a node that is named.
    pub fn new(ties: Arc<TieTable>, selection: Selection, subjects: Subjects) -> Result<Self, NetworkError> {
        let snapshot = Arc::clone(ties.snapshot());
        let place = |id: NodeId| snapshot.node(id).map(NodeRef::ix).ok_or(NetworkError::NoSuchNode(id));
        let region = selection.nodes.region.map(place).transpose()?;
        let only = selection.nodes.only.iter().copied().map(place).collect::<Result<_, _>>()?;
        let territory = subjects.territory.map(place).transpose()?;
        let body = subjects.body.map(place).transpose()?;
        let defining = region.and_then(|ix| snapshot.node_at(ix)).map(defining_arrangements);
        let defining = defining.unwrap_or_default();
        Ok(Self { snapshot, ties, selection, subjects, region, only, territory, body, defining })
    }

    /// The state that is studied; all indices that the study gives belong to it.
    #[must_use]
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// The region or body whose members are studied.
    #[must_use]
    pub fn region(&self) -> Option<NodeIx> {
        self.region
    }

    /// The territory whose powers are asked for.
    #[must_use]
    pub fn territory(&self) -> Option<NodeIx> {
        self.territory
    }

    /// The body that is named among the subjects.
    pub(super) fn named_body(&self) -> Option<NodeIx> {
        self.body
    }

    /// What is selected.
    #[must_use]
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// What the measure is told beside the selection.
    #[must_use]
    pub fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    /// The derived ties.
    #[must_use]
    pub fn ties(&self) -> &TieTable {
        &self.ties
    }

    /// The selected governments at a date, by code, and how many are left out because they only possibly
    /// belong.
    #[must_use]
    pub fn governments(&self, moment: Moment) -> (Vec<NodeIx>, usize) {
        let nodes = &self.selection.nodes;
        let window = moment.window();
        let mut possible = 0;
        let mut held = |truth: Truth| {
            possible += usize::from(truth == Truth::Unknown && !self.selection.possible);
            truth == Truth::True || (truth == Truth::Unknown && self.selection.possible)
        };
        let mut chosen: Vec<NodeIx> = match self.region.and_then(|ix| self.snapshot.node_at(ix)) {
            Some(region) => {
                let members = Members::of(region);
                members.at(window).into_iter().filter(|(_, truth)| held(*truth)).map(|(ix, _)| ix).collect()
            }
            None => self
                .snapshot
                .nodes_with("Government")
                .filter(|node| held(node.validity().holds_in(window)))
                .map(NodeRef::ix)
                .collect(),
        };
        let state = |ix: NodeIx, key: &str| {
            self.snapshot.node_at(ix).and_then(|node| node.value_at(key, moment.day()))
        };
        let matches = |ix: NodeIx, key: &str, wanted: &Option<String>| {
            wanted
                .as_deref()
                .is_none_or(|wanted| state(ix, key).as_ref().and_then(Value::as_text) == Some(wanted))
        };
        chosen.retain(|ix| self.only.is_empty() || self.only.contains(ix));
        chosen.retain(|ix| matches(*ix, "level", &nodes.level) && matches(*ix, "rank", &nodes.rank));
        let code = |ix: &NodeIx| state(*ix, "code").map(|code| code.to_string());
        chosen.sort_by_cached_key(|ix| (code(ix), *ix));
        chosen.dedup();
        (chosen, possible)
    }

    /// The network of the selection at a date.
    ///
    /// # Errors
    /// [`NetworkError`] where two governments share a code at the date.
    pub fn slice(&self, moment: Moment) -> Result<Slice, NetworkError> {
        let (governments, possible_members) = self.governments(moment);
        let place: HashMap<NodeIx, u32> = governments.iter().copied().zip(0..).collect();
        let mut slice = Slice {
            moment,
            network: Network::from_ties(
                self.selection.orientation,
                Vec::new(),
                &[],
                ParallelRule::Sum,
                LoopRule::Drop,
            )?,
            arrangements: Vec::new(),
            mix: DirectionMix::default(),
            left_out: LeftOut { possible_members, ..LeftOut::default() },
            confidence: BTreeMap::new(),
            governments,
            snapshot: Arc::clone(&self.snapshot),
        };
        let sizes = self.party_counts(moment.window());
        let mut ties: Vec<(u32, u32, f64)> = Vec::new();
        let mut behind: BTreeMap<NodeIx, usize> = BTreeMap::new();
        for tie in self.ties.ties() {
            let Some((&source, &target)) = place.get(&tie.source).zip(place.get(&tie.target)) else {
                continue;
            };
            if !self.counts(tie, moment, &mut slice) {
                continue;
            }
            let weight = match (self.selection.weight, tie.basis) {
                (WeightRule::Newman, Basis::Arrangement(arrangement)) => {
                    let parties = sizes.get(&arrangement).map_or(2, BTreeSet::len).max(2);
                    1.0 / (parties - 1) as f64
                }
                _ => 1.0,
            };
            if let Some(arrangement) = tie.arrangement() {
                *behind.entry(arrangement).or_default() += 1;
            }
            ties.push((source, target, weight));
            if tie.symmetric && self.selection.orientation == Orientation::Directed {
                ties.push((target, source, weight));
            }
        }
        slice.arrangements = behind.into_iter().collect();
        slice.arrangements.sort_by_key(|(ix, pairs)| (std::cmp::Reverse(*pairs), *ix));
        let nodes = slice
            .governments
            .iter()
            .map(|ix| NetworkNode::new(self.code(*ix, moment), self.name(*ix, moment)))
            .collect();
        slice.network =
            Network::from_ties(self.selection.orientation, nodes, &ties, ParallelRule::Sum, LoopRule::Drop)?;
        Ok(slice)
    }

    /// Whether a tie among the nodes counts at the date; if not, why not goes into the slice.
    fn counts(&self, tie: TieRef<'_>, moment: Moment, slice: &mut Slice) -> bool {
        let left_out = &mut slice.left_out;
        match tie.extent.holds_in(moment.window()) {
            Truth::True => {}
            Truth::Unknown if self.selection.possible => {}
            Truth::Unknown => {
                left_out.unknown_dates += 1;
                return false;
            }
            Truth::False => {
                let lived = tie.extent.holds_in(moment.period()) == Truth::True;
                left_out.within_period += usize::from(lived);
                return false;
            }
        }
        let arrangement = tie.arrangement();
        if !self.selection.include_defining && arrangement.is_some_and(|ix| self.defining.contains(&ix)) {
            left_out.defining += 1;
            return false;
        }
        if !self.selection.include_plans && self.text(arrangement, "mechanism").as_deref() == Some("plan") {
            left_out.plans += 1;
            return false;
        }
        let confidence = tie.value("confidence").map(|value| value.to_string());
        if !self.sure_enough(confidence.as_deref()) {
            left_out.confidence += 1;
            return false;
        }
        match (tie.direction, tie.basis) {
            (Direction::Horizontal, _) => slice.mix.horizontal += 1,
            (Direction::Diagonal, _) => slice.mix.diagonal += 1,
            (Direction::Vertical, Basis::Subordination(_)) => slice.mix.vertical_subordination += 1,
            (Direction::Vertical, _) => slice.mix.vertical_acts += 1,
            (Direction::Unclassified, _) => slice.mix.unclassified += 1,
        }
        let vertical = tie.direction == Direction::Vertical;
        let wanted = if vertical {
            self.selection.include_subordination || self.selection.directions.contains(&Direction::Vertical)
        } else {
            self.selection.directions.contains(&tie.direction)
        };
        let subordination = matches!(tie.basis, Basis::Subordination(_));
        if !wanted || (subordination && !self.selection.include_subordination) || !self.in_domain(tie) {
            // Vertical ties stand beside cooperation and are counted in the mix, not as left out (S6).
            slice.left_out.filtered += usize::from(!vertical);
            return false;
        }
        *slice.confidence.entry(confidence.unwrap_or_else(|| "unstated".into())).or_default() += 1;
        true
    }

    fn in_domain(&self, tie: TieRef<'_>) -> bool {
        let holds_one = |key: &str, wanted: &[String]| {
            let value = tie.value(key);
            wanted.is_empty()
                || value
                    .is_some_and(|value| value.texts_of().any(|text| wanted.iter().any(|own| own == text)))
        };
        holds_one("domains", &self.selection.domains) && holds_one("mechanism", &self.selection.mechanisms)
    }

    /// Whether a confidence is at least the one asked for; a row that states none is not.
    fn sure_enough(&self, confidence: Option<&str>) -> bool {
        let steps = &self.snapshot.catalogue().schema().confidence;
        let step = |name: &str| steps.iter().position(|own| own == name);
        match &self.selection.min_confidence {
            None => true,
            Some(least) => {
                confidence.and_then(step).zip(step(least)).is_some_and(|(own, least)| own <= least)
            }
        }
    }

    /// Governments that each arrangement ties at a date, within the selection or not.
    fn party_counts(&self, window: Window) -> HashMap<NodeIx, BTreeSet<NodeIx>> {
        let mut parties: HashMap<NodeIx, BTreeSet<NodeIx>> = HashMap::new();
        for tie in self.ties.holding(window, self.selection.possible) {
            if let Basis::Arrangement(arrangement) = tie.basis {
                parties.entry(arrangement).or_default().extend([tie.source, tie.target]);
            }
        }
        parties
    }

    fn text(&self, node: Option<NodeIx>, key: &str) -> Option<String> {
        self.snapshot.node_at(node?)?.value(key).map(|value| value.to_string())
    }
}

/// The arrangements that are the organisation by which a region is defined (S25), or that are the body itself.
fn defining_arrangements(region: NodeRef<'_>) -> BTreeSet<NodeIx> {
    let bodies: Vec<NodeRef<'_>> = if region.has_label("Body") {
        vec![region]
    } else {
        region.out_edges_of("DEFINED_BY").map(EdgeRef::target).collect()
    };
    let arrangements = bodies.into_iter().flat_map(|body| body.in_edges_of("OF"));
    arrangements
        .map(|edge| edge.source())
        .filter(|node| node.has_label("Arrangement"))
        .map(NodeRef::ix)
        .collect()
}
