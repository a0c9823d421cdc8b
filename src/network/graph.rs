//! The network: nodes with codes and names, and one weighted tie at most between two of them.

use super::{NetworkError, Rows, WeightMeaning};
use std::collections::HashSet;
use std::sync::Arc;

/// Whether a tie has a start and an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Orientation {
    /// A tie goes from its first node to its second; `(a, b)` and `(b, a)` are two ties.
    Directed,
    /// A tie joins two nodes; `(a, b)` and `(b, a)` are parallel.
    Undirected,
}

/// What becomes of several ties between the same nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParallelRule {
    /// The weight is the number of ties; the given weights are not read, except that they must be valid.
    Count,
    /// The weight is the sum of the given weights.
    Sum,
    /// The weight is the largest of the given weights.
    Max,
    /// The weight is that of the tie that comes last in the list.
    Last,
    /// The weight is 1, however many ties there are.
    Any,
}

/// What becomes of a tie from a node to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum LoopRule {
    /// Left out, and counted in [`Tally::loops`]. This is the default.
    #[default]
    Drop,
    /// Kept. A loop of an undirected network counts 2 in the degree; density, reciprocity, clustering and
    /// path measures do not read loops.
    Keep,
}

/// A node as the outside world knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NetworkNode {
    /// The code, unique in its network, for example `cn:310000`.
    pub code: Arc<str>,
    /// The name for people, for example 上海.
    pub label: Arc<str>,
}

impl NetworkNode {
    /// A node with a code and a name.
    pub fn new(code: impl Into<Arc<str>>, label: impl Into<Arc<str>>) -> Self {
        NetworkNode { code: code.into(), label: label.into() }
    }

    /// Nodes whose codes and names are the numbers from 0.
    pub fn numbered(count: usize) -> Vec<Self> {
        (0..count).map(|number| Self::new(number.to_string(), number.to_string())).collect()
    }
}

/// What became of the ties that were given, so that a result can say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Ties in the list.
    pub given: usize,
    /// Ties left out because they join a node with itself.
    pub loops: usize,
    /// Ties that were merged into another one between the same nodes.
    pub merged: usize,
    /// Ties left out because their weight, after merging, is 0.
    pub zero_weight: usize,
}

/// A simple weighted graph: what every measure runs on.
///
/// Nodes are numbered from 0 in the order given; the number is dense and means nothing outside this
/// network. Neighbour lists are sorted. A tie of an undirected network stands in the lists of both its
/// nodes and is counted once. Memory is about 12 bytes per list entry and 16 bytes per node, beside the
/// codes and names.
///
/// petgraph's algorithms run on `&Network`, see [`ArcRef`](super::ArcRef).
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    codes: Vec<Arc<str>>,
    labels: Vec<Arc<str>>,
    orientation: Orientation,
    meaning: WeightMeaning,
    outgoing: Rows,
    /// `None` for an undirected network, whose rows are the same both ways.
    incoming: Option<Rows>,
    tally: Tally,
}

/// `{"directed": …, "nodes": [{"code", "label"}], "ties": [[from, to, weight]]}`, nodes by their numbers from 0.
#[cfg(feature = "serde")]
impl serde::Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        #[derive(serde::Serialize)]
        struct Node<'n> {
            code: &'n str,
            label: &'n str,
        }
        let nodes = self.codes.iter().zip(&self.labels).map(|(code, label)| Node { code, label });
        let mut network = serializer.serialize_struct("Network", 3)?;
        network.serialize_field("directed", &self.is_directed())?;
        network.serialize_field("nodes", &nodes.collect::<Vec<_>>())?;
        network.serialize_field("ties", &self.ties().collect::<Vec<_>>())?;
        network.end()
    }
}

impl Network {
    /// Makes a network of nodes and ties `(from, to, weight)`, whose weights are strengths.
    ///
    /// The result does not depend on the order of the ties, except under [`ParallelRule::Last`]. Time and
    /// memory O(n + m log m).
    ///
    /// # Errors
    /// An index outside the list of nodes, a code that two nodes have, a weight that is negative or not
    /// finite; see [`NetworkError`].
    ///
    /// # Examples
    /// ```
    /// use intergov::network::{LoopRule, Network, NetworkNode, Orientation, ParallelRule};
    ///
    /// let nodes = vec![NetworkNode::new("cn:310000", "上海"), NetworkNode::new("cn:320000", "江苏")];
    /// let agreements = [(0, 1, 1.0), (1, 0, 1.0), (0, 0, 1.0)];
    /// let network = Network::from_ties(
    ///     Orientation::Undirected, nodes, &agreements, ParallelRule::Count, LoopRule::Drop)?;
    /// assert_eq!(network.tie_count(), 1);
    /// assert_eq!(network.weight(1, 0), Some(2.0));
    /// assert_eq!(network.tally().loops, 1);
    /// # Ok::<(), intergov::network::NetworkError>(())
    /// ```
    pub fn from_ties(
        orientation: Orientation,
        nodes: Vec<NetworkNode>,
        ties: &[(u32, u32, f64)],
        parallel: ParallelRule,
        loops: LoopRule,
    ) -> Result<Network, NetworkError> {
        check_nodes(&nodes)?;
        check_ties(nodes.len(), ties)?;
        let mut tally = Tally { given: ties.len(), ..Tally::default() };
        let ties = merge(canonical(orientation, nodes.len(), ties, loops, &mut tally), parallel, &mut tally)?;
        let count = nodes.len();
        let forward = ties.iter().copied();
        let backward = ties.iter().map(|(from, to, weight)| (*to, *from, *weight));
        let (outgoing, incoming) = match orientation {
            Orientation::Directed => (Rows::bucket(count, forward), Some(Rows::bucket(count, backward))),
            // Ties are sorted by (smaller, larger), so each row gets its smaller neighbours first, rising.
            Orientation::Undirected => {
                let both = ties.iter().flat_map(|(from, to, weight)| {
                    let back = (from != to).then_some((*to, *from, *weight));
                    std::iter::once((*from, *to, *weight)).chain(back)
                });
                (Rows::bucket(count, both), None)
            }
        };
        let (codes, labels) = nodes.into_iter().map(|node| (node.code, node.label)).unzip();
        Ok(Network {
            codes,
            labels,
            orientation,
            meaning: WeightMeaning::Strength,
            outgoing,
            incoming,
            tally,
        })
    }

    /// How many nodes there are, isolates included.
    pub fn node_count(&self) -> usize {
        self.codes.len()
    }

    /// How many ties there are, loops included; an undirected tie counts once.
    pub fn tie_count(&self) -> usize {
        match self.orientation {
            Orientation::Directed => self.outgoing.len(),
            Orientation::Undirected => (self.outgoing.len() + self.loop_count()) / 2,
        }
    }

    /// How many pairs of nodes are tied, either way; a loop is not a pair.
    pub fn pair_count(&self) -> usize {
        let mutual = |from: u32, to: u32| self.is_directed() && to < from && self.weight(to, from).is_some();
        self.ties().filter(|(from, to, _)| from != to && !mutual(*from, *to)).count()
    }

    /// How many ties join a node with itself.
    pub fn loop_count(&self) -> usize {
        self.node_ids().filter(|node| self.weight(*node, *node).is_some()).count()
    }

    /// How many nodes have no tie to another node.
    pub fn isolate_count(&self) -> usize {
        self.node_ids().filter(|node| self.is_isolate(*node)).count()
    }

    /// Whether a node has no tie to another node; a loop does not count.
    pub fn is_isolate(&self, node: u32) -> bool {
        let alone = |neighbours: &[u32]| neighbours.iter().all(|other| *other == node);
        alone(self.out_neighbours(node)) && alone(self.in_neighbours(node))
    }

    /// Whether ties have a start and an end.
    pub fn orientation(&self) -> Orientation {
        self.orientation
    }

    /// Whether ties have a start and an end.
    pub fn is_directed(&self) -> bool {
        self.orientation == Orientation::Directed
    }

    /// What a bigger weight means.
    pub fn meaning(&self) -> WeightMeaning {
        self.meaning
    }

    /// What became of the ties that were given.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// The numbers of the nodes, from 0.
    pub fn node_ids(&self) -> std::ops::Range<u32> {
        0..self.codes.len() as u32
    }

    /// The codes of all nodes.
    pub(crate) fn codes(&self) -> &[Arc<str>] {
        &self.codes
    }

    /// The code of a node; `None` if there is no such node.
    pub fn code(&self, node: u32) -> Option<&Arc<str>> {
        self.codes.get(node as usize)
    }

    /// The name of a node; `None` if there is no such node.
    pub fn label(&self, node: u32) -> Option<&Arc<str>> {
        self.labels.get(node as usize)
    }

    /// The node with a code; O(n).
    pub fn node(&self, code: &str) -> Option<u32> {
        (0..).zip(&self.codes).find(|(_, own)| &***own == code).map(|(node, _)| node)
    }

    /// Where the ties of a node lead, rising; all neighbours if the network is undirected. Nothing for a number that
    /// is not a node's, here and below.
    pub fn out_neighbours(&self, node: u32) -> &[u32] {
        self.outgoing.neighbours(node)
    }

    /// Where ties to a node come from, rising; all neighbours if the network is undirected.
    pub fn in_neighbours(&self, node: u32) -> &[u32] {
        self.incoming().neighbours(node)
    }

    /// Weights beside [`Network::out_neighbours`].
    pub fn out_weights(&self, node: u32) -> &[f64] {
        self.outgoing.weights(node)
    }

    /// Weights beside [`Network::in_neighbours`].
    pub fn in_weights(&self, node: u32) -> &[f64] {
        self.incoming().weights(node)
    }

    /// The weight of the tie from one node to another, if there is one; O(log degree).
    pub fn weight(&self, from: u32, to: u32) -> Option<f64> {
        self.outgoing.weight(from, to)
    }

    /// Every tie once as `(from, to, weight)`, sorted; `from <= to` if the network is undirected.
    pub fn ties(&self) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        self.node_ids().flat_map(move |from| {
            let once = move |to: u32| self.is_directed() || from <= to;
            self.outgoing
                .entries(from)
                .filter(move |(to, _)| once(*to))
                .map(move |(to, weight)| (from, to, weight))
        })
    }

    pub(crate) fn outgoing(&self) -> &Rows {
        &self.outgoing
    }

    pub(crate) fn incoming(&self) -> &Rows {
        self.incoming.as_ref().unwrap_or(&self.outgoing)
    }

    /// Neighbours in either orientation, each once; of two opposite ties the smaller weight.
    pub(crate) fn either_way(&self) -> std::borrow::Cow<'_, Rows> {
        match &self.incoming {
            Some(incoming) => std::borrow::Cow::Owned(self.outgoing.union(incoming)),
            None => std::borrow::Cow::Borrowed(&self.outgoing),
        }
    }

    pub(super) fn with_weights(
        &self,
        meaning: WeightMeaning,
        convert: impl Fn(f64) -> f64 + Copy,
    ) -> Network {
        Network {
            codes: self.codes.clone(),
            labels: self.labels.clone(),
            orientation: self.orientation,
            meaning,
            outgoing: self.outgoing.map_weights(convert),
            incoming: self.incoming.as_ref().map(|rows| rows.map_weights(convert)),
            tally: self.tally,
        }
    }
}

fn check_nodes(nodes: &[NetworkNode]) -> Result<(), NetworkError> {
    // The largest u32 stays free: path searches use it for "not reached".
    let limit = u32::MAX as usize - 1;
    if nodes.len() > limit {
        return Err(NetworkError::TooManyNodes { nodes: nodes.len(), limit });
    }
    // Codes that rise are different ones: no need to remember them.
    if nodes.is_sorted_by(|a, b| a.code < b.code) {
        return Ok(());
    }
    let mut seen = HashSet::with_capacity(nodes.len());
    match nodes.iter().find(|node| !seen.insert(&*node.code)) {
        Some(node) => Err(NetworkError::DuplicateCode { code: node.code.to_string() }),
        None => Ok(()),
    }
}

fn check_ties(nodes: usize, ties: &[(u32, u32, f64)]) -> Result<(), NetworkError> {
    for (tie, (source_node, target_node, weight)) in ties.iter().copied().enumerate() {
        for node in [source_node, target_node] {
            if node as usize >= nodes {
                return Err(NetworkError::NodeOutOfRange { tie, node, nodes });
            }
        }
        if !weight.is_finite() {
            return Err(NetworkError::WeightNotFinite { source_node, target_node });
        }
        if weight < 0.0 {
            return Err(NetworkError::NegativeWeight { source_node, target_node, weight });
        }
    }
    Ok(())
}

/// Ties without unwanted loops, the smaller node first if they are undirected, sorted by their nodes;
/// parallel ties stay in the order given.
fn canonical(
    orientation: Orientation,
    nodes: usize,
    ties: &[(u32, u32, f64)],
    loops: LoopRule,
    tally: &mut Tally,
) -> Vec<(u32, u32, f64)> {
    let kept = |from: u32, to: u32| from != to || loops == LoopRule::Keep;
    let kept: Vec<_> = ties
        .iter()
        .filter(|(from, to, _)| kept(*from, *to))
        .map(|(from, to, weight)| match orientation {
            Orientation::Undirected if from > to => (*to, *from, *weight),
            Orientation::Undirected | Orientation::Directed => (*from, *to, *weight),
        })
        .collect();
    tally.loops = ties.len() - kept.len();
    let by_target = bucketed(&kept, nodes, |tie| tie.1);
    bucketed(&by_target, nodes, |tie| tie.0)
}

/// Ties by one of their ends; those of one node stay in the order given. O(n + m).
fn bucketed(
    ties: &[(u32, u32, f64)],
    nodes: usize,
    end: impl Fn(&(u32, u32, f64)) -> u32,
) -> Vec<(u32, u32, f64)> {
    let mut next = vec![0_usize; nodes + 1];
    for tie in ties {
        next[end(tie) as usize + 1] += 1;
    }
    for node in 0..nodes {
        next[node + 1] += next[node];
    }
    let mut sorted = vec![(0, 0, 0.0); ties.len()];
    for tie in ties {
        let slot = &mut next[end(tie) as usize];
        sorted[*slot] = *tie;
        *slot += 1;
    }
    sorted
}

/// One tie per pair of nodes, none of weight 0.
fn merge(
    sorted: Vec<(u32, u32, f64)>,
    parallel: ParallelRule,
    tally: &mut Tally,
) -> Result<Vec<(u32, u32, f64)>, NetworkError> {
    let mut merged = Vec::with_capacity(sorted.len());
    for group in sorted.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let (source_node, target_node) = (group[0].0, group[0].1);
        let weight = merged_weight(group, parallel);
        if !weight.is_finite() {
            return Err(NetworkError::WeightNotFinite { source_node, target_node });
        }
        tally.merged += group.len() - 1;
        if weight > 0.0 {
            merged.push((source_node, target_node, weight));
        } else {
            tally.zero_weight += 1;
        }
    }
    Ok(merged)
}

fn merged_weight(group: &[(u32, u32, f64)], parallel: ParallelRule) -> f64 {
    let weights = group.iter().map(|tie| tie.2);
    match parallel {
        ParallelRule::Count => group.len() as f64,
        ParallelRule::Any => 1.0,
        ParallelRule::Max => weights.fold(0.0, f64::max),
        ParallelRule::Last => group.last().map_or(0.0, |tie| tie.2),
        ParallelRule::Sum => sum(weights),
    }
}

/// A sum whose rounding does not depend on the order in which the weights come.
pub(crate) fn sum(weights: impl Iterator<Item = f64>) -> f64 {
    let mut weights: Vec<f64> = weights.collect();
    weights.sort_by(f64::total_cmp);
    weights.iter().sum()
}
